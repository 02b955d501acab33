/* SPDX-License-Identifier: MIT
 *
 * The rules of h2c (RFC 7540 3.2), which RFC 9113 3.1 retired.
 */
#include "known.h"
#include "rules.h"
#include "settings.h"

/* HTTP2-Settings has one line, with whole settings (RFC 7540 3.2.1). */
static void judge_settings(upshake_private_facts *facts,
                           const upshake_config *config, upshake_slice value,
                           uint32_t at, unsigned which) {
  (void)config;
  (void)at;
  (void)which;
  if ((facts->flags & FACT_SETTINGS) || !upshake__is_settings(value))
    facts->flags |= FACT_SETTINGS_BAD;
  facts->flags |= FACT_SETTINGS;
}

const upshake_private_rules *upshake_h2c_rules(void) {
  static const upshake_private_rules rules = {
      .kind = RULES_H2C,
      .first = FIELD_HTTP2_SETTINGS,
      .len = 1,
      .judge = judge_settings,
  };
  return &rules;
}
