/* SPDX-License-Identifier: MIT
 *
 * The command line of upshake-demo.
 */
#ifndef UPSHAKE_EXAMPLES_DEMO_OPTIONS_H
#define UPSHAKE_EXAMPLES_DEMO_OPTIONS_H

#include <stddef.h>

#include "upshake.h"

struct options {
  const char *host; /* NULL: 127.0.0.1 and [::1] */
  const char *port;
  upshake_protocol *protocols; /* by preference; the last two are `websocket`
                                  and `echo` */
  size_t protocols_len;
  const char **subprotocols; /* by preference of the server */
  size_t subprotocols_len;
  const char **origins; /* if empty: the host of the request */
  size_t origins_len;
  int any_origin;
  int deflate;
  long head_timeout; /* milliseconds */
  size_t max_connections;
  int help;
};

/* Returns 0; or the exit status, after a line on stderr that says what is
 * wrong.  The strings are those of argv.  Call options_free in both cases. */
int options_parse(struct options *options, int argc, char **argv);
void options_free(struct options *options);

void options_print_help(void);

#endif
