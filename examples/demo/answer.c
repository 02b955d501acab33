/* SPDX-License-Identifier: MIT
 *
 * What upshake-demo answers to a head: see answer.h.
 */
#include "answer.h"

#include <string.h>

#include "page.h"

/* The time limit until a refusal, the page or an exchange is sent. */
#define ANSWER_MS 20000

/* There is always room, because nothing is sent before the reply. */
upshake_slice answer_write(struct connection *c, const upshake_extra *extra) {
  size_t cap, len;
  char *reply = out_room(&c->out, &cap);
  if (upshake_reply_with(&c->hs, extra, reply, cap, &len) != UPSHAKE_OK)
    return (upshake_slice){NULL, 0};
  out_commit(&c->out, len);
  return (upshake_slice){reply, len};
}

void answer_report(struct connection *c, struct verdict verdict,
                   upshake_slice reply) {
  log_handshake(c->peer, &c->hs, verdict);
  exchanges_keep(c->service->exchanges, &c->hs, c->peer, verdict, reply,
                 now_ms());
}

/* ---- Refusals ------------------------------------------------------------ */

static void refuse(struct connection *c, struct verdict verdict) {
  static const upshake_field fields[] = {
      {{UPSHAKE_TEXT("Content-Type")}, {UPSHAKE_TEXT("text/plain")}},
      {{UPSHAKE_TEXT("X-Content-Type-Options")}, {UPSHAKE_TEXT("nosniff")}},
      {{UPSHAKE_TEXT("Allow")}, {UPSHAKE_TEXT("GET, HEAD")}},
  };
  /* For a WebSocket with another method the library writes Allow itself. */
  int needs_allow =
      verdict.status == 405 && verdict.error != UPSHAKE_ERR_METHOD;
  char body[4096];
  struct text text = {body, sizeof body, 0, 0};
  describe_refusal(&text, &c->hs, verdict);
  upshake_extra extra = {
      .fields = fields,
      .fields_len = needs_allow ? 3 : 2,
      .date = date_now(),
      .body = {body, text.len},
      .keep = UPSHAKE_KEEP_CLOSE,
  };
  upshake_slice reply = answer_write(c, &extra);
  answer_report(c, verdict, reply);
  if (reply.ptr == NULL)
    connection_enter(c, PHASE_OVER, NEVER);
  else
    connection_enter(c, PHASE_ANSWER, now_ms() + ANSWER_MS);
}

void answer_as_judged(struct connection *c) {
  upshake_result result = upshake_get_result(&c->hs);
  refuse(c, (struct verdict){"refused", result.status, result.error, NULL});
}

void answer_late(struct connection *c) {
  upshake_answer(&c->hs, 408);
  refuse(c, (struct verdict){"refused", 408, UPSHAKE_ERR_INCOMPLETE,
                             c->phase == PHASE_HEAD
                                 ? "the head did not come in time"
                                 : "the body did not come in time"});
}

void answer_cut_off(struct connection *c) {
  upshake_answer(&c->hs, 400);
  refuse(c, (struct verdict){"refused", 400, UPSHAKE_ERR_INCOMPLETE,
                             "the client ended before its request did"});
}

void answer_turned_away(struct connection *c) {
  upshake_answer(&c->hs, 503);
  refuse(c, (struct verdict){"refused", 503, UPSHAKE_ERR_REFUSED,
                             "too many connections"});
}

/* The sender wants to know why its request is no upgrade. */
static void refuse_plain(struct connection *c, int status) {
  upshake_error reason = upshake_get_result(&c->hs).error;
  upshake_answer(&c->hs, status);
  refuse(c, (struct verdict){"plain", status, reason, NULL});
}

/* ---- Answers with content ------------------------------------------------ */

void answer_fill(struct connection *c) {
  struct content *content = &c->content;
  while (content->line < content->lines_len) {
    const char *rest = content->lines[content->line] + content->at;
    size_t len = strlen(rest), used = out_append(&c->out, rest, len);
    content->at += used;
    if (used < len || out_append(&c->out, "\n", 1) == 0)
      return;
    content->line++;
    content->at = 0;
  }
}

/* `fields` are the lines that only this answer has.  HEAD gets no content. */
static void serve(struct connection *c, const char *fields,
                  struct content content, size_t len) {
  struct text head = {NULL, 0, 0, 0};
  upshake_slice date = date_now();
  upshake_error reason = upshake_get_result(&c->hs).error;
  int is_head = upshake_equal(upshake_get_request(&c->hs).method, "HEAD");
  head.bytes = out_room(&c->out, &head.cap);
  text_add(&head, "HTTP/1.1 200 OK\r\n");
  text_add(&head, fields);
  text_add(&head, "X-Content-Type-Options: nosniff\r\n"
                  "Cache-Control: no-store\r\n"
                  "Connection: close\r\n"
                  "Date: ");
  text_add_escaped(&head, date, "");
  text_add(&head, "\r\nContent-Length: ");
  text_add_number(&head, (long)len);
  text_add(&head, "\r\n\r\n");
  out_commit(&c->out, head.len);
  c->content = content;
  if (is_head)
    c->content.line = content.lines_len;
  answer_report(c, (struct verdict){"plain", 200, reason, NULL},
                (upshake_slice){head.bytes, head.len});
  connection_enter(c, PHASE_ANSWER, now_ms() + ANSWER_MS);
}

static void serve_page(struct connection *c) {
  char fields[1024];
  struct text text = {fields, sizeof fields - 1, 0, 0};
  struct content page = {.lines = demo_page, .lines_len = demo_page_lines};
  text_add(&text, "Content-Type: text/html; charset=utf-8\r\n"
                  "Referrer-Policy: no-referrer\r\n"
                  "Content-Security-Policy: ");
  text_add(&text, demo_page_policy);
  text_add(&text, "\r\n");
  fields[text.len] = '\0';
  serve(c, fields, page, demo_page_bytes);
}

/* Only GET takes the exchange away. */
static void serve_exchange(struct connection *c) {
  struct exchange *exchange =
      exchanges_find(c->service->exchanges, &c->hs, c->peer, now_ms());
  if (exchange == NULL) {
    refuse_plain(c, 404);
    return;
  }
  char *json = exchange_to_json(exchange);
  if (json == NULL) {
    refuse_plain(c, 503);
    return;
  }
  if (upshake_equal(upshake_get_request(&c->hs).method, "GET"))
    exchange_forget(exchange);
  struct content content = {.lines = &c->content.json_line,
                            .lines_len = 1,
                            .json = json,
                            .json_line = json};
  serve(c, "Content-Type: application/json\r\n", content, strlen(json) + 1);
}

/* ---- Ordinary requests --------------------------------------------------- */

/* The methods of RFC 9110 9.3 and RFC 5789 that no path here allows.  CONNECT
 * is left out: it has no path, and this server is no proxy. */
static int is_known_method(upshake_slice method) {
  static const char *const known[] = {"POST",    "PUT",   "DELETE",
                                      "OPTIONS", "TRACE", "PATCH"};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (upshake_equal(method, known[i]))
      return 1;
  return 0;
}

/* 405 and 501: RFC 9110 15.5.6 and 15.6.2. */
void answer_plain(struct connection *c) {
  upshake_request request = upshake_get_request(&c->hs);
  if (!upshake_equal(request.method, "GET") &&
      !upshake_equal(request.method, "HEAD"))
    refuse_plain(c, is_known_method(request.method) ? 405 : 501);
  else if (upshake_equal(request.path, "/"))
    serve_page(c);
  else if (upshake_equal(request.path, "/exchange"))
    serve_exchange(c);
  else
    refuse_plain(c, 404);
}
