/* SPDX-License-Identifier: MIT
 *
 * A stand-in for cmocka where there is none for the machine: what the tests
 * here use of it, and no more.
 */
#ifndef UPSHAKE_TESTS_FOREIGN_CMOCKA_H
#define UPSHAKE_TESTS_FOREIGN_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uintmax_t LargestIntegralType;

struct CMUnitTest {
  const char *name;
  void (*test_func)(void **state);
  void *initial_state; /* NULL: the group's */
};
#define cmocka_unit_test(test)                                                 \
  { #test, test, NULL }

static jmp_buf cmocka_failed;

#define print_error(...) ((void)fprintf(stderr, __VA_ARGS__))
#define print_message(...) ((void)printf(__VA_ARGS__))

static inline void cmocka_check(int holds, const char *what, const char *file,
                                int line) {
  if (holds)
    return;
  print_error("%s:%d: %s\n", file, line, what);
  longjmp(cmocka_failed, 1);
}

static inline void cmocka_numbers(int holds, uintmax_t a, uintmax_t b,
                                  const char *what, const char *file,
                                  int line) {
  if (!holds)
    print_error("%#jx and %#jx: ", a, b);
  cmocka_check(holds, what, file, line);
}

static inline int cmocka_is_in(uintmax_t value, const uintmax_t *set,
                               size_t len) {
  while (len > 0 && set[len - 1] != value)
    len--;
  return len > 0;
}

#define CMOCKA_CHECK(holds, what) cmocka_check(holds, what, __FILE__, __LINE__)
#define CMOCKA_NUMBERS(a, b, holds, what)                                      \
  do {                                                                         \
    uintmax_t cmocka_a = (uintmax_t)(a), cmocka_b = (uintmax_t)(b);            \
    cmocka_numbers(cmocka_a holds cmocka_b, cmocka_a, cmocka_b, what,          \
                   __FILE__, __LINE__);                                        \
  } while (0)

#define assert_true(c) CMOCKA_CHECK((c) ? 1 : 0, "assert_true(" #c ")")
#define assert_false(c) CMOCKA_CHECK((c) ? 0 : 1, "assert_false(" #c ")")
#define assert_null(p) CMOCKA_CHECK((p) == NULL, "assert_null(" #p ")")
#define assert_non_null(p) CMOCKA_CHECK((p) != NULL, "assert_non_null(" #p ")")
#define assert_ptr_equal(a, b) CMOCKA_CHECK((a) == (b), #a " is " #b)
#define assert_int_equal(a, b) CMOCKA_NUMBERS(a, b, ==, #a " == " #b)
#define assert_int_not_equal(a, b) CMOCKA_NUMBERS(a, b, !=, #a " != " #b)
#define assert_string_equal(a, b) CMOCKA_CHECK(strcmp(a, b) == 0, #a " is " #b)
#define assert_string_not_equal(a, b)                                          \
  CMOCKA_CHECK(strcmp(a, b) != 0, #a " is not " #b)
#define assert_memory_equal(a, b, len)                                         \
  CMOCKA_CHECK(memcmp(a, b, len) == 0, #a " holds " #b)
#define assert_in_range(value, least, most)                                    \
  do {                                                                         \
    CMOCKA_NUMBERS(value, least, >=, #value " >= " #least);                    \
    CMOCKA_NUMBERS(value, most, <=, #value " <= " #most);                      \
  } while (0)
#define assert_in_set(value, set, len)                                         \
  CMOCKA_CHECK(cmocka_is_in((uintmax_t)(value), set, len), #value " in " #set)
#define fail_msg(...)                                                          \
  do {                                                                         \
    print_error(__VA_ARGS__);                                                  \
    CMOCKA_CHECK(0, "");                                                       \
  } while (0)
#define fail() CMOCKA_CHECK(0, "fail()")

/* Returns how many failed. */
static inline int cmocka_run(const struct CMUnitTest *tests, size_t len,
                             int (*begin)(void **state),
                             int (*end)(void **state)) {
  static int failed;
  static size_t i;
  void *state = NULL;
  if (begin != NULL && begin(&state) != 0)
    return 1;
  for (i = 0; i < len; i++)
    if (setjmp(cmocka_failed) == 0) {
      void *own = tests[i].initial_state;
      tests[i].test_func(own == NULL ? &state : &own);
    } else {
      print_error("FAIL %s\n", tests[i].name);
      failed++;
    }
  if (end != NULL)
    end(&state);
  print_message("%zu tests, %d failed\n", len, failed);
  return failed;
}
/* Leaves the test that calls it. */
#define skip() return

#define cmocka_run_group_tests(tests, begin, end)                              \
  cmocka_run(tests, sizeof(tests) / sizeof *(tests), begin, end)

#endif
