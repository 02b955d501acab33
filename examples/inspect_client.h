/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --client: one response, judged as a client does.
 *
 * inspect_client.c runs it and prints it for scripts, inspect_client_text.c
 * for people; inspect_client_hints.c knows what usually causes each outcome.
 */
#ifndef INSPECT_CLIENT_H
#define INSPECT_CLIENT_H

#include "inspect_options.h"
#include "inspect_print.h"

/* One response to one request, judged. */
typedef struct exchange {
  input request, input; /* as far as they were read */
  upshake_slice head;   /* of the request, */
  upshake_slice asked;  /* and its field lines */
  char *memory;         /* for the head of the response */
  size_t cap;
  upshake_client_policy policy;
  upshake_client client;
  upshake_client_result result;
  outcome outcome;
  upshake_slice extensions; /* agreed to, all lines as one; or absent */
  size_t taken; /* octets that the client took: heads, interim ones too */
} exchange;

/* Judge the file of the options, and print what came of it. */
outcome inspect_response(const options *opt);

void print_exchange(const exchange *ex);

/* Print what usually causes this outcome and what helps. */
void print_exchange_hint(const exchange *ex);

/* 1 if the head is complete, so that the response can be looked at. */
int has_response(const exchange *ex);

/* How OTHER goes on. */
int is_chunked(const exchange *ex);

#endif
