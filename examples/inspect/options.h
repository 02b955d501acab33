/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: its options and its memory.  If one of them is wrong, the
 * program ends with one line that says so.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_OPTIONS_H
#define UPSHAKE_EXAMPLES_INSPECT_OPTIONS_H

#include <stddef.h>

#include "../common/allocate.h"
#include "upshake.h"

struct input_form;

typedef struct options {
  const char *file;    /* the file to judge; NULL or "-": standard input */
  const char *request; /* with --client: the request */
  upshake_protocol *protocols;
  const char **subprotocols;
  const char **origins;
  const char **wanted;
  size_t protocols_len, subprotocols_len, origins_len, wanted_len;
  size_t head_max, fields_max, name_max, total_max, feed;
  int client, subprotocol_required, origin_any, deflate, lean, json, reply;
  int from_given, feed_given;
  const struct input_form *from; /* the form of the input; NULL: find out */
  size_t entry;                  /* the exchange to judge, from 1; 0: all */
  const char *listen, *probe;    /* [ADDR:]PORT; a URI */
  const char *ca; /* certificates for wss://; NULL: the system's */
  int once, yes, insecure;
  long timeout;            /* milliseconds for each step with the network */
  const char *live_option; /* given; needs the network */
  const char *server_option, *client_option; /* given; for one side only */
  const char *lean_option;                   /* given; needs --lean */
} options;

/* Returns the limits on a head, for both sides. */
upshake_limits limits_of(const options *opt);

/* Prints the usage and ends the program. */
void print_usage(void);

void parse_options(options *opt, int argc, char **argv);
void free_options(options *opt);

/* 1 for NULL and for "-". */
int is_standard_input(const char *file);

/* Writes out standard output at the end: see end_output. */
int finish(int status);

/* Ends the program, because the library refused a call. */
void fail_library(upshake_error error);

#endif
