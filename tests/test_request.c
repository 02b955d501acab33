/* SPDX-License-Identifier: MIT
 *
 * What a request says of itself beside its parts: its version, its body, and
 * what a host that serves it must look at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_handshake.h"
#include "switches.h"

typedef struct row {
  const char *head;
  uint64_t body_len;
  uint8_t version, has_upgrade, has_expect, unknown_coding, empty_host;
} row;

#define CHUNKED UPSHAKE_BODY_CHUNKED
#define HEAD(more) "POST / HTTP/1.1\r\nHost: a\r\n" more "\r\n"
#define CODING "Transfer-Encoding: "

static const row rows[] = {
    {HEAD(""), 0, 11, 0, 0, 0, 0},
    {"GET / HTTP/1.0\r\n\r\n", 0, 10, 0, 0, 0, 0},
    {"GET / HTTP/1.7\r\nHost: a\r\n\r\n", 0, 11, 0, 0, 0, 0},
    /* the body */
    {HEAD("Content-Length: 0\r\n"), 0, 11, 0, 0, 0, 0},
    {HEAD("Content-Length: 5\r\n"), 5, 11, 0, 0, 0, 0},
    {HEAD("content-length: 9223372036854775807\r\n"),
     UINT64_C(9223372036854775807), 11, 0, 0, 0, 0},
    {"GET / HTTP/1.0\r\nContent-Length: 7\r\n\r\n", 7, 10, 0, 0, 0, 0},
    {HEAD(CODING "chunked\r\n"), CHUNKED, 11, 0, 0, 0, 0},
    {HEAD(CODING "gzip, chunked\r\n"), CHUNKED, 11, 0, 0, 1, 0},
    {HEAD(CODING "gzip\r\n" CODING "chunked\r\n"), CHUNKED, 11, 0, 0, 1, 0},
    /* Upgrade, of whatever it is */
    {HEAD("Upgrade: foo\r\n"), 0, 11, 1, 0, 0, 0},
    {HEAD("upgrade: foo\r\nConnection: upgrade\r\n"), 0, 11, 1, 0, 0, 0},
    {HEAD("Upgrade:\r\n"), 0, 11, 1, 0, 0, 0},
    {HEAD("Upgrades: foo\r\n"), 0, 11, 0, 0, 0, 0},
    {"GET / HTTP/1.0\r\nUpgrade: foo\r\n\r\n", 0, 10, 1, 0, 0, 0},
    /* Expect */
    {HEAD("Expect: 100-continue\r\n"), 0, 11, 0, 1, 0, 0},
    {HEAD("Expect: 100-Continue\r\nContent-Length: 5\r\n"), 5, 11, 0, 1, 0, 0},
    {HEAD("Expect: foo\r\n"), 0, 11, 0, 2, 0, 0},
    {HEAD("Expect: 100-continue, foo\r\n"), 0, 11, 0, 2, 0, 0},
    {HEAD("Expect: foo\r\nExpect: 100-continue\r\n"), 0, 11, 0, 2, 0, 0},
    /* Host */
    {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 0, 11, 0, 0, 0, 1},
    {"GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 0, 11, 0, 0, 0, 1},
    /* all of them */
    {"GET / HTTP/1.1\r\nHost:\r\nUpgrade: foo\r\nExpect: bar\r\n" CODING
     "br, chunked\r\n\r\n",
     CHUNKED, 11, 1, 2, 1, 1},
};

static void assert_row(const row *r, const upshake *hs) {
  upshake_request request = upshake_get_request(hs);
  if (upshake_get_result(hs).next != UPSHAKE_PLAIN)
    fail_msg("%s is %s", r->head,
             upshake_explain(upshake_get_result(hs).error).name);
  if (request.body_len != r->body_len || request.version != r->version ||
      request.has_upgrade != r->has_upgrade ||
      request.has_expect != r->has_expect ||
      request.unknown_coding != r->unknown_coding ||
      request.empty_host != r->empty_host)
    fail_msg("%s: version %d, upgrade %d, expect %d, coding %d, host %d",
             r->head, request.version, request.has_upgrade, request.has_expect,
             request.unknown_coding, request.empty_host);
}

static void says_what_a_host_must_look_at(void **state) {
  static const upshake_config lean = {protocols, 3, .lean = 1};
  const upshake_config *const configs[] = {&accepting, &lean};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    for (size_t k = 0; k <= WITH_LEAN; k++)
      for (size_t cut = 0; cut <= strlen(rows[i].head); cut++) {
        size_t len = strlen(rows[i].head), used;
        upshake hs;
        upshake_init(&hs, configs[k], memory, CAP, NULL);
        feed(&hs, rows[i].head, cut, &used);
        feed(&hs, rows[i].head + cut, len - cut, &used);
        assert_row(&rows[i], &hs);
      }
}

static void says_the_same_byte_by_byte(void **state) {
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake hs;
    size_t used;
    upshake_init(&hs, &accepting, memory, CAP, NULL);
    for (const char *p = rows[i].head; *p; p++)
      feed(&hs, p, 1, &used);
    assert_row(&rows[i], &hs);
  }
}

/* The request line and the fields, as another parser finds them. */
static void says_the_same_in_a_judge(void **state) {
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_judge judge;
    upshake_request request;
    upshake_field field;
    upshake hs;
    size_t used;
    upshake_init(&hs, &accepting, memory, CAP, NULL);
    feed(&hs, rows[i].head, strlen(rows[i].head), &used);
    request = upshake_get_request(&hs);
    assert_int_equal(begin_judge(&judge, &accepting, NULL, request.method,
                                 request.target, rows[i].version),
                     UPSHAKE_OK);
    while (upshake_next_field(&request.fields, &field))
      upshake_judge_field(&judge, field.name, field.value);
    assert_int_equal(upshake_judge_end(&judge), UPSHAKE_PLAIN);
    assert_row(&rows[i], &judge.hs);
  }
}

/* How much of a body is left: it is more before it is read. */
static void the_length_of_a_body_is_what_is_left_of_it(void **state) {
  NEEDS(BODIES);
  static const char head[] = "GET / HTTP/1.1\r\n" CHECK_HOST "Upgrade: echo\r\n"
                             "Connection: Upgrade\r\nContent-Length: 5\r\n\r\n";
  static const upshake_protocol table[] = {
      {.name = "echo", .body = UPSHAKE_BODY_ASK}};
  static const upshake_config config = {table, 1, .decide = later};
  upshake hs = begin(&config, head, UPSHAKE_DECIDE);
  size_t used;
  (void)state;
  assert_true(upshake_get_request(&hs).body_len == 5);
  assert_int_equal(upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_true(upshake_get_request(&hs).body_len == 5);
  assert_int_equal(upshake_feed(&hs, "he", 2, &used), UPSHAKE_BODY);
  assert_slice(upshake_get_result(&hs).content, "he");
  assert_true(upshake_get_request(&hs).body_len == 3);
  assert_int_equal(upshake_feed(&hs, "lloxy", 5, &used), UPSHAKE_BODY);
  assert_int_equal(used, 3);
  assert_slice(upshake_get_result(&hs).content, "llo");
  assert_true(upshake_get_request(&hs).body_len == 0);
  assert_int_equal(upshake_feed(&hs, "xy", 2, &used), UPSHAKE_DECIDE);
  assert_int_equal(used, 0);
  assert_absent(upshake_get_result(&hs).content);
  assert_true(upshake_get_request(&hs).body_len == 0);
  assert_true(upshake_get_result(&hs).body_left == 0);
}

/* The piece of the body is the application's memory, or the head memory. */
static void content_is_where_it_came(void **state) {
  NEEDS(BODIES);
  static const char head[] = "GET / HTTP/1.1\r\n" CHECK_HOST "Upgrade: echo\r\n"
                             "Connection: Upgrade\r\n" CODING "chunked\r\n\r\n";
  static const char body[] = "2\r\nab\r\n03;x\r\ncde\r\n0\r\n\r\n";
  static const upshake_protocol table[] = {
      {.name = "echo", .body = UPSHAKE_BODY_READ}};
  static const upshake_config config = {table, 1, .decide = NULL};
  upshake hs = begin(&config, head, UPSHAKE_READ);
  size_t used, at, cap;
  (void)state;
  assert_int_equal(upshake_feed(&hs, body, strlen(body), &used), UPSHAKE_BODY);
  assert_slice(upshake_get_result(&hs).content, "ab");
  assert_ptr_equal(upshake_get_result(&hs).content.ptr, body + 3);
  at = used;
  assert_int_equal(upshake_feed(&hs, body + at, strlen(body) - at, &used),
                   UPSHAKE_BODY);
  assert_slice(upshake_get_result(&hs).content, "cde");
  at += used;
  assert_ptr_equal(upshake_get_result(&hs).content.ptr, strstr(body, "cde"));
  assert_int_equal(upshake_feed(&hs, body + at, strlen(body) - at, &used),
                   UPSHAKE_SEND);
  assert_int_equal(at + used, strlen(body));
  assert_absent(upshake_get_result(&hs).content);

  hs = begin(&config, head, UPSHAKE_READ);
  memcpy(upshake_room(&hs, &cap), body, strlen(body));
  assert_int_equal(upshake_commit(&hs, strlen(body)), UPSHAKE_BODY);
  assert_slice(upshake_get_result(&hs).content, "ab");
  assert_ptr_equal(upshake_get_result(&hs).content.ptr,
                   memory + strlen(head) + 3);
  assert_int_equal(upshake_commit(&hs, 0), UPSHAKE_BODY);
  assert_slice(upshake_get_result(&hs).content, "cde");
  assert_int_equal(upshake_commit(&hs, 0), UPSHAKE_SEND);
  assert_absent(upshake_get_result(&hs).content);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(says_what_a_host_must_look_at),
      cmocka_unit_test(says_the_same_byte_by_byte),
      cmocka_unit_test(says_the_same_in_a_judge),
      cmocka_unit_test(the_length_of_a_body_is_what_is_left_of_it),
      cmocka_unit_test(content_is_where_it_came),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
