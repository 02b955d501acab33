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

static size_t run_plain(const char *octets, size_t len, size_t step,
                        char *out) {
  static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  static char memory[HEAD_CAP];
  request r;
  int result = -2;
  for (size_t at = 0; at < len && result == -2;) {
    size_t piece = smaller(step, len - at);
    memcpy(memory + at, octets + at, piece);
    result = parse(&r, memory, at + piece, at);
    at += piece;
  }
  if (result <= 0 || !check_plain(r.minor, r.fields, r.fields_len))
    return 0;
  memcpy(out, ok, sizeof ok - 1);
  return sizeof ok - 1;
}

static size_t run_response(const char *octets, size_t len, size_t step,
                           char *out) {
  static char memory[HEAD_CAP];
  struct phr_header fields[FIELDS_CAP];
  const char *reason;
  size_t reason_len, fields_len = 0;
  int minor, status, result = -2;
  (void)out;
  for (size_t at = 0; at < len && result == -2;) {
    size_t piece = smaller(step, len - at);
    memcpy(memory + at, octets + at, piece);
    fields_len = FIELDS_CAP;
    result = phr_parse_response(memory, at + piece, &minor, &status, &reason,
                                &reason_len, fields, &fields_len, at);
    at += piece;
  }
  __asm__ volatile("" : : "r"(fields) : "memory");
  return result > 0 ? fields_len : 0;
}

static size_t run_chunked(const char *octets, size_t len, size_t step,
                          char *out) {
  char memory[HEAD_CAP];
  struct phr_chunked_decoder decoder = {.consume_trailer = 1};
  size_t content = 0;
  ssize_t result = -2;
  (void)out;
  for (size_t at = 0; at < len && result == -2; at += step) {
    size_t piece = smaller(step, len - at);
    memcpy(memory, octets + at, piece); /* received */
    result = phr_decode_chunked(&decoder, memory, &piece);
    content += piece;
  }
  return result >= 0 ? content : 0;
}

const bench_contestant PICO;
const bench_contestant PICO = {
    .name = PICO_NAME,
    .jobs = {run_fields, run_fields, run_judge, NULL, NULL, run_plain,
             run_response, run_chunked},
    .version = "picohttpparser " PICO_VERSION,
    .state = 0, /* 32 bytes for each field, on the stack */
};

#ifdef HAVE_OPENSSL
FULL(run_low, judge, openssl_accept)
FULL(run_oneshot, judge, openssl_oneshot_accept)

/* Nothing is copied. */
static size_t run_room(const char *octets, size_t len, size_t step, char *out) {
  const char *key;
  request r;
  (void)step;
  return parse(&r, octets, len, 0) > 0 &&
                 check_request(r.method, r.method_len, r.minor, r.fields,
                               r.fields_len, &key)
             ? answer(key, openssl_accept, out)
             : 0;
}

const bench_contestant PICO_LOW;
const bench_contestant PICO_LOW = {
    .name = PICO_NAME "+openssl",
    .jobs = {[JOB_FULL] = run_low, [JOB_ROOM] = run_room},
};

const bench_contestant PICO_ONESHOT;
const bench_contestant PICO_ONESHOT = {
    .name = PICO_NAME "+openssl-oneshot",
    .jobs = {[JOB_FULL] = run_oneshot},
};
#endif
