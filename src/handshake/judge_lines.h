/* SPDX-License-Identifier: MIT
 *
 * The lines of a head in a handshake: each is judged where it is found.
 */
#ifndef UPSHAKE_SRC_HANDSHAKE_JUDGE_LINES_H
#define UPSHAKE_SRC_HANDSHAKE_JUDGE_LINES_H

#include "../error/errors.h"
#include "../head/index.h"
#include "../judge/known.h"
#include "handshake.h"

/* Runs one step of the parser, and judges what it completes. */
UPSHAKE_PRIVATE head_event upshake__judge_step(void *hs);

/* 1 if Host or framing is bad: the head is then refused at once, at that
 * line. */
static inline int is_line_bad(const upshake_private_facts *facts) {
  return facts->bad && is_refused_at_once((upshake_error)facts->bad);
}

#ifndef UPSHAKE_SMALL
/* Refuses the head at such a line.  Returns the event, or HEAD_REFUSED. */
UPSHAKE_PRIVATE head_event upshake__judge_facts(upshake *hs, head_event event);

/* Judges whole lines, and notes each in the index (NULL: there is none). */
ALWAYS_INLINE head_event judge_all_lines(upshake *hs, upshake_index *index) {
  const upshake_limits *limits = &hs->config->limits;
  line_ends found;
  head_walk walk =
      head_begin_lines(&hs->parser, limits, hs->memory, hs->held, &found);
  head_event event;
  field_line line;
  int is_bad = 0;
  while (!is_bad && head_next_line(&walk, &found, &line)) {
    upshake_slice name = line_name(&line), value;
    unsigned which = likely_field(name, walk.end);
    if ((which == FIELD_OTHER) & !index)
      continue;
    value = line_value(&line);
    if (which != FIELD_OTHER) {
      judge_likely(hs, which, name, value, (uint32_t)(value.ptr - hs->memory));
      is_bad = is_line_bad(&hs->facts);
    }
    if (index) {
      if (!is_bad)
        index_line(index, hs->memory, name, value);
    }
  }
  event = head_end_lines(&walk, &hs->parser, limits, is_bad);
  return is_bad ? upshake__judge_facts(hs, event) : event;
}
#endif

#endif
