/* SPDX-License-Identifier: MIT
 *
 * examples/demo/exchanges.c, at times of the test's choice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../examples/demo/exchanges.h"

#define PEER "127.0.0.1:40000"

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {.protocols = protocols,
                                      .protocols_len = 1};

/* A request that has been read, with the number of its token. */
struct asked {
  upshake hs;
  char memory[1024];
};

static void ask(struct asked *asked, const char *target, int number) {
  char request[512];
  size_t used;
  int len = snprintf(request, sizeof request,
                     "GET %s%032d HTTP/1.1\r\nHost: a\r\n"
                     "Origin: http://a\r\n\r\n",
                     target, number);
  assert_int_equal(upshake_init(&asked->hs, &config, asked->memory,
                                sizeof asked->memory, NULL),
                   UPSHAKE_OK);
  assert_int_equal(upshake_feed(&asked->hs, request, (size_t)len, &used),
                   UPSHAKE_PLAIN);
}

static void keep(struct exchanges *exchanges, int number, moment now) {
  static const upshake_slice reply = {"HTTP/1.1 404 Not Found\r\n\r\n", 26};
  struct asked asked;
  ask(&asked, "/x?show=", number);
  exchanges_keep(exchanges, &asked.hs, PEER,
                 (struct verdict){"plain", 404, UPSHAKE_ERR_NO_UPGRADE, NULL},
                 reply, now);
}

static struct exchange *find(struct exchanges *exchanges, int number,
                             moment now) {
  struct asked asked;
  ask(&asked, "/exchange?", number);
  return exchanges_find(exchanges, &asked.hs, "127.0.0.1:50000", now);
}

static size_t count_kept(const struct exchanges *exchanges) {
  size_t count = 0;
  for (size_t i = 0; i < EXCHANGES_MAX; i++)
    count += exchanges->kept[i].bytes != NULL;
  return count;
}

static void it_forgets_an_exchange_after_a_minute(void **state) {
  struct exchanges exchanges = {.next = 0};
  (void)state;
  keep(&exchanges, 1, 1000);
  assert_non_null(find(&exchanges, 1, 1000));
  assert_non_null(find(&exchanges, 1, 60999));
  assert_null(find(&exchanges, 1, 61000));
  assert_int_equal(count_kept(&exchanges), 0);
}

/* Its heads do not lie in memory until somebody asks for them. */
static void it_forgets_when_the_next_exchange_ends(void **state) {
  struct exchanges exchanges = {.next = 0};
  (void)state;
  keep(&exchanges, 1, 1000);
  keep(&exchanges, 2, 2000);
  keep(&exchanges, 3, 61000);
  assert_int_equal(count_kept(&exchanges), 2);
  assert_non_null(find(&exchanges, 2, 61999));
  assert_non_null(find(&exchanges, 3, 62000));
  exchanges_forget_all(&exchanges);
}

static void it_keeps_the_last_few_exchanges(void **state) {
  struct exchanges exchanges = {.next = 0};
  (void)state;
  for (int i = 0; i < 2 * EXCHANGES_MAX + 3; i++) {
    keep(&exchanges, i, i);
    for (int old = 0; old <= i; old++)
      assert_int_equal(find(&exchanges, old, i) != NULL,
                       old > i - EXCHANGES_MAX);
  }
  exchanges_forget_all(&exchanges);
  assert_int_equal(count_kept(&exchanges), 0);
}

static void it_forgets_one_that_was_told(void **state) {
  struct exchanges exchanges = {.next = 0};
  (void)state;
  keep(&exchanges, 1, 0);
  keep(&exchanges, 2, 0);
  exchange_forget(find(&exchanges, 1, 0));
  assert_null(find(&exchanges, 1, 0));
  assert_non_null(find(&exchanges, 2, 0));
  exchanges_forget_all(&exchanges);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_forgets_an_exchange_after_a_minute),
      cmocka_unit_test(it_forgets_when_the_next_exchange_ends),
      cmocka_unit_test(it_keeps_the_last_few_exchanges),
      cmocka_unit_test(it_forgets_one_that_was_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
