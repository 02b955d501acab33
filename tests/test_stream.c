/* SPDX-License-Identifier: MIT
 *
 * Whose the memory is, and where the octets are: moves, room and commit, the
 * rest, and what a reset leaves of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check_handshake.h"
#include "switches.h"

/* ---- Memory ---------------------------------------------------------------
 */

static void a_head_of_exactly_cap_octets_is_accepted(void **state) {
  static const char head[] = CHECK_REQUEST "glued";
  const size_t len = sizeof CHECK_REQUEST - 1;
  (void)state;
  for (size_t cap = 0; cap <= len + 1; cap++)
    for (size_t step = 1; step <= sizeof head; step += 7) {
      char *small = malloc(cap);
      upshake hs;
      upshake_next next = UPSHAKE_READ;
      size_t at = 0, used;
      upshake_init(&hs, &accepting, small, cap, NULL);
      while (next == UPSHAKE_READ && at < sizeof head - 1) {
        size_t left = sizeof head - 1 - at;
        next = feed(&hs, head + at, left < step ? left : step, &used);
        at += used;
      }
      assert_int_equal(next, UPSHAKE_SEND);
      assert_int_equal(upshake_get_result(&hs).status == 101, cap >= len);
      assert_int_equal(at, cap >= len ? len : cap);
      if (cap < len) {
        int in_line = cap <= strlen("GET /chat");
        assert_int_equal(upshake_get_result(&hs).offset, cap);
        if (!in_line) /* before that 414 or 431 */
          assert_int_equal(upshake_get_result(&hs).error,
                           UPSHAKE_ERR_HEAD_LONG);
        if (cap > 4 && in_line)
          assert_int_equal(upshake_get_result(&hs).error,
                           UPSHAKE_ERR_TARGET_LONG);
        assert_in_set((LargestIntegralType)reply_status(&hs, NULL),
                      ((const LargestIntegralType[]){414, 431}), 2);
      }
      free(small);
    }
}

static void without_memory_nothing_is_read(void **state) {
  upshake hs;
  size_t used = 9, cap = 9;
  (void)state;
  assert_int_equal(upshake_init(&hs, &accepting, NULL, 0, NULL), UPSHAKE_OK);
  upshake_room(&hs, &cap);
  assert_int_equal(cap, 0);
  assert_int_equal(feed(&hs, "G", 1, &used), UPSHAKE_SEND);
  assert_int_equal(used, 0);
  assert_int_equal(upshake_get_result(&hs).error, UPSHAKE_ERR_HEAD_LONG);
  assert_int_equal(upshake_get_result(&hs).offset, 0);
  assert_absent(upshake_head(&hs));
  assert_absent(upshake_rest(&hs));
  assert_int_equal(reply_status(&hs, NULL), 431);
}

static void a_cap_beyond_32_bits_is_no_small_cap(void **state) {
  static const size_t caps[] = {SIZE_MAX, SIZE_MAX / 2 + 1, (size_t)UINT32_MAX,
                                (size_t)((uint64_t)1 << 32)};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(caps); i++) {
    upshake hs;
    size_t used;
    if (caps[i] == 0)
      continue; /* where size_t has 32 bits */
    upshake_init(&hs, &accepting, memory, caps[i], NULL);
    assert_int_equal(feed(&hs, CHECK_REQUEST, strlen(CHECK_REQUEST), &used),
                     UPSHAKE_SEND);
    assert_int_equal(upshake_get_result(&hs).status, 101);
  }
}

/* As the application may: to other memory, and the old is scribbled over. */
static upshake *move_state(upshake *hs) {
  upshake *moved = exact(hs, sizeof *hs);
  memset(hs, 0xa5, sizeof *hs);
  free(hs);
  return moved;
}

static void a_state_can_be_moved_between_any_two_calls(void **state) {
  static const char head[] = TWO_OFFERS;
  upshake *hs = malloc(sizeof *hs);
  upshake_next next = UPSHAKE_READ;
  upshake_cursor cursor = {0};
  char out[CAP];
  size_t used, len, total = 0;
  (void)state;
  upshake_init(hs, &waiting, memory, CAP, NULL);
  for (size_t i = 0; i < sizeof head - 1; i++) {
    assert_int_equal(next, UPSHAKE_READ);
    hs = move_state(hs);
    next = feed(hs, head + i, 1, &used);
  }
  hs = move_state(hs);
  assert_int_equal(next, UPSHAKE_DECIDE);
  assert_int_equal(upshake_choose_subprotocol(hs, text("b")), UPSHAKE_OK);
  hs = move_state(hs);
  assert_int_equal(upshake_answer(hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  do {
    hs = move_state(hs);
    assert_int_equal(
        upshake_reply_part(hs, NULL, &cursor, out + total, 3, &len),
        UPSHAKE_OK);
    total += len;
  } while (len > 0);
  assert_int_equal(view_reply(out, total).status, 101);
  free(hs);
}

static void moves_to_larger_smaller_and_overlapping_memory(void **state) {
  static const char head[] = CHECK_REQUEST;
  const size_t len = sizeof head - 1;
  char *room = malloc(4 * CAP), *at = room + 100;
  upshake hs;
  size_t used, cap = 64;
  (void)state;
  upshake_init(&hs, &accepting, at, cap, NULL);
  for (size_t i = 0; i < len; i++) {
    static const ptrdiff_t by[] = {1, -1, 16, -3, 300, -200, 2, 0};
    char *to = at + by[i % CHECK_LEN(by)];
    size_t held = upshake_head(&hs).len;
    assert_int_equal(feed(&hs, head + i, 1, &used),
                     i + 1 < len ? UPSHAKE_READ : UPSHAKE_SEND);
    if (held > 0)
      assert_unchanged(hs, upshake_move(&hs, to, held), UPSHAKE_ERR_ROOM);
    if (to < room || to > room + 3 * CAP)
      to = at;
    assert_int_equal(upshake_move(&hs, to, held + 3), UPSHAKE_OK);
    upshake_room(&hs, &cap); /* of the new memory, also if it is smaller */
    assert_int_equal(cap, i + 1 < len ? 2 : 0);
    at = to;
    assert_ptr_equal(upshake_head(&hs).ptr, at);
    assert_memory_equal(upshake_head(&hs).ptr, head, i + 1);
  }
  assert_int_equal(upshake_get_result(&hs).status, 101);
  assert_int_equal(upshake_move(&hs, room, len), UPSHAKE_OK);
  assert_ptr_equal(upshake_get_request(&hs).method.ptr, room);
  assert_int_equal(reply_status(&hs, NULL), 101);
  free(room);
}

static void moving_while_a_decision_waits_keeps_the_choice(void **state) {
  upshake hs = begin(&waiting, TWO_OFFERS, UPSHAKE_DECIDE);
  char *other = malloc(strlen(TWO_OFFERS));
  (void)state;
  assert_int_equal(upshake_choose_subprotocol(&hs, text("b")), UPSHAKE_OK);
  assert_int_equal(upshake_move(&hs, other, strlen(TWO_OFFERS)), UPSHAKE_OK);
  memset(memory, 'z', CAP);
  assert_slice(upshake_get_result(&hs).subprotocol, "b");
  assert_slice(upshake_get_request(&hs).path, "/chat");
  assert_int_equal(upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, NULL), 101);
  free(other);
}

/* ---- Room, commit, rest, reset --------------------------------------------
 */

/* Receives the stream into the head memory, at most `step` octets at once;
 * returns how many octets were committed. */
static size_t receive(upshake *hs, const char *stream, size_t len,
                      size_t step) {
  size_t at = 0, cap;
  while (at < len && upshake_get_result(hs).next == UPSHAKE_READ) {
    void *room = upshake_room(hs, &cap);
    size_t take = len - at < step ? len - at : step;
    assert_true(cap > 0);
    take = take < cap ? take : cap;
    memcpy(room, stream + at, take);
    upshake_commit(hs, take);
    at += take;
  }
  return at;
}

static void receives_into_the_head_memory(void **state) {
  static const char stream[] = CHECK_REQUEST "\x81\x04glue";
  const size_t head = strlen(CHECK_REQUEST), len = sizeof stream - 1;
  (void)state;
  for (size_t step = 1; step <= len + 1; step++) {
    char *own = malloc(len);
    upshake hs;
    size_t at;
    upshake_init(&hs, &accepting, own, len, NULL);
    at = receive(&hs, stream, len, step);
    assert_int_equal(upshake_get_result(&hs).status, 101);
    assert_int_equal(upshake_get_result(&hs).consumed, head);
    assert_int_equal(upshake_head(&hs).len, head);
    assert_ptr_equal(upshake_head(&hs).ptr, own);
    assert_int_equal(upshake_rest(&hs).len, at - head);
    assert_memory_equal(own, stream, at);
    assert_int_equal(reply_status(&hs, NULL), 101);
    assert_memory_equal(own, stream, at);
    free(own);
  }
}

/* Of a length beyond the room, commit takes what the room has. */
static void commits_no_more_than_there_is_room(void **state) {
  static const size_t beyond[] = {1, UINT32_MAX, SIZE_MAX / 2, SIZE_MAX};
  const size_t len = strlen(CHECK_REQUEST);
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(beyond); i++)
    for (size_t first = 0; first < len; first++) {
      char *own = malloc(len);
      size_t cap, more = len - first;
      upshake hs;
      upshake_init(&hs, &accepting, own, len, NULL);
      memcpy(upshake_room(&hs, &cap), CHECK_REQUEST, len);
      assert_int_equal(upshake_commit(&hs, first), UPSHAKE_READ);
      more = beyond[i] < SIZE_MAX - more ? more + beyond[i] : SIZE_MAX;
      assert_int_equal(upshake_commit(&hs, more), UPSHAKE_SEND);
      assert_int_equal(upshake_get_result(&hs).status, 101);
      assert_int_equal(upshake_get_result(&hs).consumed, len);
      assert_int_equal(upshake_rest(&hs).len, 0);
      free(own);
    }
}

static void judges_the_rest_after_a_reset(void **state) {
#ifdef UPSHAKE_NO_BODIES /* none is skipped */
#define FIRST_REQUEST CHECK_PLAIN
#else
#define FIRST_REQUEST                                                          \
  "GET / HTTP/1.1\r\n" CHECK_HOST "Content-Length: 5\r\n\r\nhello"
#endif
  static const char stream[] = FIRST_REQUEST NEXT_REQUEST TWO_OFFERS "\x81";
  upshake hs;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  assert_int_equal(receive(&hs, stream, sizeof stream - 1, CAP),
                   sizeof stream - 1);
  assert_int_equal(upshake_get_result(&hs).next, UPSHAKE_PLAIN);
  assert_int_equal(begin_next(&hs), UPSHAKE_PLAIN);
  assert_slice(upshake_get_request(&hs).path, "/next");
  assert_slice(upshake_head(&hs), NEXT_REQUEST);
  assert_int_equal(upshake_get_result(&hs).consumed, strlen(NEXT_REQUEST));
  assert_int_equal(begin_next(&hs), UPSHAKE_SEND);
  assert_slice(upshake_get_request(&hs).path, "/chat");
  assert_slice(upshake_rest(&hs), "\x81");
  assert_int_equal(reply_status(&hs, NULL), 101);
  /* behind a 101 there is no request */
  assert_unchanged(hs, upshake_reset(&hs), UPSHAKE_ERR_STATE);
}

static void the_rest_moves_with_the_head(void **state) {
  static const char stream[] = CHECK_PLAIN NEXT_REQUEST;
  const size_t len = sizeof stream - 1;
  char *other = malloc(len);
  upshake hs;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  receive(&hs, stream, len, CAP);
  assert_unchanged(hs, upshake_move(&hs, other, len - 1), UPSHAKE_ERR_ROOM);
  assert_int_equal(upshake_move(&hs, other, len), UPSHAKE_OK);
  memset(memory, 'z', CAP);
  assert_slice(upshake_head(&hs), CHECK_PLAIN);
  assert_slice(upshake_rest(&hs), NEXT_REQUEST);
  assert_int_equal(begin_next(&hs), UPSHAKE_PLAIN);
  assert_slice(upshake_get_request(&hs).path, "/next");
  free(other);
}

static void goes_on_in_the_middle_of_the_next_request(void **state) {
  static const char stream[] = CHECK_PLAIN CHECK_REQUEST;
  const size_t first = strlen(CHECK_PLAIN), all = sizeof stream - 1;
  (void)state;
  for (size_t cut = first; cut <= all; cut++) {
    upshake hs;
    size_t used;
    upshake_init(&hs, &accepting, memory, CAP, NULL);
    receive(&hs, stream, cut, CAP);
    assert_int_equal(begin_next(&hs), cut < all ? UPSHAKE_READ : UPSHAKE_SEND);
    assert_int_equal(upshake_head(&hs).len, cut - first);
    if (cut < all) {
      assert_int_equal(feed(&hs, stream + cut, all - cut, &used), UPSHAKE_SEND);
      assert_int_equal(used, all - cut);
    }
    assert_int_equal(upshake_get_result(&hs).status, 101);
  }
}

static void a_kept_refusal_goes_on_with_the_rest(void **state) {
  const upshake_extra keep = {.keep = UPSHAKE_KEEP_OPEN};
  upshake hs;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  receive(&hs, OLD_VERSION NEXT_REQUEST, strlen(OLD_VERSION NEXT_REQUEST), CAP);
  assert_int_equal(upshake_get_result(&hs).status, 426);
  assert_int_equal(upshake_get_result(&hs).may_keep, 1);
  assert_int_equal(upshake_get_result(&hs).body_left, 0);
  assert_int_equal(reply_status(&hs, &keep), 426);
  assert_int_equal(begin_next(&hs), UPSHAKE_PLAIN);
  assert_slice(upshake_get_request(&hs).path, "/next");
}

/* Octets behind a request that was refused with close, or that waits for its
 * answer, are never read as a request (RFC 9112 9.6). */
/* Accepts at the end of the head, and refuses when the body was read. */
static int refuse_at_end(upshake *hs, void *user) {
  (void)user;
  return upshake_get_result(hs).body_left == 0 ? 409 : UPSHAKE_ACCEPT;
}

static void a_refusal_behind_a_body_goes_on_with_the_rest(void **state) {
  NEEDS(BODIES);
  static const char *const bodies[] = {
      "Content-Length: 5\r\n\r\nhello",
      "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n"};
  static const upshake_protocol asking[] = {
      {.name = "echo", .methods = "POST", .body = UPSHAKE_BODY_ASK}};
  const upshake_config config = {asking, 1, .decide = refuse_at_end};
  const upshake_extra keep = {.keep = UPSHAKE_KEEP_OPEN};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(bodies); i++) {
    char stream[CAP] = "POST /a HTTP/1.1\r\n" CHECK_HOST
                       "Upgrade: echo\r\nConnection: Upgrade\r\n";
    size_t cap, contents = 0;
    upshake hs;
    strcat(strcat(stream, bodies[i]), NEXT_REQUEST);
    upshake_init(&hs, &config, memory, CAP, NULL);
    memcpy(upshake_room(&hs, &cap), stream, strlen(stream));
    upshake_next next = upshake_commit(&hs, strlen(stream));
    for (; next == UPSHAKE_BODY; next = upshake_commit(&hs, 0))
      contents += upshake_get_result(&hs).content.len;
    assert_int_equal(contents, 5);
    assert_int_equal(next, UPSHAKE_SEND);
    assert_int_equal(upshake_get_result(&hs).may_keep, 1);
    assert_int_equal(reply_status(&hs, &keep), 409);
    assert_slice(upshake_rest(&hs), NEXT_REQUEST);
    assert_int_equal(begin_next(&hs), UPSHAKE_PLAIN);
    assert_slice(upshake_get_request(&hs).target, "/next");
    assert_int_equal(upshake_get_result(&hs).body_left, 0);
  }
}

/* What commit has put into the memory is older than what is fed. */
static void a_body_in_the_memory_is_read_before_one_that_is_fed(void **state) {
  NEEDS(BODIES);
  static const upshake_protocol reading[] = {
      {.name = "echo", .body = UPSHAKE_BODY_READ}};
  static const upshake_config config = {reading, 1, .decide = NULL};
  static const char head[] =
      "GET / HTTP/1.1\r\n" CHECK_HOST "Upgrade: echo\r\nConnection: Upgrade\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  static const char stream[] = "2\r\nhe\r\n1\r\nl\r\n2\r\nlo\r\n0\r\n\r\nNEW";
  const size_t len = strlen(stream), head_len = strlen(head);
  (void)state;
  for (size_t cut = 0; cut <= len - 3; cut++) {
    size_t cap, used, at = cut, contents = 0;
    upshake_next next;
    upshake hs;
    upshake_init(&hs, &config, memory, CAP, NULL);
    char *room = upshake_room(&hs, &cap);
    memcpy(room, head, head_len);
    memcpy(room + head_len, stream, cut);
    next = upshake_commit(&hs, head_len + cut);
    while (next == UPSHAKE_BODY || next == UPSHAKE_READ) {
      if (next == UPSHAKE_BODY)
        contents += upshake_get_result(&hs).content.len;
      next = feed(&hs, stream + at, len - at, &used);
      at += used;
    }
    assert_int_equal(contents, 5);
    assert_int_equal(at, len - 3);
    assert_int_equal(reply_status(&hs, NULL), 101);
  }
}

static void any_other_reset_is_against_the_rules(void **state) {
  static const char *const streams[] = {
      OLD_VERSION NEXT_REQUEST, CHECK_REQUEST NEXT_REQUEST, BROKEN NEXT_REQUEST,
      "GET /unfinished HT"};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++)
    for (size_t with_reply = 0; with_reply < 2; with_reply++) {
      upshake hs;
      upshake_init(&hs, i == 1 ? &waiting : &accepting, memory, CAP, NULL);
      receive(&hs, streams[i], strlen(streams[i]), CAP);
      if (with_reply)
        reply_status(&hs, NULL);
      assert_unchanged(hs, upshake_reset(&hs), UPSHAKE_ERR_STATE);
    }
}

static void a_broken_connection_cannot_be_kept(void **state) {
  static const char *const streams[] = {
      BROKEN,
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/9.",
      "PRI * HTTP/2.0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
      "GET / HTTP/1.1\r\n" CHECK_FIELDS "Content-Length: 1\r\n\r\n"};
  const upshake_extra keep = {.keep = UPSHAKE_KEEP_OPEN};
  char out[CAP];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++) {
    upshake hs = begin(&accepting, streams[i], UPSHAKE_SEND);
    size_t len = 9;
    assert_int_equal(upshake_get_result(&hs).may_keep, 0);
    assert_unchanged(hs, upshake_reply_with(&hs, &keep, out, sizeof out, &len),
                     UPSHAKE_ERR_MUST_CLOSE);
    assert_int_equal(len, 0);
    assert_int_equal(reply_status(&hs, NULL), upshake_get_result(&hs).status);
  }
}

static void a_refused_connect_cannot_be_kept(void **state) { /* RFC 9931 8 */
  upshake hs =
      begin(&accepting, "CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\n\r\n",
            UPSHAKE_PLAIN);
  const upshake_extra keep = {.keep = UPSHAKE_KEEP_OPEN};
  (void)state;
  assert_int_equal(upshake_answer(&hs, 404), UPSHAKE_OK);
  assert_int_equal(upshake_get_result(&hs).may_keep, 0);
  assert_int_equal(reply_status(&hs, &keep), 0);
  assert_int_equal(reply_status(&hs, NULL), 404);
}

static void says_what_is_left_of_the_body(void **state) {
  static const struct {
    const char *fields;
    uint64_t left;
  } rows[] = {
      {"", 0},
      {"Content-Length: 0\r\n", 0},
      {"Content-Length: 5\r\n", 5},
      {"Content-Length: 0000005\r\n", 5},
      {"Content-Length: 9223372036854775807\r\n", 9223372036854775807},
      {"Transfer-Encoding: chunked\r\n", UPSHAKE_BODY_CHUNKED},
      {"Transfer-Encoding: gzip, Chunked\r\n", UPSHAKE_BODY_CHUNKED},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    char stream[CAP] = "POST / HTTP/1.1\r\n" CHECK_HOST;
    upshake hs;
    strcat(strcat(stream, rows[i].fields), "\r\n");
    hs = begin(&accepting, stream, UPSHAKE_PLAIN);
    assert_true(upshake_get_result(&hs).body_left == rows[i].left);
  }
}

/* ---- The room of a body ---------------------------------------------------
 */

#define CHUNKED_HEAD                                                           \
  "GET / HTTP/1.1\r\n" CHECK_HOST "Upgrade: echo\r\nConnection: Upgrade\r\n"   \
  "Transfer-Encoding: chunked\r\n\r\n"

/* Asks for the room.  The bytes of a body that are still to be read move to the
 * end of the head if the memory is full, or if there are none.  They stay where
 * they are in any other case, so that many small chunks are not moved again and
 * again. */
static char *room_of_body(upshake *hs, char *own, size_t size, size_t *cap) {
  upshake_slice rest = upshake_rest(hs);
  char *behind_head = own + strlen(CHUNKED_HEAD);
  int moves = rest.len == 0 || rest.ptr + rest.len == own + size;
  char *at = moves ? behind_head : behind_head + (rest.ptr - behind_head);
  char before[CAP], *room;
  memcpy(before, rest.ptr, rest.len);
  room = upshake_room(hs, cap);
  assert_ptr_equal(room, at + rest.len);
  assert_int_equal(*cap, (size_t)(own + size - room));
  assert_memory_equal(at, before, rest.len);
  assert_ptr_equal(upshake_rest(hs).ptr, at);
  assert_int_equal(upshake_rest(hs).len, rest.len);
  return room;
}

static void a_body_passes_through_any_room_behind_its_head(void **state) {
  NEEDS(BODIES);
  static const upshake_protocol reading[] = {
      {.name = "echo", .body = UPSHAKE_BODY_READ}};
  static const upshake_config config = {reading, 1, .decide = NULL};
  static const char stream[] =
      "2\r\nhe\r\n1\r\nl\r\n1;a=b\r\nl\r\n1\r\no\r\n0\r\nA: b\r\n\r\nNEW";
  const size_t head = strlen(CHUNKED_HEAD), len = strlen(stream);
  (void)state;
  for (size_t size = head + 1; size <= head + len; size++)
    for (size_t step = 1; step <= size - head; step++) {
      char *own = malloc(size), content[8] = {0};
      upshake_next next;
      upshake hs;
      size_t used, at = 0;
      upshake_init(&hs, &config, own, size, NULL);
      next = feed(&hs, CHUNKED_HEAD, head, &used);
      while (next == UPSHAKE_READ || next == UPSHAKE_BODY) {
        upshake_slice piece = upshake_get_result(&hs).content;
        size_t cap, left = len - at, take = left < step ? left : step;
        char *room;
        if (next == UPSHAKE_BODY)
          strncat(content, piece.ptr, piece.len);
        room = room_of_body(&hs, own, size, &cap);
        take = take < cap ? take : cap;
        memcpy(room, stream + at, take);
        at += take;
        next = upshake_commit(&hs, take);
      }
      assert_string_equal(content, "hello");
      assert_int_equal(upshake_get_result(&hs).status, 101);
      assert_int_equal(at - upshake_rest(&hs).len, len - strlen("NEW"));
      free(own);
    }
}

/* ---- At the limits --------------------------------------------------------
 */

/* Offsets have 32 bits, and the largest number is not used as an offset. */
static void of_a_larger_memory_2_32_less_2_bytes_are_used(void **state) {
  static const size_t caps[] = {UINT32_MAX - 1, UINT32_MAX,
                                (size_t)((uint64_t)1 << 32), SIZE_MAX};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(caps); i++) {
    upshake hs;
    size_t cap;
    if (caps[i] == 0)
      continue; /* where size_t has 32 bits */
    upshake_init(&hs, &accepting, memory, caps[i], NULL);
    assert_ptr_equal(upshake_room(&hs, &cap), memory);
    assert_int_equal(cap, UINT32_MAX - 1);
  }
}

static void before_a_head_ends_there_is_no_rest(void **state) {
  static const char head[] = CHECK_REQUEST;
  upshake hs;
  size_t used;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  for (size_t i = 0; i < sizeof head - 1; i++) {
    assert_absent(upshake_rest(&hs));
    feed(&hs, head + i, 1, &used);
  }
  assert_int_equal(upshake_get_result(&hs).status, 101);
}

/* A host may feed the first bytes, and receive later bytes into the memory. */
static void bytes_behind_a_head_stay_if_its_end_is_committed(void **state) {
  static const char stream[] = CHECK_REQUEST "\x81\x04glue";
  const size_t head = strlen(CHECK_REQUEST), len = sizeof stream - 1;
  (void)state;
  for (size_t fed = 0; fed < head; fed++) {
    upshake hs;
    size_t used, cap;
    upshake_init(&hs, &accepting, memory, CAP, NULL);
    assert_int_equal(feed(&hs, stream, fed, &used), UPSHAKE_READ);
    memcpy(upshake_room(&hs, &cap), stream + fed, len - fed);
    assert_int_equal(upshake_commit(&hs, len - fed), UPSHAKE_SEND);
    assert_int_equal(upshake_get_result(&hs).consumed, head);
    assert_slice(upshake_rest(&hs), "\x81\x04glue");
  }
}

/* A body that was not read is skipped, however it arrives, up to the limit. */
static void a_reset_skips_what_was_not_read(void **state) {
  NEEDS(BODIES);
  static const char stream[] = "POST / HTTP/1.1\r\n" CHECK_HOST
                               "Content-Length: 26\r\n\r\n" NEXT_REQUEST;
  static const char next[] = "GET /after HTTP/1.1\r\n" CHECK_HOST "\r\n";
  const size_t head = sizeof stream - sizeof NEXT_REQUEST;
  char all[sizeof stream + 26 + sizeof next];
  size_t len;
  (void)state;
  memset(all, 'b', sizeof all);
  memcpy(all, stream, head);
  memcpy(all + head + 26, next, sizeof next);
  len = head + 26 + sizeof next - 1;
  for (size_t cut = head; cut <= len; cut++)
    for (int fed = 0; fed <= 1; fed++)
      for (size_t step = 1; step <= 64; step += 21) {
        upshake hs;
        size_t used, at = fed ? head : cut;
        upshake_next what;
        upshake_init(&hs, &accepting, memory, CAP, NULL);
        if (fed)
          assert_int_equal(feed(&hs, all, cut, &used), UPSHAKE_PLAIN);
        else
          receive(&hs, all, cut, CAP);
        what = begin_next(&hs);
        assert_int_equal(upshake_get_result(&hs).consumed,
                         fed || cut < head + 26 ? 0 : cut - head - 26);
        if (what == UPSHAKE_READ)
          assert_absent(upshake_get_request(&hs).path);
        for (; what == UPSHAKE_READ && at < len; at += used) {
          size_t cap = len - at < step ? len - at : step, room;
          used = cap;
          if (fed) {
            what = feed(&hs, all + at, cap, &used);
          } else {
            memcpy(upshake_room(&hs, &room), all + at, cap);
            what = upshake_commit(&hs, cap);
          }
        }
        assert_int_equal(what, UPSHAKE_PLAIN);
        assert_slice(upshake_get_request(&hs).path, "/after");
        assert_int_equal(upshake_get_result(&hs).consumed, sizeof next - 1);
        assert_slice(upshake_head(&hs), next);
      }
}

/* Nobody knows where the next request begins. */
static void a_body_that_cannot_be_skipped_ends_the_connection(void **state) {
  static const struct {
    const char *fields;
    uint32_t limit;
    upshake_error error;
  } rows[] = {
      {"Content-Length: 65536\r\n", 0, UPSHAKE_OK},
      {"Content-Length: 65537\r\n", 0, UPSHAKE_ERR_STATE},
      {"Content-Length: 5\r\n", 5, UPSHAKE_OK},
      {"Content-Length: 6\r\n", 5, UPSHAKE_ERR_STATE},
      {"Transfer-Encoding: chunked\r\n", 0, UPSHAKE_ERR_STATE},
      {"Content-Length: 5\r\nExpect: 100-continue\r\n", 0, UPSHAKE_ERR_STATE},
      {"Content-Length: 0\r\nExpect: 100-continue\r\n", 0, UPSHAKE_OK},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_config config = accepting;
    char stream[CAP] = "POST / HTTP/1.1\r\n" CHECK_HOST;
    upshake hs;
    config.limits.skip = rows[i].limit;
    hs = begin(&config, strcat(strcat(stream, rows[i].fields), "\r\n"),
               UPSHAKE_PLAIN);
#ifdef UPSHAKE_NO_BODIES
    if (upshake_get_result(&hs).body_left > 0) {
      assert_unchanged(hs, upshake_reset(&hs), UPSHAKE_ERR_STATE);
      continue;
    }
#endif
    assert_int_equal(upshake_get_result(&hs).may_keep, !rows[i].error);
    if (rows[i].error)
      assert_unchanged(hs, upshake_reset(&hs), UPSHAKE_ERR_STATE);
    else
      assert_int_equal(begin_next(&hs), UPSHAKE_READ);
  }
}

/* Many requests in one memory, and the beginning of one that needs all of it
 * in the end.  The handshake may leave them where they are or move them. */
static void assert_pipeline(const upshake_config *config, size_t requests,
                            size_t moves_at) {
  char stream[CAP], *head, *moved = NULL;
  size_t len = 0, cap, begins[CAP / 32], beginning = strlen("GET /");
  upshake hs;
  for (size_t i = 0; i < requests; i++) {
    begins[i] = len;
    len += (size_t)snprintf(stream + len, sizeof stream - len,
                            "GET /%.*s HTTP/1.1\r\nHost: a\r\n\r\n",
                            (int)(i * 7 % 11), "0123456789ab");
  }
  begins[requests] = len;
  memcpy(stream + len, "GET /", beginning);
  head = exact(stream, len + beginning); /* all of the memory */
  assert_int_equal(upshake_init(&hs, config, head, len + beginning, NULL),
                   UPSHAKE_OK);
  assert_int_equal(upshake_commit(&hs, len + beginning), UPSHAKE_PLAIN);
  for (size_t i = 0; i < requests; i++) {
    upshake_slice here = upshake_head(&hs), rest = upshake_rest(&hs);
    assert_int_equal(here.len, begins[i + 1] - begins[i]);
    assert_memory_equal(here.ptr, stream + begins[i], here.len);
    assert_int_equal(rest.len, len + beginning - begins[i + 1]);
    assert_memory_equal(rest.ptr, stream + begins[i + 1], rest.len);
    assert_int_equal(upshake_get_request(&hs).path.len, 1 + i * 7 % 11);
    if (i == moves_at) {
      moved = exact(stream, len + beginning);
      assert_int_equal(upshake_move(&hs, moved, len + beginning), UPSHAKE_OK);
      free(head);
      head = moved;
    }
    assert_int_equal(begin_next(&hs),
                     i + 1 < requests ? UPSHAKE_PLAIN : UPSHAKE_READ);
  }
  assert_ptr_equal(upshake_head(&hs).ptr, head);
  assert_int_equal(upshake_head(&hs).len, beginning);
  assert_ptr_equal(upshake_room(&hs, &cap), head + beginning);
  assert_int_equal(cap, len);
  memset(head + beginning, 'a', cap);
  assert_int_equal(upshake_commit(&hs, cap), UPSHAKE_SEND);
  assert_int_equal(upshake_get_result(&hs).error, UPSHAKE_ERR_TARGET_LONG);
  assert_int_equal(upshake_get_result(&hs).offset, len + beginning);
  free(head);
}

static void many_requests_one_behind_the_other_in_one_memory(void **state) {
  upshake_config lean = accepting;
  (void)state;
#ifndef UPSHAKE_NO_LEAN
  lean.lean = 1;
#endif
  for (size_t requests = 1; requests < 20; requests++)
    for (size_t moves_at = 0; moves_at <= requests; moves_at++) {
      assert_pipeline(&accepting, requests, moves_at);
      assert_pipeline(&lean, requests, moves_at);
    }
}

/* The head stays where it is while its body is read into what is left. */
static void a_body_behind_the_second_of_two_requests(void **state) {
#ifndef UPSHAKE_NO_BODIES
  static const upshake_protocol reading[] = {
      UPSHAKE_ENTRY("echo", NULL, "POST", NULL, UPSHAKE_BODY_READ, 0)};
  static const upshake_config config = {reading, 1, .decide = NULL};
  static const char stream[] =
      CHECK_PLAIN "POST /with-a-body HTTP/1.1\r\nHost: a\r\n"
                  "Upgrade: echo\r\nConnection: upgrade\r\n"
                  "Content-Length: 300\r\n\r\nbody";
  size_t len = sizeof stream - 1, cap, left = 300;
  char room[sizeof stream + 9];
  upshake hs;
  upshake_next next;
  upshake_slice path;
  memcpy(room, stream, len);
  upshake_init(&hs, &config, room, sizeof room, NULL);
  assert_int_equal(upshake_commit(&hs, len), UPSHAKE_PLAIN);
  next = begin_next(&hs);
  path = upshake_get_request(&hs).path;
  for (; next == UPSHAKE_BODY || next == UPSHAKE_READ;
       next = upshake_commit(&hs, next == UPSHAKE_BODY ? 0 : cap)) {
    char *p;
    assert_slice(path, "/with-a-body");
    if (next == UPSHAKE_BODY) {
      left -= upshake_get_result(&hs).content.len;
      continue;
    }
    p = upshake_room(&hs, &cap);
    assert_true(cap > 0 && p >= room && p + cap <= room + sizeof room);
    cap = cap < left ? cap : left;
    memset(p, 'b', cap);
  }
  assert_int_equal(next, UPSHAKE_SEND);
  assert_int_equal(left, 0);
#endif
  (void)state;
}

/* The first byte is refused, and not the reset before it. */
static void a_reset_without_memory_is_none(void **state) {
  static const upshake_config configs[] = {{protocols, 3, .lean = 0},
                                           {protocols, 3, .lean = 1}};
  (void)state;
  for (size_t i = 0; i <= WITH_LEAN; i++) {
    upshake hs;
    size_t used;
    upshake_init(&hs, &configs[i], NULL, 0, NULL);
    assert_int_equal(begin_next(&hs), UPSHAKE_READ);
    assert_int_equal(upshake_get_result(&hs).error, UPSHAKE_ERR_INCOMPLETE);
    assert_int_equal(feed(&hs, "G", 1, &used), UPSHAKE_SEND);
    assert_int_equal(upshake_get_result(&hs).error, UPSHAKE_ERR_HEAD_LONG);
    assert_unchanged(hs, upshake_reset(&hs), UPSHAKE_ERR_STATE);
  }
}

/* The host has the bytes of the request; its judge points to none of them. */
static void a_judge_has_no_head_no_rest_and_no_room(void **state) {
  upshake_judge judge;
  (void)state;
  begin_judge(&judge, &accepting, NULL, text("GET"), text("/"), 11);
  for (int is_over = 0; is_over < 2; is_over++) {
    size_t cap = 9;
    if (is_over)
      assert_int_equal(upshake_judge_end(&judge), UPSHAKE_PLAIN);
    assert_absent(upshake_head(&judge.hs));
    assert_absent(upshake_rest(&judge.hs));
    assert_null(upshake_room(&judge.hs, &cap));
    assert_int_equal(cap, 0);
    upshake_judge_field(&judge, text("Host"), text("a"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_head_of_exactly_cap_octets_is_accepted),
      cmocka_unit_test(without_memory_nothing_is_read),
      cmocka_unit_test(a_cap_beyond_32_bits_is_no_small_cap),
      cmocka_unit_test(a_state_can_be_moved_between_any_two_calls),
      cmocka_unit_test(moves_to_larger_smaller_and_overlapping_memory),
      cmocka_unit_test(moving_while_a_decision_waits_keeps_the_choice),
      cmocka_unit_test(receives_into_the_head_memory),
      cmocka_unit_test(commits_no_more_than_there_is_room),
      cmocka_unit_test(judges_the_rest_after_a_reset),
      cmocka_unit_test(the_rest_moves_with_the_head),
      cmocka_unit_test(goes_on_in_the_middle_of_the_next_request),
      cmocka_unit_test(a_kept_refusal_goes_on_with_the_rest),
      cmocka_unit_test(a_refusal_behind_a_body_goes_on_with_the_rest),
      cmocka_unit_test(a_body_in_the_memory_is_read_before_one_that_is_fed),
      cmocka_unit_test(any_other_reset_is_against_the_rules),
      cmocka_unit_test(a_broken_connection_cannot_be_kept),
      cmocka_unit_test(a_refused_connect_cannot_be_kept),
      cmocka_unit_test(says_what_is_left_of_the_body),
      cmocka_unit_test(a_body_passes_through_any_room_behind_its_head),
      cmocka_unit_test(of_a_larger_memory_2_32_less_2_bytes_are_used),
      cmocka_unit_test(before_a_head_ends_there_is_no_rest),
      cmocka_unit_test(bytes_behind_a_head_stay_if_its_end_is_committed),
      cmocka_unit_test(a_reset_skips_what_was_not_read),
      cmocka_unit_test(a_body_that_cannot_be_skipped_ends_the_connection),
      cmocka_unit_test(many_requests_one_behind_the_other_in_one_memory),
      cmocka_unit_test(a_body_behind_the_second_of_two_requests),
      cmocka_unit_test(a_reset_without_memory_is_none),
      cmocka_unit_test(a_judge_has_no_head_no_rest_and_no_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
