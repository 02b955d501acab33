/* SPDX-License-Identifier: MIT
 *
 * SHA-1 of one block (RFC 3174 6.1), as a small loop and as code without a
 * loop.  SHA-1 is broken for signatures.  Here it serves only for
 * Sec-WebSocket-Accept, which does not depend on its security (RFC 6455 10.8).
 */
#ifndef UPSHAKE_SRC_ACCEPT_SHA1_H
#define UPSHAKE_SRC_ACCEPT_SHA1_H

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

/* Returns K(t) (RFC 3174 5). */
SHA1_INLINE uint32_t sha1_constant(unsigned t) {
  if (t < 20)
    return 0x5A827999;
  if (t < 40)
    return 0x6ED9EBA1;
  return t < 60 ? 0x8F1BBCDC : 0xCA62C1D6;
}

/* Returns f(t;B,C,D) (RFC 3174 5), with fewer operations.  The two terms of the
 * majority function have no bit in common, so that adding them is the same as
 * OR, and a round can add them one after the other. */
SHA1_INLINE uint32_t sha1_mix(unsigned t, uint32_t b, uint32_t c, uint32_t d) {
  if (t < 20)
    return d ^ (b & (c ^ d));
  if (t >= 40 && t < 60)
    return (b & c) + (d & (b ^ c));
  return b ^ c ^ d;
}

/* Returns W(t), from a ring of 16 words (RFC 3174 6.2). */
SHA1_INLINE uint32_t sha1_word(uint32_t w[16], unsigned t) {
  if (t >= 16)
    w[t & 15] = sha1_rotate(
        w[(t + 13) & 15] ^ w[(t + 8) & 15] ^ w[(t + 2) & 15] ^ w[t & 15], 1);
  return w[t & 15];
}

/* sha1_loop and sha1_unrolled hash one block.  They overwrite its words. */
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

/* clang reorders the sum so that the constant is added last.  The next round
 * then waits for it, which makes the hash 10 % slower.  An empty assembler
 * statement keeps the order. */
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

/* Without a loop every t is a constant.  The compiler also computes what
 * depends only on constant words, because each caller gets a copy made for its
 * words.  And there is no loop that the compiler could vectorize, which would
 * be slower. */
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
