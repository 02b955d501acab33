/* SPDX-License-Identifier: MIT
 *
 * A head larger than the memory (upshake_config.lean): of field lines that
 * nobody asked for nothing is kept but their number.
 *
 * Positions in the memory, as the parser has them, and in the stream differ by
 * what was left out.  While a head is read, hs->end counts that.  When the head
 * has ended, parser.pos is its end in the memory and hs->end its end in the
 * stream.  Without lean both are the same.
 */
#ifndef UPSHAKE_LEAN_H
#define UPSHAKE_LEAN_H

#include "handshake.h"

/* A piece of a head that comes in: no more of it than there is room for, and
 * no octet of a second line, so that a line that is left out is the last in the
 * memory.  Returns its length. */
uint32_t upshake_lean_piece(const upshake *hs, const char *octets,
                            uint32_t len);

/* 1 where no octet more may come. */
int upshake_lean_is_full(const upshake *hs);

/* The field line at hand, whose name is complete: where nobody asked for it, is
 * left out as far as it was looked at.  Returns 1 then. */
int upshake_lean_leave_out(upshake *hs);

#endif
