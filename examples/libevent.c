/* SPDX-License-Identifier: MIT
 *
 * A bufferevent of libevent: the handshake reads the evbuffer in place, and the
 * bytes behind the head are echoed without a copy.  An upgrade gets `echo`, any
 * other request gets 426.
 *
 * To try it (with libevent-dev; the lines after the server in a second
 * terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-libevent 8100
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: echo' 127.0.0.1:8100
 *     curl -i 127.0.0.1:8100
 *
 * A real server sets a time limit for the whole head, not for each wait.  It
 * also limits how many bytes it drops after a refusal. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <upshake.h>
#include "common/start.h"

struct connection {
  upshake hs;
  enum { READING, ECHOING, CLOSING } phase;
  char head[8192];
};
static const upshake_protocol table[] = {UPSHAKE_PROTOCOL("echo")};
static const upshake_config config = {.protocols = table, .protocols_len = 1};
static const struct timeval patience = {.tv_sec = 10};

static void answer(struct connection *c, struct bufferevent *peer) {
  char reply[UPSHAKE_REPLY_CAP];
  size_t len;
  if (upshake_get_result(&c->hs).next == UPSHAKE_PLAIN)
    upshake_answer(&c->hs, 426);
  upshake_reply(&c->hs, reply, sizeof reply, &len);
  bufferevent_write(peer, reply, len);
  c->phase = upshake_get_result(&c->hs).protocol ? ECHOING : CLOSING;
  if (c->phase == ECHOING) /* it may send nothing, but must read */
    bufferevent_set_timeouts(peer, NULL, &patience);
}
static void on_read(struct bufferevent *peer, void *user) {
  struct connection *c = user;
  struct evbuffer *in = bufferevent_get_input(peer);
  struct evbuffer_iovec piece;
  size_t used;
  while (c->phase == READING && evbuffer_peek(in, -1, NULL, &piece, 1) > 0) {
    if (upshake_feed(&c->hs, piece.iov_base, piece.iov_len, &used) !=
        UPSHAKE_READ)
      answer(c, peer);
    evbuffer_drain(in, used);
  }
  if (c->phase == ECHOING) /* also bytes that arrived with the head */
    bufferevent_write_buffer(peer, in);
  if (c->phase == CLOSING)
    evbuffer_drain(in, evbuffer_get_length(in));
  if (evbuffer_get_length(bufferevent_get_output(peer)) > 0)
    bufferevent_disable(peer, EV_READ); /* until it is sent */
}
/* Closing with unread bytes could destroy the answer on its way (RFC 9112 9.6).
 * So our side stops sending first, and then reads until the peer closes. */
static void on_sent(struct bufferevent *peer, void *user) {
  struct connection *c = user;
  if (c->phase == CLOSING)
    shutdown(bufferevent_getfd(peer), SHUT_WR);
  bufferevent_enable(peer, EV_READ);
}
static void on_end(struct bufferevent *peer, short events, void *user) {
  (void)events; /* EOF, an error or a timeout; nothing waits to be sent */
  bufferevent_free(peer);
  free(user);
}
static void on_accept(struct evconnlistener *listener, evutil_socket_t fd,
                      struct sockaddr *from, int len, void *user) {
  struct event_base *base = evconnlistener_get_base(listener);
  struct connection *c = calloc(1, sizeof *c);
  struct bufferevent *peer =
      bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
  (void)from, (void)len, (void)user;
  if (!c || !peer)
    exit(1);
  upshake_init(&c->hs, &config, c->head, sizeof c->head, c);
  bufferevent_setcb(peer, on_read, on_sent, on_end, c);
  bufferevent_set_timeouts(peer, &patience, &patience);
  bufferevent_enable(peer, EV_READ | EV_WRITE);
}
int main(int argc, char **argv) {
  struct listeners at = start_listening("upshake-libevent", argc, argv, 8100);
  struct event_base *base = event_base_new();
  signal(SIGPIPE, SIG_IGN);
  for (size_t i = 0; i < at.len; i++) /* backlog 0: it listens already */
    if (!evconnlistener_new(base, on_accept, NULL, LEV_OPT_CLOSE_ON_FREE, 0,
                            at.fds[i]))
      return perror("upshake-libevent"), event_base_free(base), 1;
  say_where("upshake-libevent", "http", &at);
  return event_base_dispatch(base);
}
