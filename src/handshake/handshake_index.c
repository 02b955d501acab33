/* SPDX-License-Identifier: MIT
 *
 * A handshake that fills an index of its fields while it parses and judges
 * them.
 */
#include "lean.h"
#include "judge_lines.h"

#ifdef UPSHAKE_SMALL
#define judge_indexed_lines NULL
#else
static NOINLINE head_event judge_indexed_lines(void *user) {
  upshake *hs = user;
  return judge_all_lines(hs, hs->index);
}
#endif

static NOINLINE head_event judge_indexed_step(void *user) {
  upshake *hs = user;
  head_event event = upshake__judge_step(hs);
  if (event == HEAD_FIELD)
    upshake__index_parsed(hs->index, &hs->parser, hs->memory);
  return event;
}

/* Parses what the memory holds.  For lean, each line may be left out: then
 * there are only steps. */
static int take_indexed_request(void *state) {
  upshake *hs = state;
  if (is_lean(hs))
    return (int)head_go_through(&hs->parser, NULL, judge_indexed_step, hs);
  take_request_line(&hs->parser, &hs->config->limits, hs->memory, hs->held);
  return (int)head_go_through(&hs->parser, judge_indexed_lines,
                              judge_indexed_step, hs);
}

upshake_error upshake_set_index(upshake *hs, upshake_index *index) {
  if (!is_fresh(hs) || (hs->flags & HANDSHAKE_JUDGE))
    return UPSHAKE_ERR_STATE;
  hs->index = index;
  if (index) {
    index->len = 0;
    index->private_take = take_indexed_request;
  }
  return UPSHAKE_OK;
}
