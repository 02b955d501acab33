/* SPDX-License-Identifier: MIT
 *
 * The reply writer: every size is exact, the parts are those of the whole, and
 * the handshake's own values are checked as well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check_reply.h"
#include "switches.h"

/* ---- What is written ------------------------------------------------------
 */

static void assert_none(reply_view view, const char *name) {
  assert_int_equal(count_field(view, name, NULL), 0);
}

static void writes_a_101(void **state) {
  const upshake_field fields[] = {{text("X-A"), text("1")},
                                  {text("X-B"), text("2")}};
  const upshake_extra extra = {.fields = fields,
                               .fields_len = CHECK_LEN(fields)};
  upshake_response response = switching;
  reply_view view = write_view(&response, NULL);
  (void)state;
  assert_one(view, "Upgrade", "websocket");
  assert_one(view, "Connection", "Upgrade");
  assert_one(view, "Sec-WebSocket-Accept", ACCEPT);
  assert_none(view, "Sec-WebSocket-Protocol");
  assert_none(view, "Sec-WebSocket-Extensions");
  assert_none(view, "Date");
  assert_int_equal(view.continues, 0);
  assert_sizes(&response, NULL);
  assert_parts(&response, NULL);
  response.subprotocol = text("chat");
  assert_one(write_view(&response, NULL), "Sec-WebSocket-Protocol", "chat");
  response.continue_first = 1;
  view = write_view(&response, NULL);
  assert_int_equal(view.continues, 1);
  assert_one(view, "Sec-WebSocket-Accept", ACCEPT);
  assert_sizes(&response, NULL);
  assert_parts(&response, NULL);
  assert_int_equal(write_view(&response, &extra).continues, 1);
  assert_parts(&response, &extra);
}

static void writes_a_101_for_any_protocol(void **state) {
  static const char *const upgrades[] = {
      "echo", "SPDY/3.1", "TLS/1.2, HTTP/1.1", "!#$%&'*+-.^_`|~"};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(upgrades); i++) {
    const upshake_response response = {.status = 101,
                                       .upgrade = text(upgrades[i])};
    reply_view view = write_view(&response, NULL);
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
  const upshake_extra extra = {
      .fields = fields,
      .fields_len = CHECK_LEN(fields),
      .date = {UPSHAKE_TEXT("Sun, 06 Nov 1994 08:49:37 GMT")},
      .body = {body, sizeof body - 1}};
  upshake_response response = not_found;
  reply_view view;
  (void)state;
  view = write_view(&response, &extra);
  assert_one(view, "Connection", "close");
  assert_one(view, "Date", "Sun, 06 Nov 1994 08:49:37 GMT");
  assert_one(view, "Content-Type", "text/plain");
  assert_one(view, "X-Empty", "");
  assert_int_equal(count_field(view, "Set-Cookie", NULL), 2);
  assert_int_equal(view.body.len, sizeof body - 1);
  assert_memory_equal(view.body.ptr, body, sizeof body - 1);
  assert_sizes(&response, &extra);
  assert_parts(&response, &extra);
  response.to_head = 1; /* all fields and no body (RFC 9110 9.3.2) */
  view = write_view(&response, &extra);
  assert_one(view, "Content-Length", "23");
  assert_int_equal(view.body.len, 0);
  assert_sizes(&response, &extra);
}

static void says_close_unless_the_connection_is_kept(void **state) {
  upshake_extra extra = {.keep = UPSHAKE_KEEP_OPEN};
  upshake_response response = not_found;
  upshake_slice value = {NULL, 0};
  (void)state;
  assert_one(write_view(&response, NULL), "Connection", "close");
  if (count_field(write_view(&response, &extra), "Connection", &value) != 0)
    assert_slice(value, "keep-alive");
  response.status = 426;
  response.upgrade = text("websocket");
  response.ws_version = text("13");
  assert_one(write_view(&response, &extra), "Connection", "Upgrade");
  assert_one(write_view(&response, &extra), "Upgrade", "websocket");
  assert_one(write_view(&response, &extra), "Sec-WebSocket-Version", "13");
  extra.keep = UPSHAKE_KEEP_DEFAULT;
  assert_one(write_view(&response, &extra), "Connection", "Upgrade, close");
  extra.keep = UPSHAKE_KEEP_CLOSE;
  assert_one(write_view(&response, &extra), "Connection", "Upgrade, close");
  response.status = 404;
  assert_one(write_view(&response, &extra), "Connection", "close");
}

static void answers_every_status_it_may(void **state) {
  static const upshake_field needed[] = {
      {{UPSHAKE_TEXT("WWW-Authenticate")}, {UPSHAKE_TEXT("Basic realm=\"a\"")}},
      {{UPSHAKE_TEXT("Proxy-Authenticate")}, {UPSHAKE_TEXT("Basic")}},
      {{UPSHAKE_TEXT("Content-Range")}, {UPSHAKE_TEXT("bytes 0-0/2")}}};
  const upshake_extra extra = {.fields = needed, .fields_len = 3};
  (void)state;
  for (int status = -1; status < 1000; status++) {
    const upshake_response response = {
        .status = status, .upgrade = text("websocket"), .allow = text("GET")};
    if (status > 101 && status < 200)
      assert_int_equal(write_roomy(&response, &extra), UPSHAKE_OK);
    else if (status == 101 || (status >= 200 && status < 600))
      write_view(&response, &extra);
    else if (status != 100)
      assert_error(&response, &extra, ANY_ERROR);
  }
}

/* RFC 9110 15 and RFC 6585: the names of the statuses, of which a reply has
 * its own or none. */
static void a_reason_phrase_is_the_name_of_the_status(void **state) {
  static const struct {
    int status;
    const char *name;
  } rows[] = {
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {407, "Proxy Authentication Required"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {426, "Upgrade Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
  };
  static const upshake_field needed[] = {
      {{UPSHAKE_TEXT("WWW-Authenticate")}, {UPSHAKE_TEXT("Basic realm=\"a\"")}},
      {{UPSHAKE_TEXT("Proxy-Authenticate")}, {UPSHAKE_TEXT("Basic")}},
      {{UPSHAKE_TEXT("Content-Range")}, {UPSHAKE_TEXT("bytes 0-0/2")}}};
  const upshake_extra extra = {.fields = needed, .fields_len = 3};
  size_t row = 0;
  (void)state;
  for (int status = 200; status < 600; status++) {
    const upshake_response response = {
        .status = status, .upgrade = text("websocket"), .allow = text("GET")};
    upshake_slice octets, line = {NULL, 0};
    char with_name[80], without[80];
    int is_listed = row < CHECK_LEN(rows) && rows[row].status == status;
    write_view(&response, &extra);
    octets = part_of(written, written_len);
    assert_true(take_line(&octets, &line));
    snprintf(without, sizeof without, "HTTP/1.1 %d ", status);
    snprintf(with_name, sizeof with_name, "%s%s", without,
             is_listed && WITH_PHRASES ? rows[row].name : "");
    if (!same_fold(line, with_name) && (status != 407 || line.len != 13))
      fail_msg("%.*s", (int)line.len, line.ptr);
    assert_memory_equal(line.ptr, with_name, line.len);
    row += (size_t)is_listed;
  }
  assert_int_equal(row, CHECK_LEN(rows));
}

/* RFC 9110 15.2.1: what is added belongs to the final response. */
static void writes_a_100_alone(void **state) {
  static const char octets[] = "HTTP/1.1 100 Continue\r\n\r\n";
  const upshake_field field = {{UPSHAKE_TEXT("A")}, {UPSHAKE_TEXT("b")}};
  const upshake_extra extra = {.fields = &field,
                               .fields_len = 1,
                               .date = text("now"),
                               .body = text("body"),
                               .reason = text("Other")};
  (void)state;
  for (int with_extra = 0; with_extra < 2; with_extra++) {
    const upshake_response response = {.status = 100};
    const upshake_extra *added = with_extra ? &extra : NULL;
    assert_int_equal(write_roomy(&response, added), UPSHAKE_OK);
    assert_int_equal(written_len, sizeof octets - 1);
    assert_memory_equal(written, octets, sizeof octets - 1);
    assert_sizes(&response, added);
    assert_parts(&response, added);
  }
}

/* A refusal comes instead of a 100 (RFC 9110 10.1.1). */
static void writes_a_100_before_a_101_only(void **state) {
  static const int statuses[] = {101, 302, 404, 426, 500};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(statuses); i++) {
    const upshake_response response = {
        .status = statuses[i], .continue_first = 1, .upgrade = text("echo")};
    assert_int_equal(write_view(&response, NULL).continues, statuses[i] == 101);
  }
}

/* A later part must be of the same reply.  If it is of a shorter one, no byte
 * of out is said to be written that was not. */
static void a_part_behind_the_end_has_no_byte(void **state) {
  const upshake_extra extra = {.body = text("all that is longer")};
  upshake_cursor behind = {0};
  char out[ROOM];
  size_t len = 0;
  (void)state;
  assert_int_equal(
      upshake_write_part(&not_found, &extra, &behind, out, sizeof out, &len),
      UPSHAKE_OK);
  assert_int_equal(write_roomy(&not_found, NULL), UPSHAKE_OK);
  assert_true(len > written_len);
  for (size_t cap = 0; cap < 3; cap++) {
    upshake_cursor cursor = behind;
    len = 54321;
    assert_int_equal(
        upshake_write_part(&not_found, NULL, &cursor, out, cap, &len),
        cap > 0 ? UPSHAKE_OK : UPSHAKE_ERR_ROOM);
    assert_int_equal(len, cap > 0 ? 0 : 1);
  }
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
        write_view(&response, NULL);
      else if (octet != ',') /* an empty member may or may not pass */
        assert_error(&response, NULL, UPSHAKE_ERR_REPLY_PROTOCOL);
      response.status = 426;
      if (!is_tchar(octet) && !octet_in(octet, "/,"))
        assert_error(&response, NULL, UPSHAKE_ERR_REPLY_PROTOCOL);
      response = switching;
      response.subprotocol = part_of(value, len);
      if (is_tchar(octet))
        write_view(&response, NULL);
      else
        assert_error(&response, NULL, UPSHAKE_ERR_REPLY_ACCEPT);
      free(value);
    }
}

/* A value is a slice: any byte may follow it in memory. */
static void looks_at_no_byte_behind_a_protocol(void **state) {
  static const struct {
    const char *value;
    upshake_error error;
  } rows[] = {
      {"websocket", UPSHAKE_OK},
      {"echo/1", UPSHAKE_OK},
      {"echo/", UPSHAKE_ERR_REPLY_PROTOCOL},
      {"echo ", UPSHAKE_ERR_REPLY_PROTOCOL},
      {"echo,", UPSHAKE_ERR_REPLY_PROTOCOL},
      {"", UPSHAKE_ERR_REPLY_PROTOCOL},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    size_t len = strlen(rows[i].value);
    char *alone = exact(rows[i].value, len);
    upshake_response response = switching;
    response.upgrade = part_of(alone, len);
    assert_int_equal(write_roomy(&response, NULL), rows[i].error);
    free(alone);
    for (unsigned octet = 0; octet < 256; octet++) {
      char followed[16] = {0};
      memcpy(followed, rows[i].value, len);
      followed[len] = (char)octet;
      response.upgrade = part_of(followed, len);
      assert_int_equal(write_roomy(&response, NULL), rows[i].error);
    }
  }
}

static int is_base64_octet(unsigned octet) { /* RFC 4648 4, without its pad */
  return (octet >= '0' && octet <= '9') ||
         (lower(octet) >= 'a' && lower(octet) <= 'z') || octet_in(octet, "+/");
}

/* 27 digits, for the 20 bytes of a SHA-1, and one pad. */
static void refuses_an_accept_that_is_no_base64(void **state) {
  upshake_response response = switching;
  (void)state;
  for (size_t len = 0; len < 30; len++) {
    char *octets = exact("AAAAAAAAAAAAAAAAAAAAAAAAAAA==", len);
    response.accept = part_of(octets, len);
    if (len == 28)
      assert_int_equal(write_roomy(&response, NULL), UPSHAKE_OK);
    else
      assert_error(&response, NULL, UPSHAKE_ERR_REPLY_ACCEPT);
    free(octets);
  }
  for (size_t at = 0; at < 28; at++)
    for (unsigned octet = 0; octet < 256; octet++) {
      char *octets = exact(ACCEPT, 28); /* no NUL after it is looked at */
      octets[at] = (char)octet;
      response.accept = part_of(octets, 28);
      if (at == 27 ? octet == '=' : is_base64_octet(octet))
        assert_int_equal(write_roomy(&response, NULL), UPSHAKE_OK);
      else
        assert_error(&response, NULL, UPSHAKE_ERR_REPLY_ACCEPT);
      free(octets);
    }
}

static void lets_no_control_octet_into_any_value(void **state) {
  (void)state;
  for (unsigned octet = 0; octet < 256; octet++)
    for (size_t place = 0; !is_value_octet(octet) && place < 4; place++) {
      char octets[3];
      size_t len = place_octet(octets, place, octet);
      char *value = exact(octets, len);
      upshake_response response = {.status = 426};
      response.upgrade = text("websocket");
      response.ws_version = part_of(value, len);
      assert_error(&response, NULL, ANY_ERROR);
      response.ws_version = part_of(NULL, 0);
      response.status = 405;
      response.allow = part_of(value, len);
      assert_error(&response, NULL, ANY_ERROR);
      response.status = 404;
      response.allow = part_of(NULL, 0);
      response.upgrade = part_of(value, len);
      if (write_roomy(&response, NULL) == UPSHAKE_OK)
        assert_none(write_view(&response, NULL), "Upgrade");
      free(value);
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
  assert_int_equal(upshake_write(&response, NULL, out, sizeof out, &len),
                   UPSHAKE_OK);
  assert_true(len <= UPSHAKE_REPLY_CAP);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(writes_a_101),
      cmocka_unit_test(writes_a_101_for_any_protocol),
      cmocka_unit_test(writes_a_refusal_with_all_that_is_added),
      cmocka_unit_test(says_close_unless_the_connection_is_kept),
      cmocka_unit_test(answers_every_status_it_may),
      cmocka_unit_test(a_reason_phrase_is_the_name_of_the_status),
      cmocka_unit_test(writes_a_100_alone),
      cmocka_unit_test(writes_a_100_before_a_101_only),
      cmocka_unit_test(a_part_behind_the_end_has_no_byte),
      cmocka_unit_test(refuses_octets_that_no_protocol_has),
      cmocka_unit_test(looks_at_no_byte_behind_a_protocol),
      cmocka_unit_test(refuses_an_accept_that_is_no_base64),
      cmocka_unit_test(lets_no_control_octet_into_any_value),
      cmocka_unit_test(fits_where_the_header_says_that_it_does),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
