/* SPDX-License-Identifier: MIT
 *
 * picohttpparser as a contestant.  Compiled once for each set of flags, which
 * PICO names; see ours.c.
 */
#include <picohttpparser.h>

#define CHECK_FIELD struct phr_header
#include "checks.h"
#include "peer_openssl.h"

typedef struct request {
  const char *method, *path;
  size_t method_len, path_len, fields_len;
  int minor;
  struct phr_header fields[FIELDS_CAP];
} request;

/* One call with all bytes that are there, as its documentation says.  Returns
 * more than 0 at the end. */
static inline int parse(request *r, const char *octets, size_t len,
                        size_t last_len) {
  r->fields_len = FIELDS_CAP;
  return phr_parse_request(octets, len, &r->method, &r->method_len, &r->path,
                           &r->path_len, &r->minor, r->fields, &r->fields_len,
                           last_len);
}

static size_t run_fields(const char *octets, size_t len, size_t step,
                         char *out) {
  request r;
  int result = -2;
  (void)out;
  for (size_t at = 0, last; at < len && result == -2;) {
    last = at;
    at = smaller(at + step, len);
    result = parse(&r, octets, at, last);
  }
  return result > 0 ? r.fields_len : 0;
}

static inline int judge(const char *octets, size_t len, size_t step,
                        char memory[HEAD_CAP], const char **key) {
  request r;
  int result = -2;
  if (len > HEAD_CAP)
    return 0;
  for (size_t at = 0; at < len && result == -2;) {
    size_t piece = smaller(step, len - at);
    memcpy(memory + at, octets + at, piece);
    result = parse(&r, memory, at + piece, at);
    at += piece;
  }
  return result > 0 && check_request(r.method, r.method_len, r.minor, r.fields,
                                     r.fields_len, key);
}

static size_t run_judge(const char *octets, size_t len, size_t step,
                        char *out) {
  char memory[HEAD_CAP];
  const char *key;
  (void)out;
  return (size_t)judge(octets, len, step, memory, &key);
}

const bench_contestant PICO;
const bench_contestant PICO = {
    .name = PICO_NAME,
    .jobs = {run_fields, run_fields, run_judge, NULL},
    .version = "picohttpparser " PICO_VERSION,
    .state = 0, /* 32 bytes for each field, on the stack */
};

#ifdef HAVE_OPENSSL
FULL(run_low, judge, openssl_accept)
FULL(run_oneshot, judge, openssl_oneshot_accept)

const bench_contestant PICO_LOW;
const bench_contestant PICO_LOW = {
    .name = PICO_NAME "+openssl",
    .jobs = {[JOB_FULL] = run_low},
};

const bench_contestant PICO_ONESHOT;
const bench_contestant PICO_ONESHOT = {
    .name = PICO_NAME "+openssl-oneshot",
    .jobs = {[JOB_FULL] = run_oneshot},
};
#endif
