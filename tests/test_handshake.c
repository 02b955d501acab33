/* SPDX-License-Identifier: MIT
 *
 * The handshake object as a machine of states: how it begins and ends.
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
  config.origin = UPSHAKE_ORIGIN_SAME_HOST_ANY_PORT + 1;
  assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL),
                   UPSHAKE_ERR_CONFIG);
  config.origin = 0;
  config.transport = UPSHAKE_TRANSPORT_SECURED + 1;
  assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL),
                   UPSHAKE_ERR_CONFIG);
  config.transport = 0;
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
  static const upshake_protocol entry =
      UPSHAKE_ENTRY("websocket", upshake_websocket_rules, "GET", NULL, 0, 0);
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
      {.name = NULL},
      UPSHAKE_PROTOCOL(""),
      UPSHAKE_PROTOCOL("a b"),
      UPSHAKE_PROTOCOL("tcp/1/2"),
      {.name = "tcp", .upgrade = "tcp\r\n"},
      {.name = "tcp", .upgrade = "TLS/1.2,, HTTP/1.1"},
      {.name = "tcp", .methods = "GET POST"},
      {.name = "tcp", .methods = "GET\r\nX: y"},
      {.name = "tcp", .methods = ""},
      {.name = "tcp", .methods = "GET/1"}, /* a protocol, and no method */
      {.name = "tcp", .methods = "GET, POST/1"},
      {.name = "tcp", .body = 5},
      {.name = "tcp", .failed = 2},
      /* RFC 6455 4.2.1 and RFC 9298 3.2: these are opened with GET. */
      {.name = "websocket",
       .rules = upshake_websocket_rules,
       .methods = "GET, POST"},
      {.name = "ws2", .methods = "POST", .rules = upshake_websocket_rules},
      {.name = "connect-udp",
       .rules = upshake_capsules_rules,
       .methods = "POST"},
      /* RFC 6455: nothing else may go by that name. */
      UPSHAKE_PROTOCOL("websocket"),
      UPSHAKE_PROTOCOL("WebSocket"),
      UPSHAKE_PROTOCOL("websocket/13"),
      {.name = "websocket/13", .rules = upshake_websocket_rules},
      {.name = "websocket", .rules = upshake_h2c_rules},
      UPSHAKE_CAPSULES("websocket"),
      UPSHAKE_CAPSULES("connect-udp/1"), /* it has no versions */
      {.name = "ws2/13", .rules = upshake_websocket_rules},
      {.name = "websocket",
       .rules = upshake_websocket_rules,
       .upgrade = "foo, bar"},
      {.name = "connect-ip",
       .rules = upshake_capsules_rules,
       .body = UPSHAKE_BODY_ASK},
      {.name = "connect-ip",
       .rules = upshake_capsules_rules,
       .body = UPSHAKE_BODY_READ},
      {.name = "connect-udp",
       .rules = upshake_capsules_rules,
       .body = UPSHAKE_BODY_ASK},
      {.name = "connect-udp",
       .rules = upshake_capsules_rules,
       .body = UPSHAKE_BODY_READ}, /* RFC 9297 3.2 */
      {.name = "tunnel",
       .rules = upshake_capsules_rules,
       .body = UPSHAKE_BODY_READ},
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

static void shows_the_request_line_before_the_head_is_complete(void **state) {
  static const char head[] = CHECK_REQUEST;
  const size_t line_len = (size_t)(strchr(head, '\n') + 1 - head);
  upshake hs;
  size_t used;
  (void)state;
  assert_int_equal(upshake_init(&hs, &accepting, memory, CAP, NULL),
                   UPSHAKE_OK);
  for (size_t i = 0; i < sizeof head - 1; i++) {
    upshake_request request = upshake_get_request(&hs);
    upshake_result result = upshake_get_result(&hs);
    if (i < line_len) {
      assert_absent(request.method);
      assert_absent(request.target);
      assert_int_equal(request.version, 0);
    } else {
      assert_slice(request.method, "GET");
      assert_slice(request.target, "/chat");
      assert_int_equal(request.version, 11);
    }
    assert_absent(request.scheme);
    assert_absent(request.authority);
    assert_absent(request.path);
    assert_absent(request.query);
    assert_absent(request.fields.raw);
    assert_int_equal(request.fields.array_len, 0);
    assert_true(request.body_len == 0);
    assert_int_equal(request.has_upgrade + request.has_expect, 0);
    assert_int_equal(request.unknown_coding + request.empty_host, 0);
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

/* The next request on the connection has the same application. */
static void the_user_pointer_stays_after_reset(void **state) {
  static const char stream[] = CHECK_PLAIN CHECK_REQUEST;
  const upshake_config config = {protocols, 3, .decide = check_user};
  (void)state;
  for (int fed = 0; fed <= 1; fed++) { /* what reset finds, or what comes */
    int calls = 0;
    size_t len = fed ? strlen(CHECK_PLAIN) : sizeof stream - 1, used;
    char *room;
    upshake hs;
    upshake_init(&hs, &config, memory, CAP, &calls);
    room = upshake_room(&hs, &used);
    memcpy(room, stream, len);
    assert_int_equal(upshake_commit(&hs, len), UPSHAKE_PLAIN);
    assert_int_equal(calls, 0);
    assert_int_equal(upshake_reset(&hs), UPSHAKE_OK);
    if (fed)
      feed(&hs, CHECK_REQUEST, strlen(CHECK_REQUEST), &used);
    assert_int_equal(upshake_get_result(&hs).next, UPSHAKE_SEND);
    assert_int_equal(calls, 1);
  }
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
  assert_slice(upshake_get_request(&hs).method, "GET");
  assert_slice(upshake_get_request(&hs).target, "/");
  assert_int_equal(upshake_get_request(&hs).version, 11);
  assert_absent(upshake_get_request(&hs).path);
  assert_int_equal(reply_status(&hs, NULL), 400);
}

/* "RFC 9110 7.8": a text that the library follows, and a section of it. */
static int is_rule(const char *rule) {
  static const char *const texts[] = {"6454", "6455", "6585", "7540",
                                      "7692", "8441", "9220", "9110",
                                      "9112", "9113", "9297", "9298"};
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

/* One bad entry is enough, wherever it stands. */
static void looks_at_each_entry_of_the_table(void **state) {
  (void)state;
  for (size_t len = 1; len <= 4; len++)
    for (size_t place = 0; place < len; place++) {
      upshake_protocol table[4];
      const upshake_config config = {table, len, .decide = NULL};
      upshake hs;
      for (size_t i = 0; i < len; i++)
        table[i] = protocols[i % CHECK_LEN(protocols)];
      assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL),
                       UPSHAKE_OK);
      table[place].name = "a b";
      assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL),
                       UPSHAKE_ERR_CONFIG);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refuses_a_config_that_breaks_a_rule),
      cmocka_unit_test(refuses_a_list_that_is_not_there),
      cmocka_unit_test(get_may_be_named_where_no_other_method_may),
      cmocka_unit_test(a_name_far_down_a_long_list_is_found),
      cmocka_unit_test(refuses_an_entry_that_no_reply_could_keep),
      cmocka_unit_test(shows_the_request_line_before_the_head_is_complete),
      cmocka_unit_test(an_empty_feed_may_be_null),
      cmocka_unit_test(hands_the_user_pointer_to_one_call_of_the_callback),
      cmocka_unit_test(the_user_pointer_stays_after_reset),
      cmocka_unit_test(takes_nothing_after_the_end),
      cmocka_unit_test(octets_glued_to_the_head_are_not_taken),
      cmocka_unit_test(a_refusal_ends_before_the_octet),
      cmocka_unit_test(explains_every_error),
      cmocka_unit_test(looks_at_each_entry_of_the_table),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
