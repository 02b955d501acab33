/* SPDX-License-Identifier: MIT
 *
 * The reader of bodies that stands alone, and the length of a body from fields
 * that another parser found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check.h"
#include "switches.h"

/* ---- Reading ------------------------------------------------------------- */

typedef struct row {
  uint64_t len, limit; /* for upshake_body_init */
  const char *body;
  upshake_error error;  /* INCOMPLETE: more is needed */
  size_t used;          /* bytes of the body, or the offset of the error */
  const char *content;  /* what was handed out */
  upshake_error closed; /* if the peer closes then */
} row;

#define CHUNKED UPSHAKE_BODY_CHUNKED, 0
#define TO_CLOSE UPSHAKE_BODY_TO_CLOSE
#define OK UPSHAKE_OK
#define MORE UPSHAKE_ERR_INCOMPLETE

static const row rows[] = {
    {0, 0, "next", OK, 0, "", OK},
    {0, 1, "next", OK, 0, "", OK},
    {5, 0, "hellonext", OK, 5, "hello", OK},
    {5, 5, "hello", OK, 5, "hello", OK},
    {5, 0, "hell", MORE, 4, "hell", MORE},
    {5, 0, "", MORE, 0, "", MORE},
    {5, 4, "hello", UPSHAKE_ERR_BODY_LONG, 0, "", UPSHAKE_ERR_BODY_LONG},
    {2, 1, "ab", UPSHAKE_ERR_BODY_LONG, 0, "", UPSHAKE_ERR_BODY_LONG},
    {TO_CLOSE, 0, "hello", MORE, 5, "hello", OK},
    {TO_CLOSE, 0, "", MORE, 0, "", OK},
    {TO_CLOSE, 5, "hello", MORE, 5, "hello", OK},
    {TO_CLOSE, 4, "hello", UPSHAKE_ERR_BODY_LONG, 4, "hell",
     UPSHAKE_ERR_BODY_LONG},
    {CHUNKED, "0\r\n\r\nnext", OK, 5, "", OK},
    {CHUNKED, "2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nA: b\r\n\r\nnext", OK, 30,
     "hello", OK},
    {CHUNKED, "2\r\nhe\r\n", MORE, 7, "he", MORE},
    {CHUNKED, "", MORE, 0, "", MORE},
    {CHUNKED, "2\r\nhex", UPSHAKE_ERR_CHUNK, 5, "he", UPSHAKE_ERR_CHUNK},
    {CHUNKED, "x", UPSHAKE_ERR_CHUNK, 0, "", UPSHAKE_ERR_CHUNK},
    {CHUNKED, "0\r\nA : b\r\n\r\n", UPSHAKE_ERR_TRAILER, 4, "",
     UPSHAKE_ERR_TRAILER},
    {UPSHAKE_BODY_CHUNKED, 4, "3\r\nhel\r\n2\r\nlo\r\n", UPSHAKE_ERR_BODY_LONG,
     8, "hel", UPSHAKE_ERR_BODY_LONG},
    {UPSHAKE_BODY_CHUNKED, 5, "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", OK, 20,
     "hello", OK},
};

/* Reads a row in pieces: up to `cut`, then `step` bytes each. */
static void read_row(const row *r, size_t cut, size_t step) {
  size_t len = strlen(r->body), at = 0, content_len = 0, used;
  char content[16];
  upshake_error error;
  upshake_body body, moved;
  upshake_slice piece;
  upshake_body_init(&body, r->len, r->limit);
  do {
    size_t end = at < cut ? cut : at + step, n;
    char *bytes;
    end = end < len ? end : len;
    n = end - at;
    bytes = exact(r->body + at, n);
    memcpy(&moved, &body, sizeof body);
    error = upshake_body_read(&moved, bytes, n, &used, &piece);
    memcpy(&body, &moved, sizeof body);
    assert_true(used <= n && content_len + piece.len < sizeof content);
    if (piece.len > 0) {
      assert_true(piece.ptr >= bytes && piece.ptr + piece.len <= bytes + used);
      memcpy(content + content_len, piece.ptr, piece.len);
    }
    content_len += piece.len;
    at += used;
    free(bytes);
    assert_true(error != MORE || used > 0 || n == 0);
  } while (error == MORE && at < len);
  assert_int_equal(error, r->error);
  assert_slice(part_of(content, content_len), r->content);
  if (error == OK || error == MORE)
    assert_int_equal(at, r->used);
  else
    assert_int_equal(upshake_body_offset(&body), r->used);
  assert_int_equal(upshake_body_closed(&body), r->closed);
  if (error == MORE)
    return;
  assert_int_equal(upshake_body_read(&body, "0", 1, &used, &piece), error);
  assert_int_equal(used + piece.len, 0);
}

static void reads_each_body_however_it_is_split(void **state) {
  NEEDS(BODIES);
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    for (size_t cut = 0; cut <= strlen(rows[i].body); cut++)
      for (size_t step = 1; step < 100; step += 49)
        read_row(&rows[i], cut, step);
}

static void takes_nothing_from_nothing(void **state) {
  NEEDS(BODIES);
  upshake_slice content;
  upshake_body body;
  size_t used = 9;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_body_init(&body, rows[i].len, rows[i].limit);
    assert_int_equal(upshake_body_read(&body, NULL, 0, &used, &content),
                     rows[i].len == 0 ? OK
                     : rows[i].error == UPSHAKE_ERR_BODY_LONG && rows[i].len < 9
                         ? UPSHAKE_ERR_BODY_LONG
                         : MORE);
    assert_int_equal(used, 0);
    assert_absent(content);
  }
}

/* ---- The length ---------------------------------------------------------- */

static void finds_the_length_of_a_body(void **state) {
  static const struct {
    const char *raw;
    int version;
    upshake_error error;
    uint64_t len;
  } lengths[] = {
      {"", 11, OK, 0},
      {"Host: a\r\nContent-Length: 5\r\n", 11, OK, 5},
      {"content-length: 5\r\n", 10, OK, 5},
      {"Transfer-Encoding: Chunked\r\n", 11, OK, UPSHAKE_BODY_CHUNKED},
      {"Content-Length: 5\r\nContent-Length: 5\r\n", 11,
       UPSHAKE_ERR_LENGTH_REPEATED, 0},
      {"Content-Length: +5\r\n", 11, UPSHAKE_ERR_LENGTH_MALFORMED, 0},
      {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 11,
       UPSHAKE_ERR_LENGTH_AND_CODING, 0},
      {"Transfer-Encoding: chunked\r\n", 10, UPSHAKE_ERR_CODING_IN_1_0, 0},
      {"Transfer-Encoding: gzip\r\n", 11, UPSHAKE_ERR_CODING_NOT_CHUNKED, 0},
      {"Transfer-Encoding: gzip, chunked\r\n", 11, UPSHAKE_ERR_CODING_UNKNOWN,
       UPSHAKE_BODY_CHUNKED},
      {"Transfer-Encoding: chunked;a=b\r\n", 11, UPSHAKE_ERR_CODING_MALFORMED,
       0},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(lengths); i++) {
    upshake_fields fields = {text(lengths[i].raw), NULL, 0};
    uint64_t len = 99;
    assert_int_equal(upshake_find_body(fields, lengths[i].version, &len),
                     lengths[i].error);
    assert_true(len == lengths[i].len);
  }
}

/* ---- Chunks that are sent ------------------------------------------------ */

static void writes_what_goes_before_a_chunk(void **state) {
  static const struct {
    uint64_t len;
    const char *text;
  } chunks[] = {{0, "0\r\n\r\n"},
                {1, "1\r\n"},
                {26, "1a\r\n"},
                {65536, "10000\r\n"},
                {UINT64_MAX, "ffffffffffffffff\r\n"}};
  char out[UPSHAKE_CHUNK_CAP];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(chunks); i++)
    assert_slice(part_of(out, upshake_chunk(chunks[i].len, out)),
                 chunks[i].text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_each_body_however_it_is_split),
      cmocka_unit_test(takes_nothing_from_nothing),
      cmocka_unit_test(finds_the_length_of_a_body),
      cmocka_unit_test(writes_what_goes_before_a_chunk),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
