/* SPDX-License-Identifier: MIT
 *
 * The handshake object, from inside: what its files share.
 */
#ifndef UPSHAKE_HANDSHAKE_H
#define UPSHAKE_HANDSHAKE_H

#include "head.h"
#include "offer.h"

/* upshake.flags */
enum {
  HANDSHAKE_JUDGE = 1 << 0,    /* part of an upshake_judge: no head memory */
  HANDSHAKE_COMPLETE = 1 << 1, /* the head, and so the facts               */
  HANDSHAKE_CLOSE = 1 << 2,    /* refused for what makes keeping unsafe    */
  HANDSHAKE_TAKEN = 1 << 3,    /* the first octet of the reply             */
  HANDSHAKE_KEPT = 1 << 4,     /* the reply was written with extra.keep    */
  HANDSHAKE_CHOSEN = 1 << 5    /* the application chose a sub-protocol     */
};

/* The judge around a handshake that is a part of one. */
static inline const upshake_judge *judge_of(const upshake *hs) {
  return (const upshake_judge *)(const void *)hs;
}

/* The value of a field by its offset, which the parser has checked. */
upshake_slice upshake_value_at(const upshake *hs, uint32_t at);

/* Parts of a request whose fields have all been seen.  The authority is that
 * of the target, or Host (RFC 9112 3.2.2); the origin is there. */
upshake_slice upshake_method_of(const upshake *hs);
upshake_slice upshake_authority_of(const upshake *hs);
upshake_slice upshake_origin_of(const upshake *hs);

/* Ends in a refusal. */
void upshake_conclude_refusal(upshake *hs, upshake_error error,
                              uint32_t offset);

/* All fields are there: judges the request, and asks the application. */
void upshake_conclude(upshake *hs);

/* The protocol to switch to, or NULL. */
const upshake_protocol *upshake_chosen_protocol(const upshake *hs);

/* The sub-protocol to answer, or absent. */
upshake_slice upshake_chosen_subprotocol(const upshake *hs);

/* 1 if the connection can be kept after a refusal. */
int upshake_may_keep(const upshake *hs);

/* 1 if the method is known to be HEAD, or CONNECT. */
int upshake_is_head(const upshake *hs);
int upshake_is_connect(const upshake *hs);

#endif
