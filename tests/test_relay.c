/* SPDX-License-Identifier: MIT
 *
 * What a gateway gives to its client: the interim and final responses of the
 * server behind it, and a switch to a protocol that its table does not name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check_handshake.h"
#include "check_reply.h"

#define SLICE(text)                                                            \
  { UPSHAKE_TEXT(text) }

/* ---- Responses of another server ----------------------------------------- */

static const upshake_field links[] = {{SLICE("Link"), SLICE("</a.css>")},
                                      {SLICE("Link"), SLICE("</b.js>")}};

static void assert_written(const char *octets) {
  const upshake_slice got = {written, written_len};
  assert_slice(got, octets);
}

static void an_interim_response_has_only_what_is_added(void **state) {
  static const char plain[] = "HTTP/1.1 103 \r\n\r\n";
  static const char hints[] = "HTTP/1.1 103 Early Hints\r\nDate: now\r\n"
                              "Link: </a.css>\r\nLink: </b.js>\r\n\r\n";
  const upshake_response response = {.status = 103, .continue_first = 1};
  const upshake_extra extra = {.fields = links,
                               .fields_len = 2,
                               .date = text("now"),
                               .reason = text("Early Hints"),
                               .keep = UPSHAKE_KEEP_OPEN};
  (void)state;
  assert_int_equal(write_roomy(&response, NULL), UPSHAKE_OK);
  assert_written(plain);
  assert_int_equal(write_roomy(&response, &extra), UPSHAKE_OK);
  assert_written(hints);
  assert_sizes(&response, &extra);
  assert_parts(&response, &extra);
}

static void an_interim_response_has_the_same_values(void **state) {
  const upshake_response response = {.status = 103};
  const upshake_extra extra = {.fields = links, .fields_len = 2};
  upshake_cursor cursor = {0};
  upshake_line line;
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(upshake_write_line(&response, &extra, &cursor, &line), 1);
    assert_slice(line.field.value, links[i].value.ptr);
    assert_int_equal(line.kind, UPSHAKE_LINE_ADDED);
  }
  assert_int_equal(upshake_write_line(&response, &extra, &cursor, &line), 0);
  assert_int_equal(line.status, 103);
}

/* RFC 9110 15.2: not to HTTP/1.0; its end is its empty line. */
static void what_an_interim_response_cannot_have_is_refused(void **state) {
  static const upshake_field length = {SLICE("Content-Length"), SLICE("1")};
  static const struct {
    upshake_response response;
    upshake_extra extra;
    upshake_error error;
  } cases[] = {
      {{.status = 103, .version = 10}, {0}, UPSHAKE_ERR_ANSWER},
      {{.status = 99}, {0}, UPSHAKE_ERR_ANSWER},
      {{.status = 103}, {.body = SLICE("a")}, UPSHAKE_ERR_EXTRA_BODY},
      {{.status = 103},
       {.content = UPSHAKE_CONTENT_CHUNKED},
       UPSHAKE_ERR_EXTRA_BODY},
      {{.status = 103},
       {.fields = &length, .fields_len = 1},
       UPSHAKE_ERR_EXTRA_RESERVED},
      {{.status = 103},
       {.extensions = SLICE("x")},
       UPSHAKE_ERR_EXTRA_EXTENSION},
      {{.status = 199}, {0}, UPSHAKE_OK},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(cases); i++)
    assert_int_equal(write_roomy(&cases[i].response, &cases[i].extra),
                     cases[i].error);
}

static void a_relayed_response_needs_no_field_of_its_status(void **state) {
  static const int statuses[] = {206, 401, 405, 407};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(statuses); i++) {
    const upshake_response response = {.status = statuses[i]};
    upshake_extra extra = {.relayed = 0};
    assert_int_not_equal(write_roomy(&response, &extra), UPSHAKE_OK);
    extra.relayed = 1;
    assert_int_equal(write_roomy(&response, &extra), UPSHAKE_OK);
  }
}

/* Upgrade is of this connection: RFC 9110 15.5.22. */
static void a_relayed_426_still_names_a_protocol(void **state) {
  const upshake_extra extra = {.relayed = 1};
  upshake_response response = {.status = 426};
  (void)state;
  assert_int_equal(write_roomy(&response, &extra), UPSHAKE_ERR_REPLY_PROTOCOL);
  response.upgrade = text("websocket");
  assert_int_equal(write_roomy(&response, &extra), UPSHAKE_OK);
}

static void a_plain_request_is_answered_with_what_another_said(void **state) {
  const upshake_extra extra = {.relayed = 1};
  upshake hs = begin(&accepting, NEXT_REQUEST, UPSHAKE_PLAIN);
  (void)state;
  assert_int_equal(upshake_answer(&hs, 401), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, NULL), 0);
  assert_int_equal(reply_status(&hs, &extra), 401);
}

/* ---- The entry "*" --------------------------------------------------------
 */

static const upshake_protocol any[] = {UPSHAKE_ANY};
static const upshake_protocol any_behind[] = {UPSHAKE_WEBSOCKET, UPSHAKE_ANY};
static const upshake_config takes_any = {any, 1, .decide = later};
static const upshake_config takes_both = {any_behind, 2, .decide = later};

static void star_stands_with_its_rules_only(void **state) {
  static const upshake_protocol entries[] = {
      UPSHAKE_PROTOCOL("*"),
      UPSHAKE_ENTRY("foo", upshake_any_rules, NULL, NULL, 0, 0),
      UPSHAKE_ENTRY("*", upshake_websocket_rules, NULL, NULL, 0, 0),
      UPSHAKE_ENTRY("*", upshake_any_rules, NULL, "foo", 0, 0),
  };
  upshake hs;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(entries); i++) {
    const upshake_config config = {&entries[i], 1, .decide = NULL};
    assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL),
                     UPSHAKE_ERR_CONFIG);
  }
  assert_int_equal(upshake_init(&hs, &takes_any, memory, CAP, NULL),
                   UPSHAKE_OK);
}

#define OFFER                                                                  \
  "GET / HTTP/1.1\r\n" CHECK_HOST                                              \
  "Connection: upgrade\r\n" CHECK_KEY CHECK_VERSION                            \
  "Sec-WebSocket-Protocol: a, b\r\n"                                           \
  "Upgrade: foo/1, bar, websocket\r\n\r\n"

static void assert_switches_to(upshake *hs, const char *name) {
  upshake_slice got = {NULL, 0};
  char out[CAP];
  size_t len;
  assert_slice(upshake_protocol_name(hs), name);
  assert_int_equal(upshake_answer(hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_int_equal(upshake_reply(hs, out, sizeof out, &len), UPSHAKE_OK);
  assert_int_equal(count_field(view_reply(out, len), "Upgrade", &got), 1);
  assert_slice(got, name);
}

static void a_choice_is_gone_with_its_entry(void **state) {
  upshake hs = begin(&takes_both, OFFER, UPSHAKE_DECIDE);
  (void)state;
  assert_slice(upshake_protocol_name(&hs), "websocket");
  assert_int_equal(upshake_choose_subprotocol(&hs, text("b")), UPSHAKE_OK);
  assert_int_equal(upshake_choose_protocol(&hs, text("BAR")), UPSHAKE_OK);
  assert_slice(upshake_protocol_name(&hs), "bar");
  assert_int_equal(upshake_choose_subprotocol(&hs, text("b")),
                   UPSHAKE_ERR_STATE);
  assert_int_equal(upshake_choose_protocol(&hs, text("foo")),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_int_equal(upshake_choose_protocol(&hs, text("foo/1")), UPSHAKE_OK);
  assert_slice(upshake_protocol_name(&hs), "foo/1");
  assert_int_equal(upshake_choose_protocol(&hs, text("websocket")), UPSHAKE_OK);
  assert_null(upshake_get_result(&hs).subprotocol.ptr);
  assert_int_equal(upshake_choose_subprotocol(&hs, text("b")), UPSHAKE_OK);
  assert_int_equal(upshake_choose_protocol(&hs, text("*")), UPSHAKE_OK);
  assert_slice(upshake_protocol_name(&hs), "foo/1");
  assert_int_equal(upshake_choose_protocol(&hs, text("bar")), UPSHAKE_OK);
  assert_switches_to(&hs, "bar");
}

static void the_choice_moves_with_the_head(void **state) {
  char other[CAP];
  upshake hs = begin(&takes_any, OFFER, UPSHAKE_DECIDE);
  (void)state;
  assert_int_equal(upshake_choose_protocol(&hs, text("bar")), UPSHAKE_OK);
  assert_int_equal(upshake_move(&hs, other, sizeof other), UPSHAKE_OK);
  memset(memory, 'x', sizeof memory);
  assert_switches_to(&hs, "bar");
}

static void no_protocol_has_no_name(void **state) {
  upshake hs = begin(&takes_any, NEXT_REQUEST, UPSHAKE_PLAIN);
  (void)state;
  assert_null(upshake_protocol_name(&hs).ptr);
  hs = begin(&takes_any, OFFER, UPSHAKE_DECIDE);
  assert_int_equal(upshake_answer(&hs, 403), UPSHAKE_OK);
  assert_null(upshake_protocol_name(&hs).ptr);
}

/* ---- "*" where another parser found the request ---------------------------
 */

static void begin_foreign(upshake_judge *judge) {
  assert_int_equal(
      begin_judge(judge, &takes_any, NULL, text("GET"), text("/"), 11),
      UPSHAKE_OK);
  upshake_judge_field(judge, text("Host"), text("a"));
}

static void a_judge_names_what_star_takes(void **state) {
  upshake_judge judge;
  (void)state;
  begin_foreign(&judge);
  upshake_judge_field(&judge, text("Connection"), text("upgrade"));
  upshake_judge_field(&judge, text("Upgrade"), text("websocket, foo, bar"));
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_DECIDE);
  assert_slice(upshake_protocol_name(&judge.hs), "foo");
  assert_int_equal(upshake_choose_protocol(&judge.hs, text("bar")), UPSHAKE_OK);
  assert_switches_to(&judge.hs, "bar");
}

/* A judge keeps so many lines; a 101 without a name is never written. */
static void a_name_that_a_judge_did_not_keep_is_not_written(void **state) {
  upshake_judge judge;
  char out[CAP];
  size_t len;
  (void)state;
  begin_foreign(&judge);
  for (size_t i = 0; i < UPSHAKE_JUDGE_LINES; i++)
    upshake_judge_field(&judge, text("Connection"), text("upgrade"));
  upshake_judge_field(&judge, text("Upgrade"), text("foo"));
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_DECIDE);
  assert_null(upshake_protocol_name(&judge.hs).ptr);
  assert_int_equal(upshake_choose_protocol(&judge.hs, text("foo")),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_int_equal(upshake_answer(&judge.hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_int_equal(upshake_reply(&judge.hs, out, sizeof out, &len),
                   UPSHAKE_ERR_REPLY_PROTOCOL);
}

static void an_extended_connect_has_one_name(void **state) {
  static const upshake_field fields[] = {{SLICE(":method"), SLICE("CONNECT")},
                                         {SLICE(":protocol"), SLICE("foo")},
                                         {SLICE(":scheme"), SLICE("https")},
                                         {SLICE(":authority"), SLICE("a")},
                                         {SLICE(":path"), SLICE("/")}};
  const upshake_found found = {.version = 20,
                               .fields = upshake_array(fields, 5)};
  upshake_judge judge;
  (void)state;
  assert_int_equal(upshake_judge_begin_stream(&judge, &takes_any, NULL, &found),
                   UPSHAKE_OK);
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_DECIDE);
  assert_slice(upshake_protocol_name(&judge.hs), "foo");
  assert_int_equal(upshake_answer(&judge.hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_int_equal(upshake_get_result(&judge.hs).status, 200);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_interim_response_has_only_what_is_added),
      cmocka_unit_test(an_interim_response_has_the_same_values),
      cmocka_unit_test(what_an_interim_response_cannot_have_is_refused),
      cmocka_unit_test(a_relayed_response_needs_no_field_of_its_status),
      cmocka_unit_test(a_relayed_426_still_names_a_protocol),
      cmocka_unit_test(a_plain_request_is_answered_with_what_another_said),
      cmocka_unit_test(star_stands_with_its_rules_only),
      cmocka_unit_test(a_choice_is_gone_with_its_entry),
      cmocka_unit_test(the_choice_moves_with_the_head),
      cmocka_unit_test(no_protocol_has_no_name),
      cmocka_unit_test(a_judge_names_what_star_takes),
      cmocka_unit_test(a_name_that_a_judge_did_not_keep_is_not_written),
      cmocka_unit_test(an_extended_connect_has_one_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
