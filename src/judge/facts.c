/* SPDX-License-Identifier: MIT
 *
 * Facts: notes what the fields of a request say.
 */
#include "judge.h"

void upshake__note_bad(upshake_private_facts *facts, upshake_error error,
                       uint32_t at) {
  if (facts->bad && facts->bad <= error)
    return;
  facts->bad = (uint8_t)error;
  facts->bad_at = at;
}

int upshake__note_once(upshake_private_facts *facts, uint32_t flag,
                       upshake_error repeated, uint32_t at) {
  if (facts->flags & flag) {
    upshake__note_bad(facts, repeated, at);
    return 0;
  }
  facts->flags |= flag;
  return 1;
}
