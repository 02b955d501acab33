/* SPDX-License-Identifier: MIT
 *
 * The client's end of a WebSocket by wslay: see websocket.h.
 */
#include "websocket.h"

#include <stdlib.h>
#include <string.h>

#include "../common/net.h"
#include "../common/endpoint.h"

/* A control frame has at most 125 bytes (RFC 6455 5.5). */
#define CONTROL_MAX 125

struct websocket {
  struct endpoint end; /* first: the user of wslay's callbacks */
  websocket_take *take;
  void *user;
  size_t progress;
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

static void count_frame(wslay_event_context_ptr wslay,
                        const struct wslay_event_on_frame_recv_start_arg *frame,
                        void *user) {
  struct websocket *ws = user;
  (void)wslay;
  ws->opcode = frame->opcode;
  if (!wslay_is_ctrl_frame(frame->opcode))
    ws->progress++;
  endpoint_count_frame(&ws->end, frame->opcode, "");
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

/* wslay itself answers pings and Closes. */
static void take_message(wslay_event_context_ptr wslay,
                         const struct wslay_event_on_msg_recv_arg *message,
                         void *user) {
  struct websocket *ws = user;
  upshake_slice content;
  (void)wslay;
  if (message->opcode == WSLAY_CONNECTION_CLOSE)
    take_close(ws, message);
  else if (!wslay_is_ctrl_frame(message->opcode) &&
           endpoint_unpack(&ws->end, message, &content) == 0)
    ws->take(ws->user, message->opcode == WSLAY_TEXT_FRAME, content.ptr,
             content.len);
}

/* ---- Beginning and end --------------------------------------------------- */

/* The deflater is written for servers, so both sides change places.  zlib
 * cannot compress with a window of 8 bits.  With 9 bits it uses no distance
 * larger than 8 bits allow, because it leaves 262 bytes of a window unused. */
static upshake_deflate mirror(const upshake_deflate *agreed) {
  upshake_deflate mirrored = {.server_bits = agreed->client_bits,
                              .client_bits = agreed->server_bits,
                              .no_server_takeover = agreed->no_client_takeover,
                              .no_client_takeover = agreed->no_server_takeover};
  if (mirrored.server_bits == 8)
    mirrored.server_bits = 9;
  return mirrored;
}

struct websocket *websocket_open(struct out *out, const upshake_deflate *agreed,
                                 websocket_take *take, void *user) {
  static const struct wslay_event_callbacks callbacks = {
      .genmask_callback = make_mask,
      .on_frame_recv_start_callback = count_frame,
      .on_frame_recv_chunk_callback = count_bytes,
      .on_msg_recv_callback = take_message,
  };
  upshake_deflate mirrored = mirror(agreed);
  struct websocket *ws = calloc(1, sizeof *ws);
  if (ws == NULL)
    return NULL;
  ws->take = take;
  ws->user = user;
  if (endpoint_open(&ws->end, out, wslay_event_context_client_init, &callbacks,
                    agreed->server_bits != 0 ? &mirrored : NULL) == 0)
    return ws;
  free(ws);
  return NULL;
}

void websocket_free(struct websocket *ws) {
  if (ws == NULL)
    return;
  endpoint_close(&ws->end);
  free(ws);
}

/* ---- What the caller asks for -------------------------------------------- */

int websocket_say(struct websocket *ws, int is_text, const char *bytes,
                  size_t len) {
  upshake_slice content = {bytes, len};
  return endpoint_queue(
      &ws->end, is_text ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME, content);
}

int websocket_close(struct websocket *ws) {
  return wslay_event_queue_close(ws->end.wslay, WSLAY_CODE_NORMAL_CLOSURE, NULL,
                                 0) == 0
             ? 0
             : -1;
}

/* After an error wslay reads nothing more.  It has queued a Close that says
 * why. */
void websocket_receive(struct websocket *ws, const char *bytes, size_t len) {
  if (endpoint_receive(&ws->end, bytes, len) != 0)
    ws->broken = 1;
  if (websocket_is_over(ws))
    look_for_new_code(ws);
}

void websocket_fill(struct websocket *ws) {
  if (wslay_event_send(ws->end.wslay) != 0)
    ws->broken = 1;
}

int websocket_has_more(const struct websocket *ws) {
  return wslay_event_want_write(ws->end.wslay);
}

size_t websocket_progress(const struct websocket *ws) { return ws->progress; }

int websocket_closed(const struct websocket *ws, upshake_slice *reason) {
  size_t code_len = ws->close_len < 2 ? ws->close_len : 2;
  *reason = (upshake_slice){ws->close + code_len, ws->close_len - code_len};
  return ws->closed;
}

int websocket_is_over(const struct websocket *ws) {
  return ws->broken || !wslay_event_want_read(ws->end.wslay);
}

const char *websocket_failed(const struct websocket *ws) {
  if (ws->closed != 0 || !websocket_is_over(ws))
    return NULL;
  switch (wslay_event_get_status_code_sent(ws->end.wslay)) {
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
