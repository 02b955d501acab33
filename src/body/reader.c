/* SPDX-License-Identifier: MIT
 *
 * A reader of bodies that stands alone: for a response, or for a request that
 * another parser found.
 */
#include "body.h"

/* upshake_body.kind */
enum { BY_LENGTH, BY_CHUNKS, BY_CLOSE };

#if HAS_BODIES

static void end_body(upshake_body *body, upshake_error error, uint32_t offset) {
  body->error = (uint8_t)error;
  body->offset = offset;
}

void upshake_body_init(upshake_body *body, uint64_t body_len, uint64_t limit) {
  memset(body, 0, sizeof *body);
  begin_body(&body->part);
  body->limit = limit;
  body->error = UPSHAKE_ERR_INCOMPLETE;
  if (body_len == UPSHAKE_BODY_CHUNKED) {
    body->kind = BY_CHUNKS;
    return;
  }
  body->len = body_len;
  if (body_len == UPSHAKE_BODY_TO_CLOSE)
    body->kind = BY_CLOSE;
  else if (limit > 0 && body_len > limit)
    end_body(body, UPSHAKE_ERR_BODY_LONG, 0);
  else if (body_len == 0)
    end_body(body, UPSHAKE_OK, 0);
}

/* Returns how many of these bytes the content may have.  The length of a body
 * that ends when the peer closes is counted down: nobody sends so much. */
static size_t room_for(const upshake_body *body, size_t len) {
  uint64_t so_far = UPSHAKE_BODY_TO_CLOSE - body->len;
  if (body->kind != BY_CLOSE || body->limit == 0 || len <= body->limit - so_far)
    return len;
  return (size_t)(body->limit - so_far);
}

/* Takes bytes, and notes whether the body has ended. */
static void step_body(upshake_body *body, body_step *step, const char *bytes,
                      size_t len) {
  body_event event = upshake__body_step(step, bytes, len);
  if (event == BODY_REFUSED)
    end_body(body, step->error, step->offset);
  else if (event == BODY_END || (body->kind == BY_LENGTH && body->len == 0))
    end_body(body, UPSHAKE_OK, 0);
}

upshake_error upshake_body_read(upshake_body *body, const void *data,
                                size_t len, size_t *used,
                                upshake_slice *content) {
  body_step step = {.body = &body->part,
                    .len = &body->len,
                    .limit = body->limit,
                    .is_chunked = body->kind == BY_CHUNKS};
  size_t room = room_for(body, len);

  *used = 0;
  *content = slice_none();
  if (body->error != UPSHAKE_ERR_INCOMPLETE)
    return (upshake_error)body->error;
  if (room > 0)
    step_body(body, &step, data, room);
  else if (len > 0)
    end_body(body, UPSHAKE_ERR_BODY_LONG, body->part.taken);
  *used = step.used;
  if (step.content > 0)
    *content =
        slice_of((const char *)data + step.used - step.content, step.content);
  return (upshake_error)body->error;
}

#else

void upshake_body_init(upshake_body *body, uint64_t body_len, uint64_t limit) {
  (void)body_len;
  (void)limit;
  memset(body, 0, sizeof *body);
  body->error = UPSHAKE_ERR_STATE;
}

upshake_error upshake_body_read(upshake_body *body, const void *data,
                                size_t len, size_t *used,
                                upshake_slice *content) {
  (void)data;
  (void)len;
  *used = 0;
  *content = slice_none();
  return (upshake_error)body->error;
}

#endif

upshake_error upshake_body_closed(const upshake_body *body) {
  int ends = body->kind == BY_CLOSE && body->error == UPSHAKE_ERR_INCOMPLETE;
  return ends ? UPSHAKE_OK : (upshake_error)body->error;
}

uint32_t upshake_body_offset(const upshake_body *body) { return body->offset; }
