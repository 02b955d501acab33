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

/* ---- whole lines: a name, ":", a value ----
 *
 * Most lines are plain: the name has only letters, digits and "-", the value
 * has no HTAB.  These scans may stop earlier than the grammar does, but never
 * later.  The parser looks again at the byte where they stop. */

/* The 64 bytes from `begin` on.  stops has a bit for each byte that may end a
 * plain value.  So a shift finds the end of the next line, and the bytes are
 * not looked at again.  A window starts as { 0 }. */
typedef struct scan_window {
  const char *begin;
  uint64_t stops;
} scan_window;

#ifdef SCAN_HAS_SSE2
#define SCAN_WINDOW 64

/* Returns how many letters, digits or "-" the 16 bytes begin with. */
static inline unsigned scan_name_16(const char *p) {
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
  __m128i name = _mm_or_si128(scan_alnum_sse2(bytes),
                              _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
  return (unsigned)__builtin_ctz(~(unsigned)_mm_movemask_epi8(name));
}

/* Returns 16 bits: 1 for each byte that is SP or VCHAR.  After the addition of
 * 1 these bytes are the largest signed numbers. */
static inline uint64_t scan_text_sse2(const char *p) {
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
  bytes = _mm_add_epi8(bytes, _mm_set1_epi8(1));
  return (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(' ')));
}

static inline uint64_t scan_stops(const char *p) {
  return ~(scan_text_sse2(p) | scan_text_sse2(p + 16) << 16 |
           scan_text_sse2(p + 32) << 32 | scan_text_sse2(p + 48) << 48);
}
#endif

#ifdef SCAN_HAS_NEON
#define SCAN_WINDOW 64

/* Returns how many letters, digits or "-" the 16 bytes begin with.  A byte of
 * the comparison has 8 equal bits; 4 of them are kept. */
static inline unsigned scan_name_16(const char *p) {
  uint8x16_t bytes = vld1q_u8((const uint8_t *)p);
  uint8x16_t letter =
      vsubq_u8(vorrq_u8(bytes, vdupq_n_u8(0x20)), vdupq_n_u8('a'));
  uint8x16_t digit = vsubq_u8(bytes, vdupq_n_u8('0'));
  uint8x16_t name = vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('-')),
                             vorrq_u8(vcltq_u8(letter, vdupq_n_u8(26)),
                                      vcltq_u8(digit, vdupq_n_u8(10))));
  uint8x8_t halves = vshrn_n_u16(vreinterpretq_u16_u8(vmvnq_u8(name)), 4);
  uint64_t others = vget_lane_u64(vreinterpret_u64_u8(halves), 0);
  return others ? (unsigned)__builtin_ctzll(others) / 4 : 16;
}

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

static inline uint64_t scan_stops(const char *p) {
  uint8x16_t stops[4];
  for (int i = 0; i < 4; i++)
    stops[i] = scan_stop_neon(vld1q_u8((const uint8_t *)p + 16 * i));
  return scan_bits_neon(stops);
}
#endif

/* Returns the first byte that does not belong to a plain name, or end. */
static inline const char *scan_name(const char *p, const char *end) {
#ifdef SCAN_WINDOW
  while (end - p >= 16) {
    unsigned len = scan_name_16(p);
    p += len;
    if (len < 16)
      return p;
  }
#endif
  while (p < end && in_class(*p, CLASS_TOKEN))
    p++;
  return p;
}

#ifdef SCAN_WINDOW
static inline unsigned scan_first(uint64_t bits) {
  return (unsigned)__builtin_ctzll(bits);
}

static inline int scan_load(scan_window *seen, const char *begin) {
  seen->begin = begin;
  seen->stops = scan_stops(begin);
  return seen->stops != 0;
}

/* Returns the first byte from p on that may end a plain value, or end.  The
 * memory from `least` to end may be read. */
static inline const char *scan_stop(scan_window *seen, const char *least,
                                    const char *p, const char *end) {
  uintptr_t at = (uintptr_t)p - (uintptr_t)seen->begin;
  if (at < SCAN_WINDOW) {
    if (seen->stops >> at)
      return p + scan_first(seen->stops >> at);
    p = seen->begin + SCAN_WINDOW;
  }
  for (; end - p >= SCAN_WINDOW; p += SCAN_WINDOW)
    if (scan_load(seen, p))
      return p + scan_first(seen->stops);
  if (end - least < SCAN_WINDOW)
    return scan_value_words(p, end);
  scan_load(seen, end - SCAN_WINDOW); /* some bytes for the second time */
  at = (uintptr_t)p - (uintptr_t)seen->begin;
  if (at < SCAN_WINDOW && seen->stops >> at)
    return p + scan_first(seen->stops >> at);
  return end;
}
#endif

/* A field line: where each of its parts begins. */
typedef struct field_line {
  const char *name, *colon, *value, *cr;
} field_line;

static inline void scan_blank(field_line *line) {
  line->value = line->colon + 1;
  if (*line->value == ' ')
    line->value++;
}

static inline int scan_is_line_end(const char *p, const char *end) {
  return end - p > 1 && memcmp(p, "\r\n", 2) == 0;
}

/* Scans the line that begins at line->name.  Returns 0 if the line is not plain
 * or not complete.  If it returns 1, the name may still be empty, and more
 * blanks may stand before the value. */
ALWAYS_INLINE int scan_line(scan_window *seen, const char *least,
                            const char *end, field_line *line) {
#ifdef SCAN_WINDOW
  /* The search for CR begins at the name, so that it need not wait for the
   * colon.  No byte of a name is a stop, so the name ends at or before
   * line->cr. */
  line->cr = scan_stop(seen, least, line->name, end);
  line->colon = scan_name(line->name, end);
  if (!scan_is_line_end(line->cr, end) || *line->colon != ':')
    return 0;
  scan_blank(line);
  return 1;
#else
  (void)seen;
  (void)least;
  line->colon = scan_name(line->name, end);
  if (end - line->colon < 3 || *line->colon != ':') /* ":" and CRLF */
    return 0;
  scan_blank(line);
  line->cr = scan_value_words(line->value, end);
  return scan_is_line_end(line->cr, end);
#endif
}

#endif
