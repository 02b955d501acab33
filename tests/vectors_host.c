/* SPDX-License-Identifier: MIT
 *
 * Running the golden vectors: the host's side, which decides, answers and
 * takes the reply.
 */
#include "vectors_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The decision ------------------------------------------------------- */

int answer_of(const run *r) {
  return r->decisions > 1 ? r->v->answer_at_end : r->v->answer;
}

static upshake_error choose_protocol(upshake *hs, upshake_slice name) {
  char *copied = copy(name.ptr, name.len);
  name.ptr = copied;
  upshake_error error = upshake_choose_protocol(hs, name);
  free(copied);
  return error;
}

static upshake_error choose(run *r, upshake *hs) {
  upshake_error error = UPSHAKE_OK;
  if (r->v->chooses_protocol)
    error = choose_protocol(hs, r->v->protocol_choice);
  if (error == UPSHAKE_OK && r->v->chooses_subprotocol) {
    upshake_slice name = r->v->choice;
    char *copied = name.ptr == NULL ? NULL : copy(name.ptr, name.len);
    name.ptr = copied;
    error = upshake_choose_subprotocol(hs, name);
    free(copied);
  }
  return error;
}

/* Called once, and once more behind a body where the table says so. */
static int decide(upshake *hs, void *user) {
  run *r = user;
  upshake_result before = upshake_get_result(hs);
  upshake_error error = UPSHAKE_OK;
  r->decisions++;
  if (r->decisions == 1)
    error = choose(r, hs);
  else
    expect_number(r, "body-left behind the body", 0, before.body_left);
  expect_next(r, "next in the callback", UPSHAKE_DECIDE, before.next);
  upshake_result after = upshake_get_result(hs);
  if (error != UPSHAKE_OK)
    expect_same_result(r, &before, &after, 0);
  if (r->decisions == 1)
    r->choose_error = error;
  return r->waits ? UPSHAKE_LATER : answer_of(r);
}

upshake_config config_of(run *r) {
  upshake_config config = r->v->config;
  config.decide = r->v->decides ? decide : NULL;
  if (r->leans)
    config.lean = 1;
  r->decisions = 0;
  r->choose_error = UPSHAKE_OK;
  return config;
}

/* ---- Replies ------------------------------------------------------------ */

void send_continue(run *r, upshake *hs, seen *s, size_t part_len) {
  upshake_result before = upshake_get_result(hs);
  upshake_cursor cursor = {0};
  size_t from = 0, len = 0;
  do {
    char *out = room_of(part_len);
    upshake_error error =
        upshake_reply_part(hs, &r->v->extra, &cursor, out, part_len, &len);
    expect_error(r, "100 (Continue)", UPSHAKE_OK, error);
    gather(&s->replies, out, len);
    free(out);
    from += len;
  } while (len > 0 && from < 1000);
  upshake_result after = upshake_get_result(hs);
  expect_same_result(r, &before, &after, 0);
}

const upshake_extra *extra_of(const run *r, const seen *s) {
  return has_extra(r->v) ? &s->extra : NULL;
}

/* A whole reply in parts of n octets. */
void expect_parts(run *r, upshake *hs, const seen *s, size_t n) {
  upshake_cursor cursor = {0};
  size_t from = 0, len;
  for (;;) {
    char *out = room_of(n);
    upshake_error error =
        upshake_reply_part(hs, extra_of(r, s), &cursor, out, n, &len);
    expect_error(r, "reply in parts", s->reply_error, error);
    if (error != UPSHAKE_OK || len > n || from + len > s->reply.len) {
      if (!is_of_extra(error))
        expect_number(r, "len of a part", 0, len);
      free(out);
      return;
    }
    upshake_slice actual = {out, len};
    if (len > 0)
      expect_octets(r, "a part of the reply", part(s->reply, from, from + len),
                    actual);
    free(out);
    if (len == 0)
      break;
    from += len;
  }
  expect_number(r, "len of all parts", s->reply.len, from);
}

/* With one octet too few nothing is written. */
static void expect_room(run *r, upshake *hs, const seen *s, size_t size,
                        const upshake_extra *extra) {
  size_t len = 1;
  upshake_error error =
      upshake_reply_with(hs, extra, s->written, size - 1, &len);
  expect_error(r, "reply with too little room", UPSHAKE_ERR_ROOM, error);
  expect_number(r, "the room that it asks for", size, len);
  expect_true(r, "nothing is written",
              s->written[0] == 'Z' &&
                  memcmp(s->written, s->written + 1, size - 1) == 0);
}

/* Ask for the size, then write into exactly that. */
static void write_reply(run *r, upshake *hs, seen *s,
                        const upshake_extra *extra) {
  size_t size = 1, len = 1;
  upshake_error error = upshake_reply_with(hs, extra, NULL, 0, &size);
  s->reply_error = error == UPSHAKE_ERR_ROOM ? UPSHAKE_OK : error;
  if (error != UPSHAKE_ERR_ROOM) {
    expect_true(r, "reply is refused", error != UPSHAKE_OK);
    expect_true(r, "the place of the culprit, or 0",
                size <= (is_of_extra(error) ? r->v->extra.fields_len : 0));
    return;
  }
  s->written = room_of(size);
  memset(s->written, 'Z', size);
  if (r->cut == 0)
    expect_room(r, hs, s, size, extra);
  error = upshake_reply_with(hs, extra, s->written, size, &len);
  expect_error(r, "reply", UPSHAKE_OK, error);
  expect_number(r, "len of the reply", size, len);
  s->reply.ptr = s->written;
  s->reply.len = size;
  gather(&s->replies, s->written, size);
}

/* ---- What is added ------------------------------------------------------ */

int has_extra(const vector *v) {
  return v->extra.fields_len > 0 || v->extra.date.len > 0 ||
         v->extra.body.len > 0 || v->extra.keep || v->extra.content ||
         v->extra.reason.ptr != NULL || v->extra.extensions.ptr != NULL ||
         v->agrees;
}

/* Agree to permessage-deflate; what zlib can is also said by NULL. */
static void agree(run *r, const upshake *hs, seen *s) {
  static const upshake_deflate_caps zlib;
  const upshake_deflate_caps *caps = &r->v->caps;
  upshake_request request = upshake_get_request(hs);
  if (memcmp(caps, &zlib, sizeof zlib) == 0 && r->cut % 2 == 0)
    caps = NULL;
  s->extensions = room_of(UPSHAKE_DEFLATE_CAP);
  s->agreed_len =
      upshake_agree_deflate(request.fields, caps, &s->agreed, s->extensions);
  expect_true(r, "len of what is agreed", s->agreed_len <= UPSHAKE_DEFLATE_CAP);
  if (s->agreed_len > 0) {
    s->extra.extensions.ptr = s->extensions;
    s->extra.extensions.len = s->agreed_len;
  }
}

/* What the host does when all octets were fed, and what it then sees. */
void finish(run *r, upshake *hs, seen *s) {
  upshake_result before = upshake_get_result(hs);
  s->call = r->choose_error;
  if (r->v->refuses) {
    upshake_error error = upshake_answer(hs, r->v->refusal);
    upshake_result after = upshake_get_result(hs);
    if (error != UPSHAKE_OK)
      expect_same_result(r, &before, &after, 0);
    s->call = s->call == UPSHAKE_OK ? error : s->call;
  }
  s->result = upshake_get_result(hs);
  s->protocol = upshake_protocol_name(hs);
  s->decisions = r->decisions;
  s->extra = r->v->extra;
  if (r->v->agrees && s->result.status == UPSHAKE_ACCEPT)
    agree(r, hs, s);
  write_reply(r, hs, s, extra_of(r, s));
  upshake_result after = upshake_get_result(hs);
  expect_same_result(r, &s->result, &after, 0);
  if (s->result.next != UPSHAKE_SEND)
    expect_error(r, "reply without SEND", UPSHAKE_ERR_STATE, s->reply_error);
  /* Without a reply to write, STATE is worth telling where it is asked for. */
  if (s->call == UPSHAKE_OK &&
      (s->result.next == UPSHAKE_SEND || r->v->call == UPSHAKE_ERR_STATE))
    s->call = s->reply_error;
}
