/* SPDX-License-Identifier: MIT
 *
 * Reading the body of a request before the switch.
 */
#ifndef UPSHAKE_BODY_H
#define UPSHAKE_BODY_H

#include "handshake.h"

typedef enum body_event {
  BODY_MORE,    /* all octets are looked at, the body is not complete */
  BODY_CONTENT, /* the last *content of *used octets are content      */
  BODY_END,     /* the body is complete                               */
  BODY_REFUSED  /* and the handshake with it                          */
} body_event;

/* The head is complete and accepted: its body comes. */
void upshake_begin_body(upshake *hs);

/* Goes on to the next event; *used of the len octets were taken. */
body_event upshake_body_step(upshake *hs, const char *octets, size_t len,
                             size_t *used, size_t *content);

#endif
