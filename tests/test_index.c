/* SPDX-License-Identifier: MIT
 *
 * The index: whoever fills it, it holds the fields that a walk over the head
 * finds, however the bytes are cut, and changes nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_handshake.h"

#define PLACES 8
#define LINE "GET /x?y HTTP/1.1\r\n"
#define LONG_NAME "A-name-of-more-than-32-bytes-in-all-of-it"
#define LONG_VALUE                                                             \
  "a value of more than 64 bytes, so that it fills a whole block of the scan " \
  "and a part of the next one"

/* Heads of up to PLACES lines, and others. */
static const char *const heads[] = {
    LINE "\r\n",
    CHECK_PLAIN,
    CHECK_REQUEST,
    TWO_OFFERS,
    LINE "Host: a\r\nA:\r\nB: \r\nC:  \t \r\nD:d\r\nE: \te e\t \r\n\r\n",
    LINE "Host: a\r\n" LONG_NAME ": " LONG_VALUE "\r\nX: " LONG_VALUE
         "\r\n\r\n",
    LINE LONG_NAME LONG_NAME ": a\r\nHost: a\r\nlast_one: \xff\r\n\r\n",
    "\r\nHEAD http://a/ HTTP/1.0\r\nHost: a\r\nCookie: a\tb\r\n\r\n",
    LINE "A: 1\r\nB: 2\r\nHost: h\r\nC: 3\r\nD: 4\r\nE: 5\r\nF: 6\r\nG: 7\r\n"
         "H: 8\r\nI: 9\r\n\r\n", /* more than PLACES */
    LINE "A: 1\r\nHost: a\r\nHost: a\r\nB: 2\r\n\r\n",
    LINE "A: " LONG_VALUE "\r\nB: 2\r\nno colon\r\nC: 3\r\n\r\n",
    LINE "A: " LONG_VALUE "\r\nB: 2\r\n: no name\r\n\r\n",
    LINE "A: " LONG_VALUE "\r\nB: 2\r\nC: \x01\r\n\r\n",
    LINE "A: " LONG_VALUE "\rB: 2\r\n\r\n",
    LINE "A: " LONG_VALUE "\nB: 2\r\n\r\n",
    LINE "A: " LONG_VALUE "\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\n",
};

static upshake_place places[PLACES + 1];

/* An index whose last place must stay as it is. */
static upshake_index fresh_index(void) {
  upshake_index index = {places, PLACES, 77, NULL};
  memset(places, 0x5a, sizeof places);
  return index;
}

static void assert_fields(const upshake_index *index, const char *head,
                          upshake_fields walked) {
  upshake_place untouched;
  upshake_field field, indexed;
  uint32_t i = 0;
  memset(&untouched, 0x5a, sizeof untouched);
  for (; upshake_next_field(&walked, &field); i++) {
    if (i >= PLACES)
      continue;
    indexed = upshake_indexed(index, head, i);
    assert_ptr_equal(indexed.name.ptr, field.name.ptr);
    assert_int_equal(indexed.name.len, field.name.len);
    assert_ptr_equal(indexed.value.ptr, field.value.ptr);
    assert_int_equal(indexed.value.len, field.value.len);
  }
  assert_int_equal(index->len, i);
  assert_memory_equal(&places[PLACES], &untouched, sizeof untouched);
}

/* ---- the head parser ---- */

typedef struct parsed {
  upshake_parser parser;
  upshake_error error;
  size_t end;
} parsed;

/* Parses the first `cut` bytes, then pieces of `step`. */
static parsed parse(upshake_index *index, const char *head, size_t cut,
                    size_t step) {
  parsed p = {{0}, UPSHAKE_ERR_INCOMPLETE, 0};
  size_t len = strlen(head), at = cut;
  for (;; at = at + step < len ? at + step : len) {
    char *copy = exact(head, at);
    p.error =
        index ? upshake_parse_fields(&p.parser, NULL, index, copy, at, &p.end)
              : upshake_parse_head(&p.parser, NULL, copy, at, &p.end);
    free(copy);
    if (p.error != UPSHAKE_ERR_INCOMPLETE || at == len)
      return p;
  }
}

static void assert_parsed(const char *head, size_t cut, size_t step) {
  upshake_index index = fresh_index();
  parsed with = parse(&index, head, cut, step);
  parsed without = parse(NULL, head, cut, step);
  upshake_request a, b;
  assert_int_equal(with.error, without.error);
  assert_int_equal(with.end, without.end);
  if (with.error != UPSHAKE_OK)
    return;
  a = upshake_parsed_request(&with.parser, &index, head);
  b = upshake_parsed_request(&without.parser, NULL, head);
  assert_ptr_equal(a.authority.ptr, b.authority.ptr);
  assert_int_equal(a.authority.len, b.authority.len);
  assert_fields(&index, head, a.fields);
}

static void the_head_parser_fills_it_however_the_head_is_cut(void **state) {
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(heads); i++) {
    assert_parsed(heads[i], 0, 1);
    for (size_t cut = 0; cut <= strlen(heads[i]); cut++)
      assert_parsed(heads[i], cut, strlen(heads[i]));
  }
}

static void a_place_for_each_line_before_one_that_is_refused(void **state) {
  static const char head[] = LINE "A: " LONG_VALUE "\r\nB: 2\r\nbad\r\n\r\n";
  (void)state;
  for (size_t cut = 0; cut < sizeof head; cut++) {
    upshake_index index = fresh_index();
    assert_int_equal(parse(&index, head, cut, sizeof head).error,
                     UPSHAKE_ERR_FIELD_NAME);
    assert_int_equal(index.len, 2);
    assert_slice(upshake_indexed(&index, head, 1).value, "2");
  }
}

static void its_size_is_that_of_the_array(void **state) {
  upshake_index index = UPSHAKE_INDEX(places);
  (void)state;
  assert_ptr_equal(index.places, places);
  assert_int_equal(index.cap, PLACES + 1);
  assert_int_equal(index.len, 0);
}

static void no_place_at_all_counts_the_lines(void **state) {
  upshake_index index = {NULL, 0, 0, NULL};
  (void)state;
  assert_int_equal(parse(&index, CHECK_REQUEST, 0, 1).error, UPSHAKE_OK);
  assert_int_equal(index.len, 5);
}

/* ---- the handshake ---- */

static upshake_next feed_all(upshake *hs, const char *stream, size_t cut,
                             size_t step, size_t *taken) {
  size_t len = strlen(stream), used;
  upshake_next next = UPSHAKE_READ;
  *taken = 0;
  for (size_t at = cut; next == UPSHAKE_READ; at += step) {
    if (at > len)
      at = len;
    next = feed(hs, stream + *taken, at - *taken, &used);
    *taken += used;
    if (at == len)
      return next;
  }
  return next;
}

static void assert_handshake(const upshake_config *config, const char *head,
                             size_t cut, size_t step) {
  upshake_index index = fresh_index();
  upshake with, without;
  upshake_result a, b;
  char other[CAP];
  size_t taken, otherwise;
  assert_int_equal(upshake_init(&with, config, memory, CAP, NULL), UPSHAKE_OK);
  assert_int_equal(upshake_init(&without, config, other, CAP, NULL),
                   UPSHAKE_OK);
  assert_int_equal(upshake_set_index(&with, &index), UPSHAKE_OK);
  assert_int_equal(feed_all(&with, head, cut, step, &taken),
                   feed_all(&without, head, cut, step, &otherwise));
  assert_int_equal(taken, otherwise);
  a = upshake_get_result(&with);
  b = upshake_get_result(&without);
  assert_int_equal(a.error, b.error);
  assert_int_equal(a.offset, b.offset);
  assert_int_equal(a.consumed, b.consumed);
  assert_int_equal(a.dropped, b.dropped);
  if (upshake_get_request(&with).path.ptr)
    assert_fields(&index, upshake_head(&with).ptr,
                  upshake_get_request(&with).fields);
}

static void the_handshake_fills_it_however_the_head_is_cut(void **state) {
  static const char *const wanted[] = {"B", "last_one"};
  upshake_config lean = accepting;
  (void)state;
  lean.wanted = wanted;
  lean.wanted_len = CHECK_LEN(wanted);
#ifndef UPSHAKE_NO_LEAN
  lean.lean = 1;
#endif
  for (size_t i = 0; i < CHECK_LEN(heads); i++) {
    assert_handshake(&accepting, heads[i], 0, 1);
    assert_handshake(&lean, heads[i], 0, 1);
    for (size_t cut = 0; cut <= strlen(heads[i]); cut++) {
      assert_handshake(&accepting, heads[i], cut, CAP);
      assert_handshake(&lean, heads[i], cut, CAP);
    }
  }
}

static void a_line_about_host_that_is_refused_has_no_place(void **state) {
  static const char head[] = LINE "A: " LONG_VALUE "\r\nHost: a\r\nHost: b\r\n"
                                  "C: 1\r\n\r\n";
  (void)state;
  for (size_t cut = 0; cut < sizeof head; cut++) {
    upshake_index index = fresh_index();
    upshake hs;
    size_t taken;
    upshake_init(&hs, &accepting, memory, CAP, NULL);
    upshake_set_index(&hs, &index);
    assert_int_equal(feed_all(&hs, head, cut, CAP, &taken), UPSHAKE_SEND);
    assert_int_equal(index.len, 2);
  }
}

static void each_reset_begins_anew_and_keeps_it(void **state) {
  upshake_index index = fresh_index();
  upshake hs;
  size_t cap, len = strlen(CHECK_PLAIN NEXT_REQUEST);
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  assert_int_equal(upshake_set_index(&hs, &index), UPSHAKE_OK);
  assert_int_equal(index.len, 0);
  memcpy(upshake_room(&hs, &cap), CHECK_PLAIN NEXT_REQUEST, len);
  assert_int_equal(upshake_commit(&hs, len), UPSHAKE_PLAIN);
  assert_int_equal(index.len, 1);
  assert_int_equal(begin_next(&hs), UPSHAKE_PLAIN);
  assert_slice(upshake_get_request(&hs).path, "/next");
  assert_int_equal(index.len, 1);
  assert_fields(&index, upshake_head(&hs).ptr, upshake_get_request(&hs).fields);
  assert_int_equal(begin_next(&hs), UPSHAKE_READ);
  assert_int_equal(index.len, 0);
}

static void the_places_stay_right_when_the_head_moves(void **state) {
  upshake_index index = fresh_index();
  char larger[2 * CAP];
  upshake hs, moved;
  size_t taken;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  upshake_set_index(&hs, &index);
  feed_all(&hs, CHECK_REQUEST, 70, 1, &taken);
  memcpy(&moved, &hs, sizeof moved);
  assert_int_equal(upshake_move(&moved, larger, sizeof larger), UPSHAKE_OK);
  memset(memory, 0, sizeof memory);
  assert_fields(&index, larger, upshake_get_request(&moved).fields);
}

static void it_is_given_before_the_first_byte_and_to_no_judge(void **state) {
  upshake_index index = fresh_index();
  upshake hs = begin(&accepting, "G", UPSHAKE_READ);
  upshake_judge judge;
  (void)state;
  assert_unchanged(hs, upshake_set_index(&hs, &index), UPSHAKE_ERR_STATE);
  assert_int_equal(index.len, 77);
  begin_judge(&judge, &accepting, NULL, text("GET"), text("/"), 11);
  assert_int_equal(upshake_set_index(&judge.hs, &index), UPSHAKE_ERR_STATE);
}

static void none_takes_it_away_again(void **state) {
  upshake_index index = fresh_index();
  upshake hs;
  size_t taken;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  upshake_set_index(&hs, &index);
  assert_int_equal(upshake_set_index(&hs, NULL), UPSHAKE_OK);
  assert_int_equal(feed_all(&hs, CHECK_PLAIN, CAP, 1, &taken), UPSHAKE_PLAIN);
  assert_int_equal(index.len, 0);
}

/* ---- the client ---- */

#ifndef UPSHAKE_NO_CLIENT
#define STATUS "HTTP/1.1 200 OK\r\n"
static const char *const responses[] = {
    STATUS "\r\n",
    STATUS "Date: now\r\nServer: " LONG_VALUE "\r\nContent-Length: 0\r\n\r\n",
    STATUS "A: 1\r\n 2\r\n\t3 \r\nB: " LONG_VALUE
           "\r\n 4\r\n  \r\nC: 5\r\n\r\n",
    "HTTP/1.1 100 Continue\r\nA: 1\r\n\r\n" STATUS "B: 2\r\n\r\n",
    STATUS "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\nF: 1\r\nG: 1\r\nH: 1\r\n"
           "I: 1\r\nJ: 1\r\n 2\r\n\r\n", /* more than PLACES */
};

static void assert_response(const char *response, size_t cut, size_t step) {
  upshake_index index = fresh_index();
  upshake_client client;
  size_t len = strlen(response), at = 0, used;
  assert_int_equal(
      upshake_client_init(&client, NULL, text(CHECK_REQUEST), memory, CAP),
      UPSHAKE_OK);
  assert_int_equal(upshake_client_set_index(&client, &index), UPSHAKE_OK);
  for (size_t end = cut; at < len; end += step) {
    char *copy = exact(response + at, (end < len ? end : len) - at);
    upshake_client_feed(&client, copy, (end < len ? end : len) - at, &used);
    free(copy);
    at += used;
  }
  assert_int_equal(upshake_client_get_result(&client).next,
                   UPSHAKE_CLIENT_OTHER);
  assert_fields(&index, upshake_client_head(&client).ptr,
                upshake_client_get_result(&client).fields);
}

static void the_client_fills_it_with_folded_lines_too(void **state) {
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(responses); i++) {
    assert_response(responses[i], 0, 1);
    for (size_t cut = 0; cut <= strlen(responses[i]); cut++)
      assert_response(responses[i], cut, CAP);
  }
}

static void
a_client_with_too_few_places_knows_the_body_all_the_same(void **state) {
  static const char response[] =
      STATUS "A: 1\r\nB: 2\r\nC: 3\r\nContent-Length: 5\r\n\r\n";
  (void)state;
  for (uint32_t cap = 0; cap <= 5; cap++) {
    upshake_place *exactly = calloc(cap ? cap : 1, sizeof *exactly);
    upshake_index index = {exactly, cap, 0, NULL};
    upshake_client client;
    size_t used;
    assert_non_null(exactly);
    upshake_client_init(&client, NULL, text(CHECK_REQUEST), memory, CAP);
    assert_int_equal(upshake_client_set_index(&client, &index), UPSHAKE_OK);
    upshake_client_feed(&client, response, sizeof response - 1, &used);
    assert_int_equal(index.len, 4);
    assert_int_equal(upshake_client_get_result(&client).body_len, 5);
    free(exactly);
  }
}

static void the_client_too_is_given_it_before_the_first_byte(void **state) {
  upshake_index index = fresh_index();
  upshake_client client;
  size_t used;
  (void)state;
  upshake_client_init(&client, NULL, text(CHECK_REQUEST), memory, CAP);
  assert_int_equal(upshake_client_set_index(&client, NULL), UPSHAKE_OK);
  upshake_client_feed(&client, "H", 1, &used);
  assert_int_equal(upshake_client_set_index(&client, &index),
                   UPSHAKE_ERR_STATE);
  assert_int_equal(index.len, 77);
}
#endif

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_head_parser_fills_it_however_the_head_is_cut),
      cmocka_unit_test(a_place_for_each_line_before_one_that_is_refused),
      cmocka_unit_test(its_size_is_that_of_the_array),
      cmocka_unit_test(no_place_at_all_counts_the_lines),
      cmocka_unit_test(the_handshake_fills_it_however_the_head_is_cut),
      cmocka_unit_test(a_line_about_host_that_is_refused_has_no_place),
      cmocka_unit_test(each_reset_begins_anew_and_keeps_it),
      cmocka_unit_test(the_places_stay_right_when_the_head_moves),
      cmocka_unit_test(it_is_given_before_the_first_byte_and_to_no_judge),
      cmocka_unit_test(none_takes_it_away_again),
#ifndef UPSHAKE_NO_CLIENT
      cmocka_unit_test(the_client_fills_it_with_folded_lines_too),
      cmocka_unit_test(
          a_client_with_too_few_places_knows_the_body_all_the_same),
      cmocka_unit_test(the_client_too_is_given_it_before_the_first_byte),
#endif
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
