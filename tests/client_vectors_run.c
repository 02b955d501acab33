/* SPDX-License-Identifier: MIT
 *
 * Running the golden vectors of the client's side: a response, however it is
 * cut, and with just enough memory for its head.
 */
#include "client_vectors.h"

#include <stdlib.h>
#include <string.h>

/* How a response is given: bits. */
typedef enum giving {
  BY_FEED = 0,
  BY_COMMIT = 1,
  WITH_INTERIM = 2,
  BYS = 4
} giving;

/* What one run shows.  The slices of the result point into the memory. */
typedef struct shown {
  upshake_error init;
  upshake_client_result result;
  size_t taken;
  char *request, *memory, *head; /* the head of the response is in memory */
} shown;

static void drop_shown(shown *s) { free(s->memory); }

/* ---- Feeding ------------------------------------------------------------- */

/* The state is nowhere at home: it goes on at another address. */
static upshake_client *moved(upshake_client *client) {
  upshake_client *next = (upshake_client *)room_of(sizeof *next);
  memcpy(next, client, sizeof *next);
  memset(client, 'z', sizeof *client);
  free(client);
  return next;
}

/* One call, with octets that are gone after it. */
static upshake_client_next feed(run *r, upshake_client **client,
                                upshake_slice octets, size_t *used) {
  char *data = copy(octets.ptr, octets.len);
  *client = moved(*client);
  *used = SIZE_MAX; /* to be set, whatever comes back */
  upshake_client_next next =
      upshake_client_feed(*client, data, octets.len, used);
  if (octets.len > 0)
    memset(data, 'z', octets.len);
  free(data);
  upshake_client_result result = upshake_client_get_result(*client);
  expect_number(r, "next", next, result.next);
  expect_true(r, "no more is used than there is", *used <= octets.len);
  expect_true(r, "READ takes all",
              next != UPSHAKE_CLIENT_READ || *used == octets.len);
  return next;
}

static void expect_same_slices(run *r, const upshake_client_result *a,
                               const upshake_client_result *b) {
  expect_octets(r, "reason", a->reason, b->reason);
  expect_octets(r, "fields", a->fields.raw, b->fields.raw);
  expect_octets(r, "protocol", a->protocol, b->protocol);
  expect_octets(r, "subprotocol", a->subprotocol, b->subprotocol);
  expect_octets(r, "extensions", a->extensions, b->extensions);
}

static void expect_same_client(run *r, const upshake_client_result *a,
                               const upshake_client_result *b) {
  expect_number(r, "next", a->next, b->next);
  expect_error(r, "error", a->error, b->error);
  expect_number(r, "status", (uint64_t)a->status, (uint64_t)b->status);
  expect_number(r, "offset", a->offset, b->offset);
  expect_number(r, "consumed", a->consumed, b->consumed);
  expect_number(r, "body-len", a->body_len, b->body_len);
  expect_number(r, "may-keep", (uint64_t)a->may_keep, (uint64_t)b->may_keep);
  expect_number(r, "content-length", a->length, b->length);
  expect_number(r, "version", (uint64_t)a->version, (uint64_t)b->version);
  expect_true(r, "same deflate",
              memcmp(&a->deflate, &b->deflate, sizeof a->deflate) == 0);
  expect_same_slices(r, a, b);
}

/* A client that is finished takes nothing and stays as it is; one that reads
 * is not changed by nothing. */
static void expect_still(run *r, upshake_client **client,
                         upshake_slice octets) {
  upshake_client_result before = upshake_client_get_result(*client);
  size_t used = 7;
  feed(r, client, octets, &used);
  upshake_client_result after = upshake_client_get_result(*client);
  expect_number(r, "used when finished", 0, used);
  expect_same_client(r, &before, &after);
}

static size_t piece_of(way how, size_t cut, size_t at, size_t len) {
  if (how == OCTETS)
    return 1;
  return how == CUT && at < cut ? cut - at : len - at;
}

/* A 1xx, with its fields. */
static void expect_interim(run *r, const upshake_client *client) {
  upshake_client_result result = upshake_client_get_result(client);
  upshake_slice head = upshake_client_head(client);
  expect_error(r, "error of INTERIM", UPSHAKE_OK, result.error);
  expect_true(r, "INTERIM has a status of 1xx but 101",
              result.status / 100 == 1 && result.status != 101);
  expect_true(r, "INTERIM has its fields", result.fields.raw.ptr != NULL);
  expect_true(r, "INTERIM has no body and no protocol",
              result.body_len == 0 && result.length == 0 &&
                  result.may_keep == 0 && result.protocol.ptr == NULL);
  expect_true(r, "the head is that of the 1xx",
              head.len > 12 && head.ptr[9] == '1' &&
                  memcmp(head.ptr + head.len - 4, "\r\n\r\n", 4) == 0);
}

/* All that was received is in the memory, behind the head. */
static void commit_all(run *r, upshake_client **client, way how, size_t cut,
                       shown *s) {
  upshake_slice octets = r->v->octets, rest;
  upshake_client_next next = UPSHAKE_CLIENT_READ;
  size_t at = 0, cap = 1;
  while (at < octets.len && next == UPSHAKE_CLIENT_READ) {
    size_t n = piece_of(how, cut, at, octets.len);
    char *room = upshake_client_room(*client, &cap);
    expect_true(r, "there is room at READ", cap > 0 || r->v->head_max == 0);
    n = n < cap ? n : cap;
    memcpy(room, octets.ptr + at, n);
    *client = moved(*client);
    next = upshake_client_commit(*client, n);
    at += n;
    while (next == UPSHAKE_CLIENT_INTERIM) {
      expect_interim(r, *client);
      upshake_client_room(*client, &cap);
      expect_number(r, "room at INTERIM", 0, cap);
      next = upshake_client_commit(*client, 0);
    }
  }
  rest = upshake_client_rest(*client);
  upshake_client_room(*client, &cap);
  expect_true(r, "rest is for the end",
              next != UPSHAKE_CLIENT_READ || rest.ptr == NULL);
  expect_true(r, "there is no room at the end",
              next == UPSHAKE_CLIENT_READ || cap == 0);
  s->taken = at - rest.len;
  if (next != UPSHAKE_CLIENT_READ)
    expect_octets(r, "rest", part(octets, s->taken, at), rest);
}

static void feed_all(run *r, upshake_client **client, way how, size_t cut,
                     shown *s) {
  upshake_slice octets = r->v->octets, none = {NULL, 0}, more = {"HTTP", 4};
  upshake_client_next next = UPSHAKE_CLIENT_READ;
  expect_still(r, client, none);
  while (s->taken < octets.len && next == UPSHAKE_CLIENT_READ) {
    size_t n = piece_of(how, cut, s->taken, octets.len), used = 0;
    next = feed(r, client, part(octets, s->taken, s->taken + n), &used);
    s->taken += used;
    if (next == UPSHAKE_CLIENT_INTERIM) {
      expect_interim(r, *client);
      next = feed(r, client, none, &used);
      expect_number(r, "next behind INTERIM", UPSHAKE_CLIENT_READ, next);
    }
  }
  expect_still(r, client, none);
  if (next != UPSHAKE_CLIENT_READ)
    expect_still(r, client, more);
}

/* How many bytes a client keeps of the request: with less memory there is no
 * room. */
static size_t kept_of(upshake_slice request) {
  size_t least = 0, most = request.len;
  upshake_client client;
  char *memory = room_of(most + 1);
  while (least < most) {
    size_t cap = least + (most - least) / 2;
    if (upshake_client_init(&client, NULL, request, memory, cap) ==
        UPSHAKE_ERR_ROOM)
      least = cap + 1;
    else
      most = cap;
  }
  free(memory);
  return least;
}

/* The request is gone before the first byte of the response. */
static void drop_request(shown *s, size_t len) {
  if (len > 0)
    memset(s->request, 'z', len);
  free(s->request);
  s->request = NULL;
}

/* With room for a head of `cap` bytes. */
static shown run_client(run *r, const client_vector *v, giving by, way how,
                        size_t cut, size_t cap) {
  static const char *const names[] = {
      "whole",           "octet by octet",           "cut at",
      "committed whole", "committed octet by octet", "committed, cut at"};
  upshake_client_policy policy = v->policy;
  shown s = {0};
  policy.interim = (by & WITH_INTERIM) != 0;
  r->how = names[3 * (by & BY_COMMIT) + how];
  r->cut = cut;
  s.request = copy(v->request.ptr, v->request.len);
  upshake_client *client = (upshake_client *)room_of(sizeof *client);
  upshake_slice request = {s.request, v->request.len};
  size_t kept = kept_of(request);
  s.memory = kept + cap > 0 ? room_of(kept + cap) : NULL;
  s.head = s.memory + (s.memory == NULL ? 0 : kept);
  s.init = upshake_client_init(client, &policy, request, s.memory, kept + cap);
  drop_request(&s, request.len);
  if (s.init == UPSHAKE_OK) {
    (by & BY_COMMIT ? commit_all : feed_all)(r, &client, how, cut, &s);
    s.result = upshake_client_get_result(client);
  }
  free(client);
  return s;
}

/* ---- What the case says -------------------------------------------------- */

static int is_inside(upshake_slice slice, const char *memory, size_t len) {
  return slice.ptr == NULL ||
         (slice.ptr >= memory && slice.ptr + slice.len <= memory + len);
}

static void expect_places(run *r, const client_vector *v, const shown *s) {
  const upshake_client_result *result = &s->result;
  size_t cap = v->common.head_max;
  expect_true(
      r, "protocol points to what is kept of the request",
      is_inside(result->protocol, s->memory, (size_t)(s->head - s->memory)));
  expect_true(r, "all else points into the response",
              is_inside(result->reason, s->head, cap) &&
                  is_inside(result->fields.raw, s->head, cap) &&
                  is_inside(result->subprotocol, s->head, cap) &&
                  is_inside(result->extensions, s->head, cap));
}

/* What is chosen is chosen by a switch; a head that is not complete shows
 * nothing. */
static int is_compared(const client_vector *v, int text) {
  if (v->texts_given[text])
    return 1;
  if (text == CLIENT_PROTOCOL)
    return v->outcome != CLIENT_SWITCHED;
  if (text == CLIENT_REASON)
    return v->outcome == CLIENT_INCOMPLETE;
  return text == CLIENT_SUBPROTOCOL || text == CLIENT_EXTENSIONS;
}

static void expect_texts(run *r, const client_vector *v, const shown *s) {
  upshake_slice rest = part(v->common.octets, s->taken, v->common.octets.len);
  const upshake_client_result *result = &s->result;
  const upshake_slice texts[] = {result->reason, result->protocol,
                                 result->subprotocol, result->extensions, rest};
  for (int i = 0; i < CLIENT_TEXTS; i++)
    if (is_compared(v, i))
      expect_octets(r, client_text_names[i], v->texts[i], texts[i]);
  expect_true(r, "a head that is not complete has no fields yet",
              v->outcome != CLIENT_INCOMPLETE ||
                  result->fields.raw.ptr == NULL);
  expect_true(r, "a switch has its protocol",
              v->outcome != CLIENT_SWITCHED || result->protocol.ptr != NULL);
}

static int has_field(upshake_fields fields, const upshake_field *wanted) {
  upshake_field field;
  while (upshake_next_field(&fields, &field))
    if (same_octets(field.name, wanted->name) &&
        same_octets(field.value, wanted->value))
      return 1;
  return 0;
}

static void expect_fields(run *r, const client_vector *v, const shown *s) {
  upshake_fields fields = s->result.fields;
  upshake_field field;
  uint64_t len = 0;
  for (size_t i = 0; i < v->seen_len; i++)
    if (!has_field(fields, &v->seen[i]))
      expect_octets(r, "field", v->seen[i].value,
                    upshake_find_field(fields, v->seen[i].name.ptr));
  while (upshake_next_field(&fields, &field))
    len++;
  if (v->fields_len >= 0)
    expect_number(r, "fields", (uint64_t)v->fields_len, len);
}

/* Without marks, what is missing is missed behind all that came. */
static void expect_offsets(run *r, const client_vector *v, const shown *s) {
  const vector *common = &v->common;
  size_t end = common->consumed_at == VECTOR_NOT_GIVEN ? common->octets.len
                                                       : common->consumed_at;
  size_t bad = common->bad_at == VECTOR_NOT_GIVEN ? end : common->bad_at;
  if (v->outcome == CLIENT_REFUSED)
    expect_number(r, "offset", bad, s->result.offset);
  if (v->outcome != CLIENT_REFUSED || common->consumed_at != VECTOR_NOT_GIVEN)
    expect_number(r, "consumed", end, s->result.consumed);
  expect_number(r, "sum of used", s->result.consumed, s->taken);
}

static void expect_agreed(run *r, const client_vector *v,
                          const upshake_client_result *result) {
  const upshake_deflate *a = &v->common.agreed, *b = &result->deflate;
  expect_number(r, "server-bits", a->server_bits, b->server_bits);
  expect_number(r, "client-bits", a->client_bits, b->client_bits);
  expect_number(r, "no-server-takeover", a->no_server_takeover,
                b->no_server_takeover);
  expect_number(r, "no-client-takeover", a->no_client_takeover,
                b->no_client_takeover);
}

static void expect_shown(run *r, const client_vector *v, const shown *s) {
  static const upshake_client_next nexts[] = {
      UPSHAKE_CLIENT_SWITCHED, UPSHAKE_CLIENT_OTHER, UPSHAKE_CLIENT_REFUSED,
      UPSHAKE_CLIENT_READ};
  expect_error(r, "upshake_client_init", UPSHAKE_OK, s->init);
  if (s->init != UPSHAKE_OK)
    return;
  expect_number(r, "next", nexts[v->outcome], s->result.next);
  expect_error(r, "error", v->common.error, s->result.error);
  if (v->common.status >= 0)
    expect_number(r, "status", (uint64_t)v->common.status,
                  (uint64_t)s->result.status);
  if (v->body_len_given)
    expect_number(r, "body-len", v->body_len, s->result.body_len);
  if (v->length_given)
    expect_number(r, "content-length", v->length, s->result.length);
  if (v->version >= 0)
    expect_number(r, "version", (uint64_t)v->version,
                  (uint64_t)s->result.version);
  expect_true(r, "the version comes with the fields",
              (s->result.version == 0) == (s->result.fields.raw.ptr == NULL));
  if (v->common.may_keep != 0)
    expect_number(r, "may-keep", v->common.may_keep == 2,
                  (uint64_t)s->result.may_keep);
  expect_true(r, "only an answer that is no switch may keep the connection",
              v->outcome == CLIENT_OTHER || s->result.may_keep == 0);
  expect_agreed(r, v, &s->result);
  expect_offsets(r, v, s);
  expect_texts(r, v, s);
  expect_places(r, v, s);
  expect_fields(r, v, s);
}

/* ---- Head memory --------------------------------------------------------- */

static size_t next_head(upshake_slice octets, size_t at) {
  while (at + 4 <= octets.len && memcmp(octets.ptr + at, "\r\n\r\n", 4) != 0)
    at++;
  return at + 4;
}

/* The longest head up to that of the answer: where it begins, and how long it
 * is.  The status stands behind "HTTP/1.1 ". */
static upshake_slice longest_head(upshake_slice octets) {
  upshake_slice longest = {octets.ptr, 0};
  size_t from = 0, to;
  for (int is_interim = 1; is_interim; from = to) {
    const char *status = octets.ptr + from + 9;
    to = next_head(octets, from);
    is_interim = *status == '1' && memcmp(status, "101", 3) != 0;
    if (to - from > longest.len)
      longest = part(octets, from, to);
  }
  return longest;
}

/* Too little room is refused at the byte of `head` that does not fit. */
static void run_short(run *r, const client_vector *v, upshake_slice head,
                      size_t cap, const char *how) {
  shown s = run_client(r, v, BY_FEED, OCTETS, 0, cap);
  r->how = how;
  r->cut = cap;
  expect_error(r, "error", UPSHAKE_ERR_HEAD_LONG, s.result.error);
  expect_number(r, "next", UPSHAKE_CLIENT_REFUSED, s.result.next);
  expect_number(r, "offset", (size_t)(head.ptr - v->common.octets.ptr) + cap,
                s.result.offset);
  drop_shown(&s);
}

static void run_with_room(run *r, const client_vector *v, const shown *first) {
  upshake_slice head = longest_head(v->common.octets), none = {NULL, 0};
  shown enough = run_client(r, v, BY_FEED, WHOLE, 0, head.len);
  r->how = "room for the head only, of";
  r->cut = head.len;
  expect_same_client(r, &first->result, &enough.result);
  drop_shown(&enough);
  run_short(r, v, head, head.len - 1, "one octet too little room, of");
  none.ptr = v->common.octets.ptr;
  run_short(r, v, none, 0, "no room, of");
}

/* ---- All of it ----------------------------------------------------------- */

static void run_again(run *r, const client_vector *v, const shown *first,
                      giving by, way how, size_t cut) {
  shown s = run_client(r, v, by, how, cut, v->common.head_max);
  expect_shown(r, v, &s);
  expect_same_client(r, &first->result, &s.result);
  expect_number(r, "sum of used", first->taken, s.taken);
  drop_shown(&s);
}

size_t client_cut_step = 1;

void run_response(run *r, const client_vector *v) {
  shown first = run_client(r, v, BY_FEED, WHOLE, 0, v->common.head_max);
  if (v->outcome == CLIENT_CALL) {
    expect_error(r, "upshake_client_init", v->common.call, first.init);
    drop_shown(&first);
    return;
  }
  expect_shown(r, v, &first);
  size_t len = r->failures == 0 ? v->common.octets.len : 0;
  for (int i = 0; i < BYS && len > 0; i++) {
    giving by = (giving)i;
    run_again(r, v, &first, by, OCTETS, 0);
    run_again(r, v, &first, by, WHOLE, 0);
    for (size_t cut = 1; cut < len && r->failures == 0; cut += client_cut_step)
      run_again(r, v, &first, by, CUT, cut);
  }
  if (len > 0 && v->outcome <= CLIENT_OTHER)
    run_with_room(r, v, &first);
  drop_shown(&first);
}
