/* SPDX-License-Identifier: MIT
 *
 * The parts of a request, as its handshake holds them.
 */
#ifndef UPSHAKE_REQUEST_H
#define UPSHAKE_REQUEST_H

#include "head.h"
#include "offer.h"

/* upshake.flags */
enum {
  HANDSHAKE_JUDGE = 1 << 0,     /* part of an upshake_judge: no head memory */
  HANDSHAKE_COMPLETE = 1 << 1,  /* the head, and so the facts               */
  HANDSHAKE_CLOSE = 1 << 2,     /* refused for what makes keeping unsafe    */
  HANDSHAKE_TAKEN = 1 << 3,     /* the first octet of the reply             */
  HANDSHAKE_KEPT = 1 << 4,      /* the reply was written with extra.keep    */
  HANDSHAKE_CHOSEN = 1 << 5,    /* the application chose a sub-protocol     */
  HANDSHAKE_BODY = 1 << 6,      /* accepted, and then comes a body          */
  HANDSHAKE_BODY_END = 1 << 7,  /* which is complete                        */
  HANDSHAKE_CONTINUED = 1 << 8, /* a 100 (Continue) was taken whole        */
  HANDSHAKE_FED = 1 << 9,       /* octets come by feed, not by commit       */
  HANDSHAKE_ANSWERED = 1 << 10  /* the application refused                  */
};

/* The judge around a handshake that is a part of one. */
static inline const upshake_judge *judge_of(const upshake *hs) {
  return (const upshake_judge *)(const void *)hs;
}

/* The value of the one field with that name, in a head that is complete; by its
 * offset, unless lines were left out. */
upshake_slice upshake_value_at(const upshake *hs, uint32_t at,
                               const char *name);

/* Parts of a request whose fields have all been seen.  The authority is that
 * of the target, or Host (RFC 9112 3.2.2); the origin is there. */
upshake_slice upshake_method_of(const upshake *hs);
upshake_slice upshake_authority_of(const upshake *hs);
int upshake_has_authority(const upshake *hs); /* in the target */
upshake_slice upshake_origin_of(const upshake *hs);

/* Sub-protocols that were offered: all lines are one list in a handshake, and
 * in a judge each that it remembers is one. */
size_t upshake_lists_len(const upshake *hs);
upshake_list upshake_list_at(const upshake *hs, size_t place);

/* 1 if the method is known to be HEAD, or CONNECT. */
int upshake_is_head(const upshake *hs);
int upshake_is_connect(const upshake *hs);

#endif
