/* SPDX-License-Identifier: MIT
 *
 * HTTP/2 on a port that speaks HTTP/1.1, by nghttp2.  Two ways lead there:
 *
 *   Upgrade: h2c      from curl --http2 and nghttp -u.  The request is answered
 *                     on stream 1 (RFC 7540 3.2).  RFC 9113 3.1 has retired
 *                     this: new servers leave it out.
 *   prior knowledge   from curl --http2-prior-knowledge and nghttp.  The client
 *                     begins with the preface of HTTP/2 (RFC 9113 3.4).
 *
 * Any other request is answered in HTTP/1.1.  Every connection has a process of
 * its own, which may block.  An event loop would feed nghttp2 in the same
 * places.
 *
 * With h2c.c, h2c_session.c, h2c_session.h and the two files of the library in
 * one folder (libnghttp2-dev):
 *     cc -I. h2c.c h2c_session.c upshake.c -lnghttp2 -o h2c
 *
 * To try it (the lines after the server in a second terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-h2c 8100
 *     curl -i --http2 127.0.0.1:8100
 *     curl -i --http2-prior-knowledge 127.0.0.1:8100
 *     curl -i 127.0.0.1:8100
 */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <upshake.h>

#include "h2c_session.h"

static const upshake_protocol protocols[] = {{.name = "h2c",
                                              .rules = upshake_h2c_rules,
                                              .methods = "GET, HEAD, OPTIONS"}};
static const upshake_config config = {.protocols = protocols,
                                      .protocols_len = 1,
                                      .transport = UPSHAKE_TRANSPORT_UNSECURED};

struct connection {
  int fd;
  upshake hs;
  nghttp2_session *session;
  char head[8192];
  char buf[16384];
  char *at; /* `len` bytes from here were received and are not consumed */
  size_t len;
};

/* ---- The socket ---------------------------------------------------------- */

static int send_all(int fd, const char *bytes, size_t len) {
  while (len > 0) {
    ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
    if (sent <= 0)
      return -1;
    bytes += sent;
    len -= (size_t)sent;
  }
  return 0;
}

static int receive(struct connection *c) {
  ssize_t received = recv(c->fd, c->buf, sizeof c->buf, 0);
  c->at = c->buf;
  c->len = received > 0 ? (size_t)received : 0;
  return received > 0 ? 0 : -1;
}

/* ---- HTTP/2 -------------------------------------------------------------- */

static int feed(struct connection *c, const char *bytes, size_t len) {
  const uint8_t *at = (const uint8_t *)bytes;
  return nghttp2_session_mem_recv(c->session, at, len) < 0 ? -1 : 0;
}

static void speak_http2(struct connection *c) {
  do {
    if (feed(c, c->at, c->len) != 0 || nghttp2_session_send(c->session) != 0)
      return;
  } while ((nghttp2_session_want_read(c->session) ||
            nghttp2_session_want_write(c->session)) &&
           receive(c) == 0);
}

/* The request becomes stream 1, which the client has ended already.  Its
 * HTTP2-Settings, which the library has checked, are the client's first
 * SETTINGS (RFC 7540 3.2.1).  The bytes that arrived together with the head are
 * the client's preface. */
static void begin_upgraded(struct connection *c) {
  upshake_request request = upshake_get_request(&c->hs);
  upshake_slice value = upshake_find_field(request.fields, "HTTP2-Settings");
  int to_head = upshake_equal(request.method, "HEAD");
  uint8_t settings[sizeof c->head];
  size_t len = upshake_decode_settings(value, settings, sizeof settings);

  if (nghttp2_session_upgrade2(c->session, settings, len, to_head, NULL) == 0 &&
      session_answer(c->session, 1, to_head) == 0)
    speak_http2(c);
}

/* The library refuses a preface with 505, because not every server speaks
 * HTTP/2.  This server does: it sends no reply, and gives nghttp2 the bytes
 * that the handshake holds and the bytes behind them. */
static void begin_at_preface(struct connection *c) {
  upshake_slice preface = upshake_head(&c->hs);
  if (feed(c, preface.ptr, preface.len) == 0)
    speak_http2(c);
}

/* ---- HTTP/1.1 ------------------------------------------------------------ */

static void answer_http1(struct connection *c) {
  static const char head[] = "HTTP/1.1 200 OK\r\n"
                             "Content-Type: text/plain\r\n"
                             "Content-Length: 9\r\n"
                             "Connection: close\r\n\r\n";

  if (send_all(c->fd, head, sizeof head - 1) == 0 &&
      !upshake_equal(upshake_get_request(&c->hs).method, "HEAD"))
    send_all(c->fd, "HTTP/1.1\n", 9);
}

/* If this reply is impossible, 500 takes its place. */
static int send_reply(struct connection *c) {
  char reply[UPSHAKE_REPLY_CAP];
  size_t len;
  upshake_error error = upshake_reply(&c->hs, reply, sizeof reply, &len);

  if (error != UPSHAKE_OK && upshake_answer(&c->hs, 500) == UPSHAKE_OK)
    error = upshake_reply(&c->hs, reply, sizeof reply, &len);
  return error == UPSHAKE_OK ? send_all(c->fd, reply, len) : -1;
}

static upshake_next feed_head(struct connection *c) {
  upshake_next next = UPSHAKE_READ;

  if (upshake_init(&c->hs, &config, c->head, sizeof c->head, NULL) !=
      UPSHAKE_OK)
    return UPSHAKE_READ; /* the config is wrong: hs must not be used */
  while (next == UPSHAKE_READ && receive(c) == 0) {
    size_t used;
    next = upshake_feed(&c->hs, c->at, c->len, &used);
    c->at += used;
    c->len -= used;
  }
  return next;
}

static void answer(struct connection *c, upshake_next next) {
  /* 2 decide: this config accepts every valid offer */
  if (upshake_get_result(&c->hs).error == UPSHAKE_ERR_HTTP2_PREFACE) {
    begin_at_preface(c);
    return;
  }
  if (next == UPSHAKE_PLAIN) {
    answer_http1(c);
    return;
  }

  /* 3 reply, then early bytes */
  if (send_reply(c) == 0 && upshake_get_result(&c->hs).switched)
    begin_upgraded(c);
}

static void serve(struct connection *c) {
  /* 1 feed */
  upshake_next next = feed_head(c);
  if (next == UPSHAKE_READ || (c->session = session_open(&c->fd)) == NULL)
    return;
  answer(c, next);
  nghttp2_session_del(c->session);

  /* Closing at once could destroy the answer on its way (RFC 9112 9.6). */
  shutdown(c->fd, SHUT_WR);
  while (receive(c) == 0)
    continue;
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
  static struct connection c;
  const struct timeval limit = {.tv_sec = 10};
  unsigned port;
  char rest;
  if (argc != 2 || sscanf(argv[1], "%5u%c", &port, &rest) != 1 ||
      port > 65535) {
    fputs("usage: h2c PORT; a number from 0 to 65535\n", stderr);
    return 64;
  }

  int listener = start_listening(port);
  if (listener < 0) {
    perror("h2c: cannot listen");
    return 1;
  }
  signal(SIGCHLD, SIG_IGN); /* no zombies */
  for (;;) {
    c.fd = accept(listener, NULL, NULL);
    setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(c.fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (c.fd >= 0 && fork() == 0) {
      serve(&c);
      return 0;
    }
    close(c.fd);
  }
}
