/* SPDX-License-Identifier: MIT
 *
 * What comes late: a refusal after a 100 or in the middle of a body, and what
 * a reset then makes of the bytes that are still there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_handshake.h"
#include "switches.h"

/* ---- After a 100 (Continue) ---------------------------------------------- */

#define BEFORE_BODY                                                            \
  "POST / HTTP/1.1\r\n" CHECK_HOST                                             \
  "Upgrade: echo\r\nConnection: Upgrade\r\nContent-Length: 5\r\n"
#define UNEXPECTED BEFORE_BODY "\r\n"
#define UPLOAD BEFORE_BODY "Expect: 100-continue\r\n\r\n"
#define CONTINUE "HTTP/1.1 100 Continue\r\n\r\n"

static const upshake_protocol echo[] = {
    {.name = "echo", .methods = "POST", .body = UPSHAKE_BODY_READ}};
static const upshake_config reading = {echo, 1, .decide = NULL};

static void take_100(upshake *hs, size_t from, size_t cap) {
  upshake_cursor cursor = {0};
  char out[64];
  size_t len;
  if (from > 0) {
    assert_int_equal(upshake_reply_part(hs, NULL, &cursor, out, from, &len),
                     UPSHAKE_OK);
    assert_int_equal(len, from);
  }
  assert_int_equal(upshake_reply_part(hs, NULL, &cursor, out, cap, &len),
                   UPSHAKE_OK);
  assert_memory_equal(out, &CONTINUE[from], len);
  assert_int_equal(
      len, cap < strlen(CONTINUE) - from ? cap : strlen(CONTINUE) - from);
}

/* The host refuses, and nothing of the body is read any more. */
static void assert_refused(upshake *hs, int status) {
  const upshake_extra keep = {.keep = UPSHAKE_KEEP_OPEN};
  upshake_result result;
  char out[CAP];
  size_t used = 9, len;
  assert_int_equal(upshake_answer(hs, status), UPSHAKE_OK);
  result = upshake_get_result(hs);
  assert_int_equal(result.next, UPSHAKE_SEND);
  assert_int_equal(result.status, status);
  assert_int_equal(result.error, UPSHAKE_ERR_REFUSED);
  assert_int_equal(result.may_keep, 0); /* the body may be on its way */
  assert_null(result.protocol);
  assert_int_equal(feed(hs, "hello", 5, &used), UPSHAKE_SEND);
  assert_int_equal(used, 0);
  assert_unchanged(*hs, upshake_reply_with(hs, &keep, out, CAP, &len),
                   UPSHAKE_ERR_MUST_CLOSE);
  assert_unchanged(*hs, upshake_answer(hs, UPSHAKE_ACCEPT), UPSHAKE_ERR_STATE);
  assert_int_equal(upshake_reply(hs, out, CAP, &len), UPSHAKE_OK);
  assert_int_equal(view_reply(out, len).status, status);
  assert_int_equal(view_reply(out, len).continues, 0);
  assert_int_equal(count_field(view_reply(out, len), "Connection", NULL), 1);
  assert_unchanged(*hs, upshake_answer(hs, 503), UPSHAKE_ERR_STATE);
}

static void refuses_instead_of_a_100(void **state) {
  NEEDS(BODIES);
  upshake hs = begin(&reading, UPLOAD, UPSHAKE_SEND);
  (void)state;
  assert_int_equal(upshake_get_result(&hs).status, 100);
  assert_refused(&hs, 413);
}

/* Half of a 100 is no answer; the rest of it must be sent first. */
static void refuses_after_a_100_and_not_within(void **state) {
  NEEDS(BODIES);
  upshake hs = begin(&reading, UPLOAD, UPSHAKE_SEND);
  (void)state;
  for (size_t at = 0; at + 1 < strlen(CONTINUE); at++) {
    take_100(&hs, at, 1);
    assert_unchanged(hs, upshake_answer(&hs, 413), UPSHAKE_ERR_STATE);
  }
  take_100(&hs, strlen(CONTINUE) - 1, 1);
  assert_unchanged(hs, upshake_answer(&hs, UPSHAKE_DECLINE), UPSHAKE_ERR_STATE);
  assert_refused(&hs, 413);
}

static void refuses_after_a_100_that_was_taken_whole(void **state) {
  NEEDS(BODIES);
  upshake hs = begin(&reading, UPLOAD, UPSHAKE_SEND);
  size_t used;
  (void)state;
  take_100(&hs, 0, 64);
  assert_refused(&hs, 413);
  hs = begin(&reading, UPLOAD, UPSHAKE_SEND);
  take_100(&hs, 0, 64);
  assert_int_equal(feed(&hs, NULL, 0, &used), UPSHAKE_READ);
  assert_refused(&hs, 408);
}

/* Without Expect too: the rest of the body may be on its way. */
static void refuses_in_the_middle_of_a_body(void **state) {
  NEEDS(BODIES);
  (void)state;
  for (size_t fed = 0; fed < 5; fed++) {
    upshake hs = begin(&reading, UPLOAD, UPSHAKE_SEND);
    upshake other = begin(&reading, UNEXPECTED, UPSHAKE_READ);
    size_t used;
    take_100(&hs, 0, 64);
    feed(&hs, "hello", fed, &used);
    assert_int_equal(used, fed);
    assert_refused(&hs, 413);
    feed(&other, "hello", fed, &used);
    assert_int_equal(used, fed);
    assert_refused(&other, 413);
  }
}

/* Its bytes are gone: nobody else could serve it. */
static void what_was_read_is_not_declined(void **state) {
  NEEDS(BODIES);
  static const upshake_protocol asking[] = {
      {.name = "echo", .methods = "POST", .body = UPSHAKE_BODY_ASK}};
  const upshake_config config = {asking, 1, .decide = later};
  upshake hs = begin(&config, UNEXPECTED, UPSHAKE_DECIDE);
  size_t used;
  (void)state;
  assert_int_equal(upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_int_equal(feed(&hs, "hello", 5, &used), UPSHAKE_BODY);
  assert_int_equal(feed(&hs, NULL, 0, &used), UPSHAKE_DECIDE);
  assert_unchanged(hs, upshake_answer(&hs, UPSHAKE_DECLINE), UPSHAKE_ERR_STATE);
  assert_int_equal(upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, NULL), 101);
}

/* ---- What is behind a reply ---------------------------------------------- */

/* A reset, and whether it goes on with the next request. */
static void assert_reset(upshake *hs, int goes_on) {
  if (!goes_on) {
    assert_unchanged(*hs, upshake_reset(hs), UPSHAKE_ERR_STATE);
    return;
  }
  assert_int_equal(begin_next(hs), UPSHAKE_PLAIN);
  assert_int_equal(upshake_head(hs).len, strlen(NEXT_REQUEST));
}

static upshake receive(const upshake_config *config, const char *stream,
                       upshake_next expected) {
  size_t cap, len = strlen(stream);
  upshake hs;
  assert_int_equal(upshake_init(&hs, config, memory, CAP, NULL), UPSHAKE_OK);
  memcpy(upshake_room(&hs, &cap), stream, len);
  assert_int_equal(upshake_commit(&hs, len), expected);
  return hs;
}

/* 300 to 599 are final, the first of them too. */
static void each_refusal_that_is_kept_goes_on(void **state) {
  static const int statuses[] = {300, 301, 399, 400, 500, 599};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(statuses); i++)
    for (uint8_t keeps = 0; keeps <= 1; keeps++) {
      const upshake_extra extra = {.keep = keeps};
      upshake hs =
          receive(&waiting, CHECK_REQUEST NEXT_REQUEST, UPSHAKE_DECIDE);
      assert_int_equal(upshake_answer(&hs, statuses[i]), UPSHAKE_OK);
      assert_int_equal(upshake_get_result(&hs).may_keep, 1);
      assert_int_equal(reply_status(&hs, &extra), statuses[i]);
      assert_reset(&hs, keeps);
    }
}

static void a_refusal_that_must_close_is_not_kept(void **state) {
  static const int statuses[] = {300, 400, 599};
  const upshake_extra keep = {.keep = UPSHAKE_KEEP_OPEN};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(statuses); i++) {
    upshake hs = begin(&accepting, BROKEN, UPSHAKE_SEND);
    char out[CAP];
    size_t len;
    assert_int_equal(upshake_answer(&hs, statuses[i]), UPSHAKE_OK);
    assert_unchanged(hs, upshake_reply_with(&hs, &keep, out, CAP, &len),
                     UPSHAKE_ERR_MUST_CLOSE);
  }
}

/* The bytes behind it are the new protocol's, whatever the extras say. */
static void a_101_keeps_no_request(void **state) {
  static const char *const streams[] = {
      CHECK_REQUEST NEXT_REQUEST,
      "GET / HTTP/1.1\r\n" CHECK_HOST "Upgrade: websocket\r\n"
      "Connection: close, Upgrade\r\n" CHECK_KEY CHECK_VERSION
      "\r\n" NEXT_REQUEST};
  const upshake_extra keep = {.keep = UPSHAKE_KEEP_OPEN};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++) {
    upshake hs = receive(&accepting, streams[i], UPSHAKE_SEND);
    assert_int_equal(reply_status(&hs, &keep), 101);
    assert_reset(&hs, 0);
  }
}

/* What was said of a 100 is not said of the reply after it. */
static void a_100_keeps_nothing(void **state) {
  NEEDS(BODIES);
  const upshake_extra keep = {.keep = UPSHAKE_KEEP_OPEN};
  upshake hs = receive(&reading, UPLOAD "hello" NEXT_REQUEST, UPSHAKE_SEND);
  char out[CAP];
  size_t len;
  (void)state;
  assert_int_equal(upshake_reply_with(&hs, &keep, out, CAP, &len), UPSHAKE_OK);
  assert_slice(part_of(out, len), CONTINUE);
  assert_int_equal(upshake_answer(&hs, 413), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, NULL), 413);
  assert_reset(&hs, 0);
}

/* ---- A sub-protocol that was chosen ---------------------------------------
 */

/* It is a choice and nothing else: the offer can still be declined or refused,
 * and a connection is not kept for it. */
static void a_choice_of_a_subprotocol_is_nothing_else(void **state) {
  for (int chooses = 0; chooses <= 2; chooses++)
    for (int refuses = 0; refuses <= 1; refuses++) {
      upshake hs = receive(&waiting, TWO_OFFERS NEXT_REQUEST, UPSHAKE_DECIDE);
      upshake_result before = upshake_get_result(&hs), result;
      if (chooses)
        assert_int_equal(upshake_choose_subprotocol(
                             &hs, chooses == 1 ? text("b") : part_of(NULL, 0)),
                         UPSHAKE_OK);
      result = upshake_get_result(&hs);
      assert_int_equal(result.may_keep, before.may_keep);
      assert_int_equal(result.body_left, 0);
      assert_int_equal(result.consumed, before.consumed);
      assert_slice(upshake_rest(&hs), NEXT_REQUEST);
      assert_int_equal(upshake_answer(&hs, refuses ? 404 : UPSHAKE_DECLINE),
                       UPSHAKE_OK);
      if (refuses)
        assert_int_equal(reply_status(&hs, NULL), 404);
      assert_reset(&hs, !refuses);
    }
  (void)state;
}

/* Nor is it the end of a body, or a 100 that was taken. */
static void a_choice_skips_no_body_and_takes_no_reply(void **state) {
  NEEDS(BODIES);
  static const upshake_protocol table[] = {{.name = "websocket",
                                            .rules = upshake_websocket_rules,
                                            .body = UPSHAKE_BODY_READ}};
  const upshake_config config = {table, 1, .decide = later};
  upshake hs =
      begin(&config,
            "GET / HTTP/1.1\r\n" CHECK_FIELDS "Sec-WebSocket-Protocol: a, b\r\n"
            "Content-Length: 5\r\n\r\n",
            UPSHAKE_DECIDE);
  upshake_cursor cursor = {0};
  char out[1];
  size_t used, len;
  (void)state;
  assert_int_equal(upshake_choose_subprotocol(&hs, text("b")), UPSHAKE_OK);
  assert_true(upshake_get_result(&hs).body_left == 5);
  assert_int_equal(upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_int_equal(upshake_get_result(&hs).next, UPSHAKE_READ);
  assert_int_equal(feed(&hs, "hello", 5, &used), UPSHAKE_BODY);
  assert_int_equal(feed(&hs, NULL, 0, &used), UPSHAKE_SEND);
  assert_slice(upshake_get_result(&hs).subprotocol, "b");
  assert_int_equal(upshake_reply_part(&hs, NULL, &cursor, out, 1, &len),
                   UPSHAKE_OK);
  assert_unchanged(hs, upshake_answer(&hs, 403), UPSHAKE_ERR_STATE);
}

/* commit has put bytes of the body into the memory already.  A host that would
 * wait for the client now could wait without end. */
static void a_late_answer_shows_a_body_that_is_there(void **state) {
  NEEDS(BODIES);
  static const char stream[] = UNEXPECTED "hello!";
  const upshake_config config = {echo, 1, .decide = later};
  (void)state;
  for (size_t there = 0; there <= 6; there++) {
    size_t len = sizeof UNEXPECTED - 1 + there, cap, used;
    upshake hs;
    upshake_init(&hs, &config, memory, CAP, NULL);
    memcpy(upshake_room(&hs, &cap), stream, len);
    assert_int_equal(upshake_commit(&hs, len), UPSHAKE_DECIDE);
    assert_int_equal(upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
    assert_int_equal(upshake_get_result(&hs).next,
                     there > 0 ? UPSHAKE_BODY : UPSHAKE_READ);
    assert_int_equal(upshake_get_result(&hs).content.len, 0);
    assert_true(upshake_get_result(&hs).body_left == 5);
    if (there > 0) {
      assert_int_equal(upshake_commit(&hs, 0), UPSHAKE_BODY);
      assert_int_equal(upshake_get_result(&hs).content.len,
                       there < 5 ? there : 5);
    }
    if (there < 5)
      assert_int_equal(feed(&hs, &"hello"[there], 5 - there, &used),
                       UPSHAKE_BODY);
    assert_int_equal(upshake_commit(&hs, 0), UPSHAKE_SEND);
    assert_slice(upshake_rest(&hs), there == 6 ? "!" : "");
  }
}

/* ---- A head in front of a body --------------------------------------------
 */

/* The head had ended before its body began. */
static void refusing_in_a_body_does_not_end_the_head_again(void **state) {
  NEEDS(BODIES);
  static const char head[] = UNEXPECTED;
  (void)state;
  for (size_t fed = 0; fed < 5; fed++) {
    upshake hs = begin(&reading, head, UPSHAKE_READ);
    size_t used;
    feed(&hs, "hello", fed, &used);
    assert_int_equal(feed(&hs, NULL, 0, &used), UPSHAKE_READ);
    assert_int_equal(upshake_answer(&hs, 408), UPSHAKE_OK);
    assert_int_equal(upshake_get_result(&hs).consumed, sizeof head - 1);
    assert_int_equal(upshake_get_result(&hs).offset, sizeof head - 1);
    assert_int_equal(upshake_get_result(&hs).dropped, 0);
    assert_slice(upshake_head(&hs), head);
    assert_int_equal(upshake_rest(&hs).len, 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refuses_instead_of_a_100),
      cmocka_unit_test(refuses_after_a_100_and_not_within),
      cmocka_unit_test(refuses_after_a_100_that_was_taken_whole),
      cmocka_unit_test(refuses_in_the_middle_of_a_body),
      cmocka_unit_test(what_was_read_is_not_declined),
      cmocka_unit_test(each_refusal_that_is_kept_goes_on),
      cmocka_unit_test(a_refusal_that_must_close_is_not_kept),
      cmocka_unit_test(a_101_keeps_no_request),
      cmocka_unit_test(a_100_keeps_nothing),
      cmocka_unit_test(a_choice_of_a_subprotocol_is_nothing_else),
      cmocka_unit_test(a_choice_skips_no_body_and_takes_no_reply),
      cmocka_unit_test(a_late_answer_shows_a_body_that_is_there),
      cmocka_unit_test(refusing_in_a_body_does_not_end_the_head_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
