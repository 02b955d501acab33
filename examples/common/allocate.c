/* SPDX-License-Identifier: MIT
 *
 * Memory for a program that cannot go on without it: see allocate.h.
 */
#include "allocate.h"

#include <stdio.h>
#include <stdlib.h>

#include "exit.h"

const char *allocate_program = "upshake";

void *allocate(size_t len) {
  void *memory = malloc(len ? len : 1);
  if (memory == NULL) {
    fprintf(stderr, "%s: out of memory\n", allocate_program);
    exit(EXIT_BAD_SYSTEM);
  }
  return memory;
}
