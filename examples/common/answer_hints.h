/* SPDX-License-Identifier: MIT
 *
 * What usually causes an answer that is no switch, and what helps:
 * upshake-inspect and upshake-client say the same.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_ANSWER_HINTS_H
#define UPSHAKE_EXAMPLES_COMMON_ANSWER_HINTS_H

#include "note.h"
#include "upshake.h"

/* An answer, as a client judged it. */
struct answer_seen {
  const upshake_client_result *result;
  upshake_slice bytes;  /* as they came, as far as they were kept */
  upshake_fields asked; /* the field lines of the request */
  int live; /* 1: of a connection of this program, 0: of a recording */
};

/* Adds some lines of text, or nothing. */
void say_answer_hint(const struct answer_seen *seen, note *out);

#endif
