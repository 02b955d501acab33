/* SPDX-License-Identifier: MIT
 *
 * Settings of one connection: the transport, and who computes the SHA-1.  They
 * are set before the first byte, and stay after reset.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check_handshake.h"
#include "switches.h"

#define OFFER_H2C                                                              \
  "GET / HTTP/1.1\r\n" CHECK_HOST "Upgrade: h2c\r\nConnection: "               \
  "Upgrade\r\n\r\n"
#define MARK "the hash of this connection!"

/* Instead of SHA-1, so that one sees who wrote the reply. */
static void mark(const char key[24], char accept[28]) {
  assert_memory_equal(key, "dGhlIHNhbXBsZSBub25jZQ==", 24);
  memcpy(accept, MARK, 28);
}

static const upshake_protocol just_h2c[] = {UPSHAKE_PROTOCOL("h2c")};

static void assert_accept(upshake *hs, const char *value) {
  upshake_slice got = {NULL, 0};
  char out[CAP];
  size_t len;
  assert_int_equal(upshake_reply(hs, out, sizeof out, &len), UPSHAKE_OK);
  assert_int_equal(
      count_field(view_reply(out, len), "Sec-WebSocket-Accept", &got), 1);
  assert_slice(got, value);
}

/* ---- The transport --------------------------------------------------------
 */

static upshake_next offer_h2c(upshake *hs) {
  size_t used;
  return feed(hs, OFFER_H2C, strlen(OFFER_H2C), &used);
}

static void the_transport_is_set_instead_of_the_configs(void **state) {
  (void)state;
  for (uint8_t of_config = 0; of_config < 3; of_config++)
    for (int set = 0; set < 3; set++) {
      const upshake_config config = {just_h2c, 1, .transport = of_config};
      upshake_next expected =
          set == UPSHAKE_TRANSPORT_SECURED ? UPSHAKE_PLAIN : UPSHAKE_SEND;
      upshake hs;
      upshake_init(&hs, &config, memory, CAP, NULL);
      assert_int_equal(upshake_set_transport(&hs, set), UPSHAKE_OK);
      assert_int_equal(offer_h2c(&hs), expected);
    }
}

/* It is also what the request says, what a target may be, and what a 426 can
 * name. */
static void the_transport_is_all_of_the_transport(void **state) {
  static const char secured[] = "GET https://example.com/ HTTP/1.1\r\n";
  const upshake_config config = {just_h2c, 1,
                                 .transport = UPSHAKE_TRANSPORT_UNSECURED};
  upshake hs;
  size_t used;
  (void)state;
  upshake_init(&hs, &config, memory, CAP, NULL);
  assert_int_equal(feed(&hs, secured, strlen(secured), &used), UPSHAKE_SEND);
  assert_int_equal(upshake_get_result(&hs).error, UPSHAKE_ERR_TARGET_SECURED);
  upshake_init(&hs, &config, memory, CAP, NULL);
  assert_int_equal(upshake_set_transport(&hs, UPSHAKE_TRANSPORT_SECURED),
                   UPSHAKE_OK);
  assert_int_equal(feed(&hs, secured, strlen(secured), &used), UPSHAKE_READ);
  assert_int_equal(upshake_answer(&hs, 426), UPSHAKE_ERR_ANSWER);
  upshake_init(&hs, &config, memory, CAP, NULL);
  upshake_set_transport(&hs, UPSHAKE_TRANSPORT_SECURED);
  assert_int_equal(feed(&hs, CHECK_PLAIN, strlen(CHECK_PLAIN), &used),
                   UPSHAKE_PLAIN);
  assert_slice(upshake_get_request(&hs).scheme, "https");
}

static void there_are_three_transports(void **state) {
  static const int others[] = {-1,          3,         256,      257,
                               0x10000 + 1, INT32_MAX, INT32_MIN};
  upshake hs;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  for (size_t i = 0; i < CHECK_LEN(others); i++)
    assert_unchanged(hs, upshake_set_transport(&hs, others[i]),
                     UPSHAKE_ERR_CONFIG);
}

/* ---- The hash -------------------------------------------------------------
 */

static void the_hash_writes_the_accept(void **state) {
  upshake hs;
  size_t used;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  assert_int_equal(upshake_set_hash(&hs, mark), UPSHAKE_OK);
  assert_int_equal(feed(&hs, CHECK_REQUEST, strlen(CHECK_REQUEST), &used),
                   UPSHAKE_SEND);
  assert_accept(&hs, MARK);
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  assert_int_equal(upshake_set_hash(&hs, mark), UPSHAKE_OK);
  assert_int_equal(upshake_set_hash(&hs, NULL), UPSHAKE_OK);
  feed(&hs, CHECK_REQUEST, strlen(CHECK_REQUEST), &used);
  assert_accept(&hs, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

/* With extras, in parts and in a lean handshake too. */
static void the_hash_writes_every_kind_of_reply(void **state) {
  static const upshake_config lean = {protocols, 3, .lean = 1};
  static const upshake_extra nothing = {.fields = NULL};
  char out[CAP];
  size_t used, len, total;
  (void)state;
  for (int is_lean = 0; is_lean <= WITH_LEAN; is_lean++) {
    upshake_cursor cursor = {0};
    upshake_slice got = {NULL, 0};
    upshake hs, in_parts;
    upshake_init(&hs, is_lean ? &lean : &accepting, memory, CAP, NULL);
    assert_int_equal(upshake_set_hash(&hs, mark), UPSHAKE_OK);
    feed(&hs, CHECK_REQUEST, strlen(CHECK_REQUEST), &used);
    in_parts = hs;
    assert_int_equal(upshake_reply_with(&hs, &nothing, out, CAP, &len),
                     UPSHAKE_OK);
    count_field(view_reply(out, len), "Sec-WebSocket-Accept", &got);
    assert_slice(got, MARK);
    memset(out, 0, sizeof out);
    for (total = 0, len = 1; len > 0; total += len)
      assert_int_equal(
          upshake_reply_part(&in_parts, NULL, &cursor, out + total, 7, &len),
          UPSHAKE_OK);
    count_field(view_reply(out, total), "Sec-WebSocket-Accept", &got);
    assert_slice(got, MARK);
  }
}

/* ---- When -----------------------------------------------------------------
 */

static void assert_too_late(upshake *hs) {
  upshake copy = *hs;
  assert_unchanged(copy, upshake_set_transport(&copy, 0), UPSHAKE_ERR_STATE);
  assert_unchanged(copy, upshake_set_transport(&copy, 9), UPSHAKE_ERR_STATE);
  assert_unchanged(copy, upshake_set_hash(&copy, mark), UPSHAKE_ERR_STATE);
  assert_unchanged(copy, upshake_set_hash(&copy, NULL), UPSHAKE_ERR_STATE);
}

/* A judge has no bytes: the transport is that of its first field. */
static void nothing_is_set_after_the_first_field(void **state) {
  const upshake_found found = {
      .version = 11, .method = text("GET"), .target = text("/")};
  upshake_judge judge;
  (void)state;
  assert_int_equal(upshake_judge_begin(&judge, &waiting, NULL, &found),
                   UPSHAKE_OK);
  assert_int_equal(upshake_set_transport(&judge.hs, 0), UPSHAKE_OK);
  assert_int_equal(upshake_set_hash(&judge.hs, NULL), UPSHAKE_OK);
  upshake_judge_field(&judge, text("X"), text("y"));
  assert_too_late(&judge.hs);
}

static void nothing_is_set_after_the_first_byte(void **state) {
  static const char head[] = "\r\n" CHECK_REQUEST;
  upshake hs;
  size_t used;
  (void)state;
  upshake_init(&hs, &waiting, memory, CAP, NULL);
  feed(&hs, "", 0, &used); /* no byte */
  assert_int_equal(upshake_set_transport(&hs, 0), UPSHAKE_OK);
  assert_int_equal(upshake_set_hash(&hs, NULL), UPSHAKE_OK);
  for (size_t i = 0; i < sizeof head - 1; i++) {
    feed(&hs, head + i, 1, &used);
    assert_too_late(&hs);
  }
  assert_int_equal(upshake_answer(&hs, UPSHAKE_ACCEPT), UPSHAKE_OK);
  assert_too_late(&hs);
  assert_int_equal(reply_status(&hs, NULL), 101);
  assert_too_late(&hs);
}

static void nothing_is_set_after_an_outcome(void **state) {
  static const char *const streams[] = {CHECK_PLAIN, BROKEN, OLD_VERSION};
  upshake hs;
  size_t used;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++) {
    upshake_init(&hs, &accepting, memory, CAP, NULL);
    feed(&hs, streams[i], strlen(streams[i]), &used);
    assert_too_late(&hs);
  }
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  assert_int_equal(upshake_answer(&hs, 503), UPSHAKE_OK); /* without a byte */
  assert_too_late(&hs);
}

/* Lines that are dropped were bytes all the same. */
static void nothing_is_set_after_a_byte_that_is_not_kept(void **state) {
  NEEDS(LEAN);
  static const upshake_config lean = {protocols, 3, .lean = 1};
  static const char part[] = "GET / HTTP/1.1\r\nCookie: a\r\n";
  upshake hs;
  size_t used;
  (void)state;
  upshake_init(&hs, &lean, memory, CAP, NULL);
  assert_int_equal(feed(&hs, part, strlen(part), &used), UPSHAKE_READ);
  assert_too_late(&hs);
}

static void settings_stay_after_reset(void **state) {
  static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET,
                                           UPSHAKE_PROTOCOL("h2c")};
  static const upshake_config config = {table, 2, .decide = NULL};
  upshake hs;
  size_t used;
  (void)state;
  upshake_init(&hs, &config, memory, CAP, NULL);
  upshake_set_transport(&hs, UPSHAKE_TRANSPORT_SECURED);
  upshake_set_hash(&hs, mark);
  for (int round = 0; round < 3; round++) {
    assert_int_equal(feed(&hs, CHECK_PLAIN, strlen(CHECK_PLAIN), &used),
                     UPSHAKE_PLAIN);
    assert_int_equal(begin_next(&hs), UPSHAKE_READ);
    assert_int_equal(offer_h2c(&hs), UPSHAKE_PLAIN);
    assert_int_equal(begin_next(&hs), UPSHAKE_READ);
  }
  assert_int_equal(feed(&hs, CHECK_REQUEST, strlen(CHECK_REQUEST), &used),
                   UPSHAKE_SEND);
  assert_accept(&hs, MARK);
  /* init forgets them, reset lets them be set again */
  upshake_init(&hs, &config, memory, CAP, NULL);
  upshake_set_transport(&hs, UPSHAKE_TRANSPORT_SECURED);
  feed(&hs, CHECK_PLAIN, strlen(CHECK_PLAIN), &used);
  assert_int_equal(begin_next(&hs), UPSHAKE_READ);
  assert_int_equal(upshake_set_transport(&hs, 0), UPSHAKE_OK);
  assert_int_equal(offer_h2c(&hs), UPSHAKE_SEND);
  upshake_init(&hs, &config, memory, CAP, NULL);
  feed(&hs, CHECK_REQUEST, strlen(CHECK_REQUEST), &used);
  assert_accept(&hs, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

/* A request that was there already when reset was called is judged with
 * them. */
static void settings_hold_for_what_reset_finds(void **state) {
  static const char stream[] = CHECK_PLAIN CHECK_REQUEST;
  upshake hs;
  size_t cap;
  (void)state;
  upshake_init(&hs, &accepting, memory, CAP, NULL);
  upshake_set_hash(&hs, mark);
  memcpy(upshake_room(&hs, &cap), stream, strlen(stream));
  assert_int_equal(upshake_commit(&hs, strlen(stream)), UPSHAKE_PLAIN);
  assert_int_equal(begin_next(&hs), UPSHAKE_SEND);
  assert_accept(&hs, MARK);
}

/* ---- Without the headers ------------------------------------------------- */

static void a_program_can_ask_for_version_and_sizes(void **state) {
  upshake_judge judge;
  char version[32];
  (void)state;
  snprintf(version, sizeof version, "%d.%d.%d", UPSHAKE_VERSION_MAJOR,
           UPSHAKE_VERSION_MINOR, UPSHAKE_VERSION_PATCH);
  assert_string_equal(upshake_version(), version);
  assert_int_equal(upshake_size(), sizeof(upshake));
  assert_int_equal(upshake_judge_size(), sizeof(upshake_judge));
  assert_ptr_equal(upshake_judge_hs(&judge), &judge.hs);
#ifndef UPSHAKE_NO_CLIENT
  assert_int_equal(upshake_client_size(), sizeof(upshake_client));
#endif
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_transport_is_set_instead_of_the_configs),
      cmocka_unit_test(the_transport_is_all_of_the_transport),
      cmocka_unit_test(there_are_three_transports),
      cmocka_unit_test(the_hash_writes_the_accept),
      cmocka_unit_test(the_hash_writes_every_kind_of_reply),
      cmocka_unit_test(nothing_is_set_after_the_first_field),
      cmocka_unit_test(nothing_is_set_after_the_first_byte),
      cmocka_unit_test(nothing_is_set_after_an_outcome),
      cmocka_unit_test(nothing_is_set_after_a_byte_that_is_not_kept),
      cmocka_unit_test(settings_stay_after_reset),
      cmocka_unit_test(settings_hold_for_what_reset_finds),
      cmocka_unit_test(a_program_can_ask_for_version_and_sizes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
