/* SPDX-License-Identifier: MIT
 *
 * The parts of a head: what the files of its parser share.
 */
#ifndef UPSHAKE_HEAD_PART_H
#define UPSHAKE_HEAD_PART_H

#include "head.h"

/* What the octet at parser->pos is expected to be. */
enum state {
  STATE_START,    /* first octet of the request line, or of an empty one */
  STATE_EMPTY_LF, /* LF of an empty line                                 */
  STATE_METHOD,   /* in the method                                       */
  STATE_PATH,     /* in the target, before a "?"                         */
  STATE_QUERY,    /* in the target, after it                            */
  STATE_VERSION,  /* in SP HTTP-version CRLF, at any octet               */
  STATE_MAJOR,    /* behind the digit of another major version than 1    */
  STATE_PREFACE,  /* the same in what may be the HTTP/2 preface          */
  STATE_FIELD,    /* first octet of a field line, or CR of the last line */
  STATE_NAME,     /* in a field's name, after its first octet           */
  STATE_BLANKS,   /* in the blanks before a value                        */
  STATE_VALUE,    /* in a value                                          */
  STATE_VALUE_LF, /* LF of a field line                                  */
  STATE_END_LF,   /* LF of the last line                                 */
  STATE_END,
  STATE_END_PREFACE
};

/* 1 where a field line begins, or the end of the head. */
static inline int is_at_line(const upshake_parser *parser) {
  return parser->state == STATE_FIELD;
}

static inline head_event head_go_on(head_step *step, enum state state) {
  step->parser->state = (uint8_t)state;
  return HEAD_GO_ON;
}

/* Refuse the octet at parser->pos.  A LF is always refused as what it means to
 * be: files and tools that end lines with LF alone are the usual cause. */
static inline head_event head_refuse(head_step *step, upshake_error error) {
  int is_lf = step->octets[step->parser->pos] == '\n';
  step->error = is_lf ? UPSHAKE_ERR_LINE_END : error;
  step->offset = step->parser->pos;
  return HEAD_REFUSED;
}

/* As head_refuse, but the octet at `pos`: what is before it was good. */
static inline head_event head_refuse_at(head_step *step, upshake_error error,
                                        uint32_t pos) {
  step->parser->pos = pos;
  return head_refuse(step, error);
}

static inline char octet_at(const head_step *step, uint32_t pos) {
  return step->octets[pos];
}

/* The octets from `begin` on that are not looked at yet end here: all that
 * came, or one after the limit of `begin`'s part, so that a part that is too
 * long is noticed at the first octet too many and no further one is read. */
static inline const char *window_end(const head_step *step, uint32_t begin,
                                     uint32_t limit) {
  if (step->len - begin > limit)
    return step->octets + begin + limit + 1;
  return step->octets + step->len;
}

/* A part of the request line, in a state of it. */
head_event upshake_request_line_part(head_step *step);

/* Takes all of it, where it is complete and as most are, with a target that
 * needs no judgement; any other is for the parts. */
void upshake_take_request_line(upshake_parser *parser,
                               const upshake_limits *limits, const char *octets,
                               uint32_t len);

#define REQUEST_LINE_LEAST (3 + HEAD_VERSION_LEN) /* "M /" */

/* Tries that once, before anything was looked at. */
static inline void take_request_line(upshake_parser *parser,
                                     const upshake_limits *limits,
                                     const char *octets, uint32_t len) {
#ifdef UPSHAKE_SMALL
  (void)parser;
  (void)limits;
  (void)octets;
  (void)len;
#else
  if (parser->pos == 0 && len >= REQUEST_LINE_LEAST)
    upshake_take_request_line(parser, limits, octets, len);
#endif
}

#define MAJOR_PLACE 6 /* of the major version's digit in SP HTTP-version */

/* Judges the byte at `place` of SP HTTP-version CRLF (RFC 9112 2.3), where the
 * major version is 1; any other digit is for STATE_MAJOR. */
static inline upshake_error judge_version_octet(char octet, uint32_t place) {
  static const char form[HEAD_VERSION_LEN + 1] = " HTTP/1.\0\r\n";
  if (octet == form[place] && octet)
    return UPSHAKE_OK;
  if (is_digit(octet) && place == 8)
    return UPSHAKE_OK;
  if (place == 10)
    return UPSHAKE_ERR_LINE_END;
  return UPSHAKE_ERR_HTTP_VERSION_OCTET;
}

/* At the CR of the line that ends the head; its LF is there too. */
static inline void end_lines(upshake_parser *parser) {
  parser->pos += 2;
  parser->state = STATE_END;
}

/* At the colon; the name has been found good. */
static inline void end_name(upshake_parser *parser) {
  parser->name_len = (uint16_t)(parser->pos - parser->name_at);
  parser->fields++;
  parser->state = STATE_BLANKS;
}

#endif
