/* SPDX-License-Identifier: MIT
 *
 * What happens after the switch to another protocol than WebSocket: standard
 * input goes to the server, and what it sends goes to standard output,
 * unchanged.
 */
#ifndef UPSHAKE_EXAMPLES_CLIENT_RAW_H
#define UPSHAKE_EXAMPLES_CLIENT_RAW_H

#include "../common/channel.h"
#include "upshake.h"

/* `early` are the bytes that arrived together with the 101.  At the end of the
 * input the server is told that no more will come.  Goes on until the server
 * ends, without a time limit.  Returns 0; or -1 after a line on stderr. */
int raw_talk(struct channel *channel, upshake_slice early);

#endif
