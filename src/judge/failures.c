/* SPDX-License-Identifier: MIT
 *
 * For tools: all rules that a request breaks.  The judgement keeps only one
 * error, so that all fields are judged again for each row of the order.
 */
#include "../error/errors.h"
#include "../text/field.h"
#include "order.h"

/* The row that is asked for.  A place of 0 is before all rows. */
static const order_row *row_of(const upshake_failure *failure) {
  return &upshake__order[failure->place - 1];
}

static unsigned asked_by(const upshake_failure *failure) {
  return row_of(failure)->error;
}

/* Judges all lines again, and keeps what this error is about at the first line
 * that has it. */
static NOINLINE void judge_again(upshake *hs, upshake_failure *failure) {
  upshake_fields fields = upshake__fields_of(hs);
  upshake_field line;
  for (uint32_t i = 0; upshake_next_field(&fields, &line); i++) {
    hs->facts.bad = UPSHAKE_OK;
    upshake__judge_line(hs, line.name, line.value, place_of_line(hs, &line, i));
    if (hs->facts.bad == asked_by(failure) && failure->offset == SIZE_MAX)
      failure->offset = hs->facts.bad_at;
  }
}

/* Judges what needs the whole head.  Notes the error if a line has it, or the
 * head as a whole. */
static inline void judge_rest(upshake *hs, const upshake_failure *failure) {
  upshake_private_facts *facts = &hs->facts;
  facts->bad = UPSHAKE_OK;
  note_host_none(hs);
  prepare_rules(hs);
  if (failure->offset == SIZE_MAX)
    return;
  facts->bad = (uint8_t)asked_by(failure);
  facts->bad_at = (uint32_t)failure->offset;
}

/* Forgets all facts but those of the request line. */
static NOINLINE void forget_lines(upshake *hs) {
  uint32_t version = hs->facts.flags & FACT_HTTP_1_0;
  begin_facts(&hs->facts, hs->config, hs->facts.transport);
  hs->facts.flags = version;
}

/* Returns the place of the entry whose offer is explained: the entry of the
 * verdict, or else the first that is offered. */
static size_t explained_entry(const upshake *hs) {
  size_t place = hs->protocol;
  if (hs->facts.offered >> place & 1)
    return place;
  for (place = 0; (hs->facts.offered >> place & 1) == 0; place++)
    ;
  return place;
}

/* Returns the error of this row if the request breaks it, or UPSHAKE_OK. */
static NOINLINE upshake_error judge_row(const upshake *hs,
                                        upshake_failure *failure) {
  const order_row *row = row_of(failure);
  order_facts facts;

  upshake__facts_of_request(hs, &facts);
  if (failure->place > ORDER_OF_REQUEST_LEN) {
    if (!hs->facts.offered)
      return UPSHAKE_OK;
    upshake__facts_of_offer(hs, explained_entry(hs), &facts);
  }
  if (!is_broken(row, &facts))
    return UPSHAKE_OK;
  failure->offset = upshake__order_place(hs, row->place);
  return (upshake_error)row->error;
}

/* Judges the next row, and skips rows of the same error behind it. */
static void next_row(upshake *hs, upshake_failure *failure) {
  failure->offset = SIZE_MAX;
  forget_lines(hs);
  judge_again(hs, failure);
  judge_rest(hs, failure);
  failure->error = judge_row(hs, failure);
  do
    failure->place++;
  while (failure->error && asked_by(failure) == (unsigned)failure->error);
}

/* Begins with what a line was refused for at once: a judge sees the other
 * fields too, so that its head is complete. */
static void begin_rows(const upshake *hs, upshake_failure *failure) {
  failure->place = 1;
  if (!is_refused_at_once((upshake_error)hs->error))
    return;
  failure->error = (upshake_error)hs->error;
  failure->offset = hs->facts.bad_at;
}

/* The facts are kept where the failure is: see NOINLINE. */
upshake_error upshake_next_failure(upshake *hs, upshake_failure *failure) {
  failure->error = UPSHAKE_OK;
  if (hs->next == UPSHAKE_READ || !(hs->flags & HANDSHAKE_COMPLETE) ||
      (hs->flags & HANDSHAKE_STREAM))
    return UPSHAKE_OK;
  if (failure->place == 0)
    begin_rows(hs, failure);
  failure->facts = hs->facts;
  while (!failure->error && failure->place <= ORDER_LEN)
    next_row(hs, failure);
  hs->facts = failure->facts;
  return failure->error;
}
