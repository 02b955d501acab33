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

/* X(field, name, who writes it, judge of its lines).  An application may add a
 * field that is FREE, and none that is OWN; the names of PREFIX begin with
 * OWN_PREFIX.  Fields of every request: */
#define KNOWN_TO_ALL(X) \
  X(HOST,              "host",              FREE, upshake__judge_host) \
  X(EXPECT,            "expect",            FREE, upshake__judge_expect) \
  X(UPGRADE,           "upgrade",           OWN,  upshake__judge_upgrade) \
  X(CONNECTION,        "connection",        OWN,  upshake__judge_connection) \
  X(CONTENT_LENGTH,    "content-length",    OWN,  upshake__judge_length) \
  X(TRANSFER_ENCODING, "transfer-encoding", OWN,  upshake__judge_coding)

/* Fields that only the rules of a protocol judge (rules.h).  The fields of one
 * protocol stand together. */
#define KNOWN_TO_RULES(X) \
  X(CONTENT_TYPE,      "content-type",             FREE,   BY_RULES) \
  X(HTTP2_SETTINGS,    "http2-settings",           OWN,    BY_RULES) \
  X(ORIGIN,            "origin",                   FREE,   BY_RULES) \
  X(KEY,               "sec-websocket-key",        PREFIX, BY_RULES) \
  X(VERSION,           "sec-websocket-version",    PREFIX, BY_RULES) \
  X(SUBPROTOCOL,       "sec-websocket-protocol",   PREFIX, BY_RULES) \
  X(EXTENSIONS,        "sec-websocket-extensions", PREFIX, BY_RULES)
#define OWN_PREFIX "sec-websocket-"

#define KNOWN(X) KNOWN_TO_ALL(X) KNOWN_TO_RULES(X)

/* Fields of one connection (RFC 9110 7.6.1) that are not judged.  They are OWN
 * too. */
#define KNOWN_BY_NAME(X) \
  X("keep-alive") \
  X("proxy-connection") \
  X("te") \
  X("trailer")

/* clang-format on */

#define FIELD(field, name, owner, judge) FIELD_##field,
enum { KNOWN(FIELD) FIELD_OTHER };
#undef FIELD

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

#define FITS(field, lower, owner, judge) \
  && sizeof lower > 4 && sizeof lower <= 25
STATIC_ASSERT(1 KNOWN(FITS), known_names_have_one_of_these_lengths);
#undef FITS

/* clang-format on */

/* Compares with the known fields of this length.  The compiler knows the
 * length, so that no other field is left in each case below. */
ALWAYS_INLINE unsigned which_field_of(const char *name, size_t len) {
#define TEST(field, lower, owner, judge)                                       \
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
  if (!has_judge(rules, which))
    return 0;
  rules->judge(&hs->facts, hs->config, value, at, which);
  return 1;
}

/* Returns the judge of a field of every request, else NULL.  No table: to a
 * small program each pointer in one costs 32 bytes with its relocation. */
static inline judge_field *judge_of_all(unsigned which) {
#define JUDGE(field, lower, owner, judge)                                      \
  case FIELD_##field:                                                          \
    return judge;
  switch (which) {
    KNOWN_TO_ALL(JUDGE)
  default:
    return NULL;
  }
#undef JUDGE
}

/* Judges a line of this field. */
static inline void judge_known(upshake *hs, unsigned which, upshake_slice value,
                               uint32_t at) {
  judge_field *judge = judge_of_all(which);
  if (judge)
    judge(&hs->facts, hs->config, value, at);
  else if (which != FIELD_OTHER &&
           !judge_by(hs->facts.part.head.rules, hs, which, value, at))
    upshake__judge_by_other_rules(hs, which, value, at);
}

#endif
