/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: a text that grows: see note.h.
 */
#include "note.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "print.h"

const char *note_text(const note *note) {
  return note->text != NULL ? note->text : "";
}

upshake_slice note_slice(const note *note) {
  return (upshake_slice){note_text(note), note->len};
}

void note_free(note *note) {
  free(note->text);
  memset(note, 0, sizeof *note);
}

/* Makes room for `len` bytes and the NUL. */
static char *make_room(note *note, size_t len) {
  size_t cap = note->cap ? note->cap : 256;
  while (cap - note->len <= len)
    cap *= 2;
  if (cap > note->cap) {
    char *text = allocate(cap);
    if (note->len > 0)
      memcpy(text, note->text, note->len);
    free(note->text);
    note->text = text;
    note->cap = cap;
  }
  return note->text + note->len;
}

void note_bytes(note *note, const char *bytes, size_t len) {
  char *at = make_room(note, len);
  if (len > 0)
    memcpy(at, bytes, len);
  note->len += len;
  note->text[note->len] = '\0';
}

void note_add(note *note, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int len = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (len <= 0)
    return;
  char *at = make_room(note, (size_t)len);
  va_start(arguments, format);
  vsnprintf(at, (size_t)len + 1, format, arguments);
  va_end(arguments);
  note->len += (size_t)len;
}

void note_escaped(note *note, upshake_slice bytes) {
  for (size_t i = 0; i < bytes.len; i++) {
    char escape = escape_of((unsigned char)bytes.ptr[i]);
    if (escape == 0)
      note_bytes(note, bytes.ptr + i, 1);
    else if (escape == 'x')
      note_add(note, "\\x%02X", (unsigned char)bytes.ptr[i]);
    else
      note_add(note, "\\%c", escape);
  }
}

void note_clipped(note *note, upshake_slice bytes, size_t most) {
  upshake_slice first = {bytes.ptr, bytes.len < most ? bytes.len : most};
  note_escaped(note, first);
  if (bytes.len > most)
    note_add(note, "...");
}

void note_json(note *note, upshake_slice bytes) {
  if (bytes.ptr == NULL) {
    note_add(note, "null");
    return;
  }
  note_add(note, "\"");
  for (size_t i = 0; i < bytes.len; i++) {
    unsigned char byte = (unsigned char)bytes.ptr[i];
    if (byte == '"' || byte == '\\')
      note_add(note, "\\%c", byte);
    else if (byte == '\n')
      note_add(note, "\\n");
    else if (byte < 0x20 || byte > 0x7e)
      note_add(note, "\\u%04x", byte);
    else
      note_add(note, "%c", byte);
  }
  note_add(note, "\"");
}
