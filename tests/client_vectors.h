/* SPDX-License-Identifier: MIT
 *
 * The golden vectors of the client's side: what is sent, what comes back, and
 * what upshake_write_request and upshake_client make of it.
 */
#ifndef UPSHAKE_TESTS_CLIENT_VECTORS_H
#define UPSHAKE_TESTS_CLIENT_VECTORS_H

#include "vectors_run.h"

typedef enum client_outcome {
  CLIENT_SWITCHED,
  CLIENT_OTHER,
  CLIENT_REFUSED,
  CLIENT_INCOMPLETE,
  CLIENT_CALL,   /* the call returns common.call: no request, no client */
  CLIENT_WRITTEN /* the request is written, no response is fed */
} client_outcome;

/* What a case may expect of the result, beside numbers. */
enum {
  CLIENT_REASON,
  CLIENT_PROTOCOL,
  CLIENT_SUBPROTOCOL,
  CLIENT_EXTENSIONS,
  CLIENT_REST,
  CLIENT_TEXTS
};
extern const char *const client_text_names[CLIENT_TEXTS];

/* One case.  Of the members of `common` these are used: those of every case,
 * head_max, fields (of the ask), octets with their marks (the response),
 * status, error, call, agreed, and may_keep. */
typedef struct client_vector {
  vector common;

  /* config */
  upshake_client_policy policy;

  /* ask */
  uint8_t asks;
  upshake_ask ask;
  const char *protocols[VECTOR_NAMES], *subprotocols[VECTOR_NAMES];
  size_t protocols_len, subprotocols_len; /* ask has them as lists */
  upshake_deflate_offer deflates[VECTOR_NAMES];
  upshake_slice key; /* absent: NULL is passed */

  /* request: as sent, or as it is to be written */
  uint8_t request_given;
  upshake_slice request;

  /* expect */
  uint8_t responds; /* there is a response */
  client_outcome outcome;
  uint8_t texts_given[CLIENT_TEXTS];
  upshake_slice texts[CLIENT_TEXTS];
  uint8_t body_len_given;
  uint64_t body_len;
  uint8_t length_given;
  uint64_t length;
  int version;    /* or -1 */
  int fields_len; /* how many there are, or -1 */
  upshake_field seen[VECTOR_FIELDS];
  size_t seen_len; /* some of them */
} client_vector;

/* As vectors_read; each case of `all` is then the beginning of such a one. */
int client_vectors_read(vectors *all, const char *path);
static inline const client_vector *client_case(const vector *v) {
  return (const client_vector *)v;
}

/* ---- client_vectors_ask.c ----------------------------------------------- */

struct reader;
int take_ask_line(struct reader *r, const char *line);

/* ---- client_vectors_run.c, client_vectors_write.c ------------------------ */

void run_response(run *r, const client_vector *v);
/* How far the places are from each other at which a response is split. */
extern size_t client_cut_step;
void run_ask(run *r, const client_vector *v);

#endif
