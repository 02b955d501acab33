/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: looking at lines of text: see lines.h.
 */
#include "lines.h"

#include <string.h>

int next_line(upshake_slice *text, text_line *line) {
  if (text->len == 0)
    return 0;
  const char *lf = memchr(text->ptr, '\n', text->len);
  size_t len = lf != NULL ? (size_t)(lf - text->ptr) : text->len;
  line->len = lf != NULL ? len + 1 : len;
  line->end = lf != NULL ? 'n' : 0;
  if (lf != NULL && len > 0 && text->ptr[len - 1] == '\r') {
    line->end = 'r';
    len--;
  }
  line->text = (upshake_slice){text->ptr, len};
  *text = slice_from(*text, line->len);
  return 1;
}

upshake_slice slice_from(upshake_slice slice, size_t at) {
  return (upshake_slice){slice.ptr + at, slice.len - at};
}

static int is_blank(char byte) { return byte == ' ' || byte == '\t'; }

upshake_slice slice_trim(upshake_slice slice) {
  while (slice.len > 0 && is_blank(*slice.ptr))
    slice = slice_from(slice, 1);
  while (slice.len > 0 && (is_blank(slice.ptr[slice.len - 1]) ||
                           slice.ptr[slice.len - 1] == '\r'))
    slice.len--;
  return slice;
}

int slice_begins(upshake_slice slice, const char *text) {
  size_t len = strlen(text);
  return slice.len >= len && memcmp(slice.ptr, text, len) == 0;
}

int slice_equals(upshake_slice slice, const char *text) {
  return slice.len == strlen(text) && slice_begins(slice, text);
}

long slice_find(upshake_slice slice, const char *text) {
  size_t len = strlen(text);
  for (size_t i = 0; i + len <= slice.len; i++) {
    const char *at = memchr(slice.ptr + i, text[0], slice.len - i);
    if (at == NULL)
      return -1;
    i = (size_t)(at - slice.ptr);
    if (i + len <= slice.len && memcmp(at, text, len) == 0)
      return (long)i;
  }
  return -1;
}

/* Takes the bytes before the first blank off the text. */
static upshake_slice take_word(upshake_slice *text) {
  size_t len = 0;
  while (len < text->len && text->ptr[len] != ' ')
    len++;
  upshake_slice word = {text->ptr, len};
  *text = slice_from(*text, len < text->len ? len + 1 : len);
  return word;
}

int is_request_line(upshake_slice line) {
  upshake_slice method = take_word(&line);
  upshake_slice target = take_word(&line);
  return upshake_is_token(method) && method.len <= 32 && target.len > 0 &&
         slice_begins(line, "HTTP/");
}

int is_status_line(upshake_slice line) {
  upshake_slice version = take_word(&line);
  return slice_begins(version, "HTTP/") && version.len <= 8 && line.len >= 3 &&
         line.ptr[0] >= '0' && line.ptr[0] <= '9' && line.ptr[2] >= '0' &&
         line.ptr[2] <= '9';
}

int is_field_line(upshake_slice line) {
  const char *colon = line.len > 0 ? memchr(line.ptr, ':', line.len) : NULL;
  if (colon == NULL)
    return 0;
  return upshake_is_token(
      (upshake_slice){line.ptr, (size_t)(colon - line.ptr)});
}
