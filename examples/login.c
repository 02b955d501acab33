/* SPDX-License-Identifier: MIT
 *
 * Login: a WebSocket server that asks who you are.  A cookie, a bearer token
 * and Basic credentials are looked up in another thread, which answers later
 * through a pipe.  Whoever may come in is greeted by name.
 *
 * With this file and the two files of the library in one folder:
 *     cc -I. login.c upshake.c -lpthread -o login
 *
 * To try it (the lines after the server in a second terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-login 8100
 *     build/upshake-client ws://alice:wonderland@127.0.0.1:8100/
 *     build/upshake-client ws://bob:builder@127.0.0.1:8100/admin
 *     curl -i -H 'Authorization: Bearer x' -H 'Connection: Upgrade' \
 *       -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' \
 *       -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' 127.0.0.1:8100
 *
 * A browser sends cookies with the requests of every page.  So pages of other
 * origins must be refused, which is the default of the library.
 *
 * Your program keeps hashes of passwords, and has a limit of time for each
 * question to its database: the loop waits for the answer.  Everything else
 * must be done within PATIENCE seconds.
 */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <upshake.h>

enum {
  CLIENTS_MAX = 500, /* their pointers fit into a pipe, so no write waits */
  THREADS = 4,
  PATIENCE = 10
};

struct client {
  /* ASKING: hs belongs to the other thread.  LEAVING: only the peer may still
   * send.  GONE: the loop removes it. */
  enum { FREE, SHAKING_HANDS, ASKING, LEAVING, GONE } phase;
  int fd; /* -1: the peer went away before the answer came */
  time_t deadline;
  upshake hs;
  char head[8192];
  const struct account *account; /* NULL: unknown */
};

static struct client clients[CLIENTS_MAX];
static int asked[2], answered[2]; /* pipes: queues of pointers to clients */

/* ---- Who is it?  In another thread --------------------------------------- */

static const struct account {
  const char *name, *password, *token, *session;
  int is_admin;
} accounts[] = {{"alice", "wonderland", "token-a", "session-a", 1},
                {"bob", "builder", "token-b", "session-b", 0},
                {NULL, NULL, NULL, NULL, 0}};

/* The time that it takes does not tell where they differ. */
static int is_secret(upshake_slice given, const char *secret) {
  int differs = given.len != strlen(secret);
  for (size_t i = 0; i < given.len && secret[i] != '\0'; i++)
    differs |= given.ptr[i] ^ secret[i];
  return !differs;
}

/* 2 decide: / is for everybody, any other path for administrators.  A list of
 * what is forbidden would miss /%61dmin. */
static int look_up(struct client *client) {
  upshake_request request = upshake_get_request(&client->hs);
  upshake_slice session = upshake_find_cookie(request.fields, "session");
  upshake_slice token = upshake_find_bearer(request.fields), name, password;
  char memory[256];
  upshake_error error = upshake_find_basic(request.fields, memory,
                                           sizeof memory, &name, &password);

  poll(NULL, 0, 20); /* a database takes its time */
  for (const struct account *a = accounts; a->name; a++)
    if (is_secret(session, a->session) || is_secret(token, a->token) ||
        (upshake_equal(name, a->name) && is_secret(password, a->password)))
      client->account = a;
  memset(memory, 0, sizeof memory); /* better: explicit_bzero */

  if (error == UPSHAKE_ERR_DECODE)
    return 400;
  if (client->account == NULL)
    return 401;
  if (!upshake_equal(request.path, "/") && !client->account->is_admin)
    return 403;
  return UPSHAKE_ACCEPT;
}

static void *answer_questions(void *unused) {
  struct client *client;
  while (read(asked[0], &client, sizeof client) == sizeof client) {
    upshake_answer(&client->hs, look_up(client));
    if (write(answered[1], &client, sizeof client) != sizeof client)
      break;
  }
  return unused;
}

/* ---- The handshake ------------------------------------------------------- */

/* The library calls it for a valid offer. */
static int decide_later(upshake *hs, void *user) {
  return (void)hs, (void)user, UPSHAKE_LATER;
}

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {protocols, 1, .decide = decide_later};

/* A 401 must say how to log in. */
static const upshake_field challenges[] = {
    {{UPSHAKE_TEXT("WWW-Authenticate")},
     {UPSHAKE_TEXT("Basic realm=\"upshake\", charset=\"UTF-8\"")}},
    {{UPSHAKE_TEXT("WWW-Authenticate")},
     {UPSHAKE_TEXT("Bearer realm=\"upshake\"")}}};

/* A text frame and a Close.  Your program gives the socket to wslay instead, as
 * chat.c does. */
static size_t greet(const char *name, char *out) {
  int len = (int)(strlen("hello ") + strlen(name));
  return (size_t)sprintf(out, "\x81%chello %s\x88\x02\x03\xe8", len, name);
}

/* 3 reply, then early bytes: they wait in the socket.  The socket has room for
 * the reply, as nothing was sent before.  If an answer was not possible,
 * upshake_reply_with fails.  Closing at once could destroy what was sent, so
 * the peer closes first. */
static void reply(struct client *client) {
  upshake_result result = upshake_get_result(&client->hs);
  upshake_extra extra = {.fields = challenges,
                         .fields_len = result.status == 401 ? 2 : 0};
  char out[1024];
  size_t len;
  upshake_error error =
      upshake_reply_with(&client->hs, &extra, out, sizeof out, &len);

  if (error == UPSHAKE_OK && result.switched)
    len += greet(client->account->name, out + len);
  client->phase = LEAVING;
  client->deadline = time(NULL) + PATIENCE;
  if (error != UPSHAKE_OK ||
      send(client->fd, out, len, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)len ||
      shutdown(client->fd, SHUT_WR) != 0)
    client->phase = GONE;
}

/* 1 feed, and take no byte behind the head out of the socket. */
static void shake_hands(struct client *client) {
  char bytes[4096];
  size_t used = 0;
  ssize_t n = recv(client->fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);

  if (n <= 0) {
    client->phase = GONE;
    return;
  }
  upshake_next next = upshake_feed(&client->hs, bytes, (size_t)n, &used);
  recv(client->fd, bytes, used, MSG_DONTWAIT);
  if (next == UPSHAKE_PLAIN) /* a web server would serve the request */
    upshake_answer(&client->hs, 426);
  if (next == UPSHAKE_DECIDE)
    client->phase = write(asked[1], &client, sizeof client) > 0 ? ASKING : GONE;
  else if (next != UPSHAKE_READ)
    reply(client);
}

/* If the peer went away in the meantime, reply cannot send. */
static void take_answer(void) {
  struct client *client;
  if (read(answered[0], &client, sizeof client) == sizeof client)
    reply(client);
}

/* ---- A client ------------------------------------------------------------ */

static void serve(struct client *client) {
  char dropped[4096];
  if (client->phase == SHAKING_HANDS) {
    shake_hands(client);
  } else if (client->phase == ASKING) { /* poll says that the peer is gone */
    close(client->fd);
    client->fd = -1;
  } else if (recv(client->fd, dropped, sizeof dropped, MSG_DONTWAIT) <= 0) {
    client->phase = GONE;
  }
}

static void add_client(struct client *client, int listener) {
  *client = (struct client){.phase = SHAKING_HANDS,
                            .fd = accept(listener, NULL, NULL),
                            .deadline = time(NULL) + PATIENCE};
  if (client->fd < 0 || upshake_init(&client->hs, &config, client->head,
                                     sizeof client->head, NULL) != UPSHAKE_OK)
    client->phase = GONE;
}

/* Before each poll.  While its answer is pending, nothing is read from a
 * client, but poll says when it is reset. */
static struct pollfd prepare(struct client *client) {
  int has_deadline = client->phase == SHAKING_HANDS || client->phase == LEAVING;
  int is_late = has_deadline && time(NULL) >= client->deadline;

  if (is_late && upshake_answer(&client->hs, 408) == UPSHAKE_OK) {
    reply(client);
  } else if (is_late || client->phase == GONE) {
    close(client->fd);
    client->phase = FREE;
  }

  int fd = client->phase == FREE ? -1 : client->fd; /* poll skips -1 */
  return (struct pollfd){fd, client->phase == ASKING ? 0 : POLLIN, 0};
}

/* ---- The loop ------------------------------------------------------------ */

static int start_listening(unsigned port) {
  struct sockaddr_in at = {.sin_family = AF_INET};
  socklen_t len = sizeof at;
  int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  at.sin_port = htons((in_port_t)port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(listener, (void *)&at, len) != 0 || listen(listener, 64) != 0 ||
      getsockname(listener, (void *)&at, &len) != 0)
    return -1;
  printf("listening on http://127.0.0.1:%d/\n", ntohs(at.sin_port));
  fflush(stdout);
  return listener;
}

int main(int argc, char **argv) {
  static struct pollfd at[CLIENTS_MAX + 2];
  unsigned port;
  char rest;
  pthread_t thread;
  if (argc != 2 || sscanf(argv[1], "%5u%c", &port, &rest) != 1 || port > 65535)
    return fprintf(stderr, "usage: login PORT; a number from 0 to 65535\n"), 64;
  if (pipe(asked) != 0 || pipe(answered) != 0)
    return perror("login: pipe"), 1;
  for (int i = 0; i < THREADS; i++)
    if (pthread_create(&thread, NULL, answer_questions, NULL) != 0)
      return perror("login: thread"), 1;
  int listener = start_listening(port);
  if (listener < 0)
    return perror("login: cannot listen"), 1;

  for (;;) {
    struct client *place = NULL;
    for (size_t i = 0; i < CLIENTS_MAX; i++) {
      at[i] = prepare(&clients[i]);
      if (clients[i].phase == FREE)
        place = &clients[i];
    }
    at[CLIENTS_MAX] = (struct pollfd){place ? listener : -1, POLLIN, 0};
    at[CLIENTS_MAX + 1] = (struct pollfd){answered[0], POLLIN, 0};
    poll(at, CLIENTS_MAX + 2, 1000);
    for (size_t i = 0; i < CLIENTS_MAX; i++)
      if (at[i].revents != 0)
        serve(&clients[i]);
    if (at[CLIENTS_MAX].revents != 0)
      add_client(place, listener);
    if (at[CLIENTS_MAX + 1].revents != 0)
      take_answer();
  }
}
