/* SPDX-License-Identifier: MIT
 *
 * For tools: all rules that a request breaks.  The judgement keeps only one
 * error, so that all fields are judged again for each row of the order.
 */
#include "../error/errors.h"
#include "../text/field.h"
#include "order.h"

/* Returns the offset of a line: in the head, or in a judge its number. */
static uint32_t line_at(const upshake *hs, const upshake_field *line,
                        uint32_t place) {
  return hs->flags & HANDSHAKE_JUDGE ? judge_of(hs)->numbers[place]
                                     : (uint32_t)(line->value.ptr - hs->memory);
}

/* Keeps what was noted only if it is this error.  Returns 1 if it is. */
static int note_only(upshake_private_facts *facts, upshake_error error) {
  if (facts->bad == error)
    return 1;
  facts->bad = UPSHAKE_OK;
  return 0;
}

/* Judges all lines again, and notes this error if one of them has it, at the
 * first such line. */
static NOINLINE void judge_lines(upshake *hs, upshake_error error) {
  upshake_private_facts *facts = &hs->facts;
  upshake_fields fields = upshake__fields_of(hs);
  upshake_field line;
  uint32_t at = 0;
  int found = 0;

  for (uint32_t i = 0; upshake_next_field(&fields, &line); i++) {
    facts->bad = UPSHAKE_OK;
    upshake__judge_line(hs, line.name, line.value, line_at(hs, &line, i));
    if (!found && note_only(facts, error)) {
      found = 1;
      at = facts->bad_at;
    }
  }
  facts->bad = UPSHAKE_OK;
  prepare_rules(hs);
  if (found) {
    facts->bad = (uint8_t)error;
    facts->bad_at = at;
  } else {
    note_only(facts, error);
  }
}

static NOINLINE void gather_facts(upshake *hs, upshake_error error) {
  uint32_t version = hs->facts.flags & FACT_HTTP_1_0;
  begin_facts(&hs->facts, hs->config, hs->facts.transport);
  hs->facts.flags = version;
  judge_lines(hs, error);
  note_host_none(hs);
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
static NOINLINE upshake_error judge_row(upshake *hs, size_t place,
                                        size_t *offset) {
  const order_row *row = &upshake__order[place];
  order_facts facts;

  gather_facts(hs, (upshake_error)row->error);
  if (place < ORDER_OF_REQUEST_LEN)
    upshake__facts_of_request(hs, &facts);
  else if (hs->facts.offered)
    upshake__facts_of_offer(hs, explained_entry(hs), &facts);
  else
    return UPSHAKE_OK;
  if (!is_broken(row, &facts))
    return UPSHAKE_OK;
  *offset = upshake__order_place(hs, row->place);
  return (upshake_error)row->error;
}

upshake_error upshake_next_failure(upshake *hs, size_t *place, size_t *offset) {
  upshake_private_facts kept = hs->facts;
  upshake_error error = UPSHAKE_OK;

  if (hs->next == UPSHAKE_READ || !(hs->flags & HANDSHAKE_COMPLETE))
    return UPSHAKE_OK;
  while (!error && *place < ORDER_LEN) {
    error = judge_row(hs, *place, offset);
    do /* some errors have several rows */
      ++*place;
    while (error && upshake__order[*place].error == error);
  }
  hs->facts = kept;
  return error;
}
