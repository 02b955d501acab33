/* SPDX-License-Identifier: MIT
 *
 * The order of judgement: what the rows of its table mean.
 */
#ifndef UPSHAKE_SRC_JUDGE_ORDER_H
#define UPSHAKE_SRC_JUDGE_ORDER_H

#include "request.h"
#include "rules.h"

/* The order of judgement.  Errors of syntax, Host and framing come before,
 * because they are refused where they stand.  Of the rows, the first that is
 * broken is the verdict: it is broken if its offers are judged, and the request
 * shows the fact `found`, but not the fact `unless`. */

/* clang-format off */

/* Is the message sound, and does it offer anything?
 *
 * X(error,              offers,   found,           unless,       place) */
#define ORDER_OF_REQUEST(X) \
  X(HOST_MISSING,         ALL,     ALWAYS,          HOST,         END) \
  X(CODING_NOT_CHUNKED,   ALL,     CODING,          CHUNKED_LAST, CONTENT) \
  X(PROXY_TOOK_UPGRADE,   ALL,     KEY,             UPGRADE,      END) \
  X(PROXY_TOOK_UPGRADE,   ALL,     VERSION,         UPGRADE,      END) \
  X(NO_UPGRADE,           ALL,     ALWAYS,          UPGRADE,      END) \
  X(HTTP_1_0,             ALL,     HTTP_1_0,        NEVER,        END) \
  X(CONNECTION_MALFORMED, ALL,     NOTED,           NEVER,        LINE) \
  X(NO_CONNECTION,        ALL,     ALWAYS,    CONNECTION_UPGRADE, END) \
  X(NOT_SUPPORTED,        ALL,     ALWAYS,          OFFERED,      END)

/* Is the offer of an entry passed over, or refused? */
#define ORDER_OF_OFFER(X) \
  X(PASSED_OVER_BODY, PASSING_BODY,  BODY,          NEVER,        END) \
  X(PASSED_OVER_METHOD,    LOOSE,   METHOD_OTHER,   NEVER,        END) \
  X(PASSED_OVER_SETTINGS,  H2C,     ALWAYS,         SETTINGS,     END) \
  X(PASSED_OVER_SETTINGS,  H2C,     ALWAYS,   CONNECTION_SETTINGS, END) \
  X(PASSED_OVER_SETTINGS,  H2C,     SETTINGS_BAD,   NEVER,        END) \
  X(CODING_UNKNOWN,        ALL,     CODING_UNKNOWN, NEVER,        CONTENT) \
  X(HOST_EMPTY,            STRICT,  HOST_NONE,      NEVER,        HOST) \
  X(BODY,           REFUSING_BODY,  BODY,           NEVER,        CONTENT) \
  X(BODY_LONG,             ALL,     BODY_LONG,      NEVER,        CONTENT) \
  X(METHOD,              WEBSOCKET, METHOD_OTHER,   NEVER,        METHOD) \
  X(METHOD_NOT_GET,       CAPSULES, METHOD_OTHER,   NEVER,        METHOD) \
  X(CAPSULES,             CAPSULES, LENGTH,         NEVER,        CONTENT) \
  X(CAPSULES,             CAPSULES, CONTENT_TYPE,   NEVER,        CONTENT) \
  X(EXPECTATION,           ALL,     NOTED,          NEVER,        LINE) \
  X(VERSION_REPEATED,    WEBSOCKET, NOTED,          NEVER,        LINE) \
  X(VERSION_MALFORMED,   WEBSOCKET, NOTED,          NEVER,        LINE) \
  X(VERSION_MISSING,     WEBSOCKET, ALWAYS,         VERSION,      END) \
  X(VERSION_UNSUPPORTED, WEBSOCKET, NOTED,          NEVER,        LINE) \
  X(KEY_REPEATED,        WEBSOCKET, NOTED,          NEVER,        LINE) \
  X(KEY_MALFORMED,       WEBSOCKET, NOTED,          NEVER,        LINE) \
  X(KEY_MISSING,         WEBSOCKET, ALWAYS,         KEY,          END) \
  X(SUBPROTOCOL_MALFORMED, WEBSOCKET, NOTED,        NEVER,        LINE) \
  X(EXTENSION_MALFORMED, WEBSOCKET, NOTED,          NEVER,        LINE) \
  X(ORIGIN_REPEATED,     WEBSOCKET, NOTED,          NEVER,        LINE) \
  X(ORIGIN_MALFORMED,    WEBSOCKET, NOTED,          NEVER,        LINE) \
  X(ORIGIN_MISSING,      WEBSOCKET, NOTED,          NEVER,        LINE) \
  X(ORIGIN_REFUSED,      WEBSOCKET, NOTED,          NEVER,        LINE) \
  X(SUBPROTOCOL_REQUIRED, WEBSOCKET, NOTED,         CHOSEN,       LINE) \
  X(SUBPROTOCOL_REQUIRED, REQUIRED, ALWAYS,         SUBPROTOCOL,  END)

/* The last row of each part: nothing is wrong. */
#define ORDER_END(X) \
  X(OK,                    ALL,     ALWAYS,         NEVER,        END)

/* clang-format on */

#define ONE(error, offer, found, unless, place) +1
enum {
  ORDER_OF_REQUEST_LEN = ORDER_OF_REQUEST(ONE) ORDER_END(ONE),
  ORDER_LEN = ORDER_OF_REQUEST_LEN ORDER_OF_OFFER(ONE) ORDER_END(ONE)
};
#undef ONE

/* Which offers a row is about: a bit of rules_kind, or of the entry. */
#define KIND(kind) FOR_##kind = RULES_##kind,
enum {
  RULES(KIND) FOR_STRICT = RULES_STRICT,
  FOR_LOOSE = ((1 << RULES_LEN) - 1) & ~RULES_STRICT,
  FOR_PASSING_BODY = 1 << RULES_LEN,  /* passed over if there is a body     */
  FOR_REFUSING_BODY = 2 << RULES_LEN, /* a body is refused                  */
  FOR_REQUIRED = 4 << RULES_LEN, /* WebSocket with a required sub-protocol  */
  FOR_ALL = (8 << RULES_LEN) - 1
};
#undef KIND
STATIC_ASSERT(FOR_ALL <= UINT8_MAX, bits_of_offers);

/* Where the offset of an error is. */
enum {
  PLACE_END,     /* behind the head: something is missing           */
  PLACE_CONTENT, /* at a field about the body                       */
  PLACE_HOST,    /* at the value of Host                            */
  PLACE_METHOD,  /* at the method                                   */
  PLACE_LINE     /* at the line that noted this very error; if no
                    line did, the row is not broken                 */
};

/* A head keeps one noted error, the first in upshake_error.  So a row with
 * PLACE_LINE is about every offer or about WebSocket: if another kind of rules
 * noted errors too, one error would hide the other, and a bad offer would be
 * accepted.  Such rules need a fact for each error instead. */
#define HIDES_NONE(error, offers, found, unless, place)                        \
  &&(PLACE_##place != PLACE_LINE || FOR_##offers == FOR_ALL ||                 \
     FOR_##offers == FOR_WEBSOCKET)
STATIC_ASSERT(1 ORDER_OF_REQUEST(HIDES_NONE) ORDER_OF_OFFER(HIDES_NONE),
              noted_errors_hide_none);
#undef HIDES_NONE

/* A row; `found` and `unless` are numbers of bits. */
typedef struct order_row {
  uint8_t error, offers, found, unless, place;
} order_row;

UPSHAKE_PRIVATE_OBJECT const order_row upshake__order[ORDER_LEN];

/* What the rows are compared with. */
typedef struct order_facts {
  uint32_t flags;  /* facts */
  unsigned offers; /* the offer is one of these */
  unsigned noted;  /* the error that a line noted */
} order_facts;

static inline int is_broken(const order_row *row, const order_facts *facts) {
  return (row->offers & facts->offers) && (facts->flags >> row->found & 1) &&
         !(facts->flags >> row->unless & 1) &&
         (row->place != PLACE_LINE || row->error == facts->noted);
}

/* An authority in the target always names a host: upshake__check_target has
 * checked that.  Then Host may be empty. */
static inline void note_host_none(upshake *hs) {
  if ((hs->facts.flags & FACT_HOST_EMPTY) && !upshake__has_authority(hs))
    hs->facts.flags |= FACT_HOST_NONE;
}

/* Gives what the rows of the request are compared with.  facts_of_offer makes
 * of it what the rows of an offer of the entry at `place` are compared with. */
UPSHAKE_PRIVATE void upshake__facts_of_request(const upshake *hs,
                                               order_facts *found);
UPSHAKE_PRIVATE void upshake__facts_of_offer(const upshake *hs, size_t place,
                                             order_facts *found);

/* Returns the offset of the error of a broken row. */
UPSHAKE_PRIVATE uint32_t upshake__order_place(const upshake *hs,
                                              unsigned place);

#endif
