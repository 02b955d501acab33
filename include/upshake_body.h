/* SPDX-License-Identifier: MIT
 *
 * upshake, layer "body": a reader of bodies that stands alone (RFC 9112 6 and
 * 7).  It is for the body of a response, or of a request that another parser
 * found.  A handshake reads the bodies of its requests itself: see
 * upshake_read_body.
 * With UPSHAKE_NO_BODIES there is no reader, and the calls return STATE. */
#include "upshake.h" /* before the guard: it ends by including this header */
#ifndef UPSHAKE_BODY_H
#define UPSHAKE_BODY_H
/* clang-format off: what belongs together stands on one line */

#ifdef __cplusplus
extern "C" {
#endif

/* A response without a length: its body ends when the server closes. */
#define UPSHAKE_BODY_TO_CLOSE ((uint64_t)-2)

/* The reader.  Private. */
typedef struct upshake_body {
  uint64_t len;              /* how much is left, or was there so far      */
  uint64_t limit;            /* of the content                             */
  uint32_t offset;           /* of what is wrong                           */
  uint8_t error, kind;       /* upshake_error; how the body ends           */
  upshake_private_body part; /* of the grammar                             */
} upshake_body;

/* Begin.  body_len is a length, UPSHAKE_BODY_CHUNKED or UPSHAKE_BODY_TO_CLOSE:
 * request.body_len, or body_len of a client's result.  limit is the most bytes
 * that the content may have; 0: no limit. */
UPSHAKE_API void upshake_body_init(upshake_body *body, uint64_t body_len,
    uint64_t limit);

/* Read on, up to the end of the next piece of content.  *used says how many
 * bytes were consumed.  *content is the piece, or has no bytes; it points into
 * data.  The outcome is the same however the body is split.  Returns
 *   INCOMPLETE  use *content, then go on with the bytes from data + *used; if
 *               there are none, receive more
 *   OK          the body has ended, and *content is its last piece.  The bytes
 *               from data + *used are not part of it
 *   an error    the body is wrong: BODY_LONG, CHUNK, CHUNK_EXTENSION_LONG,
 *               TRAILER or TRAILER_LONG.  Close the connection
 * Further calls return the same and consume nothing.  Chunk extensions are
 * skipped, trailer fields are checked and dropped, up to 4096 bytes of each. */
UPSHAKE_API upshake_error upshake_body_read(upshake_body *body,
    const void *data, size_t len, size_t *used, upshake_slice *content);

/* The peer has closed.  Returns OK if the body is complete, INCOMPLETE if a
 * part is missing, or the error of upshake_body_read (RFC 9112 8). */
UPSHAKE_API upshake_error upshake_body_closed(const upshake_body *body);

/* Where the wrong byte is, counted from the beginning of the body. */
UPSHAKE_API uint32_t upshake_body_offset(const upshake_body *body);

/* The length of a request's body, from fields that another parser found, for
 * upshake_body_init.  version is 10 or 11.  Returns OK, or the error with which
 * the request must be refused: LENGTH_..., CODING_... (RFC 9112 6.3). */
UPSHAKE_API upshake_error upshake_find_body(upshake_fields fields, int version,
    uint64_t *body_len);

#ifdef __cplusplus
}
#endif
#endif
