/* SPDX-License-Identifier: MIT
 *
 * The handshake: how it begins, and its result.
 */
#include "handshake.h"
#include "../judge/protocol.h"

/* These sizes depend on each other. */
STATIC_ASSERT(UPSHAKE_ERRORS_LEN <= UINT8_MAX, upshake_error);
STATIC_ASSERT(offsetof(upshake_judge, hs) == 0, judge_of);
STATIC_ASSERT(sizeof(upshake) <= (sizeof(void *) > 4 ? 160 : 144),
              promise_of_the_readme);
STATIC_ASSERT(offsetof(upshake, cap) + sizeof(uint32_t) ==
                      offsetof(upshake, held) &&
                  offsetof(upshake, parser) + sizeof(upshake_parser) <=
                      offsetof(upshake, facts) &&
                  offsetof(upshake, facts) + sizeof(upshake_private_facts) ==
                      sizeof(upshake),
              begin_clears_all_of_it);

#define PROTOCOLS_MAX 32 /* a bit for each in upshake_private_facts.offered */

/* 1 if an array with `len` entries is there, or needs none. */
static int is_array(const void *array, size_t len) { return array || len == 0; }

/* 1 if the config keeps the rules.  Every string that a reply may name is good,
 * so that any reply can be written later. */
static int is_config(const upshake_config *config) {
  if (config->protocols_len > PROTOCOLS_MAX ||
      !is_array(config->protocols, config->protocols_len) ||
      !is_array(config->subprotocols, config->subprotocols_len) ||
      !is_array(config->origins, config->origins_len) ||
      !is_array(config->wanted, config->wanted_len) ||
      config->origin > UPSHAKE_ORIGIN_SAME_HOST_ANY_PORT ||
      config->transport > UPSHAKE_TRANSPORT_SECURED ||
      (config->lean && !HAS_LEAN))
    return 0;
  for (size_t i = 0; i < config->protocols_len; i++)
    if (!upshake__is_entry(&config->protocols[i]))
      return 0;
  return 1;
}

upshake_error upshake_init(upshake *hs, const upshake_config *config,
                           void *memory, size_t cap, void *user) {
  if (!is_config(config))
    return UPSHAKE_ERR_CONFIG;
  begin_request(hs, 0, config, config->transport);
  hs->memory = memory;
  hs->cap = clamp_len(cap);
  hs->user = user;
  return UPSHAKE_OK;
}

/* ---- settings of one connection ---- */

upshake_error upshake_set_transport(upshake *hs, int transport) {
  if (!is_fresh(hs))
    return UPSHAKE_ERR_STATE;
  if (transport < UPSHAKE_TRANSPORT_UNKNOWN ||
      transport > UPSHAKE_TRANSPORT_SECURED)
    return UPSHAKE_ERR_CONFIG;
  hs->facts.transport = (uint8_t)transport;
  return UPSHAKE_OK;
}

upshake_error upshake_set_hash(upshake *hs, upshake_hash *hash) {
  if (!is_fresh(hs))
    return UPSHAKE_ERR_STATE;
  hs->hash = hash;
  return UPSHAKE_OK;
}

/* ---- the result ---- */

const upshake_protocol *upshake__chosen_protocol(const upshake *hs) {
  return is_open(hs) ? &hs->config->protocols[hs->protocol] : NULL;
}

upshake_slice upshake__chosen_subprotocol(const upshake *hs) {
  const upshake_protocol *protocol = upshake__chosen_protocol(hs);

  if (!protocol || !is_websocket(hs))
    return slice_none();
  if ((hs->flags & HANDSHAKE_CHOSEN) == 0)
    return hs->facts.subprotocol
               ? slice_text(hs->config->subprotocols[hs->facts.subprotocol - 1])
               : slice_none();
  return kept_chosen(hs);
}

/* 1 if the body of this request is not in the way of the next one.  The host of
 * a judge reads bodies itself, but it cannot know whether a client that expects
 * something first sends the body. */
static int is_body_over(const upshake *hs) {
  if (hs->flags & HANDSHAKE_JUDGE)
    return !((hs->facts.flags & (FACT_EXPECT_CONTINUE | FACT_EXPECT_OTHER)) &&
             has_body(&hs->facts));
  return can_skip(hs);
}

/* 1 if the connection can be kept: the head is complete and sound, the client
 * keeps the connection too (RFC 9112 9.3), and the method is not CONNECT (RFC
 * 9931 8). */
COLD int upshake__may_keep(const upshake *hs) {
  return (hs->flags & HANDSHAKE_COMPLETE) && !(hs->flags & HANDSHAKE_CLOSE) &&
         is_body_over(hs) &&
         !(hs->facts.flags & (FACT_HTTP_1_0 | FACT_CONNECTION_CLOSE)) &&
         !upshake__is_method(hs, "CONNECT");
}

static uint64_t body_left(const upshake *hs) {
  if (hs->flags & HANDSHAKE_BODY_END)
    return 0;
  if (!(hs->flags & HANDSHAKE_COMPLETE) ||
      (hs->facts.flags & (FACT_FRAMING_BAD | FACT_CODING)))
    return UPSHAKE_BODY_CHUNKED;
  return hs->facts.body_len;
}

upshake_result upshake_get_result(const upshake *hs) {
  upshake_result result;

  memset(&result, 0, sizeof result);
  result.next = (upshake_next)hs->next;
  result.error = (upshake_error)hs->error;
  result.status = status_of_reply(hs);
  result.switched = hs->status == UPSHAKE_ACCEPT;
  if (hs->next == UPSHAKE_SEND && hs->status >= 200)
    result.offset = hs->facts.bad_at;
  if (HAS_BODIES && hs->next == UPSHAKE_BODY)
    result.content =
        slice_of(hs->facts.part.body.content, hs->facts.part.body.content_len);
  result.consumed = bytes_taken(hs);
  result.protocol = upshake__chosen_protocol(hs);
  result.subprotocol = upshake__chosen_subprotocol(hs);
  result.keep = (hs->flags & HANDSHAKE_KEPT) != 0;
  result.may_keep = hs->status != UPSHAKE_ACCEPT && upshake__may_keep(hs);
  result.body_left = body_left(hs);
  result.dropped = bytes_left_out(hs);
  return result;
}
