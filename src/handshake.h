/* SPDX-License-Identifier: MIT
 *
 * The handshake object, from inside: what its files share.
 */
#ifndef UPSHAKE_HANDSHAKE_H
#define UPSHAKE_HANDSHAKE_H

#include "request.h"

#define STATUS_CONTINUE 100

/* Offsets are 32-bit, so no more of a memory is used. */
static inline uint32_t memory_cap(size_t cap) {
  return cap < UINT32_MAX ? (uint32_t)cap : UINT32_MAX - 1;
}

/* 1 while a body is being read. */
static inline int in_body(const upshake *hs) {
  return (hs->flags & (HANDSHAKE_BODY | HANDSHAKE_BODY_END)) == HANDSHAKE_BODY;
}

/* 1 where the head has ended, and what is after is not its own. */
static inline int is_past_head(const upshake *hs) {
  return hs->next != UPSHAKE_READ || (hs->flags & HANDSHAKE_BODY);
}

/* The head ends here, in the memory; hs->end is the same in the stream (see
 * lean.h). */
static inline void set_head_end(upshake *hs, uint32_t end) {
  hs->parser.pos = end;
  hs->end += end;
}

/* How many octets of the stream belong to the head, so far. */
static inline uint32_t octets_taken(const upshake *hs) {
  return is_past_head(hs) ? hs->end : hs->end + hs->held;
}

/* How many of these are not in the memory. */
static inline uint32_t octets_left_out(const upshake *hs) {
  if (hs->flags & HANDSHAKE_JUDGE)
    return 0;
  return is_past_head(hs) ? hs->end - hs->parser.pos : hs->end;
}

/* The body is complete: asks again, or switches. */
void upshake_conclude_body(upshake *hs);

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

#endif
