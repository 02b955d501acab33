/* SPDX-License-Identifier: MIT
 *
 * Deciding later: a poll loop, and a worker thread that answers through a pipe,
 * the latest question first.  The path /no is refused with 403, any other path
 * speaks `echo`.
 *
 * To try it (the lines after the server in a second terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-worker 8100
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: echo' 127.0.0.1:8100
 *     curl -i -H 'Connection: Upgrade' -H 'Upgrade: echo' 127.0.0.1:8100/no
 *
 * While nothing is read, poll still reports a reset (POLLHUP).  The end of
 * input (POLLRDHUP; MSG_PEEK gives 0) does not prove that the peer is gone:
 * half-closed it still waits for the answer.  A real server has deadlines
 * (demo/demo.c). */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <upshake.h>
#include "common/start.h"
#define MAX 1000 /* connections; a pipe has room for their pointers */
#define FIRST (1 + LISTENERS_MAX) /* of the connections that are polled */
struct connection {
  upshake hs;         /* only the worker uses it until it has answered */
  struct pollfd poll; /* events 0: no answer yet; fd -1: gone, free later */
  char head[2048];
};
static int ask(upshake *h, void *c) { return (void)h, (void)c, UPSHAKE_LATER; }
static const upshake_protocol table[] = {UPSHAKE_PROTOCOL("echo")};
static const upshake_config config = {
    .protocols = table, .protocols_len = 1, .decide = ask};
static int asked[2], told[2]; /* pipes, of pointers to connections */
static void *work(void *unused) {
  struct connection *c[MAX];
  for (ssize_t n; (n = read(asked[0], c, sizeof c)) > 0;) {
    poll(NULL, 0, 200); /* a slow look-up */
    for (size_t i = (size_t)n / sizeof *c; i-- > 0;) {
      upshake_slice path = upshake_get_request(&c[i]->hs).path;
      upshake_answer(&c[i]->hs, upshake_equal(path, "/no") ? 403 : 101);
      n = write(told[1], &c[i], sizeof *c); /* whole: the pipe has room */
    }
  }
  return unused;
}
/* Leaves bytes in the socket until they are used.  Returns 0 at the end. */
static int receive(struct connection *c) {
  char in[2048];
  int status = upshake_get_result(&c->hs).status; /* 0: reading the head */
  upshake_next next = UPSHAKE_READ;
  ssize_t n = recv(c->poll.fd, in, sizeof in, MSG_PEEK | MSG_DONTWAIT);
  size_t used = (size_t)n;
  if (n > 0 && status == 0)
    next = upshake_feed(&c->hs, in, used, &used);
  if (n > 0 && status == 101)
    n = send(c->poll.fd, in, used, MSG_NOSIGNAL | MSG_DONTWAIT),
    c->poll.events = n < 0 ? POLLOUT : POLLIN;
  if (n <= 0)
    return n < 0 && errno == EAGAIN;
  recv(c->poll.fd, in, status == 101 ? (size_t)n : used, 0);
  if (next == UPSHAKE_READ)
    return 1;
  c->poll.events = 0;
  upshake_answer(&c->hs, next == UPSHAKE_PLAIN ? 426 : 0); /* 0: none */
  return write(next == UPSHAKE_DECIDE ? asked[1] : told[1], &c, sizeof c) > 0;
}
int main(int argc, char **argv) {
  static struct connection *all[MAX], *c;
  static struct pollfd ready[FIRST + MAX];
  char out[UPSHAKE_REPLY_CAP];
  struct listeners at = start_listening("upshake-worker", argc, argv, 8100);
  pthread_t worker;
  if (pipe(asked) || pipe(told) || pthread_create(&worker, NULL, work, NULL))
    return perror("upshake-worker"), 1;
  say_where("upshake-worker", "http", &at);
  for (size_t len, count = 0;;) {
    ready[0] = (struct pollfd){told[0], POLLIN, 0};
    for (size_t i = 1; i < FIRST; i++)
      ready[i] = (struct pollfd){at.fds[i - 1], count < MAX ? POLLIN : 0, 0};
    for (size_t i = 0; i < count; i++)
      ready[FIRST + i] = all[i]->poll;
    poll(ready, FIRST + count, -1);
    for (size_t i = count; i > 0 && (c = all[--i]);) {
      if (ready[FIRST + i].revents && (c->poll.events == 0 || !receive(c)))
        close(c->poll.fd), c->poll.fd = -1; /* the peer is gone or done */
      if (c->poll.fd < 0 && c->poll.events != 0)
        free(c), all[i] = all[--count];
    }
    if (ready[0].revents && read(told[0], &c, sizeof c) > 0) {
      upshake_reply(&c->hs, out, sizeof out, &len);
      send(c->poll.fd, out, len, MSG_NOSIGNAL | MSG_DONTWAIT); /* it has room */
      c->poll.events = POLLIN;
      if (!upshake_get_result(&c->hs).protocol) /* then read on: RFC 9112 9.6 */
        shutdown(c->poll.fd, SHUT_WR);
    }
    for (size_t i = 1; i < FIRST; i++) {
      if (!ready[i].revents || count == MAX || !(c = calloc(1, sizeof *c)))
        continue;
      upshake_init(&c->hs, &config, c->head, sizeof c->head, c);
      c->poll = (struct pollfd){accept(ready[i].fd, NULL, NULL), POLLIN, 0};
      all[count++] = c;
    }
  }
}
