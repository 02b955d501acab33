/* SPDX-License-Identifier: MIT
 *
 * Lean: a head may be larger than its memory (upshake_config.lean).  A field
 * line that nobody asked for is checked and counted, but not kept.
 *
 * The parser counts positions in the memory.  A position in the stream is
 * larger by the bytes that were left out.  While a head is read, hs->end counts
 * these bytes.  When the head has ended, parser.pos is its end in the memory,
 * and hs->end is its end in the stream.  Without lean both are equal.
 */
#ifndef UPSHAKE_SRC_HANDSHAKE_LEAN_H
#define UPSHAKE_SRC_HANDSHAKE_LEAN_H

#include "handshake.h"

/* Returns the length of the next piece of input: at most the free room and at
 * most one line, so that a line that is left out is always the last line in the
 * memory. */
UPSHAKE_PRIVATE uint32_t upshake__lean_piece(const upshake *hs,
                                             const char *bytes, uint32_t len);

/* 1 if the head has no room for another byte. */
UPSHAKE_PRIVATE int upshake__lean_is_full(const upshake *hs);

/* Leaves out the current field line, as far as it was parsed, if nobody asked
 * for it; its name is complete.  Returns 1 if it left out something. */
UPSHAKE_PRIVATE int upshake__lean_leave_out(upshake *hs);

#endif
