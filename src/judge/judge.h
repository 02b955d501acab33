/* SPDX-License-Identifier: MIT
 *
 * The judgement: what the fields of a request say (facts), and what follows
 * from them for each protocol of the table (verdict).
 */
#ifndef UPSHAKE_SRC_JUDGE_JUDGE_H
#define UPSHAKE_SRC_JUDGE_JUDGE_H

#include "protocol.h"

/* upshake_private_facts.flags */
enum {
  FACT_HOST = 1 << 0,
  FACT_LENGTH = 1 << 1,         /* Content-Length                    */
  FACT_CODING = 1 << 2,         /* Transfer-Encoding                 */
  FACT_CHUNKED = 1 << 3,        /* chunked is among the codings      */
  FACT_CHUNKED_LAST = 1 << 4,   /* chunked is the last coding so far */
  FACT_CODING_UNKNOWN = 1 << 5, /* there is a coding besides chunked */
  FACT_UPGRADE = 1 << 6,        /* Upgrade, with any value           */
  FACT_CONNECTION_UPGRADE = 1 << 7,
  FACT_CONNECTION_CLOSE = 1 << 8,
  FACT_EXPECT_CONTINUE = 1 << 9,
  FACT_VERSION = 1 << 10,
  FACT_KEY = 1 << 11,
  FACT_SUBPROTOCOL = 1 << 12, /* a sub-protocol is offered */
  FACT_ORIGIN = 1 << 13,
  FACT_HTTP_1_0 = 1 << 14,
  FACT_HEAD = 1 << 15,         /* the method; only in a judge      */
  FACT_CONNECT = 1 << 16,      /* the method; only in a judge      */
  FACT_SETTINGS = 1 << 17,     /* HTTP2-Settings                   */
  FACT_SETTINGS_BAD = 1 << 18, /* malformed, or more than one line */
  FACT_CONNECTION_SETTINGS = 1 << 19,
  FACT_CONTENT_TYPE = 1 << 20,
  FACT_HOST_EMPTY = 1 << 21,  /* Host names no host                         */
  FACT_FRAMING_BAD = 1 << 22, /* Content-Length or Transfer-Encoding is bad */
  FACT_EXPECT_OTHER = 1 << 24 /* an expectation besides 100-continue        */
};

/* Notes an error in facts->bad, and where it is in .bad_at.  Only one error is
 * kept: the error that stands first in upshake_error, in whatever order the
 * fields come.  That list is the order of judgement.  In it, errors of every
 * request come before errors of single protocols. */
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

/* ---- judges in files of their own ---- */

/* host and framing: framing.c */
UPSHAKE_PRIVATE judge_field upshake__judge_host, upshake__judge_length,
    upshake__judge_coding;

/* 1 if the value is the base64 of 16 bytes: key.c */
UPSHAKE_PRIVATE int upshake__is_key(upshake_slice value);

/* Applies the Origin policy.  Notes an error if there is an Origin and it is
 * bad.  Called after all fields were seen, because Origin may be compared with
 * Host. */
UPSHAKE_PRIVATE void upshake__judge_origin(upshake *hs);

#endif
