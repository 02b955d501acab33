/* SPDX-License-Identifier: MIT
 *
 * Chat: a WebSocket server with rooms, in one poll loop.  The path is the room.
 * Everybody in a room gets each message that is sent there.
 *
 * With this file and the two files of the library in one folder (libwslay-dev
 * has the frames):
 *     cc -I. chat.c upshake.c -lwslay -o chat
 *
 * To try it (the last command in a second terminal; without --message it sends
 * each line that you type):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-chat 8100
 *     build/upshake-client --message hello ws://127.0.0.1:8100/lobby
 *
 * A head must come, what waits for a client must leave, and a Close must be
 * answered within PATIENCE seconds.  A client may be silent for as long as it
 * likes; the system notices when it has vanished (SO_KEEPALIVE).
 */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <upshake.h>
#include <wslay/wslay.h>

enum {
  CLIENTS_MAX = 500,     /* fewer than the files that a process may open */
  MESSAGE_MAX = 131072,  /* bytes; a longer message: Close 1009 */
  WAITING_MAX = 1048576, /* bytes for a slow receiver; more: Close 1013 */
  PATIENCE = 10
};

struct client {
  /* LEAVING: only the peer may still send.  GONE: the loop removes it. */
  enum { FREE, SHAKING_HANDS, CHATTING, LEAVING, GONE } phase;
  int fd;
  int is_readable; /* poll says so, and we have not read yet */
  time_t deadline;
  upshake hs;
  char head[8192];
  upshake_slice room;            /* the path, in head */
  wslay_event_context_ptr wslay; /* NULL until an offer is accepted */
};

static struct client clients[CLIENTS_MAX];

/* ---- Chatting: wslay calls these functions ------------------------------- */

static ssize_t fail(wslay_event_context_ptr wslay, int is_over) {
  wslay_event_set_error(wslay, is_over ? WSLAY_ERR_CALLBACK_FAILURE
                                       : WSLAY_ERR_WOULDBLOCK);
  return -1;
}

/* Reads once for each time that poll says so: then no client keeps the others
 * waiting, however fast it sends. */
static ssize_t on_receive(wslay_event_context_ptr wslay, uint8_t *out,
                          size_t cap, int flags, void *user) {
  struct client *client = user;
  int is_readable = client->is_readable;
  ssize_t n = is_readable ? recv(client->fd, out, cap, MSG_DONTWAIT) : -1;
  (void)flags;

  client->is_readable = 0;
  return n > 0 ? n : fail(wslay, is_readable);
}

static ssize_t on_send(wslay_event_context_ptr wslay, const uint8_t *bytes,
                       size_t len, int flags, void *user) {
  struct client *client = user;
  ssize_t n = send(client->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
  (void)flags;

  return n >= 0 ? n : fail(wslay, errno != EAGAIN);
}

/* Sends at once what the socket takes.  A slow receiver gets a Close instead,
 * which overtakes what waits.  wslay takes no message after a Close. */
static void give(struct client *client, const struct wslay_event_msg *message) {
  int is_slow = wslay_event_get_queued_msg_length(client->wslay) > WAITING_MAX;
  int error = is_slow ? wslay_event_queue_close(client->wslay, 1013, NULL, 0)
                      : wslay_event_queue_msg(client->wslay, message);

  if (error == WSLAY_ERR_NOMEM || wslay_event_send(client->wslay) != 0)
    client->phase = GONE;
}

/* wslay itself answers a Ping and a Close. */
static void on_message(wslay_event_context_ptr wslay,
                       const struct wslay_event_on_msg_recv_arg *got,
                       void *user) {
  struct client *sender = user;
  struct wslay_event_msg message = {got->opcode, got->msg, got->msg_length};
  (void)wslay;

  for (size_t i = 0; i < CLIENTS_MAX && !wslay_is_ctrl_frame(got->opcode); i++)
    if (clients[i].phase == CHATTING &&
        upshake_same(clients[i].room, sender->room))
      give(&clients[i], &message);
}

/* ---- The handshake ------------------------------------------------------- */

/* 2 decide: the library calls it for a valid offer.  The path is as the client
 * sent it, so /%61 and /a are two rooms. */
static int choose_room(upshake *hs, void *user) {
  static const struct wslay_event_callbacks callbacks = {
      .recv_callback = on_receive,
      .send_callback = on_send,
      .on_msg_recv_callback = on_message};
  struct client *client = user;

  client->room = upshake_get_request(hs).path;
  if (wslay_event_context_server_init(&client->wslay, &callbacks, client) != 0)
    return 503;
  wslay_event_config_set_max_recv_msg_length(client->wslay, MESSAGE_MAX);
  return UPSHAKE_ACCEPT;
}

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {
    protocols, 1, .decide = choose_room,
    .subprotocols = (const char *const[]){"chat"}, .subprotocols_len = 1};

/* Closing at once could destroy what was sent last: the peer closes first. */
static void leave(struct client *client) {
  client->phase = LEAVING;
  client->deadline = time(NULL) + PATIENCE;
  shutdown(client->fd, SHUT_WR);
}

/* 3 reply, then early bytes: they wait in the socket, where wslay finds them.
 * The socket has room for the reply, as nothing was sent before.  If an answer
 * was not possible, upshake_reply fails. */
static void reply(struct client *client) {
  char out[UPSHAKE_REPLY_CAP];
  size_t len;

  if (upshake_reply(&client->hs, out, sizeof out, &len) != UPSHAKE_OK ||
      send(client->fd, out, len, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)len)
    client->phase = GONE;
  else if (upshake_get_result(&client->hs).switched)
    client->phase = CHATTING;
  else
    leave(client);
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
  if (next != UPSHAKE_READ)
    reply(client);
}

/* ---- A client ------------------------------------------------------------ */

/* wslay_event_recv fails at the end of input, and if bytes are no frame at all.
 * In both cases wslay has queued a Close. */
static void chat(struct client *client) {
  int is_over = wslay_event_recv(client->wslay) != 0;
  if (wslay_event_send(client->wslay) != 0)
    client->phase = GONE;
  else if (is_over || (!wslay_event_want_read(client->wslay) &&
                       !wslay_event_want_write(client->wslay)))
    leave(client); /* both sides have sent a Close, or nothing else can come */
}

static void serve(struct client *client, short events) {
  char dropped[4096];
  client->is_readable = (events & ~POLLOUT) != 0;
  if (client->phase == CHATTING)
    chat(client);
  else if (client->phase == SHAKING_HANDS)
    shake_hands(client);
  else if (recv(client->fd, dropped, sizeof dropped, MSG_DONTWAIT) <= 0)
    client->phase = GONE;
}

static void add_client(struct client *client, int listener) {
  *client = (struct client){.phase = SHAKING_HANDS,
                            .fd = accept(listener, NULL, NULL),
                            .deadline = time(NULL) + PATIENCE};
  if (client->fd < 0 || upshake_init(&client->hs, &config, client->head,
                                     sizeof client->head, client) != UPSHAKE_OK)
    client->phase = GONE;
}

static void remove_client(struct client *client) {
  wslay_event_context_free(client->wslay);
  close(client->fd);
  client->phase = FREE;
}

/* Before each poll.  The deadline moves on while nothing is due.  A client that
 * does not read what waits for it is not read from. */
static struct pollfd prepare(struct client *client, time_t now) {
  int is_chatting = client->phase == CHATTING;
  int waits = is_chatting && wslay_event_want_write(client->wslay);
  if (is_chatting && !waits && !wslay_event_get_close_sent(client->wslay))
    client->deadline = now + PATIENCE;

  int is_late = client->phase != FREE && now >= client->deadline;
  if (is_late && client->phase == SHAKING_HANDS &&
      upshake_answer(&client->hs, 408) == UPSHAKE_OK)
    reply(client);
  else if (is_late || client->phase == GONE)
    remove_client(client);

  int fd = client->phase == FREE ? -1 : client->fd; /* poll skips -1 */
  return (struct pollfd){fd, waits ? POLLOUT : POLLIN, 0};
}

/* ---- The loop ------------------------------------------------------------ */

/* Connections inherit the options. */
static int start_listening(unsigned port) {
  struct sockaddr_in at = {.sin_family = AF_INET};
  socklen_t len = sizeof at;
  int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  at.sin_port = htons((in_port_t)port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      setsockopt(listener, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) != 0 ||
      setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
      bind(listener, (void *)&at, len) != 0 || listen(listener, 64) != 0 ||
      getsockname(listener, (void *)&at, &len) != 0)
    return -1;
  printf("listening on http://127.0.0.1:%d/\n", ntohs(at.sin_port));
  fflush(stdout);
  return listener;
}

int main(int argc, char **argv) {
  static struct pollfd at[CLIENTS_MAX + 1];
  unsigned port;
  char rest;
  if (argc != 2 || sscanf(argv[1], "%5u%c", &port, &rest) != 1 || port > 65535)
    return fprintf(stderr, "usage: chat PORT; a number from 0 to 65535\n"), 64;
  int listener = start_listening(port);
  if (listener < 0)
    return perror("chat: cannot listen"), 1;

  for (;;) {
    struct client *place = NULL;
    for (size_t i = 0; i < CLIENTS_MAX; i++) {
      at[i] = prepare(&clients[i], time(NULL));
      if (clients[i].phase == FREE)
        place = &clients[i];
    }
    at[CLIENTS_MAX] = (struct pollfd){place ? listener : -1, POLLIN, 0};
    poll(at, CLIENTS_MAX + 1, 1000);
    for (size_t i = 0; i < CLIENTS_MAX; i++)
      if (at[i].revents != 0)
        serve(&clients[i], at[i].revents);
    if (at[CLIENTS_MAX].revents != 0)
      add_client(place, listener);
  }
}
