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

/* 1 if field lines that nobody asked for are left out. */
static inline int is_lean(const upshake *hs) {
  return HAS_LEAN && hs->config->lean;
}

#if HAS_LEAN
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
#else /* never called */
static inline uint32_t upshake__lean_piece(const upshake *hs, const char *bytes,
                                           uint32_t len) {
  (void)hs;
  (void)bytes;
  return len;
}
static inline int upshake__lean_is_full(const upshake *hs) {
  (void)hs;
  return 0;
}
static inline int upshake__lean_leave_out(upshake *hs) {
  (void)hs;
  return 0;
}
#endif

#endif
