/* SPDX-License-Identifier: MIT
 *
 * upshake as a contestant.  Compiled once for each build of the library, which
 * OURS names; the linker then hides all but that name, so that several builds
 * run in one process.
 */
#include "bench.h"

#include <upshake.h>

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/* Peers do not look at Origin, so neither do we. */
static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {
    .protocols = table, .protocols_len = 1, .origin = UPSHAKE_ORIGIN_ANY};

static upshake_error parse(upshake_parser *parser, const char *octets,
                           size_t len, size_t step) {
  upshake_error error = UPSHAKE_ERR_INCOMPLETE;
  size_t end;
  for (size_t at = 0; at < len && error == UPSHAKE_ERR_INCOMPLETE;) {
    at = smaller(at + step, len);
    error = upshake_parse_head(parser, NULL, octets, at, &end);
  }
  return error;
}

static size_t run_parse(const char *octets, size_t len, size_t step,
                        char *out) {
  upshake_parser parser = {0};
  (void)out;
  return parse(&parser, octets, len, step) == UPSHAKE_OK;
}

static size_t run_fields(const char *octets, size_t len, size_t step,
                         char *out) {
  upshake_field fields[FIELDS_CAP];
  upshake_parser parser = {0};
  upshake_fields rest;
  size_t count = 0;
  (void)out;
  if (parse(&parser, octets, len, step) != UPSHAKE_OK)
    return 0;
  rest = upshake_parsed_request(&parser, octets).fields;
  while (count < FIELDS_CAP && upshake_next_field(&rest, &fields[count]))
    count++;
  /* The compiler cannot know that nobody reads them. */
  __asm__ volatile("" : : "r"(fields) : "memory");
  return count;
}

static upshake_next feed(upshake *hs, const char *octets, size_t len,
                         size_t step) {
  upshake_next next = UPSHAKE_READ;
  size_t used;
  for (size_t at = 0; at < len && next == UPSHAKE_READ; at += used)
    next = upshake_feed(hs, octets + at, smaller(step, len - at), &used);
  return next;
}

static size_t run_judge(const char *octets, size_t len, size_t step,
                        char *out) {
  char memory[HEAD_CAP];
  upshake hs;
  (void)out;
  upshake_init(&hs, &config, memory, sizeof memory, NULL);
  return feed(&hs, octets, len, step) == UPSHAKE_SEND &&
         upshake_get_result(&hs).status == 101;
}

static size_t run_full(const char *octets, size_t len, size_t step, char *out) {
  char memory[HEAD_CAP];
  size_t reply_len = 0;
  upshake hs;
  upshake_init(&hs, &config, memory, sizeof memory, NULL);
  if (feed(&hs, octets, len, step) == UPSHAKE_SEND)
    upshake_reply(&hs, out, OUT_CAP, &reply_len);
  return reply_len;
}

const bench_contestant OURS;
const bench_contestant OURS = {
    .name = OURS_NAME,
    .jobs = {run_parse, run_fields, run_judge, run_full},
    .accept = upshake_accept,
    .state = sizeof(upshake),
};

#ifndef UPSHAKE_PORTABLE
/* Asked once, as a host does when it starts. */
static upshake_hash *hash;

__attribute__((constructor)) static void ask_cpu(void) {
  hash = upshake_cpu_hash(0);
}

/* Without such a processor this would be the portable code again. */
static int can(void) { return hash != NULL; }

static size_t run_full_cpu(const char *octets, size_t len, size_t step,
                           char *out) {
  char memory[HEAD_CAP];
  size_t reply_len = 0;
  upshake hs;
  upshake_init(&hs, &config, memory, sizeof memory, NULL);
  upshake_set_hash(&hs, hash);
  if (feed(&hs, octets, len, step) == UPSHAKE_SEND)
    upshake_reply(&hs, out, OUT_CAP, &reply_len);
  return reply_len;
}

static void accept_cpu(const char key[KEY_LEN], char accept[ACCEPT_LEN]) {
  hash(key, accept);
}

const bench_contestant OURS_CPU;
const bench_contestant OURS_CPU = {
    .name = OURS_NAME "-cpu",
    .jobs = {[JOB_FULL] = run_full_cpu},
    .accept = accept_cpu,
    .can = can,
    .state = sizeof(upshake),
};
#endif
