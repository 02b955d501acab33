/* SPDX-License-Identifier: MIT
 *
 * Inputs that grow, at least one for each loop of src/ that runs over input.
 * With twice the input the library may run 2.1 times as many instructions.
 *
 *   linear       names of the inputs, one a line
 *   linear SIZE  goes through an input of each name and that size
 *
 * tests/linear.sh counts the instructions of counted() and below, each time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <upshake.h>

#define MOST (64 * 1024)

static char *text;          /* the input                            */
static size_t text_len;     /* its length                           */
static char *memory;        /* head memory                          */
static upshake_field *many; /* added fields, or fields of a request */
static size_t many_len;
static upshake_place places[128];

static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET,
                                         UPSHAKE_PROTOCOL("echo")};
static const upshake_protocol reading[] = {
    UPSHAKE_ENTRY("echo", NULL, "POST", NULL, UPSHAKE_BODY_READ, 0)};
static const char *const wanted[] = {"Cookie"};
static const char *const chats[] = {"chat"};
static const upshake_config usual = {.protocols = table,
                                     .protocols_len = 2,
                                     .subprotocols = chats,
                                     .subprotocols_len = 1,
                                     .wanted = wanted,
                                     .wanted_len = 1,
                                     .limits = {.fields = UINT16_MAX}};
static upshake_config config;

static void put(const char *bytes) {
  size_t len = strlen(bytes);
  memcpy(text + text_len, bytes, len);
  text_len += len;
}

static void put_times(const char *bytes, size_t times) {
  while (times-- > 0)
    put(bytes);
}

#define LINE "GET /a HTTP/1.1\r\n"
#define OFFER                                                                  \
  "Host: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"         \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                            \
  "Sec-WebSocket-Version: 13\r\n"
#define SMALL_REQUEST LINE "Host: a\r\n\r\n"

/* ---- what is done with the input ---- */

static void check(int is_good) {
  if (!is_good)
    abort();
}

/* In pieces of `step` bytes; the outcome must be `expected`. */
static void feed(size_t step, upshake_next expected) {
  upshake hs;
  upshake_next next = UPSHAKE_READ;
  size_t used;
  check(!upshake_init(&hs, &config, memory, 64 * MOST, NULL));
  for (size_t at = 0; at < text_len && next == UPSHAKE_READ; at += used)
    next = upshake_feed(&hs, text + at,
                        text_len - at < step ? text_len - at : step, &used);
  check(next == expected);
}

static void feed_switching(void) { feed(SIZE_MAX, UPSHAKE_SEND); }
static void feed_plain(void) { feed(SIZE_MAX, UPSHAKE_PLAIN); }
static void feed_octets(void) { feed(1, UPSHAKE_PLAIN); }
static void feed_refused(void) { feed(1, UPSHAKE_SEND); }

static void feed_lean(void) {
  config.lean = 1;
  config.limits.total = 64 * MOST;
  feed(SIZE_MAX, UPSHAKE_PLAIN);
}

static void feed_lean_octets(void) {
  config.lean = 1;
  config.limits.total = 64 * MOST;
  feed(1, UPSHAKE_PLAIN);
}

/* Requests one behind the other, all of them in the memory. */
static void go_through_pipeline(void) {
  upshake hs;
  upshake_next next;
  size_t cap;
  check(!upshake_init(&hs, &config, memory, 64 * MOST, NULL));
  memcpy(upshake_room(&hs, &cap), text, text_len);
  next = upshake_commit(&hs, text_len);
  while (next == UPSHAKE_PLAIN) {
    check(!upshake_reset(&hs));
    next = upshake_get_result(&hs).next;
  }
  check(next == UPSHAKE_READ);
}

static void go_through_lean_pipeline(void) {
  config.lean = 1;
  go_through_pipeline();
}

/* A body of chunks, fed whole, in octets, or from the memory. */
static void read_body(size_t step, int is_held) {
  upshake hs;
  upshake_next next = UPSHAKE_READ;
  size_t used = 0, at = 0, cap;
  config.protocols = reading;
  config.protocols_len = 1;
  check(!upshake_init(&hs, &config, memory, 64 * MOST, NULL));
  if (is_held) {
    memcpy(upshake_room(&hs, &cap), text, text_len);
    at = text_len;
    next = upshake_commit(&hs, at);
  }
  for (; next == UPSHAKE_BODY || (next == UPSHAKE_READ && at < text_len);
       at += used)
    next = upshake_feed(&hs, text + at,
                        text_len - at < step ? text_len - at : step, &used);
  check(next == UPSHAKE_SEND && upshake_get_result(&hs).status == 101);
}

static void read_whole_body(void) { read_body(SIZE_MAX, 0); }
static void read_body_octets(void) { read_body(1, 0); }
static void read_held_body(void) { read_body(SIZE_MAX, 1); }

static void parse(size_t step) {
  upshake_parser parser = {0};
  upshake_error error = UPSHAKE_ERR_INCOMPLETE;
  upshake_fields fields;
  upshake_field field;
  size_t end, found = 0;
  for (size_t at = 0; error == UPSHAKE_ERR_INCOMPLETE;) {
    at = text_len - at < step ? text_len : at + step;
    error = upshake_parse_head(&parser, &config.limits, text, at, &end);
  }
  check(!error);
  fields = upshake_parsed_request(&parser, NULL, text).fields;
  while (upshake_next_field(&fields, &field))
    found++;
  check(fields.raw.len == 0);
}

static void parse_whole(void) { parse(SIZE_MAX); }
static void parse_octets(void) { parse(1); }

static void parse_with_index(void) {
  upshake_index index = UPSHAKE_INDEX(places);
  upshake_parser parser = {0};
  size_t end;
  check(!upshake_parse_fields(&parser, &config.limits, &index, text, text_len,
                              &end));
  check(index.len > 0);
}

/* Any list: the names of a value, over all lines. */
static void walk_list(void) {
  upshake_fields fields = {{NULL, 0}, NULL, 0};
  upshake_list list;
  upshake_slice member, name, value;
  size_t found = 0;
  fields.raw.ptr = text;
  fields.raw.len = text_len;
  list = upshake_begin_list(fields, "Sec-WebSocket-Extensions");
  while (upshake_next_member(&list, &member)) {
    while (upshake_next_parameter(&member, &name, &value) > 0)
      found++;
  }
  check(found > 0);
}

static void unquote(void) {
  upshake_slice value = {text, text_len};
  check(upshake_unquote(value, memory, MOST * 64) < text_len);
}

static void agree_deflate(void) {
  static const upshake_deflate_caps caps = {0};
  upshake_fields fields = {{NULL, 0}, NULL, 0};
  upshake_deflate agreed;
  char answer[UPSHAKE_DEFLATE_CAP];
  fields.raw.ptr = text;
  fields.raw.len = text_len;
  check(upshake_agree_deflate(fields, &caps, &agreed, answer) == 0);
}

static void decode_settings(void) {
  upshake_slice value = {text, text_len};
  check(upshake_decode_settings(value, memory, MOST * 64) != SIZE_MAX);
}

static void judge(void) {
  upshake_judge state;
  upshake_found found = {.version = 11};
  found.method.ptr = "GET", found.method.len = 3;
  found.target.ptr = "/", found.target.len = 1;
  check(!upshake_judge_begin(&state, &config, NULL, &found));
  for (size_t i = 0; i < many_len; i++)
    upshake_judge_field(&state, many[i].name, many[i].value);
  check(upshake_judge_end(&state) == UPSHAKE_SEND);
}

static upshake begin_refusal(void) {
  upshake hs;
  size_t used;
  check(!upshake_init(&hs, &config, memory, MOST, NULL));
  upshake_feed(&hs, SMALL_REQUEST, strlen(SMALL_REQUEST), &used);
  check(!upshake_answer(&hs, 404));
  return hs;
}

static upshake_extra all_added(void) {
  upshake_extra extra = {.fields = many, .fields_len = many_len};
  return extra;
}

static void reply_whole(void) {
  upshake hs = begin_refusal();
  upshake_extra extra = all_added();
  size_t len;
  check(!upshake_reply_with(&hs, &extra, text, 64 * MOST, &len));
}

static void reply_in_parts(void) {
  upshake hs = begin_refusal();
  upshake_extra extra = all_added();
  upshake_cursor cursor = {0};
  char out[64];
  size_t len, parts = 0;
  do {
    check(!upshake_reply_part(&hs, &extra, &cursor, out, sizeof out, &len));
    parts++;
  } while (len > 0);
  check(parts > many_len / 4);
}

static void reply_a_long_value_in_parts(void) {
  many_len = 1;
  many[0].value.ptr = text;
  many[0].value.len = text_len;
  reply_in_parts();
}

static void ask(void) {
  static const uint8_t key[16];
  upshake_ask asked = {.authority = {UPSHAKE_TEXT("a")}, .fields = many};
  size_t len;
  asked.fields_len = many_len;
  check(!upshake_write_request(&asked, key, memory, 64 * MOST, &len));
}

/* A response to a client that asked for WebSocket. */
static void answer(size_t step, upshake_client_next expected,
                   upshake_index *index) {
  static const char request[] = LINE OFFER "\r\n";
  static const upshake_client_policy policy = {
      .limits = {.fields = UINT16_MAX}};
  upshake_slice asked = {request, sizeof request - 1};
  upshake_client client;
  size_t used;
  check(!upshake_client_init(&client, &policy, asked, memory, 64 * MOST));
  if (index)
    check(!upshake_client_set_index(&client, index));
  for (size_t at = 0; at < text_len; at += used)
    upshake_client_feed(&client, text + at,
                        text_len - at < step ? text_len - at : step, &used);
  check(upshake_client_get_result(&client).next == expected);
}

static void answer_whole(void) { answer(SIZE_MAX, UPSHAKE_CLIENT_OTHER, NULL); }
static void answer_octets(void) { answer(1, UPSHAKE_CLIENT_OTHER, NULL); }
static void answer_with_index(void) {
  upshake_index index = UPSHAKE_INDEX(places);
  answer(SIZE_MAX, UPSHAKE_CLIENT_OTHER, &index);
}

/* ---- what the input looks like ---- */

static void put_lines(size_t size) {
  put(LINE "Host: a\r\n");
  put_times("Cookie: a=b\r\n", size / 13);
  put("\r\n");
}

static void put_other_lines(size_t size) { /* lean leaves them out */
  put(LINE "Host: a\r\n");
  put_times("X-Other: a=b\r\n", size / 14);
  put("\r\n");
}

static void put_tiny_lines(size_t size) {
  put(LINE "Host: a\r\n");
  put_times("a:b\r\n", size / 5);
  put("\r\n");
}

static void put_tabs(size_t size) { /* no line is plain */
  put(LINE "Host: a\r\n");
  put_times("A:\tb\tc\r\n", size / 8);
  put("\r\n");
}

static void put_blanks(size_t size) {
  put(LINE "Host: a\r\nA:");
  put_times(" ", size / 2);
  put("b");
  put_times(" ", size / 2);
  put("\r\n\r\n");
}

static void put_long_value(size_t size) {
  put(LINE "Host: a\r\nA: ");
  put_times("a value ", size / 8);
  put("\r\n\r\n");
}

static void put_long_target(size_t size) {
  put("GET /");
  put_times("path/", size / 10);
  put("?");
  put_times("x=y&z", size / 10);
  put(" HTTP/1.1\r\nHost: a\r\n\r\n");
}

static void put_absolute_target(size_t size) {
  put("GET http://");
  put_times("a.example.", size / 10);
  put("/ HTTP/1.1\r\nHost: a\r\n\r\n");
}

static void put_long_host(size_t size) {
  put(LINE "Host: ");
  put_times("a%20b.", size / 6);
  put("\r\n\r\n");
}

static void put_connection(size_t size) {
  put(LINE OFFER "Connection: ");
  put_times("a, b,,", size / 6);
  put("\r\n\r\n");
}

static void put_upgrade(size_t size) {
  put(LINE OFFER "Upgrade: ");
  put_times("a/b, echo,", size / 10);
  put("\r\n\r\n");
}

static void put_upgrade_lines(size_t size) {
  put(LINE OFFER);
  put_times("Upgrade: a\r\n", size / 12);
  put("\r\n");
}

static void put_subprotocols(size_t size) {
  put(LINE OFFER "Sec-WebSocket-Protocol: chat");
  put_times(", a", size / 3);
  put("\r\n\r\n");
}

static void put_extensions(size_t size) {
  put(LINE OFFER "Sec-WebSocket-Extensions: a");
  put_times("; b=\"c\", d", size / 10);
  put("\r\n\r\n");
}

static void put_expect(size_t size) {
  put(LINE OFFER "Expect: 100-continue");
  put_times(", 100-continue", size / 14);
  put("\r\n\r\n");
}

static void put_codings(size_t size) {
  put(LINE "Host: a\r\nTransfer-Encoding: ");
  put_times("a;b=\"c\", ", size / 9);
  put("chunked\r\n\r\n");
}

static void put_long_origin(size_t size) {
  put(LINE OFFER "Origin: https://");
  put_times("a.", size / 2);
  put("example\r\n\r\n");
}

static void put_requests(size_t size) {
  put_times(SMALL_REQUEST, size / strlen(SMALL_REQUEST));
}

static void put_lean_requests(size_t size) {
  static const char request[] = LINE "Host: a\r\nX: left out\r\n\r\n";
  put_times(request, size / strlen(request));
}

#define BODY_HEAD                                                              \
  "POST / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: upgrade\r\n"

static void put_chunks(size_t size) {
  put(BODY_HEAD "Transfer-Encoding: chunked\r\n\r\n");
  put_times("1\r\na\r\n", size / 6);
  put("0\r\n\r\n");
}

static void put_large_chunks(size_t size) {
  char len[32];
  put(BODY_HEAD "Transfer-Encoding: chunked\r\n\r\n");
  snprintf(len, sizeof len, "%zx\r\n", size);
  put(len);
  put_times("a", size);
  put("\r\n0\r\n\r\n");
}

static void put_content(size_t size) {
  char len[64];
  snprintf(len, sizeof len, "Content-Length: %zu\r\n\r\n", size);
  put(BODY_HEAD);
  put(len);
  put_times("a", size);
}

static void put_extension_lines(size_t size) {
  put_times("Sec-WebSocket-Extensions: a; b; c=\"d\", e\r\n", size / 42);
}

static void put_deflate_offers(size_t size) {
  put_times("Sec-WebSocket-Extensions: permessage-deflate; "
            "server_max_window_bits=1\r\n",
            size / 73);
}

static void put_quoted(size_t size) {
  put("\"");
  put_times("a\\b", size / 3);
  put("\"");
}

static void put_settings(size_t size) { put_times("AAMAAABk", size / 8); }

static void put_many(const char *name, const char *value, size_t size) {
  for (; many_len < size / 16; many_len++) {
    many[many_len].name.ptr = name;
    many[many_len].name.len = strlen(name);
    many[many_len].value.ptr = value;
    many[many_len].value.len = strlen(value);
  }
}

static void put_added(size_t size) { put_many("Set-Cookie", "a=b", size); }
static void put_long_added(size_t size) {
  put_many("Set-Cookie", "a=b", 16);
  put_times("a value.", size / 8);
}
static void put_judged(size_t size) { put_many("Cookie", "a=b", size); }
static void put_offers(size_t size) {
  put_many("Sec-WebSocket-Protocol", "a, b", size);
}

static void put_response(size_t size) {
  put("HTTP/1.1 200 OK\r\n");
  put_times("Set-Cookie: a=b\r\n", size / 17);
  put("Content-Length: 0\r\n\r\n");
}

static void put_folded_response(size_t size) {
  put("HTTP/1.1 200 OK\r\nA: b\r\n");
  put_times(" c\r\n", size / 4);
  put("\r\n");
}

static void put_long_reason(size_t size) {
  put("HTTP/1.1 200 ");
  put_times("a", size);
  put("\r\n\r\n");
}

static const struct {
  const char *name;
  void (*make)(size_t size);
  void (*go_through)(void);
} inputs[] = {
    {"lines", put_lines, feed_plain},
    {"lines-octets", put_lines, feed_octets},
    {"tiny-lines", put_tiny_lines, feed_plain},
    {"tabs", put_tabs, feed_plain},
    {"blanks", put_blanks, feed_plain},
    {"blanks-octets", put_blanks, feed_octets},
    {"value", put_long_value, feed_plain},
    {"value-octets", put_long_value, feed_octets},
    {"target", put_long_target, feed_plain},
    {"target-octets", put_long_target, feed_octets},
    {"absolute-target", put_absolute_target, feed_plain},
    {"host", put_long_host, feed_plain},
    {"connection", put_connection, feed_switching},
    {"upgrade", put_upgrade, feed_switching},
    {"upgrade-lines", put_upgrade_lines, feed_switching},
    {"subprotocols", put_subprotocols, feed_switching},
    {"extensions", put_extensions, feed_switching},
    {"expect", put_expect, feed_switching},
    {"codings", put_codings, feed_plain},
    {"origin", put_long_origin, feed_refused},
    {"lean", put_lines, feed_lean},
    {"lean-left-out", put_other_lines, feed_lean},
    {"lean-octets", put_other_lines, feed_lean_octets},
    {"pipeline", put_requests, go_through_pipeline},
    {"pipeline-lean", put_lean_requests, go_through_lean_pipeline},
    {"chunks", put_chunks, read_whole_body},
    {"chunks-octets", put_chunks, read_body_octets},
    {"chunks-held", put_chunks, read_held_body},
    {"chunk", put_large_chunks, read_whole_body},
    {"chunk-octets", put_large_chunks, read_body_octets},
    {"content-octets", put_content, read_body_octets},
    {"parse", put_lines, parse_whole},
    {"parse-octets", put_lines, parse_octets},
    {"parse-tabs", put_tabs, parse_whole},
    {"index", put_lines, parse_with_index},
    {"list", put_extension_lines, walk_list},
    {"unquote", put_quoted, unquote},
    {"deflate", put_deflate_offers, agree_deflate},
    {"settings", put_settings, decode_settings},
    {"judge", put_judged, judge},
    {"judge-offers", put_offers, judge},
    {"reply", put_added, reply_whole},
    {"reply-parts", put_added, reply_in_parts},
    {"reply-value-parts", put_long_added, reply_a_long_value_in_parts},
    {"ask", put_added, ask},
    {"answer", put_response, answer_whole},
    {"answer-octets", put_response, answer_octets},
    {"answer-index", put_response, answer_with_index},
    {"answer-folded", put_folded_response, answer_whole},
    {"answer-reason", put_long_reason, answer_octets},
};

#define INPUTS (sizeof inputs / sizeof inputs[0])

/* Not inlined, so that its name is there. */
__attribute__((noinline)) static void counted(void (*go_through)(void)) {
  go_through();
  __asm__ volatile("" : : : "memory");
}

int main(int argc, char **argv) {
  size_t size = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
  text = malloc(64 * MOST);
  memory = malloc(64 * MOST);
  many = malloc(MOST * sizeof *many);
  if (argc > 2 || size > MOST || !text || !memory || !many) {
    fputs("usage: linear [SIZE]\n", stderr);
    return 64;
  }
  for (size_t i = 0; i < INPUTS; i++) {
    puts(inputs[i].name);
    if (size == 0)
      continue;
    text_len = many_len = 0;
    config = usual;
    inputs[i].make(size);
    counted(inputs[i].go_through);
  }
  return 0;
}
