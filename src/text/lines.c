/* SPDX-License-Identifier: MIT
 *
 * Lines: finds the ends of many lines in one pass, before the lines are looked
 * at one by one.  So the processor need not guess where each line ends.
 */
#include "lines.h"

#ifndef UPSHAKE_SMALL

#define OFFSET_MOST (0xffff - 128) /* of a block that is scanned */

#ifdef SCAN_BLOCK
/* What upshake__find_ends knows between two blocks. */
typedef struct end_scan {
  uint16_t *put;  /* where the next end is put                              */
  uint64_t carry; /* 1: the last byte of the block before is half of a pair */
} end_scan;

/* Puts the ends of a block that begins at `offset`.  In `stops` are the bytes
 * that end text.  A line end is a pair of them; the line itself must show that
 * they are CR and LF.  Returns 0 if there is a stop that is not one of a pair,
 * or comes right behind a pair: all ends before it are put. */
ALWAYS_INLINE int put_ends(end_scan *scan, uint64_t stops, uint32_t offset) {
  uint64_t behind = stops << 1 | scan->carry;
  uint64_t ends = stops & behind, cuts = stops & ~behind;
  uint64_t wrong = (cuts << 1 | scan->carry) ^ ends;
  scan->carry = cuts >> 63;
  if (wrong)
    ends &= (wrong & (0 - wrong)) - 1;
  for (offset++; ends; ends &= ends - 1, scan->put++)
    *scan->put = (uint16_t)(offset + scan_first(ends));
  return wrong == 0;
}

static unsigned last_ends(line_ends *found, const uint16_t *put) {
  found->is_last = 1;
  return (unsigned)(put - found->ends);
}

unsigned upshake__find_ends(line_ends *found, const char *least,
                            const char *end) {
  const char *base = found->base, *p = base, *last, *most;
  end_scan scan = {found->ends, 0};

  if (end - least < SCAN_BLOCK)
    return 0;
  last = end - SCAN_BLOCK;
  most = end - base < OFFSET_MOST ? last : base + OFFSET_MOST;
  for (; p < most; p += SCAN_BLOCK) {
    uint64_t text = scan_text(p);
    if (text == UINT64_MAX && scan.carry == 0)
      continue;
    if (!put_ends(&scan, ~text, (uint32_t)(p - base)))
      return last_ends(found, scan.put);
    if (scan.put >= found->ends + ENDS_LEAST)
      return (unsigned)(scan.put - found->ends);
  }
  if (most != last)
    return (unsigned)(scan.put - found->ends);
  if (p < end)
    put_ends(&scan, ~scan_text(last) >> (p - last), (uint32_t)(p - base));
  return last_ends(found, scan.put);
}
#else
/* Returns the first byte that is a control character or DEL, or end: 8 bytes at
 * a time.  Without the highest bit of each byte no sum has a carry. */
static const char *text_end(const char *p, const char *end) {
  for (; end - p >= 8; p += 8) {
    uint64_t word, low, text;
    memcpy(&word, p, 8);
    low = word & SCAN_EACH * 0x7f;
    text = ((low + SCAN_EACH * 0x60) & ~(low + SCAN_EACH)) | word;
    if ((text & SCAN_EACH * 0x80) != SCAN_EACH * 0x80)
      return p + scan_first_byte(~text & SCAN_EACH * 0x80);
  }
  while (p < end && (unsigned char)*p >= ' ' && *p != 0x7f)
    p++;
  return p;
}

unsigned upshake__find_ends(line_ends *found, const char *least,
                            const char *end) {
  const char *base = found->base, *p = base;
  unsigned len = 0;

  (void)least;
  while (len < ENDS_LEAST) {
    p = text_end(p, end);
    if (end - p < 2 || p[0] != '\r' || p[1] != '\n' || p - base > OFFSET_MOST)
      break;
    p += 2;
    found->ends[len++] = (uint16_t)(p - base);
  }
  found->is_last = len < ENDS_LEAST;
  return len;
}
#endif

#endif
