/* SPDX-License-Identifier: MIT
 *
 * Protocols: the grammar of Upgrade, and entries of the table.
 */
#ifndef UPSHAKE_PROTOCOL_H
#define UPSHAKE_PROTOCOL_H

#include "bytes.h"

/* 1#protocol, without the empty members that a sender must not write (RFC 9110
 * 5.6.1.1). */
int upshake_is_protocol_list(upshake_slice text);

/* 1 if the entry means something, and all of it can be written into a reply. */
int upshake_is_entry(const upshake_protocol *protocol);

/* 1 if a protocol of that name can be spoken on the connection: h2c is HTTP/2
 * over cleartext TCP (RFC 7540 3.1). */
int upshake_is_spoken(upshake_slice name, int transport);

/* Which entries of the table can be: a bit for each. */
uint32_t upshake_spoken(const upshake_config *config);

/* upshake_protocol.rules, with UPSHAKE_RULES_BY_TOKEN resolved. */
int upshake_rules_of_token(upshake_slice token);
int upshake_rules_of(const upshake_protocol *protocol);

/* 1 for rules that want GET, a host, and no body unless the table says so:
 * RFC 6455 4.2.1, RFC 9298 3.2. */
static inline int is_strict(int rules) {
  return rules == UPSHAKE_RULES_WEBSOCKET || rules == UPSHAKE_RULES_CAPSULES;
}

#endif
