/* SPDX-License-Identifier: MIT
 *
 * The handshake object: its beginning, and what it tells.
 */
#include "errors.h"
#include "handshake.h"
#include "target.h"

#define PROTOCOLS_MAX 32 /* one bit each in upshake_facts.offered */

upshake_error upshake_init(upshake *hs, const upshake_config *config,
                           void *memory, size_t cap, void *user) {
  if (config->protocols_len > PROTOCOLS_MAX ||
      (config->protocols_len > 0 && !config->protocols))
    return UPSHAKE_ERR_CONFIG;
  memset(hs, 0, sizeof *hs);
  hs->config = config;
  hs->memory = memory;
  hs->cap = cap < UINT32_MAX ? (uint32_t)cap : UINT32_MAX - 1;
  hs->user = user;
  hs->error = UPSHAKE_ERR_INCOMPLETE;
  return UPSHAKE_OK;
}

/* ---- the request ---- */

upshake_slice upshake_value_at(const upshake *hs, uint32_t at) {
  upshake_slice rest = slice_of(hs->memory + at, hs->end - at);
  return upshake_trim(slice_of(rest.ptr, index_of(rest, '\r')));
}

static int has_method(const upshake *hs, const char *method, uint32_t flag) {
  if (hs->flags & HANDSHAKE_JUDGE)
    return (hs->facts.flags & flag) != 0;
  return hs->parser.method_len > 0 &&
         upshake_equal(head_method(&hs->parser, hs->memory), method);
}

int upshake_is_head(const upshake *hs) {
  return has_method(hs, "HEAD", FACT_HEAD);
}

int upshake_is_connect(const upshake *hs) {
  return has_method(hs, "CONNECT", FACT_CONNECT);
}

upshake_slice upshake_method_of(const upshake *hs) {
  return hs->flags & HANDSHAKE_JUDGE ? judge_of(hs)->method
                                     : head_method(&hs->parser, hs->memory);
}

static upshake_slice target_of(const upshake *hs) {
  return hs->flags & HANDSHAKE_JUDGE ? judge_of(hs)->target
                                     : head_target(&hs->parser, hs->memory);
}

upshake_slice upshake_authority_of(const upshake *hs) {
  upshake_slice authority =
      upshake_target_authority(upshake_method_of(hs), target_of(hs));
  if (authority.ptr || (hs->facts.flags & FACT_HOST) == 0)
    return authority;
  return hs->flags & HANDSHAKE_JUDGE
             ? judge_of(hs)->host
             : upshake_value_at(hs, hs->facts.at[PART_HOST]);
}

upshake_slice upshake_origin_of(const upshake *hs) {
  return hs->flags & HANDSHAKE_JUDGE
             ? judge_of(hs)->origin
             : upshake_value_at(hs, hs->facts.at[PART_ORIGIN]);
}

upshake_request upshake_get_request(const upshake *hs) {
  upshake_request request;
  uint8_t transport = hs->config->transport;

  if ((hs->flags & HANDSHAKE_COMPLETE) == 0) {
    memset(&request, 0, sizeof request);
    return request;
  }
  request = upshake_split_target(upshake_method_of(hs), target_of(hs));
  request.authority = upshake_authority_of(hs);
  if ((hs->flags & HANDSHAKE_JUDGE) == 0)
    request.fields = head_fields(&hs->parser, hs->memory);
  if (!request.scheme.ptr && transport == UPSHAKE_TRANSPORT_SECURED)
    request.scheme = slice_text("https");
  if (!request.scheme.ptr && transport == UPSHAKE_TRANSPORT_UNSECURED)
    request.scheme = slice_text("http");
  return request;
}

/* ---- the result ---- */

const upshake_protocol *upshake_chosen_protocol(const upshake *hs) {
  int is_open = hs->next == UPSHAKE_DECIDE ||
                (hs->next == UPSHAKE_SEND && hs->status == UPSHAKE_ACCEPT);
  return is_open ? &hs->config->protocols[hs->protocol] : NULL;
}

upshake_slice upshake_chosen_subprotocol(const upshake *hs) {
  const upshake_protocol *protocol = upshake_chosen_protocol(hs);

  if (!protocol || !upshake_is_websocket(protocol))
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
 * keeps too (RFC 9112 9.3), and no CONNECT (RFC 9931 8). */
int upshake_may_keep(const upshake *hs) {
  return (hs->flags & HANDSHAKE_COMPLETE) && !(hs->flags & HANDSHAKE_CLOSE) &&
         !(hs->facts.flags & (FACT_HTTP_1_0 | FACT_CONNECTION_CLOSE)) &&
         !upshake_is_connect(hs);
}

static uint64_t body_left(const upshake *hs) {
  if (!(hs->flags & HANDSHAKE_COMPLETE) || hs->facts.bad[PART_FRAMING] ||
      (hs->facts.flags & FACT_CODING))
    return UPSHAKE_BODY_UNKNOWN;
  return hs->facts.body_len;
}

upshake_result upshake_get_result(const upshake *hs) {
  upshake_result result;
  result.next = (upshake_next)hs->next;
  result.error = (upshake_error)hs->error;
  result.status = hs->status;
  result.offset = hs->offset;
  result.consumed = hs->next == UPSHAKE_READ ? hs->held : hs->end;
  result.protocol = upshake_chosen_protocol(hs);
  result.subprotocol = upshake_chosen_subprotocol(hs);
  result.may_keep = hs->status != UPSHAKE_ACCEPT && upshake_may_keep(hs);
  result.body_left = body_left(hs);
  return result;
}
