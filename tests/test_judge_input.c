/* SPDX-License-Identifier: MIT
 *
 * What a judge is given: targets byte by byte, values with blanks around them,
 * more lines than it remembers, and calls that come too late.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check_judge.h"

/* ---- The request line ---------------------------------------------------- */

static upshake_result judge_line(const char *method, const char *target,
                                 int version, size_t fields) {
  char *copied_method = exact(method, strlen(method));
  char *copied_target = exact(target, strlen(target));
  upshake_judge judge;
  upshake_result result;
  assert_int_equal(begin_judge(&judge, &plain_config, NULL,
                               part_of(copied_method, strlen(method)),
                               part_of(copied_target, strlen(target)), version),
                   UPSHAKE_OK);
  for (size_t i = 0; i < fields; i++)
    upshake_judge_field(&judge, text(good[i].name), text(good[i].value));
  upshake_judge_end(&judge);
  result = upshake_get_result(&judge.hs);
  free(copied_method);
  free(copied_target);
  return result;
}

/* pchar and "/" (RFC 3986 3.3), and what browsers send as it is; the query has
 * more of both. */
static int is_target_octet(unsigned octet, int in_query) {
  return (octet >= '0' && octet <= '9') ||
         (lower(octet) >= 'a' && lower(octet) <= 'z') ||
         octet_in(octet, "-._~!$&'()*+,;=:@%/[]|^") ||
         (in_query && octet_in(octet, "?\\{}`"));
}

static void every_byte_of_a_target_is_judged(void **state) {
  (void)state;
  for (unsigned octet = 1; octet < 256; octet++)
    for (int in_query = 0; in_query <= 1; in_query++) {
      char target[] = "/a?b";
      int is_good = is_target_octet(octet, in_query);
      upshake_result result;
      if (!in_query && octet == '?') /* begins the query */
        continue;
      target[in_query ? 3 : 1] = (char)octet;
      result = judge_line("GET", target, 11, GOOD_LEN);
      assert_int_equal(result.status, is_good ? 101 : 400);
      assert_int_equal(result.error,
                       is_good ? UPSHAKE_OK : UPSHAKE_ERR_TARGET_BYTE);
    }
}

static void a_blank_is_wrong_anywhere_in_a_target(void **state) {
  static const char *const targets[] = {"/?a b", "/ ?a", "/?",     "/? ",
                                        "/?a ",  " /?a", "/a b?c", "/?a\tb"};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(targets); i++)
    assert_int_equal(judge_line("GET", targets[i], 11, GOOD_LEN).error,
                     strpbrk(targets[i], " \t") == NULL
                         ? UPSHAKE_OK
                         : UPSHAKE_ERR_TARGET_BYTE);
}

/* Only all of it is the preface of HTTP/2 (RFC 9113 3.4). */
static void an_asterisk_is_for_options_and_the_preface(void **state) {
  static const struct {
    const char *method, *target;
    int version;
    size_t fields;
    upshake_error error;
  } rows[] = {
      {"PRI", "*", 20, 0, UPSHAKE_ERR_HTTP2_PREFACE},
      {"PRI", "*", 20, 1, UPSHAKE_ERR_HTTP_VERSION},
      {"PRI", "*", 20, GOOD_LEN, UPSHAKE_ERR_HTTP_VERSION},
      {"PRI", "*", 21, 0, UPSHAKE_ERR_HTTP_VERSION},
      {"PRI", "*", 30, 0, UPSHAKE_ERR_HTTP_VERSION},
      {"PRI", "*", 11, 0, UPSHAKE_ERR_TARGET_FORM},
      {"PRI", "*", 11, GOOD_LEN, UPSHAKE_ERR_TARGET_FORM},
      {"PRI", "*", 10, 0, UPSHAKE_ERR_TARGET_FORM},
      {"PRI", "/", 20, 0, UPSHAKE_ERR_HTTP_VERSION},
      {"PRI", "**", 20, 0, UPSHAKE_ERR_TARGET_FORM},
      {"pri", "*", 20, 0, UPSHAKE_ERR_TARGET_FORM},
      {"PRIX", "*", 20, 0, UPSHAKE_ERR_TARGET_FORM},
      {"GET", "*", 11, GOOD_LEN, UPSHAKE_ERR_TARGET_FORM},
      {"OPTIONS", "*", 11, 1, UPSHAKE_ERR_NO_UPGRADE},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_result result = judge_line(rows[i].method, rows[i].target,
                                       rows[i].version, rows[i].fields);
    if (result.error != rows[i].error)
      fail_msg("row %u: %s", (unsigned)i, upshake_explain(result.error).name);
  }
}

/* Each target here is the beginning of a longer one. */
static void the_bytes_after_a_target_are_none_of_it(void **state) {
  static const struct {
    const char *method, *memory;
    size_t len;
    upshake_error error;
  } rows[] = {
      {"GET", "http://example.com/", 4, UPSHAKE_ERR_TARGET_FORM},
      {"GET", "http://example.com/", 5, UPSHAKE_ERR_TARGET_FORM},
      {"GET", "http://example.com/", 6, UPSHAKE_ERR_TARGET_FORM},
      {"GET", "http://example.com/", 7, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET", "http://a%41", 10, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET", "http://a%41", 9, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET", "http://a%41", 8, UPSHAKE_OK},
      {"CONNECT", "example.com:443", 11, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"CONNECT", "example.com:443", 12, UPSHAKE_ERR_TARGET_AUTHORITY},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_judge judge;
    upshake_error error;
    begin_judge(&judge, &plain_config, NULL, text(rows[i].method),
                part_of(rows[i].memory, rows[i].len), 11);
    for (size_t k = 0; k < GOOD_LEN; k++)
      upshake_judge_field(&judge, text(good[k].name), text(good[k].value));
    upshake_judge_end(&judge);
    error = upshake_get_result(&judge.hs).error;
    if (error != rows[i].error)
      fail_msg("row %u: %s", (unsigned)i, upshake_explain(error).name);
  }
}

/* ---- Values -------------------------------------------------------------- */

/* A parser may leave the blanks around a value, which are none of it (RFC 9110
 * 5.5). */
static void blanks_around_a_value_are_none_of_it(void **state) {
  static const line blank[] = {
      {"Host", " \texample.com "},
      {"Upgrade", "\twebsocket\t"},
      {"Connection", "  Upgrade"},
      {"Sec-WebSocket-Key", " " KEY " \t"},
      {"Sec-WebSocket-Version", "13 "},
      {"Origin", " http://example.com "},
      {"Sec-WebSocket-Protocol", " chat "},
      {"Sec-WebSocket-Extensions", " foo "},
  };
  static const char *const spoken[] = {"chat"};
  const upshake_extra extra = {.extensions = text("foo")};
  upshake_config config = {websocket, 1, .subprotocols = spoken,
                           .subprotocols_len = 1};
  const line *lines[CHECK_LEN(blank)];
  upshake_judge judge;
  upshake_slice value;
  reply_view view;
  char out[UPSHAKE_REPLY_CAP];
  size_t len;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(blank); i++)
    lines[i] = &blank[i];
  assert_int_equal(judge_lines(&judge, &config, 11, lines, CHECK_LEN(blank)),
                   UPSHAKE_SEND);
  assert_int_equal(upshake_get_result(&judge.hs).status, 101);
  assert_slice(upshake_get_request(&judge.hs).authority, "example.com");
  assert_int_equal(upshake_reply_with(&judge.hs, &extra, out, sizeof out, &len),
                   UPSHAKE_OK);
  view = view_reply(out, len);
  assert_int_equal(count_field(view, "Sec-WebSocket-Accept", &value), 1);
  assert_slice(value, ACCEPT);
  assert_int_equal(count_field(view, "Sec-WebSocket-Protocol", &value), 1);
  assert_slice(value, "chat");
}

/* ---- Values of one field ---------------------------------------------------
 */

static upshake_error error_of(const upshake_config *config, const char *name,
                              upshake_slice value) {
  upshake_judge judge;
  begin_judge(&judge, config, NULL, text("GET"), text("/"), 11);
  for (size_t i = 0; i < GOOD_LEN; i++)
    if (strcmp(good[i].name, name) != 0)
      upshake_judge_field(&judge, text(good[i].name), text(good[i].value));
  upshake_judge_field(&judge, text(name), value);
  upshake_judge_end(&judge);
  return upshake_get_result(&judge.hs).error;
}

/* The versions of two bytes that are numbers are 10 to 99 (RFC 6455 4.3). */
static void no_other_two_bytes_are_version_13(void **state) {
  (void)state;
  for (unsigned first = 0; first < 256; first++)
    for (unsigned second = 0; second < 256; second++) {
      char *value = exact("13", 2);
      int is_number =
          octet_in(first, "123456789") && octet_in(second, "0123456789");
      upshake_error error;
      value[0] = (char)first;
      value[1] = (char)second;
      error =
          error_of(&plain_config, "Sec-WebSocket-Version", part_of(value, 2));
      free(value);
      if (first == '1' && second == '3')
        assert_int_equal(error, UPSHAKE_OK);
      else if (is_number)
        assert_int_equal(error, UPSHAKE_ERR_VERSION_UNSUPPORTED);
      else
        assert_int_not_equal(error, UPSHAKE_OK);
    }
}

/* "@" can stand nowhere in an extension outside quotes (RFC 6455 9.1). */
static void
a_wrong_byte_is_found_anywhere_in_what_browsers_offer(void **state) {
  static const char offer[] = "permessage-deflate; client_max_window_bits";
  static const char name[] = "Sec-WebSocket-Extensions";
  const size_t len = strlen(offer);
  (void)state;
  for (size_t at = 0; at <= len; at++) {
    char *value = exact(offer, len);
    if (at < len)
      value[at] = '@';
    assert_int_equal(error_of(&plain_config, name, part_of(value, len)),
                     at < len ? UPSHAKE_ERR_EXTENSION_MALFORMED : UPSHAKE_OK);
    free(value);
  }
}

/* A parser may give NULL for a value of no bytes. */
static void an_absent_value_is_an_empty_one(void **state) {
  static const struct {
    const char *name;
    upshake_error error;
  } rows[] = {
      {"Host", UPSHAKE_ERR_HOST_EMPTY},
      {"Upgrade", UPSHAKE_ERR_NOT_SUPPORTED},
      {"Connection", UPSHAKE_ERR_NO_CONNECTION},
      {"Content-Length", UPSHAKE_ERR_LENGTH_MALFORMED},
      {"Transfer-Encoding", UPSHAKE_ERR_CODING_NOT_CHUNKED},
      {"Expect", UPSHAKE_OK},
      {"Origin", UPSHAKE_ERR_ORIGIN_MALFORMED},
      {"Sec-WebSocket-Key", UPSHAKE_ERR_KEY_MALFORMED},
      {"Sec-WebSocket-Version", UPSHAKE_ERR_VERSION_MALFORMED},
      {"Sec-WebSocket-Protocol", UPSHAKE_OK},
      {"Sec-WebSocket-Extensions", UPSHAKE_OK},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    const char *name = rows[i].name;
    upshake_error absent = error_of(&plain_config, name, part_of(NULL, 0));
    assert_int_equal(absent, rows[i].error);
    assert_int_equal(error_of(&plain_config, name, text("")), absent);
  }
}

/* Anything may follow in the same memory.  Each value here is cut off, and a
 * judge that looked at the bytes after it could miss that. */
static void the_bytes_after_a_value_are_none_of_it(void **state) {
  static const struct {
    const char *name, *value, *after;
    upshake_error error;
  } rows[] = {
      {"Host", "a", "%", UPSHAKE_OK},
      {"Host", "a%4", "1", UPSHAKE_ERR_HOST_MALFORMED},
      {"Host", "a%", "41", UPSHAKE_ERR_HOST_MALFORMED},
      {"Host", "[", "::1]", UPSHAKE_ERR_HOST_MALFORMED},
      {"Host", "[", "v1.a]", UPSHAKE_ERR_HOST_MALFORMED},
      {"Origin", "http", "://[::1]", UPSHAKE_ERR_ORIGIN_MALFORMED},
      {"Origin", "http:", "//[::1]", UPSHAKE_ERR_ORIGIN_MALFORMED},
      {"Origin", "http:/", "/[::1]", UPSHAKE_ERR_ORIGIN_MALFORMED},
      {"Origin", "http://", "[::1]", UPSHAKE_ERR_ORIGIN_MALFORMED},
      {"Transfer-Encoding", "gzip;a=", "\"", UPSHAKE_ERR_CODING_MALFORMED},
      {"Transfer-Encoding", "gzip;a=", "b", UPSHAKE_ERR_CODING_MALFORMED},
      {"Transfer-Encoding", "gzip;a=\"b", "\"", UPSHAKE_ERR_CODING_MALFORMED},
      {"Sec-WebSocket-Extensions", "foo;a=", "\"",
       UPSHAKE_ERR_EXTENSION_MALFORMED},
      {"Sec-WebSocket-Extensions", "foo;a=", "b",
       UPSHAKE_ERR_EXTENSION_MALFORMED},
      {"Sec-WebSocket-Extensions", "foo;", "a",
       UPSHAKE_ERR_EXTENSION_MALFORMED},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    size_t len = strlen(rows[i].value);
    char memory[32], *alone = exact(rows[i].value, len);
    snprintf(memory, sizeof memory, "%s%s", rows[i].value, rows[i].after);
    assert_int_equal(
        error_of(&plain_config, rows[i].name, part_of(memory, len)),
        rows[i].error);
    assert_int_equal(error_of(&plain_config, rows[i].name, part_of(alone, len)),
                     rows[i].error);
    free(alone);
  }
}

/* The name of an entry ends with its NUL, and an offer may be longer. */
static void an_offer_may_be_longer_than_the_name_of_an_entry(void **state) {
  static const char *const offers[] = {"e",          "ec",
                                       "echo-",      "echo-and-more",
                                       "echo/1",     "another-protocol",
                                       "protocol/1", "echo-and-more/1.23"};
  char *name = exact("echo", sizeof "echo");
  const upshake_protocol table[] = {UPSHAKE_PROTOCOL(name)};
  const upshake_config config = {table, 1, .decide = NULL};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(offers); i++) {
    char *offer = exact(offers[i], strlen(offers[i]));
    assert_int_equal(
        error_of(&config, "Upgrade", part_of(offer, strlen(offers[i]))),
        UPSHAKE_ERR_NOT_SUPPORTED);
    free(offer);
  }
  assert_int_equal(error_of(&config, "Upgrade", text("echo")), UPSHAKE_OK);
  free(name);
}

/* ---- More lines than are remembered -------------------------------------- */

static int later(upshake *hs, void *user) {
  (void)hs;
  (void)user;
  return UPSHAKE_LATER;
}

static const upshake_config waiting = {websocket, 1, .decide = later};

/* Of the lines of judge_many that are not empty: those of the good handshake
 * stand before them. */
#define REMEMBERED ((UPSHAKE_JUDGE_LINES - GOOD_LEN) / 2)

/* So many lines with that name, "x0" and so on, each behind an empty one. */
static void judge_many(upshake_judge *judge, const char *name, char names[][4],
                       size_t len) {
  begin_judge(judge, &waiting, NULL, text("GET"), text("/"), 11);
  for (size_t i = 0; i < GOOD_LEN; i++)
    upshake_judge_field(judge, text(good[i].name), text(good[i].value));
  for (size_t i = 0; i < len; i++) {
    snprintf(names[i], 4, "x%u", (unsigned)i % 100);
    upshake_judge_field(judge, text(name), text(""));
    upshake_judge_field(judge, text(name), text(names[i]));
  }
  assert_int_equal(upshake_judge_end(judge), UPSHAKE_DECIDE);
}

static void a_choice_is_among_the_lines_that_are_remembered(void **state) {
  upshake_judge judge;
  char names[9][4];
  (void)state;
  judge_many(&judge, "Sec-WebSocket-Protocol", names, 9);
  for (size_t i = 0; i < 9; i++)
    assert_int_equal(upshake_choose_subprotocol(&judge.hs, text(names[i])),
                     i < REMEMBERED ? UPSHAKE_OK : UPSHAKE_ERR_NOT_OFFERED);
}

static void
extensions_are_those_of_the_lines_that_are_remembered(void **state) {
  upshake_judge judge;
  char names[9][4], out[UPSHAKE_REPLY_CAP];
  size_t len;
  (void)state;
  judge_many(&judge, "Sec-WebSocket-Extensions", names, 9);
  assert_int_equal(upshake_answer(&judge.hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  for (size_t i = 0; i < 9; i++) {
    const upshake_extra extra = {.extensions = text(names[i])};
    assert_int_equal(
        upshake_reply_with(&judge.hs, &extra, out, sizeof out, &len),
        i < REMEMBERED ? UPSHAKE_OK : UPSHAKE_ERR_EXTRA_EXTENSION);
  }
}

/* ---- Too late ------------------------------------------------------------ */

static void assert_ended(upshake_judge *judge, upshake_next next) {
  static const line late[] = {{"Host", "a b"},
                              {"Sec-WebSocket-Key", KEY},
                              {"Sec-WebSocket-Protocol", "late"},
                              {"bad name", "x"}};
  const upshake_judge before = *judge;
  for (size_t i = 0; i < CHECK_LEN(late); i++) {
    upshake_judge_field(judge, text(late[i].name), text(late[i].value));
    assert_int_equal(upshake_judge_end(judge), next);
    assert_memory_equal(judge, &before, sizeof before);
  }
}

static void after_the_end_nothing_changes(void **state) {
  static const line extra[] = {{"Sec-WebSocket-Version", "8"}};
  upshake_judge judge;
  (void)state;
  assert_int_equal(judge_with(&judge, &waiting, NULL, 0), UPSHAKE_DECIDE);
  assert_ended(&judge, UPSHAKE_DECIDE);
  assert_int_equal(upshake_choose_subprotocol(&judge.hs, text("late")),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_int_equal(upshake_answer(&judge.hs, UPSHAKE_DECLINE), UPSHAKE_OK);
  assert_ended(&judge, UPSHAKE_PLAIN);
  assert_int_equal(judge_with(&judge, &plain_config, NULL, 0), UPSHAKE_SEND);
  assert_ended(&judge, UPSHAKE_SEND);
  assert_int_equal(judge_with(&judge, &plain_config, extra, 1), UPSHAKE_SEND);
  assert_ended(&judge, UPSHAKE_SEND);
  assert_int_equal(upshake_get_result(&judge.hs).error,
                   UPSHAKE_ERR_VERSION_REPEATED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_byte_of_a_target_is_judged),
      cmocka_unit_test(a_blank_is_wrong_anywhere_in_a_target),
      cmocka_unit_test(an_asterisk_is_for_options_and_the_preface),
      cmocka_unit_test(the_bytes_after_a_target_are_none_of_it),
      cmocka_unit_test(blanks_around_a_value_are_none_of_it),
      cmocka_unit_test(no_other_two_bytes_are_version_13),
      cmocka_unit_test(a_wrong_byte_is_found_anywhere_in_what_browsers_offer),
      cmocka_unit_test(an_absent_value_is_an_empty_one),
      cmocka_unit_test(the_bytes_after_a_value_are_none_of_it),
      cmocka_unit_test(an_offer_may_be_longer_than_the_name_of_an_entry),
      cmocka_unit_test(a_choice_is_among_the_lines_that_are_remembered),
      cmocka_unit_test(extensions_are_those_of_the_lines_that_are_remembered),
      cmocka_unit_test(after_the_end_nothing_changes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
