/* SPDX-License-Identifier: MIT
 *
 * Field lines as most are: complete, and without octets that are rare there.
 * They are taken one after the other, without a step of the parser for each; it
 * goes through all others, and where code is dearer than time (UPSHAKE_SMALL)
 * through these too.
 */
#ifndef UPSHAKE_LINES_H
#define UPSHAKE_LINES_H

#include "head_part.h"
#include "scan.h"

/* Looks at a line.  Returns 0 where no other shall be taken. */
typedef int see_line(void *context, const plain_line *line);

/* Takes the lines that begin where the parser is, which must be the begin of
 * one, up to the first that is not plain or not complete.  Returns 1 where the
 * head ends after them, and that is taken too.  A copy is made for each caller,
 * and what looks at the lines becomes a part of it. */
ALWAYS_INLINE int take_lines(upshake_parser *parser,
                             const upshake_limits *limits, const char *octets,
                             uint32_t len, see_line *see, void *context) {
#ifdef UPSHAKE_SMALL
  (void)parser;
  (void)limits;
  (void)octets;
  (void)len;
  (void)see;
  (void)context;
  return 0;
#else
  const char *end = octets + len, *p = octets + parser->pos;
  const uint32_t name_limit = head_name_limit(limits);
  const uint32_t fields_limit = head_fields_limit(limits);
  uint32_t left = fields_limit - parser->fields;
  scan_window window = {NULL, 0};
  int more = 1;

  for (; more && left > 0; left--) {
    plain_line line;
    line.name = p;
    if (!scan_line(&window, octets, end, &line) || is_blank(*line.value) ||
        (size_t)(line.colon - p) - 1 >= name_limit) /* or there is none */
      break;
    p = line.cr + 2;
    more = see(context, &line);
  }
  parser->fields = (uint16_t)(fields_limit - left);
  parser->pos = (uint32_t)(p - octets);
  if (!more || !scan_is_line_end(p, end))
    return 0;
  end_lines(parser);
  return 1;
#endif
}

#endif
