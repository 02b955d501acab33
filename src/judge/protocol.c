/* SPDX-License-Identifier: MIT
 *
 * Protocols: the grammar of Upgrade (RFC 9110 7.8), and entries of the table.
 */
#include "protocol.h"

#include "rules.h"

#include "../text/literal.h"

/* ---- grammar ---- */

/* Returns the end of protocol = token ["/" token] (RFC 9110 7.8); p if there is
 * no protocol. */
static const char *skip_protocol(const char *p, const char *end) {
  const char *slash = upshake__skip_class(p, end, CLASS_TOKEN), *stop;
  if (slash == p || slash == end || *slash != '/')
    return slash;
  stop = upshake__skip_class(slash + 1, end, CLASS_TOKEN);
  return stop > slash + 1 ? stop : p;
}

static int is_protocol(upshake_slice text) {
  return text.len > 0 &&
         skip_protocol(text.ptr, text.ptr + text.len) == text.ptr + text.len;
}

COLD int upshake__is_protocol_list(upshake_slice text) {
  const char *p = text.ptr, *end = p + text.len;
  for (;;) {
    const char *stop = skip_protocol(p, end);
    if (stop == p)
      return 0;
    if (stop == end)
      return 1;
    p = skip_blanks(stop, end);
    if (p == end || *p != ',')
      return 0;
    p = skip_blanks(p + 1, end);
  }
}

/* ---- rules ---- */

/* 1 for "*", which is no name that a message can have: see any.c. */
static inline int is_any(upshake_slice name) {
  return name.len == 1 && *name.ptr == '*';
}

int upshake__is_spoken(upshake_slice name, int transport) {
  if (is_any(name))
    return 0;
  if (transport != UPSHAKE_TRANSPORT_SECURED)
    return 1;
  if (name.len > 3 && name.ptr[3] == '/')
    name.len = 3; /* without the version */
  return !upshake_equal_fold(name, "h2c");
}

uint32_t upshake__spoken(const upshake_config *config, int transport) {
  uint32_t spoken = 0;
  for (size_t i = 0; i < config->protocols_len; i++)
    if (upshake__is_spoken(slice_text(config->protocols[i].name), transport))
      spoken |= (uint32_t)1 << i;
  return spoken;
}

COLD rules_kind upshake__rules_of_token(upshake_slice token) {
#define TEST(text, kind)                                                       \
  if (IS_NAME(token, text))                                                    \
    return RULES_##kind;
  TOKENS_WITH_RULES(TEST)
#undef TEST
  return RULES_NONE;
}

UPSHAKE_PRIVATE_CONST const upshake_private_rules upshake__no_rules = {
    .kind = RULES_NONE};

/* ---- entries ---- */

#define BODY_POLICY_MAX (HAS_BODIES ? UPSHAKE_BODY_ASK : UPSHAKE_BODY_REFUSE)

/* 1 if the text is #method (RFC 9110 10.2.1): like protocols without
 * versions. */
static int is_method_list(upshake_slice text) {
  return upshake__is_protocol_list(text) && index_of(text, '/') == text.len;
}

/* 1 if the 101 says the name that was offered, and no other. */
static int has_own_name(const upshake_private_rules *rules) {
  return (rules->kind & (RULES_STRICT | RULES_ANY)) != 0;
}

/* 1 if the entry keeps the rules of WebSocket or of capsules.  They allow only
 * the method GET.  Capsules have no body (RFC 9297 3.2). */
static int keeps_rules(const upshake_protocol *protocol,
                       const upshake_private_rules *rules) {
  if (protocol->methods && !upshake_equal(slice_text(protocol->methods), "GET"))
    return 0;
  return rules->kind == RULES_WEBSOCKET || protocol->body < UPSHAKE_BODY_READ;
}

static int is_strict(const upshake_private_rules *rules) {
  return (rules->kind & RULES_STRICT) != 0;
}

/* 1 if the name and the rules of an entry fit together.  WebSocket and capsules
 * have no versions.  "websocket" is never spoken without its rules. */
static int is_named(const upshake_private_rules *rules, upshake_slice name) {
  size_t slash;
  if (upshake__rules_of_token(name) == RULES_WEBSOCKET)
    return rules->kind == RULES_WEBSOCKET;
  if ((rules->kind == RULES_ANY) != is_any(name))
    return 0;
  slash = index_of(name, '/');
  return is_protocol(name) && (slash == name.len || !is_strict(rules)) &&
         upshake__rules_of_token(slice_of(name.ptr, slash)) != RULES_WEBSOCKET;
}

COLD int upshake__is_entry(const upshake_protocol *protocol) {
  const upshake_private_rules *rules = rules_of(protocol);
  if (!protocol->name || !is_named(rules, slice_text(protocol->name)))
    return 0;
  if (protocol->methods && !is_method_list(slice_text(protocol->methods)))
    return 0;
  if (protocol->upgrade &&
      !upshake__is_protocol_list(slice_text(protocol->upgrade)))
    return 0;
  return protocol->body <= BODY_POLICY_MAX &&
         protocol->failed <= UPSHAKE_FAILED_PLAIN &&
         (!has_own_name(rules) || !protocol->upgrade) &&
         (!is_strict(rules) || keeps_rules(protocol, rules));
}
