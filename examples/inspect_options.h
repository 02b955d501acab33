/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: its options and its memory.  What is wrong with
 * them ends the program, with one line that says so.
 */
#ifndef INSPECT_OPTIONS_H
#define INSPECT_OPTIONS_H

#include <stddef.h>

#include "upshake.h"

/* Exit statuses beside the outcomes, as in BSD's sysexits.h. */
enum { BAD_USAGE = 64, BAD_INPUT = 66, BAD_SYSTEM = 71, BAD_OUTPUT = 74 };

typedef struct options {
  const char *file;    /* what is judged; NULL, or "-": standard input */
  const char *request; /* with --client: what was asked */
  upshake_protocol *protocols;
  const char **subprotocols;
  const char **origins;
  const char **wanted;
  size_t protocols_len, subprotocols_len, origins_len, wanted_len;
  size_t head_max, fields_max, name_max, total_max, feed;
  int client, subprotocol_required, origin_any, deflate, lean, json;
  const char *server_option, *client_option; /* given, for one side only */
  const char *lean_option;                   /* the same: with --lean only */
} options;

/* The limits on a head, for both sides. */
upshake_limits limits_of(const options *opt);

void parse_options(options *opt, int argc, char **argv);
void free_options(options *opt);

/* 1 for NULL and for "-". */
int is_standard_input(const char *file);

/* Memory of at least one octet. */
void *allocate(size_t len);

/* Returns the status, or BAD_OUTPUT where not all that is printed went out. */
int end_output(int status);

/* The library refuses what these programs ask it for. */
void fail_library(upshake_error error);

#endif
