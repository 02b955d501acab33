/* SPDX-License-Identifier: MIT
 *
 * What a handshake replies, whole and in parts, with and without what the
 * application adds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_handshake.h"
#include "switches.h"

static void a_reply_is_the_same_whole_and_in_parts(void **state) {
  static const char *const streams[] = {CHECK_REQUEST, OLD_VERSION, BROKEN};
  const upshake_extra extra = {.date = text("now")};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++)
    for (size_t cap = 1; cap < 40; cap++) {
      upshake hs = begin(&accepting, streams[i], UPSHAKE_SEND);
      char whole[CAP], parts[CAP];
      size_t len, total = 0, part;
      upshake_cursor cursor = {0};
      assert_int_equal(upshake_reply_with(&hs, &extra, NULL, 0, &len),
                       UPSHAKE_ERR_ROOM);
      do {
        char *out = malloc(cap);
        assert_int_equal(
            upshake_reply_part(&hs, &extra, &cursor, out, cap, &part),
            UPSHAKE_OK);
        memcpy(parts + total, out, part);
        total += part;
        free(out);
      } while (part > 0);
      assert_int_equal(total, len);
      assert_int_equal(upshake_reply_with(&hs, &extra, whole, len, &len),
                       UPSHAKE_OK);
      assert_memory_equal(whole, parts, len);
      assert_true(len <= UPSHAKE_REPLY_CAP);
    }
}

#define OFFER_OF(upgrade, more)                                                \
  "GET /chat HTTP/1.1\r\n" CHECK_HOST "Upgrade: " upgrade                      \
  "\r\nConnection: Upgrade\r\n" CHECK_KEY CHECK_VERSION more "\r\n"

/* Without extras most have a way of their own. */
static void a_101_is_the_same_with_extras_that_add_nothing(void **state) {
  static const char *const streams[] = {
      OFFER_OF("websocket", ""), OFFER_OF("mine", ""), OFFER_OF("echo", ""),
      OFFER_OF("websocket", "Expect: 100-continue\r\n"),
      OFFER_OF("websocket", "Sec-WebSocket-Protocol: chat\r\n")};
  static const upshake_protocol table[] = {
      UPSHAKE_PROTOCOL("echo"),
      {.name = "WebSocket", .rules = upshake_websocket_rules},
      {.name = "mine", .rules = upshake_websocket_rules}};
  static const char *const spoken[] = {"chat"};
  static const upshake_config config = {table, 3, .subprotocols = spoken,
                                        .subprotocols_len = 1};
  static const upshake_extra nothing = {.fields = NULL};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++)
    for (size_t cap = 0; cap < CAP / 4; cap++) {
      upshake hs = begin(&config, streams[i], UPSHAKE_SEND), same = hs;
      char out[CAP / 2], expected[CAP / 2];
      size_t len = 9, expected_len = 9;
      memset(out, '#', sizeof out);
      memset(expected, '#', sizeof expected);
      assert_int_equal(
          upshake_reply(&hs, out, cap, &len),
          upshake_reply_with(&same, &nothing, expected, cap, &expected_len));
      assert_int_equal(len, expected_len);
      assert_memory_equal(out, expected, sizeof out); /* and nothing after */
      assert_memory_equal(&hs, &same, sizeof hs);
    }
}

/* Whether the config lists it or not: upshake_reply has a way of its own for
 * what the config chose. */
static void a_101_names_the_subprotocol_of_the_application(void **state) {
  static const char *const names[] = {"a", "b", NULL};
  static const char *const spoken[] = {"a"};
  (void)state;
  for (size_t listed = 0; listed <= 1; listed++)
    for (size_t i = 0; i < CHECK_LEN(names); i++) {
      const upshake_config config = {protocols, 1, .decide = later,
                                     .subprotocols = spoken,
                                     .subprotocols_len = listed};
      upshake hs = begin(
          &config, OFFER_OF("websocket", "Sec-WebSocket-Protocol: a, b\r\n"),
          UPSHAKE_DECIDE);
      upshake_slice value = {NULL, 0};
      char out[CAP];
      size_t len;
      assert_int_equal(upshake_choose_subprotocol(
                           &hs, names[i] ? text(names[i]) : part_of(NULL, 0)),
                       UPSHAKE_OK);
      assert_int_equal(upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
      assert_int_equal(upshake_reply(&hs, out, CAP, &len), UPSHAKE_OK);
      assert_int_equal(
          count_field(view_reply(out, len), "Sec-WebSocket-Protocol", &value),
          names[i] ? 1 : 0);
      if (names[i])
        assert_slice(value, names[i]);
    }
}

/* A small machine may have no other memory for it. */
static void a_101_may_be_written_over_its_request(void **state) {
  (void)state;
  for (size_t at = 0; at < CAP / 2; at++) {
    upshake hs = begin(&accepting, CHECK_REQUEST, UPSHAKE_SEND);
    upshake_slice value = {NULL, 0};
    size_t len;
    assert_int_equal(upshake_reply(&hs, memory + at, CAP - at, &len),
                     UPSHAKE_OK);
    assert_int_equal(count_field(view_reply(memory + at, len),
                                 "Sec-WebSocket-Accept", &value),
                     1);
    assert_slice(value, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  }
}

/* Even those that no reply may have: they are for the one after it. */
static void the_extras_of_a_100_are_ignored(void **state) {
  NEEDS(BODIES);
  static const char head[] =
      "POST / HTTP/1.1\r\n" CHECK_HOST
      "Upgrade: echo\r\nConnection: Upgrade\r\n"
      "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  static const upshake_protocol entry = {
      .name = "echo", .methods = "POST", .body = UPSHAKE_BODY_READ};
  static const upshake_config config = {&entry, 1, .decide = NULL};
  const upshake_field field = {{UPSHAKE_TEXT("Upgrade")},
                               {UPSHAKE_TEXT("other")}};
  const upshake_extra extras[] = {
      {.fields = &field, .fields_len = 1},
      {.extensions = {UPSHAKE_TEXT("permessage-deflate")}}};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(extras); i++) {
    upshake hs = begin(&config, head, UPSHAKE_SEND);
    upshake_cursor cursor = {0};
    char out[CAP];
    size_t len;
    assert_int_equal(upshake_reply_part(&hs, &extras[i], &cursor, out, 9, &len),
                     UPSHAKE_OK);
    assert_int_equal(len, 9);
    assert_int_equal(upshake_reply_with(&hs, &extras[i], out, CAP, &len),
                     UPSHAKE_OK);
    assert_slice(part_of(out, len), "HTTP/1.1 100 Continue\r\n\r\n");
  }
}

static void an_answer_to_head_has_no_body(void **state) { /* RFC 9110 9.3.2 */
  upshake hs =
      begin(&accepting, "HEAD / HTTP/1.1\r\n" CHECK_HOST "\r\n", UPSHAKE_PLAIN);
  const upshake_extra extra = {.body = text("none")};
  upshake_slice value = {NULL, 0};
  reply_view view;
  char out[CAP];
  size_t len;
  (void)state;
  assert_int_equal(upshake_answer(&hs, 404), UPSHAKE_OK);
  assert_int_equal(upshake_reply_with(&hs, &extra, out, CAP, &len), UPSHAKE_OK);
  view = view_reply(out, len);
  assert_int_equal(view.body.len, 0);
  assert_int_equal(count_field(view, "Content-Length", &value), 1);
  assert_slice(value, "4");
}

/* A *len of 0 would say that the reply has ended.  The first part is checked,
 * and its checks hold for the others. */
static void a_part_of_no_bytes_is_refused(void **state) {
  static const upshake_field name[] = {{{"a b", 3}, {"c", 1}}};
  const upshake_extra bad = {.fields = name, .fields_len = 1};
  (void)state;
  for (size_t taken = 0; taken < 2; taken++) {
    upshake hs = begin(&accepting, BROKEN, UPSHAKE_SEND);
    upshake_cursor cursor = {0}, same;
    char out[CAP];
    size_t len = 9;
    if (taken)
      assert_int_equal(upshake_reply_part(&hs, NULL, &cursor, out, CAP, &len),
                       UPSHAKE_OK);
    same = cursor;
    assert_int_equal(upshake_reply_part(&hs, &bad, &cursor, NULL, 0, &len),
                     taken ? UPSHAKE_ERR_ROOM : UPSHAKE_ERR_EXTRA_NAME);
    assert_int_equal(len, taken);
    assert_memory_equal(&cursor, &same, sizeof cursor);
    assert_int_equal(upshake_reply_part(&hs, NULL, &cursor, NULL, 0, &len),
                     UPSHAKE_ERR_ROOM);
    assert_int_equal(len, 1);
    assert_memory_equal(&cursor, &same, sizeof cursor);
  }
}

/* As in a response without a handshake: see test_extra.c. */
static void names_the_place_of_the_added_field_that_is_wrong(void **state) {
  static const struct {
    const char *name, *value;
    upshake_error error;
    size_t place;
  } rows[] = {{"Set-Cookie", "a", UPSHAKE_OK, 0},
              {"", "a", UPSHAKE_ERR_EXTRA_NAME, 1},
              {"Upgrade", "a", UPSHAKE_ERR_EXTRA_RESERVED, 1},
              {"A", "a\r\nb", UPSHAKE_ERR_EXTRA_VALUE, 1},
              {"server", "a", UPSHAKE_ERR_EXTRA_REPEATED, 1},
              {"Allow", "a", UPSHAKE_OK, 0}};
  static const char *const streams[] = {CHECK_REQUEST, OLD_VERSION, BROKEN};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    for (size_t k = 0; k < CHECK_LEN(streams); k++) {
      const upshake_field fields[] = {{text("Server"), text("b")},
                                      {text(rows[i].name), text(rows[i].value)},
                                      {text("Last"), text("c")}};
      const upshake_extra extra = {.fields = fields, .fields_len = 3};
      upshake hs = begin(&accepting, streams[k], UPSHAKE_SEND);
      upshake_cursor cursor = {0};
      char out[CAP];
      size_t len = 9;
      if (rows[i].error == UPSHAKE_OK)
        continue;
      assert_unchanged(hs, upshake_reply_with(&hs, &extra, out, CAP, &len),
                       rows[i].error);
      assert_int_equal(len, rows[i].place);
      len = 9;
      assert_unchanged(hs,
                       upshake_reply_part(&hs, &extra, &cursor, out, CAP, &len),
                       rows[i].error);
      assert_int_equal(len, rows[i].place);
    }
}

static void names_no_added_field_if_none_is_wrong(void **state) {
  const upshake_field fields[] = {{text("A"), text("b")},
                                  {text("C"), text("d")}};
  const upshake_extra date = {
      .fields = fields, .fields_len = 2, .date = text("")};
  const upshake_extra extensions = {
      .fields = fields, .fields_len = 2, .extensions = text("foo")};
  const upshake_extra keep = {
      .fields = fields, .fields_len = 2, .keep = UPSHAKE_KEEP_OPEN};
  upshake hs = begin(&accepting, CHECK_REQUEST, UPSHAKE_SEND);
  char out[CAP];
  size_t len = 9;
  (void)state;
  assert_unchanged(hs, upshake_reply_with(&hs, &date, out, CAP, &len),
                   UPSHAKE_ERR_EXTRA_VALUE);
  assert_int_equal(len, 2);
  assert_unchanged(hs, upshake_reply_with(&hs, &extensions, out, CAP, &len),
                   UPSHAKE_ERR_EXTRA_EXTENSION);
  assert_int_equal(len, 2);
  assert_int_equal(upshake_answer(&hs, 401), UPSHAKE_OK); /* no such extra */
  assert_unchanged(hs, upshake_reply_with(&hs, &keep, out, CAP, &len),
                   UPSHAKE_ERR_NEEDS_AUTHENTICATE);
  assert_int_equal(len, 0);
  hs = begin(&accepting, BROKEN, UPSHAKE_SEND);
  len = 9;
  assert_unchanged(hs, upshake_reply_with(&hs, &keep, out, CAP, &len),
                   UPSHAKE_ERR_MUST_CLOSE);
  assert_int_equal(len, 0);
}

/* Wherever a part ends, the next part begins there. */
static void many_added_fields_come_in_parts_of_any_length(void **state) {
  static upshake_field fields[200];
  const upshake_extra extra = {.fields = fields,
                               .fields_len = CHECK_LEN(fields),
                               .date = text("now"),
                               .body = text("content")};
  upshake hs = begin(&accepting, OLD_VERSION, UPSHAKE_SEND);
  static char whole[8192], parts[8192];
  size_t len;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(fields); i++) {
    fields[i].name = text("Set-Cookie");
    fields[i].value = part_of(&"a=0123456789"[i % 9], 12 - i % 9);
  }
  assert_int_equal(upshake_reply_with(&hs, &extra, whole, sizeof whole, &len),
                   UPSHAKE_OK);
  for (size_t cap = 1; cap < 80; cap++) {
    upshake_cursor cursor = {0};
    size_t total = 0, part;
    do {
      char *out = malloc(cap);
      upshake_cursor again = cursor;
      assert_int_equal(upshake_reply_part(&hs, &extra, &again, out, cap, &part),
                       UPSHAKE_OK);
      assert_int_equal(
          upshake_reply_part(&hs, &extra, &cursor, out, cap, &part),
          UPSHAKE_OK);
      assert_true(total + part <= len);
      memcpy(parts + total, out, part);
      total += part;
      assert_true(part == cap || total == len);
      free(out);
    } while (part > 0);
    assert_int_equal(total, len);
    assert_memory_equal(whole, parts, len);
  }
}

/* What a reply lacks can be added, or another answer given. */
static void an_incomplete_answer_changes_nothing(void **state) {
  const upshake_field field = {{UPSHAKE_TEXT("WWW-Authenticate")},
                               {UPSHAKE_TEXT("Basic realm=\"a\"")}};
  const upshake_extra extra = {.fields = &field, .fields_len = 1};
  upshake hs = begin(&waiting, CHECK_REQUEST, UPSHAKE_DECIDE);
  upshake_cursor cursor = {0};
  char out[CAP];
  size_t len = 9;
  (void)state;
  assert_int_equal(upshake_answer(&hs, 401), UPSHAKE_OK);
  assert_unchanged(hs, upshake_reply(&hs, out, CAP, &len),
                   UPSHAKE_ERR_NEEDS_AUTHENTICATE);
  assert_int_equal(len, 0);
  assert_unchanged(hs, upshake_reply_part(&hs, NULL, &cursor, out, CAP, &len),
                   UPSHAKE_ERR_NEEDS_AUTHENTICATE);
  assert_int_equal(upshake_answer(&hs, 403), UPSHAKE_OK);
  assert_int_equal(upshake_answer(&hs, 401), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, &extra), 401);
}

static void there_is_no_reply_but_at_send(void **state) {
  static const char *const streams[] = {"", "GET ", CHECK_PLAIN, CHECK_REQUEST};
  upshake_cursor cursor = {0};
  char out[CAP];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++) {
    upshake hs;
    size_t len = 9, used;
    upshake_init(&hs, &waiting, memory, CAP, NULL);
    feed(&hs, streams[i], strlen(streams[i]), &used);
    assert_unchanged(hs, upshake_reply(&hs, out, CAP, &len), UPSHAKE_ERR_STATE);
    assert_int_equal(len, 0);
    len = 9;
    assert_unchanged(hs, upshake_reply_part(&hs, NULL, &cursor, out, CAP, &len),
                     UPSHAKE_ERR_STATE);
    assert_int_equal(len, 0);
  }
}

/* A host whose own buffer is full may ask for such a part. */
static void a_part_of_no_bytes_leaves_the_answer_open(void **state) {
  upshake hs = begin(&accepting, CHECK_REQUEST, UPSHAKE_SEND);
  upshake_cursor cursor = {0};
  char out[CAP];
  size_t len = 9;
  (void)state;
  assert_unchanged(hs, upshake_reply_part(&hs, NULL, &cursor, out, 0, &len),
                   UPSHAKE_ERR_ROOM);
  assert_int_equal(len, 1);
  assert_int_equal(upshake_answer(&hs, 404), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, NULL), 404);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_reply_is_the_same_whole_and_in_parts),
      cmocka_unit_test(a_101_is_the_same_with_extras_that_add_nothing),
      cmocka_unit_test(a_101_names_the_subprotocol_of_the_application),
      cmocka_unit_test(a_101_may_be_written_over_its_request),
      cmocka_unit_test(the_extras_of_a_100_are_ignored),
      cmocka_unit_test(an_answer_to_head_has_no_body),
      cmocka_unit_test(a_part_of_no_bytes_is_refused),
      cmocka_unit_test(names_the_place_of_the_added_field_that_is_wrong),
      cmocka_unit_test(names_no_added_field_if_none_is_wrong),
      cmocka_unit_test(many_added_fields_come_in_parts_of_any_length),
      cmocka_unit_test(an_incomplete_answer_changes_nothing),
      cmocka_unit_test(there_is_no_reply_but_at_send),
      cmocka_unit_test(a_part_of_no_bytes_leaves_the_answer_open),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
