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
#include <unistd.h>

#include "answer.h"
#include "websocket.h"

/* How much is received at once.  This is less than OUT_CAP, so that bytes that
 * arrived together with a head have room behind the 101. */
#define READ_CAP 8192

/* Time limits:
 * BODY_MS    until the body of a request is complete
 * STALL_MS   while a peer that has switched reads nothing
 * LINGER_MS  while the peer still sends after its last request, at most
 *            LINGER_BYTES */
#define BODY_MS 60000
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

struct service connection_service(const struct options *options,
                                  struct exchanges *exchanges) {
  return (struct service){.config = make_config(options),
                          .head_timeout = options->head_timeout,
                          .deflate = options->deflate,
                          .exchanges = exchanges};
}

void connection_enter(struct connection *c, enum phase phase, moment deadline) {
  c->phase = phase;
  c->deadline = deadline;
}

static int is_reading(const struct connection *c) {
  return c->phase == PHASE_HEAD || c->phase == PHASE_BODY;
}

static int has_switched(const struct connection *c) {
  return c->phase == PHASE_WEBSOCKET || c->phase == PHASE_ECHO;
}

void connection_turn_away(struct connection *c) {
  c->turned_away = 1;
  answer_turned_away(c);
}

/* ---- The new protocol ---------------------------------------------------- */

static int is_websocket(const upshake_protocol *protocol) {
  return protocol->rules == upshake_websocket_rules;
}

/* Both return the reply, or an absent slice. */
static upshake_slice begin_websocket(struct connection *c) {
  upshake_deflate agreed;
  char value[UPSHAKE_DEFLATE_CAP];
  upshake_fields fields = upshake_get_request(&c->hs).fields;
  upshake_extra extra = {.extensions = {value, 0}};
  if (c->service->deflate)
    extra.extensions.len = upshake_agree_deflate(fields, NULL, &agreed, value);
  upshake_slice reply = answer_write(c, &extra);
  connection_enter(c, PHASE_WEBSOCKET, NEVER);
  c->ws = websocket_open(&c->out, extra.extensions.len > 0 ? &agreed : NULL);
  return c->ws != NULL ? reply : (upshake_slice){NULL, 0};
}

static upshake_slice begin_echo(struct connection *c) {
  connection_enter(c, PHASE_ECHO, NEVER);
  return answer_write(c, NULL);
}

static void take_bytes(struct connection *c, const char *bytes, size_t len);

/* The bytes that arrived together with the request are the first bytes of the
 * new protocol (RFC 9110 7.8). */
static void switch_protocols(struct connection *c, const char *early,
                             size_t len) {
  upshake_slice reply = is_websocket(upshake_get_result(&c->hs).protocol)
                            ? begin_websocket(c)
                            : begin_echo(c);
  if (reply.ptr == NULL) {
    connection_enter(c, PHASE_OVER, NEVER);
    return;
  }
  answer_report(c, (struct verdict){"switched", 101, UPSHAKE_OK, NULL}, reply);
  take_bytes(c, early, len);
}

/* ---- Bytes from the peer ------------------------------------------------ */

/* The client waits for a 100 before it sends the body (RFC 9110 10.1.1).
 * Returns 0 if a 100 is due and was written. */
static int say_continue(struct connection *c) {
  if (upshake_get_result(&c->hs).status != 100)
    return -1;
  return answer_write(c, NULL).ptr == NULL ? -1 : 0;
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
    answer_plain(c);
  else if (next == UPSHAKE_SEND && upshake_get_result(&c->hs).status == 101)
    switch_protocols(c, bytes, len);
  else if (next == UPSHAKE_SEND)
    answer_as_judged(c);
  else if (c->phase == PHASE_HEAD &&
           upshake_get_request(&c->hs).fields.raw.ptr != NULL)
    connection_enter(c, PHASE_BODY, now_ms() + BODY_MS);
}

static void drop(struct connection *c, size_t len) {
  c->dropped += len;
  if (c->dropped > LINGER_BYTES)
    connection_enter(c, PHASE_OVER, NEVER);
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
    answer_cut_off(c);
  else if (!has_switched(c))
    connection_enter(c, PHASE_OVER, NEVER);
}

static void take_break(struct connection *c) {
  if (is_reading(c) && upshake_head(&c->hs).len > 0)
    log_handshake(
        c->peer, &c->hs,
        (struct verdict){"incomplete", 0, UPSHAKE_ERR_INCOMPLETE, NULL});
  connection_enter(c, PHASE_OVER, NEVER);
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
    connection_enter(c, PHASE_OVER, NEVER);
  else
    connection_enter(c, PHASE_LINGER, now_ms() + LINGER_MS);
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
      answer_fill(c);
    if (c->phase == PHASE_WEBSOCKET)
      websocket_fill(c->ws);
    sent = out_flush(&c->out, c->fd);
    if (sent < 0) {
      connection_enter(c, PHASE_OVER, NEVER);
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
  snprintf(c->peer, sizeof c->peer, "%s", peer);
  connection_enter(c, PHASE_HEAD, now_ms() + service->head_timeout);
  return c;
}

void connection_close(struct connection *c) {
  websocket_close(c->ws);
  free(c->content.json);
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
    answer_late(c);
  else
    connection_enter(c, PHASE_OVER, NEVER);
  if (c->phase != PHASE_OVER)
    send_output(c);
}
