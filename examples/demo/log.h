/* SPDX-License-Identifier: MIT
 *
 * What upshake-demo says about a handshake: in its log, and to a client that is
 * refused.
 */
#ifndef UPSHAKE_EXAMPLES_DEMO_LOG_H
#define UPSHAKE_EXAMPLES_DEMO_LOG_H

#include "../common/text.h"
#include "upshake.h"

/* How a handshake ended. */
struct verdict {
  const char *outcome; /* "switched", "refused", "plain", "incomplete" */
  int status;
  upshake_error error;
  const char *sentence; /* NULL: the sentence of the error */
};

const char *sentence_of(struct verdict verdict);

/* Prints one line on stdout:
 *     peer "METHOD target" outcome status NAME: sentence */
void log_handshake(const char *peer, const upshake *hs, struct verdict verdict);

/* Writes the same for the body of a refusal. */
void describe_refusal(struct text *text, const upshake *hs,
                      struct verdict verdict);

#endif
