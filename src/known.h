/* SPDX-License-Identifier: MIT
 *
 * The fields that the judgement has rules for.
 */
#ifndef UPSHAKE_KNOWN_H
#define UPSHAKE_KNOWN_H

#include <stddef.h>
#include <stdint.h>

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

/* One of 64 bits by a name's length and first letter, in either case: twice the
 * bit of case is 64. */
#define SIEVE_BIT(first, len) (((len) + 2u * (unsigned char)(first)) & 63)

/* May it be one of these?  Few others pass. */
static inline int may_be_known(const char *name, size_t len) {
#define SIEVE(field, name, judge)                                              \
  | UINT64_C(1) << SIEVE_BIT((name)[0], sizeof(name) - 1)
  const uint64_t sieve = 0 KNOWN(SIEVE);
#undef SIEVE
  return (sieve >> SIEVE_BIT(*name, len) & 1) != 0;
}

#endif
