/* SPDX-License-Identifier: MIT
 *
 * The fields that the judgement has rules for.
 */
#ifndef UPSHAKE_KNOWN_H
#define UPSHAKE_KNOWN_H

#include "offer.h"
#include "words.h"

/* clang-format off */

/* X(field, name, judge of its lines) */
#define KNOWN(X) \
  X(HOST, "host", upshake_judge_host) \
  X(ORIGIN, "origin", judge_origin_line) \
  X(EXPECT, "expect", judge_expect) \
  X(UPGRADE, "upgrade", judge_upgrade) \
  X(CONNECTION, "connection", judge_connection) \
  X(CONTENT_TYPE, "content-type", judge_content_type) \
  X(CONTENT_LENGTH, "content-length", upshake_judge_length) \
  X(HTTP2_SETTINGS, "http2-settings", judge_settings) \
  X(TRANSFER_ENCODING, "transfer-encoding", upshake_judge_coding) \
  X(KEY, "sec-websocket-key", upshake_judge_key) \
  X(VERSION, "sec-websocket-version", upshake_judge_version) \
  X(SUBPROTOCOL, "sec-websocket-protocol", upshake_judge_subprotocol) \
  X(EXTENSIONS, "sec-websocket-extensions", upshake_judge_extensions)

/* clang-format on */

#define FIELD(field, name, judge) FIELD_##field,
enum { KNOWN(FIELD) FIELD_OTHER };
#undef FIELD

/* One of 64 bits by a name's length and first letter, in either case: twice the
 * bit of case is 64. */
#define SIEVE_BIT(first, len) (((len) + 2u * (unsigned char)(first)) & 63)

/* May it be one of these?  Of other names one in five passes. */
static inline int may_be_known(upshake_slice name) {
#define SIEVE(field, text, judge)                                              \
  | UINT64_C(1) << SIEVE_BIT((text)[0], sizeof(text) - 1)
  const uint64_t sieve = 0 KNOWN(SIEVE);
#undef SIEVE
  return (sieve >> SIEVE_BIT(*name.ptr, name.len) & 1) != 0;
}

/* Which of them is it?  FIELD_OTHER where it is none. */
#ifdef UPSHAKE_SMALL
#define which_field upshake_which_field
unsigned upshake_which_field(upshake_slice name);
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

/* Judges a line of that field. */
static inline void judge_known(upshake *hs, unsigned which, upshake_slice value,
                               uint32_t at) {
  if (which != FIELD_OTHER)
    upshake_judges[which](&hs->facts, hs->config, value, at);
}

static inline int is_known_field(upshake_slice name) {
  return which_field(name) != FIELD_OTHER;
}

#endif
