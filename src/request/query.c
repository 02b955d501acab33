/* SPDX-License-Identifier: MIT
 *
 * The pairs of a query or of a form (WHATWG URL 5.1).
 */
#include "decode.h"
#include "pair.h"

int upshake_next_pair(upshake_slice *query, upshake_field *pair) {
  while (query->len > 0) {
    upshake_slice piece = take_until(query, '&');
    if (piece.len == 0)
      continue;
    pair->name = take_until(&piece, '=');
    pair->value = piece;
    return 1;
  }
  return 0;
}

/* 1 if the text decodes to `name`.  A decoded NUL is not the end of `name`. */
static int decodes_to(upshake_slice text, const char *name) {
  for (; text.len > 0; name++) {
    int byte = upshake__next_decoded(&text, 1);
    if (byte <= 0 || byte != (unsigned char)*name)
      return 0;
  }
  return !*name;
}

upshake_slice upshake_find_parameter(upshake_slice query, const char *name) {
  upshake_field pair;
  while (upshake_next_pair(&query, &pair))
    if (decodes_to(pair.name, name))
      return pair.value;
  return slice_none();
}
