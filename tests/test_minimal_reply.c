/* SPDX-License-Identifier: MIT
 *
 * examples/minimal.c, whose heart is in the README, with a reply of every size
 * and every decision: it ends, and sends a whole reply or nothing.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* The example as it stands, but that its reply has the size of the test, and
 * its config the test's decision. */
#include <upshake.h>
static size_t reply_cap;
static upshake_error begin(upshake *hs, const upshake_config *config,
                           void *memory, size_t cap, void *user);
#pragma GCC diagnostic ignored "-Wvla" /* its reply becomes one */
#undef UPSHAKE_REPLY_CAP
#define UPSHAKE_REPLY_CAP reply_cap
#define upshake_init begin
#define main minimal_main
#include "../examples/minimal.c"
#undef main
#undef upshake_init

static int decision;
static int decide_as_told(upshake *hs, void *user) {
  (void)hs, (void)user;
  return decision;
}

static upshake_error begin(upshake *hs, const upshake_config *as_it_stands,
                           void *memory, size_t cap, void *user) {
  static upshake_config told;
  told = *as_it_stands;
  told.decide = decide_as_told;
  return upshake_init(hs, &told, memory, cap, user);
}

static const char offer[] =
    "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
static const char plain[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/* Returns the status that is sent, or 0 for nothing. */
static int serve_once(const char *request) {
  char seen[1024];
  size_t len = 0;
  ssize_t n;
  int ends[2];
  assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  assert_int_equal(write(ends[0], request, strlen(request)), strlen(request));
  assert_int_equal(shutdown(ends[0], SHUT_WR), 0);
  serve(ends[1]);
  close(ends[1]);
  while ((n = read(ends[0], seen + len, sizeof seen - 1 - len)) > 0)
    len += (size_t)n;
  close(ends[0]);
  seen[len] = '\0';
  if (len == 0)
    return 0;
  assert_memory_equal(seen, "HTTP/1.1 ", 9);
  assert_non_null(strstr(seen, "\r\n\r\n"));
  return atoi(seen + 9);
}

/* With a reply that grows: nothing, then at most a 500, then `status`. */
static void grows(const char *request, int status) {
  int last = 0;
  for (reply_cap = 1; reply_cap <= 512; reply_cap++) {
    int got = serve_once(request);
    assert_true(got == 0 || got == 500 || got == status);
    assert_true(got == last || last == 0 || (last == 500 && got == status));
    last = got;
  }
  assert_int_equal(last, status);
}

static void it_ends_however_small_the_reply_is(void **state) {
  (void)state;
  decision = 101;
  grows(offer, 101);
  decision = 404;
  grows(offer, 404);
  grows(plain, 426);
  grows("\x16\x03\x01", 400);
}

/* A 401 needs a field, 99 is no answer: what is sent is a 500. */
static void it_answers_500_for_what_cannot_be_sent(void **state) {
  static const int decisions[] = {401, 99, 500};
  (void)state;
  for (size_t i = 0; i < sizeof decisions / sizeof decisions[0]; i++) {
    decision = decisions[i];
    grows(offer, 500);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_ends_however_small_the_reply_is),
      cmocka_unit_test(it_answers_500_for_what_cannot_be_sent),
  };
  alarm(60); /* a loop that does not end is a failure */
  return cmocka_run_group_tests(tests, NULL, NULL);
}
