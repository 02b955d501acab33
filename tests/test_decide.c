/* SPDX-License-Identifier: MIT
 *
 * Answers to an offer, whoever gives them and when, and what may be chosen.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_handshake.h"
#include "switches.h"
#include "check_reply.h"

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
    assert_unchanged(hs, upshake_choose_protocol(&hs, text("websocket")),
                     UPSHAKE_ERR_STATE);
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
      assert_int_equal(result.status, 503);
      assert_int_equal(feed(&hs, "x", 1, &used), UPSHAKE_SEND);
      assert_int_equal(used, 0);
      assert_int_equal(upshake_answer(&hs, 408), UPSHAKE_OK);
      assert_int_equal(reply_status(&hs, NULL), 408);
    }
}

/* ---- The first cause ------------------------------------------------------
 */

/* The application refuses, twice: the error and its offset stay. */
static void assert_cause(upshake *hs, upshake_error error, size_t offset) {
  static const int statuses[] = {503, 404};
  for (size_t i = 0; i < CHECK_LEN(statuses); i++) {
    upshake_result result;
    assert_int_equal(upshake_answer(hs, statuses[i]), UPSHAKE_OK);
    result = upshake_get_result(hs);
    assert_int_equal(result.next, UPSHAKE_SEND);
    assert_int_equal(result.status, statuses[i]);
    assert_int_equal(result.error, error);
    assert_int_equal(result.offset, offset);
  }
  assert_int_equal(reply_status(hs, NULL), 404);
  assert_int_equal(upshake_get_result(hs).error, error);
}

#define OFFER "GET /chat HTTP/1.1\r\n" CHECK_HOST "Upgrade: websocket\r\n"
#define AT_END SIZE_MAX /* the byte behind the head */

static void a_cause_stays_when_the_application_refuses(void **state) {
  static const struct {
    const char *stream;
    upshake_error cause;
    size_t offset;
  } rows[] = {
      /* PLAIN */
      {CHECK_PLAIN, UPSHAKE_ERR_NO_UPGRADE, AT_END},
      {"GET / HTTP/1.1\r\n" CHECK_HOST CHECK_KEY "\r\n",
       UPSHAKE_ERR_PROXY_TOOK_UPGRADE, AT_END},
      {"GET / HTTP/1.0\r\nUpgrade: websocket\r\n\r\n", UPSHAKE_ERR_HTTP_1_0,
       AT_END},
      {OFFER "\r\n", UPSHAKE_ERR_NO_CONNECTION, AT_END},
      {"GET / HTTP/1.1\r\n" CHECK_HOST
       "Upgrade: h9\r\nConnection: Upgrade\r\n\r\n",
       UPSHAKE_ERR_NOT_SUPPORTED, AT_END},
      {"GET / HTTP/1.1\r\n" CHECK_HOST "Content-Length: 1\r\n"
       "Upgrade: echo\r\nConnection: Upgrade\r\n\r\n",
       UPSHAKE_ERR_PASSED_OVER_BODY, AT_END},
      {"PUT / HTTP/1.1\r\n" CHECK_HOST
       "Upgrade: echo\r\nConnection: Upgrade\r\n\r\n",
       UPSHAKE_ERR_PASSED_OVER_METHOD, AT_END},
      /* refused at a byte, at a line, behind the head */
      {"GET / HTTP/2.0\r\n", UPSHAKE_ERR_HTTP_VERSION, 11},
      {"PRI * HTTP/2.0\r\n\r\n", UPSHAKE_ERR_HTTP2_PREFACE, 0},
      {"GET / HTTP/1.1\r\nHost: a b\r\n", UPSHAKE_ERR_HOST_MALFORMED, 22},
      {"GET / HTTP/1.1\r\n\r\n", UPSHAKE_ERR_HOST_MISSING, AT_END},
      {OFFER "Connection: Upgrade\r\n" CHECK_VERSION "\r\n",
       UPSHAKE_ERR_KEY_MISSING, AT_END},
      /* nothing was wrong until the application refused */
      {"", UPSHAKE_ERR_REFUSED, AT_END},
      {"GET / H", UPSHAKE_ERR_REFUSED, AT_END},
      {CHECK_REQUEST, UPSHAKE_ERR_REFUSED, AT_END},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    for (size_t k = 0; k < 2; k++) {
      upshake hs;
      size_t used, len = strlen(rows[i].stream);
      upshake_init(&hs, k ? &waiting : &accepting, memory, CAP, NULL);
      feed(&hs, rows[i].stream, len, &used);
      assert_cause(&hs, rows[i].cause,
                   rows[i].offset == AT_END ? len : rows[i].offset);
    }
}

static int nonsense(upshake *hs, void *user) {
  (void)hs;
  (void)user;
  return 42;
}

static void what_the_application_said_first_stays(void **state) {
  const upshake_config config = {protocols, 3, .decide = nonsense};
  size_t len = strlen(CHECK_REQUEST);
  upshake hs = begin(&waiting, CHECK_REQUEST, UPSHAKE_DECIDE);
  (void)state;
  assert_int_equal(upshake_answer(&hs, UPSHAKE_DECLINE), UPSHAKE_OK);
  assert_cause(&hs, UPSHAKE_ERR_DECLINED, len);
  hs = begin(&config, CHECK_REQUEST, UPSHAKE_SEND);
  assert_cause(&hs, UPSHAKE_ERR_DECISION, len);
}

/* FAILED_PLAIN: the rule that the offer breaks, and where. */
static void a_broken_rule_stays_where_its_offer_is_plain(void **state) {
  static const upshake_protocol table[] = {{.name = "websocket",
                                            .rules = upshake_websocket_rules,
                                            .failed = UPSHAKE_FAILED_PLAIN}};
  const upshake_config config = {.protocols = table, .protocols_len = 1};
  static const char head[] =
      OFFER "Connection: Upgrade\r\n" CHECK_VERSION "Sec-WebSocket-Key: ";
  upshake hs;
  (void)state;
  hs = begin(&config,
             OFFER "Connection: Upgrade\r\n" CHECK_VERSION
                   "Sec-WebSocket-Key: abc\r\n\r\n",
             UPSHAKE_PLAIN);
  assert_int_equal(upshake_get_result(&hs).error, UPSHAKE_ERR_KEY_MALFORMED);
  assert_cause(&hs, UPSHAKE_ERR_KEY_MALFORMED, sizeof head - 1);
}

/* Before, in and behind a body nothing is wrong with the request. */
static void refusing_in_a_body_is_the_first_cause(void **state) {
  NEEDS(BODIES);
  static const upshake_protocol table[] = {
      {.name = "echo", .body = UPSHAKE_BODY_ASK}};
  const upshake_config config = {table, 1, .decide = later};
  static const char head[] =
      "GET / HTTP/1.1\r\n" CHECK_HOST "Upgrade: echo\r\nConnection: Upgrade\r\n"
      "Expect: 100-continue\r\n"
      "Content-Length: 2\r\n\r\n";
  (void)state;
  for (int steps = 0; steps < 4; steps++) {
    upshake hs = begin(&config, head, UPSHAKE_DECIDE);
    char out[CAP];
    size_t used;
    assert_int_equal(upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
    assert_int_equal(upshake_get_result(&hs).status, 100); /* at SEND */
    if (steps > 0)
      assert_int_equal(upshake_reply(&hs, out, sizeof out, &used), UPSHAKE_OK);
    if (steps > 1) /* at BODY */
      assert_int_equal(feed(&hs, "ab", 2, &used), UPSHAKE_BODY);
    if (steps > 2) /* at DECIDE */
      assert_int_equal(feed(&hs, "", 0, &used), UPSHAKE_DECIDE);
    assert_cause(&hs, UPSHAKE_ERR_REFUSED, sizeof head - 1);
  }
}

/* A reply has the fields that its cause calls for, whoever chose the status:
 * no application can add Sec-WebSocket-Version, and each can add Allow. */
static void the_fields_of_a_cause_stay_too(void **state) {
  static const upshake_field allow = {{UPSHAKE_TEXT("Allow")},
                                      {UPSHAKE_TEXT("GET, PUT")}};
  const upshake_extra extra = {.fields = &allow, .fields_len = 1};
  upshake hs = begin(&accepting, OLD_VERSION, UPSHAKE_SEND);
  char out[CAP];
  size_t len;
  (void)state;
  assert_int_equal(upshake_answer(&hs, 404), UPSHAKE_OK);
  assert_int_equal(upshake_reply(&hs, out, sizeof out, &len), UPSHAKE_OK);
  assert_one(view_reply(out, len), "Sec-WebSocket-Version", "13");
  hs = begin(&accepting, "PUT /chat HTTP/1.1\r\n" CHECK_FIELDS "\r\n",
             UPSHAKE_SEND);
  assert_unchanged(hs, upshake_reply_with(&hs, &extra, out, sizeof out, &len),
                   UPSHAKE_ERR_EXTRA_REPEATED);
  assert_int_equal(upshake_answer(&hs, 405), UPSHAKE_OK);
  assert_unchanged(hs, upshake_reply(&hs, out, sizeof out, &len),
                   UPSHAKE_ERR_NEEDS_ALLOW);
  assert_int_equal(upshake_reply_with(&hs, &extra, out, sizeof out, &len),
                   UPSHAKE_OK);
  assert_one(view_reply(out, len), "Allow", "GET, PUT");
  assert_int_equal(upshake_get_result(&hs).error, UPSHAKE_ERR_METHOD);
}

/* ---- Changing one's mind --------------------------------------------------
 */

static void the_mind_can_change_until_the_first_octet_is_taken(void **state) {
  upshake hs = begin(&accepting, CHECK_REQUEST, UPSHAKE_SEND);
  upshake_cursor cursor = {0};
  char out[CAP];
  size_t len;
  (void)state;
  assert_int_equal(upshake_reply(&hs, NULL, 0, &len), UPSHAKE_ERR_ROOM);
  assert_int_equal(upshake_answer(&hs, 404), UPSHAKE_OK); /* only asked */
  assert_unchanged(hs, upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_ERR_STATE);
  assert_int_equal(upshake_reply_part(&hs, NULL, &cursor, out, 1, &len),
                   UPSHAKE_OK);
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

static void another_protocol_has_no_subprotocol_to_choose(void **state) {
  static const char head[] =
      "GET / HTTP/1.1\r\n" CHECK_HOST "Upgrade: echo\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Protocol: a\r\n\r\n";
  upshake hs = begin(&waiting, head, UPSHAKE_DECIDE);
  (void)state;
  assert_unchanged(hs, upshake_choose_subprotocol(&hs, text("a")),
                   UPSHAKE_ERR_STATE);
  assert_int_equal(upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_absent(upshake_get_result(&hs).subprotocol);
}

static void a_refusal_agrees_to_no_extension(void **state) {
  static const char head[] = "GET /chat HTTP/1.1\r\n" CHECK_FIELDS
                             "Sec-WebSocket-Extensions: foo\r\n\r\n";
  const upshake_extra extra = {.extensions = text("foo")};
  char out[CAP];
  size_t len;
  upshake hs = begin(&waiting, head, UPSHAKE_DECIDE);
  (void)state;
  assert_int_equal(upshake_answer(&hs, 404), UPSHAKE_OK);
  assert_unchanged(hs, upshake_reply_with(&hs, &extra, out, sizeof out, &len),
                   UPSHAKE_ERR_EXTRA_EXTENSION);
  hs = begin(&accepting, head, UPSHAKE_SEND);
  assert_int_equal(reply_status(&hs, &extra), 101);
}

/* An empty text agrees to nothing, so there is no line for it. */
static void no_extension_is_no_field(void **state) {
  const upshake_extra extra = {.extensions = text("")};
  char out[CAP];
  size_t len;
  upshake hs = begin(&accepting, CHECK_REQUEST, UPSHAKE_SEND);
  (void)state;
  assert_int_equal(upshake_reply_with(&hs, &extra, out, sizeof out, &len),
                   UPSHAKE_OK);
  assert_int_equal(
      count_field(view_reply(out, len), "Sec-WebSocket-Extensions", NULL), 0);
}

/* No byte is wrong then, whatever the status. */
static void a_refusal_of_the_application_has_one_place(void **state) {
  (void)state;
  for (int status = 300; status < 600; status++) {
    upshake hs = begin(&waiting, CHECK_REQUEST, UPSHAKE_DECIDE);
    assert_int_equal(upshake_answer(&hs, status), UPSHAKE_OK);
    assert_int_equal(upshake_get_result(&hs).status, status);
    assert_int_equal(upshake_get_result(&hs).offset, strlen(CHECK_REQUEST));
  }
}

static void a_426_needs_a_protocol_of_this_connection(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_H2C,
                                           UPSHAKE_PROTOCOL("foo")};
  (void)state;
  for (uint8_t len = 0; len <= 2; len++)
    for (uint8_t transport = 0; transport <= UPSHAKE_TRANSPORT_SECURED;
         transport++) {
      upshake_config config = {
          .protocols = table, .protocols_len = len, .transport = transport};
      int is_spoken =
          len == 2 || (len == 1 && transport != UPSHAKE_TRANSPORT_SECURED);
      upshake hs;
      upshake_init(&hs, &config, memory, sizeof memory, NULL);
      assert_int_equal(upshake_answer(&hs, 426),
                       is_spoken ? UPSHAKE_OK : UPSHAKE_ERR_ANSWER);
    }
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

/* As a member of Upgrade is compared: the token in any case. */
static void a_protocol_is_chosen_in_any_case(void **state) {
  upshake hs = begin(&waiting, TWO_OFFERS, UPSHAKE_DECIDE);
  (void)state;
  assert_int_equal(upshake_choose_protocol(&hs, text("ECHO")), UPSHAKE_OK);
  assert_string_equal(upshake_get_result(&hs).protocol->name, "echo");
}

static void chooses_only_what_was_offered(void **state) {
  /* in the table but not offered; in neither; nearly the names of the table */
  static const char *const others[] = {"other", "third", "",
                                       "ech",   "echo ", "echo/1"};
  upshake hs = begin(&waiting, TWO_OFFERS, UPSHAKE_DECIDE);
  (void)state;
  assert_ptr_equal(upshake_get_result(&hs).protocol, &protocols[0]);
  for (size_t i = 0; i < CHECK_LEN(others); i++)
    assert_unchanged(hs, upshake_choose_protocol(&hs, text(others[i])),
                     UPSHAKE_ERR_NOT_OFFERED);
  assert_unchanged(hs, upshake_choose_protocol(&hs, part_of(NULL, 0)),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_unchanged(hs, upshake_choose_subprotocol(&hs, text("a, b")),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_unchanged(hs, upshake_choose_subprotocol(&hs, text("")),
                   UPSHAKE_ERR_NOT_OFFERED);
  assert_int_equal(upshake_choose_protocol(&hs, text("echo")), UPSHAKE_OK);
  assert_ptr_equal(upshake_get_result(&hs).protocol, &protocols[1]);
  assert_int_equal(upshake_choose_protocol(&hs, text("websocket")), UPSHAKE_OK);
  assert_int_equal(upshake_choose_subprotocol(&hs, text("b")), UPSHAKE_OK);
  assert_slice(upshake_get_result(&hs).subprotocol, "b");
  assert_int_equal(upshake_choose_protocol(&hs, text("echo")), UPSHAKE_OK);
  assert_int_equal(upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_int_equal(reply_status(&hs, NULL), 101);
}

/* ---- WebSocket, and what is nearly that ------------------------------------
 */

#define OFFER_OF(method, upgrade)                                              \
  method " /chat HTTP/1.1\r\n" CHECK_HOST "Upgrade: " upgrade                  \
         "\r\nConnection: Upgrade\r\n" CHECK_KEY CHECK_VERSION "\r\n"

static void only_get_opens_a_websocket(void **state) { /* RFC 6455 4.2.1 */
  static const char *const streams[] = {
      OFFER_OF("GE", "websocket"),   OFFER_OF("GEX", "websocket"),
      OFFER_OF("GXT", "websocket"),  OFFER_OF("XET", "websocket"),
      OFFER_OF("GETS", "websocket"), OFFER_OF("get", "websocket"),
      OFFER_OF("HEAD", "websocket"), OFFER_OF("POST", "websocket")};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++) {
    upshake hs = begin(&accepting, streams[i], UPSHAKE_SEND);
    assert_int_equal(upshake_get_result(&hs).error, UPSHAKE_ERR_METHOD);
    assert_int_equal(upshake_get_result(&hs).status, 405);
  }
}

/* All that WebSocket needs may be there, and another protocol be offered. */
static void a_key_makes_no_websocket_of_another_offer(void **state) {
  static const upshake_protocol tables[][2] = {
      {UPSHAKE_WEBSOCKET, UPSHAKE_PROTOCOL("echo")},
      {UPSHAKE_PROTOCOL("echo"), UPSHAKE_WEBSOCKET}};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(tables); i++) {
    const upshake_config config = {tables[i], 2, .decide = NULL};
    upshake hs = begin(&config, OFFER_OF("GET", "echo"), UPSHAKE_SEND);
    upshake_slice value = {NULL, 0};
    reply_view view;
    char out[CAP];
    size_t len;
    assert_ptr_equal(upshake_get_result(&hs).protocol, &tables[i][1 - i]);
    assert_int_equal(upshake_reply(&hs, out, CAP, &len), UPSHAKE_OK);
    view = view_reply(out, len);
    assert_int_equal(view.status, 101);
    assert_int_equal(count_field(view, "Upgrade", &value), 1);
    assert_slice(value, "echo");
    assert_int_equal(count_field(view, "Sec-WebSocket-Accept", NULL), 0);
  }
}

static void
the_first_of_two_is_the_clients_where_the_config_says_so(void **state) {
  upshake_config config = {protocols, 3, .protocol_client_order = 1};
  upshake hs = begin(&config, OFFER_OF("GET", "echo, websocket"), UPSHAKE_SEND);
  (void)state;
  assert_ptr_equal(upshake_get_result(&hs).protocol, &protocols[1]);
  config.protocol_client_order = 0;
  hs = begin(&config, OFFER_OF("GET", "echo, websocket"), UPSHAKE_SEND);
  assert_ptr_equal(upshake_get_result(&hs).protocol, &protocols[0]);
}

static void what_fails_its_own_rules_cannot_be_chosen(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET,
                                           {.name = "echo", .methods = "POST"}};
  static const upshake_config config = {table, 2, .decide = later};
  upshake hs =
      begin(&config, OFFER_OF("GET", "websocket, echo"), UPSHAKE_DECIDE);
  (void)state;
  assert_ptr_equal(upshake_get_result(&hs).protocol, &table[0]);
  assert_unchanged(hs, upshake_choose_protocol(&hs, text("echo")),
                   UPSHAKE_ERR_NOT_OFFERED);
}

/* Of two entries with one token the offer is of both. */
static void the_same_token_may_be_in_the_table_twice(void **state) {
  static const upshake_protocol table[] = {{.name = "echo", .methods = "POST"},
                                           UPSHAKE_PROTOCOL("echo")};
  static const upshake_config config = {table, 2, .decide = NULL};
  upshake hs = begin(&config, OFFER_OF("GET", "echo"), UPSHAKE_SEND);
  (void)state;
  assert_ptr_equal(upshake_get_result(&hs).protocol, &table[1]);
}

/* A name in another case is the same token, wherever it stands. */
static void the_case_of_a_token_hides_no_entry(void **state) {
  static const upshake_protocol tables[][2] = {
      {UPSHAKE_PROTOCOL("Echo"), UPSHAKE_PROTOCOL("echo")},
      {UPSHAKE_PROTOCOL("echo"), UPSHAKE_PROTOCOL("ECHO")},
      {UPSHAKE_PROTOCOL("ECHO/1"), UPSHAKE_PROTOCOL("echo/1")}};
  static const char *const streams[] = {
      OFFER_OF("GET", "echo"), OFFER_OF("GET", "Echo"), OFFER_OF("GET", "eCHO"),
      OFFER_OF("GET", "ECHO, x")};
  static const char *const with_version[] = {
      OFFER_OF("GET", "echo/1"), OFFER_OF("GET", "Echo/1"),
      OFFER_OF("GET", "eCHO/1"), OFFER_OF("GET", "x, ECHO/1")};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(tables); i++)
    for (size_t k = 0; k < CHECK_LEN(streams); k++)
      for (uint8_t of_client = 0; of_client < 2; of_client++) {
        const upshake_config config = {tables[i], 2,
                                       .protocol_client_order = of_client};
        upshake hs =
            begin(&config, i < 2 ? streams[k] : with_version[k], UPSHAKE_SEND);
        assert_ptr_equal(upshake_get_result(&hs).protocol, &tables[i][0]);
      }
}

/* A version is the same only in its own case. */
static void the_case_of_a_version_counts(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_PROTOCOL("echo/1A")};
  const upshake_config config = {table, 1, .decide = later};
  upshake hs = begin(&config, OFFER_OF("GET", "ECHO/1A"), UPSHAKE_DECIDE);
  (void)state;
  assert_int_equal(upshake_choose_protocol(&hs, text("Echo/1A")), UPSHAKE_OK);
  assert_unchanged(hs, upshake_choose_protocol(&hs, text("echo/1a")),
                   UPSHAKE_ERR_NOT_OFFERED);
  begin(&config, OFFER_OF("GET", "echo/1a"), UPSHAKE_PLAIN);
  begin(&config, OFFER_OF("GET", "x, echo/1a"), UPSHAKE_PLAIN);
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
    if (status == 401 || status == 405 || status == 407)
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

/* ---- What a refusal needs, and what it has ------------------------------- */

/* Only a 426 names protocols.  A server without protocols may refuse with every
 * other status. */
static void no_other_refusal_needs_a_protocol(void **state) {
  static const upshake_config config = {NULL, 0, .decide = NULL};
  (void)state;
  for (int status = 300; status < 600; status++) {
    upshake hs = begin(&config, CHECK_REQUEST, UPSHAKE_PLAIN);
    assert_int_equal(upshake_answer(&hs, status),
                     status == 426 ? UPSHAKE_ERR_ANSWER : UPSHAKE_OK);
    assert_int_equal(upshake_get_result(&hs).status,
                     status == 426 ? 0 : status);
  }
}

static void a_refusal_agrees_to_no_protocol(void **state) {
  static const char *const spoken[] = {"b"};
  static const upshake_config config = {protocols, 3, .decide = later,
                                        .subprotocols = spoken,
                                        .subprotocols_len = 1};
  (void)state;
  for (int status = 300; status < 600; status++) {
    upshake hs = begin(&config, TWO_OFFERS, UPSHAKE_DECIDE);
    assert_ptr_equal(upshake_get_result(&hs).protocol, &protocols[0]);
    assert_slice(upshake_get_result(&hs).subprotocol, "b");
    assert_int_equal(upshake_answer(&hs, status), UPSHAKE_OK);
    assert_null(upshake_get_result(&hs).protocol);
    assert_absent(upshake_get_result(&hs).subprotocol);
  }
}

/* A sub-protocol is absent while another protocol is chosen, whoever chose the
 * sub-protocol. */
static void a_subprotocol_is_of_websocket_alone(void **state) {
  static const char *const spoken[] = {"a"};
  static const upshake_config config = {protocols, 3, .decide = later,
                                        .subprotocols = spoken,
                                        .subprotocols_len = 1};
  (void)state;
  for (int chooses = 0; chooses < 2; chooses++) {
    const char *name = chooses ? "b" : "a";
    upshake hs = begin(&config, TWO_OFFERS, UPSHAKE_DECIDE);
    if (chooses)
      assert_int_equal(upshake_choose_subprotocol(&hs, text(name)), UPSHAKE_OK);
    assert_slice(upshake_get_result(&hs).subprotocol, name);
    assert_int_equal(upshake_choose_protocol(&hs, text("echo")), UPSHAKE_OK);
    assert_absent(upshake_get_result(&hs).subprotocol);
    assert_int_equal(upshake_choose_protocol(&hs, text("websocket")),
                     UPSHAKE_OK);
    assert_slice(upshake_get_result(&hs).subprotocol, name);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refuses_numbers_that_are_no_answer),
      cmocka_unit_test(accepts_and_declines_only_an_offer_that_waits),
      cmocka_unit_test(refuses_at_any_time_before_a_reply),
      cmocka_unit_test(a_cause_stays_when_the_application_refuses),
      cmocka_unit_test(what_the_application_said_first_stays),
      cmocka_unit_test(a_broken_rule_stays_where_its_offer_is_plain),
      cmocka_unit_test(refusing_in_a_body_is_the_first_cause),
      cmocka_unit_test(the_fields_of_a_cause_stay_too),
      cmocka_unit_test(the_mind_can_change_until_the_first_octet_is_taken),
      cmocka_unit_test(a_declined_offer_is_plain),
      cmocka_unit_test(another_protocol_has_no_subprotocol_to_choose),
      cmocka_unit_test(a_refusal_agrees_to_no_extension),
      cmocka_unit_test(no_extension_is_no_field),
      cmocka_unit_test(a_refusal_of_the_application_has_one_place),
      cmocka_unit_test(a_426_needs_a_protocol_of_this_connection),
      cmocka_unit_test(answers_come_later_in_any_order),
      cmocka_unit_test(a_protocol_is_chosen_in_any_case),
      cmocka_unit_test(chooses_only_what_was_offered),
      cmocka_unit_test(only_get_opens_a_websocket),
      cmocka_unit_test(a_key_makes_no_websocket_of_another_offer),
      cmocka_unit_test(
          the_first_of_two_is_the_clients_where_the_config_says_so),
      cmocka_unit_test(what_fails_its_own_rules_cannot_be_chosen),
      cmocka_unit_test(the_same_token_may_be_in_the_table_twice),
      cmocka_unit_test(the_case_of_a_token_hides_no_entry),
      cmocka_unit_test(the_case_of_a_version_counts),
      cmocka_unit_test(does_what_the_callback_returns),
      cmocka_unit_test(the_callback_may_answer_by_itself),
      cmocka_unit_test(no_other_refusal_needs_a_protocol),
      cmocka_unit_test(a_refusal_agrees_to_no_protocol),
      cmocka_unit_test(a_subprotocol_is_of_websocket_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
