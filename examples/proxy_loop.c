/* SPDX-License-Identifier: MIT
 *
 * The sockets, the deadlines and the poll loop of upshake-proxy: see proxy.h.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "common/start.h"
#include "proxy.h"

#define CONNECTIONS_MAX 256
#define POLLED_MAX (2 * CONNECTIONS_MAX + LISTENERS_MAX) /* listeners last */
#define LINGER_SECONDS 2
#define NEVER LONG_MAX

/* The command line. */
const char *upstream_name;
struct addrinfo *upstream_addresses;
long limit;

long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (long)time.tv_sec;
}

int has_room(const struct side *side) {
  return out_len(&side->out) <= OUT_CAP / 2;
}

int has_bytes(const struct side *side) { return side->from < side->to; }

void close_side(struct side *side) {
  if (side->fd >= 0)
    close(side->fd);
  memset(side, 0, sizeof *side);
  side->fd = -1;
}

/* ---- The upstream -------------------------------------------------------- */

void connect_upstream(struct connection *c) {
  int on = 1;
  for (; c->address != NULL; c->address = c->address->ai_next) {
    const struct addrinfo *at = c->address;
    int fd = socket(at->ai_family, SOCK_STREAM, 0);
    if (fd < 0)
      continue;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    c->upstream.fd = fd;
    if (connect(fd, at->ai_addr, at->ai_addrlen) == 0 || errno == EINPROGRESS)
      return;
    close(fd);
    c->upstream.fd = -1;
  }
  refuse(c, 502);
}

/* The socket can be written: it is connected, or it has failed. */
static void end_connecting(struct connection *c) {
  int error = 0;
  socklen_t len = sizeof error;
  getsockopt(c->upstream.fd, SOL_SOCKET, SO_ERROR, &error, &len);
  if (error == 0) {
    c->phase = WAITING;
    c->deadline = now() + limit;
    return;
  }
  close(c->upstream.fd);
  c->address = c->address->ai_next;
  connect_upstream(c);
}

int pass_bytes(struct side *in, struct side *out) {
  size_t n = out_append(&out->out, in->in + in->from, in->to - in->from);
  in->from += n;
  if (in->has_ended && !has_bytes(in) && out_len(&out->out) == 0)
    shutdown(out->fd, SHUT_WR);
  return n > 0;
}

/* ---- A connection -------------------------------------------------------- */

/* The event to wait for, if its bytes can be used or not. */
static short events_of(const struct side *side, int is_wanted) {
  int in = is_wanted && !has_bytes(side) && !side->has_ended ? POLLIN : 0;
  return (short)(in | (out_len(&side->out) > 0 ? POLLOUT : 0));
}

static void receive(struct side *side) {
  ssize_t n = recv(side->fd, side->in, sizeof side->in, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  side->has_ended = n <= 0;
  side->from = 0;
  side->to = n > 0 ? (size_t)n : 0;
}

/* Returns how many bytes were sent, or -1 if the client has gone.  If the
 * upstream takes no more, its answer may still be there. */
static long flush(struct connection *c) {
  long up = 0;
  if (c->upstream.fd >= 0 && c->phase != CONNECTING)
    up = out_flush(&c->upstream.out, c->upstream.fd);
  if (up < 0) {
    c->upstream.out.from = c->upstream.out.to = 0;
    up = 1;
  }
  long down = out_flush(&c->client.out, c->client.fd);
  return down < 0 ? -1 : down + up;
}

/* 1 if the client has ended, and nothing is on its way to it any more. */
static int is_over(const struct connection *c) {
  const struct side *client = &c->client, *upstream = &c->upstream;
  if (!client->has_ended || has_bytes(client))
    return 0;
  if (c->phase != SWITCHED)
    return wants_client(c);
  return upstream->has_ended && !has_bytes(upstream) &&
         out_len(&client->out) == 0 && out_len(&upstream->out) == 0;
}

/* Something has moved.  A request begins with its first byte. */
static void set_deadline(struct connection *c, int has_begun) {
  int is_quiet = c->phase == SWITCHED && !c->client.has_ended &&
                 !c->upstream.has_ended && out_len(&c->client.out) == 0 &&
                 out_len(&c->upstream.out) == 0;
  if (c->phase == CONNECTING || c->phase == LINGERING ||
      (c->phase == TALKING && has_begun))
    return;
  c->deadline = is_quiet ? NEVER : now() + limit;
}

/* Returns 0 if the connection is over.  Closing with unread bytes could destroy
 * the answer on its way (RFC 9112 9.6).  So our side stops sending first, and
 * then reads until the client closes. */
static int go_on(struct connection *c, int has_moved) {
  int has_begun = upshake_get_result(&c->hs).consumed > 0;
  long sent;
  do {
    int more = 1;
    while (more) {
      more = use_client(c);
      more |= use_upstream(c);
    }
    sent = flush(c);
    has_moved |= sent > 0;
  } while (sent > 0);
  if (sent < 0 || is_over(c))
    return 0;
  if (has_moved)
    set_deadline(c, has_begun);
  if (c->phase == ENDING && out_len(&c->client.out) == 0) {
    shutdown(c->client.fd, SHUT_WR);
    c->phase = LINGERING;
    c->deadline = now() + LINGER_SECONDS;
  }
  return 1;
}

/* poll has returned.  Returns 0 if the connection is over. */
static int serve(struct connection *c, const struct pollfd at[2]) {
  if (at[0].revents != 0 && at[0].events == 0)
    return 0; /* the client has gone */
  if (at[0].revents != 0 && (at[0].events & POLLIN))
    receive(&c->client);
  if (at[1].revents != 0 && c->phase == CONNECTING)
    end_connecting(c);
  else if (at[1].revents != 0 && (at[1].events & POLLIN))
    receive(&c->upstream);
  return go_on(c, 1);
}

/* The deadline has passed.  Returns 0 if the connection is over. */
static int expire(struct connection *c) {
  int begins = c->phase == TALKING && upshake_get_result(&c->hs).consumed > 0;
  int waits = c->phase == CONNECTING || c->phase == WAITING;
  if ((!begins && !waits) || out_len(&c->client.out) > 0)
    return 0;
  refuse(c, begins || (c->phase == WAITING && c->reads_body) ? 408 : 504);
  return go_on(c, 1);
}

/* What to wait for. */
static void prepare(const struct connection *c, struct pollfd at[2]) {
  at[0].fd = c->client.fd;
  at[0].events = events_of(&c->client, wants_client(c));
  at[1].events = POLLOUT;
  if (c->phase != CONNECTING)
    at[1].events = events_of(&c->upstream, has_room(&c->client));
  at[1].fd = at[1].events != 0 ? c->upstream.fd : -1;
  if (at[0].events == 0 && c->client.has_ended)
    at[0].fd = -1; /* it has nothing more to tell */
}

static void close_connection(struct connection *c) {
  close_side(&c->client);
  close_side(&c->upstream);
}

static void open_connection(struct connection *c, int listener) {
  struct sockaddr_storage from;
  socklen_t len = sizeof from;
  memset(c, 0, sizeof *c);
  upshake_init(&c->hs, &config, c->head, sizeof c->head, c);
  c->deadline = now() + limit;
  c->upstream.fd = -1;
  c->client.fd = accept_for_poll(listener);
  if (c->client.fd >= 0 &&
      (getpeername(c->client.fd, (struct sockaddr *)&from, &len) != 0 ||
       getnameinfo((struct sockaddr *)&from, len, c->name, sizeof c->name, NULL,
                   0, NI_NUMERICHOST) != 0))
    close_connection(c);
}

/* poll skips a place whose descriptor is -1.  If there is no room for a
 * connection, the client waits.  poll returns each second, for the deadlines.
 */
static _Noreturn void run(const struct listeners *listeners) {
  static struct connection all[CONNECTIONS_MAX];
  struct pollfd at[POLLED_MAX], *doors = &at[2 * CONNECTIONS_MAX];
  size_t i, room = 0;
  for (i = 0; i < CONNECTIONS_MAX; i++)
    all[i].client.fd = all[i].upstream.fd = -1;
  for (;;) {
    for (i = 0; i < CONNECTIONS_MAX; i++)
      prepare(&all[i], &at[2 * i]);
    for (i = 0; i < LISTENERS_MAX; i++)
      doors[i] = (struct pollfd){
          room < CONNECTIONS_MAX ? listeners->fds[i] : -1, POLLIN, 0};
    if (poll(at, POLLED_MAX, 1000) < 0)
      continue;
    for (i = 0; i < CONNECTIONS_MAX; i++) {
      struct connection *c = &all[i];
      int is_called = at[2 * i].revents != 0 || at[2 * i + 1].revents != 0;
      if (is_called && !serve(c, &at[2 * i]))
        close_connection(c);
      if (c->client.fd >= 0 && now() >= c->deadline && !expire(c))
        close_connection(c);
    }
    for (i = 0; i < LISTENERS_MAX; i++)
      if (doors[i].revents != 0 && all[room].client.fd < 0)
        open_connection(&all[room], doors[i].fd);
    for (room = 0; room < CONNECTIONS_MAX && all[room].client.fd >= 0;)
      room++;
  }
}

/* Takes HOST:PORT apart; HOST may be [::1].  Returns 0 or an error. */
static int find_upstream(const char *name) {
  const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
  char host[HOST_CAP];
  const char *colon = strrchr(name, ':');
  size_t len = colon != NULL ? (size_t)(colon - name) : 0;
  if (len == 0 || len >= sizeof host || parse_number(colon + 1, 1, 65535) < 0)
    return EAI_NONAME;
  if (name[0] == '[' && name[len - 1] == ']') {
    name++;
    len -= 2;
  }
  memcpy(host, name, len);
  host[len] = '\0';
  return getaddrinfo(host, colon + 1, &hints, &upstream_addresses);
}

int main(int argc, char **argv) {
  struct option_value options[] = {
      {"--port", NULL}, {"--upstream", NULL}, {"--deadline", "30"}};
  struct listeners listeners;
  keep_streams();
  int error = take_values(argc, argv, options, 3);
  long port = error ? -1 : parse_number(options[0].value, 0, 65535);
  limit = parse_number(options[2].value, 1, 86400);
  if (port < 0 || limit < 0)
    end_with_usage(argc, argv,
                   "usage: upshake-proxy --port N --upstream HOST:PORT "
                   "[--deadline SECONDS]; N is a number from 0 to 65535");
  upstream_name = options[1].value;
  error = find_upstream(upstream_name);
  if (error != 0) {
    fprintf(stderr, "upshake-proxy: %s: %s\n", upstream_name,
            gai_strerror(error));
    return EXIT_BAD_INPUT;
  }
  if (open_listeners("upshake-proxy", port, &listeners) != 0)
    return EXIT_FAILURE;
  say_where("upshake-proxy", "http", &listeners);
  run(&listeners);
}
