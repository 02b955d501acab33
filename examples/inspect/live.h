/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect with the network: a server or a client that is there now
 * instead of a recording.  It needs POSIX.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_LIVE_H
#define UPSHAKE_EXAMPLES_INSPECT_LIVE_H

#include "options.h"

/* 1 if the options ask for one of these. */
int is_live(const options *opt);

/* Each returns the exit status.  SIGINT and SIGTERM end it with what is known
 * so far. */
int live_run(const options *opt);   /* ws://HOST/PATH, --listen or --probe */
int listen_run(const options *opt); /* --listen */

#endif
