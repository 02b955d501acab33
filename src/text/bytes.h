/* SPDX-License-Identifier: MIT
 *
 * Bytes: the character classes of the RFCs, and slices of bytes.  Like every
 * header below src/, this header is private to the library.
 */
#ifndef UPSHAKE_SRC_TEXT_BYTES_H
#define UPSHAKE_SRC_TEXT_BYTES_H

#include <string.h>

#include "compiler.h"

/* One bit for each class; upshake__classes says which byte is in which. */
enum {
  CLASS_TOKEN = 1,   /* tchar                          RFC 9110 5.6.2 */
  CLASS_VALUE = 2,   /* field-vchar, SP and HTAB       RFC 9110 5.5   */
  CLASS_PATH = 4,    /* in a target before the "?"     RFC 9112 3.2   */
  CLASS_QUERY = 8,   /* in a target after the "?"      RFC 9112 3.2   */
  CLASS_HOST = 16,   /* reg-name, without pct-encoded  RFC 3986 3.2.2 */
  CLASS_HEX = 32,    /* HEXDIG, in either case         RFC 5234 B.1   */
  CLASS_BASE64 = 64, /* base64 alphabet                RFC 4648 4     */
  CLASS_MEMBER = 128 /* value, not "," nor DQUOTE      RFC 9110 5.6.1 */
};

UPSHAKE_PRIVATE_OBJECT const unsigned char upshake__classes[256];

static inline int in_class(char byte, unsigned class_bits) {
  return (upshake__classes[(unsigned char)byte] & class_bits) != 0;
}

/* Returns the first byte from p on that is not in the class, or end. */
UPSHAKE_PRIVATE const char *upshake__skip_class(const char *p, const char *end,
                                                unsigned class_bits);

static inline int is_blank(char byte) { return byte == ' ' || byte == '\t'; }

/* Returns the first byte from p on that is not a blank, or end. */
static inline const char *skip_blanks(const char *p, const char *end) {
  while (p < end && is_blank(*p))
    p++;
  return p;
}

static inline int is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/* The value of a HEXDIG. */
ALWAYS_INLINE unsigned hex_value(char digit) {
  return ((unsigned char)digit + (digit > '9' ? 9u : 0u)) & 15u;
}

/* 1 if pct-encoded = "%" HEXDIG HEXDIG (RFC 3986 2.1) begins at the "%" at
 * p. */
ALWAYS_INLINE int is_pct_encoded(const char *p, const char *end) {
  return end - p >= 3 && in_class(p[1], CLASS_HEX) && in_class(p[2], CLASS_HEX);
}

/* Only ASCII letters change: no locale, no letters of other scripts (RFC 9110
 * 2.1). */
static inline char to_lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

static inline upshake_slice slice_of(const char *ptr, size_t len) {
  upshake_slice slice = {ptr, len};
  return slice;
}

/* Offsets have 32 bits, so no more bytes than that are looked at or kept. */
static inline uint32_t clamp_len(size_t len) {
  return len < UINT32_MAX ? (uint32_t)len : UINT32_MAX - 1;
}

static inline upshake_slice slice_text(const char *text) {
  return slice_of(text, strlen(text));
}

/* 1 if the slice has exactly the bytes of a string literal: upshake_equal with
 * a length that the compiler knows. */
#define SLICE_IS(slice, literal)                                               \
  ((slice).len == sizeof(literal) - 1 &&                                       \
   memcmp((slice).ptr, literal, sizeof(literal) - 1) == 0)

static inline upshake_slice slice_none(void) { return slice_of(NULL, 0); }

static inline upshake_slice slice_from(upshake_slice slice, size_t begin) {
  return slice_of(slice.ptr + begin, slice.len - begin);
}

/* 1 if all bytes are in the class; also for an empty slice. */
UPSHAKE_PRIVATE int upshake__all_in(upshake_slice slice, unsigned class_bits);

/* 1 if the slice is a field-value (RFC 9110 5.5): it is empty, or neither
 * begins nor ends with a blank. */
UPSHAKE_PRIVATE int upshake__is_value(upshake_slice value);

/* Returns the slice without the blanks (SP and HTAB) at both ends. */
UPSHAKE_PRIVATE upshake_slice upshake__trim(upshake_slice slice);

/* 1 if there is no upper-case letter. */
static inline int is_lower(upshake_slice slice) {
  for (size_t i = 0; i < slice.len; i++)
    if (slice.ptr[i] >= 'A' && slice.ptr[i] <= 'Z')
      return 0;
  return 1;
}

/* 1 if both slices are equal, byte for byte.  _fold ignores the case of ASCII
 * letters. */
UPSHAKE_PRIVATE int upshake__same(upshake_slice a, upshake_slice b);
UPSHAKE_PRIVATE int upshake__same_fold(upshake_slice a, upshake_slice b);

/* Returns the index of the first `byte`, or slice.len if there is none. */
ALWAYS_INLINE size_t index_of(upshake_slice slice, char byte) {
  const char *at =
      slice.len > 0 ? memchr(slice.ptr, (unsigned char)byte, slice.len) : NULL;
  return at ? (size_t)(at - slice.ptr) : slice.len;
}

#endif
