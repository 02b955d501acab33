/* SPDX-License-Identifier: MIT
 *
 * The golden vectors on the bare machine: read by their own reader from the
 * host's files, run by their own runner whole, octet by octet, through room
 * and commit, in two pieces, and by the layer that judges.  Where a case is cut
 * in two is not tried at every octet; that was done elsewhere.  Its argument is
 * a list of files, one in each line.  A file for which the memory is too small
 * is left out, and counted.
 */
#include "heap.h"
#include "measure.h"
#include "machine.h"
#include "../vectors_run.h"

#include <cmocka.h>
#include <string.h>

enum { STACK_LIMIT = 392 };

static void run_again(run *r, const seen *first, way how, size_t cut) {
  seen s = run_once(r, how, cut);
  expect_same(r, first, &s, 0);
  drop_seen(&s);
}

/* A gateway with the entry "*" has up to 552 octets of stack. */
static int is_gateway(const vector *v) {
  for (size_t i = 0; i < v->config.protocols_len; i++)
    if (v->config.protocols[i].rules == upshake_any_rules)
      return 1;
  return 0;
}

static unsigned run_case(const vector *v) {
  run r = {0};
  r.v = v;
  r.how = "read";
  measure_is_on = !v->decides && !is_gateway(v);
  if (v->problem[0] != 0) {
    report(&r, "the case", "can be read", v->problem);
    return 1;
  }
  seen first = run_once(&r, WHOLE, 0);
  expect_outcome(&r, &first);
  expect_reply(&r, &first);
  run_again(&r, &first, OCTETS, 0);
  run_again(&r, &first, ROOM, 0);
  size_t len = v->octets.len, step = len / 7 + 1;
  for (size_t cut = 1; cut < len && r.failures == 0; cut += step)
    run_again(&r, &first, CUT, cut);
  judge_case(&r, &first, 0);
  judge_case(&r, &first, 1);
  drop_seen(&first);
  return r.failures;
}

/* ---- All cases ---------------------------------------------------------- */

static struct { size_t files, cases, failed, left_out; } all;

static void run_file(const char *path) {
  vectors cases = {0};
  if (!vectors_read(&cases, path)) {
    print_error("FAIL cannot read %s\n", path);
    leave(2);
  }
  for (const vector *v = cases.first; v != NULL; v = v->next)
    all.failed += run_case(v) > 0;
  all.cases += cases.len;
  vectors_free(&cases);
}

/* The next line of the list, or "" behind the last. */
static const char *next_path(int list) {
  static char path[128];
  size_t len = 0;
  char octet;
  while (host_read(list, &octet, 1) == 1 && octet != '\n')
    if (len + 1 < sizeof path)
      path[len++] = octet;
  path[len] = 0;
  return path;
}

static void run_files(int list) {
  for (const char *path; *(path = next_path(list)) != 0; all.files++)
    if (__builtin_setjmp(heap_is_full) == 0) {
      run_file(path);
    } else {
      heap_begin_again();
      all.left_out++;
    }
}

int main(void) {
  run_files(host_open(host_argument()));
  say_number("vectors: ", all.cases, " cases run, ");
  say_number("", all.failed, " failed; ");
  say_number("", all.left_out, " of ");
  say_number("", all.files, " files left out as memory is too small\n");
  size_t deepest = measure_deepest();
  say_number("stack of the library: ", deepest, " octets at most, ");
  say_number("limit ", STACK_LIMIT, "\n");
  measure_say();
  return all.cases == 0 || all.failed > 0 || deepest > STACK_LIMIT;
}
