/* SPDX-License-Identifier: MIT
 *
 * The grammar of Sec-WebSocket-Extensions (RFC 6455 9.1).
 */
#include "extension.h"

/* A quoted-string must be a token when its quotes and backslashes are off. */
static int is_token_value(upshake_slice value) {
  if (value.ptr[0] != '"')
    return 1; /* upshake_next_parameter gives tokens otherwise */
  if (value.len == 2)
    return 0;
  for (size_t i = 1; i < value.len - 1; i++) {
    if (value.ptr[i] == '\\')
      i++;
    if (!in_class(value.ptr[i], CLASS_TOKEN))
      return 0;
  }
  return 1;
}

/* extension = token *( ";" token [ "=" ( token | quoted-string ) ] ) */
static NOINLINE int is_extension(upshake_slice member) {
  upshake_slice name, value;
  int more = upshake_next_parameter(&member, &name, &value);

  if (more != 1 || value.ptr)
    return 0;
  while ((more = upshake_next_parameter(&member, &name, &value)) == 1)
    if (value.ptr && !is_token_value(value))
      return 0;
  return more == 0;
}

static const char *skip_blanks(const char *p, const char *end) {
  while (p < end && is_blank(*p))
    p++;
  return p;
}

/* token OWS; NULL where there is none. */
static const char *skip_token(const char *p, const char *end) {
  const char *stop = skip_class(p, end, CLASS_TOKEN);
  return stop == p ? NULL : skip_blanks(stop, end);
}

/* All members, as most are: tokens without quotes.  Returns 0 where there is
 * anything else, good or not. */
static int are_plain(const char *p, const char *end) {
  while (p && p < end) {
    p = skip_token(skip_blanks(p, end), end);
    while (p && p < end && *p == ';') {
      p = skip_token(skip_blanks(p + 1, end), end);
      if (p && p < end && *p == '=')
        p = skip_token(skip_blanks(p + 1, end), end);
    }
    if (p && p < end && *p++ != ',')
      return 0;
  }
  return p != NULL;
}

int upshake_are_extensions(upshake_slice value) {
  upshake_list list = {value, {NULL, 0}, NULL};
  upshake_slice member;
  if (value.len > 0 && are_plain(value.ptr, value.ptr + value.len))
    return 1;
  while (upshake_next_member(&list, &member))
    if (!is_extension(member))
      return 0;
  return 1;
}

upshake_slice upshake_extension_name(upshake_slice member) {
  const char *end =
      skip_class(member.ptr, member.ptr + member.len, CLASS_TOKEN);
  return slice_of(member.ptr, (size_t)(end - member.ptr));
}

int upshake_find_extension(upshake_list *list, upshake_slice name) {
  upshake_slice member;
  while (upshake_next_member(list, &member))
    if (upshake_same(upshake_extension_name(member), name))
      return 1;
  return 0;
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
