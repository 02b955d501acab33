/* SPDX-License-Identifier: MIT
 *
 * The reply writer: no octet of the application can break a response, every
 * size is exact, and the parts are those of the whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check.h"

#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define ROOM 4096

static const upshake_response switching = {
    .status = 101,
    .upgrade = {UPSHAKE_TEXT("websocket")},
    .accept = {UPSHAKE_TEXT(ACCEPT)}};
static const upshake_response not_found = {.status = 404};

/* ---- Writing, from exact memory -------------------------------------------
 */

static char written[ROOM];
static size_t written_len;

/* Into memory with room; what is behind the reply stays as it was. */
static upshake_error write_roomy(const upshake_response *response) {
  upshake_error error;
  memset(written, 0x5a, sizeof written);
  written_len = 12345;
  error = upshake_write(response, written, sizeof written, &written_len);
  if (error != UPSHAKE_OK)
    assert_int_equal(written_len, 0);
  assert_true(written_len < sizeof written);
  for (size_t i = written_len; i < sizeof written; i++)
    assert_int_equal(written[i], 0x5a);
  return error;
}

/* One octet of room too few, down to none: nothing is written. */
static void assert_sizes(const upshake_response *response) {
  for (size_t cap = 0; cap <= written_len; cap++) {
    size_t len = 54321;
    char *out = malloc(cap);
    upshake_error error;
    if (cap > 0)
      memset(out, 0x5a, cap);
    error = upshake_write(response, out, cap, &len);
    assert_int_equal(len, written_len);
    if (cap == written_len) {
      assert_int_equal(error, UPSHAKE_OK);
      assert_memory_equal(out, written, cap);
    } else {
      assert_int_equal(error, UPSHAKE_ERR_ROOM);
      for (size_t i = 0; i < cap; i++)
        assert_int_equal(out[i], 0x5a);
    }
    free(out);
  }
}

static void assert_part(const upshake_response *response, size_t from,
                        size_t cap) {
  size_t len = 54321;
  size_t left = from < written_len ? written_len - from : 0;
  size_t expected = cap < left ? cap : left;
  char *out = malloc(cap);
  memset(out, 0x5a, cap);
  assert_int_equal(upshake_write_part(response, from, out, cap, &len),
                   UPSHAKE_OK);
  assert_int_equal(len, expected);
  if (len > 0)
    assert_memory_equal(out, written + from, len);
  for (size_t i = len; i < cap; i++)
    assert_int_equal(out[i], 0x5a);
  free(out);
}

static void assert_parts(const upshake_response *response) {
  for (size_t from = 0; from <= written_len + 2; from++)
    for (size_t cap = 1; cap <= written_len + 1; cap += cap < 20 ? 1 : 17)
      assert_part(response, from, cap);
  assert_part(response, SIZE_MAX, 10);
}

static reply_view write_view(const upshake_response *response) {
  upshake_error error = write_roomy(response);
  reply_view view;
  if (error != UPSHAKE_OK)
    fail_msg("status %d: %s", response->status, upshake_explain(error).name);
  view = view_reply(written, written_len);
  assert_int_equal(view.status, response->status);
  assert_true(is_framed(view, response->to_head));
  return view;
}

/* Nothing comes out, neither whole nor in parts nor as a size. */
static void assert_error(const upshake_response *response,
                         upshake_error expected) {
  upshake_error error = write_roomy(response);
  size_t len = 9;
  char out[8];
  memset(out, 0x5a, sizeof out);
  if (expected == UPSHAKE_ERRORS_LEN) { /* some error */
    assert_int_not_equal(error, UPSHAKE_OK);
    assert_int_not_equal(error, UPSHAKE_ERR_ROOM);
  } else if (error != expected)
    fail_msg("status %d: %s, not %s", response->status,
             upshake_explain(error).name, upshake_explain(expected).name);
  assert_int_equal(upshake_write(response, NULL, 0, &len), error);
  assert_int_equal(len, 0);
  len = 9;
  assert_int_equal(upshake_write_part(response, 0, out, sizeof out, &len),
                   error);
  assert_int_equal(len, 0);
  for (size_t i = 0; i < sizeof out; i++)
    assert_int_equal(out[i], 0x5a);
}

#define ANY_ERROR UPSHAKE_ERRORS_LEN

/* ---- What is written ------------------------------------------------------
 */

static void assert_one(reply_view view, const char *name, const char *value) {
  upshake_slice got = {NULL, 0};
  assert_int_equal(count_field(view, name, &got), 1);
  assert_slice(got, value);
}

static void assert_none(reply_view view, const char *name) {
  assert_int_equal(count_field(view, name, NULL), 0);
}

static void writes_a_101(void **state) {
  upshake_response response = switching;
  reply_view view = write_view(&response);
  (void)state;
  assert_one(view, "Upgrade", "websocket");
  assert_one(view, "Connection", "Upgrade");
  assert_one(view, "Sec-WebSocket-Accept", ACCEPT);
  assert_none(view, "Sec-WebSocket-Protocol");
  assert_none(view, "Sec-WebSocket-Extensions");
  assert_none(view, "Date");
  assert_int_equal(view.continues, 0);
  assert_sizes(&response);
  assert_parts(&response);
  response.subprotocol = text("chat");
  assert_one(write_view(&response), "Sec-WebSocket-Protocol", "chat");
  response.continue_first = 1;
  view = write_view(&response);
  assert_int_equal(view.continues, 1);
  assert_one(view, "Sec-WebSocket-Accept", ACCEPT);
  assert_sizes(&response);
  assert_parts(&response);
}

static void writes_a_101_for_any_protocol(void **state) {
  static const char *const upgrades[] = {
      "echo", "SPDY/3.1", "TLS/1.2, HTTP/1.1", "!#$%&'*+-.^_`|~"};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(upgrades); i++) {
    const upshake_response response = {.status = 101,
                                       .upgrade = text(upgrades[i])};
    reply_view view = write_view(&response);
    assert_one(view, "Upgrade", upgrades[i]);
    assert_none(view, "Sec-WebSocket-Accept");
  }
}

static void writes_a_refusal_with_all_that_is_added(void **state) {
  static const upshake_field fields[] = {
      {{UPSHAKE_TEXT("Set-Cookie")}, {UPSHAKE_TEXT("a=b; Path=/")}},
      {{UPSHAKE_TEXT("Set-Cookie")}, {UPSHAKE_TEXT("c=\x80\xff\td")}},
      {{UPSHAKE_TEXT("Content-Type")}, {UPSHAKE_TEXT("text/plain")}},
      {{UPSHAKE_TEXT("X-Empty")}, {UPSHAKE_TEXT("")}},
  };
  static const char body[] = "no\r\n\r\nHTTP/1.1 200 OK\0\xff";
  const upshake_extra extra = {fields,
                               CHECK_LEN(fields),
                               {UPSHAKE_TEXT("Sun, 06 Nov 1994 08:49:37 GMT")},
                               {body, sizeof body - 1},
                               0};
  upshake_response response = not_found;
  reply_view view;
  (void)state;
  response.extra = &extra;
  view = write_view(&response);
  assert_one(view, "Connection", "close");
  assert_one(view, "Date", "Sun, 06 Nov 1994 08:49:37 GMT");
  assert_one(view, "Content-Type", "text/plain");
  assert_one(view, "X-Empty", "");
  assert_int_equal(count_field(view, "Set-Cookie", NULL), 2);
  assert_int_equal(view.body.len, sizeof body - 1);
  assert_memory_equal(view.body.ptr, body, sizeof body - 1);
  assert_sizes(&response);
  assert_parts(&response);
  response.to_head = 1; /* all fields and no body (RFC 9110 9.3.2) */
  view = write_view(&response);
  assert_one(view, "Content-Length", "23");
  assert_int_equal(view.body.len, 0);
  assert_sizes(&response);
}

static void says_close_unless_the_connection_is_kept(void **state) {
  upshake_extra extra = {.keep = 1};
  upshake_response response = not_found;
  upshake_slice value = {NULL, 0};
  (void)state;
  assert_one(write_view(&response), "Connection", "close");
  response.extra = &extra;
  if (count_field(write_view(&response), "Connection", &value) != 0)
    assert_slice(value, "keep-alive");
  response.status = 426;
  response.upgrade = text("websocket");
  response.version = text("13");
  assert_one(write_view(&response), "Connection", "Upgrade");
  assert_one(write_view(&response), "Upgrade", "websocket");
  assert_one(write_view(&response), "Sec-WebSocket-Version", "13");
  extra.keep = 0;
  assert_one(write_view(&response), "Connection", "Upgrade, close");
}

static void answers_every_status_it_may(void **state) {
  static const upshake_field needed[] = {
      {{UPSHAKE_TEXT("WWW-Authenticate")}, {UPSHAKE_TEXT("Basic realm=\"a\"")}},
      {{UPSHAKE_TEXT("Proxy-Authenticate")}, {UPSHAKE_TEXT("Basic")}}};
  const upshake_extra extra = {.fields = needed, .fields_len = 2};
  (void)state;
  for (int status = -1; status < 1000; status++) {
    const upshake_response response = {.status = status,
                                       .upgrade = text("websocket"),
                                       .allow = text("GET"),
                                       .extra = &extra};
    if (status == 101 || (status >= 300 && status < 600))
      write_view(&response);
    else
      assert_error(&response, ANY_ERROR);
  }
}

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

/* An octet at the start, in the middle, at the end, and alone. */
static size_t place_octet(char *octets, size_t place, unsigned octet) {
  memset(octets, 'x', 3);
  octets[place % 3] = (char)octet;
  return place == 3 ? 1 : 3;
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
  response.allow = text("GET");
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
  response.status = 405;
  assert_error(&response, UPSHAKE_ERR_NEEDS_ALLOW);
  field.name = text("allow");
  field.value = text("GET, POST");
  assert_one(write_view(&response), "Allow", "GET, POST");
  response.extra = NULL;
  response.allow = text("GET");
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

/* ---- The handshake's own values -------------------------------------------
 */

static void refuses_octets_that_no_protocol_has(void **state) {
  (void)state;
  for (unsigned octet = 0; octet < 256; octet++)
    for (size_t place = 0; place < 4; place++) {
      char octets[3];
      size_t len = place_octet(octets, place, octet);
      char *value = exact(octets, len);
      upshake_response response = switching;
      response.upgrade = part_of(value, len);
      if (is_tchar(octet) || (place == 1 && octet_in(octet, "/,")))
        write_view(&response);
      else if (octet != ',') /* an empty member may or may not pass */
        assert_error(&response, UPSHAKE_ERR_REPLY_PROTOCOL);
      response.status = 426;
      if (!is_tchar(octet) && !octet_in(octet, "/,"))
        assert_error(&response, UPSHAKE_ERR_REPLY_PROTOCOL);
      response = switching;
      response.subprotocol = part_of(value, len);
      if (is_tchar(octet))
        write_view(&response);
      else
        assert_error(&response, UPSHAKE_ERR_REPLY_ACCEPT);
      free(value);
    }
}

static void refuses_an_accept_that_is_not_28_octets_of_base64(void **state) {
  char octets[40];
  upshake_response response = switching;
  (void)state;
  memset(octets, 'A', sizeof octets);
  for (size_t len = 1; len <= sizeof octets; len++) {
    response.accept = part_of(octets, len);
    if (len != 28)
      assert_error(&response, UPSHAKE_ERR_REPLY_ACCEPT);
  }
  for (size_t at = 0; at < 28; at++)
    for (unsigned octet = 0; octet < 128; octet++) {
      memcpy(octets, ACCEPT, 28);
      octets[at] = (char)octet;
      response.accept = part_of(octets, 28);
      if (!(is_tchar(octet) || octet_in(octet, "+/=")))
        assert_error(&response, UPSHAKE_ERR_REPLY_ACCEPT);
    }
}

static void lets_no_control_octet_into_any_value(void **state) {
  (void)state;
  for (unsigned octet = 0; octet < 256; octet++)
    for (size_t place = 0; place < 4; place++) {
      char octets[3];
      size_t len = place_octet(octets, place, octet);
      upshake_response response = {.status = 426};
      if (is_value_octet(octet))
        continue;
      response.upgrade = text("websocket");
      response.version = part_of(octets, len);
      assert_error(&response, ANY_ERROR);
      response.version = part_of(NULL, 0);
      response.status = 405;
      response.allow = part_of(octets, len);
      assert_error(&response, ANY_ERROR);
      response.status = 404;
      response.allow = part_of(NULL, 0);
      response.upgrade = part_of(octets, len);
      if (write_roomy(&response) == UPSHAKE_OK)
        assert_none(write_view(&response), "Upgrade");
    }
}

static void fits_where_the_header_says_that_it_does(void **state) {
  char longest[256];
  upshake_response response = switching;
  size_t len = 0;
  char out[UPSHAKE_REPLY_CAP];
  (void)state;
  memset(longest, 'p', sizeof longest);
  response.subprotocol = part_of(longest, 256 - strlen("websocket"));
  response.continue_first = 1;
  assert_int_equal(upshake_write(&response, out, sizeof out, &len), UPSHAKE_OK);
  assert_true(len <= UPSHAKE_REPLY_CAP);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(writes_a_101),
      cmocka_unit_test(writes_a_101_for_any_protocol),
      cmocka_unit_test(writes_a_refusal_with_all_that_is_added),
      cmocka_unit_test(says_close_unless_the_connection_is_kept),
      cmocka_unit_test(answers_every_status_it_may),
      cmocka_unit_test(refuses_every_octet_that_cannot_stand_in_a_name),
      cmocka_unit_test(refuses_every_octet_that_cannot_stand_in_a_value),
      cmocka_unit_test(reserves_the_fields_of_the_handshake),
      cmocka_unit_test(checks_every_added_field_and_not_the_first_only),
      cmocka_unit_test(sends_no_field_twice_that_it_writes_itself),
      cmocka_unit_test(needs_what_the_status_needs),
      cmocka_unit_test(has_no_body_where_none_can_be),
      cmocka_unit_test(refuses_octets_that_no_protocol_has),
      cmocka_unit_test(refuses_an_accept_that_is_not_28_octets_of_base64),
      cmocka_unit_test(lets_no_control_octet_into_any_value),
      cmocka_unit_test(fits_where_the_header_says_that_it_does),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
