/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: how the program ends: see options.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "../common/exit.h"

void fail_library(upshake_error error) {
  fprintf(stderr, "upshake-inspect: %s\n", upshake_strerror(error));
  exit(EXIT_BAD_SYSTEM);
}

int finish(int status) {
  return end_output(status, "upshake-inspect: cannot write the result");
}

int is_standard_input(const char *file) {
  return file == NULL || strcmp(file, "-") == 0;
}
