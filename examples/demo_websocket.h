/* SPDX-License-Identifier: MIT
 *
 * WebSocket echo: what follows a 101 for `websocket`.  The frames are
 * wslay's; the octets come from and go to the caller.
 */
#ifndef DEMO_WEBSOCKET_H
#define DEMO_WEBSOCKET_H

#include <stddef.h>

#include "demo_out.h"
#include "upshake.h"

struct websocket;

/* Its frames go to `out`, which outlives it.  `agreed` is NULL where nothing is
 * compressed.  NULL: no memory. */
struct websocket *websocket_open(struct out *out,
                                 const upshake_deflate *agreed);
void websocket_close(struct websocket *ws);

/* Say something of our own, as a text message.  Returns 0 or -1. */
int websocket_say(struct websocket *ws, const char *text, size_t len);

/* Take all octets; what there is to echo is kept. */
void websocket_receive(struct websocket *ws, const char *octets, size_t len);

/* Move frames to `out`, as many as have room. */
void websocket_fill(struct websocket *ws);

/* Is there more to be moved?  Should the peer be heard, or does too much wait
 * for it to be read?  Is it over: closed by both sides, or broken? */
int websocket_has_more(const struct websocket *ws);
int websocket_listens(const struct websocket *ws);
int websocket_is_done(const struct websocket *ws);

#endif
