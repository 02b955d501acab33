/* SPDX-License-Identifier: MIT
 *
 * The fields that the judgement has rules for.
 */
#ifndef UPSHAKE_SRC_JUDGE_KNOWN_H
#define UPSHAKE_SRC_JUDGE_KNOWN_H

#include "rules.h"
#include "../text/literal.h"

/* clang-format off */

/* X(field, name, judge of its lines).  The fields from CONTENT_TYPE on are
 * judged only by the rules of a protocol (rules.h); the fields of one protocol
 * stand together. */
#define KNOWN(X) \
  X(HOST, "host", upshake__judge_host) \
  X(EXPECT, "expect", judge_expect) \
  X(UPGRADE, "upgrade", judge_upgrade) \
  X(CONNECTION, "connection", judge_connection) \
  X(CONTENT_LENGTH, "content-length", upshake__judge_length) \
  X(TRANSFER_ENCODING, "transfer-encoding", upshake__judge_coding) \
  X(CONTENT_TYPE, "content-type", NULL) \
  X(HTTP2_SETTINGS, "http2-settings", NULL) \
  X(ORIGIN, "origin", NULL) \
  X(KEY, "sec-websocket-key", NULL) \
  X(VERSION, "sec-websocket-version", NULL) \
  X(SUBPROTOCOL, "sec-websocket-protocol", NULL) \
  X(EXTENSIONS, "sec-websocket-extensions", NULL)
#define FIELD_OF_RULES FIELD_CONTENT_TYPE

/* clang-format on */

#define FIELD(field, name, judge) FIELD_##field,
enum { KNOWN(FIELD) FIELD_OTHER };
#undef FIELD

UPSHAKE_PRIVATE_OBJECT judge_field *const upshake__judges[FIELD_OTHER];

/* Returns which known field this is, or FIELD_OTHER. */
#ifdef UPSHAKE_SMALL
#define which_field upshake__which_field
UPSHAKE_PRIVATE unsigned upshake__which_field(upshake_slice name);
#else
ALWAYS_INLINE unsigned which_field(upshake_slice name) {
#define IS(lower) is_name(name.ptr, lower, sizeof(lower) - 1)
  switch (name.len) {
  case 4:
    return IS("host") ? FIELD_HOST : FIELD_OTHER;
  case 6:
    return IS("origin")   ? FIELD_ORIGIN
           : IS("expect") ? FIELD_EXPECT
                          : FIELD_OTHER;
  case 7:
    return IS("upgrade") ? FIELD_UPGRADE : FIELD_OTHER;
  case 10:
    return IS("connection") ? FIELD_CONNECTION : FIELD_OTHER;
  case 12:
    return IS("content-type") ? FIELD_CONTENT_TYPE : FIELD_OTHER;
  case 14:
    return IS("content-length")   ? FIELD_CONTENT_LENGTH
           : IS("http2-settings") ? FIELD_HTTP2_SETTINGS
                                  : FIELD_OTHER;
  case 17:
    return IS("sec-websocket-key")   ? FIELD_KEY
           : IS("transfer-encoding") ? FIELD_TRANSFER_ENCODING
                                     : FIELD_OTHER;
  case 21:
    return IS("sec-websocket-version") ? FIELD_VERSION : FIELD_OTHER;
  case 22:
    return IS("sec-websocket-protocol") ? FIELD_SUBPROTOCOL : FIELD_OTHER;
  case 24:
    return IS("sec-websocket-extensions") ? FIELD_EXTENSIONS : FIELD_OTHER;
  default:
    return FIELD_OTHER;
  }
#undef IS
}
#endif

/* The same, by the rules of the table's other entries. */
UPSHAKE_PRIVATE void upshake__judge_by_other_rules(upshake *hs, unsigned which,
                                                   upshake_slice value,
                                                   uint32_t at);

/* Judges a line by these rules.  Returns 0 if they do not judge this field. */
static inline int judge_by(const upshake_private_rules *rules, upshake *hs,
                           unsigned which, upshake_slice value, uint32_t at) {
  unsigned place = which - rules->first;
  if (place >= rules->len)
    return 0;
  rules->judges[place](&hs->facts, hs->config, value, at);
  return 1;
}

/* Judges a line of this field. */
static inline void judge_known(upshake *hs, unsigned which, upshake_slice value,
                               uint32_t at) {
  if (which < FIELD_OF_RULES)
    upshake__judges[which](&hs->facts, hs->config, value, at);
  else if (which != FIELD_OTHER &&
           !judge_by(hs->facts.in.head.rules, hs, which, value, at))
    upshake__judge_by_other_rules(hs, which, value, at);
}

static inline int is_known_field(upshake_slice name) {
  return which_field(name) != FIELD_OTHER;
}

#endif
