/* SPDX-License-Identifier: MIT
 *
 * WebSocket echo by wslay: see websocket.h.
 */
#include "websocket.h"

#include <stdlib.h>

#include "../common/endpoint.h"

/* While more than this waits to be sent, nothing is read.  So a peer that sends
 * and does not read stops itself. */
#define QUEUED_BYTES_MAX 65536
#define QUEUED_MESSAGES_MAX 64

struct websocket {
  struct endpoint end; /* first: the user of wslay's callbacks */
};

/* ---- What wslay asks for ------------------------------------------------ */

static void count_frame(wslay_event_context_ptr wslay,
                        const struct wslay_event_on_frame_recv_start_arg *frame,
                        void *user) {
  struct websocket *ws = user;
  (void)wslay;
  endpoint_count_frame(&ws->end, frame->opcode, "too many frames in a message");
}

/* wslay itself answers pings and Closes.  It sends a Close before all waiting
 * messages, and a client may send messages and a Close together.  So answers
 * are sent at once. */
static void take_message(wslay_event_context_ptr wslay,
                         const struct wslay_event_on_msg_recv_arg *message,
                         void *user) {
  struct websocket *ws = user;
  upshake_slice content;
  if (!wslay_is_ctrl_frame(message->opcode) &&
      endpoint_unpack(&ws->end, message, &content) == 0 &&
      endpoint_queue(&ws->end, message->opcode, content) != 0)
    endpoint_fail(&ws->end, WSLAY_CODE_INTERNAL_SERVER_ERROR, "");
  wslay_event_send(wslay);
}

/* ---- What the connection asks for ---------------------------------------- */

struct websocket *websocket_open(struct out *out,
                                 const upshake_deflate *agreed) {
  static const struct wslay_event_callbacks callbacks = {
      .on_frame_recv_start_callback = count_frame,
      .on_msg_recv_callback = take_message,
  };
  struct websocket *ws = calloc(1, sizeof *ws);
  if (ws == NULL)
    return NULL;
  if (endpoint_open(&ws->end, out, wslay_event_context_server_init, &callbacks,
                    agreed) == 0)
    return ws;
  free(ws);
  return NULL;
}

void websocket_close(struct websocket *ws) {
  if (ws == NULL)
    return;
  endpoint_close(&ws->end);
  free(ws);
}

/* After an error wslay reads nothing more, and writes nothing after its Close.
 * The caller then sees that the connection is done. */
void websocket_receive(struct websocket *ws, const char *bytes, size_t len) {
  endpoint_receive(&ws->end, bytes, len);
}

void websocket_fill(struct websocket *ws) { wslay_event_send(ws->end.wslay); }

int websocket_has_more(const struct websocket *ws) {
  return wslay_event_want_write(ws->end.wslay);
}

int websocket_listens(const struct websocket *ws) {
  return wslay_event_want_read(ws->end.wslay) &&
         wslay_event_get_queued_msg_length(ws->end.wslay) < QUEUED_BYTES_MAX &&
         wslay_event_get_queued_msg_count(ws->end.wslay) < QUEUED_MESSAGES_MAX;
}

int websocket_is_done(const struct websocket *ws) {
  return !wslay_event_want_read(ws->end.wslay) &&
         !wslay_event_want_write(ws->end.wslay);
}
