/* SPDX-License-Identifier: MIT
 *
 * The value of Content-Length, which may have 64 bits.
 */
#include "writer.h"

/* Divides by 10 and returns the remainder.  Small machines have no division of
 * 64 bits. */
static unsigned take_last_digit(uint64_t *number) {
#if UINTPTR_MAX > 0xffffffff
  unsigned last = (unsigned)(*number % 10);
  *number /= 10;
  return last;
#else
  uint64_t quotient = 0;
  uint32_t rest = 0;
  for (int i = 0; i < 4; i++) {
    rest = rest << 16 | (uint32_t)(*number >> 48);
    *number <<= 16;
    quotient = quotient << 16 | rest / 10;
    rest %= 10;
  }
  *number = quotient;
  return rest;
#endif
}

upshake_slice upshake__length_in(char room[LENGTH_MAX], uint64_t len) {
  size_t at = LENGTH_MAX;
  do
    room[--at] = (char)('0' + take_last_digit(&len));
  while (len);
  return slice_of(room + at, LENGTH_MAX - at);
}
