/* SPDX-License-Identifier: MIT
 *
 * The way through a head, and its two faster speeds: single bytes that continue
 * the current part, and an iterator over whole lines that are plain (see
 * scan.h).  They do only what the steps of the parser would do, and leave
 * everything else to them.  UPSHAKE_SMALL has only steps.
 */
#ifndef UPSHAKE_SRC_HEAD_WALK_H
#define UPSHAKE_SRC_HEAD_WALK_H

#include "../text/defensive.h"
#include "../text/lines.h"
#include "part.h"

/* ---- single bytes ---- */

/* Takes the byte at parser->pos and returns 1; the caller then increments pos.
 * Returns 0 and changes nothing if a step of the parser must look at the
 * byte. */
#ifdef UPSHAKE_SMALL
ALWAYS_INLINE int head_take_byte(upshake_parser *parser,
                                 const upshake_limits *limits, char byte) {
  (void)parser;
  (void)limits;
  (void)byte;
  return 0;
}
#else
static inline int in_run(head_run run, char byte) {
  return in_class(byte, head_rule(run).class_bits);
}

/* 1 if a run that began at `begin` has room for another byte. */
static inline int has_room(const upshake_parser *parser,
                           const upshake_limits *limits, head_run run,
                           uint32_t begin) {
  return parser->pos - begin < head_run_limit(run, limits);
}

/* This function does only what the steps would do. */
ALWAYS_INLINE int head_take_byte(upshake_parser *parser,
                                 const upshake_limits *limits, char byte) {
  uint32_t place;
  if (parser->state == STATE_VALUE && in_run(RUN_VALUE, byte))
    return 1; /* the most frequent case */
  if (parser->state == STATE_NAME && in_run(RUN_NAME, byte))
    return has_room(parser, limits, RUN_NAME, parser->name_at);
  switch ((enum head_state)parser->state) {
  case STATE_VALUE:
    if (byte == '\r')
      parser->state = STATE_VALUE_LF;
    return byte == '\r';
  case STATE_NAME:
    if (byte != ':' || UPSHAKE_NEVER(parser->pos == parser->name_at))
      return 0;
    end_name(parser);
    return 1;
  case STATE_BLANKS:
    if (!in_run(RUN_VALUE, byte) || is_blank(byte))
      return byte == ' ';
    parser->value_at = parser->pos;
    parser->state = STATE_VALUE;
    return 1;
  case STATE_METHOD:
    return in_run(RUN_METHOD, byte) &&
           has_room(parser, limits, RUN_METHOD, head_method_at(parser));
  case STATE_PATH:
    return in_run(RUN_PATH, byte) &&
           has_room(parser, limits, RUN_PATH, head_target_at(parser));
  case STATE_QUERY:
    return in_run(RUN_QUERY, byte) &&
           has_room(parser, limits, RUN_QUERY, head_target_at(parser));
  case STATE_VERSION:
    place = parser->pos - head_target_end(parser);
    return place < HEAD_VERSION_LEN - 1 && !judge_version_byte(byte, place);
  case STATE_FIELD:
    if (!in_run(RUN_NAME, byte) || parser->fields >= limit_of_fields(limits))
      return 0;
    parser->name_at = parser->pos;
    parser->state = STATE_NAME;
    return 1;
  default:
    return 0;
  }
}
#endif

/* ---- whole lines ---- */

#ifndef UPSHAKE_SMALL

/* A field line: where its name, its colon and its CRLF begin. */
typedef struct field_line {
  const char *name, *colon, *cr;
} field_line;

/* A walk over whole lines.  The parser takes note of them when it ends.  It has
 * no pointer to `found`, and nobody has one to it, so it stays in registers. */
typedef struct head_walk {
  const char *begin, *end; /* the head, as far as it was received        */
  const char *at;          /* where the next line begins                 */
  const char *base;        /* the ends count from here                   */
  size_t left;             /* field lines that may come                  */
  size_t next, len;        /* of the ends that were found                */
} head_walk;

/* Begins at the parser's position, which must be the beginning of a line. */
ALWAYS_INLINE head_walk head_begin_lines(const upshake_parser *parser,
                                         const upshake_limits *limits,
                                         const char *bytes, uint32_t len,
                                         line_ends *found) {
  head_walk walk = {.begin = bytes,
                    .end = bytes + len,
                    .at = bytes + parser->pos,
                    .base = bytes,
                    .left = limit_of_fields(limits) - parser->fields,
                    .next = 0,
                    .len = 0};
  /* With a low limit of names, the parser must look at each line. */
  found->is_last = head_run_limit(RUN_NAME, limits) < SCAN_NAME_MOST;
  return walk;
}

/* Finds the ends of the next lines.  Returns 0 if there are none. */
ALWAYS_INLINE int head_find_lines(head_walk *walk, line_ends *found) {
  if (found->is_last)
    return 0;
  found->base = walk->base = walk->at;
  walk->next = 0;
  walk->len = upshake__find_ends(found, walk->begin, walk->end);
  if (walk->len > walk->left)
    walk->len = walk->left;
  walk->left -= walk->len;
  return walk->len > 0;
}

/* Hands out the next line if it is complete and plain, or returns 0.  The name
 * of such a line is neither empty nor longer than SCAN_NAME_MOST. */
ALWAYS_INLINE int head_next_line(head_walk *walk, line_ends *found,
                                 field_line *line) {
  const char *next;
  if (walk->next == walk->len && !head_find_lines(walk, found))
    return 0;
  next = walk->base + found->ends[walk->next];
  line->name = walk->at;
  line->colon = scan_name(walk->at, walk->end);
  line->cr = next - 2;
  if (*line->colon != ':' || line->colon == line->name ||
      memcmp(line->cr, "\r\n", 2) != 0)
    return 0;
  walk->at = next;
  walk->next++;
  return 1;
}

/* Ends the walk.  Returns HEAD_END if the head ends here; HEAD_MORE if the last
 * line is bad, so that nothing behind it matters; else HEAD_GO_ON: a step of
 * the parser must look at the next line. */
ALWAYS_INLINE head_event head_end_lines(const head_walk *walk,
                                        upshake_parser *parser,
                                        const upshake_limits *limits,
                                        int is_bad) {
  parser->pos = (uint32_t)(walk->at - walk->begin);
  parser->fields = (uint16_t)(limit_of_fields(limits) - walk->left -
                              (walk->len - walk->next));
  if (is_bad)
    return HEAD_MORE;
  if (walk->end - walk->at < 2 || memcmp(walk->at, "\r\n", 2) != 0)
    return HEAD_GO_ON;
  end_lines(parser);
  return HEAD_END;
}

#endif

/* ---- the whole head ---- */

typedef head_event head_take(void *user);

/* Goes through a head until it ends or is refused, or more bytes are needed:
 * `lines` takes whole lines where one begins (NULL: it is left out), and `step`
 * runs one step of the parser for everything else. */
ALWAYS_INLINE head_event head_go_through(const upshake_parser *parser,
                                         head_take *lines, head_take *step,
                                         void *user) {
  head_event event;
  do {
    event = lines && is_at_line(parser) ? lines(user) : HEAD_GO_ON;
    if (event == HEAD_GO_ON)
      event = step(user);
  } while (head_goes_on(event));
  return event;
}

/* Returns what an event means for upshake_parse_head, and in *end where the
 * head ends or is wrong. */
static inline upshake_error head_result(head_event event, const head_step *step,
                                        size_t *end) {
  *end = event == HEAD_REFUSED ? step->offset : step->parser->pos;
  if (event == HEAD_REFUSED || event == HEAD_END)
    return step->error;
  return event == HEAD_PREFACE ? UPSHAKE_ERR_HTTP2_PREFACE
                               : UPSHAKE_ERR_INCOMPLETE;
}

/* Parses a head as upshake_parse_head does. */
ALWAYS_INLINE upshake_error head_parse(head_step *step, head_take *lines,
                                       head_take *take, void *user,
                                       size_t *end) {
  take_request_line(step->parser, step->limits, step->bytes, step->len);
  return head_result(head_go_through(step->parser, lines, take, user), step,
                     end);
}

/* The `take` of it: one step, which also checks the form of the target.  `user`
 * begins with the head_step. */
UPSHAKE_PRIVATE head_event upshake__pass_step(void *user);

/* ---- what a line holds ---- */

#ifndef UPSHAKE_SMALL
static inline upshake_slice line_name(const field_line *line) {
  return slice_of(line->name, (size_t)(line->colon - line->name));
}

/* Returns the value without the blanks around it.  The only blank in a plain
 * line is SP. */
static inline upshake_slice line_value(const field_line *line) {
  const char *begin = line->colon + 1, *end = line->cr;
  begin += *begin == ' '; /* in nearly every line */
  while (*begin == ' ')
    begin++;
  if (end[-1] == ' ')
    while (end > begin && end[-1] == ' ')
      end--;
  return slice_of(begin, (size_t)(end - begin));
}
#endif

#endif
