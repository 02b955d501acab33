/* SPDX-License-Identifier: MIT
 *
 * A text that grows: see note.h.
 */
#include "note.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocate.h"

const char *note_text(const note *to) {
  return to->text != NULL ? to->text : "";
}

upshake_slice note_slice(const note *to) {
  return (upshake_slice){note_text(to), to->len};
}

void note_free(note *to) {
  free(to->text);
  memset(to, 0, sizeof *to);
}

/* Makes room for `len` bytes and the NUL. */
static char *make_room(note *to, size_t len) {
  size_t cap = to->cap ? to->cap : 256;
  while (cap - to->len <= len)
    cap *= 2;
  if (cap > to->cap) {
    char *text = allocate(cap);
    if (to->len > 0)
      memcpy(text, to->text, to->len);
    free(to->text);
    to->text = text;
    to->cap = cap;
  }
  return to->text + to->len;
}

void note_bytes(note *to, const char *bytes, size_t len) {
  char *at = make_room(to, len);
  if (len > 0)
    memcpy(at, bytes, len);
  to->len += len;
  to->text[to->len] = '\0';
}

void note_add(note *to, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int len = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (len <= 0)
    return;
  char *at = make_room(to, (size_t)len);
  va_start(arguments, format);
  vsnprintf(at, (size_t)len + 1, format, arguments);
  va_end(arguments);
  to->len += (size_t)len;
}

char escape_of(unsigned char c) {
  switch (c) {
  case '\r':
    return 'r';
  case '\n':
    return 'n';
  case '\t':
    return 't';
  case '\\':
    return '\\';
  default:
    return c < 0x20 || c > 0x7e ? 'x' : 0;
  }
}

void note_escaped(note *to, upshake_slice bytes) {
  for (size_t i = 0; i < bytes.len; i++) {
    char escape = escape_of((unsigned char)bytes.ptr[i]);
    if (escape == 0)
      note_bytes(to, bytes.ptr + i, 1);
    else if (escape == 'x')
      note_add(to, "\\x%02X", (unsigned char)bytes.ptr[i]);
    else
      note_add(to, "\\%c", escape);
  }
}

void note_clipped(note *to, upshake_slice bytes, size_t most) {
  upshake_slice first = {bytes.ptr, bytes.len < most ? bytes.len : most};
  note_escaped(to, first);
  if (bytes.len > most)
    note_add(to, "...");
}

void note_json(note *to, upshake_slice bytes) {
  if (bytes.ptr == NULL) {
    note_add(to, "null");
    return;
  }
  note_add(to, "\"");
  for (size_t i = 0; i < bytes.len; i++) {
    unsigned char byte = (unsigned char)bytes.ptr[i];
    if (byte == '"' || byte == '\\')
      note_add(to, "\\%c", byte);
    else if (byte == '\n')
      note_add(to, "\\n");
    else if (byte < 0x20 || byte > 0x7e)
      note_add(to, "\\u%04x", byte);
    else
      note_add(to, "%c", byte);
  }
  note_add(to, "\"");
}
