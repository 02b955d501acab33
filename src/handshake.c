/* SPDX-License-Identifier: MIT
 *
 * The handshake: octets in, what to do next out.  Octets are gathered in the
 * head memory, and each is parsed and judged as it comes.
 */
#include "body.h"
#include "defensive.h"
#include "known.h"
#include "lean.h"

#include "lines.h"
#include "octet.h"
#include "target.h"

/* ---- from octets to an outcome ---- */

/* The head ends here, in the memory.  What was fed after it stays the
 * caller's. */
static void end_head(upshake *hs, uint32_t end) {
  set_head_end(hs, end);
  if (hs->flags & HANDSHAKE_FED)
    hs->held = end;
}

/* Refused before the head was complete, for what stands at `offset` in the
 * stream; the octets before `end` in the memory were taken. */
static NOINLINE void refuse(upshake *hs, upshake_error error, uint32_t offset,
                            uint32_t end) {
  end_head(hs, end);
  upshake_conclude_refusal(hs, error, offset);
}

/* All octets are parsed and the head is not complete. */
static void judge_room(upshake *hs) {
  int is_full =
      hs->config->lean ? upshake_lean_is_full(hs) : hs->held >= hs->cap;
  if (!is_full)
    return;
  refuse(hs,
         upshake_head_in_target(&hs->parser) ? UPSHAKE_ERR_TARGET_LONG
                                             : UPSHAKE_ERR_HEAD_LONG,
         octets_taken(hs), hs->held);
}

/* A resource that is reached by TLS only is not here (RFC 9110 7.4). */
static NOINLINE void judge_target(upshake *hs) {
  upshake_error error =
      upshake_check_target(head_method(&hs->parser, hs->memory),
                           head_target(&hs->parser, hs->memory));
  if (!error && hs->config->transport == UPSHAKE_TRANSPORT_UNSECURED &&
      upshake_is_secured_target(head_target(&hs->parser, hs->memory)))
    error = UPSHAKE_ERR_TARGET_SECURED;
  if (error)
    refuse(hs, error, head_target_at(&hs->parser),
           head_target_end(&hs->parser));
}

/* The field line that ends at pos. */
static void judge_line(upshake *hs) {
  const upshake_parser *parser = &hs->parser;
  uint32_t at = parser->value_at, end = parser->pos - 2; /* the line's CRLF */
  upshake_judge_line(
      hs, slice_of(hs->memory + parser->name_at, parser->name_len),
      upshake_trim(slice_of(hs->memory + at, end - at)), hs->end + at);
}

/* Host and framing are refused as soon as their line is there. */
static inline int is_line_bad(const upshake_facts *facts) {
  return facts->bad - 1u < UPSHAKE_ERR_HOST_MISSING - 1u; /* and not 0 */
}

/* The same as judge_line, of a line that is plain. */
static inline int judge_plain_line(void *context, const plain_line *line) {
  upshake *hs = context;
  upshake_slice name = slice_of(line->name, (size_t)(line->colon - line->name));
  const char *end = line->cr;
  if (!may_be_known(name))
    return 1;
  while (end > line->value && is_blank(end[-1]))
    end--;
  judge_known(hs, which_field(name),
              slice_of(line->value, (size_t)(end - line->value)),
              (uint32_t)(line->value - hs->memory));
  return !is_line_bad(&hs->facts);
}

static void judge_facts(upshake *hs) {
  if (is_line_bad(&hs->facts))
    refuse(hs, (upshake_error)hs->facts.bad, hs->facts.bad_at, hs->parser.pos);
}

static void judge_head(upshake *hs) {
  end_head(hs, hs->parser.pos);
  hs->flags |= HANDSHAKE_COMPLETE;
  upshake_conclude(hs);
}

/* A client that speaks HTTP/2, which the host may do too. */
static void judge_preface(upshake *hs) {
  refuse(hs, UPSHAKE_ERR_HTTP2_PREFACE, 0, hs->parser.pos);
}

/* The parser has found something wrong. */
static NOINLINE void refuse_octet(upshake *hs, const head_step *step) {
  uint32_t offset = hs->end + step->offset;
  if (hs->config->lean && upshake_head_in_value(&hs->parser))
    upshake_lean_leave_out(hs);
  refuse(hs, step->error, offset, hs->parser.pos);
}

/* The next event, after which the step has given its stack back. */
static NOINLINE head_event take_step(upshake *hs) {
  head_step step =
      head_begin(&hs->parser, &hs->config->limits, hs->memory, hs->held);
  head_event event = upshake_head_step(&step);
  if (event == HEAD_REFUSED)
    refuse_octet(hs, &step);
  if (event == HEAD_FIELD && hs->config->lean && upshake_lean_leave_out(hs))
    return HEAD_MORE; /* it was the last line: upshake_lean_piece */
  return event;
}

static NOINLINE int take_plain_lines(upshake *hs) {
  return take_lines(&hs->parser, &hs->config->limits, hs->memory, hs->held,
                    judge_plain_line, hs);
}

/* A part of the request that is complete. */
static inline void judge_part(upshake *hs, head_event event) {
  if (event == HEAD_TARGET)
    judge_target(hs);
  else if (event == HEAD_LINE && hs->parser.minor == 0)
    hs->facts.flags |= FACT_HTTP_1_0;
  else if (event == HEAD_FIELD)
    judge_line(hs);
}

/* One event, and what follows from it. */
static NOINLINE head_event parse_part(upshake *hs) {
  head_event event = HEAD_REFUSED;
  if (!is_line_bad(&hs->facts)) {
    event = take_step(hs);
    judge_part(hs, event);
  }
  judge_facts(hs);
  return hs->next == UPSHAKE_READ ? event : HEAD_REFUSED;
}

/* Goes through what the memory holds, up to where the head is complete or is
 * refused, or more is needed. */
static head_event parse(upshake *hs) {
  head_event event = HEAD_LINE;
  take_request_line(&hs->parser, &hs->config->limits, hs->memory, hs->held);
  while (head_goes_on(event)) {
    if (is_at_line(&hs->parser) && take_plain_lines(hs))
      return HEAD_END;
    event = parse_part(hs);
  }
  return event;
}

/* The same where each line may be left out, and octets come line by line. */
static head_event parse_lean(upshake *hs) {
  head_event event = HEAD_LINE;
  while (head_goes_on(event))
    event = parse_part(hs);
  return event;
}

/* ---- from octets that come in to those that are held ---- */

/* The octets go behind those that are held, where they may be already. */
static void hold(upshake *hs, const char *octets, uint32_t len) {
  if (len > 0 && octets != hs->memory + hs->held)
    memmove(hs->memory + hs->held, octets, len);
  hs->held += len;
}

static inline head_event hold_all(upshake *hs, const char *octets,
                                  uint32_t len) {
  hold(hs, octets, len);
  return parse(hs);
}

/* With lean: piece by piece, so that what is left out of one makes room for the
 * next.  Octets after the head that are in the memory follow it there. */
static NOINLINE head_event hold_lean(upshake *hs, const char *octets,
                                     uint32_t len) {
  head_event event = HEAD_MORE;

  while (event == HEAD_MORE && hs->next == UPSHAKE_READ && len > 0) {
    uint32_t piece = upshake_lean_piece(hs, octets, len);
    hold(hs, octets, piece);
    octets += piece;
    len -= piece;
    event = parse_lean(hs);
    if (event == HEAD_MORE && upshake_head_in_value(&hs->parser))
      upshake_lean_leave_out(hs);
    if (event == HEAD_MORE)
      judge_room(hs);
  }
  if ((hs->flags & HANDSHAKE_FED) == 0)
    hold(hs, octets, len);
  return hs->next == UPSHAKE_READ ? event : HEAD_REFUSED;
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

/* Octets of a head. */
static inline void take_octets(upshake *hs, const char *octets, uint32_t len) {
  head_event event =
      hs->config->lean ? hold_lean(hs, octets, len) : hold_all(hs, octets, len);
  conclude(hs, event);
}

/* ---- ways for octets to come in ---- */

/* A 100 that was sent, and content that was looked at, are done with now. */
static NOINLINE int goes_on_reading(upshake *hs) {
  int is_continued =
      hs->next == UPSHAKE_SEND && (hs->flags & HANDSHAKE_CONTINUED);
  if (!is_continued && hs->next != UPSHAKE_BODY)
    return 0;
  hs->flags &= (uint16_t) ~(HANDSHAKE_TAKEN | HANDSHAKE_CONTINUED);
  hs->next = UPSHAKE_READ;
  hs->status = 0;
  return 1;
}

/* Is it time for octets? */
static inline int is_reading(upshake *hs) {
  return (hs->flags & HANDSHAKE_JUDGE) == 0 &&
         (hs->next == UPSHAKE_READ || goes_on_reading(hs));
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

/* One octet of a head that is fed, and that is all there is to do. */
static inline int take_octet(upshake *hs, char octet) {
  if (hs->next != UPSHAKE_READ || hs->flags || hs->config->lean ||
      hs->cap - hs->held < 2 || UPSHAKE_NEVER(hs->parser.pos != hs->held) ||
      !head_take_octet(&hs->parser, &hs->config->limits, octet))
    return 0;
  hs->memory[hs->held++] = octet;
  hs->parser.pos++;
  return 1;
}

/* Octets of a head that are fed. */
static inline void take_head(upshake *hs, const char *octets, size_t len,
                             size_t *used) {
  uint32_t room = hs->config->lean ? UINT32_MAX : hs->cap - hs->held;

  *used = hs->end + hs->held;
  hs->flags |= HANDSHAKE_FED;
  take_octets(hs, octets, len < room ? (uint32_t)len : room);
  hs->flags &= (uint16_t)~HANDSHAKE_FED;
  *used = octets_taken(hs) - *used;
}

upshake_next upshake_feed(upshake *hs, const void *data, size_t len,
                          size_t *used) {
  const char *octets = data;

  *used = 1;
  if (len == 1 && take_octet(hs, *octets))
    return UPSHAKE_READ;
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
  uint32_t end = hs->parser.pos;
  uint32_t begin = body_begin(hs), left = hs->held - begin;
  if (begin == end || (left > 0 && hs->held < hs->cap))
    return;
  memmove(hs->memory + end, hs->memory + begin, left);
  hs->held = end + left;
  BODY_DROPPED(hs) = 0;
}

static char *room_of(const upshake *hs) {
  return hs->memory ? hs->memory + hs->held : NULL;
}

void *upshake_room(upshake *hs, size_t *cap) {
  *cap = 0;
  if (is_reading(hs)) {
    drop_body(hs);
    *cap = hs->cap - hs->held;
  }
  return room_of(hs);
}

upshake_next upshake_commit(upshake *hs, size_t len) {
  uint32_t room = hs->cap - hs->held;
  if (!is_reading(hs))
    return (upshake_next)hs->next;
  if (len < room)
    room = (uint32_t)len;
  if (in_body(hs))
    hs->held += room;
  else
    take_octets(hs, room_of(hs), room);
  take_held_body(hs);
  return (upshake_next)hs->next;
}

/* ---- the octets that are held ---- */

upshake_slice upshake_head(const upshake *hs) {
  if (!hs->memory)
    return slice_none();
  return slice_of(hs->memory, is_past_head(hs) ? hs->parser.pos : hs->held);
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
  if (left > 0)
    take_octets(hs, hs->memory, left);
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
