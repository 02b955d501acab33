/* SPDX-License-Identifier: MIT
 *
 * Octets: the character classes of the RFCs, and slices of octets.
 * Private to the library, as every header in this directory.
 */
#ifndef UPSHAKE_BYTES_H
#define UPSHAKE_BYTES_H

#include <string.h>

#include "upshake.h"

/* One bit for each class; upshake_classes says which octet is in which. */
enum {
  CLASS_TOKEN = 1,   /* tchar                          RFC 9110 5.6.2 */
  CLASS_VALUE = 2,   /* field-vchar, SP and HTAB       RFC 9110 5.5   */
  CLASS_PATH = 4,    /* in a target before the "?"     RFC 9112 3.2   */
  CLASS_QUERY = 8,   /* in a target after the "?"                    */
  CLASS_HOST = 16,   /* reg-name, without pct-encoded  RFC 3986 3.2.2 */
  CLASS_HEX = 32,    /* HEXDIG, in either case         RFC 5234 B.1   */
  CLASS_BASE64 = 64, /* base64 alphabet               RFC 4648 4     */
  CLASS_MEMBER = 128 /* value, but for "," and DQUOTE RFC 9110 5.6.1 */
};

extern const unsigned char upshake_classes[256];

/* For a function whose stack must be free again when its caller goes on, and
 * for one that shall take none of its own. */
#if defined(__GNUC__)
#define NOINLINE __attribute__((noinline))
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#else
#define NOINLINE
#define ALWAYS_INLINE static inline
#endif

static inline int in_class(char octet, unsigned class_bits) {
  return (upshake_classes[(unsigned char)octet] & class_bits) != 0;
}

/* The first octet from p on that is not in the class, or end. */
const char *upshake_skip_class(const char *p, const char *end,
                               unsigned class_bits);

static inline int is_blank(char octet) { return octet == ' ' || octet == '\t'; }

/* The first octet from p on that is not a blank, or end. */
static inline const char *skip_blanks(const char *p, const char *end) {
  while (p < end && is_blank(*p))
    p++;
  return p;
}

static inline int is_digit(char octet) { return octet >= '0' && octet <= '9'; }

/* ASCII only: no locale, and no other script's letters (RFC 9110 2.1). */
static inline char to_lower(char octet) {
  return octet >= 'A' && octet <= 'Z' ? (char)(octet + ('a' - 'A')) : octet;
}

static inline upshake_slice slice_of(const char *ptr, size_t len) {
  upshake_slice slice = {ptr, len};
  return slice;
}

static inline upshake_slice slice_text(const char *text) {
  return slice_of(text, strlen(text));
}

/* Has a slice the octets of a string literal?  As upshake_equal, but its length
 * is known. */
#define SLICE_IS(slice, literal)                                               \
  ((slice).len == sizeof(literal) - 1 &&                                       \
   memcmp((slice).ptr, literal, sizeof(literal) - 1) == 0)

static inline upshake_slice slice_none(void) { return slice_of(NULL, 0); }

static inline upshake_slice slice_from(upshake_slice slice, size_t begin) {
  return slice_of(slice.ptr + begin, slice.len - begin);
}

/* 1 where all octets are in the class; so also where there is none. */
int upshake_all_in(upshake_slice slice, unsigned class_bits);

/* field-value, which begins and ends with a visible octet (RFC 9110 5.5). */
int upshake_is_value(upshake_slice value);

/* Without SP and HTAB at both ends. */
upshake_slice upshake_trim(upshake_slice slice);

/* Octet for octet, and without regard to the case of ASCII letters. */
int upshake_same(upshake_slice a, upshake_slice b);
int upshake_same_fold(upshake_slice a, upshake_slice b);

/* Where `octet` is first, or slice.len. */
static inline size_t index_of(upshake_slice slice, char octet) {
  const char *at =
      slice.len > 0 ? memchr(slice.ptr, (unsigned char)octet, slice.len) : NULL;
  return at ? (size_t)(at - slice.ptr) : slice.len;
}

#endif
