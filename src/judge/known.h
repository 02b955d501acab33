/* SPDX-License-Identifier: MIT
 *
 * The fields that the library knows: which of them it judges, and which only a
 * handshake may write.
 */
#ifndef UPSHAKE_SRC_JUDGE_KNOWN_H
#define UPSHAKE_SRC_JUDGE_KNOWN_H

#include "rules.h"
#include "../text/literal.h"

/* clang-format off */

/* X(field, name, judge of its lines, who writes it).  The fields from
 * CONTENT_TYPE on are judged only by the rules of a protocol (rules.h); the
 * fields of one protocol stand together.  An application may add a field that
 * is FREE, and none that is OWN; the names of PREFIX begin with OWN_PREFIX. */
#define KNOWN(X) \
  X(HOST, "host", upshake__judge_host, FREE) \
  X(EXPECT, "expect", judge_expect, FREE) \
  X(UPGRADE, "upgrade", judge_upgrade, OWN) \
  X(CONNECTION, "connection", judge_connection, OWN) \
  X(CONTENT_LENGTH, "content-length", upshake__judge_length, OWN) \
  X(TRANSFER_ENCODING, "transfer-encoding", upshake__judge_coding, OWN) \
  X(CONTENT_TYPE, "content-type", NULL, FREE) \
  X(HTTP2_SETTINGS, "http2-settings", NULL, OWN) \
  X(ORIGIN, "origin", NULL, FREE) \
  X(KEY, "sec-websocket-key", NULL, PREFIX) \
  X(VERSION, "sec-websocket-version", NULL, PREFIX) \
  X(SUBPROTOCOL, "sec-websocket-protocol", NULL, PREFIX) \
  X(EXTENSIONS, "sec-websocket-extensions", NULL, PREFIX)
#define OWN_PREFIX "sec-websocket-"

/* Fields of one connection (RFC 9110 7.6.1) that are not judged.  They are OWN
 * too. */
#define KNOWN_BY_NAME(X) \
  X("keep-alive") \
  X("proxy-connection") \
  X("te") \
  X("trailer")
#define FIELD_OF_RULES FIELD_CONTENT_TYPE

/* clang-format on */

#define FIELD(field, name, judge, owner) FIELD_##field,
enum { KNOWN(FIELD) FIELD_OTHER };
#undef FIELD

UPSHAKE_PRIVATE_OBJECT judge_field *const upshake__judges[FIELD_OTHER];

/* Returns which known field this is, or FIELD_OTHER. */
UPSHAKE_PRIVATE unsigned upshake__which_field(upshake_slice name);

#ifdef UPSHAKE_SMALL
#define inlined_which_field upshake__which_field
#else
/* clang-format off */

/* Lengths of names that is_name can compare. */
#define LENGTHS(X) \
  X(4)  X(5)  X(6)  X(7)  X(8)  X(9)  X(10) \
  X(11) X(12) X(13) X(14) X(15) X(16) X(17) \
  X(18) X(19) X(20) X(21) X(22) X(23) X(24)

#define FITS(field, lower, judge, owner) && sizeof lower > 4 && sizeof lower <= 25
STATIC_ASSERT(1 KNOWN(FITS), known_names_have_one_of_these_lengths);
#undef FITS

/* clang-format on */

/* Compares with the known fields of this length.  The compiler knows the
 * length, so that no other field is left in each case below. */
ALWAYS_INLINE unsigned which_field_of(const char *name, size_t len) {
#define TEST(field, lower, judge, owner)                                       \
  if (len == sizeof lower - 1 && is_name(name, lower, sizeof lower - 1))       \
    return FIELD_##field;
  KNOWN(TEST)
#undef TEST
  return FIELD_OTHER;
}

#define CASE(len)                                                              \
  case len:                                                                    \
    return which_field_of(name.ptr, len);

ALWAYS_INLINE unsigned inlined_which_field(upshake_slice name) {
  switch (name.len) {
    LENGTHS(CASE)
  default:
    return FIELD_OTHER;
  }
}
#undef CASE
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
           !judge_by(hs->facts.part.head.rules, hs, which, value, at))
    upshake__judge_by_other_rules(hs, which, value, at);
}

#endif
