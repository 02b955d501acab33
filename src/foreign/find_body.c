/* SPDX-License-Identifier: MIT
 *
 * The length of a request's body, from fields that another parser found.
 */
#include "../head/head.h"
#include "../judge/known.h"

upshake_error upshake_find_body(upshake_fields fields, int version,
                                uint64_t *body_len) {
  upshake_private_facts facts;
  upshake_field field;

  memset(&facts, 0, sizeof facts);
  *body_len = 0;
  if (version == 10)
    facts.flags = FACT_HTTP_1_0;
  while (upshake_next_field(&fields, &field))
    judge_framing_line(&facts, field.name, field.value, 0);
  if (facts.bad)
    return (upshake_error)facts.bad;
  if (!(facts.flags & FACT_CODING)) {
    *body_len = facts.body_len;
    return UPSHAKE_OK;
  }
  if (!(facts.flags & FACT_CHUNKED_LAST))
    return UPSHAKE_ERR_CODING_NOT_CHUNKED;
  *body_len = UPSHAKE_BODY_CHUNKED;
  return facts.flags & FACT_CODING_UNKNOWN ? UPSHAKE_ERR_CODING_UNKNOWN
                                           : UPSHAKE_OK;
}
