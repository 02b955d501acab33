/* SPDX-License-Identifier: MIT
 *
 * Gives the parts of a request that a handshake holds.
 */
#ifndef UPSHAKE_SRC_JUDGE_REQUEST_H
#define UPSHAKE_SRC_JUDGE_REQUEST_H

#include "../head/head.h"
#include "judge.h"

/* upshake.flags */
enum {
  HANDSHAKE_JUDGE = 1 << 0,     /* part of an upshake_judge: no head memory   */
  HANDSHAKE_COMPLETE = 1 << 1,  /* the head is complete, and so are the facts */
  HANDSHAKE_CLOSE = 1 << 2,     /* refused for a reason that forbids to keep  */
  HANDSHAKE_TAKEN = 1 << 3,     /* the first byte of the reply was taken      */
  HANDSHAKE_KEPT = 1 << 4,      /* the reply was written with KEEP_OPEN       */
  HANDSHAKE_CHOSEN = 1 << 5,    /* the application chose a sub-protocol       */
  HANDSHAKE_FED = 1 << 9,       /* bytes come from feed, not from commit      */
  HANDSHAKE_ANSWERED = 1 << 10, /* the application refused                    */

  /* Of bodies; without them 0, so that no condition on them holds. */
  HANDSHAKE_BODY = HAS_BODIES << 6,     /* accepted, and a body comes before
                                           the 101                            */
  HANDSHAKE_BODY_END = HAS_BODIES << 7, /* the body is complete               */
  HANDSHAKE_CONTINUED = HAS_BODIES << 8 /* a 100 (Continue) was taken whole   */
};

/* Returns the judge that this handshake is a part of (HANDSHAKE_JUDGE). */
static inline const upshake_judge *judge_of(const upshake *hs) {
  return (const upshake_judge *)(const void *)hs;
}

/* Returns the value of the only field with this name, in a complete head: by
 * its offset, or if lines were left out (lean) by a search for the name. */
UPSHAKE_PRIVATE upshake_slice upshake__value_at(const upshake *hs, uint32_t at,
                                                const char *name);

/* Parts of a request after all its fields were seen.  The authority is the
 * target's, else Host (RFC 9112 3.2.2); has_authority says whether the target
 * has an authority.  For origin_of there must be an Origin. */
UPSHAKE_PRIVATE upshake_slice upshake__method_of(const upshake *hs);
UPSHAKE_PRIVATE upshake_slice upshake__authority_of(const upshake *hs);
UPSHAKE_PRIVATE int upshake__has_authority(const upshake *hs);
UPSHAKE_PRIVATE upshake_slice upshake__origin_of(const upshake *hs);

/* Returns the field lines of the head; in a judge, as many as it keeps. */
UPSHAKE_PRIVATE upshake_fields upshake__fields_of(const upshake *hs);

/* 1 if this is the method; 0 while the method is not known yet. */
UPSHAKE_PRIVATE int upshake__is_method(const upshake *hs, const char *method);

#endif
