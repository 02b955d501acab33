/* SPDX-License-Identifier: MIT
 *
 * Running the golden vectors of the client's side: what is written, and that
 * it is read: by the server's side, whose answer the client's side takes.
 */
#include "client_vectors.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_CAP = 16384, UNTOUCHED = 'u' };

/* One call, with the result in memory of that size. */
typedef struct written {
  upshake_error error;
  size_t len;
  char *out;
} written;

static written write_once(const client_vector *v, size_t cap) {
  written w = {UPSHAKE_OK, 77, room_of(cap)};
  char *key = v->key.ptr == NULL ? NULL : copy(v->key.ptr, v->key.len);
  if (cap > 0)
    memset(w.out, UNTOUCHED, cap);
  w.error =
      upshake_write_request(&v->ask, (const uint8_t *)key, w.out, cap, &w.len);
  free(key);
  return w;
}

static void expect_untouched(run *r, const written *w, size_t cap) {
  int is_untouched = 1;
  for (size_t i = 0; i < cap; i++)
    is_untouched &= w->out[i] == UNTOUCHED;
  expect_true(r, "an error writes nothing", is_untouched);
}

static void expect_no_room(run *r, const client_vector *v, size_t cap) {
  written w = write_once(v, cap);
  r->how = "with room for";
  r->cut = cap;
  expect_error(r, "write", UPSHAKE_ERR_ROOM, w.error);
  expect_number(r, "size that is needed", v->request.len, w.len);
  expect_untouched(r, &w, cap);
  free(w.out);
}

/* Where in `fields` it is wrong. */
static int is_place(const client_vector *v, size_t place) {
  switch (v->common.call) {
  case UPSHAKE_ERR_EXTRA_NAME:
  case UPSHAKE_ERR_EXTRA_VALUE:
  case UPSHAKE_ERR_EXTRA_RESERVED:
  case UPSHAKE_ERR_EXTRA_REPEATED:
    return place < v->ask.fields_len;
  default:
    return place == v->ask.fields_len;
  }
}

/* It is no less an error where there is no room. */
static void expect_no_request(run *r, const client_vector *v, size_t cap) {
  written w = write_once(v, cap);
  r->how = "with room for";
  r->cut = cap;
  expect_error(r, "write", v->common.call, w.error);
  expect_true(r, "the place of what is wrong", is_place(v, w.len));
  expect_untouched(r, &w, cap);
  free(w.out);
}

/* ---- The other end ------------------------------------------------------- */

typedef struct other_end {
  upshake hs;
  upshake_config config;
  upshake_protocol protocols[VECTOR_NAMES];
  char memory[HEAD_CAP], reply[2048], method[256];
  size_t reply_len;
  upshake_deflate agreed;
  size_t agreed_len; /* 0: to nothing */
} other_end;

static int is_secured(const upshake_ask *ask) {
  return upshake_equal(ask->scheme, "wss") ||
         upshake_equal(ask->scheme, "https");
}

/* An entry with the rules that its name stands for. */
static upshake_protocol speaks(const char *name) {
  static const upshake_protocol usual[] = {UPSHAKE_WEBSOCKET, UPSHAKE_H2C,
                                           UPSHAKE_CAPSULES("connect-udp"),
                                           UPSHAKE_CAPSULES("connect-ip")};
  upshake_slice asked = {name, strlen(name)};
  upshake_protocol protocol = UPSHAKE_PROTOCOL(name);
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
    if (upshake_equal_fold(asked, usual[i].name))
      protocol.rules = usual[i].rules;
  return protocol;
}

/* A server that speaks all that is asked for. */
static void set_up(other_end *end, const client_vector *v) {
  const upshake_ask *ask = &v->ask;
  memset(end, 0, sizeof *end);
  if (ask->method.ptr != NULL)
    upshake_copy(ask->method, end->method, sizeof end->method);
  end->protocols[0] = (upshake_protocol)UPSHAKE_WEBSOCKET;
  for (size_t i = 0; i < v->protocols_len; i++) {
    end->protocols[i] = speaks(v->protocols[i]);
    if (ask->method.ptr != NULL)
      end->protocols[i].methods = end->method;
  }
  end->config.protocols = end->protocols;
  end->config.protocols_len = v->protocols_len == 0 ? 1 : v->protocols_len;
  end->config.subprotocols = v->subprotocols;
  end->config.subprotocols_len = v->subprotocols_len;
  end->config.origin = UPSHAKE_ORIGIN_ANY;
  end->config.transport =
      is_secured(ask) ? UPSHAKE_TRANSPORT_SECURED : UPSHAKE_TRANSPORT_UNSECURED;
}

static void take_request(run *r, other_end *end, upshake_slice request,
                         size_t piece) {
  size_t at = 0, used = 0;
  upshake_next next = UPSHAKE_READ;
  expect_error(r, "server's init", UPSHAKE_OK,
               upshake_init(&end->hs, &end->config, end->memory,
                            sizeof end->memory, NULL));
  for (; at < request.len && next == UPSHAKE_READ; at += used) {
    size_t n = request.len - at < piece ? request.len - at : piece;
    char *data = copy(request.ptr + at, n);
    next = upshake_feed(&end->hs, data, n, &used);
    free(data);
  }
  expect_next(r, "server's next", UPSHAKE_SEND, next);
  expect_number(r, "server's status", 101,
                (uint64_t)upshake_get_result(&end->hs).status);
  expect_number(r, "request read", request.len, at);
}

/* The 101, which agrees to the first offer that zlib can do. */
static void answer_request(run *r, other_end *end) {
  upshake_fields fields = upshake_get_request(&end->hs).fields;
  char value[UPSHAKE_DEFLATE_CAP];
  upshake_extra extra = {0};
  extra.extensions.len = end->agreed_len =
      upshake_agree_deflate(fields, NULL, &end->agreed, value);
  extra.extensions.ptr = end->agreed_len == 0 ? NULL : value;
  expect_error(r, "server's reply", UPSHAKE_OK,
               upshake_reply_with(&end->hs, &extra, end->reply,
                                  sizeof end->reply, &end->reply_len));
}

static void expect_switch(run *r, const other_end *end, const client_vector *v,
                          upshake_client *client) {
  upshake_client_result result = upshake_client_get_result(client);
  const char *protocol = v->protocols_len == 0 ? "websocket" : v->protocols[0];
  expect_error(r, "client's error", UPSHAKE_OK, result.error);
  expect_number(r, "client's next", UPSHAKE_CLIENT_SWITCHED, result.next);
  expect_true(r, "client's protocol", upshake_equal(result.protocol, protocol));
  expect_octets(r, "sub-protocol", upshake_get_result(&end->hs).subprotocol,
                result.subprotocol);
  expect_number(r, "server's window",
                end->agreed_len == 0 ? 0 : end->agreed.server_bits,
                result.deflate.server_bits);
  expect_true(r, "client's window is no larger than the server believes",
              end->agreed_len == 0 ||
                  result.deflate.client_bits <= end->agreed.client_bits);
}

static void take_answer(run *r, const other_end *end, const client_vector *v,
                        upshake_slice request) {
  static const upshake_client_policy policy = {.subprotocol_required = 1};
  char memory[2048];
  upshake_client client;
  size_t used = 0;
  upshake_error error =
      upshake_client_init(&client, &policy, request, memory, sizeof memory);
  expect_error(r, "client's init", UPSHAKE_OK, error);
  if (error != UPSHAKE_OK)
    return;
  upshake_client_feed(&client, end->reply, end->reply_len, &used);
  expect_number(r, "reply read", end->reply_len, used);
  expect_switch(r, end, v, &client);
}

static void run_exchange(run *r, const client_vector *v, upshake_slice request,
                         size_t piece) {
  other_end *end = (other_end *)room_of(sizeof *end);
  r->how = "read by a server in pieces of";
  r->cut = piece;
  set_up(end, v);
  take_request(r, end, request, piece);
  if (r->failures == 0)
    answer_request(r, end);
  if (r->failures == 0)
    take_answer(r, end, v, request);
  free(end);
}

/* ---- All of it ----------------------------------------------------------- */

static void run_written(run *r, const client_vector *v) {
  size_t len = v->request.len;
  written w = write_once(v, len);
  r->how = "with room for";
  r->cut = len;
  expect_error(r, "write", UPSHAKE_OK, w.error);
  if (w.error == UPSHAKE_OK) {
    upshake_slice out = {w.out, w.len};
    expect_octets(r, "request", v->request, out);
  } else {
    expect_number(r, "size that is needed", len, w.len);
  }
  const size_t caps[] = {0, 1, len / 2, len - 1};
  for (size_t i = 0; i < 4 && r->failures == 0; i++)
    expect_no_room(r, v, caps[i]);
  if (r->failures == 0) {
    run_exchange(r, v, v->request, len);
    run_exchange(r, v, v->request, 1);
  }
  free(w.out);
}

void run_ask(run *r, const client_vector *v) {
  if (v->outcome != CLIENT_CALL) {
    run_written(r, v);
    return;
  }
  expect_no_request(r, v, 0);
  expect_no_request(r, v, HEAD_CAP);
}
