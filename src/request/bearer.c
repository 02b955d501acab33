/* SPDX-License-Identifier: MIT
 *
 * Bearer tokens (RFC 6750 2.1).
 */
#include "credentials.h"

static int is_of_token(char byte) {
  return in_class(byte, CLASS_BASE64) || byte == '-' || byte == '.' ||
         byte == '_' || byte == '~';
}

/* b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=" */
static int is_b64token(upshake_slice text) {
  size_t len = 0, end;
  while (len < text.len && is_of_token(text.ptr[len]))
    len++;
  for (end = len; end < text.len && text.ptr[end] == '='; end++)
    ;
  return len > 0 && end == text.len;
}

upshake_slice upshake_find_bearer(upshake_fields fields) {
  upshake_slice token;
  if (!upshake__find_credentials(fields, "Bearer", &token) ||
      !is_b64token(token))
    return slice_none();
  return token;
}
