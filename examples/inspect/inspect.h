/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: one request, judged as a server judges it.
 *
 * inspect.c runs the handshake.  json.c prints the outcome for scripts, text.c
 * for people.  hints.c knows what usually causes each outcome.  client.h is the
 * same for responses.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_INSPECT_H
#define UPSHAKE_EXAMPLES_INSPECT_INSPECT_H

#include "answer.h"
#include "judge.h"
#include "options.h"
#include "print.h"

/* So much of a body's content is kept, to be shown. */
#define CONTENT_KEPT 128

/* One request, judged. */
typedef struct inspection {
  input input; /* the request and the bytes behind it */
  const reading *read;
  char *head; /* memory for the handshake */
  size_t head_cap;
  const upshake_config *config;
  upshake hs;
  upshake_result result;
  outcome outcome;
  size_t taken;               /* bytes that the handshake took: head and body */
  char content[CONTENT_KEPT]; /* the beginning of the body's content */
  size_t content_len;         /* length of the whole content */
  char agreed[UPSHAKE_DEFLATE_CAP];
  upshake_slice extensions; /* agreed on, or absent */
  char *reply;              /* all bytes sent, a 100 included */
  size_t reply_len;
} inspection;

/* The server that the options describe. */
upshake_config config_of(const options *opt);

/* The answer to the client's offers of permessage-deflate, if the server agrees
 * to one of them; written to `agreed`. */
upshake_slice agreed_extensions(const upshake *hs, const options *opt,
                                char agreed[UPSHAKE_DEFLATE_CAP]);

/* Prints the outcome: one JSON object, or a page for people. */
void print_json(const inspection *in, const answer *said);
void print_text(const inspection *in, const answer *said, const options *opt);

/* Fills the answer. */
void say_request(inspection *in, answer *said);

/* Adds what usually causes this error, and what helps. */
void say_hint(const inspection *in, upshake_error error, note *out);

int is_websocket(const upshake_protocol *protocol);

/* 1 if the head is complete, so that the request can be shown. */
int has_request(const inspection *in);

/* Returns the value of a field of the request; absent if there is no such
 * field. */
upshake_slice find_value(const inspection *in, const char *name);

#endif
