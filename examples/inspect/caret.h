/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: the words behind a mark (what is there, and what is needed),
 * and something to paste instead.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_CARET_H
#define UPSHAKE_EXAMPLES_INSPECT_CARET_H

#include "answer.h"

/* Fills said->caret, for its error and its mark. */
void say_caret(answer *said);

/* Fills said->fix, if a text helps whatever the message is, or if it can be
 * made from the marked line. */
void say_fix(answer *said);

/* Adds a name of the first character of the text that people cannot see, or
 * take for another, such as a no-break space.  Returns 0 if there is none. */
int say_unseen(note *out, upshake_slice text);

#endif
