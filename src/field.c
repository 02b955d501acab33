/* SPDX-License-Identifier: MIT
 *
 * Fields: walking the lines of a head, the members of a list, the parameters
 * of a member.
 */
#include "bytes.h"

/* ---- field lines ---- */

static size_t token_len(upshake_slice text) {
  const char *stop;
  if (text.len == 0) /* perhaps absent: no pointer to count with */
    return 0;
  stop = upshake_skip_class(text.ptr, text.ptr + text.len, CLASS_TOKEN);
  return (size_t)(stop - text.ptr);
}

ALWAYS_INLINE int take_line(upshake_slice *fields, upshake_slice *name,
                            upshake_slice *value) {
  size_t colon = token_len(*fields), end;

  if (colon == 0 || colon == fields->len || fields->ptr[colon] != ':')
    return 0;
  *name = slice_of(fields->ptr, colon);
  *value = slice_from(*fields, colon + 1);
  end = index_of(*value, '\n');
  if (end == 0 || end == value->len || value->ptr[end - 1] != '\r')
    return 0;
  *fields = slice_from(*value, end + 1);
  *value = upshake_trim(slice_of(value->ptr, end - 1));
  return 1;
}

int upshake_next_field(upshake_slice *fields, upshake_field *field) {
  return take_line(fields, &field->name, &field->value);
}

NOINLINE int upshake_next_line(upshake_slice *fields, const char *name,
                               upshake_slice *value) {
  upshake_slice other;
  while (take_line(fields, &other, value))
    if (upshake_equal_fold(other, name))
      return 1;
  return 0;
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

static size_t member_len(upshake_slice text) {
  const char *p = text.ptr, *end = p + text.len;
  while ((p = upshake_skip_class(p, end, CLASS_MEMBER)) < end && *p != ',')
    p += *p == '"' ? quoted_len(slice_of(p, (size_t)(end - p))) : 1;
  return (size_t)(p - text.ptr);
}

NOINLINE int upshake_next_in(upshake_slice *value, upshake_slice *member) {
  while (value->len > 0) {
    size_t len = member_len(*value);
    *member = upshake_trim(slice_of(value->ptr, len));
    if (len < value->len)
      len++; /* the comma */
    *value = slice_from(*value, len);
    if (member->len > 0)
      return 1;
  }
  return 0;
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
    *value = take(text, token_len(*text));
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
  *name = take(&rest, token_len(rest));
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
