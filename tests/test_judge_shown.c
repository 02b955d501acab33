/* SPDX-License-Identifier: MIT
 *
 * What a judge shows of a request: the members that the header calls readable,
 * and the request that they make.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check_judge.h"

static int later(upshake *hs, void *user) {
  *(upshake **)user = hs;
  return UPSHAKE_LATER;
}

static void shows_what_was_found(void **state) {
  static const line more[] = {{"X-Other", "1"},
                              {"origin", " \thttp://example.com\t"},
                              {"Cookie", "a=b"},
                              {"UPGRADE", "echo"}};
  const upshake_config config = {both, 2, .decide = later};
  upshake_found found = {.version = 11,
                         .transport = UPSHAKE_TRANSPORT_UNSECURED,
                         .method = text("GET"),
                         .target = text("/chat?a")};
  upshake_judge judge;
  upshake *seen;
  (void)state;
  memset(&judge, 0xa5, sizeof judge);
  assert_int_equal(upshake_judge_begin(&judge, &config, &seen, &found),
                   UPSHAKE_OK);
  for (size_t i = 0; i < GOOD_LEN; i++)
    upshake_judge_field(&judge, text(good[i].name), text(good[i].value));
  for (size_t i = 0; i < CHECK_LEN(more); i++)
    upshake_judge_field(&judge, text(more[i].name), text(more[i].value));
  memset(&found, 0xa5, sizeof found); /* it is copied */
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_DECIDE);
  assert_int_equal(judge.found.version, 11);
  assert_int_equal(judge.found.transport, UPSHAKE_TRANSPORT_UNSECURED);
  assert_slice(judge.found.method, "GET");
  assert_slice(judge.found.target, "/chat?a");
  assert_slice(judge.host, "example.com");
  assert_slice(judge.origin, "http://example.com");
  assert_memory_equal(judge.key, KEY, sizeof judge.key);
  assert_int_equal(judge.fields_len, GOOD_LEN + CHECK_LEN(more));
  assert_int_equal(judge.lines_len, GOOD_LEN + 2);
  for (size_t i = 0; i < GOOD_LEN; i++) {
    assert_slice(judge.lines[i].name, good[i].name);
    assert_slice(judge.lines[i].value, good[i].value);
  }
  assert_slice(judge.lines[GOOD_LEN].value, "http://example.com");
  assert_slice(judge.lines[GOOD_LEN + 1].name, "UPGRADE");
}

/* As a handshake does, but for the fields that no rule is about. */
static void gives_the_request_that_was_found(void **state) {
  const upshake_config config = {both, 2, .decide = later};
  const line more[] = {{"X-Other", "1"}, {"Upgrade", "echo"}};
  upshake_judge judge;
  upshake_request request;
  upshake_list list;
  upshake_slice member;
  upshake *seen;
  (void)state;
  begin_judge(&judge, &config, &seen, text("GET"), text("/chat?a"), 11);
  for (size_t i = 0; i < GOOD_LEN; i++)
    upshake_judge_field(&judge, text(good[i].name), text(good[i].value));
  for (size_t i = 0; i < CHECK_LEN(more); i++)
    upshake_judge_field(&judge, text(more[i].name), text(more[i].value));
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_DECIDE);
  request = upshake_get_request(&judge.hs);
  assert_slice(request.method, "GET");
  assert_slice(request.target, "/chat?a");
  assert_slice(request.path, "/chat");
  assert_slice(request.query, "a");
  assert_slice(request.authority, "example.com");
  assert_absent(request.scheme);
  assert_int_equal(request.version, 11);
  assert_int_equal(request.has_upgrade, 1);
  assert_absent(request.fields.raw);
  assert_ptr_equal(request.fields.array, judge.lines);
  assert_slice(upshake_find_field(request.fields, "sec-websocket-key"), KEY);
  assert_absent(upshake_find_field(request.fields, "X-Other"));
  list = upshake_begin_list(request.fields, "upgrade");
  assert_int_equal(upshake_next_member(&list, &member), 1);
  assert_slice(member, "websocket");
  assert_int_equal(upshake_next_member(&list, &member), 1);
  assert_slice(member, "echo");
  assert_int_equal(upshake_next_member(&list, &member), 0);
}

/* Host and framing are judged when all fields are known, so the request is
 * shown after such an error too.  How much of a body is left is unknown if its
 * framing is doubtful. */
static void shows_a_request_that_is_refused_for_its_fields(void **state) {
  static const struct {
    line more[3];
    upshake_error error;
    uint64_t left;
  } rows[] = {
      {{{"Content-Length", "5"}}, UPSHAKE_ERR_BODY, 5},
      {{{"Host", "b"}, {"Content-Length", "5"}}, UPSHAKE_ERR_HOST_REPEATED, 5},
      {{{"Content-Length", "5"}, {"Content-Length", "6"}},
       UPSHAKE_ERR_LENGTH_REPEATED,
       UPSHAKE_BODY_CHUNKED},
      {{{"Content-Length", "5"}, {"Content-Length", "x"}},
       UPSHAKE_ERR_LENGTH_REPEATED,
       UPSHAKE_BODY_CHUNKED},
      {{{"Content-Length", "5,5"}},
       UPSHAKE_ERR_LENGTH_MALFORMED,
       UPSHAKE_BODY_CHUNKED},
      {{{"Host", "b"}, {"Content-Length", "5"}, {"Content-Length", "6"}},
       UPSHAKE_ERR_HOST_REPEATED,
       UPSHAKE_BODY_CHUNKED},
      {{{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}},
       UPSHAKE_ERR_LENGTH_AND_CODING,
       UPSHAKE_BODY_CHUNKED},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_judge judge;
    upshake_result result;
    size_t len = 0;
    while (len < CHECK_LEN(rows[i].more) && rows[i].more[len].name)
      len++;
    assert_int_equal(judge_with(&judge, &plain_config, rows[i].more, len),
                     UPSHAKE_SEND);
    result = upshake_get_result(&judge.hs);
    assert_int_equal(result.error, rows[i].error);
    assert_true(result.body_left == rows[i].left);
    assert_slice(upshake_get_request(&judge.hs).method, "GET");
    assert_slice(upshake_get_request(&judge.hs).path, "/chat");
  }
}

/* A parser would have stopped at such a byte, so nothing behind it is known. */
static void shows_nothing_of_a_request_with_a_wrong_byte(void **state) {
  static const struct {
    const char *method, *target, *name;
    int version;
    upshake_error error;
  } rows[] = {
      {"G T", "/", "X", 11, UPSHAKE_ERR_METHOD_BYTE},
      {"GET", "/ /", "X", 11, UPSHAKE_ERR_TARGET_BYTE},
      {"GET", "/", "X", 20, UPSHAKE_ERR_HTTP_VERSION},
      {"GET", "/", "X Y", 11, UPSHAKE_ERR_FIELD_NAME},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_judge judge;
    upshake_result result;
    begin_judge(&judge, &plain_config, NULL, text(rows[i].method),
                text(rows[i].target), rows[i].version);
    upshake_judge_field(&judge, text("Host"), text("a"));
    upshake_judge_field(&judge, text("Content-Length"), text("5"));
    upshake_judge_field(&judge, text(rows[i].name), text("y"));
    assert_int_equal(upshake_judge_end(&judge), UPSHAKE_SEND);
    result = upshake_get_result(&judge.hs);
    assert_int_equal(result.error, rows[i].error);
    assert_true(result.body_left == UPSHAKE_BODY_CHUNKED);
    assert_absent(upshake_get_request(&judge.hs).method);
    assert_int_equal(upshake_get_request(&judge.hs).version, 0);
  }
}

static void remembers_as_many_lines_as_there_is_room_for(void **state) {
  upshake_judge judge;
  char values[UPSHAKE_JUDGE_LINES + 3][4];
  (void)state;
  begin_judge(&judge, &plain_config, NULL, text("GET"), text("/"), 11);
  for (size_t i = 0; i < CHECK_LEN(values); i++) {
    snprintf(values[i], sizeof values[i], "v%u", (unsigned)i % 100);
    upshake_judge_field(&judge, text("X"), text("y"));
    upshake_judge_field(&judge, text("Upgrade"), text(values[i]));
  }
  assert_int_equal(judge.lines_len, UPSHAKE_JUDGE_LINES);
  assert_int_equal(judge.fields_len, 2 * CHECK_LEN(values));
  for (size_t i = 0; i < UPSHAKE_JUDGE_LINES; i++)
    assert_slice(judge.lines[i].value, values[i]);
}

/* The transport of what was found goes before that of the config. */
static void the_transport_is_of_the_connection(void **state) {
  static const upshake_protocol h2c[] = {UPSHAKE_PROTOCOL("h2c")};
  static const upshake_next nexts[3][3] = {
      /* UNKNOWN, UNSECURED, SECURED in the config */
      {UPSHAKE_SEND, UPSHAKE_SEND, UPSHAKE_PLAIN}, /* found: as the config */
      {UPSHAKE_SEND, UPSHAKE_SEND, UPSHAKE_SEND},
      {UPSHAKE_PLAIN, UPSHAKE_PLAIN, UPSHAKE_PLAIN}};
  upshake_judge judge;
  (void)state;
  for (int of_found = 0; of_found < 3; of_found++)
    for (uint8_t of_config = 0; of_config < 3; of_config++) {
      const upshake_config config = {h2c, 1, .transport = of_config};
      const upshake_found found = {.version = 11,
                                   .transport = of_found,
                                   .method = text("GET"),
                                   .target = text("/")};
      assert_int_equal(upshake_judge_begin(&judge, &config, NULL, &found),
                       UPSHAKE_OK);
      upshake_judge_field(&judge, text("Host"), text("a"));
      upshake_judge_field(&judge, text("Upgrade"), text("h2c"));
      upshake_judge_field(&judge, text("Connection"), text("Upgrade"));
      assert_int_equal(upshake_judge_end(&judge), nexts[of_found][of_config]);
    }
  for (int of_found = -1; of_found <= 3; of_found += 4) {
    const upshake_found found = {.version = 11,
                                 .transport = of_found,
                                 .method = text("GET"),
                                 .target = text("/")};
    assert_int_equal(upshake_judge_begin(&judge, &plain_config, NULL, &found),
                     UPSHAKE_ERR_CONFIG);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shows_what_was_found),
      cmocka_unit_test(gives_the_request_that_was_found),
      cmocka_unit_test(shows_a_request_that_is_refused_for_its_fields),
      cmocka_unit_test(shows_nothing_of_a_request_with_a_wrong_byte),
      cmocka_unit_test(remembers_as_many_lines_as_there_is_room_for),
      cmocka_unit_test(the_transport_is_of_the_connection),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
