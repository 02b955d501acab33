/* SPDX-License-Identifier: MIT
 *
 * The reply of a handshake: from its state to what the writer takes.
 */
#include "handshake.h"
#include "reply.h"

#define ACCEPT_LEN 28

static upshake_slice key_of(const upshake *hs) {
  if (hs->flags & HANDSHAKE_JUDGE)
    return slice_of(judge_of(hs)->key, sizeof judge_of(hs)->key);
  return upshake_value_at(hs, hs->facts.at[PART_KEY]);
}

static void build_switch(const upshake *hs, reply *r, char accept[ACCEPT_LEN]) {
  const upshake_protocol *protocol = upshake_chosen_protocol(hs);
  r->protocols = protocol;
  r->protocols_len = 1;
  r->response.continue_first = (hs->facts.flags & FACT_EXPECT_CONTINUE) ? 1 : 0;
  if (!upshake_is_websocket(protocol))
    return;
  upshake_accept(key_of(hs).ptr, accept);
  r->response.accept = slice_of(accept, ACCEPT_LEN);
  r->response.subprotocol = upshake_chosen_subprotocol(hs);
}

/* Fields that the reason for a refusal calls for. */
static void build_refusal(const upshake *hs, reply *r) {
  const char *methods;
  r->protocols = hs->config->protocols;
  r->protocols_len = hs->config->protocols_len;
  r->response.to_head = upshake_is_head(hs) ? 1 : 0;
  switch ((upshake_error)hs->error) {
  case UPSHAKE_ERR_VERSION_REPEATED:
  case UPSHAKE_ERR_VERSION_MALFORMED:
  case UPSHAKE_ERR_VERSION_MISSING:
  case UPSHAKE_ERR_VERSION_UNSUPPORTED: /* RFC 6455 4.4 */
    r->response.version = slice_text("13");
    break;
  case UPSHAKE_ERR_METHOD: /* RFC 9110 15.5.6 */
    methods = hs->config->protocols[hs->protocol].methods;
    r->response.allow = slice_text(methods ? methods : "GET");
    break;
  default:
    break;
  }
}

/* From the first octet on the reply is what it is. */
static void note_taken(upshake *hs, const upshake_extra *extra) {
  hs->flags |= HANDSHAKE_TAKEN;
  if (extra && extra->keep && hs->status != UPSHAKE_ACCEPT)
    hs->flags |= HANDSHAKE_KEPT;
}

static upshake_error respond(upshake *hs, const upshake_extra *extra, window *w,
                             size_t *len) {
  char accept[ACCEPT_LEN];
  upshake_error error;
  reply r;

  *len = 0;
  if (hs->next != UPSHAKE_SEND)
    return UPSHAKE_ERR_STATE;
  if (hs->status != UPSHAKE_ACCEPT && extra && extra->keep &&
      !upshake_may_keep(hs))
    return UPSHAKE_ERR_MUST_CLOSE;
  memset(&r, 0, sizeof r);
  r.response.status = hs->status;
  r.response.extra = extra;
  if (hs->status == UPSHAKE_ACCEPT)
    build_switch(hs, &r, accept);
  else
    build_refusal(hs, &r);
  error = upshake_write_window(&r, w, len);
  if (!error && *len > 0)
    note_taken(hs, extra);
  return error;
}

upshake_error upshake_reply(upshake *hs, const upshake_extra *extra, void *out,
                            size_t cap, size_t *len) {
  window w = {out, cap, 0, 0, 1};
  return respond(hs, extra, &w, len);
}

upshake_error upshake_reply_part(upshake *hs, const upshake_extra *extra,
                                 size_t from, void *out, size_t cap,
                                 size_t *len) {
  window w = {out, cap, from, 0, 0};
  return respond(hs, extra, &w, len);
}
