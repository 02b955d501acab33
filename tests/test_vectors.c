/* SPDX-License-Identifier: MIT
 *
 * The golden vectors, run: every case whole, octet by octet, at every cut in
 * two and through room and commit, from memory of the exact size, with the
 * same outcome each time; then once more through the layer that judges the
 * fields of another parser.
 *
 * usage: test_vectors [FILE.md ...]   (default: all chapters)
 *        test_vectors --quick         each case fed whole, up to the first that
 *                                     fails
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vectors_run.h"

#include "switches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_quick;

/* ---- Running a case ----------------------------------------------------- */

/* In another way: what the case expects, and what it does not mention as it was
 * before. */
static void run_again(run *r, const seen *first, way how, size_t cut) {
  seen s = run_once(r, how, cut);
  expect_outcome(r, &s);
  expect_same(r, first, &s, 0);
  drop_seen(&s);
}

/* Long cases are cut at their ends and at every 97th octet between. */
static size_t next_cut(size_t cut, size_t len) {
  int between = len > 2000 && cut >= 64 && cut + 64 + 97 < len;
  return cut + (between ? 97 : 1);
}

static int is_answer(int answer) {
  return answer == UPSHAKE_ACCEPT || (answer >= 300 && answer <= 599);
}

/* What the callback says can be said later as well. */
static int can_wait(const vector *v) {
  return v->decides && is_answer(v->answer_at_end) &&
         (is_answer(v->answer) || v->answer == UPSHAKE_DECLINE);
}

static unsigned run_case(const vector *v) {
  run r = {0};
  r.v = v;
  r.how = "read";
  r.cut = v->line;
  if (v->problem[0] != 0) {
    report(&r, "the case", "can be read", v->problem);
    return 1;
  }
  seen first = run_once(&r, WHOLE, 0);
  expect_outcome(&r, &first);
  expect_reply(&r, &first);
  if (is_quick) {
    judge_case(&r, &first, RECEIVED);
    drop_seen(&first);
    return r.failures;
  }
  run_again(&r, &first, OCTETS, 0);
  run_again(&r, &first, ROOM, 0);
  if (can_wait(v))
    run_again(&r, &first, WAITING, 0);
  size_t len = v->octets.len;
  for (size_t cut = 1; cut < len && r.failures == 0; cut = next_cut(cut, len))
    run_again(&r, &first, CUT, cut);
  lean_case(&r, &first);
  for (judge_order order = RECEIVED; order <= AT_ONCE; order++)
    judge_case(&r, &first, order);
  drop_seen(&first);
  return r.failures;
}

/* ---- What a switch leaves out ---------------------------------------------
 */

typedef enum need { NOTHING, BODIES, LEAN, NEEDS_LEN } need;

/* What the config of the case needs and this build does not have. */
static need missing(const vector *v) {
  if (!WITH_LEAN && v->config.lean)
    return LEAN;
  for (size_t i = 0; !WITH_BODIES && i < v->config.protocols_len; i++)
    if (v->protocols[i].body >= UPSHAKE_BODY_READ)
      return BODIES;
  return NOTHING;
}

/* 1 if the case reads or skips the body of an ordinary request.  Its config is
 * one that init takes. */
static int is_of_plain_body(const vector *v) {
  return v->reads_body || (v->extra.keep && v->body_left > 0);
}

/* Such a config is refused.  Returns 1 if it is not. */
static unsigned refuse_case(const vector *v) {
  upshake hs;
  run r = {0};
  r.v = v;
  r.how = "init";
  expect_error(&r, "init without what it needs", UPSHAKE_ERR_CONFIG,
               upshake_init(&hs, &v->config, NULL, 0, NULL));
  return r.failures;
}

/* ---- The tests ---------------------------------------------------------- */

enum { REQUIREMENTS = 512 };

static vectors all, clients;     /* clients: of the client's chapters */
static const char *const *files; /* of the command line, or NULL */

static int read_files(void **state) {
  (void)state;
  if (files == NULL &&
      !(vectors_read_chapters(&all, 0) && vectors_read_chapters(&clients, 1)))
    return -1;
  for (size_t i = 0; files != NULL && files[i] != NULL; i++)
    if (!vectors_read(&all, files[i]))
      return -1;
  return 0;
}

static int drop_files(void **state) {
  (void)state;
  vectors_free(&all);
  vectors_free(&clients);
  return 0;
}

static void every_case_has_its_outcome_however_it_is_cut(void **state) {
  unsigned failed = 0, left_out[NEEDS_LEN] = {0};
  (void)state;
  for (const vector *v = all.first; v != NULL && !(is_quick && failed);
       v = v->next) {
    need what = missing(v);
    if (!WITH_BODIES && what == NOTHING && is_of_plain_body(v)) {
      left_out[BODIES]++;
      continue;
    }
    left_out[what]++;
    failed += (what ? refuse_case(v) : run_case(v)) > 0;
  }
  print_message("%zu cases, %u of them failed\n", all.len, failed);
  if (left_out[BODIES])
    print_message("%u left out: they read a body\n", left_out[BODIES]);
  if (left_out[LEAN])
    print_message("%u left out: they are lean\n", left_out[LEAN]);
  assert_int_equal(failed, 0);
}

/* ---- Attacks, whatever is done with bodies --------------------------------
 */

/* An attack that the library itself lets not through, and not just because of
 * its body. */
static int is_closed_attack(const vector *v) {
  return strstr(v->file, "attacks.md") != NULL && v->problem[0] == '\0' &&
         v->outcome != VECTOR_SWITCHED && !v->decides && !v->refuses &&
         v->error != UPSHAKE_ERR_BODY &&
         v->error != UPSHAKE_ERR_PASSED_OVER_BODY;
}

/* Feeds all of it, and on through a body.  Returns the status at the end. */
static int run_to_the_end(upshake *hs, upshake_slice octets) {
  char out[UPSHAKE_REPLY_CAP];
  size_t used, len, at = 0;
  for (int more = 1; more;) {
    upshake_next next =
        upshake_feed(hs, octets.ptr + at, octets.len - at, &used);
    at += used;
    more = next == UPSHAKE_BODY || (next == UPSHAKE_READ && at < octets.len);
    if (next == UPSHAKE_SEND && upshake_get_result(hs).status == 100)
      more = upshake_reply(hs, out, sizeof out, &len) == UPSHAKE_OK;
  }
  return upshake_get_result(hs).status;
}

static void no_body_policy_opens_what_is_closed(void **state) {
  static char memory[8192];
  unsigned runs = 0;
  (void)state;
  for (const vector *v = all.first; v != NULL; v = v->next)
    for (uint8_t policy = UPSHAKE_BODY_PLAIN;
         is_closed_attack(v) && policy <= UPSHAKE_BODY_ASK; policy++) {
      upshake_protocol protocols[VECTOR_PROTOCOLS];
      upshake_config config = v->config;
      upshake hs;
      memcpy(protocols, v->protocols, sizeof protocols);
      for (size_t i = 0; i < config.protocols_len; i++)
        protocols[i].body = policy;
      config.protocols = protocols;
      if (upshake_init(&hs, &config, memory, sizeof memory, NULL) == UPSHAKE_OK)
        runs++;
      else
        continue; /* capsules are not to have one */
      if (run_to_the_end(&hs, v->octets) == 101)
        fail_msg("%s:%u: %s, with body policy %u", v->file, (unsigned)v->line,
                 v->title, policy);
    }
  assert_true(files != NULL || runs > 100);
}

/* The next case, those of the client's side behind those of the server's. */
static const vector *case_behind(const vector *v) {
  return v == all.last ? clients.first : v->next;
}

static void every_title_is_given_once(void **state) {
  (void)state;
  for (const vector *v = all.first; v != NULL; v = case_behind(v))
    for (const vector *w = case_behind(v); w != NULL; w = case_behind(w))
      if (strcmp(v->title, w->title) == 0)
        fail_msg("%s:%zu: again: %s", w->file, w->line, w->title);
}

static int is_named(const char *id) {
  for (const vector *v = all.first; v != NULL; v = case_behind(v))
    for (size_t i = 0; i < v->ids_len; i++)
      if (memcmp(v->ids[i], id, 4) == 0)
        return 1;
  return 0;
}

/* The ids of the table of the README, which has a line for each: | `B-01` |
 * what
 * |.  Returns how many there are. */
static size_t read_requirements(char ids[REQUIREMENTS][4]) {
  FILE *readme = fopen(UPSHAKE_VECTORS_DIR "/README.md", "rb");
  char line[1024];
  size_t len = 0;
  assert_non_null(readme);
  while (fgets(line, sizeof line, readme) != NULL)
    if (strncmp(line, "| `", 3) == 0 && vector_is_id(line + 3)) {
      assert_true(len < REQUIREMENTS);
      memcpy(ids[len++], line + 3, 4);
    }
  fclose(readme);
  return len;
}

static void every_requirement_is_named_by_a_case(void **state) {
  char ids[REQUIREMENTS][4];
  size_t len = read_requirements(ids), missing = 0;
  (void)state;
  for (size_t i = 0; i < len; i++)
    if (!is_named(ids[i])) {
      missing++;
      print_error("no case for %.4s\n", ids[i]);
    }
  assert_true(len > 0);
  assert_int_equal(missing, 0);
}

static size_t count(const char ids[][4], size_t len, const char *id) {
  size_t n = 0;
  for (size_t i = 0; i < len; i++)
    n += memcmp(ids[i], id, 4) == 0;
  return n;
}

static void every_id_of_a_case_is_one_requirement(void **state) {
  char ids[REQUIREMENTS][4];
  size_t len = read_requirements(ids);
  (void)state;
  for (const vector *v = all.first; v != NULL; v = case_behind(v))
    for (size_t i = 0; i < v->ids_len; i++)
      if (count((const char(*)[4])ids, len, v->ids[i]) != 1)
        fail_msg("%s:%zu: not a row of its own: %.4s", v->file, v->line,
                 v->ids[i]);
}

static void each_chapter_has_the_cases_that_its_head_says(void **state) {
  (void)state;
  assert_int_equal(vectors_miscounted(&all), 0);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_case_has_its_outcome_however_it_is_cut),
      cmocka_unit_test(no_body_policy_opens_what_is_closed),
      cmocka_unit_test(every_title_is_given_once),
      cmocka_unit_test(every_requirement_is_named_by_a_case),
      cmocka_unit_test(every_id_of_a_case_is_one_requirement),
      cmocka_unit_test(each_chapter_has_the_cases_that_its_head_says),
  };
  const struct CMUnitTest some[] = {tests[0], tests[1], tests[5]};
  const struct CMUnitTest one[] = {tests[0]};
  is_quick = argc == 2 && strcmp(argv[1], "--quick") == 0;
  if (is_quick)
    return cmocka_run_group_tests(one, read_files, drop_files);
  if (argc == 1)
    return cmocka_run_group_tests(tests, read_files, drop_files);
  files = (const char *const *)argv + 1;
  return cmocka_run_group_tests(some, read_files, drop_files);
}
