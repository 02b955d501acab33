/* SPDX-License-Identifier: MIT
 *
 * The reply of a handshake: from its state to what the writer takes.
 */
#include "added.h"
#include "extension.h"
#include "field.h"
#include "handshake.h"
#include "protocol.h"
#include "reply.h"

#define KEY_LEN 24

static upshake_slice key_of(const upshake *hs) {
  if (hs->flags & HANDSHAKE_JUDGE)
    return slice_of(judge_of(hs)->key, sizeof judge_of(hs)->key);
  if (octets_left_out(hs) > 0)
    return upshake_value_at(hs, hs->facts.key_at, "Sec-WebSocket-Key");
  return slice_of(hs->memory + hs->facts.key_at, KEY_LEN);
}

/* A body has had its own 100 (Continue); one that is judged, from its host. */
static int had_body(const upshake *hs) {
  return (hs->flags & HANDSHAKE_BODY) || has_body(&hs->facts);
}

static void build_switch(const upshake *hs, reply *r, char accept[ACCEPT_LEN]) {
  const upshake_protocol *protocol = upshake_chosen_protocol(hs);
  r->protocols = protocol;
  r->named = 1;
  if (!protocol->upgrade && !protocol->version)
    r->response.upgrade = slice_text(protocol->token);
  if (hs->facts.flags & FACT_EXPECT_CONTINUE)
    r->response.continue_first = had_body(hs) ? 0 : 1;
  if (hs->rules == UPSHAKE_RULES_CAPSULES)
    r->response.capsules = 1;
  if (hs->rules != UPSHAKE_RULES_WEBSOCKET)
    return;
  upshake_accept_by(hs->config->cpu, key_of(hs).ptr, accept);
  r->response.accept = accept;
  if (hs->facts.flags & FACT_SUBPROTOCOL)
    r->response.subprotocol = upshake_chosen_subprotocol(hs);
}

/* Fields that the reason for a refusal calls for.  The application may give
 * other methods in a 405 of its own, and no other version. */
static void build_refusal(const upshake *hs, reply *r) {
  r->protocols = hs->config->protocols;
  r->named = upshake_spoken(hs->config);
  r->response.to_head = upshake_is_head(hs) ? 1 : 0;
  switch ((upshake_error)hs->error) {
  case UPSHAKE_ERR_VERSION_REPEATED:
  case UPSHAKE_ERR_VERSION_MALFORMED:
  case UPSHAKE_ERR_VERSION_MISSING:
  case UPSHAKE_ERR_VERSION_UNSUPPORTED: /* RFC 6455 4.4 */
    r->response.version = "13";
    break;
  case UPSHAKE_ERR_METHOD: /* RFC 9110 15.5.6; only WebSocket gives it */
    if ((hs->flags & HANDSHAKE_ANSWERED) == 0)
      r->response.allow = "GET";
    break;
  default:
    break;
  }
}

/* Where the client offered it (RFC 6455 9.1); NULL if it did not. */
static NOINLINE const char *find_offer(const upshake *hs, upshake_slice name) {
  const char *found = NULL;
  if ((hs->flags & HANDSHAKE_JUDGE) == 0)
    return upshake_find_extension(head_fields(&hs->parser, hs->memory), name);
  for (size_t i = 0; !found && i < UPSHAKE_JUDGE_LINES; i++)
    found = upshake_find_extension_in(judge_of(hs)->extensions[i], name);
  return found;
}

/* An answer is to WebSocket, and to what was offered. */
static NOINLINE upshake_error check_extensions(const upshake *hs,
                                               upshake_slice extensions) {
  upshake_slice member;
  if (hs->status != UPSHAKE_ACCEPT || hs->rules != UPSHAKE_RULES_WEBSOCKET ||
      !upshake_is_extension_answer(extensions))
    return UPSHAKE_ERR_EXTRA_EXTENSION;
  while (upshake_next_in(&extensions, &member))
    if (!find_offer(hs, upshake_extension_name(member)))
      return UPSHAKE_ERR_EXTRA_EXTENSION;
  return UPSHAKE_OK;
}

/* From the first octet on the reply is what it is; a 100 only once all of it
 * was taken. */
static void note_taken(upshake *hs, const upshake_extra *extra, int is_whole) {
  hs->flags |= HANDSHAKE_TAKEN;
  if (hs->status == STATUS_CONTINUE && is_whole)
    hs->flags |= HANDSHAKE_CONTINUED;
  if (extra && extra->keep && hs->status >= 300)
    hs->flags |= HANDSHAKE_KEPT;
}

static upshake_error check_keep(const upshake *hs, const upshake_extra *extra) {
  return hs->status >= 300 && extra->keep && !upshake_may_keep(hs)
             ? UPSHAKE_ERR_MUST_CLOSE
             : UPSHAKE_OK;
}

/* What the application adds, before there is a reply, which takes stack. */
static upshake_error check_extra(const upshake *hs,
                                 const upshake_extra *extra) {
  upshake_error error = check_keep(hs, extra);
  if (error || hs->status == STATUS_CONTINUE)
    return error;
  if (extra->extensions.len > 0)
    error = check_extensions(hs, extra->extensions);
  return error ? error
               : upshake_check_added((added){extra->fields, extra->fields_len});
}

static upshake_error check_reply(const upshake *hs,
                                 const upshake_extra *extra) {
  if (hs->next != UPSHAKE_SEND)
    return UPSHAKE_ERR_STATE;
  return extra ? check_extra(hs, extra) : UPSHAKE_OK;
}

#define WHOLE SIZE_MAX /* instead of a position in the reply */

static NOINLINE upshake_error respond(upshake *hs, const upshake_extra *extra,
                                      size_t from, void *out, size_t cap,
                                      size_t *len) {
  window w = {out, cap, from == WHOLE ? 0 : from, 0, from == WHOLE, 0};
  upshake_error error;
  char accept[ACCEPT_LEN];
  reply r;

  memset(&r, 0, sizeof r);
  r.response.status = hs->status;
  if (hs->status != STATUS_CONTINUE)
    r.response.extra = extra;
  if (hs->status == UPSHAKE_ACCEPT)
    build_switch(hs, &r, accept);
  else if (hs->status != STATUS_CONTINUE)
    build_refusal(hs, &r);
  error = upshake_check_reply(&r);
  if (!error)
    error = upshake_write_window(&r, &w, len);
  if (!error && *len > 0)
    note_taken(hs, extra, w.from + *len == w.pos);
  return error;
}

/* ---- the 101 that nearly all get ---- */

#ifdef UPSHAKE_SMALL
#define put_plain_switch(hs, extra, out, cap) 0
#else
static int is_plain_switch(const upshake *hs, const upshake_extra *extra) {
  return !extra && hs->status == UPSHAKE_ACCEPT &&
         hs->rules == UPSHAKE_RULES_WEBSOCKET &&
         (hs->flags & HANDSHAKE_CHOSEN) == 0 &&
         (hs->facts.flags & FACT_EXPECT_CONTINUE) == 0;
}

static char *append(char *out, const char *octets, size_t len) {
  memcpy(out, octets, len);
  return out + len;
}

#define BEFORE_TOKEN SWITCH_LINE SWITCH_UPGRADE
#define AFTER_TOKEN SWITCH_CONNECTION SWITCH_ACCEPT
#define BEFORE_NAME "\r\n" SWITCH_SUBPROTOCOL ": "
#define AT_END "\r\n\r\n"

/* To WebSocket, whose entry has no other value of Upgrade than its token, and
 * without anything that the application adds or the client waits for.  Returns
 * its length; 0 and has done nothing where the reply is another, or does not
 * fit. */
static NOINLINE size_t put_plain_switch(const upshake *hs,
                                        const upshake_extra *extra, char *out,
                                        size_t cap) {
  size_t len = sizeof BEFORE_TOKEN AFTER_TOKEN AT_END - 1 + ACCEPT_LEN;
  upshake_slice token, name;
  char *p;

  if (!is_plain_switch(hs, extra))
    return 0;
  token = slice_text(hs->config->protocols[hs->protocol].token);
  name = hs->facts.subprotocol ? upshake_chosen_subprotocol(hs) : slice_none();
  len += token.len + (name.ptr ? sizeof BEFORE_NAME - 1 + name.len : 0);
  if (len > cap)
    return 0;
  p = out + sizeof BEFORE_TOKEN AFTER_TOKEN - 1 + token.len;
  /* first, as out may be where the key is */
  upshake_accept_by(hs->config->cpu, key_of(hs).ptr, p);
  p += ACCEPT_LEN;
  if (name.ptr)
    p = append(append(p, UPSHAKE_TEXT(BEFORE_NAME)), name.ptr, name.len);
  append(p, UPSHAKE_TEXT(AT_END));
  p = append(out, UPSHAKE_TEXT(BEFORE_TOKEN));
  p = append(p, token.ptr, token.len);
  append(p, UPSHAKE_TEXT(AFTER_TOKEN));
  return len;
}
#endif

/* ---- any reply ---- */

upshake_error upshake_reply(upshake *hs, const upshake_extra *extra, void *out,
                            size_t cap, size_t *len) {
  upshake_error error = check_reply(hs, extra);
  *len = error ? 0 : put_plain_switch(hs, extra, out, cap);
  if (*len > 0)
    note_taken(hs, NULL, 1);
  else if (!error)
    error = respond(hs, extra, WHOLE, out, cap, len);
  return error;
}

upshake_error upshake_reply_part(upshake *hs, const upshake_extra *extra,
                                 size_t from, void *out, size_t cap,
                                 size_t *len) {
  upshake_error error = check_reply(hs, extra);
  *len = 0;
  if (from == WHOLE)
    from--; /* which is after the end of any reply, too */
  return error ? error : respond(hs, extra, from, out, cap, len);
}
