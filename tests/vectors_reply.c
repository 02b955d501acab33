/* SPDX-License-Identifier: MIT
 *
 * Running the golden vectors: what every reply must be, whatever the case
 * expects.
 */
#include "vectors_run.h"

#include <stdio.h>
#include <string.h>

/* Take a line that ends with CRLF; absent where there is none. */
upshake_slice take_crlf_line(upshake_slice *octets) {
  upshake_slice line = {NULL, 0};
  for (size_t i = 0; i + 1 < octets->len; i++)
    if (memcmp(octets->ptr + i, "\r\n", 2) == 0) {
      line = part(*octets, 0, i);
      *octets = part(*octets, i + 2, octets->len);
      break;
    }
  return line;
}

/* The field lines of a response: how many are named so, and the last value. */
static unsigned count_fields(upshake_slice head, const char *name,
                             upshake_slice *value) {
  size_t len = strlen(name);
  unsigned count = 0;
  for (upshake_slice line; (line = take_crlf_line(&head)).len > 0;)
    if (line.len >= len + 2 && memcmp(line.ptr, name, len) == 0 &&
        memcmp(line.ptr + len, ": ", 2) == 0) {
      *value = part(line, len + 2, line.len);
      count++;
    }
  return count;
}

upshake_slice reply_field(const seen *s, const char *name) {
  upshake_slice head = s->reply, value = {NULL, 0};
  if (head.ptr != NULL)
    take_crlf_line(&head);
  if (head.ptr != NULL)
    count_fields(head, name, &value);
  return value;
}

/* Status line and field lines, each with its CRLF; returns the body. */
static upshake_slice take_response(run *r, upshake_slice reply, int status,
                                   upshake_slice *head) {
  char expected[16];
  upshake_slice rest = reply;
  upshake_slice line = take_crlf_line(&rest);
  snprintf(expected, sizeof expected, "HTTP/1.1 %03d ", status);
  expect_true(r, "status line",
              line.len >= 13 && memcmp(line.ptr, expected, 13) == 0);
  *head = rest;
  while ((line = take_crlf_line(&rest)).len > 0) {
    const char *colon = memchr(line.ptr, ':', line.len);
    expect_true(r, "field line",
                colon != NULL && colon > line.ptr &&
                    memchr(line.ptr, '\r', line.len) == NULL &&
                    memchr(line.ptr, '\n', line.len) == NULL);
  }
  expect_true(r, "the head of the reply ends", line.ptr != NULL);
  *head = part(reply, (size_t)(head->ptr - reply.ptr),
               (size_t)(rest.ptr - reply.ptr));
  return rest;
}

static uint64_t number_of(upshake_slice value) {
  uint64_t n = value.len == 0 ? UINT64_MAX : 0;
  for (size_t i = 0; i < value.len; i++)
    n = n * 10 + (uint64_t)(unsigned char)value.ptr[i] - '0';
  return n;
}

static int to_head_method(upshake_slice octets) {
  while (octets.len >= 2 && memcmp(octets.ptr, "\r\n", 2) == 0)
    octets = part(octets, 2, octets.len);
  return octets.len >= 5 && memcmp(octets.ptr, "HEAD ", 5) == 0;
}

/* A reply says how long its content is, if it can have content. */
static void expect_framing(run *r, int status, upshake_slice head,
                           upshake_slice body) {
  upshake_slice value = {NULL, 0};
  int is_chunked = r->v->extra.content == UPSHAKE_CONTENT_CHUNKED;
  unsigned count = count_fields(head, "Transfer-Encoding", &value);
  expect_true(r, "Transfer-Encoding", count <= (is_chunked ? 1 : 0));
  count = count_fields(head, "Content-Length", &value);
  if (status == 204 || status == 304 || is_chunked) {
    expect_true(r, "no body", count <= (status == 304) && body.len == 0);
    return;
  }
  expect_number(r, "one Content-Length", 1, count);
  if (to_head_method(r->v->octets)) {
    expect_number(r, "body to HEAD", 0, body.len);
    body = r->v->extra.body;
  }
  if (r->v->extra.content == UPSHAKE_CONTENT_MEMORY)
    expect_number(r, "Content-Length", body.len, number_of(value));
}

/* A refusal says how long it is and what becomes of the connection. */
static void expect_refusal(run *r, const seen *s) {
  upshake_slice head, value = {NULL, 0};
  int status = s->result.status;
  upshake_slice body = take_response(r, s->reply, status, &head);
  /* by default only an answer to a request without Upgrade is kept */
  int keeps = r->v->extra.keep == UPSHAKE_KEEP_OPEN ||
              (has_extra(r->v) && s->result.may_keep &&
               (s->result.error == UPSHAKE_ERR_NO_UPGRADE ||
                s->result.error == UPSHAKE_ERR_PROXY_TOOK_UPGRADE));
  expect_true(r, "status of a final reply", status >= 200 && status <= 599);
  unsigned count = count_fields(head, "Connection", &value);
  int closes =
      value.len >= 5 && memcmp(value.ptr + value.len - 5, "close", 5) == 0;
  expect_true(r, "one Connection", keeps ? count <= 1 : count == 1);
  expect_true(r, "Connection says close or not",
              count == 0 || closes == !keeps);
  expect_framing(r, status, head, body);
}

/* RFC 9110 15.2.2: a 101 names the protocol and has no body. */
static void expect_switch(run *r, const seen *s) {
  static const char first[] = "HTTP/1.1 100 Continue\r\n\r\n";
  upshake_slice head, value = {NULL, 0}, reply = s->reply;
  size_t len = sizeof first - 1;
  if (reply.len > len && memcmp(reply.ptr, first, len) == 0)
    reply = part(reply, len, reply.len);
  upshake_slice body = take_response(r, reply, 101, &head);
  expect_number(r, "body of a 101", 0, body.len);
  expect_number(r, "one Upgrade", 1, count_fields(head, "Upgrade", &value));
  expect_number(r, "no Content-Length", 0,
                count_fields(head, "Content-Length", &value));
  expect_number(r, "no Transfer-Encoding", 0,
                count_fields(head, "Transfer-Encoding", &value));
  expect_true(r, "one Sec-WebSocket-Extensions at most",
              count_fields(head, "Sec-WebSocket-Extensions", &value) <= 1);
  expect_number(r, "one Connection", 1,
                count_fields(head, "Connection", &value));
  expect_true(r, "Connection: Upgrade",
              value.len == 7 && memcmp(value.ptr, "Upgrade", 7) == 0);
}

void expect_reply(run *r, const seen *s) {
  if (s->written != NULL && s->result.status == UPSHAKE_ACCEPT)
    expect_switch(r, s);
  else if (s->written != NULL)
    expect_refusal(r, s);
}
