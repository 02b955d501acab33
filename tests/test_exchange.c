/* SPDX-License-Identifier: MIT
 *
 * Our client against our server: whole exchanges through two streams of
 * octets, each cut wherever a network may cut it.  However that is, both ends
 * send the bytes and come to the result that exchanges.h has, and what follows
 * the handshake is lost by neither.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "exchanges.h"

#define MEMORY 1024
#define RANDOM_CUTTINGS 10000
#define PIECE_MOST 60
/* The new protocol's first octets; each end speaks as soon as it may: the
 * server right behind its 101, the client when it has read that. */
#define FROM_SERVER "\x81\x05hello\r\n\r\n"
#define FROM_CLIENT "GET \x89\x80\0\r\n"

/* ---- Cutting --------------------------------------------------------------
 */

enum mode { WHOLE, TWO, SINGLE, RANDOM };
typedef struct cutting {
  enum mode mode;
  size_t at;     /* TWO: the cut */
  uint32_t seed; /* RANDOM */
} cutting;

static uint32_t draw(uint32_t *seed, uint32_t below) {
  *seed = *seed * 1664525u + 1013904223u;
  return (*seed >> 8) % below;
}

/* How many of the octets that are on their way arrive together: now and then
 * none (RANDOM), which must change nothing. */
static size_t piece(cutting *cut, size_t taken, size_t left) {
  size_t most = left;
  if (cut->mode == SINGLE)
    most = 1;
  if (cut->mode == TWO && taken < cut->at)
    most = cut->at - taken;
  if (cut->mode == RANDOM)
    most = draw(&cut->seed, 1 + draw(&cut->seed, PIECE_MOST));
  return most < left ? most : left;
}

/* ---- The two streams ------------------------------------------------------
 */

typedef struct octets {
  char data[MEMORY];
  size_t len;
} octets;

typedef struct wire {
  octets sent;
  size_t taken;
  cutting cut;
} wire;

static void add(octets *to, const void *data, size_t len) {
  assert_true(len <= sizeof to->data - to->len);
  if (len > 0)
    memcpy(to->data + to->len, data, len);
  to->len += len;
}

static void begin_wire(wire *w, cutting cut) {
  w->sent.len = w->taken = 0;
  w->cut = cut;
}

/* The next piece, in memory of its own: free it. */
static char *arrives(wire *from, size_t *len) {
  char *data;
  *len = piece(&from->cut, from->taken, from->sent.len - from->taken);
  data = exact(from->sent.data + from->taken, *len);
  from->taken += *len;
  return data;
}

static int is_quiet(const wire *from) { return from->taken == from->sent.len; }

/* ---- The two ends ---------------------------------------------------------
 */

typedef struct run {
  wire to_server, to_client;
  upshake hs;
  upshake_client client;
  size_t request_len; /* of to_server, the head of the request */
  char server_memory[MEMORY], client_memory[MEMORY];
  octets server_rest, client_rest; /* what came after the handshake */
} run;

static upshake_extra with_deflate(const exchange *e, run *r, char *value) {
  upshake_request request = upshake_get_request(&r->hs);
  upshake_extra extra = e->extra;
  upshake_deflate agreed;
  extra.extensions.ptr = value;
  extra.extensions.len =
      upshake_agree_deflate(request.fields, &e->caps, &agreed, value);
  if (upshake_get_result(&r->hs).status == 101 && extra.extensions.len > 0)
    assert_memory_equal(&agreed, &e->deflate, sizeof agreed);
  else
    extra.extensions = part_of(NULL, 0);
  return extra;
}

static void server_replies(const exchange *e, run *r) {
  char value[UPSHAKE_DEFLATE_CAP], out[MEMORY];
  upshake_extra extra = with_deflate(e, r, value);
  size_t len;
  assert_int_equal(upshake_reply_with(&r->hs, &extra, out, sizeof out, &len),
                   UPSHAKE_OK);
  add(&r->to_client.sent, out, len);
  if (upshake_get_result(&r->hs).status == 101)
    add(&r->to_client.sent, FROM_SERVER, sizeof FROM_SERVER - 1);
}

static void server_receives(const exchange *e, run *r) {
  size_t len, used = 0;
  char *data = arrives(&r->to_server, &len);
  if (upshake_get_result(&r->hs).next == UPSHAKE_READ) {
    upshake_next next = upshake_feed(&r->hs, data, len, &used);
    if (next == UPSHAKE_PLAIN)
      assert_int_equal(upshake_answer(&r->hs, e->answer), UPSHAKE_OK);
    if (next != UPSHAKE_READ)
      server_replies(e, r);
  }
  add(&r->server_rest, data + used, len - used);
  free(data);
}

static void client_receives(run *r) {
  size_t len, used = 0;
  char *data = arrives(&r->to_client, &len);
  if (upshake_client_get_result(&r->client).next == UPSHAKE_CLIENT_READ) {
    upshake_client moved = r->client; /* as a caller may */
    memset(&r->client, 0xa5, sizeof r->client);
    if (upshake_client_feed(&moved, data, len, &used) ==
        UPSHAKE_CLIENT_SWITCHED)
      add(&r->to_server.sent, FROM_CLIENT, sizeof FROM_CLIENT - 1);
    r->client = moved;
  }
  add(&r->client_rest, data + used, len - used);
  free(data);
}

static void client_asks(const exchange *e, run *r) {
  octets *sent = &r->to_server.sent;
  size_t len = 0;
  if (e->request != NULL)
    add(sent, e->request, len = strlen(e->request));
  else
    assert_int_equal(upshake_write_request(&e->ask,
                                           e->ask.protocols.ptr == NULL ||
                                                   *e->ask.protocols.ptr == 'w'
                                               ? nonce
                                               : NULL,
                                           sent->data, MEMORY, &len),
                     UPSHAKE_OK);
  sent->len = r->request_len = len;
  assert_int_equal(upshake_client_init(&r->client, &e->policy,
                                       part_of(sent->data, len),
                                       r->client_memory, MEMORY),
                   UPSHAKE_OK);
}

/* Until all is still. */
static void take_place(const exchange *e, run *r, cutting up, cutting down) {
  begin_wire(&r->to_server, up);
  begin_wire(&r->to_client, down);
  r->server_rest.len = r->client_rest.len = 0;
  assert_int_equal(
      upshake_init(&r->hs, &e->config, r->server_memory, MEMORY, NULL),
      UPSHAKE_OK);
  client_asks(e, r);
  while (!is_quiet(&r->to_server) || !is_quiet(&r->to_client)) {
    server_receives(e, r);
    client_receives(r);
  }
}

/* ---- The result -----------------------------------------------------------
 */

/* The parts of the last response head of a reply. */
typedef struct answer {
  upshake_slice reason, fields;
  size_t end; /* of the head, with the interim ones before it */
} answer;

static answer answer_of(const char *reply) {
  const char *head = reply, *line_end, *end;
  answer a;
  while (strncmp(head, "HTTP/1.1 100 ", 13) == 0)
    head = strstr(head, "\r\n\r\n") + 4;
  line_end = strstr(head, "\r\n");
  end = strstr(head, "\r\n\r\n") + 4;
  a.reason = part_of(head + 13, (size_t)(line_end - head) - 13);
  a.fields = part_of(line_end + 2, (size_t)(end - line_end) - 4);
  a.end = (size_t)(end - reply);
  return a;
}

/* The same bytes, in that memory. */
static void assert_copy(upshake_slice slice, upshake_slice expected,
                        const char *memory) {
  assert_int_equal(slice.len, expected.len);
  assert_memory_equal(slice.ptr, expected.ptr, expected.len);
  assert_true(slice.ptr >= memory && slice.ptr + slice.len <= memory + MEMORY);
}

static void assert_text(upshake_slice slice, const char *expected) {
  if (expected == NULL)
    assert_absent(slice);
  else
    assert_slice(slice, expected);
}

static void assert_octets(const octets *o, const char *first, const char *then,
                          size_t then_len) {
  size_t len = strlen(first);
  assert_int_equal(o->len, len + then_len);
  assert_memory_equal(o->data, first, len);
  assert_memory_equal(o->data + len, then, then_len);
}

/* Every byte that was sent, and those that neither end took for its own. */
static void assert_streams(const exchange *e, const run *r) {
  int switched = e->next == UPSHAKE_CLIENT_SWITCHED;
  size_t from_client = switched ? sizeof FROM_CLIENT - 1 : 0;
  size_t from_server = e->status == 101 ? sizeof FROM_SERVER - 1 : 0;
  assert_octets(&r->to_server.sent, e->request ? e->request : e->asks,
                FROM_CLIENT, from_client);
  assert_octets(&r->to_client.sent, e->answers, FROM_SERVER, from_server);
  assert_octets(&r->server_rest, "", FROM_CLIENT, from_client);
  assert_octets(&r->client_rest, e->body ? e->body : "", FROM_SERVER,
                from_server);
}

static void assert_client(const exchange *e, const run *r) {
  upshake_client_result result = upshake_client_get_result(&r->client);
  answer expected = answer_of(e->answers);
  assert_int_equal(result.error, e->error);
  assert_int_equal(result.next, e->next);
  assert_int_equal(result.status, e->status);
  assert_int_equal(result.consumed, expected.end);
  if (e->next == UPSHAKE_CLIENT_REFUSED) /* for what is not there */
    assert_int_equal(result.offset, expected.end);
  assert_copy(result.reason, expected.reason, r->client_memory);
  assert_copy(result.fields.raw, expected.fields, r->client_memory);
  assert_text(result.protocol, e->protocol);
  assert_text(result.subprotocol, e->subprotocol);
  assert_text(result.extensions, e->extensions);
  assert_memory_equal(&result.deflate, &e->deflate, sizeof e->deflate);
  assert_true(result.body_len == (e->body ? strlen(e->body) : 0));
}

static void assert_server(const exchange *e, const run *r) {
  upshake_result result = upshake_get_result(&r->hs);
  assert_int_equal(result.next, UPSHAKE_SEND);
  assert_int_equal(result.status, e->status);
  assert_int_equal(result.consumed, r->request_len);
  assert_text(result.subprotocol, e->subprotocol);
  if (e->status == 101 && e->protocol)
    assert_slice(text(e->protocol), result.protocol->name);
  if (e->status != 101)
    assert_null(result.protocol);
}

/* An exchange, each stream cut as said, and all that was to come of it. */
static void take_place_and_assert(const exchange *e, cutting up, cutting down,
                                  run *r) {
  take_place(e, r, up, down);
  assert_streams(e, r);
  assert_client(e, r);
  assert_server(e, r);
}

/* ---- The tests ------------------------------------------------------------
 */

static const cutting whole = {WHOLE, 0, 0}, single = {SINGLE, 0, 0};

static void every_pair_of_cuts(const exchange *e, size_t asked,
                               size_t answered) {
  run r;
  for (size_t up = 1; up < asked; up++)
    for (size_t down = 1; down < answered; down++)
      take_place_and_assert(e, (cutting){TWO, up, 0}, (cutting){TWO, down, 0},
                            &r);
}

static void random_cuttings(const exchange *e) {
  run r;
  for (uint32_t seed = 1; seed <= RANDOM_CUTTINGS; seed++)
    take_place_and_assert(e, (cutting){RANDOM, 0, seed},
                          (cutting){RANDOM, 0, ~seed}, &r);
}

static void comes_to_what_is_written_however_it_is_cut(void **state) {
  const exchange *e = *state;
  run r;
  take_place_and_assert(e, single, single, &r);
  take_place_and_assert(e, whole, single, &r);
  take_place_and_assert(e, whole, whole, &r);
  every_pair_of_cuts(e, r.to_server.sent.len, r.to_client.sent.len);
  random_cuttings(e);
}

#define EXCHANGE(e)                                                            \
  {                                                                            \
    .name = #e, .test_func = comes_to_what_is_written_however_it_is_cut,       \
    .initial_state = (void *)(uintptr_t) & (e)                                 \
  }

int main(void) {
  const struct CMUnitTest tests[] = {
      EXCHANGE(plain_websocket), EXCHANGE(subprotocol_and_deflate),
      EXCHANGE(another_token),   EXCHANGE(one_of_two),
      EXCHANGE(http2),           EXCHANGE(masque),
      EXCHANGE(continue_first),  EXCHANGE(upgrade_required),
      EXCHANGE(unauthorized),    EXCHANGE(none_chosen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
