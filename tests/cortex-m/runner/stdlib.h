/* SPDX-License-Identifier: MIT
 *
 * What those who read and run the vectors need of it.
 */
#ifndef UPSHAKE_TESTS_RUNNER_STDLIB_H
#define UPSHAKE_TESTS_RUNNER_STDLIB_H

#include <stddef.h>

void *malloc(size_t len);
void *calloc(size_t len, size_t size);
void *realloc(void *memory, size_t len);
void free(void *memory);
_Noreturn void abort(void);
long strtol(const char *string, char **end, int base);
unsigned long strtoul(const char *string, char **end, int base);

#endif
