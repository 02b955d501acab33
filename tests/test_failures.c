/* SPDX-License-Identifier: MIT
 *
 * All rules that a request breaks, in the order of judgement.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check_judge.h"
#include "switches.h"

#define FAILURES_MAX 12

/* clang-format off */
#define GET "GET /chat HTTP/1.1\r\n"
#define OFFER "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
#define FIELDS "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\n"
#define E(name) UPSHAKE_ERR_##name

/* Where the offset of a failure is. */
#define END NULL /* behind the head */

static const upshake_protocol table[] = {
    UPSHAKE_WEBSOCKET, UPSHAKE_H2C, UPSHAKE_CAPSULES("connect-udp"),
    UPSHAKE_PROTOCOL("tcp"), {.name = "echo", .body = UPSHAKE_BODY_PLAIN}};

typedef struct scene {
  const char *head;
  struct {
    upshake_error error;
    const char *at; /* the text that begins at the offset, or END */
  } failures[FAILURES_MAX];
} scene;

static const scene scenes[] = {
  {GET OFFER FIELDS "\r\n", {{0}}},
  {GET "Host: a\r\n\r\n", {{E(NO_UPGRADE), END}, {E(NO_CONNECTION), END},
                           {E(NOT_SUPPORTED), END}}},
  /* what a proxy leaves of a handshake */
  {GET "Host: a\r\n" FIELDS "\r\n",
   {{E(PROXY_TOOK_UPGRADE), END}, {E(NO_UPGRADE), END},
    {E(NO_CONNECTION), END}, {E(NOT_SUPPORTED), END}}},
  /* the first entry is not offered */
    {GET "Host: a\r\nUpgrade: tcp, h2c\r\n\r\n",
     {{E(NO_CONNECTION), END}, {E(PASSED_OVER_SETTINGS), END}}},
  /* no verdict is about an entry: the first entry that is offered counts */
  {GET "Host: a\r\nUpgrade: h2c, websocket\r\n\r\n",
   {{E(NO_CONNECTION), END}, {E(VERSION_MISSING), END},
    {E(KEY_MISSING), END}}},
    /* the rules of an offer count, also if the request offers nothing */
  {GET "Host: a\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n\r\n",
   {{E(NO_CONNECTION), END}, {E(VERSION_UNSUPPORTED), "8\r\n"},
    {E(KEY_MISSING), END}}},
  {"GET /chat HTTP/1.0\r\n" OFFER "\r\n",
   {{E(HTTP_1_0), END}, {E(VERSION_MISSING), END}, {E(KEY_MISSING), END}}},
  {GET "Upgrade: websocket\r\nConnection: a b, Upgrade\r\n"
   "Expect: x\r\nSec-WebSocket-Key: y\r\n\r\n",
   {{E(HOST_MISSING), END}, {E(CONNECTION_MALFORMED), "a b"},
    {E(EXPECTATION), "x\r\n"}, {E(VERSION_MISSING), END},
    {E(KEY_MALFORMED), "y\r\n"}}},
  {"POST /chat HTTP/1.1\r\nHost:\r\nContent-Length: 4\r\n"
   "Upgrade: websocket\r\nConnection: Upgrade\r\n"
   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13\r\n"
   "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Key: z\r\n"
   "Sec-WebSocket-Protocol: a b\r\nSec-WebSocket-Extensions: ;\r\n"
   "Origin: null\r\n\r\nbody",
   {{E(HOST_EMPTY), "\r\nContent-Length"}, {E(BODY), "4\r\n"},
    {E(METHOD), "POST"}, {E(VERSION_REPEATED), "13\r\nSec-WebSocket-Key"},
    {E(KEY_REPEATED), "z\r\n"}, {E(SUBPROTOCOL_MALFORMED), "a b"},
    {E(EXTENSION_MALFORMED), ";\r\n"}, {E(ORIGIN_MALFORMED), "null"}}},
  {GET OFFER FIELDS "Origin: http://b\r\nOrigin: http://b\r\n\r\n",
   {{E(ORIGIN_REPEATED), "http://b\r\n\r\n"},
    {E(ORIGIN_REFUSED), "http://b\r\nOrigin"}}},
  {GET "Host: a\r\nTransfer-Encoding: gzip\r\n\r\n",
   {{E(CODING_NOT_CHUNKED), "gzip"}, {E(NO_UPGRADE), END},
    {E(NO_CONNECTION), END}, {E(NOT_SUPPORTED), END}}},
  /* one entry is explained: the one that the verdict is about */
  {"PUT / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n"
   "Content-Length: 1\r\nExpect: y\r\n\r\n",
   {{E(PASSED_OVER_BODY), END}, {E(PASSED_OVER_METHOD), END},
    {E(PASSED_OVER_SETTINGS), END}, {E(EXPECTATION), "y\r\n"}}},
  {"PUT / HTTP/1.1\r\nHost: a\r\nUpgrade: connect-udp\r\n"
   "Connection: Upgrade\r\nContent-Type: text\r\n\r\n",
   {{E(METHOD_NOT_GET), "PUT"}, {E(CAPSULES), "text"}}},
  {"PUT / HTTP/1.1\r\nHost: a\r\nUpgrade: tcp, echo\r\n"
   "Connection: Upgrade\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
   {{E(PASSED_OVER_BODY), END}, {E(PASSED_OVER_METHOD), END},
    {E(CODING_UNKNOWN), "gzip"}}},
  /* refused before its end: what follows is not known */
  {GET "Host: a\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", {{0}}},
  {GET "Host: a\r\nUpgrade", {{0}}},
};
/* clang-format on */

static const upshake_failure none; /* to begin with */

static size_t offset_of(const char *head, const char *at) {
  const char *found = at == END ? strstr(head, "\r\n\r\n") : strstr(head, at);
  assert_non_null(found);
  return (size_t)(found - head) + (at == END ? 4 : 0);
}

static void expect_failures(const scene *s, upshake *hs) {
  upshake_failure failure = none;
  size_t i = 0;
  for (; s->failures[i].error; i++) {
    upshake_error error = upshake_next_failure(hs, &failure);
    if (error != s->failures[i].error)
      fail_msg("%s\n%zu: %s", s->head, i, upshake_explain(error).name);
    assert_int_equal(failure.error, error);
    assert_int_equal(failure.offset, offset_of(s->head, s->failures[i].at));
  }
  for (int again = 0; again < 2; again++) {
    upshake_error error = upshake_next_failure(hs, &failure);
    if (error)
      fail_msg("%s\nalso: %s", s->head, upshake_explain(error).name);
  }
}

static void gives_all_failures_in_the_order_of_judgement(void **state) {
  const upshake_config config = {table, CHECK_LEN(table), .decide = NULL};
  char memory[1024];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(scenes); i++) {
    upshake hs;
    size_t used;
    assert_int_equal(upshake_init(&hs, &config, memory, sizeof memory, NULL),
                     UPSHAKE_OK);
    upshake_feed(&hs, scenes[i].head, strlen(scenes[i].head), &used);
    expect_failures(&scenes[i], &hs);
    expect_failures(&scenes[i], &hs); /* asking changes nothing */
  }
}

/* The transport of the connection counts, not that of the config: on a secured
 * connection h2c is not offered. */
static void a_connection_keeps_its_transport(void **state) {
  const upshake_config config = {table, CHECK_LEN(table), .decide = NULL};
  static const scene secured = {
      GET "Host: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
      {{E(NOT_SUPPORTED), END}}};
  char memory[256];
  upshake hs;
  size_t used;
  (void)state;
  upshake_init(&hs, &config, memory, sizeof memory, NULL);
  upshake_set_transport(&hs, UPSHAKE_TRANSPORT_SECURED);
  upshake_feed(&hs, secured.head, strlen(secured.head), &used);
  assert_int_equal(upshake_get_result(&hs).error, UPSHAKE_ERR_NOT_SUPPORTED);
  expect_failures(&secured, &hs);
}

/* No name of the list was offered, and one is required. */
static void a_missing_subprotocol_is_a_failure(void **state) {
  static const char *const names[] = {"b"};
  upshake_config config = {websocket, 1, .subprotocol_required = 1};
  static const char head[] = GET OFFER "Sec-WebSocket-Version: 13\r\n";
  static const char with[] = GET OFFER "Sec-WebSocket-Protocol: a\r\n\r\n";
  char memory[512];
  upshake hs;
  upshake_failure failure = none;
  size_t used;
  (void)state;
  for (int lists = 0; lists < 2; lists++) {
    config.subprotocols = names;
    config.subprotocols_len = (size_t)lists;
    upshake_init(&hs, &config, memory, sizeof memory, NULL);
    upshake_feed(&hs, head, sizeof head - 1, &used);
    upshake_feed(&hs, "\r\n", 2, &used);
    failure = none;
    assert_int_equal(upshake_next_failure(&hs, &failure),
                     UPSHAKE_ERR_KEY_MISSING);
    assert_int_equal(upshake_next_failure(&hs, &failure),
                     UPSHAKE_ERR_SUBPROTOCOL_REQUIRED);
    assert_int_equal(failure.offset, sizeof head + 1);
    assert_int_equal(upshake_next_failure(&hs, &failure), UPSHAKE_OK);
  }
  upshake_init(&hs, &config, memory, sizeof memory, NULL);
  upshake_feed(&hs, with, sizeof with - 1, &used);
  failure = none;
  assert_int_equal(upshake_next_failure(&hs, &failure),
                   UPSHAKE_ERR_VERSION_MISSING);
  assert_int_equal(upshake_next_failure(&hs, &failure),
                   UPSHAKE_ERR_KEY_MISSING);
  assert_int_equal(upshake_next_failure(&hs, &failure),
                   UPSHAKE_ERR_SUBPROTOCOL_REQUIRED);
  assert_int_equal(failure.offset, strstr(with, "a\r\n\r\n") - with);
  assert_int_equal(upshake_next_failure(&hs, &failure), UPSHAKE_OK);
}

/* A judge counts fields. */
static void a_judge_gives_numbers_of_fields(void **state) {
  static const line more[] = {{"X-Other", "1"},
                              {"Sec-WebSocket-Version", "14"},
                              {"Sec-WebSocket-Extensions", ";"},
                              {"Origin", "null"}};
  static const struct {
    upshake_error error;
    size_t number;
  } expected[] = {{UPSHAKE_ERR_VERSION_REPEATED, GOOD_LEN + 2},
                  {UPSHAKE_ERR_EXTENSION_MALFORMED, GOOD_LEN + 3},
                  {UPSHAKE_ERR_ORIGIN_MALFORMED, GOOD_LEN + 4}};
  upshake_judge judge;
  upshake_failure failure = none;
  (void)state;
  assert_int_equal(judge_with(&judge, &plain_config, more, CHECK_LEN(more)),
                   UPSHAKE_SEND);
  for (size_t i = 0; i < CHECK_LEN(expected); i++) {
    assert_int_equal(upshake_next_failure(&judge.hs, &failure),
                     expected[i].error);
    assert_int_equal(failure.offset, expected[i].number);
  }
  assert_int_equal(upshake_next_failure(&judge.hs, &failure), UPSHAKE_OK);
  assert_int_equal(judge.numbers[0], 1);
  assert_int_equal(judge.numbers[judge.lines_len - 1], GOOD_LEN + 4);
}

/* Of two Origin lines the first is judged, as in a handshake. */
static void of_two_origins_the_first_is_judged(void **state) {
  static const line more[2][2] = {
      {{"Origin", "http://example.com"}, {"Origin", "http://evil.example"}},
      {{"Origin", "http://evil.example"}, {"Origin", "http://example.com"}}};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    upshake_judge judge;
    upshake_failure failure = none;
    assert_int_equal(judge_with(&judge, &plain_config, more[i], 2),
                     UPSHAKE_SEND);
    assert_int_equal(upshake_next_failure(&judge.hs, &failure),
                     UPSHAKE_ERR_ORIGIN_REPEATED);
    assert_int_equal(failure.offset, GOOD_LEN + 2);
    if (i == 1) {
      assert_int_equal(upshake_next_failure(&judge.hs, &failure),
                       UPSHAKE_ERR_ORIGIN_REFUSED);
      assert_int_equal(failure.offset, GOOD_LEN + 1);
    }
    assert_int_equal(upshake_next_failure(&judge.hs, &failure), UPSHAKE_OK);
  }
}

/* A judge sees all fields, also if one of them refuses the request: that error
 * comes first.  Then no verdict is about an entry either. */
static void a_bad_line_of_a_judge_leaves_the_first_entry(void **state) {
  static const line lines[] = {
      {"Host", "a"}, {"Host", "a"}, {"Upgrade", "echo, websocket"}};
  const line *const all[] = {&lines[0], &lines[1], &lines[2]};
  const upshake_config config = {both, CHECK_LEN(both), .decide = NULL};
  upshake_judge judge;
  upshake_failure failure = none;
  int is_key_missing = 0;
  (void)state;
  assert_int_equal(judge_lines(&judge, &config, 11, all, CHECK_LEN(all)),
                   UPSHAKE_SEND);
  assert_int_equal(upshake_get_result(&judge.hs).error,
                   UPSHAKE_ERR_HOST_REPEATED);
  assert_int_equal(upshake_next_failure(&judge.hs, &failure),
                   UPSHAKE_ERR_HOST_REPEATED);
  assert_int_equal(failure.offset, 2);
  while (upshake_next_failure(&judge.hs, &failure))
    is_key_missing |= failure.error == UPSHAKE_ERR_KEY_MISSING;
  assert_true(is_key_missing);
}

/* While a body is read, the facts of the head have made room for it. */
static void a_body_that_is_read_is_not_disturbed(void **state) {
  static const upshake_protocol echo[] = {
      {.name = "echo", .methods = "POST", .body = UPSHAKE_BODY_READ}};
  const upshake_config config = {echo, 1, .decide = NULL};
  static const char head[] = "POST / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\n"
                             "Connection: Upgrade\r\nContent-Length: 4\r\n"
                             "\r\nbo";
  char memory[256];
  upshake hs, before;
  upshake_failure failure = none;
  size_t used;
  (void)state;
  NEEDS(BODIES);
  upshake_init(&hs, &config, memory, sizeof memory, NULL);
  assert_int_equal(upshake_feed(&hs, head, sizeof head - 1, &used),
                   UPSHAKE_BODY);
  before = hs;
  assert_int_equal(upshake_next_failure(&hs, &failure), UPSHAKE_OK);
  assert_memory_equal(&before, &hs, sizeof hs);
  assert_int_equal(upshake_feed(&hs, "dy", 2, &used), UPSHAKE_BODY);
  assert_int_equal(upshake_feed(&hs, "", 0, &used), UPSHAKE_SEND);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gives_all_failures_in_the_order_of_judgement),
      cmocka_unit_test(a_connection_keeps_its_transport),
      cmocka_unit_test(a_missing_subprotocol_is_a_failure),
      cmocka_unit_test(a_judge_gives_numbers_of_fields),
      cmocka_unit_test(of_two_origins_the_first_is_judged),
      cmocka_unit_test(a_bad_line_of_a_judge_leaves_the_first_entry),
      cmocka_unit_test(a_body_that_is_read_is_not_disturbed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
