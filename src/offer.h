/* SPDX-License-Identifier: MIT
 *
 * The judgement: what the fields of a request say (facts), and what follows
 * from them for each protocol of the table (verdict).
 */
#ifndef UPSHAKE_OFFER_H
#define UPSHAKE_OFFER_H

#include "protocol.h"

/* upshake_facts.flags */
enum {
  FACT_HOST = 1 << 0,
  FACT_LENGTH = 1 << 1,         /* Content-Length                       */
  FACT_CODING = 1 << 2,         /* Transfer-Encoding                    */
  FACT_CHUNKED = 1 << 3,        /* chunked is among the codings         */
  FACT_CHUNKED_LAST = 1 << 4,   /* and the last of them so far          */
  FACT_CODING_UNKNOWN = 1 << 5, /* there is another                     */
  FACT_UPGRADE = 1 << 6,        /* the field, whatever it holds         */
  FACT_CONNECTION_UPGRADE = 1 << 7,
  FACT_CONNECTION_CLOSE = 1 << 8,
  FACT_EXPECT_CONTINUE = 1 << 9,
  FACT_VERSION = 1 << 10,
  FACT_KEY = 1 << 11,
  FACT_SUBPROTOCOL = 1 << 12, /* at least one is offered                */
  FACT_ORIGIN = 1 << 13,
  FACT_HTTP_1_0 = 1 << 14,
  FACT_HEAD = 1 << 15,         /* methods, where they are not in the memory */
  FACT_CONNECT = 1 << 16,      /* of a handshake                            */
  FACT_SETTINGS = 1 << 17,     /* HTTP2-Settings                            */
  FACT_SETTINGS_BAD = 1 << 18, /* malformed, or more than one           */
  FACT_CONNECTION_SETTINGS = 1 << 19,
  FACT_CONTENT_TYPE = 1 << 20,
  FACT_HOST_EMPTY = 1 << 21, /* Host names no host                      */
  FACT_FRAMING_BAD = 1 << 22 /* Content-Length or Transfer-Encoding is  */
};

/* Notes an error, in facts->bad and .bad_at.  One is enough: of several the one
 * listed first in upshake_error wins, in any order of the fields, and that is
 * the order of judgement.  An error that some protocols only have comes after
 * those of all. */
void upshake_note_bad(upshake_facts *facts, upshake_error error, uint32_t at);

/* Notes a field that may be there once: again it is `repeated`, and 0 comes
 * back. */
int upshake_note_once(upshake_facts *facts, uint32_t flag,
                      upshake_error repeated, uint32_t at);

/* A field line, the value without blanks around it.  The facts begin as { 0 },
 * with FACT_HTTP_1_0 where that is the version. */
void upshake_judge_line(upshake *hs, upshake_slice name, upshake_slice value,
                        uint32_t at);

/* The same, by its place in the list of known.h. */
typedef void judge_field(upshake_facts *, const upshake_config *, upshake_slice,
                         uint32_t at);
extern judge_field *const upshake_judges[];

typedef struct verdict {
  uint32_t offset;
  uint8_t next;     /* DECIDE, SEND or PLAIN */
  uint8_t error;    /* why */
  uint8_t protocol; /* place of the one to switch to, or that was refused */
  uint8_t rules;    /* that it has */
} verdict;

/* Judges a request whose fields have all been seen, in the order of judgement.
 * Strikes out of facts.offered what cannot be switched to.  hs->end is where
 * something missing is missing. */
verdict upshake_judge_request(upshake *hs);

/* Is there a body, or may there be one? */
static inline int has_body(const upshake_facts *facts) {
  return facts->body_len > 0 || (facts->flags & FACT_CODING) != 0;
}

/* ---- fields of a family, each in its own file ---- */

/* host and framing: framing.c */
judge_field upshake_judge_host, upshake_judge_length, upshake_judge_coding;

/* 1 if it is base64 of 16 octets: key.c */
int upshake_is_key(upshake_slice value);

/* RFC 6455: websocket.c */
judge_field upshake_judge_key, upshake_judge_version, upshake_judge_subprotocol,
    upshake_judge_extensions;

/* What keeps a request from being a WebSocket handshake, after the rules that
 * hold for every protocol: UPSHAKE_OK or an error, and the offset. */
upshake_error upshake_judge_websocket(const upshake *hs, uint32_t *offset);

/* The Origin policy: notes whether an Origin that is there is bad.  Only when
 * all fields are, as it may be compared with Host. */
void upshake_judge_origin(upshake *hs);

#endif
