/* SPDX-License-Identifier: MIT
 *
 * Pairs: name "=" value, with a separator between them, as in queries and in
 * Cookie.
 */
#ifndef UPSHAKE_SRC_REQUEST_PAIR_H
#define UPSHAKE_SRC_REQUEST_PAIR_H

#include "../text/bytes.h"

/* Takes all up to the separator off *text, and the separator.  *text must not
 * be empty. */
static inline upshake_slice take_until(upshake_slice *text, char separator) {
  size_t len = index_of(*text, separator);
  upshake_slice piece = slice_of(text->ptr, len);
  *text = slice_from(*text, len < text->len ? len + 1 : len);
  return piece;
}

#endif
