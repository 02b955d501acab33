/* SPDX-License-Identifier: MIT
 *
 * Cookies (RFC 6265 4.2.1).
 */
#include "pair.h"

/* Without "=" all of it is the value, as browsers send a cookie that has no
 * name. */
static void split_cookie(upshake_slice piece, upshake_field *cookie) {
  size_t name_len = index_of(piece, '=');
  if (name_len == piece.len) {
    cookie->name = slice_of(piece.ptr, 0);
    cookie->value = piece;
    return;
  }
  cookie->name = upshake__trim(slice_of(piece.ptr, name_len));
  cookie->value = upshake__trim(slice_from(piece, name_len + 1));
}

int upshake_next_cookie(upshake_slice *value, upshake_field *cookie) {
  while (value->len > 0) {
    upshake_slice piece = upshake__trim(take_until(value, ';'));
    if (piece.len == 0)
      continue;
    split_cookie(piece, cookie);
    return 1;
  }
  return 0;
}

upshake_slice upshake_find_cookie(upshake_fields fields, const char *name) {
  upshake_field line, cookie;
  while (upshake_next_field(&fields, &line)) {
    if (!upshake_equal_fold(line.name, "Cookie"))
      continue;
    while (upshake_next_cookie(&line.value, &cookie))
      if (upshake_equal(cookie.name, name))
        return cookie.value;
  }
  return slice_none();
}
