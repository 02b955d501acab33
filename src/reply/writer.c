/* SPDX-License-Identifier: MIT
 *
 * Puts bytes, numbers and field lines into a writer.
 */
#include "writer.h"

/* Stores the bytes that are inside the window, and counts all bytes. */
static NOINLINE COLD void put_part(writer *w, const char *bytes, size_t len) {
  size_t skip = w->pos < w->from ? w->from - w->pos : 0;
  size_t at = w->pos + skip - w->from;

  w->pos += len;
#ifndef UPSHAKE_SMALL
  w->room = 0;
#endif
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
    if (len > 0) /* last: see NOINLINE */
      memcpy(w->out + w->pos - len, bytes, len);
    return;
  }
#endif
  put_part(w, bytes, len);
}

COLD void upshake__put_number(writer *w, size_t number) {
  char digits[3 * sizeof number]; /* a byte has at most 2.4 digits */
  put_slice(w, number_in(digits, sizeof digits, number));
}

COLD NOINLINE void upshake__put_line(writer *w, upshake_slice name,
                                     upshake_slice value) {
  if (w->take) {
    w->take(w, name, value);
    return;
  }
  put_slice(w, name);
  upshake__put_bytes(w, UPSHAKE_TEXT(": "));
  put_slice(w, value);
  upshake__put_bytes(w, UPSHAKE_TEXT("\r\n"));
}

COLD void upshake__put_field(writer *w, const char *name, upshake_slice value) {
  if (value.ptr)
    upshake__put_line(w, slice_text(name), value);
}
