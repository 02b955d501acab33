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
  if (expected != UPSHAKE_OK) {
    assert_error(&response, &extra, expected);
  } else {
    reply_view view = write_view(&response, &extra);
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
      if (good)
        assert_int_equal(
            count_field(write_view(&response, &dated), "Date", NULL), 1);
      else
        assert_error(&response, &dated, UPSHAKE_ERR_EXTRA_VALUE);
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

/* A name is a slice: any byte may follow it in memory. */
static void looks_at_no_byte_behind_a_name(void **state) {
  static const char longest[] = "Sec-WebSocket-Key";
  const size_t reserved_len = strlen("Sec-WebSocket-");
  (void)state;
  for (size_t len = 1; len <= strlen(longest); len++)
    assert_extra(404, part_of(longest, len), text("v"),
                 len < reserved_len ? UPSHAKE_OK : UPSHAKE_ERR_EXTRA_RESERVED);
}

static void checks_every_added_field_and_not_the_first_only(void **state) {
  upshake_field fields[5];
  (void)state;
  for (size_t bad = 0; bad < 5; bad++) {
    const upshake_extra extra = {.fields = fields, .fields_len = 5};
    upshake_response response = not_found;
    for (size_t i = 0; i < 5; i++) {
      fields[i].name = text("N");
      fields[i].value = text(i == bad ? "a\r\nb" : "v");
    }
    assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_VALUE, bad);
    fields[bad].value = text("v");
    fields[bad].name = text("content-length");
    assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_RESERVED, bad);
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
  extra.date = text("now");
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_REPEATED, 0);
  extra.date = part_of(NULL, 0);
  response.status = 405;
  response.allow = text("GET");
  extra.fields = &allow;
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_REPEATED, 0);
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
      assert_culprit(&response, &both, UPSHAKE_ERR_EXTRA_REPEATED, 2);
      assert_one(write_view(&response, &one), once[i], "a");
    }
  for (size_t i = 0; i < CHECK_LEN(often); i++) {
    const upshake_field fields[] = {{text(often[i]), text("a")},
                                    {text(often[i]), text("b")}};
    const upshake_extra both = {.fields = fields, .fields_len = 2};
    upshake_response response = not_found;
    assert_int_equal(count_field(write_view(&response, &both), often[i], NULL),
                     2);
  }
}

/* RFC 9110 5.6.7: a date is never empty; one that is absent is not written. */
static void a_date_is_absent_or_has_bytes(void **state) {
  upshake_extra extra = {.date = {"", 0}};
  upshake_response response = not_found;
  (void)state;
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_VALUE, 0);
  response.status = 101;
  response.upgrade = text("websocket");
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_VALUE, 0);
  extra.date = text("x");
  assert_one(write_view(&response, &extra), "Date", "x");
  extra.date = part_of(NULL, 0);
  assert_int_equal(count_field(write_view(&response, &extra), "Date", NULL), 0);
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
  assert_one(write_view(&response, &extra), "Capsule-Protocol", "?1");
  response.capsules = 1;
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_REPEATED, 0);
  extra.fields = &type;
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_RESERVED, 0);
  response.capsules = 0;
  assert_one(write_view(&response, &extra), "Content-Type", "text/plain");
  extra.fields = &says;
  for (size_t i = 0; i < CHECK_LEN(refusals); i++) {
    response.status = refusals[i];
    assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_RESERVED, 0);
  }
}

/* ---- Extensions of WebSocket ----------------------------------------------
 */

/* Without a request it is not known what was offered, but a list of extensions
 * (RFC 6455 9.1) in a 101 to WebSocket is all that can be an answer. */
static void extensions_are_an_answer_to_websocket(void **state) {
  static const char *const good[] = {
      "foo",
      "foo, bar",
      "foo; a; b=c",
      "foo;a=\"b\"",
      "foo ; a = b",
      "permessage-deflate; server_max_window_bits=10",
      "x"};
  static const char *const bad[] = {
      "foo ",      " foo",       "\tfoo",   "foo,",           ",foo",
      ",",         "foo bar",    "foo;",    "foo;;a",         "foo; =",
      "foo; a=",   "foo; a=b c", "f\"oo\"", "foo; a=\"b c\"", "foo\r\nX: y",
      "foo; a=\"b"};
  upshake_extra extra = {.keep = 0};
  upshake_response response = switching;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(good); i++) {
    extra.extensions = text(good[i]);
    assert_one(write_view(&response, &extra), "Sec-WebSocket-Extensions",
               good[i]);
    assert_sizes(&response, &extra);
    assert_parts(&response, &extra);
  }
  for (size_t i = 0; i < CHECK_LEN(bad); i++) {
    extra.extensions = text(bad[i]);
    if (write_roomy(&response, &extra) != UPSHAKE_ERR_EXTRA_EXTENSION &&
        write_roomy(&response, &extra) != UPSHAKE_ERR_EXTRA_VALUE)
      fail_msg("%s", bad[i]);
    assert_error(&response, &extra, ANY_ERROR);
  }
  extra.extensions = text("foo");
  response.accept = part_of(NULL, 0); /* not WebSocket */
  assert_error(&response, &extra, UPSHAKE_ERR_EXTRA_EXTENSION);
  response = not_found;
  assert_error(&response, &extra, UPSHAKE_ERR_EXTRA_EXTENSION);
  response.accept = text(ACCEPT); /* which a refusal does not send */
  assert_error(&response, &extra, UPSHAKE_ERR_EXTRA_EXTENSION);
  extra.extensions = text(""); /* nothing is agreed to */
  assert_int_equal(count_field(write_view(&response, &extra),
                               "Sec-WebSocket-Extensions", NULL),
                   0);
}

/* ---- F9: what a status needs ----------------------------------------------
 */

static void needs_what_the_status_needs(void **state) {
  upshake_field field = {{UPSHAKE_TEXT("www-AUTHENTICATE")},
                         {UPSHAKE_TEXT("Basic realm=\"a\"")}};
  const upshake_extra extra = {.fields = &field, .fields_len = 1};
  upshake_response response = {.status = 401};
  (void)state;
  assert_error(&response, NULL, UPSHAKE_ERR_NEEDS_AUTHENTICATE);
  assert_one(write_view(&response, &extra), "WWW-Authenticate",
             "Basic realm=\"a\"");
  response.status = 407; /* the field of a 401 is not that of a 407 */
  assert_error(&response, &extra, UPSHAKE_ERR_NEEDS_PROXY_AUTHENTICATE);
  field.name = text("proxy-AUTHENTICATE");
  assert_one(write_view(&response, &extra), "Proxy-Authenticate",
             "Basic realm=\"a\"");
  response.status = 401;
  assert_error(&response, &extra, UPSHAKE_ERR_NEEDS_AUTHENTICATE);
  response.status = 407;
  assert_error(&response, NULL, UPSHAKE_ERR_NEEDS_PROXY_AUTHENTICATE);
  response.status = 405;
  assert_error(&response, &extra, UPSHAKE_ERR_NEEDS_ALLOW);
  field.name = text("allow");
  field.value = text("GET, POST");
  assert_one(write_view(&response, &extra), "Allow", "GET, POST");
  response.allow = text("GET");
  assert_one(write_view(&response, NULL), "Allow", "GET");
  response.status = 426;
  assert_error(&response, NULL, UPSHAKE_ERR_REPLY_PROTOCOL);
  response.upgrade = text("websocket");
  write_view(&response, NULL);
  response.status = 101;
  response.upgrade = part_of(NULL, 0);
  assert_error(&response, NULL, UPSHAKE_ERR_REPLY_PROTOCOL);
  response.upgrade = text("");
  assert_error(&response, NULL, UPSHAKE_ERR_REPLY_PROTOCOL);
}

static void has_no_body_where_none_can_be(void **state) {
  const upshake_extra extra = {.body = text("x")};
  upshake_response response = switching;
  (void)state;
  assert_error(&response, &extra, UPSHAKE_ERR_EXTRA_BODY);
  response = not_found;
  response.status = 304; /* RFC 9110 15.4.5 */
  assert_error(&response, &extra, UPSHAKE_ERR_EXTRA_BODY);
}

/* ---- Which one it is ------------------------------------------------------
 */

/* The place of the first added field that is wrong, whatever is behind it. */
static void names_the_first_field_that_is_wrong(void **state) {
  static const struct {
    const char *name, *value;
    upshake_error error;
  } rows[] = {
      {"", "v", UPSHAKE_ERR_EXTRA_NAME},
      {"a b", "v", UPSHAKE_ERR_EXTRA_NAME},
      {"Upgrade", "v", UPSHAKE_ERR_EXTRA_RESERVED},
      {"Content-Length", "0", UPSHAKE_ERR_EXTRA_RESERVED},
      {"A", "a\nb", UPSHAKE_ERR_EXTRA_VALUE},
      {"A", " a", UPSHAKE_ERR_EXTRA_VALUE},
  };
  static const int statuses[] = {101, 404};
  (void)state;
  for (size_t row = 0; row < CHECK_LEN(rows); row++)
    for (size_t other = 0; other < CHECK_LEN(rows); other++)
      for (size_t place = 0; place < 4; place++)
        for (size_t i = 0; i < CHECK_LEN(statuses); i++) {
          upshake_response response = i == 0 ? switching : not_found;
          upshake_field fields[6];
          const upshake_extra extra = {.fields = fields, .fields_len = 6};
          for (size_t at = 0; at < CHECK_LEN(fields); at++) {
            size_t which = at == place ? row : other;
            fields[at].name = text(at < place ? "N" : rows[which].name);
            fields[at].value = text(at < place ? "v" : rows[which].value);
          }
          assert_culprit(&response, &extra, rows[row].error, place);
        }
}

/* A field that is wrong only beside another, or for this response, is named
 * too: the first one that is too many. */
static void names_the_field_that_is_too_many(void **state) {
  const upshake_field fields[] = {
      {text("X"), text("")},        {text("Location"), text("/a")},
      {text("Date"), text("now")},  {text("location"), text("/b")},
      {text("date"), text("then")}, {text("Capsule-Protocol"), text("?0")}};
  upshake_extra extra = {.fields = fields, .fields_len = 5};
  upshake_response response = {.status = 302};
  (void)state;
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_REPEATED, 3);
  extra.fields_len = 3;
  write_view(&response, &extra);
  extra.date = text("today");
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_REPEATED, 2);
  extra.fields_len = 6;
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_RESERVED, 5);
  response = switching;
  response.capsules = 1;
  response.accept = part_of(NULL, 0);
  extra.fields = fields + 5;
  extra.fields_len = 1;
  extra.date = part_of(NULL, 0);
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_REPEATED, 0);
}

/* All fields are good, so it is another member; its place is behind them. */
static void names_no_field_if_another_member_is_wrong(void **state) {
  static const upshake_field fields[] = {
      {{UPSHAKE_TEXT("A")}, {UPSHAKE_TEXT("b")}},
      {{UPSHAKE_TEXT("C")}, {UPSHAKE_TEXT("d")}}};
  const upshake_extra good = {.fields = fields, .fields_len = 2};
  upshake_response response = switching;
  upshake_extra extra;
  (void)state;
  extra = good;
  extra.date = text("a\nb");
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_VALUE, 2);
  extra = good;
  extra.reason = text("a\nb");
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_VALUE, 2);
  extra = good;
  extra.extensions = text("foo;");
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_EXTENSION, 2);
  extra = good;
  extra.body = text("x");
  assert_culprit(&response, &extra, UPSHAKE_ERR_EXTRA_BODY, 2);
  response = not_found;
  response.ws_version = text("13\n");
  assert_culprit(&response, &good, UPSHAKE_ERR_EXTRA_VALUE, 2);
}

/* The order of upshake_error is the order of judgement. */
static void names_a_wrong_field_before_wrong_extensions(void **state) {
  static const struct {
    const char *name, *value;
    upshake_error error;
  } rows[] = {
      {"a b", "v", UPSHAKE_ERR_EXTRA_NAME},
      {"A", "a\nb", UPSHAKE_ERR_EXTRA_VALUE},
      {"Upgrade", "v", UPSHAKE_ERR_EXTRA_RESERVED},
  };
  upshake_response response = switching;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    const upshake_field fields[] = {{text("N"), text("v")},
                                    {text(rows[i].name), text(rows[i].value)},
                                    {text("N"), text("v")}};
    const upshake_extra extra = {
        .fields = fields, .fields_len = 3, .extensions = text("foo;")};
    assert_culprit(&response, &extra, rows[i].error, 1);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refuses_every_octet_that_cannot_stand_in_a_name),
      cmocka_unit_test(refuses_every_octet_that_cannot_stand_in_a_value),
      cmocka_unit_test(reserves_the_fields_of_the_handshake),
      cmocka_unit_test(looks_at_no_byte_behind_a_name),
      cmocka_unit_test(checks_every_added_field_and_not_the_first_only),
      cmocka_unit_test(sends_no_field_twice_that_it_writes_itself),
      cmocka_unit_test(sends_no_field_twice_that_is_no_list),
      cmocka_unit_test(a_date_is_absent_or_has_bytes),
      cmocka_unit_test(capsule_protocol_is_a_field_of_a_101),
      cmocka_unit_test(extensions_are_an_answer_to_websocket),
      cmocka_unit_test(needs_what_the_status_needs),
      cmocka_unit_test(has_no_body_where_none_can_be),
      cmocka_unit_test(names_the_first_field_that_is_wrong),
      cmocka_unit_test(names_the_field_that_is_too_many),
      cmocka_unit_test(names_no_field_if_another_member_is_wrong),
      cmocka_unit_test(names_a_wrong_field_before_wrong_extensions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
