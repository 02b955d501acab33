/* SPDX-License-Identifier: MIT
 *
 * Names that are known when the library is compiled, compared word by word.
 */
#ifndef UPSHAKE_WORDS_H
#define UPSHAKE_WORDS_H

#include "bytes.h"

#define LOWER UINT64_C(0x2020202020202020)

/* 4 or 8 octets, folded: the bits in which they differ. */
static inline uint32_t differ4(const char *octets, const char *lower) {
  uint32_t a, b;
  memcpy(&a, octets, 4);
  memcpy(&b, lower, 4);
  return (a | (uint32_t)LOWER) ^ b;
}

static inline uint64_t differ8(const char *octets, const char *lower) {
  uint64_t a, b;
  memcpy(&a, octets, 8);
  memcpy(&b, lower, 8);
  return (a | LOWER) ^ b;
}

/* Words that overlap are compared, each letter folded by one bit.  So are
 * octets that are no letters, but of those that a value may have none becomes
 * an octet of these names.  len is 4 to 24. */
static inline int is_name(const char *octets, const char *lower, size_t len) {
  uint64_t differ;
  if (len < 8)
    return (differ4(octets, lower) |
            differ4(octets + len - 4, lower + len - 4)) == 0;
  differ = differ8(octets, lower) | differ8(octets + len - 8, lower + len - 8);
  if (len > 16)
    differ |= differ8(octets + 8, lower + 8);
  return differ == 0;
}

/* The bits in which 16 octets differ. */
static inline uint64_t differ16(const char *octets, const char *text) {
  uint64_t a[2], b[2];
  memcpy(a, octets, 16);
  memcpy(b, text, 16);
  return (a[0] ^ b[0]) | (a[1] ^ b[1]);
}

/* The same without folding, for 32 to 48 octets; memcmp would be a call. */
static inline int is_text(const char *octets, const char *text, size_t len) {
  return (differ16(octets, text) | differ16(octets + 16, text + 16) |
          differ16(octets + len - 16, text + len - 16)) == 0;
}

/* Has the slice the octets of a literal in lower case, of 4 to 24 octets? */
#ifdef UPSHAKE_SMALL
#define IS_NAME(slice, literal) upshake_equal_fold(slice, literal)
#else
#define IS_NAME(slice, literal)                                                \
  ((slice).len == sizeof(literal) - 1 &&                                       \
   is_name((slice).ptr, literal, sizeof(literal) - 1))
#endif

#endif
