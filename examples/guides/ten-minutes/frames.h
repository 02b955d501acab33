/* SPDX-License-Identifier: MIT
 *
 * WebSocket frames on a socket of a poll loop, by wslay.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include <upshake.h>
#include <wslay/wslay.h>

struct frames;

/* Called for a message, which is not a ping, pong or Close: wslay answers
 * those. */
typedef void frames_message(struct frames *frames, int opcode,
                            upshake_slice message);

/* Begin as all 0.  It must stay in its place until it is closed. */
struct frames {
  wslay_event_context_ptr ws; /* NULL: not open */
  int fd;
  upshake_slice early; /* bytes that came together with the request */
  frames_message *on_message;
};

/* `early` must be valid until frames_close.  Returns 0 or -1. */
int frames_open(struct frames *frames, int fd, upshake_slice early,
                frames_message *on_message);

/* Call it after frames_open, and whenever the socket can be read or written.
 * Returns 0, or -1 if the connection is over. */
int frames_go_on(struct frames *frames);

/* What to wait for: POLLIN, and POLLOUT if something waits to be sent. */
short frames_events(const struct frames *frames);

void frames_send(struct frames *frames, int opcode, upshake_slice message);
void frames_close(struct frames *frames);

#endif
