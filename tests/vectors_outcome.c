/* SPDX-License-Identifier: MIT
 *
 * Running the golden vectors: what the case expects.
 */
#include "vectors_run.h"

#include "switches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The octet behind the head that begins with the first line that is not
 * empty, or NOT_GIVEN. */
size_t end_of_head(upshake_slice octets) {
  size_t at = 0;
  while (at + 2 <= octets.len && memcmp(octets.ptr + at, "\r\n", 2) == 0)
    at += 2;
  for (; at + 4 <= octets.len; at++)
    if (memcmp(octets.ptr + at, "\r\n\r\n", 4) == 0)
      return at + 4;
  return VECTOR_NOT_GIVEN;
}

static void expect_place(run *r, const seen *s) {
  const vector *v = r->v;
  size_t offset = v->bad_at;
  size_t consumed = v->consumed_at;
  if (consumed == VECTOR_NOT_GIVEN && v->outcome != VECTOR_REFUSED)
    consumed = v->octets.len;
  if (consumed != VECTOR_NOT_GIVEN)
    expect_number(r, "consumed", consumed, s->taken);
  /* Where the host refuses nothing is wrong with any octet. */
  if (offset == VECTOR_NOT_GIVEN && v->outcome == VECTOR_REFUSED &&
      v->error != UPSHAKE_ERR_REFUSED && v->error != UPSHAKE_ERR_DECISION)
    offset = end_of_head(v->octets);
  if (v->outcome != VECTOR_REFUSED)
    offset = 0; /* nothing is wrong */
  if (offset != VECTOR_NOT_GIVEN)
    expect_number(r, "offset", offset, s->result.offset);
}

/* What HTTP2-Settings decodes to, in memory of the exact size; absent where it
 * is malformed. */
static gathered decode_settings(run *r, const seen *s) {
  gathered settings = {NULL, 0};
  upshake_slice value = upshake_find_field(s->request.fields, "HTTP2-Settings");
  char octets[8192];
  size_t len = upshake_decode_settings(value, octets, sizeof octets);
  if (len > sizeof octets)
    return settings;
  settings.ptr = len == 0 ? copy("", 1) : room_of(len);
  settings.len = upshake_decode_settings(value, settings.ptr, len);
  expect_number(r, "len of the settings", len, settings.len);
  settings.len = len;
  expect_true(r, "settings need their room",
              len == 0 ||
                  upshake_decode_settings(value, octets, len - 1) == SIZE_MAX);
  return settings;
}

static void expect_texts(run *r, const seen *s) {
  gathered settings = decode_settings(r, s);
  upshake_slice actual[VECTOR_TEXTS] = {
      s->protocol,
      s->result.subprotocol,
      s->request.method,
      s->request.target,
      s->request.authority,
      s->request.scheme,
      s->request.path,
      s->request.query,
      part(r->v->octets, s->taken, r->v->octets.len),
      slice_of(&s->content),
      reply_field(s, "Sec-WebSocket-Extensions"),
      slice_of(&settings),
      s->head,
  };
  for (size_t i = 0; i < VECTOR_TEXTS; i++)
    if (r->v->texts_given[i])
      expect_octets(r, vector_text_names[i], r->v->texts[i], actual[i]);
  free(settings.ptr);
}

static void expect_agreed(run *r, const seen *s) {
  const upshake_deflate *expected = &r->v->agreed, *actual = &s->agreed;
  expect_number(r, "agreed", r->v->agreed_given == 2, s->agreed_len > 0);
  if (r->v->agreed_given == 1 || s->agreed_len == 0)
    return;
  expect_number(r, "server-bits", expected->server_bits, actual->server_bits);
  expect_number(r, "client-bits", expected->client_bits, actual->client_bits);
  expect_number(r, "no-server-takeover", expected->no_server_takeover,
                actual->no_server_takeover);
  expect_number(r, "no-client-takeover", expected->no_client_takeover,
                actual->no_client_takeover);
}

/* What the case expects to be sent; without phrases its last status line ends
 * behind the status, if the phrase is the library's. */
static void expect_replies(run *r, const seen *s) {
  static const char first[] = "HTTP/1.1 100 Continue\r\n\r\n";
  const vector *v = r->v;
  upshake_slice rest = v->reply;
  gathered expected = {NULL, 0};
  size_t at = 0, end;
  if (rest.len >= sizeof first - 1 &&
      memcmp(rest.ptr, first, sizeof first - 1) == 0)
    at = sizeof first - 1;
  rest = part(rest, at, rest.len);
  end = at + take_crlf_line(&rest).len;
  at += sizeof "HTTP/1.1 400 " - 1;
  if (WITH_PHRASES || v->status == UPSHAKE_ACCEPT || v->extra.reason.ptr ||
      at > end)
    at = end;
  gather(&expected, v->reply.ptr, at);
  gather(&expected, v->reply.ptr + end, v->reply.len - end);
  expect_octets(r, "replies", slice_of(&expected), slice_of(&s->replies));
  free(expected.ptr);
}

void expect_outcome(run *r, const seen *s) {
  static const upshake_next next[] = {UPSHAKE_SEND, UPSHAKE_SEND, UPSHAKE_PLAIN,
                                      UPSHAKE_READ, UPSHAKE_DECIDE};
  const vector *v = r->v;
  expect_next(r, "next", next[v->outcome], s->result.next);
  /* In a body the head is complete, and nothing is wrong yet. */
  expect_error(r, "error",
               v->outcome == VECTOR_INCOMPLETE && s->content.ptr != NULL
                   ? (v->reads_body ? UPSHAKE_ERR_NO_UPGRADE : UPSHAKE_OK)
                   : v->error,
               s->result.error);
  expect_number(r, "status", v->status < 0 ? 0 : (uint64_t)v->status,
                (uint64_t)s->result.status);
  expect_place(r, s);
  expect_texts(r, s);
  expect_error(r, "call", v->call, s->call);
  /* without bodies none is skipped, so the connection must close */
  if (v->may_keep && (WITH_BODIES || s->result.body_left == 0))
    expect_number(r, "may-keep", v->may_keep == 2, s->result.may_keep != 0);
  if (v->body_left_given)
    expect_number(r, "body-left", v->body_left, s->result.body_left);
  if (v->dropped_given)
    expect_number(r, "dropped", v->dropped, s->result.dropped);
  if (v->reply_given)
    expect_replies(r, s);
  if (v->capsules)
    expect_number(
        r, "capsules", v->capsules == 2,
        (uint64_t)upshake_is_true(s->request.fields, "capsule-protocol"));
  if (v->agreed_given)
    expect_agreed(r, s);
}
