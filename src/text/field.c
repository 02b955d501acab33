/* SPDX-License-Identifier: MIT
 *
 * Fields: walks the lines of a head, the members of a list, and the parameters
 * of a member.
 */
#include "field.h"

/* ---- field lines ---- */

/* A loop of its own, without a call: this function ends many chains of
 * calls. */
NOINLINE size_t upshake__token_len(upshake_slice text) {
  size_t len = 0;
  while (len < text.len && in_class(text.ptr[len], CLASS_TOKEN))
    len++;
  return len;
}

ALWAYS_INLINE int take_field(upshake_slice *fields, upshake_field *field) {
  const char *begin = fields->ptr;
  size_t len = take_line(fields, &field->value);
  if (len == 0)
    return 0;
  field->name = slice_of(begin, len);
  field->value = upshake__trim(field->value);
  return 1;
}

int upshake__next_raw_field(upshake_slice *fields, upshake_field *field) {
  return take_field(fields, field);
}

int upshake_next_field(upshake_fields *fields, upshake_field *field) {
  if (fields->raw.len > 0)
    return take_field(&fields->raw, field);
  if (fields->array_len == 0)
    return 0;
  *field = *fields->array++;
  fields->array_len--;
  return 1;
}

NOINLINE int upshake__next_line(upshake_slice *fields, const char *name,
                                upshake_slice *value) {
  return inlined_next_line(fields, name, value);
}

upshake_slice upshake__find_line(upshake_slice fields, const char *name) {
  upshake_slice value;
  return upshake__next_line(&fields, name, &value) ? value : slice_none();
}

/* Returns the value of the next field with this name; absent if there is
 * none. */
static upshake_slice next_value(upshake_fields *fields, const char *name) {
  upshake_slice value;
  if (upshake__next_line(&fields->raw, name, &value))
    return value;
  if (fields->raw.len > 0) /* the next line is no field line */
    return slice_none();
  for (; fields->array_len > 0; fields->array++, fields->array_len--)
    if (upshake_equal_fold(fields->array->name, name)) {
      fields->array_len--;
      return fields->array++->value;
    }
  return slice_none();
}

upshake_slice upshake_find_field(upshake_fields fields, const char *name) {
  return next_value(&fields, name);
}

/* ---- lists: RFC 9110 5.6.1 ---- */

/* Returns the length of the quoted-string at the start of text (RFC 9110
 * 5.6.4); text.len if it does not end. */
static size_t quoted_len(upshake_slice text) {
  for (size_t i = 1; i < text.len; i++) {
    if (text.ptr[i] == '"')
      return i + 1;
    if (text.ptr[i] == '\\')
      i++;
  }
  return text.len;
}

NOINLINE size_t upshake__member_len(upshake_slice text) {
  const char *p = text.ptr, *end = p + text.len;
  while ((p = upshake__skip_class(p, end, CLASS_MEMBER)) < end && *p != ',')
    p += *p == '"' ? quoted_len(slice_of(p, (size_t)(end - p))) : 1;
  return (size_t)(p - text.ptr);
}

NOINLINE int upshake__next_in(upshake_slice *value, upshake_slice *member) {
  return inlined_next_in(value, member);
}

upshake_list upshake_begin_list(upshake_fields fields, const char *name) {
  upshake_list list = {{NULL, 0}, {{NULL, 0}, NULL, 0}, NULL};
  list.fields = fields;
  list.name = name;
  return list;
}

int upshake_next_member(upshake_list *list, upshake_slice *member) {
  while (!upshake__next_in(&list->value, member)) {
    list->value = slice_none();
    if (!list->name)
      return 0;
    list->value = next_value(&list->fields, list->name);
    if (!list->value.ptr)
      return 0;
  }
  return 1;
}

/* ---- parameters: RFC 9110 5.6.6 ---- */

static void trim_front(upshake_slice *text) {
  while (text->len > 0 && is_blank(text->ptr[0]))
    *text = slice_from(*text, 1);
}

static upshake_slice take_front(upshake_slice *text, size_t len) {
  upshake_slice taken = slice_of(text->ptr, len);
  *text = slice_from(*text, len);
  return taken;
}

/* Writes the text of a quoted-string to out; if out is NULL, only measures it.
 * Returns its length; SIZE_MAX if the quoted-string does not end, or ends
 * before the value does. */
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

/* Takes a token or a complete quoted-string off *text.  Returns 0 if there is
 * neither. */
static int take_value(upshake_slice *text, upshake_slice *value) {
  if (text->len == 0 || text->ptr[0] != '"') {
    *value = take_front(text, upshake__token_len(*text));
    return value->len > 0;
  }
  *value = take_front(text, quoted_len(*text));
  return upshake__all_in(*value, CLASS_VALUE) &&
         unquote_into(*value, NULL) != SIZE_MAX;
}

COLD int upshake_next_parameter(upshake_slice *member, upshake_slice *name,
                                upshake_slice *value) {
  upshake_slice rest = *member;

  trim_front(&rest);
  if (rest.len == 0)
    return 0;
  *name = take_front(&rest, upshake__token_len(rest));
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
    if (next.len > 0) /* else the ";" stays and the next call fails */
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
