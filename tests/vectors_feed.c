/* SPDX-License-Identifier: MIT
 *
 * Running the golden vectors: the octets of a case are fed in each of the ways
 * in which they can be cut.
 */
#include "vectors_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t piece_len(const run *r, way how, size_t at, size_t len) {
  if (how == OCTETS)
    return 1;
  return how == CUT && at < r->cut ? r->cut - at : len - at;
}

/* States can be copied and moved: each octet meets another one. */
static void move_state(upshake *hs) {
  upshake moved;
  memcpy(&moved, hs, sizeof moved);
  memset(hs, 0x5a, sizeof *hs);
  memcpy(hs, &moved, sizeof moved);
}

/* A case on its way through the handshake. */
typedef struct drive {
  run *r;
  upshake *hs;
  seen *s;
  way how;
  size_t at;  /* octets that are gone: fed and taken, or committed */
  size_t cap; /* of the head memory */
  int is_room, is_stuck;
  upshake_next next;
  int has_read; /* the host has asked for the body */
} drive;

static int is_of(upshake_slice slice, const char *octets, size_t len) {
  return octets != NULL && slice.ptr >= octets &&
         slice.ptr + slice.len <= octets + len;
}

/* At BODY the content is of the octets that were taken, or of those that are
 * held. */
static void take_content(drive *d, const char *taken, size_t len) {
  upshake_slice content = upshake_get_result(d->hs).content;
  expect_true(d->r, "content is not empty", content.len > 0);
  d->is_stuck = content.len == 0 || !(is_of(content, taken, len) ||
                                      is_of(content, d->s->memory, d->cap));
  expect_true(d->r, "content is of the octets taken", !d->is_stuck);
  if (!d->is_stuck)
    gather(&d->s->content, content.ptr, content.len);
}

static void feed_piece(drive *d) {
  upshake_slice octets = d->r->v->octets;
  size_t used = SIZE_MAX; /* to be set, whatever comes back */
  size_t len = piece_len(d->r, d->how, d->at, octets.len);
  if (len > octets.len - d->at)
    len = octets.len - d->at;
  char *piece = len == 0 ? NULL : copy(octets.ptr + d->at, len);
  d->next = upshake_feed(d->hs, piece, len, &used);
  if (used > len || (d->next == UPSHAKE_READ && used < len)) {
    expect_number(d->r, "used", len, used);
    d->next = UPSHAKE_SEND;
  } else if (d->next == UPSHAKE_BODY) {
    take_content(d, piece, used);
  }
  d->at += used > len ? len : used;
  free(piece);
  if (d->how == OCTETS)
    move_state(d->hs);
}

static int is_in_body(const drive *d) {
  return upshake_get_request(d->hs).fields.raw.ptr != NULL;
}

/* Whether there is no room; a head that is not complete is too long then. */
static int is_full(const drive *d) {
  size_t cap = 1;
  upshake_room(d->hs, &cap);
  return d->next == UPSHAKE_READ && cap == 0;
}

static void commit_piece(drive *d) {
  upshake_slice octets = d->r->v->octets;
  size_t cap = 1;
  if (is_full(d) && is_in_body(d)) { /* as the header says, feed goes on */
    d->is_room = 0;
    feed_piece(d);
    return;
  }
  d->is_stuck = is_full(d);
  char *room = upshake_room(d->hs, &cap);
  size_t len = octets.len - d->at < cap ? octets.len - d->at : cap;
  if (d->next != UPSHAKE_READ)
    len = 0;
  if (len > 0)
    memcpy(room, octets.ptr + d->at, len);
  d->next = upshake_commit(d->hs, len);
  d->at += len;
  if (d->next == UPSHAKE_BODY)
    take_content(d, NULL, 0);
}

/* Nothing is taken until the 100 (Continue) was. */
static void expect_to_wait(drive *d) {
  upshake_result before = upshake_get_result(d->hs);
  size_t used = 1;
  char *octet = copy("G", 1);
  upshake_next next = upshake_feed(d->hs, octet, 1, &used);
  free(octet);
  upshake_result after = upshake_get_result(d->hs);
  expect_next(d->r, "next before a 100 is taken", before.next, next);
  expect_number(d->r, "used before a 100 is taken", 0, used);
  expect_same_result(d->r, &before, &after, 0);
}

/* At PLAIN the host asks for the body, once. */
static void read_body(drive *d) {
  int has_body = upshake_get_result(d->hs).body_left > 0;
  expect_error(d->r, "read_body", has_body ? UPSHAKE_OK : UPSHAKE_ERR_ANSWER,
               upshake_read_body(d->hs));
  d->has_read = 1;
  d->next = upshake_get_result(d->hs).next;
  if (!has_body)
    expect_next(d->r, "next without a body", UPSHAKE_PLAIN, d->next);
}

/* Returns whether there is more to feed, be it no octet. */
static int go_on(drive *d) {
  upshake_result result = upshake_get_result(d->hs);
  expect_next(d->r, "next in the result", d->next, result.next);
  if (d->next == UPSHAKE_DECIDE && d->r->waits) {
    expect_error(d->r, "answer", UPSHAKE_OK,
                 upshake_answer(d->hs, answer_of(d->r)));
    d->next = upshake_get_result(d->hs).next;
    result = upshake_get_result(d->hs);
  }
  if (d->next == UPSHAKE_PLAIN && d->r->v->reads_body && !d->has_read) {
    read_body(d);
    result = upshake_get_result(d->hs);
  }
  if (d->next == UPSHAKE_READ && is_in_body(d))
    gather(&d->s->content, NULL, 0);
  if (d->next == UPSHAKE_SEND && result.status == 100) {
    gather(&d->s->content, NULL, 0);
    expect_to_wait(d);
    send_continue(d->r, d->hs, d->s, d->how == OCTETS ? 7 : 64);
    return 1;
  }
  if (d->next == UPSHAKE_BODY || d->is_stuck)
    return d->next == UPSHAKE_BODY && !d->is_stuck;
  if (d->is_room && is_full(d) && !is_in_body(d))
    return 1;
  return d->next == UPSHAKE_READ && d->at < d->r->v->octets.len;
}

/* Returns how many octets are gone. */
static size_t drive_case(run *r, upshake *hs, seen *s, way how, size_t cap) {
  drive d = {r, hs, s, how, 0, cap, how == ROOM, 0, UPSHAKE_READ, 0};
  size_t used = 1;
  if (how != ROOM) {
    expect_next(r, "feed of nothing", UPSHAKE_READ,
                upshake_feed(hs, NULL, 0, &used));
    expect_number(r, "used of nothing", 0, used);
  }
  while (go_on(&d))
    if (d.is_room)
      commit_piece(&d);
    else
      feed_piece(&d);
  return d.at;
}

/* A handshake that is finished takes nothing more, and stays as it is. */
static void expect_finished(run *r, upshake *hs) {
  upshake_result before = upshake_get_result(hs);
  if (before.next == UPSHAKE_READ)
    return;
  size_t used = 1, cap = 1;
  char *octet = copy("G", 1);
  upshake_next next = upshake_feed(hs, octet, 1, &used);
  free(octet);
  upshake_room(hs, &cap);
  upshake_result after = upshake_get_result(hs);
  expect_next(r, "next of a second feed", before.next, next);
  expect_number(r, "used of a second feed", 0, used);
  expect_number(r, "room behind the end", 0, cap);
  expect_same_result(r, &before, &after, 0);
}

/* The head, then what was not taken, is the stream as it came.  What is fed is
 * taken to the end of the head or the body; what is committed is all taken. */
static void expect_stream(run *r, upshake *hs, seen *s, size_t gone, way how) {
  upshake_slice octets = r->v->octets;
  upshake_slice rest = upshake_rest(hs);
  s->taken = gone - (rest.len < gone ? rest.len : gone);
  size_t end = s->result.consumed;
  expect_number(r, "consumed is the head", s->head.len + s->result.dropped,
                end);
  if (s->taken > end || is_of_body(s->result.error))
    gather(&s->content, NULL, 0);
  if (s->content.ptr == NULL)
    expect_number(r, "octets taken", end, s->taken);
  if (how != ROOM)
    expect_number(r, "rest of what is fed", 0, rest.len);
  if (end > octets.len || s->taken + rest.len > octets.len)
    return;
  gathered kept = kept_octets(r, part(octets, 0, end));
  expect_true(r, "head is what came", same_octets(s->head, slice_of(&kept)));
  free(kept.ptr);
  expect_true(r, "rest is what came",
              same_octets(rest, part(octets, s->taken, s->taken + rest.len)));
}

seen run_once(run *r, way how, size_t cut) {
  static const char *const names[] = {"whole", "octet by octet", "cut at",
                                      "room and commit", "answered later"};
  seen s = {0};
  upshake hs;
  upshake_config config = config_of(r);
  r->waits = how == WAITING;
  r->how = names[how];
  r->cut = cut;
  /* A head memory that is never full is as good as any larger one. */
  size_t cap = r->v->head_max;
  cap = cap > r->v->octets.len ? r->v->octets.len + 1 : cap;
  s.memory = room_of(cap);
  expect_error(r, "init", UPSHAKE_OK,
               upshake_init(&hs, &config, s.memory, cap, r));
  size_t gone = drive_case(r, &hs, &s, how, cap);
  expect_finished(r, &hs);
  if (how == WHOLE)
    expect_failures(r, &hs);
  finish(r, &hs, &s);
  s.request = upshake_get_request(&hs);
  s.head = upshake_head(&hs);
  expect_stream(r, &hs, &s, gone, how);
  if (s.written != NULL && (how == WHOLE || how == OCTETS)) {
    expect_parts(r, &hs, &s, 1);
    expect_parts(r, &hs, &s, 7);
    expect_parts(r, &hs, &s, 64);
  }
  if (how == WHOLE || how == WAITING)
    expect_values(r, &hs, &s);
  return s;
}
