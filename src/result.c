/* SPDX-License-Identifier: MIT
 *
 * The handshake object: its beginning, and what it came to.
 */
#include "body.h"
#include "handshake.h"
#include "protocol.h"

/* Sizes that lean on each other. */
_Static_assert(UPSHAKE_ERRORS_LEN <= UINT8_MAX, "upshake.error");
_Static_assert(offsetof(upshake_judge, hs) == 0, "judge_of");
_Static_assert(sizeof(upshake) <= 128, "the promise of the README");
_Static_assert(offsetof(upshake, parser) + sizeof(upshake_parser) <=
                       offsetof(upshake, facts) &&
                   offsetof(upshake, facts) + sizeof(upshake_facts) ==
                       sizeof(upshake),
               "upshake_init clears all of it");

#define PROTOCOLS_MAX 32 /* one bit each in upshake_facts.offered */

/* What a table of `len` entries cannot be without. */
static int is_array(const void *array, size_t len) { return array || len == 0; }

/* Every string that a reply may have to name is good, so that the reply that
 * is due one day can be written. */
static int is_config(const upshake_config *config) {
  if (config->protocols_len > PROTOCOLS_MAX ||
      !is_array(config->protocols, config->protocols_len) ||
      !is_array(config->subprotocols, config->subprotocols_len) ||
      !is_array(config->origins, config->origins_len) ||
      !is_array(config->wanted, config->wanted_len))
    return 0;
  for (size_t i = 0; i < config->protocols_len; i++)
    if (!upshake_is_entry(&config->protocols[i]))
      return 0;
  return 1;
}

upshake_error upshake_init(upshake *hs, const upshake_config *config,
                           void *memory, size_t cap, void *user) {
  if (!is_config(config))
    return UPSHAKE_ERR_CONFIG;
  /* in pieces, which become stores; one of all would become a loop */
  memset(hs, 0, offsetof(upshake, parser));
  memset(&hs->parser, 0, sizeof hs->parser);
  memset(&hs->facts, 0, sizeof hs->facts);
  hs->config = config;
  hs->memory = memory;
  hs->cap = memory_cap(cap);
  hs->user = user;
  hs->error = UPSHAKE_ERR_INCOMPLETE;
  return UPSHAKE_OK;
}

/* ---- the result ---- */

/* Is there a protocol that may yet be, or has been, agreed to? */
static int is_open(const upshake *hs) {
  switch ((upshake_next)hs->next) {
  case UPSHAKE_DECIDE:
    return 1;
  case UPSHAKE_SEND:
    return hs->status < 300;
  case UPSHAKE_PLAIN:
    return 0;
  default:
    return (hs->flags & HANDSHAKE_BODY) != 0;
  }
}

const upshake_protocol *upshake_chosen_protocol(const upshake *hs) {
  return is_open(hs) ? &hs->config->protocols[hs->protocol] : NULL;
}

upshake_slice upshake_chosen_subprotocol(const upshake *hs) {
  const upshake_protocol *protocol = upshake_chosen_protocol(hs);

  if (!protocol || hs->rules != UPSHAKE_RULES_WEBSOCKET)
    return slice_none();
  if ((hs->flags & HANDSHAKE_CHOSEN) == 0)
    return hs->facts.subprotocol
               ? slice_text(hs->config->subprotocols[hs->facts.subprotocol - 1])
               : slice_none();
  if (hs->flags & HANDSHAKE_JUDGE)
    return judge_of(hs)->chosen;
  return hs->chosen_len > 0
             ? slice_of(hs->memory + hs->chosen_at, hs->chosen_len)
             : slice_none();
}

/* A request that is framed and understood, on a connection that the client
 * keeps too (RFC 9112 9.3), and no CONNECT (RFC 9931 8).  In the middle of a
 * body, or where a client that waits for a 100 may send it or not, what comes
 * next is in doubt. */
int upshake_may_keep(const upshake *hs) {
  int may_wait = in_body(hs) ||
                 ((hs->facts.flags & FACT_EXPECT_CONTINUE) &&
                  has_body(&hs->facts) && !(hs->flags & HANDSHAKE_BODY_END));

  return (hs->flags & HANDSHAKE_COMPLETE) && !(hs->flags & HANDSHAKE_CLOSE) &&
         !may_wait &&
         !(hs->facts.flags & (FACT_HTTP_1_0 | FACT_CONNECTION_CLOSE)) &&
         !upshake_is_connect(hs);
}

static uint64_t body_left(const upshake *hs) {
  if (hs->flags & HANDSHAKE_BODY_END)
    return 0;
  if (!(hs->flags & HANDSHAKE_COMPLETE) ||
      (hs->facts.flags & (FACT_FRAMING_BAD | FACT_CODING)))
    return UPSHAKE_BODY_UNKNOWN;
  return hs->facts.body_len;
}

upshake_result upshake_get_result(const upshake *hs) {
  upshake_result result;

  memset(&result, 0, sizeof result);
  result.next = (upshake_next)hs->next;
  result.error = (upshake_error)hs->error;
  result.status = hs->status;
  if (hs->next == UPSHAKE_SEND && hs->status >= 300)
    result.offset = hs->facts.bad_at;
  if (hs->next == UPSHAKE_BODY)
    result.body = BODY_SLICE_LEN(hs);
  result.consumed = octets_taken(hs);
  result.protocol = upshake_chosen_protocol(hs);
  result.subprotocol = upshake_chosen_subprotocol(hs);
  result.may_keep = hs->status != UPSHAKE_ACCEPT && upshake_may_keep(hs);
  result.body_left = body_left(hs);
  result.dropped = octets_left_out(hs);
  return result;
}
