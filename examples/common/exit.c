/* SPDX-License-Identifier: MIT
 *
 * How a program ends: see exit.h.
 */
#include "exit.h"

#include <stdio.h>

int end_output(int status, const char *complaint) {
  if (fflush(stdout) == 0 && !ferror(stdout))
    return status;
  fprintf(stderr, "%s\n", complaint);
  return EXIT_BAD_OUTPUT;
}
