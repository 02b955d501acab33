/* SPDX-License-Identifier: MIT
 *
 * The golden vectors, run: every case whole, octet by octet, at every cut in
 * two and through room and commit, from memory of the exact size, with the
 * same outcome each time; then once more through the layer that judges the
 * fields of another parser.
 *
 * usage: test_vectors [FILE.md ...]   (default: all chapters)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vectors.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef UPSHAKE_VECTORS_DIR
#define UPSHAKE_VECTORS_DIR "tests/vectors"
#endif

enum { MIN_CASES = 300 };

/* ---- What is said of a case that fails ---------------------------------- */

typedef struct run {
  const vector *v;
  const char *how; /* in which way it is run */
  size_t cut;
  unsigned failures;

  /* What the callback has done. */
  unsigned decisions;
  upshake_error choose_error;
} run;

static void report(run *r, const char *what, const char *expected,
                   const char *actual) {
  if (r->failures++ == 0)
    print_error("%s:%zu: %s\n", r->v->file, r->v->line, r->v->title);
  print_error("  %s (%s %zu)\n    expected %s\n    actual   %s\n", what, r->how,
              r->cut, expected, actual);
}

/* The octets as the vectors write them. */
static const char *escape(char out[600], upshake_slice octets) {
  char *at = out;
  if (octets.ptr == NULL && octets.len == 0)
    return "absent";
  for (size_t i = 0; i < octets.len && at < out + 590; i++) {
    unsigned char c = (unsigned char)octets.ptr[i];
    if (c == '\r' || c == '\n' || c == '\t' || c == '\\')
      at += sprintf(at, "\\%c", "tn??r"[c == '\\' ? 2 : c - '\t']);
    else if (c < ' ' || c > '~')
      at += sprintf(at, "\\x%02x", c);
    else
      *at++ = (char)c;
  }
  *at = 0;
  return out;
}

static int same_octets(upshake_slice a, upshake_slice b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static void expect_octets(run *r, const char *what, upshake_slice expected,
                          upshake_slice actual) {
  char one[600], two[600];
  if (!same_octets(expected, actual) ||
      (expected.ptr == NULL) != (actual.ptr == NULL))
    report(r, what, escape(one, expected), escape(two, actual));
}

static void expect_number(run *r, const char *what, uint64_t expected,
                          uint64_t actual) {
  char one[24], two[24];
  if (expected == actual)
    return;
  snprintf(one, sizeof one, "%llu", (unsigned long long)expected);
  snprintf(two, sizeof two, "%llu", (unsigned long long)actual);
  report(r, what, one, two);
}

static void expect_error(run *r, const char *what, upshake_error expected,
                         upshake_error actual) {
  if (expected != actual)
    report(r, what, upshake_explain(expected).name,
           upshake_explain(actual).name);
}

static void expect_true(run *r, const char *what, int is_so) {
  if (!is_so)
    report(r, what, "yes", "no");
}

static void expect_next(run *r, const char *what, upshake_next expected,
                        upshake_next actual) {
  static const char *const names[] = {"READ", "DECIDE", "SEND", "PLAIN", "?"};
  if (expected != actual)
    report(r, what, names[expected], names[actual > 4 ? 4 : actual]);
}

/* ---- What one run shows ------------------------------------------------- */

typedef struct seen {
  upshake_result result;
  upshake_request request;
  upshake_slice head;
  unsigned decisions;
  upshake_error call, reply_error;
  upshake_slice reply;
  char *memory; /* of the head; the slices point into it */
  char *written;
} seen;

static void drop_seen(seen *s) {
  free(s->memory);
  free(s->written);
}

static char *room_of(size_t len) {
  char *room = malloc(len);
  if (room == NULL && len > 0)
    abort();
  return room;
}

static char *copy(const char *octets, size_t len) {
  char *copied = room_of(len);
  if (len > 0)
    memcpy(copied, octets, len);
  return copied;
}

static upshake_slice part(upshake_slice octets, size_t from, size_t to) {
  upshake_slice slice = {octets.ptr + from, to - from};
  return slice;
}

static upshake_slice protocol_name(const upshake_protocol *protocol) {
  upshake_slice name = {NULL, 0};
  if (protocol == NULL)
    return name;
  name.ptr = protocol->token;
  name.len = strlen(protocol->token);
  return name;
}

/* A judged request has no place in a stream, and all its fields are known
 * where a parser stops at one of them. */
static void expect_same_result(run *r, const upshake_result *a,
                               const upshake_result *b, int judged) {
  expect_next(r, "next", a->next, b->next);
  expect_error(r, "error", a->error, b->error);
  expect_number(r, "status", (uint64_t)a->status, (uint64_t)b->status);
  expect_true(r, "same protocol", a->protocol == b->protocol);
  expect_octets(r, "subprotocol", a->subprotocol, b->subprotocol);
  expect_number(r, "may-keep", a->may_keep != 0, b->may_keep != 0);
  if (!judged || a->body_left != UPSHAKE_BODY_UNKNOWN)
    expect_number(r, "body-left", a->body_left, b->body_left);
  if (judged)
    return;
  expect_number(r, "offset", a->offset, b->offset);
  expect_number(r, "consumed", a->consumed, b->consumed);
}

static void expect_same_request(run *r, const upshake_request *a,
                                const upshake_request *b) {
  expect_octets(r, "method", a->method, b->method);
  expect_octets(r, "target", a->target, b->target);
  expect_octets(r, "scheme", a->scheme, b->scheme);
  expect_octets(r, "authority", a->authority, b->authority);
  expect_octets(r, "path", a->path, b->path);
  expect_octets(r, "query", a->query, b->query);
  expect_octets(r, "fields", a->fields, b->fields);
}

static void expect_same(run *r, const seen *a, const seen *b, int judged) {
  expect_same_result(r, &a->result, &b->result, judged);
  if (!judged)
    expect_same_request(r, &a->request, &b->request);
  expect_number(r, "decisions", a->decisions, b->decisions);
  expect_error(r, "call", a->call, b->call);
  expect_error(r, "reply call", a->reply_error, b->reply_error);
  expect_octets(r, "reply", a->reply, b->reply);
}

/* ---- The host's side ---------------------------------------------------- */

static int decide(upshake *hs, void *user) {
  run *r = user;
  upshake_result before = upshake_get_result(hs);
  upshake_error error = UPSHAKE_OK;
  r->decisions++;
  expect_next(r, "next in the callback", UPSHAKE_DECIDE, before.next);
  if (r->v->chooses_protocol)
    error = upshake_choose_protocol(hs, (size_t)r->v->place);
  if (error == UPSHAKE_OK && r->v->chooses_subprotocol) {
    upshake_slice name = r->v->choice;
    char *copied = name.ptr == NULL ? NULL : copy(name.ptr, name.len);
    name.ptr = copied;
    error = upshake_choose_subprotocol(hs, name);
    free(copied);
  }
  upshake_result after = upshake_get_result(hs);
  if (error != UPSHAKE_OK)
    expect_same_result(r, &before, &after, 0);
  r->choose_error = error;
  return r->v->answer;
}

static upshake_config config_of(run *r) {
  upshake_config config = r->v->config;
  config.decide = r->v->decides ? decide : NULL;
  r->decisions = 0;
  r->choose_error = UPSHAKE_OK;
  return config;
}

/* A whole reply in parts of n octets. */
static void expect_parts(run *r, upshake *hs, const seen *s, size_t n) {
  size_t from = 0, len;
  for (;;) {
    char *out = room_of(n);
    upshake_error error =
        upshake_reply_part(hs, &r->v->extra, from, out, n, &len);
    expect_error(r, "reply in parts", s->reply_error, error);
    if (len > n || from + len > s->reply.len || error != UPSHAKE_OK) {
      expect_number(r, "len of a part", 0, len);
      free(out);
      return;
    }
    upshake_slice actual = {out, len};
    if (len > 0)
      expect_octets(r, "a part of the reply", part(s->reply, from, from + len),
                    actual);
    free(out);
    if (len == 0)
      break;
    from += len;
  }
  expect_number(r, "len of all parts", s->reply.len, from);
}

/* With one octet too few nothing is written. */
static void expect_room(run *r, upshake *hs, const seen *s, size_t size,
                        const upshake_extra *extra) {
  size_t len = 1;
  upshake_error error = upshake_reply(hs, extra, s->written, size - 1, &len);
  expect_error(r, "reply with too little room", UPSHAKE_ERR_ROOM, error);
  expect_number(r, "the room that it asks for", size, len);
  expect_true(r, "nothing is written",
              s->written[0] == 'Z' &&
                  memcmp(s->written, s->written + 1, size - 1) == 0);
}

/* Ask for the size, then write into exactly that. */
static void write_reply(run *r, upshake *hs, seen *s,
                        const upshake_extra *extra) {
  size_t size = 1, len = 1;
  upshake_error error = upshake_reply(hs, extra, NULL, 0, &size);
  s->reply_error = error == UPSHAKE_ERR_ROOM ? UPSHAKE_OK : error;
  if (error != UPSHAKE_ERR_ROOM) {
    expect_true(r, "reply is refused", error != UPSHAKE_OK && size == 0);
    return;
  }
  s->written = room_of(size);
  memset(s->written, 'Z', size);
  if (r->cut == 0)
    expect_room(r, hs, s, size, extra);
  error = upshake_reply(hs, extra, s->written, size, &len);
  expect_error(r, "reply", UPSHAKE_OK, error);
  expect_number(r, "len of the reply", size, len);
  s->reply.ptr = s->written;
  s->reply.len = size;
}

static int has_extra(const vector *v) {
  return v->extra.fields_len > 0 || v->extra.date.len > 0 ||
         v->extra.body.len > 0 || v->extra.keep;
}

/* What the host does when all octets were fed, and what it then sees. */
static void finish(run *r, upshake *hs, seen *s) {
  upshake_result before = upshake_get_result(hs);
  s->call = r->choose_error;
  if (r->v->refuses) {
    upshake_error error = upshake_answer(hs, r->v->refusal);
    upshake_result after = upshake_get_result(hs);
    if (error != UPSHAKE_OK)
      expect_same_result(r, &before, &after, 0);
    s->call = s->call == UPSHAKE_OK ? error : s->call;
  }
  s->result = upshake_get_result(hs);
  s->decisions = r->decisions;
  write_reply(r, hs, s, has_extra(r->v) ? &r->v->extra : NULL);
  upshake_result after = upshake_get_result(hs);
  expect_same_result(r, &s->result, &after, 0);
  if (s->result.next != UPSHAKE_SEND)
    expect_error(r, "reply without SEND", UPSHAKE_ERR_STATE, s->reply_error);
  /* Without a reply to write, STATE is worth telling where it is asked for. */
  if (s->call == UPSHAKE_OK &&
      (s->result.next == UPSHAKE_SEND || r->v->call == UPSHAKE_ERR_STATE))
    s->call = s->reply_error;
}

/* ---- Feeding ------------------------------------------------------------ */

typedef enum way { WHOLE, OCTETS, CUT, ROOM } way;

static size_t piece_len(const run *r, way how, size_t at, size_t len) {
  if (how == OCTETS)
    return 1;
  return how == CUT && at < r->cut ? r->cut - at : len - at;
}

/* States can be copied and moved: each octet meets another one. */
static void move_state(upshake *hs) {
  upshake moved;
  memcpy(&moved, hs, sizeof moved);
  memset(hs, 0x5a, sizeof *hs);
  memcpy(hs, &moved, sizeof moved);
}

/* Returns how many octets were taken. */
static size_t feed_pieces(run *r, upshake *hs, way how) {
  upshake_slice octets = r->v->octets;
  upshake_next next = UPSHAKE_READ;
  size_t taken = 0, used = 1;
  expect_next(r, "feed of nothing", next, upshake_feed(hs, NULL, 0, &used));
  expect_number(r, "used of nothing", 0, used);
  while (taken < octets.len && next == UPSHAKE_READ) {
    size_t len = piece_len(r, how, taken, octets.len);
    char *piece = copy(octets.ptr + taken, len);
    next = upshake_feed(hs, piece, len, &used);
    free(piece);
    if (used > len || (next == UPSHAKE_READ && used < len)) {
      expect_number(r, "used", len, used);
      break;
    }
    taken += used;
    if (how == OCTETS)
      move_state(hs);
  }
  return taken;
}

/* Returns how many octets were committed. */
static size_t commit_pieces(upshake *hs, upshake_slice octets) {
  size_t taken = 0, cap;
  for (;;) {
    void *room = upshake_room(hs, &cap);
    size_t len = octets.len - taken < cap ? octets.len - taken : cap;
    if (len == 0)
      return taken;
    memcpy(room, octets.ptr + taken, len);
    upshake_commit(hs, len);
    taken += len;
  }
}

/* A handshake that is finished takes nothing more, and stays as it is. */
static void expect_finished(run *r, upshake *hs) {
  upshake_result before = upshake_get_result(hs);
  if (before.next == UPSHAKE_READ)
    return;
  size_t used = 1, cap = 1;
  char *octet = copy("G", 1);
  upshake_next next = upshake_feed(hs, octet, 1, &used);
  free(octet);
  upshake_room(hs, &cap);
  upshake_result after = upshake_get_result(hs);
  expect_next(r, "next of a second feed", before.next, next);
  expect_number(r, "used of a second feed", 0, used);
  expect_number(r, "room behind the end", 0, cap);
  expect_same_result(r, &before, &after, 0);
}

/* The head, then what was not taken, is the stream as it came.  What is fed is
 * taken to the end of the head; what is committed is all taken. */
static void expect_stream(run *r, upshake *hs, const seen *s, size_t taken,
                          way how) {
  upshake_slice octets = r->v->octets;
  upshake_slice rest = upshake_rest(hs);
  size_t end = how == ROOM ? s->head.len + rest.len : s->head.len;
  expect_number(r, "consumed is the head", s->head.len, s->result.consumed);
  expect_number(r, "octets taken", end, taken);
  expect_number(r, "rest is behind the head", end, s->head.len + rest.len);
  if (end > octets.len || s->head.len + rest.len != end)
    return;
  expect_true(r, "head is what came",
              same_octets(s->head, part(octets, 0, s->head.len)));
  expect_true(r, "rest is what came",
              same_octets(rest, part(octets, s->head.len, end)));
}

static seen run_once(run *r, way how, size_t cut) {
  static const char *const names[] = {"whole", "octet by octet", "cut at",
                                      "room and commit"};
  seen s = {0};
  upshake hs;
  upshake_config config = config_of(r);
  r->how = names[how];
  r->cut = cut;
  /* A head memory that is never full is as good as any larger one. */
  size_t cap = r->v->head_max;
  cap = cap > r->v->octets.len ? r->v->octets.len + 1 : cap;
  s.memory = room_of(cap);
  expect_error(r, "init", UPSHAKE_OK,
               upshake_init(&hs, &config, s.memory, cap, r));
  size_t taken =
      how == ROOM ? commit_pieces(&hs, r->v->octets) : feed_pieces(r, &hs, how);
  expect_finished(r, &hs);
  finish(r, &hs, &s);
  s.request = upshake_get_request(&hs);
  s.head = upshake_head(&hs);
  expect_stream(r, &hs, &s, taken, how);
  if (s.written != NULL && (how == WHOLE || how == OCTETS)) {
    expect_parts(r, &hs, &s, 1);
    expect_parts(r, &hs, &s, 7);
    expect_parts(r, &hs, &s, 64);
  }
  return s;
}

/* ---- What the case expects ---------------------------------------------- */

/* The octet behind the head that begins with the first line that is not
 * empty, or NOT_GIVEN. */
static size_t end_of_head(upshake_slice octets) {
  size_t at = 0;
  while (at + 2 <= octets.len && memcmp(octets.ptr + at, "\r\n", 2) == 0)
    at += 2;
  for (; at + 4 <= octets.len; at++)
    if (memcmp(octets.ptr + at, "\r\n\r\n", 4) == 0)
      return at + 4;
  return VECTOR_NOT_GIVEN;
}

static void expect_place(run *r, const seen *s) {
  const vector *v = r->v;
  size_t offset = v->bad_at;
  size_t consumed = v->consumed_at;
  if (consumed == VECTOR_NOT_GIVEN && v->outcome != VECTOR_REFUSED)
    consumed = v->octets.len;
  if (consumed != VECTOR_NOT_GIVEN)
    expect_number(r, "consumed", consumed, s->result.consumed);
  /* Where the host refuses nothing is wrong with any octet. */
  if (offset == VECTOR_NOT_GIVEN && v->outcome == VECTOR_REFUSED &&
      v->error != UPSHAKE_ERR_REFUSED && v->error != UPSHAKE_ERR_DECISION)
    offset = end_of_head(v->octets);
  if (offset != VECTOR_NOT_GIVEN)
    expect_number(r, "offset", offset, s->result.offset);
}

static void expect_texts(run *r, const seen *s) {
  upshake_slice actual[VECTOR_TEXTS] = {
      protocol_name(s->result.protocol),
      s->result.subprotocol,
      s->request.method,
      s->request.target,
      s->request.authority,
      s->request.scheme,
      s->request.path,
      s->request.query,
      part(r->v->octets, s->result.consumed, r->v->octets.len),
  };
  for (size_t i = 0; i < VECTOR_TEXTS; i++)
    if (r->v->texts_given[i])
      expect_octets(r, vector_text_names[i], r->v->texts[i], actual[i]);
}

static void expect_outcome(run *r, const seen *s) {
  static const upshake_next next[] = {UPSHAKE_SEND, UPSHAKE_SEND, UPSHAKE_PLAIN,
                                      UPSHAKE_READ, UPSHAKE_DECIDE};
  const vector *v = r->v;
  expect_next(r, "next", next[v->outcome], s->result.next);
  expect_error(r, "error", v->error, s->result.error);
  expect_number(r, "status", v->status < 0 ? 0 : (uint64_t)v->status,
                (uint64_t)s->result.status);
  expect_place(r, s);
  expect_texts(r, s);
  expect_error(r, "call", v->call, s->call);
  if (v->may_keep)
    expect_number(r, "may-keep", v->may_keep == 2, s->result.may_keep != 0);
  if (v->body_left_given)
    expect_number(r, "body-left", v->body_left, s->result.body_left);
  if (v->reply_given)
    expect_octets(r, "reply", v->reply, s->reply);
}

/* ---- What every reply must be ------------------------------------------- */

/* Take a line that ends with CRLF; absent where there is none. */
static upshake_slice take_line(upshake_slice *octets) {
  upshake_slice line = {NULL, 0};
  for (size_t i = 0; i + 1 < octets->len; i++)
    if (memcmp(octets->ptr + i, "\r\n", 2) == 0) {
      line = part(*octets, 0, i);
      *octets = part(*octets, i + 2, octets->len);
      break;
    }
  return line;
}

/* The field lines of a response: how many are named so, and the last value. */
static unsigned count_fields(upshake_slice head, const char *name,
                             upshake_slice *value) {
  size_t len = strlen(name);
  unsigned count = 0;
  for (upshake_slice line; (line = take_line(&head)).len > 0;)
    if (line.len >= len + 2 && memcmp(line.ptr, name, len) == 0 &&
        memcmp(line.ptr + len, ": ", 2) == 0) {
      *value = part(line, len + 2, line.len);
      count++;
    }
  return count;
}

/* Status line and field lines, each with its CRLF; returns the body. */
static upshake_slice take_response(run *r, upshake_slice reply, int status,
                                   upshake_slice *head) {
  char expected[16];
  upshake_slice rest = reply;
  upshake_slice line = take_line(&rest);
  snprintf(expected, sizeof expected, "HTTP/1.1 %03d ", status);
  expect_true(r, "status line",
              line.len >= 13 && memcmp(line.ptr, expected, 13) == 0);
  *head = rest;
  while ((line = take_line(&rest)).len > 0) {
    const char *colon = memchr(line.ptr, ':', line.len);
    expect_true(r, "field line",
                colon != NULL && colon > line.ptr &&
                    memchr(line.ptr, '\r', line.len) == NULL &&
                    memchr(line.ptr, '\n', line.len) == NULL);
  }
  expect_true(r, "the head of the reply ends", line.ptr != NULL);
  *head = part(reply, (size_t)(head->ptr - reply.ptr),
               (size_t)(rest.ptr - reply.ptr));
  return rest;
}

static uint64_t number_of(upshake_slice value) {
  uint64_t n = value.len == 0 ? UINT64_MAX : 0;
  for (size_t i = 0; i < value.len; i++)
    n = n * 10 + (uint64_t)(unsigned char)value.ptr[i] - '0';
  return n;
}

static int to_head_method(upshake_slice octets) {
  while (octets.len >= 2 && memcmp(octets.ptr, "\r\n", 2) == 0)
    octets = part(octets, 2, octets.len);
  return octets.len >= 5 && memcmp(octets.ptr, "HEAD ", 5) == 0;
}

/* A refusal says how long it is and what becomes of the connection. */
static void expect_refusal(run *r, const seen *s) {
  upshake_slice head, value = {NULL, 0};
  int status = s->result.status;
  upshake_slice body = take_response(r, s->reply, status, &head);
  expect_true(r, "status of a refusal", status >= 300 && status <= 599);
  unsigned count = count_fields(head, "Connection", &value);
  int closes =
      value.len >= 5 && memcmp(value.ptr + value.len - 5, "close", 5) == 0;
  expect_true(r, "one Connection", r->v->extra.keep ? count <= 1 : count == 1);
  expect_true(r, "Connection says close or not",
              count == 0 || closes == !r->v->extra.keep);
  expect_number(r, "Transfer-Encoding", 0,
                count_fields(head, "Transfer-Encoding", &value));
  count = count_fields(head, "Content-Length", &value);
  if (status == 304) {
    expect_true(r, "no body in a 304", count <= 1 && body.len == 0);
    return;
  }
  expect_number(r, "one Content-Length", 1, count);
  if (to_head_method(r->v->octets)) {
    expect_number(r, "body to HEAD", 0, body.len);
    body = r->v->extra.body;
  }
  expect_number(r, "Content-Length", body.len, number_of(value));
}

/* RFC 9110 15.2.2: a 101 names the protocol and has no body. */
static void expect_switch(run *r, const seen *s) {
  static const char first[] = "HTTP/1.1 100 Continue\r\n\r\n";
  upshake_slice head, value = {NULL, 0}, reply = s->reply;
  size_t len = sizeof first - 1;
  if (reply.len > len && memcmp(reply.ptr, first, len) == 0)
    reply = part(reply, len, reply.len);
  upshake_slice body = take_response(r, reply, 101, &head);
  expect_number(r, "body of a 101", 0, body.len);
  expect_number(r, "one Upgrade", 1, count_fields(head, "Upgrade", &value));
  expect_number(r, "no Content-Length", 0,
                count_fields(head, "Content-Length", &value));
  expect_number(r, "no Transfer-Encoding", 0,
                count_fields(head, "Transfer-Encoding", &value));
  expect_number(r, "one Connection", 1,
                count_fields(head, "Connection", &value));
  expect_true(r, "Connection: Upgrade",
              value.len == 7 && memcmp(value.ptr, "Upgrade", 7) == 0);
}

static void expect_reply(run *r, const seen *s) {
  if (s->written != NULL && s->result.status == UPSHAKE_ACCEPT)
    expect_switch(r, s);
  else if (s->written != NULL)
    expect_refusal(r, s);
}

/* ---- The judging layer -------------------------------------------------- */

/* A request as another parser gives it. */
typedef struct parsed {
  upshake_slice method, target, fields;
  int version;
  upshake_field *lines; /* each in memory of its own */
  size_t *line_at;      /* where the line begins */
  size_t len;
} parsed;

static upshake_slice take_word(upshake_slice *line) {
  const char *blank = line->len == 0 ? NULL : memchr(line->ptr, ' ', line->len);
  size_t len = blank == NULL ? line->len : (size_t)(blank - line->ptr);
  upshake_slice word = part(*line, 0, len);
  *line = part(*line, blank == NULL ? len : len + 1, line->len);
  return word;
}

/* Returns 0 where the request line has not the shape of one. */
static int split_request_line(upshake_slice octets, parsed *p) {
  upshake_slice line;
  do
    line = take_line(&octets);
  while (line.ptr != NULL && line.len == 0);
  if (line.ptr == NULL)
    return 0;
  p->method = take_word(&line);
  p->target = take_word(&line);
  p->fields = octets;
  if (line.len != 8 || memcmp(line.ptr, "HTTP/", 5) != 0)
    return 0;
  p->version = (line.ptr[5] - '0') * 10 + line.ptr[7] - '0';
  return 1;
}

static upshake_slice copy_slice(upshake_slice octets) {
  octets.ptr = copy(octets.ptr, octets.len);
  return octets;
}

static void free_slice(upshake_slice slice) {
  char *octets;
  memcpy(&octets, &slice.ptr, sizeof octets);
  free(octets);
}

/* The field lines that begin before the octet `to`. */
static void split_fields(parsed *p, const char *begin, size_t to) {
  upshake_slice rest = p->fields;
  upshake_field field;
  size_t max = rest.len / 3 + 1; /* a line has at least "a:" and its end */
  p->lines = calloc(max, sizeof *p->lines);
  p->line_at = calloc(max, sizeof *p->line_at);
  for (;;) {
    size_t at = (size_t)(rest.ptr - begin);
    if (at >= to || !upshake_next_field(&rest, &field))
      break;
    p->line_at[p->len] = at;
    p->lines[p->len].name = copy_slice(field.name);
    p->lines[p->len++].value = copy_slice(field.value);
  }
}

/* The number of the field at that octet: 0 is the request line, and one more
 * than all is the end. */
static size_t number_of_field(const parsed *p, size_t offset, size_t end) {
  size_t number = 0;
  while (number < p->len && p->line_at[number] <= offset)
    number++;
  return offset >= end ? p->len + 1 : number;
}

/* What only a parser can find. */
static int only_parsed(const seen *s, size_t end) {
  upshake_error error = s->result.error;
  if (error >= UPSHAKE_ERR_TARGET_FORM && error <= UPSHAKE_ERR_TARGET_SECURED)
    return 0;
  if (error >= UPSHAKE_ERR_HOST_REPEATED &&
      error <= UPSHAKE_ERR_CODING_MALFORMED)
    return 0;
  return error != UPSHAKE_ERR_HTTP_VERSION &&
         (end == VECTOR_NOT_GIVEN || s->result.consumed < end ||
          error == UPSHAKE_ERR_HTTP2_PREFACE);
}

/* Slices but those of the target, Host and Sec-WebSocket-Protocol are used
 * until the end only: they are gone when the reply is written. */
static int lives_on(upshake_slice name) {
  return upshake_equal_fold(name, "Host") ||
         upshake_equal_fold(name, "Sec-WebSocket-Protocol");
}

static void free_lines(parsed *p, int all) {
  for (size_t i = 0; i < p->len; i++) {
    if (lives_on(p->lines[i].name) && !all)
      continue;
    free_slice(p->lines[i].value);
    p->lines[i].value.ptr = NULL;
  }
  for (size_t i = 0; all && i < p->len; i++)
    free_slice(p->lines[i].name);
}

static int same_name(const upshake_field *a, const upshake_field *b) {
  size_t i = 0;
  while (i < a->name.len && i < b->name.len &&
         (a->name.ptr[i] | 0x20) == (b->name.ptr[i] | 0x20))
    i++;
  return i == a->name.len && i == b->name.len;
}

/* The line to give as number i.  Reversed, lines of one name stay in their
 * order, in which they are one list (RFC 9110 5.3). */
static size_t place_of(const parsed *p, size_t i, int reversed) {
  size_t at = p->len - 1 - i, later = 0;
  if (!reversed)
    return i;
  for (size_t k = at + 1; k < p->len; k++)
    later += (size_t)same_name(&p->lines[k], &p->lines[at]);
  for (size_t k = 0;; k++)
    if (same_name(&p->lines[k], &p->lines[at]) && later-- == 0)
      return k;
}

static seen judge_once(run *r, parsed *p, int reversed) {
  seen s = {0};
  upshake_judge judge;
  upshake_config config = config_of(r);
  upshake_slice method = copy_slice(p->method);
  upshake_slice target = copy_slice(p->target);
  r->how = reversed ? "judged, reversed" : "judged";
  r->cut = 0;
  expect_error(
      r, "begin", UPSHAKE_OK,
      upshake_judge_begin(&judge, &config, r, method, target, p->version));
  for (size_t i = 0; i < p->len; i++) {
    const upshake_field *line = &p->lines[place_of(p, i, reversed)];
    upshake_judge_field(&judge, line->name, line->value);
  }
  upshake_next next = upshake_judge_end(&judge);
  free_slice(method);
  free_lines(p, 0);
  finish(r, &judge.hs, &s);
  if (!r->v->refuses)
    expect_next(r, "next of judge_end", next, s.result.next);
  free_slice(target);
  return s;
}

static void judge_case(run *r, const seen *first, int reversed) {
  upshake_slice octets = r->v->octets;
  size_t end = end_of_head(octets);
  parsed p = {0};
  if (only_parsed(first, end) || !split_request_line(octets, &p))
    return;
  split_fields(&p, octets.ptr, first->result.consumed);
  seen s = judge_once(r, &p, reversed);
  expect_same(r, first, &s, 1);
  if (s.result.status >= 300 && !reversed && !r->v->refuses &&
      s.result.error != UPSHAKE_ERR_REFUSED)
    expect_number(r, "number of the field",
                  number_of_field(&p, first->result.offset, end),
                  s.result.offset);
  free_lines(&p, 1);
  free(p.lines);
  free(p.line_at);
  drop_seen(&s);
}

/* ---- Running a case ----------------------------------------------------- */

static void run_again(run *r, const seen *first, way how, size_t cut) {
  seen s = run_once(r, how, cut);
  expect_same(r, first, &s, 0);
  drop_seen(&s);
}

/* Long cases are cut at their ends and at every 97th octet between. */
static size_t next_cut(size_t cut, size_t len) {
  int between = len > 2000 && cut >= 64 && cut + 64 + 97 < len;
  return cut + (between ? 97 : 1);
}

static unsigned run_case(const vector *v) {
  run r = {0};
  r.v = v;
  r.how = "read";
  r.cut = v->line;
  if (v->problem[0] != 0) {
    report(&r, "the case", "can be read", v->problem);
    return 1;
  }
  seen first = run_once(&r, WHOLE, 0);
  expect_outcome(&r, &first);
  expect_reply(&r, &first);
  run_again(&r, &first, OCTETS, 0);
  run_again(&r, &first, ROOM, 0);
  size_t len = v->octets.len;
  for (size_t cut = 1; cut < len && r.failures == 0; cut = next_cut(cut, len))
    run_again(&r, &first, CUT, cut);
  judge_case(&r, &first, 0);
  judge_case(&r, &first, 1);
  drop_seen(&first);
  return r.failures;
}

/* ---- The tests ---------------------------------------------------------- */

static vectors all;
static const char *const *files; /* of the command line, or NULL */

static int compare_names(const void *a, const void *b) {
  const char *one, *two;
  memcpy(&one, a, sizeof one);
  memcpy(&two, b, sizeof two);
  return strcmp(one, two);
}

static int is_chapter(const char *name) {
  size_t len = strlen(name);
  return len > 3 && strcmp(name + len - 3, ".md") == 0 &&
         strcmp(name, "README.md") != 0;
}

static void read_chapters(void) {
  const char *paths[64];
  char path[1024];
  size_t len = 0;
  DIR *dir = opendir(UPSHAKE_VECTORS_DIR);
  assert_non_null(dir);
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
    if (is_chapter(entry->d_name)) {
      assert_true(len < sizeof paths / sizeof *paths);
      snprintf(path, sizeof path, UPSHAKE_VECTORS_DIR "/%s", entry->d_name);
      paths[len++] = vectors_keep(&all, path, strlen(path) + 1);
    }
  closedir(dir);
  qsort(paths, len, sizeof *paths, compare_names);
  for (size_t i = 0; i < len; i++)
    assert_true(vectors_read(&all, paths[i]));
}

static int read_files(void **state) {
  (void)state;
  if (files == NULL)
    read_chapters();
  for (size_t i = 0; files != NULL && files[i] != NULL; i++)
    if (!vectors_read(&all, files[i]))
      return -1;
  return 0;
}

static int drop_files(void **state) {
  (void)state;
  vectors_free(&all);
  return 0;
}

static void every_case_has_its_outcome_however_it_is_cut(void **state) {
  unsigned failed = 0;
  (void)state;
  for (const vector *v = all.first; v != NULL; v = v->next)
    failed += run_case(v) > 0;
  print_message("%zu cases, %u of them failed\n", all.len, failed);
  assert_int_equal(failed, 0);
}

static void every_title_is_given_once(void **state) {
  (void)state;
  for (const vector *v = all.first; v != NULL; v = v->next)
    for (const vector *w = v->next; w != NULL; w = w->next)
      if (strcmp(v->title, w->title) == 0)
        fail_msg("%s:%zu: again: %s", w->file, w->line, w->title);
}

static int is_named(const char *id) {
  for (const vector *v = all.first; v != NULL; v = v->next)
    for (size_t i = 0; i < v->ids_len; i++)
      if (memcmp(v->ids[i], id, 4) == 0)
        return 1;
  return 0;
}

/* The table of the README has a line for each: | `B-01` | what | */
static void every_requirement_is_named_by_a_case(void **state) {
  FILE *readme = fopen(UPSHAKE_VECTORS_DIR "/README.md", "rb");
  unsigned owed = 0, missing = 0;
  char line[1024];
  (void)state;
  assert_non_null(readme);
  while (fgets(line, sizeof line, readme) != NULL)
    if (strncmp(line, "| `", 3) == 0 && vector_is_id(line + 3)) {
      owed++;
      if (is_named(line + 3))
        continue;
      missing++;
      print_error("no case for %s", line);
    }
  fclose(readme);
  assert_true(owed > 0);
  assert_int_equal(missing, 0);
}

static void there_are_enough_cases(void **state) {
  (void)state;
  assert_true(all.len >= MIN_CASES);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_case_has_its_outcome_however_it_is_cut),
      cmocka_unit_test(every_title_is_given_once),
      cmocka_unit_test(every_requirement_is_named_by_a_case),
      cmocka_unit_test(there_are_enough_cases),
  };
  const struct CMUnitTest some[] = {tests[0], tests[1]};
  if (argc == 1)
    return cmocka_run_group_tests(tests, read_files, drop_files);
  files = (const char *const *)argv + 1;
  return cmocka_run_group_tests(some, read_files, drop_files);
}
