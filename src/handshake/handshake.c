/* SPDX-License-Identifier: MIT
 *
 * The handshake: takes bytes, and says what to do next.  The head memory
 * collects the bytes, which are parsed and judged as they come.
 */
#include "../text/defensive.h"
#include "../error/errors.h"
#include "../judge/known.h"
#include "lean.h"
#include "judge_lines.h"

#include "../head/target.h"
#include "../head/walk.h"

/* ---- from bytes to an outcome ---- */

/* Ends the head at this position of the memory.  Bytes after it that were fed
 * are not kept: they belong to the caller. */
static void end_head(upshake *hs, uint32_t end) {
  set_head_end(hs, end);
  if (hs->flags & HANDSHAKE_FED)
    hs->held = end;
}

/* Refuses a head that is not complete, for an error at `offset` in the stream.
 * The bytes before `end` in the memory count as consumed. */
static NOINLINE void refuse_head(upshake *hs, upshake_error error,
                                 uint32_t offset, uint32_t end) {
  end_head(hs, end);
  upshake__conclude_refusal(hs, error, offset);
}

/* Refuses the head if it is not complete and has no more room. */
static void judge_room(upshake *hs) {
  int is_full = is_lean(hs) ? upshake__lean_is_full(hs) : hs->held >= hs->cap;
  if (!is_full)
    return;
  refuse_head(hs,
              upshake__head_in_target(&hs->parser) ? UPSHAKE_ERR_TARGET_LONG
                                                   : UPSHAKE_ERR_HEAD_LONG,
              bytes_taken(hs), hs->held);
}

/* A target of https or wss is not served without TLS (RFC 9110 7.4). */
static NOINLINE void judge_target(upshake *hs) {
  upshake_error error =
      upshake__check_target(head_method(&hs->parser, hs->memory),
                            head_target(&hs->parser, hs->memory));
  if (!error && hs->facts.transport == UPSHAKE_TRANSPORT_UNSECURED &&
      upshake__is_secured_target(head_target(&hs->parser, hs->memory)))
    error = UPSHAKE_ERR_TARGET_SECURED;
  if (error)
    refuse_head(hs, error, head_target_at(&hs->parser),
                head_target_end(&hs->parser));
}

/* Judges the field line that ends at the parser's position. */
static void judge_line(upshake *hs) {
  const upshake_parser *parser = &hs->parser;
  uint32_t at = parser->value_at, end = parser->pos - 2; /* the line's CRLF */
  upshake__judge_line(
      hs, slice_of(hs->memory + parser->name_at, parser->name_len),
      upshake__trim(slice_of(hs->memory + at, end - at)), hs->end + at);
}

static void conclude_head(upshake *hs) {
  end_head(hs, hs->parser.pos);
  hs->flags |= HANDSHAKE_COMPLETE;
  upshake__conclude(hs);
}

/* Refuses the preface of HTTP/2.  A host that speaks HTTP/2 can go on with
 * it. */
static void judge_preface(upshake *hs) {
  refuse_head(hs, UPSHAKE_ERR_HTTP2_PREFACE, 0, hs->parser.pos);
}

/* Refuses the byte that the parser found wrong. */
static NOINLINE void refuse_byte(upshake *hs, const head_step *step) {
  uint32_t offset = hs->end + step->offset;
  if (is_lean(hs) && upshake__head_in_value(&hs->parser))
    upshake__lean_leave_out(hs);
  refuse_head(hs, step->error, offset, hs->parser.pos);
}

/* Runs one step.  Not inlined, so that its frame is gone before judging
 * starts. */
static NOINLINE head_event find_event(upshake *hs) {
  head_step step =
      head_begin(&hs->parser, &hs->config->limits, hs->memory, hs->held);
  head_event event = upshake__head_step(&step);
  if (event == HEAD_REFUSED)
    refuse_byte(hs, &step);
  if (event == HEAD_FIELD && is_lean(hs) && upshake__lean_leave_out(hs))
    return HEAD_MORE; /* no line is behind it: see lean_piece */
  return event;
}

/* Refuses the head at a line about Host or framing that is bad. */
static inline head_event judge_facts(upshake *hs, head_event event) {
  if (is_line_bad(&hs->facts))
    refuse_head(hs, (upshake_error)hs->facts.bad, hs->facts.bad_at,
                hs->parser.pos);
  return hs->next == UPSHAKE_READ ? event : HEAD_REFUSED;
}

COLD head_event upshake__judge_step(void *user) {
  upshake *hs = user;
  head_event event = find_event(hs);
  if (event == HEAD_TARGET)
    judge_target(hs);
  else if (event == HEAD_LINE && hs->parser.minor == 0)
    hs->facts.flags |= FACT_HTTP_1_0;
  else if (event == HEAD_FIELD)
    judge_line(hs);
  return judge_facts(hs, event);
}

/* Parses what the memory holds; for lean, where each line may be left out. */
ALWAYS_INLINE head_event parse_by_steps(upshake *hs) {
  return head_go_through(&hs->parser, NULL, upshake__judge_step, hs);
}

/* The same, with whole lines. */
#ifdef UPSHAKE_SMALL
#define parse parse_by_steps
#else
head_event upshake__judge_facts(upshake *hs, head_event event) {
  return judge_facts(hs, event);
}

static NOINLINE head_event judge_lines(void *user) {
  return judge_all_lines(user, NULL);
}

static head_event parse(upshake *hs) {
  take_request_line(&hs->parser, &hs->config->limits, hs->memory, hs->held);
  return head_go_through(&hs->parser, judge_lines, upshake__judge_step, hs);
}
#endif

/* Either of them, or what goes with the index: see handshake_index.c. */
#define PARSE_WITH(hs, otherwise)                                              \
  ((hs)->index ? (head_event)(hs)->index->private_take(hs) : otherwise(hs))

/* ---- from the input to the memory ---- */

/* Puts the bytes behind the held bytes.  They may be there already. */
static void hold(upshake *hs, const char *bytes, uint32_t len) {
  if (len > 0 && bytes != hs->memory + hs->held)
    memmove(hs->memory + hs->held, bytes, len);
  hs->held += len;
}

static inline head_event hold_all(upshake *hs, const char *bytes,
                                  uint32_t len) {
  hold(hs, bytes, len);
  return PARSE_WITH(hs, parse);
}

/* Holds the bytes behind a head of which lines were left out.  They are in the
 * memory already: what is shorter moves, the head or these bytes. */
#ifdef UPSHAKE_SMALL
#define close_gap hold
#else
static void close_gap(upshake *hs, const char *bytes, uint32_t len) {
  uint32_t gap = (uint32_t)(bytes - (hs->memory + hs->held));
  if (len > hs->held) {
    memmove(hs->memory + gap, hs->memory, hs->held);
    hs->memory += gap;
    hs->front += gap;
  }
  hold(hs, bytes, len);
}
#endif

/* With lean the input is held piece by piece, so that a line that is left out
 * makes room for the next piece. */
static NOINLINE COLD head_event hold_lean(upshake *hs, const char *bytes,
                                          uint32_t len) {
  head_event event = HEAD_MORE;

  while (event == HEAD_MORE && hs->next == UPSHAKE_READ && len > 0) {
    uint32_t piece = upshake__lean_piece(hs, bytes, len);
    hold(hs, bytes, piece);
    bytes += piece;
    len -= piece;
    event = PARSE_WITH(hs, parse_by_steps);
    if (event == HEAD_MORE && upshake__head_in_value(&hs->parser))
      upshake__lean_leave_out(hs);
    if (event == HEAD_MORE)
      judge_room(hs);
  }
  if ((hs->flags & HANDSHAKE_FED) == 0)
    close_gap(hs, bytes, len);
  return hs->next == UPSHAKE_READ ? event : HEAD_REFUSED;
}

/* Returns the memory as the application gave it; it may be NULL. */
static inline char *whole_memory(const upshake *hs) {
  return front_of(hs) > 0 ? hs->memory - front_of(hs) : hs->memory;
}

/* Moves a head that is not complete to the beginning of the memory, so that it
 * has all of the memory. */
static void settle(upshake *hs) {
  char *memory = whole_memory(hs);
  if (front_of(hs) == 0)
    return;
  memmove(memory, hs->memory, hs->held);
  hs->memory = memory;
  hs->front = 0;
}

/* Does what the last event asks for.  Not inlined, so that the parser's frames
 * are gone by then. */
static NOINLINE void conclude(upshake *hs, head_event event) {
  if (event == HEAD_MORE) {
    judge_room(hs);
    settle(hs);
  } else if (event == HEAD_END)
    conclude_head(hs);
  else if (event == HEAD_PREFACE)
    judge_preface(hs);
}

/* Takes bytes of a head. */
static inline void take_bytes(upshake *hs, const char *bytes, uint32_t len) {
  head_event event =
      is_lean(hs) ? hold_lean(hs, bytes, len) : hold_all(hs, bytes, len);
  conclude(hs, event);
}

/* ---- the input: feed and commit ---- */

/* Goes back to READ after a 100 (Continue) that was sent, or after content that
 * was used.  Returns 0 in any other state. */
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

/* 1 if the handshake takes bytes now. */
static inline int is_reading(upshake *hs) {
  return (hs->flags & HANDSHAKE_JUDGE) == 0 &&
         (hs->next == UPSHAKE_READ || (HAS_BODIES && goes_on_reading(hs)));
}

#if !HAS_BODIES
#define take_body(hs, bytes, len, are_held) 0
#define take_held_body(hs) ((void)0)
#else
/* Returns an offset in the stream. */
static uint32_t offset_in_body(const upshake *hs, uint32_t offset) {
  return offset < UINT32_MAX - hs->end ? hs->end + offset : UINT32_MAX;
}

/* Takes bytes of a body, and returns how many.  Bytes that are held count as
 * dropped before the application is asked again, because it may look at the
 * rest. */
static NOINLINE size_t take_body(upshake *hs, const char *bytes, size_t len,
                                 int are_held) {
  upshake_private_body *body = &hs->facts.part.body;
  body_step step = {.body = body,
                    .len = &hs->facts.body_len,
                    .limit = hs->config->limits.body,
                    .is_chunked = (hs->facts.flags & FACT_CODING) != 0};
  body_event event;
  /* A piece of content has a length of 32 bits, to keep the state small. */
  if (len > UINT32_MAX)
    len = UINT32_MAX;
  event = upshake__body_step(&step, bytes, len);
  if (are_held)
    hs->dropped += (uint32_t)step.used;
  if (event == BODY_CONTENT) {
    hs->next = UPSHAKE_BODY;
    body->content = bytes + step.used - step.content;
    body->content_len = (uint32_t)step.content;
  }
  if (event == BODY_END)
    upshake__conclude_body(hs);
  if (event == BODY_REFUSED)
    upshake__conclude_refusal(hs, step.error, offset_in_body(hs, step.offset));
  return step.used;
}

/* Takes the bytes of a body that commit has put into the memory.  The state is
 * BODY if the application has just accepted: see go_on. */
static void take_held_body(upshake *hs) {
  uint32_t begin = body_begin(hs);
  if (!in_body(hs) || (hs->next != UPSHAKE_READ && hs->next != UPSHAKE_BODY))
    return;
  hs->next = UPSHAKE_READ;
  take_body(hs, hs->memory + begin, hs->held - begin, 1);
}
#endif

/* Fast path of feed: takes one byte that needs no more than head_take_byte. */
static inline int take_one(upshake *hs, char byte) {
  if (hs->next != UPSHAKE_READ || hs->flags || is_lean(hs) ||
      hs->cap - hs->held < 2 || UPSHAKE_NEVER(hs->parser.pos != hs->held) ||
      !head_take_byte(&hs->parser, &hs->config->limits, byte))
    return 0;
  hs->memory[hs->held++] = byte;
  hs->parser.pos++;
  return 1;
}

/* Takes the bytes of a head that feed was given, and returns how many. */
static inline size_t take_head(upshake *hs, const char *bytes, size_t len) {
  uint32_t room = is_lean(hs) ? UINT32_MAX : hs->cap - hs->held;
  uint32_t before = hs->end + hs->held;

  hs->flags |= HANDSHAKE_FED;
  take_bytes(hs, bytes, len < room ? (uint32_t)len : room);
  hs->flags &= (uint16_t)~HANDSHAKE_FED;
  return bytes_taken(hs) - before;
}

/* Skips what is left of the last request's body, and returns how many bytes. */
#if !HAS_BODIES
#define skip_body(hs, len) 0
#else
static NOINLINE COLD size_t skip_body(upshake *hs, size_t len) {
  uint64_t *left = &hs->facts.body_len;
  if ((hs->flags & HANDSHAKE_SKIPS) == 0)
    return 0;
  if (len >= *left) {
    len = (size_t)*left;
    hs->flags &= (uint16_t)~HANDSHAKE_SKIPS;
  }
  *left -= len;
  return len;
}
#endif

upshake_next upshake_feed(upshake *hs, const void *data, size_t len,
                          size_t *used) {
  const char *bytes = data;

  *used = 1;
  if (len == 1 && take_one(hs, *bytes))
    return UPSHAKE_READ;
  *used = 0;
  if (!is_reading(hs))
    return (upshake_next)hs->next;
  take_held_body(hs);
  *used = skip_body(hs, len);
  while (hs->next == UPSHAKE_READ) {
    const char *rest = *used > 0 ? bytes + *used : bytes;
    size_t left = len - *used;
    *used +=
        in_body(hs) ? take_body(hs, rest, left, 0) : take_head(hs, rest, left);
    if (*used == len)
      break;
  }
  return (upshake_next)hs->next;
}

/* Removes the bytes of a body that were taken from the memory.  The rest is
 * moved only if the memory is full: a client may send many small chunks. */
static void drop_body(upshake *hs) {
  uint32_t end = hs->parser.pos;
  uint32_t begin = body_begin(hs), left = hs->held - begin;
  if (begin == end || (left > 0 && room_left(hs) > 0))
    return;
  memmove(hs->memory + end, hs->memory + begin, left);
  hs->held = end + left;
  hs->dropped = 0;
}

static char *room_of(const upshake *hs) {
  return hs->memory ? hs->memory + hs->held : NULL;
}

void *upshake_room(upshake *hs, size_t *cap) {
  *cap = 0;
  if (is_reading(hs)) {
    drop_body(hs);
    *cap = room_left(hs);
  }
  return room_of(hs);
}

upshake_next upshake_commit(upshake *hs, size_t len) {
  uint32_t room = room_left(hs), skipped;
  if (!is_reading(hs))
    return (upshake_next)hs->next;
  if (len < room)
    room = (uint32_t)len;
  skipped = (uint32_t)skip_body(hs, room);
  if (in_body(hs))
    hs->held += room;
  else
    take_bytes(hs, room_of(hs) + skipped, room - skipped);
  take_held_body(hs);
  return (upshake_next)hs->next;
}

/* ---- the bytes that are held ---- */

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

/* Begins a request with the last `left` bytes that are held.  Many requests may
 * be there.  So these bytes move only if as many bytes are before them: all of
 * these moves together take linear time. */
static void begin_with(upshake *hs, uint32_t left) {
  char *memory = whole_memory(hs);
  uint32_t front = front_of(hs) + hs->held - left;
#ifdef UPSHAKE_SMALL
  const int to_front = 1;
#else
  const int to_front = left <= front;
#endif
  if (to_front && left > 0)
    memmove(memory, memory + front, left);
  if (to_front)
    front = 0;
  begin_request(hs, offsetof(upshake, held), hs->config, hs->facts.transport);
  hs->memory = front > 0 ? memory + front : memory;
  hs->front = front;
}

/* 1 if the reply and its content have been given out, and the connection stays
 * open; or if the application has served the request itself. */
static int is_over(const upshake *hs) {
  const unsigned done = HANDSHAKE_KEPT | HANDSHAKE_WHOLE;
  if (hs->next == UPSHAKE_SEND)
    return (hs->flags & (done | HANDSHAKE_CONTENT)) == done;
  return hs->next == UPSHAKE_PLAIN;
}

/* Skips what is here of the body, and begins the next request.  Returns how
 * many bytes are left for it.  Not inlined, so that its frame is gone before
 * they are parsed. */
static NOINLINE uint32_t begin_next(upshake *hs) {
  size_t left = upshake_rest(hs).len, skipped;
  uint64_t unread = hs->flags & HANDSHAKE_BODY_END ? 0 : hs->facts.body_len;
  skipped = unread < left ? (size_t)unread : left;
  left -= skipped;
  begin_with(hs, (uint32_t)left);
  if (unread > skipped)
    hs->flags |= HANDSHAKE_SKIPS;
  hs->facts.body_len = unread - skipped;
  if (hs->index)
    hs->index->len = 0;
  return (uint32_t)left;
}

upshake_error upshake_reset(upshake *hs) {
  uint32_t left;
  if (hs->flags & HANDSHAKE_JUDGE)
    return UPSHAKE_ERR_STATE;
  if (is_fresh(hs))
    return UPSHAKE_OK;
  if (!is_over(hs) || !can_skip(hs))
    return UPSHAKE_ERR_STATE;
  left = begin_next(hs);
  if (left > 0)
    upshake_commit(hs, left);
  return UPSHAKE_OK;
}

upshake_error upshake_move(upshake *hs, void *memory, size_t cap) {
  if (hs->flags & HANDSHAKE_JUDGE)
    return UPSHAKE_ERR_STATE;
  if (hs->held > cap)
    return UPSHAKE_ERR_ROOM;
  if (hs->held > 0)
    memmove(memory, hs->memory, hs->held);
  hs->memory = memory;
  hs->front = 0;
  hs->cap = clamp_len(cap);
  return UPSHAKE_OK;
}
