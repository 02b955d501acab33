/* SPDX-License-Identifier: MIT
 *
 * Lines: finds the lines of a head that are plain (see scan.h), many of them
 * with one call.  It may leave a line to the parser, but never takes a line
 * that the grammar does not allow.  UPSHAKE_SMALL has only the parser.
 */
#ifndef UPSHAKE_SRC_TEXT_LINES_H
#define UPSHAKE_SRC_TEXT_LINES_H

#include "scan.h"

#ifndef UPSHAKE_SMALL

/* A call stops behind the block of 64 bytes with the last of so many ends.  A
 * block has no more than 22, because two ends are at least 3 bytes apart: what
 * comes right behind a line end is no line end. */
enum { ENDS_LEAST = 14, ENDS_MOST = ENDS_LEAST - 1 + 22 };

/* Ends of lines that were found.  An end is the byte behind CRLF, counted from
 * `base`, where the first of these lines begins.  All bytes before an end are
 * SP, VCHAR, or belong to CRLF. */
typedef struct line_ends {
  const char *base;
  uint16_t is_last; /* 1: no other line would be found behind them */
  uint16_t ends[ENDS_MOST];
} line_ends;

/* Finds the ends of the lines that begin at found->base, and returns how many.
 * Returns 0 if the next line is not complete, or the parser must look at it.
 * The memory from `least` to `end` may be read. */
UPSHAKE_PRIVATE unsigned upshake__find_ends(line_ends *found, const char *least,
                                            const char *end);

#endif

#endif
