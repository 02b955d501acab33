/* SPDX-License-Identifier: MIT
 *
 * Protocols: the grammar of Upgrade, and entries of the table.
 */
#ifndef UPSHAKE_SRC_JUDGE_PROTOCOL_H
#define UPSHAKE_SRC_JUDGE_PROTOCOL_H

#include "../text/bytes.h"

/* 1 if the text is 1#protocol without empty members, which a sender must not
 * write (RFC 9110 5.6.1.1). */
UPSHAKE_PRIVATE int upshake__is_protocol_list(upshake_slice text);

/* 1 if the entry keeps the rules of its protocol, and all of it can be written
 * into a reply. */
UPSHAKE_PRIVATE int upshake__is_entry(const upshake_protocol *protocol);

/* 1 if the protocol can be spoken on a connection with this transport, by this
 * name.  On a secured connection h2c cannot: it is HTTP/2 over cleartext TCP
 * (RFC 7540 3.1).  "*" is no name. */
UPSHAKE_PRIVATE int upshake__is_spoken(upshake_slice name, int transport);

/* Returns a bit for each entry of the table that can be spoken there. */
UPSHAKE_PRIVATE uint32_t upshake__spoken(const upshake_config *config,
                                         int transport);

/* 1 if a member of Upgrade offers this entry.  The token is compared in any
 * case, the version exactly (RFC 9110 7.8); `slash` is the token's length. */
ALWAYS_INLINE int is_offer_of(upshake_slice member, size_t slash,
                              const upshake_protocol *protocol) {
  const char *name = protocol->name;
  return strlen(name) >= slash &&
         upshake__same_fold(slice_of(member.ptr, slash),
                            slice_of(name, slash)) &&
         upshake_equal(slice_from(member, slash), name + slash);
}

#endif
