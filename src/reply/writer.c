/* SPDX-License-Identifier: MIT
 *
 * Puts bytes, numbers and field lines into a writer.
 */
#include "writer.h"

/* Stores the bytes that are inside the window, and counts all bytes. */
static NOINLINE void put_part(writer *w, const char *bytes, size_t len) {
  size_t skip = w->pos < w->from ? w->from - w->pos : 0;
  size_t at = w->pos + skip - w->from;

  w->pos += len;
  w->room = 0;
  if (skip >= len || at >= w->cap)
    return;
  len -= skip;
  if (len > w->cap - at)
    len = w->cap - at;
  memcpy(w->out + at, bytes + skip, len);
}

void upshake__put_bytes(writer *w, const char *bytes, size_t len) {
#ifndef UPSHAKE_SMALL /* fast path: all bytes fit */
  if (len <= w->room) {
    w->room -= len;
    w->pos += len;
    if (len > 0) /* last, so that the stack is free by then */
      memcpy(w->out + w->pos - len, bytes, len);
    return;
  }
#endif
  put_part(w, bytes, len);
}

void upshake__put_number(writer *w, size_t number) {
  char digits[3 * sizeof number]; /* a byte has at most 2.4 digits */
  size_t at = sizeof digits;
  do
    digits[--at] = (char)('0' + number % 10);
  while (number /= 10);
  put_slice(w, slice_of(digits + at, sizeof digits - at));
}

/* Puts what follows the name of a field. */
static NOINLINE void put_value(writer *w, upshake_slice value) {
  upshake__put_bytes(w, UPSHAKE_TEXT(": "));
  put_slice(w, value);
  upshake__put_bytes(w, UPSHAKE_TEXT("\r\n"));
}

void upshake__put_field(writer *w, const char *name, upshake_slice value) {
  if (!value.ptr)
    return;
  put_text(w, name);
  put_value(w, value);
}

void upshake__put_added(writer *w, const upshake_field *fields, size_t len) {
  for (; len > 0; len--, fields++) {
    put_slice(w, fields->name);
    put_value(w, fields->value);
  }
}
