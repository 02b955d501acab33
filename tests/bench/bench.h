/* SPDX-License-Identifier: MIT
 *
 * What the parts of the benchmark share: requests, jobs and contestants.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every side has this much memory for a head, and lists at most so many
 * fields. */
#define HEAD_CAP 8192
#define FIELDS_CAP 100
#define OUT_CAP 1024

#define KEY_LEN 24
#define ACCEPT_LEN 28

/* The text of a macro's value. */
#define TEXT_OF_TOKENS(tokens) #tokens
#define TEXT_OF(macro) TEXT_OF_TOKENS(macro)

/* Requests of one kind. */
typedef struct bench_corpus {
  const char *name;
  char **heads;
  size_t *lens;
  size_t count, octets;
} bench_corpus;

/* What is done with one request; the same for every contestant:
 *
 * parse   The head is checked, and where its parts are is known.  The bytes
 *         grow in place, nothing is copied.  upshake: upshake_parse_head, which
 *         stores no list of fields.  Others: their parser, which gives all
 *         fields, in an array or by callbacks that fill one; they have no
 *         cheaper way.
 * fields  The same, and every field's name and value is in an array that the
 *         caller gave.  upshake: upshake_parse_fields.  Others: as for parse.
 * judge   Bytes are received into the connection's memory, parsed, and all
 *         that RFC 6455 4.2.1 asks for is checked.  upshake: upshake_feed.
 *         Others: memcpy, their parser, then checks.h.
 * full    The same, and the bytes of the 101 are written.
 * room    As full, but nothing is copied: the bytes are parsed where they were
 *         received.  upshake: upshake_commit.
 * plain   A plain request on a kept connection: its bytes are received into the
 *         connection's memory, parsed, Host and framing are checked, and a 200
 *         of the host's own is written.  upshake: upshake_feed, upshake_reset.
 * response  The bytes of a response are received into memory, its head is
 *         parsed, and every field is in an array.  upshake: a client that is
 *         ready is copied, then upshake_client_feed.
 * chunked The bytes of a body are received into memory, and how much content it
 *         has is counted.  upshake: a handshake that waits for the body is
 *         copied, then upshake_feed, which gives the content where it is.
 *         picohttpparser: phr_decode_chunked, which moves it together.
 *
 * Each takes the request in pieces of `step` bytes.  Returns 0 where the
 * request is refused; else fields and response: how many there are; full, room
 * and plain: the length of the reply; chunked: of the content; others: 1. */
enum {
  JOB_PARSE,
  JOB_FIELDS,
  JOB_JUDGE,
  JOB_FULL,
  JOB_ROOM,
  JOB_PLAIN,
  JOB_RESPONSE,
  JOB_CHUNKED,
  JOBS
};
typedef size_t run_function(const char *octets, size_t len, size_t step,
                            char *out);

/* Sec-WebSocket-Accept for a key, without a NUL. */
typedef void accept_function(const char key[KEY_LEN], char accept[ACCEPT_LEN]);

typedef struct bench_contestant {
  const char *name;
  run_function *jobs[JOBS]; /* NULL: does not take part */
  accept_function *accept;  /* NULL: does not take part */
  int (*can)(void);         /* on this machine; NULL: on all */
  size_t state;             /* bytes for each connection, buffers left out */
  const char *version;      /* of a peer; NULL: not known, or said elsewhere */
} bench_contestant;

/* NULL at the end; what was not found when this was built is not in it. */
extern const bench_contestant *const contestants[];
const bench_contestant *find_contestant(const char *name);

/* One row of the result: a job with one kind of request, cut in one way. */
enum { ROW_ACCEPT = JOBS, ROW_ACCEPT_LATENCY };
typedef struct bench_row {
  const char *name;
  int job; /* JOB_... or ROW_... */
  const char *corpus;
  size_t step; /* 0: whole */
} bench_row;
extern const bench_row rows[]; /* .name NULL at the end */

int takes_part(const bench_contestant *contestant, const bench_row *row);

/* NULL where there is none with that name. */
const bench_corpus *find_corpus(const char *name);
const bench_corpus *each_corpus(size_t i);
/* What is not an offer of WebSocket: plain requests, responses, bodies of
 * chunks.  NULL at the end. */
const bench_corpus *each_other(size_t i);
/* Requests that RFC 6455 4.2.1 refuses. */
const bench_corpus *broken_requests(void);

/* Does each contestant give the right answer to each request?  Returns how
 * many answers were wrong, and says which. */
int verify(void);

/* Times of all rows whose name fits the pattern.  Returns how many. */
typedef struct bench_settings {
  const char *only; /* a pattern of the shell */
  int rounds;
  double batch;  /* seconds */
  void *samples; /* FILE that all times are written to, or NULL */
} bench_settings;
int measure(const bench_settings *settings);

/* Runs the job `passes` times for each request of the corpus, the row's. */
size_t run_row(const bench_contestant *contestant, const bench_row *row,
               const bench_corpus *corpus, size_t passes);

/* Calls of malloc, calloc and realloc; SIZE_MAX where nobody counts. */
size_t allocations(void);

/* 1: OpenSSL uses SHA-NI, 0: it does not, -1: not known. */
int openssl_uses_sha(void);

#ifdef __cplusplus
}
#endif

#endif
