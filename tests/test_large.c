/* SPDX-License-Identifier: MIT
 *
 * Lengths and places that 32 bits do not count.  Content is mapped without
 * memory behind it: a library that looked at each byte would take seconds.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "check_handshake.h"
#include "switches.h"

#if SIZE_MAX > UINT32_MAX

#define GIB4 ((size_t)1 << 32)

static char *map(size_t len, int access) {
  void *mapped = mmap(NULL, len, access,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  assert_true(mapped != MAP_FAILED);
  return mapped;
}

static const upshake_protocol reading[] = {
    {.name = "echo", .body = UPSHAKE_BODY_READ}};
static const upshake_config reading_config = {reading, 1, .decide = NULL};

#define ECHO_FIELDS CHECK_HOST "Upgrade: echo\r\nConnection: Upgrade\r\n"

static void content_is_handed_out_in_slices_of_32_bits(void **state) {
  NEEDS(BODIES);
  static const char head[] =
      "GET / HTTP/1.1\r\n" ECHO_FIELDS "Content-Length: 4294967400\r\n\r\n";
  const size_t len = GIB4 + 104;
  char *content = map(len + 9, PROT_READ);
  upshake hs = begin(&reading_config, head, UPSHAKE_READ);
  size_t used;
  (void)state;
  assert_int_equal(upshake_feed(&hs, content, len + 9, &used), UPSHAKE_BODY);
  assert_int_equal(used, UINT32_MAX);
  assert_int_equal(upshake_get_result(&hs).content.len, UINT32_MAX);
  assert_int_equal(upshake_get_result(&hs).body_left, 105);
  assert_int_equal(upshake_feed(&hs, content + used, len + 9 - used, &used),
                   UPSHAKE_BODY);
  assert_int_equal(used, 105);
  assert_int_equal(upshake_get_result(&hs).content.len, 105);
  assert_int_equal(upshake_feed(&hs, content + len, 9, &used), UPSHAKE_SEND);
  assert_int_equal(used, 0);
  assert_int_equal(reply_status(&hs, NULL), 101);
  munmap(content, len + 9);
}

/* The first byte behind the chunk is wrong, and its place is the last one that
 * is counted. */
static void a_place_behind_the_last_that_is_counted_is_the_last(void **state) {
  NEEDS(BODIES);
  static const char head[] = "GET / HTTP/1.1\r\n" ECHO_FIELDS
                             "Transfer-Encoding: chunked\r\n\r\n100000000\r\n";
  char *content = map(GIB4, PROT_READ);
  upshake hs = begin(&reading_config, head, UPSHAKE_READ);
  size_t used, taken = 0;
  (void)state;
  while (taken < GIB4) {
    assert_int_equal(upshake_feed(&hs, content + taken, GIB4 - taken, &used),
                     UPSHAKE_BODY);
    taken += used;
  }
  assert_int_equal(feed(&hs, "X", 1, &used), UPSHAKE_SEND);
  assert_int_equal(upshake_get_result(&hs).error, UPSHAKE_ERR_CHUNK);
  assert_int_equal(upshake_get_result(&hs).offset, UINT32_MAX);
  munmap(content, GIB4);
}

static void a_head_is_found_at_the_front_of_any_memory(void **state) {
  static const size_t lens[] = {UINT32_MAX - 1, UINT32_MAX, GIB4, GIB4 + 16};
  const size_t len = sizeof CHECK_REQUEST - 1;
  char *octets = map(GIB4 + 16, PROT_READ | PROT_WRITE);
  (void)state;
  memcpy(octets, CHECK_REQUEST, len);
  for (size_t i = 0; i < CHECK_LEN(lens); i++) {
    upshake_parser parser = {0};
    size_t end = 0;
    assert_int_equal(upshake_parse_head(&parser, NULL, octets, lens[i], &end),
                     UPSHAKE_OK);
    assert_int_equal(end, len);
  }
  munmap(octets, GIB4 + 16);
}

static void a_client_may_have_more_room_than_32_bits_count(void **state) {
  static const char response[] =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  static const size_t caps[] = {UINT32_MAX - 1, UINT32_MAX, GIB4, GIB4 + 1};
  char *room = map(GIB4 + 1, PROT_READ | PROT_WRITE);
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(caps); i++) {
    upshake_client client;
    size_t used;
    assert_int_equal(
        upshake_client_init(&client, NULL, text(CHECK_REQUEST), room, caps[i]),
        UPSHAKE_OK);
    assert_int_equal(
        upshake_client_feed(&client, response, strlen(response), &used),
        UPSHAKE_CLIENT_SWITCHED);
    assert_int_equal(used, strlen(response));
  }
  munmap(room, GIB4 + 1);
}

#endif

int main(void) {
#if SIZE_MAX > UINT32_MAX
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(content_is_handed_out_in_slices_of_32_bits),
      cmocka_unit_test(a_place_behind_the_last_that_is_counted_is_the_last),
      cmocka_unit_test(a_head_is_found_at_the_front_of_any_memory),
      cmocka_unit_test(a_client_may_have_more_room_than_32_bits_count),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
#else
  return 0; /* no length is so large */
#endif
}
