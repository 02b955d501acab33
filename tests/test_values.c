/* SPDX-License-Identifier: MIT
 *
 * Replies as values: a response without a handshake, what goes wrong, and a 100
 * (Continue).  The golden vectors compare the values of every reply with its
 * bytes (vectors_values.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check_values.h"
#include "switches.h"

#define CAP 8192
#define SLICE(text)                                                            \
  { UPSHAKE_TEXT(text) }

static const upshake_field added[] = {
    {SLICE("Set-Cookie"), SLICE("a=b")},
    {SLICE("Set-Cookie"), SLICE("c=d")},
    {SLICE("Content-Length"), SLICE("7")}, /* is the reply's own */
};

/* ---- As the bytes -------------------------------------------------------- */

static size_t bytes_of(const upshake_response *response,
                       const upshake_extra *extra, char *out) {
  size_t len = 0;
  assert_int_equal(upshake_write(response, extra, out, CAP, &len), UPSHAKE_OK);
  return len - (extra ? extra->body.len : 0);
}

static void assert_same_as_bytes(const upshake_response *response,
                                 const upshake_extra *extra) {
  char bytes[CAP], text_of_values[CAP];
  value_text all = {text_of_values, CAP, 0}, fields = {bytes, CAP, 0};
  upshake_cursor cursor = {0, 0, {0}};
  upshake_line line;
  unsigned list = 0;
  char rest[CAP];
  fields.text = rest;
  while (upshake_write_line(response, extra, &cursor, &line) > 0)
    add_line(&fields, &line, &list);
  assert_int_equal(line.status, response->status);
  add_status(&all, &line);
  add_bytes(&all, fields.text, fields.len);
  add_text(&all, "\r\n");
  assert_int_equal(all.len, bytes_of(response, extra, bytes));
  assert_memory_equal(all.text, bytes, all.len);
}

static void a_response_says_what_its_bytes_say(void **state) {
  static const upshake_response rows[] = {
      {.status = 101,
       .upgrade = SLICE("websocket"),
       .subprotocol = SLICE("chat"),
       .accept = SLICE("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")},
      {.status = 101, .upgrade = SLICE("connect-udp"), .capsules = 1},
      {.status = 426,
       .upgrade = SLICE("h2c, websocket"),
       .ws_version = SLICE("13")},
      {.status = 405, .allow = SLICE("GET, POST")},
      {.status = 304},
      {.status = 404},
      {.status = 599}};
  upshake_extra extra;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    assert_same_as_bytes(&rows[i], NULL);
    memset(&extra, 0, sizeof extra);
    assert_same_as_bytes(&rows[i], &extra);
    extra.fields = added;
    extra.fields_len = 2;
    extra.date = text("Sun, 06 Nov 1994 08:49:37 GMT");
    extra.reason = text("Because");
    extra.keep = UPSHAKE_KEEP_OPEN;
    assert_same_as_bytes(&rows[i], &extra);
    if (rows[i].status >= 400)
      extra.body = text("body");
    assert_same_as_bytes(&rows[i], &extra);
  }
}

/* Many added fields take linear time: each call begins where the last ended. */
static void a_reply_may_have_many_added_fields(void **state) {
  static const upshake_response response = {.status = 404};
  static upshake_field many[5000];
  upshake_cursor cursor = {0, 0, {0}};
  upshake_extra extra;
  upshake_line line;
  size_t len = 0;
  (void)state;
  memset(&extra, 0, sizeof extra);
  for (size_t i = 0; i < CHECK_LEN(many); i++)
    many[i] = added[0];
  extra.fields = many;
  extra.fields_len = CHECK_LEN(many);
  while (upshake_write_line(&response, &extra, &cursor, &line) > 0)
    len += (line.kind & UPSHAKE_LINE_ADDED) != 0;
  assert_int_equal(len, CHECK_LEN(many));
}

/* ---- What goes wrong ----------------------------------------------------- */

static void assert_fails(const upshake_response *response,
                         const upshake_extra *extra, upshake_error error) {
  upshake_cursor cursor = {0, 0, {0}};
  upshake_line line;
  assert_int_equal(upshake_write_line(response, extra, &cursor, &line), -1);
  assert_int_equal(line.error, error);
  assert_int_equal(line.status, 500);
  assert_int_equal(cursor.at + cursor.line, 0);
}

static void a_response_against_the_rules_has_no_line(void **state) {
  static const upshake_response good = {.status = 404}, no = {.status = 600},
                                bare = {.status = 401}, none = {.status = 426};
  upshake_cursor cursor = {0, 0, {0}};
  upshake_extra extra;
  upshake_line line;
  (void)state;
  assert_fails(&no, NULL, UPSHAKE_ERR_ANSWER);
  assert_fails(&bare, NULL, UPSHAKE_ERR_NEEDS_AUTHENTICATE);
  assert_fails(&none, NULL, UPSHAKE_ERR_REPLY_PROTOCOL);
  memset(&extra, 0, sizeof extra);
  extra.fields = added;
  extra.fields_len = 3;
  assert_fails(&good, &extra, UPSHAKE_ERR_EXTRA_RESERVED);
  assert_int_equal(upshake_write_line(&good, &extra, &cursor, &line), -1);
  assert_slice(line.field.name, "Content-Length");
  if (WITH_PHRASES)
    assert_slice(line.reason, "Internal Server Error");
}

/* ---- A 100 (Continue) ---------------------------------------------------- */

static void a_100_has_a_status_and_no_line(void **state) {
  static const upshake_response response = {.status = 100};
  upshake_cursor cursor = {0, 0, {0}};
  upshake_line line;
  (void)state;
  assert_int_equal(upshake_write_line(&response, NULL, &cursor, &line), 0);
  assert_int_equal(line.status, 100);
}

static void a_100_is_taken_as_values_before_the_body(void **state) {
  static const char head[] =
      "POST / HTTP/1.1\r\n" CHECK_HOST "Upgrade: tcp\r\nConnection: upgrade"
      "\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  static const upshake_protocol table[] = {
      UPSHAKE_ENTRY("tcp", NULL, "POST", NULL, UPSHAKE_BODY_READ, 0)};
  static const upshake_config config = {table, 1, .origin = 0};
  upshake_cursor cursor = {0, 0, {0}};
  upshake_line line;
  char memory[512];
  upshake hs;
  size_t used;
  (void)state;
  NEEDS(BODIES);
  upshake_init(&hs, &config, memory, sizeof memory, NULL);
  assert_int_equal(upshake_feed(&hs, head, sizeof head - 1, &used),
                   UPSHAKE_SEND);
  assert_int_equal(upshake_reply_line(&hs, NULL, &cursor, &line), 0);
  assert_int_equal(line.status, 100);
  assert_int_equal(upshake_feed(&hs, "ab", 2, &used), UPSHAKE_BODY);
}

static void a_handshake_that_reads_has_no_values(void **state) {
  static const upshake_config config = {NULL, 0, .origin = 0};
  upshake_cursor cursor = {0, 0, {0}};
  upshake_line line;
  upshake hs;
  (void)state;
  upshake_init(&hs, &config, NULL, 0, NULL);
  assert_int_equal(upshake_reply_line(&hs, NULL, &cursor, &line), -1);
  assert_int_equal(line.error, UPSHAKE_ERR_STATE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_response_says_what_its_bytes_say),
      cmocka_unit_test(a_reply_may_have_many_added_fields),
      cmocka_unit_test(a_response_against_the_rules_has_no_line),
      cmocka_unit_test(a_100_has_a_status_and_no_line),
      cmocka_unit_test(a_100_is_taken_as_values_before_the_body),
      cmocka_unit_test(a_handshake_that_reads_has_no_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
