/* SPDX-License-Identifier: MIT
 *
 * A man in the middle of a good exchange.  Every octet of the 101 is changed
 * to every other value, left out and doubled; every line is left out, doubled
 * and swapped with every other.  The client refuses whenever what was changed
 * has a meaning.  What may be changed without that, and what the client then
 * makes of it, is said by the rules in tampered.c, and both sides of them are
 * asserted: refused where they say so, and only there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check.h"
#include "tampered.h"

#define MEMORY TAMPERED_MAX
/* Behind the head, as of a server that speaks first; no octet of it could
 * begin a field line or a response. */
#define GLUED "\x81\x02ok"

/* ---- What the client says -------------------------------------------------
 */

typedef struct run {
  upshake_client client;
  upshake_client_result result;
  size_t used;
  char memory[MEMORY];
} run;

static void feed(run *r, const char *octets, size_t len) {
  size_t used;
  char *copy = exact(octets, len);
  upshake_client_feed(&r->client, copy, len, &used);
  r->used += used;
  free(copy);
}

/* In one piece, or in two. */
static void receive(run *r, const head *good, const char *octets, size_t len,
                    size_t cut) {
  r->used = 0;
  assert_int_equal(upshake_client_init(&r->client, NULL, text(good->request),
                                       r->memory, MEMORY),
                   UPSHAKE_OK);
  feed(r, octets, cut);
  feed(r, octets + cut, len - cut);
  r->result = upshake_client_get_result(&r->client);
}

/* Where the first empty line ends. */
static size_t head_len(const char *octets, size_t len) {
  for (size_t i = 4; i <= len; i++)
    if (memcmp(octets + i - 4, "\r\n\r\n", 4) == 0)
      return i;
  return 0;
}

/* As in the answer that nobody changed, but for what the verdict says. */
static void assert_agreed(const run *good, const run *r, int verdict,
                          size_t at) {
  upshake_slice name = r->result.subprotocol;
  upshake_deflate expected = good->result.deflate;
  if (verdict & ANOTHER &&
      expected.client_bits != r->result.deflate.client_bits)
    expected.client_bits =
        (uint8_t)(10 + upshake_client_head(&r->client).ptr[at] - '0');
  if (verdict & NO_EXTENSIONS)
    memset(&expected, 0, sizeof expected);
  assert_memory_equal(&r->result.deflate, &expected, sizeof expected);
  if (expected.server_bits == 0)
    assert_absent(r->result.extensions);
  if (verdict & NO_SUBPROTOCOL || good->result.subprotocol.ptr == NULL)
    assert_absent(name);
  else if (verdict & ANOTHER && upshake_client_head(&r->client).ptr[at] == 'p')
    assert_slice(name, "chap");
  else
    assert_slice(name, "chat");
  assert_int_equal(r->result.protocol.len, good->result.protocol.len);
  assert_memory_equal(r->result.protocol.ptr,
                      good->memory + (r->result.protocol.ptr - r->memory),
                      r->result.protocol.len);
}

static void assert_verdict(const run *good, const run *r, int verdict,
                           const char *octets, size_t len, size_t at) {
  size_t end = head_len(octets, len);
  upshake_client_next next = UPSHAKE_CLIENT_REFUSED;
  if (verdict & SWITCHED)
    next = UPSHAKE_CLIENT_SWITCHED;
  if (verdict & OTHER)
    next = UPSHAKE_CLIENT_OTHER;
  if (r->result.next != next)
    print_error("at %zu: %s\n%.*s\n", at, upshake_strerror(r->result.error),
                (int)len, octets);
  assert_int_equal(r->result.next, next);
  assert_int_equal(r->result.consumed, r->used);
  if (next == UPSHAKE_CLIENT_REFUSED) {
    assert_int_not_equal(r->result.error, UPSHAKE_OK);
    assert_int_not_equal(r->result.error, UPSHAKE_ERR_INCOMPLETE);
    assert_true(r->result.offset <= r->used);
  } else {
    assert_int_equal(r->result.error, UPSHAKE_OK);
    assert_int_equal(r->used, end);
  }
  if (verdict & SKIPPED) {
    assert_int_equal(r->result.error, UPSHAKE_ERR_STATUS_LINE);
    assert_int_equal(r->result.offset, end);
  }
  if (verdict & SWITCHED)
    assert_agreed(good, r, verdict, at);
}

static void assert_same(const run *a, const run *b) {
  assert_int_equal(a->result.next, b->result.next);
  assert_int_equal(a->result.error, b->result.error);
  assert_int_equal(a->result.offset, b->result.offset);
  assert_int_equal(a->used, b->used);
}

/* ---- The man in the middle ------------------------------------------------
 */

typedef struct middle {
  head good;
  run untouched;
  char octets[2 * MEMORY];
  size_t len;
} middle;

static void put(middle *m, const char *octets, size_t len) {
  if (len > 0)
    memcpy(m->octets + m->len, octets, len);
  m->len += len;
}

static void put_line(middle *m, size_t line) {
  size_t at = m->good.at[line];
  put(m, m->good.octets + at, m->good.at[line + 1] - at);
}

static void deliver(middle *m, int verdict, size_t at) {
  run whole, cut;
  put(m, GLUED, sizeof GLUED - 1);
  receive(&whole, &m->good, m->octets, m->len, 0);
  assert_verdict(&m->untouched, &whole, verdict, m->octets, m->len, at);
  receive(&cut, &m->good, m->octets, m->len, at);
  assert_same(&whole, &cut);
  m->len = 0;
}

/* The head, with `octets` instead of the one at that place. */
static void replace(middle *m, size_t at, const char *octets, size_t len,
                    int verdict) {
  put(m, m->good.octets, at);
  put(m, octets, len);
  put(m, m->good.octets + at + 1, m->good.len - at - 1);
  deliver(m, verdict, at);
}

static middle begin(const answer *a) {
  middle m;
  memset(&m, 0, sizeof m);
  m.good = lay_out(a);
  receive(&m.untouched, &m.good, m.good.octets, m.good.len, 0);
  assert_int_equal(m.untouched.result.next, UPSHAKE_CLIENT_SWITCHED);
  assert_int_equal(m.untouched.used, m.good.len);
  return m;
}

/* ---- The tests ------------------------------------------------------------
 */

static void every_octet_to_every_other(void **state) {
  middle m = begin(*state);
  for (size_t at = 0; at < m.good.len; at++)
    for (unsigned value = 0; value < 256; value++) {
      char octet = (char)value;
      if (octet != m.good.octets[at])
        replace(&m, at, &octet, 1, changed(m.good.places[at], value));
    }
}

static void every_octet_left_out_and_doubled(void **state) {
  middle m = begin(*state);
  for (size_t at = 0; at < m.good.len; at++) {
    char twice[2] = {m.good.octets[at], m.good.octets[at]};
    replace(&m, at, NULL, 0, left_out(m.good.places[at]));
    replace(&m, at, twice, 2, doubled(m.good.places[at]));
  }
}

static void every_line_left_out_and_doubled(void **state) {
  middle m = begin(*state);
  for (size_t line = 0; line < m.good.lines; line++)
    for (int times = 0; times <= 2; times += 2) {
      role r = m.good.roles[line];
      for (size_t i = 0; i < m.good.lines; i++)
        for (int n = 0; n < (i == line ? times : 1); n++)
          put_line(&m, i);
      deliver(&m, times == 0 ? without_line(r) : doubled_line(r),
              m.good.at[line]);
    }
}

static void every_line_swapped_with_every_other(void **state) {
  middle m = begin(*state);
  for (size_t a = 0; a < m.good.lines; a++)
    for (size_t b = a + 1; b < m.good.lines; b++) {
      for (size_t i = 0; i < m.good.lines; i++)
        put_line(&m, i == a ? b : i == b ? a : i);
      deliver(&m, swapped_lines(&m.good, a, b), m.good.at[a]);
    }
}

/* So that it is a real exchange in whose middle he is. */
static void our_server_answers_so(void **state) {
  static const upshake_protocol websocket = UPSHAKE_WEBSOCKET;
  static const char *const spoken[] = {"chat"};
  static const upshake_config config = {&websocket, 1, .subprotocols = spoken,
                                        .subprotocols_len = 1};
  static const upshake_deflate_caps caps = {.client_bits = 12};
  static const upshake_field server = {{UPSHAKE_TEXT("Server")},
                                       {UPSHAKE_TEXT("test")}};
  upshake_extra extra = {
      .fields = &server,
      .fields_len = 1,
      .date = {UPSHAKE_TEXT("Sun, 06 Nov 1994 08:49:37 GMT")}};
  head good = lay_out(&from_our_server);
  char memory[MEMORY], out[MEMORY], value[UPSHAKE_DEFLATE_CAP];
  upshake_deflate agreed;
  upshake hs;
  size_t len;
  (void)state;
  upshake_init(&hs, &config, memory, MEMORY, NULL);
  assert_int_equal(upshake_feed(&hs, good.request, strlen(good.request), &len),
                   UPSHAKE_SEND);
  extra.extensions.len = upshake_agree_deflate(upshake_get_request(&hs).fields,
                                               &caps, &agreed, value);
  extra.extensions.ptr = value;
  assert_int_equal(upshake_reply_with(&hs, &extra, out, MEMORY, &len),
                   UPSHAKE_OK);
  assert_slice(part_of(good.octets, good.len), (out[len] = '\0', out));
}

#define TEST(test, answer)                                                     \
  {                                                                            \
    .name = #answer ": " #test, .test_func = test,                             \
    .initial_state = (void *)(uintptr_t) & (answer)                            \
  }
#define TESTS(answer)                                                          \
  TEST(every_octet_to_every_other, answer),                                    \
      TEST(every_octet_left_out_and_doubled, answer),                          \
      TEST(every_line_left_out_and_doubled, answer),                           \
      TEST(every_line_swapped_with_every_other, answer)

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(our_server_answers_so),
                                     TESTS(from_our_server),
                                     TESTS(from_another_server), TESTS(to_tls)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
