/* SPDX-License-Identifier: MIT
 *
 * Knows where a handshake or a judge holds the parts of a request.
 */
#ifndef UPSHAKE_SRC_JUDGE_REQUEST_H
#define UPSHAKE_SRC_JUDGE_REQUEST_H

#include "../head/head.h"
#include "judge.h"

/* upshake.flags */
enum {
  HANDSHAKE_JUDGE = 1 << 0,     /* part of an upshake_judge: no head memory   */
  HANDSHAKE_COMPLETE = 1 << 1,  /* the head is complete, and so are the facts */
  HANDSHAKE_CLOSE = 1 << 2,     /* refused for a reason that forbids to keep  */
  HANDSHAKE_TAKEN = 1 << 3,     /* the first byte of the reply was taken      */
  HANDSHAKE_KEPT = 1 << 4,      /* the connection stays open after the reply  */
  HANDSHAKE_CHOSEN = 1 << 5,    /* the application chose a sub-protocol       */
  HANDSHAKE_FED = 1 << 9,       /* bytes come from feed, not from commit      */
  HANDSHAKE_ANSWERED = 1 << 10, /* the application refused                    */
  HANDSHAKE_STREAM = 1 << 11,   /* a judge of a request of HTTP/2 or 3        */
  HANDSHAKE_WHOLE = 1 << 12,    /* the final reply was taken to its end       */
  HANDSHAKE_CONTENT = 1 << 14,  /* the application still sends its content    */

  /* Of bodies; without them 0, so that no condition on them holds. */
  HANDSHAKE_BODY = HAS_BODIES << 6,      /* the body is read, or was          */
  HANDSHAKE_BODY_END = HAS_BODIES << 7,  /* the body is complete              */
  HANDSHAKE_CONTINUED = HAS_BODIES << 8, /* a 100 (Continue) was taken whole  */
  HANDSHAKE_SKIPS = HAS_BODIES << 13     /* facts.body_len bytes of the last
                                            request are skipped first         */
};

/* Returns the judge that this handshake is a part of (HANDSHAKE_JUDGE). */
static inline const upshake_judge *judge_of(const upshake *hs) {
  return (const upshake_judge *)(const void *)hs;
}

/* What a judge does otherwise for a request of HTTP/2 or 3 (extended.c).  Only
 * the call that begins such a judge names this object, so that other programs
 * do not link it. */
struct upshake_private_stream {
  void (*field)(upshake_judge *judge, upshake_slice name, upshake_slice value);
  void (*end)(upshake_judge *judge);       /* before the judgement */
  void (*concluded)(upshake_judge *judge); /* behind it */
  void (*show)(const upshake_judge *judge, upshake_request *request);
};

/* Returns the status of the reply that is due.  In HTTP/2 and 3 the switch is
 * 200 (RFC 8441 5). */
static inline int status_of_reply(const upshake *hs) {
  return hs->status == UPSHAKE_ACCEPT && (hs->flags & HANDSHAKE_STREAM)
             ? 200
             : hs->status;
}

/* Returns the value of the only field with this name, in a complete head: by
 * its offset, or if lines were left out (lean) by a search for the name. */
UPSHAKE_PRIVATE upshake_slice upshake__value_at(const upshake *hs, uint32_t at,
                                                const char *name);

/* Parts of a request after all its fields were seen.  The authority is the
 * target's, else Host (RFC 9112 3.2.2); has_authority says whether the target
 * has an authority.  For origin_of there must be an Origin. */
UPSHAKE_PRIVATE upshake_slice upshake__method_of(const upshake *hs);
UPSHAKE_PRIVATE upshake_slice upshake__authority_of(const upshake *hs);
UPSHAKE_PRIVATE int upshake__has_authority(const upshake *hs);
UPSHAKE_PRIVATE upshake_slice upshake__origin_of(const upshake *hs);

/* Returns where the client offered this extension (RFC 6455 9.1); NULL if it
 * did not. */
UPSHAKE_PRIVATE const char *upshake__find_offer(const upshake *hs,
                                                upshake_slice name);

/* Returns the Sec-WebSocket-Key, KEY_LEN bytes. */
static inline const char *key_of(const upshake *hs) {
  if (hs->flags & HANDSHAKE_JUDGE)
    return judge_of(hs)->key;
  if (HAS_LEAN && hs->end != hs->parser.pos)
    return upshake__value_at(hs, hs->facts.key_at, "Sec-WebSocket-Key").ptr;
  return hs->memory + hs->facts.key_at;
}

/* Keeps the sub-protocol that the application chose, and returns it. */
static inline void keep_chosen(upshake *hs, upshake_slice name) {
  hs->flags |= HANDSHAKE_CHOSEN;
  if (hs->flags & HANDSHAKE_JUDGE) {
    ((upshake_judge *)(void *)hs)->chosen = name;
    return;
  }
  hs->chosen_at = name.ptr ? (uint32_t)(name.ptr - hs->memory) : 0;
}

static inline upshake_slice kept_chosen(const upshake *hs) {
  const char *name;
  if (hs->flags & HANDSHAKE_JUDGE)
    return judge_of(hs)->chosen;
  if (hs->chosen_at == 0)
    return slice_none();
  name = hs->memory + hs->chosen_at; /* a token */
  return slice_of(name, (size_t)(upshake__skip_class(
                                     name, hs->memory + hs->held, CLASS_TOKEN) -
                                 name));
}

/* Returns the field lines of the head; in a judge, as many as it keeps. */
UPSHAKE_PRIVATE upshake_fields upshake__fields_of(const upshake *hs);

/* Returns the offset of the value of line number `place` among them; in a judge
 * the number of its field. */
static inline uint32_t
place_of_line(const upshake *hs, const upshake_field *line, uint32_t place) {
  if ((hs->flags & HANDSHAKE_JUDGE) == 0)
    return (uint32_t)(line->value.ptr - hs->memory);
  return judge_of(hs)->has_all ? place + 1 : judge_of(hs)->numbers[place];
}

/* 1 if this is the method; 0 while the method is not known yet. */
UPSHAKE_PRIVATE int upshake__is_method(const upshake *hs, const char *method);

#endif
