/* SPDX-License-Identifier: MIT
 *
 * Protocols: the grammar of Upgrade (RFC 9110 7.8), and entries of the table.
 */
#include "protocol.h"

/* ---- grammar ---- */

/* Where protocol = token ["/" token] (RFC 9110 7.8) ends; p where there is
 * none. */
static const char *skip_protocol(const char *p, const char *end) {
  const char *slash = skip_class(p, end, CLASS_TOKEN), *stop;
  if (slash == p || slash == end || *slash != '/')
    return slash;
  stop = skip_class(slash + 1, end, CLASS_TOKEN);
  return stop > slash + 1 ? stop : p;
}

int upshake_is_protocol_list(upshake_slice text) {
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

int upshake_rules_of_token(upshake_slice token) {
  static const struct {
    char token[12];
    uint8_t len, rules;
  } known[] = {
      {"websocket", 9, UPSHAKE_RULES_WEBSOCKET},
      {"h2c", 3, UPSHAKE_RULES_H2C},
      {"connect-udp", 11, UPSHAKE_RULES_CAPSULES},
      {"connect-ip", 10, UPSHAKE_RULES_CAPSULES},
  };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (known[i].len == token.len &&
        upshake_same_fold(token, slice_of(known[i].token, known[i].len)))
      return known[i].rules;
  return UPSHAKE_RULES_NONE;
}

int upshake_rules_of(const upshake_protocol *protocol) {
  if (protocol->rules != UPSHAKE_RULES_BY_TOKEN)
    return protocol->rules;
  return upshake_rules_of_token(slice_text(protocol->token));
}

int upshake_is_strict(int rules) {
  return rules == UPSHAKE_RULES_WEBSOCKET || rules == UPSHAKE_RULES_CAPSULES;
}

/* ---- entries ---- */

static int is_token_text(const char *text) {
  return upshake_is_token(slice_text(text));
}

/* #method (RFC 9110 10.2.1): the same as protocols without versions. */
static int is_method_list(upshake_slice text) {
  return upshake_is_protocol_list(text) && index_of(text, '/') == text.len;
}

/* WebSocket and capsules are opened with GET and nothing else, whatever the
 * table says, and answered with their own name; capsules have no body (RFC 9297
 * 3.2), and "websocket" is never spoken without its rules. */
static int keeps_rules(const upshake_protocol *protocol) {
  int rules = upshake_rules_of(protocol);
  if (!upshake_is_strict(rules))
    return protocol->rules == UPSHAKE_RULES_BY_TOKEN ||
           upshake_rules_of_token(slice_text(protocol->token)) !=
               UPSHAKE_RULES_WEBSOCKET;
  if (protocol->methods && !upshake_equal(slice_text(protocol->methods), "GET"))
    return 0;
  return !protocol->upgrade && !protocol->version &&
         (rules == UPSHAKE_RULES_WEBSOCKET ||
          protocol->body < UPSHAKE_BODY_CONSUME);
}

int upshake_is_entry(const upshake_protocol *protocol) {
  if (!protocol->token || !is_token_text(protocol->token))
    return 0;
  if (protocol->version && !is_token_text(protocol->version))
    return 0;
  if (protocol->methods && !is_method_list(slice_text(protocol->methods)))
    return 0;
  if (protocol->upgrade &&
      !upshake_is_protocol_list(slice_text(protocol->upgrade)))
    return 0;
  return protocol->rules <= UPSHAKE_RULES_CAPSULES &&
         protocol->body <= UPSHAKE_BODY_ASK &&
         protocol->failed <= UPSHAKE_FAILED_PLAIN && keeps_rules(protocol);
}
