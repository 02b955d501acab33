/* SPDX-License-Identifier: MIT
 *
 * The content of a reply that the application sends: counts it, so that the
 * client never waits for more of it, and never takes a part of it for the next
 * reply.
 */
#include "respond.h"

static size_t put_frame(upshake_private_body *body, uint64_t len, char *frame) {
  size_t before = 0;
  if (body->state == CONTENT_NEXT_CHUNK) {
    memcpy(frame, "\r\n", 2); /* the end of the chunk before */
    before = 2;
  }
  body->state = CONTENT_NEXT_CHUNK;
  return before + upshake_chunk(len, frame + before);
}

upshake_error upshake_send_content(upshake *hs, uint64_t len,
                                   char frame[UPSHAKE_FRAME_CAP],
                                   size_t *frame_len) {
  upshake_private_body *body = &hs->facts.part.body;
  int is_counted;

  *frame_len = 0;
  if (hs->next != UPSHAKE_SEND || (hs->flags & HANDSHAKE_WHOLE) == 0)
    return UPSHAKE_ERR_STATE;
  if ((hs->flags & HANDSHAKE_CONTENT) == 0)
    return len == 0 ? UPSHAKE_OK : UPSHAKE_ERR_CONTENT;
  is_counted = body->state == CONTENT_COUNTED;
  if (is_counted && (len > body->left || len == 0))
    return UPSHAKE_ERR_CONTENT;
  if (is_counted)
    body->left -= len;
  if (len == 0 || body->left == 0)
    hs->flags &= (uint16_t)~HANDSHAKE_CONTENT;
  if (body->state >= CONTENT_FIRST_CHUNK)
    *frame_len = put_frame(body, len, frame);
  return UPSHAKE_OK;
}
