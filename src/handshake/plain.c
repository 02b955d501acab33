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

/* Returns the offset of the value that is wrong; if lines were left out (lean),
 * the end of the head. */
static uint32_t place_of(const upshake *hs, upshake_error error) {
  upshake_slice value;
  if (error != UPSHAKE_ERR_EXPECTATION)
    return hs->facts.part.head.content_at;
  if (hs->end != hs->parser.pos)
    return hs->end;
  value = upshake_find_field(upshake__fields_of(hs), "Expect");
  return (uint32_t)(value.ptr - hs->memory);
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
