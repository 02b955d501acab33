/* SPDX-License-Identifier: MIT
 *
 * The command line of upshake-client.
 */
#ifndef UPSHAKE_EXAMPLES_CLIENT_OPTIONS_H
#define UPSHAKE_EXAMPLES_CLIENT_OPTIONS_H

#include <stddef.h>

#include "../common/channel.h"
#include "../common/uri.h"
#include "edit.h"
#include "upshake.h"

struct message {
  char *bytes;
  size_t len;
};

struct options {
  const char *text; /* the URI, as given */
  struct uri uri;
  struct uri connect;                      /* --connect; else without a host */
  const char *connect_host, *connect_port; /* where the server is */
  struct channel_trust trust;
  const char *protocol; /* NULL: WebSocket */
  const char *method;   /* NULL: GET */
  char *subprotocols;   /* by preference, as a list */
  upshake_field *fields;
  size_t fields_len;
  struct edit *edits; /* --set and --omit, in their order */
  size_t edits_len;
  struct message *messages; /* if empty: lines of standard input */
  size_t messages_len;
  const char *origin;
  long timeout; /* milliseconds */
  int deflate, subprotocol_required, binary, json, timing, verbose, help;
  char *address, *authorization; /* memory for parts of the URI */
};

/* Returns 0; or the exit status, after a line on stderr that says what is
 * wrong.  The strings are those of argv.  Call options_free in both cases. */
int options_parse(struct options *options, int argc, char **argv);
void options_free(struct options *options);

void options_print_help(void);

#endif
