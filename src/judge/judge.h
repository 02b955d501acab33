/* SPDX-License-Identifier: MIT
 *
 * The judgement: what the fields of a request say (facts), and what follows
 * from them for each protocol of the table (verdict).
 */
#ifndef UPSHAKE_SRC_JUDGE_JUDGE_H
#define UPSHAKE_SRC_JUDGE_JUDGE_H

#include "protocol.h"

/* clang-format off */

/* What can be seen in a head: bits of upshake_private_facts.flags. */
#define FACTS(X) \
  X(HOST)                /* in the end also if none is needed: HTTP/1.0 */ \
  X(LENGTH)              /* Content-Length                             */ \
  X(CODING)              /* Transfer-Encoding                          */ \
  X(CHUNKED)             /* chunked is among the codings               */ \
  X(CHUNKED_LAST)        /* chunked is the last coding so far          */ \
  X(CODING_UNKNOWN)      /* there is a coding besides chunked          */ \
  X(UPGRADE)             /* Upgrade, with any value                    */ \
  X(CONNECTION_UPGRADE) \
  X(CONNECTION_CLOSE) \
  X(CONNECTION_SETTINGS) \
  X(EXPECT_CONTINUE) \
  X(EXPECT_OTHER)        /* an expectation besides 100-continue        */ \
  X(VERSION) \
  X(KEY) \
  X(SUBPROTOCOL)         /* a sub-protocol is offered                  */ \
  X(HTTP_1_0) \
  X(SETTINGS)            /* HTTP2-Settings                             */ \
  X(SETTINGS_BAD)        /* it is malformed, or has several lines      */ \
  X(CONTENT_TYPE) \
  X(HOST_EMPTY)          /* Host names no host                         */ \
  X(FRAMING_BAD)         /* Content-Length or Transfer-Encoding is bad */

/* What follows from the other facts and from the config, when the head is
 * complete (order.c).  ALWAYS is a fact of every request. */
#define FACTS_AT_END(X) \
  X(NOTED)               /* a line noted an error                      */ \
  X(OFFERED)             /* an entry of the table is offered           */ \
  X(BODY)                /* there is a body, or may be one             */ \
  X(BODY_LONG)           /* it is longer than the limit                */ \
  X(METHOD_OTHER)        /* the entry does not allow the method        */ \
  X(CHOSEN)              /* a sub-protocol of the config is offered    */ \
  X(HOST_NONE)           /* neither Host nor the target names a host   */ \
  X(ALWAYS)

/* clang-format on */

#define BIT(fact) BIT_##fact,
enum { FACTS(BIT) FACTS_AT_END(BIT) BIT_NEVER };
#undef BIT
STATIC_ASSERT(BIT_NEVER < 32, bits_of_facts);

#define FLAG(fact) FACT_##fact = 1 << BIT_##fact,
enum { FACTS(FLAG) FACTS_AT_END(FLAG) FACTS_NONE = 0 };
#undef FLAG

/* Notes an error in facts->bad, and where it is in .bad_at.  Only one error is
 * kept: the error that stands first in upshake_error, in whatever order the
 * fields come.  So errors that the order of judgement (order.h) looks for first
 * stand first there. */
UPSHAKE_PRIVATE void upshake__note_bad(upshake_private_facts *facts,
                                       upshake_error error, uint32_t at);

/* Notes a field that may be there once, and returns 1.  If the field comes
 * again, notes the error `repeated` and returns 0. */
UPSHAKE_PRIVATE int upshake__note_once(upshake_private_facts *facts,
                                       uint32_t flag, upshake_error repeated,
                                       uint32_t at);

/* Judges a field line.  The value has no blanks around it; `at` is its offset.
 * The facts begin as { 0 }, with FACT_HTTP_1_0 for a request of HTTP/1.0. */
UPSHAKE_PRIVATE void upshake__judge_line(upshake *hs, upshake_slice name,
                                         upshake_slice value, uint32_t at);

/* Judges a line of one field; known.h lists the fields. */
typedef void judge_field(upshake_private_facts *, const upshake_config *,
                         upshake_slice, uint32_t at);

UPSHAKE_PRIVATE judge_field upshake__judge_expect, upshake__judge_upgrade,
    upshake__judge_connection;

typedef struct verdict {
  uint32_t offset;
  uint8_t next;     /* DECIDE, SEND or PLAIN */
  uint8_t error;    /* the reason */
  uint8_t protocol; /* place of the protocol to switch to, or refused */
} verdict;

/* Judges a request after all its fields were seen, in the order of judgement.
 * Removes from facts.offered the protocols that cannot be switched to.  If
 * something is missing, its offset is hs->end. */
UPSHAKE_PRIVATE verdict upshake__judge_request(upshake *hs);

/* 1 if there is a body, or may be a body. */
static inline int has_body(const upshake_private_facts *facts) {
  return facts->body_len > 0 || (facts->flags & FACT_CODING) != 0;
}

/* 1 if the announced body is longer than the limit. */
static inline int is_body_long(const upshake *hs) {
  uint64_t most = hs->config->limits.body;
  return most > 0 && hs->facts.body_len > most;
}

/* ---- judges in files of their own ---- */

/* host and framing: framing.c */
UPSHAKE_PRIVATE judge_field upshake__judge_host, upshake__judge_length,
    upshake__judge_coding;

/* 1 if the value is the base64 of 16 bytes: key.c */
UPSHAKE_PRIVATE int upshake__is_key(upshake_slice value);

/* 1 for a field that HTTP/2 and 3 do not have, because it is about one
 * connection (RFC 9113 8.2.2); a request may have TE: trailers.  hop.c */
UPSHAKE_PRIVATE int upshake__is_hop_field(upshake_slice name);

/* As upshake_is_hop_field, without a copy of `fields`. */
UPSHAKE_PRIVATE int upshake__is_hop_of(const upshake_fields *fields,
                                       upshake_slice name);

/* Applies the Origin policy.  Notes an error if there is an Origin and it is
 * bad.  Called after all fields were seen, because Origin may be compared with
 * Host. */
UPSHAKE_PRIVATE void upshake__judge_origin(upshake *hs);

#endif
