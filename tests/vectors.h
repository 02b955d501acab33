/* SPDX-License-Identifier: MIT
 *
 * The golden vectors: cases read from the Markdown of tests/vectors, whose
 * README.md describes the format.
 */
#ifndef UPSHAKE_TESTS_VECTORS_H
#define UPSHAKE_TESTS_VECTORS_H

#include "upshake.h"

#include <stddef.h>
#include <stdint.h>

/* An offset that the case does not give. */
#define VECTOR_NOT_GIVEN SIZE_MAX

enum {
  VECTOR_IDS = 16,
  VECTOR_ID_CAP = 8,
  VECTOR_PROTOCOLS = 32,
  VECTOR_NAMES = 16,
  VECTOR_FIELDS = 40
};

typedef enum vector_outcome {
  VECTOR_SWITCHED,
  VECTOR_REFUSED,
  VECTOR_PLAIN,
  VECTOR_INCOMPLETE,
  VECTOR_DECIDE
} vector_outcome;

/* What a case may expect of the result, the request, the content of its body
 * and the reply. */
enum {
  VECTOR_PROTOCOL,
  VECTOR_SUBPROTOCOL,
  VECTOR_METHOD,
  VECTOR_TARGET,
  VECTOR_AUTHORITY,
  VECTOR_SCHEME,
  VECTOR_PATH,
  VECTOR_QUERY,
  VECTOR_REST,
  VECTOR_BODY,
  VECTOR_EXTENSIONS,
  VECTOR_SETTINGS,
  VECTOR_HEAD,
  VECTOR_TEXTS
};
extern const char *const vector_text_names[VECTOR_TEXTS];

/* One case.  Where it cannot be read, `problem` says why, and all else but
 * file, line and title may be anything. */
typedef struct vector {
  struct vector *next;
  const char *file, *title;
  size_t line;
  char problem[160]; /* "" where there is none */
  char ids[VECTOR_IDS][VECTOR_ID_CAP];
  size_t ids_len;

  /* config */
  upshake_config config; /* but decide */
  upshake_protocol protocols[VECTOR_PROTOCOLS];
  const char *subprotocols[VECTOR_NAMES];
  const char *origins[VECTOR_NAMES];
  const char *wanted[VECTOR_NAMES];
  uint32_t head_max;
  int decides; /* there is a callback: it chooses, then answers */
  int answer;
  int answer_at_end; /* the second time, behind a body */
  int chooses_protocol, chooses_subprotocol;
  upshake_slice protocol_choice, choice;
  uint8_t reads_body; /* the host lets the body of a PLAIN request be read */
  int refuses;        /* the host answers when all octets were fed */
  int refusal;
  upshake_field fields[VECTOR_FIELDS];
  upshake_extra extra;
  uint8_t agrees; /* to permessage-deflate */
  upshake_deflate_caps caps;

  /* request */
  upshake_slice octets;
  size_t bad_at, consumed_at; /* the two marks, or NOT_GIVEN */

  /* expect */
  vector_outcome outcome;
  int status; /* or -1 */
  upshake_error error;
  upshake_error call;
  uint8_t texts_given[VECTOR_TEXTS];
  upshake_slice texts[VECTOR_TEXTS];
  uint8_t may_keep; /* 0 not given, 1 no, 2 yes */
  uint8_t capsules; /* whether Capsule-Protocol is true; as above */
  uint8_t body_left_given;
  uint64_t body_left;
  uint8_t dropped_given;
  uint64_t dropped;
  uint8_t agreed_given; /* 0 not given, 1 none, 2 these */
  upshake_deflate agreed;
  const char *unjudged; /* why no judge is given this request, or NULL */

  /* reply */
  uint8_t reply_given;
  upshake_slice reply;
} vector;

typedef struct vector_kept vector_kept;

/* A file, and the line of its head that says how many cases it has, or NULL. */
typedef struct vector_chapter {
  struct vector_chapter *next;
  const char *file; /* the same pointer as in its cases */
  const char *cases;
} vector_chapter;

/* All cases of some files, in order. */
typedef struct vectors {
  vector *first, *last;
  size_t len;
  vector_chapter *chapters;
  vector_kept *kept;
} vectors;

/* Append the cases of a file; returns 0 where it cannot be read at all.
 * Begins as { 0 }. */
int vectors_read(vectors *all, const char *path);
void vectors_free(vectors *all);

/* All chapters: those of the server's side, or those of the client's, whose
 * names begin with "client-".  Returns 0 where one cannot be read. */
int vectors_read_chapters(vectors *all, int of_clients);

/* How many chapters have another number of cases, or of cases that are not
 * judged, than their heads say.  Prints the line that each head must have. */
size_t vectors_miscounted(const vectors *all);

#ifndef UPSHAKE_VECTORS_DIR
#define UPSHAKE_VECTORS_DIR "tests/vectors"
#endif

/* Memory that lives until vectors_free; a copy of exactly len octets. */
void *vectors_keep(vectors *all, const void *octets, size_t len);

/* Whether the octets there are an id of a requirement: B-01. */
int vector_is_id(const char *at);

#endif
