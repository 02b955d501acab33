/* SPDX-License-Identifier: MIT
 *
 * Fast path for field lines that are complete and plain (see scan.h): they are
 * taken one after the other, without a step of the parser for each.  The parser
 * takes all other lines.  With UPSHAKE_SMALL the parser takes every line.
 */
#ifndef UPSHAKE_SRC_HEAD_LINES_H
#define UPSHAKE_SRC_HEAD_LINES_H

#include "part.h"
#include "../text/scan.h"

/* Is called for each line.  Returns 0 to stop after this line. */
typedef int see_line(void *context, const plain_line *line);

/* Takes lines from the parser's position on, up to the first line that is not
 * plain or not complete.  A line must begin at that position.  Returns 1 if the
 * head ends after these lines; the empty line that ends it is then taken too.
 * The function and `see` are inlined into each caller. */
ALWAYS_INLINE int take_lines(upshake_parser *parser,
                             const upshake_limits *limits, const char *bytes,
                             uint32_t len, see_line *see, void *context) {
#ifdef UPSHAKE_SMALL
  (void)parser;
  (void)limits;
  (void)bytes;
  (void)len;
  (void)see;
  (void)context;
  return 0;
#else
  const char *end = bytes + len, *p = bytes + parser->pos;
  const uint32_t name_limit = head_name_limit(limits);
  const uint32_t fields_limit = head_fields_limit(limits);
  uint32_t left = fields_limit - parser->fields;
  scan_window window = {NULL, 0};
  int more = 1;

  for (; more && left > 0; left--) {
    plain_line line;
    line.name = p;
    if (!scan_line(&window, bytes, end, &line) || is_blank(*line.value) ||
        (size_t)(line.colon - p) - 1 >= name_limit) /* too long, or empty */
      break;
    p = line.cr + 2;
    more = see(context, &line);
  }
  parser->fields = (uint16_t)(fields_limit - left);
  parser->pos = (uint32_t)(p - bytes);
  if (!more || !scan_is_line_end(p, end))
    return 0;
  end_lines(parser);
  return 1;
#endif
}

#endif
