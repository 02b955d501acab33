/* SPDX-License-Identifier: MIT
 *
 * Counts allocations, those of shared libraries too: where a program defines
 * malloc, all of the process use it.  Only with glibc, whose own functions are
 * to be had under other names.
 */
#include "bench.h"

#include <stdlib.h>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static size_t calls;

void *malloc(size_t size) {
  calls++;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  calls++;
  return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
  calls++;
  return __libc_realloc(old, size);
}

size_t allocations(void) { return calls; }
#else
size_t allocations(void) { return SIZE_MAX; }
#endif
