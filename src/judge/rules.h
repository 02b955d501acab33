/* SPDX-License-Identifier: MIT
 *
 * The rules of one protocol.  The entries of a config name their rules, so that
 * a program links the rules of these protocols and no other rules.
 */
#ifndef UPSHAKE_SRC_JUDGE_RULES_H
#define UPSHAKE_SRC_JUDGE_RULES_H

#include "judge.h"

typedef enum rules_kind {
  RULES_NONE,      /* RFC 9110 7.8 alone     */
  RULES_WEBSOCKET, /* RFC 6455 4.2.1         */
  RULES_H2C,       /* RFC 7540 3.2           */
  RULES_CAPSULES   /* RFC 9298 3.2, RFC 9484 */
} rules_kind;

/* A member that is NULL adds no rule. */
struct upshake_private_rules {
  uint8_t kind;
  uint8_t is_strict; /* 1: GET, a host, no body unless the entry allows it */
  uint8_t first;     /* the first known field that only these rules judge */
  uint8_t len;       /* how many fields only these rules judge */
  judge_field *const *judges; /* the judges of their lines */

  /* Judges values that need the whole head, and notes what is bad.  Called
   * first, so that its stack is free again when the others are called. */
  void (*prepare)(upshake *hs);
  /* Returns why an offer is passed over, or UPSHAKE_OK. */
  upshake_error (*judge_eligible)(const upshake *hs);
  /* Returns why an offer is refused for a field about content, or
   * UPSHAKE_OK. */
  upshake_error (*judge_content)(const upshake *hs, uint32_t *offset);
  /* Returns why an offer is refused by any other rule of this protocol, or
   * UPSHAKE_OK.  Called last, after the rules that all protocols share. */
  upshake_error (*judge)(const upshake *hs, uint32_t *offset);
  /* Computes Sec-WebSocket-Accept. */
  upshake_hash *accept;
};

/* The rules of an entry whose `rules` is NULL. */
UPSHAKE_PRIVATE_OBJECT const upshake_private_rules upshake__no_rules;

/* Returns the rules of an entry; never NULL. */
static inline const upshake_private_rules *
rules_of(const upshake_protocol *protocol) {
  return protocol->rules ? protocol->rules() : &upshake__no_rules;
}

/* Returns which rules belong to a token. */
UPSHAKE_PRIVATE rules_kind upshake__rules_of_token(upshake_slice token);

#endif
