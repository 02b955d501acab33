/* SPDX-License-Identifier: MIT
 *
 * The switches that leave something out: what upshake_init refuses without it,
 * and what is as before.  tests/switches.sh runs this with each of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "check_handshake.h"
#include "switches.h"

#include <stdio.h>

#define ECHO "Upgrade: echo\r\nConnection: Upgrade\r\n"
#define CONTENT "Content-Length: 2\r\n\r\nab"

/* ---- Bodies and lean heads ---------------------------------------------- */

/* A handshake and a judge take the same configs. */
static void assert_init(const upshake_config *config, upshake_error expected) {
  upshake hs;
  upshake_judge judge;
  assert_int_equal(upshake_init(&hs, config, memory, CAP, NULL), expected);
  assert_int_equal(
      begin_judge(&judge, config, NULL, text("GET"), text("/"), 11), expected);
}

static void a_body_is_read_where_this_is_not_left_out(void **state) {
  const upshake_error of_reading =
      WITH_BODIES ? UPSHAKE_OK : UPSHAKE_ERR_CONFIG;
  (void)state;
  for (uint8_t body = UPSHAKE_BODY_DEFAULT; body <= UPSHAKE_BODY_ASK; body++) {
    const upshake_error expected =
        body < UPSHAKE_BODY_READ ? UPSHAKE_OK : of_reading;
    upshake_protocol table[] = {UPSHAKE_WEBSOCKET, UPSHAKE_PROTOCOL("echo")};
    const upshake_config config = {table, 2, .decide = NULL};
    table[0].body = body;
    assert_init(&config, expected);
    table[0].body = 0;
    table[1].body = body;
    assert_init(&config, expected);
  }
}

static void a_head_is_lean_where_this_is_not_left_out(void **state) {
  upshake_config config = {protocols, 3, .decide = NULL};
  (void)state;
  for (unsigned lean = 0; lean < 256; lean++) {
    config.lean = (uint8_t)lean;
    assert_init(&config, lean && !WITH_LEAN ? UPSHAKE_ERR_CONFIG : UPSHAKE_OK);
  }
}

/* What is needed for lean heads only does no harm without them. */
static void the_members_for_lean_heads_alone_are_taken(void **state) {
  static const char *const wanted[] = {"Cookie"};
  const upshake_config config = {protocols, 3, .wanted = wanted,
                                 .wanted_len = 1, .limits = {.total = 9}};
  (void)state;
  assert_init(&config, UPSHAKE_OK);
}

/* With a body that nobody reads all is as the policy says. */
static void a_body_that_is_not_read_is_passed_over_or_refused(void **state) {
  static const struct {
    uint8_t policy;
    const char *fields;
    upshake_next next;
    upshake_error error;
  } rows[] = {
      {UPSHAKE_BODY_DEFAULT, ECHO CONTENT, UPSHAKE_PLAIN,
       UPSHAKE_ERR_PASSED_OVER_BODY},
      {UPSHAKE_BODY_PLAIN, ECHO CONTENT, UPSHAKE_PLAIN,
       UPSHAKE_ERR_PASSED_OVER_BODY},
      {UPSHAKE_BODY_REFUSE, ECHO CONTENT, UPSHAKE_SEND, UPSHAKE_ERR_BODY},
      {UPSHAKE_BODY_REFUSE, ECHO "Expect: 100-continue\r\n" CONTENT,
       UPSHAKE_SEND, UPSHAKE_ERR_BODY},
      {UPSHAKE_BODY_REFUSE, ECHO "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       UPSHAKE_SEND, UPSHAKE_ERR_BODY},
      {UPSHAKE_BODY_REFUSE, ECHO "Content-Length: 0\r\n\r\n", UPSHAKE_SEND,
       UPSHAKE_OK},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    const upshake_protocol entry = {.name = "echo", .body = rows[i].policy};
    const upshake_config config = {&entry, 1, .limits = {.body = 1},
                                   .decide = NULL};
    char stream[CAP];
    upshake hs;
    snprintf(stream, sizeof stream, "GET / HTTP/1.1\r\n" CHECK_HOST "%s",
             rows[i].fields);
    hs = begin(&config, stream, rows[i].next);
    assert_int_equal(upshake_get_result(&hs).error, rows[i].error);
    assert_int_equal(upshake_get_result(&hs).status == 101,
                     rows[i].error == UPSHAKE_OK);
  }
}

/* ---- Phrases ------------------------------------------------------------ */

static void assert_line(const char *reply, size_t len, const char *expected) {
  upshake_slice all = part_of(reply, len), line;
  assert_true(take_line(&all, &line));
  assert_slice(line, expected);
}

static void a_refusal_has_a_phrase_where_this_is_not_left_out(void **state) {
  upshake hs = begin(&accepting, BROKEN, UPSHAKE_SEND);
  const upshake_response response = {.status = 404};
  const upshake_extra extra = {.date = text("now")};
  char out[CAP];
  size_t len;
  (void)state;
  assert_int_equal(upshake_write(&response, NULL, out, CAP, &len), UPSHAKE_OK);
  assert_line(out, len,
              WITH_PHRASES ? "HTTP/1.1 404 Not Found" : "HTTP/1.1 404 ");
  assert_int_equal(upshake_reply_with(&hs, &extra, out, CAP, &len), UPSHAKE_OK);
  assert_line(out, len,
              WITH_PHRASES ? "HTTP/1.1 400 Bad Request" : "HTTP/1.1 400 ");
  assert_int_equal(upshake_reply(&hs, out, CAP, &len), UPSHAKE_OK);
  assert_line(out, len,
              WITH_PHRASES ? "HTTP/1.1 400 Bad Request" : "HTTP/1.1 400 ");
}

/* By each of the functions that write it. */
static void a_101_has_its_phrase(void **state) {
  static const char line[] = "HTTP/1.1 101 Switching Protocols";
  upshake hs = begin(&accepting, CHECK_REQUEST, UPSHAKE_SEND);
  const upshake_response response = {.status = 101, .upgrade = text("echo")};
  const upshake_extra extra = {.date = text("now")};
  char out[CAP];
  size_t len;
  (void)state;
  assert_int_equal(upshake_write(&response, NULL, out, CAP, &len), UPSHAKE_OK);
  assert_line(out, len, line);
  assert_int_equal(upshake_reply_with(&hs, &extra, out, CAP, &len), UPSHAKE_OK);
  assert_line(out, len, line);
  assert_int_equal(upshake_reply(&hs, out, CAP, &len), UPSHAKE_OK);
  assert_line(out, len, line);
}

static void a_phrase_of_the_application_is_written(void **state) {
  static const char own[] = "Try later";
  upshake hs = begin(&accepting, BROKEN, UPSHAKE_SEND);
  const upshake_response response = {.status = 503};
  const upshake_extra extra = {.reason = text(own)};
  char out[CAP];
  size_t len;
  (void)state;
  assert_int_equal(upshake_write(&response, &extra, out, CAP, &len),
                   UPSHAKE_OK);
  assert_line(out, len, "HTTP/1.1 503 Try later");
  assert_int_equal(upshake_reply_with(&hs, &extra, out, CAP, &len), UPSHAKE_OK);
  assert_line(out, len, "HTTP/1.1 400 Try later");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_body_is_read_where_this_is_not_left_out),
      cmocka_unit_test(a_head_is_lean_where_this_is_not_left_out),
      cmocka_unit_test(the_members_for_lean_heads_alone_are_taken),
      cmocka_unit_test(a_body_that_is_not_read_is_passed_over_or_refused),
      cmocka_unit_test(a_refusal_has_a_phrase_where_this_is_not_left_out),
      cmocka_unit_test(a_101_has_its_phrase),
      cmocka_unit_test(a_phrase_of_the_application_is_written),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
