/* SPDX-License-Identifier: MIT
 *
 * SHA-1 of one block (RFC 3174 6.1), as a small loop and as straight code.
 * Broken as a signature's hash, and used here for what RFC 6455 4.2.2 wants
 * it for only.
 */
#ifndef UPSHAKE_SHA1_H
#define UPSHAKE_SHA1_H

#include <stdint.h>

#if defined(__GNUC__)
#define SHA1_INLINE static inline __attribute__((always_inline))
#elif defined(_MSC_VER)
#define SHA1_INLINE static __forceinline
#else
#define SHA1_INLINE static inline
#endif

#define SHA1_INITIAL                                                           \
  { 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0 }

SHA1_INLINE uint32_t sha1_rotate(uint32_t word, unsigned bits) {
  return word << bits | word >> (32 - bits);
}

/* K(t), RFC 3174 5. */
SHA1_INLINE uint32_t sha1_constant(unsigned t) {
  if (t < 20)
    return 0x5A827999;
  if (t < 40)
    return 0x6ED9EBA1;
  return t < 60 ? 0x8F1BBCDC : 0xCA62C1D6;
}

/* f(t;B,C,D), RFC 3174 5, with an operation less where there can be.  The two
 * terms of the majority have no bit in common: to add them is to or them, and
 * the sum of a round can take them one by one. */
SHA1_INLINE uint32_t sha1_mix(unsigned t, uint32_t b, uint32_t c, uint32_t d) {
  if (t < 20)
    return d ^ (b & (c ^ d));
  if (t >= 40 && t < 60)
    return (b & c) + (d & (b ^ c));
  return b ^ c ^ d;
}

/* W(t) from a schedule of 16 words that rolls, RFC 3174 6.2. */
SHA1_INLINE uint32_t sha1_word(uint32_t w[16], unsigned t) {
  if (t >= 16)
    w[t & 15] = sha1_rotate(
        w[(t + 13) & 15] ^ w[(t + 8) & 15] ^ w[(t + 2) & 15] ^ w[t & 15], 1);
  return w[t & 15];
}

/* Both take the words of a block, which they use up. */
static inline void sha1_loop(uint32_t h[5], uint32_t w[16]) {
  uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

  for (unsigned t = 0; t < 80; t++) {
    uint32_t next = sha1_word(w, t) + sha1_constant(t) + sha1_mix(t, b, c, d) +
                    sha1_rotate(a, 5) + e;
    e = d;
    d = c;
    c = sha1_rotate(b, 30);
    b = a;
    a = next;
  }
  h[0] += a;
  h[1] += b;
  h[2] += c;
  h[3] += d;
  h[4] += e;
}

/* clang sorts a sum so that the constant is added last, in the way of the next
 * round, which is a tenth slower.  It cannot sort what it does not see. */
#if defined(__clang__) && !defined(UPSHAKE_PORTABLE)
#define SHA1_SETTLE(word) __asm__("" : "+r"(word))
#else
#define SHA1_SETTLE(word) (void)0
#endif

#define SHA1_ROUND(t, a, b, c, d, e)                                           \
  e += sha1_word(w, t) + sha1_constant(t);                                     \
  SHA1_SETTLE(e);                                                              \
  e += sha1_mix(t, b, c, d) + sha1_rotate(a, 5);                               \
  b = sha1_rotate(b, 30);
#define SHA1_FIVE(t)                                                           \
  SHA1_ROUND(t, a, b, c, d, e)                                                 \
  SHA1_ROUND(t + 1, e, a, b, c, d)                                             \
  SHA1_ROUND(t + 2, d, e, a, b, c)                                             \
  SHA1_ROUND(t + 3, c, d, e, a, b)                                             \
  SHA1_ROUND(t + 4, b, c, d, e, a)
#define SHA1_TWENTY(t)                                                         \
  SHA1_FIVE(t) SHA1_FIVE(t + 5) SHA1_FIVE(t + 10) SHA1_FIVE(t + 15)

/* Without a loop every t is a constant, and so is what follows from words that
 * are: each caller gets a copy made for its words.  Nothing is left that a
 * compiler could vectorize, which would be slower. */
SHA1_INLINE void sha1_unrolled(uint32_t h[5], uint32_t w[16]) {
  uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

  SHA1_TWENTY(0)
  SHA1_TWENTY(20)
  SHA1_TWENTY(40)
  SHA1_TWENTY(60)
  h[0] += a;
  h[1] += b;
  h[2] += c;
  h[3] += d;
  h[4] += e;
}

#endif
