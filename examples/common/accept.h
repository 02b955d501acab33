/* SPDX-License-Identifier: MIT
 *
 * How a server came to a wrong Sec-WebSocket-Accept.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_ACCEPT_H
#define UPSHAKE_EXAMPLES_COMMON_ACCEPT_H

#include "note.h"

/* Computes the accept of a key in the usual wrong ways.  If one of them gives
 * what was received, adds a sentence that names it and returns 1. */
int say_wrong_accept(note *out, upshake_slice key, upshake_slice received);

#endif
