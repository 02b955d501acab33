/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: one message is judged and the verdict printed, as text or as
 * one JSON object in one line, as the options say.
 *
 * Everything that has the exact bytes of a message ends here: the readers of
 * forms, and a live connection.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_JUDGE_H
#define UPSHAKE_EXAMPLES_INSPECT_JUDGE_H

#include "input.h"
#include "options.h"
#include "print.h"

/* How the bytes were found. */
typedef struct reading {
  const char *form;    /* JSON's `input`: "raw", "curl-v", "har", "live" */
  const char *repairs; /* what was changed, behind "Read as: "; or NULL */
  const char *is;      /* what the input is, if it is no request; or NULL: */
  const char *fix;     /* then what to do; or NULL */
  const char *times;   /* of a connection, behind "Times:"; or NULL */
  const char *members; /* of JSON, for what comes live, with a comma before
                          each; or NULL */
} reading;

/* The seam.  judge_request judges the bytes of a request as a server does.
 * judge_response judges the bytes of a response as the client that sent
 * `request` does; for a request that no client should have sent, as one that
 * asked for no switch.  Bytes behind the head belong to a body or to the new
 * protocol.  Both print the verdict, and return the outcome, which is the exit
 * status.  All bytes are needed during the call only. */
outcome judge_request(const options *opt, const reading *read,
                      upshake_slice bytes);
outcome judge_response(const options *opt, const reading *read,
                       upshake_slice request, upshake_slice bytes);

/* The same for an input that is read on as long as the verdict is open. */
outcome judge_request_input(const options *opt, const reading *read, input *in);

#endif
