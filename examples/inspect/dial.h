/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: the way to a server, for ws://HOST/PATH and --probe.  Every
 * step has a deadline and takes its time.  If a step fails, one line on stderr
 * says why.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_DIAL_H
#define UPSHAKE_EXAMPLES_INSPECT_DIAL_H

#include "options.h"
#include "../common/channel.h"
#include "../common/times.h"
#include "../common/uri.h"
#include "upshake.h"

/* The longest request that is sent, and the most that is kept of an answer. */
#define REQUEST_CAP ((size_t)65536)
#define ANSWER_CAP ((size_t)65536)

typedef struct dial {
  const options *opt;
  struct uri uri;
  struct net_addresses addresses;
  struct channel channel;
  times times;
} dial;

/* Takes the parts of the URI.  Returns 0, or the exit status. */
int dial_begin(dial *to, const options *opt, const char *uri);

/* Looks up its host.  Returns 0, or the exit status. */
int dial_find(dial *to);

/* Connects to it, with TLS for wss://.  Returns 0, or the exit status. */
int dial_connect(dial *to);

/* Writes the request that the options ask for, with a new key.  Returns 0, or
 * the exit status. */
int dial_write_request(const dial *to, char *bytes, size_t cap, size_t *len);

/* Prints one line on stderr; bytes that could harm a terminal are escaped. */
void complain(const char *format, ...);

#endif
