/* SPDX-License-Identifier: MIT
 *
 * One connection of upshake-demo: see connection.h.
 *
 *   HEAD ---- an answer that is no 101 ----> ANSWER --> LINGER --> OVER
 *     |  \                                      ^           ^
 *     |   +--> BODY ---------------------------+           |
 *     |         |                                          |
 *     +-- 101 --+-- 101 --> WEBSOCKET or ECHO --- done ----+
 *
 * Every phase that waits for the peer has a deadline.  Only a connection that
 * has switched may be silent as long as it likes.
 */
#define _POSIX_C_SOURCE 200809L

#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "page.h"
#include "websocket.h"

/* How much is received at once.  This is less than OUT_CAP, so that bytes that
 * arrived together with a head have room behind the 101. */
#define READ_CAP 8192

/* Time limits:
 * BODY_MS    until the body of a request is complete
 * ANSWER_MS  until a refusal or the page is sent
 * STALL_MS   while a peer that has switched reads nothing
 * LINGER_MS  while the peer still sends after its last request, at most
 *            LINGER_BYTES */
#define BODY_MS 60000
#define ANSWER_MS 20000
#define STALL_MS 60000
#define LINGER_MS 2000
#define LINGER_BYTES ((size_t)4 * 1024 * 1024)

/* The longest body that is read before a switch. */
#define BODY_MAX ((uint64_t)1 << 20)

static upshake_config make_config(const struct options *options) {
  upshake_config config = {
      .protocols = options->protocols,
      .protocols_len = options->protocols_len,
      .limits = {.body = BODY_MAX},
      .subprotocols = options->subprotocols,
      .subprotocols_len = options->subprotocols_len,
      .origins = options->origins,
      .origins_len = options->origins_len,
      .origin = UPSHAKE_ORIGIN_SAME_HOST,
  };
  if (options->origins_len > 0)
    config.origin = UPSHAKE_ORIGIN_LIST;
  if (options->any_origin)
    config.origin = UPSHAKE_ORIGIN_ANY;
  return config;
}

struct service connection_service(const struct options *options) {
  return (struct service){.config = make_config(options),
                          .head_timeout = options->head_timeout,
                          .deflate = options->deflate};
}

moment now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (moment)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void enter(struct connection *c, enum phase phase, moment deadline) {
  c->phase = phase;
  c->deadline = deadline;
}

static int is_reading(const struct connection *c) {
  return c->phase == PHASE_HEAD || c->phase == PHASE_BODY;
}

static int has_switched(const struct connection *c) {
  return c->phase == PHASE_WEBSOCKET || c->phase == PHASE_ECHO;
}

/* ---- The answer to a head ----------------------------------------------- */

/* The whole reply goes to `out` at once, and is sent from there in any pieces.
 * There is always room, because nothing is sent before the reply. */
static upshake_slice write_reply(struct connection *c,
                                 const upshake_extra *extra) {
  size_t cap, len;
  char *reply = out_room(&c->out, &cap);
  if (upshake_reply_with(&c->hs, extra, reply, cap, &len) != UPSHAKE_OK)
    return (upshake_slice){NULL, 0};
  out_commit(&c->out, len);
  return (upshake_slice){reply, len};
}

static void refuse(struct connection *c, struct verdict verdict) {
  static const upshake_field fields[] = {
      {{UPSHAKE_TEXT("Content-Type")}, {UPSHAKE_TEXT("text/plain")}},
      {{UPSHAKE_TEXT("X-Content-Type-Options")}, {UPSHAKE_TEXT("nosniff")}},
      {{UPSHAKE_TEXT("Allow")}, {UPSHAKE_TEXT("GET, HEAD")}},
  };
  /* For a WebSocket with another method the library writes Allow itself. */
  int needs_allow =
      verdict.status == 405 && verdict.error != UPSHAKE_ERR_METHOD;
  char body[4096];
  struct text text = {body, sizeof body, 0, 0};
  log_handshake(c->peer, &c->hs, verdict);
  describe_refusal(&text, &c->hs, verdict);
  upshake_extra extra = {
      .fields = fields,
      .fields_len = needs_allow ? 3 : 2,
      .date = date_now(),
      .body = {body, text.len},
      .keep = UPSHAKE_KEEP_CLOSE,
  };
  upshake_slice reply = write_reply(c, &extra);
  if (reply.ptr == NULL)
    enter(c, PHASE_OVER, NEVER);
  else
    enter(c, PHASE_ANSWER, now_ms() + ANSWER_MS);
}

/* Refuses with the words of the library.  The functions below use their own
 * words. */
static void refuse_as_judged(struct connection *c) {
  upshake_result result = upshake_get_result(&c->hs);
  refuse(c, (struct verdict){"refused", result.status, result.error, NULL});
}

static void refuse_as_late(struct connection *c) {
  upshake_answer(&c->hs, 408);
  refuse(c, (struct verdict){"refused", 408, UPSHAKE_ERR_INCOMPLETE,
                             c->phase == PHASE_HEAD
                                 ? "the head did not come in time"
                                 : "the body did not come in time"});
}

static void refuse_as_cut_off(struct connection *c) {
  upshake_answer(&c->hs, 400);
  refuse(c, (struct verdict){"refused", 400, UPSHAKE_ERR_INCOMPLETE,
                             "the client ended before its request did"});
}

/* The sender wants to know why its request is no upgrade. */
static void refuse_plain(struct connection *c, int status) {
  upshake_error reason = upshake_get_result(&c->hs).error;
  upshake_answer(&c->hs, status);
  refuse(c, (struct verdict){"plain", status, reason, NULL});
}

void connection_turn_away(struct connection *c) {
  c->turned_away = 1;
  upshake_answer(&c->hs, 503);
  refuse(c, (struct verdict){"refused", 503, UPSHAKE_ERR_REFUSED,
                             "too many connections"});
}

/* ---- An ordinary request ------------------------------------------------ */

/* Puts as many lines of the page into `out` as there is room. */
static void fill_with_page(struct connection *c) {
  for (; c->page_line < demo_page_lines; c->page_line++) {
    const char *line = demo_page[c->page_line];
    if (strlen(line) + 1 > sizeof c->out.bytes - out_len(&c->out))
      return;
    out_append(&c->out, line, strlen(line));
    out_append(&c->out, "\n", 1);
  }
}

static void serve_page(struct connection *c, int with_content) {
  struct text head = {NULL, 0, 0, 0};
  upshake_slice date = date_now();
  head.bytes = out_room(&c->out, &head.cap);
  text_add(&head, "HTTP/1.1 200 OK\r\n"
                  "Content-Type: text/html; charset=utf-8\r\n"
                  "Content-Security-Policy: ");
  text_add(&head, demo_page_policy);
  text_add(&head, "\r\n"
                  "X-Content-Type-Options: nosniff\r\n"
                  "Referrer-Policy: no-referrer\r\n"
                  "Cache-Control: no-store\r\n"
                  "Connection: close\r\n"
                  "Date: ");
  text_add_escaped(&head, date, "");
  text_add(&head, "\r\nContent-Length: ");
  text_add_number(&head, (long)demo_page_bytes);
  text_add(&head, "\r\n\r\n");
  out_commit(&c->out, head.len);
  c->page_line = with_content ? 0 : demo_page_lines;
  upshake_error reason = upshake_get_result(&c->hs).error;
  log_handshake(c->peer, &c->hs, (struct verdict){"plain", 200, reason, NULL});
  enter(c, PHASE_ANSWER, now_ms() + ANSWER_MS);
}

/* The methods of RFC 9110 9.3 and RFC 5789 that no path here allows.  CONNECT
 * is left out: it has no path, and this server is no proxy. */
static int is_known_method(upshake_slice method) {
  static const char *const known[] = {"POST",    "PUT",   "DELETE",
                                      "OPTIONS", "TRACE", "PATCH"};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (upshake_equal(method, known[i]))
      return 1;
  return 0;
}

/* 405 and 501: RFC 9110 15.5.6 and 15.6.2. */
static void serve_plain(struct connection *c) {
  upshake_request request = upshake_get_request(&c->hs);
  int is_get = upshake_equal(request.method, "GET");
  if (!is_get && !upshake_equal(request.method, "HEAD"))
    refuse_plain(c, is_known_method(request.method) ? 405 : 501);
  else if (upshake_equal(request.path, "/"))
    serve_page(c, is_get);
  else
    refuse_plain(c, 404);
}

/* ---- The new protocol ---------------------------------------------------- */

/* A page cannot see the bytes of its own handshake.  Our page asks for them
 * with its query.  Other clients get only their echoes. */
static int show_exchange(struct connection *c, upshake_slice reply) {
  static char json[6 * (HEAD_CAP + 2 * UPSHAKE_REPLY_CAP) + 64];
  struct text text = {json, sizeof json, 0, 0};
  if (!upshake_equal(upshake_get_request(&c->hs).query, "show"))
    return 0;
  describe_exchange(&text, upshake_head(&c->hs), reply);
  return text.cut ? 0 : websocket_say(c->ws, json, text.len);
}

static int is_websocket(const upshake_protocol *protocol) {
  return protocol->rules == upshake_websocket_rules;
}

static int begin_websocket(struct connection *c) {
  upshake_deflate agreed;
  char value[UPSHAKE_DEFLATE_CAP];
  upshake_fields fields = upshake_get_request(&c->hs).fields;
  upshake_extra extra = {.extensions = {value, 0}};
  if (c->service->deflate)
    extra.extensions.len = upshake_agree_deflate(fields, NULL, &agreed, value);
  upshake_slice reply = write_reply(c, &extra);
  enter(c, PHASE_WEBSOCKET, NEVER);
  c->ws = websocket_open(&c->out, extra.extensions.len > 0 ? &agreed : NULL);
  return reply.ptr == NULL || c->ws == NULL ? -1 : show_exchange(c, reply);
}

static int begin_echo(struct connection *c) {
  enter(c, PHASE_ECHO, NEVER);
  return write_reply(c, NULL).ptr == NULL ? -1 : 0;
}

static void take_bytes(struct connection *c, const char *bytes, size_t len);

/* The bytes that arrived together with the request are the first bytes of the
 * new protocol (RFC 9110 7.8). */
static void switch_protocols(struct connection *c, const char *early,
                             size_t len) {
  int broken = is_websocket(upshake_get_result(&c->hs).protocol)
                   ? begin_websocket(c)
                   : begin_echo(c);
  if (broken) {
    enter(c, PHASE_OVER, NEVER);
    return;
  }
  log_handshake(c->peer, &c->hs,
                (struct verdict){"switched", 101, UPSHAKE_OK, NULL});
  take_bytes(c, early, len);
}

/* ---- Bytes from the peer ------------------------------------------------ */

/* The client waits for a 100 before it sends the body (RFC 9110 10.1.1).
 * Returns 0 if a 100 is due and was written. */
static int say_continue(struct connection *c) {
  if (upshake_get_result(&c->hs).status != 100)
    return -1;
  return write_reply(c, NULL).ptr == NULL ? -1 : 0;
}

/* The content of a body is dropped: nothing here needs it. */
static void read_request(struct connection *c, const char *bytes, size_t len) {
  upshake_next next;
  size_t used;
  do {
    next = upshake_feed(&c->hs, bytes, len, &used);
    bytes += used;
    len -= used;
  } while (next == UPSHAKE_BODY ||
           (next == UPSHAKE_SEND && say_continue(c) == 0));
  if (next == UPSHAKE_PLAIN)
    serve_plain(c);
  else if (next == UPSHAKE_SEND && upshake_get_result(&c->hs).status == 101)
    switch_protocols(c, bytes, len);
  else if (next == UPSHAKE_SEND)
    refuse_as_judged(c);
  else if (c->phase == PHASE_HEAD &&
           upshake_get_request(&c->hs).fields.raw.ptr != NULL)
    enter(c, PHASE_BODY, now_ms() + BODY_MS);
}

static void drop(struct connection *c, size_t len) {
  c->dropped += len;
  if (c->dropped > LINGER_BYTES)
    enter(c, PHASE_OVER, NEVER);
}

static void take_bytes(struct connection *c, const char *bytes, size_t len) {
  switch (c->phase) {
  case PHASE_HEAD:
  case PHASE_BODY:
    read_request(c, bytes, len);
    return;
  case PHASE_WEBSOCKET:
    websocket_receive(c->ws, bytes, len);
    return;
  case PHASE_ECHO:
    out_append(&c->out, bytes, len);
    return;
  case PHASE_LINGER:
    drop(c, len);
    return;
  case PHASE_ANSWER:
  case PHASE_OVER:
    return;
  }
}

/* The peer has ended its sending side, but may still read. */
static void take_end(struct connection *c) {
  c->peer_done = 1;
  if (is_reading(c) && upshake_head(&c->hs).len > 0)
    refuse_as_cut_off(c);
  else if (!has_switched(c))
    enter(c, PHASE_OVER, NEVER);
}

static void take_break(struct connection *c) {
  if (is_reading(c) && upshake_head(&c->hs).len > 0)
    log_handshake(
        c->peer, &c->hs,
        (struct verdict){"incomplete", 0, UPSHAKE_ERR_INCOMPLETE, NULL});
  enter(c, PHASE_OVER, NEVER);
}

static void receive(struct connection *c) {
  char bytes[READ_CAP];
  size_t cap = sizeof bytes;
  size_t room = sizeof c->out.bytes - out_len(&c->out);
  if (c->phase == PHASE_ECHO && cap > room)
    cap = room;
  ssize_t n = recv(c->fd, bytes, cap, 0);
  if (n > 0)
    take_bytes(c, bytes, (size_t)n);
  else if (n == 0)
    take_end(c);
  else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
    take_break(c);
}

/* ---- Bytes to the peer -------------------------------------------------- */

/* If a socket is closed while bytes of the peer are unread or on their way, a
 * reset is sent, and the peer may lose our answer (RFC 9112 9.6).  So our side
 * stops sending first, and then reads until the peer closes. */
static void linger(struct connection *c) {
  if (c->peer_done || shutdown(c->fd, SHUT_WR) != 0)
    enter(c, PHASE_OVER, NEVER);
  else
    enter(c, PHASE_LINGER, now_ms() + LINGER_MS);
}

/* All waiting bytes are sent: ends the phase if nothing more will come. */
static void finish_output(struct connection *c) {
  int over = c->phase == PHASE_ANSWER || (has_switched(c) && c->peer_done);
  if (c->phase == PHASE_WEBSOCKET && websocket_is_done(c->ws))
    over = 1;
  if (over)
    linger(c);
  else if (has_switched(c))
    c->deadline = NEVER;
}

static void send_output(struct connection *c) {
  long sent, total = 0;
  do {
    if (c->phase == PHASE_ANSWER)
      fill_with_page(c);
    if (c->phase == PHASE_WEBSOCKET)
      websocket_fill(c->ws);
    sent = out_flush(&c->out, c->fd);
    if (sent < 0) {
      enter(c, PHASE_OVER, NEVER);
      return;
    }
    total += sent;
  } while (sent > 0 && out_len(&c->out) == 0);
  if (out_len(&c->out) == 0)
    finish_output(c);
  else if (has_switched(c) && (total > 0 || c->deadline == NEVER))
    c->deadline = now_ms() + STALL_MS;
}

/* ---- The poll loop's side ------------------------------------------------ */

struct connection *connection_open(int fd, const char *peer,
                                   const struct service *service) {
  struct connection *c = calloc(1, sizeof *c);
  if (c == NULL)
    return NULL;
  if (upshake_init(&c->hs, &service->config, c->head, sizeof c->head, c) !=
      UPSHAKE_OK) {
    free(c);
    return NULL;
  }
  c->service = service;
  c->fd = fd;
  c->page_line = demo_page_lines;
  snprintf(c->peer, sizeof c->peer, "%s", peer);
  enter(c, PHASE_HEAD, now_ms() + service->head_timeout);
  return c;
}

void connection_close(struct connection *c) {
  websocket_close(c->ws);
  close(c->fd);
  free(c);
}

/* Input waits until there is room for the output that it causes. */
static int wants_input(const struct connection *c) {
  switch (c->phase) {
  case PHASE_HEAD:
  case PHASE_BODY:
  case PHASE_LINGER:
    return 1;
  case PHASE_WEBSOCKET:
    return !c->peer_done && websocket_listens(c->ws);
  case PHASE_ECHO:
    return !c->peer_done && out_len(&c->out) < sizeof c->out.bytes;
  case PHASE_ANSWER:
  case PHASE_OVER:
    break;
  }
  return 0;
}

short connection_events(const struct connection *c) {
  int events = wants_input(c) ? POLLIN : 0;
  if (out_len(&c->out) > 0)
    events |= POLLOUT;
  return (short)events;
}

void connection_ready(struct connection *c, short revents) {
  if (wants_input(c) && (revents & (POLLIN | POLLHUP | POLLERR)))
    receive(c);
  else if (revents & (POLLHUP | POLLERR | POLLNVAL))
    take_break(c);
  if (c->phase != PHASE_OVER)
    send_output(c);
}

void connection_expire(struct connection *c) {
  if (is_reading(c))
    refuse_as_late(c);
  else
    enter(c, PHASE_OVER, NEVER);
  if (c->phase != PHASE_OVER)
    send_output(c);
}
