/* SPDX-License-Identifier: MIT
 *
 * Fuzzing the handshake (libFuzzer).  The first four octets of an input choose
 * the config, the size of the head memory and the cuts; the others are the
 * stream (see read_input).  Fed whole, cut at random, octet by octet and
 * through room and commit, the stream has to come to the same end in
 * everything; lean, it has to come to the same end as with all memory that
 * there is; a 101 has to satisfy a checker that shares no code with the
 * library; a complete head is never unfinished; a reply is a complete response;
 * the judgement of the fields alone has to agree; and the first of all failures
 * is the reason of the refusal.
 */
#include "../check.h"
#include "require.h"

#define REPLY_MAX 2048

/* ---- Configs --------------------------------------------------------------
 */

static int later(upshake *hs, void *user) {
  (void)hs;
  (void)user;
  return UPSHAKE_LATER;
}

/* UPSHAKE_REPLY_CAP is for texts of 256 bytes. */
static int has_long_name(const upshake *hs) {
  return upshake_protocol_name(hs).len > 128;
}

static int take_last(upshake *hs, void *user) {
  static const char *const names[] = {"tls/1.2", "spdy/3.1", "ECHO"};
  (void)user;
  for (size_t i = 0; i < CHECK_LEN(names); i++)
    if (upshake_choose_protocol(hs, text(names[i])) == UPSHAKE_OK)
      break;
  return has_long_name(hs) ? 404 : UPSHAKE_ACCEPT;
}

static int refuse(upshake *hs, void *user) {
  (void)hs;
  (void)user;
  return 404;
}

static int nonsense(upshake *hs, void *user) {
  (void)hs;
  (void)user;
  return 7;
}

static const upshake_protocol only_websocket[] = {UPSHAKE_WEBSOCKET};
static const upshake_protocol table[] = {
    {.name = "websocket",
     .rules = upshake_websocket_rules,
     .failed = UPSHAKE_FAILED_PLAIN},
    {.name = "echo", .methods = "GET, POST", .body = UPSHAKE_BODY_REFUSE},
    UPSHAKE_PROTOCOL("SPDY/3.1"),
    {.name = "TLS/1.2", .methods = "OPTIONS", .upgrade = "TLS/1.2, HTTP/1.1"},
    UPSHAKE_ANY};
static const upshake_protocol plain_body[] = {
    {.name = "websocket",
     .rules = upshake_websocket_rules,
     .body = UPSHAKE_BODY_PLAIN},
    {.name = "ws2", .rules = upshake_websocket_rules}};
static const char *const spoken[] = {"chat", "superchat"};
static const char *const wanted[] = {"Cookie", "X-Forwarded-For"};
static const char *const origins[] = {"http://example.com",
                                      "https://example.com"};

static const upshake_config configs[] = {
    {only_websocket, 1, .decide = NULL},
    {only_websocket, 1, .subprotocols = spoken, .subprotocols_len = 2},
    {only_websocket, 1, .subprotocols = spoken, .subprotocols_len = 2,
     .subprotocol_server_order = 1, .subprotocol_required = 1},
    {only_websocket, 1, .subprotocol_required = 1, .decide = later},
    {only_websocket, 1, .origin = UPSHAKE_ORIGIN_ANY, .decide = refuse},
    {only_websocket, 1, .origin = UPSHAKE_ORIGIN_LIST, .origins = origins,
     .origins_len = 2, .transport = UPSHAKE_TRANSPORT_SECURED},
    {only_websocket, 1, .origin = UPSHAKE_ORIGIN_CALLBACK, .decide = later,
     .transport = UPSHAKE_TRANSPORT_UNSECURED},
    {only_websocket, 1, .limits = {4, 8, 6, 24, 0, 0, 0}},
    {table, 4, .origin = UPSHAKE_ORIGIN_ANY},
    {table, 5, .decide = take_last, .subprotocols = spoken,
     .subprotocols_len = 1},
    {table, 5, .decide = later, .origin = UPSHAKE_ORIGIN_CALLBACK},
    {table, 4, .decide = nonsense},
    {plain_body, 2, .decide = NULL},
    {plain_body, 2, .decide = later, .subprotocols = spoken,
     .subprotocols_len = 2, .subprotocol_server_order = 1},
    {plain_body, 2, .origin = UPSHAKE_ORIGIN_CALLBACK},
    {NULL, 0, .decide = NULL},
};

/* ---- One run --------------------------------------------------------------
 */

typedef struct input {
  upshake_config config;
  size_t cap;
  uint32_t seed;
  const char *stream;
  size_t len;
} input;

enum mode { WHOLE, RANDOM, SINGLE, ROOM, MODES };

typedef struct run {
  upshake hs;
  char *memory;
  upshake_next first_next;
  upshake_result result; /* after the answer */
  upshake_request request;
  size_t taken;
  char reply[REPLY_MAX];
  size_t reply_len;
} run;

static size_t piece(enum mode mode, size_t left, uint32_t *seed) {
  size_t most = left;
  *seed = *seed * 1664525u + 1013904223u;
  if (mode == SINGLE)
    most = 1;
  else if (mode != WHOLE)
    most = 1 + (*seed >> 16) % ((*seed >> 30) == 0 ? 97 : 9);
  return most < left ? most : left;
}

/* In a fresh place, as a caller may. */
static void move_state(run *r) {
  upshake copy = r->hs;
  memset(&r->hs, 0xa5, sizeof r->hs);
  r->hs = copy;
}

static upshake_next feed_all(run *r, const input *in, enum mode mode) {
  uint32_t seed = in->seed;
  upshake_next next = UPSHAKE_READ;
  size_t used;
  for (size_t at = 0; next == UPSHAKE_READ && at < in->len; at += used) {
    size_t len = piece(mode, in->len - at, &seed);
    char *octets = exact(in->stream + at, len);
    next = upshake_feed(&r->hs, octets, len, &used);
    free(octets);
    REQUIRE(used <= len && (next != UPSHAKE_READ || used == len));
    r->taken += used;
    move_state(r);
  }
  return next;
}

static upshake_next commit_all(run *r, const input *in) {
  uint32_t seed = in->seed;
  upshake_next next = UPSHAKE_READ;
  size_t at = 0, cap;
  upshake_slice rest;
  while (next == UPSHAKE_READ && at < in->len) {
    void *room = upshake_room(&r->hs, &cap);
    size_t len = piece(ROOM, in->len - at, &seed);
    len = len < cap ? len : cap;
    if (cap == 0) { /* only without any memory */
      REQUIRE(in->cap == 0);
      next = upshake_feed(&r->hs, in->stream, 1, &cap);
      break;
    }
    memcpy(room, in->stream + at, len);
    next = upshake_commit(&r->hs, len);
    at += len;
  }
  r->taken = upshake_get_result(&r->hs).consumed;
  rest = upshake_rest(&r->hs);
  if (next == UPSHAKE_DECIDE || next == UPSHAKE_PLAIN ||
      upshake_get_result(&r->hs).status == 101) {
    REQUIRE(rest.len == at - r->taken);
    REQUIRE(rest.len == 0 ||
            memcmp(rest.ptr, in->stream + r->taken, rest.len) == 0);
  }
  return next;
}

static void assert_finished(run *r) {
  char octet[1] = {'G'};
  size_t used = 9;
  upshake before = r->hs;
  REQUIRE(upshake_feed(&r->hs, octet, 1, &used) == r->first_next);
  REQUIRE(used == 0);
  REQUIRE(memcmp(&before, &r->hs, sizeof before) == 0);
}

static void take_reply(run *r) {
  upshake_cursor cursor = {0};
  size_t len = 0, total = 0, whole;
  char *out;
  REQUIRE(upshake_reply(&r->hs, NULL, 0, &whole) == UPSHAKE_ERR_ROOM);
  REQUIRE(whole > 0 && whole <= UPSHAKE_REPLY_CAP);
  do {
    REQUIRE(upshake_reply_part(&r->hs, NULL, &cursor, r->reply + total, 61,
                               &len) == UPSHAKE_OK);
    total += len;
  } while (len > 0);
  REQUIRE(total == whole);
  out = malloc(whole);
  REQUIRE(upshake_reply(&r->hs, out, whole, &len) == UPSHAKE_OK);
  REQUIRE(len == whole && memcmp(out, r->reply, whole) == 0);
  r->reply_len = whole;
  free(out);
}

static void settle(run *r, const input *in) {
  static const int answers[] = {UPSHAKE_ACCEPT, UPSHAKE_ACCEPT, 403,
                                UPSHAKE_DECLINE};
  if (r->first_next == UPSHAKE_DECIDE)
    REQUIRE(upshake_answer(&r->hs, has_long_name(&r->hs)
                                       ? 404
                                       : answers[in->seed % 4]) == UPSHAKE_OK);
  r->result = upshake_get_result(&r->hs);
  if (r->result.next == UPSHAKE_SEND)
    take_reply(r);
}

static run run_handshake(const input *in, enum mode mode) {
  run r;
  memset(&r, 0, sizeof r);
  r.memory = malloc(in->cap);
  REQUIRE(upshake_init(&r.hs, &in->config, r.memory, in->cap, NULL) ==
          UPSHAKE_OK);
  r.first_next = mode == ROOM ? commit_all(&r, in) : feed_all(&r, in, mode);
  REQUIRE(upshake_get_result(&r.hs).next == r.first_next);
  if (r.first_next != UPSHAKE_READ)
    assert_finished(&r);
  r.request = upshake_get_request(&r.hs);
  settle(&r, in);
  return r;
}

/* ---- Equal in everything --------------------------------------------------
 */

static int inside(upshake_slice slice, const char *memory, size_t cap) {
  return slice.ptr >= memory && slice.ptr + slice.len <= memory + cap;
}

static void assert_same_slice(upshake_slice a, const run *of_a, upshake_slice b,
                              const run *of_b, size_t cap) {
  REQUIRE((a.ptr == NULL) == (b.ptr == NULL) && a.len == b.len);
  if (a.ptr == NULL)
    return;
  REQUIRE(a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
  /* A request may begin behind others that were received with it. */
  if (inside(a, of_a->memory, cap))
    REQUIRE(a.ptr - upshake_head(&of_a->hs).ptr ==
            b.ptr - upshake_head(&of_b->hs).ptr);
}

static void assert_same_result(const upshake_result *a,
                               const upshake_result *b) {
  REQUIRE(a->next == b->next && a->error == b->error);
  REQUIRE(a->status == b->status && a->protocol == b->protocol);
  REQUIRE(a->may_keep == b->may_keep && a->body_left == b->body_left);
}

static void assert_same_flags(const upshake_request *a,
                              const upshake_request *b) {
  REQUIRE(a->version == b->version && a->body_len == b->body_len);
  REQUIRE(a->has_upgrade == b->has_upgrade && a->has_expect == b->has_expect);
  REQUIRE(a->unknown_coding == b->unknown_coding);
  REQUIRE(a->empty_host == b->empty_host);
}

static void assert_same_reply(const run *a, const run *b) {
  REQUIRE(a->reply_len == b->reply_len);
  REQUIRE(memcmp(a->reply, b->reply, a->reply_len) == 0);
}

static void assert_same_run(const run *a, const run *b, size_t cap) {
  REQUIRE(a->first_next == b->first_next && a->taken == b->taken);
  assert_same_result(&a->result, &b->result);
  REQUIRE(a->result.offset == b->result.offset);
  REQUIRE(a->result.consumed == b->result.consumed);
  REQUIRE(a->result.dropped == b->result.dropped);
  assert_same_slice(a->result.subprotocol, a, b->result.subprotocol, b, cap);
  assert_same_slice(upshake_head(&a->hs), a, upshake_head(&b->hs), b, cap);
  assert_same_slice(a->request.method, a, b->request.method, b, cap);
  assert_same_slice(a->request.target, a, b->request.target, b, cap);
  assert_same_slice(a->request.scheme, a, b->request.scheme, b, cap);
  assert_same_slice(a->request.authority, a, b->request.authority, b, cap);
  assert_same_slice(a->request.path, a, b->request.path, b, cap);
  assert_same_slice(a->request.query, a, b->request.query, b, cap);
  assert_same_slice(a->request.fields.raw, a, b->request.fields.raw, b, cap);
  assert_same_flags(&a->request, &b->request);
  assert_same_reply(a, b);
}

/* ---- The other checker ----------------------------------------------------
 */

static upshake_slice trim(upshake_slice s) {
  while (s.len > 0 && octet_in((unsigned char)s.ptr[0], " \t"))
    s = part_of(s.ptr + 1, s.len - 1);
  while (s.len > 0 && octet_in((unsigned char)s.ptr[s.len - 1], " \t"))
    s.len--;
  return s;
}

static int list_has(upshake_slice value, const char *member) {
  size_t begin = 0;
  for (size_t i = 0; i <= value.len; i++)
    if (i == value.len || value.ptr[i] == ',') {
      if (same_fold(trim(part_of(value.ptr + begin, i - begin)), member))
        return 1;
      begin = i + 1;
    }
  return 0;
}

/* As many lines with that name; *has: one of them has the member. */
static int naive_count(reply_view head, const char *name, const char *member,
                       int *has, upshake_slice *last) {
  upshake_slice line;
  upshake_field field;
  int count = 0;
  *has = 0;
  while (take_line(&head.fields, &line) && line.len > 0) {
    REQUIRE(split_line(line, &field));
    if (!same_fold(field.name, name))
      continue;
    count++;
    *last = trim(field.value);
    *has |= list_has(field.value, member);
  }
  return count;
}

static int is_base64_key(upshake_slice key) {
  if (key.len != 24 || memcmp(key.ptr + 22, "==", 2) != 0)
    return 0;
  for (size_t i = 0; i < 22; i++)
    if (!(is_tchar((unsigned char)key.ptr[i]) || key.ptr[i] == '/') ||
        octet_in((unsigned char)key.ptr[i], "!#$%&'*-.^_`|~"))
      return 0;
  return 1;
}

/* No Content-Length, or one of 0. */
static int is_without_body(reply_view head) {
  upshake_slice last = {NULL, 0};
  int has, count = naive_count(head, "Content-Length", "", &has, &last);
  for (size_t i = 0; i < last.len; i++)
    if (last.ptr[i] != '0')
      return 0;
  return count == 0 || (count == 1 && last.len > 0);
}

static void assert_websocket(reply_view head, upshake_slice line) {
  upshake_slice last = {NULL, 0};
  int has;
  REQUIRE(line.len > 4 && memcmp(line.ptr, "GET ", 4) == 0);
  REQUIRE(naive_count(head, "Sec-WebSocket-Key", "", &has, &last) == 1);
  REQUIRE(is_base64_key(last));
  REQUIRE(naive_count(head, "Sec-WebSocket-Version", "13", &has, &last) == 1);
  REQUIRE(has && last.len == 2);
}

/* What "*" takes has a name that the client sent. */
static void assert_is_offered(const run *r, reply_view head) {
  char name[129];
  upshake_slice last = {NULL, 0};
  int has;
  REQUIRE(upshake_copy(upshake_protocol_name(&r->hs), name, sizeof name));
  naive_count(head, "Upgrade", name, &has, &last);
  REQUIRE(has);
  REQUIRE(
      r->result.protocol->rules != upshake_any_rules ||
      (!same_fold(text(name), "websocket") && !same_fold(text(name), "h2c")));
}

/* Every precondition of a 101 (RFC 9110 7.8, RFC 6455 4.2.1). */
static void assert_may_switch(const run *r) {
  upshake_slice all = upshake_head(&r->hs), line = {NULL, 0}, last = {NULL, 0};
  const upshake_protocol *protocol = r->result.protocol;
  reply_view head = {0};
  int has;
  while (take_line(&all, &line) && line.len == 0)
    continue;
  head.fields = all;
  REQUIRE(line.len > 9 && memcmp(line.ptr + line.len - 9, " HTTP/1.", 8) == 0);
  REQUIRE(line.ptr[line.len - 1] >= '1' && line.ptr[line.len - 1] <= '9');
  REQUIRE(naive_count(head, "Host", "", &has, &last) == 1);
  naive_count(head, "Connection", "upgrade", &has, &last);
  REQUIRE(has);
  REQUIRE(protocol != NULL);
  assert_is_offered(r, head);
  REQUIRE(naive_count(head, "Transfer-Encoding", "", &has, &last) == 0);
  REQUIRE(is_without_body(head));
  if (same_fold(text(protocol->name), "websocket") ||
      protocol->rules == upshake_websocket_rules)
    assert_websocket(head, line);
}

/* A head is there when its empty line is, behind those before the request. */
static int holds_a_head(const char *stream, size_t len) {
  size_t at = 0;
  while (at + 1 < len && stream[at] == '\r' && stream[at + 1] == '\n')
    at += 2;
  for (; at + 3 < len; at++)
    if (memcmp(stream + at, "\r\n\r\n", 4) == 0)
      return 1;
  return 0;
}

static void assert_response(const run *r) {
  reply_view view = view_reply(r->reply, r->reply_len);
  int to_head = upshake_equal(r->request.method, "HEAD");
  REQUIRE(view.status == r->result.status && view.status != 0);
  REQUIRE(is_framed(view, to_head));
  REQUIRE(count_field(view, "Connection", NULL) == 1);
  REQUIRE(view.status == 101 || view.continues == 0);
  REQUIRE(view.status != 426 || count_field(view, "Upgrade", NULL) == 1);
  REQUIRE(view.status != 405 || count_field(view, "Allow", NULL) == 1);
}

/* ---- The judgement of the fields alone ------------------------------------
 */

static void assert_judged_alike(const run *r, const input *in) {
  upshake_judge judge;
  upshake_fields fields = r->request.fields;
  upshake_request request;
  upshake_field field;
  run judged;
  int minor = r->hs.parser.minor;
  memset(&judged, 0, sizeof judged);
  memset(&judge, 0xa5, sizeof judge);
  REQUIRE(begin_judge(&judge, &in->config, NULL, r->request.method,
                      r->request.target, 10 + minor) == UPSHAKE_OK);
  while (upshake_next_field(&fields, &field))
    upshake_judge_field(&judge, field.name, field.value);
  judged.first_next = upshake_judge_end(&judge);
  REQUIRE(judged.first_next == r->first_next);
  request = upshake_get_request(&judge.hs);
  assert_same_flags(&r->request, &request);
  if (judged.first_next == UPSHAKE_DECIDE)
    REQUIRE(upshake_answer(&judge.hs, r->result.next == UPSHAKE_PLAIN
                                          ? UPSHAKE_DECLINE
                                          : r->result.status) == UPSHAKE_OK);
  judged.result = upshake_get_result(&judge.hs);
  if (r->result.body_left > 0) /* its host may read what reset cannot skip */
    judged.result.may_keep = r->result.may_keep;
  assert_same_result(&r->result, &judged.result);
  assert_same_slice(r->result.subprotocol, r, judged.result.subprotocol,
                    &judged, 0);
  if (judged.result.next != UPSHAKE_SEND)
    return;
  REQUIRE(upshake_reply(&judge.hs, judged.reply, REPLY_MAX,
                        &judged.reply_len) == UPSHAKE_OK);
  assert_same_reply(r, &judged);
}

/* ---- Lean -----------------------------------------------------------------
 */

/* All lines that are kept are of the stream, in its order. */
static void assert_kept(const run *r, const input *in) {
  upshake_slice head = upshake_head(&r->hs);
  const char *stream = in->stream, *end = in->stream + r->taken;
  REQUIRE(r->result.consumed == r->taken);
  REQUIRE(head.len + r->result.dropped == r->taken);
  REQUIRE(in->config.lean || r->result.dropped == 0);
  for (size_t at = 0, len; at < head.len; at += len) {
    const char *lf = memchr(head.ptr + at, '\n', head.len - at);
    len = lf ? (size_t)(lf - head.ptr) + 1 - at : head.len - at;
    while (memcmp(stream, head.ptr + at, len) != 0) {
      REQUIRE(in->config.lean);
      stream = memchr(stream, '\n', (size_t)(end - stream));
      REQUIRE(stream != NULL);
      stream++;
      REQUIRE(len <= (size_t)(end - stream));
    }
    stream += len;
  }
}

/* With memory for all of it nothing else changes. */
static void assert_lean_alike(const run *r, const input *in) {
  input all = *in;
  run whole;
  if (!in->config.lean || r->result.error == UPSHAKE_ERR_HEAD_LONG ||
      r->result.error == UPSHAKE_ERR_TARGET_LONG)
    return;
  all.config.lean = 0;
  all.cap = in->len + 1;
  whole = run_handshake(&all, WHOLE);
  REQUIRE(r->first_next == whole.first_next && r->taken == whole.taken);
  assert_same_result(&r->result, &whole.result);
  REQUIRE(r->result.offset == whole.result.offset);
  assert_same_reply(r, &whole);
  free(whole.memory);
}

/* ---- All failures ---------------------------------------------------------
 */

/* Is it the judge's, and no answer of the application? */
static int is_judged(upshake_error error) {
  return error != UPSHAKE_OK && error != UPSHAKE_ERR_REFUSED &&
         error != UPSHAKE_ERR_DECLINED && error != UPSHAKE_ERR_DECISION;
}

/* The first is that of the result, and each is there once. */
static void assert_failures(run *r) {
  enum { MOST = 32 };
  upshake_failure failure = {0};
  upshake_error seen[MOST];
  upshake before = r->hs;
  size_t len = 0;
  while (upshake_next_failure(&r->hs, &failure) != UPSHAKE_OK) {
    REQUIRE(len < MOST && failure.offset <= r->result.consumed);
    for (size_t i = 0; i < len; i++)
      REQUIRE(seen[i] != failure.error);
    seen[len++] = failure.error;
    if (len > 1 || !is_judged(r->result.error))
      continue;
    REQUIRE(failure.error == r->result.error);
    if (r->first_next == UPSHAKE_SEND && r->result.dropped == 0)
      REQUIRE(failure.offset == r->result.offset);
  }
  REQUIRE(len > 0 || !is_judged(r->result.error));
  REQUIRE(memcmp(&before, &r->hs, sizeof before) == 0);
}

/* ---- The harness ----------------------------------------------------------
 */

static void assert_outcome(run *r, const input *in) {
  if (r->first_next == UPSHAKE_READ) {
    REQUIRE(!holds_a_head(in->stream, in->len));
    REQUIRE(in->len == 0 || in->len < in->cap || in->config.lean);
    REQUIRE(r->taken == in->len);
  }
  assert_kept(r, in);
  assert_lean_alike(r, in);
  if (r->result.next == UPSHAKE_SEND)
    assert_response(r);
  if (r->result.status == 101)
    assert_may_switch(r);
  if (r->request.fields.raw.ptr != NULL) {
    assert_judged_alike(r, in);
    assert_failures(r);
  }
}

/* An input that begins as a request does is all stream, as the vectors are
 * that serve as seeds; then its length chooses. */
static int read_input(input *in, const uint8_t *data, size_t size) {
  static const size_t caps[] = {4096, 1024, 512, 256};
  const uint8_t chosen[4] = {(uint8_t)size, 0, (uint8_t)(size >> 8),
                             (uint8_t)size};
  const uint8_t *choice = data;
  size_t skipped = 4;
  if (size < 4)
    return 0;
  if (data[0] > ' ') {
    choice = chosen;
    skipped = 0;
  }
  in->config = configs[choice[0] % CHECK_LEN(configs)];
  in->config.lean = choice[3] >> 7;
  in->config.wanted = wanted;
  in->config.wanted_len = CHECK_LEN(wanted);
  if (choice[3] & 1 << 6)
    in->config.limits.total = 100 + choice[2] % 128u;
  in->cap = choice[1] < 128 ? caps[choice[1] % 4] : choice[1] - 128u;
  in->seed = (uint32_t)(choice[2] << 8 | choice[3]);
  in->stream = (const char *)data + skipped;
  in->len = size - skipped;
  return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  input in;
  run whole;
  if (!read_input(&in, data, size))
    return 0;
  whole = run_handshake(&in, WHOLE);
  assert_outcome(&whole, &in);
  for (enum mode mode = RANDOM; mode < MODES; mode++) {
    run other = run_handshake(&in, mode);
    assert_same_run(&whole, &other, in.cap);
    free(other.memory);
  }
  free(whole.memory);
  return 0;
}
