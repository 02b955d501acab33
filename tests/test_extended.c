/* SPDX-License-Identifier: MIT
 *
 * Requests of HTTP/2 and HTTP/3: the chapter stream-connect.md, and every
 * golden vector that an extended CONNECT can stand for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check_values.h"
#include "switches.h"
#include "vectors.h"

#define FIELDS_MOST 200
#define CHAPTER UPSHAKE_VECTORS_DIR "/stream-connect.md"

/* ---- Running a case ------------------------------------------------------ */

static size_t failures;

#define CHECK_CASE(v, condition)                                               \
  do {                                                                         \
    if (!(condition)) {                                                        \
      fprintf(stderr, "%s:%zu: %s: not true: %s\n", (v)->file, (v)->line,      \
              (v)->title, #condition);                                         \
      failures++;                                                              \
    }                                                                          \
  } while (0)

typedef struct list {
  upshake_field fields[FIELDS_MOST];
  size_t len;
} list;

static void add_field(list *to, upshake_slice name, upshake_slice value) {
  assert_true(to->len < FIELDS_MOST);
  to->fields[to->len].name = name;
  to->fields[to->len++].value = value;
}

/* A field in each line: the colon behind the first byte ends its name. */
static void read_fields(list *to, upshake_slice octets) {
  while (octets.len > 0) {
    const char *colon = memchr(octets.ptr + 1, ':', octets.len - 1);
    const char *end = octets.ptr;
    while (memcmp(end, "\r\n", 2) != 0)
      end++;
    assert_non_null(colon);
    add_field(to, part_of(octets.ptr, (size_t)(colon - octets.ptr)),
              part_of(colon + 2, (size_t)(end - colon - 2)));
    octets = part_of(end + 2, octets.len - (size_t)(end + 2 - octets.ptr));
  }
}

static int decide(upshake *hs, void *user) {
  (void)hs;
  return ((const vector *)user)->answer;
}

/* By array, or one by one. */
static void judge_list(upshake_judge *judge, const vector *v,
                       const upshake_config *config, const list *l, int version,
                       int at_once) {
  upshake_found found = {0, 0, {NULL, 0}, {NULL, 0}, {{NULL, 0}, NULL, 0}};
  found.version = version;
  if (at_once)
    found.fields = upshake_array(l->fields, l->len);
  assert_int_equal(
      upshake_judge_begin_stream(judge, config, (void *)(uintptr_t)v, &found),
      UPSHAKE_OK);
  for (size_t i = 0; !at_once && i < l->len; i++)
    upshake_judge_field(judge, l->fields[i].name, l->fields[i].value);
  upshake_judge_end(judge);
}

static void write_values(value_text *out, upshake *hs,
                         const upshake_extra *extra) {
  upshake_cursor cursor = {0, 0, {0}};
  upshake_line line;
  unsigned list_before = 0;
  out->len = 0;
  while (upshake_reply_line(hs, extra, &cursor, &line) > 0) {
    assert_false(line.kind & UPSHAKE_LINE_HOP);
    add_line(out, &line, &list_before);
  }
}

/* ---- The chapter --------------------------------------------------------- */

static void expect_text(const vector *v, int which, upshake_slice actual) {
  if (v->texts_given[which])
    CHECK_CASE(v, (v->texts[which].ptr == NULL) == (actual.ptr == NULL) &&
                      upshake_same(v->texts[which], actual));
}

static void expect_offset(const vector *v, const list *l, size_t offset) {
  size_t number = 1, at = 0;
  if (v->outcome != VECTOR_REFUSED || v->error == UPSHAKE_ERR_REFUSED)
    return;
  for (; number <= l->len; number++) {
    at += l->fields[number - 1].name.len + l->fields[number - 1].value.len + 4;
    if (v->bad_at < at)
      break;
  }
  CHECK_CASE(v, offset == number);
}

static void expect_bytes_are_refused(const vector *v, upshake *hs) {
  upshake_cursor cursor = {0, 0, {0}};
  char out[UPSHAKE_REPLY_CAP];
  size_t len = 1;
  CHECK_CASE(v, upshake_reply(hs, out, sizeof out, &len) == UPSHAKE_ERR_STATE);
  CHECK_CASE(v, upshake_reply_with(hs, NULL, out, sizeof out, &len) ==
                    UPSHAKE_ERR_STATE);
  CHECK_CASE(v, upshake_reply_part(hs, NULL, &cursor, out, sizeof out, &len) ==
                    UPSHAKE_ERR_STATE);
}

static void run_case(const vector *v, int version, int at_once) {
  static const int nexts[] = {UPSHAKE_SEND, UPSHAKE_SEND, UPSHAKE_PLAIN, -1,
                              -1};
  static char text_of_values[4096];
  value_text out = {text_of_values, sizeof text_of_values, 0};
  upshake_config config = v->config;
  upshake_request request;
  upshake_result result;
  upshake_judge judge;
  list l = {{{{NULL, 0}, {NULL, 0}}}, 0};
  CHECK_CASE(v, v->problem[0] == 0);
  config.decide = v->decides ? decide : NULL;
  read_fields(&l, v->octets);
  judge_list(&judge, v, &config, &l, version, at_once);
  result = upshake_get_result(&judge.hs);
  request = upshake_get_request(&judge.hs);
  CHECK_CASE(v, (int)result.next == nexts[v->outcome]);
  CHECK_CASE(v, result.error == v->error);
  CHECK_CASE(v, result.switched == (v->outcome == VECTOR_SWITCHED));
  CHECK_CASE(v, result.status == (v->outcome == VECTOR_SWITCHED  ? 200
                                  : v->outcome == VECTOR_REFUSED ? v->status
                                                                 : 0));
  CHECK_CASE(v, request.method.ptr == NULL || request.version == version);
  expect_text(v, VECTOR_METHOD, request.method);
  expect_text(v, VECTOR_TARGET, request.target);
  expect_text(v, VECTOR_PATH, request.path);
  expect_text(v, VECTOR_QUERY, request.query);
  expect_text(v, VECTOR_AUTHORITY, request.authority);
  expect_text(v, VECTOR_SCHEME, request.scheme);
  expect_text(v, VECTOR_SUBPROTOCOL, result.subprotocol);
  if (v->outcome == VECTOR_REFUSED)
    expect_offset(v, &l, result.offset);
  write_values(&out, &judge.hs, &v->extra);
  if (v->reply_given)
    CHECK_CASE(v, upshake_same(part_of(out.text, out.len), v->reply));
  expect_bytes_are_refused(v, &judge.hs);
}

static int is_named(const vectors *all, const char *id) {
  for (const vector *v = all->first; v != NULL; v = v->next)
    for (size_t i = 0; i < v->ids_len; i++)
      if (memcmp(v->ids[i], id, 4) == 0)
        return 1;
  return 0;
}

/* The table of the chapter: a row that ends with "case" is shown by one. */
static void every_rule_is_named_by_a_case(void **state) {
  FILE *chapter = fopen(CHAPTER, "rb");
  char line[1024];
  size_t rows = 0;
  vectors all = {0};
  (void)state;
  assert_non_null(chapter);
  assert_true(vectors_read(&all, CHAPTER));
  while (fgets(line, sizeof line, chapter) != NULL)
    if (strncmp(line, "| E-", 4) == 0 && strstr(line, "| case |\n") != NULL) {
      rows++;
      if (!is_named(&all, line + 2))
        fail_msg("no case for %.4s", line + 2);
    }
  fclose(chapter);
  vectors_free(&all);
  assert_true(rows > 0);
}

static void the_chapter_holds(void **state) {
  vectors all = {0};
  (void)state;
  failures = 0;
  assert_true(vectors_read(&all, CHAPTER));
  assert_int_equal(vectors_miscounted(&all), 0);
  for (const vector *v = all.first; v != NULL; v = v->next)
    for (int at_once = 0; at_once < 2; at_once++) {
      run_case(v, 20, at_once);
      run_case(v, 30, at_once);
    }
  vectors_free(&all);
  assert_int_equal(failures, 0);
}

/* ---- The golden vectors, as far as a CONNECT can stand for them ---------- */

/* Why a vector has no counterpart in HTTP/2. */
enum {
  STANDS,
  NO_HEAD,
  NO_GET,
  NO_SINGLE_OFFER,
  BODY,
  HOST,
  LINES,
  CONFIG,
  REASONS
};
static const char *const reasons[REASONS] = {
    "compared",
    "no complete head of HTTP/1.1",
    "another method or target",
    "another offer than exactly websocket",
    "fields about a body",
    "no single host",
    "a field or an error that HTTP/2 does not have",
    "a config that counts bytes, or a body policy"};

/* Errors that HTTP/2 has no occasion for: the key is not processed, and there
 * is no Connection. */
static int cannot_occur(upshake_error error) {
  return error == UPSHAKE_ERR_CONNECTION_MALFORMED ||
         error == UPSHAKE_ERR_NO_CONNECTION ||
         error == UPSHAKE_ERR_KEY_MISSING ||
         error == UPSHAKE_ERR_KEY_MALFORMED ||
         error == UPSHAKE_ERR_KEY_REPEATED;
}

/* The head of the request as a handshake finds it. */
static int read_head(const vector *v, upshake *hs, const upshake_config *config,
                     char *memory, size_t cap) {
  size_t used;
  if (upshake_init(hs, config, memory, cap, (void *)(uintptr_t)v) != UPSHAKE_OK)
    return 0;
  upshake_feed(hs, v->octets.ptr, v->octets.len, &used);
  return upshake_get_request(hs).version == 11;
}

static upshake_slice lowered(upshake_slice name, char *room) {
  for (size_t i = 0; i < name.len; i++)
    room[i] =
        (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] | 0x20
                                                        : name.ptr[i]);
  return part_of(room, name.len);
}

static int is_one_of(upshake_slice name, const char *const *names) {
  for (; *names; names++)
    if (upshake_equal_fold(name, *names))
      return 1;
  return 0;
}

/* What an HTTP/2 client would send for this request; or why there is none. */
static int map_request(upshake_request request, list *to, char *names) {
  static const char *const gone[] = {"Host", "Upgrade", "Connection", "TE",
                                     NULL};
  static const char *const bodies[] = {"Content-Length", "Transfer-Encoding",
                                       "Content-Type", NULL};
  static const char *const hops[] = {"Keep-Alive", "Proxy-Connection",
                                     "HTTP2-Settings", NULL};
  upshake_fields fields = request.fields;
  upshake_list offers = upshake_begin_list(fields, "Upgrade");
  upshake_slice offer = {NULL, 0}, second;
  upshake_field field;
  if (!upshake_equal(request.method, "GET") || request.target.len == 0 ||
      *request.target.ptr != '/')
    return NO_GET;
  if (!upshake_next_member(&offers, &offer) ||
      upshake_next_member(&offers, &second) ||
      !upshake_equal_fold(offer, "websocket"))
    return NO_SINGLE_OFFER;
  if (request.authority.len == 0)
    return HOST;
  add_field(to, text(":method"), text("CONNECT"));
  add_field(to, text(":protocol"), text("websocket"));
  add_field(to, text(":scheme"), text("http"));
  add_field(to, text(":path"), request.target);
  add_field(to, text(":authority"), request.authority);
  while (upshake_next_field(&fields, &field)) {
    if (is_one_of(field.name, bodies))
      return BODY;
    if (is_one_of(field.name, hops))
      return LINES;
    if (is_one_of(field.name, gone))
      continue;
    add_field(to, lowered(field.name, names), field.value);
    names += field.name.len;
  }
  return STANDS;
}

/* The lines of a reply that both versions have, without the first. */
static void keep_common(value_text *to, upshake *hs, const upshake_extra *extra,
                        char *names) {
  static const char *const gone[] = {"Connection", "Upgrade", ":status",
                                     "Sec-WebSocket-Accept", NULL};
  upshake_cursor cursor = {0, 0, {0}};
  upshake_line line;
  to->len = 0;
  while (upshake_reply_line(hs, extra, &cursor, &line) > 0) {
    if (is_one_of(line.field.name, gone))
      continue;
    add_slice(to, lowered(line.field.name, names));
    add_text(to, ": ");
    add_slice(to, line.field.value);
    add_text(to, "\r\n");
  }
}

static void expect_counterpart(const vector *v, upshake *hs, list *l,
                               const upshake_config *config) {
  static char texts[2][4096];
  value_text one = {texts[0], sizeof texts[0], 0};
  value_text two = {texts[1], sizeof texts[1], 0};
  static char names[1 << 16];
  upshake_result old = upshake_get_result(hs), result;
  upshake_extra none;
  upshake_judge judge;
  memset(&none, 0, sizeof none);
  judge_list(&judge, v, config, l, 20, 1);
  result = upshake_get_result(&judge.hs);
  if (old.next == UPSHAKE_PLAIN && old.error == UPSHAKE_ERR_NOT_SUPPORTED) {
    CHECK_CASE(v, result.error == UPSHAKE_ERR_PROTOCOL_UNKNOWN);
    return;
  }
  if (old.error == UPSHAKE_ERR_DECLINED) {
    CHECK_CASE(v, result.error == UPSHAKE_ERR_DECISION);
    return;
  }
  CHECK_CASE(v, result.switched == old.switched);
  CHECK_CASE(v, result.error == old.error);
  if (result.error != old.error)
    return;
  CHECK_CASE(v, upshake_same(result.subprotocol, old.subprotocol));
  if (old.next != UPSHAKE_SEND)
    return;
  keep_common(&one, hs, &none, names);
  keep_common(&two, &judge.hs, &none, names);
  CHECK_CASE(
      v, upshake_same(part_of(one.text, one.len), part_of(two.text, two.len)));
}

static int compare_vector(const vector *v) {
  static char memory[1 << 17], names[1 << 17];
  static list l;
  upshake_config config = v->config;
  upshake hs;
  int why;
  config.decide = v->decides ? decide : NULL;
  config.lean = 0;
  l.len = 0;
  if (v->chooses_protocol || v->chooses_subprotocol ||
      v->config.limits.target || v->config.limits.fields ||
      v->config.limits.method)
    return CONFIG;
  if (!WITH_BODIES && v->protocols[0].body >= UPSHAKE_BODY_READ)
    return CONFIG;
  if (!read_head(v, &hs, &config, memory, sizeof memory))
    return NO_HEAD;
  why = map_request(upshake_get_request(&hs), &l, names);
  if (why != STANDS)
    return why;
  if (cannot_occur(upshake_get_result(&hs).error) ||
      v->protocols[0].methods != NULL)
    return LINES;
  expect_counterpart(v, &hs, &l, &config);
  return STANDS;
}

static void every_vector_of_websocket_has_its_counterpart(void **state) {
  vectors all = {0};
  size_t counts[REASONS] = {0};
  (void)state;
  failures = 0;
  assert_true(vectors_read_chapters(&all, 0));
  for (const vector *v = all.first; v != NULL; v = v->next)
    counts[compare_vector(v)]++;
  for (size_t i = 0; i < REASONS; i++)
    printf("%6zu vectors: %s\n", counts[i], reasons[i]);
  vectors_free(&all);
  assert_true(counts[STANDS] > 200);
  assert_int_equal(failures, 0);
}

/* ---- What a chapter cannot say ------------------------------------------- */

static void only_versions_2_and_3_begin_a_stream(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
  static const upshake_config config = {table, 1, .origin = 0};
  (void)state;
  for (int version = 0; version < 40; version++) {
    upshake_found found = {0, 0, {NULL, 0}, {NULL, 0}, {{NULL, 0}, NULL, 0}};
    upshake_judge judge;
    found.version = version;
    assert_int_equal(upshake_judge_begin_stream(&judge, &config, NULL, &found),
                     UPSHAKE_OK);
    upshake_judge_end(&judge);
    assert_int_equal(upshake_get_result(&judge.hs).error,
                     version == 20 || version == 30 ? UPSHAKE_ERR_PSEUDO_MISSING
                                                    : UPSHAKE_ERR_HTTP_VERSION);
  }
}

static int is_malformed_with(upshake_slice name, upshake_slice value) {
  static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
  static const upshake_config config = {table, 1, .origin = 0};
  const upshake_field fields[] = {{text(":method"), text("CONNECT")},
                                  {text(":protocol"), text("websocket")},
                                  {text(":scheme"), text("https")},
                                  {text(":path"), text("/")},
                                  {text(":authority"), text("a.example")},
                                  {text("sec-websocket-version"), text("13")},
                                  {name, value}};
  upshake_found found = {20, 0, {NULL, 0}, {NULL, 0}, {{NULL, 0}, NULL, 0}};
  upshake_judge judge;
  found.fields = upshake_array(fields, CHECK_LEN(fields));
  upshake_judge_begin_stream(&judge, &config, NULL, &found);
  upshake_judge_end(&judge);
  return upshake_judge_is_malformed(&judge);
}

/* RFC 9113 8.1.1: wrong syntax, and not a value that breaks a rule of its
 * field, a limit or a policy. */
static void a_malformed_request_is_told_from_a_refused_one(void **state) {
  static const struct {
    const char *name, *value;
    int is_malformed;
  } rows[] = {{"te", "trailers", 0},
              {"te", "gzip", 1},
              {"Cookie", "a=b", 1},
              {"cookie", " a", 1},
              {"upgrade", "websocket", 1},
              {":status", "200", 1},
              {"host", "other.example", 1},
              {"sec-websocket-protocol", "a b", 0},
              {"origin", "null", 0},
              {"expect", "tea", 0},
              {"content-length", "x", 1},
              {"content-length", "5", 0},
              {"", "x", 1}};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    assert_int_equal(is_malformed_with(text(rows[i].name), text(rows[i].value)),
                     rows[i].is_malformed);
}

/* RFC 9113 8.2.1, and the tokens of RFC 9110 5.6.2; a colon in a name too. */
static void every_byte_of_a_field_is_judged(void **state) {
  static const char of_names[] =
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
  (void)state;
  for (int byte = 0; byte < 256; byte++) {
    const char octets[] = {'x', (char)byte, 'y'};
    int is_of_name = byte != 0 && strchr(of_names, byte) != NULL;
    int is_of_value = byte == '\t' || (byte >= ' ' && byte != 0x7F);
    assert_int_equal(is_malformed_with(part_of(octets, 3), text("a")),
                     !is_of_name);
    assert_int_equal(is_malformed_with(text("x"), part_of(octets, 3)),
                     !is_of_value);
  }
}

/* RFC 9114 4.3.1; HTTP/2 has no such rule. */
static void an_ordinary_request_of_http_3_has_an_authority(void **state) {
  static const struct {
    const char *scheme, *name, *value;
    upshake_error error;
    size_t offset;
  } rows[] = {{"https", "a", "b", UPSHAKE_ERR_PSEUDO_MISSING, 5},
              {"HTTP", "a", "b", UPSHAKE_ERR_PSEUDO_MISSING, 5},
              {"coap", "a", "b", UPSHAKE_ERR_NO_UPGRADE, 0},
              {"a b", "a", "b", UPSHAKE_ERR_PSEUDO_MALFORMED, 2},
              {"https", ":authority", "a", UPSHAKE_ERR_NO_UPGRADE, 0},
              {"https", "host", "a", UPSHAKE_ERR_NO_UPGRADE, 0},
              {"https", ":authority", "", UPSHAKE_ERR_PSEUDO_MALFORMED, 4},
              {"http", "host", "", UPSHAKE_ERR_PSEUDO_MALFORMED, 4},
              {"coap", "host", "", UPSHAKE_ERR_NO_UPGRADE, 0}};
  static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
  static const upshake_config config = {table, 1, .origin = 0};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    const upshake_field fields[] = {{text(":method"), text("GET")},
                                    {text(":scheme"), text(rows[i].scheme)},
                                    {text(":path"), text("/")},
                                    {text(rows[i].name), text(rows[i].value)}};
    for (int version = 20; version <= 30; version += 10) {
      upshake_found found = {0, 0, {NULL, 0}, {NULL, 0}, {{NULL, 0}, NULL, 0}};
      int is_refused = rows[i].error != UPSHAKE_ERR_NO_UPGRADE &&
                       (version == 30 || rows[i].offset == 2);
      upshake_judge judge;
      upshake_result result;
      found.version = version;
      found.fields = upshake_array(fields, CHECK_LEN(fields));
      upshake_judge_begin_stream(&judge, &config, NULL, &found);
      upshake_judge_end(&judge);
      result = upshake_get_result(&judge.hs);
      assert_int_equal(result.error,
                       is_refused ? rows[i].error : UPSHAKE_ERR_NO_UPGRADE);
      assert_int_equal(result.next, is_refused ? UPSHAKE_SEND : UPSHAKE_PLAIN);
      assert_int_equal(result.offset, is_refused ? rows[i].offset : 0);
      assert_int_equal(upshake_judge_is_malformed(&judge), is_refused);
    }
  }
}

/* Behind so many pseudo-fields its request is refused anyway. */
static void the_place_of_a_pseudo_field_is_at_most_255(void **state) {
  static const upshake_config config = {NULL, 0, .limits = {.fields = 1000}};
  (void)state;
  for (size_t before = 253; before < 257; before++) {
    upshake_found found = {20, 0, {NULL, 0}, {NULL, 0}, {{NULL, 0}, NULL, 0}};
    upshake_judge judge;
    upshake_judge_begin_stream(&judge, &config, NULL, &found);
    upshake_judge_field(&judge, text(":scheme"), text("https"));
    upshake_judge_field(&judge, text(":method"), text("GET"));
    while (judge.fields_len < before)
      upshake_judge_field(&judge, text(":x"), text(""));
    upshake_judge_field(&judge, text(":path"), text("/a b"));
    upshake_judge_end(&judge);
    assert_int_equal(upshake_get_result(&judge.hs).error,
                     UPSHAKE_ERR_TARGET_BYTE);
    assert_int_equal(upshake_get_result(&judge.hs).offset,
                     before < 255 ? before + 1 : 255);
  }
}

static void judge_as(upshake_judge *judge, const upshake_config *config,
                     const char *protocol, const char *authority,
                     const char *name, const char *value) {
  const upshake_field fields[] = {{text(":method"), text("CONNECT")},
                                  {text(":protocol"), text(protocol)},
                                  {text(":scheme"), text("https")},
                                  {text(":path"), text("/")},
                                  {text(":authority"), text(authority)},
                                  {text(name), text(value)}};
  upshake_found found = {30, 0, {NULL, 0}, {NULL, 0}, {{NULL, 0}, NULL, 0}};
  found.fields = upshake_array(fields, CHECK_LEN(fields));
  assert_int_equal(upshake_judge_begin_stream(judge, config, NULL, &found),
                   UPSHAKE_OK);
  upshake_judge_end(judge);
}

static void capsules_with_content_are_malformed(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_CAPSULES("connect-udp")};
  static const upshake_config config = {table, 1, .origin = 0};
  upshake_judge judge;
  (void)state;
  judge_as(&judge, &config, "connect-udp", "a", "content-type", "text/plain");
  assert_int_equal(upshake_get_result(&judge.hs).error, UPSHAKE_ERR_CAPSULES);
  assert_true(upshake_judge_is_malformed(&judge));
}

/* RFC 9297 3.2; the design says that of a 200 too. */
static void the_200_of_capsules_has_no_type(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_CAPSULES("connect-udp")};
  static const upshake_config config = {table, 1, .origin = 0};
  static const upshake_field type = {{UPSHAKE_TEXT("content-type")},
                                     {UPSHAKE_TEXT("text/plain")}};
  const upshake_extra extra = {.fields = &type, .fields_len = 1};
  upshake_cursor cursor = {0};
  upshake_line line;
  upshake_judge judge;
  (void)state;
  judge_as(&judge, &config, "connect-udp", "a", "x", "y");
  assert_int_equal(upshake_get_result(&judge.hs).switched, 1);
  assert_int_equal(upshake_reply_line(&judge.hs, &extra, &cursor, &line), -1);
  assert_int_equal(line.error, UPSHAKE_ERR_EXTRA_RESERVED);
  assert_slice(line.field.name, "content-type");
  assert_int_equal(line.status, 500);
}

static void an_offer_to_no_host_is_malformed(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
  static const upshake_config config = {table, 1, .origin = 0};
  static const char *const authorities[] = {"", ":80"};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(authorities); i++) {
    upshake_judge judge;
    judge_as(&judge, &config, "websocket", authorities[i],
             "sec-websocket-version", "13");
    assert_int_equal(upshake_get_result(&judge.hs).error,
                     UPSHAKE_ERR_HOST_EMPTY);
    assert_true(upshake_judge_is_malformed(&judge));
  }
}

/* Each entry of a name is offered, whatever its methods are. */
static void of_two_entries_with_methods_the_first_is_taken(void **state) {
  static const upshake_protocol table[] = {
      UPSHAKE_ENTRY("tcp", NULL, "PUT", NULL, 0, 0),
      UPSHAKE_ENTRY("tcp", NULL, "POST", NULL, 0, 0)};
  static const upshake_config config = {table, 2, .origin = 0};
  upshake_judge judge;
  (void)state;
  judge_as(&judge, &config, "tcp", "a", "a", "b");
  assert_true(upshake_get_result(&judge.hs).switched);
  assert_int_equal(judge.hs.protocol, 0);
}

static void a_limit_and_a_policy_make_nothing_malformed(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
  static const upshake_config unsecured = {
      table, 1, .transport = UPSHAKE_TRANSPORT_UNSECURED};
  static const upshake_config narrow = {table, 1, .limits = {.name = 11}};
  upshake_judge judge;
  (void)state;
  judge_as(&judge, &unsecured, "websocket", "a", "a", "b");
  assert_int_equal(upshake_get_result(&judge.hs).status, 421);
  assert_false(upshake_judge_is_malformed(&judge));
  judge_as(&judge, &narrow, "websocket", "a", "a-long-name-x", "b");
  assert_int_equal(upshake_get_result(&judge.hs).status, 431);
  assert_false(upshake_judge_is_malformed(&judge));
}

static void a_default_port_may_be_left_out_on_either_side(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_PROTOCOL("tcp")};
  static const upshake_config config = {table, 1, .origin = 0};
  static const struct {
    const char *authority, *host;
    int switched;
  } rows[] = {{"a", "a:443", 1}, {"a:443", "a", 1}, {"a:443", "a:443", 1},
              {"a:444", "a", 0}, {"a", "a:80", 0},  {"a:80", "a:80", 1}};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_judge judge;
    judge_as(&judge, &config, "tcp", rows[i].authority, "host", rows[i].host);
    assert_int_equal(upshake_get_result(&judge.hs).switched, rows[i].switched);
  }
}

/* Only the first reason is known. */
static void a_stream_has_no_list_of_failures(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
  static const upshake_config config = {table, 1, .origin = 0};
  upshake_failure failure;
  upshake_judge judge;
  (void)state;
  memset(&failure, 0, sizeof failure);
  judge_as(&judge, &config, "websocket", "a", "sec-websocket-version", "8");
  assert_int_equal(upshake_get_result(&judge.hs).error,
                   UPSHAKE_ERR_VERSION_UNSUPPORTED);
  assert_int_equal(upshake_next_failure(&judge.hs, &failure), UPSHAKE_OK);
}

static void a_bad_config_begins_nothing(void **state) {
  static const upshake_config config = {NULL, 1, .origin = 0};
  static const upshake_config good = {NULL, 0, .origin = 0};
  upshake_found found = {20, 0, {NULL, 0}, {NULL, 0}, {{NULL, 0}, NULL, 0}};
  upshake_judge judge;
  (void)state;
  assert_int_equal(upshake_judge_begin_stream(&judge, &config, NULL, &found),
                   UPSHAKE_ERR_CONFIG);
  found.fields = raw_fields(text("a: b\r\n")); /* raw lines are no array */
  assert_int_equal(upshake_judge_begin_stream(&judge, &good, NULL, &found),
                   UPSHAKE_ERR_CONFIG);
  found.version = 11;
  assert_int_equal(upshake_judge_begin(&judge, &good, NULL, &found),
                   UPSHAKE_ERR_CONFIG);
}

static void an_added_name_in_upper_case_is_the_culprit(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
  static const upshake_config config = {table, 1, .origin = 0};
  static const upshake_field added[] = {
      {{UPSHAKE_TEXT("server")}, {UPSHAKE_TEXT("a")}},
      {{UPSHAKE_TEXT("Set-Cookie")}, {UPSHAKE_TEXT("a=b")}}};
  upshake_found found = {20, 0, {NULL, 0}, {NULL, 0}, {{NULL, 0}, NULL, 0}};
  upshake_cursor cursor = {0, 0, {0}};
  upshake_extra extra;
  upshake_judge judge;
  upshake_line line;
  (void)state;
  memset(&extra, 0, sizeof extra);
  extra.fields = added;
  extra.fields_len = 2;
  upshake_judge_begin_stream(&judge, &config, NULL, &found);
  upshake_judge_end(&judge);
  assert_int_equal(upshake_reply_line(&judge.hs, &extra, &cursor, &line), -1);
  assert_int_equal(line.error, UPSHAKE_ERR_EXTRA_NAME);
  assert_int_equal(line.status, 500);
  assert_slice(line.field.name, "Set-Cookie");
  extra.fields_len = 1;
  assert_int_equal(upshake_reply_line(&judge.hs, &extra, &cursor, &line), 1);
  assert_slice(line.field.name, ":status");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_chapter_holds),
      cmocka_unit_test(every_rule_is_named_by_a_case),
      cmocka_unit_test(every_vector_of_websocket_has_its_counterpart),
      cmocka_unit_test(only_versions_2_and_3_begin_a_stream),
      cmocka_unit_test(a_malformed_request_is_told_from_a_refused_one),
      cmocka_unit_test(every_byte_of_a_field_is_judged),
      cmocka_unit_test(an_ordinary_request_of_http_3_has_an_authority),
      cmocka_unit_test(the_place_of_a_pseudo_field_is_at_most_255),
      cmocka_unit_test(capsules_with_content_are_malformed),
      cmocka_unit_test(the_200_of_capsules_has_no_type),
      cmocka_unit_test(an_offer_to_no_host_is_malformed),
      cmocka_unit_test(of_two_entries_with_methods_the_first_is_taken),
      cmocka_unit_test(a_limit_and_a_policy_make_nothing_malformed),
      cmocka_unit_test(a_default_port_may_be_left_out_on_either_side),
      cmocka_unit_test(a_stream_has_no_list_of_failures),
      cmocka_unit_test(a_bad_config_begins_nothing),
      cmocka_unit_test(an_added_name_in_upper_case_is_the_culprit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
