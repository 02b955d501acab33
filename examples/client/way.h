/* SPDX-License-Identifier: MIT
 *
 * The way to the server: its name, the connection, and TLS for wss://.
 */
#ifndef UPSHAKE_EXAMPLES_CLIENT_WAY_H
#define UPSHAKE_EXAMPLES_CLIENT_WAY_H

#include "../common/channel.h"
#include "../common/times.h"
#include "options.h"

/* Each step has the time limit of the options, and takes its time.  Returns 0;
 * or -1 after a line on stderr. */
int way_open(struct channel *channel, const struct options *options,
             times *took);

#endif
