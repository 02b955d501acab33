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
 * was.  limits may be NULL.  upshake_parse_head returns INCOMPLETE: call again
 * with more; OK: the head is complete and *end is its length; or, however often
 * it is called, the error of the byte at *end (for HTTP2_PREFACE *end is behind
 * the preface).
 *
 * _parsed_request then gives the method, the target and its parts, the version
 * and the field lines.  index may be NULL; the one that upshake_parse_fields
 * filled finds Host sooner.  Only the grammar was checked: authority may be the
 * first of several Host lines, and body_len and the members behind version are
 * 0, whatever the fields say.  So look for Content-Length and Transfer-Encoding
 * yourself before you read the next request. */
UPSHAKE_API upshake_error upshake_parse_head(upshake_parser *parser,
    const upshake_limits *limits, const void *bytes, size_t len, size_t *end);
UPSHAKE_API upshake_request upshake_parsed_request(
    const upshake_parser *parser, const struct upshake_index *index,
    const void *bytes);

/* ---- Fields while parsing ----------------------------------------------- */
/* Where a field line is: its name, and its value without the blanks around it.
 * Offsets count from the first byte of the head, so they stay right when the
 * head moves. */
typedef struct upshake_place {
  uint32_t name_at, name_len, value_at, value_len;
} upshake_place;

/* An array that is filled while a head is parsed, one place for each field
 * line, in their order:
 *     upshake_place places[64];
 *     upshake_index index = UPSHAKE_INDEX(places);
 * `len` is readable: how many field lines came so far.  If they are more than
 * cap, only the first cap are in `places`.  The index and its places must live
 * as long as what fills them: one parser, handshake or client. */
typedef struct upshake_index {
  upshake_place *places; uint32_t cap, len;
  int (*private_take)(void *state);
} upshake_index;
#define UPSHAKE_INDEX(places) \
  { places, (uint32_t)(sizeof(places) / sizeof *(places)), 0, NULL }

/* Field number i.  i is less than len and cap.  `head` is where the head begins
 * now: upshake_head(hs).ptr, upshake_client_head(client).ptr, or the bytes of
 * the parser.  The slices point into it. */
UPSHAKE_API upshake_field upshake_indexed(const upshake_index *index,
    const void *head, uint32_t i);

/* As upshake_parse_head, and fills the index.  A parser that begins sets
 * index->len to 0. */
UPSHAKE_API upshake_error upshake_parse_fields(upshake_parser *parser,
    const upshake_limits *limits, upshake_index *index, const void *bytes,
    size_t len, size_t *end);

/* The handshake fills the index from now on.  Call it after init or reset,
 * before the first byte; it sets index->len to 0, and so does each reset.
 * NULL: no index.  With lean, only the lines that are kept have a place.
 * Returns OK, or STATE: bytes came already, or hs is the part of a judge. */
UPSHAKE_API upshake_error upshake_set_index(upshake *hs, upshake_index *index);

#ifdef __cplusplus
}
#endif
#endif
