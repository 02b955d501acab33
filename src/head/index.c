/* SPDX-License-Identifier: MIT
 *
 * The index: the fields of a head, filled while it is parsed.
 */
#include "index.h"

upshake_field upshake_indexed(const upshake_index *index, const void *head,
                              uint32_t i) {
  const upshake_place *place = &index->places[i];
  const char *begin = head;
  upshake_field field;
  field.name = slice_of(begin + place->name_at, place->name_len);
  field.value = slice_of(begin + place->value_at, place->value_len);
  return field;
}

void upshake__index_parsed(upshake_index *index, const upshake_parser *parser,
                           const char *begin) {
  uint32_t at = parser->value_at, end = parser->pos - 2; /* the line's CRLF */
  index_line(index, begin, slice_of(begin + parser->name_at, parser->name_len),
             upshake__trim(slice_of(begin + at, end - at)));
}

/* ---- the head parser ---- */

typedef struct indexed_step {
  head_step head; /* first: see upshake__pass_step */
  upshake_index *index;
} indexed_step;

#ifdef UPSHAKE_SMALL
#define index_lines NULL
#else
static NOINLINE head_event index_lines(void *user) {
  const indexed_step *step = user;
  const char *begin = step->head.bytes;
  upshake_index index = *step->index; /* in registers */
  line_ends found;
  head_walk walk = head_begin_lines(step->head.parser, step->head.limits, begin,
                                    step->head.len, &found);
  field_line line;
  while (head_next_line(&walk, &found, &line))
    index_line(&index, begin, line_name(&line), line_value(&line));
  step->index->len = index.len;
  return head_end_lines(&walk, step->head.parser, step->head.limits, 0);
}
#endif

static NOINLINE head_event index_step(void *user) {
  const indexed_step *step = user;
  head_event event = upshake__pass_step(user);
  if (event == HEAD_FIELD)
    upshake__index_parsed(step->index, step->head.parser, step->head.bytes);
  return event;
}

static NOINLINE upshake_error index_all(upshake_parser *parser,
                                        const upshake_limits *limits,
                                        upshake_index *index, const char *bytes,
                                        size_t len, size_t *end) {
  indexed_step step = {head_begin(parser, limits, bytes, clamp_len(len)),
                       index};
  return head_parse(&step.head, index_lines, index_step, &step, end);
}

upshake_error upshake_parse_fields(upshake_parser *parser,
                                   const upshake_limits *limits,
                                   upshake_index *index, const void *bytes,
                                   size_t len, size_t *end) {
  const char *begin = bytes;
  uint32_t pos = parser->pos, next = pos + 1;
  if (pos == 0)
    index->len = 0;
  if (next == len && head_take_byte(parser, limits, begin[pos])) {
    parser->pos = next;
    *end = len;
    return UPSHAKE_ERR_INCOMPLETE;
  }
  return index_all(parser, limits, index, bytes, len, end);
}
