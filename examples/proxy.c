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
 *     SWITCHED    behind a 101: all bytes, both ways, as they are
 *
 * Whoever is slow slows the other side down: bytes are received only if there
 * is room for what comes of them.  The upstream judges Origin, and knows its
 * paths.  The proxy answers 502 if there is no sound answer, and 504 if it
 * comes too late.  Each request has a connection of its own to the upstream.
 * The poll loop is in common/streams.c.
 *
 * To try it (the lines after the server in a second terminal; the answer is
 * 502, unless a server such as upshake-site listens on port 8101):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-proxy --port 8100 --upstream 127.0.0.1:8101
 *     curl -i 127.0.0.1:8100
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <upshake.h>
#include "common/streams.h"
#include "common/text.h"

#define HEAD_CAP 8192 /* with what is added it fits into a struct out */
#define HOST_CAP 256
#define CONNECT_SECONDS 5
#define FIELDS_MAX (128 + 2) /* the library's limit, and the added ones */

struct connection {
  struct stream *client, *upstream; /* upstream: NULL between two requests */
  enum { TALKING, CONNECTING, WAITING, RELAYING, SWITCHED, ENDING } phase;
  const struct addrinfo *address; /* of the upstream: the next one to try */
  int is_chunked;                 /* 1: so is the body of the request */
  int reads_body;                 /* 1: the body of the request is passed on */
  upshake hs;                     /* what the client asks */
  upshake_client asked;           /* what the upstream answers */
  upshake_body body;              /* of the answer */
  char head[HEAD_CAP], answer[HEAD_CAP];
  char name[HOST_CAP]; /* of the client, for X-Forwarded-For */
};

/* The library calls it for a valid offer: the upstream decides. */
static int decide_later(upshake *hs, void *user) {
  (void)hs;
  (void)user;
  return UPSHAKE_LATER;
}

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {.protocols = protocols,
                                      .protocols_len = 1,
                                      .decide = decide_later,
                                      .origin = UPSHAKE_ORIGIN_ANY};
static const upshake_client_policy policy = {.interim = 1};

/* The command line. */
static const char *upstream_name; /* HOST:PORT */
static struct addrinfo *upstream_addresses;
static long limit; /* seconds */

/* 1 if there is room for what comes of the bytes that one side has sent. */
static int has_room(const struct stream *stream) {
  return out_len(&stream->out) <= OUT_CAP / 2;
}

/* ---- Answers to the client ----------------------------------------------- */

/* Goes on to the next request.  reset fails if the content is not complete, or
 * if the connection is not kept. */
static void finish(struct connection *c) {
  stream_close(c->upstream);
  c->upstream = NULL;
  c->reads_body = 0;
  c->phase = upshake_reset(&c->hs) == UPSHAKE_OK ? TALKING : ENDING;
  c->client->deadline = now() + limit;
}

/* Writes the reply that is due: an answer, a 101, or a 100. */
static upshake_error reply(struct connection *c, const upshake_extra *extra) {
  size_t cap, len;
  char *room = out_room(&c->client->out, &cap);
  upshake_error error = upshake_reply_with(&c->hs, extra, room, cap, &len);
  out_commit(&c->client->out, error ? 0 : len);
  return error;
}

/* The library or the proxy refuses.  0: the status is known already. */
static void refuse(struct connection *c, int status) {
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

/* ---- The upstream -------------------------------------------------------- */

/* Begins to connect to the next address that takes it.  Returns -1 if there is
 * none. */
static int connect_next(struct connection *c) {
  int fd = -1;
  for (; fd < 0 && c->address != NULL; c->address = c->address->ai_next) {
    const struct addrinfo *at = c->address;
    fd = socket(at->ai_family, SOCK_STREAM, 0);
    prepare_for_poll(fd);
    if (connect(fd, at->ai_addr, at->ai_addrlen) == 0 || errno == EINPROGRESS)
      continue;
    close(fd);
    fd = -1;
  }
  return fd;
}

/* The head of the request waits to be sent, so the loop finds out whether the
 * upstream takes it. */
static void end_connecting(struct connection *c) {
  struct stream *upstream = c->upstream;
  if (upstream->is_connected)
    c->phase = WAITING;
  if (upstream->is_connected || !upstream->is_broken)
    return;
  close(upstream->fd);
  upstream->fd = connect_next(c);
  upstream->is_broken = 0;
  if (upstream->fd < 0)
    refuse(c, 502);
}

/* ---- The request, to the upstream ---------------------------------------- */

/* Writes the request.  Returns 0 if it cannot be passed on. */
static int write_request(struct connection *c, upshake_request request) {
  upshake_result result = upshake_get_result(&c->hs);
  upshake_field fields[FIELDS_MAX];
  size_t cap, len = upshake_forward(request.fields, 1, fields, FIELDS_MAX - 2);
  char *room = out_room(&c->upstream->out, &cap);
  fields[len] = via(request.version);
  fields[len + 1] =
      (upshake_field){{UPSHAKE_TEXT("X-Forwarded-For")}, upshake_text(c->name)};
  upshake_ask ask = {
      .forward = 1,
      .method = request.method,
      .target = request.path.len > 0 ? request.path : request.target,
      .query = request.query,
      .authority = request.authority.ptr != NULL ? request.authority
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
  out_commit(&c->upstream->out, len);
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
  c->address = upstream_addresses;
  c->upstream = stream_open(connect_next(c), c);
  if (c->upstream == NULL || !write_request(c, request)) {
    refuse(c, 502);
    return;
  }
  c->phase = CONNECTING;
  c->client->deadline = now() + CONNECT_SECONDS;
  if (request.has_expect != 1 || request.version == 10)
    read_body(c);
}

/* A piece of the request's body; without bytes, the end of it. */
static void send_piece(struct connection *c, upshake_slice piece) {
  char frame[UPSHAKE_CHUNK_CAP];
  if (c->is_chunked)
    out_append(&c->upstream->out, frame, upshake_chunk(piece.len, frame));
  out_append(&c->upstream->out, piece.ptr, piece.len);
  if (c->is_chunked && piece.len > 0)
    out_append(&c->upstream->out, "\r\n", 2);
}

/* ---- Behind a 101 -------------------------------------------------------- */

/* 1 if one side has ended, and the other one has all of it. */
static int is_passed(const struct stream *from, const struct stream *to) {
  return from->has_ended && !has_bytes(from) &&
         (out_len(&to->out) == 0 || to->is_broken);
}

/* If one side has ended, the other one is told so.  Returns 1 if bytes were
 * passed on. */
static int pass_bytes(struct stream *from, struct stream *to) {
  size_t n = out_append(&to->out, from->in + from->from, from->to - from->from);
  from->from += n;
  if (is_passed(from, to))
    shutdown(to->fd, SHUT_WR);
  return n > 0;
}

/* ---- What the client sends ----------------------------------------------- */

static upshake_next feed_client(struct connection *c) {
  struct stream *client = c->client;
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

static int wants_client(const struct connection *c) {
  if (c->phase == TALKING) /* one answer after the other */
    return out_len(&c->client->out) == 0;
  if (c->phase == CONNECTING || c->phase == WAITING)
    return has_room(c->upstream) && has_room(c->client) &&
           (c->reads_body || has_unread_body(c));
  return c->phase == SWITCHED && has_room(c->upstream);
}

/* The bytes of a request, or of its body.  A request begins with its first
 * byte.  Returns 1 if there may be more to do. */
static int use_client(struct connection *c) {
  int has_begun = upshake_get_result(&c->hs).consumed > 0;
  upshake_next next;
  if (!wants_client(c))
    return 0;
  if (c->phase == SWITCHED)
    return pass_bytes(c->client, c->upstream);
  if (c->phase != TALKING) {
    if (!c->reads_body && has_bytes(c->client)) /* it did not wait */
      read_body(c);
    return c->reads_body && pass_body(c);
  }
  next = feed_client(c);
  if (!has_begun && upshake_get_result(&c->hs).consumed > 0)
    c->client->deadline = now() + limit;
  if (next == UPSHAKE_SEND)
    refuse(c, 0);
  else if (next != UPSHAKE_READ)
    ask_upstream(c);
  return next != UPSHAKE_READ;
}

/* ---- What the upstream answers ------------------------------------------- */

/* A 100 is for the body, which then is read.  Any other interim response is
 * passed on; HTTP/1.0 knows none (RFC 9110 15.2). */
static void pass_interim(struct connection *c, upshake_client_result result) {
  upshake_field fields[FIELDS_MAX];
  size_t len = upshake_forward(result.fields, 0, fields, FIELDS_MAX);
  size_t cap;
  char *room = out_room(&c->client->out, &cap);
  struct text text = {room, cap, 0, 0};
  if (result.status == 100 && has_unread_body(c))
    read_body(c);
  if (result.status == 100 || upshake_get_request(&c->hs).version == 10)
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
  out_commit(&c->client->out, text.len);
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
  if (upshake_get_result(&c->hs).next == UPSHAKE_DECIDE &&
      result.next == UPSHAKE_CLIENT_SWITCHED)
    upshake_choose_subprotocol(&c->hs, result.subprotocol);
  else if (upshake_get_result(&c->hs).next == UPSHAKE_DECIDE &&
           result.status < 300)
    upshake_answer(&c->hs, UPSHAKE_DECLINE);
  return upshake_answer(&c->hs, result.status) == UPSHAKE_OK;
}

/* The head of the final answer.  Returns 1 if there may be more to do. */
static int relay_head(struct connection *c, upshake_client_result result) {
  upshake_field fields[FIELDS_MAX];
  char bytes[HEAD_CAP];
  struct text line = {bytes, sizeof bytes, 0, 0};
  size_t len = upshake_forward(result.fields, 0, fields, FIELDS_MAX - 1);
  upshake_extra extra = {
      .fields = fields, .fields_len = len + 1, .reason = result.reason};
  fields[len] = via(result.version);
  if (result.status < 300 && out_len(&c->upstream->out) > 0)
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
  struct stream *upstream = c->upstream;
  char frame[UPSHAKE_FRAME_CAP];
  upshake_slice piece;
  size_t used, len;
  upshake_error error =
      upshake_body_read(&c->body, upstream->in + upstream->from,
                        upstream->to - upstream->from, &used, &piece);
  upstream->from += used;
  if (piece.len > 0 &&
      upshake_send_content(&c->hs, piece.len, frame, &len) == UPSHAKE_OK) {
    out_append(&c->client->out, frame, len);
    out_append(&c->client->out, piece.ptr, piece.len);
  }
  if (error == UPSHAKE_ERR_INCOMPLETE && used == 0 && upstream->has_ended)
    error = upshake_body_closed(&c->body);
  else if (error == UPSHAKE_ERR_INCOMPLETE)
    return used > 0;
  if (error == UPSHAKE_OK &&
      upshake_send_content(&c->hs, 0, frame, &len) == UPSHAKE_OK)
    out_append(&c->client->out, frame, len);
  finish(c); /* ENDING if a part is missing: the client notices it */
  return 1;
}

/* Returns 1 if there may be more to do. */
static int use_upstream(struct connection *c) {
  struct stream *upstream = c->upstream;
  size_t used;
  if (c->phase == SWITCHED)
    return pass_bytes(upstream, c->client);
  if (c->phase == RELAYING)
    return has_room(c->client) && relay_body(c);
  if (c->phase != WAITING || out_len(&c->client->out) > 0)
    return 0;
  upshake_client_next next =
      upshake_client_feed(&c->asked, upstream->in + upstream->from,
                          upstream->to - upstream->from, &used);
  upshake_client_result result = upshake_client_get_result(&c->asked);
  upstream->from += used;
  if (next == UPSHAKE_CLIENT_READ && !upstream->has_ended)
    return 0;
  if (next == UPSHAKE_CLIENT_READ || next == UPSHAKE_CLIENT_REFUSED)
    refuse(c, 502);
  else if (next == UPSHAKE_CLIENT_INTERIM)
    pass_interim(c, result);
  else
    return relay_head(c, result);
  return 1;
}

/* ---- A connection -------------------------------------------------------- */

/* 1 if the client has gone, or has ended and nothing is on its way to it. */
static int is_over(const struct connection *c) {
  if (c->client->is_broken)
    return 1;
  if (c->phase == SWITCHED)
    return is_passed(c->client, c->upstream) &&
           is_passed(c->upstream, c->client);
  return c->client->has_ended && !has_bytes(c->client) && wants_client(c);
}

static void close_connection(struct connection *c) {
  stream_close(c->upstream);
  if (c->phase == ENDING)
    stream_finish(c->client);
  else
    stream_close(c->client);
  free(c);
}

/* How long it may be until something moves again. */
static long find_deadline(const struct connection *c) {
  int is_open = !c->client->has_ended && !c->upstream->has_ended;
  if (c->phase == CONNECTING)
    return c->client->deadline;
  return c->phase == SWITCHED && is_open ? NEVER : now() + limit;
}

static void go_on(void *owner) {
  struct connection *c = owner;
  int more = 1;
  if (c->phase == CONNECTING)
    end_connecting(c);
  while (more) {
    more = use_client(c);
    more |= use_upstream(c);
  }
  if (c->phase == ENDING || is_over(c)) {
    close_connection(c);
    return;
  }
  c->client->wants = wants_client(c);
  if (c->upstream == NULL)
    return;
  c->upstream->wants = c->phase != CONNECTING && has_room(c->client);
  c->client->deadline = find_deadline(c);
}

/* A client that has sent a part of a request is told that it is late, and so is
 * a client that waits for an answer. */
static void expire(void *owner) {
  struct connection *c = owner;
  int begins = c->phase == TALKING && upshake_get_result(&c->hs).consumed > 0;
  int waits = c->phase == CONNECTING || c->phase == WAITING;
  if ((!begins && !waits) || out_len(&c->client->out) > 0) {
    close_connection(c);
    return;
  }
  refuse(c, begins || (c->phase == WAITING && c->reads_body) ? 408 : 504);
  go_on(c);
}

static void open_connection(struct stream *client) {
  struct connection *c = calloc(1, sizeof *c);
  struct sockaddr_storage from;
  socklen_t len = sizeof from;
  if (c == NULL || getpeername(client->fd, (struct sockaddr *)&from, &len) ||
      getnameinfo((struct sockaddr *)&from, len, c->name, sizeof c->name, NULL,
                  0, NI_NUMERICHOST)) {
    free(c);
    stream_close(client);
    return;
  }
  upshake_init(&c->hs, &config, c->head, sizeof c->head, c);
  c->client = client;
  client->owner = c;
  client->deadline = now() + limit;
}

/* Takes HOST:PORT apart; HOST may be [::1].  Returns 0 or an error. */
static int find_upstream(const char *name) {
  const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
  char host[HOST_CAP];
  const char *colon = strrchr(name, ':');
  size_t len = colon != NULL ? (size_t)(colon - name) : 0;
  if (len == 0 || len >= sizeof host || parse_number(colon + 1, 1, 65535) < 0)
    return EAI_NONAME;
  if (name[0] == '[' && name[len - 1] == ']') {
    name++;
    len -= 2;
  }
  memcpy(host, name, len);
  host[len] = '\0';
  return getaddrinfo(host, colon + 1, &hints, &upstream_addresses);
}

int main(int argc, char **argv) {
  struct option_value options[] = {
      {"--port", NULL}, {"--upstream", NULL}, {"--deadline", "30"}};
  const struct service service = {open_connection, go_on, expire};
  struct listeners listeners;
  keep_streams();
  int error = take_values(argc, argv, options, 3);
  long port = error ? -1 : parse_number(options[0].value, 0, 65535);
  limit = parse_number(options[2].value, 1, 86400);
  if (port < 0 || limit < 0)
    end_with_usage(argc, argv,
                   "usage: upshake-proxy --port N --upstream HOST:PORT "
                   "[--deadline SECONDS]; N is a number from 0 to 65535");
  upstream_name = options[1].value;
  error = find_upstream(upstream_name);
  if (error != 0) {
    fprintf(stderr, "upshake-proxy: %s: %s\n", upstream_name,
            gai_strerror(error));
    return EXIT_BAD_INPUT;
  }
  if (open_listeners("upshake-proxy", port, &listeners) != 0)
    return EXIT_FAILURE;
  say_where("upshake-proxy", "http", &listeners);
  run_streams(&listeners, &service, limit);
}
