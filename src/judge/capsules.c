/* SPDX-License-Identifier: MIT
 *
 * The rules of connect-udp and connect-ip, which exchange capsules (RFC 9298
 * 3.2, RFC 9484 4.2, RFC 9297 3).
 */
#include "known.h"
#include "rules.h"

/* A message with capsules has no content, and so no Content-Type (RFC 9297
 * 3.2).  If it has a length or a coding too, the offset of the error is
 * theirs. */
static void judge_content_type(upshake_private_facts *facts,
                               const upshake_config *config,
                               upshake_slice value, uint32_t at,
                               unsigned which) {
  (void)config;
  (void)value;
  (void)which;
  if ((facts->flags & (FACT_LENGTH | FACT_CODING | FACT_CONTENT_TYPE)) == 0)
    facts->part.head.content_at = at;
  facts->flags |= FACT_CONTENT_TYPE;
}

const upshake_private_rules *upshake_capsules_rules(void) {
  static const upshake_private_rules rules = {
      .kind = RULES_CAPSULES,
      .first = FIELD_CONTENT_TYPE,
      .len = 1,
      .judge = judge_content_type,
  };
  return &rules;
}
