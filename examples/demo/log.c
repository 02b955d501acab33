/* SPDX-License-Identifier: MIT
 *
 * What upshake-demo says about a handshake: see log.h.
 */
#include "log.h"

#include <stdio.h>
#include <string.h>

/* A log line shows at most this much of a text. */
#define CLIP 200

const char *sentence_of(struct verdict verdict) {
  return verdict.sentence != NULL ? verdict.sentence
                                  : upshake_strerror(verdict.error);
}

/* Adds "METHOD target"; if the head is not complete, its first line so far. */
static void add_request_line(struct text *text, const upshake *hs) {
  upshake_request request = upshake_get_request(hs);
  if (request.method.ptr != NULL) {
    text_add_clipped(text, request.method, CLIP);
    text_add(text, " ");
    text_add_clipped(text, request.target, CLIP);
    return;
  }
  upshake_slice line = upshake_head(hs);
  if (line.len == 0)
    return;
  const char *end = memchr(line.ptr, '\r', line.len);
  if (end != NULL)
    line.len = (size_t)(end - line.ptr);
  text_add_clipped(text, line, CLIP);
}

/* Shows Origin beside Host.  If they differ, a page of another host asks, or a
 * proxy has rewritten Host. */
static void add_origin_and_host(struct text *text, const upshake *hs) {
  upshake_request request = upshake_get_request(hs);
  text_add(text, "; origin ");
  text_add_clipped(text, upshake_find_field(request.fields, "Origin"), CLIP);
  text_add(text, ", host ");
  text_add_clipped(text, request.authority, CLIP);
}

static void add_reason(struct text *text, const upshake *hs,
                       struct verdict verdict) {
  text_add(text, upshake_explain(verdict.error).name);
  text_add(text, ": ");
  text_add(text, sentence_of(verdict));
  if (verdict.error == UPSHAKE_ERR_ORIGIN_REFUSED)
    add_origin_and_host(text, hs);
}

static int offers_subprotocols(const upshake *hs) {
  upshake_list offered = upshake_begin_list(upshake_get_request(hs).fields,
                                            "Sec-WebSocket-Protocol");
  upshake_slice name;
  return upshake_next_member(&offered, &name);
}

/* A browser that offered sub-protocols and gets none closes at once (WHATWG
 * WebSockets, "establish a WebSocket connection"). */
static void add_choice(struct text *text, const upshake *hs) {
  upshake_result result = upshake_get_result(hs);
  text_add(text, "OK: ");
  text_add(text, result.protocol->name);
  if (result.subprotocol.ptr != NULL) {
    text_add(text, ", sub-protocol ");
    text_add_clipped(text, result.subprotocol, CLIP);
  } else if (offers_subprotocols(hs)) {
    text_add(text, ", none of the sub-protocols offered: a browser closes");
  }
}

void log_handshake(const char *peer, const upshake *hs,
                   struct verdict verdict) {
  char line[4096];
  struct text text = {line, sizeof line, 0, 0};
  text_add(&text, peer);
  text_add(&text, " \"");
  add_request_line(&text, hs);
  text_add(&text, "\" ");
  text_add(&text, verdict.outcome);
  text_add(&text, " ");
  text_add_number(&text, verdict.status);
  text_add(&text, " ");
  if (verdict.status == 101)
    add_choice(&text, hs);
  else
    add_reason(&text, hs, verdict);
  text_add(&text, "\n");
  fwrite(line, 1, text.len, stdout);
  fflush(stdout);
}

void describe_refusal(struct text *text, const upshake *hs,
                      struct verdict verdict) {
  const char *rule = upshake_explain(verdict.error).rule;
  text_add_number(text, verdict.status);
  text_add(text, " ");
  add_reason(text, hs, verdict);
  if (rule[0] != '\0' && verdict.sentence == NULL) {
    text_add(text, " (");
    text_add(text, rule);
    text_add(text, ")");
  }
  text_add(text, "\n");
}
