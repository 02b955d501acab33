/* SPDX-License-Identifier: MIT
 *
 * What the tests of the reply writer share: writing from exact memory, whole
 * and in parts.  It needs cmocka.h before it.
 */
#ifndef CHECK_REPLY_H
#define CHECK_REPLY_H

#include "check.h"
#include "check_error.h"

#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define ROOM 4096

static const upshake_response switching = {
    .status = 101,
    .upgrade = {UPSHAKE_TEXT("websocket")},
    .accept = {UPSHAKE_TEXT(ACCEPT)}};
static const upshake_response not_found = {.status = 404};

/* ---- Writing, from exact memory -------------------------------------------
 */

static char written[ROOM];
static size_t written_len;

/* Into memory with room; what is behind the reply stays as it was.  After an
 * error written_len is the place of the culprit, and 0 if there is none. */
static inline upshake_error write_roomy(const upshake_response *response,
                                        const upshake_extra *extra) {
  size_t len;
  upshake_error error;
  memset(written, 0x5a, sizeof written);
  written_len = 12345;
  error = upshake_write(response, extra, written, sizeof written, &written_len);
  if (is_of_extra(error))
    assert_true(written_len <= (extra ? extra->fields_len : 0));
  else if (error != UPSHAKE_OK)
    assert_int_equal(written_len, 0);
  assert_true(written_len < sizeof written);
  len = error == UPSHAKE_OK ? written_len : 0;
  for (size_t i = len; i < sizeof written; i++)
    assert_int_equal(written[i], 0x5a);
  return error;
}

/* One octet of room too few, down to none: nothing is written. */
static inline void assert_sizes(const upshake_response *response,
                                const upshake_extra *extra) {
  for (size_t cap = 0; cap <= written_len; cap++) {
    size_t len = 54321;
    char *out = malloc(cap);
    upshake_error error;
    if (cap > 0)
      memset(out, 0x5a, cap);
    error = upshake_write(response, extra, out, cap, &len);
    assert_int_equal(len, written_len);
    if (cap == written_len) {
      assert_int_equal(error, UPSHAKE_OK);
      assert_memory_equal(out, written, cap);
    } else {
      assert_int_equal(error, UPSHAKE_ERR_ROOM);
      for (size_t i = 0; i < cap; i++)
        assert_int_equal(out[i], 0x5a);
    }
    free(out);
  }
}

/* The next part, where `from` octets were given out.  A part of no bytes is
 * refused: *len 0 would say that the reply has ended. */
static inline void assert_part(const upshake_response *response,
                               const upshake_extra *extra,
                               upshake_cursor *cursor, size_t from,
                               size_t cap) {
  size_t len = 54321;
  size_t left = written_len - from;
  size_t expected = cap < left ? cap : left;
  char *out = malloc(cap);
  if (cap > 0)
    memset(out, 0x5a, cap);
  assert_int_equal(upshake_write_part(response, extra, cursor, out, cap, &len),
                   cap > 0 ? UPSHAKE_OK : UPSHAKE_ERR_ROOM);
  assert_int_equal(len, cap > 0 ? expected : 1);
  if (expected > 0)
    assert_memory_equal(out, written + from, len);
  for (size_t i = expected; i < cap; i++)
    assert_int_equal(out[i], 0x5a);
  free(out);
}

/* Parts of one size up to the end, which is the same as often as one asks. */
static inline void assert_walk(const upshake_response *response,
                               const upshake_extra *extra, size_t cap) {
  upshake_cursor cursor = {0};
  size_t from = 0;
  while (from < written_len) {
    assert_part(response, extra, &cursor, from, cap);
    from += cap < written_len - from ? cap : written_len - from;
  }
  for (size_t again = 0; again < 3; again++)
    assert_part(response, extra, &cursor, written_len, 10);
}

/* Two parts of any sizes, of which the first ends anywhere. */
static inline void assert_parts(const upshake_response *response,
                                const upshake_extra *extra) {
  for (size_t from = 0; from <= written_len; from++) {
    upshake_cursor first = {0};
    assert_part(response, extra, &first, 0, from);
    for (size_t cap = 0; cap <= written_len + 1; cap += cap < 20 ? 1 : 17) {
      upshake_cursor copy = first;
      assert_part(response, extra, &copy, from, cap);
    }
  }
  for (size_t cap = 1; cap <= written_len + 1; cap += cap < 20 ? 1 : 17)
    assert_walk(response, extra, cap);
}

static inline reply_view write_view(const upshake_response *response,
                                    const upshake_extra *extra) {
  upshake_error error = write_roomy(response, extra);
  reply_view view;
  if (error != UPSHAKE_OK)
    fail_msg("status %d: %s", response->status, upshake_explain(error).name);
  view = view_reply(written, written_len);
  assert_int_equal(view.status, response->status);
  assert_true(is_framed(view, response->to_head));
  return view;
}

/* Nothing comes out, neither whole nor in parts nor as a size. */
static inline void assert_error(const upshake_response *response,
                                const upshake_extra *extra,
                                upshake_error expected) {
  upshake_error error = write_roomy(response, extra);
  const upshake_cursor fresh = {0};
  upshake_cursor cursor = fresh;
  size_t len = 9999;
  char out[8];
  memset(out, 0x5a, sizeof out);
  if (expected == UPSHAKE_ERRORS_LEN) { /* some error */
    assert_int_not_equal(error, UPSHAKE_OK);
    assert_int_not_equal(error, UPSHAKE_ERR_ROOM);
  } else if (error != expected)
    fail_msg("status %d: %s, not %s", response->status,
             upshake_explain(error).name, upshake_explain(expected).name);
  assert_int_equal(upshake_write(response, extra, NULL, 0, &len), error);
  assert_int_equal(len, written_len);
  len = 9999;
  assert_int_equal(
      upshake_write_part(response, extra, &cursor, out, sizeof out, &len),
      error);
  assert_int_equal(len, written_len);
  assert_memory_equal(&cursor, &fresh, sizeof cursor);
  for (size_t i = 0; i < sizeof out; i++)
    assert_int_equal(out[i], 0x5a);
}

/* The same, and which of the added fields it is; fields_len: another member. */
static inline void assert_culprit(const upshake_response *response,
                                  const upshake_extra *extra,
                                  upshake_error expected, size_t place) {
  assert_error(response, extra, expected);
  assert_int_equal(written_len, place);
}

#define ANY_ERROR UPSHAKE_ERRORS_LEN

static inline void assert_one(reply_view view, const char *name,
                              const char *value) {
  upshake_slice got = {NULL, 0};
  assert_int_equal(count_field(view, name, &got), 1);
  assert_slice(got, value);
}

/* An octet at the start, in the middle, at the end, and alone. */
static inline size_t place_octet(char *octets, size_t place, unsigned octet) {
  memset(octets, 'x', 3);
  octets[place % 3] = (char)octet;
  return place == 3 ? 1 : 3;
}

#endif
