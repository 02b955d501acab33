/* SPDX-License-Identifier: MIT
 *
 * Requests that a gateway sends: forwarded, without a switch, and with a body.
 * Every golden vector that a server takes can be asked for, and a second server
 * then finds what the first one has found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check.h"
#include "switches.h"
#include "vectors_run.h"

enum { CAP = 1 << 17, FIELDS = 300 };

static const uint8_t nonce[16] = {1, 2, 3};

/* ---- What is written ----------------------------------------------------- */

#define TEXT(literal)                                                          \
  { UPSHAKE_TEXT(literal) }
#define FORWARDED                                                              \
  .forward = 1, .fields = received, .fields_len = CHECK_LEN(received)

static const upshake_field received[] = {
    {TEXT("X-First"), TEXT("1")},
    {TEXT("HOST"), TEXT("example.com:80")},
    {TEXT("sec-websocket-key"), TEXT("dGhlIHNhbXBsZSBub25jZQ==")},
    {TEXT("Sec-WebSocket-Version"), TEXT("13")},
    {TEXT("Sec-WebSocket-Protocol"), TEXT("chat,, chat")},
    {TEXT("Sec-WebSocket-Protocol"), TEXT("x")},
    {TEXT("Sec-WebSocket-Extensions"), TEXT("x-shout;loud")},
    {TEXT("Origin"), TEXT("http://example.com/")},
    {TEXT("Expect"), TEXT("100-continue")},
    {TEXT("Cookie"), TEXT("a=b")},
    {TEXT("Cookie"), TEXT("c=d")}};
static const upshake_field page[] = {{TEXT("Host"), TEXT("")},
                                     {TEXT("Accept"), TEXT("*/*")}};
static const upshake_field expects[] = {{TEXT("Expect"), TEXT("100-continue")}};

#define KEPT                                                                   \
  "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                            \
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat,, chat\r\n"       \
  "Sec-WebSocket-Protocol: x\r\nSec-WebSocket-Extensions: x-shout;loud\r\n"    \
  "Origin: http://example.com/\r\nExpect: 100-continue\r\nCookie: a=b\r\n"     \
  "Cookie: c=d\r\n\r\n"
#define OFFER "Connection: Upgrade\r\nUpgrade: websocket\r\n"

static const struct {
  const char *what;
  upshake_ask ask;
  const char *request;
} written[] = {
    {"as it is",
     {FORWARDED},
     "GET / HTTP/1.1\r\nHost: example.com:80\r\n" OFFER "X-First: 1\r\n" KEPT},
    {"with another authority",
     {.authority = TEXT("other.example:80"), FORWARDED},
     "GET / HTTP/1.1\r\nHost: other.example:80\r\n" OFFER
     "X-First: 1\r\n" KEPT},
    {"with an empty authority",
     {.authority = TEXT(""), FORWARDED},
     "GET / HTTP/1.1\r\nHost: \r\n" OFFER "X-First: 1\r\n" KEPT},
    {"with a host",
     {.host = TEXT("::1"), .port = 81, FORWARDED},
     "GET / HTTP/1.1\r\nHost: [::1]:81\r\n" OFFER "X-First: 1\r\n" KEPT},
    {"to the longest IPv6 address",
     {.plain = 1,
      .host = TEXT("0000:0000:0000:0000:0000:ffff:255.255.255.255")},
     "GET / HTTP/1.1\r\n"
     "Host: [0000:0000:0000:0000:0000:ffff:255.255.255.255]\r\n\r\n"},
    {"with capsules",
     {.protocols = TEXT("connect-udp"), FORWARDED, .target = TEXT("/udp")},
     "GET /udp HTTP/1.1\r\nHost: example.com:80\r\nConnection: Upgrade\r\n"
     "Upgrade: connect-udp\r\nX-First: 1\r\n" KEPT},
    {"without a switch",
     {.plain = 1, FORWARDED, .method = TEXT("DELETE")},
     "DELETE / HTTP/1.1\r\nHost: example.com:80\r\nX-First: 1\r\n" KEPT},
    {"without a switch, to an empty host",
     {.plain = 1, .forward = 1, .fields = page, .fields_len = 2},
     "GET / HTTP/1.1\r\nHost: \r\nAccept: */*\r\n\r\n"},
    {"without a switch, to *",
     {.plain = 1,
      .method = TEXT("OPTIONS"),
      .target = TEXT("*"),
      .host = TEXT("a")},
     "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"without a switch, with Origin",
     {.plain = 1, .host = TEXT("a"), .origin = TEXT("null")},
     "GET / HTTP/1.1\r\nHost: a\r\nOrigin: null\r\n\r\n"},
    {"with a body",
     {.plain = 1,
      .method = TEXT("POST"),
      .host = TEXT("a"),
      .content = UPSHAKE_CONTENT_LENGTH,
      .body_len = 1},
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"},
    {"with the largest body",
     {.plain = 1,
      .method = TEXT("QUERY"),
      .host = TEXT("a"),
      .content = UPSHAKE_CONTENT_LENGTH,
      .body_len = INT64_MAX},
     "QUERY / HTTP/1.1\r\nHost: a\r\n"
     "Content-Length: 9223372036854775807\r\n\r\n"},
    {"with an empty body",
     {.plain = 1, .host = TEXT("a"), .content = UPSHAKE_CONTENT_LENGTH},
     "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"with an empty body of POST",
     {.plain = 1,
      .host = TEXT("a"),
      .content = UPSHAKE_CONTENT_LENGTH,
      .method = TEXT("POST")},
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"},
    {"in chunks",
     {.plain = 1,
      .method = TEXT("PUT"),
      .host = TEXT("a"),
      .content = UPSHAKE_CONTENT_CHUNKED,
      .body_len = UPSHAKE_BODY_CHUNKED},
     "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"with a body that waits",
     {.plain = 1,
      .host = TEXT("a"),
      .content = UPSHAKE_CONTENT_CHUNKED,
      .fields = expects,
      .fields_len = 1},
     "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
     "Expect: 100-continue\r\n\r\n"},
    {"a switch behind a body",
     {.protocols = TEXT("echo"),
      .method = TEXT("POST"),
      .host = TEXT("a"),
      .content = UPSHAKE_CONTENT_LENGTH,
      .body_len = 5},
     "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n"
     "Content-Length: 5\r\n\r\n"},
    {"a WebSocket whose body is empty",
     {.content = UPSHAKE_CONTENT_LENGTH, FORWARDED},
     "GET / HTTP/1.1\r\nHost: example.com:80\r\n" OFFER "X-First: 1\r\n" KEPT},
};

/* With as much room as it needs, and with less. */
static void what_a_gateway_asks_for_is_written(void **state) {
  static char out[CAP];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(written); i++) {
    upshake_client client;
    size_t len = 0, wanted = strlen(written[i].request);
    upshake_error error =
        upshake_write_request(&written[i].ask, NULL, out, CAP, &len);
    if (error != UPSHAKE_OK)
      fail_msg("%s: %s", written[i].what, upshake_strerror(error));
    out[len] = '\0';
    assert_string_equal(out, written[i].request);
    for (size_t cap = 0; cap < wanted; cap++) {
      memset(out, 'u', cap + 1);
      assert_int_equal(
          upshake_write_request(&written[i].ask, NULL, out, cap, &len),
          UPSHAKE_ERR_ROOM);
      assert_int_equal(len, wanted);
      assert_true(out[0] == 'u' && out[cap] == 'u');
    }
    assert_int_equal(
        upshake_client_init(&client, NULL, text(written[i].request), out, CAP),
        UPSHAKE_OK);
  }
}

/* ---- What is not written ------------------------------------------------- */

static const upshake_field hop[] = {{TEXT("Host"), TEXT("a")},
                                    {TEXT("Upgrade"), TEXT("a")}};
static const upshake_field length[] = {{TEXT("Host"), TEXT("a")},
                                       {TEXT("Content-Length"), TEXT("1")}};
static const upshake_field bad_key[] = {
    {TEXT("Host"), TEXT("a")}, {TEXT("Sec-WebSocket-Key"), TEXT("a\r\n")}};
static const upshake_field bad_name[] = {{TEXT("Host"), TEXT("a")},
                                         {TEXT("Sec-WebSocket-a b"), TEXT("")}};
static const upshake_field bad_host[] = {{TEXT("A"), TEXT("a")},
                                         {TEXT("Host"), TEXT("a b")}};
static const upshake_field two_hosts[] = {{TEXT("Host"), TEXT("a")},
                                          {TEXT("A"), TEXT("a")},
                                          {TEXT("host"), TEXT("a")}};
static const upshake_field no_host[] = {{TEXT("A"), TEXT("a")}};
static const upshake_deflate_offer offer = {0, 0, 0, 0};
#define PLAIN(array)                                                           \
  .plain = 1, .forward = 1, .fields = array, .fields_len = CHECK_LEN(array)

static const struct {
  upshake_ask ask;
  upshake_error error;
  size_t place;
} refused[] = {
    {{PLAIN(hop)}, UPSHAKE_ERR_EXTRA_RESERVED, 1},
    {{PLAIN(length)}, UPSHAKE_ERR_EXTRA_RESERVED, 1},
    {{PLAIN(bad_key)}, UPSHAKE_ERR_EXTRA_VALUE, 1},
    {{PLAIN(bad_name)}, UPSHAKE_ERR_EXTRA_NAME, 1},
    {{PLAIN(bad_host)}, UPSHAKE_ERR_TARGET_AUTHORITY, 2},
    {{PLAIN(two_hosts)}, UPSHAKE_ERR_EXTRA_REPEATED, 2},
    {{PLAIN(two_hosts), .host = TEXT("a")}, UPSHAKE_ERR_EXTRA_REPEATED, 2},
    {{PLAIN(no_host)}, UPSHAKE_ERR_TARGET_AUTHORITY, 1},
    {{.forward = 1, .fields = page, .fields_len = 2},
     UPSHAKE_ERR_KEY_MISSING,
     2},
    {{FORWARDED, .authority = TEXT("a b")},
     UPSHAKE_ERR_TARGET_AUTHORITY,
     CHECK_LEN(received)},
    {{FORWARDED, .origin = TEXT("null")},
     UPSHAKE_ERR_EXTRA_REPEATED,
     CHECK_LEN(received)},
    {{FORWARDED, .subprotocols = TEXT("chat")},
     UPSHAKE_ERR_EXTRA_REPEATED,
     CHECK_LEN(received)},
    {{FORWARDED, .extensions = TEXT("x")},
     UPSHAKE_ERR_EXTRA_REPEATED,
     CHECK_LEN(received)},
    {{FORWARDED, .deflates = &offer, .deflates_len = 1},
     UPSHAKE_ERR_EXTRA_REPEATED,
     CHECK_LEN(received)},
    {{FORWARDED, .method = TEXT("CONNECT"), .plain = 1},
     UPSHAKE_ERR_METHOD,
     CHECK_LEN(received)},
    {{FORWARDED, .plain = 1, .target = TEXT("http://a/")},
     UPSHAKE_ERR_TARGET_FORM,
     CHECK_LEN(received)},
    {{.plain = 1,
      .host = TEXT("0000:0000:0000:0000:0000:ffff:255.255.255.2550")},
     UPSHAKE_ERR_TARGET_AUTHORITY,
     0},
    {{.plain = 1, .host = TEXT("::1]")}, UPSHAKE_ERR_TARGET_AUTHORITY, 0},
    {{.plain = 1, .host = TEXT("::1]:80")}, UPSHAKE_ERR_TARGET_AUTHORITY, 0},
    {{.plain = 1, .host = TEXT("[::1]:")}, UPSHAKE_ERR_TARGET_AUTHORITY, 0},
    {{.plain = 1, .host = TEXT("[]")}, UPSHAKE_ERR_TARGET_AUTHORITY, 0},
    {{.plain = 1, .host = TEXT(":")}, UPSHAKE_ERR_TARGET_AUTHORITY, 0},
    {{.host = TEXT("a"), .protocols = TEXT(" , ")},
     UPSHAKE_ERR_REPLY_PROTOCOL,
     0},
    {{.host = TEXT("a"), .protocols = TEXT("h2c"), .scheme = TEXT("http")},
     UPSHAKE_ERR_PASSED_OVER_SETTINGS,
     0},
    {{.plain = 1, .host = TEXT("a"), .protocols = TEXT("echo")},
     UPSHAKE_ERR_REPLY_PROTOCOL,
     0},
    {{.plain = 1, .host = TEXT("a"), .subprotocols = TEXT("chat")},
     UPSHAKE_ERR_SUBPROTOCOL_MALFORMED,
     0},
    {{.plain = 1, .host = TEXT("a"), .settings = TEXT("123456")},
     UPSHAKE_ERR_PASSED_OVER_SETTINGS,
     0},
    {{.plain = 1, .host = TEXT("a"), .fields = expects, .fields_len = 1},
     UPSHAKE_ERR_EXTRA_RESERVED,
     0},
    {{.plain = 1, .host = TEXT("a"), .body_len = 1}, UPSHAKE_ERR_EXTRA_BODY, 0},
    {{.plain = 1, .host = TEXT("a"), .content = 3}, UPSHAKE_ERR_EXTRA_BODY, 0},
    {{.plain = 1,
      .host = TEXT("a"),
      .content = UPSHAKE_CONTENT_LENGTH,
      .body_len = (uint64_t)1 << 63},
     UPSHAKE_ERR_EXTRA_BODY,
     0},
    {{.host = TEXT("a"), .content = UPSHAKE_CONTENT_LENGTH, .body_len = 1},
     UPSHAKE_ERR_BODY,
     0},
    {{.host = TEXT("a"),
      .content = UPSHAKE_CONTENT_CHUNKED,
      .protocols = TEXT("connect-ip")},
     UPSHAKE_ERR_BODY,
     0},
};

static void what_breaks_a_rule_is_not_written(void **state) {
  char out[64];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(refused); i++) {
    size_t len = 77;
    upshake_error error =
        upshake_write_request(&refused[i].ask, nonce, out, sizeof out, &len);
    if (error != refused[i].error || len != refused[i].place)
      fail_msg("row %d: %s at %d", (int)i, upshake_strerror(error), (int)len);
  }
}

/* ---- What a server takes can be asked for -------------------------------- */

static int later(upshake *hs, void *user) {
  (void)hs;
  (void)user;
  return UPSHAKE_LATER;
}

/* A gateway takes whatever the server behind it may take. */
static const upshake_protocol table[] = {
    UPSHAKE_WEBSOCKET,
    UPSHAKE_H2C,
    UPSHAKE_CAPSULES("connect-udp"),
    UPSHAKE_CAPSULES("connect-ip"),
    UPSHAKE_ENTRY("example", NULL, "GET, POST, PUT, OPTIONS", NULL,
                  WITH_BODIES ? UPSHAKE_BODY_READ : UPSHAKE_BODY_REFUSE, 0),
    UPSHAKE_PROTOCOL("SPDY/3.1")};
static const upshake_config config = {
    .protocols = table,
    .protocols_len = CHECK_LEN(table),
    .decide = later,
    .origin = UPSHAKE_ORIGIN_ANY,
    .limits = {.method = 255, .name = 65535, .fields = 65535}};

/* The fields that are not of one connection (RFC 9110 7.6.1). */
static size_t end_to_end(upshake_fields fields, upshake_field *out) {
  static const char *const dropped[] = {"Connection",
                                        "Upgrade",
                                        "Keep-Alive",
                                        "Proxy-Connection",
                                        "TE",
                                        "Trailer",
                                        "Transfer-Encoding",
                                        "HTTP2-Settings",
                                        "Content-Length"};
  upshake_field field;
  size_t len = 0;
  while (upshake_next_field(&fields, &field)) {
    size_t i = 0;
    while (i < CHECK_LEN(dropped) &&
           !upshake_equal_fold(field.name, dropped[i]))
      i++;
    if (i == CHECK_LEN(dropped) && len < FIELDS)
      out[len++] = field;
  }
  return len;
}

static int is_host(const upshake_field *field) {
  return upshake_equal_fold(field->name, "Host");
}

/* Both have the same fields in the same order, but for Host. */
static int have_same_fields(upshake_fields a, upshake_fields b) {
  static upshake_field one[FIELDS], two[FIELDS];
  size_t i = 0, j = 0, len = end_to_end(a, one), other = end_to_end(b, two);
  for (;; i++, j++) {
    i += i < len && is_host(&one[i]);
    j += j < other && is_host(&two[j]);
    if (i >= len || j >= other)
      return i >= len && j >= other;
    if (!upshake_same(one[i].name, two[j].name) ||
        !upshake_same(one[i].value, two[j].value))
      return 0;
  }
}

static upshake_next take(upshake *hs, char *memory, upshake_slice octets) {
  size_t used;
  assert_int_equal(upshake_init(hs, &config, memory, CAP, NULL), UPSHAKE_OK);
  return upshake_feed(hs, octets.ptr, octets.len, &used);
}

/* Returns 1 if the request was forwarded. */
static int forward(const vector *v) {
  static char memory[CAP], other[CAP], out[CAP], answer[CAP], settings[CAP];
  static upshake_field fields[FIELDS];
  upshake first, second;
  upshake_client client;
  upshake_next next = take(&first, memory, v->octets);
  upshake_request asked = upshake_get_request(&first), found;
  size_t len = 0;
  if ((next != UPSHAKE_DECIDE && next != UPSHAKE_PLAIN) ||
      asked.unknown_coding || upshake_equal(asked.method, "CONNECT"))
    return 0;
  upshake_ask ask = {.forward = 1,
                     .plain = next == UPSHAKE_PLAIN,
                     .method = asked.method,
                     .target = asked.path.len > 0 ? asked.path : asked.target,
                     .query = asked.query,
                     .authority = asked.authority,
                     .fields = fields,
                     .fields_len = end_to_end(asked.fields, fields),
                     .body_len = asked.body_len,
                     .content = asked.body_len == UPSHAKE_BODY_CHUNKED
                                    ? UPSHAKE_CONTENT_CHUNKED
                                    : UPSHAKE_CONTENT_LENGTH};
  if (asked.authority.ptr == NULL) /* HTTP/1.0 */
    ask.authority = text("server.example");
  if (next == UPSHAKE_DECIDE) {
    ask.protocols = text(upshake_get_result(&first).protocol->name);
    if (upshake_equal(ask.protocols, "h2c"))
      ask.settings = part_of(
          settings, upshake_decode_settings(
                        upshake_find_field(asked.fields, "HTTP2-Settings"),
                        settings, sizeof settings));
  }
  if (upshake_equal(ask.protocols, "h2c") && ask.settings.len == 0)
    return 0; /* a client sends some (RFC 7540 3.2.1: token68) */
  upshake_error error = upshake_write_request(&ask, NULL, out, CAP, &len);
  if (error != UPSHAKE_OK)
    fail_msg("%s:%d: %s", v->file, (int)v->line, upshake_strerror(error));
  assert_int_equal(
      upshake_client_init(&client, NULL, part_of(out, len), answer, CAP),
      UPSHAKE_OK);
  if (take(&second, other, part_of(out, len)) != next)
    fail_msg("%s:%d: %.*s", v->file, (int)v->line, (int)len, out);
  found = upshake_get_request(&second);
  assert_true(upshake_same(found.method, asked.method));
  assert_true(upshake_same(found.path, asked.path));
  assert_true(upshake_same(found.query, asked.query));
  assert_true(upshake_same(found.authority, ask.authority));
  assert_true(found.body_len == asked.body_len);
  assert_int_equal(found.has_expect,
                   asked.version == 11 ? asked.has_expect : found.has_expect);
  assert_true(have_same_fields(found.fields, asked.fields));
  if (next == UPSHAKE_DECIDE)
    assert_ptr_equal(upshake_get_result(&second).protocol,
                     upshake_get_result(&first).protocol);
  return 1;
}

static void every_vector_can_be_asked_for(void **state) {
  vectors all = {0};
  size_t count = 0;
  (void)state;
  assert_true(vectors_read_chapters(&all, 0));
  for (const vector *v = all.first; v != NULL; v = v->next)
    count += v->octets.len < CAP && forward(v);
  vectors_free(&all);
  print_message("%zu requests forwarded\n", count);
  assert_true(count > 300);
}

/* ---- What was answered --------------------------------------------------- */

#define LONG "Content-Length: 7\r\n"
#define CODED "Transfer-Encoding: gzip, chunked\r\n"

static void an_answer_is_framed_as_it_was(void **state) {
  static const struct {
    const char *method, *status, *fields;
    upshake_error error;
    uint8_t content;
    uint64_t body_len;
  } rows[] = {
      {"GET", "200", LONG, UPSHAKE_OK, UPSHAKE_CONTENT_LENGTH, 7},
      {"GET", "200", "", UPSHAKE_OK, UPSHAKE_CONTENT_CHUNKED, 0},
      {"GET", "200", "Transfer-Encoding: Chunked\r\n", UPSHAKE_OK,
       UPSHAKE_CONTENT_CHUNKED, 0},
      {"GET", "200", "Transfer-Encoding: , chunked\r\n", UPSHAKE_OK,
       UPSHAKE_CONTENT_CHUNKED, 0},
      {"HEAD", "200", LONG, UPSHAKE_OK, UPSHAKE_CONTENT_LENGTH, 7},
      {"GET", "204", LONG, UPSHAKE_OK, UPSHAKE_CONTENT_MEMORY, 0},
      {"GET", "205", "", UPSHAKE_OK, UPSHAKE_CONTENT_MEMORY, 0},
      {"GET", "304", "", UPSHAKE_OK, UPSHAKE_CONTENT_MEMORY, 0},
      {"GET", "304", LONG, UPSHAKE_OK, UPSHAKE_CONTENT_LENGTH, 7},
      {"GET", "103", "Link: x\r\n", UPSHAKE_OK, UPSHAKE_CONTENT_MEMORY, 0},
      {"GET", "200", CODED, UPSHAKE_ERR_CODING_UNKNOWN, UPSHAKE_CONTENT_MEMORY,
       0},
      {"HEAD", "200", CODED, UPSHAKE_OK, UPSHAKE_CONTENT_CHUNKED, 0},
  };
  static const upshake_client_policy policy = {.interim = 1};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    char asked[64], answer[128], memory[256];
    upshake_extra extra = {.keep = UPSHAKE_KEEP_OPEN};
    upshake_client client;
    size_t used;
    int len = snprintf(asked, sizeof asked, "%s / HTTP/1.1\r\nHost: a\r\n\r\n",
                       rows[i].method);
    assert_int_equal(upshake_client_init(&client, &policy,
                                         part_of(asked, (size_t)len), memory,
                                         sizeof memory),
                     UPSHAKE_OK);
    len = snprintf(answer, sizeof answer, "HTTP/1.1 %s Why\r\n%s\r\n",
                   rows[i].status, rows[i].fields);
    upshake_client_feed(&client, answer, (size_t)len, &used);
    assert_int_equal(upshake_forward_answer(&client, &extra), rows[i].error);
    assert_slice(extra.reason, "Why");
    assert_int_equal(extra.relayed, 1);
    assert_int_equal(extra.content, rows[i].content);
    assert_true(extra.body_len == rows[i].body_len);
    assert_int_equal(extra.keep, UPSHAKE_KEEP_OPEN);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_a_gateway_asks_for_is_written),
      cmocka_unit_test(what_breaks_a_rule_is_not_written),
      cmocka_unit_test(every_vector_can_be_asked_for),
      cmocka_unit_test(an_answer_is_framed_as_it_was),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
