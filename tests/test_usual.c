/* SPDX-License-Identifier: MIT
 *
 * Values that nearly take a short way, and take the general one: each row
 * breaks one condition of a short way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_handshake.h"

typedef struct offer_row {
  const upshake_config *config;
  const char *request;
  upshake_next next;
  upshake_error error;
} offer_row;

#define START "GET /chat HTTP/1.1\r\n"
#define UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define REST UPGRADE CHECK_KEY CHECK_VERSION

static const upshake_protocol websocket[] = {UPSHAKE_WEBSOCKET};
static const upshake_protocol get_only[] = {
    UPSHAKE_ENTRY("websocket", upshake_websocket_rules, "GET", NULL, 0, 0)};
static const upshake_protocol other_name[] = {
    UPSHAKE_ENTRY("other", upshake_websocket_rules, NULL, NULL, 0, 0)};
static const upshake_protocol no_rules[] = {UPSHAKE_PROTOCOL("other")};
static const upshake_config only = {websocket, 1, .decide = NULL};
static const upshake_config with_methods = {get_only, 1, .decide = NULL};
static const upshake_config renamed = {other_name, 1, .decide = NULL};
static const upshake_config plain_rules = {no_rules, 1, .decide = NULL};
static const upshake_config required = {websocket, 1,
                                        .subprotocol_required = 1};
static const char *const chat[] = {"chat"};
static const upshake_config choosing = {websocket, 1, .subprotocols = chat,
                                        .subprotocols_len = 1};

static void what_is_nearly_a_usual_offer_is_judged_by_all_rules(void **state) {
  static const offer_row rows[] = {
      {&only, START CHECK_HOST REST "\r\n", UPSHAKE_SEND, UPSHAKE_OK},
      {&with_methods, START CHECK_HOST REST "\r\n", UPSHAKE_SEND, UPSHAKE_OK},
      {&accepting, START CHECK_HOST REST "\r\n", UPSHAKE_SEND, UPSHAKE_OK},
      {&renamed, START CHECK_HOST REST "\r\n", UPSHAKE_PLAIN,
       UPSHAKE_ERR_NOT_SUPPORTED},
      {&plain_rules, START CHECK_HOST REST "\r\n", UPSHAKE_PLAIN,
       UPSHAKE_ERR_NOT_SUPPORTED},
      {&plain_rules,
       START CHECK_HOST
       "Upgrade: other\r\nConnection: Upgrade\r\n" CHECK_KEY CHECK_VERSION
       "\r\n",
       UPSHAKE_SEND, UPSHAKE_OK},
      {&required, START CHECK_HOST REST "\r\n", UPSHAKE_SEND,
       UPSHAKE_ERR_SUBPROTOCOL_REQUIRED},
      {&required, START CHECK_HOST REST "Sec-WebSocket-Protocol: a\r\n\r\n",
       UPSHAKE_SEND, UPSHAKE_OK},
      {&only, "PUT / HTTP/1.1\r\n" CHECK_HOST REST "\r\n", UPSHAKE_SEND,
       UPSHAKE_ERR_METHOD},
      {&only, START CHECK_HOST REST "Content-Length: 1\r\n\r\n", UPSHAKE_SEND,
       UPSHAKE_ERR_BODY},
      {&only, START CHECK_HOST REST "Content-Length: 0\r\n\r\n", UPSHAKE_SEND,
       UPSHAKE_OK},
      {&only, START CHECK_HOST REST "Origin: https://other.example\r\n\r\n",
       UPSHAKE_SEND, UPSHAKE_ERR_ORIGIN_REFUSED},
      {&only, START CHECK_HOST UPGRADE CHECK_KEY "\r\n", UPSHAKE_SEND,
       UPSHAKE_ERR_VERSION_MISSING},
      {&only, START "Host:\r\n" REST "\r\n", UPSHAKE_SEND,
       UPSHAKE_ERR_HOST_EMPTY},
      {&only,
       START CHECK_HOST
       "Upgrade: websockes\r\nConnection: Upgrade\r\n" CHECK_KEY CHECK_VERSION
       "\r\n",
       UPSHAKE_PLAIN, UPSHAKE_ERR_NOT_SUPPORTED},
      {&only,
       START CHECK_HOST
       "Upgrade: WebSocket, a\r\nConnection: Upgrade\r\n" CHECK_KEY
           CHECK_VERSION "\r\n",
       UPSHAKE_SEND, UPSHAKE_OK},
      {&only, START CHECK_HOST REST "Sec-WebSocket-Protocol: a, b\r\n\r\n",
       UPSHAKE_SEND, UPSHAKE_OK},
      {&only, START CHECK_HOST REST "Sec-WebSocket-Protocol: a,b\r\n\r\n",
       UPSHAKE_SEND, UPSHAKE_OK},
      {&only, START CHECK_HOST REST "Sec-WebSocket-Protocol: a,\r\n\r\n",
       UPSHAKE_SEND, UPSHAKE_OK},
      {&only, START CHECK_HOST REST "Sec-WebSocket-Protocol: a, \x80\r\n\r\n",
       UPSHAKE_SEND, UPSHAKE_ERR_SUBPROTOCOL_MALFORMED},
      {&only, START CHECK_HOST REST "Sec-WebSocket-Protocol: ,a\r\n\r\n",
       UPSHAKE_SEND, UPSHAKE_OK},
      {&choosing, START CHECK_HOST REST "Sec-WebSocket-Protocol: chat\r\n\r\n",
       UPSHAKE_SEND, UPSHAKE_OK},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake hs = begin(rows[i].config, rows[i].request, rows[i].next);
    assert_int_equal(upshake_get_result(&hs).error, rows[i].error);
  }
}

static void what_is_nearly_a_usual_host_is_parsed(void **state) {
  static const struct {
    const char *host;
    int is_good;
  } rows[] = {{"a", 1},        {"a:1", 1},     {"a:9999", 1}, {"a:99999", 0},
              {"a:65535", 1},  {"a:", 1},      {"a:x", 0},    {"a:1x", 0},
              {":80", 1},      {"a%41", 1},    {"a%4", 0},    {"[::1]", 1},
              {"[::1]:80", 1}, {"a b", 0},     {"a/b", 0},    {"a:12345", 1},
              {"a@b", 0},      {"a:123456", 0}};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    char request[128];
    upshake hs;
    strcpy(request, "GET / HTTP/1.1\r\nHost: ");
    strcat(request, rows[i].host);
    strcat(request, "\r\n\r\n");
    hs = begin(&only, request, rows[i].is_good ? UPSHAKE_PLAIN : UPSHAKE_SEND);
    if (!rows[i].is_good)
      assert_int_equal(upshake_get_result(&hs).error,
                       UPSHAKE_ERR_HOST_MALFORMED);
  }
}

/* Each has the length and the first letters of a known name, and another last
 * letter. */
static void what_is_nearly_a_known_name_is_another_field(void **state) {
  static const char request[] =
      START CHECK_HOST "Hosu: a\r\nExpecu: a\r\nUpgradf: a\r\n"
                       "Connectiom: close\r\nContent-Lengti: x\r\n"
                       "Transfer-Encodinh: x\r\nContent-Typf: a\r\n"
                       "HTTP2-Settingt: a\r\nOrigim: a\r\n"
                       "Sec-WebSocket-Kez: a\r\nSec-WebSocket-Versiom: 8\r\n"
                       "Sec-WebSocket-Protocom: ,\r\n"
                       "Sec-WebSocket-Extensiont: ;\r\n" REST "\r\n";
  upshake hs = begin(&only, request, UPSHAKE_SEND);
  (void)state;
  assert_int_equal(upshake_get_result(&hs).status, 101);
}

#ifndef UPSHAKE_NO_CLIENT
static void what_is_nearly_a_usual_status_line_is_parsed(void **state) {
  static const struct {
    const char *answer;
    upshake_client_next next;
  } rows[] = {{"HTTP/1.1 200 OK\r\n\r\n", UPSHAKE_CLIENT_OTHER},
              {"HTTP/1.0 200 OK\r\n\r\n", UPSHAKE_CLIENT_OTHER},
              {"HTTP/1.1 200\r\nA: b\r\n\r\n", UPSHAKE_CLIENT_OTHER},
              {"HTTP/1.1 x00 OK\r\n\r\n", UPSHAKE_CLIENT_REFUSED},
              {"HTTP/1.1 2x0 OK\r\n\r\n", UPSHAKE_CLIENT_REFUSED},
              {"HTTP/1.1 20x OK\r\n\r\n", UPSHAKE_CLIENT_REFUSED},
              {"HTTP/1.1 2000 OK\r\n\r\n", UPSHAKE_CLIENT_REFUSED},
              {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Lengti: 2\r\n"
               "Transfer-Encodinh: x\r\n\r\n",
               UPSHAKE_CLIENT_OTHER},
              {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n"
               "A: b\r\n\r\n",
               UPSHAKE_CLIENT_REFUSED},
              {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
               UPSHAKE_CLIENT_OTHER}};
  static const upshake_client_policy policy = {.limits = {.fields = 9}};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    for (size_t cut = 0; cut <= strlen(rows[i].answer); cut++)
      for (int with = 0; with < 2; with++) {
        upshake_place places[4];
        upshake_index index = UPSHAKE_INDEX(places);
        upshake_client client;
        const char *answer = rows[i].answer;
        size_t used;
        assert_int_equal(upshake_client_init(&client, with ? &policy : NULL,
                                             text(CHECK_REQUEST), memory, CAP),
                         UPSHAKE_OK);
        if (with)
          upshake_client_set_index(&client, &index);
        upshake_client_feed(&client, answer, cut, &used);
        assert_int_equal(upshake_client_feed(&client, answer + used,
                                             strlen(answer) - used, &used),
                         rows[i].next);
      }
}
#endif

static void nothing_is_set_once_a_reply_is_due(void **state) {
  upshake_index index = {NULL, 0, 0, NULL};
  upshake hs;
  (void)state;
  upshake_init(&hs, &only, memory, CAP, NULL);
  assert_int_equal(upshake_answer(&hs, 503), UPSHAKE_OK);
  assert_int_equal(upshake_set_index(&hs, &index), UPSHAKE_ERR_STATE);
  assert_int_equal(upshake_set_hash(&hs, NULL), UPSHAKE_ERR_STATE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_nearly_a_usual_offer_is_judged_by_all_rules),
      cmocka_unit_test(what_is_nearly_a_usual_host_is_parsed),
      cmocka_unit_test(what_is_nearly_a_known_name_is_another_field),
#ifndef UPSHAKE_NO_CLIENT
      cmocka_unit_test(what_is_nearly_a_usual_status_line_is_parsed),
#endif
      cmocka_unit_test(nothing_is_set_once_a_reply_is_due),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
