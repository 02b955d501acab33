/* SPDX-License-Identifier: MIT
 *
 * Writing replies, from inside: the protocols named in Upgrade may come from
 * the table instead of from one slice.
 */
#ifndef UPSHAKE_REPLY_H
#define UPSHAKE_REPLY_H

#include "bytes.h"

#define ACCEPT_LEN 28

typedef struct reply {
  upshake_response response;
  const upshake_protocol *protocols; /* used where response.upgrade is absent */
  size_t protocols_len;
} reply;

/* A window on the octets of a reply: those from position `from` on, up to cap
 * of them, are stored in out.  A whole reply is stored complete or not at all.
 */
typedef struct window {
  char *out;
  size_t cap, from;
  size_t pos; /* how many octets were produced, stored or not */
  int whole;
} window;

/* Everything is checked before the first octet. */
upshake_error upshake_check_reply(const reply *r);

/* *len as upshake_reply says. */
upshake_error upshake_write_window(const reply *r, window *w, size_t *len);

#endif
