/* SPDX-License-Identifier: MIT
 *
 * What gives a wrong answer is not fast.  Every contestant answers every
 * request, whole, in segments and byte by byte; and refuses what is broken.
 */
#include "bench.h"

#include <stdio.h>
#include <string.h>

#define GUARD 0x5a

static const char field[] = "Sec-WebSocket-Accept: ";

static int wrong(const bench_contestant *c, const char *what,
                 const char *corpus, size_t i, size_t step) {
  fprintf(stderr, "bench: %s: %s, request %zu of %s in pieces of %zu\n",
          c->name, what, i, corpus, step);
  return 1;
}

/* The first byte after the text, or NULL. */
static const char *after(const char *octets, size_t len, const char *text) {
  size_t text_len = strlen(text);
  for (size_t i = 0; i + text_len <= len; i++)
    if (memcmp(octets + i, text, text_len) == 0)
      return octets + i + text_len;
  return NULL;
}

/* The value of the field whose name any client writes as it likes. */
static const char *key_of(const char *octets, size_t len) {
  const char *key = after(octets, len, "Sec-WebSocket-Key: ");
  return key ? key : after(octets, len, "sec-websocket-key: ");
}

/* Another implementation knows what is right. */
static accept_function *referee(void) {
  static const char *const names[] = {"openssl", "nettle", "upshake"};
  for (size_t i = 0; i < 3; i++)
    if (find_contestant(names[i]))
      return find_contestant(names[i])->accept;
  return NULL;
}

static int is_switch(const char *out, size_t len, const char *octets,
                     size_t octets_len) {
  const char *accept = after(out, len, field);
  const char *key = key_of(octets, octets_len);
  char right[ACCEPT_LEN];
  if (len < 12 || memcmp(out, "HTTP/1.1 101 ", 13) != 0 || !accept || !key)
    return 0;
  referee()(key, right);
  return memcmp(accept, right, ACCEPT_LEN) == 0 &&
         memcmp(out + len - 4, "\r\n\r\n", 4) == 0;
}

static size_t lines_of(const char *octets, size_t len) {
  size_t count = 0;
  for (size_t i = 0; i < len; i++)
    count += octets[i] == '\n';
  return count - 2; /* request line, end */
}

static int verify_request(const bench_contestant *c, const bench_corpus *corpus,
                          size_t i, size_t step) {
  const char *octets = corpus->heads[i];
  size_t len = corpus->lens[i];
  char out[OUT_CAP];
  size_t got;
  if (step == 0)
    step = len;
  if (c->jobs[JOB_PARSE] && c->jobs[JOB_PARSE](octets, len, step, out) == 0)
    return wrong(c, "does not parse", corpus->name, i, step);
  if (c->jobs[JOB_FIELDS] &&
      c->jobs[JOB_FIELDS](octets, len, step, out) != lines_of(octets, len))
    return wrong(c, "finds not all fields", corpus->name, i, step);
  if (c->jobs[JOB_JUDGE] && c->jobs[JOB_JUDGE](octets, len, step, out) != 1)
    return wrong(c, "refuses", corpus->name, i, step);
  if (!c->jobs[JOB_FULL])
    return 0;
  if (c->jobs[JOB_ROOM] && step == len &&
      (got = c->jobs[JOB_ROOM](octets, len, step, out),
       !is_switch(out, got, octets, len)))
    return wrong(c, "answers wrongly in place", corpus->name, i, step);
  got = c->jobs[JOB_FULL](octets, len, step, out);
  if (!is_switch(out, got, octets, len))
    return wrong(c, "answers wrongly", corpus->name, i, step);
  return 0;
}

/* Of responses and bodies: see bench.h for what the jobs return. */
static int verify_other(const bench_contestant *c, const bench_corpus *corpus,
                        size_t i, size_t step) {
  const char *octets = corpus->heads[i];
  size_t len = corpus->lens[i];
  char out[OUT_CAP];
  int is_plain = strcmp(corpus->name, "plain") == 0;
  int is_response = strcmp(corpus->name, "responses") == 0;
  int job = is_plain ? JOB_PLAIN : is_response ? JOB_RESPONSE : JOB_CHUNKED;
  size_t got;
  if (!c->jobs[job])
    return 0;
  got = c->jobs[job](octets, len, step ? step : len, out);
  if (is_plain ? got < 12 || memcmp(out, "HTTP/1.1 200", 12) != 0
               : got != (is_response ? lines_of(octets, len) : 4096))
    return wrong(c, "goes wrong", corpus->name, i, step);
  return 0;
}

static int verify_broken(const bench_contestant *c, const bench_corpus *corpus,
                         size_t i, size_t step) {
  const char *octets = corpus->heads[i];
  size_t len = corpus->lens[i];
  char out[OUT_CAP] = "";
  if (step == 0)
    step = len;
  if (c->jobs[JOB_JUDGE] && c->jobs[JOB_JUDGE](octets, len, step, out) != 0)
    return wrong(c, "takes what is broken", corpus->name, i, step);
  if (c->jobs[JOB_FULL] && c->jobs[JOB_FULL](octets, len, step, out) > 0 &&
      memcmp(out, "HTTP/1.1 101 ", 13) == 0)
    return wrong(c, "switches what is broken", corpus->name, i, step);
  return 0;
}

static int verify_accept(const bench_contestant *c) {
  static const char key[] = "dGhlIHNhbXBsZSBub25jZQ==";
  char accept[ACCEPT_LEN + 1];
  accept[ACCEPT_LEN] = GUARD;
  c->accept(key, accept);
  if (memcmp(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", ACCEPT_LEN) != 0 ||
      accept[ACCEPT_LEN] != GUARD)
    return wrong(c, "computes another Accept", "rfc6455", 0, 0);
  return 0;
}

static int verify_all(const bench_contestant *c, const bench_corpus *corpus,
                      int (*one)(const bench_contestant *, const bench_corpus *,
                                 size_t, size_t)) {
  static const size_t steps[] = {0, 536, 1};
  int count = 0;
  for (size_t step = 0; step < 3; step++)
    for (size_t i = 0; i < corpus->count; i++)
      count += one(c, corpus, i, steps[step]);
  return count;
}

int verify(void) {
  int count = 0;
  for (const bench_contestant *const *c = contestants; *c; c++) {
    if ((*c)->accept)
      count += verify_accept(*c);
    for (size_t i = 0; each_corpus(i); i++)
      count += verify_all(*c, each_corpus(i), verify_request);
    for (size_t i = 0; each_other(i); i++)
      count += verify_all(*c, each_other(i), verify_other);
    count += verify_all(*c, broken_requests(), verify_broken);
  }
  return count;
}
