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

typedef struct plain_line {
  const char *name, *colon, *value, *cr; /* where each begins */
} plain_line;

/* Looks at a line.  Returns 0 where no other shall be taken. */
typedef int see_line(void *context, const plain_line *line);

/* Takes the lines that begin where the parser is, which must be the begin of
 * one and not of the head, up to the first that is not plain or not complete.
 * Returns 1 where the head ends after them, and that is taken too.  A copy is
 * made for each caller, and what looks at the lines becomes a part of it. */
#ifdef UPSHAKE_SMALL
ALWAYS_INLINE int take_lines(upshake_parser *parser,
                             const upshake_limits *limits, const char *octets,
                             uint32_t len, see_line *see, void *context) {
  (void)parser;
  (void)limits;
  (void)octets;
  (void)len;
  (void)see;
  (void)context;
  return 0;
}
#else
/* `last` is the last octet there is. */
static inline int is_line_end(const char *p, const char *last) {
  return p < last && memcmp(p, "\r\n", 2) == 0;
}

ALWAYS_INLINE int take_lines(upshake_parser *parser,
                             const upshake_limits *limits, const char *octets,
                             uint32_t len, see_line *see, void *context) {
  const char *end = octets + len, *last = end - 1, *p = octets + parser->pos;
  const uint32_t name_limit = head_name_limit(limits);
  const uint32_t fields_limit = head_fields_limit(limits);
  uint32_t left = fields_limit - parser->fields;
  scan_window window = {NULL, 0};
  int more = 1;

  for (; more && left > 0; left--) {
    plain_line line;
    line.name = p;
    line.colon = scan_line(&window, octets, p, end, &line.cr);
    if (!is_line_end(line.cr, last) || *line.colon != ':' ||
        (size_t)(line.colon - p) - 1 >= name_limit) /* or there is none */
      break;
    line.value = line.colon + 1;
    if (*line.value == ' ')
      line.value++;
    if ((unsigned char)*line.value <= ' ') /* one more blank, or no value */
      break;
    p = line.cr + 2;
    more = see(context, &line);
  }
  parser->fields = (uint16_t)(fields_limit - left);
  parser->pos = (uint32_t)(p - octets);
  return more && is_line_end(p, last) && end_lines(parser);
}
#endif

#endif
