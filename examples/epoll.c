/* SPDX-License-Identifier: MIT
 *
 * Upgrades on a port that serves pages too, with epoll.  GET / gives a page;
 * any other ordinary request gets 404.  `echo` sends bytes back.  `websocket`
 * sends hello and a Close, and waits for the peer's Close.
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
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <upshake.h>
#include "common/start.h"
static const upshake_protocol table[] = {UPSHAKE_PROTOCOL("echo"),
                                         UPSHAKE_WEBSOCKET};
static const upshake_config config = {.protocols = table, .protocols_len = 2};
static const upshake_slice page = {
    UPSHAKE_TEXT("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello\n")};
static const upshake_slice hello = {
    UPSHAKE_TEXT("\x81\x05hello\x88\x02\x03\xe8")};
struct connection {
  upshake hs;
  enum { READING, ECHOING, GREETED, CLOSING } phase;
  int fd;
  size_t len, sent; /* of out; nothing is received while it holds bytes */
  char head[8192], out[8192 + UPSHAKE_REPLY_CAP];
};
static void answer(struct connection *c) {
  upshake_request request = upshake_get_request(&c->hs);
  upshake_result result = upshake_get_result(&c->hs);
  upshake_slice more = {"", 0};
  c->phase = CLOSING;
  if (result.protocol == &table[0]) {
    c->phase = ECHOING;
    more = upshake_rest(&c->hs); /* arrived with the head, is echoed too */
  } else if (result.protocol) {
    c->phase = GREETED;
    more = hello;
  } else if (result.next == UPSHAKE_PLAIN && upshake_equal(request.path, "/") &&
             upshake_equal(request.method, "GET"))
    more = page;
  else if (result.next == UPSHAKE_PLAIN)
    upshake_answer(&c->hs, 404);
  upshake_reply(&c->hs, c->out, sizeof c->out, &c->len); /* no reply: 0 */
  if (more.len > 0)
    memcpy(c->out + c->len, more.ptr, more.len);
  c->len += more.len;
}
/* Returns 0 if the peer has ended; everything it sent is answered by then. */
static int receive(struct connection *c) {
  size_t cap = sizeof c->out;
  char *in = c->phase == READING ? upshake_room(&c->hs, &cap) : c->out;
  ssize_t n = recv(c->fd, in, cap, 0);
  if (n <= 0)
    return n < 0 && (errno == EAGAIN || errno == EINTR);
  c->len = c->phase == ECHOING ? (size_t)n : 0;
  if (c->phase == GREETED)
    c->phase = CLOSING; /* this answers our Close (RFC 6455 7.1.1) */
  if (c->phase == READING && upshake_commit(&c->hs, (size_t)n) != UPSHAKE_READ)
    answer(c);
  return 1;
}
/* Closing with unread bytes could destroy the answer on its way (RFC 9112 9.6).
 * So our side stops sending first, and then reads until the peer closes. */
static int send_waiting(struct connection *c) {
  for (ssize_t n; c->sent < c->len; c->sent += (size_t)n)
    if ((n = send(c->fd, c->out + c->sent, c->len - c->sent, MSG_NOSIGNAL)) < 0)
      return errno == EAGAIN || errno == EINTR;
  c->sent = c->len = 0;
  return c->phase != CLOSING || shutdown(c->fd, SHUT_WR) == 0;
}
static void wait_or_close(int loop, int what, struct connection *c, int alive) {
  struct epoll_event event = {c->len > 0 ? EPOLLOUT : EPOLLIN, {.ptr = c}};
  if (alive && epoll_ctl(loop, what, c->fd, &event) == 0)
    return;
  close(c->fd);
  free(c);
}
/* If no client waits here, accept4 gives -1, which epoll refuses. */
static void welcome(int loop, int listener) {
  struct connection *c = calloc(1, sizeof *c);
  if (!c)
    return;
  upshake_init(&c->hs, &config, c->head, sizeof c->head, c);
  c->fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  wait_or_close(loop, EPOLL_CTL_ADD, c, 1);
}
int main(int argc, char **argv) {
  struct listeners at = start_listening("upshake-epoll", argc, argv, 8100);
  struct epoll_event ready = {.events = EPOLLIN}; /* ptr NULL: a listener */
  int loop = epoll_create1(0);
  for (size_t i = 0; i < at.len; i++)
    if (epoll_ctl(loop, EPOLL_CTL_ADD, at.fds[i], &ready))
      return perror("upshake-epoll"), 1;
  say_where("upshake-epoll", "http", &at);
  for (struct connection *c;;) {
    if (epoll_wait(loop, &ready, 1, -1) < 1)
      continue;
    if ((c = ready.data.ptr)) {
      int alive = (c->len > 0 || receive(c)) && send_waiting(c);
      wait_or_close(loop, EPOLL_CTL_MOD, c, alive);
    } else {
      for (size_t i = 0; i < at.len; i++)
        welcome(loop, at.fds[i]);
    }
  }
}
