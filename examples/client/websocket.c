/* SPDX-License-Identifier: MIT
 *
 * The client's end of a WebSocket by wslay: see websocket.h.
 */
#include "websocket.h"

#include <stdlib.h>
#include <string.h>

#include "net.h"
#include "../common/deflate.h"
#include "../common/text.h"
#include "../common/wslay_ends.h"

/* A control frame has at most 125 bytes (RFC 6455 5.5). */
#define CONTROL_MAX 125

struct websocket {
  struct wslay_ends ends; /* first: the user of its callbacks */
  wslay_event_context_ptr wslay;
  struct deflater *deflater; /* NULL: nothing is compressed */
  websocket_take *take;
  void *user;
  size_t progress;
  unsigned frames;         /* frames so far of the current message */
  uint8_t opcode;          /* opcode of the current frame */
  char close[CONTROL_MAX]; /* the payload of the server's Close, */
  size_t close_len;
  int closed; /* and its code */
  int broken; /* 1: wslay reads nothing more */
};

/* ---- What wslay asks for ------------------------------------------------- */

/* A mask must not be foreseeable for the server's side (RFC 6455 5.3). */
static int make_mask(wslay_event_context_ptr wslay, uint8_t *buf, size_t len,
                     void *user) {
  (void)user;
  if (net_random(buf, len) == 0)
    return 0;
  wslay_event_set_error(wslay, WSLAY_ERR_CALLBACK_FAILURE);
  return -1;
}

/* ---- Received messages --------------------------------------------------- */

static void fail(struct websocket *ws, uint16_t code) {
  wslay_event_shutdown_read(ws->wslay);
  wslay_event_queue_close(ws->wslay, code, NULL, 0);
}

static void count_frame(wslay_event_context_ptr wslay,
                        const struct wslay_event_on_frame_recv_start_arg *frame,
                        void *user) {
  struct websocket *ws = user;
  (void)wslay;
  ws->opcode = frame->opcode;
  if (wslay_is_ctrl_frame(frame->opcode))
    return;
  ws->progress++;
  if (frame->opcode != WSLAY_CONTINUATION_FRAME)
    ws->frames = 0;
  if (++ws->frames > FRAMES_MAX)
    fail(ws, WSLAY_CODE_POLICY_VIOLATION);
}

static void keep_close(struct websocket *ws, const uint8_t *bytes, size_t len) {
  if (len > CONTROL_MAX - ws->close_len)
    len = CONTROL_MAX - ws->close_len;
  memcpy(ws->close + ws->close_len, bytes, len);
  ws->close_len += len;
}

static void count_bytes(wslay_event_context_ptr wslay,
                        const struct wslay_event_on_frame_recv_chunk_arg *part,
                        void *user) {
  struct websocket *ws = user;
  (void)wslay;
  if (ws->opcode == WSLAY_CONNECTION_CLOSE && part->data_length > 0)
    keep_close(ws, part->data, part->data_length);
  else if (!wslay_is_ctrl_frame(ws->opcode))
    ws->progress += part->data_length;
}

/* wslay has checked only the compressed bytes.  Whether the message is valid
 * text is seen now (RFC 6455 8.1). */
static void take_deflated(struct websocket *ws,
                          const struct wslay_event_on_msg_recv_arg *message) {
  static uint8_t inflated[MESSAGE_MAX + 1];
  upshake_slice text = {(const char *)inflated, 0};
  int is_text = message->opcode == WSLAY_TEXT_FRAME;
  int outcome =
      deflater_inflate(ws->deflater, message->msg, message->msg_length,
                       inflated, sizeof inflated, &text.len);
  if (outcome == INFLATED_LONG)
    fail(ws, WSLAY_CODE_MESSAGE_TOO_BIG);
  else if (outcome == INFLATED_MALFORMED || (is_text && !text_is_utf8(text)))
    fail(ws, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA);
  else
    ws->take(ws->user, is_text, text.ptr, text.len);
}

/* The payload of a Close begins with a code of two bytes.  wslay accepts a
 * payload of one byte, which breaks a rule (RFC 6455 5.5.1). */
static void take_close(struct websocket *ws,
                       const struct wslay_event_on_msg_recv_arg *message) {
  ws->broken = message->msg_length == 1;
  if (!ws->broken)
    ws->closed = message->status_code != 0 ? message->status_code
                                           : WSLAY_CODE_NO_STATUS_RCVD;
}

/* wslay does not know three codes that were registered after RFC 6455: service
 * restart, try again later, bad gateway. */
static void look_for_new_code(struct websocket *ws) {
  if (ws->closed != 0 || ws->close_len < 2)
    return;
  int code = (uint8_t)ws->close[0] << 8 | (uint8_t)ws->close[1];
  if (code >= 1012 && code <= 1014)
    ws->closed = code;
}

/* wslay itself answers pings and Closes.  RSV1 marks a compressed message (RFC
 * 7692 6).  Some senders compress an empty message to nothing. */
static void take_message(wslay_event_context_ptr wslay,
                         const struct wslay_event_on_msg_recv_arg *message,
                         void *user) {
  struct websocket *ws = user;
  (void)wslay;
  if (message->opcode == WSLAY_CONNECTION_CLOSE)
    take_close(ws, message);
  else if (wslay_is_ctrl_frame(message->opcode))
    ;
  else if (wslay_get_rsv1(message->rsv) && message->msg_length > 0)
    take_deflated(ws, message);
  else
    ws->take(ws->user, message->opcode == WSLAY_TEXT_FRAME,
             message->msg_length > 0 ? (const char *)message->msg : "",
             message->msg_length);
}

/* ---- Beginning and end --------------------------------------------------- */

/* The deflater is written for servers, so both sides change places.  zlib
 * cannot compress with a window of 8 bits.  With 9 bits it uses no distance
 * larger than 8 bits allow, because it leaves 262 bytes of a window unused. */
static int open_deflater(struct websocket *ws, const upshake_deflate *agreed) {
  upshake_deflate mirrored = {.server_bits = agreed->client_bits,
                              .client_bits = agreed->server_bits,
                              .no_server_takeover = agreed->no_client_takeover,
                              .no_client_takeover = agreed->no_server_takeover};
  if (agreed->server_bits == 0)
    return 0;
  if (mirrored.server_bits == 8)
    mirrored.server_bits = 9;
  ws->deflater = deflater_open(&mirrored);
  wslay_event_config_set_allowed_rsv_bits(ws->wslay, WSLAY_RSV1_BIT);
  return ws->deflater != NULL ? 0 : -1;
}

struct websocket *websocket_open(struct out *out, const upshake_deflate *agreed,
                                 websocket_take *take, void *user) {
  static const struct wslay_event_callbacks callbacks = {
      .recv_callback = give_bytes,
      .send_callback = take_bytes,
      .genmask_callback = make_mask,
      .on_frame_recv_start_callback = count_frame,
      .on_frame_recv_chunk_callback = count_bytes,
      .on_msg_recv_callback = take_message,
  };
  struct websocket *ws = calloc(1, sizeof *ws);
  if (ws == NULL)
    return NULL;
  ws->ends.out = out;
  ws->take = take;
  ws->user = user;
  if (wslay_event_context_client_init(&ws->wslay, &callbacks, ws) != 0) {
    free(ws);
    return NULL;
  }
  wslay_event_config_set_max_recv_msg_length(ws->wslay, MESSAGE_MAX);
  if (open_deflater(ws, agreed) == 0)
    return ws;
  websocket_free(ws);
  return NULL;
}

void websocket_free(struct websocket *ws) {
  if (ws == NULL)
    return;
  wslay_event_context_free(ws->wslay);
  deflater_close(ws->deflater);
  free(ws);
}

/* ---- What the caller asks for -------------------------------------------- */

/* If compression is agreed, every message is compressed that is not empty. */
int websocket_say(struct websocket *ws, const char *text, size_t len) {
  static uint8_t deflated[DEFLATED_CAP(MESSAGE_MAX)];
  struct wslay_event_msg message = {WSLAY_TEXT_FRAME, (const uint8_t *)text,
                                    len};
  uint8_t rsv = WSLAY_RSV_NONE;
  if (ws->deflater != NULL && len > 0) {
    message.msg_length = deflater_deflate(ws->deflater, message.msg, len,
                                          deflated, sizeof deflated);
    message.msg = deflated;
    rsv = WSLAY_RSV1_BIT;
    if (message.msg_length == 0)
      return -1;
  }
  return wslay_event_queue_msg_ex(ws->wslay, &message, rsv) == 0 ? 0 : -1;
}

int websocket_close(struct websocket *ws) {
  return wslay_event_queue_close(ws->wslay, WSLAY_CODE_NORMAL_CLOSURE, NULL,
                                 0) == 0
             ? 0
             : -1;
}

/* After an error wslay reads nothing more.  It has queued a Close that says
 * why. */
void websocket_receive(struct websocket *ws, const char *bytes, size_t len) {
  ws->ends.in = bytes;
  ws->ends.in_len = len;
  if (wslay_event_recv(ws->wslay) != 0)
    ws->broken = 1;
  ws->ends.in = NULL;
  ws->ends.in_len = 0;
  if (websocket_is_over(ws))
    look_for_new_code(ws);
}

void websocket_fill(struct websocket *ws) {
  if (wslay_event_send(ws->wslay) != 0)
    ws->broken = 1;
}

int websocket_has_more(const struct websocket *ws) {
  return wslay_event_want_write(ws->wslay);
}

size_t websocket_progress(const struct websocket *ws) { return ws->progress; }

int websocket_closed(const struct websocket *ws, upshake_slice *reason) {
  size_t code_len = ws->close_len < 2 ? ws->close_len : 2;
  *reason = (upshake_slice){ws->close + code_len, ws->close_len - code_len};
  return ws->closed;
}

int websocket_is_over(const struct websocket *ws) {
  return ws->broken || !wslay_event_want_read(ws->wslay);
}

const char *websocket_failed(const struct websocket *ws) {
  if (ws->closed != 0 || !websocket_is_over(ws))
    return NULL;
  switch (wslay_event_get_status_code_sent(ws->wslay)) {
  case WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA:
    return "a text that is not UTF-8, or a message that cannot be inflated "
           "(RFC 6455 8.1, RFC 7692 7.2.2)";
  case WSLAY_CODE_MESSAGE_TOO_BIG:
    return "a message of more than 1048576 bytes, or of more than 64 final "
           "blocks of deflate";
  case WSLAY_CODE_POLICY_VIOLATION:
    return "a message in more than 32768 frames";
  default:
    return "a frame that breaks a rule (RFC 6455 5)";
  }
}
