/* SPDX-License-Identifier: MIT
 *
 * The client's end of a WebSocket: messages in and out.  wslay reads and writes
 * the frames; the caller receives and sends the bytes.
 */
#ifndef UPSHAKE_EXAMPLES_CLIENT_WEBSOCKET_H
#define UPSHAKE_EXAMPLES_CLIENT_WEBSOCKET_H

#include <stddef.h>

#include "../common/out.h"
#include "upshake.h"

struct websocket;

/* Called for each message.  A text is valid UTF-8. */
typedef void websocket_take(void *user, int is_text, const char *bytes,
                            size_t len);

/* Frames go to `out`.  Messages are compressed if `agreed` says so.  Returns
 * NULL if there is no memory. */
struct websocket *websocket_open(struct out *out, const upshake_deflate *agreed,
                                 websocket_take *take, void *user);
void websocket_free(struct websocket *ws);

/* Queues a message, or a Close with 1000, after which nothing can be sent.
 * Returns 0 or -1. */
int websocket_say(struct websocket *ws, int is_text, const char *bytes,
                  size_t len);
int websocket_close(struct websocket *ws);

/* Takes all bytes.  Answers pings and a Close. */
void websocket_receive(struct websocket *ws, const char *bytes, size_t len);

/* _fill moves frames to `out` as long as there is room.  _has_more: are there
 * more? */
void websocket_fill(struct websocket *ws);
int websocket_has_more(const struct websocket *ws);

/* Grows whenever a part of a message arrives.  Pings do not count. */
size_t websocket_progress(const struct websocket *ws);

/* 1 if nothing more is received or sent: the server has closed or broken a
 * rule. */
int websocket_is_over(const struct websocket *ws);

/* Returns the code of the server's Close and gives its reason; 1005 if the
 * Close has no code, 0 if no Close has arrived. */
int websocket_closed(const struct websocket *ws, upshake_slice *reason);

/* Returns a sentence if the server broke a rule; else NULL. */
const char *websocket_failed(const struct websocket *ws);

#endif
