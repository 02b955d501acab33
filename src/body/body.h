/* SPDX-License-Identifier: MIT
 *
 * Reading a body: the part that a handshake and a reader that stands alone
 * share.
 */
#ifndef UPSHAKE_SRC_BODY_BODY_H
#define UPSHAKE_SRC_BODY_BODY_H

#include "../text/bytes.h"

#define BODY_BEGIN 1 /* the first state */

typedef enum body_event {
  BODY_MORE,    /* all bytes are taken, the body is not complete  */
  BODY_CONTENT, /* the last `content` of `used` bytes are content */
  BODY_END,     /* the body is complete                           */
  BODY_REFUSED  /* see error and offset                           */
} body_event;

/* The members above the line are set by the caller. */
typedef struct body_step {
  upshake_private_body *body;
  uint64_t *len;  /* Content-Length: bytes that are still to come;
                     chunked: bytes of content so far */
  uint64_t limit; /* of the content of a chunked body; 0: none */
  int is_chunked; /* 0: it has a length */
  /* ---- */
  size_t used, content; /* bytes */
  upshake_error error;  /* BODY_REFUSED: what is wrong, and where: counted from
                           the beginning of the body */
  uint32_t offset;
} body_step;

/* Begins to read a body. */
static inline void begin_body(upshake_private_body *body) {
  memset(body, 0, sizeof *body);
  body->state = BODY_BEGIN;
}

#if HAS_BODIES
/* Reads up to the next event. */
UPSHAKE_PRIVATE body_event upshake__body_step(body_step *step,
                                              const char *bytes, size_t len);
#endif

#endif
