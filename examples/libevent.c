/* SPDX-License-Identifier: MIT
 *
 * A bufferevent of libevent: the handshake reads the evbuffer in place, and the
 * bytes behind the head are echoed without a copy.  An upgrade gets `echo`, any
 * other request gets 426.
 *
 * With this file and the two files of the library in one folder (libevent-dev):
 *     cc -I. libevent.c upshake.c -levent -o libevent
 *
 * To try it (the lines after the server in a second terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-libevent 8100
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: echo' 127.0.0.1:8100
 *     curl -i 127.0.0.1:8100
 *
 * A real server sets a time limit for the whole head, not for each wait.  It
 * also limits how many bytes it drops after a refusal.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <upshake.h>

struct connection {
  struct bufferevent *peer;
  enum { READING, ECHOING, CLOSING } phase;
  upshake hs;
  char head[8192];
};

static const upshake_protocol protocols[] = {UPSHAKE_PROTOCOL("echo")};
static const upshake_config config = {.protocols = protocols,
                                      .protocols_len = 1};
static const struct timeval patience = {.tv_sec = 10};

static void end(struct connection *c) {
  bufferevent_free(c->peer);
  free(c);
}

/* ---- The handshake ------------------------------------------------------- */

/* If this reply is impossible, 500 takes its place. */
static int send_reply(struct connection *c) {
  char reply[UPSHAKE_REPLY_CAP];
  size_t len;
  upshake_error error = upshake_reply(&c->hs, reply, sizeof reply, &len);

  if (error != UPSHAKE_OK && upshake_answer(&c->hs, 500) == UPSHAKE_OK)
    error = upshake_reply(&c->hs, reply, sizeof reply, &len);
  return error == UPSHAKE_OK ? bufferevent_write(c->peer, reply, len) : -1;
}

/* Takes one piece of memory of the input, or nothing if there is none. */
static upshake_next feed_piece(struct connection *c, struct evbuffer *in) {
  struct evbuffer_iovec piece = {NULL, 0};
  size_t used;

  evbuffer_peek(in, -1, NULL, &piece, 1);
  upshake_next next =
      upshake_feed(&c->hs, piece.iov_base, piece.iov_len, &used);
  evbuffer_drain(in, used);
  return next;
}

static int shake_hands(struct connection *c, struct evbuffer *in) {
  upshake_next next = UPSHAKE_READ;

  /* 1 feed */
  while (next == UPSHAKE_READ && evbuffer_get_length(in) > 0)
    next = feed_piece(c, in);
  if (next == UPSHAKE_READ)
    return 0;

  /* 2 decide: this config accepts every valid offer */
  if (next == UPSHAKE_PLAIN)
    upshake_answer(&c->hs, 426);

  /* 3 reply, then early bytes: on_read finds them in the input */
  if (send_reply(c) != 0)
    return -1;
  c->phase = upshake_get_result(&c->hs).switched ? ECHOING : CLOSING;
  if (c->phase == ECHOING) /* the peer may be silent, but must read */
    bufferevent_set_timeouts(c->peer, NULL, &patience);
  return 0;
}

/* ---- A connection -------------------------------------------------------- */

static void on_read(struct bufferevent *peer, void *user) {
  struct connection *c = user;
  struct evbuffer *in = bufferevent_get_input(peer);

  if (c->phase == READING && shake_hands(c, in) != 0) {
    end(c);
    return;
  }
  if (c->phase == ECHOING)
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

/* The peer has ended, or there is an error or a timeout.  Nothing waits to be
 * sent: while something does, nothing is read. */
static void on_end(struct bufferevent *peer, short events, void *user) {
  (void)peer, (void)events;
  end(user);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd,
                      struct sockaddr *from, int len, void *user) {
  struct connection *c = calloc(1, sizeof *c);
  struct bufferevent *peer = bufferevent_socket_new(
      evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);

  (void)from, (void)len, (void)user;
  if (c == NULL || peer == NULL) {
    fputs("libevent: no memory\n", stderr);
    exit(1);
  }
  c->peer = peer;
  if (upshake_init(&c->hs, &config, c->head, sizeof c->head, c) != UPSHAKE_OK) {
    end(c); /* the config is wrong: hs must not be used */
    return;
  }
  bufferevent_setcb(peer, on_read, on_sent, on_end, c);
  bufferevent_set_timeouts(peer, &patience, &patience);
  bufferevent_enable(peer, EV_READ | EV_WRITE);
}

/* ---- The port ------------------------------------------------------------ */

static struct evconnlistener *start_listening(struct event_base *base,
                                              unsigned port) {
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_port = htons((in_port_t)port)};
  socklen_t len = sizeof at;

  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct evconnlistener *listener = evconnlistener_new_bind(
      base, on_accept, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 64,
      (struct sockaddr *)&at, sizeof at);
  if (listener == NULL)
    return NULL;
  getsockname(evconnlistener_get_fd(listener), (struct sockaddr *)&at, &len);
  printf("listening on http://127.0.0.1:%d/\n", ntohs(at.sin_port));
  fflush(stdout);
  return listener;
}

int main(int argc, char **argv) {
  unsigned port;
  char rest;
  if (argc != 2 || sscanf(argv[1], "%5u%c", &port, &rest) != 1 ||
      port > 65535) {
    fputs("usage: libevent PORT; a number from 0 to 65535\n", stderr);
    return 64;
  }

  signal(SIGPIPE, SIG_IGN);
  struct event_base *base = event_base_new();
  if (base == NULL) {
    fputs("libevent: no memory\n", stderr);
    return 1;
  }
  if (start_listening(base, port) == NULL) {
    perror("libevent: cannot listen");
    event_base_free(base);
    return 1;
  }
  return event_base_dispatch(base);
}
