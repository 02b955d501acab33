/* SPDX-License-Identifier: MIT
 *
 * Fields: walking the lines of a head, the members of a list, the parameters
 * of a member.
 */
#include "field.h"

/* ---- field lines ---- */

/* A loop of its own: without a call this is the end of most paths. */
NOINLINE size_t upshake_token_len(upshake_slice text) {
  size_t len = 0;
  while (len < text.len && in_class(text.ptr[len], CLASS_TOKEN))
    len++;
  return len;
}

int upshake_next_field(upshake_slice *fields, upshake_field *field) {
  const char *begin = fields->ptr;
  size_t len = take_line(fields, &field->value);
  if (len == 0)
    return 0;
  field->name = slice_of(begin, len);
  field->value = upshake_trim(field->value);
  return 1;
}

NOINLINE int upshake_next_line(upshake_slice *fields, const char *name,
                               upshake_slice *value) {
  return inlined_next_line(fields, name, value);
}

upshake_slice upshake_find_field(upshake_slice fields, const char *name) {
  upshake_slice value;
  return upshake_next_line(&fields, name, &value) ? value : slice_none();
}

/* ---- lists: RFC 9110 5.6.1 ---- */

/* How many octets a quoted-string at the start of text has (RFC 9110 5.6.4);
 * all of text where it does not end. */
static size_t quoted_len(upshake_slice text) {
  for (size_t i = 1; i < text.len; i++) {
    if (text.ptr[i] == '"')
      return i + 1;
    if (text.ptr[i] == '\\')
      i++;
  }
  return text.len;
}

NOINLINE size_t upshake_member_len(upshake_slice text) {
  const char *p = text.ptr, *end = p + text.len;
  while ((p = upshake_skip_class(p, end, CLASS_MEMBER)) < end && *p != ',')
    p += *p == '"' ? quoted_len(slice_of(p, (size_t)(end - p))) : 1;
  return (size_t)(p - text.ptr);
}

NOINLINE int upshake_next_in(upshake_slice *value, upshake_slice *member) {
  return inlined_next_in(value, member);
}

int upshake_next_member(upshake_list *list, upshake_slice *member) {
  while (!upshake_next_in(&list->value, member)) {
    if (!list->name ||
        !upshake_next_line(&list->fields, list->name, &list->value)) {
      list->value = slice_none();
      return 0;
    }
  }
  return 1;
}

/* ---- parameters: RFC 9110 5.6.6 ---- */

static void trim_front(upshake_slice *text) {
  while (text->len > 0 && is_blank(text->ptr[0]))
    *text = slice_from(*text, 1);
}

static upshake_slice take(upshake_slice *text, size_t len) {
  upshake_slice taken = slice_of(text->ptr, len);
  *text = slice_from(*text, len);
  return taken;
}

/* Measures where out is NULL.  SIZE_MAX where a quoted-string does not end, or
 * ends before the value does. */
static size_t unquote_into(upshake_slice value, char *out) {
  size_t len = 0, i = 1;
  while (i < value.len && value.ptr[i] != '"') {
    if (value.ptr[i] == '\\' && ++i == value.len)
      break;
    if (out)
      out[len] = value.ptr[i];
    len++;
    i++;
  }
  return i + 1 == value.len ? len : SIZE_MAX;
}

/* A token, or a quoted-string that ends.  Returns 0 where there is neither. */
static int take_value(upshake_slice *text, upshake_slice *value) {
  if (text->len == 0 || text->ptr[0] != '"') {
    *value = take(text, upshake_token_len(*text));
    return value->len > 0;
  }
  *value = take(text, quoted_len(*text));
  return upshake_all_in(*value, CLASS_VALUE) &&
         unquote_into(*value, NULL) != SIZE_MAX;
}

int upshake_next_parameter(upshake_slice *member, upshake_slice *name,
                           upshake_slice *value) {
  upshake_slice rest = *member;

  trim_front(&rest);
  if (rest.len == 0)
    return 0;
  *name = take(&rest, upshake_token_len(rest));
  if (name->len == 0)
    return -1;
  *value = slice_none();
  trim_front(&rest);
  if (rest.len > 0 && rest.ptr[0] == '=') {
    rest = slice_from(rest, 1);
    trim_front(&rest);
    if (!take_value(&rest, value))
      return -1;
    trim_front(&rest);
  }
  if (rest.len > 0) {
    upshake_slice next = slice_from(rest, 1);
    trim_front(&next);
    if (rest.ptr[0] != ';')
      return -1;
    if (next.len > 0) /* else the ";" stays, and fails the next call */
      rest = next;
  }
  *member = rest;
  return 1;
}

size_t upshake_unquote(upshake_slice value, char *out, size_t cap) {
  size_t len;
  if (value.len == 0 || value.ptr[0] != '"') {
    if (value.len > 0 && value.len <= cap)
      memcpy(out, value.ptr, value.len);
    return value.len;
  }
  len = unquote_into(value, NULL);
  if (len <= cap)
    unquote_into(value, out);
  return len;
}
