/* SPDX-License-Identifier: MIT
 *
 * The handshake object as a machine of states: how it begins and ends, and what
 * it replies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_handshake.h"

/* ---- Begin ----------------------------------------------------------------
 */

static void refuses_a_config_that_breaks_a_rule(void **state) {
  upshake_protocol many[33];
  upshake_config config = {NULL, 1, .decide = NULL};
  upshake hs;
  size_t used;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(many); i++)
    many[i] = protocols[2];
  many[31] = protocols[0];
  assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL),
                   UPSHAKE_ERR_CONFIG);
  config.protocols = many;
  config.protocols_len = 33;
  assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL),
                   UPSHAKE_ERR_CONFIG);
  config.protocols_len = 32;
  hs = begin(&config, CHECK_REQUEST, UPSHAKE_SEND);
  assert_ptr_equal(upshake_get_result(&hs).protocol, &many[31]);
  config.protocols = NULL;
  config.protocols_len = 0;
  assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL), UPSHAKE_OK);
  assert_int_equal(feed(&hs, CHECK_REQUEST, strlen(CHECK_REQUEST), &used),
                   UPSHAKE_PLAIN);
}

static void refuses_a_list_that_is_not_there(void **state) {
  const upshake_config lists[] = {
      {protocols, 1, .subprotocols_len = 1},
      {protocols, 1, .origins_len = 1},
      {protocols, 1, .wanted_len = 1},
  };
  upshake hs;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(lists); i++)
    assert_int_equal(upshake_init(&hs, &lists[i], memory, CAP, NULL),
                     UPSHAKE_ERR_CONFIG);
}

static void get_may_be_named_where_no_other_method_may(void **state) {
  static const upshake_protocol entry = {.token = "websocket",
                                         .methods = "GET"};
  const upshake_config config = {&entry, 1, .decide = NULL};
  upshake hs = begin(&config, CHECK_REQUEST, UPSHAKE_SEND);
  (void)state;
  assert_int_equal(upshake_get_result(&hs).status, 101);
}

/* The place of the chosen one is kept in 16 bits: 65535 names are looked at. */
static void a_name_far_down_a_long_list_is_found(void **state) {
  const size_t len = (size_t)UINT16_MAX + 2;
  const char **names = malloc(len * sizeof *names);
  upshake_config config = {protocols, 3, .subprotocols = names,
                           .subprotocols_len = len};
  (void)state;
  assert_non_null(names);
  for (size_t place = UINT16_MAX - 2; place < len; place++) {
    int is_found = place < UINT16_MAX;
    upshake hs;
    for (size_t i = 0; i < len; i++)
      names[i] = i == place ? "b" : "other";
    hs = begin(&config, TWO_OFFERS, UPSHAKE_SEND);
    if (is_found)
      assert_slice(upshake_get_result(&hs).subprotocol, "b");
    else
      assert_absent(upshake_get_result(&hs).subprotocol);
  }
  free(names);
}

static void refuses_an_entry_that_no_reply_could_keep(void **state) {
  static const upshake_protocol entries[] = {
      {.token = NULL},
      {.token = ""},
      {.token = "a b"},
      {.token = "tcp", .version = "1/2"},
      {.token = "tcp", .upgrade = "tcp\r\n"},
      {.token = "tcp", .upgrade = "TLS/1.2,, HTTP/1.1"},
      {.token = "tcp", .methods = "GET POST"},
      {.token = "tcp", .methods = "GET\r\nX: y"},
      {.token = "tcp", .methods = ""},
      {.token = "tcp", .methods = "GET/1"}, /* a protocol, and no method */
      {.token = "tcp", .methods = "GET, POST/1"},
      {.token = "tcp", .rules = 5},
      {.token = "tcp", .body = 5},
      {.token = "tcp", .failed = 2},
      /* RFC 6455 4.2.1 and RFC 9298 3.2: these are opened with GET. */
      {.token = "websocket", .methods = "GET, POST"},
      {.token = "ws2", .methods = "POST", .rules = UPSHAKE_RULES_WEBSOCKET},
      {.token = "connect-udp", .methods = "POST"},
      {.token = "WebSocket", .rules = UPSHAKE_RULES_NONE},
      {.token = "websocket", .version = "13"},
      {.token = "websocket", .upgrade = "foo, bar"},
      {.token = "connect-ip", .body = UPSHAKE_BODY_ASK},
      {.token = "connect-ip", .body = UPSHAKE_BODY_CONSUME},
      {.token = "connect-udp", .body = UPSHAKE_BODY_ASK},
      {.token = "connect-udp", .body = UPSHAKE_BODY_CONSUME}, /* RFC 9297 3.2 */
      {.token = "tunnel",
       .rules = UPSHAKE_RULES_CAPSULES,
       .body = UPSHAKE_BODY_CONSUME},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(entries); i++) {
    const upshake_config config = {.protocols = &entries[i],
                                   .protocols_len = 1};
    upshake hs;
    assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL),
                     UPSHAKE_ERR_CONFIG);
  }
}

static void shows_nothing_before_the_head_is_complete(void **state) {
  static const char head[] = CHECK_REQUEST;
  upshake hs;
  size_t used;
  (void)state;
  assert_int_equal(upshake_init(&hs, &accepting, memory, CAP, NULL),
                   UPSHAKE_OK);
  for (size_t i = 0; i < sizeof head - 1; i++) {
    upshake_request request = upshake_get_request(&hs);
    upshake_result result = upshake_get_result(&hs);
    assert_absent(request.method);
    assert_absent(request.target);
    assert_absent(request.scheme);
    assert_absent(request.authority);
    assert_absent(request.path);
    assert_absent(request.query);
    assert_absent(request.fields);
    assert_int_equal(result.next, UPSHAKE_READ);
    assert_int_equal(result.error, UPSHAKE_ERR_INCOMPLETE);
    assert_int_equal(result.status, 0);
    assert_int_equal(result.consumed, i);
    assert_null(result.protocol);
    assert_int_equal(upshake_head(&hs).len, i);
    feed(&hs, head + i, 1, &used);
    assert_int_equal(used, 1);
  }
  assert_slice(upshake_get_request(&hs).path, "/chat");
  assert_slice(upshake_get_request(&hs).authority, "example.com");
  assert_int_equal(upshake_get_result(&hs).consumed, sizeof head - 1);
}

static void an_empty_feed_may_be_null(void **state) {
  upshake hs;
  size_t used = 9;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  assert_int_equal(upshake_feed(&hs, NULL, 0, &used), UPSHAKE_READ);
  assert_int_equal(used, 0);
}

static int check_user(upshake *hs, void *user) {
  int *calls = user;
  ++*calls;
  assert_slice(upshake_get_request(hs).target, "/chat");
  return UPSHAKE_ACCEPT;
}

static void hands_the_user_pointer_to_one_call_of_the_callback(void **state) {
  const upshake_config config = {protocols, 3, .decide = check_user};
  int calls = 0;
  upshake hs;
  size_t used;
  (void)state;
  upshake_init(&hs, &config, memory, CAP, &calls);
  for (size_t i = 0; i < strlen(CHECK_REQUEST); i++) {
    assert_int_equal(calls, 0);
    feed(&hs, &CHECK_REQUEST[i], 1, &used);
  }
  assert_int_equal(calls, 1);
  feed(&hs, CHECK_REQUEST, 5, &used);
  assert_int_equal(reply_status(&hs, NULL), 101);
  assert_int_equal(calls, 1);
}

/* ---- The end --------------------------------------------------------------
 */

static void takes_nothing_after_the_end(void **state) {
  static const struct {
    const upshake_config *config;
    const char *stream;
    upshake_next next;
  } rows[] = {{&accepting, CHECK_REQUEST, UPSHAKE_SEND},
              {&waiting, CHECK_REQUEST, UPSHAKE_DECIDE},
              {&accepting, CHECK_PLAIN, UPSHAKE_PLAIN},
              {&accepting, BROKEN, UPSHAKE_SEND},
              {&accepting, OLD_VERSION, UPSHAKE_SEND}};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake hs = begin(rows[i].config, rows[i].stream, rows[i].next), before;
    char memory_before[CAP];
    size_t used = 9, cap = 9;
    memcpy(memory_before, memory, CAP);
    memcpy(&before, &hs, sizeof hs);
    for (size_t round = 0; round < 3; round++) {
      assert_int_equal(feed(&hs, CHECK_PLAIN, round * 7, &used), rows[i].next);
      assert_int_equal(used, 0);
      upshake_room(&hs, &cap);
      assert_int_equal(cap, 0);
      assert_int_equal(upshake_commit(&hs, 0), rows[i].next);
      upshake_get_request(&hs);
      upshake_get_result(&hs);
      upshake_head(&hs);
      upshake_rest(&hs);
    }
    assert_memory_equal(&before, &hs, sizeof hs);
    assert_memory_equal(memory_before, memory, CAP);
  }
}

static void octets_glued_to_the_head_are_not_taken(void **state) {
  static const char *const heads[] = {CHECK_REQUEST, CHECK_PLAIN, OLD_VERSION};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(heads); i++) {
    size_t len = strlen(heads[i]), used = 0;
    char *stream = malloc(len + 6);
    upshake hs;
    memcpy(stream, heads[i], len);
    memcpy(stream + len, "\x81\x05glue", 6);
    upshake_init(&hs, &accepting, memory, CAP, NULL);
    assert_int_not_equal(upshake_feed(&hs, stream, len + 6, &used),
                         UPSHAKE_READ);
    assert_int_equal(used, len);
    assert_int_equal(upshake_head(&hs).len, len);
    assert_memory_equal(upshake_head(&hs).ptr, heads[i], len);
    assert_int_equal(upshake_rest(&hs).len, 0);
    free(stream);
  }
}

static void a_refusal_ends_before_the_octet(void **state) {
  static const char good[] = "GET / HTTP/1.1\r\nHost: a\r\nbad";
  upshake hs;
  size_t used;
  upshake_result result;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  assert_int_equal(feed(&hs, BROKEN, strlen(BROKEN), &used), UPSHAKE_SEND);
  assert_int_equal(used, sizeof good - 1);
  assert_int_equal(upshake_head(&hs).len, sizeof good - 1);
  assert_memory_equal(upshake_head(&hs).ptr, good, sizeof good - 1);
  result = upshake_get_result(&hs);
  assert_int_equal(result.error, UPSHAKE_ERR_FIELD_BLANK);
  assert_int_equal(result.offset, sizeof good - 1);
  assert_int_equal(result.consumed, sizeof good - 1);
  assert_int_equal(result.status, 400);
  assert_int_equal(result.may_keep, 0);
  assert_absent(upshake_get_request(&hs).method);
  assert_int_equal(reply_status(&hs, NULL), 400);
}

/* ---- Replies --------------------------------------------------------------
 */

static void a_reply_is_the_same_whole_and_in_parts(void **state) {
  static const char *const streams[] = {CHECK_REQUEST, OLD_VERSION, BROKEN};
  const upshake_extra extra = {.date = text("now")};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++)
    for (size_t cap = 1; cap < 40; cap++) {
      upshake hs = begin(&accepting, streams[i], UPSHAKE_SEND);
      char whole[CAP], parts[CAP];
      size_t len, total = 0, part;
      assert_int_equal(upshake_reply(&hs, &extra, NULL, 0, &len),
                       UPSHAKE_ERR_ROOM);
      do {
        char *out = malloc(cap);
        assert_int_equal(
            upshake_reply_part(&hs, &extra, total, out, cap, &part),
            UPSHAKE_OK);
        memcpy(parts + total, out, part);
        total += part;
        free(out);
      } while (part > 0);
      assert_int_equal(total, len);
      assert_int_equal(upshake_reply(&hs, &extra, whole, len, &len),
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
      {.token = "echo"},
      {.token = "WebSocket"},
      {.token = "mine", .rules = UPSHAKE_RULES_WEBSOCKET}};
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
          upshake_reply(&hs, NULL, out, cap, &len),
          upshake_reply(&same, &nothing, expected, cap, &expected_len));
      assert_int_equal(len, expected_len);
      assert_memory_equal(out, expected, sizeof out); /* and nothing after */
      assert_memory_equal(&hs, &same, sizeof hs);
    }
}

/* A small machine may have no other memory for it. */
static void a_101_may_be_written_over_its_request(void **state) {
  (void)state;
  for (size_t at = 0; at < CAP / 2; at++) {
    upshake hs = begin(&accepting, CHECK_REQUEST, UPSHAKE_SEND);
    upshake_slice value = {NULL, 0};
    size_t len;
    assert_int_equal(upshake_reply(&hs, NULL, memory + at, CAP - at, &len),
                     UPSHAKE_OK);
    assert_int_equal(count_field(view_reply(memory + at, len),
                                 "Sec-WebSocket-Accept", &value),
                     1);
    assert_slice(value, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  }
}

/* Even those that no reply may have: they are for the one after it. */
static void the_extras_of_a_100_are_ignored(void **state) {
  static const char head[] =
      "POST / HTTP/1.1\r\n" CHECK_HOST
      "Upgrade: echo\r\nConnection: Upgrade\r\n"
      "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  static const upshake_protocol entry = {
      .token = "echo", .methods = "POST", .body = UPSHAKE_BODY_CONSUME};
  static const upshake_config config = {&entry, 1, .decide = NULL};
  const upshake_field field = {{UPSHAKE_TEXT("Upgrade")},
                               {UPSHAKE_TEXT("other")}};
  const upshake_extra extras[] = {
      {.fields = &field, .fields_len = 1},
      {.extensions = {UPSHAKE_TEXT("permessage-deflate")}}};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(extras); i++) {
    upshake hs = begin(&config, head, UPSHAKE_SEND);
    char out[CAP];
    size_t len;
    assert_int_equal(upshake_reply_part(&hs, &extras[i], 0, out, 9, &len),
                     UPSHAKE_OK);
    assert_int_equal(len, 9);
    assert_int_equal(upshake_reply(&hs, &extras[i], out, CAP, &len),
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
  assert_int_equal(upshake_reply(&hs, &extra, out, CAP, &len), UPSHAKE_OK);
  view = view_reply(out, len);
  assert_int_equal(view.body.len, 0);
  assert_int_equal(count_field(view, "Content-Length", &value), 1);
  assert_slice(value, "4");
}

/* All checks come first, also where no octet is asked for. */
static void a_part_beyond_the_end_is_checked_too(void **state) {
  static const size_t places[] = {CAP, SIZE_MAX - 1, SIZE_MAX};
  const upshake_extra bad = {.date = text("a\nb")};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(places); i++) {
    upshake hs = begin(&accepting, BROKEN, UPSHAKE_SEND);
    size_t len = 9;
    assert_int_equal(upshake_reply_part(&hs, &bad, places[i], NULL, 0, &len),
                     UPSHAKE_ERR_EXTRA_VALUE);
    assert_int_equal(len, 0);
    assert_int_equal(upshake_reply_part(&hs, NULL, places[i], NULL, 0, &len),
                     UPSHAKE_OK);
    assert_int_equal(len, 0);
  }
}

/* What a reply lacks can be added, or another answer given. */
static void an_incomplete_answer_changes_nothing(void **state) {
  const upshake_field field = {{UPSHAKE_TEXT("WWW-Authenticate")},
                               {UPSHAKE_TEXT("Basic realm=\"a\"")}};
  const upshake_extra extra = {.fields = &field, .fields_len = 1};
  upshake hs = begin(&waiting, CHECK_REQUEST, UPSHAKE_DECIDE);
  char out[CAP];
  size_t len = 9;
  (void)state;
  assert_int_equal(upshake_answer(&hs, 401), UPSHAKE_OK);
  assert_unchanged(hs, upshake_reply(&hs, NULL, out, CAP, &len),
                   UPSHAKE_ERR_NEEDS_AUTHENTICATE);
  assert_int_equal(len, 0);
  assert_unchanged(hs, upshake_reply_part(&hs, NULL, 0, out, CAP, &len),
                   UPSHAKE_ERR_NEEDS_AUTHENTICATE);
  assert_int_equal(upshake_answer(&hs, 403), UPSHAKE_OK);
  assert_int_equal(upshake_answer(&hs, 401), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, &extra), 401);
}

static void there_is_no_reply_but_at_send(void **state) {
  static const char *const streams[] = {"", "GET ", CHECK_PLAIN, CHECK_REQUEST};
  char out[CAP];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++) {
    upshake hs;
    size_t len = 9, used;
    upshake_init(&hs, &waiting, memory, CAP, NULL);
    feed(&hs, streams[i], strlen(streams[i]), &used);
    assert_unchanged(hs, upshake_reply(&hs, NULL, out, CAP, &len),
                     UPSHAKE_ERR_STATE);
    assert_int_equal(len, 0);
    len = 9;
    assert_unchanged(hs, upshake_reply_part(&hs, NULL, 0, out, CAP, &len),
                     UPSHAKE_ERR_STATE);
    assert_int_equal(len, 0);
  }
}

/* "RFC 9110 7.8": a text that the library follows, and a section of it. */
static int is_rule(const char *rule) {
  static const char *const texts[] = {"6454", "6455", "6585", "7540", "7692",
                                      "9110", "9112", "9113", "9297", "9298"};
  int known = 0, digits = 0;
  for (size_t i = 0; i < CHECK_LEN(texts) && strlen(rule) > 9; i++)
    known |= memcmp(rule + 4, texts[i], 4) == 0;
  if (!known || memcmp(rule, "RFC ", 4) != 0 || rule[8] != ' ')
    return 0;
  for (rule += 9; *rule != '\0'; rule++) {
    if (*rule == '.' ? digits == 0 : *rule < '0' || *rule > '9')
      return 0;
    digits = *rule == '.' ? 0 : digits + 1;
  }
  return digits > 0;
}

static void explains_every_error(void **state) {
  (void)state;
  for (int i = -2; i < UPSHAKE_ERRORS_LEN + 2; i++) {
    upshake_explanation all = upshake_explain((upshake_error)i);
    assert_non_null(all.name);
    assert_non_null(all.rule);
    assert_true(all.rule[0] == '\0' || is_rule(all.rule));
    assert_true(all.rule[0] != '\0' || all.status == 0);
    assert_true(strlen(all.sentence) > 0);
    assert_string_equal(upshake_strerror((upshake_error)i), all.sentence);
    assert_true(all.status == 0 || (all.status >= 400 && all.status < 600));
    for (int k = 0; k < i && i < UPSHAKE_ERRORS_LEN; k++)
      assert_string_not_equal(all.name, upshake_explain((upshake_error)k).name);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refuses_a_config_that_breaks_a_rule),
      cmocka_unit_test(refuses_a_list_that_is_not_there),
      cmocka_unit_test(get_may_be_named_where_no_other_method_may),
      cmocka_unit_test(a_name_far_down_a_long_list_is_found),
      cmocka_unit_test(refuses_an_entry_that_no_reply_could_keep),
      cmocka_unit_test(shows_nothing_before_the_head_is_complete),
      cmocka_unit_test(an_empty_feed_may_be_null),
      cmocka_unit_test(hands_the_user_pointer_to_one_call_of_the_callback),
      cmocka_unit_test(takes_nothing_after_the_end),
      cmocka_unit_test(octets_glued_to_the_head_are_not_taken),
      cmocka_unit_test(a_refusal_ends_before_the_octet),
      cmocka_unit_test(a_reply_is_the_same_whole_and_in_parts),
      cmocka_unit_test(a_101_is_the_same_with_extras_that_add_nothing),
      cmocka_unit_test(a_101_may_be_written_over_its_request),
      cmocka_unit_test(the_extras_of_a_100_are_ignored),
      cmocka_unit_test(an_answer_to_head_has_no_body),
      cmocka_unit_test(a_part_beyond_the_end_is_checked_too),
      cmocka_unit_test(an_incomplete_answer_changes_nothing),
      cmocka_unit_test(there_is_no_reply_but_at_send),
      cmocka_unit_test(explains_every_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
