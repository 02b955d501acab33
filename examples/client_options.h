/* SPDX-License-Identifier: MIT
 *
 * The command line of upshake-client.
 */
#ifndef CLIENT_OPTIONS_H
#define CLIENT_OPTIONS_H

#include <stddef.h>

#include "client_uri.h"
#include "upshake.h"

struct options {
  const char *text; /* the URI as it was given */
  struct uri uri;
  const char **subprotocols; /* by preference */
  size_t subprotocols_len;
  upshake_field *fields;
  size_t fields_len;
  const char **messages; /* none: lines of standard input */
  size_t messages_len;
  const char *origin;
  long timeout; /* milliseconds */
  int deflate, subprotocol_required, json, verbose, help;
};

/* Returns 0; or the exit status, and a line on stderr says what is wrong.  The
 * strings are those of argv; options_free releases the rest in both cases. */
int options_parse(struct options *options, int argc, char **argv);
void options_free(struct options *options);

void options_print_help(void);

#endif
