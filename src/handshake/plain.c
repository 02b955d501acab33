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

static int is_other_expectation(const upshake_field *field) {
  upshake_private_facts facts;
  if (!upshake_equal_fold(field->name, "Expect"))
    return 0;
  memset(&facts, 0, sizeof facts);
  upshake__judge_expect(&facts, NULL, field->value, 0);
  return (facts.flags & FACT_EXPECT_OTHER) != 0;
}

/* Returns the offset of the value that is wrong; if lines were left out (lean),
 * the end of the head. */
static uint32_t place_of(const upshake *hs, upshake_error error) {
  upshake_fields fields;
  upshake_field field = {{NULL, 0}, {NULL, 0}};
  if (error != UPSHAKE_ERR_EXPECTATION)
    return hs->facts.part.head.content_at;
  if (hs->end != hs->parser.pos)
    return hs->end;
  fields = upshake__fields_of(hs);
  while (upshake_next_field(&fields, &field) && !is_other_expectation(&field))
    continue;
  return (uint32_t)(field.value.ptr - hs->memory);
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
