/* SPDX-License-Identifier: MIT
 *
 * WebSocket echo, after a 101 for `websocket`.  wslay reads and writes the
 * frames; the caller receives and sends the bytes.
 */
#ifndef UPSHAKE_EXAMPLES_DEMO_WEBSOCKET_H
#define UPSHAKE_EXAMPLES_DEMO_WEBSOCKET_H

#include <stddef.h>

#include "../common/out.h"
#include "upshake.h"

struct websocket;

/* Frames go to `out`, which must outlive the result.  `agreed` is NULL if
 * messages are not compressed.  Returns NULL if there is no memory. */
struct websocket *websocket_open(struct out *out,
                                 const upshake_deflate *agreed);
void websocket_close(struct websocket *ws);

/* Takes all bytes, and keeps the echoes of complete messages. */
void websocket_receive(struct websocket *ws, const char *bytes, size_t len);

/* Moves frames to `out` as long as there is room. */
void websocket_fill(struct websocket *ws);

/* _has_more: are there frames to move?  _listens: should the peer be read, or
 * does too much wait to be sent?  _is_done: have both sides closed, or is it
 * broken? */
int websocket_has_more(const struct websocket *ws);
int websocket_listens(const struct websocket *ws);
int websocket_is_done(const struct websocket *ws);

#endif
