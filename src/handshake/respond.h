/* SPDX-License-Identifier: MIT
 *
 * The reply of a handshake, for its two ways out: as bytes (respond.c) and as
 * values (respond_values.c).
 */
#ifndef UPSHAKE_SRC_HANDSHAKE_RESPOND_H
#define UPSHAKE_SRC_HANDSHAKE_RESPOND_H

#include "../reply/reply.h"
#include "handshake.h"

/* How the application sends the content of the reply: facts.part.body.state.
 * The bytes that are still to come are in .left. */
enum {
  CONTENT_COUNTED,  /* its length was announced */
  CONTENT_TO_CLOSE, /* the connection, or the stream, ends with it */
  CONTENT_FIRST_CHUNK,
  CONTENT_NEXT_CHUNK
};

/* 1 if a 100 (Continue) is due. */
static inline int is_continue(const upshake *hs) {
  return HAS_BODIES && hs->status == CONTINUE;
}

/* What belongs to a 101, and to a refusal. */
UPSHAKE_PRIVATE void upshake__build_switch(const upshake *hs, reply *r,
                                           char accept[ACCEPT_LEN]);
UPSHAKE_PRIVATE void upshake__build_refusal(const upshake *hs, reply *r);

/* Computes Sec-WebSocket-Accept, by the host's function if it gave one. */
UPSHAKE_PRIVATE void
upshake__put_accept_value(const upshake *hs, const upshake_private_rules *rules,
                          char *accept);

/* Checks that a reply is due, and what the application adds to it, before there
 * is a reply. */
UPSHAKE_PRIVATE upshake_error upshake__check_answer(const upshake *hs,
                                                    const upshake_extra *extra,
                                                    size_t *place);

/* 1 if the connection stays open after the reply; extra is not NULL. */
UPSHAKE_PRIVATE int upshake__is_kept(const upshake *hs,
                                     const upshake_extra *extra);

/* Notes that a part of the reply was taken.  Once its beginning has been taken,
 * the reply can no longer change.  A 100 is over once all of it was taken. */
UPSHAKE_PRIVATE void upshake__note_taken(upshake *hs, int is_whole);

/* Before that: notes what extra says of the time after the reply. */
UPSHAKE_PRIVATE void upshake__note_extra(upshake *hs,
                                         const upshake_extra *extra);

/* The reply that is due. */
ALWAYS_INLINE void build_reply(const upshake *hs, reply *r,
                               const upshake_extra *extra,
                               const extra_calls *calls,
                               char accept[ACCEPT_LEN]) {
  memset(r, 0, sizeof *r);
  r->status = hs->status;
  r->calls = calls;
  r->is_old = (hs->facts.flags & FACT_HTTP_1_0) != 0;
  if (extra && !is_continue(hs)) {
    r->extra = extra;
    r->keeps = upshake__is_kept(hs, extra) ? 1 : 0;
  }
  if (hs->status == UPSHAKE_ACCEPT)
    upshake__build_switch(hs, r, accept);
  else if (!is_continue(hs))
    upshake__build_refusal(hs, r);
  else
    r->continue_first = 1;
  if (r->accept) /* not below build_switch: see NOINLINE */
    upshake__put_accept_value(hs, rules_of(r->protocols), accept);
}

#endif
