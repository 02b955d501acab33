/* SPDX-License-Identifier: MIT
 *
 * The server's side of a WebSocket handshake (RFC 6455 4.2.1): key, version,
 * sub-protocols, the grammar of extensions.
 */
#include "extension.h"
#include "field.h"
#include "request.h"
#include "words.h"

void upshake_judge_key(upshake_facts *facts, const upshake_config *config,
                       upshake_slice value, uint32_t at) {
  (void)config;
  if (upshake_note_once(facts, FACT_KEY, UPSHAKE_ERR_KEY_REPEATED, at))
    facts->key_at = at;
  if (!upshake_is_key(value))
    upshake_note_bad(facts, UPSHAKE_ERR_KEY_MALFORMED, at);
}

/* version = DIGIT | (NZDIGIT DIGIT) | ("1" DIGIT DIGIT) | ("2" DIGIT DIGIT),
 * at most 255 (RFC 6455 4.3).  Returns -1 for anything else. */
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

void upshake_judge_version(upshake_facts *facts, const upshake_config *config,
                           upshake_slice value, uint32_t at) {
  int version = SLICE_IS(value, "13") ? 13 : parse_version(value);
  (void)config;
  upshake_note_once(facts, FACT_VERSION, UPSHAKE_ERR_VERSION_REPEATED, at);
  if (version < 0)
    upshake_note_bad(facts, UPSHAKE_ERR_VERSION_MALFORMED, at);
  else if (version != 13)
    upshake_note_bad(facts, UPSHAKE_ERR_VERSION_UNSUPPORTED, at);
}

/* ---- sub-protocols: 1#token, compared octet for octet (RFC 7936 2) ---- */

/* facts->subprotocol is the place of the choice in the list, and 1. */
static NOINLINE void choose(upshake_facts *facts, const upshake_config *config,
                            upshake_slice name) {
  size_t most = config->subprotocols_len;
  if (most > UINT16_MAX)
    most = UINT16_MAX;
  if (facts->subprotocol) {
    if (!config->subprotocol_server_order)
      return;
    most = facts->subprotocol - 1u; /* only one that is preferred to it */
  }
  for (size_t i = 0; i < most; i++) {
    if (upshake_equal(name, config->subprotocols[i])) {
      facts->subprotocol = (uint16_t)(i + 1);
      return;
    }
  }
}

void upshake_judge_subprotocol(upshake_facts *facts,
                               const upshake_config *config,
                               upshake_slice value, uint32_t at) {
  upshake_slice name;

  while (upshake_next_in(&value, &name)) {
    facts->flags |= FACT_SUBPROTOCOL;
    if (config->subprotocol_required && config->subprotocols_len > 0)
      upshake_note_bad(facts, UPSHAKE_ERR_SUBPROTOCOL_REQUIRED, at);
    if (upshake_is_token(name))
      choose(facts, config, name);
    else
      upshake_note_bad(facts, UPSHAKE_ERR_SUBPROTOCOL_MALFORMED, at);
  }
}

/* ---- extensions ---- */

/* What all browsers of the Chromium family send is good without a look at each
 * octet. */
#ifdef UPSHAKE_SMALL
#define is_browsers(value) 0
#else
static inline int is_browsers(upshake_slice value) {
  static const char offer[] = "permessage-deflate; client_max_window_bits";
  const size_t len = sizeof offer - 1;
  return value.len == len && is_text(value.ptr, offer, len);
}
#endif

void upshake_judge_extensions(upshake_facts *facts,
                              const upshake_config *config, upshake_slice value,
                              uint32_t at) {
  (void)config;
  if (!is_browsers(value) && !upshake_are_extensions(value))
    upshake_note_bad(facts, UPSHAKE_ERR_EXTENSION_MALFORMED, at);
}

/* ---- all of it, when the head is complete ---- */

/* A field that must be there and is not.  Where the application has no list of
 * sub-protocols, its callback chooses. */
static upshake_error find_missing(const upshake *hs) {
  uint32_t flags = hs->facts.flags;
  if ((flags & FACT_VERSION) == 0)
    return UPSHAKE_ERR_VERSION_MISSING;
  if ((flags & FACT_KEY) == 0)
    return UPSHAKE_ERR_KEY_MISSING;
  if (hs->config->subprotocol_required && (flags & FACT_SUBPROTOCOL) == 0)
    return UPSHAKE_ERR_SUBPROTOCOL_REQUIRED;
  return UPSHAKE_OK;
}

/* What was noted; that a sub-protocol is required, until one is known. */
static upshake_error find_bad(const upshake_facts *facts) {
  if (facts->bad == UPSHAKE_ERR_SUBPROTOCOL_REQUIRED && facts->subprotocol)
    return UPSHAKE_OK;
  return (upshake_error)facts->bad;
}

upshake_error upshake_judge_websocket(const upshake *hs, uint32_t *offset) {
  upshake_error missing = find_missing(hs), bad = find_bad(&hs->facts);

  *offset = hs->facts.bad_at;
  if (!missing || (bad && bad < missing))
    return bad;
  *offset = hs->end;
  return missing;
}
