/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: walking a JSON text: see json_text.h.
 */
#include "json_text.h"

#include <string.h>

#include "lines.h"

static upshake_slice skip(upshake_slice text, const char *bytes) {
  while (text.len > 0 && *text.ptr != '\0' && strchr(bytes, *text.ptr) != NULL)
    text = slice_from(text, 1);
  return text;
}

static const char blanks[] = " \t\r\n", between[] = " \t\r\n,";

/* The length of a string with its quotation marks. */
static size_t string_len(upshake_slice text) {
  size_t i = 1;
  while (i < text.len && text.ptr[i] != '"')
    i += text.ptr[i] == '\\' ? 2 : 1;
  return i < text.len ? i + 1 : text.len;
}

/* The length of an object or an array; brackets are counted, so that no depth
 * is too large. */
static size_t nested_len(upshake_slice text) {
  size_t depth = 0, i = 0;
  while (i < text.len) {
    char byte = text.ptr[i];
    if (byte == '"') {
      i += string_len(slice_from(text, i));
      continue;
    }
    i++;
    if (byte == '{' || byte == '[')
      depth++;
    else if ((byte == '}' || byte == ']') && --depth == 0)
      return i;
  }
  return text.len;
}

static size_t plain_len(upshake_slice text) {
  size_t i = 0;
  while (i < text.len && text.ptr[i] != '\0' &&
         strchr(" \t\r\n,:]}\"{[", text.ptr[i]) == NULL)
    i++;
  return i;
}

upshake_slice json_take(upshake_slice *text) {
  upshake_slice value = skip(*text, blanks);
  size_t len;
  if (value.len == 0)
    return (upshake_slice){NULL, 0};
  if (*value.ptr == '"')
    len = string_len(value);
  else if (*value.ptr == '{' || *value.ptr == '[')
    len = nested_len(value);
  else
    len = plain_len(value);
  if (len == 0)
    return (upshake_slice){NULL, 0};
  *text = slice_from(value, len);
  value.len = len;
  return value;
}

upshake_slice json_inside(upshake_slice value) {
  value = skip(value, blanks);
  if (value.len == 0 || (*value.ptr != '{' && *value.ptr != '['))
    return (upshake_slice){NULL, 0};
  return slice_from(value, 1);
}

int json_next(upshake_slice *inside, upshake_slice *name,
              upshake_slice *value) {
  *inside = skip(*inside, between);
  *name = (upshake_slice){NULL, 0};
  *value = json_take(inside);
  if (value->ptr == NULL)
    return 0;
  upshake_slice rest = skip(*inside, blanks);
  if (rest.len == 0 || *rest.ptr != ':')
    return 1;
  *name = *value;
  *inside = slice_from(rest, 1);
  *value = json_take(inside);
  return value->ptr != NULL;
}

int json_equals(upshake_slice value, const char *text) {
  return value.len == strlen(text) + 2 && *value.ptr == '"' &&
         memcmp(value.ptr + 1, text, value.len - 2) == 0;
}

upshake_slice json_member(upshake_slice object, const char *name) {
  upshake_slice inside = json_inside(object), found, value;
  while (inside.ptr != NULL && json_next(&inside, &found, &value))
    if (found.ptr != NULL && json_equals(found, name))
      return value;
  return (upshake_slice){NULL, 0};
}

/* ---- Strings ------------------------------------------------------------- */

static unsigned long take_hex(upshake_slice *text) {
  static const char digits[] = "0123456789abcdef";
  unsigned long code = 0;
  for (int i = 0; i < 4 && text->len > 0 && *text->ptr != '\0'; i++) {
    char lower = *text->ptr >= 'A' && *text->ptr <= 'F'
                     ? (char)(*text->ptr - 'A' + 'a')
                     : *text->ptr;
    const char *at = strchr(digits, lower);
    if (at == NULL)
      break;
    code = code * 16 + (unsigned long)(at - digits);
    *text = slice_from(*text, 1);
  }
  return code;
}

/* A surrogate alone stands for itself; a browser writes no others in a head. */
static void add_code(unsigned long code, note *out) {
  if (code < 0x80)
    note_add(out, "%c", (int)code ? (int)code : '?');
  else if (code < 0x800)
    note_add(out, "%c%c", (int)(0xc0 | code >> 6), (int)(0x80 | (code & 63)));
  else
    note_add(out, "%c%c%c", (int)(0xe0 | code >> 12),
             (int)(0x80 | (code >> 6 & 63)), (int)(0x80 | (code & 63)));
}

static void add_escape(upshake_slice *text, note *out) {
  static const char letters[] = "bfnrt", bytes[] = "\b\f\n\r\t";
  char letter = text->len > 0 ? *text->ptr : '\\';
  const char *at = letter != '\0' ? strchr(letters, letter) : NULL;
  if (text->len > 0)
    *text = slice_from(*text, 1);
  if (letter == 'u')
    add_code(take_hex(text), out);
  else if (at != NULL)
    note_bytes(out, &bytes[at - letters], 1);
  else
    note_bytes(out, &letter, 1);
}

void json_string(upshake_slice value, note *out) {
  if (value.len < 2 || *value.ptr != '"') {
    note_bytes(out, value.ptr, value.len);
    return;
  }
  value = slice_from(value, 1);
  while (value.len > 0 && *value.ptr != '"') {
    char byte = *value.ptr;
    value = slice_from(value, 1);
    if (byte == '\\')
      add_escape(&value, out);
    else
      note_bytes(out, &byte, 1);
  }
}
