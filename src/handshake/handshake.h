/* SPDX-License-Identifier: MIT
 *
 * The handshake: what its files share.
 */
#ifndef UPSHAKE_SRC_HANDSHAKE_HANDSHAKE_H
#define UPSHAKE_SRC_HANDSHAKE_HANDSHAKE_H

#include "../body/body.h"
#include "../judge/request.h"
#include "../judge/rules.h"

/* 1 if a body is being read. */
static inline int in_body(const upshake *hs) {
  return HAS_BODIES &&
         (hs->flags & (HANDSHAKE_BODY | HANDSHAKE_BODY_END)) == HANDSHAKE_BODY;
}

/* 1 if reset can skip what was not read of the body: not more than so many
 * bytes, and the client expects nothing first, because then it may send the
 * body or not (RFC 9110 10.1.1). */
#define SKIP_MAX 65536 /* by default */
static inline int can_skip(const upshake *hs) {
  const upshake_private_facts *facts = &hs->facts;
  uint32_t most = hs->config->limits.skip;
  return !has_body(facts) || (hs->flags & HANDSHAKE_BODY_END) ||
         (HAS_BODIES && !(hs->flags & HANDSHAKE_BODY) &&
          !(facts->flags &
            (FACT_CODING | FACT_EXPECT_CONTINUE | FACT_EXPECT_OTHER)) &&
          facts->body_len <= (most > 0 ? most : SKIP_MAX));
}

/* Returns where the bytes begin that follow the head, and the part of the body
 * that was taken from the memory. */
static inline uint32_t body_begin(const upshake *hs) {
  return hs->parser.pos + (hs->flags & HANDSHAKE_BODY ? hs->dropped : 0);
}

/* 1 if a protocol may still be agreed on, or has been: there is no reason
 * against it. */
static inline int is_open(const upshake *hs) { return hs->error == UPSHAKE_OK; }

/* 1 if no byte was taken yet. */
static inline int is_fresh(const upshake *hs) {
  return hs->next == UPSHAKE_READ && hs->parser.pos == 0;
}

/* 1 if the head has ended, and further bytes do not belong to it. */
static inline int is_past_head(const upshake *hs) {
  return hs->next != UPSHAKE_READ || (hs->flags & HANDSHAKE_BODY);
}

/* Returns how many bytes of the memory are before this request.  With
 * UPSHAKE_SMALL each request begins where the memory does. */
static inline uint32_t front_of(const upshake *hs) {
#ifdef UPSHAKE_SMALL
  (void)hs;
  return 0;
#else
  return hs->front;
#endif
}

/* Returns how many bytes fit behind the bytes that are held. */
static inline uint32_t room_left(const upshake *hs) {
  return hs->cap - front_of(hs) - hs->held;
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

/* Begins a request: clears all members from this offset on.  Two pieces become
 * stores; one memset of all would become a loop. */
static inline void begin_request(upshake *hs, size_t from,
                                 const upshake_config *config,
                                 uint8_t transport) {
#ifdef UPSHAKE_SMALL
  memset((char *)hs + from, 0, offsetof(upshake, facts) - from);
#else
  memset((char *)hs + from, 0, offsetof(upshake, parser) - from);
  memset(&hs->parser, 0, sizeof hs->parser);
#endif
  begin_facts(&hs->facts, config, transport);
  hs->config = config;
  hs->error = UPSHAKE_ERR_INCOMPLETE;
}

#if HAS_BODIES
/* Goes on after a complete body: asks again, or switches, or is PLAIN again. */
UPSHAKE_PRIVATE void upshake__conclude_body(upshake *hs);

/* Begins to read the body, and asks the client for it if it waits. */
UPSHAKE_PRIVATE void upshake__read_body(upshake *hs);
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

/* 1 if the connection can be kept after a final reply. */
UPSHAKE_PRIVATE int upshake__may_keep(const upshake *hs);

#endif
