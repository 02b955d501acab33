/* SPDX-License-Identifier: MIT
 *
 * The handshake: what its files share.
 */
#ifndef UPSHAKE_SRC_HANDSHAKE_HANDSHAKE_H
#define UPSHAKE_SRC_HANDSHAKE_HANDSHAKE_H

#include "../judge/request.h"
#include "../judge/rules.h"

/* 1 if a body is being read. */
static inline int in_body(const upshake *hs) {
  return HAS_BODIES &&
         (hs->flags & (HANDSHAKE_BODY | HANDSHAKE_BODY_END)) == HANDSHAKE_BODY;
}

/* 1 if the head has ended, and further bytes do not belong to it. */
static inline int is_past_head(const upshake *hs) {
  return hs->next != UPSHAKE_READ || (hs->flags & HANDSHAKE_BODY);
}

/* Sets the end of the head in the memory; hs->end becomes its end in the stream
 * (see lean.h). */
static inline void set_head_end(upshake *hs, uint32_t end) {
  hs->parser.pos = end;
  hs->end += end;
}

/* Returns how many bytes of the stream belong to the head so far. */
static inline uint32_t bytes_taken(const upshake *hs) {
  return is_past_head(hs) ? hs->end : hs->end + hs->held;
}

/* Returns how many of these bytes were left out of the memory. */
static inline uint32_t bytes_left_out(const upshake *hs) {
  if (!HAS_LEAN || (hs->flags & HANDSHAKE_JUDGE))
    return 0;
  return is_past_head(hs) ? hs->end - hs->parser.pos : hs->end;
}

#if HAS_BODIES
/* Goes on after a complete body: asks again, or switches. */
UPSHAKE_PRIVATE void upshake__conclude_body(upshake *hs);
#endif

/* Refuses the request. */
UPSHAKE_PRIVATE void upshake__conclude_refusal(upshake *hs, upshake_error error,
                                               uint32_t offset);

/* Judges the request after all its fields were seen, and asks the
 * application. */
UPSHAKE_PRIVATE void upshake__conclude(upshake *hs);

/* Returns the protocol to switch to, or NULL. */
UPSHAKE_PRIVATE const upshake_protocol *
upshake__chosen_protocol(const upshake *hs);

/* Returns the rules of the protocol that was chosen or refused. */
static inline const upshake_private_rules *chosen_rules(const upshake *hs) {
  return rules_of(&hs->config->protocols[hs->protocol]);
}

static inline int is_websocket(const upshake *hs) {
  return chosen_rules(hs)->kind == RULES_WEBSOCKET;
}

/* Returns the sub-protocol for the 101, or absent. */
UPSHAKE_PRIVATE upshake_slice upshake__chosen_subprotocol(const upshake *hs);

/* 1 if the connection can be kept after a refusal. */
UPSHAKE_PRIVATE int upshake__may_keep(const upshake *hs);

#endif
