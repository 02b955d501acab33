/* SPDX-License-Identifier: MIT
 *
 * Old against new: runs cases through two libraries and prints what they came
 * to, and each difference that no rule allows.  See tests/compare.sh.
 *
 * Exit status: 0 no such difference; 1 there is one, or a full run had too few
 * cases of some kind; 2 it could not run.
 */
#include "corpus.h"
#include "make.h"
#include "print.h"
#include "shrink.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS = 64, FOUND = 48, FOUND_TEXT = 12000, KEY = 400 };
enum { BY_FEED, BY_CLIENT, BY_CALLS, SOURCES };

/* What a full run has at least. */
enum {
  LEAST_COMPLETE = 5000000,
  LEAST_SWITCHED = 500000,
  LEAST_OF_EACH = 1000
};

typedef struct options {
  const char *corpus, *decided;
  uint64_t cases, seed, only;
  unsigned jobs, seconds;
  int is_full, is_only;
} options;

/* A difference that no rule allows. */
typedef struct found {
  char key[KEY], text[FOUND_TEXT];
  uint64_t number, count;
} found;

/* What a worker tells. */
typedef struct tally {
  volatile uint64_t at; /* the case that runs */
  uint64_t cases, runs, not_comparable;
  uint64_t complete[COMPARE_KINDS], switched[COMPARE_KINDS];
  uint64_t of_kind[COMPARE_KINDS];
  uint64_t outcomes[COMPARE_KINDS][COMPARE_OUTCOMES_LEN];
  uint64_t errors[DIFFER_ERRORS][SOURCES];
  uint64_t differing, by_rule[DECIDED_RULES];
  found found[FOUND];
  size_t found_len;
  uint64_t not_kept; /* differences of a kind for which there was no room */
  int is_done;
} tally;

typedef struct worker {
  const options *options;
  const decided *rules;
  differ *d;
  maker *m;
  tally *tally;
  double ends_at;
} worker;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- One case ------------------------------------------------------------ */

/* Kinds of differences: both outcomes, and which members. */
static void key_of(const differ *d, uint64_t members, char key[KEY]) {
  char old[128], new[128];
  print p = {key, 0, KEY};
  differ_summary(d, OLD, old, sizeof old);
  differ_summary(d, NEW, new, sizeof new);
  print_text(&p, "%s -> %s:", old, new);
  for (int i = 0; i < DIFFER_MEMBERS; i++)
    if (members >> i & 1)
      print_text(&p, " %s", differ_member_name(i));
}

/* A new one is made as short as it can be. */
static void keep_difference(worker *w, uint64_t number, const compare_case *it,
                            compare_way way, uint64_t members) {
  tally *t = w->tally;
  char key[KEY];
  size_t at = 0;
  key_of(w->d, members, key);
  while (at < t->found_len && strcmp(t->found[at].key, key) != 0)
    at++;
  if (at == FOUND) {
    t->not_kept++;
    return;
  }
  found *f = &t->found[at];
  if (f->count++ > 0)
    return;
  t->found_len++;
  f->number = number;
  strcpy(f->key, key);
  static compare_case less;
  less = *it;
  less.stream.ptr = compare_copy(it->stream.ptr, it->stream.len);
  less.sent.ptr = compare_copy(it->sent.ptr, it->sent.len);
  shrink(w->d, w->rules, &less, &way);
  print p = {f->text, 0, FOUND_TEXT};
  print_difference(&p, w->d, &less, &way, differ_members(w->d));
  make_free(&less);
}

static void count_error(worker *w, int error, int source) {
  if (error >= 0 && error < DIFFER_ERRORS)
    w->tally->errors[error][source]++;
}

/* What the case came to in the library of today, once for each case. */
static void count(worker *w, const compare_case *it) {
  const compare_output *out = &w->d->outputs[NEW];
  const int *errors = out->errors;
  tally *t = w->tally;
  int source = it->kind == COMPARE_REQUEST    ? BY_FEED
               : it->kind == COMPARE_RESPONSE ? BY_CLIENT
                                              : BY_CALLS;
  if (out->outcome == COMPARE_OUTCOME_call)
    source = BY_CALLS;
  t->of_kind[it->kind]++;
  t->outcomes[it->kind][out->outcome]++;
  t->complete[it->kind] += out->numbers[COMPARE_N_complete] != 0;
  t->switched[it->kind] += out->outcome == COMPARE_OUTCOME_switched;
  count_error(w, errors[COMPARE_E_error], source);
  if (errors[COMPARE_E_first_error] != errors[COMPARE_E_error])
    count_error(w, errors[COMPARE_E_first_error], source);
  if (errors[COMPARE_E_call] > 0)
    count_error(w, errors[COMPARE_E_call], BY_CALLS);
  if (errors[COMPARE_E_reply_error] > 0)
    count_error(w, errors[COMPARE_E_reply_error], BY_CALLS);
}

/* The first way of a case counts for it. */
static void run_way(worker *w, uint64_t number, const compare_case *it,
                    const compare_way *way, int is_first) {
  tally *t = w->tally;
  if (!differ_run(w->d, it, way)) {
    t->not_comparable++;
    return;
  }
  if (is_first)
    count(w, it);
  uint64_t members = differ_members(w->d);
  t->runs++;
  if (members == 0)
    return;
  if (decided_allow(w->rules, w->d, it, way, members, t->by_rule))
    return;
  t->differing++;
  keep_difference(w, number, it, *way, members);
}

static void run_case(worker *w, uint64_t number) {
  static compare_case it;
  compare_way ways[DIFFER_WAYS];
  make_case(w->m, number, &it);
  w->tally->at = number;
  w->tally->cases++;
  size_t len = differ_ways(&it, (uint32_t)make_random(w->m), ways);
  for (size_t i = 0; i < len; i++)
    run_way(w, number, &it, &ways[i], i == 0);
  make_free(&it);
}

/* ---- Workers ------------------------------------------------------------- */

/* Groups the corpus by what its cases come to. */
static void group_corpus(worker *w) {
  static compare_case it;
  compare_way ways[DIFFER_WAYS];
  for (size_t i = 0; i < w->m->corpus_len; i++) {
    make_case(w->m, i, &it);
    differ_ways(&it, 0, ways);
    differ_run(w->d, &it, &ways[0]);
    make_note(w->m, i, w->d->outputs[NEW].outcome,
              w->d->outputs[NEW].errors[COMPARE_E_error]);
    make_free(&it);
  }
}

static void work(worker *w, unsigned first) {
  const options *o = w->options;
  for (uint64_t number = first; number < o->cases; number += o->jobs) {
    run_case(w, number);
    if (o->seconds > 0 && w->tally->cases % 64 == 0 && now() > w->ends_at)
      break;
  }
  w->tally->is_done = 1;
}

/* Returns 0 if a worker died, and says of which case. */
static int run_workers(worker *w, tally *tallies) {
  pid_t pids[WORKERS];
  int all_done = 1;
  for (unsigned i = 0; i < w->options->jobs; i++) {
    pids[i] = fork();
    if (pids[i] < 0)
      return 0;
    if (pids[i] > 0)
      continue;
    w->tally = &tallies[i];
    work(w, i);
    _exit(0);
  }
  for (unsigned i = 0; i < w->options->jobs; i++) {
    int status = 0;
    waitpid(pids[i], &status, 0);
    if (status == 0 && tallies[i].is_done)
      continue;
    all_done = 0;
    printf("case %llu ended the process; run it alone with --only %llu\n",
           (unsigned long long)tallies[i].at,
           (unsigned long long)tallies[i].at);
  }
  return all_done;
}

/* ---- The report ---------------------------------------------------------- */

static void add_found(tally *all, const found *one) {
  size_t at = 0;
  while (at < all->found_len && strcmp(all->found[at].key, one->key) != 0)
    at++;
  if (at == FOUND) {
    all->not_kept += one->count;
    return;
  }
  found *f = &all->found[at];
  uint64_t count = f->count + one->count;
  if (at == all->found_len || one->number < f->number)
    *f = *one;
  f->count = count;
  all->found_len += at == all->found_len;
}

static void add_tally(tally *all, const tally *one) {
  all->cases += one->cases;
  all->runs += one->runs;
  all->not_comparable += one->not_comparable;
  all->differing += one->differing;
  all->not_kept += one->not_kept;
  for (int kind = 0; kind < COMPARE_KINDS; kind++) {
    all->of_kind[kind] += one->of_kind[kind];
    all->complete[kind] += one->complete[kind];
    all->switched[kind] += one->switched[kind];
    for (int i = 0; i < COMPARE_OUTCOMES_LEN; i++)
      all->outcomes[kind][i] += one->outcomes[kind][i];
  }
  for (int i = 0; i < DIFFER_ERRORS; i++)
    for (int source = 0; source < SOURCES; source++)
      all->errors[i][source] += one->errors[i][source];
  for (int i = 0; i < DECIDED_RULES; i++)
    all->by_rule[i] += one->by_rule[i];
  for (size_t i = 0; i < one->found_len; i++)
    add_found(all, &one->found[i]);
}

static unsigned long long n(uint64_t number) { return number; }

static void print_kinds(const tally *t) {
  static const char *const kinds[] = {"requests", "responses", "asks"};
  for (int kind = 0; kind < COMPARE_KINDS; kind++) {
    printf("%-10s %9llu:", kinds[kind], n(t->of_kind[kind]));
    for (int i = 0; i < COMPARE_OUTCOMES_LEN; i++)
      if (t->outcomes[kind][i] > 0)
        printf(" %s %llu", differ_outcome_name(i), n(t->outcomes[kind][i]));
    printf("\n");
  }
}

static void print_errors(const tally *t, const differ *d) {
  const char *name;
  printf("%-28s %10s %10s %10s\n", "error", "feed", "client", "calls");
  for (int i = 0; (name = d->engines[NEW]->error_name(i)) != NULL; i++)
    printf("%-28s %10llu %10llu %10llu\n", name, n(t->errors[i][BY_FEED]),
           n(t->errors[i][BY_CLIENT]), n(t->errors[i][BY_CALLS]));
}

static void print_found(const tally *t) {
  for (size_t i = 0; i < t->found_len; i++)
    printf("\nDIFFERENCE %s\n  %llu runs, first in case %llu\n%s",
           t->found[i].key, n(t->found[i].count), n(t->found[i].number),
           t->found[i].text);
  if (t->not_kept > 0)
    printf("\nand %llu runs with further kinds of differences\n",
           n(t->not_kept));
}

/* Which rules were of use; a full run names the others. */
static void print_rules(const tally *t, const decided *rules, int is_full) {
  for (size_t i = 0; i < rules->rules_len; i++) {
    const decided_rule *rule = &rules->rules[i];
    if (t->by_rule[i] > 0)
      printf("decided.tsv:%zu, %llu runs: %s\n", rule->line, n(t->by_rule[i]),
             rule->section);
    else if (is_full)
      printf("decided.tsv:%zu matches nothing: %s\n", rule->line,
             rule->section);
  }
}

static int is_enough(const char *what, uint64_t number, uint64_t least) {
  if (number < least)
    printf("too few: %s %llu, at least %llu\n", what, n(number), n(least));
  return number >= least;
}

/* Returns 0, and says what is missing, if a full run saw too little. */
static int saw_enough(const tally *t, const differ *d) {
  const char *name;
  int enough =
      is_enough("judged at the head's end", t->complete[0] + t->complete[1],
                LEAST_COMPLETE) &
      is_enough("switched", t->switched[0] + t->switched[1], LEAST_SWITCHED);
  for (int i = 0; (name = d->engines[NEW]->error_name(i)) != NULL; i++)
    if (!decided_only_calls(name))
      enough &= is_enough(name, t->errors[i][BY_FEED] + t->errors[i][BY_CLIENT],
                          LEAST_OF_EACH);
  return enough;
}

static int report(const worker *w, const tally *t, double seconds) {
  int is_full = w->options->is_full;
  print_kinds(t);
  print_errors(t, w->d);
  print_rules(t, w->rules, is_full);
  print_found(t);
  int enough = !is_full || saw_enough(t, w->d);
  printf("\ncompare: %llu cases in %llu runs of both, %.0f s; %llu judged at "
         "the head's end, %llu switched; %llu runs differ\n",
         n(t->cases), n(t->runs), seconds, n(t->complete[0] + t->complete[1]),
         n(t->switched[0] + t->switched[1]), n(t->differing));
  return t->differing == 0 && enough;
}

/* ---- One case alone ------------------------------------------------------ */

static void show_case(worker *w, uint64_t number) {
  static compare_case it;
  static char text[1 << 18];
  compare_way ways[DIFFER_WAYS];
  make_case(w->m, number, &it);
  size_t len = differ_ways(&it, (uint32_t)make_random(w->m), ways);
  for (size_t i = 0; i < len; i++) {
    print p = {text, 0, sizeof text};
    print_difference(&p, w->d, &it, &ways[i], 0);
    fputs(text, stdout);
    fflush(stdout);
    if (!differ_run(w->d, &it, &ways[i]))
      continue;
    p.len = 0;
    print_outputs(&p, w->d);
    fputs(text, stdout);
    uint64_t members = differ_members(w->d);
    printf("  %s\n\n", members == 0 ? "the same"
                       : decided_allow(w->rules, w->d, &it, &ways[i], members,
                                       w->tally->by_rule)
                           ? "decided"
                           : "DIFFERENT");
  }
  make_free(&it);
}

/* ---- Options ------------------------------------------------------------- */

static int take_option(options *o, const char *name, const char *value) {
  uint64_t number = strtoull(value, NULL, 10);
  if (strcmp(name, "--corpus") == 0)
    o->corpus = value;
  else if (strcmp(name, "--decided") == 0)
    o->decided = value;
  else if (strcmp(name, "--cases") == 0)
    o->cases = number;
  else if (strcmp(name, "--seed") == 0)
    o->seed = number;
  else if (strcmp(name, "--jobs") == 0)
    o->jobs = (unsigned)number;
  else if (strcmp(name, "--time") == 0)
    o->seconds = (unsigned)number;
  else if (strcmp(name, "--only") == 0)
    o->only = number, o->is_only = 1;
  else if (strcmp(name, "--full") == 0)
    o->is_full = number != 0;
  else
    return 0;
  return 1;
}

static int take_options(options *o, int argc, char **argv) {
  for (int i = 1; i < argc; i += 2)
    if (i + 1 == argc || !take_option(o, argv[i], argv[i + 1])) {
      fprintf(stderr, "compare: unknown option %s; see tests/compare.sh\n",
              argv[i]);
      return 0;
    }
  if (o->jobs == 0 || o->jobs > WORKERS || o->corpus == NULL ||
      o->decided == NULL) {
    fprintf(stderr, "compare: 1 to %d jobs, --corpus and --decided\n", WORKERS);
    return 0;
  }
  return 1;
}

int main(int argc, char **argv) {
  static options o = {.cases = 11000000, .seed = 1, .jobs = 1};
  static decided rules;
  static differ d;
  static maker m;
  static tally all;
  size_t len, size = WORKERS * sizeof(tally);
  if (!take_options(&o, argc, argv) || !decided_read(&rules, o.decided))
    return 2;
  compare_case *corpus = corpus_read(o.corpus, &len);
  tally *tallies = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (corpus == NULL || len == 0 || tallies == MAP_FAILED) {
    fprintf(stderr, "compare: %s cannot be read\n", o.corpus);
    return 2;
  }
  double begun = now();
  worker w = {&o, &rules, &d, &m, &all, begun + o.seconds};
  differ_init(&d, decided_renamed);
  make_init(&m, corpus, len, o.seed);
  group_corpus(&w);
  if (o.is_only) {
    show_case(&w, o.only);
    return 0;
  }
  fflush(stdout);
  int all_done = run_workers(&w, tallies);
  for (unsigned i = 0; i < o.jobs; i++)
    add_tally(&all, &tallies[i]);
  return report(&w, &all, now() - begun) && all_done ? 0 : 1;
}
