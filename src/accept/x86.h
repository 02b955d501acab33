/* SPDX-License-Identifier: MIT
 *
 * Sec-WebSocket-Accept with the SHA and SSSE3 instructions of x86.
 */
#ifndef UPSHAKE_SRC_ACCEPT_X86_H
#define UPSHAKE_SRC_ACCEPT_X86_H

#include "accept.h"
#include "cpu.h"
#include "second_block.h"

#ifdef CPU_X86_SHA

#include <immintrin.h>

/* abcd holds A to D, A in the highest word.  The highest word of e is E; its
 * other words have no meaning. */
typedef struct x86_state {
  __m128i abcd, e;
} x86_state;

CPU_X86_SHA static inline __m128i x86_load(const void *bytes) {
  return _mm_loadu_si128((const __m128i *)bytes);
}

/* Returns 16 bytes as four words, the first word highest. */
CPU_X86_SHA static inline __m128i x86_words(__m128i bytes) {
  const __m128i reverse =
      _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  return _mm_shuffle_epi8(bytes, reverse);
}

/* Returns words t to t + 3 of the schedule, computed from the 16 words
 * before. */
CPU_X86_SHA static inline __m128i x86_schedule(__m128i w0, __m128i w1,
                                               __m128i w2, __m128i w3) {
  return _mm_sha1msg2_epu32(_mm_xor_si128(_mm_sha1msg1_epu32(w0, w1), w2), w3);
}

/* Computes four rounds, the i-th of 20 groups.  e_w has E + W(t), then W(t + 1)
 * to W(t + 3).  E after the rounds is A before them, rotated: sha1nexte rotates
 * it and adds the next words. */
#define X86_ROUNDS(i, e_w)                                                     \
  s = (x86_state){_mm_sha1rnds4_epu32(s.abcd, e_w, (i) / 5), s.abcd};
#define X86_GIVEN(i) X86_ROUNDS(i, _mm_sha1nexte_epu32(s.e, w[i]))
#define X86_ROLLED(i)                                                          \
  w[(i)&3] = x86_schedule(w[(i)&3], w[((i) + 1) & 3], w[((i) + 2) & 3],        \
                          w[((i) + 3) & 3]);                                   \
  X86_ROUNDS(i, _mm_sha1nexte_epu32(s.e, w[(i)&3]))
#define X86_KNOWN(i)                                                           \
  X86_ROUNDS(i, _mm_sha1nexte_epu32(s.e, x86_load(w + 4 * (i))))

#define X86_1_TO_3(rounds) rounds(1) rounds(2) rounds(3)
#define X86_4_TO_19(rounds)                                                    \
  rounds(4) rounds(5) rounds(6) rounds(7) rounds(8) rounds(9) rounds(10)       \
      rounds(11) rounds(12) rounds(13) rounds(14) rounds(15) rounds(16)        \
          rounds(17) rounds(18) rounds(19)

/* Hashes the block with the key and the GUID. */
CPU_X86_SHA static inline x86_state x86_first_block(x86_state h, __m128i w[4]) {
  x86_state s = h;

  X86_ROUNDS(0, _mm_add_epi32(s.e, w[0]))
  X86_1_TO_3(X86_GIVEN)
  X86_4_TO_19(X86_ROLLED)
  s.abcd = _mm_add_epi32(s.abcd, h.abcd);
  s.e = _mm_sha1nexte_epu32(s.e, h.e);
  return s;
}

/* Hashes the block with the length.  Its W(0) is 0. */
CPU_X86_SHA static inline x86_state x86_second_block(x86_state h) {
#define X86_FOUR(k, w0, w1, w2, w3) w3, w2, w1, w0,
  static const uint32_t w[80] = {SECOND_BLOCK(X86_FOUR)};
  x86_state s = h;

  X86_ROUNDS(0, s.e)
  X86_1_TO_3(X86_KNOWN)
  X86_4_TO_19(X86_KNOWN)
  s.abcd = _mm_add_epi32(s.abcd, h.abcd);
  s.e = _mm_sha1nexte_epu32(s.e, h.e);
  return s;
}

/* Writes 16 base64 digits.  Three bytes a b c come as four, in the order b a c
 * b.  The multiplications shift each group of 6 bits into a byte of its own.
 * Then a table gives the offset from a value to its character.  The index into
 * the table is the value - 51 for values above 51, 13 for capital letters, and
 * 0 for small letters. */
CPU_X86_SHA static inline void x86_digits(__m128i bacb, char *out) {
  const __m128i offsets = _mm_setr_epi8(
      'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
      '0' - 52, '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
  __m128i first_third =
      _mm_mulhi_epu16(_mm_and_si128(bacb, _mm_set1_epi32(0x0FC0FC00)),
                      _mm_set1_epi32(0x04000040));
  __m128i second_fourth =
      _mm_mullo_epi16(_mm_and_si128(bacb, _mm_set1_epi32(0x003F03F0)),
                      _mm_set1_epi32(0x01000010));
  __m128i values = _mm_or_si128(first_third, second_fourth);
  __m128i capitals = _mm_cmpgt_epi8(_mm_set1_epi8(26), values);
  __m128i kinds = _mm_or_si128(_mm_subs_epu8(values, _mm_set1_epi8(51)),
                               _mm_and_si128(capitals, _mm_set1_epi8(13)));
  _mm_storeu_si128((__m128i *)(void *)out,
                   _mm_add_epi8(values, _mm_shuffle_epi8(offsets, kinds)));
}

/* Encodes bytes 0 to 11, then bytes 9 to 19 and a zero.  Both steps write
 * digits 12 to 15. */
CPU_X86_SHA static inline void x86_base64(x86_state s, char accept[28]) {
  const __m128i from_0 =
      _mm_setr_epi8(14, 15, 13, 14, 11, 12, 10, 11, 8, 9, 7, 8, 5, 6, 4, 5);
  const __m128i from_9 =
      _mm_setr_epi8(9, 10, 8, 9, 6, 7, 5, 6, 3, 4, 2, 3, 0, 1, -1, 0);

  x86_digits(_mm_shuffle_epi8(s.abcd, from_0), accept);
  x86_digits(_mm_shuffle_epi8(_mm_alignr_epi8(s.abcd, s.e, 12), from_9),
             accept + 12);
  accept[27] = '=';
}

CPU_X86_SHA static inline void accept_x86(const char key[24], char accept[28]) {
  const x86_state initial = {
      _mm_setr_epi32(0x10325476, (int)0x98BADCFE, (int)0xEFCDAB89, 0x67452301),
      _mm_setr_epi32(0, 0, 0, (int)0xC3D2E1F0)};
  __m128i key_end = _mm_loadl_epi64((const __m128i *)(const void *)(key + 16));
  __m128i w[4] = {x86_words(x86_load(key)),
                  x86_words(_mm_unpacklo_epi64(key_end, x86_load(after_key))),
                  x86_words(x86_load(after_key + 8)),
                  x86_words(x86_load(after_key + 24))};

  x86_base64(x86_second_block(x86_first_block(initial, w)), accept);
}

#endif

#endif
