/* SPDX-License-Identifier: MIT
 *
 * WebSocket echo by wslay: see demo_websocket.h.
 */
#include "demo_websocket.h"

#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

/* A message that is longer is answered with a Close of 1009.  wslay keeps
 * every frame of a message apart until the last one has come, so that their
 * number has a limit too. */
#define MESSAGE_MAX ((uint64_t)1 << 20)
#define FRAMES_MAX 32768

/* As long as more than this waits to be sent, nothing is read: a peer that
 * sends and does not read stops itself. */
#define QUEUED_OCTETS_MAX 65536
#define QUEUED_MESSAGES_MAX 64

struct websocket {
  wslay_event_context_ptr wslay;
  struct out *out;
  const char *in; /* what wslay has not taken yet */
  size_t in_len;
  unsigned frames; /* of the message that is coming */
};

/* ---- What wslay asks for ------------------------------------------------ */

static ssize_t give_octets(wslay_event_context_ptr wslay, uint8_t *buf,
                           size_t len, int flags, void *user) {
  struct websocket *ws = user;
  (void)flags;
  if (ws->in_len == 0) {
    wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
    return -1;
  }
  if (len > ws->in_len)
    len = ws->in_len;
  memcpy(buf, ws->in, len);
  ws->in += len;
  ws->in_len -= len;
  return (ssize_t)len;
}

static ssize_t take_octets(wslay_event_context_ptr wslay, const uint8_t *data,
                           size_t len, int flags, void *user) {
  struct websocket *ws = user;
  (void)flags;
  size_t taken = out_append(ws->out, data, len);
  if (taken > 0)
    return (ssize_t)taken;
  wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
  return -1;
}

static void count_frame(wslay_event_context_ptr wslay,
                        const struct wslay_event_on_frame_recv_start_arg *frame,
                        void *user) {
  static const uint8_t reason[] = "too many frames in a message";
  struct websocket *ws = user;
  if (wslay_is_ctrl_frame(frame->opcode))
    return;
  if (frame->opcode != WSLAY_CONTINUATION_FRAME)
    ws->frames = 0;
  if (++ws->frames <= FRAMES_MAX)
    return;
  wslay_event_shutdown_read(wslay);
  wslay_event_queue_close(wslay, WSLAY_CODE_POLICY_VIOLATION, reason,
                          sizeof reason - 1);
}

/* Pings and Closes are answered by wslay itself.  It sends a Close before all
 * that waits, and a client may send its messages and a Close together: so
 * answers are set on their way at once. */
static void echo_message(wslay_event_context_ptr wslay,
                         const struct wslay_event_on_msg_recv_arg *message,
                         void *user) {
  (void)user;
  struct wslay_event_msg echo = {message->opcode, message->msg,
                                 message->msg_length};
  if (!wslay_is_ctrl_frame(message->opcode) &&
      wslay_event_queue_msg(wslay, &echo) != 0) {
    wslay_event_shutdown_read(wslay);
    wslay_event_queue_close(wslay, WSLAY_CODE_INTERNAL_SERVER_ERROR, NULL, 0);
  }
  wslay_event_send(wslay);
}

/* ---- What the connection asks for ---------------------------------------- */

struct websocket *websocket_open(struct out *out) {
  static const struct wslay_event_callbacks callbacks = {
      .recv_callback = give_octets,
      .send_callback = take_octets,
      .on_frame_recv_start_callback = count_frame,
      .on_msg_recv_callback = echo_message,
  };
  struct websocket *ws = calloc(1, sizeof *ws);
  if (ws == NULL)
    return NULL;
  ws->out = out;
  if (wslay_event_context_server_init(&ws->wslay, &callbacks, ws) != 0) {
    free(ws);
    return NULL;
  }
  wslay_event_config_set_max_recv_msg_length(ws->wslay, MESSAGE_MAX);
  return ws;
}

void websocket_close(struct websocket *ws) {
  if (ws == NULL)
    return;
  wslay_event_context_free(ws->wslay);
  free(ws);
}

int websocket_say(struct websocket *ws, const char *text, size_t len) {
  struct wslay_event_msg message = {WSLAY_TEXT_FRAME, (const uint8_t *)text,
                                    len};
  if (wslay_event_queue_msg(ws->wslay, &message) != 0)
    return -1;
  return wslay_event_send(ws->wslay) == 0 ? 0 : -1;
}

/* After an error wslay neither reads on nor, its Close sent, writes on: the
 * connection is done then, which is how the caller sees it. */
void websocket_receive(struct websocket *ws, const char *octets, size_t len) {
  ws->in = octets;
  ws->in_len = len;
  wslay_event_recv(ws->wslay);
  ws->in = NULL;
  ws->in_len = 0;
}

void websocket_fill(struct websocket *ws) { wslay_event_send(ws->wslay); }

int websocket_has_more(const struct websocket *ws) {
  return wslay_event_want_write(ws->wslay);
}

int websocket_listens(const struct websocket *ws) {
  return wslay_event_want_read(ws->wslay) &&
         wslay_event_get_queued_msg_length(ws->wslay) < QUEUED_OCTETS_MAX &&
         wslay_event_get_queued_msg_count(ws->wslay) < QUEUED_MESSAGES_MAX;
}

int websocket_is_done(const struct websocket *ws) {
  return !wslay_event_want_read(ws->wslay) &&
         !wslay_event_want_write(ws->wslay);
}
