/* SPDX-License-Identifier: MIT
 *
 * Compares bytes with a text that is known at compile time, word by word.
 */
#ifndef UPSHAKE_SRC_TEXT_LITERAL_H
#define UPSHAKE_SRC_TEXT_LITERAL_H

#include "bytes.h"

#define LOWER UINT64_C(0x2020202020202020)

/* Returns the bits in which 4 or 8 bytes differ from a text in lower case.
 * Letters in upper case do not differ. */
static inline uint32_t differ4(const char *bytes, const char *lower) {
  uint32_t a, b;
  memcpy(&a, bytes, 4);
  memcpy(&b, lower, 4);
  return (a | (uint32_t)LOWER) ^ b;
}

static inline uint64_t differ8(const char *bytes, const char *lower) {
  uint64_t a, b;
  memcpy(&a, bytes, 8);
  memcpy(&b, lower, 8);
  return (a | LOWER) ^ b;
}

/* Compares words that may overlap.  One bit folds each letter to lower case.
 * It changes bytes that are not letters too, but it turns no byte that a
 * field's value may have into a byte of these names.  len is 4 to 24. */
static inline int is_name(const char *bytes, const char *lower, size_t len) {
  uint64_t differ;
  if (len < 8)
    return (differ4(bytes, lower) |
            differ4(bytes + len - 4, lower + len - 4)) == 0;
  differ = differ8(bytes, lower) | differ8(bytes + len - 8, lower + len - 8);
  if (len > 16)
    differ |= differ8(bytes + 8, lower + 8);
  return differ == 0;
}

/* Returns the bits in which 16 bytes differ, as one word. */
static inline uint64_t differ16(const char *bytes, const char *text) {
  uint64_t a[2], b[2];
  memcpy(a, bytes, 16);
  memcpy(b, text, 16);
  return (a[0] ^ b[0]) | (a[1] ^ b[1]);
}

/* Compares without folding.  len is 32 to 48.  memcmp would be a call. */
static inline int is_text(const char *bytes, const char *text, size_t len) {
  return (differ16(bytes, text) | differ16(bytes + 16, text + 16) |
          differ16(bytes + len - 16, text + len - 16)) == 0;
}

/* 1 if the slice equals a literal in lower case, of 1 to 24 bytes; the case of
 * the slice is ignored. */
#ifdef UPSHAKE_SMALL
#define IS_NAME(slice, literal) upshake_equal_fold(slice, literal)
#else
#define IS_NAME(slice, literal)                                                \
  ((slice).len == sizeof(literal) - 1 &&                                       \
   (sizeof(literal) > 4 ? is_name((slice).ptr, literal, sizeof(literal) - 1)   \
                        : upshake_equal_fold(slice, literal)))
#endif

#endif
