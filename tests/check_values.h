/* SPDX-License-Identifier: MIT
 *
 * A reply as values must say the same as its bytes.
 */
#ifndef CHECK_VALUES_H
#define CHECK_VALUES_H

#include <stdio.h>

#include "check.h"

/* The text of a message, grown line by line. */
typedef struct value_text {
  char *text;
  size_t cap, len;
} value_text;

static inline void add_bytes(value_text *to, const char *bytes, size_t len) {
  if (to->len + len > to->cap)
    abort();
  if (len > 0)
    memcpy(to->text + to->len, bytes, len);
  to->len += len;
}

static inline void add_slice(value_text *to, upshake_slice slice) {
  add_bytes(to, slice.ptr, slice.len);
}

static inline void add_text(value_text *to, const char *bytes) {
  add_bytes(to, bytes, strlen(bytes));
}

/* Adds a line; several lines of Upgrade or of Connection become one list, as in
 * the bytes. */
static inline void add_line(value_text *to, const upshake_line *line,
                            unsigned *before) {
  unsigned list = upshake_equal(line->field.name, "Upgrade")      ? 1
                  : upshake_equal(line->field.name, "Connection") ? 2
                                                                  : 0;
  if (list && list == *before && !(line->kind & UPSHAKE_LINE_ADDED)) {
    to->len -= 2;
    add_text(to, ", ");
  } else {
    add_slice(to, line->field.name);
    add_text(to, ": ");
  }
  *before = list;
  add_slice(to, line->field.value);
  add_text(to, "\r\n");
}

static inline void add_status(value_text *to, const upshake_line *line) {
  char status[32];
  snprintf(status, sizeof status, "HTTP/1.1 %d ", line->status);
  add_text(to, status);
  add_slice(to, line->reason);
  add_text(to, "\r\n");
}

#endif
