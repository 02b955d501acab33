/* SPDX-License-Identifier: MIT
 *
 * upshake-demo: handshakes on a real socket, in one poll loop.
 *
 * GET / gives a page on which a person opens a WebSocket and sees what went
 * over the wire, which the page asks for with GET /exchange?TOKEN.  Every path
 * speaks WebSocket echo and the private protocol `echo`.  Any other request is
 * refused with 404, 405 or 501.
 *
 * It listens on 127.0.0.1 and on [::1], or on --host only.
 *
 * This file listens, accepts and polls.  connection.c serves a connection, and
 * uses the library.  answer.c has what is answered without a switch, and
 * exchanges.c what the page is told.  page.sh assembles the page.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "connection.h"
#include "options.h"
#include "../common/exit.h"
#include "../common/start.h"

/* So many connections more than --max-connections may be open, only to be
 * answered with 503.  Further connections wait in the queue of the listener. */
#define TURNED_AWAY_MAX 64

/* If no descriptor or no memory is left, the listener stays readable, so it is
 * not polled for this long.  The loop rests as long if poll fails. */
#define PAUSE_MS 100
#define ACCEPTS_AT_ONCE 64

#define POLL_MAX_MS 60000

struct server {
  struct service service;
  struct exchanges exchanges;
  struct listeners listeners;
  moment pause_until; /* no accept before this time */
  int poll_fails;     /* it failed the last time, which was reported */
  size_t used;        /* of the arrays */
  size_t turned_away; /* connections among them that are answered 503 */
  size_t max;
  struct connection **connections;
  struct pollfd *polled; /* the signal pipe, the listeners, connections */
};

enum {
  POLLED_SIGNAL,
  POLLED_LISTENERS,
  POLLED_FIRST = POLLED_LISTENERS + LISTENERS_MAX
};

/* ---- Signals ------------------------------------------------------------ */

static int signal_pipe[2];

/* A signal handler may do almost nothing: it makes the pipe readable. */
static void handle_signal(int number) {
  int saved = errno;
  (void)number;
  ssize_t n = write(signal_pipe[1], "", 1);
  (void)n;
  errno = saved;
}

static int prepare_descriptor(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
    return -1;
  return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int catch_signals(void) {
  struct sigaction action = {.sa_handler = handle_signal};
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  if (pipe(signal_pipe) != 0 || prepare_descriptor(signal_pipe[0]) != 0 ||
      prepare_descriptor(signal_pipe[1]) != 0)
    return -1;
  sigemptyset(&action.sa_mask);
  sigemptyset(&ignore.sa_mask);
  if (sigaction(SIGINT, &action, NULL) != 0 ||
      sigaction(SIGTERM, &action, NULL) != 0)
    return -1;
  return sigaction(SIGPIPE, &ignore, NULL);
}

/* ---- Listening ----------------------------------------------------------- */

/* Listens on --host only.  Returns the listener, or -1 after a line on
 * stderr. */
static int open_listener(const struct options *options) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                           .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
  struct addrinfo *addresses;
  int fd = -1;
  int error = getaddrinfo(options->host, options->port, &hints, &addresses);
  if (error != 0) {
    fprintf(stderr, "upshake-demo: cannot listen on %s port %s: %s\n",
            options->host, options->port, gai_strerror(error));
    return -1;
  }
  for (struct addrinfo *at = addresses; at != NULL && fd < 0; at = at->ai_next)
    fd = listen_on(at->ai_addr, at->ai_addrlen);
  if (fd < 0)
    fprintf(stderr, "upshake-demo: cannot listen on %s port %s: %s\n",
            options->host, options->port, strerror(errno));
  freeaddrinfo(addresses);
  return fd;
}

static int open_all(struct server *server, const struct options *options) {
  if (options->host == NULL)
    return open_listeners("upshake-demo", strtol(options->port, NULL, 10),
                          &server->listeners);
  int fd = open_listener(options);
  server->listeners = (struct listeners){{fd, -1}, fd >= 0, 0};
  return fd >= 0 ? 0 : -1;
}

/* Writes HOST:PORT, with brackets around an IPv6 address. */
static void format_address(char text[PEER_CAP],
                           const struct sockaddr_storage *address,
                           socklen_t len) {
  char host[64], port[8];
  if (getnameinfo((const struct sockaddr *)address, len, host, sizeof host,
                  port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    snprintf(text, PEER_CAP, "-");
  else if (strchr(host, ':') != NULL)
    snprintf(text, PEER_CAP, "[%s]:%s", host, port);
  else
    snprintf(text, PEER_CAP, "%s:%s", host, port);
}

static int announce(int listener) {
  struct sockaddr_storage address;
  socklen_t len = sizeof address;
  char text[PEER_CAP];
  if (getsockname(listener, (struct sockaddr *)&address, &len) != 0)
    return -1;
  format_address(text, &address, len);
  printf("listening on http://%s/\n", text);
  return fflush(stdout);
}

/* ---- Connections --------------------------------------------------------- */

static void add_connection(struct server *server, int fd, const char *peer) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  struct connection *c = NULL;
  if (prepare_descriptor(fd) == 0)
    c = connection_open(fd, peer, &server->service);
  if (c == NULL) {
    close(fd);
    return;
  }
  if (server->used - server->turned_away >= server->max) {
    server->turned_away++;
    connection_turn_away(c);
  }
  server->connections[server->used++] = c;
}

static void remove_connection(struct server *server, size_t place) {
  struct connection *c = server->connections[place];
  if (c->turned_away)
    server->turned_away--;
  server->connections[place] = server->connections[--server->used];
  connection_close(c);
}

static int has_room(const struct server *server) {
  return server->used < server->max + TURNED_AWAY_MAX;
}

/* A reset of a waiting connection and a signal are no trouble.  A lack of
 * descriptors or memory is, and it passes. */
static void take_accept_error(struct server *server, int error) {
  if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR ||
      error == ECONNABORTED)
    return;
  if (server->pause_until == 0)
    fprintf(stderr, "upshake-demo: cannot accept: %s\n", strerror(error));
  server->pause_until = now_ms() + PAUSE_MS;
}

static void accept_connections(struct server *server, int listener) {
  for (int i = 0; i < ACCEPTS_AT_ONCE && has_room(server); i++) {
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    char peer[PEER_CAP];
    int fd = accept(listener, (struct sockaddr *)&address, &len);
    if (fd < 0) {
      take_accept_error(server, errno);
      return;
    }
    server->pause_until = 0;
    format_address(peer, &address, len);
    add_connection(server, fd, peer);
  }
}

/* ---- The loop ------------------------------------------------------------ */

/* Fills the array for poll.  Returns the time until the next deadline. */
static int prepare_poll(struct server *server, moment now) {
  moment next = NEVER;
  int paused = server->pause_until > now;
  if (paused)
    next = server->pause_until;
  for (size_t i = 0; i < LISTENERS_MAX; i++)
    server->polled[POLLED_LISTENERS + i] = (struct pollfd){
        server->listeners.fds[i], !paused && has_room(server) ? POLLIN : 0, 0};
  for (size_t i = 0; i < server->used; i++) {
    const struct connection *c = server->connections[i];
    server->polled[POLLED_FIRST + i] =
        (struct pollfd){c->fd, connection_events(c), 0};
    if (c->deadline < next)
      next = c->deadline;
  }
  if (next == NEVER)
    return -1;
  if (next <= now)
    return 0;
  return next - now < POLL_MAX_MS ? (int)(next - now) : POLL_MAX_MS;
}

/* Returns 0 after a rest if the error passes: a lack of memory or of other
 * resources (poll(2)).  Returns -1 for any other error. */
static int take_poll_error(struct server *server, int error) {
  const struct timespec rest = {.tv_nsec = PAUSE_MS * 1000000L};
  if (error == EINTR)
    return 0;
  if (!server->poll_fails)
    fprintf(stderr, "upshake-demo: poll: %s\n", strerror(error));
  server->poll_fails = 1;
  if (error != ENOMEM && error != EAGAIN)
    return -1;
  nanosleep(&rest, NULL); /* a signal also ends the rest */
  return 0;
}

static int is_told_to_end(void) {
  char byte;
  return read(signal_pipe[0], &byte, 1) == 1;
}

/* Goes from the last connection to the first, because the last one takes the
 * place of a removed one. */
static void serve_connections(struct server *server) {
  moment now = now_ms();
  for (size_t i = server->used; i-- > 0;) {
    struct connection *c = server->connections[i];
    short revents = server->polled[POLLED_FIRST + i].revents;
    if (revents != 0)
      connection_ready(c, revents);
    if (c->deadline <= now)
      connection_expire(c);
    if (c->phase == PHASE_OVER)
      remove_connection(server, i);
  }
}

static int run(struct server *server) {
  server->polled[POLLED_SIGNAL] = (struct pollfd){signal_pipe[0], POLLIN, 0};
  for (;;) {
    int timeout = prepare_poll(server, now_ms());
    nfds_t polled_len = (nfds_t)(POLLED_FIRST + server->used);
    int ready = poll(server->polled, polled_len, timeout);
    if (ready < 0 && take_poll_error(server, errno) != 0)
      return EXIT_FAILURE;
    if (is_told_to_end())
      return EXIT_SUCCESS;
    if (ready < 0)
      continue;
    server->poll_fails = 0;
    serve_connections(server);
    for (size_t i = 0; i < LISTENERS_MAX; i++)
      if (server->polled[POLLED_LISTENERS + i].revents != 0)
        accept_connections(server, server->listeners.fds[i]);
  }
}

/* Allocates room for all connections now, so that it cannot fail later. */
static int reserve(struct server *server) {
  size_t most = server->max + TURNED_AWAY_MAX;
  server->connections = calloc(most, sizeof(struct connection *));
  server->polled = calloc(POLLED_FIRST + most, sizeof(struct pollfd));
  return server->connections != NULL && server->polled != NULL ? 0 : -1;
}

static void release(struct server *server) {
  while (server->used > 0)
    remove_connection(server, server->used - 1);
  free(server->connections);
  free(server->polled);
  exchanges_forget_all(&server->exchanges);
  for (size_t i = 0; i < server->listeners.len; i++)
    close(server->listeners.fds[i]);
}

static int serve(const struct options *options) {
  struct server server = {.max = options->max_connections};
  server.service = connection_service(options, &server.exchanges);
  int status = EXIT_FAILURE;
  if (reserve(&server) != 0 || catch_signals() != 0)
    fputs("upshake-demo: out of memory or descriptors\n", stderr);
  else if (open_all(&server, options) == 0 &&
           announce(server.listeners.fds[0]) == 0)
    status = run(&server);
  release(&server);
  return status;
}

int main(int argc, char **argv) {
  struct options options;
  keep_streams();
  int status = options_parse(&options, argc, argv);
  if (status == EXIT_SUCCESS && options.help)
    options_print_help();
  else if (status == EXIT_SUCCESS)
    status = serve(&options);
  options_free(&options);
  return end_output(status, "upshake-demo: cannot write to standard output");
}
