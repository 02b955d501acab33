/* SPDX-License-Identifier: MIT
 *
 * The content of a reply that the application sends, and what becomes of the
 * connection behind it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_handshake.h"
#include "switches.h"

static const upshake_extra chunks = {.content = UPSHAKE_CONTENT_CHUNKED};
static const upshake_extra five = {.content = UPSHAKE_CONTENT_LENGTH,
                                   .body_len = 5};

/* A plain request that was answered, and the reply was taken. */
static upshake answered(const char *request, const upshake_extra *extra) {
  upshake hs = begin(&accepting, request, UPSHAKE_PLAIN);
  assert_int_equal(upshake_answer(&hs, 200), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, extra), 200);
  return hs;
}

static void assert_sends(upshake *hs, uint64_t len, const char *expected) {
  char frame[UPSHAKE_FRAME_CAP];
  size_t frame_len = 99;
  assert_int_equal(upshake_send_content(hs, len, frame, &frame_len),
                   UPSHAKE_OK);
  assert_slice(part_of(frame, frame_len), expected);
}

static void assert_sends_not(upshake *hs, uint64_t len, upshake_error error) {
  char frame[UPSHAKE_FRAME_CAP];
  size_t frame_len = 99;
  assert_unchanged(*hs, upshake_send_content(hs, len, frame, &frame_len),
                   error);
  assert_int_equal(frame_len, 0);
}

static void chunks_are_framed(void **state) {
  upshake hs = answered(CHECK_PLAIN, &chunks);
  (void)state;
  assert_unchanged(hs, upshake_reset(&hs), UPSHAKE_ERR_STATE);
  assert_sends(&hs, 26, "1a\r\n");
  assert_sends(&hs, 1, "\r\n1\r\n");
  assert_unchanged(hs, upshake_reset(&hs), UPSHAKE_ERR_STATE);
  assert_sends(&hs, 0, "\r\n0\r\n\r\n");
  assert_sends_not(&hs, 1, UPSHAKE_ERR_CONTENT);
  assert_sends(&hs, 0, "");
  assert_int_equal(upshake_get_result(&hs).keep, 1);
  assert_int_equal(begin_next(&hs), UPSHAKE_READ);
  hs = answered(CHECK_PLAIN, &chunks);
  assert_sends(&hs, 0, "0\r\n\r\n");
  assert_sends(&hs, 0, "");
}

static void content_is_as_long_as_announced(void **state) {
  upshake hs = answered(CHECK_PLAIN, &five);
  (void)state;
  assert_sends_not(&hs, 6, UPSHAKE_ERR_CONTENT);
  assert_sends_not(&hs, 0, UPSHAKE_ERR_CONTENT);
  assert_sends(&hs, 3, "");
  assert_sends_not(&hs, 3, UPSHAKE_ERR_CONTENT);
  assert_unchanged(hs, upshake_reset(&hs), UPSHAKE_ERR_STATE);
  assert_sends(&hs, 2, "");
  assert_sends(&hs, 0, "");
  assert_sends_not(&hs, 1, UPSHAKE_ERR_CONTENT);
  assert_int_equal(begin_next(&hs), UPSHAKE_READ);
}

/* No length stands for a length that is not known. */
static void the_largest_length_is_counted_as_well(void **state) {
  static const upshake_extra largest = {.content = UPSHAKE_CONTENT_LENGTH,
                                        .body_len = UINT64_MAX};
  upshake hs = answered(CHECK_PLAIN, &largest);
  (void)state;
  assert_sends(&hs, UINT64_MAX - 1, "");
  assert_sends_not(&hs, 2, UPSHAKE_ERR_CONTENT);
  assert_sends_not(&hs, 0, UPSHAKE_ERR_CONTENT);
  assert_unchanged(hs, upshake_reset(&hs), UPSHAKE_ERR_STATE);
  assert_sends(&hs, 1, "");
  assert_int_equal(begin_next(&hs), UPSHAKE_READ);
}

static void a_client_of_http_1_0_gets_no_chunks(void **state) {
  upshake hs = answered("GET / HTTP/1.0\r\n" CHECK_HOST "\r\n", &chunks);
  (void)state;
  assert_sends(&hs, 26, "");
  assert_sends(&hs, 1, "");
  assert_sends(&hs, 0, "");
  assert_int_equal(upshake_get_result(&hs).keep, 0);
  assert_unchanged(hs, upshake_reset(&hs), UPSHAKE_ERR_STATE);
}

static void nothing_is_sent_where_nothing_is_announced(void **state) {
  static const upshake_extra in_memory = {.body = {"hello", 5}};
  static const upshake_extra none = {.content = UPSHAKE_CONTENT_LENGTH};
  upshake hs = answered("HEAD / HTTP/1.1\r\n" CHECK_HOST "\r\n", &five);
  const upshake_extra *const extras[] = {&in_memory, &none};
  (void)state;
  assert_sends(&hs, 0, "");
  assert_sends_not(&hs, 5, UPSHAKE_ERR_CONTENT);
  hs = answered("HEAD / HTTP/1.1\r\n" CHECK_HOST "\r\n", &chunks);
  assert_sends(&hs, 0, "");
  for (size_t i = 0; i < CHECK_LEN(extras); i++) {
    hs = answered(CHECK_PLAIN, extras[i]);
    assert_sends(&hs, 0, "");
    assert_sends_not(&hs, 1, UPSHAKE_ERR_CONTENT);
    assert_int_equal(begin_next(&hs), UPSHAKE_READ);
  }
  hs = begin(&accepting, CHECK_PLAIN, UPSHAKE_PLAIN);
  assert_int_equal(upshake_answer(&hs, 304), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, &five), 304);
  assert_sends_not(&hs, 5, UPSHAKE_ERR_CONTENT);
}

/* The reply comes first, and all of it. */
static void nothing_is_sent_before_the_whole_reply(void **state) {
  upshake hs = begin(&accepting, CHECK_PLAIN, UPSHAKE_PLAIN);
  upshake_cursor cursor = {0};
  char out[16];
  size_t len = 1;
  (void)state;
  assert_sends_not(&hs, 5, UPSHAKE_ERR_STATE);
  assert_int_equal(upshake_answer(&hs, 200), UPSHAKE_OK);
  assert_sends_not(&hs, 5, UPSHAKE_ERR_STATE);
  while (len > 0) {
    upshake before = hs;
    assert_int_equal(
        upshake_reply_part(&hs, &five, &cursor, out, sizeof out, &len),
        UPSHAKE_OK);
    if (len == sizeof out) {
      assert_sends_not(&hs, 5, UPSHAKE_ERR_STATE);
      assert_unchanged(hs, upshake_reset(&hs), UPSHAKE_ERR_STATE);
    }
    if (len == 0)
      assert_memory_equal(&before, &hs, sizeof hs);
  }
  assert_sends(&hs, 5, "");
  assert_int_equal(begin_next(&hs), UPSHAKE_READ);
}

/* In HTTP/2 and 3 frames carry the content. */
static void a_stream_has_no_chunks(void **state) {
  static const upshake_field fields[] = {
      {{UPSHAKE_TEXT(":method")}, {UPSHAKE_TEXT("GET")}},
      {{UPSHAKE_TEXT(":scheme")}, {UPSHAKE_TEXT("https")}},
      {{UPSHAKE_TEXT(":path")}, {UPSHAKE_TEXT("/")}},
      {{UPSHAKE_TEXT(":authority")}, {UPSHAKE_TEXT("a")}}};
  const upshake_found found = {
      .version = 20, .fields = upshake_array(fields, CHECK_LEN(fields))};
  upshake_cursor cursor = {0};
  upshake_judge judge;
  upshake_line line;
  (void)state;
  assert_int_equal(upshake_judge_begin_stream(&judge, &accepting, NULL, &found),
                   UPSHAKE_OK);
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_PLAIN);
  assert_unchanged(judge.hs, upshake_read_body(&judge.hs), UPSHAKE_ERR_STATE);
  assert_int_equal(upshake_answer(&judge.hs, 200), UPSHAKE_OK);
  assert_int_equal(upshake_reply_line(&judge.hs, &chunks, &cursor, &line), 1);
  assert_slice(line.field.value, "200");
  assert_int_equal(upshake_reply_line(&judge.hs, &chunks, &cursor, &line), 0);
  assert_sends(&judge.hs, 26, "");
  assert_sends(&judge.hs, 0, "");
}

static void says_what_content_a_reply_cannot_have(void **state) {
  static const upshake_field type[] = {
      {{UPSHAKE_TEXT("Content-Type")}, {UPSHAKE_TEXT("text/plain")}}};
  static const upshake_field long_type[] = {
      {{UPSHAKE_TEXT("Content-Type")},
       {UPSHAKE_TEXT("application/octet-stream")}}};
  static const struct {
    int status;
    upshake_extra extra;
    upshake_error error;
  } rows[] = {
      {200, {.content = 3}, UPSHAKE_ERR_EXTRA_BODY},
      {200, {.body_len = 1}, UPSHAKE_ERR_EXTRA_BODY},
      {200, {.content = 2, .body_len = 1}, UPSHAKE_ERR_EXTRA_BODY},
      {200, {.content = 2, .body = {"a", 1}}, UPSHAKE_ERR_EXTRA_BODY},
      {204, {.content = 1}, UPSHAKE_ERR_EXTRA_BODY},
      {204, {.content = 2}, UPSHAKE_ERR_EXTRA_BODY},
      {205, {.content = 1}, UPSHAKE_ERR_EXTRA_BODY},
      {304, {.body = {"a", 1}}, UPSHAKE_ERR_EXTRA_BODY},
      {304, {.content = 1, .body_len = 5}, UPSHAKE_OK},
      {206, {.fields = type, .fields_len = 1}, UPSHAKE_ERR_NEEDS_RANGE},
      {206, {.fields = long_type, .fields_len = 1}, UPSHAKE_ERR_NEEDS_RANGE},
      {206, {.body = {"a", 1}}, UPSHAKE_ERR_NEEDS_RANGE},
  };
  char out[CAP];
  size_t len;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    const upshake_response response = {.status = rows[i].status};
    upshake_response to_connect = response;
    upshake hs = begin(&accepting, CHECK_PLAIN, UPSHAKE_PLAIN);
    assert_int_equal(upshake_answer(&hs, rows[i].status), UPSHAKE_OK);
    assert_int_equal(upshake_reply_with(&hs, &rows[i].extra, out, CAP, &len),
                     rows[i].error);
    assert_int_equal(upshake_write(&response, &rows[i].extra, out, CAP, &len),
                     rows[i].error);
    to_connect.to_connect = 1;
    assert_int_equal(upshake_write(&to_connect, NULL, out, CAP, &len),
                     rows[i].status < 300 ? UPSHAKE_ERR_ANSWER : UPSHAKE_OK);
  }
}

static void a_206_has_its_range_in_one_place(void **state) {
  static const struct {
    const char *type, *range;
    upshake_error error;
  } rows[] = {
      {"text/plain", "bytes 0-0/1", UPSHAKE_OK},
      {"a/b", NULL, UPSHAKE_ERR_NEEDS_RANGE},
      {"multipart/byteranges; boundary=x", NULL, UPSHAKE_OK},
      {"MultiPart/ByteRanges ; a=b;BOUNDARY=\"x y\"", NULL, UPSHAKE_OK},
      {"multipart/byteranges; boundary=x", "bytes 0-0/1",
       UPSHAKE_ERR_NEEDS_RANGE},
      {"multipart/mixed; boundary=x", NULL, UPSHAKE_ERR_NEEDS_RANGE},
      {"multipart/byteranges2; boundary=x", NULL, UPSHAKE_ERR_NEEDS_RANGE},
      {"multipart/", NULL, UPSHAKE_ERR_NEEDS_RANGE},
      {"multipart/byteranges", NULL, UPSHAKE_ERR_NEEDS_RANGE},
      {"multipart/byteranges; boundary", NULL, UPSHAKE_ERR_NEEDS_RANGE},
      {"multipart/byteranges; a=b; =x", NULL, UPSHAKE_ERR_NEEDS_RANGE},
  };
  const upshake_response response = {.status = 206};
  char out[CAP];
  size_t len;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    const upshake_field fields[] = {
        {{UPSHAKE_TEXT("Content-Type")}, upshake_text(rows[i].type)},
        {{UPSHAKE_TEXT("Content-Range")}, upshake_text(rows[i].range)}};
    const upshake_extra extra = {.fields = fields,
                                 .fields_len = rows[i].range ? 2 : 1};
    assert_int_equal(upshake_write(&response, &extra, out, CAP, &len),
                     rows[i].error);
  }
}

/* nginx sends a 405 without Allow. */
static void an_answer_of_another_server_may_lack_what_it_needs(void **state) {
  static const int statuses[] = {206, 401, 405, 407};
  const upshake_extra own = {.keep = UPSHAKE_KEEP_CLOSE};
  const upshake_extra relayed = {.relayed = 1};
  char out[CAP];
  size_t len;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(statuses); i++) {
    const upshake_response response = {.status = statuses[i]};
    upshake hs = begin(&accepting, CHECK_PLAIN, UPSHAKE_PLAIN);
    assert_int_equal(upshake_answer(&hs, statuses[i]), UPSHAKE_OK);
    assert_int_not_equal(upshake_reply_with(&hs, &own, out, CAP, &len),
                         UPSHAKE_OK);
    assert_int_equal(upshake_reply_with(&hs, &relayed, out, CAP, &len),
                     UPSHAKE_OK);
    assert_int_not_equal(upshake_write(&response, &own, out, CAP, &len),
                         UPSHAKE_OK);
    assert_int_equal(upshake_write(&response, &relayed, out, CAP, &len),
                     UPSHAKE_OK);
  }
}

/* ---- Keep ---------------------------------------------------------------- */

static void only_a_whole_reply_is_kept(void **state) {
  static const struct {
    const char *request;
    uint8_t keep, has_extra;
    int keeps;
  } rows[] = {
      {CHECK_PLAIN, UPSHAKE_KEEP_DEFAULT, 1, 1},
      {CHECK_PLAIN, UPSHAKE_KEEP_DEFAULT, 0, 0},
      {CHECK_PLAIN, UPSHAKE_KEEP_OPEN, 1, 1},
      {CHECK_PLAIN, UPSHAKE_KEEP_CLOSE, 1, 0},
      {"GET / HTTP/1.0\r\n" CHECK_HOST "\r\n", UPSHAKE_KEEP_DEFAULT, 1, 0},
      {"GET / HTTP/1.1\r\n" CHECK_HOST "Upgrade: x\r\n\r\n",
       UPSHAKE_KEEP_DEFAULT, 1, 0},
      {"GET / HTTP/1.1\r\n" CHECK_HOST "Upgrade: x\r\n\r\n", UPSHAKE_KEEP_OPEN,
       1, 1},
      {"GET / HTTP/1.1\r\n" CHECK_HOST "Connection: close\r\n\r\n",
       UPSHAKE_KEEP_DEFAULT, 1, 0},
      {"POST / HTTP/1.1\r\n" CHECK_HOST "Transfer-Encoding: chunked\r\n\r\n",
       UPSHAKE_KEEP_DEFAULT, 1, 0},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_extra extra = {.keep = rows[i].keep};
    upshake hs = begin(&accepting, rows[i].request, UPSHAKE_PLAIN);
    assert_int_equal(upshake_answer(&hs, 404), UPSHAKE_OK);
    assert_int_equal(upshake_get_result(&hs).keep, 0);
    assert_int_equal(reply_status(&hs, rows[i].has_extra ? &extra : NULL), 404);
    assert_int_equal(upshake_get_result(&hs).keep, rows[i].keeps);
    if (rows[i].keeps)
      assert_int_equal(begin_next(&hs), UPSHAKE_READ);
    else
      assert_unchanged(hs, upshake_reset(&hs), UPSHAKE_ERR_STATE);
  }
}

/* ---- The body of the request --------------------------------------------- */

#define UPLOAD "POST / HTTP/1.1\r\n" CHECK_HOST "Content-Length: 5\r\n\r\n"

static void a_body_is_read_once_and_at_plain(void **state) {
  upshake hs = begin(&accepting, UPLOAD, UPSHAKE_PLAIN);
  size_t used;
  (void)state;
#ifdef UPSHAKE_NO_BODIES
  assert_unchanged(hs, upshake_read_body(&hs), UPSHAKE_ERR_STATE);
  (void)used;
#else
  assert_int_equal(upshake_read_body(&hs), UPSHAKE_OK);
  assert_int_equal(upshake_get_result(&hs).next, UPSHAKE_READ);
  assert_null(upshake_get_result(&hs).protocol);
  assert_unchanged(hs, upshake_read_body(&hs), UPSHAKE_ERR_STATE);
  assert_unchanged(hs, upshake_reset(&hs), UPSHAKE_ERR_STATE);
  assert_unchanged(hs, upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_ERR_STATE);
  assert_int_equal(feed(&hs, "hello", 5, &used), UPSHAKE_BODY);
  assert_int_equal(feed(&hs, NULL, 0, &used), UPSHAKE_PLAIN);
  assert_unchanged(hs, upshake_read_body(&hs), UPSHAKE_ERR_ANSWER);
  assert_unchanged(hs, upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_ERR_STATE);
  assert_int_equal(upshake_answer(&hs, 200), UPSHAKE_OK);
  assert_int_equal(upshake_get_result(&hs).offset, strlen(UPLOAD));
  assert_unchanged(hs, upshake_read_body(&hs), UPSHAKE_ERR_STATE);
  hs = begin(&accepting, CHECK_REQUEST, UPSHAKE_SEND);
  assert_unchanged(hs, upshake_read_body(&hs), UPSHAKE_ERR_STATE);
#endif
}

/* Chunks are over as well: their length is not 0 then. */
static void chunks_are_read_once(void **state) {
  NEEDS(BODIES);
  upshake hs = begin(&accepting,
                     "POST / HTTP/1.1\r\n" CHECK_HOST
                     "Transfer-Encoding: chunked\r\n\r\n",
                     UPSHAKE_PLAIN);
  size_t used;
  (void)state;
  assert_int_equal(upshake_read_body(&hs), UPSHAKE_OK);
  assert_int_equal(feed(&hs, "1\r\na\r\n0\r\n\r\n", 11, &used), UPSHAKE_BODY);
  assert_int_equal(feed(&hs, "\r\n0\r\n\r\n", 7, &used), UPSHAKE_PLAIN);
  assert_unchanged(hs, upshake_read_body(&hs), UPSHAKE_ERR_ANSWER);
}

/* With lean the line may be gone, so the offset is the end of the head. */
static void an_expectation_that_was_left_out_has_no_place(void **state) {
  NEEDS(BODIES);
  static const char head[] = "POST / HTTP/1.1\r\n" CHECK_HOST "A: b\r\n"
                             "Expect: x\r\nContent-Length: 5\r\n\r\n";
  upshake_config lean = accepting;
  (void)state;
#ifndef UPSHAKE_NO_LEAN
  lean.lean = 1;
#endif
  for (int is_lean = 0; is_lean <= 1; is_lean++) {
    upshake hs = begin(is_lean ? &lean : &accepting, head, UPSHAKE_PLAIN);
    size_t end = lean.lean && is_lean ? sizeof head - 1
                                      : (size_t)(strstr(head, "x\r") - head);
    assert_int_equal(upshake_read_body(&hs), UPSHAKE_OK);
    assert_int_equal(upshake_get_result(&hs).status, 417);
    assert_int_equal(upshake_get_result(&hs).offset, end);
  }
}

/* While a 100 is due, and after a refusal, there is no 2xx. */
static void a_refusal_stays_a_refusal(void **state) {
  static const char waits[] =
      "POST / HTTP/1.1\r\n" CHECK_HOST "Content-Length: 5\r\n"
      "Expect: 100-continue\r\n\r\n";
  upshake hs = begin(&accepting, waits, UPSHAKE_PLAIN);
  NEEDS(BODIES);
  (void)state;
  assert_int_equal(upshake_read_body(&hs), UPSHAKE_OK);
  assert_unchanged(hs, upshake_answer(&hs, 200), UPSHAKE_ERR_ANSWER);
  assert_int_equal(upshake_answer(&hs, 413), UPSHAKE_OK);
  assert_unchanged(hs, upshake_answer(&hs, 200), UPSHAKE_ERR_ANSWER);
}

/* Nobody reads the rest, so the connection closes. */
static void a_body_can_be_answered_in_its_middle(void **state) {
  NEEDS(BODIES);
  (void)state;
  for (size_t len = 0; len < 10; len++) {
    int status = len < 5 ? 200 : 413;
    upshake hs = begin(&accepting, UPLOAD, UPSHAKE_PLAIN);
    upshake_extra extra = {.keep = UPSHAKE_KEEP_DEFAULT};
    size_t used;
    assert_int_equal(upshake_read_body(&hs), UPSHAKE_OK);
    feed(&hs, "hello", len % 5, &used);
    assert_int_equal(upshake_answer(&hs, status), UPSHAKE_OK);
    assert_int_equal(upshake_get_result(&hs).may_keep, 0);
    assert_int_equal(reply_status(&hs, &extra), status);
    assert_int_equal(upshake_get_result(&hs).keep, 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(chunks_are_framed),
      cmocka_unit_test(content_is_as_long_as_announced),
      cmocka_unit_test(the_largest_length_is_counted_as_well),
      cmocka_unit_test(a_client_of_http_1_0_gets_no_chunks),
      cmocka_unit_test(nothing_is_sent_where_nothing_is_announced),
      cmocka_unit_test(nothing_is_sent_before_the_whole_reply),
      cmocka_unit_test(a_stream_has_no_chunks),
      cmocka_unit_test(says_what_content_a_reply_cannot_have),
      cmocka_unit_test(a_206_has_its_range_in_one_place),
      cmocka_unit_test(an_answer_of_another_server_may_lack_what_it_needs),
      cmocka_unit_test(only_a_whole_reply_is_kept),
      cmocka_unit_test(a_body_is_read_once_and_at_plain),
      cmocka_unit_test(chunks_are_read_once),
      cmocka_unit_test(an_expectation_that_was_left_out_has_no_place),
      cmocka_unit_test(a_refusal_stays_a_refusal),
      cmocka_unit_test(a_body_can_be_answered_in_its_middle),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
