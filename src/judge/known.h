/* SPDX-License-Identifier: MIT
 *
 * The fields that the library knows: which of them it judges, and which only a
 * handshake may write.
 */
#ifndef UPSHAKE_SRC_JUDGE_KNOWN_H
#define UPSHAKE_SRC_JUDGE_KNOWN_H

#include "rules.h"
#include "../text/literal.h"
#include "../text/scan.h"

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

/* 1 if the name begins with OWN_PREFIX. */
static inline int has_own_prefix(upshake_slice name) {
  static const char prefix[] = OWN_PREFIX;
  size_t len = sizeof prefix - 1;
  return name.len >= len && upshake_equal_fold(slice_of(name.ptr, len), prefix);
}

/* Judges a line of a message whose other fields are not judged: only a field
 * about the body.  UPSHAKE_SMALL shares the texts with ask.c. */
#ifdef UPSHAKE_SMALL
#define IS_FIELD(name, text, lower) upshake_equal_fold(name, text)
#else
#define IS_FIELD(name, text, lower) IS_NAME(name, lower)
#endif
ALWAYS_INLINE void judge_framing_line(upshake_private_facts *facts,
                                      upshake_slice name, upshake_slice value,
                                      uint32_t at) {
  if (IS_FIELD(name, "Content-Length", "content-length"))
    upshake__judge_length(facts, NULL, value, at);
  else if (IS_FIELD(name, "Transfer-Encoding", "transfer-encoding"))
    upshake__judge_coding(facts, NULL, value, at);
}
#undef IS_FIELD

#define FITS(field, lower, owner, judge)                                       \
  &&sizeof lower > 4 && sizeof lower <= 25
STATIC_ASSERT(1 KNOWN(FITS), is_name_can_compare_all_known_names);
#undef FITS

#ifndef UPSHAKE_SMALL
/* How the name of a known field begins: its first bytes, and ones in the bytes
 * that are compared. */
typedef struct known_begin {
  char lower[8], mask[8];
} known_begin;

/* The only known field whose name has this length and this bit in its first
 * letter, plus 1; 0 if there is none.  The beginnings have the same numbers. */
UPSHAKE_PRIVATE_OBJECT const uint8_t
    upshake__known_by_len[SCAN_NAME_MOST + 1][2];
UPSHAKE_PRIVATE_OBJECT const known_begin upshake__known_begins[FIELD_OTHER + 1];

/* Returns which known field the name of a plain line may be, with no branch
 * that depends on the name: it has the length of this field's name and begins
 * like it.  `end` is the end of the head. */
ALWAYS_INLINE unsigned likely_field(upshake_slice name, const char *end) {
  const char *bytes = name.ptr;
  const known_begin *begin;
  unsigned found;
  uint64_t mask;
  if (end - bytes < 8)
    return upshake__which_field(name);
  found = upshake__known_by_len[name.len][*bytes >> 1 & 1];
  begin = &upshake__known_begins[found];
  memcpy(&mask, begin->mask, 8);
  return (differ8(bytes, begin->lower) & mask) == 0 ? found - 1
                                                    : (unsigned)FIELD_OTHER;
}
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
ALWAYS_INLINE judge_field *judge_of_all(unsigned which) {
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

#ifndef UPSHAKE_SMALL
/* Judges a line that is likely of this field. */
ALWAYS_INLINE void judge_likely(upshake *hs, unsigned which, upshake_slice name,
                                upshake_slice value, uint32_t at) {
#define JUDGE(field, lower, owner, judge)                                      \
  case FIELD_##field:                                                          \
    if (is_name(name.ptr, lower, sizeof lower - 1))                            \
      judge_known(hs, FIELD_##field, value, at);                               \
    return;
  switch (which) { KNOWN(JUDGE) }
#undef JUDGE
}
#endif

#endif
