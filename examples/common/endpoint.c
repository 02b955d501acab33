/* SPDX-License-Identifier: MIT
 *
 * An endpoint of a WebSocket by wslay: see endpoint.h.
 */
#include "endpoint.h"

#include <string.h>

#include "deflate.h"
#include "text.h"

/* wslay keeps every frame of a message until the last frame has come, so the
 * number of frames needs a limit too. */
#define FRAMES_MAX 32768

/* ---- Bytes --------------------------------------------------------------- */

static ssize_t give_bytes(wslay_event_context_ptr wslay, uint8_t *buf,
                          size_t len, int flags, void *user) {
  struct endpoint *end = user;
  (void)flags;
  if (end->in_len == 0) {
    wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
    return -1;
  }
  if (len > end->in_len)
    len = end->in_len;
  memcpy(buf, end->in, len);
  end->in += len;
  end->in_len -= len;
  return (ssize_t)len;
}

static ssize_t take_bytes(wslay_event_context_ptr wslay, const uint8_t *data,
                          size_t len, int flags, void *user) {
  struct endpoint *end = user;
  size_t taken = out_append(end->out, data, len);
  (void)flags;
  if (taken > 0)
    return (ssize_t)taken;
  wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
  return -1;
}

int endpoint_receive(struct endpoint *end, const char *bytes, size_t len) {
  end->in = bytes;
  end->in_len = len;
  int error = wslay_event_recv(end->wslay);
  end->in = NULL;
  end->in_len = 0;
  return error;
}

/* ---- Beginning and end --------------------------------------------------- */

/* wslay allows RSV1 only if it is told to (RFC 7692 6). */
static int open_deflater(struct endpoint *end, const upshake_deflate *agreed) {
  if (agreed == NULL)
    return 0;
  end->deflater = deflater_open(agreed);
  wslay_event_config_set_allowed_rsv_bits(end->wslay, WSLAY_RSV1_BIT);
  return end->deflater != NULL ? 0 : -1;
}

int endpoint_open(struct endpoint *end, struct out *out, endpoint_init *init,
                  const struct wslay_event_callbacks *callbacks,
                  const upshake_deflate *agreed) {
  struct wslay_event_callbacks all = *callbacks; /* wslay makes a copy too */
  all.recv_callback = give_bytes;
  all.send_callback = take_bytes;
  end->out = out;
  if (init(&end->wslay, &all, end) != 0)
    return -1;
  wslay_event_config_set_max_recv_msg_length(end->wslay, MESSAGE_MAX);
  if (open_deflater(end, agreed) == 0)
    return 0;
  endpoint_close(end);
  return -1;
}

void endpoint_close(struct endpoint *end) {
  wslay_event_context_free(end->wslay);
  deflater_close(end->deflater);
}

void endpoint_fail(struct endpoint *end, uint16_t code, const char *reason) {
  wslay_event_shutdown_read(end->wslay);
  wslay_event_queue_close(end->wslay, code, (const uint8_t *)reason,
                          strlen(reason));
}

/* ---- Messages ------------------------------------------------------------ */

void endpoint_count_frame(struct endpoint *end, uint8_t opcode,
                          const char *reason) {
  if (wslay_is_ctrl_frame(opcode))
    return;
  if (opcode != WSLAY_CONTINUATION_FRAME)
    end->frames = 0;
  if (++end->frames > FRAMES_MAX)
    endpoint_fail(end, WSLAY_CODE_POLICY_VIOLATION, reason);
}

/* wslay has checked only the compressed bytes.  Whether the message is valid
 * text is seen now (RFC 6455 8.1). */
static int inflate_message(struct endpoint *end,
                           const struct wslay_event_on_msg_recv_arg *message,
                           upshake_slice *content) {
  static uint8_t inflated[MESSAGE_MAX + 1];
  content->ptr = (const char *)inflated;
  int outcome =
      deflater_inflate(end->deflater, message->msg, message->msg_length,
                       inflated, sizeof inflated, &content->len);
  if (outcome == INFLATED_LONG)
    endpoint_fail(end, WSLAY_CODE_MESSAGE_TOO_BIG, "");
  else if (outcome == INFLATED_MALFORMED ||
           (message->opcode == WSLAY_TEXT_FRAME && !text_is_utf8(*content)))
    endpoint_fail(end, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA, "");
  else
    return 0;
  return -1;
}

/* RSV1 marks a compressed message (RFC 7692 6).  Some senders compress an empty
 * message to nothing. */
int endpoint_unpack(struct endpoint *end,
                    const struct wslay_event_on_msg_recv_arg *message,
                    upshake_slice *content) {
  *content = (upshake_slice){"", 0};
  if (message->msg_length == 0)
    return 0;
  if (wslay_get_rsv1(message->rsv))
    return inflate_message(end, message, content);
  *content = (upshake_slice){(const char *)message->msg, message->msg_length};
  return 0;
}

/* If compression is agreed, every message is compressed that is not empty. */
int endpoint_queue(struct endpoint *end, uint8_t opcode,
                   upshake_slice content) {
  static uint8_t deflated[DEFLATED_CAP(MESSAGE_MAX)];
  struct wslay_event_msg message = {opcode, (const uint8_t *)content.ptr,
                                    content.len};
  uint8_t rsv = WSLAY_RSV_NONE;
  if (end->deflater != NULL && content.len > 0) {
    message.msg_length = deflater_deflate(
        end->deflater, message.msg, content.len, deflated, sizeof deflated);
    message.msg = deflated;
    rsv = WSLAY_RSV1_BIT;
    if (message.msg_length == 0)
      return -1;
  }
  return wslay_event_queue_msg_ex(end->wslay, &message, rsv) == 0 ? 0 : -1;
}
