/* SPDX-License-Identifier: MIT
 *
 * Protocols: the grammar of Upgrade (RFC 9110 7.8), and entries of the table.
 */
#include "protocol.h"

#include "words.h"

/* ---- grammar ---- */

/* Where protocol = token ["/" token] (RFC 9110 7.8) ends; p where there is
 * none. */
static const char *skip_protocol(const char *p, const char *end) {
  const char *slash = upshake_skip_class(p, end, CLASS_TOKEN), *stop;
  if (slash == p || slash == end || *slash != '/')
    return slash;
  stop = upshake_skip_class(slash + 1, end, CLASS_TOKEN);
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

int upshake_is_spoken(upshake_slice name, int transport) {
  return transport != UPSHAKE_TRANSPORT_SECURED ||
         !upshake_equal_fold(name, "h2c");
}

uint32_t upshake_spoken(const upshake_config *config) {
  uint32_t spoken = 0;
  for (size_t i = 0; i < config->protocols_len; i++)
    if (upshake_is_spoken(slice_text(config->protocols[i].token),
                          config->transport))
      spoken |= (uint32_t)1 << i;
  return spoken;
}

int upshake_rules_of_token(upshake_slice token) {
  if (IS_NAME(token, "websocket"))
    return UPSHAKE_RULES_WEBSOCKET;
  if (token.len == 3 && upshake_equal_fold(token, "h2c"))
    return UPSHAKE_RULES_H2C;
  if (IS_NAME(token, "connect-udp") || IS_NAME(token, "connect-ip"))
    return UPSHAKE_RULES_CAPSULES;
  return UPSHAKE_RULES_NONE;
}

int upshake_rules_of(const upshake_protocol *protocol) {
  if (protocol->rules != UPSHAKE_RULES_BY_TOKEN)
    return protocol->rules;
  return upshake_rules_of_token(slice_text(protocol->token));
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
static int keeps_rules(const upshake_protocol *protocol, int by_token) {
  int rules = protocol->rules ? protocol->rules : by_token;
  if (!is_strict(rules))
    return by_token != UPSHAKE_RULES_WEBSOCKET;
  if (protocol->methods && !upshake_equal(slice_text(protocol->methods), "GET"))
    return 0;
  return !protocol->upgrade && !protocol->version &&
         (rules == UPSHAKE_RULES_WEBSOCKET ||
          protocol->body < UPSHAKE_BODY_CONSUME);
}

int upshake_is_entry(const upshake_protocol *protocol) {
  upshake_slice token;
  int by_token; /* the rules that go with it */

  if (!protocol->token)
    return 0;
  token = slice_text(protocol->token);
  by_token = upshake_rules_of_token(token);
  if (by_token != UPSHAKE_RULES_WEBSOCKET && !upshake_is_token(token))
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
         protocol->failed <= UPSHAKE_FAILED_PLAIN &&
         keeps_rules(protocol, by_token);
}
