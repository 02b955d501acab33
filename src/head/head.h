/* SPDX-License-Identifier: MIT
 *
 * The head parser, as the library uses it: it stops at each part that can be
 * judged.
 */
#ifndef UPSHAKE_SRC_HEAD_HEAD_H
#define UPSHAKE_SRC_HEAD_HEAD_H

#include "run.h"

/* What a step of the parser came to.  At HEAD_REFUSED the first parser->pos
 * bytes were good. */
typedef enum head_event {
  HEAD_MORE,    /* all bytes are parsed, the head is not complete    */
  HEAD_TARGET,  /* the request-target is complete, judge it now      */
  HEAD_LINE,    /* the request line is complete, field lines begin   */
  HEAD_FIELD,   /* a field line is complete                          */
  HEAD_END,     /* the head is complete, parser->pos bytes long      */
  HEAD_PREFACE, /* the same for the preface of an HTTP/2 connection  */
  HEAD_GO_ON,   /* internal: a part is complete, parse the next part */
  HEAD_REFUSED  /* see step->error and step->offset                  */
} head_event;

/* 1 if another event may follow this event. */
static inline int head_goes_on(head_event event) {
  return event == HEAD_TARGET || event == HEAD_LINE || event == HEAD_FIELD;
}

typedef struct head_step {
  upshake_parser *parser;
  const char *bytes;            /* the head, as far as it was received */
  uint32_t len;                 /* of `bytes` */
  const upshake_limits *limits; /* NULL: the defaults */
  upshake_error error;
  uint32_t offset;
} head_step;

/* Returns a step at its beginning. */
static inline head_step head_begin(upshake_parser *parser,
                                   const upshake_limits *limits,
                                   const char *bytes, uint32_t len) {
  head_step step = {.parser = parser,
                    .bytes = bytes,
                    .len = len,
                    .limits = limits,
                    .error = UPSHAKE_OK,
                    .offset = 0};
  return step;
}

/* Parses up to the next event. */
UPSHAKE_PRIVATE head_event upshake__head_step(head_step *step);

/* For a response: its first line is parsed elsewhere, and the field lines begin
 * at pos. */
UPSHAKE_PRIVATE void upshake__head_at_fields(upshake_parser *parser,
                                             uint32_t pos);

/* Accepts a folded line after UPSHAKE_ERR_FIELD_FOLDED: the value of the line
 * before it goes on at parser->pos. */
UPSHAKE_PRIVATE void upshake__head_unfold(upshake_parser *parser);

/* 1 if the head is complete. */
UPSHAKE_PRIVATE int upshake__head_is_complete(const upshake_parser *parser);

/* 1 if the parser is in the request-target. */
UPSHAKE_PRIVATE int upshake__head_in_target(const upshake_parser *parser);

/* 1 if the request line is complete; it is not the preface of HTTP/2. */
UPSHAKE_PRIVATE int upshake__head_has_line(const upshake_parser *parser);

/* 1 if the parser is in a field line whose name is complete. */
UPSHAKE_PRIVATE int upshake__head_in_value(const upshake_parser *parser);

/* ---- positions that follow from what the parser stores ---- */

#define HEAD_VERSION_LEN 11 /* SP HTTP-version CRLF */

static inline uint32_t head_method_at(const upshake_parser *parser) {
  return 2 * (uint32_t)parser->empty_lines;
}

static inline uint32_t head_target_at(const upshake_parser *parser) {
  return head_method_at(parser) + parser->method_len + 1;
}

static inline uint32_t head_target_end(const upshake_parser *parser) {
  return head_target_at(parser) + parser->target_len;
}

/* The method; its length is 0 until it is complete. */
static inline upshake_slice head_method(const upshake_parser *parser,
                                        const char *bytes) {
  return slice_of(bytes + head_method_at(parser), parser->method_len);
}

static inline upshake_slice head_target(const upshake_parser *parser,
                                        const char *bytes) {
  return slice_of(bytes + head_target_at(parser), parser->target_len);
}

/* The field lines of a complete head. */
static inline upshake_slice head_fields(const upshake_parser *parser,
                                        const char *bytes) {
  uint32_t begin = head_target_end(parser) + HEAD_VERSION_LEN;
  return slice_of(bytes + begin, parser->pos - 2 - begin);
}

#endif
