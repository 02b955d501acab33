/* SPDX-License-Identifier: MIT
 *
 * An endpoint of a WebSocket by wslay, for a server or a client: the bytes, the
 * limits of a message, and the compression.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_ENDPOINT_H
#define UPSHAKE_EXAMPLES_COMMON_ENDPOINT_H

#include <stddef.h>
#include <stdint.h>
#include <wslay/wslay.h>

#include "out.h"
#include "upshake.h"

/* A longer message, compressed or not, is answered with a Close of 1009. */
#define MESSAGE_MAX ((size_t)1 << 20)

/* A struct that is the user of wslay's callbacks has this as its first
 * member. */
struct endpoint {
  wslay_event_context_ptr wslay;
  struct out *out;           /* takes the bytes to send */
  const char *in;            /* received bytes that wslay has not taken yet */
  size_t in_len;             /* length of these bytes */
  struct deflater *deflater; /* NULL: nothing is compressed */
  unsigned frames;           /* frames so far of the current message */
};

/* wslay_event_context_server_init or wslay_event_context_client_init. */
typedef int endpoint_init(wslay_event_context_ptr *wslay,
                          const struct wslay_event_callbacks *callbacks,
                          void *user);

/* Opens an endpoint that is all 0.  It adds the two callbacks for bytes to
 * `callbacks`.  `agreed` is what a server would agree to, so a client exchanges
 * the sides; it is NULL if messages are not compressed.  Returns 0, or -1 if
 * there is no memory. */
int endpoint_open(struct endpoint *end, struct out *out, endpoint_init *init,
                  const struct wslay_event_callbacks *callbacks,
                  const upshake_deflate *agreed);
void endpoint_close(struct endpoint *end);

/* Gives all bytes to wslay.  Returns what wslay_event_recv returns. */
int endpoint_receive(struct endpoint *end, const char *bytes, size_t len);

/* Counts a frame when it starts.  If its message has too many frames, the
 * endpoint fails with 1008 and this reason. */
void endpoint_count_frame(struct endpoint *end, uint8_t opcode,
                          const char *reason);

/* Gives the content of a received message.  If the message is compressed, the
 * content is in static memory; if it is then too long or wrong, the endpoint
 * fails with 1009 or 1007.  Returns 0, or -1 after such a failure. */
int endpoint_unpack(struct endpoint *end,
                    const struct wslay_event_on_msg_recv_arg *message,
                    upshake_slice *content);

/* Queues a message.  Returns 0 or -1. */
int endpoint_queue(struct endpoint *end, uint8_t opcode, upshake_slice content);

/* Queues a Close with this code and reason.  After that, wslay reads nothing
 * more. */
void endpoint_fail(struct endpoint *end, uint16_t code, const char *reason);

#endif
