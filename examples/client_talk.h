/* SPDX-License-Identifier: MIT
 *
 * What goes on behind the switch: texts are sent, their echoes are printed, and
 * the WebSocket is closed.
 */
#ifndef CLIENT_TALK_H
#define CLIENT_TALK_H

#include <stdio.h>

#include "client_options.h"
#include "upshake.h"

/* Talk on a connection that has switched; `early` came behind the 101.  What
 * comes is printed; or written to `messages`, where that is not NULL, as the
 * elements of an array.  Returns 0; or -1, and a line on stderr says why. */
int talk(int fd, const struct options *options, const upshake_deflate *agreed,
         upshake_slice early, FILE *messages);

#endif
