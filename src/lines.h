/* SPDX-License-Identifier: MIT
 *
 * Field lines as most are: complete, and without octets that are rare there.
 * They are taken one after the other, without a step of the parser for each; it
 * goes through all others, and where code is dearer than time (UPSHAKE_SMALL)
 * through these too.
 */
#ifndef UPSHAKE_LINES_H
#define UPSHAKE_LINES_H

#include "head.h"
#include "scan.h"

typedef struct plain_line {
  const char *name, *colon, *value, *cr; /* where each begins */
} plain_line;

/* Looks at a line.  Returns 0 where no other shall be taken. */
typedef int see_line(void *context, const plain_line *line);

#ifdef UPSHAKE_SMALL
ALWAYS_INLINE void take_lines(upshake_parser *parser,
                              const upshake_limits *limits, const char *octets,
                              uint32_t len, see_line *see, void *context) {
  (void)parser;
  (void)limits;
  (void)octets;
  (void)len;
  (void)see;
  (void)context;
}
#else
#define LINE_LEAST 3 /* ":" CRLF */

/* Takes the lines that begin where the parser is, which must be the begin of
 * one, up to the first that is not plain or not complete.  A copy is made for
 * each caller, and what looks at the lines becomes a part of it. */
ALWAYS_INLINE void take_lines(upshake_parser *parser,
                              const upshake_limits *limits, const char *octets,
                              uint32_t len, see_line *see, void *context) {
  const char *begin = octets, *end = begin + len, *p = begin + parser->pos;
  const uint32_t name_limit = head_name_limit(limits);
  const uint32_t fields_limit = head_fields_limit(limits);
  uint32_t left = fields_limit - parser->fields;
  scan_window window = {NULL, 0, 0};

  for (int more = 1; more && left > 0; left--) {
    plain_line line;
    line.name = p;
    line.colon = scan_name(&window, begin, p, end);
    if (end - line.colon < LINE_LEAST || *line.colon != ':' ||
        line.colon == p || (size_t)(line.colon - p) > name_limit)
      break;
    line.value = line.colon + 1;
    if (*line.value == ' ')
      line.value++;
    if (is_blank(*line.value))
      break;
    line.cr = scan_stop(&window, begin, p, line.value, end);
    if (end - line.cr < 2 || memcmp(line.cr, "\r\n", 2) != 0)
      break;
    p = line.cr + 2;
    more = see(context, &line);
  }
  parser->fields = (uint16_t)(fields_limit - left);
  parser->pos = (uint32_t)(p - begin);
}
#endif

#endif
