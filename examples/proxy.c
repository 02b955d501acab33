/* SPDX-License-Identifier: MIT
 *
 * upshake-proxy: a reverse proxy for HTTP/1.1 and WebSocket, in one poll loop.
 * It teaches the gateway: what a client asks is judged by the library's server,
 * asked of the upstream by its client, and the answer goes back.
 *
 *     TALKING   feed the client's bytes; a whole head is forwarded
 *     WAITING   connect to the upstream, whose addresses are tried in turn;
 *               feed its bytes: 1xx and the head of the answer;
 *               the body of the request goes the other way at the same time
 *     RELAYING  the body of the answer, piece by piece; then TALKING, or
 *     ENDING    nothing follows what waits for the client
 *     SWITCHED  behind a 101: all bytes, both ways, as they are
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
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "common/join.h"
#include "common/start.h"
#include "common/streams.h"
#include "common/text.h"

#define HEAD_CAP 8192 /* with what is added it fits into a struct out */
#define HOST_CAP 256
#define CONNECT_SECONDS 5
#define FIELDS_MAX (128 + 2) /* the library's limit, and the added ones */

struct connection {
  struct stream *client, *upstream; /* upstream: NULL between two requests */
  enum { TALKING, WAITING, RELAYING, SWITCHED, ENDING } phase;
  const struct addrinfo *address; /* of the upstream: the next one to try */
  int is_chunked;                 /* 1: so is the body of the request */
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

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET, UPSHAKE_ANY};
static const upshake_config config = {.protocols = protocols,
                                      .protocols_len = 2,
                                      .decide = decide_later,
                                      .origin = UPSHAKE_ORIGIN_ANY};
static const upshake_client_policy policy = {.interim = 1};

/* The command line. */
static const char *upstream_name; /* HOST:PORT */
static struct addrinfo *upstream_addresses;

/* Via says who passes a message on, and of which version he has received it
 * (RFC 9110 7.6.3). */
static upshake_field via(int version) {
  const char *value = version == 10 ? "1.0 upshake" : "1.1 upshake";
  return (upshake_field){{UPSHAKE_TEXT("Via")}, upshake_text(value)};
}

/* Goes on to the next request.  reset fails if the content is not complete, or
 * if the connection is not kept. */
static void finish(struct connection *c) {
  stream_close(c->upstream);
  c->upstream = NULL;
  c->phase = upshake_reset(&c->hs) == UPSHAKE_OK ? TALKING : ENDING;
  stream_renew(c->client);
}

/* The library or the proxy refuses.  0: the status is known already. */
static void refuse(struct connection *c, int status) {
  const upshake_extra extra = {.date = date_now()};
  if (status > 0)
    upshake_answer(&c->hs, status);
  stream_reply(c->client, &c->hs, &extra);
  finish(c);
}

/* ---- The request, to the upstream ---------------------------------------- */

/* How often an OPTIONS or TRACE may still be passed on (RFC 9110 7.6.2).
 * Returns -1 if nothing is said, or of another method. */
static long forwards_left(upshake_request request) {
  upshake_slice value = upshake_find_field(request.fields, "Max-Forwards");
  char digits[5] = "";
  if (value.len > 0 && (upshake_equal(request.method, "OPTIONS") ||
                        upshake_equal(request.method, "TRACE")))
    snprintf(digits, sizeof digits, "%.*s", (int)value.len, value.ptr);
  return parse_number(digits, 0, 9999);
}

/* Writes the request.  Returns 0 if it cannot be passed on. */
static int write_request(struct connection *c) {
  upshake_request request = upshake_get_request(&c->hs);
  upshake_field fields[FIELDS_MAX];
  size_t cap, len = upshake_forward(request.fields, 1, fields, FIELDS_MAX - 2);
  char *room = out_room(&c->upstream->out, &cap), digits[24];
  long left = forwards_left(request);
  snprintf(digits, sizeof digits, "%ld", left - 1);
  for (size_t i = 0; i < len && left > 0; i++)
    if (upshake_equal_fold(fields[i].name, "Max-Forwards"))
      fields[i].value = upshake_text(digits);
  fields[len] = via(request.version);
  fields[len + 1].name = upshake_text("X-Forwarded-For");
  fields[len + 1].value = upshake_text(c->name);
  upshake_ask ask = {.forward = 1,
                     .method = request.method,
                     .target = upshake_forward_target(&request),
                     .query = request.query,
                     .authority = request.authority,
                     .protocols = upshake_protocol_name(&c->hs),
                     .fields = fields,
                     .fields_len = len + 2,
                     .body_len = request.body_len};
  if (request.authority.ptr == NULL)
    ask.authority = upshake_text(upstream_name);
  ask.plain = ask.protocols.ptr == NULL;
  c->is_chunked = request.body_len == UPSHAKE_BODY_CHUNKED;
  if (request.body_len > 0)
    ask.content =
        c->is_chunked ? UPSHAKE_CONTENT_CHUNKED : UPSHAKE_CONTENT_LENGTH;
  if (upshake_write_request(&ask, NULL, room, cap, &len) != UPSHAKE_OK)
    return 0;
  out_commit(&c->upstream->out, len);
  return upshake_client_init(&c->asked, &policy, (upshake_slice){room, len},
                             c->answer, sizeof c->answer) == UPSHAKE_OK;
}

/* Asks at the next address of the upstream.  The loop finds out whether it
 * takes the request. */
static void ask_next(struct connection *c) {
  const struct addrinfo *at = c->address;
  stream_close(c->upstream);
  c->upstream = NULL;
  if (at == NULL) {
    refuse(c, 502);
    return;
  }
  c->address = at->ai_next;
  int fd = socket(at->ai_family, SOCK_STREAM, 0);
  prepare_for_poll(fd);
  connect(fd, at->ai_addr, at->ai_addrlen);
  c->upstream = stream_open(fd, c);
  if (c->upstream == NULL)
    ask_next(c);
  else if (!write_request(c))
    refuse(c, 502);
}

/* A request is complete up to its body: PLAIN, or an offer at DECIDE. */
static void ask_upstream(struct connection *c) {
  upshake_request request = upshake_get_request(&c->hs);
  c->phase = WAITING;
  c->address = upstream_addresses;
  c->client->deadline = now() + CONNECT_SECONDS;
  if (request.unknown_coding || upshake_equal(request.method, "CONNECT"))
    refuse(c, 501);
  else if (forwards_left(request) == 0) /* it is for this proxy */
    refuse(c, upshake_equal(request.method, "OPTIONS") ? 200 : 501);
  else
    ask_next(c);
}

/* ---- What the client sends ----------------------------------------------- */

/* 1 if the body of the request is being passed on. */
static int reads_body(const struct connection *c) {
  upshake_next next = upshake_get_result(&c->hs).next;
  return c->phase == WAITING && next != UPSHAKE_PLAIN && next != UPSHAKE_DECIDE;
}

/* 1 if bytes of the client can be used. */
static int needs_client(const struct connection *c) {
  if (c->phase == TALKING) /* one answer after the other */
    return out_len(&c->client->out) == 0;
  if (c->phase == SWITCHED)
    return stream_has_room(c->upstream) && !c->client->has_ended;
  return c->phase == WAITING && c->upstream->is_connected &&
         stream_has_room(c->upstream) && stream_has_room(c->client) &&
         (reads_body(c) || upshake_get_result(&c->hs).body_left > 0);
}

/* A piece of the request's body, which may be empty; or the end of it. */
static void send_piece(struct connection *c, upshake_slice piece, int is_end) {
  struct out *out = &c->upstream->out;
  char frame[UPSHAKE_CHUNK_CAP];
  if (c->is_chunked && (is_end || piece.len > 0))
    out_append(out, frame, upshake_chunk(piece.len, frame));
  out_append(out, piece.ptr, piece.len);
  if (c->is_chunked && piece.len > 0)
    out_append(out, "\r\n", 2);
}

/* The bytes of a request, or of its body.  A client that waits for a 100 gets
 * it if the upstream sends one, or if it sends its body all the same.  Returns
 * 1 if there may be more to do. */
static int use_client(struct connection *c) {
  if (c->phase == SWITCHED || !needs_client(c))
    return 0;
  if (c->phase == WAITING && c->client->left > 0)
    upshake_read_body(&c->hs); /* it fails if it was called before */
  if (c->phase == WAITING && !reads_body(c))
    return 0;
  upshake_next next = stream_feed(c->client, &c->hs);
  upshake_result result = upshake_get_result(&c->hs);
  if (next == UPSHAKE_READ)
    return 0;
  if (next == UPSHAKE_SEND && result.status == 100)
    stream_reply(c->client, &c->hs, NULL);
  else if (next == UPSHAKE_SEND)
    refuse(c, 0);
  else if (c->phase == TALKING)
    ask_upstream(c);
  else
    send_piece(c, result.content, next == UPSHAKE_PLAIN);
  return 1;
}

/* ---- What the upstream answers ------------------------------------------- */

/* A 100 that the client waits for comes from reading its body.  Any other
 * interim response is passed on; HTTP/1.0 knows none (RFC 9110 15.2). */
static void pass_interim(struct connection *c, int status,
                         const upshake_extra *extra) {
  upshake_request request = upshake_get_request(&c->hs);
  upshake_response response = {.status = status, .version = request.version};
  size_t cap, len;
  char *room = out_room(&c->client->out, &cap);
  if (status == 100 && (request.has_expect || request.version == 10))
    upshake_read_body(&c->hs);
  else if (upshake_write(&response, extra, room, cap, &len) == UPSHAKE_OK)
    out_commit(&c->client->out, len);
}

/* A final answer.  To a 2xx the offer is declined first: it is no refusal. */
static void pass_final(struct connection *c, upshake_client_result result,
                       upshake_extra extra) {
  char line[HEAD_CAP];
  c->phase = RELAYING;
  if (result.next == UPSHAKE_CLIENT_SWITCHED) {
    upshake_choose_subprotocol(&c->hs, result.subprotocol);
    extra.extensions =
        join_lines(result.fields, "Sec-WebSocket-Extensions", line);
    c->phase = SWITCHED;
  } else if (result.status < 300) {
    upshake_answer(&c->hs, UPSHAKE_DECLINE);
  }
  upshake_answer(&c->hs, result.status);
  upshake_body_init(&c->body, result.body_len, 0);
  if (stream_reply(c->client, &c->hs, &extra) != UPSHAKE_OK)
    refuse(c, 502);
}

/* Feeds the head of an answer.  A 2xx waits for the end of the request's body.
 * Returns 1 if there may be more to do. */
static int relay_head(struct connection *c) {
  struct stream *upstream = c->upstream;
  upshake_field fields[FIELDS_MAX];
  size_t used;
  upshake_client_next next =
      upshake_client_feed(&c->asked, upstream->at, upstream->left, &used);
  upshake_client_result result = upshake_client_get_result(&c->asked);
  upshake_extra extra = {.fields = fields};
  stream_use(upstream, used);
  if (upshake_forward_answer(&c->asked, &extra) != UPSHAKE_OK ||
      (next == UPSHAKE_CLIENT_READ && upstream->has_ended))
    next = UPSHAKE_CLIENT_REFUSED;
  if (next == UPSHAKE_CLIENT_READ)
    return 0;
  if (next == UPSHAKE_CLIENT_OTHER && result.status < 300 &&
      (reads_body(c) || out_len(&upstream->out) > 0))
    return 0;
  extra.fields_len = upshake_forward(result.fields, 0, fields, FIELDS_MAX - 1);
  fields[extra.fields_len++] = via(result.version);
  if (next == UPSHAKE_CLIENT_REFUSED)
    refuse(c, 502);
  else if (next == UPSHAKE_CLIENT_INTERIM)
    pass_interim(c, result.status, &extra);
  else
    pass_final(c, result, extra);
  return 1;
}

/* A piece of the content; without bytes, the end of it.  To HEAD nothing is
 * sent. */
static void send_content(struct connection *c, upshake_slice piece) {
  char frame[UPSHAKE_FRAME_CAP];
  size_t len;
  if (upshake_send_content(&c->hs, piece.len, frame, &len) != UPSHAKE_OK)
    return;
  out_append(&c->client->out, frame, len);
  out_append(&c->client->out, piece.ptr, piece.len);
}

/* If a part is missing, finish does not keep the connection.  Returns 1 if
 * there may be more to do. */
static int relay_body(struct connection *c) {
  struct stream *upstream = c->upstream;
  upshake_slice piece;
  size_t used;
  upshake_error error =
      upshake_body_read(&c->body, upstream->at, upstream->left, &used, &piece);
  stream_use(upstream, used);
  if (piece.len > 0)
    send_content(c, piece);
  if (error == UPSHAKE_ERR_INCOMPLETE && (used > 0 || !upstream->has_ended))
    return used > 0;
  if (error == UPSHAKE_ERR_INCOMPLETE)
    error = upshake_body_closed(&c->body);
  if (error == UPSHAKE_OK)
    send_content(c, (upshake_slice){NULL, 0});
  finish(c);
  return 1;
}

/* Returns 1 if there may be more to do. */
static int use_upstream(struct connection *c) {
  if (c->phase == RELAYING)
    return stream_has_room(c->client) && relay_body(c);
  return c->phase == WAITING && out_len(&c->client->out) == 0 && relay_head(c);
}

/* ---- Behind a 101 -------------------------------------------------------- */

/* Returns 1 if one side has ended, and the other one has all of it, and was
 * told so. */
static int pass_bytes(struct stream *from, struct stream *to) {
  stream_use(from, out_append(&to->out, from->at, from->left));
  if (!from->has_ended || from->left > 0 ||
      (out_len(&to->out) > 0 && !to->is_broken))
    return 0;
  shutdown(to->fd, SHUT_WR);
  return 1;
}

/* ---- A connection -------------------------------------------------------- */

/* What to wait for, and for how long.  A WebSocket may be silent for as long as
 * it likes. */
static void wait_for_both(struct connection *c) {
  c->client->wants = needs_client(c);
  if (c->upstream == NULL || !c->upstream->is_connected)
    return;
  c->upstream->wants = stream_has_room(c->client);
  stream_renew(c->client);
  if (c->phase == SWITCHED && !c->client->has_ended && !c->upstream->has_ended)
    c->client->deadline = NEVER;
}

static void go_on(void *owner) {
  struct connection *c = owner;
  int more = 1;
  if (c->phase == WAITING && c->upstream->is_broken &&
      !c->upstream->is_connected)
    ask_next(c);
  while (more) {
    more = use_client(c);
    more |= use_upstream(c);
  }
  if (c->phase == SWITCHED &&
      pass_bytes(c->client, c->upstream) & pass_bytes(c->upstream, c->client))
    c->phase = ENDING;
  wait_for_both(c);
  if (c->phase != ENDING && !stream_is_over(c->client))
    return;
  stream_finish(c->client);
  stream_close(c->upstream);
  free(c);
}

/* While bytes wait for the client, the loop looks whether they move.  A client
 * that has sent a part of a request is told that it is late. */
static void expire(void *owner) {
  struct connection *c = owner;
  int begins = c->phase == TALKING && upshake_get_result(&c->hs).consumed > 0;
  if (out_len(&c->client->out) > 0)
    stream_renew(c->client);
  else if (begins || reads_body(c))
    refuse(c, 408);
  else if (c->phase == WAITING)
    refuse(c, 504);
  else
    c->phase = ENDING;
  go_on(c);
}

static void *open_connection(struct stream *client) {
  struct connection *c = calloc(1, sizeof *c);
  struct sockaddr_storage from = {0};
  socklen_t len = sizeof from;
  /* If the config is wrong, hs must not be used. */
  if (c == NULL ||
      upshake_init(&c->hs, &config, c->head, sizeof c->head, c) != UPSHAKE_OK) {
    free(c);
    return NULL;
  }
  getpeername(client->fd, (struct sockaddr *)&from, &len);
  getnameinfo((struct sockaddr *)&from, len, c->name, sizeof c->name, NULL, 0,
              NI_NUMERICHOST);
  c->client = client;
  return c;
}

/* Takes HOST:PORT apart; HOST may be [::1].  Returns 0 or an error. */
static int find_upstream(const char *name) {
  const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
  char host[HOST_CAP], port[6], more;
  if (sscanf(name, "[%255[^]]]:%5[0-9]%c", host, port, &more) != 2 &&
      sscanf(name, "%255[^:]:%5[0-9]%c", host, port, &more) != 2)
    return EAI_NONAME;
  if (parse_number(port, 1, 65535) < 0)
    return EAI_SERVICE;
  return getaddrinfo(host, port, &hints, &upstream_addresses);
}

int main(int argc, char **argv) {
  const struct service service = {open_connection, go_on, expire};
  struct option_value options[] = {
      {"--port", NULL}, {"--upstream", NULL}, {"--deadline", "30"}};
  keep_streams();
  int error = take_values(argc, argv, options, 3);
  long port = error ? -1 : parse_number(options[0].value, 0, 65535);
  long limit = parse_number(options[2].value, 1, 86400);
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
  run_streams("upshake-proxy", port, limit, &service);
}
