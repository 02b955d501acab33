/* SPDX-License-Identifier: MIT
 *
 * Times.  On a machine that others use too, a time says little and a ratio of
 * times much, where the two were taken together: so all contestants of a row
 * take turns in many short rounds, in another order each time.
 */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CONTESTANTS_CAP 32

/* What is added up here cannot be left out by the compiler. */
static volatile size_t sink;

/* The processor's time of this process: others do not count. */
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static size_t run_requests(run_function *run, const bench_corpus *c,
                           size_t step) {
  char out[OUT_CAP];
  size_t sum = 0;
  for (size_t i = 0; i < c->count; i++)
    sum += run(c->heads[i], c->lens[i], step ? step : c->lens[i], out);
  return sum;
}

#define KEYS 1024

/* Keys of base64, from the bytes of the requests. */
static const char *key_at(const bench_corpus *c, size_t i) {
  static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789+/";
  static char keys[KEYS][KEY_LEN];
  if (keys[i][0] == '\0') {
    for (size_t j = 0; j < 22; j++)
      keys[i][j] = base64[c->heads[i][c->lens[i] / 2 + j] & 63];
    memcpy(keys[i] + 22, "==", 2);
  }
  return keys[i];
}

/* Keys that do not depend on each other, so that as many are on their way as
 * the processor has room for. */
static size_t run_accepts(accept_function *accept, const bench_corpus *c) {
  char out[ACCEPT_LEN];
  size_t sum = 0;
  for (size_t i = 0; i < KEYS; i++) {
    accept(key_at(c, i), out);
    sum += (unsigned char)out[i % ACCEPT_LEN];
  }
  return sum;
}

/* Each key is what came out before. */
static size_t run_chain(accept_function *accept) {
  char accepted[ACCEPT_LEN] = "dGhlIHNhbXBsZSBub25jZQ==";
  char key[KEY_LEN];
  for (size_t i = 0; i < KEYS; i++) {
    memcpy(key, accepted, KEY_LEN);
    accept(key, accepted);
  }
  return (unsigned char)accepted[0];
}

static size_t run_once(const bench_contestant *contestant, const bench_row *row,
                       const bench_corpus *corpus) {
  if (row->job == ROW_ACCEPT)
    return run_accepts(contestant->accept, corpus);
  if (row->job == ROW_ACCEPT_LATENCY)
    return run_chain(contestant->accept);
  return run_requests(contestant->jobs[row->job], corpus, row->step);
}

/* Nothing but this is between the clock and a contestant: some rows have a
 * single short request. */
size_t run_row(const bench_contestant *contestant, const bench_row *row,
               const bench_corpus *corpus, size_t passes) {
  size_t sum = 0;
  for (size_t i = 0; i < passes; i++)
    sum += run_once(contestant, row, corpus);
  return sum;
}

/* Seconds for `passes` times the row. */
static double time_of(const bench_contestant *contestant, const bench_row *row,
                      size_t passes) {
  const bench_corpus *corpus = find_corpus(row->corpus);
  double begin = now();
  sink += run_row(contestant, row, corpus, passes);
  return now() - begin;
}

/* How many passes take about as long as a batch shall.  What is done once has
 * been done before the clock starts. */
static size_t passes_for(const bench_contestant *contestant,
                         const bench_row *row, double batch) {
  size_t passes = 1;
  double took;
  run_row(contestant, row, find_corpus(row->corpus), 1);
  took = time_of(contestant, row, passes);
  for (; took < batch / 2; took = time_of(contestant, row, passes))
    passes *= 2;
  passes = (size_t)((double)passes * batch / took);
  return passes > 0 ? passes : 1;
}

typedef struct course {
  const bench_row *row;
  const bench_contestant *in[CONTESTANTS_CAP];
  size_t passes[CONTESTANTS_CAP];
  double *times[CONTESTANTS_CAP]; /* nanoseconds for a request, each round */
  size_t len, rounds;
} course;

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

typedef struct quartiles {
  double low, middle, high;
} quartiles;

static quartiles quartiles_of(const double *values, size_t len) {
  double *sorted = malloc(len * sizeof *sorted);
  quartiles q = {0, 0, 0};
  if (!sorted)
    return q;
  memcpy(sorted, values, len * sizeof *sorted);
  qsort(sorted, len, sizeof *sorted, compare);
  q = (quartiles){sorted[len / 4], sorted[len / 2], sorted[len * 3 / 4]};
  free(sorted);
  return q;
}

static void run_course(course *c) {
  double requests = (double)find_corpus(c->row->corpus)->count;
  for (size_t round = 0; round < c->rounds; round++)
    for (size_t turn = 0; turn < c->len; turn++) {
      size_t i = (round + turn) % c->len;
      double took = time_of(c->in[i], c->row, c->passes[i]);
      c->times[i][round] = took * 1e9 / ((double)c->passes[i] * requests);
    }
}

static void save(const course *c, FILE *file) {
  for (size_t i = 0; i < c->len; i++) {
    fprintf(file, "time\t%s\t%s\t", c->row->name, c->in[i]->name);
    for (size_t round = 0; round < c->rounds; round++)
      fprintf(file, "%s%.2f", round ? " " : "", c->times[i][round]);
    fputc('\n', file);
  }
  fflush(file);
}

/* The first that is not ours. */
static size_t reference(const course *c) {
  for (size_t i = 0; i < c->len; i++)
    if (strncmp(c->in[i]->name, "upshake", 7) != 0)
      return i;
  return 0;
}

static void print(const course *c) {
  size_t peer = reference(c);
  double *ratios = malloc(c->rounds * sizeof *ratios);
  double base = quartiles_of(c->times[peer], c->rounds).middle;
  if (!ratios)
    return;
  printf("\n%-34s %9s   vs %s\n", c->row->name, "ns", c->in[peer]->name);
  for (size_t i = 0; i < c->len; i++) {
    for (size_t round = 0; round < c->rounds; round++)
      ratios[round] = c->times[i][round] / c->times[peer][round];
    quartiles q = quartiles_of(ratios, c->rounds);
    double middle = quartiles_of(c->times[i], c->rounds).middle;
    printf("  %-32s %9.1f   %.3f  (%.3f to %.3f)\n", c->in[i]->name, middle,
           middle / base, q.low, q.high);
  }
  fflush(stdout);
  free(ratios);
}

static void measure_row(const bench_row *row, const bench_settings *settings) {
  course c = {.row = row, .rounds = (size_t)settings->rounds};
  for (const bench_contestant *const *p = contestants; *p; p++) {
    if (!takes_part(*p, row) || c.len == CONTESTANTS_CAP)
      continue;
    c.times[c.len] = malloc(c.rounds * sizeof(double));
    if (!c.times[c.len])
      return;
    c.passes[c.len] = passes_for(*p, row, settings->batch);
    c.in[c.len++] = *p;
  }
  run_course(&c);
  print(&c);
  if (settings->samples)
    save(&c, settings->samples);
  for (size_t i = 0; i < c.len; i++)
    free(c.times[i]);
}

int measure(const bench_settings *settings) {
  int count = 0;
  if (settings->samples)
    fprintf(settings->samples, "fact\topenssl_sha\t%d\n", openssl_uses_sha());
  for (const bench_row *row = rows; row->name; row++)
    if (!settings->only || fnmatch(settings->only, row->name, 0) == 0) {
      measure_row(row, settings);
      count++;
    }
  return count;
}
