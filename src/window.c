/* SPDX-License-Identifier: MIT
 *
 * Writing octets into a window.
 */
#include "window.h"

/* Stores those of the octets that are in the window, and counts all. */
static NOINLINE void put_part(window *w, upshake_slice octets) {
  size_t skip = w->pos < w->from ? w->from - w->pos : 0;
  size_t at = w->pos + skip - w->from;

  w->pos += octets.len;
  w->room = 0;
  if (skip >= octets.len || at >= w->cap)
    return;
  octets = slice_from(octets, skip);
  if (octets.len > w->cap - at)
    octets.len = w->cap - at;
  memcpy(w->out + at, octets.ptr, octets.len);
}

void upshake_put(window *w, upshake_slice octets) {
  if (octets.len > w->room) {
    put_part(w, octets);
    return;
  }
  w->room -= octets.len;
  w->pos += octets.len;
  if (octets.len > 0) /* last, so that nothing of this is on the stack */
    memcpy(w->out + w->pos - octets.len, octets.ptr, octets.len);
}

void upshake_put_number(window *w, size_t number) {
  char digits[20];
  size_t at = sizeof digits;
  do
    digits[--at] = (char)('0' + number % 10);
  while (number /= 10);
  upshake_put(w, slice_of(digits + at, sizeof digits - at));
}

void upshake_put_field(window *w, const char *name, upshake_slice value) {
  upshake_put_text(w, name);
  PUT_LITERAL(w, ": ");
  upshake_put(w, value);
  PUT_LITERAL(w, "\r\n");
}

void upshake_put_optional(window *w, const char *name, upshake_slice value) {
  if (value.ptr)
    upshake_put_field(w, name, value);
}

void upshake_put_added(window *w, const upshake_field *fields, size_t len) {
  for (; len > 0; len--, fields++) {
    upshake_put(w, fields->name);
    PUT_LITERAL(w, ": ");
    upshake_put(w, fields->value);
    PUT_LITERAL(w, "\r\n");
  }
}
