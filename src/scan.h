/* SPDX-License-Identifier: MIT
 *
 * Scanning: how far do octets of one kind go?  Everything that is clever about
 * speed sits here.  scan_value has a portable twin for every machine and
 * wider ones for those that have them; all find the same octet.
 *
 * Define UPSHAKE_PORTABLE to build without machine-specific code.
 */
#ifndef UPSHAKE_SCAN_H
#define UPSHAKE_SCAN_H

#include "bytes.h"

/* The first octet that cannot stand in a field's value, an octet at a time. */
static inline const char *scan_value_octets(const char *p, const char *end) {
  return skip_class(p, end, CLASS_VALUE);
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

#if defined(__SSE2__) && !defined(UPSHAKE_PORTABLE)
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
#endif

static inline const char *scan_value(const char *p, const char *end) {
#ifdef SCAN_HAS_SSE2
  return scan_value_sse2(p, end);
#else
  return scan_value_words(p, end);
#endif
}

#endif
