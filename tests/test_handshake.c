/* SPDX-License-Identifier: MIT
 *
 * The handshake object as a machine of states: what each call does in each of
 * them, what it leaves alone, and whose memory it uses.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check.h"

#define CAP 1024
#define NEXT_REQUEST "GET /next HTTP/1.1\r\n" CHECK_HOST "\r\n"
/* Refused, but with sound framing: the connection may be kept. */
#define OLD_VERSION                                                            \
  "GET /old HTTP/1.1\r\n" CHECK_HOST                                           \
  "Upgrade: websocket\r\nConnection: Upgrade\r\n" CHECK_KEY                    \
  "Sec-WebSocket-Version: 8\r\n\r\n"
#define BROKEN "GET / HTTP/1.1\r\nHost: a\r\nbad line\r\n\r\n"
#define TWO_OFFERS                                                             \
  "GET /chat HTTP/1.1\r\n" CHECK_HOST                                          \
  "Upgrade: echo, websocket\r\nConnection: Upgrade\r\n" CHECK_KEY              \
      CHECK_VERSION "Sec-WebSocket-Protocol: a, b\r\n\r\n"

static const upshake_protocol protocols[] = {
    {.token = "websocket"}, {.token = "echo"}, {.token = "other"}};

static int later(upshake *hs, void *user) {
  (void)hs;
  (void)user;
  return UPSHAKE_LATER;
}

static const upshake_config accepting = {protocols, 3, .decide = NULL};
static const upshake_config waiting = {protocols, 3, .decide = later};

static char memory[CAP];

static upshake_next feed(upshake *hs, const char *octets, size_t len,
                         size_t *used) {
  char *copy = exact(octets, len);
  upshake_next next = upshake_feed(hs, copy, len, used);
  free(copy);
  return next;
}

/* A fresh handshake to which all of the stream was fed. */
static upshake begin(const upshake_config *config, const char *stream,
                     upshake_next expected) {
  upshake hs;
  size_t used;
  assert_int_equal(upshake_init(&hs, config, memory, CAP, NULL), UPSHAKE_OK);
  assert_int_equal(feed(&hs, stream, strlen(stream), &used), expected);
  return hs;
}

static int reply_status(upshake *hs, const upshake_extra *extra) {
  char out[CAP];
  size_t len;
  if (upshake_reply(hs, extra, out, sizeof out, &len) != UPSHAKE_OK)
    return 0;
  return view_reply(out, len).status;
}

/* A call against the rules changes no octet of the state. */
#define assert_unchanged(hs, call, error)                                      \
  do {                                                                         \
    upshake check_before = hs;                                                 \
    assert_int_equal(call, error);                                             \
    assert_memory_equal(&check_before, &hs, sizeof hs);                        \
  } while (0)

/* ---- Begin ----------------------------------------------------------------
 */

static void refuses_a_config_that_breaks_a_rule(void **state) {
  upshake_protocol many[33];
  upshake_config config = {NULL, 1, .decide = NULL};
  upshake hs;
  size_t used;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(many); i++)
    many[i] = protocols[2];
  many[31] = protocols[0];
  assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL),
                   UPSHAKE_ERR_CONFIG);
  config.protocols = many;
  config.protocols_len = 33;
  assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL),
                   UPSHAKE_ERR_CONFIG);
  config.protocols_len = 32;
  hs = begin(&config, CHECK_REQUEST, UPSHAKE_SEND);
  assert_ptr_equal(upshake_get_result(&hs).protocol, &many[31]);
  config.protocols = NULL;
  config.protocols_len = 0;
  assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL), UPSHAKE_OK);
  assert_int_equal(feed(&hs, CHECK_REQUEST, strlen(CHECK_REQUEST), &used),
                   UPSHAKE_PLAIN);
}

static void shows_nothing_before_the_head_is_complete(void **state) {
  static const char head[] = CHECK_REQUEST;
  upshake hs;
  size_t used;
  (void)state;
  assert_int_equal(upshake_init(&hs, &accepting, memory, CAP, NULL),
                   UPSHAKE_OK);
  for (size_t i = 0; i < sizeof head - 1; i++) {
    upshake_request request = upshake_get_request(&hs);
    upshake_result result = upshake_get_result(&hs);
    assert_absent(request.method);
    assert_absent(request.target);
    assert_absent(request.scheme);
    assert_absent(request.authority);
    assert_absent(request.path);
    assert_absent(request.query);
    assert_absent(request.fields);
    assert_int_equal(result.next, UPSHAKE_READ);
    assert_int_equal(result.error, UPSHAKE_ERR_INCOMPLETE);
    assert_int_equal(result.status, 0);
    assert_int_equal(result.consumed, i);
    assert_null(result.protocol);
    assert_int_equal(upshake_head(&hs).len, i);
    feed(&hs, head + i, 1, &used);
    assert_int_equal(used, 1);
  }
  assert_slice(upshake_get_request(&hs).path, "/chat");
  assert_slice(upshake_get_request(&hs).authority, "example.com");
  assert_int_equal(upshake_get_result(&hs).consumed, sizeof head - 1);
}

static void an_empty_feed_may_be_null(void **state) {
  upshake hs;
  size_t used = 9;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  assert_int_equal(upshake_feed(&hs, NULL, 0, &used), UPSHAKE_READ);
  assert_int_equal(used, 0);
}

static int check_user(upshake *hs, void *user) {
  int *calls = user;
  ++*calls;
  assert_slice(upshake_get_request(hs).target, "/chat");
  return UPSHAKE_ACCEPT;
}

static void hands_the_user_pointer_to_one_call_of_the_callback(void **state) {
  const upshake_config config = {protocols, 3, .decide = check_user};
  int calls = 0;
  upshake hs;
  size_t used;
  (void)state;
  upshake_init(&hs, &config, memory, CAP, &calls);
  for (size_t i = 0; i < strlen(CHECK_REQUEST); i++) {
    assert_int_equal(calls, 0);
    feed(&hs, &CHECK_REQUEST[i], 1, &used);
  }
  assert_int_equal(calls, 1);
  feed(&hs, CHECK_REQUEST, 5, &used);
  assert_int_equal(reply_status(&hs, NULL), 101);
  assert_int_equal(calls, 1);
}

/* ---- The end --------------------------------------------------------------
 */

static void takes_nothing_after_the_end(void **state) {
  static const struct {
    const upshake_config *config;
    const char *stream;
    upshake_next next;
  } rows[] = {{&accepting, CHECK_REQUEST, UPSHAKE_SEND},
              {&waiting, CHECK_REQUEST, UPSHAKE_DECIDE},
              {&accepting, CHECK_PLAIN, UPSHAKE_PLAIN},
              {&accepting, BROKEN, UPSHAKE_SEND},
              {&accepting, OLD_VERSION, UPSHAKE_SEND}};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake hs = begin(rows[i].config, rows[i].stream, rows[i].next), before;
    char memory_before[CAP];
    size_t used = 9, cap = 9;
    memcpy(memory_before, memory, CAP);
    memcpy(&before, &hs, sizeof hs);
    for (size_t round = 0; round < 3; round++) {
      assert_int_equal(feed(&hs, CHECK_PLAIN, round * 7, &used), rows[i].next);
      assert_int_equal(used, 0);
      upshake_room(&hs, &cap);
      assert_int_equal(cap, 0);
      assert_int_equal(upshake_commit(&hs, 0), rows[i].next);
      upshake_get_request(&hs);
      upshake_get_result(&hs);
      upshake_head(&hs);
      upshake_rest(&hs);
    }
    assert_memory_equal(&before, &hs, sizeof hs);
    assert_memory_equal(memory_before, memory, CAP);
  }
}

static void octets_glued_to_the_head_are_not_taken(void **state) {
  static const char *const heads[] = {CHECK_REQUEST, CHECK_PLAIN, OLD_VERSION};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(heads); i++) {
    size_t len = strlen(heads[i]), used = 0;
    char *stream = malloc(len + 6);
    upshake hs;
    memcpy(stream, heads[i], len);
    memcpy(stream + len, "\x81\x05glue", 6);
    upshake_init(&hs, &accepting, memory, CAP, NULL);
    assert_int_not_equal(upshake_feed(&hs, stream, len + 6, &used),
                         UPSHAKE_READ);
    assert_int_equal(used, len);
    assert_int_equal(upshake_head(&hs).len, len);
    assert_memory_equal(upshake_head(&hs).ptr, heads[i], len);
    assert_int_equal(upshake_rest(&hs).len, 0);
    free(stream);
  }
}

static void a_refusal_ends_before_the_octet(void **state) {
  static const char good[] = "GET / HTTP/1.1\r\nHost: a\r\nbad";
  upshake hs;
  size_t used;
  upshake_result result;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  assert_int_equal(feed(&hs, BROKEN, strlen(BROKEN), &used), UPSHAKE_SEND);
  assert_int_equal(used, sizeof good - 1);
  assert_int_equal(upshake_head(&hs).len, sizeof good - 1);
  assert_memory_equal(upshake_head(&hs).ptr, good, sizeof good - 1);
  result = upshake_get_result(&hs);
  assert_int_equal(result.error, UPSHAKE_ERR_FIELD_BLANK);
  assert_int_equal(result.offset, sizeof good - 1);
  assert_int_equal(result.consumed, sizeof good - 1);
  assert_int_equal(result.status, 400);
  assert_int_equal(result.may_keep, 0);
  assert_absent(upshake_get_request(&hs).method);
  assert_int_equal(reply_status(&hs, NULL), 400);
}

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
    assert_int_equal(upshake_reply_part(hs, NULL, total, out + total, 3, &len),
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

/* ---- Answers --------------------------------------------------------------
 */

static void refuses_numbers_that_are_no_answer(void **state) {
  static const int bad[] = {
      UPSHAKE_LATER, 2,   99,  100, 102,  199,     200,     204,
      299,           600, 999, -1,  -404, INT_MAX, INT_MIN, 65536 + 404};
  upshake hs = begin(&waiting, CHECK_REQUEST, UPSHAKE_DECIDE);
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(bad); i++)
    assert_unchanged(hs, upshake_answer(&hs, bad[i]), UPSHAKE_ERR_ANSWER);
  assert_int_equal(upshake_answer(&hs, 300), UPSHAKE_OK);
  assert_int_equal(upshake_answer(&hs, 599), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, NULL), 599);
}

static void accepts_and_declines_only_an_offer_that_waits(void **state) {
  static const char *const streams[] = {"", "GET / H", CHECK_PLAIN, BROKEN,
                                        OLD_VERSION};
  static const upshake_next nexts[] = {
      UPSHAKE_READ, UPSHAKE_READ, UPSHAKE_PLAIN, UPSHAKE_SEND, UPSHAKE_SEND};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++) {
    upshake hs = begin(&waiting, streams[i], nexts[i]);
    assert_unchanged(hs, upshake_answer(&hs, UPSHAKE_ACCEPT),
                     UPSHAKE_ERR_STATE);
    assert_unchanged(hs, upshake_answer(&hs, UPSHAKE_DECLINE),
                     UPSHAKE_ERR_STATE);
    assert_unchanged(hs, upshake_choose_protocol(&hs, 0), UPSHAKE_ERR_STATE);
    assert_unchanged(hs, upshake_choose_subprotocol(&hs, part_of(NULL, 0)),
                     UPSHAKE_ERR_STATE);
  }
}

static void refuses_at_any_time_before_a_reply(void **state) {
  static const char *const streams[] = {
      "", "\r\n", "GET / H", CHECK_PLAIN, BROKEN, OLD_VERSION, CHECK_REQUEST};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++)
    for (size_t k = 0; k < 2; k++) {
      upshake hs;
      upshake_result result;
      size_t used;
      upshake_init(&hs, k ? &waiting : &accepting, memory, CAP, NULL);
      feed(&hs, streams[i], strlen(streams[i]), &used);
      assert_int_equal(upshake_answer(&hs, 503), UPSHAKE_OK);
      result = upshake_get_result(&hs);
      assert_int_equal(result.consumed, used);
      assert_int_equal(upshake_head(&hs).len, used);
      if (i < 3 || i == 4) /* where the request ends nobody knows */
        assert_int_equal(result.may_keep, 0);
      assert_int_equal(result.next, UPSHAKE_SEND);
      assert_int_equal(result.error, UPSHAKE_ERR_REFUSED);
      assert_int_equal(result.status, 503);
      assert_int_equal(feed(&hs, "x", 1, &used), UPSHAKE_SEND);
      assert_int_equal(used, 0);
      assert_int_equal(upshake_answer(&hs, 408), UPSHAKE_OK);
      assert_int_equal(reply_status(&hs, NULL), 408);
    }
}

static void the_mind_can_change_until_the_first_octet_is_taken(void **state) {
  upshake hs = begin(&accepting, CHECK_REQUEST, UPSHAKE_SEND);
  char out[CAP];
  size_t len;
  (void)state;
  assert_int_equal(upshake_reply(&hs, NULL, NULL, 0, &len), UPSHAKE_ERR_ROOM);
  assert_int_equal(upshake_answer(&hs, 404), UPSHAKE_OK); /* only asked */
  assert_unchanged(hs, upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_ERR_STATE);
  assert_int_equal(upshake_reply_part(&hs, NULL, 0, out, 1, &len), UPSHAKE_OK);
  assert_int_equal(len, 1);
  assert_unchanged(hs, upshake_answer(&hs, 403), UPSHAKE_ERR_STATE);
  assert_unchanged(hs, upshake_answer(&hs, UPSHAKE_DECLINE), UPSHAKE_ERR_STATE);
  assert_int_equal(reply_status(&hs, NULL), 404); /* again is the same */
  assert_unchanged(hs, upshake_answer(&hs, 403), UPSHAKE_ERR_STATE);
}

static void a_declined_offer_is_plain(void **state) {
  upshake hs = begin(&waiting, CHECK_REQUEST, UPSHAKE_DECIDE);
  upshake_result result;
  (void)state;
  assert_int_equal(reply_status(&hs, NULL), 0); /* not at SEND */
  assert_ptr_equal(upshake_get_result(&hs).protocol, &protocols[0]);
  assert_int_equal(upshake_answer(&hs, UPSHAKE_DECLINE), UPSHAKE_OK);
  result = upshake_get_result(&hs);
  assert_int_equal(result.next, UPSHAKE_PLAIN);
  assert_int_equal(result.error, UPSHAKE_ERR_DECLINED);
  assert_int_equal(result.status, 0);
  assert_null(result.protocol);
  assert_int_equal(upshake_head(&hs).len, strlen(CHECK_REQUEST));
  assert_unchanged(hs, upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_ERR_STATE);
  assert_int_equal(upshake_answer(&hs, 426), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, NULL), 426);
}

static void answers_come_later_in_any_order(void **state) {
  static char memories[4][CAP];
  static const int answers[4] = {UPSHAKE_ACCEPT, 404, UPSHAKE_DECLINE,
                                 UPSHAKE_ACCEPT};
  static const size_t order[4] = {2, 0, 3, 1};
  upshake hs[4];
  size_t used;
  (void)state;
  for (size_t i = 0; i < 4; i++) {
    upshake_init(&hs[i], &waiting, memories[i], CAP, NULL);
    assert_int_equal(feed(&hs[i], CHECK_REQUEST, strlen(CHECK_REQUEST), &used),
                     UPSHAKE_DECIDE);
  }
  for (size_t i = 0; i < 4; i++)
    assert_int_equal(upshake_answer(&hs[order[i]], answers[order[i]]),
                     UPSHAKE_OK);
  assert_int_equal(reply_status(&hs[0], NULL), 101);
  assert_int_equal(reply_status(&hs[1], NULL), 404);
  assert_int_equal(reply_status(&hs[2], NULL), 0);
  assert_int_equal(reply_status(&hs[3], NULL), 101);
}

static void chooses_only_what_was_offered(void **state) {
  upshake hs = begin(&waiting, TWO_OFFERS, UPSHAKE_DECIDE);
  (void)state;
  assert_ptr_equal(upshake_get_result(&hs).protocol, &protocols[0]);
  assert_unchanged(hs, upshake_choose_protocol(&hs, 2),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_unchanged(hs, upshake_choose_protocol(&hs, 3),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_unchanged(hs, upshake_choose_protocol(&hs, SIZE_MAX),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_unchanged(hs, upshake_choose_subprotocol(&hs, text("a, b")),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_unchanged(hs, upshake_choose_subprotocol(&hs, text("")),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_int_equal(upshake_choose_protocol(&hs, 1), UPSHAKE_OK);
  assert_ptr_equal(upshake_get_result(&hs).protocol, &protocols[1]);
  assert_int_equal(upshake_choose_protocol(&hs, 0), UPSHAKE_OK);
  assert_int_equal(upshake_choose_subprotocol(&hs, text("b")), UPSHAKE_OK);
  assert_slice(upshake_get_result(&hs).subprotocol, "b");
  assert_int_equal(upshake_choose_protocol(&hs, 1), UPSHAKE_OK);
  assert_int_equal(upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, NULL), 101);
}

/* ---- The callback ---------------------------------------------------------
 */

/* What the callback does: an answer of its own (0: none), and its return. */
typedef struct play {
  int own, returned, feeds;
  upshake_error error;
} play;

static int act(upshake *hs, void *user) {
  play *script = user;
  size_t used = 9;
  if (script->feeds) {
    assert_int_equal(upshake_feed(hs, CHECK_PLAIN, 5, &used), UPSHAKE_DECIDE);
    assert_int_equal(used, 0);
  }
  if (script->own != 0)
    script->error = upshake_answer(hs, script->own);
  return script->returned;
}

static upshake_result run_play(play *script) {
  const upshake_config config = {protocols, 3, .decide = act};
  upshake hs;
  size_t used;
  upshake_init(&hs, &config, memory, CAP, script);
  upshake_feed(&hs, CHECK_REQUEST, strlen(CHECK_REQUEST), &used);
  assert_int_equal(used, strlen(CHECK_REQUEST));
  if (upshake_get_result(&hs).next == UPSHAKE_SEND &&
      upshake_get_result(&hs).status != 405)
    assert_int_equal(reply_status(&hs, NULL), upshake_get_result(&hs).status);
  return upshake_get_result(&hs);
}

static void does_what_the_callback_returns(void **state) {
  static const int bad[] = {2,   42, 100,     102,     200,        299,
                            600, -1, INT_MAX, INT_MIN, 65536 + 101};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(bad); i++) {
    play script = {0, bad[i], 0, UPSHAKE_OK};
    upshake_result result = run_play(&script);
    assert_int_equal(result.error, UPSHAKE_ERR_DECISION);
    assert_int_equal(result.status, 500);
  }
  for (int status = 300; status < 600; status++) {
    play script = {0, status, 0, UPSHAKE_OK};
    if (status == 401 || status == 405)
      continue; /* these need a field */
    assert_int_equal(run_play(&script).status, status);
    assert_int_equal(run_play(&script).error, UPSHAKE_ERR_REFUSED);
  }
}

static void the_callback_may_answer_by_itself(void **state) {
  play refuses = {404, UPSHAKE_LATER, 0, UPSHAKE_OK};
  play accepts = {UPSHAKE_ACCEPT, UPSHAKE_LATER, 0, UPSHAKE_OK};
  play declines = {UPSHAKE_DECLINE, UPSHAKE_LATER, 0, UPSHAKE_OK};
  play wrong = {200, UPSHAKE_LATER, 0, UPSHAKE_OK};
  play feeds = {0, UPSHAKE_ACCEPT, 1, UPSHAKE_OK};
  play same = {UPSHAKE_ACCEPT, UPSHAKE_ACCEPT, 0, UPSHAKE_OK};
  (void)state;
  assert_int_equal(run_play(&refuses).status, 404);
  assert_int_equal(run_play(&accepts).status, 101);
  assert_int_equal(run_play(&declines).error, UPSHAKE_ERR_DECLINED);
  assert_int_equal(run_play(&wrong).next, UPSHAKE_DECIDE);
  assert_int_equal(wrong.error, UPSHAKE_ERR_ANSWER);
  assert_int_equal(run_play(&feeds).status, 101);
  assert_int_equal(run_play(&same).status, 101);
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

static void judges_the_rest_after_a_reset(void **state) {
  static const char stream[] =
      CHECK_PLAIN "hello" NEXT_REQUEST TWO_OFFERS "\x81";
  upshake hs;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  assert_int_equal(receive(&hs, stream, sizeof stream - 1, CAP),
                   sizeof stream - 1);
  assert_int_equal(upshake_get_result(&hs).next, UPSHAKE_PLAIN);
  assert_int_equal(upshake_reset(&hs, 5), UPSHAKE_PLAIN);
  assert_slice(upshake_get_request(&hs).path, "/next");
  assert_slice(upshake_head(&hs), NEXT_REQUEST);
  assert_int_equal(upshake_get_result(&hs).consumed, strlen(NEXT_REQUEST));
  assert_int_equal(upshake_reset(&hs, 0), UPSHAKE_SEND);
  assert_slice(upshake_get_request(&hs).path, "/chat");
  assert_slice(upshake_rest(&hs), "\x81");
  assert_int_equal(reply_status(&hs, NULL), 101);
  /* behind a 101 it is a new connection's beginning */
  assert_int_equal(upshake_reset(&hs, 0), UPSHAKE_READ);
  assert_int_equal(upshake_head(&hs).len, 0);
  assert_int_equal(upshake_rest(&hs).len, 0);
  assert_absent(upshake_get_request(&hs).method);
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
  assert_int_equal(upshake_reset(&hs, 0), UPSHAKE_PLAIN);
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
    assert_int_equal(upshake_reset(&hs, 0),
                     cut < all ? UPSHAKE_READ : UPSHAKE_SEND);
    assert_int_equal(upshake_head(&hs).len, cut - first);
    if (cut < all) {
      assert_int_equal(feed(&hs, stream + cut, all - cut, &used), UPSHAKE_SEND);
      assert_int_equal(used, all - cut);
    }
    assert_int_equal(upshake_get_result(&hs).status, 101);
  }
}

static void a_kept_refusal_goes_on_with_the_rest(void **state) {
  const upshake_extra keep = {.keep = 1};
  upshake hs;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  receive(&hs, OLD_VERSION NEXT_REQUEST, strlen(OLD_VERSION NEXT_REQUEST), CAP);
  assert_int_equal(upshake_get_result(&hs).status, 426);
  assert_int_equal(upshake_get_result(&hs).may_keep, 1);
  assert_int_equal(upshake_get_result(&hs).body_left, 0);
  assert_int_equal(reply_status(&hs, &keep), 426);
  assert_int_equal(upshake_reset(&hs, 0), UPSHAKE_PLAIN);
  assert_slice(upshake_get_request(&hs).path, "/next");
}

/* Octets behind a request that was refused with close, or that waits for its
 * answer, are never read as a request (RFC 9112 9.6). */
static void any_other_reset_drops_the_rest(void **state) {
  static const char *const streams[] = {
      OLD_VERSION NEXT_REQUEST, CHECK_REQUEST NEXT_REQUEST, BROKEN NEXT_REQUEST,
      "GET /unfinished HT"};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++)
    for (size_t with_reply = 0; with_reply < 2; with_reply++) {
      upshake hs;
      size_t used;
      upshake_init(&hs, i == 1 ? &waiting : &accepting, memory, CAP, NULL);
      receive(&hs, streams[i], strlen(streams[i]), CAP);
      if (with_reply)
        reply_status(&hs, NULL);
      assert_int_equal(upshake_reset(&hs, 0), UPSHAKE_READ);
      assert_int_equal(upshake_head(&hs).len, 0);
      assert_int_equal(feed(&hs, CHECK_PLAIN, strlen(CHECK_PLAIN), &used),
                       UPSHAKE_PLAIN);
      assert_int_equal(upshake_get_result(&hs).consumed, strlen(CHECK_PLAIN));
    }
}

static void a_broken_connection_cannot_be_kept(void **state) {
  static const char *const streams[] = {
      BROKEN,
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/9",
      "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
      "GET / HTTP/1.1\r\n" CHECK_FIELDS "Content-Length: 1\r\n\r\n"};
  const upshake_extra keep = {.keep = 1};
  char out[CAP];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++) {
    upshake hs = begin(&accepting, streams[i], UPSHAKE_SEND);
    size_t len = 9;
    assert_int_equal(upshake_get_result(&hs).may_keep, 0);
    assert_unchanged(hs, upshake_reply(&hs, &keep, out, sizeof out, &len),
                     UPSHAKE_ERR_MUST_CLOSE);
    assert_int_equal(len, 0);
    assert_int_equal(reply_status(&hs, NULL), upshake_get_result(&hs).status);
  }
}

static void a_refused_connect_cannot_be_kept(void **state) { /* RFC 9931 8 */
  upshake hs =
      begin(&accepting, "CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\n\r\n",
            UPSHAKE_PLAIN);
  const upshake_extra keep = {.keep = 1};
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
      {"Transfer-Encoding: chunked\r\n", UPSHAKE_BODY_UNKNOWN},
      {"Transfer-Encoding: gzip, Chunked\r\n", UPSHAKE_BODY_UNKNOWN},
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

/* ---- Replies --------------------------------------------------------------
 */

static void a_reply_is_the_same_whole_and_in_parts(void **state) {
  static const char *const streams[] = {CHECK_REQUEST, OLD_VERSION, BROKEN};
  const upshake_extra extra = {.date = text("now")};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++)
    for (size_t cap = 1; cap < 40; cap++) {
      upshake hs = begin(&accepting, streams[i], UPSHAKE_SEND);
      char whole[CAP], parts[CAP];
      size_t len, total = 0, part;
      assert_int_equal(upshake_reply(&hs, &extra, NULL, 0, &len),
                       UPSHAKE_ERR_ROOM);
      do {
        char *out = malloc(cap);
        assert_int_equal(
            upshake_reply_part(&hs, &extra, total, out, cap, &part),
            UPSHAKE_OK);
        memcpy(parts + total, out, part);
        total += part;
        free(out);
      } while (part > 0);
      assert_int_equal(total, len);
      assert_int_equal(upshake_reply(&hs, &extra, whole, len, &len),
                       UPSHAKE_OK);
      assert_memory_equal(whole, parts, len);
      assert_true(len <= UPSHAKE_REPLY_CAP);
    }
}

static void an_answer_to_head_has_no_body(void **state) { /* RFC 9110 9.3.2 */
  upshake hs =
      begin(&accepting, "HEAD / HTTP/1.1\r\n" CHECK_HOST "\r\n", UPSHAKE_PLAIN);
  const upshake_extra extra = {.body = text("none")};
  upshake_slice value = {NULL, 0};
  reply_view view;
  char out[CAP];
  size_t len;
  (void)state;
  assert_int_equal(upshake_answer(&hs, 404), UPSHAKE_OK);
  assert_int_equal(upshake_reply(&hs, &extra, out, CAP, &len), UPSHAKE_OK);
  view = view_reply(out, len);
  assert_int_equal(view.body.len, 0);
  assert_int_equal(count_field(view, "Content-Length", &value), 1);
  assert_slice(value, "4");
}

/* What a reply lacks can be added, or another answer given. */
static void an_incomplete_answer_changes_nothing(void **state) {
  const upshake_field field = {{UPSHAKE_TEXT("WWW-Authenticate")},
                               {UPSHAKE_TEXT("Basic realm=\"a\"")}};
  const upshake_extra extra = {.fields = &field, .fields_len = 1};
  upshake hs = begin(&waiting, CHECK_REQUEST, UPSHAKE_DECIDE);
  char out[CAP];
  size_t len = 9;
  (void)state;
  assert_int_equal(upshake_answer(&hs, 401), UPSHAKE_OK);
  assert_unchanged(hs, upshake_reply(&hs, NULL, out, CAP, &len),
                   UPSHAKE_ERR_NEEDS_AUTHENTICATE);
  assert_int_equal(len, 0);
  assert_unchanged(hs, upshake_reply_part(&hs, NULL, 0, out, CAP, &len),
                   UPSHAKE_ERR_NEEDS_AUTHENTICATE);
  assert_int_equal(upshake_answer(&hs, 403), UPSHAKE_OK);
  assert_int_equal(upshake_answer(&hs, 401), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, &extra), 401);
}

static void there_is_no_reply_but_at_send(void **state) {
  static const char *const streams[] = {"", "GET ", CHECK_PLAIN, CHECK_REQUEST};
  char out[CAP];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++) {
    upshake hs;
    size_t len = 9, used;
    upshake_init(&hs, &waiting, memory, CAP, NULL);
    feed(&hs, streams[i], strlen(streams[i]), &used);
    assert_unchanged(hs, upshake_reply(&hs, NULL, out, CAP, &len),
                     UPSHAKE_ERR_STATE);
    assert_int_equal(len, 0);
    len = 9;
    assert_unchanged(hs, upshake_reply_part(&hs, NULL, 0, out, CAP, &len),
                     UPSHAKE_ERR_STATE);
    assert_int_equal(len, 0);
  }
}

static void explains_every_error(void **state) {
  (void)state;
  for (int i = -2; i < UPSHAKE_ERRORS_LEN + 2; i++) {
    upshake_explanation all = upshake_explain((upshake_error)i);
    assert_non_null(all.name);
    assert_non_null(all.rule);
    assert_true(strlen(all.sentence) > 0);
    assert_string_equal(upshake_strerror((upshake_error)i), all.sentence);
    assert_true(all.status == 0 || (all.status >= 400 && all.status < 600));
    for (int k = 0; k < i && i < UPSHAKE_ERRORS_LEN; k++)
      assert_string_not_equal(all.name, upshake_explain((upshake_error)k).name);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refuses_a_config_that_breaks_a_rule),
      cmocka_unit_test(shows_nothing_before_the_head_is_complete),
      cmocka_unit_test(an_empty_feed_may_be_null),
      cmocka_unit_test(hands_the_user_pointer_to_one_call_of_the_callback),
      cmocka_unit_test(takes_nothing_after_the_end),
      cmocka_unit_test(octets_glued_to_the_head_are_not_taken),
      cmocka_unit_test(a_refusal_ends_before_the_octet),
      cmocka_unit_test(a_head_of_exactly_cap_octets_is_accepted),
      cmocka_unit_test(without_memory_nothing_is_read),
      cmocka_unit_test(a_cap_beyond_32_bits_is_no_small_cap),
      cmocka_unit_test(a_state_can_be_moved_between_any_two_calls),
      cmocka_unit_test(moves_to_larger_smaller_and_overlapping_memory),
      cmocka_unit_test(moving_while_a_decision_waits_keeps_the_choice),
      cmocka_unit_test(refuses_numbers_that_are_no_answer),
      cmocka_unit_test(accepts_and_declines_only_an_offer_that_waits),
      cmocka_unit_test(refuses_at_any_time_before_a_reply),
      cmocka_unit_test(the_mind_can_change_until_the_first_octet_is_taken),
      cmocka_unit_test(a_declined_offer_is_plain),
      cmocka_unit_test(answers_come_later_in_any_order),
      cmocka_unit_test(chooses_only_what_was_offered),
      cmocka_unit_test(does_what_the_callback_returns),
      cmocka_unit_test(the_callback_may_answer_by_itself),
      cmocka_unit_test(receives_into_the_head_memory),
      cmocka_unit_test(judges_the_rest_after_a_reset),
      cmocka_unit_test(the_rest_moves_with_the_head),
      cmocka_unit_test(goes_on_in_the_middle_of_the_next_request),
      cmocka_unit_test(a_kept_refusal_goes_on_with_the_rest),
      cmocka_unit_test(any_other_reset_drops_the_rest),
      cmocka_unit_test(a_broken_connection_cannot_be_kept),
      cmocka_unit_test(a_refused_connect_cannot_be_kept),
      cmocka_unit_test(says_what_is_left_of_the_body),
      cmocka_unit_test(a_reply_is_the_same_whole_and_in_parts),
      cmocka_unit_test(an_answer_to_head_has_no_body),
      cmocka_unit_test(an_incomplete_answer_changes_nothing),
      cmocka_unit_test(there_is_no_reply_but_at_send),
      cmocka_unit_test(explains_every_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
