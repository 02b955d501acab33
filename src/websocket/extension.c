/* SPDX-License-Identifier: MIT
 *
 * The grammar of Sec-WebSocket-Extensions (RFC 6455 9.1).
 */
#include "../text/defensive.h"
#include "extension.h"

#include "../text/field.h"

/* Each skip_ function matches one element of the grammar at p, and the blanks
 * after it.  It returns the end of both, or NULL if the element is
 * malformed. */

static const char *skip_token(const char *p, const char *end) {
  const char *stop = upshake__skip_class(p, end, CLASS_TOKEN);
  return stop == p ? NULL : skip_blanks(stop, end);
}

/* quoted-string (RFC 9110 5.6.4).  The bytes of its text must be of the class.
 * For CLASS_TOKEN the text must not be empty. */
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

COLD const char *upshake__skip_parameters(const char *p, const char *end,
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

/* extension = token *( ";" token [ "=" ( token | quoted-string ) ] ).  The text
 * of a quoted-string must be a token. */
COLD int upshake__are_extensions(upshake_slice value) {
  const char *p = value.ptr, *end = value.len > 0 ? p + value.len : p;
  while (p < end) {
    p = skip_blanks(p, end);
    if (UPSHAKE_ALWAYS(p < end) && *p != ',') {
      p = skip_token(p, end);
      p = p ? upshake__skip_parameters(p, end, CLASS_TOKEN) : NULL;
    }
    if (!p || (p < end && *p++ != ','))
      return 0;
  }
  return 1;
}

upshake_slice upshake__extension_name(upshake_slice member) {
  const char *end =
      upshake__skip_class(member.ptr, member.ptr + member.len, CLASS_TOKEN);
  return slice_of(member.ptr, (size_t)(end - member.ptr));
}

ALWAYS_INLINE const char *find_in_line(upshake_slice line, upshake_slice name) {
  upshake_slice member;
  while (next_in(&line, &member))
    if (upshake__same(upshake__extension_name(member), name))
      return member.ptr;
  return NULL;
}

const char *upshake__find_extension_in(upshake_slice line, upshake_slice name) {
  return find_in_line(line, name);
}

COLD const char *upshake__find_extension(upshake_slice fields,
                                         upshake_slice name) {
  upshake_slice line;
  const char *found = NULL;
  while (!found &&
         upshake__next_line(&fields, "Sec-WebSocket-Extensions", &line))
    found = find_in_line(line, name);
  return found;
}

int upshake__is_extension_answer(upshake_slice value) {
  int is_empty = 1; /* this member, so far; quotes hold no comma */
  for (size_t i = 0; i < value.len; i++) {
    if (value.ptr[i] == ',' && is_empty)
      return 0;
    if (!is_blank(value.ptr[i]))
      is_empty = value.ptr[i] == ',';
  }
  return !is_empty && upshake__are_extensions(value);
}
