/* SPDX-License-Identifier: MIT
 *
 * The handshake: octets in, what to do next out.  Octets are gathered in the
 * head memory, and each is parsed and judged as it comes.
 */
#include "body.h"
#include "handshake.h"

#include "target.h"

/* ---- from octets to an outcome ---- */

/* The head ends here.  What was fed after it stays the caller's. */
static void end_head(upshake *hs, uint32_t end) {
  hs->end = end;
  if (hs->flags & HANDSHAKE_FED)
    hs->held = end;
}

/* Refused before the head was complete; the first `end` octets were taken. */
static NOINLINE void refuse(upshake *hs, upshake_error error, uint32_t offset,
                            uint32_t end) {
  end_head(hs, end);
  upshake_conclude_refusal(hs, error, offset);
}

/* All octets are parsed and the head is not complete. */
static void judge_room(upshake *hs) {
  if (hs->held < hs->cap)
    return;
  refuse(hs,
         upshake_head_in_target(&hs->parser) ? UPSHAKE_ERR_TARGET_LONG
                                             : UPSHAKE_ERR_HEAD_LONG,
         hs->cap, hs->held);
}

/* A resource that is reached by TLS only is not here (RFC 9110 7.4). */
static void judge_target(upshake *hs) {
  if (hs->config->transport == UPSHAKE_TRANSPORT_UNSECURED &&
      upshake_is_secured_target(head_target(&hs->parser, hs->memory)))
    refuse(hs, UPSHAKE_ERR_TARGET_SECURED, head_target_at(&hs->parser),
           hs->parser.pos);
}

/* The field line that ends at pos. */
static inline void judge_line(upshake *hs) {
  const upshake_parser *parser = &hs->parser;
  uint32_t at = parser->value_at, end = parser->pos - 2; /* the line's CRLF */
  unsigned which =
      upshake_which_field(hs->memory + parser->name_at, parser->name_len);

  if (!which)
    return;
  if (parser->minor == 0)
    hs->facts.flags |= FACT_HTTP_1_0;
  upshake_judge_known(&hs->facts, hs->config, which,
                      upshake_trim(slice_of(hs->memory + at, end - at)), at);
}

/* Host and framing are refused as soon as their line is there. */
static inline void judge_facts(upshake *hs) {
  const upshake_facts *facts = &hs->facts;
  if (facts->bad && facts->bad < UPSHAKE_ERR_HOST_MISSING)
    refuse(hs, (upshake_error)facts->bad, facts->bad_at, hs->parser.pos);
}

static void judge_head(upshake *hs) {
  end_head(hs, hs->parser.pos);
  hs->flags |= HANDSHAKE_COMPLETE;
  if (hs->parser.minor == 0)
    hs->facts.flags |= FACT_HTTP_1_0;
  upshake_conclude(hs);
}

static void judge_preface(upshake *hs) {
  end_head(hs, hs->parser.pos);
  hs->next = UPSHAKE_PLAIN;
  hs->error = UPSHAKE_ERR_HTTP2_PREFACE;
}

/* Goes through what the memory holds, up to where the head is complete or is
 * refused, or more is needed. */
static NOINLINE head_event parse(upshake *hs) {
  head_step step = {&hs->parser, hs->memory, hs->held,      &hs->config->limits,
                    UPSHAKE_OK,  0,          KNOWN_LENGTHS, {NULL, 0, 0}};

  for (;;) {
    head_event event = upshake_head_step(&step);
    if (event == HEAD_TARGET)
      judge_target(hs);
    else if (event == HEAD_FIELD)
      judge_line(hs), judge_facts(hs);
    else if (event == HEAD_REFUSED)
      refuse(hs, step.error, step.offset, hs->parser.pos);
    else
      return event;
    if (hs->next != UPSHAKE_READ)
      return HEAD_REFUSED;
  }
}

/* What follows from where that ended, which has given its stack back. */
static NOINLINE void conclude(upshake *hs, head_event event) {
  if (event == HEAD_MORE)
    judge_room(hs);
  else if (event == HEAD_END)
    judge_head(hs);
  else if (event == HEAD_PREFACE)
    judge_preface(hs);
}

/* ---- ways for octets to come in ---- */

/* Is it time for octets?  A 100 that was sent, and content that was looked at,
 * are done with now. */
static int is_reading(upshake *hs) {
  int is_continued =
      hs->next == UPSHAKE_SEND && (hs->flags & HANDSHAKE_CONTINUED);

  if (hs->flags & HANDSHAKE_JUDGE)
    return 0;
  if (is_continued || hs->next == UPSHAKE_BODY) {
    hs->flags &= (uint16_t) ~(HANDSHAKE_TAKEN | HANDSHAKE_CONTINUED);
    hs->next = UPSHAKE_READ;
    hs->status = 0;
  }
  return hs->next == UPSHAKE_READ;
}

/* Octets of a body.  Returns how many were taken; those that are held are then
 * dropped, before the application is asked again and looks at the rest. */
static NOINLINE size_t take_body(upshake *hs, const char *octets, size_t len,
                                 int are_held) {
  body_event event;
  body_step step;
  /* One slice of content fits 32 bits, for a state that is small. */
  if (len > UINT32_MAX)
    len = UINT32_MAX;
  event = upshake_body_step(hs, octets, len, &step);
  if (are_held)
    BODY_DROPPED(hs) += (uint32_t)step.used;
  if (event == BODY_CONTENT) {
    hs->next = UPSHAKE_BODY;
    BODY_SLICE_LEN(hs) = (uint32_t)step.content;
  }
  if (event == BODY_END)
    upshake_conclude_body(hs);
  if (event == BODY_REFUSED)
    upshake_conclude_refusal(hs, step.error, step.offset);
  return step.used;
}

/* The octets of a body that commit has put into the memory, if any. */
static void take_held_body(upshake *hs) {
  uint32_t begin = body_begin(hs);
  if (hs->next == UPSHAKE_READ && in_body(hs))
    take_body(hs, hs->memory + begin, hs->held - begin, 1);
}

/* Octets of a head, which goes into the memory. */
static inline void take_head(upshake *hs, const char *octets, size_t len,
                             size_t *used) {
  uint32_t room = hs->cap - hs->held;

  *used = hs->held;
  if (len < room)
    room = (uint32_t)len;
  if (room > 0)
    memcpy(hs->memory + hs->held, octets, room);
  hs->held += room;
  hs->flags |= HANDSHAKE_FED;
  conclude(hs, parse(hs));
  hs->flags &= (uint16_t)~HANDSHAKE_FED;
  *used = hs->held - *used;
}

upshake_next upshake_feed(upshake *hs, const void *data, size_t len,
                          size_t *used) {
  const char *octets = data;

  *used = 0;
  if (!is_reading(hs))
    return (upshake_next)hs->next;
  take_held_body(hs);
  if (hs->next == UPSHAKE_READ && !in_body(hs))
    take_head(hs, octets, len, used);
  if (hs->next == UPSHAKE_READ && in_body(hs))
    *used += take_body(hs, len > 0 ? octets + *used : octets, len - *used, 0);
  return (upshake_next)hs->next;
}

/* Octets of a body that were taken from the memory make room, but are not moved
 * over before that is needed: a peer may send many small chunks. */
static void drop_body(upshake *hs) {
  uint32_t begin = body_begin(hs), left = hs->held - begin;
  if (begin == hs->end || (left > 0 && hs->held < hs->cap))
    return;
  memmove(hs->memory + hs->end, hs->memory + begin, left);
  hs->held = hs->end + left;
  BODY_DROPPED(hs) = 0;
}

void *upshake_room(upshake *hs, size_t *cap) {
  *cap = 0;
  if (is_reading(hs)) {
    drop_body(hs);
    *cap = hs->cap - hs->held;
  }
  return hs->memory ? hs->memory + hs->held : NULL;
}

upshake_next upshake_commit(upshake *hs, size_t len) {
  uint32_t room = hs->cap - hs->held;
  if (!is_reading(hs))
    return (upshake_next)hs->next;
  hs->held += len < room ? (uint32_t)len : room;
  if (!in_body(hs))
    conclude(hs, parse(hs));
  take_held_body(hs);
  return (upshake_next)hs->next;
}

/* ---- the octets that are held ---- */

upshake_slice upshake_head(const upshake *hs) {
  if (!hs->memory)
    return slice_none();
  return slice_of(hs->memory, is_past_head(hs) ? hs->end : hs->held);
}

upshake_slice upshake_rest(const upshake *hs) {
  uint32_t begin = body_begin(hs);
  if (!is_past_head(hs) || !hs->memory)
    return slice_none();
  return slice_of(hs->memory + begin, hs->held - begin);
}

upshake_next upshake_reset(upshake *hs, size_t taken) {
  int kept = hs->next == UPSHAKE_PLAIN || (hs->flags & HANDSHAKE_KEPT);
  upshake_slice rest = kept ? upshake_rest(hs) : slice_none();
  const upshake_config *config = hs->config;
  uint32_t left = 0;

  if (taken < rest.len) {
    rest = slice_from(rest, taken);
    memmove(hs->memory, rest.ptr, rest.len);
    left = (uint32_t)rest.len;
  }
  upshake_init(hs, config, hs->memory, hs->cap, hs->user);
  hs->held = left;
  if (left > 0)
    conclude(hs, parse(hs));
  return (upshake_next)hs->next;
}

upshake_error upshake_move(upshake *hs, void *memory, size_t cap) {
  if (hs->flags & HANDSHAKE_JUDGE)
    return UPSHAKE_ERR_STATE;
  if (hs->held > cap)
    return UPSHAKE_ERR_ROOM;
  if (hs->held > 0)
    memmove(memory, hs->memory, hs->held);
  hs->memory = memory;
  hs->cap = memory_cap(cap);
  return UPSHAKE_OK;
}
