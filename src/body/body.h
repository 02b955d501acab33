/* SPDX-License-Identifier: MIT
 *
 * Reading the body of a request before the switch.
 */
#ifndef UPSHAKE_SRC_BODY_BODY_H
#define UPSHAKE_SRC_BODY_BODY_H

#include "../judge/request.h"

#define BODY_BEGIN 1 /* the first state */

typedef enum body_event {
  BODY_MORE,    /* all bytes are taken, the body is not complete  */
  BODY_CONTENT, /* the last `content` of `used` bytes are content */
  BODY_END,     /* the body is complete                           */
  BODY_REFUSED  /* see error and offset                           */
} body_event;

typedef struct body_step {
  size_t used, content; /* bytes */
  upshake_error error;  /* BODY_REFUSED: what is wrong, and where */
  uint32_t offset;
} body_step;

/* Begins to read the body of a request that was accepted. */
static inline void begin_body(upshake *hs) {
  memset(&hs->facts.part.body, 0, sizeof hs->facts.part.body);
  hs->facts.part.body.state = BODY_BEGIN;
  hs->dropped = 0;
}

/* Returns where the bytes begin that follow the head, and the part of the body
 * that was taken from the memory. */
static inline uint32_t body_begin(const upshake *hs) {
  return hs->parser.pos + (hs->flags & HANDSHAKE_BODY ? hs->dropped : 0);
}

#if HAS_BODIES
/* Reads up to the next event. */
UPSHAKE_PRIVATE body_event upshake__body_step(upshake *hs, const char *bytes,
                                              size_t len, body_step *step);
#endif

#endif
