/* SPDX-License-Identifier: MIT
 *
 * Trouble with the system, for programs that are linked with --wrap for each of
 * these calls.  What fails is said in the environment:
 *
 *     FAULT_ALLOC=N      the Nth allocation, from 1
 *     FAULT_POLL=ERRNO   poll; with FAULT_POLL_EVERY=N only each Nth call, and
 *                        never the first
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

void *__real_malloc(size_t len);
void *__real_calloc(size_t count, size_t len);
void *__real_realloc(void *memory, size_t len);
int __real_poll(struct pollfd *polled, nfds_t count, int timeout);

void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t count, size_t len);
void *__wrap_realloc(void *memory, size_t len);
int __wrap_poll(struct pollfd *polled, nfds_t count, int timeout);

static long number_of(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text != NULL ? atol(text) : otherwise;
}

static int allocation_fails(void) {
  static long count;
  return ++count == number_of("FAULT_ALLOC", 0);
}

void *__wrap_malloc(size_t len) {
  return allocation_fails() ? NULL : __real_malloc(len);
}

void *__wrap_calloc(size_t count, size_t len) {
  return allocation_fails() ? NULL : __real_calloc(count, len);
}

void *__wrap_realloc(void *memory, size_t len) {
  return allocation_fails() ? NULL : __real_realloc(memory, len);
}

int __wrap_poll(struct pollfd *polled, nfds_t count, int timeout) {
  static long calls;
  long error = number_of("FAULT_POLL", 0);
  if (error != 0 && calls++ % number_of("FAULT_POLL_EVERY", 1) ==
                        number_of("FAULT_POLL_EVERY", 1) - 1) {
    errno = (int)error;
    return -1;
  }
  return __real_poll(polled, count, timeout);
}
