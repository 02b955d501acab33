/* SPDX-License-Identifier: MIT
 *
 * What stands behind the line about an answer that is no switch: see refusal.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "refusal.h"

#include "report.h"

/* How long the body may take, and how much of it is kept. */
#define BODY_MS 500
#define BODY_KEPT 4096
#define READ_CAP 4096

/* Returns 1 if the body goes on, and there is room. */
static int take_body(struct refusal *refusal, upshake_body *body,
                     upshake_slice bytes) {
  upshake_error error = UPSHAKE_ERR_INCOMPLETE;
  upshake_slice content;
  size_t used;
  while (error == UPSHAKE_ERR_INCOMPLETE && bytes.len > 0) {
    error = upshake_body_read(body, bytes.ptr, bytes.len, &used, &content);
    size_t room = BODY_KEPT - refusal->body.len;
    if (content.len > room) {
      refusal->is_cut = 1;
      content.len = room;
    }
    note_bytes(&refusal->body, content.ptr, content.len);
    bytes = (upshake_slice){bytes.ptr + used, bytes.len - used};
  }
  return error == UPSHAKE_ERR_INCOMPLETE && !refusal->is_cut;
}

static void read_body(struct refusal *refusal, uint64_t len,
                      struct channel *channel, upshake_slice early) {
  moment deadline = net_now_ms() + BODY_MS;
  char bytes[READ_CAP];
  upshake_body body;
  ssize_t n;
  upshake_body_init(&body, len, 0);
  if (len == 0 || !take_body(refusal, &body, early))
    return;
  while ((n = channel_receive(channel, bytes, sizeof bytes, deadline)) > 0)
    if (!take_body(refusal, &body, (upshake_slice){bytes, (size_t)n}))
      return;
  refusal->is_cut = n < 0 || upshake_body_closed(&body) != UPSHAKE_OK;
}

void refusal_read(struct refusal *refusal, const struct answer_seen *seen,
                  struct channel *channel, upshake_slice early) {
  say_answer_hint(seen, &refusal->hint);
  if (seen->result->next == UPSHAKE_CLIENT_OTHER)
    read_body(refusal, seen->result->body_len, channel, early);
}

void refusal_free(struct refusal *refusal) {
  note_free(&refusal->hint);
  note_free(&refusal->body);
}

void refusal_print(const struct refusal *refusal) {
  struct shown hint = {.mark = "  "}, body = {.mark = "  | "};
  show_bytes(&hint, note_text(&refusal->hint), refusal->hint.len);
  show_end(&hint);
  show_bytes(&body, note_text(&refusal->body), refusal->body.len);
  show_end(&body);
  if (refusal->is_cut && refusal->body.len > 0)
    show_bytes(&body, "...\n", 4);
}
