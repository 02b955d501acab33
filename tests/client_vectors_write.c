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

/* It is no less an error where there is no room. */
static void expect_no_request(run *r, const client_vector *v, size_t cap) {
  written w = write_once(v, cap);
  r->how = "with room for";
  r->cut = cap;
  expect_error(r, "write", v->common.call, w.error);
  expect_number(r, "length", 0, w.len);
  expect_untouched(r, &w, cap);
  free(w.out);
}

/* ---- The other end ------------------------------------------------------- */

typedef struct other_end {
  upshake hs;
  upshake_config config;
  upshake_protocol protocols[VECTOR_NAMES];
  char memory[HEAD_CAP], reply[2048];
  size_t reply_len;
  upshake_deflate agreed;
  size_t agreed_len; /* 0: to nothing */
} other_end;

static int is_secured(const upshake_ask *ask) {
  return ask->scheme != NULL &&
         (strcmp(ask->scheme, "wss") == 0 || strcmp(ask->scheme, "https") == 0);
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
static void set_up(other_end *end, const upshake_ask *ask) {
  memset(end, 0, sizeof *end);
  end->protocols[0] = (upshake_protocol)UPSHAKE_WEBSOCKET;
  for (size_t i = 0; i < ask->protocols_len; i++) {
    end->protocols[i] = speaks(ask->protocols[i]);
    end->protocols[i].methods = ask->method;
  }
  end->config.protocols = end->protocols;
  end->config.protocols_len = ask->protocols_len == 0 ? 1 : ask->protocols_len;
  end->config.subprotocols = ask->subprotocols;
  end->config.subprotocols_len = ask->subprotocols_len;
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

static void expect_switch(run *r, const other_end *end, const upshake_ask *ask,
                          upshake_client *client) {
  upshake_client_result result = upshake_client_get_result(client);
  const char *protocol =
      ask->protocols_len == 0 ? "websocket" : ask->protocols[0];
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

static void take_answer(run *r, const other_end *end, const upshake_ask *ask,
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
  expect_switch(r, end, ask, &client);
}

static void run_exchange(run *r, const client_vector *v, upshake_slice request,
                         size_t piece) {
  other_end *end = (other_end *)room_of(sizeof *end);
  r->how = "read by a server in pieces of";
  r->cut = piece;
  set_up(end, &v->ask);
  take_request(r, end, request, piece);
  if (r->failures == 0)
    answer_request(r, end);
  if (r->failures == 0)
    take_answer(r, end, &v->ask, request);
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
