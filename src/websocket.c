/* SPDX-License-Identifier: MIT
 *
 * The server's side of a WebSocket handshake (RFC 6455 4.2.1): key, version,
 * sub-protocols, the grammar of extensions.
 */
#include "extension.h"
#include "request.h"

void upshake_judge_key(upshake_facts *facts, const upshake_config *config,
                       upshake_slice value, uint32_t at) {
  (void)config;
  upshake_note_once(facts, PART_KEY, FACT_KEY, UPSHAKE_ERR_KEY_REPEATED, at);
  if (!upshake_is_key(value))
    upshake_note_bad(facts, PART_KEY, UPSHAKE_ERR_KEY_MALFORMED, at);
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
  int version = parse_version(value);
  (void)config;
  upshake_note_once(facts, PART_VERSION, FACT_VERSION,
                    UPSHAKE_ERR_VERSION_REPEATED, at);
  if (version < 0)
    upshake_note_bad(facts, PART_VERSION, UPSHAKE_ERR_VERSION_MALFORMED, at);
  else if (version != 13)
    upshake_note_bad(facts, PART_VERSION, UPSHAKE_ERR_VERSION_UNSUPPORTED, at);
}

/* ---- sub-protocols: 1#token, compared octet for octet (RFC 7936 2) ---- */

/* facts->subprotocol is the place of the choice in the list, and 1. */
static void choose(upshake_facts *facts, const upshake_config *config,
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
  upshake_list list = {value, {NULL, 0}, NULL};
  upshake_slice name;

  while (upshake_next_member(&list, &name)) {
    upshake_note_seen(facts, PART_SUBPROTOCOL, FACT_SUBPROTOCOL, at);
    if (upshake_is_token(name))
      choose(facts, config, name);
    else
      upshake_note_bad(facts, PART_SUBPROTOCOL,
                       UPSHAKE_ERR_SUBPROTOCOL_MALFORMED, at);
  }
}

/* ---- extensions ---- */

void upshake_judge_extensions(upshake_facts *facts,
                              const upshake_config *config, upshake_slice value,
                              uint32_t at) {
  (void)config;
  if (!upshake_are_extensions(value))
    upshake_note_bad(facts, PART_EXTENSIONS, UPSHAKE_ERR_EXTENSION_MALFORMED,
                     at);
}

/* ---- all of it, when the head is complete ---- */

static upshake_error judge_required_subprotocol(const upshake *hs,
                                                uint32_t *offset) {
  const upshake_config *config = hs->config;
  const upshake_facts *facts = &hs->facts;

  if (!config->subprotocol_required || facts->subprotocol)
    return UPSHAKE_OK;
  if ((facts->flags & FACT_SUBPROTOCOL) == 0)
    *offset = hs->end;
  else if (config->subprotocols_len > 0)
    *offset = facts->at[PART_SUBPROTOCOL];
  else
    return UPSHAKE_OK; /* no list: the callback chooses */
  return UPSHAKE_ERR_SUBPROTOCOL_REQUIRED;
}

/* The error of a field that must be there; `missing` where it is not. */
static upshake_error judge_needed(const upshake *hs, enum part part,
                                  uint32_t flag, upshake_error missing,
                                  uint32_t *offset) {
  const upshake_facts *facts = &hs->facts;
  if ((facts->flags & flag) == 0) {
    *offset = hs->end;
    return missing;
  }
  *offset = facts->at[part];
  return (upshake_error)facts->bad[part];
}

upshake_error upshake_judge_websocket(const upshake *hs, uint32_t *offset) {
  upshake_error error = judge_needed(hs, PART_VERSION, FACT_VERSION,
                                     UPSHAKE_ERR_VERSION_MISSING, offset);
  if (!error)
    error =
        judge_needed(hs, PART_KEY, FACT_KEY, UPSHAKE_ERR_KEY_MISSING, offset);
  for (int part = PART_SUBPROTOCOL; !error && part <= PART_ORIGIN; part++) {
    *offset = hs->facts.at[part];
    error = (upshake_error)hs->facts.bad[part];
  }
  return error ? error : judge_required_subprotocol(hs, offset);
}
