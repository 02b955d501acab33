/* SPDX-License-Identifier: MIT
 *
 * What the tests of looking at a request share.  It needs cmocka.h before it.
 */
#ifndef UPSHAKE_CHECK_LOOKING_H
#define UPSHAKE_CHECK_LOOKING_H

#include <stdio.h>

#include "check.h"
#include "vectors.h"

static inline void assert_untouched(const char *out, size_t cap) {
  for (size_t i = 0; i < cap; i++)
    assert_int_equal(out[i], 'z');
}

/* Raw lines from memory of the exact size, and the same as an array. */
typedef struct held_fields {
  char *raw;
  upshake_field array[8];
  upshake_fields forms[2];
} held_fields;

static inline void hold(held_fields *held, const char *lines) {
  size_t len = strlen(lines);
  upshake_fields left;
  held->raw = exact(lines, len);
  held->forms[0] = left = raw_fields(part_of(held->raw, len));
  held->forms[1] = upshake_array(held->array, 0);
  while (held->forms[1].array_len < CHECK_LEN(held->array) &&
         upshake_next_field(&left, &held->array[held->forms[1].array_len]))
    held->forms[1].array_len++;
}

/* ---- The rows of tests/vectors/looking.md ------------------------------ */

/* Each name of a test in the last cell of a row is that of a test here. */
static inline void check_row(const struct CMUnitTest *tests, size_t tests_len,
                             const char *line) {
  const char *last = line, *at;
  size_t names = 0;
  for (at = line; (at = strchr(at, '|')) != NULL && at[1] == ' '; at++)
    last = at;
  for (at = last; (at = strchr(at, '`')) != NULL; names++) {
    size_t len = strcspn(++at, "`"), i = 0;
    while (i < tests_len &&
           (strncmp(tests[i].name, at, len) != 0 || tests[i].name[len] != '\0'))
      i++;
    if (i == tests_len)
      fail_msg("%.*s is no test: %s", (int)len, at, line);
    at += len + 1;
  }
  if (names == 0)
    fail_msg("shown by no test: %s", line);
}

/* Checks the rows with these numbers.  Returns how many rows there are. */
static inline unsigned check_rows(const struct CMUnitTest *tests,
                                  size_t tests_len, unsigned first,
                                  unsigned last) {
  char line[2048];
  FILE *file = fopen(UPSHAKE_VECTORS_DIR "/looking.md", "r");
  unsigned rows = 0, number = 0;
  assert_non_null(file);
  while (fgets(line, sizeof line, file) != NULL) {
    if (sscanf(line, "| L-%u |", &number) != 1)
      continue;
    assert_int_equal(number, ++rows);
    if (number >= first && number <= last)
      check_row(tests, tests_len, line);
  }
  fclose(file);
  return rows;
}

#endif
