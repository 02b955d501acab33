/* SPDX-License-Identifier: MIT
 *
 * An answer from libuv's thread pool: the path /no is refused with 403, any
 * other path speaks `echo`.
 *
 * To try it (with libuv1-dev; the lines after the server in a second terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-libuv 8100
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: echo' 127.0.0.1:8100
 *     curl -i -H 'Connection: Upgrade' -H 'Upgrade: echo' 127.0.0.1:8100/no
 *
 * Nothing is read while the pool decides or bytes wait to be sent.  So one
 * buffer is enough, and nobody frees the connection that the pool works on.
 * login.c shows how to notice that the peer is gone.  A real server adds a
 * uv_timer_t.
 */
#define _GNU_SOURCE /* for uv.h */
#include <stdlib.h>
#include <upshake.h>
#include <uv.h>
#include "common/start.h"
struct connection {
  upshake hs;
  uv_tcp_t tcp;
  uv_work_t work;
  uv_write_t write;
  uv_shutdown_t shutdown;
  enum { READING, ECHOING, CLOSING } phase;
  int answer;
  uv_buf_t got; /* bytes to echo, a part of `in` */
  char head[8192], in[4096], reply[UPSHAKE_REPLY_CAP];
};
static int ask(upshake *h, void *c) { return (void)h, (void)c, UPSHAKE_LATER; }
static const upshake_protocol table[] = {UPSHAKE_PROTOCOL("echo")};
static const upshake_config config = {
    .protocols = table, .protocols_len = 1, .decide = ask};
static void on_read(uv_stream_t *tcp, ssize_t n, const uv_buf_t *buf);
static void on_closed(uv_handle_t *tcp) { free(tcp->data); }
static void on_shut(uv_shutdown_t *s, int error) { (void)s, (void)error; }
static void lend(uv_handle_t *tcp, size_t size, uv_buf_t *buf) {
  (void)size;
  *buf = uv_buf_init(((struct connection *)tcp->data)->in, 4096);
}
static void on_sent(uv_write_t *write, int error) {
  (void)error; /* the next read reports it too */
  uv_read_start(write->handle, lend, on_read);
}
/* After a refusal our side stops sending and drops its input (RFC 9112 9.6). */
static void send_all(struct connection *c) {
  uv_stream_t *tcp = (uv_stream_t *)&c->tcp;
  uv_buf_t out[] = {{c->reply, 0}, c->got};
  if (c->phase == READING) {
    upshake_answer(&c->hs, c->answer); /* 0 changes nothing */
    upshake_reply(&c->hs, c->reply, sizeof c->reply, &out[0].len);
    c->phase = upshake_get_result(&c->hs).protocol ? ECHOING : CLOSING;
  }
  uv_write(&c->write, tcp, out, c->phase == ECHOING ? 2 : 1, on_sent);
  if (c->phase == CLOSING)
    uv_shutdown(&c->shutdown, tcp, on_shut); /* after the written bytes */
}
static void look_up(uv_work_t *work) { /* in a thread of the pool */
  struct connection *c = work->data;
  upshake_request request = upshake_get_request(&c->hs);
  c->answer = upshake_equal(request.path, "/no") ? 403 : UPSHAKE_ACCEPT;
}
static void looked_up(uv_work_t *work, int error) { /* in the loop again */
  (void)error;                                      /* nobody cancels it */
  send_all(work->data);
}
static void on_read(uv_stream_t *tcp, ssize_t n, const uv_buf_t *buf) {
  struct connection *c = tcp->data;
  size_t used;
  if (n < 0)
    uv_close((uv_handle_t *)tcp, on_closed);
  if (n <= 0 || c->phase == CLOSING ||
      upshake_feed(&c->hs, buf->base, (size_t)n, &used) == UPSHAKE_READ)
    return;
  uv_read_stop(tcp);
  c->got = uv_buf_init(buf->base + used, (unsigned)((size_t)n - used));
  upshake_next next = upshake_get_result(&c->hs).next;
  c->answer = next == UPSHAKE_PLAIN ? 426 : 0;
  if (next == UPSHAKE_DECIDE)
    uv_queue_work(tcp->loop, &c->work, look_up, looked_up);
  else
    send_all(c);
}
static void on_connection(uv_stream_t *listener, int error) {
  struct connection *c = error ? NULL : calloc(1, sizeof *c);
  if (!c || upshake_init(&c->hs, &config, c->head, sizeof c->head, c))
    return;
  uv_tcp_init(listener->loop, &c->tcp);
  c->tcp.data = c->work.data = c;
  uv_accept(listener, (uv_stream_t *)&c->tcp);
  uv_read_start((uv_stream_t *)&c->tcp, lend, on_read);
}
int main(int argc, char **argv) {
  uv_tcp_t listeners[LISTENERS_MAX];
  struct listeners at = start_listening("upshake-libuv", argc, argv, 8100);
  signal(SIGPIPE, SIG_IGN);
  for (size_t i = 0; i < at.len; i++) {
    uv_stream_t *listener = (uv_stream_t *)&listeners[i];
    uv_tcp_init(uv_default_loop(), &listeners[i]);
    int error = uv_tcp_open(&listeners[i], at.fds[i]);
    if (error || (error = uv_listen(listener, 1024, on_connection)))
      return fprintf(stderr, "upshake-libuv: %s\n", uv_strerror(error)), 1;
  }
  say_where("upshake-libuv", "http", &at);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
