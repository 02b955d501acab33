/* SPDX-License-Identifier: MIT
 *
 * Facts: what is noted of a request as its fields are seen.
 */
#include "offer.h"

void upshake_note_bad(upshake_facts *facts, enum part part, upshake_error error,
                      uint32_t at) {
  if (facts->bad[part] && facts->bad[part] <= error)
    return;
  facts->bad[part] = (uint8_t)error;
  facts->at[part] = at;
}

int upshake_note_seen(upshake_facts *facts, enum part part, uint32_t flag,
                      uint32_t at) {
  if (facts->flags & flag)
    return 0;
  facts->flags |= flag;
  if (!facts->bad[part])
    facts->at[part] = at;
  return 1;
}

int upshake_has_body(const upshake_facts *facts) {
  return facts->body_len > 0 || (facts->flags & FACT_CODING) != 0;
}

void upshake_note_once(upshake_facts *facts, enum part part, uint32_t flag,
                       upshake_error repeated, uint32_t at) {
  if (!upshake_note_seen(facts, part, flag, at))
    upshake_note_bad(facts, part, repeated, at);
}
