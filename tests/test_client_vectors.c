/* SPDX-License-Identifier: MIT
 *
 * The golden vectors of the client's side, run: each response whole, octet by
 * octet and at every cut in two, from memory of the exact size, with a state
 * that moves; each request that is asked for, octet for octet.
 *
 * usage: test_client_vectors [FILE.md ...]   (default: all client chapters)
 *        test_client_vectors --quick         fewer splits, up to the first that
 *                                            fails
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "client_vectors.h"

#include <string.h>

static int is_quick;
static vectors all;
static const char *const *files; /* of the command line, or NULL */

static int read_files(void **state) {
  (void)state;
  if (files == NULL && !vectors_read_chapters(&all, 1))
    return -1;
  for (size_t i = 0; files != NULL && files[i] != NULL; i++)
    if (!client_vectors_read(&all, files[i]))
      return -1;
  return 0;
}

static int drop_files(void **state) {
  (void)state;
  vectors_free(&all);
  return 0;
}

static unsigned run_case(const vector *common) {
  const client_vector *v = client_case(common);
  run r = {0};
  r.v = common;
  r.how = "read";
  r.cut = common->line;
  if (common->problem[0] != 0)
    report(&r, "the case", "can be read", common->problem);
  else if (v->asks)
    run_ask(&r, v);
  if (r.failures == 0 && v->request_given && v->outcome != CLIENT_WRITTEN)
    run_response(&r, v);
  return r.failures;
}

static void every_case_has_its_outcome_however_it_is_cut(void **state) {
  unsigned failed = 0;
  (void)state;
  for (const vector *v = all.first; v != NULL && !(is_quick && failed);
       v = v->next)
    failed += run_case(v) > 0;
  print_message("%zu cases, %u of them failed\n", all.len, failed);
  assert_int_equal(failed, 0);
}

static void each_chapter_has_the_cases_that_its_head_says(void **state) {
  (void)state;
  assert_int_equal(vectors_miscounted(&all), 0);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_case_has_its_outcome_however_it_is_cut),
      cmocka_unit_test(each_chapter_has_the_cases_that_its_head_says),
  };
  const struct CMUnitTest some[] = {tests[0], tests[1]};
  is_quick = argc == 2 && strcmp(argv[1], "--quick") == 0;
  if (is_quick)
    client_cut_step = 13;
  if (argc == 1)
    return cmocka_run_group_tests(tests, read_files, drop_files);
  if (!is_quick)
    files = (const char *const *)argv + 1;
  return cmocka_run_group_tests(some, read_files, drop_files);
}
