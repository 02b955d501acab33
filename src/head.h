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
  HEAD_TARGET,  /* the request-target is complete, and has one of its forms */
  HEAD_FIELD,   /* a field line is complete                              */
  HEAD_END,     /* the head is complete, parser->pos octets long         */
  HEAD_PREFACE, /* so is the head of an HTTP/2 connection preface        */
  HEAD_GO_ON,   /* only inside: a part is looked at, another comes       */
  HEAD_REFUSED  /* see step->error and step->offset; parser->pos octets
                   were found good                                       */
} head_event;

typedef struct head_step {
  upshake_parser *parser;
  const char *octets; /* all of the head that has come */
  uint32_t len;       /* of octets */
  upshake_limits limits;
  upshake_error error;
  uint32_t offset;
} head_step;

/* Limits with the defaults in place of 0; limits may be NULL. */
upshake_limits upshake_head_limits(const upshake_limits *limits);

/* Goes on to the next event. */
head_event upshake_head_step(head_step *step);

/* The field line of HEAD_FIELD. */
upshake_field upshake_head_field(const head_step *step);

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
