/* SPDX-License-Identifier: MIT
 *
 * upshake-proxy: a reverse proxy for HTTP/1.1 and WebSocket, in one poll loop.
 * It teaches the gateway: what a client asks is judged by the library's server,
 * asked of the upstream by its client, and the answer goes back.
 *
 *     TALKING     feed the client's bytes; a whole head is forwarded
 *     CONNECTING  to the upstream; its addresses are tried in turn
 *     WAITING     feed the upstream's bytes: 1xx and the head of the answer;
 *                 the body of the request goes the other way at the same time
 *     RELAYING    the body of the answer, piece by piece; then TALKING, or
 *     ENDING      nothing follows what waits for the client
 *     LINGERING   our side has ended, and the client's not yet
 *     SWITCHED    behind a 101: all bytes, both ways, as they are
 *
 * Whoever is slow slows the other side down: bytes are received only if there
 * is room for what comes of them.  The upstream judges Origin, and knows its
 * paths.  The proxy answers 502 if there is no sound answer, and 504 if it
 * comes too late.  Each request has a connection of its own to the upstream.
 * The poll loop is in proxy_loop.c.
 *
 * To try it (the lines after the server in a second terminal; the answer is
 * 502, unless a server such as upshake-site listens on port 8101):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-proxy --port 8100 --upstream 127.0.0.1:8101
 *     curl -i 127.0.0.1:8100
 */
#include "proxy.h"
#include "common/text.h"

#define FIELDS_MAX (128 + 2) /* the library's limit, and the added ones */

/* The library calls it for a valid offer: the upstream decides. */
static int decide_later(upshake *hs, void *user) {
  (void)hs;
  (void)user;
  return UPSHAKE_LATER;
}

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
const upshake_config config = {.protocols = protocols,
                               .protocols_len = 1,
                               .decide = decide_later,
                               .origin = UPSHAKE_ORIGIN_ANY};
static const upshake_client_policy policy = {.interim = 1};

/* ---- Answers to the client ----------------------------------------------- */

/* Goes on to the next request.  reset fails if the content is not complete, or
 * if the connection is not kept. */
static void finish(struct connection *c) {
  close_side(&c->upstream);
  c->reads_body = 0;
  c->phase = upshake_reset(&c->hs) == UPSHAKE_OK ? TALKING : ENDING;
  c->deadline = now() + limit;
}

/* Writes the reply that is due: an answer, a 101, or a 100. */
static upshake_error reply(struct connection *c, const upshake_extra *extra) {
  size_t cap, len;
  char *room = out_room(&c->client.out, &cap);
  upshake_error error = upshake_reply_with(&c->hs, extra, room, cap, &len);
  out_commit(&c->client.out, error ? 0 : len);
  return error;
}

void refuse(struct connection *c, int status) {
  const upshake_extra extra = {.date = date_now()};
  if (status > 0)
    upshake_answer(&c->hs, status);
  reply(c, &extra);
  finish(c);
}

/* Via says who passes a message on, and of which version he has received it
 * (RFC 9110 7.6.3). */
static upshake_field via(int version) {
  upshake_field field = {{UPSHAKE_TEXT("Via")}, {UPSHAKE_TEXT("1.1 upshake")}};
  if (version == 10)
    field.value = upshake_text("1.0 upshake");
  return field;
}

/* ---- The request, to the upstream ---------------------------------------- */

/* What is asked for.  OPTIONS of a whole server is "*" (RFC 9112 3.2.4). */
static upshake_slice target_of(upshake_request request) {
  upshake_slice target = request.target;
  if (request.path.len == 0 ||
      (upshake_equal(request.method, "OPTIONS") && request.query.ptr == NULL &&
       request.path.len == 1 && target.ptr[target.len - 1] != '/'))
    return upshake_text("*");
  return request.path;
}

/* How often an OPTIONS or TRACE may still be passed on, at most 1000 times (RFC
 * 9110 7.6.2).  Returns -1 if nothing is said, or of another method. */
static int forwards_left(upshake_request request) {
  upshake_slice value = upshake_find_field(request.fields, "Max-Forwards");
  int left = value.len > 0 ? 0 : -1;
  if (!upshake_equal(request.method, "OPTIONS") &&
      !upshake_equal(request.method, "TRACE"))
    return -1;
  for (size_t i = 0; i < value.len && left < 1000; i++) {
    if (value.ptr[i] < '0' || value.ptr[i] > '9')
      return -1;
    left = left * 10 + (value.ptr[i] - '0');
  }
  return left < 1000 ? left : 1000;
}

static void count_forward(upshake_request request, upshake_field *fields,
                          size_t len, char number[12]) {
  int left = forwards_left(request);
  struct text text = {number, 12, 0, 0};
  text_add_number(&text, left - 1);
  for (size_t i = 0; i < len && left > 0; i++)
    if (upshake_equal_fold(fields[i].name, "Max-Forwards"))
      fields[i].value = (upshake_slice){number, text.len};
}

/* Writes the request.  Returns 0 if it cannot be passed on. */
static int write_request(struct connection *c, upshake_request request) {
  upshake_result result = upshake_get_result(&c->hs);
  upshake_field fields[FIELDS_MAX];
  size_t cap, len = upshake_forward(request.fields, 1, fields, FIELDS_MAX - 2);
  char *room = out_room(&c->upstream.out, &cap), number[12];
  count_forward(request, fields, len, number);
  fields[len] = via(request.version);
  fields[len + 1] =
      (upshake_field){{UPSHAKE_TEXT("X-Forwarded-For")}, upshake_text(c->name)};
  upshake_ask ask = {.forward = 1,
                     .method = request.method,
                     .target = target_of(request),
                     .query = request.query,
                     .authority = request.authority.ptr != NULL
                                      ? request.authority
                                      : upshake_text(upstream_name),
                     .fields = fields,
                     .fields_len = len + 2};
  if (result.next == UPSHAKE_DECIDE)
    ask.protocols = upshake_text(result.protocol->name);
  else
    ask.plain = 1;
  c->is_chunked = request.body_len == UPSHAKE_BODY_CHUNKED;
  if (request.body_len > 0)
    ask.content =
        c->is_chunked ? UPSHAKE_CONTENT_CHUNKED : UPSHAKE_CONTENT_LENGTH;
  if (!c->is_chunked)
    ask.body_len = request.body_len;
  if (upshake_write_request(&ask, NULL, room, cap, &len) != UPSHAKE_OK)
    return 0;
  out_commit(&c->upstream.out, len);
  return upshake_client_init(&c->asked, &policy, (upshake_slice){room, len},
                             c->answer, sizeof c->answer) == UPSHAKE_OK;
}

static void read_body(struct connection *c) {
  c->reads_body = upshake_read_body(&c->hs) == UPSHAKE_OK;
}

/* A request is complete up to its body: PLAIN, or an offer at DECIDE.  If the
 * client waits for a 100, the upstream says whether it comes. */
static void ask_upstream(struct connection *c) {
  upshake_request request = upshake_get_request(&c->hs);
  if (request.unknown_coding || upshake_equal(request.method, "CONNECT")) {
    refuse(c, 501);
    return;
  }
  if (forwards_left(request) == 0) { /* it is for this proxy */
    refuse(c, upshake_equal(request.method, "OPTIONS") ? 200 : 501);
    return;
  }
  if (!write_request(c, request)) {
    refuse(c, 502);
    return;
  }
  c->phase = CONNECTING;
  c->deadline = now() + CONNECT_SECONDS;
  c->address = upstream_addresses;
  if (request.has_expect != 1 || request.version == 10)
    read_body(c);
  connect_upstream(c);
}

/* A piece of the request's body; without bytes, the end of it. */
static void send_piece(struct connection *c, upshake_slice piece) {
  char frame[UPSHAKE_CHUNK_CAP];
  if (c->is_chunked)
    out_append(&c->upstream.out, frame, upshake_chunk(piece.len, frame));
  out_append(&c->upstream.out, piece.ptr, piece.len);
  if (c->is_chunked && piece.len > 0)
    out_append(&c->upstream.out, "\r\n", 2);
}

/* ---- What the client sends ----------------------------------------------- */

static upshake_next feed_client(struct connection *c) {
  struct side *client = &c->client;
  size_t used;
  upshake_next next = upshake_feed(&c->hs, client->in + client->from,
                                   client->to - client->from, &used);
  client->from += used;
  return next;
}

/* Returns 1 if there may be more to do. */
static int pass_body(struct connection *c) {
  upshake_slice none = {NULL, 0}, piece;
  switch (feed_client(c)) {
  case UPSHAKE_BODY:
    piece = upshake_get_result(&c->hs).content;
    if (piece.len > 0)
      send_piece(c, piece);
    return 1;
  case UPSHAKE_PLAIN:
    send_piece(c, none);
    c->reads_body = 0;
    return 1;
  case UPSHAKE_SEND:
    if (upshake_get_result(&c->hs).status == 100)
      return reply(c, NULL) == UPSHAKE_OK;
    refuse(c, 0); /* the body is wrong */
    return 1;
  default:
    return 0;
  }
}

/* 1 if the client waits for a 100 (Continue). */
static int has_unread_body(const struct connection *c) {
  upshake_result result = upshake_get_result(&c->hs);
  return result.next == UPSHAKE_PLAIN && result.body_left > 0;
}

int wants_client(const struct connection *c) {
  if (c->phase == TALKING) /* one answer after the other */
    return out_len(&c->client.out) == 0;
  if (c->phase == CONNECTING || c->phase == WAITING)
    return has_room(&c->upstream) && has_room(&c->client) &&
           (c->reads_body || has_unread_body(c));
  return c->phase == LINGERING ||
         (c->phase == SWITCHED && has_room(&c->upstream));
}

int use_client(struct connection *c) {
  if (!wants_client(c))
    return 0;
  if (c->phase == SWITCHED)
    return pass_bytes(&c->client, &c->upstream);
  if (c->phase == LINGERING) {
    c->client.from = c->client.to;
    return 0;
  }
  if (c->phase != TALKING) {
    if (!c->reads_body && has_bytes(&c->client)) /* it did not wait */
      read_body(c);
    return c->reads_body && pass_body(c);
  }
  switch (feed_client(c)) {
  case UPSHAKE_READ:
    return 0;
  case UPSHAKE_SEND:
    refuse(c, 0);
    return 1;
  default:
    ask_upstream(c);
    return 1;
  }
}

/* ---- What the upstream answers ------------------------------------------- */

/* A 100 that the client waits for comes from reading its body.  Any other
 * interim response is passed on; HTTP/1.0 knows none (RFC 9110 15.2). */
static void pass_interim(struct connection *c, upshake_client_result result) {
  upshake_field fields[FIELDS_MAX];
  upshake_request request = upshake_get_request(&c->hs);
  size_t cap, len = upshake_forward(result.fields, 0, fields, FIELDS_MAX);
  char *room = out_room(&c->client.out, &cap);
  struct text text = {room, cap, 0, 0};
  if (result.status == 100 && has_unread_body(c))
    read_body(c);
  if ((result.status == 100 && request.has_expect) || request.version == 10)
    return;
  text_add(&text, "HTTP/1.1 ");
  text_add_number(&text, result.status);
  text_add(&text, " ");
  text_add_slice(&text, result.reason);
  for (size_t i = 0; i < len; i++) {
    text_add(&text, "\r\n");
    text_add_slice(&text, fields[i].name);
    text_add(&text, ": ");
    text_add_slice(&text, fields[i].value);
  }
  text_add(&text, "\r\n\r\n");
  out_commit(&c->client.out, text.len);
}

/* The reply has them in one line. */
static upshake_slice join_extensions(upshake_fields fields, struct text *line) {
  upshake_field field;
  while (upshake_next_field(&fields, &field)) {
    if (!upshake_equal_fold(field.name, "Sec-WebSocket-Extensions"))
      continue;
    if (line->len > 0)
      text_add(line, ", ");
    text_add_slice(line, field.value);
  }
  return (upshake_slice){line->len > 0 ? line->bytes : NULL, line->len};
}

/* How the content of the answer is framed.  204 and 205 have none; a 304 says
 * only how long it would be. */
static void frame_content(upshake_extra *extra, upshake_client_result result) {
  int has_length = result.length != UPSHAKE_BODY_CHUNKED;
  if (result.next == UPSHAKE_CLIENT_SWITCHED || result.status == 204 ||
      result.status == 205 || (result.status == 304 && !has_length))
    return;
  extra->content =
      has_length ? UPSHAKE_CONTENT_LENGTH : UPSHAKE_CONTENT_CHUNKED;
  extra->body_len = has_length ? result.length : 0;
}

/* Answers as the upstream does.  A 2xx is no refusal of an offer: the offer is
 * declined first.  Returns 0 if a 2xx must wait for the end of the body. */
static int answer(struct connection *c, upshake_client_result result) {
  upshake_next next;
  if (upshake_get_result(&c->hs).next == UPSHAKE_DECIDE &&
      result.next == UPSHAKE_CLIENT_SWITCHED)
    upshake_choose_subprotocol(&c->hs, result.subprotocol);
  else if (upshake_get_result(&c->hs).next == UPSHAKE_DECIDE &&
           result.status < 300)
    upshake_answer(&c->hs, UPSHAKE_DECLINE);
  next = upshake_get_result(&c->hs).next;
  if (result.status < 300 && (next == UPSHAKE_READ || next == UPSHAKE_BODY))
    return 0; /* the upstream may want the rest of the body */
  return upshake_answer(&c->hs, result.status) == UPSHAKE_OK;
}

/* 1 if the body has a coding besides chunked: nobody here can remove it. */
static int has_coding(upshake_client_result result) {
  upshake_list list = upshake_begin_list(result.fields, "Transfer-Encoding");
  upshake_slice coding;
  return result.body_len > 0 && upshake_next_member(&list, &coding) &&
         !upshake_equal_fold(coding, "chunked");
}

/* The head of the final answer.  Returns 1 if there may be more to do. */
static int relay_head(struct connection *c, upshake_client_result result) {
  upshake_field fields[FIELDS_MAX];
  char bytes[HEAD_CAP];
  struct text line = {bytes, sizeof bytes, 0, 0};
  size_t len = upshake_forward(result.fields, 0, fields, FIELDS_MAX - 1);
  upshake_extra extra = {.fields = fields,
                         .fields_len = len + 1,
                         .reason = result.reason,
                         .relayed = 1};
  fields[len] = via(result.version);
  if (result.status < 300 && out_len(&c->upstream.out) > 0)
    return 0;
  if (!answer(c, result) && c->reads_body)
    return 0;
  frame_content(&extra, result);
  if (result.next == UPSHAKE_CLIENT_SWITCHED)
    extra.extensions = join_extensions(result.fields, &line);
  c->reads_body = 0;
  if (reply(c, &extra) != UPSHAKE_OK)
    refuse(c, 502);
  else if (result.next == UPSHAKE_CLIENT_SWITCHED)
    c->phase = SWITCHED;
  else
    c->phase = RELAYING;
  upshake_body_init(&c->body, result.body_len, 0);
  return 1;
}

/* Returns 1 if there may be more to do. */
static int relay_body(struct connection *c) {
  struct side *upstream = &c->upstream;
  char frame[UPSHAKE_FRAME_CAP];
  upshake_slice piece;
  size_t used, len;
  upshake_error error =
      upshake_body_read(&c->body, upstream->in + upstream->from,
                        upstream->to - upstream->from, &used, &piece);
  upstream->from += used;
  if (piece.len > 0 &&
      upshake_send_content(&c->hs, piece.len, frame, &len) == UPSHAKE_OK) {
    out_append(&c->client.out, frame, len);
    out_append(&c->client.out, piece.ptr, piece.len);
  }
  if (error == UPSHAKE_ERR_INCOMPLETE && used == 0 && upstream->has_ended)
    error = upshake_body_closed(&c->body);
  else if (error == UPSHAKE_ERR_INCOMPLETE)
    return used > 0;
  if (error == UPSHAKE_OK &&
      upshake_send_content(&c->hs, 0, frame, &len) == UPSHAKE_OK)
    out_append(&c->client.out, frame, len);
  finish(c); /* ENDING if a part is missing: the client notices it */
  return 1;
}

int use_upstream(struct connection *c) {
  struct side *upstream = &c->upstream;
  size_t used;
  if (c->phase == SWITCHED)
    return pass_bytes(upstream, &c->client);
  if (c->phase == RELAYING)
    return has_room(&c->client) && relay_body(c);
  if (c->phase != WAITING || out_len(&c->client.out) > 0)
    return 0;
  upshake_client_next next =
      upshake_client_feed(&c->asked, upstream->in + upstream->from,
                          upstream->to - upstream->from, &used);
  upshake_client_result result = upshake_client_get_result(&c->asked);
  upstream->from += used;
  if (next == UPSHAKE_CLIENT_READ && !upstream->has_ended)
    return 0;
  if (next == UPSHAKE_CLIENT_READ || next == UPSHAKE_CLIENT_REFUSED ||
      has_coding(result))
    refuse(c, 502);
  else if (next == UPSHAKE_CLIENT_INTERIM)
    pass_interim(c, result);
  else
    return relay_head(c, result);
  return 1;
}
