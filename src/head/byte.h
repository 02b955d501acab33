/* SPDX-License-Identifier: MIT
 *
 * Fast path for byte-by-byte input: a byte that continues the current part.
 */
#ifndef UPSHAKE_SRC_HEAD_BYTE_H
#define UPSHAKE_SRC_HEAD_BYTE_H

#include "../text/defensive.h"
#include "part.h"

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

/* This function does only what the steps would do. */
ALWAYS_INLINE int head_take_byte(upshake_parser *parser,
                                 const upshake_limits *limits, char byte) {
  uint32_t place;
  if (parser->state == STATE_VALUE && in_run(RUN_VALUE, byte))
    return 1; /* the most frequent case */
  if (parser->state == STATE_NAME && in_run(RUN_NAME, byte))
    return parser->pos - parser->name_at < head_name_limit(limits);
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
           parser->pos - head_method_at(parser) < head_method_limit(limits);
  case STATE_PATH:
    return in_run(RUN_PATH, byte) &&
           parser->pos - head_target_at(parser) < head_target_limit(limits);
  case STATE_QUERY:
    return in_run(RUN_QUERY, byte) &&
           parser->pos - head_target_at(parser) < head_target_limit(limits);
  case STATE_VERSION:
    place = parser->pos - head_target_end(parser);
    return place < HEAD_VERSION_LEN - 1 && !judge_version_byte(byte, place);
  case STATE_FIELD:
    if (!in_run(RUN_NAME, byte) || parser->fields >= head_fields_limit(limits))
      return 0;
    parser->name_at = parser->pos;
    parser->state = STATE_NAME;
    return 1;
  default:
    return 0;
  }
}
#endif

#endif
