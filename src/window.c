/* SPDX-License-Identifier: MIT
 *
 * Writing octets into a window.
 */
#include "window.h"

/* Stores those of the octets that are in the window, and counts all. */
static NOINLINE void put_part(window *w, const char *octets, size_t len) {
  size_t skip = w->pos < w->from ? w->from - w->pos : 0;
  size_t at = w->pos + skip - w->from;

  w->pos += len;
  w->room = 0;
  if (skip >= len || at >= w->cap)
    return;
  len -= skip;
  if (len > w->cap - at)
    len = w->cap - at;
  memcpy(w->out + at, octets + skip, len);
}

void upshake_put_octets(window *w, const char *octets, size_t len) {
#ifndef UPSHAKE_SMALL /* the way of any part does for all */
  if (len <= w->room) {
    w->room -= len;
    w->pos += len;
    if (len > 0) /* last, so that nothing of this is on the stack */
      memcpy(w->out + w->pos - len, octets, len);
    return;
  }
#endif
  put_part(w, octets, len);
}

void upshake_put_number(window *w, size_t number) {
  char digits[3 * sizeof number]; /* 2.4 for an octet */
  size_t at = sizeof digits;
  do
    digits[--at] = (char)('0' + number % 10);
  while (number /= 10);
  upshake_put(w, slice_of(digits + at, sizeof digits - at));
}

/* What follows the name. */
static inline void put_value(window *w, upshake_slice value) {
  PUT_LITERAL(w, ": ");
  upshake_put(w, value);
  PUT_LITERAL(w, "\r\n");
}

void upshake_put_field(window *w, const char *name, upshake_slice value) {
  if (!value.ptr)
    return;
  upshake_put_text(w, name);
  put_value(w, value);
}

void upshake_put_added(window *w, const upshake_field *fields, size_t len) {
  for (; len > 0; len--, fields++) {
    upshake_put(w, fields->name);
    put_value(w, fields->value);
  }
}
