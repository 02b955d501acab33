/* SPDX-License-Identifier: MIT
 *
 * Breaks a request on purpose: see edit.h.
 */
#include "edit.h"

#include <string.h>

/* Every line of the head ends with CR LF: the library has written it. */
static size_t line_len(const char *at, const char *end) {
  const char *feed = memchr(at, '\n', (size_t)(end - at));
  return feed != NULL ? (size_t)(feed - at) + 1 : (size_t)(end - at);
}

static int has_name(const char *line, size_t len, upshake_slice name) {
  if (len <= name.len || line[name.len] != ':')
    return 0;
  for (size_t i = 0; i < name.len; i++) {
    char a = line[i], b = name.ptr[i];
    a = (char)(a >= 'A' && a <= 'Z' ? a + 32 : a);
    b = (char)(b >= 'A' && b <= 'Z' ? b + 32 : b);
    if (a != b)
      return 0;
  }
  return 1;
}

/* Takes the lines out.  Returns where the first one was, or the place of the
 * empty line. */
static size_t take_out(char *bytes, size_t *len, upshake_slice name) {
  size_t at = line_len(bytes, bytes + *len), first = 0;
  while (at < *len && bytes[at] != '\r') {
    size_t step = line_len(bytes + at, bytes + *len);
    if (!has_name(bytes + at, step, name)) {
      at += step;
      continue;
    }
    memmove(bytes + at, bytes + at + step, *len - at - step);
    *len -= step;
    first = first ? first : at;
  }
  return first ? first : at;
}

int edit_head(char *bytes, size_t cap, size_t *len, const struct edit *edit) {
  size_t added = edit->name.len + 2 + edit->value.len + 2;
  size_t at = take_out(bytes, len, edit->name);
  if (edit->value.ptr == NULL)
    return 0;
  if (added > cap - *len)
    return -1;
  char *line = bytes + at;
  memmove(line + added, line, *len - at);
  memcpy(line, edit->name.ptr, edit->name.len);
  memcpy(line + edit->name.len, ": ", 2);
  memcpy(line + edit->name.len + 2, edit->value.ptr, edit->value.len);
  memcpy(line + added - 2, "\r\n", 2);
  *len += added;
  return 0;
}
