/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --client: one response, judged as a client judges it.
 *
 * client.c runs it and prints the object for scripts, client_text.c prints for
 * people, ../common/answer_hints.c knows what usually causes each outcome.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_CLIENT_H
#define UPSHAKE_EXAMPLES_INSPECT_CLIENT_H

#include "answer.h"
#include "judge.h"
#include "options.h"
#include "print.h"

/* One response to one request, judged. */
typedef struct exchange {
  input request, input; /* as far as they were read */
  const reading *read;
  upshake_slice head;   /* the request's head, */
  upshake_fields asked; /* and its field lines */
  char *memory;         /* for the head of the response */
  size_t cap;
  upshake_client_policy policy;
  upshake_client client;
  upshake_client_result result;
  outcome outcome;
  upshake_slice extensions; /* agreed on, all lines joined; or absent */
  size_t taken;             /* bytes of all heads that the client took */
} exchange;

/* Judges the file of the options, and prints the outcome. */
outcome inspect_response(const options *opt);

/* Fills the answer. */
void say_response(const exchange *ex, answer *said);

void print_exchange(const exchange *ex, const answer *said, const options *opt);

/* 1 if the head is complete, so that the response can be shown. */
int has_response(const exchange *ex);

#endif
