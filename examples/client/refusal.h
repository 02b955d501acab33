/* SPDX-License-Identifier: MIT
 *
 * What stands behind the line about an answer that is no switch: what usually
 * causes it, what helps, and the body of the answer.
 */
#ifndef UPSHAKE_EXAMPLES_CLIENT_REFUSAL_H
#define UPSHAKE_EXAMPLES_CLIENT_REFUSAL_H

#include "../common/answer_hints.h"
#include "../common/channel.h"
#include "upshake.h"

struct refusal {
  note hint, body;
  int is_cut; /* 1: the body goes on */
};

/* The body often says why, so a part of it is worth a short wait.  `early` are
 * the bytes of it that have come already. */
void refusal_read(struct refusal *refusal, const struct answer_seen *seen,
                  struct channel *channel, upshake_slice early);
void refusal_free(struct refusal *refusal);

/* Prints both on stderr. */
void refusal_print(const struct refusal *refusal);

#endif
