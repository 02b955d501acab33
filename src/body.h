/* SPDX-License-Identifier: MIT
 *
 * Reading the body of a request before the switch.
 */
#ifndef UPSHAKE_BODY_H
#define UPSHAKE_BODY_H

#include "request.h"

typedef enum body_event {
  BODY_MORE,    /* all octets are looked at, the body is not complete */
  BODY_CONTENT, /* the last `content` of `used` octets are content    */
  BODY_END,     /* the body is complete                               */
  BODY_REFUSED  /* at an octet                                        */
} body_event;

typedef struct body_step {
  size_t used, content; /* octets */
  upshake_error error;  /* BODY_REFUSED: what is wrong, and where */
  uint32_t offset;
} body_step;

/* Once the head is complete these members of its parser are free: the place of
 * a field line, and how many there were.  An error was noted only where there
 * is no body, or where it is the end of it. */
#define BODY_STATE(hs) ((hs)->parser.state)
#define BODY_BEGIN 1                              /* a state */
#define BODY_SLICE_LEN(hs) ((hs)->parser.name_at) /* at UPSHAKE_BODY */
#define BODY_DROPPED(hs)                                                       \
  ((hs)->parser.value_at) /* octets of it at parser.pos */
#define BODY_EXTENSION_OCTETS(hs) ((hs)->parser.fields)
#define BODY_TRAILER_OCTETS(hs) ((hs)->parser.name_len)
#define BODY_SIZE_LINE_LEN(hs) ((hs)->facts.bad_at)

/* The head is complete and accepted: its body comes. */
static inline void begin_body(upshake *hs) {
  BODY_STATE(hs) = BODY_BEGIN;
  BODY_DROPPED(hs) = 0;
  BODY_EXTENSION_OCTETS(hs) = 0;
  BODY_TRAILER_OCTETS(hs) = 0;
  BODY_SIZE_LINE_LEN(hs) = 0;
  hs->facts.in.body.taken = 0;
  hs->facts.in.body.chunk_left = 0;
}

/* Where in the memory what is after the head, and after a body so far, is. */
static inline uint32_t body_begin(const upshake *hs) {
  return hs->flags & HANDSHAKE_BODY ? hs->parser.pos + BODY_DROPPED(hs)
                                    : hs->parser.pos;
}

/* Goes on to the next event. */
body_event upshake_body_step(upshake *hs, const char *octets, size_t len,
                             body_step *step);

#endif
