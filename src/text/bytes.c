/* SPDX-License-Identifier: MIT
 *
 * Bytes: the table of character classes, and slices of bytes.
 */
#include "bytes.h"

/* The table is laid out like the ABNF of the RFCs. */
/* clang-format off */

/* Every visible ASCII byte may stand in a field's value, and every one but ","
 * and DQUOTE also in a member of a list.  The names below add up the other
 * classes of each group of the ABNF. */
#define V (CLASS_VALUE | CLASS_MEMBER)
#define URI (CLASS_PATH | CLASS_QUERY)

#define DIGIT (V | CLASS_TOKEN | URI | CLASS_HOST | CLASS_HEX | CLASS_BASE64)
#define AF DIGIT /* A to F are HEXDIG too */
#define GZ (V | CLASS_TOKEN | URI | CLASS_HOST | CLASS_BASE64)

#define OBS V
#define OBS8 OBS, OBS, OBS, OBS, OBS, OBS, OBS, OBS
#define OBS32 OBS8, OBS8, OBS8, OBS8

UPSHAKE_PRIVATE_CONST const unsigned char upshake__classes[256] = {
    /* SP and HTAB: in values only (RFC 9110 5.5) */
    ['\t'] = V, [' '] = V,

    /* DIGIT */
    ['0'] = DIGIT, ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT,
    ['4'] = DIGIT, ['5'] = DIGIT, ['6'] = DIGIT, ['7'] = DIGIT,
    ['8'] = DIGIT, ['9'] = DIGIT,

    /* ALPHA */
    ['A'] = AF, ['B'] = AF, ['C'] = AF, ['D'] = AF, ['E'] = AF, ['F'] = AF,
    ['G'] = GZ, ['H'] = GZ, ['I'] = GZ, ['J'] = GZ, ['K'] = GZ, ['L'] = GZ,
    ['M'] = GZ, ['N'] = GZ, ['O'] = GZ, ['P'] = GZ, ['Q'] = GZ, ['R'] = GZ,
    ['S'] = GZ, ['T'] = GZ, ['U'] = GZ, ['V'] = GZ, ['W'] = GZ, ['X'] = GZ,
    ['Y'] = GZ, ['Z'] = GZ,
    ['a'] = AF, ['b'] = AF, ['c'] = AF, ['d'] = AF, ['e'] = AF, ['f'] = AF,
    ['g'] = GZ, ['h'] = GZ, ['i'] = GZ, ['j'] = GZ, ['k'] = GZ, ['l'] = GZ,
    ['m'] = GZ, ['n'] = GZ, ['o'] = GZ, ['p'] = GZ, ['q'] = GZ, ['r'] = GZ,
    ['s'] = GZ, ['t'] = GZ, ['u'] = GZ, ['v'] = GZ, ['w'] = GZ, ['x'] = GZ,
    ['y'] = GZ, ['z'] = GZ,

    /* unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~" (RFC 3986 2.3) */
    ['-'] = V | URI | CLASS_HOST | CLASS_TOKEN,
    ['.'] = V | URI | CLASS_HOST | CLASS_TOKEN,
    ['_'] = V | URI | CLASS_HOST | CLASS_TOKEN,
    ['~'] = V | URI | CLASS_HOST | CLASS_TOKEN,

    /* sub-delims (RFC 3986 2.2); the first six are tchar too */
    ['!'] = V | URI | CLASS_HOST | CLASS_TOKEN,
    ['$'] = V | URI | CLASS_HOST | CLASS_TOKEN,
    ['&'] = V | URI | CLASS_HOST | CLASS_TOKEN,
    ['\''] = V | URI | CLASS_HOST | CLASS_TOKEN,
    ['*'] = V | URI | CLASS_HOST | CLASS_TOKEN,
    ['+'] = V | URI | CLASS_HOST | CLASS_TOKEN | CLASS_BASE64,
    ['('] = V | URI | CLASS_HOST, [')'] = V | URI | CLASS_HOST,
    [','] = CLASS_VALUE | URI | CLASS_HOST, [';'] = V | URI | CLASS_HOST,
    ['='] = V | URI | CLASS_HOST,

    /* pchar = unreserved / pct-encoded / sub-delims / ":" / "@" (3.3); "%" is
     * kept as sent, nothing is decoded */
    [':'] = V | URI, ['@'] = V | URI,
    ['%'] = V | URI | CLASS_TOKEN,
    ['/'] = V | URI | CLASS_BASE64,

    /* query = *( pchar / "/" / "?" ) (3.4); the parser itself looks for the "?"
     * that ends a path */
    ['?'] = V | CLASS_QUERY,

    /* bytes that browsers send without escaping them (WHATWG URL, path and
     * query states) */
    ['['] = V | URI, [']'] = V | URI,
    ['|'] = V | URI | CLASS_TOKEN, ['^'] = V | URI | CLASS_TOKEN,
    ['\\'] = V | CLASS_QUERY, ['{'] = V | CLASS_QUERY,
    ['}'] = V | CLASS_QUERY, ['`'] = V | CLASS_QUERY | CLASS_TOKEN,

    /* the rest of tchar (RFC 9110 5.6.2), and the VCHAR that no other group
     * has */
    ['#'] = V | CLASS_TOKEN,
    ['"'] = CLASS_VALUE, ['<'] = V, ['>'] = V,

    /* obs-text = %x80-FF (RFC 9110 5.5) */
    [0x80] = OBS32, OBS32, OBS32, OBS32,
};
/* clang-format on */

/* The loops below compare with their end once for every four bytes, unless
 * UPSHAKE_SMALL. */
#ifdef UPSHAKE_SMALL
#define STRIDE 1
#define FOR_STRIDE(do_byte) do_byte(0)
#else
#define STRIDE 4
#define FOR_STRIDE(do_byte) do_byte(0) do_byte(1) do_byte(2) do_byte(3)
#endif

const char *upshake__skip_class(const char *p, const char *end,
                                unsigned class_bits) {
#define SKIP(i)                                                                \
  if (!in_class(p[i], class_bits))                                             \
    return p + i;
  for (; end - p >= STRIDE; p += STRIDE) {
    FOR_STRIDE(SKIP)
  }
#undef SKIP
  while (p < end && in_class(*p, class_bits))
    p++;
  return p;
}

int upshake__all_in(upshake_slice slice, unsigned class_bits) {
  const char *p = slice.ptr;
  size_t left = slice.len;
  unsigned char all = (unsigned char)class_bits;
#define ADD(i) all &= upshake__classes[(unsigned char)p[i]];
  for (; left >= STRIDE; left -= STRIDE, p += STRIDE) {
    FOR_STRIDE(ADD)
  }
#undef ADD
  for (; left > 0; left--)
    all &= upshake__classes[(unsigned char)*p++];
  return all == class_bits;
}

upshake_slice upshake__trim(upshake_slice slice) {
  const char *p = slice.ptr;
  size_t len = slice.len;
  for (; len > 0 && is_blank(*p); len--)
    p++;
  while (len > 0 && is_blank(p[len - 1]))
    len--;
  return slice_of(p, len);
}

int upshake__same(upshake_slice a, upshake_slice b) {
  if (a.len != b.len)
    return 0;
  for (size_t i = 0; i < a.len; i++)
    if (a.ptr[i] != b.ptr[i])
      return 0;
  return 1;
}

ALWAYS_INLINE int is_same_fold(char a, char b) {
  return a == b || to_lower(a) == to_lower(b);
}

#ifndef UPSHAKE_SMALL
static inline int is_same_word(const char *a, const char *b) {
  uint64_t p, q;
  memcpy(&p, a, 8);
  memcpy(&q, b, 8);
  return p == q;
}
#endif

int upshake__same_fold(upshake_slice a, upshake_slice b) {
  const char *p = a.ptr, *q = b.ptr;
  size_t left = a.len;
  if (left != b.len)
    return 0;
#ifndef UPSHAKE_SMALL /* fast path for texts in the same case */
  for (; left >= 8 && is_same_word(p, q); left -= 8, p += 8, q += 8)
    ;
#endif
  for (; left > 0; left--)
    if (!is_same_fold(*p++, *q++))
      return 0;
  return 1;
}

int upshake__is_value(upshake_slice value) {
  return upshake__all_in(value, CLASS_VALUE) &&
         (value.len == 0 ||
          !(is_blank(value.ptr[0]) || is_blank(value.ptr[value.len - 1])));
}

/* ---- public ---- */

/* One pass and no call: these functions end most chains of calls. */
int upshake_equal(upshake_slice slice, const char *text) {
  const char *p = slice.ptr;
  for (size_t left = slice.len; left > 0; left--, p++, text++)
    if (!*text || *p != *text)
      return 0;
  return !*text;
}

int upshake_equal_fold(upshake_slice slice, const char *text) {
  const char *p = slice.ptr;
  for (size_t left = slice.len; left > 0; left--, p++, text++)
    if (!*text || !is_same_fold(*p, *text))
      return 0;
  return !*text;
}

int upshake_is_token(upshake_slice slice) {
  return slice.len > 0 && upshake__all_in(slice, CLASS_TOKEN);
}
