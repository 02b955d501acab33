/* SPDX-License-Identifier: MIT
 *
 * Writing replies, from inside: the protocols named in Upgrade may come from
 * the table instead of from one slice.
 */
#ifndef UPSHAKE_REPLY_H
#define UPSHAKE_REPLY_H

#include "window.h"

#define ACCEPT_LEN 28

/* Parts of a 101. */
#define SWITCH_LINE "HTTP/1.1 101 Switching Protocols"
#define SWITCH_UPGRADE "\r\nUpgrade: "
#define SWITCH_CONNECTION "\r\nConnection: Upgrade\r\n"
#define SWITCH_ACCEPT "Sec-WebSocket-Accept: "
#define SWITCH_SUBPROTOCOL "Sec-WebSocket-Protocol"

typedef struct reply {
  upshake_response response;
  const upshake_protocol *protocols; /* used where response.upgrade is absent;
                                        that is not checked where they are */
  uint32_t named;                    /* which of them, a bit for each */
} reply;

/* Everything is checked before the first octet; extra fields by
 * upshake_check_added, before this. */
upshake_error upshake_check_reply(const reply *r);

/* *len as upshake_reply says. */
upshake_error upshake_write_window(const reply *r, window *w, size_t *len);

#endif
