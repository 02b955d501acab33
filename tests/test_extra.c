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
      cmocka_unit_test(needs_what_the_status_needs),
      cmocka_unit_test(has_no_body_where_none_can_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
