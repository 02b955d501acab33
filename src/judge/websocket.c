/* SPDX-License-Identifier: MIT
 *
 * The rules of WebSocket for a server (RFC 6455 4.2.1): key, version,
 * sub-protocols, the grammar of extensions.
 */
#include "../websocket/extension.h"
#include "../text/field.h"
#include "request.h"
#include "known.h"
#include "rules.h"
#include "../text/literal.h"

/* There may be one Origin line (RFC 6454 7.3).  Its value is judged later, when
 * the authority of the request is known too. */
static void judge_origin_line(upshake_private_facts *facts,
                              const upshake_config *config, upshake_slice value,
                              uint32_t at) {
  (void)config;
  (void)value;
  if (facts->part.head.origin_at > 0)
    upshake__note_bad(facts, UPSHAKE_ERR_ORIGIN_REPEATED, at);
  else
    facts->part.head.origin_at = at;
}

static void judge_key(upshake_private_facts *facts,
                      const upshake_config *config, upshake_slice value,
                      uint32_t at) {
  (void)config;
  if (upshake__note_once(facts, FACT_KEY, UPSHAKE_ERR_KEY_REPEATED, at))
    facts->key_at = at;
  if (!upshake__is_key(value))
    upshake__note_bad(facts, UPSHAKE_ERR_KEY_MALFORMED, at);
}

/* version = DIGIT | (NZDIGIT DIGIT) | ("1" DIGIT DIGIT) | ("2" DIGIT DIGIT), at
 * most 255 (RFC 6455 4.3).  Returns the version, or -1 for anything else. */
static int parse_version(upshake_slice value) {
  int version = 0;
  if (value.len == 0 || value.len > 3)
    return -1;
  if (value.len > 1 && value.ptr[0] == '0')
    return -1;
  for (size_t i = 0; i < value.len; i++) {
    if (!is_digit(value.ptr[i]))
      return -1;
    version = version * 10 + (value.ptr[i] - '0');
  }
  return version <= 255 ? version : -1;
}

static COLD void judge_version(upshake_private_facts *facts,
                               const upshake_config *config,
                               upshake_slice value, uint32_t at) {
  int version = SLICE_IS(value, "13") ? 13 : parse_version(value);
  (void)config;
  upshake__note_once(facts, FACT_VERSION, UPSHAKE_ERR_VERSION_REPEATED, at);
  if (version < 0)
    upshake__note_bad(facts, UPSHAKE_ERR_VERSION_MALFORMED, at);
  else if (version != 13)
    upshake__note_bad(facts, UPSHAKE_ERR_VERSION_UNSUPPORTED, at);
}

/* ---- sub-protocols: 1#token, compared byte for byte (RFC 7936 2) ---- */

/* facts->subprotocol is the place of the choice in the config's list, plus
 * 1. */
static NOINLINE void choose(upshake_private_facts *facts,
                            const upshake_config *config, upshake_slice name) {
  size_t most = config->subprotocols_len;
  if (most > UINT16_MAX)
    most = UINT16_MAX;
  if (facts->subprotocol) {
    if (!config->subprotocol_server_order)
      return;
    most = facts->subprotocol - 1u; /* only a name that is preferred to it */
  }
  for (size_t i = 0; i < most; i++) {
    if (upshake_equal(name, config->subprotocols[i])) {
      facts->subprotocol = (uint16_t)(i + 1);
      return;
    }
  }
}

/* Fast path: 1 if no name can be chosen, and the value is one token or more,
 * each with one comma and one SP between. */
#ifdef UPSHAKE_SMALL
#define are_only_tokens(config, value) 0
#else
static int are_only_tokens(const upshake_config *config, upshake_slice value) {
  const char *p = value.ptr, *end = p + value.len, *stop;
  if (config->subprotocols_len > 0)
    return 0;
  for (;; p = stop + 2) {
    stop = upshake__skip_class(p, end, CLASS_TOKEN);
    if (stop == p)
      return 0;
    if (stop == end)
      return 1;
    if (end - stop < 2 || memcmp(stop, ", ", 2) != 0)
      return 0;
  }
}
#endif

static COLD void judge_subprotocol(upshake_private_facts *facts,
                                   const upshake_config *config,
                                   upshake_slice value, uint32_t at) {
  upshake_slice name;

  if (are_only_tokens(config, value)) {
    facts->flags |= FACT_SUBPROTOCOL;
    return;
  }
  while (upshake__next_in(&value, &name)) {
    facts->flags |= FACT_SUBPROTOCOL;
    if (config->subprotocol_required && config->subprotocols_len > 0)
      upshake__note_bad(facts, UPSHAKE_ERR_SUBPROTOCOL_REQUIRED, at);
    if (upshake_is_token(name))
      choose(facts, config, name);
    else
      upshake__note_bad(facts, UPSHAKE_ERR_SUBPROTOCOL_MALFORMED, at);
  }
}

/* ---- extensions ---- */

/* Fast path for the value that all browsers of the Chromium family send. */
#ifdef UPSHAKE_SMALL
#define is_browsers(value) 0
#else
static inline int is_browsers(upshake_slice value) {
  static const char offer[] = "permessage-deflate; client_max_window_bits";
  const size_t len = sizeof offer - 1;
  return value.len == len && is_text(value.ptr, offer, len);
}
#endif

static void judge_extensions(upshake_private_facts *facts,
                             const upshake_config *config, upshake_slice value,
                             uint32_t at) {
  (void)config;
  if (!is_browsers(value) && !upshake__are_extensions(value))
    upshake__note_bad(facts, UPSHAKE_ERR_EXTENSION_MALFORMED, at);
}

/* ---- the rules ---- */

static void judge_own(upshake_private_facts *facts,
                      const upshake_config *config, upshake_slice value,
                      uint32_t at, unsigned which) {
  switch (which) {
  case FIELD_ORIGIN:
    judge_origin_line(facts, config, value, at);
    return;
  case FIELD_KEY:
    judge_key(facts, config, value, at);
    return;
  case FIELD_VERSION:
    judge_version(facts, config, value, at);
    return;
  case FIELD_SUBPROTOCOL:
    judge_subprotocol(facts, config, value, at);
    return;
  default:
    judge_extensions(facts, config, value, at);
  }
}

const upshake_private_rules *upshake_websocket_rules(void) {
  static const upshake_private_rules rules = {
      .kind = RULES_WEBSOCKET,
      .first = FIELD_ORIGIN,
      .len = FIELD_EXTENSIONS - FIELD_ORIGIN + 1,
      .judge = judge_own,
      .prepare = upshake__judge_origin,
      .accept = upshake_accept,
  };
  return &rules;
}
