/* SPDX-License-Identifier: MIT
 *
 * The rules of one protocol.  The entries of a config name their rules, so that
 * a program links the rules of these protocols and no other rules.
 */
#ifndef UPSHAKE_SRC_JUDGE_RULES_H
#define UPSHAKE_SRC_JUDGE_RULES_H

#include "judge.h"

/* clang-format off */

/* The kinds of rules. */
#define RULES(X) \
  X(NONE)      /* RFC 9110 7.8 alone     */ \
  X(WEBSOCKET) /* RFC 6455 4.2.1         */ \
  X(H2C)       /* RFC 7540 3.2           */ \
  X(CAPSULES)  /* RFC 9298 3.2, RFC 9484 */ \
  X(ANY)       /* what no entry names    */

/* X(token, the rules that it has) */
#define TOKENS_WITH_RULES(X) \
  X("websocket",   WEBSOCKET) \
  X("h2c",         H2C) \
  X("connect-udp", CAPSULES) \
  X("connect-ip",  CAPSULES)

/* clang-format on */

#define PLACE(kind) RULES_PLACE_##kind,
enum { RULES(PLACE) RULES_LEN };
#undef PLACE

/* One bit for each. */
#define KIND(kind) RULES_##kind = 1 << RULES_PLACE_##kind,
typedef enum rules_kind {
  RULES(KIND)
  /* GET, a host, and no body unless the entry allows it: */
  RULES_STRICT = RULES_WEBSOCKET | RULES_CAPSULES
} rules_kind;
#undef KIND

/* What belongs to the rules of one protocol besides the rows of the order of
 * judgement (order.c).  A member that is NULL adds nothing. */
struct upshake_private_rules {
  uint8_t kind;
  uint8_t first; /* the first known field that only these rules judge */
  uint8_t len;   /* how many fields only these rules judge */
  /* Judges a line of one of these fields. */
  void (*judge)(upshake_private_facts *, const upshake_config *, upshake_slice,
                uint32_t at, unsigned which);
  /* Judges values that need the whole head, and notes what is bad. */
  void (*prepare)(upshake *hs);
  /* Computes Sec-WebSocket-Accept. */
  upshake_hash *accept;
  /* 1 if an entry with these rules takes this member of Upgrade, and no entry
   * names it. */
  int (*takes)(const upshake_config *config, upshake_slice member);
  /* Returns this one of such members; if `name` is absent, the chosen one. */
  upshake_slice (*find)(const upshake *hs, upshake_slice name);
};

/* The rules of an entry whose `rules` is NULL. */
UPSHAKE_PRIVATE_OBJECT const upshake_private_rules upshake__no_rules;

/* Returns the rules of an entry; never NULL. */
static inline const upshake_private_rules *
rules_of(const upshake_protocol *protocol) {
  return protocol->rules ? protocol->rules() : &upshake__no_rules;
}

/* 1 if these rules judge the field. */
static inline int has_judge(const upshake_private_rules *rules,
                            unsigned which) {
  return which - rules->first < rules->len;
}

/* The facts of a request whose fields are still to come. */
ALWAYS_INLINE void begin_facts(upshake_private_facts *facts,
                               const upshake_config *config,
                               uint8_t transport) {
  memset(facts, 0, sizeof *facts);
  facts->transport = transport;
  facts->part.head.rules = config->protocols_len > 0
                               ? rules_of(config->protocols)
                               : &upshake__no_rules;
}

/* Judges what needs the whole head, before the request is judged. */
static inline void prepare_rules(upshake *hs) {
  const upshake_private_rules *rules = hs->facts.part.head.rules;
  if (!hs->facts.offered)
    return;
  for (size_t i = 1;; i++) {
    if (rules->prepare)
      rules->prepare(hs);
    if (i >= hs->config->protocols_len)
      return;
    rules = rules_of(&hs->config->protocols[i]);
  }
}

/* Returns which rules belong to a token. */
UPSHAKE_PRIVATE rules_kind upshake__rules_of_token(upshake_slice token);

#endif
