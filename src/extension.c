/* SPDX-License-Identifier: MIT
 *
 * The grammar of Sec-WebSocket-Extensions (RFC 6455 9.1).
 */
#include "extension.h"

#include "defensive.h"
#include "field.h"

/* Each of these matches a part of the grammar at p, and the blanks after it,
 * and returns where that ends, or NULL where it is broken. */

static const char *skip_token(const char *p, const char *end) {
  const char *stop = upshake_skip_class(p, end, CLASS_TOKEN);
  return stop == p ? NULL : skip_blanks(stop, end);
}

/* quoted-string (RFC 9110 5.6.4) whose text is of a class; no token is empty.
 */
static const char *skip_quoted(const char *p, const char *end,
                               unsigned class_bits) {
  const char *begin = ++p;
  while (p < end && *p != '"') {
    if (*p == '\\' && ++p == end)
      return NULL;
    if (!in_class(*p++, class_bits))
      return NULL;
  }
  if (p == end || (p == begin && class_bits == CLASS_TOKEN))
    return NULL;
  return skip_blanks(p + 1, end);
}

const char *upshake_skip_parameters(const char *p, const char *end,
                                    unsigned class_bits) {
  while (p && p < end && *p == ';') {
    p = skip_token(skip_blanks(p + 1, end), end);
    if (!p || p == end || *p != '=')
      continue;
    p = skip_blanks(p + 1, end);
    p = p < end && *p == '"' ? skip_quoted(p, end, class_bits)
                             : skip_token(p, end);
  }
  return p;
}

/* extension = token *( ";" token [ "=" ( token | quoted-string ) ] ), and the
 * quoted-string must be a token when its quotes and backslashes are off */
int upshake_are_extensions(upshake_slice value) {
  const char *p = value.ptr, *end = value.len > 0 ? p + value.len : p;
  while (p < end) {
    p = skip_blanks(p, end);
    if (UPSHAKE_ALWAYS(p < end) && *p != ',') {
      p = skip_token(p, end);
      p = p ? upshake_skip_parameters(p, end, CLASS_TOKEN) : NULL;
    }
    if (!p || (p < end && *p++ != ','))
      return 0;
  }
  return 1;
}

upshake_slice upshake_extension_name(upshake_slice member) {
  const char *end =
      upshake_skip_class(member.ptr, member.ptr + member.len, CLASS_TOKEN);
  return slice_of(member.ptr, (size_t)(end - member.ptr));
}

const char *upshake_find_extension_in(upshake_slice line, upshake_slice name) {
  upshake_slice member;
  while (upshake_next_in(&line, &member))
    if (upshake_same(upshake_extension_name(member), name))
      return member.ptr;
  return NULL;
}

const char *upshake_find_extension(upshake_slice fields, upshake_slice name) {
  upshake_slice line;
  const char *found = NULL;
  while (!found &&
         upshake_next_line(&fields, "Sec-WebSocket-Extensions", &line))
    found = upshake_find_extension_in(line, name);
  return found;
}

int upshake_is_extension_answer(upshake_slice value) {
  int is_empty = 1; /* so far in this member; no comma is inside of quotes */
  for (size_t i = 0; i < value.len; i++) {
    if (value.ptr[i] == ',' && is_empty)
      return 0;
    if (!is_blank(value.ptr[i]))
      is_empty = value.ptr[i] == ',';
  }
  return !is_empty && upshake_are_extensions(value);
}
