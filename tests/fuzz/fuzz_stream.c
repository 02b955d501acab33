/* SPDX-License-Identifier: MIT
 *
 * Fuzzing what takes fields from another parser (libFuzzer).  An input is a
 * number, and fields: names and values with a NUL behind each.  They are judged
 * as a request of HTTP/2, at once and one by one, with the same outcome.  The
 * reply as values keeps the rules of HTTP/2, whatever the fields are; where the
 * request switches, another reader finds what a switch needs.  The same fields
 * are the answer to a client, in HTTP/1.1 and in HTTP/2.
 */
#include "check.h"
#include "require.h"

#define FIELDS_MOST 40

typedef struct input {
  upshake_field fields[FIELDS_MOST];
  size_t len;
  unsigned number;
} input;

static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET,
                                         UPSHAKE_CAPSULES("connect-udp"),
                                         UPSHAKE_PROTOCOL("tcp")};
static const char *const chats[] = {"chat", "mqtt"};

static upshake_config config_of(unsigned number) {
  upshake_config config = {table, 3, .origin = 0};
  config.subprotocols = chats;
  config.subprotocols_len = 2;
  config.transport = (uint8_t)(number % 3);
  config.origin = (uint8_t)(number / 3 % 5);
  config.origin_required = number / 15 % 2;
  return config;
}

static upshake_slice take_text(const char **data, size_t *size) {
  const char *end = memchr(*data, 0, *size);
  size_t len = end ? (size_t)(end - *data) : *size;
  upshake_slice text = part_of(*data, len);
  *data += end ? len + 1 : len;
  *size -= end ? len + 1 : len;
  return text;
}

static void read_input(input *in, const char *data, size_t size) {
  in->len = 0;
  in->number = size > 0 ? (unsigned char)*data : 0;
  if (size > 0)
    data++, size--;
  for (; size > 0 && in->len < FIELDS_MOST; in->len++) {
    in->fields[in->len].name = take_text(&data, &size);
    in->fields[in->len].value = take_text(&data, &size);
  }
}

/* ---- The server ---------------------------------------------------------- */

static upshake_slice only(const input *in, const char *name) {
  upshake_slice found = {NULL, 0};
  for (size_t i = 0; i < in->len; i++)
    if (in->fields[i].name.len == strlen(name) &&
        memcmp(in->fields[i].name.ptr, name, strlen(name)) == 0) {
      REQUIRE(found.ptr == NULL);
      found = in->fields[i].value;
    }
  return found;
}

static int is_text(upshake_slice slice, const char *text) {
  return slice.len == strlen(text) && memcmp(slice.ptr, text, slice.len) == 0;
}

static void assert_switch(const input *in, const upshake_result *result) {
  REQUIRE(result->next == UPSHAKE_SEND && result->status == 200);
  REQUIRE(is_text(only(in, ":method"), "CONNECT"));
  REQUIRE(only(in, ":protocol").len > 0);
  REQUIRE(only(in, ":authority").len > 0);
  REQUIRE(only(in, ":path").len > 0 && *only(in, ":path").ptr == '/');
  for (size_t i = 0; i < in->len; i++) {
    upshake_slice name = in->fields[i].name;
    REQUIRE(!is_text(name, "connection") && !is_text(name, "upgrade"));
    REQUIRE(name.len > 0);
    for (size_t k = 0; k < name.len; k++)
      REQUIRE(name.ptr[k] < 'A' || name.ptr[k] > 'Z');
  }
  if (upshake_equal(text(result->protocol->name), "websocket"))
    REQUIRE(is_text(only(in, "sec-websocket-version"), "13"));
}

static void assert_line(const upshake_line *line, size_t number) {
  REQUIRE((number == 0) == (line->kind == UPSHAKE_LINE_PSEUDO));
  REQUIRE((line->kind & UPSHAKE_LINE_HOP) == 0);
  for (size_t i = 0; i < line->field.name.len; i++)
    REQUIRE(line->field.name.ptr[i] < 'A' || line->field.name.ptr[i] > 'Z');
  for (size_t i = 0; i < line->field.value.len; i++)
    REQUIRE(line->field.value.ptr[i] != '\r' &&
            line->field.value.ptr[i] != '\n');
}

static void assert_values(upshake *hs, const upshake_result *result) {
  upshake_cursor cursor = {0, 0, {0}};
  upshake_line line;
  size_t number = 0;
  int more;
  while ((more = upshake_reply_line(hs, NULL, &cursor, &line)) > 0)
    assert_line(&line, number++);
  REQUIRE((more == 0) == (result->next == UPSHAKE_SEND));
  REQUIRE(line.status == (more == 0 ? result->status : 500));
  REQUIRE(number < 8);
}

static upshake_result judge_input(const input *in, upshake_judge *judge,
                                  int at_once) {
  upshake_config config = config_of(in->number);
  upshake_found found = {20, 0, {NULL, 0}, {NULL, 0}, {{NULL, 0}, NULL, 0}};
  upshake_result result;
  if (at_once)
    found.fields = upshake_array(in->fields, in->len);
  REQUIRE(upshake_judge_begin_stream(judge, &config, NULL, &found) ==
          UPSHAKE_OK);
  for (size_t i = 0; !at_once && i < in->len; i++)
    upshake_judge_field(judge, in->fields[i].name, in->fields[i].value);
  upshake_judge_end(judge);
  result = upshake_get_result(&judge->hs);
  upshake_get_request(&judge->hs);
  assert_values(&judge->hs, &result);
  if (result.switched)
    assert_switch(in, &result);
  return result;
}

static void run_server(const input *in) {
  static upshake_judge one, all;
  upshake_result a = judge_input(in, &one, 0), b = judge_input(in, &all, 1);
  REQUIRE(a.next == b.next && a.error == b.error && a.status == b.status);
  REQUIRE(a.offset == b.offset && a.switched == b.switched);
  REQUIRE(upshake_same(a.subprotocol, b.subprotocol));
}

/* ---- The client ---------------------------------------------------------- */

static void run_client(const input *in, int version) {
  static const char request[] = "GET /chat HTTP/1.1\r\n" CHECK_FIELDS
                                "Sec-WebSocket-Protocol: chat, mqtt\r\n\r\n";
  static const int statuses[] = {101, 200, 204, 103, 404};
  upshake_client client;
  upshake_client_result result;
  char memory[1024];
  upshake_client_init(&client, NULL, part_of(request, sizeof request - 1),
                      memory, sizeof memory - in->number);
  upshake_client_response(&client, version, statuses[in->number % 5],
                          upshake_array(in->fields, in->len));
  result = upshake_client_get_result(&client);
  REQUIRE(result.consumed <= sizeof memory);
  if (result.next == UPSHAKE_CLIENT_SWITCHED)
    REQUIRE(result.status == (version == 11 ? 101 : result.status) &&
            is_text(result.protocol, "websocket"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *copy = exact(data, size);
  input in;
  read_input(&in, copy, size);
  run_server(&in);
  run_client(&in, 11);
  run_client(&in, 20);
  free(copy);
  return 0;
}
