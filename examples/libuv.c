/* SPDX-License-Identifier: MIT
 *
 * An answer from libuv's thread pool: the path /no is refused with 403, any
 * other path speaks `echo`.
 *
 * With this file and the two files of the library in one folder (libuv1-dev):
 *     cc -I. libuv.c upshake.c -luv -o libuv
 *
 * To try it (the lines after the server in a second terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-libuv 8100
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: echo' 127.0.0.1:8100
 *     curl -i -H 'Connection: Upgrade' -H 'Upgrade: echo' 127.0.0.1:8100/no
 *
 * Nothing is read while the pool decides or bytes wait to be sent.  So one
 * buffer is enough, and nobody frees the connection that the pool works on.  A
 * real server adds a uv_timer_t.
 */
#define _GNU_SOURCE /* for uv.h */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <upshake.h>
#include <uv.h>

struct connection {
  uv_tcp_t tcp;
  uv_work_t work;
  uv_write_t write;
  uv_shutdown_t shutdown;
  enum { READING, ECHOING, CLOSING } phase;
  upshake hs;
  int answer;
  uv_buf_t early; /* bytes behind the head, a part of `in` */
  char head[8192], in[4096], out[UPSHAKE_REPLY_CAP];
};

/* The callback may not block: the pool answers later. */
static int decide(upshake *hs, void *user) {
  (void)hs, (void)user;
  return UPSHAKE_LATER;
}

static const upshake_protocol protocols[] = {UPSHAKE_PROTOCOL("echo")};
static const upshake_config config = {
    .protocols = protocols, .protocols_len = 1, .decide = decide};

/* ---- Ends ---------------------------------------------------------------- */

static void on_closed(uv_handle_t *tcp) { free(tcp->data); }

static void end(struct connection *c) {
  if (!uv_is_closing((uv_handle_t *)&c->tcp))
    uv_close((uv_handle_t *)&c->tcp, on_closed);
}

static void on_shut(uv_shutdown_t *shutdown, int error) {
  (void)shutdown, (void)error; /* the next read reports it, too */
}

/* ---- Sending ------------------------------------------------------------- */

static void read_on(struct connection *c);

static void on_sent(uv_write_t *write, int error) {
  struct connection *c = write->data;
  if (error != 0)
    end(c);
  else
    read_on(c);
}

static void send_bytes(struct connection *c, const uv_buf_t *bytes,
                       unsigned len) {
  uv_read_stop((uv_stream_t *)&c->tcp);
  if (uv_write(&c->write, (uv_stream_t *)&c->tcp, bytes, len, on_sent) != 0)
    end(c);
}

/* If this reply is impossible, 500 takes its place. */
static upshake_error write_reply(struct connection *c, size_t *len) {
  upshake_error error = upshake_reply(&c->hs, c->out, sizeof c->out, len);
  if (error != UPSHAKE_OK && upshake_answer(&c->hs, 500) == UPSHAKE_OK)
    error = upshake_reply(&c->hs, c->out, sizeof c->out, len);
  return error;
}

/* 3 reply, then early bytes */
static void reply(struct connection *c) {
  size_t len;

  if (write_reply(c, &len) != UPSHAKE_OK) {
    end(c);
    return;
  }
  uv_buf_t bytes[] = {uv_buf_init(c->out, (unsigned)len), c->early};
  int switched = upshake_get_result(&c->hs).switched;
  c->phase = switched ? ECHOING : CLOSING;
  send_bytes(c, bytes, switched ? 2 : 1);

  /* Our side stops sending behind a refusal, and drops its input: closing at
   * once could destroy the answer on its way (RFC 9112 9.6). */
  if (!switched)
    uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, on_shut);
}

/* ---- The pool ------------------------------------------------------------ */

/* In a thread of the pool: here a real server asks its database. */
static void look_up(uv_work_t *work) {
  struct connection *c = work->data;
  upshake_request request = upshake_get_request(&c->hs);
  c->answer = upshake_equal(request.path, "/no") ? 403 : UPSHAKE_ACCEPT;
}

/* In the loop again. */
static void on_looked_up(uv_work_t *work, int error) {
  struct connection *c = work->data;
  upshake_answer(&c->hs, error == 0 ? c->answer : 503);
  reply(c);
}

/* ---- Receiving ----------------------------------------------------------- */

static void lend(uv_handle_t *tcp, size_t size, uv_buf_t *buf) {
  struct connection *c = tcp->data;
  (void)size;
  *buf = uv_buf_init(c->in, sizeof c->in);
}

static void shake_hands(struct connection *c, size_t len) {
  size_t used;

  /* 1 feed */
  upshake_next next = upshake_feed(&c->hs, c->in, len, &used);
  if (next == UPSHAKE_READ)
    return;
  uv_read_stop((uv_stream_t *)&c->tcp);
  c->early = uv_buf_init(c->in + used, (unsigned)(len - used));

  /* 2 decide */
  if (next == UPSHAKE_DECIDE &&
      uv_queue_work(c->tcp.loop, &c->work, look_up, on_looked_up) == 0)
    return;
  if (next == UPSHAKE_DECIDE)
    upshake_answer(&c->hs, 503); /* the pool takes no work */
  if (next == UPSHAKE_PLAIN)
    upshake_answer(&c->hs, 426);
  reply(c);
}

static void on_read(uv_stream_t *tcp, ssize_t len, const uv_buf_t *buf) {
  struct connection *c = tcp->data;

  if (len < 0) {
    end(c);
  } else if (len > 0 && c->phase == READING) {
    shake_hands(c, (size_t)len);
  } else if (len > 0 && c->phase == ECHOING) {
    uv_buf_t bytes = uv_buf_init(buf->base, (unsigned)len);
    send_bytes(c, &bytes, 1);
  }
}

static void read_on(struct connection *c) {
  if (uv_read_start((uv_stream_t *)&c->tcp, lend, on_read) != 0)
    end(c);
}

static void on_connection(uv_stream_t *listener, int error) {
  struct connection *c = error == 0 ? calloc(1, sizeof *c) : NULL;

  if (c == NULL)
    return;
  uv_tcp_init(listener->loop, &c->tcp);
  c->tcp.data = c->work.data = c->write.data = c;
  /* If the config is wrong, hs must not be used. */
  if (uv_accept(listener, (uv_stream_t *)&c->tcp) == 0 &&
      upshake_init(&c->hs, &config, c->head, sizeof c->head, c) == UPSHAKE_OK)
    read_on(c);
  else
    end(c);
}

/* ---- The port ------------------------------------------------------------ */

static int start_listening(uv_tcp_t *listener, unsigned port) {
  struct sockaddr_in at;
  int len = sizeof at, error;

  uv_ip4_addr("127.0.0.1", (int)port, &at);
  uv_tcp_init(uv_default_loop(), listener);
  if ((error = uv_tcp_bind(listener, (struct sockaddr *)&at, 0)) != 0 ||
      (error = uv_listen((uv_stream_t *)listener, 64, on_connection)) != 0)
    return error;
  uv_tcp_getsockname(listener, (struct sockaddr *)&at, &len);
  printf("listening on http://127.0.0.1:%d/\n", ntohs(at.sin_port));
  fflush(stdout);
  return 0;
}

int main(int argc, char **argv) {
  uv_tcp_t listener;
  unsigned port;
  char rest;
  if (argc != 2 || sscanf(argv[1], "%5u%c", &port, &rest) != 1 ||
      port > 65535) {
    fputs("usage: libuv PORT; a number from 0 to 65535\n", stderr);
    return 64;
  }

  signal(SIGPIPE, SIG_IGN);
  int error = start_listening(&listener, port);
  if (error != 0) {
    fprintf(stderr, "libuv: cannot listen: %s\n", uv_strerror(error));
    return 1;
  }
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
