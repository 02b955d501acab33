/* SPDX-License-Identifier: MIT
 *
 * The head parser, from inside: it stops at each part that can be judged.
 */
#ifndef UPSHAKE_HEAD_H
#define UPSHAKE_HEAD_H

#include "bytes.h"

/* What a step of the parser came to. */
typedef enum head_event {
  HEAD_MORE,    /* all octets are looked at, the head is not complete    */
  HEAD_TARGET,  /* the request-target is complete, and to be judged      */
  HEAD_LINE,    /* the request line is complete, field lines begin       */
  HEAD_FIELD,   /* a field line is complete                              */
  HEAD_END,     /* the head is complete, parser->pos octets long         */
  HEAD_PREFACE, /* so is the head of an HTTP/2 connection preface        */
  HEAD_GO_ON,   /* only inside: a part is looked at, another comes       */
  HEAD_REFUSED  /* see step->error and step->offset; parser->pos octets
                   were found good                                       */
} head_event;

/* 1 where there may be another event after this one. */
static inline int head_goes_on(head_event event) {
  return event == HEAD_TARGET || event == HEAD_LINE || event == HEAD_FIELD;
}

typedef struct head_step {
  upshake_parser *parser;
  const char *octets;           /* all of the head that has come */
  uint32_t len;                 /* of octets */
  const upshake_limits *limits; /* NULL: the defaults */
  upshake_error error;
  uint32_t offset;
  uint32_t name_limit, fields_limit; /* as head_... says */
} head_step;

/* Limits, with the default in place of 0; limits may be NULL. */
static inline uint32_t head_limit(uint32_t limit, uint32_t otherwise,
                                  uint32_t most) {
  if (limit == 0)
    return otherwise;
  return limit < most ? limit : most;
}

static inline uint32_t head_method_limit(const upshake_limits *limits) {
  return head_limit(limits ? limits->method : 0, 32, UINT8_MAX);
}

static inline uint32_t head_target_limit(const upshake_limits *limits) {
  return head_limit(limits ? limits->target : 0, UINT32_MAX - 1,
                    UINT32_MAX - 1);
}

static inline uint32_t head_fields_limit(const upshake_limits *limits) {
  return head_limit(limits ? limits->fields : 0, 128, UINT16_MAX);
}

static inline uint32_t head_name_limit(const upshake_limits *limits) {
  return head_limit(limits ? limits->name : 0, 255, UINT16_MAX);
}

/* A step that begins. */
static inline head_step head_begin(upshake_parser *parser,
                                   const upshake_limits *limits,
                                   const char *octets, uint32_t len) {
  head_step step = {parser, octets, len, limits, UPSHAKE_OK, 0, 0, 0};
  step.name_limit = head_name_limit(limits);
  step.fields_limit = head_fields_limit(limits);
  return step;
}

/* Goes on to the next event. */
head_event upshake_head_step(head_step *step);

/* For a response, whose first line is another: the field lines begin at pos. */
void upshake_head_at_fields(upshake_parser *parser, uint32_t pos);

/* The line before parser->pos, where a blank was refused as UPSHAKE_ERR_
 * FIELD_FOLDED, goes on there. */
void upshake_head_unfold(upshake_parser *parser);

/* 1 when the head is complete. */
int upshake_head_is_complete(const upshake_parser *parser);

/* 1 while the parser waits for octets of the request-target. */
int upshake_head_in_target(const upshake_parser *parser);

/* 1 in a field line whose name is complete. */
int upshake_head_in_value(const upshake_parser *parser);

/* ---- positions: what the parser does not store, as it follows ---- */

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

/* The method, once it is complete; of length 0 before that. */
static inline upshake_slice head_method(const upshake_parser *parser,
                                        const char *octets) {
  return slice_of(octets + head_method_at(parser), parser->method_len);
}

static inline upshake_slice head_target(const upshake_parser *parser,
                                        const char *octets) {
  return slice_of(octets + head_target_at(parser), parser->target_len);
}

/* The field lines of a head that is complete. */
static inline upshake_slice head_fields(const upshake_parser *parser,
                                        const char *octets) {
  uint32_t begin = head_target_end(parser) + HEAD_VERSION_LEN;
  return slice_of(octets + begin, parser->pos - 2 - begin);
}

#endif
