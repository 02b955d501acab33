/* SPDX-License-Identifier: MIT
 *
 * How long the steps to an answer took.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_TIMES_H
#define UPSHAKE_EXAMPLES_COMMON_TIMES_H

#include "note.h"

/* Microseconds; -1: there was no such step.  The answer begins with the
 * request, and ends with its head. */
typedef struct times {
  long long name, connect, tls, answer;
} times;

/* Adds the steps that there were, for people; and the member "times" of an
 * object of JSON, for scripts, with a comma before it. */
void note_times(const times *took, note *people, note *scripts);

#endif
