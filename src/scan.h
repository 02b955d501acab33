/* SPDX-License-Identifier: MIT
 *
 * Scanning: how far do octets of one kind go?  Everything that is clever about
 * speed sits here.  scan_value has a portable twin for every machine and
 * wider ones for those that have them; all find the same octet.  scan_line has
 * twins too, of which each may leave a line that is rare to the parser.
 *
 * Define UPSHAKE_PORTABLE to build without machine-specific code.
 */
#ifndef UPSHAKE_SCAN_H
#define UPSHAKE_SCAN_H

#include "bytes.h"

/* The first octet that cannot stand in a field's value, an octet at a time. */
static inline const char *scan_value_octets(const char *p, const char *end) {
  return upshake_skip_class(p, end, CLASS_VALUE);
}

#define SCAN_EACH (UINT64_MAX / 255) /* 0x0101...01 */

/* The same, 8 octets at a time.  A word without an octet below SP and without
 * DEL is all value; any other word is looked at octet by octet, HTAB is in it
 * more often than not.  The order of octets in a word does not matter. */
static inline const char *scan_value_words(const char *p, const char *end) {
  while (end - p >= 8) {
    uint64_t word, control, delete;
    memcpy(&word, p, 8);
    control = (word - SCAN_EACH * 0x20) & ~word;
    delete = word ^ (SCAN_EACH * 0x7f);
    delete = (delete - SCAN_EACH) & ~delete;
    if ((control | delete) & (SCAN_EACH * 0x80)) {
      const char *stop = scan_value_octets(p, p + 8);
      if (stop < p + 8)
        return stop;
    }
    p += 8;
  }
  return scan_value_octets(p, end);
}

#if defined(__SSE2__) && defined(__GNUC__) && !defined(UPSHAKE_PORTABLE)
#include <emmintrin.h>
#define SCAN_HAS_SSE2 1

/* The same, 16 octets at a time. */
static inline const char *scan_value_sse2(const char *p, const char *end) {
  const __m128i below_sp = _mm_set1_epi8(0x1f);
  const __m128i htab = _mm_set1_epi8('\t');
  const __m128i delete = _mm_set1_epi8(0x7f);
  while (end - p >= 16) {
    __m128i octets = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(octets, below_sp), octets);
    __m128i bad =
        _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(octets, htab), control),
                     _mm_cmpeq_epi8(octets, delete));
    if (_mm_movemask_epi8(bad) != 0)
      return scan_value_octets(p, end);
    p += 16;
  }
  return scan_value_words(p, end);
}

/* 1s where octets are letters or digits.  What is added makes the range the
 * largest numbers that have no sign. */
static inline __m128i scan_alnum_sse2(__m128i octets) {
  __m128i letter = _mm_add_epi8(_mm_or_si128(octets, _mm_set1_epi8(0x20)),
                                _mm_set1_epi8(0x7f - 'z'));
  __m128i digit = _mm_add_epi8(octets, _mm_set1_epi8(0x7f - '9'));
  return _mm_or_si128(_mm_cmpgt_epi8(letter, _mm_set1_epi8(0x7f - 26)),
                      _mm_cmpgt_epi8(digit, _mm_set1_epi8(0x7f - 10)));
}

/* A bit for each of 16 that is of the alphabet of base64. */
static inline int scan_base64_16(const char *p) {
  __m128i octets = _mm_loadu_si128((const __m128i *)(const void *)p);
  __m128i plus = _mm_cmpeq_epi8(octets, _mm_set1_epi8('+'));
  __m128i slash = _mm_cmpeq_epi8(octets, _mm_set1_epi8('/'));
  return _mm_movemask_epi8(
      _mm_or_si128(scan_alnum_sse2(octets), _mm_or_si128(plus, slash)));
}
#endif

#if defined(__aarch64__) && defined(__GNUC__) && !defined(__AARCH64EB__) &&    \
    !defined(UPSHAKE_PORTABLE)
#include <arm_neon.h>
#define SCAN_HAS_NEON 1

/* 1s where octets end a value: a control, HTAB too, or DEL. */
static inline uint8x16_t scan_stop_neon(uint8x16_t octets) {
  return vorrq_u8(vcltq_u8(octets, vdupq_n_u8(0x20)),
                  vceqq_u8(octets, vdupq_n_u8(0x7f)));
}

/* The same as above, 16 octets at a time. */
static inline const char *scan_value_neon(const char *p, const char *end) {
  for (; end - p >= 16; p += 16) {
    uint8x16_t octets = vld1q_u8((const uint8_t *)p);
    uint8x16_t htab = vceqq_u8(octets, vdupq_n_u8('\t'));
    if (vmaxvq_u8(vbicq_u8(scan_stop_neon(octets), htab)) != 0)
      return scan_value_octets(p, end);
  }
  return scan_value_words(p, end);
}
#endif

static inline const char *scan_value(const char *p, const char *end) {
#if defined(UPSHAKE_SMALL)
  return scan_value_octets(p, end);
#elif defined(SCAN_HAS_SSE2)
  return scan_value_sse2(p, end);
#elif defined(SCAN_HAS_NEON)
  return scan_value_neon(p, end);
#else
  return scan_value_words(p, end);
#endif
}

/* Are 16 to 32 octets all of the alphabet of base64 (RFC 4648 4)? */
static inline int scan_is_base64(const char *p, size_t len) {
#if defined(SCAN_HAS_SSE2) && !defined(UPSHAKE_SMALL)
  return (scan_base64_16(p) & scan_base64_16(p + len - 16)) == 0xffff;
#else
  return upshake_all_in(slice_of(p, len), CLASS_BASE64);
#endif
}

/* ---- whole lines: a name, ":", a value ----
 *
 * Most lines are plain: a name of letters, digits and "-", a value without
 * HTAB.  These scans may stop earlier than the grammar does, and never later;
 * what they stop at is looked at again. */

/* Of 64 octets from `begin` on, a bit for each that a plain value does not
 * have: so the end of the next line is found by a shift, not by looking at its
 * octets.  A window begins as { 0 }. */
typedef struct scan_window {
  const char *begin;
  uint64_t stops;
} scan_window;

#ifdef SCAN_HAS_SSE2
#define SCAN_WINDOW 64

/* How many of 16 octets are letters, digits or "-" before another comes. */
static inline unsigned scan_name_16(const char *p) {
  __m128i octets = _mm_loadu_si128((const __m128i *)(const void *)p);
  __m128i name = _mm_or_si128(scan_alnum_sse2(octets),
                              _mm_cmpeq_epi8(octets, _mm_set1_epi8('-')));
  return (unsigned)__builtin_ctz(~(unsigned)_mm_movemask_epi8(name));
}

/* A bit for each of 16 octets that is SP or VCHAR.  With one added these are
 * the largest numbers that have no sign. */
static inline uint64_t scan_text_sse2(const char *p) {
  __m128i octets = _mm_loadu_si128((const __m128i *)(const void *)p);
  octets = _mm_add_epi8(octets, _mm_set1_epi8(1));
  return (uint32_t)_mm_movemask_epi8(
      _mm_cmpgt_epi8(octets, _mm_set1_epi8(' ')));
}

static inline uint64_t scan_stops(const char *p) {
  return ~(scan_text_sse2(p) | scan_text_sse2(p + 16) << 16 |
           scan_text_sse2(p + 32) << 32 | scan_text_sse2(p + 48) << 48);
}
#endif

#ifdef SCAN_HAS_NEON
#define SCAN_WINDOW 64

/* How many of 16 octets are letters, digits or "-" before another comes.  Each
 * octet's 8 bits, all equal, are made 4. */
static inline unsigned scan_name_16(const char *p) {
  uint8x16_t octets = vld1q_u8((const uint8_t *)p);
  uint8x16_t letter =
      vsubq_u8(vorrq_u8(octets, vdupq_n_u8(0x20)), vdupq_n_u8('a'));
  uint8x16_t digit = vsubq_u8(octets, vdupq_n_u8('0'));
  uint8x16_t name = vorrq_u8(vceqq_u8(octets, vdupq_n_u8('-')),
                             vorrq_u8(vcltq_u8(letter, vdupq_n_u8(26)),
                                      vcltq_u8(digit, vdupq_n_u8(10))));
  uint8x8_t halves = vshrn_n_u16(vreinterpretq_u16_u8(vmvnq_u8(name)), 4);
  uint64_t others = vget_lane_u64(vreinterpret_u64_u8(halves), 0);
  return others ? (unsigned)__builtin_ctzll(others) / 4 : 16;
}

/* A bit for each of 64 octets that is not 0; they are 0 or 255. */
static inline uint64_t scan_bits_neon(const uint8x16_t octets[4]) {
  static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128,
                                      1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t weight = vld1q_u8(weights);
  uint8x16_t low =
      vpaddq_u8(vandq_u8(octets[0], weight), vandq_u8(octets[1], weight));
  uint8x16_t high =
      vpaddq_u8(vandq_u8(octets[2], weight), vandq_u8(octets[3], weight));
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

/* Where a plain name ends: the first octet that is not in it, or end. */
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

/* Where a plain value ends: the first octet from p on that may end it, or end.
 * There are octets of the same head from `least` on. */
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
  scan_load(seen, end - SCAN_WINDOW); /* the last ones, some again */
  at = (uintptr_t)p - (uintptr_t)seen->begin;
  if (at < SCAN_WINDOW && seen->stops >> at)
    return p + scan_first(seen->stops >> at);
  return end;
}
#endif

typedef struct plain_line {
  const char *name, *colon, *value, *cr; /* where each begins */
} plain_line;

static inline void scan_blank(plain_line *line) {
  line->value = line->colon + 1;
  if (*line->value == ' ')
    line->value++;
}

static inline int scan_is_line_end(const char *p, const char *end) {
  return end - p > 1 && memcmp(p, "\r\n", 2) == 0;
}

/* Goes through the line that begins at line->name.  Returns 0 where it is not
 * plain or not complete.  There may be no name, and more blanks. */
static inline int scan_line(scan_window *seen, const char *least,
                            const char *end, plain_line *line) {
#ifdef SCAN_WINDOW
  /* from the name on, so as not to wait for its end; which is not after it, as
   * no octet of a name is a stop */
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
  if (end - line->colon < 3 || *line->colon != ':') /* and CRLF */
    return 0;
  scan_blank(line);
  line->cr = scan_value_words(line->value, end);
  return scan_is_line_end(line->cr, end);
#endif
}

#endif
