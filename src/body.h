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

/* Once the head is complete these members of its parser are free. */
#define BODY_STATE(hs) ((hs)->parser.state)
#define BODY_EXTENSION_OCTETS(hs) ((hs)->parser.name_at)
#define BODY_TRAILER_OCTETS(hs) ((hs)->parser.value_at)
#define BODY_SIZE_LINE_LEN(hs) ((hs)->parser.name_len)

/* The head is complete and accepted: its body comes. */
static inline void begin_body(upshake *hs) {
  BODY_STATE(hs) = 0;
  BODY_EXTENSION_OCTETS(hs) = 0;
  BODY_TRAILER_OCTETS(hs) = 0;
  BODY_SIZE_LINE_LEN(hs) = 0;
}

/* Goes on to the next event. */
body_event upshake_body_step(upshake *hs, const char *octets, size_t len,
                             body_step *step);

#endif
