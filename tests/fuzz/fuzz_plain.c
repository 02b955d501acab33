/* SPDX-License-Identifier: MIT
 *
 * Fuzzing ordinary requests on a kept connection (libFuzzer).  The first bytes
 * of an input choose how a body is announced, split, read or skipped, and how
 * the request is answered.  The others are the body, and the next request.
 *
 * The body that a handshake reads is the one that the reader reads that stands
 * alone, however both are split.  The answer that is written is the answer that
 * a client reads, with the same content.  The next request is judged as if it
 * were the first one of a connection.
 */
#include "check.h"
#include "require.h"

enum { CAP = 8192, OUT = 16384, CONTENT = 4096 };

typedef struct input {
  uint8_t is_chunked, body_len, split, limit, reads, commits, status, content;
  const char *bytes;
  size_t len, at; /* bytes that were given to the handshake */
} input;

static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
static char memory[CAP];

/* What became of a body: OK if it is complete. */
typedef struct seen_body {
  upshake_error error;
  char content[CONTENT];
  size_t len, used;
} seen_body;

static void take(seen_body *seen, upshake_slice content) {
  REQUIRE(content.len <= sizeof seen->content - seen->len);
  if (content.len > 0)
    memcpy(seen->content + seen->len, content.ptr, content.len);
  seen->len += content.len;
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* ---- The body of the request --------------------------------------------- */

static void read_alone(uint64_t body_len, uint64_t limit, size_t step,
                       const char *bytes, size_t len, seen_body *seen) {
  upshake_body body;
  upshake_body_init(&body, body_len, limit);
  memset(seen, 0, sizeof *seen);
  do {
    size_t n = least(len - seen->used, step), used;
    char *piece = exact(bytes + seen->used, n);
    upshake_slice content;
    seen->error = upshake_body_read(&body, piece, n, &used, &content);
    REQUIRE(used <= n);
    take(seen, content);
    seen->used += used;
    free(piece);
  } while (seen->error == UPSHAKE_ERR_INCOMPLETE && seen->used < len);
}

/* Gives the next piece, and takes the content of it. */
static upshake_next step_handshake(upshake *hs, input *in, seen_body *seen) {
  size_t n = least(in->len - in->at, (size_t)in->split + 1), cap;
  char *room = upshake_room(hs, &cap), *piece = NULL;
  upshake_next next;
  if (upshake_get_result(hs).next == UPSHAKE_BODY)
    n = 0; /* what is held comes first */
  if (in->commits && cap > 0) {
    n = least(n, cap);
    if (n > 0)
      memcpy(room, in->bytes + in->at, n);
    next = upshake_commit(hs, n);
  } else {
    piece = exact(in->bytes + in->at, n);
    next = upshake_feed(hs, piece, n, &n);
  }
  in->at += n;
  if (next == UPSHAKE_BODY)
    take(seen, upshake_get_result(hs).content);
  free(piece);
  return next;
}

static void read_by_handshake(upshake *hs, input *in, seen_body *seen) {
  upshake_next next = upshake_get_result(hs).next;
  memset(seen, 0, sizeof *seen);
  while (next == UPSHAKE_BODY || (next == UPSHAKE_READ && in->at < in->len))
    next = step_handshake(hs, in, seen);
  if (next == UPSHAKE_READ) /* content may have come last */
    next = step_handshake(hs, in, seen);
  seen->error = next == UPSHAKE_READ    ? UPSHAKE_ERR_INCOMPLETE
                : next == UPSHAKE_PLAIN ? UPSHAKE_OK
                                        : upshake_get_result(hs).error;
  seen->used = in->at - upshake_rest(hs).len;
}

static void check_body(upshake *hs, input *in) {
  static seen_body by_handshake, alone;
  uint64_t len = in->is_chunked ? UPSHAKE_BODY_CHUNKED : in->body_len;
  REQUIRE(upshake_get_request(hs).body_len == len);
  REQUIRE(upshake_read_body(hs) == (len > 0 ? UPSHAKE_OK : UPSHAKE_ERR_ANSWER));
  read_by_handshake(hs, in, &by_handshake);
  read_alone(len, in->limit, in->split / 5u + 1u, in->bytes, in->len, &alone);
  REQUIRE(by_handshake.error == alone.error);
  REQUIRE(by_handshake.len == alone.len);
  REQUIRE(memcmp(by_handshake.content, alone.content, alone.len) == 0);
  if (alone.error == UPSHAKE_OK || alone.error == UPSHAKE_ERR_INCOMPLETE)
    REQUIRE(by_handshake.used == alone.used);
}

/* ---- The answer ---------------------------------------------------------- */

typedef struct answer {
  char bytes[OUT];
  size_t len;
} answer;

static void append(answer *a, const char *bytes, size_t len) {
  REQUIRE(len <= sizeof a->bytes - a->len);
  if (len > 0)
    memcpy(a->bytes + a->len, bytes, len);
  a->len += len;
}

static void send_content(upshake *hs, const char *content, size_t len,
                         size_t step, answer *a) {
  char frame[UPSHAKE_FRAME_CAP];
  size_t frame_len;
  for (size_t at = 0; at < len; at += step) {
    size_t n = least(len - at, step);
    REQUIRE(upshake_send_content(hs, n, frame, &frame_len) == UPSHAKE_OK);
    append(a, frame, frame_len);
    append(a, content + at, n);
  }
  REQUIRE(upshake_send_content(hs, 0, frame, &frame_len) == UPSHAKE_OK);
  append(a, frame, frame_len);
}

/* Answers with the input as content, and checks what a client makes of it. */
static int check_answer(upshake *hs, const input *in) {
  static const char request[] =
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n";
  static answer a;
  static seen_body seen;
  static char room[OUT];
  upshake_slice asked = {request, sizeof request - 1};
  upshake_extra extra = {.content = in->content % 3};
  upshake_client client;
  upshake_client_result found;
  size_t len = least(in->len, 600), used;
  a.len = 0;
  if (extra.content == UPSHAKE_CONTENT_MEMORY)
    extra.body = part_of(in->bytes, len);
  if (extra.content == UPSHAKE_CONTENT_LENGTH)
    extra.body_len = len;
  REQUIRE(upshake_answer(hs, 200 + in->status % 4) == UPSHAKE_OK);
  REQUIRE(upshake_reply_with(hs, &extra, a.bytes, OUT, &a.len) == UPSHAKE_OK);
  if (extra.content != UPSHAKE_CONTENT_MEMORY)
    send_content(hs, in->bytes, len, in->split / 3u + 1u, &a);
  REQUIRE(upshake_client_init(&client, NULL, asked, room, sizeof room) ==
          UPSHAKE_OK);
  REQUIRE(upshake_client_feed(&client, a.bytes, a.len, &used) ==
          UPSHAKE_CLIENT_OTHER);
  found = upshake_client_get_result(&client);
  REQUIRE(found.status == 200 + in->status % 4);
  read_alone(found.body_len, 0, in->split / 2u + 1u, a.bytes + used,
             a.len - used, &seen);
  REQUIRE(seen.error == UPSHAKE_OK && used + seen.used == a.len);
  REQUIRE(seen.len == len && memcmp(seen.content, in->bytes, len) == 0);
  REQUIRE(found.may_keep == upshake_get_result(hs).keep);
  return upshake_get_result(hs).keep;
}

/* ---- The next request ---------------------------------------------------- */

static void drive(upshake *hs, input *in) {
  static seen_body none;
  none.len = 0;
  while (upshake_get_result(hs).next == UPSHAKE_READ && in->at < in->len)
    step_handshake(hs, in, &none);
}

/* The bytes behind `begin` are judged as those of a connection. */
static void check_next(upshake *hs, input *in, size_t begin) {
  static char other[CAP];
  upshake_result a, b;
  upshake fresh;
  size_t used;
  drive(hs, in);
  a = upshake_get_result(hs);
  REQUIRE(!upshake_init(&fresh, hs->config, other, CAP, NULL));
  begin = least(begin, in->len);
  upshake_feed(&fresh, in->bytes + begin, in->len - begin, &used);
  b = upshake_get_result(&fresh);
  REQUIRE(a.next == b.next && a.error == b.error && a.status == b.status);
  REQUIRE(a.offset == b.offset && a.consumed == b.consumed);
  REQUIRE(a.body_left == b.body_left && a.may_keep == b.may_keep);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  upshake_config config = {table, 1, .decide = NULL};
  char head[128];
  input in;
  upshake hs;
  size_t used, len;
  uint64_t unread;
  if (size < 8 || size > 3000)
    return 0;
  memcpy(&in, data, 8);
  in.bytes = exact((const char *)data + 8, size - 8);
  in.len = size - 8;
  in.at = 0;
  in.is_chunked &= 1;
  in.reads &= 1;
  in.commits &= 1;
  config.limits.body = in.limit;
  len = (size_t)snprintf(
      head, sizeof head, "POST / HTTP/1.1\r\nHost: a\r\n%s%d\r\n\r\n",
      in.is_chunked ? "Transfer-Encoding: chunked\r\nA: " : "Content-Length: ",
      in.body_len);
  REQUIRE(!upshake_init(&hs, &config, memory, CAP, NULL));
  REQUIRE(upshake_feed(&hs, head, len, &used) == UPSHAKE_PLAIN && used == len);
  unread = upshake_get_result(&hs).body_left;
  if (in.reads)
    check_body(&hs, &in);
  if (upshake_get_result(&hs).next == UPSHAKE_PLAIN) {
    size_t begin = in.reads ? in.at - upshake_rest(&hs).len : (size_t)unread;
    int keeps = check_answer(&hs, &in);
    REQUIRE(upshake_reset(&hs) == (keeps ? UPSHAKE_OK : UPSHAKE_ERR_STATE));
    if (keeps)
      check_next(&hs, &in, begin);
  }
  free((void *)(uintptr_t)in.bytes);
  return 0;
}
