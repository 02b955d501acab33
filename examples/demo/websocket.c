/* SPDX-License-Identifier: MIT
 *
 * WebSocket echo by wslay: see websocket.h.
 */
#include "websocket.h"

#include <stdlib.h>
#include <string.h>

#include "../common/deflate.h"
#include "../common/text.h"
#include "../common/wslay_ends.h"

/* A longer message, compressed or not, is answered with a Close of 1009. */
#define MESSAGE_MAX ((size_t)1 << 20)

/* While more than this waits to be sent, nothing is read.  So a peer that sends
 * and does not read stops itself. */
#define QUEUED_BYTES_MAX 65536
#define QUEUED_MESSAGES_MAX 64

struct websocket {
  struct wslay_ends ends; /* first: the user of its callbacks */
  wslay_event_context_ptr wslay;
  struct deflater *deflater; /* NULL: nothing is compressed */
  unsigned frames;           /* of the message that is coming */
};

/* ---- What wslay asks for ------------------------------------------------ */

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

static void fail(struct websocket *ws, uint16_t code) {
  wslay_event_shutdown_read(ws->wslay);
  wslay_event_queue_close(ws->wslay, code, NULL, 0);
}

/* If compression is agreed, every message is compressed that is not empty. */
static int queue_message(struct websocket *ws, uint8_t opcode,
                         const uint8_t *bytes, size_t len) {
  static uint8_t deflated[DEFLATED_CAP(MESSAGE_MAX)];
  uint8_t rsv = WSLAY_RSV_NONE;
  if (ws->deflater != NULL && len > 0) {
    len = deflater_deflate(ws->deflater, bytes, len, deflated, sizeof deflated);
    if (len == 0)
      return -1;
    bytes = deflated;
    rsv = WSLAY_RSV1_BIT;
  }
  struct wslay_event_msg message = {opcode, bytes, len};
  return wslay_event_queue_msg_ex(ws->wslay, &message, rsv);
}

static void echo(struct websocket *ws, uint8_t opcode, const uint8_t *bytes,
                 size_t len) {
  if (queue_message(ws, opcode, bytes, len) != 0)
    fail(ws, WSLAY_CODE_INTERNAL_SERVER_ERROR);
}

/* wslay has checked only the compressed bytes.  Whether the message is valid
 * text is seen now (RFC 6455 8.1). */
static void echo_deflated(struct websocket *ws,
                          const struct wslay_event_on_msg_recv_arg *message) {
  static uint8_t inflated[MESSAGE_MAX + 1];
  upshake_slice text = {(const char *)inflated, 0};
  int outcome =
      deflater_inflate(ws->deflater, message->msg, message->msg_length,
                       inflated, sizeof inflated, &text.len);
  if (outcome == INFLATED_LONG)
    fail(ws, WSLAY_CODE_MESSAGE_TOO_BIG);
  else if (outcome == INFLATED_MALFORMED ||
           (message->opcode == WSLAY_TEXT_FRAME && !text_is_utf8(text)))
    fail(ws, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA);
  else
    echo(ws, message->opcode, inflated, text.len);
}

/* wslay itself answers pings and Closes.  It sends a Close before all waiting
 * messages, and a client may send messages and a Close together.  So answers
 * are sent at once.  RSV1 marks a compressed message (RFC 7692 6).  Some
 * senders compress an empty message to nothing. */
static void take_message(wslay_event_context_ptr wslay,
                         const struct wslay_event_on_msg_recv_arg *message,
                         void *user) {
  struct websocket *ws = user;
  if (wslay_is_ctrl_frame(message->opcode))
    ;
  else if (wslay_get_rsv1(message->rsv) && message->msg_length > 0)
    echo_deflated(ws, message);
  else
    echo(ws, message->opcode, message->msg, message->msg_length);
  wslay_event_send(wslay);
}

/* ---- What the connection asks for ---------------------------------------- */

/* wslay allows RSV1 only if it is told to (RFC 7692 6). */
static int open_deflater(struct websocket *ws, const upshake_deflate *agreed) {
  if (agreed == NULL)
    return 0;
  ws->deflater = deflater_open(agreed);
  wslay_event_config_set_allowed_rsv_bits(ws->wslay, WSLAY_RSV1_BIT);
  return ws->deflater != NULL ? 0 : -1;
}

struct websocket *websocket_open(struct out *out,
                                 const upshake_deflate *agreed) {
  static const struct wslay_event_callbacks callbacks = {
      .recv_callback = give_bytes,
      .send_callback = take_bytes,
      .on_frame_recv_start_callback = count_frame,
      .on_msg_recv_callback = take_message,
  };
  struct websocket *ws = calloc(1, sizeof *ws);
  if (ws == NULL)
    return NULL;
  ws->ends.out = out;
  if (wslay_event_context_server_init(&ws->wslay, &callbacks, ws) != 0) {
    free(ws);
    return NULL;
  }
  wslay_event_config_set_max_recv_msg_length(ws->wslay, MESSAGE_MAX);
  if (open_deflater(ws, agreed) == 0)
    return ws;
  websocket_close(ws);
  return NULL;
}

void websocket_close(struct websocket *ws) {
  if (ws == NULL)
    return;
  wslay_event_context_free(ws->wslay);
  deflater_close(ws->deflater);
  free(ws);
}

int websocket_say(struct websocket *ws, const char *text, size_t len) {
  if (queue_message(ws, WSLAY_TEXT_FRAME, (const uint8_t *)text, len) != 0)
    return -1;
  return wslay_event_send(ws->wslay) == 0 ? 0 : -1;
}

/* After an error wslay reads nothing more, and writes nothing after its Close.
 * The caller then sees that the connection is done. */
void websocket_receive(struct websocket *ws, const char *bytes, size_t len) {
  ws->ends.in = bytes;
  ws->ends.in_len = len;
  wslay_event_recv(ws->wslay);
  ws->ends.in = NULL;
  ws->ends.in_len = 0;
}

void websocket_fill(struct websocket *ws) { wslay_event_send(ws->wslay); }

int websocket_has_more(const struct websocket *ws) {
  return wslay_event_want_write(ws->wslay);
}

int websocket_listens(const struct websocket *ws) {
  return wslay_event_want_read(ws->wslay) &&
         wslay_event_get_queued_msg_length(ws->wslay) < QUEUED_BYTES_MAX &&
         wslay_event_get_queued_msg_count(ws->wslay) < QUEUED_MESSAGES_MAX;
}

int websocket_is_done(const struct websocket *ws) {
  return !wslay_event_want_read(ws->wslay) &&
         !wslay_event_want_write(ws->wslay);
}
