/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect in WebAssembly: how a run begins, and what a page cannot do.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../common/exit.h"
#include "../../inspect/live.h"

#define EXPORT(name) __attribute__((export_name(name)))

int main(int argc, char **argv);

/* The caller puts the arguments into memory that malloc returned. */
EXPORT("malloc") void *take_memory(size_t len) { return malloc(len); }
EXPORT("run") int run(int argc, char **argv) { return main(argc, argv); }

int is_live(const options *opt) {
  return opt->listen != NULL || opt->probe != NULL;
}

int live_run(const options *opt) {
  (void)opt;
  fputs("upshake-inspect: this build has no network: please run the program\n",
        stderr);
  return EXIT_BAD_USAGE;
}

void print_usage(void) {
  puts("This build is part of a page.  The program's --help has the options.");
  exit(0);
}
