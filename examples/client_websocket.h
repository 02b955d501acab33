/* SPDX-License-Identifier: MIT
 *
 * The client's end of a WebSocket: messages in and out.  The frames are
 * wslay's; the octets come from and go to the caller.
 */
#ifndef CLIENT_WEBSOCKET_H
#define CLIENT_WEBSOCKET_H

#include <stddef.h>

#include "demo_out.h"
#include "upshake.h"

/* A longer message is not taken: Close 1009. */
#define MESSAGE_MAX ((size_t)1 << 20)

struct websocket;

/* Told of each message, text (which is UTF-8) or not. */
typedef void websocket_take(void *user, int is_text, const char *octets,
                            size_t len);

/* Its frames go to `out`.  Where `agreed` says so, messages are compressed.
 * NULL: no memory. */
struct websocket *websocket_open(struct out *out, const upshake_deflate *agreed,
                                 websocket_take *take, void *user);
void websocket_free(struct websocket *ws);

/* Queue a text message, or the Close with 1000: behind it goes nothing.
 * Returns 0 or -1. */
int websocket_say(struct websocket *ws, const char *text, size_t len);
int websocket_close(struct websocket *ws);

/* Take all octets, answer pings and a Close. */
void websocket_receive(struct websocket *ws, const char *octets, size_t len);

/* Move frames to `out`, as many as have room; is there more? */
void websocket_fill(struct websocket *ws);
int websocket_has_more(const struct websocket *ws);

/* How much of messages has come, pings not counted: to see that there is
 * progress. */
size_t websocket_progress(const struct websocket *ws);

/* 1 when nothing more is taken, and nothing more can be said: the server has
 * closed, or has broken a rule. */
int websocket_is_over(const struct websocket *ws);

/* The server's Close, once it came: its code, 1005 where it had none, and its
 * reason; 0 before. */
int websocket_closed(const struct websocket *ws, upshake_slice *reason);

/* Did the server break a rule?  Then a sentence, else NULL. */
const char *websocket_failed(const struct websocket *ws);

#endif
