/* SPDX-License-Identifier: MIT
 *
 * A client whose response was found by another parser: every golden vector of
 * the client has the same outcome, in HTTP/1.1 and as an answer to an extended
 * CONNECT.  Whole exchanges over HTTP/2, from the ask to the agreement.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check.h"
#include "client_vectors.h"

#define CAP (1 << 17)
#define FIELDS_MOST 300

static size_t failures;

#define CHECK_CASE(v, condition)                                               \
  do {                                                                         \
    if (!(condition)) {                                                        \
      fprintf(stderr, "%s:%zu: %s: not true: %s\n", (v)->common.file,          \
              (v)->common.line, (v)->common.title, #condition);                \
      failures++;                                                              \
    }                                                                          \
  } while (0)

typedef struct list {
  upshake_field fields[FIELDS_MOST];
  size_t len;
  char names[1 << 14];
  size_t names_len;
} list;

static void add_field(list *to, upshake_slice name, upshake_slice value) {
  assert_true(to->len < FIELDS_MOST);
  to->fields[to->len].name = name;
  to->fields[to->len++].value = value;
}

static void add_lowered(list *to, const upshake_field *field) {
  char *name = to->names + to->names_len;
  assert_true(to->names_len + field->name.len < sizeof to->names);
  for (size_t i = 0; i < field->name.len; i++) {
    char byte = field->name.ptr[i];
    name[i] = (char)(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);
  }
  to->names_len += field->name.len;
  add_field(to, part_of(name, field->name.len), field->value);
}

/* ---- The golden vectors -------------------------------------------------- */

static upshake_client_result by_bytes(const client_vector *v,
                                      upshake_client *client, char *memory) {
  size_t used;
  upshake_client_feed(client, v->common.octets.ptr, v->common.octets.len,
                      &used);
  (void)memory;
  return upshake_client_get_result(client);
}

static int begin(const client_vector *v, upshake_client *client, char *memory) {
  return upshake_client_init(client, &v->policy, v->request, memory, CAP) ==
         UPSHAKE_OK;
}

static void expect_same_answer(const client_vector *v,
                               const upshake_client_result *a,
                               const upshake_client_result *b) {
  CHECK_CASE(v, a->next == b->next);
  CHECK_CASE(v, a->error == b->error);
  CHECK_CASE(v, upshake_same(a->protocol, b->protocol));
  CHECK_CASE(v, upshake_same(a->subprotocol, b->subprotocol));
  CHECK_CASE(v, upshake_same(a->extensions, b->extensions));
  CHECK_CASE(v, memcmp(&a->deflate, &b->deflate, sizeof a->deflate) == 0);
}

static void compare_in_http_1(const client_vector *v,
                              const upshake_client_result *bytes, int version) {
  static char memory[CAP];
  static list l;
  upshake_fields fields = bytes->fields;
  upshake_client_result found;
  upshake_client client;
  upshake_field field;
  l.len = 0;
  while (upshake_next_field(&fields, &field))
    add_field(&l, field.name, field.value);
  begin(v, &client, memory);
  CHECK_CASE(v, upshake_client_response(&client, version, bytes->status,
                                        upshake_array(l.fields, l.len)) ==
                    bytes->next);
  found = upshake_client_get_result(&client);
  expect_same_answer(v, bytes, &found);
  CHECK_CASE(v, found.status == bytes->status);
  CHECK_CASE(v, found.body_len == bytes->body_len);
  CHECK_CASE(v, found.may_keep == bytes->may_keep);
  CHECK_CASE(v, found.length == bytes->length);
  CHECK_CASE(v, found.version == bytes->version);
}

static int is_one_of(upshake_slice name, const char *const *names) {
  for (; *names; names++)
    if (upshake_equal_fold(name, *names))
      return 1;
  return 0;
}

/* 1 if an extended CONNECT can stand for the request and the answer. */
static int can_stream(const upshake_client_result *bytes,
                      upshake_slice request) {
  upshake_slice member;
  assert_true(take_line(&request, &member)); /* the request line */
  upshake_list offers = upshake_begin_list(raw_fields(request), "Upgrade");
  int has_one = upshake_next_member(&offers, &member) &&
                !upshake_next_member(&offers, &member);
  switch (bytes->error) {
  case UPSHAKE_ERR_SWITCH_HTTP_1_0:
  case UPSHAKE_ERR_UPGRADE_MISSING:
  case UPSHAKE_ERR_UPGRADE_REPEATED:
  case UPSHAKE_ERR_UPGRADE_NOT_ASKED:
  case UPSHAKE_ERR_CONNECTION_MISSING:
  case UPSHAKE_ERR_CONNECTION_MALFORMED:
  case UPSHAKE_ERR_ACCEPT_MISSING:
  case UPSHAKE_ERR_ACCEPT_REPEATED:
  case UPSHAKE_ERR_ACCEPT_WRONG:
  case UPSHAKE_ERR_CAPSULES: /* a transfer coding: there is none */
    return 0;
  default:
    return has_one && bytes->status == 101;
  }
}

static int compare_in_http_2(const client_vector *v,
                             const upshake_client_result *bytes) {
  static const char *const gone[] = {
      "Connection",           "Upgrade", "Keep-Alive", "Transfer-Encoding",
      "Sec-WebSocket-Accept", NULL};
  static char memory[CAP];
  static list l;
  upshake_fields fields = bytes->fields;
  upshake_client_result found;
  upshake_client client;
  upshake_field field;
  begin(v, &client, memory);
  if (!can_stream(bytes, v->request))
    return 0;
  l.len = l.names_len = 0;
  add_field(&l, text(":status"), text("200"));
  while (upshake_next_field(&fields, &field))
    if (!is_one_of(field.name, gone))
      add_lowered(&l, &field);
  upshake_client_response(&client, 20, 200, upshake_array(l.fields, l.len));
  found = upshake_client_get_result(&client);
  expect_same_answer(v, bytes, &found);
  CHECK_CASE(v, found.status == 200);
  return 1;
}

static void every_vector_has_the_same_outcome(void **state) {
  static char memory[CAP];
  vectors all = {0};
  size_t in_1 = 0, in_2 = 0;
  (void)state;
  assert_true(vectors_read_chapters(&all, 1));
  for (const vector *common = all.first; common; common = common->next) {
    const client_vector *v = client_case(common);
    upshake_client client;
    upshake_client_result bytes;
    if (!v->request_given || !begin(v, &client, memory))
      continue;
    bytes = by_bytes(v, &client, memory);
    if (bytes.next == UPSHAKE_CLIENT_READ || bytes.status == 0 ||
        bytes.error == UPSHAKE_ERR_INTERIM_MANY)
      continue;
    in_1++;
    compare_in_http_1(v, &bytes,
                      upshake_client_head(&client).ptr[7] == '0' ? 10 : 11);
    in_2 += (size_t)compare_in_http_2(v, &bytes);
  }
  printf("%zu vectors in HTTP/1, %zu in HTTP/2\n", in_1, in_2);
  vectors_free(&all);
  assert_true(in_1 > 150 && in_2 > 40);
  assert_int_equal(failures, 0);
}

/* ---- Whole exchanges over HTTP/2 ----------------------------------------- */

static const uint8_t key[16] = {1, 2, 3};
static const upshake_deflate_offer deflates[] = {{0, UPSHAKE_BITS_ANY, 0, 0}};
static const upshake_field cookies[] = {
    {{UPSHAKE_TEXT("Cookie")}, {UPSHAKE_TEXT("a=b")}}};

static upshake_ask ask_of(const char *protocols) {
  upshake_ask ask;
  memset(&ask, 0, sizeof ask);
  ask.scheme = text("wss");
  ask.host = text("server.example");
  ask.port = 8443;
  ask.target = text("/chat");
  ask.query = text("room=1");
  ask.protocols = upshake_text(protocols);
  ask.origin = text("https://server.example:8443");
  ask.fields = cookies;
  ask.fields_len = 1;
  return ask;
}

static void ask_lines(list *to, char *request, size_t len) {
  upshake_cursor cursor = {0, 0, {0}};
  upshake_line line;
  int more;
  to->len = 0;
  while ((more = upshake_ask_line(request, len, "https", &cursor, &line)) > 0)
    add_field(to, line.field.name, line.field.value);
  assert_int_equal(more, 0);
}

static void answer_lines(list *to, upshake_judge *judge) {
  upshake_cursor cursor = {0, 0, {0}};
  static char texts[1 << 12];
  size_t at = 0;
  upshake_line line;
  to->len = 0;
  while (upshake_reply_line(&judge->hs, NULL, &cursor, &line) > 0) {
    char *value = texts + at;
    memcpy(value, line.field.value.ptr, line.field.value.len);
    at += line.field.value.len;
    add_field(to, line.field.name, part_of(value, line.field.value.len));
  }
}

static upshake_client_result exchange(const upshake_ask *ask,
                                      const upshake_config *config) {
  static char request[4096], memory[4096];
  static list there, back;
  static upshake_client client;
  upshake_found found = {20, 0, {NULL, 0}, {NULL, 0}, {{NULL, 0}, NULL, 0}};
  upshake_judge judge;
  size_t len;
  assert_int_equal(upshake_write_request(ask, ask->protocols.ptr ? NULL : key,
                                         request, sizeof request, &len),
                   UPSHAKE_OK);
  ask_lines(&there, request, len);
  found.fields = upshake_array(there.fields, there.len);
  assert_int_equal(upshake_judge_begin_stream(&judge, config, NULL, &found),
                   UPSHAKE_OK);
  upshake_judge_end(&judge);
  answer_lines(&back, &judge);
  assert_int_equal(upshake_client_init(&client, NULL, part_of(request, len),
                                       memory, sizeof memory),
                   UPSHAKE_OK);
  upshake_client_response(&client, 20, upshake_get_result(&judge.hs).status,
                          upshake_array(back.fields, back.len));
  return upshake_client_get_result(&client);
}

static void a_websocket_is_opened_over_http_2(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
  static const char *const spoken[] = {"chat"};
  upshake_config config = {table, 1, .origin = 0};
  upshake_ask ask = ask_of(NULL);
  upshake_client_result result;
  (void)state;
  config.subprotocols = spoken;
  config.subprotocols_len = 1;
  ask.subprotocols = text("mqtt, chat");
  ask.deflates = deflates;
  ask.deflates_len = 1;
  result = exchange(&ask, &config);
  assert_int_equal(result.next, UPSHAKE_CLIENT_SWITCHED);
  assert_int_equal(result.status, 200);
  assert_slice(result.subprotocol, "chat");
  assert_slice(result.protocol, "websocket");
}

static void capsules_are_opened_over_http_2(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_CAPSULES("connect-udp")};
  static const upshake_config config = {table, 1, .origin = 0};
  upshake_ask ask = ask_of("connect-udp");
  (void)state;
  ask.scheme = text("https");
  ask.origin = part_of(NULL, 0);
  assert_int_equal(exchange(&ask, &config).next, UPSHAKE_CLIENT_SWITCHED);
}

static void a_refusal_over_http_2_is_another_answer(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_PROTOCOL("tcp")};
  static const upshake_config config = {table, 1, .origin = 0};
  upshake_ask ask = ask_of(NULL);
  upshake_client_result result;
  (void)state;
  result = exchange(&ask, &config);
  assert_int_equal(result.next, UPSHAKE_CLIENT_OTHER);
  assert_int_equal(result.status, 501);
}

static void the_lines_of_an_ask_are_an_extended_connect(void **state) {
  static const char *const expected[][2] = {
      {":method", "CONNECT"},
      {":protocol", "websocket"},
      {":scheme", "https"},
      {":path", "/chat?room=1"},
      {":authority", "server.example:8443"},
      {"sec-websocket-version", "13"},
      {"origin", "https://server.example:8443"},
      {"cookie", "a=b"}};
  char request[4096];
  upshake_ask ask = ask_of(NULL);
  static list l;
  size_t len;
  (void)state;
  assert_int_equal(
      upshake_write_request(&ask, key, request, sizeof request, &len),
      UPSHAKE_OK);
  ask_lines(&l, request, len);
  assert_int_equal(l.len, CHECK_LEN(expected));
  for (size_t i = 0; i < l.len; i++) {
    size_t k = 0;
    while (k < CHECK_LEN(expected) &&
           !upshake_equal(l.fields[i].name, expected[k][0]))
      k++;
    assert_true(k < CHECK_LEN(expected) && (i >= 5 || i == k));
    assert_slice(l.fields[i].value, expected[k][1]);
  }
}

static void what_is_no_request_has_no_lines(void **state) {
  static const char *const rows[] = {
      "", "GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\nmore"};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_cursor cursor = {0, 0, {0}};
    size_t len = strlen(rows[i]);
    char *request = exact(rows[i], len);
    upshake_line line;
    assert_int_equal(upshake_ask_line(request, len, "https", &cursor, &line),
                     -1);
    assert_int_equal(line.error, UPSHAKE_ERR_REQUEST);
    free(request);
  }
}

/* ---- Responses that no bytes can be -------------------------------------- */

typedef struct odd {
  int version, status;
  const char *name, *value;
  upshake_error error;
} odd;

static void a_response_against_the_rules_is_refused(void **state) {
  static const char request[] = "GET /chat HTTP/1.1\r\n" CHECK_FIELDS "\r\n";
  static const odd rows[] = {
      {20, 200, "Server", "a", UPSHAKE_ERR_FIELD_NAME},
      {20, 200, ":path", "/", UPSHAKE_ERR_PSEUDO_MALFORMED},
      {20, 200, "connection", "close", UPSHAKE_ERR_HOP_FIELD},
      {20, 404, "transfer-encoding", "chunked", UPSHAKE_ERR_HOP_FIELD},
      {20, 200, "te", "gzip", UPSHAKE_ERR_HOP_FIELD},
      {30, 404, "te", "trailers", UPSHAKE_ERR_HOP_FIELD},
      {20, 200, "http2-settings", "", UPSHAKE_ERR_HOP_FIELD},
      {20, 200, "sec-websocket-protocol", " chat", UPSHAKE_ERR_FIELD_VALUE},
      {30, 404, "a", "b\t", UPSHAKE_ERR_FIELD_VALUE},
      {20, 200, ":status", "200 ", UPSHAKE_ERR_FIELD_VALUE},
      {30, 101, "a", "b", UPSHAKE_ERR_PSEUDO_MALFORMED},
      {20, 200, "", "b", UPSHAKE_ERR_FIELD_NAME},
      {20, 200, ":", "b", UPSHAKE_ERR_FIELD_NAME},
      {11, 200, ":status", "200", UPSHAKE_ERR_FIELD_NAME},
      {11, 101, "a\r\nb", "c", UPSHAKE_ERR_FIELD_NAME},
      {11, 101, "a", "b\r\nUpgrade: websocket", UPSHAKE_ERR_FIELD_VALUE},
      {11, -1, "a", "b", UPSHAKE_ERR_STATUS_LINE},
      {11, 1000, "a", "b", UPSHAKE_ERR_STATUS_LINE},
      {9, 101, "a", "b", UPSHAKE_ERR_HTTP_VERSION},
      {21, 200, "a", "b", UPSHAKE_ERR_HTTP_VERSION},
      {11, 101, "a", "b", UPSHAKE_ERR_UPGRADE_MISSING},
      {30, 200, "trailer\r\n", "b", UPSHAKE_ERR_FIELD_NAME},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_field field = {{rows[i].name, strlen(rows[i].name)},
                           {rows[i].value, strlen(rows[i].value)}};
    upshake_client client;
    char memory[256];
    assert_int_equal(upshake_client_init(&client, NULL,
                                         part_of(request, sizeof request - 1),
                                         memory, sizeof memory),
                     UPSHAKE_OK);
    assert_int_equal(upshake_client_response(&client, rows[i].version,
                                             rows[i].status,
                                             upshake_array(&field, 1)),
                     UPSHAKE_CLIENT_REFUSED);
    assert_int_equal(upshake_client_get_result(&client).error, rows[i].error);
    assert_int_equal(
        upshake_client_response(&client, 20, 200, upshake_array(NULL, 0)),
        UPSHAKE_CLIENT_REFUSED);
  }
}

/* RFC 9113 8.3 */
static void a_status_stands_once_and_first(void **state) {
  static const char request[] = "GET /chat HTTP/1.1\r\n" CHECK_FIELDS "\r\n";
  static const struct {
    const char *names[3];
    upshake_error error;
  } rows[] = {{{":status", "a", "b"}, UPSHAKE_OK},
              {{"a", "b", "c"}, UPSHAKE_OK},
              {{":status", ":status", "a"}, UPSHAKE_ERR_PSEUDO_REPEATED},
              {{":status", "a", ":status"}, UPSHAKE_ERR_PSEUDO_REPEATED},
              {{"a", ":status", "b"}, UPSHAKE_ERR_PSEUDO_MALFORMED},
              {{"a", "b", ":status"}, UPSHAKE_ERR_PSEUDO_MALFORMED}};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_client client;
    upshake_field fields[3];
    char memory[512];
    for (size_t k = 0; k < 3; k++) {
      fields[k].name = text(rows[i].names[k]);
      fields[k].value = text("200");
    }
    upshake_client_init(&client, NULL, part_of(request, sizeof request - 1),
                        memory, sizeof memory);
    assert_int_equal(
        upshake_client_response(&client, 20, 103, upshake_array(fields, 1)),
        UPSHAKE_CLIENT_READ);
    assert_int_equal(
        upshake_client_response(&client, 20, 200, upshake_array(fields, 3)),
        rows[i].error ? UPSHAKE_CLIENT_REFUSED : UPSHAKE_CLIENT_SWITCHED);
    assert_int_equal(upshake_client_get_result(&client).error, rows[i].error);
  }
}

static void interim_responses_are_passed_over(void **state) {
  static const char request[] = "GET /chat HTTP/1.1\r\n" CHECK_FIELDS "\r\n";
  upshake_fields none = upshake_array(NULL, 0);
  upshake_client client;
  char memory[256];
  (void)state;
  upshake_client_init(&client, NULL, part_of(request, sizeof request - 1),
                      memory, sizeof memory);
  assert_int_equal(upshake_client_response(&client, 20, 103, none),
                   UPSHAKE_CLIENT_READ);
  assert_int_equal(upshake_client_response(&client, 20, 299, none),
                   UPSHAKE_CLIENT_SWITCHED);
  assert_int_equal(upshake_client_get_result(&client).status, 299);
}

/* A gateway passes them on, from HTTP/1.1 as from HTTP/2. */
static void interim_responses_are_given_one_by_one(void **state) {
  static const upshake_client_policy giving = {.interim = 1};
  static const int versions[] = {10, 11, 20, 30};
  static const upshake_field hints[] = {
      {{UPSHAKE_TEXT("link")}, {UPSHAKE_TEXT("a")}}};
  upshake_fields none = upshake_array(NULL, 0);
  upshake_client client;
  char memory[256];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(versions); i++) {
    upshake_client_init(&client, &giving, text(CHECK_PLAIN), memory,
                        sizeof memory);
    for (int times = 0; times < 2; times++) {
      assert_int_equal(upshake_client_response(&client, versions[i], 103,
                                               upshake_array(hints, 1)),
                       UPSHAKE_CLIENT_INTERIM);
      upshake_client_result result = upshake_client_get_result(&client);
      assert_int_equal(result.status, 103);
      assert_int_equal(result.version, versions[i]);
      assert_slice(upshake_find_field(result.fields, "Link"), "a");
    }
    assert_int_equal(upshake_client_response(&client, versions[i], 200, none),
                     UPSHAKE_CLIENT_OTHER);
    assert_int_equal(upshake_client_get_result(&client).status, 200);
    assert_int_equal(upshake_client_get_result(&client).version, versions[i]);
  }
}

/* Any 2xx is an ordinary answer then. */
static void a_request_without_a_switch_gets_none(void **state) {
  upshake_fields none = upshake_array(NULL, 0);
  upshake_client client;
  char memory[256];
  (void)state;
  for (int version = 20; version <= 30; version += 10)
    for (int status = 200; status < 300; status++) {
      upshake_client_init(&client, NULL, text(CHECK_PLAIN), memory,
                          sizeof memory);
      assert_int_equal(upshake_client_response(&client, version, status, none),
                       UPSHAKE_CLIENT_OTHER);
      assert_absent(upshake_client_get_result(&client).protocol);
    }
}

static void a_response_that_does_not_fit_is_refused(void **state) {
  static const char request[] = "GET /chat HTTP/1.1\r\n" CHECK_FIELDS "\r\n";
  upshake_fields none = upshake_array(NULL, 0);
  upshake_client client;
  enum { KEPT = 9 + 24 + 2 * 4 }; /* Upgrade and the key */
  char memory[KEPT + 64];
  (void)state;
  for (size_t cap = KEPT; cap <= sizeof memory; cap++) {
    assert_int_equal(upshake_client_init(&client, NULL,
                                         part_of(request, sizeof request - 1),
                                         memory, cap),
                     UPSHAKE_OK);
    assert_int_equal(upshake_client_response(&client, 20, 200, none),
                     UPSHAKE_CLIENT_REFUSED);
    assert_int_equal(upshake_client_get_result(&client).error,
                     UPSHAKE_ERR_HEAD_LONG);
  }
}

/* RFC 8441 5: it is not processed, whatever it says. */
static void an_accept_is_ignored_in_http_2_and_3(void **state) {
  static const char request[] = "GET /chat HTTP/1.1\r\n" CHECK_FIELDS "\r\n";
  static const upshake_field wrong[] = {
      {{UPSHAKE_TEXT("sec-websocket-accept")}, {UPSHAKE_TEXT("wrong")}}};
  (void)state;
  for (int version = 20; version <= 30; version += 10) {
    upshake_client client;
    char memory[512];
    upshake_client_init(&client, NULL, part_of(request, sizeof request - 1),
                        memory, sizeof memory);
    assert_int_equal(
        upshake_client_response(&client, version, 200, upshake_array(wrong, 1)),
        UPSHAKE_CLIENT_SWITCHED);
  }
}

/* RFC 9297 3.2 */
static void capsules_are_not_opened_without_content(void **state) {
  static const char request[] =
      "GET /masque HTTP/1.1\r\nHost: a\r\nUpgrade: connect-udp\r\n"
      "Connection: Upgrade\r\nCapsule-Protocol: ?1\r\n\r\n";
  static const upshake_field capsules[] = {
      {{UPSHAKE_TEXT("capsule-protocol")}, {UPSHAKE_TEXT("?1")}}};
  (void)state;
  for (int status = 200; status < 210; status++) {
    upshake_client client;
    char memory[512];
    assert_int_equal(upshake_client_init(&client, NULL,
                                         part_of(request, sizeof request - 1),
                                         memory, sizeof memory),
                     UPSHAKE_OK);
    assert_int_equal(upshake_client_response(&client, 20, status,
                                             upshake_array(capsules, 1)),
                     status >= 204 && status <= 206 ? UPSHAKE_CLIENT_OTHER
                                                    : UPSHAKE_CLIENT_SWITCHED);
  }
}

static void a_response_does_not_follow_bytes(void **state) {
  static const char request[] = "GET /chat HTTP/1.1\r\n" CHECK_FIELDS "\r\n";
  upshake_client client;
  char memory[512];
  size_t used;
  (void)state;
  upshake_client_init(&client, NULL, part_of(request, sizeof request - 1),
                      memory, sizeof memory);
  upshake_client_feed(&client, "HTTP", 4, &used);
  assert_int_equal(
      upshake_client_response(&client, 20, 200, upshake_array(NULL, 0)),
      UPSHAKE_CLIENT_READ);
}

/* The lines of a request that HTTP/2 does not have. */
static void an_ask_loses_what_belongs_to_http_1(void **state) {
  upshake_ask ask = ask_of("tcp");
  char request[4096];
  static list l;
  size_t len;
  (void)state;
  ask.scheme = text("http");
  ask.origin = part_of(NULL, 0);
  ask.method = text("POST");
  assert_int_equal(
      upshake_write_request(&ask, NULL, request, sizeof request, &len),
      UPSHAKE_OK);
  ask_lines(&l, request, len);
  assert_int_equal(l.len, 6); /* and the cookie */
  ask.method = part_of(NULL, 0);
  ask.protocols = text("h2c");
  ask.settings = part_of("\0\3\0\0\0\144", 6);
  assert_int_equal(
      upshake_write_request(&ask, NULL, request, sizeof request, &len),
      UPSHAKE_OK);
  ask_lines(&l, request, len);
  assert_int_equal(l.len, 6);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_vector_has_the_same_outcome),
      cmocka_unit_test(a_websocket_is_opened_over_http_2),
      cmocka_unit_test(capsules_are_opened_over_http_2),
      cmocka_unit_test(a_refusal_over_http_2_is_another_answer),
      cmocka_unit_test(the_lines_of_an_ask_are_an_extended_connect),
      cmocka_unit_test(what_is_no_request_has_no_lines),
      cmocka_unit_test(a_response_against_the_rules_is_refused),
      cmocka_unit_test(a_status_stands_once_and_first),
      cmocka_unit_test(interim_responses_are_passed_over),
      cmocka_unit_test(interim_responses_are_given_one_by_one),
      cmocka_unit_test(a_request_without_a_switch_gets_none),
      cmocka_unit_test(a_response_that_does_not_fit_is_refused),
      cmocka_unit_test(an_accept_is_ignored_in_http_2_and_3),
      cmocka_unit_test(capsules_are_not_opened_without_content),
      cmocka_unit_test(a_response_does_not_follow_bytes),
      cmocka_unit_test(an_ask_loses_what_belongs_to_http_1),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
