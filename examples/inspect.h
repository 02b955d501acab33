/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: one request, judged as a server does.
 *
 * inspect.c runs the handshake; inspect_json.c and inspect_text.c print what
 * came of it, for scripts and for people; inspect_hints.c knows what usually
 * causes each outcome.  inspect_client.h is the same for the other end.
 */
#ifndef INSPECT_H
#define INSPECT_H

#include "inspect_print.h"

/* As much of a body's content as may be shown. */
#define CONTENT_KEPT 128

/* One request, judged. */
typedef struct inspection {
  input input; /* the request and what follows */
  char *head;  /* memory for the handshake */
  size_t head_cap;
  const upshake_config *config;
  upshake hs;
  upshake_result result;
  outcome outcome;
  size_t taken; /* octets that the handshake took: the head and the body */
  char content[CONTENT_KEPT]; /* the beginning of the body's, if it was read */
  size_t content_len;         /* of all of it */
  char agreed[UPSHAKE_DEFLATE_CAP];
  upshake_slice extensions; /* agreed on, or absent */
  char *reply;              /* all that was sent, a 100 included */
  size_t reply_len;
} inspection;

/* Print the outcome: one JSON object, or a page for people. */
void print_json(const inspection *in);
void print_text(const inspection *in);

/* Print what usually causes this outcome and what helps. */
void print_hint(const inspection *in);

/* Print TOKEN or TOKEN/VERSION, as the table spells it. */
void put_protocol(const upshake_protocol *protocol);

int is_websocket(const upshake_protocol *protocol);

/* 1 if the head is complete, so that the request can be looked at. */
int has_request(const inspection *in);

/* The value of a field of the request; absent where there is none. */
upshake_slice find_value(const inspection *in, const char *name);

#endif
