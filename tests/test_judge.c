/* SPDX-License-Identifier: MIT
 *
 * Judging what another parser found: any octets, several lines of one field,
 * memory that goes away as soon as the header allows it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check_judge.h"

/* ---- A good one -----------------------------------------------------------
 */

static void switches_and_writes_the_reply(void **state) {
  upshake_judge judge;
  upshake_result result;
  upshake_slice value;
  reply_view view;
  char out[UPSHAKE_REPLY_CAP];
  (void)state;
  assert_int_equal(judge_with(&judge, &plain_config, NULL, 0), UPSHAKE_SEND);
  result = upshake_get_result(&judge.hs);
  assert_int_equal(result.next, UPSHAKE_SEND);
  assert_int_equal(result.status, 101);
  assert_int_equal(result.error, UPSHAKE_OK);
  assert_ptr_equal(result.protocol, &websocket[0]);
  assert_absent(result.subprotocol);
  view = reply_of(&judge.hs, out, sizeof out);
  assert_int_equal(view.status, 101);
  assert_int_equal(count_field(view, "Sec-WebSocket-Accept", &value), 1);
  assert_slice(value, ACCEPT);
  assert_true(is_framed(view, 0));
}

static int later(upshake *hs, void *user) {
  *(upshake **)user = hs;
  return UPSHAKE_LATER;
}

static void waits_for_a_decision_like_a_handshake(void **state) {
  const upshake_config config = {websocket, 1, .decide = later};
  upshake_judge judge;
  upshake *seen = NULL;
  char out[UPSHAKE_REPLY_CAP];
  (void)state;
  assert_int_equal(
      begin_judge(&judge, &config, &seen, text("GET"), text("/"), 11),
      UPSHAKE_OK);
  for (size_t i = 0; i < GOOD_LEN; i++)
    upshake_judge_field(&judge, text(good[i].name), text(good[i].value));
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_DECIDE);
  assert_ptr_equal(seen, &judge.hs);
  assert_int_equal(upshake_get_result(&judge.hs).next, UPSHAKE_DECIDE);
  assert_int_equal(upshake_answer(&judge.hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_int_equal(upshake_answer(&judge.hs, 404), UPSHAKE_OK);
  assert_int_equal(reply_of(&judge.hs, out, sizeof out).status, 404);
}

/* Two Hosts keep no reply from being built of the rest. */
static void shows_a_request_that_is_refused_for_a_field(void **state) {
  static const line more[] = {{"Host", "example.org"}};
  upshake_judge judge;
  upshake_request request;
  (void)state;
  assert_int_equal(judge_with(&judge, &plain_config, more, 1), UPSHAKE_SEND);
  assert_int_equal(upshake_get_result(&judge.hs).error,
                   UPSHAKE_ERR_HOST_REPEATED);
  request = upshake_get_request(&judge.hs);
  assert_slice(request.method, "GET");
  assert_slice(request.path, "/chat");
}

/* It has no head memory: its host has the request. */
static void takes_no_bytes_and_no_memory(void **state) {
  upshake_judge judge, before;
  char bytes[] = CHECK_REQUEST;
  size_t used = 9, cap = 9;
  (void)state;
  for (int is_over = 0; is_over < 2; is_over++) {
    upshake_next next = UPSHAKE_READ;
    assert_int_equal(
        begin_judge(&judge, &plain_config, NULL, text("GET"), text("/"), 11),
        UPSHAKE_OK);
    if (is_over)
      next = upshake_judge_end(&judge);
    before = judge;
    assert_int_equal(upshake_feed(&judge.hs, bytes, strlen(bytes), &used),
                     next);
    assert_int_equal(used, 0);
    upshake_room(&judge.hs, &cap);
    assert_int_equal(cap, 0);
    assert_int_equal(upshake_commit(&judge.hs, 1), next);
    assert_int_equal(upshake_move(&judge.hs, bytes, sizeof bytes),
                     UPSHAKE_ERR_STATE);
    assert_memory_equal(&before, &judge, sizeof judge);
  }
}

/* Its host begins the next request. */
static void a_judge_is_not_reset(void **state) {
  upshake_judge judge;
  (void)state;
  assert_int_equal(judge_with(&judge, &plain_config, NULL, 0), UPSHAKE_SEND);
  assert_int_equal(upshake_reset(&judge.hs), UPSHAKE_ERR_STATE);
  begin_judge(&judge, &plain_config, NULL, text("GET"), text("/"), 11);
  assert_int_equal(upshake_reset(&judge.hs), UPSHAKE_ERR_STATE);
  upshake_judge_field(&judge, text("Host"), text("a"));
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_PLAIN);
  assert_int_equal(upshake_reset(&judge.hs), UPSHAKE_ERR_STATE);
}

/* The number of a field has 32 bits.  To give as many takes minutes, so the
 * count is set; the last field that has a number is refused as one too many. */
static void counts_fields_up_to_32_bits_and_no_further(void **state) {
  upshake_judge judge;
  (void)state;
  assert_int_equal(
      begin_judge(&judge, &plain_config, NULL, text("GET"), text("/"), 11),
      UPSHAKE_OK);
  judge.hs.parser.pos = UINT32_MAX - 2;
  for (int i = 0; i < 3; i++) {
    upshake_judge_field(&judge, text("A"), text("b"));
    assert_int_equal(judge.hs.parser.pos, UINT32_MAX - 1);
  }
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_SEND);
  assert_int_equal(upshake_get_result(&judge.hs).error,
                   UPSHAKE_ERR_FIELDS_MANY);
  assert_int_equal(upshake_get_result(&judge.hs).offset, UINT32_MAX - 1);
}

static void refuses_the_config_that_init_refuses(void **state) {
  const upshake_config null_table = {NULL, 1, .decide = NULL};
  const upshake_config large_table = {websocket, 33, .decide = NULL};
  const upshake_config empty_table = {NULL, 0, .decide = NULL};
  const upshake_found secured = {.version = 11,
                                 .transport = UPSHAKE_TRANSPORT_SECURED,
                                 .method = text("GET"),
                                 .target = text("/")};
  upshake_judge judge;
  (void)state;
  assert_int_equal(
      begin_judge(&judge, &null_table, NULL, text("GET"), text("/"), 11),
      UPSHAKE_ERR_CONFIG);
  assert_int_equal(
      begin_judge(&judge, &large_table, NULL, text("GET"), text("/"), 11),
      UPSHAKE_ERR_CONFIG);
  memset(&judge, 0xa5, sizeof judge);
  assert_int_equal(upshake_judge_begin(&judge, &null_table, NULL, &secured),
                   UPSHAKE_ERR_CONFIG);
  assert_int_equal(judge_with(&judge, &empty_table, NULL, 0), UPSHAKE_PLAIN);
  assert_int_equal(upshake_get_result(&judge.hs).error,
                   UPSHAKE_ERR_NOT_SUPPORTED);
}

static void leaves_the_body_out_to_head(void **state) {
  const upshake_extra extra = {.body = text("none")};
  upshake_judge judge;
  reply_view view;
  char out[UPSHAKE_REPLY_CAP];
  size_t len;
  (void)state;
  for (int is_head = 0; is_head < 2; is_head++) {
    begin_judge(&judge, &plain_config, NULL, text(is_head ? "HEAD" : "GET"),
                text("/"), 11);
    assert_int_equal(upshake_judge_end(&judge), UPSHAKE_SEND); /* no Host */
    assert_int_equal(
        upshake_reply_with(&judge.hs, &extra, out, sizeof out, &len),
        UPSHAKE_OK);
    view = view_reply(out, len);
    assert_int_equal(view.status, 400);
    assert_int_equal(view.body.len, is_head ? 0 : 4);
    assert_true(is_framed(view, is_head));
  }
}

/* ---- Any octets -----------------------------------------------------------
 */

static upshake_result judge_slices(upshake_slice method, upshake_slice target,
                                   int version, upshake_slice name,
                                   upshake_slice value) {
  upshake_judge judge;
  upshake_next next;
  assert_int_equal(
      begin_judge(&judge, &plain_config, NULL, method, target, version),
      UPSHAKE_OK);
  for (size_t i = 0; i < GOOD_LEN; i++)
    upshake_judge_field(&judge, text(good[i].name), text(good[i].value));
  upshake_judge_field(&judge, name, value);
  next = upshake_judge_end(&judge);
  assert_int_equal(next, upshake_get_result(&judge.hs).next);
  if (next == UPSHAKE_SEND) {
    char out[UPSHAKE_REPLY_CAP];
    reply_view view = reply_of(&judge.hs, out, sizeof out);
    assert_int_equal(view.status, upshake_get_result(&judge.hs).status);
    assert_true(view.status == 101 || is_framed(view, view.body.len == 0));
  }
  return upshake_get_result(&judge.hs);
}

static void assert_refused(upshake_result result, upshake_error error,
                           size_t offset) {
  assert_int_equal(result.next, UPSHAKE_SEND);
  if (result.error != error)
    fail_msg("%s, not %s", upshake_explain(result.error).name,
             upshake_explain(error).name);
  assert_int_equal(result.status, upshake_explain(error).status);
  assert_int_equal(result.offset, offset);
}

/* Another parser's empty value may be the end of its memory. */
static void looks_at_no_byte_of_an_empty_value(void **state) {
  static const char *const names[] = {"Host",
                                      "Origin",
                                      "Expect",
                                      "Upgrade",
                                      "Connection",
                                      "Content-Type",
                                      "Content-Length",
                                      "HTTP2-Settings",
                                      "Cookie",
                                      "Transfer-Encoding",
                                      "",
                                      "Sec-WebSocket-Key",
                                      "X",
                                      "Sec-WebSocket-Version",
                                      "Capsule",
                                      "Sec-WebSocket-Protocol",
                                      "TE",
                                      "Sec-WebSocket-Extensions"};
  char *memory = exact("x", 1);
  const char *nothing = memory + 1; /* malloc(0) may give a byte */
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(names); i++) {
    upshake_slice name = text(names[i]), value = part_of(nothing, 0);
    upshake_slice empty = part_of(nothing, 0);
    if (name.len == 0)
      name = empty;
    judge_slices(text("GET"), text("/"), 11, name, value);
    assert_refused(judge_slices(empty, text("/"), 11, name, value),
                   UPSHAKE_ERR_METHOD_BYTE, 0);
    assert_refused(judge_slices(text("GET"), empty, 11, name, value),
                   UPSHAKE_ERR_TARGET_BYTE, 0);
  }
  free(memory);
}

static void checks_every_octet_of_a_field_again(void **state) {
  (void)state;
  for (unsigned octet = 0; octet < 256; octet++) {
    const char octets[3] = {'a', (char)octet, 'b'};
    upshake_slice slice = part_of(octets, 3);
    upshake_result as_name =
        judge_slices(text("GET"), text("/"), 11, slice, text("v"));
    upshake_result as_value =
        judge_slices(text("GET"), text("/"), 11, text("n"), slice);
    if (is_tchar(octet))
      assert_int_equal(as_name.status, 101);
    else
      assert_refused(as_name, UPSHAKE_ERR_FIELD_NAME, GOOD_LEN + 1);
    if (is_value_octet(octet))
      assert_int_equal(as_value.status, 101);
    else
      assert_refused(as_value, UPSHAKE_ERR_FIELD_VALUE, GOOD_LEN + 1);
  }
}

static void refuses_hostile_slices(void **state) {
  static const char crlf[] = "x\r\nSec-WebSocket-Protocol: evil";
  static const char nul[] = {'w', 0, 's'};
  upshake_slice none = {NULL, 0}, get = text("GET"), root = text("/");
  (void)state;
  assert_refused(judge_slices(get, root, 11, text("X"), text(crlf)),
                 UPSHAKE_ERR_FIELD_VALUE, GOOD_LEN + 1);
  assert_refused(judge_slices(get, root, 11, text(crlf), text("v")),
                 UPSHAKE_ERR_FIELD_NAME, GOOD_LEN + 1);
  assert_refused(judge_slices(get, root, 11, text(""), text("v")),
                 UPSHAKE_ERR_FIELD_NAME, GOOD_LEN + 1);
  assert_refused(judge_slices(get, root, 11, none, none),
                 UPSHAKE_ERR_FIELD_NAME, GOOD_LEN + 1);
  assert_int_equal(judge_slices(get, root, 11, text("X"), none).status, 101);
  assert_refused(judge_slices(none, root, 11, text("X"), none),
                 UPSHAKE_ERR_METHOD_BYTE, 0);
  assert_refused(judge_slices(text("G T"), root, 11, text("X"), none),
                 UPSHAKE_ERR_METHOD_BYTE, 0);
  assert_refused(judge_slices(part_of(nul, 3), root, 11, text("X"), none),
                 UPSHAKE_ERR_METHOD_BYTE, 0);
  assert_refused(judge_slices(get, none, 11, text("X"), none),
                 UPSHAKE_ERR_TARGET_BYTE, 0);
  assert_refused(judge_slices(get, text("/a b"), 11, text("X"), none),
                 UPSHAKE_ERR_TARGET_BYTE, 0);
  assert_refused(judge_slices(get, text("/\r\nX: y"), 11, text("X"), none),
                 UPSHAKE_ERR_TARGET_BYTE, 0);
  assert_refused(judge_slices(get, text("/{}"), 11, text("X"), none),
                 UPSHAKE_ERR_TARGET_BYTE, 0);
  assert_refused(judge_slices(get, text("chat"), 11, text("X"), none),
                 UPSHAKE_ERR_TARGET_FORM, 0);
  assert_refused(judge_slices(get, text("ftp://a/"), 11, text("X"), none),
                 UPSHAKE_ERR_TARGET_SCHEME, 0);
  assert_refused(judge_slices(get, text("http://u@a/"), 11, text("X"), none),
                 UPSHAKE_ERR_TARGET_AUTHORITY, 0);
  assert_refused(judge_slices(text("POST"), root, 11, text("X"), none),
                 UPSHAKE_ERR_METHOD, 0);
}

static void knows_the_versions(void **state) {
  upshake_slice get = text("GET"), root = text("/");
  static const int others[] = {
      0, 9, 20, 21, 30, 99, -1, -11, 111, 2147483647, -2147483647 - 1};
  (void)state;
  assert_int_equal(judge_slices(get, root, 11, text("X"), text("")).status,
                   101);
  assert_int_equal(judge_slices(get, root, 12, text("X"), text("")).status,
                   101);
  assert_int_equal(judge_slices(get, root, 19, text("X"), text("")).status,
                   101);
  assert_int_equal(judge_slices(get, root, 10, text("X"), text("")).error,
                   UPSHAKE_ERR_HTTP_1_0);
  for (size_t i = 0; i < CHECK_LEN(others); i++)
    assert_refused(judge_slices(get, root, others[i], text("X"), text("")),
                   UPSHAKE_ERR_HTTP_VERSION, 0);
}

/* A judge whose request has one field, if `name` is not NULL. */
static upshake_result judge_preface(const char *method, const char *target,
                                    int version, const char *name) {
  upshake_judge judge;
  assert_int_equal(begin_judge(&judge, &plain_config, NULL, text(method),
                               text(target), version),
                   UPSHAKE_OK);
  if (name)
    upshake_judge_field(&judge, text(name), text("a"));
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_SEND);
  return upshake_get_result(&judge.hs);
}

static void knows_the_preface_of_http_2(void **state) {
  upshake_result result = judge_preface("PRI", "*", 20, NULL);
  (void)state;
  assert_refused(result, UPSHAKE_ERR_HTTP2_PREFACE, 0);
  assert_int_equal(result.status, 505);
  assert_int_equal(result.may_keep, 0);
  assert_refused(judge_preface("PRI", "*", 20, "Host"),
                 UPSHAKE_ERR_HTTP_VERSION, 0);
  assert_refused(judge_preface("PRI", "*", 20, "Bad name"),
                 UPSHAKE_ERR_HTTP_VERSION, 0);
  assert_refused(judge_preface("PRI", "*", 21, NULL), UPSHAKE_ERR_HTTP_VERSION,
                 0);
  assert_refused(judge_preface("PRI", "/", 20, NULL), UPSHAKE_ERR_HTTP_VERSION,
                 0);
  assert_refused(judge_preface("GET", "*", 20, NULL), UPSHAKE_ERR_TARGET_FORM,
                 0);
  assert_refused(judge_preface("PRI", "*", 11, NULL), UPSHAKE_ERR_TARGET_FORM,
                 0);
}

static void has_the_limits_of_the_config(void **state) {
  char *octets = malloc(70000);
  upshake_slice none = {NULL, 0};
  upshake_judge judge;
  (void)state;
  memset(octets, 'a', 70000);
  assert_int_equal(
      judge_slices(text("GET"), text("/"), 11, part_of(octets, 255), none)
          .status,
      101);
  assert_refused(
      judge_slices(text("GET"), text("/"), 11, part_of(octets, 256), none),
      UPSHAKE_ERR_FIELD_NAME_LONG, GOOD_LEN + 1);
  assert_refused(
      judge_slices(text("GET"), text("/"), 11, part_of(octets, 70000), none),
      UPSHAKE_ERR_FIELD_NAME_LONG, GOOD_LEN + 1);
  assert_refused(
      judge_slices(part_of(octets, 33), text("/"), 11, text("X"), none),
      UPSHAKE_ERR_METHOD_LONG, 0);
  assert_refused(
      judge_slices(part_of(octets, 70000), text("/"), 11, text("X"), none),
      UPSHAKE_ERR_METHOD_LONG, 0);
  assert_int_equal(judge_slices(text("GET"), text("/"), 11, text("X"),
                                part_of(octets, 70000))
                       .status,
                   101);
  for (size_t extra = 123; extra <= 124; extra++) {
    assert_int_equal(
        begin_judge(&judge, &plain_config, NULL, text("GET"), text("/"), 11),
        UPSHAKE_OK);
    for (size_t i = 0; i < GOOD_LEN; i++)
      upshake_judge_field(&judge, text(good[i].name), text(good[i].value));
    for (size_t i = 0; i < extra; i++)
      upshake_judge_field(&judge, text("X"), text("y"));
    assert_int_equal(upshake_judge_end(&judge), UPSHAKE_SEND);
    if (extra == 123)
      assert_int_equal(upshake_get_result(&judge.hs).status, 101);
    else
      assert_refused(upshake_get_result(&judge.hs), UPSHAKE_ERR_FIELDS_MANY,
                     129);
  }
  free(octets);
}

static void has_the_limit_of_the_target(void **state) {
  const upshake_config config = {websocket, 1, .limits = {.target = 5}};
  upshake_judge judge;
  (void)state;
  begin_judge(&judge, &config, NULL, text("GET"), text("/1234"), 10);
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_PLAIN);
  begin_judge(&judge, &config, NULL, text("GET"), text("/12345"), 10);
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_SEND);
  assert_refused(upshake_get_result(&judge.hs), UPSHAKE_ERR_TARGET_LONG, 0);
}

static void judges_a_head_without_fields(void **state) {
  upshake_judge judge;
  (void)state;
  begin_judge(&judge, &plain_config, NULL, text("GET"), text("/"), 11);
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_SEND);
  assert_refused(upshake_get_result(&judge.hs), UPSHAKE_ERR_HOST_MISSING, 1);
  begin_judge(&judge, &plain_config, NULL, text("GET"), text("/"), 10);
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_PLAIN);
}

/* ---- Sub-protocols --------------------------------------------------------
 */

static void chooses_among_several_lines(void **state) {
  static const line lines[] = {{"Sec-WebSocket-Protocol", "x, c"},
                               {"sec-websocket-protocol", ",b ,"},
                               {"SEC-WEBSOCKET-PROTOCOL", "a"}};
  static const char *const spoken[] = {"a", "b", "c"};
  upshake_config config = {websocket, 1, .subprotocols = spoken,
                           .subprotocols_len = 3};
  upshake_judge judge;
  upshake_slice value;
  reply_view view;
  char out[UPSHAKE_REPLY_CAP];
  (void)state;
  assert_int_equal(judge_with(&judge, &config, lines, 3), UPSHAKE_SEND);
  assert_slice(upshake_get_result(&judge.hs).subprotocol, "c");
  view = reply_of(&judge.hs, out, sizeof out);
  assert_int_equal(count_field(view, "Sec-WebSocket-Protocol", &value), 1);
  assert_slice(value, "c");
  config.subprotocol_server_order = 1;
  assert_int_equal(judge_with(&judge, &config, lines, 3), UPSHAKE_SEND);
  assert_slice(upshake_get_result(&judge.hs).subprotocol, "a");
  config.subprotocol_server_order = 0;
  assert_int_equal(judge_with(&judge, &config, lines + 1, 2), UPSHAKE_SEND);
  assert_slice(upshake_get_result(&judge.hs).subprotocol, "b");
}

static void lets_the_application_choose_what_was_offered(void **state) {
  static const line lines[] = {{"Sec-WebSocket-Protocol", "x, c"},
                               {"Sec-WebSocket-Protocol", "b"}};
  const upshake_config config = {websocket, 1, .decide = later};
  upshake_judge judge;
  upshake *seen;
  char *b = exact("b", 1);
  (void)state;
  begin_judge(&judge, &config, &seen, text("GET"), text("/"), 11);
  for (size_t i = 0; i < GOOD_LEN; i++)
    upshake_judge_field(&judge, text(good[i].name), text(good[i].value));
  for (size_t i = 0; i < 2; i++)
    upshake_judge_field(&judge, text(lines[i].name), text(lines[i].value));
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_DECIDE);
  assert_absent(upshake_get_result(&judge.hs).subprotocol);
  assert_int_equal(upshake_choose_subprotocol(&judge.hs, text("a")),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_int_equal(upshake_choose_subprotocol(&judge.hs, text("B")),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_int_equal(upshake_choose_subprotocol(&judge.hs, text("")),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_int_equal(upshake_choose_subprotocol(&judge.hs, part_of(b, 1)),
                   UPSHAKE_OK);
  free(b); /* what is kept is the offer, not the choice */
  assert_slice(upshake_get_result(&judge.hs).subprotocol, "b");
  assert_int_equal(upshake_choose_subprotocol(&judge.hs, part_of(NULL, 0)),
                   UPSHAKE_OK);
  assert_absent(upshake_get_result(&judge.hs).subprotocol);
  assert_int_equal(upshake_choose_subprotocol(&judge.hs, text("x")),
                   UPSHAKE_OK);
  assert_int_equal(upshake_choose_protocol(&judge.hs, text("echo")),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_int_equal(upshake_choose_protocol(&judge.hs, text("websocket")),
                   UPSHAKE_OK);
  assert_int_equal(upshake_answer(&judge.hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_int_equal(upshake_choose_subprotocol(&judge.hs, text("c")),
                   UPSHAKE_ERR_STATE);
}

/* Many parsers hand out names in lower case. */
static void agrees_to_extensions_in_any_case_of_the_name(void **state) {
  static const char *const names[] = {"sec-websocket-extensions",
                                      "Sec-WebSocket-Extensions",
                                      "SEC-WEBSOCKET-EXTENSIONS"};
  const upshake_extra extra = {.extensions = text("permessage-deflate")};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(names); i++) {
    const line more[] = {{names[i], "permessage-deflate"}};
    upshake_judge judge;
    char out[1024];
    size_t len;
    assert_int_equal(judge_with(&judge, &plain_config, more, 1), UPSHAKE_SEND);
    assert_int_equal(
        upshake_reply_with(&judge.hs, &extra, out, sizeof out, &len),
        UPSHAKE_OK);
  }
}

static void the_list_sees_more_lines_than_are_remembered(void **state) {
  enum { LINES = UPSHAKE_JUDGE_LINES + 4 };
  static const char *const spoken[] = {"p19", "p16"};
  static char names[LINES][4];
  line lines[LINES];
  upshake_config config = {websocket, 1, .decide = NULL, .subprotocols = spoken,
                           .subprotocols_len = 2};
  upshake_judge judge;
  (void)state;
  for (size_t i = 0; i < LINES; i++) {
    snprintf(names[i], sizeof names[i], "p%u", (unsigned)i % 100);
    lines[i].name = "Sec-WebSocket-Protocol";
    lines[i].value = names[i];
  }
  assert_int_equal(judge_with(&judge, &config, lines, LINES), UPSHAKE_SEND);
  assert_slice(upshake_get_result(&judge.hs).subprotocol, "p16");
  config.subprotocol_server_order = 1;
  assert_int_equal(judge_with(&judge, &config, lines, LINES), UPSHAKE_SEND);
  assert_slice(upshake_get_result(&judge.hs).subprotocol, "p19");
  config.subprotocols_len = 1;
  config.subprotocol_server_order = 0;
  config.subprotocol_required = 1;
  assert_int_equal(judge_with(&judge, &config, lines, LINES), UPSHAKE_SEND);
  assert_slice(upshake_get_result(&judge.hs).subprotocol, "p19");
  assert_int_equal(judge_with(&judge, &config, lines, LINES - 1), UPSHAKE_SEND);
  assert_int_equal(upshake_get_result(&judge.hs).error,
                   UPSHAKE_ERR_SUBPROTOCOL_REQUIRED);
}

static void the_application_chooses_among_what_is_remembered(void **state) {
  upshake *seen = NULL;
  const upshake_config config = {websocket, 1, .decide = later};
  upshake_judge judge;
  char names[UPSHAKE_JUDGE_LINES + 4][4];
  (void)state;
  begin_judge(&judge, &config, &seen, text("GET"), text("/"), 11);
  for (size_t i = 0; i < CHECK_LEN(names); i++) {
    snprintf(names[i], sizeof names[i], "p%u", (unsigned)i % 100);
    upshake_judge_field(&judge, text("Sec-WebSocket-Protocol"), text(names[i]));
  }
  for (size_t i = 0; i < GOOD_LEN; i++)
    upshake_judge_field(&judge, text(good[i].name), text(good[i].value));
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_DECIDE);
  for (size_t i = 0; i < CHECK_LEN(names); i++)
    assert_int_equal(upshake_choose_subprotocol(&judge.hs, text(names[i])),
                     i < UPSHAKE_JUDGE_LINES ? UPSHAKE_OK
                                             : UPSHAKE_ERR_NOT_OFFERED);
  assert_slice(upshake_get_result(&judge.hs).subprotocol, "p15");
}

/* ---- Memory that goes away ------------------------------------------------
 */

/* Only the key is copied: its value may go when all fields were given. */
static void needs_every_slice_but_the_key_until_the_reply(void **state) {
  static const char *const spoken[] = {"chat"};
  const upshake_config config = {both, 2, .subprotocols = spoken,
                                 .subprotocols_len = 1};
  const line more[] = {{"Sec-WebSocket-Protocol", "chat"},
                       {"Sec-WebSocket-Extensions", "foo, bar; baz"}};
  const upshake_extra extra = {.extensions = text("bar")};
  enum { LINES = GOOD_LEN + CHECK_LEN(more) };
  upshake_judge judge, moved;
  upshake_slice value;
  char *names[LINES], *values[LINES];
  char *method = exact("GET", 3), *target = exact("/", 1);
  char out[UPSHAKE_REPLY_CAP];
  reply_view view;
  size_t len;
  (void)state;
  begin_judge(&judge, &config, NULL, part_of(method, 3), part_of(target, 1),
              11);
  for (size_t i = 0; i < LINES; i++) {
    const line *from = i < GOOD_LEN ? &good[i] : &more[i - GOOD_LEN];
    size_t name_len = strlen(from->name), value_len = strlen(from->value);
    names[i] = exact(from->name, name_len);
    values[i] = exact(from->value, value_len);
    upshake_judge_field(&judge, part_of(names[i], name_len),
                        part_of(values[i], value_len));
  }
  assert_int_equal(upshake_judge_end(&judge), UPSHAKE_SEND);
  memset(values[3], 'z', strlen(KEY));
  free(values[3]); /* the key */
  moved = judge;
  memset(&judge, 0xa5, sizeof judge);
  assert_int_equal(upshake_reply_with(&moved.hs, &extra, out, sizeof out, &len),
                   UPSHAKE_OK);
  view = view_reply(out, len);
  assert_int_equal(view.status, 101);
  assert_int_equal(count_field(view, "Sec-WebSocket-Accept", &value), 1);
  assert_slice(value, ACCEPT);
  assert_int_equal(count_field(view, "Sec-WebSocket-Protocol", &value), 1);
  assert_slice(value, "chat");
  assert_int_equal(count_field(view, "Sec-WebSocket-Extensions", &value), 1);
  assert_slice(value, "bar");
  for (size_t i = 0; i < LINES; i++) {
    free(names[i]);
    if (i != 3)
      free(values[i]);
  }
  free(method);
  free(target);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(switches_and_writes_the_reply),
      cmocka_unit_test(waits_for_a_decision_like_a_handshake),
      cmocka_unit_test(leaves_the_body_out_to_head),
      cmocka_unit_test(shows_a_request_that_is_refused_for_a_field),
      cmocka_unit_test(takes_no_bytes_and_no_memory),
      cmocka_unit_test(a_judge_is_not_reset),
      cmocka_unit_test(counts_fields_up_to_32_bits_and_no_further),
      cmocka_unit_test(refuses_the_config_that_init_refuses),
      cmocka_unit_test(looks_at_no_byte_of_an_empty_value),
      cmocka_unit_test(checks_every_octet_of_a_field_again),
      cmocka_unit_test(refuses_hostile_slices),
      cmocka_unit_test(knows_the_versions),
      cmocka_unit_test(knows_the_preface_of_http_2),
      cmocka_unit_test(has_the_limits_of_the_config),
      cmocka_unit_test(has_the_limit_of_the_target),
      cmocka_unit_test(judges_a_head_without_fields),
      cmocka_unit_test(chooses_among_several_lines),
      cmocka_unit_test(lets_the_application_choose_what_was_offered),
      cmocka_unit_test(agrees_to_extensions_in_any_case_of_the_name),
      cmocka_unit_test(the_list_sees_more_lines_than_are_remembered),
      cmocka_unit_test(the_application_chooses_among_what_is_remembered),
      cmocka_unit_test(needs_every_slice_but_the_key_until_the_reply),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
