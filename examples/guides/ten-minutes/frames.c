/* SPDX-License-Identifier: MIT
 *
 * WebSocket frames on a socket of a poll loop: see frames.h.
 */
#include "frames.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

enum { MESSAGE_MOST = 65536, QUEUED_MOST = 65536 };

/* ---- What wslay asks for ------------------------------------------------- */

static ssize_t take_early(struct frames *frames, uint8_t *buf, size_t cap) {
  size_t len = frames->early.len < cap ? frames->early.len : cap;
  memcpy(buf, frames->early.ptr, len);
  frames->early.ptr += len;
  frames->early.len -= len;
  return (ssize_t)len;
}

static int error_of(ssize_t n) {
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
             ? WSLAY_ERR_WOULDBLOCK
             : WSLAY_ERR_CALLBACK_FAILURE;
}

static ssize_t take_bytes(wslay_event_context_ptr ws, uint8_t *buf, size_t cap,
                          int flags, void *user) {
  struct frames *frames = user;
  ssize_t n;
  (void)flags;
  if (frames->early.len > 0)
    return take_early(frames, buf, cap);
  n = recv(frames->fd, buf, cap, MSG_DONTWAIT);
  if (n > 0)
    return n;
  wslay_event_set_error(ws, error_of(n));
  return -1;
}

static ssize_t give_bytes(wslay_event_context_ptr ws, const uint8_t *data,
                          size_t len, int flags, void *user) {
  struct frames *frames = user;
  ssize_t n = send(frames->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
  (void)flags;
  if (n < 0)
    wslay_event_set_error(ws, error_of(n));
  return n;
}

static void take_message(wslay_event_context_ptr ws,
                         const struct wslay_event_on_msg_recv_arg *in,
                         void *user) {
  struct frames *frames = user;
  upshake_slice message = {(const char *)in->msg, in->msg_length};
  (void)ws;
  if (!wslay_is_ctrl_frame(in->opcode))
    frames->on_message(frames, in->opcode, message);
}

/* ---- What the server calls ----------------------------------------------- */

int frames_open(struct frames *frames, int fd, upshake_slice early,
                frames_message *on_message) {
  static const struct wslay_event_callbacks callbacks = {
      .recv_callback = take_bytes,
      .send_callback = give_bytes,
      .on_msg_recv_callback = take_message};
  *frames = (struct frames){.fd = fd, .early = early, .on_message = on_message};
  if (wslay_event_context_server_init(&frames->ws, &callbacks, frames))
    return -1;
  wslay_event_config_set_max_recv_msg_length(frames->ws, MESSAGE_MOST);
  return 0;
}

int frames_go_on(struct frames *frames) {
  if (wslay_event_recv(frames->ws) || wslay_event_send(frames->ws))
    return -1;
  if (!wslay_event_want_read(frames->ws) && !wslay_event_want_write(frames->ws))
    return -1;
  return 0;
}

short frames_events(const struct frames *frames) {
  return wslay_event_want_write(frames->ws) ? POLLIN | POLLOUT : POLLIN;
}

/* wslay sends a Close before what waits, so each message is sent at once.  A
 * peer that sends and does not read is given up. */
void frames_send(struct frames *frames, int opcode, upshake_slice message) {
  struct wslay_event_msg out = {(uint8_t)opcode, (const uint8_t *)message.ptr,
                                message.len};
  wslay_event_queue_msg(frames->ws, &out);
  wslay_event_send(frames->ws);
  if (wslay_event_get_queued_msg_length(frames->ws) > QUEUED_MOST)
    wslay_event_shutdown_read(frames->ws);
}

void frames_close(struct frames *frames) {
  if (frames->ws)
    wslay_event_context_free(frames->ws);
  frames->ws = NULL;
}
