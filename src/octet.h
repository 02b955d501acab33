/* SPDX-License-Identifier: MIT
 *
 * Where octets come one by one: one that goes on with its part as most do, at
 * the cost of the octet.
 */
#ifndef UPSHAKE_OCTET_H
#define UPSHAKE_OCTET_H

#include "defensive.h"
#include "head_part.h"

/* Takes the octet at parser->pos; the caller then counts pos up.  Returns 0 for
 * one that is for a step, and has done nothing. */
#ifdef UPSHAKE_SMALL
ALWAYS_INLINE int head_take_octet(upshake_parser *parser,
                                  const upshake_limits *limits, char octet) {
  (void)parser;
  (void)limits;
  (void)octet;
  return 0;
}
#else
/* Nothing is done here that the steps would not do. */
ALWAYS_INLINE int head_take_octet(upshake_parser *parser,
                                  const upshake_limits *limits, char octet) {
  uint32_t place;
  if (parser->state == STATE_VALUE && in_class(octet, CLASS_VALUE))
    return 1; /* most of all octets */
  if (parser->state == STATE_NAME && in_class(octet, CLASS_TOKEN))
    return parser->pos - parser->name_at < head_name_limit(limits);
  switch ((enum state)parser->state) {
  case STATE_VALUE:
    if (octet == '\r')
      parser->state = STATE_VALUE_LF;
    return octet == '\r';
  case STATE_NAME:
    if (octet != ':' || UPSHAKE_NEVER(parser->pos == parser->name_at))
      return 0;
    end_name(parser);
    return 1;
  case STATE_BLANKS:
    if (!in_class(octet, CLASS_VALUE) || is_blank(octet))
      return octet == ' ';
    parser->value_at = parser->pos;
    parser->state = STATE_VALUE;
    return 1;
  case STATE_METHOD:
    return in_class(octet, CLASS_TOKEN) &&
           parser->pos - head_method_at(parser) < head_method_limit(limits);
  case STATE_PATH:
  case STATE_QUERY:
    return in_class(octet,
                    parser->state == STATE_PATH ? CLASS_PATH : CLASS_QUERY) &&
           (!limits || !limits->target ||
            parser->pos - head_target_at(parser) < limits->target);
  case STATE_VERSION:
    place = parser->pos - head_target_end(parser);
    return place < HEAD_VERSION_LEN - 1 && !judge_version_octet(octet, place);
  case STATE_FIELD:
    if (!in_class(octet, CLASS_TOKEN) ||
        parser->fields >= head_fields_limit(limits))
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
