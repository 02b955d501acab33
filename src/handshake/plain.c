/* SPDX-License-Identifier: MIT
 *
 * The body of an ordinary request, which is read if the application wants it.
 */
#include "../reply/reply.h"
#include "handshake.h"

#if HAS_BODIES
/* Returns why this body is not read; the order of judgement says the same of an
 * offer. */
static upshake_error judge_body(const upshake *hs) {
  if (hs->facts.flags & FACT_CODING_UNKNOWN)
    return UPSHAKE_ERR_CODING_UNKNOWN;
  if (is_body_long(hs))
    return UPSHAKE_ERR_BODY_LONG;
  if (hs->facts.flags & FACT_EXPECT_OTHER)
    return UPSHAKE_ERR_EXPECTATION;
  return UPSHAKE_OK;
}

/* 1 if this line expects something else than a 100. */
static int is_other_expectation(const upshake_field *line) {
  upshake_list list = {line->value, {{NULL, 0}, NULL, 0}, NULL};
  upshake_slice member;
  if (!upshake_equal_fold(line->name, "Expect"))
    return 0;
  while (upshake_next_member(&list, &member))
    if (!upshake_equal_fold(member, "100-continue"))
      return 1;
  return 0;
}

/* Returns the offset of the value that is wrong; if lines were left out (lean),
 * the end of the head. */
static uint32_t place_of(const upshake *hs, upshake_error error) {
  upshake_fields fields = upshake__fields_of(hs);
  upshake_field line;
  if (error != UPSHAKE_ERR_EXPECTATION)
    return hs->facts.part.head.content_at;
  if (hs->end != hs->parser.pos)
    return hs->end;
  while (upshake_next_field(&fields, &line) && !is_other_expectation(&line))
    continue;
  return (uint32_t)(line.value.ptr - hs->memory);
}

upshake_error upshake_read_body(upshake *hs) {
  upshake_error error;
  if (hs->next != UPSHAKE_PLAIN || (hs->flags & HANDSHAKE_JUDGE))
    return UPSHAKE_ERR_STATE;
  if (!has_body(&hs->facts) || (hs->flags & HANDSHAKE_BODY))
    return UPSHAKE_ERR_ANSWER;
  error = judge_body(hs);
  if (error)
    upshake__conclude_refusal(hs, error, place_of(hs, error));
  else
    upshake__read_body(hs);
  return UPSHAKE_OK;
}
#else
upshake_error upshake_read_body(upshake *hs) {
  (void)hs;
  return UPSHAKE_ERR_STATE;
}
#endif
