/* SPDX-License-Identifier: MIT
 *
 * The reply of a handshake: what the writer needs, taken from its state.
 */
#include "../error/errors.h"
#include "../reply/added.h"
#include "../websocket/extension.h"
#include "../text/field.h"
#include "../judge/protocol.h"
#include "respond.h"

COLD void upshake__put_accept_value(const upshake *hs,
                                    const upshake_private_rules *rules,
                                    char *accept) {
  upshake_hash *hash = hs->hash ? hs->hash : rules->accept;
  hash(key_of(hs), accept);
}

/* 1 if the client needs no 100 (Continue) before the 101: it was sent before
 * the body, or the host of a judge sends it. */
static int had_body(const upshake *hs) {
  return HAS_BODIES && ((hs->flags & HANDSHAKE_BODY) || has_body(&hs->facts));
}

NOINLINE COLD void upshake__build_switch(const upshake *hs, reply *r,
                                         char accept[ACCEPT_LEN]) {
  const upshake_protocol *protocol = upshake__chosen_protocol(hs);
  const upshake_private_rules *rules = rules_of(protocol);
  r->protocols = protocol;
  r->named = 1;
  if (hs->facts.flags & FACT_EXPECT_CONTINUE)
    r->continue_first = had_body(hs) ? 0 : 1;
  if (rules->kind == RULES_CAPSULES)
    r->capsules = 1;
  if (rules->find) {
    r->named = 0;
    r->upgrade = rules->find(hs, slice_none());
  }
  if (rules->kind != RULES_WEBSOCKET)
    return;
  r->accept = accept; /* put there by respond */
  if (hs->facts.flags & FACT_SUBPROTOCOL)
    r->subprotocol = upshake__chosen_subprotocol(hs);
}

static const upshake_slice version_13 = {UPSHAKE_TEXT("13")};
static const upshake_slice allow_get = {UPSHAKE_TEXT("GET")};

/* Adds the field that the reason for a refusal needs. */
NOINLINE COLD void upshake__build_refusal(const upshake *hs, reply *r) {
  unsigned field = error_field_of((upshake_error)hs->error);
  r->protocols = hs->config->protocols;
  r->named = upshake__spoken(hs->config, hs->facts.transport);
  r->to_head = upshake__is_method(hs, "HEAD") ? 1 : 0;
  if (field == ERROR_VERSION)
    r->ws_version = &version_13;
  if (field == ERROR_ALLOW && (hs->flags & HANDSHAKE_ANSWERED) == 0)
    r->allow = &allow_get;
}

/* Only a 101 to WebSocket can answer extensions, and only extensions that the
 * client offered. */
static NOINLINE upshake_error
check_agreed_extensions(const upshake *hs, upshake_slice extensions) {
  upshake_slice member;
  if (hs->status != UPSHAKE_ACCEPT || !is_websocket(hs) ||
      !upshake__is_extension_answer(extensions))
    return UPSHAKE_ERR_EXTRA_EXTENSION;
  while (upshake__next_in(&extensions, &member))
    if (!upshake__find_offer(hs, upshake__extension_name(member)))
      return UPSHAKE_ERR_EXTRA_EXTENSION;
  return UPSHAKE_OK;
}

/* By default only an answer to a request without Upgrade keeps the connection.
 * Other clients may send the new protocol before they have read the answer (RFC
 * 9931 5). */
int upshake__is_kept(const upshake *hs, const upshake_extra *extra) {
  if (hs->status < 200)
    return 0;
  if (extra->keep != UPSHAKE_KEEP_DEFAULT)
    return extra->keep == UPSHAKE_KEEP_OPEN;
  return error_class_of((upshake_error)hs->error) == ERROR_PLAIN &&
         !(hs->facts.flags & FACT_UPGRADE) && upshake__may_keep(hs);
}

COLD void upshake__note_taken(upshake *hs, int is_whole) {
  hs->flags |= HANDSHAKE_TAKEN;
  if (is_whole)
    hs->flags |= is_continue(hs) ? HANDSHAKE_CONTINUED : HANDSHAKE_WHOLE;
}

/* Begins to count the content that the application sends: see content.c. */
static void begin_content(upshake *hs, const upshake_extra *extra) {
  upshake_private_body *body = &hs->facts.part.body;
  int is_chunked = extra->content == UPSHAKE_CONTENT_CHUNKED;
  hs->flags |= HANDSHAKE_CONTENT;
  body->left = is_chunked ? UINT64_MAX : extra->body_len;
  body->state = CONTENT_COUNTED;
  if (is_chunked)
    body->state =
        hs->flags & HANDSHAKE_STREAM || hs->facts.flags & FACT_HTTP_1_0
            ? CONTENT_TO_CLOSE
            : CONTENT_FIRST_CHUNK;
}

void upshake__note_extra(upshake *hs, const upshake_extra *extra) {
  int sends = extra->content == UPSHAKE_CONTENT_CHUNKED || extra->body_len > 0;
  if ((hs->flags & HANDSHAKE_TAKEN) || hs->status < 200)
    return;
  if (upshake__is_kept(hs, extra))
    hs->flags |= HANDSHAKE_KEPT;
  if (sends && hs->status != NOT_MODIFIED && !upshake__is_method(hs, "HEAD"))
    begin_content(hs, extra);
}

/* Checks what the application adds, before there is a reply. */
static upshake_error check_extra_of(const upshake *hs,
                                    const upshake_extra *extra, size_t *place) {
  added fields = {extra->fields, extra->fields_len};
  upshake_error error = UPSHAKE_OK;
  if (upshake__is_kept(hs, extra) && !upshake__may_keep(hs))
    return UPSHAKE_ERR_MUST_CLOSE;
  if (is_continue(hs))
    return UPSHAKE_OK;
  *place = extra->fields_len;
  if (extra->extensions.len > 0)
    error = check_agreed_extensions(hs, extra->extensions);
  if (!error)
    error = upshake__check_added(fields, place);
  return error ? error : upshake__check_range(hs->status, extra, place);
}

upshake_error upshake__check_answer(const upshake *hs,
                                    const upshake_extra *extra, size_t *place) {
  *place = 0;
  if (hs->next != UPSHAKE_SEND)
    return UPSHAKE_ERR_STATE;
  return extra ? check_extra_of(hs, extra, place) : UPSHAKE_OK;
}

/* Writes the whole reply, or with a cursor its next part.  Inlined twice: the
 * everyday reply adds nothing. */
ALWAYS_INLINE upshake_error respond(upshake *hs, const upshake_extra *extra,
                                    const extra_calls *calls,
                                    upshake_cursor *cursor, void *out,
                                    size_t cap, size_t *len) {
  upshake_error error;
  char accept[ACCEPT_LEN];
  writer w = begin_writer(cursor, out, cap);
  reply r;

  build_reply(hs, &r, extra, calls, accept);
  error = has_begun(cursor) ? UPSHAKE_OK : upshake__check_reply(&r, len);
  if (error)
    return error;
  error = upshake__write_reply(&r, &w, len);
  if (error)
    return error;
  end_writer(&w, cursor, *len);
  if (*len > 0 && extra)
    upshake__note_extra(hs, extra);
  if (*len > 0)
    upshake__note_taken(hs, w.from + *len == w.pos);
  return UPSHAKE_OK;
}

static NOINLINE COLD upshake_error respond_simply(upshake *hs, void *out,
                                                  size_t cap, size_t *len) {
  return respond(hs, NULL, NULL, NULL, out, cap, len);
}

static NOINLINE upshake_error respond_with(upshake *hs,
                                           const upshake_extra *extra,
                                           upshake_cursor *cursor, void *out,
                                           size_t cap, size_t *len) {
  return respond(hs, extra, &upshake__extra_calls, cursor, out, cap, len);
}

/* ---- fast path: the ordinary 101 of WebSocket ---- */

#ifdef UPSHAKE_SMALL
#define put_plain_switch(hs, out, cap) 0
#else
static inline int is_plain_switch(const upshake *hs) {
  return hs->status == UPSHAKE_ACCEPT && (hs->flags & HANDSHAKE_CHOSEN) == 0 &&
         (hs->facts.flags & FACT_EXPECT_CONTINUE) == 0;
}

static char *append(char *out, const char *bytes, size_t len) {
  memcpy(out, bytes, len);
  return out + len;
}

#define BEFORE_TOKEN "HTTP/1.1 101 " SWITCH_PHRASE "\r\n" NAME_UPGRADE ": "
#define AFTER_TOKEN                                                            \
  "\r\n" NAME_CONNECTION ": " SWITCH_OPTION "\r\n" NAME_ACCEPT ": "
#define BEFORE_SUBPROTOCOL "\r\n" NAME_SUBPROTOCOL ": "
#define AT_END "\r\n\r\n"

/* Writes the 101 if it switches to WebSocket, the application adds nothing, and
 * the client waits for no 100.  Upgrade names the token of the entry, because
 * an entry of WebSocket cannot name anything else.  Returns the length.  If the
 * reply is another one, or does not fit, returns 0 and has done nothing. */
static NOINLINE size_t put_plain_switch(const upshake *hs, char *out,
                                        size_t cap) {
  size_t len = sizeof BEFORE_TOKEN AFTER_TOKEN AT_END - 1 + ACCEPT_LEN;
  const upshake_protocol *protocol;
  const upshake_private_rules *rules;
  upshake_slice token, name;
  char *p;

  if (!is_plain_switch(hs))
    return 0;
  protocol = &hs->config->protocols[hs->protocol];
  rules = rules_of(protocol);
  if (rules->kind != RULES_WEBSOCKET)
    return 0;
  token = slice_text(protocol->name);
  name = hs->facts.subprotocol ? upshake__chosen_subprotocol(hs) : slice_none();
  len += token.len + (name.ptr ? sizeof BEFORE_SUBPROTOCOL - 1 + name.len : 0);
  if (len > cap)
    return 0;
  p = out + sizeof BEFORE_TOKEN AFTER_TOKEN - 1 + token.len;
  /* first, because out may be where the key is */
  upshake__put_accept_value(hs, rules, p);
  p += ACCEPT_LEN;
  if (name.ptr)
    p = append(append(p, UPSHAKE_TEXT(BEFORE_SUBPROTOCOL)), name.ptr, name.len);
  append(p, UPSHAKE_TEXT(AT_END));
  p = append(out, UPSHAKE_TEXT(BEFORE_TOKEN));
  p = append(p, token.ptr, token.len);
  append(p, UPSHAKE_TEXT(AFTER_TOKEN));
  return len;
}
#endif

/* ---- any reply ---- */

/* 1 if there is a reply, and it can be written as bytes: in HTTP/2 and 3 it is
 * values only. */
static inline int has_bytes(const upshake *hs) {
  return hs->next == UPSHAKE_SEND && (hs->flags & HANDSHAKE_STREAM) == 0;
}

upshake_error upshake_reply(upshake *hs, void *out, size_t cap, size_t *len) {
  size_t plain_len;
  *len = 0;
  if (!has_bytes(hs))
    return UPSHAKE_ERR_STATE;
  plain_len = put_plain_switch(hs, out, cap);
  if (plain_len == 0)
    return respond_simply(hs, out, cap, len);
  *len = plain_len;
  upshake__note_taken(hs, 1);
  return UPSHAKE_OK;
}

upshake_error upshake_reply_with(upshake *hs, const upshake_extra *extra,
                                 void *out, size_t cap, size_t *len) {
  upshake_error error = upshake__check_answer(hs, extra, len);
  if (!error && !has_bytes(hs))
    error = UPSHAKE_ERR_STATE;
  return error ? error : respond_with(hs, extra, NULL, out, cap, len);
}

upshake_error upshake_reply_part(upshake *hs, const upshake_extra *extra,
                                 upshake_cursor *cursor, void *out, size_t cap,
                                 size_t *len) {
  upshake_error error =
      upshake__check_answer(hs, has_begun(cursor) ? NULL : extra, len);
  if (!error && !has_bytes(hs))
    error = UPSHAKE_ERR_STATE;
  if (!error)
    error = check_part(cap, len);
  return error ? error : respond_with(hs, extra, cursor, out, cap, len);
}
