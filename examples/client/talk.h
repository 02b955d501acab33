/* SPDX-License-Identifier: MIT
 *
 * What happens after the switch: texts are sent, their echoes are printed, and
 * the WebSocket is closed.
 */
#ifndef UPSHAKE_EXAMPLES_CLIENT_TALK_H
#define UPSHAKE_EXAMPLES_CLIENT_TALK_H

#include <stdio.h>

#include "../common/channel.h"
#include "options.h"
#include "upshake.h"

/* Talks on a connection that has switched.  `early` are the bytes that arrived
 * together with the 101.  Received texts are printed; if `messages` is not
 * NULL, they are written there as the elements of an array.  Returns 0; or -1
 * after a line on stderr. */
int talk(struct channel *channel, const struct options *options,
         const upshake_deflate *agreed, upshake_slice early, FILE *messages);

#endif
