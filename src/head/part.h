/* SPDX-License-Identifier: MIT
 *
 * The parts of a head: states and helpers that the files of the parser share.
 */
#ifndef UPSHAKE_SRC_HEAD_PART_H
#define UPSHAKE_SRC_HEAD_PART_H

#include "head.h"

/* What the parser expects at parser->pos. */
enum head_state {
  STATE_START,    /* first byte of the request line or of an empty line   */
  STATE_EMPTY_LF, /* LF of an empty line                                  */
  STATE_METHOD,   /* in the method                                        */
  STATE_PATH,     /* in the target, before a "?"                          */
  STATE_QUERY,    /* in the target, after the "?"                         */
  STATE_VERSION,  /* in SP HTTP-version CRLF                              */
  STATE_MAJOR,    /* after the digit of a major version that is not 1     */
  STATE_PREFACE,  /* in SP HTTP-version of what may be the HTTP/2 preface */
  STATE_FIELD,    /* first byte of a field line, or CR of the empty line  */
  STATE_NAME,     /* in a field's name, after its first byte              */
  STATE_BLANKS,   /* in the blanks before a value                         */
  STATE_VALUE,    /* in a value                                           */
  STATE_VALUE_LF, /* LF of a field line                                   */
  STATE_END_LF,   /* LF of the empty line that ends the head              */
  STATE_END,
  STATE_END_PREFACE
};

/* 1 if a field line or the end of the head begins here. */
static inline int is_at_line(const upshake_parser *parser) {
  return parser->state == STATE_FIELD;
}

static inline head_event head_go_on(head_step *step, enum head_state state) {
  step->parser->state = (uint8_t)state;
  return HEAD_GO_ON;
}

/* Refuses the byte at parser->pos.  For a LF the error is always LINE_END: the
 * usual cause is a file or a tool that ends lines with LF alone. */
UPSHAKE_PRIVATE head_event upshake__head_refuse(head_step *step,
                                                upshake_error error);

/* The same for the byte at `pos`.  The bytes before it were good. */
static inline head_event head_refuse_at(head_step *step, upshake_error error,
                                        uint32_t pos) {
  step->parser->pos = pos;
  return upshake__head_refuse(step, error);
}

/* Refuses the byte behind a run, which does not end it. */
static inline head_event head_refuse_run(head_step *step, head_run run) {
  return upshake__head_refuse(step, (upshake_error)head_rule(run).wrong);
}

static inline char byte_at(const head_step *step, uint32_t pos) {
  return step->bytes[pos];
}

/* Goes over a run that began at `begin`, to the first byte behind it: GO_ON;
 * MORE if the run may go on behind the input. */
UPSHAKE_PRIVATE head_event upshake__head_scan(head_step *step, head_run run,
                                              uint32_t begin);

/* Parses a part of the request line.  The parser is in one of its states. */
UPSHAKE_PRIVATE head_event upshake__request_line_part(head_step *step);

#define REQUEST_LINE_LEAST (3 + HEAD_VERSION_LEN) /* "M /" */

#ifndef UPSHAKE_SMALL
/* Parses a complete, ordinary request line at once.  Everything else is left to
 * the state machine. */
UPSHAKE_PRIVATE void upshake__take_request_line(upshake_parser *parser,
                                                const upshake_limits *limits,
                                                const char *bytes,
                                                uint32_t len);
#endif

/* Tries that before any other byte is parsed. */
static inline void take_request_line(upshake_parser *parser,
                                     const upshake_limits *limits,
                                     const char *bytes, uint32_t len) {
#ifdef UPSHAKE_SMALL
  (void)parser;
  (void)limits;
  (void)bytes;
  (void)len;
#else
  if (parser->pos == 0 && len >= REQUEST_LINE_LEAST)
    upshake__take_request_line(parser, limits, bytes, len);
#endif
}

#define MAJOR_PLACE 6 /* of the major version in SP HTTP-version */

/* Checks the byte at `place` of SP HTTP-version CRLF (RFC 9112 2.3), for the
 * major version 1.  STATE_MAJOR is for any other digit. */
static inline upshake_error judge_version_byte(char byte, uint32_t place) {
  static const char form[HEAD_VERSION_LEN + 1] = " HTTP/1.\0\r\n";
  if (byte == form[place] && byte)
    return UPSHAKE_OK;
  if (is_digit(byte) && place == 8)
    return UPSHAKE_OK;
  if (place == 10)
    return UPSHAKE_ERR_LINE_END;
  return UPSHAKE_ERR_HTTP_VERSION_BYTE;
}

/* Ends the head.  The parser is at the CR of the empty line, whose LF is there
 * too. */
static inline void end_lines(upshake_parser *parser) {
  parser->pos += 2;
  parser->state = STATE_END;
}

/* Ends a name that was found good.  The parser is at its colon. */
static inline void end_name(upshake_parser *parser) {
  parser->name_len = (uint16_t)(parser->pos - parser->name_at);
  parser->fields++;
  parser->state = STATE_BLANKS;
}

#endif
