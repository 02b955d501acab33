/* SPDX-License-Identifier: MIT
 *
 * upshake, layer "head": the head of a request in any buffer (RFC 9112 2 to
 * 5). */
#include "upshake.h" /* before the guard: it ends by including this header */
#ifndef UPSHAKE_HEAD_H
#define UPSHAKE_HEAD_H
/* clang-format off: what belongs together stands on one line */

#ifdef __cplusplus
extern "C" {
#endif

/* Parse a head in a buffer that grows: bytes[0 .. len) is everything that came
 * so far, at any address.  The parser begins as all 0, and goes on where it
 * was.  limits may be NULL.  Returns INCOMPLETE: call again with more; OK: the
 * head is complete and *end is its length; or, however often it is called, the
 * error of the byte at *end.  (HTTP2_PREFACE: *end is behind the preface.)
 *
 * _parsed_request then gives the method, the target and its parts, the version
 * and the field lines.  Only the grammar was checked: authority may be the
 * first of several Host lines, and body_len and the members behind version are
 * 0, whatever the fields say.  So look for Content-Length and Transfer-Encoding
 * yourself before you read the next request. */
UPSHAKE_API upshake_error upshake_parse_head(upshake_parser *parser,
    const upshake_limits *limits, const void *bytes, size_t len, size_t *end);
UPSHAKE_API upshake_request upshake_parsed_request(
    const upshake_parser *parser, const void *bytes);

#ifdef __cplusplus
}
#endif
#endif
