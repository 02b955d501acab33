/* SPDX-License-Identifier: MIT
 *
 * What the files that run the golden vectors share.
 */
#ifndef UPSHAKE_TESTS_VECTORS_RUN_H
#define UPSHAKE_TESTS_VECTORS_RUN_H

#include "check_error.h"
#include "vectors.h"

typedef struct run {
  const vector *v;
  const char *how; /* in which way it is run */
  size_t cut;
  unsigned failures;

  /* What the callback does and has done. */
  int waits; /* it says LATER, and the host answers */
  int leans; /* the config is lean, whatever the case says */
  unsigned decisions;
  upshake_error choose_error;
} run;

/* Octets that grow. */
typedef struct gathered {
  char *ptr; /* NULL: there were none yet, not even none of them */
  size_t len;
} gathered;

/* What one run shows. */
typedef struct seen {
  upshake_result result;
  upshake_slice protocol; /* its name */
  upshake_request request;
  upshake_slice head;
  unsigned decisions;
  upshake_error call, reply_error;
  upshake_slice reply;       /* the last one */
  gathered replies, content; /* all of them */
  size_t taken;              /* octets of the head and the body */
  upshake_extra extra;       /* of the reply */
  upshake_deflate agreed;
  size_t agreed_len; /* 0: to nothing */
  char *memory;      /* of the head; the slices point into it */
  char *written, *extensions;
} seen;

/* How the octets are cut. */
typedef enum way { WHOLE, OCTETS, CUT, ROOM, WAITING } way;

/* ---- vectors_report.c --------------------------------------------------- */

void report(run *r, const char *what, const char *expected, const char *actual);
void expect_octets(run *r, const char *what, upshake_slice expected,
                   upshake_slice actual);
void expect_number(run *r, const char *what, uint64_t expected,
                   uint64_t actual);
void expect_error(run *r, const char *what, upshake_error expected,
                  upshake_error actual);
void expect_true(run *r, const char *what, int is_so);
void expect_next(run *r, const char *what, upshake_next expected,
                 upshake_next actual);

int same_octets(upshake_slice a, upshake_slice b);
upshake_slice part(upshake_slice octets, size_t from, size_t to);

/* Memory of exactly that size; free it. */
char *room_of(size_t len);
char *copy(const char *octets, size_t len);

/* A judged request has no place in a stream, and all its fields are known
 * where a parser stops at one of them. */
void expect_same_result(run *r, const upshake_result *a,
                        const upshake_result *b, int judged);
void expect_same(run *r, const seen *a, const seen *b, int judged);
void drop_seen(seen *s);

void gather(gathered *all, const char *octets, size_t len);
upshake_slice slice_of(const gathered *all);

/* ---- vectors_failures.c ------------------------------------------------- */

void expect_failures(run *r, upshake *hs);

/* ---- vectors_lean.c ----------------------------------------------------- */

/* Of what was consumed, the octets that are in the head. */
gathered kept_octets(const run *r, upshake_slice consumed);

/* A case that says nothing of lean has the same outcome with it. */
void lean_case(run *r, const seen *first);

/* ---- vectors_host.c ----------------------------------------------------- */

/* The config of the case, with the callback; forgets earlier decisions. */
upshake_config config_of(run *r);

/* What the callback says, or would if it did not wait. */
int answer_of(const run *r);

/* Take the 100 (Continue) that goes before a body. */
void send_continue(run *r, upshake *hs, seen *s, size_t part_len);

/* What the host does when all octets were fed, and what it then sees. */
void finish(run *r, upshake *hs, seen *s);

/* A whole reply in parts of n octets. */
void expect_parts(run *r, upshake *hs, const seen *s, size_t n);

/* The same reply as values (vectors_values.c). */
void expect_values(run *r, upshake *hs, const seen *s);

/* ---- The others --------------------------------------------------------- */

seen run_once(run *r, way how, size_t cut); /* vectors_feed.c */
void expect_outcome(run *r, const seen *s); /* vectors_outcome.c */
void expect_reply(run *r, const seen *s);   /* vectors_reply.c */
int has_extra(const vector *v);             /* vectors_host.c */
/* What the reply is given: NULL if the case adds nothing. */
const upshake_extra *extra_of(const run *r, const seen *s);

/* vectors_judge.c: in which order a judge gets the lines. */
typedef enum judge_order { RECEIVED, REVERSED, SORTED, AT_ONCE } judge_order;
void judge_case(run *r, const seen *first, judge_order order);

/* The octet behind the head that begins with the first line that is not
 * empty, or NOT_GIVEN. */
size_t end_of_head(upshake_slice octets);

/* The value of that field in the reply; absent where there is none. */
upshake_slice reply_field(const seen *s, const char *name);

/* Take a line that ends with CRLF; absent where there is none. */
upshake_slice take_crlf_line(upshake_slice *octets);

#endif
