/* SPDX-License-Identifier: MIT
 *
 * The benchmark's program; run.sh says how to use it.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: bench [--only ROW] [--rounds N] [--batch MS] [--samples FILE]\n"
    "       bench --verify | --list | --facts | --count CONTESTANT ROW\n"
    "ROW may be a pattern, such as 'parse-*'.\n";

static const bench_row *find_row(const char *name) {
  for (const bench_row *row = rows; row->name; row++)
    if (strcmp(row->name, name) == 0)
      return row;
  return NULL;
}

/* What callgrind collects: a function that keeps its name. */
size_t counted(const bench_contestant *c, const bench_row *row,
               const bench_corpus *corpus);
__attribute__((noinline)) size_t counted(const bench_contestant *c,
                                         const bench_row *row,
                                         const bench_corpus *corpus) {
  size_t sum = run_row(c, row, corpus, 1);
  __asm__ volatile("" ::: "memory"); /* no jump in place of the call */
  return sum;
}

/* The second run is counted: what is done once is done then.  Prints how many
 * requests it was. */
static int count(const char *name, const char *row_name) {
  const bench_contestant *c = find_contestant(name);
  const bench_row *row = find_row(row_name);
  const bench_corpus *corpus;
  if (!c || !row || !takes_part(c, row))
    return 1;
  corpus = find_corpus(row->corpus);
  run_row(c, row, corpus, 1);
  counted(c, row, corpus);
  printf("%zu\n", corpus->count);
  return 0;
}

/* Allocations in the second run of everything that a contestant takes part
 * in. */
static size_t allocated(const bench_contestant *c) {
  size_t sum = 0;
  for (const bench_row *row = rows; row->name; row++) {
    if (!takes_part(c, row))
      continue;
    run_row(c, row, find_corpus(row->corpus), 1);
    sum -= allocations();
    run_row(c, row, find_corpus(row->corpus), 1);
    sum += allocations();
  }
  return sum;
}

static void print_facts(void) {
  for (size_t i = 0; each_corpus(i); i++) {
    const bench_corpus *c = each_corpus(i);
    printf("corpus\t%s\t%zu\t%zu\n", c->name, c->count, c->octets / c->count);
  }
  for (const bench_contestant *const *c = contestants; *c; c++) {
    if ((*c)->version)
      printf("version\t%s\n", (*c)->version);
    if ((*c)->jobs[JOB_PARSE])
      printf("state\t%s\t%zu\n", (*c)->name, (*c)->state);
    if (allocations() != SIZE_MAX)
      printf("allocations\t%s\t%zu\n", (*c)->name, allocated(*c));
  }
}

static int print_list(void) {
  for (const bench_row *row = rows; row->name; row++)
    for (const bench_contestant *const *c = contestants; *c; c++)
      if (takes_part(*c, row))
        printf("%s\t%s\n", row->name, (*c)->name);
  return 0;
}

static int print_verified(void) {
  int errors = verify();
  size_t requests = 0, len = 0;
  for (size_t i = 0; each_corpus(i); i++)
    requests += each_corpus(i)->count;
  while (contestants[len])
    len++;
  printf("verified: %zu contestants, %zu requests, %zu broken ones; %d wrong\n",
         len, requests, broken_requests()->count, errors);
  return errors != 0;
}

static int run(const bench_settings *settings) {
  if (measure(settings) > 0)
    return 0;
  fprintf(stderr, "bench: no such row: %s\n", settings->only);
  return 64;
}

/* Options with a value; returns 0 for another one. */
static int set(bench_settings *settings, const char *option,
               const char *value) {
  if (strcmp(option, "--only") == 0)
    settings->only = value;
  else if (strcmp(option, "--rounds") == 0)
    settings->rounds = atoi(value);
  else if (strcmp(option, "--batch") == 0)
    settings->batch = atof(value) / 1000;
  else if (strcmp(option, "--samples") == 0)
    settings->samples = fopen(value, "a");
  else
    return 0;
  return settings->rounds > 0 && settings->batch > 0;
}

int main(int argc, char **argv) {
  bench_settings settings = {.rounds = 61, .batch = 0.002};
  if (argc == 2 && strcmp(argv[1], "--verify") == 0)
    return print_verified();
  if (argc == 2 && strcmp(argv[1], "--list") == 0)
    return print_list();
  if (argc == 2 && strcmp(argv[1], "--facts") == 0) {
    print_facts();
    return 0;
  }
  if (argc == 4 && strcmp(argv[1], "--count") == 0)
    return count(argv[2], argv[3]);
  for (int i = 1; i < argc; i += 2)
    if (i + 1 == argc || !set(&settings, argv[i], argv[i + 1])) {
      fputs(usage, stderr);
      return 64;
    }
  return run(&settings);
}
