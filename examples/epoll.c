/* SPDX-License-Identifier: MIT
 *
 * Upgrades on a port that serves pages too, with epoll.  GET / gives a page;
 * any other ordinary request gets 404.  `echo` sends bytes back.  `websocket`
 * sends hello and a Close, and waits for the peer's Close.
 *
 * With this file and the two files of the library in one folder:
 *     cc -I. epoll.c upshake.c -o epoll
 *
 * To try it (the lines after the server in a second terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-epoll 8100
 *     build/upshake-client ws://127.0.0.1:8100/
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: echo' 127.0.0.1:8100
 *     curl 127.0.0.1:8100
 *
 * A real server adds a deadline for every phase, and a pause for its listener
 * when descriptors run out: see demo/demo.c.  demo/websocket.c has the frames.
 */
#define _GNU_SOURCE /* accept4 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <upshake.h>

enum { ECHO, WEBSOCKET };
static const upshake_protocol protocols[] = {
    [ECHO] = UPSHAKE_PROTOCOL("echo"), [WEBSOCKET] = UPSHAKE_WEBSOCKET};
static const upshake_config config = {.protocols = protocols,
                                      .protocols_len = 2};

static const upshake_slice page = {
    UPSHAKE_TEXT("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello\n")};
static const upshake_slice greeting = {
    UPSHAKE_TEXT("\x81\x05hello\x88\x02\x03\xe8")}; /* a text and a Close */

struct connection {
  int fd;
  enum { READING, ECHOING, GREETED, CLOSING } phase;
  upshake hs;
  char head[8192];
  char out[8192 + UPSHAKE_REPLY_CAP];
  size_t len, sent; /* of out; nothing is received while it holds bytes */
};

static void append(struct connection *c, upshake_slice bytes) {
  if (bytes.len > 0)
    memcpy(c->out + c->len, bytes.ptr, bytes.len);
  c->len += bytes.len;
}

/* ---- The handshake ------------------------------------------------------- */

static int asks_for_page(const struct connection *c) {
  upshake_request request = upshake_get_request(&c->hs);
  return upshake_equal(request.method, "GET") &&
         upshake_equal(request.path, "/");
}

/* If this reply is impossible, 500 takes its place. */
static int write_reply(struct connection *c) {
  if (upshake_reply(&c->hs, c->out, sizeof c->out, &c->len) == UPSHAKE_OK)
    return 0;
  if (upshake_answer(&c->hs, 500) != UPSHAKE_OK)
    return -1;
  return upshake_reply(&c->hs, c->out, sizeof c->out, &c->len) == UPSHAKE_OK
             ? 0
             : -1;
}

static int reply(struct connection *c) {
  if (write_reply(c) != 0)
    return -1;
  upshake_result result = upshake_get_result(&c->hs);
  if (!result.switched) {
    c->phase = CLOSING;
  } else if (result.protocol == &protocols[ECHO]) {
    c->phase = ECHOING;
    append(c, upshake_rest(&c->hs)); /* early bytes are echoed, too */
  } else {
    c->phase = GREETED;
    append(c, greeting);
  }
  return 0;
}

static int shake_hands(struct connection *c) {
  size_t cap;

  /* 1 feed: the bytes go where the handshake keeps them */
  void *room = upshake_room(&c->hs, &cap);
  ssize_t received = recv(c->fd, room, cap, 0);
  if (received <= 0)
    return received < 0 && errno == EAGAIN ? 0 : -1;
  upshake_next next = upshake_commit(&c->hs, (size_t)received);
  if (next == UPSHAKE_READ)
    return 0;

  /* 2 decide: this config accepts every valid offer */
  if (next == UPSHAKE_PLAIN && asks_for_page(c)) {
    append(c, page);
    c->phase = CLOSING;
    return 0;
  }
  if (next == UPSHAKE_PLAIN)
    upshake_answer(&c->hs, 404);

  /* 3 reply, then early bytes */
  return reply(c);
}

/* ---- A connection -------------------------------------------------------- */

/* Each of these returns -1 if the connection is over. */
static int receive(struct connection *c) {
  if (c->phase == READING)
    return shake_hands(c);

  ssize_t received = recv(c->fd, c->out, sizeof c->out, 0);
  if (received <= 0)
    return received < 0 && errno == EAGAIN ? 0 : -1;
  if (c->phase == ECHOING)
    c->len = (size_t)received;
  if (c->phase == GREETED)
    c->phase = CLOSING; /* this answers our Close (RFC 6455 7.1.1) */
  return 0;
}

/* Closing with unread bytes could destroy the answer on its way (RFC 9112 9.6).
 * So our side stops sending first, and then reads until the peer closes. */
static int send_waiting(struct connection *c) {
  while (c->sent < c->len) {
    ssize_t sent =
        send(c->fd, c->out + c->sent, c->len - c->sent, MSG_NOSIGNAL);
    if (sent < 0)
      return errno == EAGAIN ? 0 : -1;
    c->sent += (size_t)sent;
  }
  c->sent = c->len = 0;
  return c->phase == CLOSING ? shutdown(c->fd, SHUT_WR) : 0;
}

static int wait_for(int loop, int what, struct connection *c) {
  struct epoll_event event = {.events = c->len > 0 ? EPOLLOUT : EPOLLIN,
                              .data.ptr = c};
  return epoll_ctl(loop, what, c->fd, &event);
}

static void end(struct connection *c) {
  close(c->fd);
  free(c);
}

static void serve(int loop, struct connection *c) {
  if ((c->len == 0 && receive(c) != 0) || send_waiting(c) != 0 ||
      wait_for(loop, EPOLL_CTL_MOD, c) != 0)
    end(c);
}

static void welcome(int loop, int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  struct connection *c = calloc(1, sizeof *c);

  if (fd < 0 || c == NULL) {
    free(c);
    close(fd); /* -1 is no harm */
    return;
  }
  c->fd = fd;
  /* If the config is wrong, hs must not be used. */
  if (upshake_init(&c->hs, &config, c->head, sizeof c->head, c) != UPSHAKE_OK ||
      wait_for(loop, EPOLL_CTL_ADD, c) != 0)
    end(c);
}

/* ---- The port ------------------------------------------------------------ */

static int start_listening(unsigned port) {
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_port = htons((in_port_t)port)};
  socklen_t len = sizeof at;
  int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);

  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&at, len) != 0 ||
      listen(listener, 64) != 0 ||
      getsockname(listener, (struct sockaddr *)&at, &len) != 0)
    return -1;
  printf("listening on http://127.0.0.1:%d/\n", ntohs(at.sin_port));
  fflush(stdout);
  return listener;
}

int main(int argc, char **argv) {
  unsigned port;
  char rest;
  if (argc != 2 || sscanf(argv[1], "%5u%c", &port, &rest) != 1 ||
      port > 65535) {
    fputs("usage: epoll PORT; a number from 0 to 65535\n", stderr);
    return 64;
  }

  int loop = epoll_create1(0), listener = start_listening(port);
  struct epoll_event ready = {.events = EPOLLIN}; /* ptr NULL: the listener */
  if (listener < 0 || epoll_ctl(loop, EPOLL_CTL_ADD, listener, &ready) != 0) {
    perror("epoll: cannot listen");
    return 1;
  }
  for (;;) {
    if (epoll_wait(loop, &ready, 1, -1) < 1)
      continue;
    if (ready.data.ptr != NULL)
      serve(loop, ready.data.ptr);
    else
      welcome(loop, listener);
  }
}
