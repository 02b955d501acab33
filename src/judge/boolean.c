/* SPDX-License-Identifier: MIT
 *
 * Structured booleans (RFC 8941 3.3.6), such as the value of Capsule-Protocol.
 */
#include "../text/bytes.h"

static int is_key_byte(char byte, int is_first) {
  if ((byte >= 'a' && byte <= 'z') || byte == '*')
    return 1;
  return !is_first &&
         (is_digit(byte) || byte == '_' || byte == '-' || byte == '.');
}

/* Skips the key of a parameter (RFC 8941 3.1.2). */
static const char *skip_key(const char *p, const char *end) {
  const char *begin = p;
  while (p < end && is_key_byte(*p, p == begin))
    p++;
  return p;
}

static int is_alpha(char byte) {
  return to_lower(byte) >= 'a' && to_lower(byte) <= 'z';
}

/* Each of the following functions matches one kind of bare-item at p; *p tells
 * the kind.  It returns the end, or NULL if the item is malformed (RFC 8941
 * 3.3). */

static const char *skip_number(const char *p, const char *end) {
  const char *begin = *p == '-' ? p + 1 : p, *point;
  for (p = begin; p < end && is_digit(*p); p++)
    ;
  if (p == begin || p - begin > 15)
    return NULL;
  if (p == end || *p != '.')
    return p;
  point = p++;
  while (p < end && is_digit(*p))
    p++;
  return point - begin <= 12 && p - point > 1 && p - point <= 4 ? p : NULL;
}

static const char *skip_string(const char *p, const char *end) {
  for (p++; p < end && *p != '"'; p++) {
    if (*p < ' ' || *p > '~')
      return NULL;
    if (*p == '\\' && (++p == end || (*p != '"' && *p != '\\')))
      return NULL;
  }
  return p < end ? p + 1 : NULL;
}

static const char *skip_token_item(const char *p, const char *end) {
  while (p < end && (in_class(*p, CLASS_TOKEN) || *p == ':' || *p == '/'))
    p++;
  return p;
}

static const char *skip_bytes(const char *p, const char *end) {
  for (p++; p < end && (in_class(*p, CLASS_BASE64) || *p == '='); p++)
    ;
  return p < end && *p == ':' ? p + 1 : NULL;
}

static const char *skip_item(const char *p, const char *end) {
  if (p == end)
    return NULL;
  if (is_digit(*p) || *p == '-')
    return skip_number(p, end);
  if (*p == '"')
    return skip_string(p, end);
  if (*p == ':')
    return skip_bytes(p, end);
  if (*p == '?')
    return end - p >= 2 && (p[1] == '0' || p[1] == '1') ? p + 2 : NULL;
  return is_alpha(*p) || *p == '*' ? skip_token_item(p, end) : NULL;
}

/* parameters = *( ";" *SP key [ "=" bare-item ] ).  Unknown parameters are
 * ignored.  With malformed parameters the field counts as absent (RFC 9297
 * 3.4). */
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
    p = skip_item(p + 1, end);
    if (!p)
      return 0;
  }
  return 1;
}

static int is_true_item(upshake_slice value) {
  return value.len >= 2 && value.ptr[0] == '?' && value.ptr[1] == '1' &&
         are_parameters(value.ptr + 2, value.ptr + value.len);
}

int upshake_is_true(upshake_fields fields, const char *name) {
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
