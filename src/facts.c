/* SPDX-License-Identifier: MIT
 *
 * Facts: what is noted of a request as its fields are seen.
 */
#include "offer.h"

void upshake_note_bad(upshake_facts *facts, upshake_error error, uint32_t at) {
  if (facts->bad && facts->bad <= error)
    return;
  facts->bad = (uint8_t)error;
  facts->bad_at = at;
}

int upshake_note_once(upshake_facts *facts, uint32_t flag,
                      upshake_error repeated, uint32_t at) {
  if (facts->flags & flag) {
    upshake_note_bad(facts, repeated, at);
    return 0;
  }
  facts->flags |= flag;
  return 1;
}
