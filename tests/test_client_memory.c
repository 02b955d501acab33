/* SPDX-License-Identifier: MIT
 *
 * Unit tests of the client's memory: what it keeps of the request, and where.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "check.h"

#define CAP 4096
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define SWITCH "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
#define ANSWER                                                                 \
  SWITCH "Connection: Upgrade\r\n" ACCEPT "Sec-WebSocket-Protocol: chat\r\n"   \
         "Sec-WebSocket-Extensions: x-shout\r\n\r\n"

/* What is kept of it: four lines, each with two bytes in front and its line
 * end. */
static const char request[] =
    "GET /chat HTTP/1.1\r\nSEC-WEBSOCKET-EXTENSIONS: \t x-shout; loud \r\n"
    "Host: example.com\r\nupgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Connection: Upgrade\r\nCookie: Upgrade: a\r\n" CHECK_KEY
    "Sec-WebSocket-Protocol: superchat,chat\r\n\r\n";
enum { KEPT = 13 + 9 + 24 + 14 + 4 * 4 };

/* ---- What is kept of the request ----------------------------------------- */

static upshake_client_result answer_to(upshake_client *client,
                                       const char *octets) {
  size_t used, len = strlen(octets);
  char *copy = exact(octets, len);
  upshake_client_feed(client, copy, len, &used);
  free(copy);
  assert_int_equal(used, len);
  return upshake_client_get_result(client);
}

/* It is an answer, and all of it points into the memory. */
static void assert_switched(upshake_client *client, const char *memory,
                            size_t cap) {
  upshake_client_result result = answer_to(client, ANSWER);
  assert_int_equal(result.next, UPSHAKE_CLIENT_SWITCHED);
  assert_slice(result.protocol, "websocket");
  assert_slice(result.subprotocol, "chat");
  assert_slice(result.extensions, "x-shout");
  assert_slice(upshake_client_head(client), ANSWER);
  assert_true(result.protocol.ptr >= memory);
  assert_true(result.protocol.ptr < memory + KEPT);
  assert_ptr_equal(upshake_client_head(client).ptr, memory + KEPT);
  assert_true(result.extensions.ptr < memory + cap);
}

static void the_request_need_not_live_until_the_answer(void **state) {
  size_t len = strlen(request), cap = KEPT + strlen(ANSWER);
  char *sent = exact(request, len), *memory = malloc(cap);
  upshake_client client;
  (void)state;
  assert_int_equal(
      upshake_client_init(&client, NULL, part_of(sent, len), memory, cap),
      UPSHAKE_OK);
  free(sent);
  assert_absent(upshake_client_head(&client));
  assert_switched(&client, memory, cap);
  free(memory);
}

static void the_request_may_be_anywhere_in_the_memory(void **state) {
  size_t len = strlen(request), cap = len + 99;
  (void)state;
  for (size_t at = 0; at <= cap - len; at++) {
    char *memory = malloc(cap);
    upshake_client client;
    memset(memory, 'z', cap);
    memcpy(memory + at, request, len);
    assert_int_equal(upshake_client_init(
                         &client, NULL, part_of(memory + at, len), memory, cap),
                     UPSHAKE_OK);
    assert_switched(&client, memory, cap);
    free(memory);
  }
}

/* Its lines have no blanks, and no name that could become shorter. */
static void the_shortest_request_may_be_in_the_memory(void **state) {
  static const char shortest[] =
      "M / HTTP/1.1\r\nUpgrade:a\r\nUpgrade:\r\nUpgrade:b\r\n"
      "Connection:Upgrade\r\n\r\n";
  char *memory = exact(shortest, strlen(shortest));
  upshake_client client;
  (void)state;
  assert_int_equal(upshake_client_init(&client, NULL,
                                       part_of(memory, strlen(shortest)),
                                       memory, strlen(shortest)),
                   UPSHAKE_OK);
  assert_int_equal(answer_to(&client, "HTTP/1.1 101 \r\nUpgrade:b\r\n"
                                      "Connection:upgrade\r\n\r\n")
                       .next,
                   UPSHAKE_CLIENT_SWITCHED);
  free(memory);
}

static void with_too_little_memory_there_is_no_client(void **state) {
  size_t len = strlen(request);
  (void)state;
  for (size_t cap = 0; cap <= KEPT; cap++) {
    upshake_client client, before;
    char *memory = malloc(cap + 1);
    memset(&client, 'u', sizeof client);
    memset(memory, 'u', cap + 1);
    before = client;
    assert_int_equal(
        upshake_client_init(&client, NULL, part_of(request, len), memory, cap),
        cap < KEPT ? UPSHAKE_ERR_ROOM : UPSHAKE_OK);
    for (size_t i = 0; cap < KEPT && i < cap; i++)
      assert_int_equal(memory[i], 'u');
    if (cap < KEPT)
      assert_memory_equal(&client, &before, sizeof client);
    assert_int_equal(memory[cap], 'u');
    free(memory);
  }
}

/* A head of exactly the rest fits. */
static void the_head_has_the_rest_of_the_memory(void **state) {
  size_t len = strlen(ANSWER);
  (void)state;
  for (size_t room = 0; room <= len; room++) {
    char *memory = malloc(KEPT + room);
    upshake_client client;
    size_t used;
    assert_int_equal(
        upshake_client_init(&client, NULL, text(request), memory, KEPT + room),
        UPSHAKE_OK);
    assert_int_equal(upshake_client_feed(&client, ANSWER, len, &used),
                     room < len ? UPSHAKE_CLIENT_REFUSED
                                : UPSHAKE_CLIENT_SWITCHED);
    assert_int_equal(upshake_client_get_result(&client).error,
                     room < len ? UPSHAKE_ERR_HEAD_LONG : UPSHAKE_OK);
    assert_int_equal(used, room);
    free(memory);
  }
}

/* Whatever has another name is not kept: nothing of it is an offer. */
static void only_what_was_asked_for_is_an_answer(void **state) {
  static const char *const answers[] = {
      SWITCH "Connection: Upgrade\r\n" ACCEPT
             "Sec-WebSocket-Protocol: x-shout\r\n\r\n",
      SWITCH "Connection: Upgrade\r\n" ACCEPT
             "Sec-WebSocket-Extensions: chat\r\n\r\n",
      "HTTP/1.1 101 \r\nUpgrade: a\r\nConnection: Upgrade\r\n\r\n",
      "HTTP/1.1 101 \r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n",
      SWITCH "Connection: Upgrade\r\n\r\n",
  };
  static const upshake_error errors[] = {
      UPSHAKE_ERR_SUBPROTOCOL_NOT_ASKED, UPSHAKE_ERR_EXTENSION_NOT_ASKED,
      UPSHAKE_ERR_UPGRADE_NOT_ASKED, UPSHAKE_ERR_UPGRADE_NOT_ASKED,
      UPSHAKE_ERR_ACCEPT_MISSING};
  char memory[CAP];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(answers); i++) {
    upshake_client client;
    assert_int_equal(
        upshake_client_init(&client, NULL, text(request), memory, CAP),
        UPSHAKE_OK);
    assert_int_equal(answer_to(&client, answers[i]).error, errors[i]);
  }
}

/* ---- Straight into the memory -------------------------------------------- */

/* Frames that came with the head, as a server sends that speaks first. */
#define EARLY "\x81\x02hi\x81\x02ho"

static void commit(upshake_client *client, const char *octets, size_t len,
                   upshake_client_next expected) {
  size_t cap = 0;
  void *room = upshake_client_room(client, &cap);
  assert_true(len <= cap);
  memcpy(room, octets, len);
  assert_int_equal(upshake_client_commit(client, len), expected);
}

static void what_was_read_beside_the_101_is_in_rest(void **state) {
  static const char both[] = ANSWER EARLY;
  size_t head = strlen(ANSWER), len = sizeof both - 1;
  (void)state;
  for (size_t end = head; end <= len; end++)
    for (size_t cut = 1; cut < end; cut++) {
      char *memory = malloc(KEPT + end);
      upshake_client client;
      upshake_slice rest;
      size_t cap = 0;
      assert_int_equal(
          upshake_client_init(&client, NULL, text(request), memory, KEPT + end),
          UPSHAKE_OK);
      commit(&client, both, cut < head ? cut : head - 1, UPSHAKE_CLIENT_READ);
      assert_absent(upshake_client_rest(&client));
      cut = cut < head ? cut : head - 1;
      commit(&client, both + cut, end - cut, UPSHAKE_CLIENT_SWITCHED);
      rest = upshake_client_rest(&client);
      assert_int_equal(rest.len, end - head);
      assert_memory_equal(rest.ptr, both + head, rest.len);
      assert_ptr_equal(upshake_client_room(&client, &cap), memory + KEPT + end);
      assert_int_equal(cap, 0);
      assert_int_equal(upshake_client_commit(&client, 0),
                       UPSHAKE_CLIENT_SWITCHED);
      assert_int_equal(upshake_client_feed(&client, "H", 1, &cap),
                       UPSHAKE_CLIENT_SWITCHED);
      assert_int_equal(cap, 0);
      assert_int_equal(upshake_client_rest(&client).len, end - head);
      assert_int_equal(upshake_client_get_result(&client).consumed, head);
      assert_slice(upshake_client_head(&client), ANSWER);
      free(memory);
      if (cut == head - 1)
        break;
    }
}

/* Of the interim responses nothing is left. */
static void rest_is_behind_the_last_head(void **state) {
  static const char octets[] = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
                               "HTTP/1.1 100 Continue\r\n\r\n"
                               "HTTP/1.1 404 Not Found\r\n\r\nbody";
  char memory[CAP];
  upshake_client client;
  (void)state;
  upshake_client_init(&client, NULL, text(request), memory, CAP);
  commit(&client, octets, sizeof octets - 1, UPSHAKE_CLIENT_OTHER);
  assert_slice(upshake_client_head(&client), "HTTP/1.1 404 Not Found\r\n\r\n");
  assert_slice(upshake_client_rest(&client), "body");
  assert_int_equal(upshake_client_get_result(&client).consumed,
                   sizeof octets - 1 - 4);
}

/* The commit that fills the memory refuses a head that is not complete, and a
 * refused byte is the first of the rest. */
static void a_refusal_leaves_its_rest(void **state) {
  char memory[KEPT + 20];
  upshake_client client;
  size_t cap;
  (void)state;
  upshake_client_init(&client, NULL, text(request), memory, sizeof memory);
  commit(&client, "HTTP/1.1 101 Switchi", 20, UPSHAKE_CLIENT_REFUSED);
  assert_int_equal(upshake_client_get_result(&client).error,
                   UPSHAKE_ERR_HEAD_LONG);
  assert_slice(upshake_client_rest(&client), "");
  upshake_client_init(&client, NULL, text(request), memory, sizeof memory);
  commit(&client, "HTTP/1.1 10x", 12, UPSHAKE_CLIENT_REFUSED);
  assert_slice(upshake_client_rest(&client), "x");
  upshake_client_init(&client, NULL, text(request), memory, KEPT);
  upshake_client_room(&client, &cap);
  assert_int_equal(cap, 0);
  assert_int_equal(upshake_client_commit(&client, 0), UPSHAKE_CLIENT_REFUSED);
}

static void commit_takes_no_more_than_the_room(void **state) {
  char memory[KEPT + 12];
  upshake_client client;
  (void)state;
  upshake_client_init(&client, NULL, text(request), memory, sizeof memory);
  memcpy(memory + KEPT, "HTTP/1.1 101", 12);
  assert_int_equal(upshake_client_commit(&client, SIZE_MAX),
                   UPSHAKE_CLIENT_REFUSED);
  assert_slice(upshake_client_head(&client), "HTTP/1.1 101");
}

/* ---- Interim responses --------------------------------------------------- */

static const upshake_client_policy giving = {.interim = 1};

/* What commit has left in the memory is gone through by either call. */
static void behind_interim_responses_both_calls_go_on(void **state) {
  static const char hints[] = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
                              "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 2";
  static const char end[] = "00 OK\r\nContent-Length: 2\r\n\r\nhi";
  (void)state;
  for (int fed = 0; fed <= 1; fed++) {
    char memory[CAP];
    upshake_client client;
    upshake_client_result result;
    size_t used = 7;
    upshake_client_init(&client, &giving, text(CHECK_PLAIN), memory, CAP);
    commit(&client, hints, sizeof hints - 1, UPSHAKE_CLIENT_INTERIM);
    result = upshake_client_get_result(&client);
    assert_int_equal(result.status, 103);
    assert_int_equal(result.version, 11);
    assert_slice(result.reason, "Early Hints");
    assert_slice(upshake_find_field(result.fields, "link"), "a");
    assert_int_equal(result.consumed, 37);
    if (fed) {
      assert_int_equal(upshake_client_feed(&client, end, 0, &used),
                       UPSHAKE_CLIENT_INTERIM);
      assert_int_equal(used, 0);
    } else
      assert_int_equal(upshake_client_commit(&client, 5),
                       UPSHAKE_CLIENT_INTERIM);
    assert_int_equal(upshake_client_get_result(&client).status, 100);
    assert_int_equal(upshake_client_feed(&client, end, sizeof end - 1, &used),
                     UPSHAKE_CLIENT_OTHER);
    assert_int_equal(used, sizeof end - 1 - 2);
    result = upshake_client_get_result(&client);
    assert_int_equal(result.status, 200);
    assert_int_equal(result.body_len, 2);
    assert_int_equal(result.length, 2);
    assert_int_equal(result.consumed, sizeof hints - 1 + sizeof end - 1 - 2);
  }
}

/* A final head that is behind an interim response in the memory. */
static void a_feed_behind_a_complete_head_takes_nothing(void **state) {
  static const char octets[] = "HTTP/1.1 100 Continue\r\n\r\n"
                               "HTTP/1.1 200 OK\r\n\r\nbody";
  char memory[CAP];
  upshake_client client;
  size_t used = 7;
  (void)state;
  upshake_client_init(&client, &giving, text(CHECK_PLAIN), memory, CAP);
  commit(&client, octets, sizeof octets - 1, UPSHAKE_CLIENT_INTERIM);
  assert_slice(upshake_client_head(&client), "HTTP/1.1 100 Continue\r\n\r\n");
  assert_int_equal(upshake_client_feed(&client, "more", 4, &used),
                   UPSHAKE_CLIENT_OTHER);
  assert_int_equal(used, 0);
  assert_slice(upshake_client_rest(&client), "body");
}

static void of_interim_responses_32_are_given(void **state) {
  static const char octets[] = "HTTP/1.1 100 \r\n\r\n";
  char memory[CAP];
  upshake_client client;
  size_t used, len = sizeof octets - 1;
  (void)state;
  upshake_client_init(&client, &giving, text(CHECK_PLAIN), memory, CAP);
  for (int i = 0; i < 32; i++)
    assert_int_equal(upshake_client_feed(&client, octets, len, &used),
                     UPSHAKE_CLIENT_INTERIM);
  assert_int_equal(upshake_client_feed(&client, octets, len, &used),
                   UPSHAKE_CLIENT_REFUSED);
  assert_int_equal(upshake_client_get_result(&client).error,
                   UPSHAKE_ERR_INTERIM_MANY);
  assert_int_equal(upshake_client_get_result(&client).offset, 32 * len);
}

/* A request that asks for no switch needs no memory, and may have none. */
static void without_memory_there_is_no_head(void **state) {
  upshake_client client;
  size_t cap = 7, used = 7;
  (void)state;
  assert_int_equal(
      upshake_client_init(&client, NULL, text(CHECK_PLAIN), NULL, 0),
      UPSHAKE_OK);
  assert_null(upshake_client_room(&client, &cap));
  assert_int_equal(cap, 0);
  assert_absent(upshake_client_head(&client));
  assert_int_equal(upshake_client_feed(&client, "H", 1, &used),
                   UPSHAKE_CLIENT_REFUSED);
  assert_int_equal(used, 0);
  assert_absent(upshake_client_rest(&client));
  assert_int_equal(upshake_client_get_result(&client).error,
                   UPSHAKE_ERR_HEAD_LONG);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_request_need_not_live_until_the_answer),
      cmocka_unit_test(the_request_may_be_anywhere_in_the_memory),
      cmocka_unit_test(the_shortest_request_may_be_in_the_memory),
      cmocka_unit_test(with_too_little_memory_there_is_no_client),
      cmocka_unit_test(the_head_has_the_rest_of_the_memory),
      cmocka_unit_test(only_what_was_asked_for_is_an_answer),
      cmocka_unit_test(what_was_read_beside_the_101_is_in_rest),
      cmocka_unit_test(rest_is_behind_the_last_head),
      cmocka_unit_test(a_refusal_leaves_its_rest),
      cmocka_unit_test(commit_takes_no_more_than_the_room),
      cmocka_unit_test(behind_interim_responses_both_calls_go_on),
      cmocka_unit_test(a_feed_behind_a_complete_head_takes_nothing),
      cmocka_unit_test(of_interim_responses_32_are_given),
      cmocka_unit_test(without_memory_there_is_no_head),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
