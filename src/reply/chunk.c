/* SPDX-License-Identifier: MIT
 *
 * What goes before a chunk that is sent.
 */
#include "reply.h"

size_t upshake_chunk(uint64_t len, char out[UPSHAKE_CHUNK_CAP]) {
  char digits[16];
  size_t at = sizeof digits, digits_len;
  if (len == 0) {
    memcpy(out, "0\r\n\r\n", 5);
    return 5;
  }
  for (; len > 0; len >>= 4)
    digits[--at] = "0123456789abcdef"[len & 15];
  digits_len = sizeof digits - at;
  memcpy(out, digits + at, digits_len);
  memcpy(out + digits_len, "\r\n", 2);
  return digits_len + 2;
}
