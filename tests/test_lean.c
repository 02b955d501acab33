/* SPDX-License-Identifier: MIT
 *
 * A head larger than its memory: the same outcome for every memory, total and
 * cut, and nothing of what was left out in anybody's way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_handshake.h"

#define COOKIE_LEN (20 * 1024)
#define SEGMENT 536 /* what TCP carries at least: RFC 9293 3.7.1 */
#define NO_CAP SIZE_MAX

static const char *const wanted[] = {"X-Room", "AUTHORIZATION"};
static const upshake_config lean = {protocols, 3, .lean = 1, .wanted = wanted,
                                    .wanted_len = 2};

static char browser[COOKIE_LEN + 2048];

/* As Chromium sends it, with many cookies, and a field that is wanted. */
static size_t write_browser(void) {
  static const char *const before =
      "GET /chat HTTP/1.1\r\n" CHECK_HOST "Connection: Upgrade\r\n"
      "Pragma: no-cache\r\nCache-Control: no-cache\r\n"
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n"
      "Upgrade: websocket\r\nOrigin: https://example.com\r\n" CHECK_VERSION
      "Accept-Encoding: gzip, deflate, br, zstd\r\n"
      "Accept-Language: en-GB,en;q=0.9\r\nCookie: ";
  static const char *const after =
      "\r\n" CHECK_KEY "X-Room: 7\r\n"
      "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
  size_t len = strlen(before);
  memcpy(browser, before, len);
  for (size_t i = 0; i < COOKIE_LEN; i++)
    browser[len++] = "sid=0123456789; "[i % 16];
  memcpy(browser + len, after, strlen(after) + 1);
  return len + strlen(after);
}

/* ---- One run --------------------------------------------------------------
 */

typedef struct run {
  upshake hs;
  char *memory; /* of exactly its size */
  upshake_result result;
  size_t taken;
  char head[CAP];
  size_t head_len;
} run;

/* In pieces of `step`; each meets another state. */
static void feed_in_steps(run *r, const char *stream, size_t len, size_t step) {
  upshake_next next = UPSHAKE_READ;
  while (next == UPSHAKE_READ && r->taken < len) {
    size_t left = len - r->taken, piece = left < step ? left : step, used;
    upshake moved = r->hs;
    memset(&r->hs, 0xa5, sizeof r->hs);
    r->hs = moved;
    next = feed(&r->hs, stream + r->taken, piece, &used);
    if (next == UPSHAKE_READ)
      assert_int_equal(used, piece);
    r->taken += used;
  }
}

/* The same by room and commit.  There is room for as long as it reads. */
static void commit_in_steps(run *r, const char *stream, size_t len,
                            size_t step) {
  upshake_next next = UPSHAKE_READ;
  size_t at = 0, cap;
  while (next == UPSHAKE_READ && at < len) {
    void *room = upshake_room(&r->hs, &cap);
    size_t piece = len - at < step ? len - at : step;
    piece = piece < cap ? piece : cap;
    assert_true(piece > 0);
    memcpy(room, stream + at, piece);
    next = upshake_commit(&r->hs, piece);
    at += piece;
  }
  r->taken = at - upshake_rest(&r->hs).len;
  assert_memory_equal(upshake_rest(&r->hs).ptr, stream + r->taken,
                      at - r->taken);
}

enum { FEED, COMMIT };

static run run_lean(const upshake_config *config, const char *stream,
                    size_t len, size_t cap, int way, size_t step) {
  run r = {.memory = malloc(cap)};
  upshake_slice head;
  assert_int_equal(upshake_init(&r.hs, config, r.memory, cap, NULL),
                   UPSHAKE_OK);
  (way == FEED ? feed_in_steps : commit_in_steps)(&r, stream, len, step);
  r.result = upshake_get_result(&r.hs);
  head = upshake_head(&r.hs);
  r.head_len = head.len;
  assert_true(head.len <= sizeof r.head);
  memcpy(r.head, head.ptr, head.len);
  assert_int_equal(r.result.consumed, r.taken);
  assert_int_equal(r.head_len + r.result.dropped, r.taken);
  return r;
}

static void assert_same_run(const run *a, const run *b) {
  assert_int_equal(a->result.next, b->result.next);
  assert_int_equal(a->result.error, b->result.error);
  assert_int_equal(a->result.status, b->result.status);
  assert_int_equal(a->result.offset, b->result.offset);
  assert_int_equal(a->taken, b->taken);
  assert_int_equal(a->head_len, b->head_len);
  assert_memory_equal(a->head, b->head, a->head_len);
}

/* Whole, and however it is cut. */
static run run_all(const upshake_config *config, const char *stream, size_t len,
                   size_t cap) {
  static const size_t steps[] = {1, 2, 7, 64, SEGMENT, NO_CAP};
  run whole = run_lean(config, stream, len, cap, FEED, NO_CAP);
  for (size_t i = 0; i < CHECK_LEN(steps); i++)
    for (int way = FEED; way <= COMMIT; way++) {
      run other = run_lean(config, stream, len, cap, way, steps[i]);
      assert_same_run(&whole, &other);
      free(other.memory);
    }
  return whole;
}

/* ---- Memory ---------------------------------------------------------------
 */

static void cookies_of_20_kib_pass_through_512_octets(void **state) {
  size_t len = write_browser();
  run r = run_all(&lean, browser, len, 512);
  upshake_fields fields = upshake_get_request(&r.hs).fields;
  (void)state;
  assert_int_equal(r.result.status, 101);
  assert_int_equal(r.taken, len);
  assert_true(r.result.dropped > COOKIE_LEN);
  assert_slice(upshake_find_field(fields, "x-room"), "7");
  assert_slice(upshake_find_field(fields, "Origin"), "https://example.com");
  assert_absent(upshake_find_field(fields, "Cookie"));
  assert_absent(upshake_find_field(fields, "User-Agent"));
  assert_slice(upshake_get_request(&r.hs).authority, "example.com");
  assert_int_equal(reply_status(&r.hs, NULL), 101);
  free(r.memory);
}

#define MIXED                                                                  \
  "GET /chat HTTP/1.1\r\nA: 1\r\n" CHECK_HOST "Cookie: a=b; c=d; e=f\r\n"      \
  "Upgrade: websocket\r\nConnection: Upgrade\r\nX-Room: 12\r\n"                \
  "X-Forwarded-For: 192.0.2.1\r\n" CHECK_KEY                                   \
  "Accept-Language:\r\n" CHECK_VERSION "X-Forwarded-Proto: https\r\n\r\n"

/* Octets that are there at once: all kept lines so far, and a name with its
 * colon before it is known whether the line is one of them. */
static size_t memory_needed(void) {
  static const char names[] = "A Cookie X-Forwarded-For Accept-Language "
                              "X-Forwarded-Proto ";
  const char *line = MIXED;
  size_t kept = 0, most = 0;
  while (*line) {
    size_t len = (size_t)(strchr(line, '\n') - line) + 1;
    size_t name_len = strcspn(line, ":\r");
    char name[64] = {0};
    memcpy(name, line, name_len);
    strcat(name, " ");
    if (strstr(names, name) != NULL && name[0] != ' ')
      most = kept + name_len + 1 > most ? kept + name_len + 1 : most;
    else
      kept += len;
    line += len;
  }
  return kept > most ? kept : most;
}

/* After so many octets of it. */
static int is_in_target(size_t len) {
  return len >= strlen("GET ") && len <= strlen("GET /chat");
}

static void every_memory_has_one_outcome(void **state) {
  const size_t len = strlen(MIXED), needed = memory_needed();
  (void)state;
  for (size_t cap = 1; cap <= len + 1; cap++) {
    run r = run_all(&lean, MIXED "glued", len + 5, cap);
    if (cap >= needed) {
      assert_int_equal(r.result.status, 101);
      assert_int_equal(r.taken, len);
    } else {
      assert_int_equal(r.result.status, is_in_target(cap) ? 414 : 431);
      assert_int_equal(r.result.offset, r.taken);
      assert_int_equal(r.head_len, cap);
    }
    free(r.memory);
  }
}

static void every_total_has_one_outcome(void **state) {
  const size_t len = strlen(MIXED);
  upshake_config config = lean;
  (void)state;
  for (uint32_t total = 1; total <= len + 2; total++) {
    run r;
    config.limits.total = total;
    r = run_all(&config, MIXED "glued", len + 5, memory_needed() + total % 64);
    if (total >= len) {
      assert_int_equal(r.result.status, 101);
      assert_int_equal(r.taken, len);
    } else {
      assert_int_equal(r.result.error, is_in_target(total)
                                           ? UPSHAKE_ERR_TARGET_LONG
                                           : UPSHAKE_ERR_HEAD_LONG);
      assert_int_equal(r.result.offset, total);
      assert_int_equal(r.taken, total);
    }
    free(r.memory);
  }
}

static void without_memory_nothing_is_kept(void **state) {
  upshake hs;
  size_t used = 9, cap = 9;
  (void)state;
  upshake_init(&hs, &lean, NULL, 0, NULL);
  assert_int_equal(feed(&hs, "G", 1, &used), UPSHAKE_SEND);
  assert_int_equal(used, 0);
  assert_int_equal(reply_status(&hs, NULL), 431);
  upshake_init(&hs, &lean, NULL, 0, NULL);
  assert_null(upshake_room(&hs, &cap));
  assert_int_equal(cap, 0);
  assert_int_equal(upshake_commit(&hs, 0), UPSHAKE_SEND);
  assert_int_equal(upshake_get_result(&hs).error, UPSHAKE_ERR_HEAD_LONG);
}

static void the_largest_total_is_no_small_one(void **state) {
  static const uint32_t totals[] = {0, UINT32_MAX, UINT32_MAX - 1};
  size_t len = write_browser();
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(totals); i++) {
    upshake_config config = lean;
    run r;
    config.limits.total = totals[i];
    r = run_lean(&config, browser, len, 512, FEED, NO_CAP);
    assert_int_equal(r.result.status, 101);
    free(r.memory);
  }
}

static void a_list_of_names_is_there_or_empty(void **state) {
  upshake_config config = {protocols, 3, .wanted_len = 1};
  upshake hs;
  (void)state;
  assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL),
                   UPSHAKE_ERR_CONFIG);
  config.wanted_len = 0;
  assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL), UPSHAKE_OK);
}

/* A line that is left out has lost its name by the time that its value comes,
 * but that is not the empty name, which no field has. */
static void an_empty_name_is_nobodys(void **state) {
  static const char *const names[] = {"", "X-Room", ""};
  upshake_config config = lean;
  size_t len = write_browser();
  (void)state;
  config.wanted = names;
  for (config.wanted_len = 0; config.wanted_len <= 3; config.wanted_len++) {
    run r = run_all(&config, browser, len, 512);
    assert_int_equal(r.result.status, 101);
    assert_absent(
        upshake_find_field(upshake_get_request(&r.hs).fields, "Cookie"));
    if (config.wanted_len < 2)
      assert_absent(
          upshake_find_field(upshake_get_request(&r.hs).fields, "X-Room"));
    free(r.memory);
  }
}

/* ---- What is wrong ------------------------------------------------------- */

/* What is left out is checked as what is kept: with one octet replaced, at any
 * place, the two differ in nothing but in the head. */
static void assert_checked(size_t at, char octet) {
  char stream[sizeof MIXED] = MIXED;
  const size_t len = sizeof stream - 1;
  run kept, left_out;
  stream[at] = octet;
  kept = run_lean(&accepting, stream, len, CAP, FEED, NO_CAP);
  left_out = run_all(&lean, stream, len, memory_needed() + 16);
  assert_int_equal(kept.result.next, left_out.result.next);
  assert_int_equal(kept.result.error, left_out.result.error);
  assert_int_equal(kept.result.status, left_out.result.status);
  assert_int_equal(kept.result.offset, left_out.result.offset);
  assert_int_equal(kept.taken, left_out.taken);
  free(kept.memory);
  free(left_out.memory);
}

static void every_octet_is_checked_as_it_passes(void **state) {
  static const char octets[] = "\x01\r\n: ,xA\x7f\x80";
  (void)state;
  for (size_t at = 0; at < strlen(MIXED); at++)
    for (size_t i = 0; i <= strlen(octets); i++)
      assert_checked(at, octets[i]);
}

/* ---- The stream -----------------------------------------------------------
 */

static int look_at_the_rest(upshake *hs, void *user) {
  *(upshake_slice *)user = upshake_rest(hs);
  assert_slice(upshake_get_request(hs).authority, "example.com");
  return UPSHAKE_ACCEPT;
}

static void the_rest_is_there_when_the_application_is_asked(void **state) {
  upshake_config config = lean;
  upshake_slice rest;
  size_t cap, len = strlen(MIXED "glued");
  upshake hs;
  (void)state;
  config.decide = look_at_the_rest;
  upshake_init(&hs, &config, memory, CAP, &rest);
  memcpy(upshake_room(&hs, &cap), MIXED "glued", len);
  assert_int_equal(upshake_commit(&hs, len), UPSHAKE_SEND);
  assert_slice(rest, "glued");
  assert_slice(upshake_rest(&hs), "glued");
}

#define PLAIN_MIXED                                                            \
  "GET /a HTTP/1.1\r\nCookie: a=b\r\n" CHECK_HOST "A: b\r\n\r\n"

/* Three requests in one piece; each reset leaves out what is not wanted. */
static void a_kept_connection_goes_on(void **state) {
  static const char stream[] = PLAIN_MIXED PLAIN_MIXED MIXED "glued";
  const size_t plain = strlen(PLAIN_MIXED);
  upshake hs;
  size_t cap;
  (void)state;
  upshake_init(&hs, &lean, memory, sizeof stream - 1, NULL);
  memcpy(upshake_room(&hs, &cap), stream, sizeof stream - 1);
  upshake_next next = upshake_commit(&hs, sizeof stream - 1);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(next, UPSHAKE_PLAIN);
    assert_slice(upshake_head(&hs), "GET /a HTTP/1.1\r\n" CHECK_HOST "\r\n");
    assert_int_equal(upshake_get_result(&hs).consumed, plain);
    assert_int_equal(upshake_get_result(&hs).dropped, 19);
    next = begin_next(&hs);
  }
  assert_int_equal(next, UPSHAKE_SEND);
  assert_int_equal(upshake_get_result(&hs).status, 101);
  assert_int_equal(upshake_get_result(&hs).consumed, strlen(MIXED));
  assert_slice(upshake_rest(&hs), "glued");
}

static void goes_on_in_the_middle_of_the_next_line(void **state) {
  static const char stream[] = PLAIN_MIXED MIXED;
  const size_t first = strlen(PLAIN_MIXED), all = sizeof stream - 1;
  (void)state;
  for (size_t cut = first; cut < all; cut++) {
    upshake hs;
    size_t used, cap;
    upshake_init(&hs, &lean, memory, CAP, NULL);
    memcpy(upshake_room(&hs, &cap), stream, cut);
    assert_int_equal(upshake_commit(&hs, cut), UPSHAKE_PLAIN);
    assert_int_equal(begin_next(&hs), UPSHAKE_READ);
    assert_int_equal(upshake_get_result(&hs).consumed, cut - first);
    assert_int_equal(feed(&hs, stream + cut, all - cut, &used), UPSHAKE_SEND);
    assert_int_equal(used, all - cut);
    assert_int_equal(upshake_get_result(&hs).status, 101);
  }
}

/* Refused by the host at any octet, and moved to another memory there. */
static void the_host_may_move_and_refuse_at_any_octet(void **state) {
  const size_t len = strlen(MIXED);
  (void)state;
  for (size_t cut = 0; cut < len; cut++) {
    run r = run_lean(&lean, MIXED, cut, 512, FEED, 1);
    char *other = malloc(r.head_len);
    assert_int_equal(r.result.next, UPSHAKE_READ);
    assert_int_equal(upshake_move(&r.hs, other, r.head_len), UPSHAKE_OK);
    free(r.memory);
    assert_int_equal(upshake_answer(&r.hs, 503), UPSHAKE_OK);
    assert_int_equal(upshake_get_result(&r.hs).consumed, cut);
    assert_int_equal(upshake_get_result(&r.hs).dropped, r.result.dropped);
    assert_int_equal(upshake_head(&r.hs).len, r.head_len);
    assert_int_equal(upshake_rest(&r.hs).len, 0);
    assert_int_equal(reply_status(&r.hs, NULL), 503);
    free(other);
  }
}

static void a_choice_survives_what_was_left_out(void **state) {
  upshake_config config = lean;
  upshake hs;
  size_t used;
  char stream[CAP] = "GET / HTTP/1.1\r\nCookie: a\r\n";
  (void)state;
  config.decide = later;
  strcat(stream, strchr(TWO_OFFERS, '\n') + 1);
  upshake_init(&hs, &config, memory, CAP, NULL);
  assert_int_equal(feed(&hs, stream, strlen(stream), &used), UPSHAKE_DECIDE);
  assert_int_equal(upshake_choose_subprotocol(&hs, text("b")), UPSHAKE_OK);
  assert_int_equal(upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_slice(upshake_get_result(&hs).subprotocol, "b");
  assert_int_equal(upshake_get_result(&hs).dropped, 11);
  assert_int_equal(reply_status(&hs, NULL), 101);
}

/* Values are found by name then: a wanted name may be like another. */
static void a_name_that_is_similar_is_another_field(void **state) {
  static const char *const similar[] = {"Hosts", "Hoss"};
  static const char stream[] = "GET / HTTP/1.1\r\nCookie: a\r\nHosts: b\r\n"
                               "Hoss: b\r\nHost: c\r\n\r\n";
  const upshake_config config = {protocols, 3, .lean = 1, .wanted = similar,
                                 .wanted_len = 2};
  upshake hs;
  size_t used;
  (void)state;
  upshake_init(&hs, &config, memory, CAP, NULL);
  assert_int_equal(feed(&hs, stream, sizeof stream - 1, &used), UPSHAKE_PLAIN);
  assert_slice(upshake_get_request(&hs).authority, "c");
  assert_int_equal(upshake_get_result(&hs).dropped, 11);
}

/* A judge keeps no lines: there is nothing to leave out. */
static void a_judge_drops_nothing(void **state) {
  upshake_judge judge;
  (void)state;
  begin_judge(&judge, &lean, NULL, text("GET"), text("/"), 11);
  upshake_judge_field(&judge, text("Cookie"), text("a"));
  upshake_judge_field(&judge, text("Host"), text("a"));
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_PLAIN);
  assert_int_equal(upshake_get_result(&judge.hs).dropped, 0);
}

/* Offsets have 32 bits, and the largest number is not used as an offset.  To
 * feed as many bytes takes seconds, so the number of those that were left out
 * is set. */
static void of_a_larger_total_2_32_less_2_bytes_are_read(void **state) {
  static const uint32_t totals[] = {UINT32_MAX - 1, UINT32_MAX};
  static const char begun[] = "GET / HTTP/1.1\r\nCookie: a";
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(totals); i++) {
    upshake_config config = lean;
    upshake hs;
    size_t used;
    config.limits.total = totals[i];
    hs = begin(&config, begun, UPSHAKE_READ);
    hs.end = UINT32_MAX - 1 - 3 - hs.held;
    assert_int_equal(feed(&hs, "bcdef", 5, &used), UPSHAKE_SEND);
    assert_int_equal(used, 3);
    assert_int_equal(upshake_get_result(&hs).error, UPSHAKE_ERR_HEAD_LONG);
    assert_int_equal(upshake_get_result(&hs).offset, UINT32_MAX - 1);
    assert_int_equal(upshake_get_result(&hs).consumed, UINT32_MAX - 1);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cookies_of_20_kib_pass_through_512_octets),
      cmocka_unit_test(every_memory_has_one_outcome),
      cmocka_unit_test(every_total_has_one_outcome),
      cmocka_unit_test(without_memory_nothing_is_kept),
      cmocka_unit_test(the_largest_total_is_no_small_one),
      cmocka_unit_test(a_list_of_names_is_there_or_empty),
      cmocka_unit_test(an_empty_name_is_nobodys),
      cmocka_unit_test(every_octet_is_checked_as_it_passes),
      cmocka_unit_test(the_rest_is_there_when_the_application_is_asked),
      cmocka_unit_test(a_kept_connection_goes_on),
      cmocka_unit_test(goes_on_in_the_middle_of_the_next_line),
      cmocka_unit_test(the_host_may_move_and_refuse_at_any_octet),
      cmocka_unit_test(a_choice_survives_what_was_left_out),
      cmocka_unit_test(a_name_that_is_similar_is_another_field),
      cmocka_unit_test(a_judge_drops_nothing),
      cmocka_unit_test(of_a_larger_total_2_32_less_2_bytes_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
