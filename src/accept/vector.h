/* SPDX-License-Identifier: MIT
 *
 * Sec-WebSocket-Accept with vectors of four words, which gcc and clang compile
 * to SSE2.  Every x86 processor of 64 bits has these instructions.  The vectors
 * save so many instructions in the schedule and in base64 that the rounds can
 * stand in loops: less than half the code of accept_fast, in the same time.
 */
#ifndef UPSHAKE_SRC_ACCEPT_VECTOR_H
#define UPSHAKE_SRC_ACCEPT_VECTOR_H

#include "accept.h"
#include "second_block.h"

/* Not on Windows: there a function that uses the registers xmm6 to xmm15 has to
 * keep them on the stack. */
#if defined(__x86_64__) && defined(__SSE2__) && !defined(_WIN32) &&            \
    !defined(__TINYC__) && !defined(UPSHAKE_PORTABLE)
#if defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 5)
#define ACCEPT_VECTOR
#endif
#endif

#ifdef ACCEPT_VECTOR

typedef uint32_t vector_words __attribute__((vector_size(16)));
typedef signed char vector_bytes __attribute__((vector_size(16)));

/* Words i, j, k and l of a and b; b[0] is word 4. */
#ifdef __clang__
#define VECTOR_PICK(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
#define VECTOR_PICK(a, b, i, j, k, l)                                          \
  __builtin_shuffle(a, b, (vector_words){i, j, k, l})
#endif

SHA1_INLINE vector_words vector_rotate(vector_words words, int bits) {
  return words << bits | words >> (32 - bits);
}

/* Returns words t to t + 3 of the schedule, t from 16 to 28.  w0 to w3 are the
 * 16 words before.  The last word needs the first one: it gets its share of it
 * afterwards. */
SHA1_INLINE vector_words vector_early(vector_words w0, vector_words w1,
                                      vector_words w2, vector_words w3) {
  const vector_words zero = {0};
  vector_words words = vector_rotate(w0 ^ VECTOR_PICK(w0, w1, 2, 3, 4, 5) ^ w2 ^
                                         VECTOR_PICK(w3, zero, 1, 2, 3, 4),
                                     1);
  return words ^ vector_rotate(VECTOR_PICK(words, zero, 4, 4, 4, 0), 1);
}

/* Computes words 4 * i to 4 * i + 3 of the schedule, and writes them with K(t)
 * into a ring of 20 words.  w is a ring of 32 words; its first 16 are given.
 *
 * From word 32 on, the rule of the schedule, put into itself once, is
 *   W(t) = (W(t - 6) ^ W(t - 16) ^ W(t - 28) ^ W(t - 32)) rotated by 2.
 * So no word needs one of the three before it. */
SHA1_INLINE void vector_four(vector_words w[8], uint32_t wk[20], unsigned i) {
  vector_words sum, *words = &w[i & 7];

  if (i >= 8)
    *words = vector_rotate(
        *words ^ w[(i + 1) & 7] ^ w[(i + 4) & 7] ^
            VECTOR_PICK(w[(i + 6) & 7], w[(i + 7) & 7], 2, 3, 4, 5),
        2);
  else if (i >= 4)
    *words = vector_early(w[i - 4], w[i - 3], w[i - 2], w[i - 1]);
  sum = *words + sha1_constant(4 * i);
  memcpy(wk + 4 * (i % 5), &sum, sizeof sum);
}

/* Computes W(t) + K(t) for 20 rounds, of which the first is round 4 * i.
 * Returns where they are. */
SHA1_INLINE const uint32_t *vector_twenty(vector_words w[8], uint32_t wk[20],
                                          unsigned i) {
  vector_four(w, wk, i);
  vector_four(w, wk, i + 1);
  vector_four(w, wk, i + 2);
  vector_four(w, wk, i + 3);
  vector_four(w, wk, i + 4);
  return wk;
}

/* Compilers reorder the sum so that its parts that are known early are added
 * last.  The next round then waits for them.  An empty assembler statement
 * keeps the order. */
#define VECTOR_SETTLE(word) __asm__("" : "+r"(word))
#define VECTOR_ROUND(i, a, b, c, d, e)                                         \
  e += wk[i];                                                                  \
  VECTOR_SETTLE(e);                                                            \
  e += sha1_mix(t, b, c, d);                                                   \
  VECTOR_SETTLE(e);                                                            \
  e += sha1_rotate(a, 5);                                                      \
  b = sha1_rotate(b, 30);

/* Computes 20 rounds like round t, and returns the end of their words. */
SHA1_INLINE const uint32_t *vector_rounds(uint32_t s[5], const uint32_t *wk,
                                          unsigned t) {
  const uint32_t *end = wk + 20;
  uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4];

  for (; wk != end; wk += 5) {
    VECTOR_ROUND(0, a, b, c, d, e)
    VECTOR_ROUND(1, e, a, b, c, d)
    VECTOR_ROUND(2, d, e, a, b, c)
    VECTOR_ROUND(3, c, d, e, a, b)
    VECTOR_ROUND(4, b, c, d, e, a)
  }
  s[0] = a;
  s[1] = b;
  s[2] = c;
  s[3] = d;
  s[4] = e;
  return end;
}

/* Writes four groups of 24 bits as 16 digits of base64.  Each group is split
 * into two halves and each half into two values, the first in the lowest byte.
 * The offset from a value to its digit depends on which kind of digit it is. */
SHA1_INLINE void vector_digits(vector_words groups, char *out) {
  const vector_words low = {0x003F003F, 0x003F003F, 0x003F003F, 0x003F003F};
  vector_words halves = groups << 8 >> 20 | groups << 20 >> 4;
  vector_bytes values =
      (vector_bytes)((halves >> 6 & low) | (halves & low) << 8);
  vector_bytes digits = values + ((values > 51) & (('0' - 52) - ('a' - 26)));

  digits += (values > 25) & (('a' - 26) - 'A');
  digits += (values > 61) & (('+' - 62) - ('0' - 52));
  digits += (values > 62) & (('/' - 63) - ('+' - 62));
  digits += 'A';
  memcpy(out, &digits, sizeof digits);
}

/* Encodes bytes 0 to 11, then bytes 9 to 19 and a zero.  Both steps write
 * digits 12 to 15. */
SHA1_INLINE void vector_base64(const uint32_t h[5], char accept[28]) {
  vector_words begin = {h[0] >> 8, h[0] << 16 | h[1] >> 16,
                        h[1] << 8 | h[2] >> 24, h[2]};
  vector_words end = {h[2], h[3] >> 8, h[3] << 16 | h[4] >> 16, h[4] << 8};

  vector_digits(begin, accept);
  vector_digits(end, accept + 12);
  accept[27] = '=';
}

/* Both blocks share the code of the rounds, and rounds 20 to 39 share it with
 * rounds 60 to 79.  The words of the first block are computed before each 20
 * rounds; the words of the second block stand in a table. */
static inline void accept_vector(const char key[24], char accept[28]) {
#define VECTOR_FOUR(k, w0, w1, w2, w3) w0 + k, w1 + k, w2 + k, w3 + k,
  static const uint32_t second[80] = {SECOND_BLOCK(VECTOR_FOUR)};
  const char *guid = after_key;
  uint32_t h[5] = SHA1_INITIAL, s[5] = SHA1_INITIAL, first[20];
  vector_words w[8] = {{load_word(key), load_word(key + 4), load_word(key + 8),
                        load_word(key + 12)},
                       {load_word(key + 16), load_word(key + 20),
                        load_word(guid), load_word(guid + 4)},
                       {load_word(guid + 8), load_word(guid + 12),
                        load_word(guid + 16), load_word(guid + 20)},
                       {load_word(guid + 24), load_word(guid + 28),
                        load_word(guid + 32), load_word(guid + 36)}};
  const uint32_t *wk = vector_twenty(w, first, 0);

  for (;;) {
    wk = vector_rounds(s, wk, 0);
    if (wk == first + 20)
      wk = vector_twenty(w, first, 5);
    for (int is_last = 0;; is_last = 1) {
      wk = vector_rounds(s, wk, 20);
      if (is_last)
        break;
      if (wk == first + 20)
        wk = vector_twenty(w, first, 10);
      wk = vector_rounds(s, wk, 40);
      if (wk == first + 20)
        wk = vector_twenty(w, first, 15);
    }
    s[0] = h[0] += s[0];
    s[1] = h[1] += s[1];
    s[2] = h[2] += s[2];
    s[3] = h[3] += s[3];
    s[4] = h[4] += s[4];
    if (wk != first + 20)
      break;
    wk = second;
  }
  vector_base64(h, accept);
}

#endif

#endif
