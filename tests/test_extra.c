/* SPDX-License-Identifier: MIT
 *
 * What the application adds to a reply: no octet of it can break a response,
 * and each status has what it needs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check_reply.h"

/* ---- F9: names ------------------------------------------------------------
 */

static void assert_extra(int status, upshake_slice name, upshake_slice value,
                         upshake_error expected) {
  const upshake_field field = {name, value};
  const upshake_extra extra = {.fields = &field, .fields_len = 1};
  upshake_response response = status == 101 ? switching : not_found;
  response.status = status;
  response.extra = &extra;
  if (expected != UPSHAKE_OK) {
    assert_error(&response, expected);
  } else {
    reply_view view = write_view(&response);
    upshake_slice lines = view.fields, line;
    upshake_field got;
    int found = 0;
    while (take_line(&lines, &line) && split_line(line, &got))
      if (got.name.len == name.len && got.value.len == value.len &&
          memcmp(got.name.ptr, name.ptr, name.len) == 0 &&
          (value.len == 0 || memcmp(got.value.ptr, value.ptr, value.len) == 0))
        found++;
    assert_int_equal(found, 1);
  }
}

static void refuses_every_octet_that_cannot_stand_in_a_name(void **state) {
  (void)state;
  for (unsigned octet = 0; octet < 256; octet++)
    for (size_t place = 0; place < 4; place++) {
      char octets[3];
      size_t len = place_octet(octets, place, octet);
      char *name = exact(octets, len);
      upshake_error expected =
          is_tchar(octet) ? UPSHAKE_OK : UPSHAKE_ERR_EXTRA_NAME;
      assert_extra(404, part_of(name, len), text("v"), expected);
      assert_extra(101, part_of(name, len), text("v"), expected);
      free(name);
    }
  assert_extra(404, text(""), text("v"), UPSHAKE_ERR_EXTRA_NAME);
  assert_extra(404, part_of(NULL, 0), text("v"), UPSHAKE_ERR_EXTRA_NAME);
}

static void refuses_every_octet_that_cannot_stand_in_a_value(void **state) {
  (void)state;
  for (unsigned octet = 0; octet < 256; octet++)
    for (size_t place = 0; place < 4; place++) {
      char octets[3];
      size_t len = place_octet(octets, place, octet);
      char *value = exact(octets, len);
      int good = is_value_octet(octet) &&
                 (place == 1 || (octet != ' ' && octet != '\t'));
      upshake_error expected = good ? UPSHAKE_OK : UPSHAKE_ERR_EXTRA_VALUE;
      const upshake_extra dated = {.date = part_of(value, len)};
      upshake_response response = not_found;
      assert_extra(404, text("N"), part_of(value, len), expected);
      assert_extra(101, text("N"), part_of(value, len), expected);
      response.extra = &dated;
      if (good)
        assert_int_equal(count_field(write_view(&response), "Date", NULL), 1);
      else
        assert_error(&response, UPSHAKE_ERR_EXTRA_VALUE);
      free(value);
    }
  assert_extra(404, text("N"), part_of(NULL, 0), UPSHAKE_OK);
}

/* A spelling of the name: as it is, lower, upper, and every other letter. */
static void spell(const char *name, unsigned spelling, char *out) {
  size_t i = 0;
  for (; name[i] != 0; i++) {
    unsigned low = lower((unsigned char)name[i]);
    int up = spelling == 2 || (spelling == 3 && i % 2 == 1);
    out[i] = name[i];
    if (spelling > 0)
      out[i] = (char)(up && low >= 'a' && low <= 'z' ? low - 32 : low);
  }
  out[i] = 0;
}

static void assert_each_spelling(const char *name, upshake_error expected) {
  static const int statuses[] = {101, 404, 500};
  char out[64];
  for (unsigned spelling = 0; spelling < 4; spelling++)
    for (size_t i = 0; i < CHECK_LEN(statuses); i++) {
      spell(name, spelling, out);
      assert_extra(statuses[i], text(out), text("v"), expected);
      assert_extra(statuses[i], text(out), text(""), expected);
    }
}

static void reserves_the_fields_of_the_handshake(void **state) {
  static const char *const reserved[] = {"Connection",
                                         "Upgrade",
                                         "Sec-WebSocket-Accept",
                                         "Sec-WebSocket-Key",
                                         "Sec-WebSocket-Version",
                                         "Sec-WebSocket-Protocol",
                                         "Sec-WebSocket-Extensions",
                                         "Sec-WebSocket-",
                                         "Sec-WebSocket-Anything",
                                         "HTTP2-Settings",
                                         "Content-Length",
                                         "Transfer-Encoding",
                                         "Keep-Alive",
                                         "Proxy-Connection",
                                         "TE",
                                         "Trailer"};
  static const char *const free_names[] = {"Connections",
                                           "Connectio",
                                           "Upgrad",
                                           "Upgrade-Insecure-Requests",
                                           "Sec-WebSocket",
                                           "Sec-WebSocketX",
                                           "X-Sec-WebSocket-Key",
                                           "HTTP2-Setting",
                                           "Content-Lengt",
                                           "Content-Length2",
                                           "Content_Length",
                                           "Keep-Aliv",
                                           "T",
                                           "TEX",
                                           "Trailers",
                                           "Sec-Fetch-Mode"};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(reserved); i++)
    assert_each_spelling(reserved[i], UPSHAKE_ERR_EXTRA_RESERVED);
  for (size_t i = 0; i < CHECK_LEN(free_names); i++)
    assert_each_spelling(free_names[i], UPSHAKE_OK);
}

static void checks_every_added_field_and_not_the_first_only(void **state) {
  upshake_field fields[5];
  (void)state;
  for (size_t bad = 0; bad < 5; bad++) {
    const upshake_extra extra = {.fields = fields, .fields_len = 5};
    upshake_response response = not_found;
    response.extra = &extra;
    for (size_t i = 0; i < 5; i++) {
      fields[i].name = text("N");
      fields[i].value = text(i == bad ? "a\r\nb" : "v");
    }
    assert_error(&response, UPSHAKE_ERR_EXTRA_VALUE);
    fields[bad].value = text("v");
    fields[bad].name = text("content-length");
    assert_error(&response, UPSHAKE_ERR_EXTRA_RESERVED);
  }
}

static void sends_no_field_twice_that_it_writes_itself(void **state) {
  static const upshake_field date = {{UPSHAKE_TEXT("dATE")},
                                     {UPSHAKE_TEXT("x")}};
  static const upshake_field allow = {{UPSHAKE_TEXT("aLLOW")},
                                      {UPSHAKE_TEXT("POST")}};
  upshake_extra extra = {.fields = &date, .fields_len = 1};
  upshake_response response = not_found;
  (void)state;
  response.extra = &extra;
  extra.date = text("now");
  assert_error(&response, UPSHAKE_ERR_EXTRA_REPEATED);
  extra.date = part_of(NULL, 0);
  response.status = 405;
  response.allow = "GET";
  extra.fields = &allow;
  assert_error(&response, UPSHAKE_ERR_EXTRA_REPEATED);
}

/* RFC 9110 5.3: fields that are no list stand once; others may repeat. */
static void sends_no_field_twice_that_is_no_list(void **state) {
  static const char *const once[] = {"Content-Type", "Location", "Retry-After",
                                     "Server", "Date"};
  static const char *const often[] = {"Set-Cookie", "Link", "Vary",
                                      "Server-Timing", "X"};
  char out[64];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(once); i++)
    for (unsigned spelling = 0; spelling < 4; spelling++) {
      spell(once[i], spelling, out);
      const upshake_field fields[] = {{text(once[i]), text("a")},
                                      {text("Other"), text("b")},
                                      {text(out), text("c")}};
      const upshake_extra both = {.fields = fields, .fields_len = 3};
      const upshake_extra one = {.fields = fields, .fields_len = 2};
      upshake_response response = spelling % 2 ? switching : not_found;
      response.extra = &both;
      assert_error(&response, UPSHAKE_ERR_EXTRA_REPEATED);
      response.extra = &one;
      assert_one(write_view(&response), once[i], "a");
    }
  for (size_t i = 0; i < CHECK_LEN(often); i++) {
    const upshake_field fields[] = {{text(often[i]), text("a")},
                                    {text(often[i]), text("b")}};
    const upshake_extra both = {.fields = fields, .fields_len = 2};
    upshake_response response = not_found;
    response.extra = &both;
    assert_int_equal(count_field(write_view(&response), often[i], NULL), 2);
  }
}

/* RFC 9110 5.6.7: a date is never empty; one that is absent is not written. */
static void a_date_is_absent_or_has_bytes(void **state) {
  upshake_extra extra = {.date = {"", 0}};
  upshake_response response = not_found;
  (void)state;
  response.extra = &extra;
  assert_error(&response, UPSHAKE_ERR_EXTRA_VALUE);
  response.status = 101;
  response.upgrade = text("websocket");
  assert_error(&response, UPSHAKE_ERR_EXTRA_VALUE);
  extra.date = text("x");
  assert_one(write_view(&response), "Date", "x");
  extra.date = part_of(NULL, 0);
  assert_int_equal(count_field(write_view(&response), "Date", NULL), 0);
}

/* ---- Capsules (RFC 9297) --------------------------------------------------
 */

/* It says what follows a 101 (3.4), which has no content to have a type (3.2).
 */
static void capsule_protocol_is_a_field_of_a_101(void **state) {
  static const upshake_field says = {{UPSHAKE_TEXT("capsule-PROTOCOL")},
                                     {UPSHAKE_TEXT("?1")}};
  static const upshake_field type = {{UPSHAKE_TEXT("content-TYPE")},
                                     {UPSHAKE_TEXT("text/plain")}};
  static const int refusals[] = {302, 404, 426, 500};
  upshake_extra extra = {.fields = &says, .fields_len = 1};
  upshake_response response = {.status = 101, .upgrade = text("connect-udp")};
  (void)state;
  response.extra = &extra;
  assert_one(write_view(&response), "Capsule-Protocol", "?1");
  response.capsules = 1;
  assert_error(&response, UPSHAKE_ERR_EXTRA_REPEATED);
  extra.fields = &type;
  assert_error(&response, UPSHAKE_ERR_EXTRA_RESERVED);
  response.capsules = 0;
  assert_one(write_view(&response), "Content-Type", "text/plain");
  extra.fields = &says;
  for (size_t i = 0; i < CHECK_LEN(refusals); i++) {
    response.status = refusals[i];
    assert_error(&response, UPSHAKE_ERR_EXTRA_RESERVED);
  }
}

/* ---- Extensions of WebSocket ----------------------------------------------
 */

/* Without a request it is not known what was offered, but a list of extensions
 * (RFC 6455 9.1) in a 101 to WebSocket is all that can be an answer. */
static void extensions_are_an_answer_to_websocket(void **state) {
  static const char *const good[] = {
      "foo",         "foo, bar",
      "foo; a; b=c", "foo;a=\"b\"",
      "foo ; a = b", "permessage-deflate; server_max_window_bits=10"};
  static const char *const bad[] = {
      "foo ",      " foo",       "\tfoo",   "foo,",           ",foo",
      ",",         "foo bar",    "foo;",    "foo;;a",         "foo; =",
      "foo; a=",   "foo; a=b c", "f\"oo\"", "foo; a=\"b c\"", "foo\r\nX: y",
      "foo; a=\"b"};
  upshake_extra extra = {.keep = 0};
  upshake_response response = switching;
  (void)state;
  response.extra = &extra;
  for (size_t i = 0; i < CHECK_LEN(good); i++) {
    extra.extensions = text(good[i]);
    assert_one(write_view(&response), "Sec-WebSocket-Extensions", good[i]);
    assert_sizes(&response);
    assert_parts(&response);
  }
  for (size_t i = 0; i < CHECK_LEN(bad); i++) {
    extra.extensions = text(bad[i]);
    if (write_roomy(&response) != UPSHAKE_ERR_EXTRA_EXTENSION &&
        write_roomy(&response) != UPSHAKE_ERR_EXTRA_VALUE)
      fail_msg("%s", bad[i]);
    assert_error(&response, ANY_ERROR);
  }
  extra.extensions = text("foo");
  response.accept = NULL; /* not WebSocket */
  assert_error(&response, UPSHAKE_ERR_EXTRA_EXTENSION);
  response = not_found;
  response.extra = &extra;
  assert_error(&response, UPSHAKE_ERR_EXTRA_EXTENSION);
  response.accept = ACCEPT; /* which a refusal does not send */
  assert_error(&response, UPSHAKE_ERR_EXTRA_EXTENSION);
  extra.extensions = text(""); /* nothing is agreed to */
  assert_int_equal(
      count_field(write_view(&response), "Sec-WebSocket-Extensions", NULL), 0);
}

/* ---- F9: what a status needs ----------------------------------------------
 */

static void needs_what_the_status_needs(void **state) {
  upshake_field field = {{UPSHAKE_TEXT("www-AUTHENTICATE")},
                         {UPSHAKE_TEXT("Basic realm=\"a\"")}};
  upshake_extra extra = {.fields = &field, .fields_len = 1};
  upshake_response response = {.status = 401};
  (void)state;
  assert_error(&response, UPSHAKE_ERR_NEEDS_AUTHENTICATE);
  response.extra = &extra;
  assert_one(write_view(&response), "WWW-Authenticate", "Basic realm=\"a\"");
  response.status = 407; /* the field of a 401 is not that of a 407 */
  assert_error(&response, UPSHAKE_ERR_NEEDS_PROXY_AUTHENTICATE);
  field.name = text("proxy-AUTHENTICATE");
  assert_one(write_view(&response), "Proxy-Authenticate", "Basic realm=\"a\"");
  response.status = 401;
  assert_error(&response, UPSHAKE_ERR_NEEDS_AUTHENTICATE);
  response.extra = NULL;
  response.status = 407;
  assert_error(&response, UPSHAKE_ERR_NEEDS_PROXY_AUTHENTICATE);
  response.extra = &extra;
  response.status = 405;
  assert_error(&response, UPSHAKE_ERR_NEEDS_ALLOW);
  field.name = text("allow");
  field.value = text("GET, POST");
  assert_one(write_view(&response), "Allow", "GET, POST");
  response.extra = NULL;
  response.allow = "GET";
  assert_one(write_view(&response), "Allow", "GET");
  response.status = 426;
  assert_error(&response, UPSHAKE_ERR_REPLY_PROTOCOL);
  response.upgrade = text("websocket");
  write_view(&response);
  response.status = 101;
  response.upgrade = part_of(NULL, 0);
  assert_error(&response, UPSHAKE_ERR_REPLY_PROTOCOL);
  response.upgrade = text("");
  assert_error(&response, UPSHAKE_ERR_REPLY_PROTOCOL);
}

static void has_no_body_where_none_can_be(void **state) {
  const upshake_extra extra = {.body = text("x")};
  upshake_response response = switching;
  (void)state;
  response.extra = &extra;
  assert_error(&response, UPSHAKE_ERR_EXTRA_BODY);
  response = not_found;
  response.extra = &extra;
  response.status = 304; /* RFC 9110 15.4.5 */
  assert_error(&response, UPSHAKE_ERR_EXTRA_BODY);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refuses_every_octet_that_cannot_stand_in_a_name),
      cmocka_unit_test(refuses_every_octet_that_cannot_stand_in_a_value),
      cmocka_unit_test(reserves_the_fields_of_the_handshake),
      cmocka_unit_test(checks_every_added_field_and_not_the_first_only),
      cmocka_unit_test(sends_no_field_twice_that_it_writes_itself),
      cmocka_unit_test(sends_no_field_twice_that_is_no_list),
      cmocka_unit_test(a_date_is_absent_or_has_bytes),
      cmocka_unit_test(capsule_protocol_is_a_field_of_a_101),
      cmocka_unit_test(extensions_are_an_answer_to_websocket),
      cmocka_unit_test(needs_what_the_status_needs),
      cmocka_unit_test(has_no_body_where_none_can_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
