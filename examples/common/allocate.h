/* SPDX-License-Identifier: MIT
 *
 * Memory for a program that cannot go on without it.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_ALLOCATE_H
#define UPSHAKE_EXAMPLES_COMMON_ALLOCATE_H

#include <stddef.h>

/* Who says that there is no memory; "upshake" at first. */
extern const char *allocate_program;

/* Returns memory of at least one byte.  If there is none, ends the program
 * after a line on stderr. */
void *allocate(size_t len);

#endif
