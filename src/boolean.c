/* SPDX-License-Identifier: MIT
 *
 * Structured booleans, as Capsule-Protocol is one (RFC 8941 3.3.6).
 */
#include "bytes.h"

static int is_key_octet(char octet, int is_first) {
  if ((octet >= 'a' && octet <= 'z') || octet == '*')
    return 1;
  return !is_first &&
         (is_digit(octet) || octet == '_' || octet == '-' || octet == '.');
}

/* key of a parameter (RFC 8941 3.1.2) */
static const char *skip_key(const char *p, const char *end) {
  const char *begin = p;
  while (p < end && is_key_octet(*p, p == begin))
    p++;
  return p;
}

/* A value that is not ours to read: a string, or octets up to the next ";".
 * Returns p where there is none. */
static const char *skip_item(const char *p, const char *end) {
  const char *begin = p;
  if (p == end || *p != '"') {
    while (p < end && *p != ';' && *p != ' ')
      p++;
    return p;
  }
  for (p++; p < end && *p != '"'; p++)
    if (*p == '\\' && ++p == end)
      return begin;
  return p < end ? p + 1 : begin;
}

/* parameters = *( ";" *SP key [ "=" bare-item ] ): unknown ones are ignored,
 * broken ones make the field as if absent (RFC 9297 3.4). */
static int are_parameters(const char *p, const char *end) {
  while (p < end) {
    const char *stop;
    if (*p++ != ';')
      return 0;
    while (p < end && *p == ' ')
      p++;
    stop = skip_key(p, end);
    if (stop == p)
      return 0;
    p = stop;
    if (p == end || *p != '=')
      continue;
    stop = skip_item(p + 1, end);
    if (stop == p + 1)
      return 0;
    p = stop;
  }
  return 1;
}

static int is_true_item(upshake_slice value) {
  return value.len >= 2 && value.ptr[0] == '?' && value.ptr[1] == '1' &&
         are_parameters(value.ptr + 2, value.ptr + value.len);
}

int upshake_is_true(upshake_slice fields, const char *name) {
  upshake_field field;
  int lines = 0, is_true = 0;

  while (upshake_next_field(&fields, &field)) {
    if (!upshake_equal_fold(field.name, name))
      continue;
    is_true = is_true_item(field.value);
    lines++;
  }
  return lines == 1 && is_true;
}
