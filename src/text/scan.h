/* SPDX-License-Identifier: MIT
 *
 * Scanning: finds where a run of bytes of one kind ends.  Here simple code gave
 * way to speed.  scan_value has a portable version for every machine, and wider
 * versions for SSE2 and NEON; all of them find the same byte.  scan_line has
 * such versions too.  Each version of scan_line may leave an unusual line to
 * the parser.
 *
 * Define UPSHAKE_PORTABLE to build without machine-specific code.
 */
#ifndef UPSHAKE_SRC_TEXT_SCAN_H
#define UPSHAKE_SRC_TEXT_SCAN_H

#include "bytes.h"

/* Returns the first byte that cannot stand in a field's value, or end.  Looks
 * at one byte at a time. */
static inline const char *scan_value_bytes(const char *p, const char *end) {
  return upshake__skip_class(p, end, CLASS_VALUE);
}

#define SCAN_EACH (UINT64_MAX / 255) /* 0x0101...01 */

/* The same, 8 bytes at a time.  A word without a byte below SP and without DEL
 * can stand in a value.  Any other word is looked at byte by byte, because it
 * may hold HTAB, which is allowed.  The byte order of the machine does not
 * matter. */
static inline const char *scan_value_words(const char *p, const char *end) {
  while (end - p >= 8) {
    uint64_t word, control, delete;
    memcpy(&word, p, 8);
    control = (word - SCAN_EACH * 0x20) & ~word;
    delete = word ^ (SCAN_EACH * 0x7f);
    delete = (delete - SCAN_EACH) & ~delete;
    if ((control | delete) & (SCAN_EACH * 0x80)) {
      const char *stop = scan_value_bytes(p, p + 8);
      if (stop < p + 8)
        return stop;
    }
    p += 8;
  }
  return scan_value_bytes(p, end);
}

/* Returns which byte of a word in memory has its highest bit set; the first of
 * them.  `bits` has no other bits. */
#if defined(__GNUC__) && defined(__BYTE_ORDER__) &&                            \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
static inline unsigned scan_first_byte(uint64_t bits) {
  return (unsigned)__builtin_ctzll(bits) / 8;
}
#else
static inline unsigned scan_first_byte(uint64_t bits) {
  unsigned char bytes[8];
  unsigned i = 0;
  memcpy(bytes, &bits, 8);
  while (!bytes[i])
    i++;
  return i;
}
#endif

#if defined(__SSE2__) && defined(__GNUC__) && !defined(UPSHAKE_PORTABLE)
#include <emmintrin.h>
#define SCAN_HAS_SSE2 1

/* The same, 16 bytes at a time. */
static inline const char *scan_value_sse2(const char *p, const char *end) {
  const __m128i below_sp = _mm_set1_epi8(0x1f);
  const __m128i htab = _mm_set1_epi8('\t');
  const __m128i delete = _mm_set1_epi8(0x7f);
  while (end - p >= 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, below_sp), bytes);
    __m128i bad =
        _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(bytes, htab), control),
                     _mm_cmpeq_epi8(bytes, delete));
    if (_mm_movemask_epi8(bad) != 0)
      return scan_value_bytes(p, end);
    p += 16;
  }
  return scan_value_words(p, end);
}

/* Every letter or digit becomes a byte of ones, every other byte 0.  The
 * addition moves the range to the largest signed numbers, so that one
 * comparison finds it. */
static inline __m128i scan_alnum_sse2(__m128i bytes) {
  __m128i letter = _mm_add_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x20)),
                                _mm_set1_epi8(0x7f - 'z'));
  __m128i digit = _mm_add_epi8(bytes, _mm_set1_epi8(0x7f - '9'));
  return _mm_or_si128(_mm_cmpgt_epi8(letter, _mm_set1_epi8(0x7f - 26)),
                      _mm_cmpgt_epi8(digit, _mm_set1_epi8(0x7f - 10)));
}

/* Returns 16 bits: 1 for each byte of the base64 alphabet. */
static inline int scan_base64_16(const char *p) {
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
  __m128i plus = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('+'));
  __m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('/'));
  return _mm_movemask_epi8(
      _mm_or_si128(scan_alnum_sse2(bytes), _mm_or_si128(plus, slash)));
}
#endif

#if defined(__aarch64__) && defined(__GNUC__) && !defined(__AARCH64EB__) &&    \
    !defined(UPSHAKE_PORTABLE)
#include <arm_neon.h>
#define SCAN_HAS_NEON 1

/* Every byte that may end a value becomes a byte of ones: a control character,
 * HTAB too, or DEL. */
static inline uint8x16_t scan_stop_neon(uint8x16_t bytes) {
  return vorrq_u8(vcltq_u8(bytes, vdupq_n_u8(0x20)),
                  vceqq_u8(bytes, vdupq_n_u8(0x7f)));
}

/* The same as scan_value_words, 16 bytes at a time. */
static inline const char *scan_value_neon(const char *p, const char *end) {
  for (; end - p >= 16; p += 16) {
    uint8x16_t bytes = vld1q_u8((const uint8_t *)p);
    uint8x16_t htab = vceqq_u8(bytes, vdupq_n_u8('\t'));
    if (vmaxvq_u8(vbicq_u8(scan_stop_neon(bytes), htab)) != 0)
      return scan_value_bytes(p, end);
  }
  return scan_value_words(p, end);
}
#endif

static inline const char *scan_value(const char *p, const char *end) {
#if defined(UPSHAKE_SMALL)
  return scan_value_bytes(p, end);
#elif defined(SCAN_HAS_SSE2)
  return scan_value_sse2(p, end);
#elif defined(SCAN_HAS_NEON)
  return scan_value_neon(p, end);
#else
  return scan_value_words(p, end);
#endif
}

/* 1 if all bytes are of the base64 alphabet (RFC 4648 4).  len is 16 to 32. */
static inline int scan_is_base64(const char *p, size_t len) {
#if defined(SCAN_HAS_SSE2) && !defined(UPSHAKE_SMALL)
  return (scan_base64_16(p) & scan_base64_16(p + len - 16)) == 0xffff;
#else
  return upshake__all_in(slice_of(p, len), CLASS_BASE64);
#endif
}

/* ---- names and line ends, by blocks ----
 *
 * Most lines are plain: the name has only letters, digits and "-", and the
 * value has no HTAB and no byte of obs-text.  lines.h finds them with the
 * functions below.  It leaves every other line to the parser. */

#ifdef SCAN_HAS_SSE2
#define SCAN_BLOCK 64

static inline unsigned scan_name_16(const char *p) {
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
  __m128i name = _mm_or_si128(scan_alnum_sse2(bytes),
                              _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
  return (unsigned)_mm_movemask_epi8(name);
}

/* Returns 32 bits: 1 for each byte that is a letter, a digit or "-". */
static inline uint32_t scan_name_32(const char *p) {
  return scan_name_16(p) | scan_name_16(p + 16) << 16;
}

/* Returns 16 bits: 1 for each byte that is SP or VCHAR.  After the addition of
 * 1 these bytes are the largest signed numbers. */
static inline uint64_t scan_text_16(const char *p) {
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
  bytes = _mm_add_epi8(bytes, _mm_set1_epi8(1));
  return (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(' ')));
}

/* Returns 64 bits: 1 for each byte that is SP or VCHAR. */
static inline uint64_t scan_text(const char *p) {
  return scan_text_16(p) | scan_text_16(p + 16) << 16 |
         scan_text_16(p + 32) << 32 | scan_text_16(p + 48) << 48;
}
#endif

#ifdef SCAN_HAS_NEON
#define SCAN_BLOCK 64

/* Returns 64 bits: 1 for each byte that is not 0.  Every byte is 0 or 255. */
static inline uint64_t scan_bits_neon(const uint8x16_t bytes[4]) {
  static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128,
                                      1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t weight = vld1q_u8(weights);
  uint8x16_t low =
      vpaddq_u8(vandq_u8(bytes[0], weight), vandq_u8(bytes[1], weight));
  uint8x16_t high =
      vpaddq_u8(vandq_u8(bytes[2], weight), vandq_u8(bytes[3], weight));
  low = vpaddq_u8(low, high);
  low = vpaddq_u8(low, low);
  return vgetq_lane_u64(vreinterpretq_u64_u8(low), 0);
}

static inline uint8x16_t scan_name_16(const char *p) {
  uint8x16_t bytes = vld1q_u8((const uint8_t *)p);
  uint8x16_t letter =
      vsubq_u8(vorrq_u8(bytes, vdupq_n_u8(0x20)), vdupq_n_u8('a'));
  uint8x16_t digit = vsubq_u8(bytes, vdupq_n_u8('0'));
  return vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('-')),
                  vorrq_u8(vcltq_u8(letter, vdupq_n_u8(26)),
                           vcltq_u8(digit, vdupq_n_u8(10))));
}

/* Returns 32 bits: 1 for each byte that is a letter, a digit or "-". */
static inline uint32_t scan_name_32(const char *p) {
  const uint8x16_t none = vdupq_n_u8(0);
  const uint8x16_t names[4] = {scan_name_16(p), scan_name_16(p + 16), none,
                               none};
  return (uint32_t)scan_bits_neon(names);
}

/* Returns 64 bits: 1 for each byte that is neither a control character nor
 * DEL. */
static inline uint64_t scan_text(const char *p) {
  uint8x16_t stops[4];
  for (int i = 0; i < 4; i++)
    stops[i] = scan_stop_neon(vld1q_u8((const uint8_t *)p + 16 * i));
  return ~scan_bits_neon(stops);
}
#endif

#ifdef SCAN_BLOCK
/* Returns the place of the lowest bit that is 1.  There must be one. */
static inline unsigned scan_first(uint64_t bits) {
  return (unsigned)__builtin_ctzll(bits);
}
#endif

/* Returns the highest bit of each byte that is a letter, a digit or "-".
 * Without the highest bit of each byte no sum has a carry. */
static inline uint64_t scan_name_word(const char *p) {
  uint64_t word, low, folded, letter, digit, dash;
  memcpy(&word, p, 8);
  low = word & SCAN_EACH * 0x7f;
  folded = low | SCAN_EACH * 0x20;
  letter = (folded + SCAN_EACH * (0x80 - 'a')) &
           ~(folded + SCAN_EACH * (0x7f - 'z'));
  digit = (low + SCAN_EACH * (0x80 - '0')) & ~(low + SCAN_EACH * (0x7f - '9'));
  dash = ~((low ^ SCAN_EACH * '-') + SCAN_EACH * 0x7f);
  return (letter | digit | dash) & ~word & SCAN_EACH * 0x80;
}

/* Returns the first byte that cannot stand in a name, or end.  A name with
 * other bytes than letters, digits and "-" may seem to end earlier, and one of
 * more than SCAN_NAME_MOST bytes does. */
#define SCAN_NAME_MOST 32
#ifdef SCAN_BLOCK /* no branch depends on how long a usual name is */
ALWAYS_INLINE const char *scan_name(const char *p, const char *end) {
  if (end - p > SCAN_NAME_MOST)
    return p + scan_first(~(uint64_t)scan_name_32(p));
  return upshake__skip_class(p, end, CLASS_TOKEN);
}
#else
ALWAYS_INLINE const char *scan_name(const char *p, const char *end) {
  if (end - p > SCAN_NAME_MOST)
    end = p + SCAN_NAME_MOST;
  for (; end - p >= 8; p += 8) {
    uint64_t others = scan_name_word(p) ^ SCAN_EACH * 0x80;
    if (others)
      return p + scan_first_byte(others);
  }
  return upshake__skip_class(p, end, CLASS_TOKEN);
}
#endif

#endif
