/* SPDX-License-Identifier: MIT
 *
 * The bare machine: text to whoever emulates it, the end, and how deep the
 * stack went.
 */
#ifndef UPSHAKE_TESTS_MACHINE_H
#define UPSHAKE_TESTS_MACHINE_H

#include <stddef.h>
#include <stdint.h>

void say(const char *text);
void say_number(const char *before, size_t number, const char *after);

/* What the emulator was told to pass on; NULL: nothing. */
const char *host_argument(void);

/* Files of the host, to read; a handle below 0 is none. */
int host_open(const char *path);
size_t host_read(int handle, void *out, size_t cap);
int host_close(int handle);

/* The status of the emulator that ends. */
_Noreturn void leave(int status);

/* Between the two stands what is measured: paint fills the stack below the
 * caller's frame, depth says how much of that was used since. */
#define STACK_PAINTED 1024
#define STACK_PAINT 0xa5c35a3cU
#define STACK_HERE(sp) __asm__ volatile("mov %0, sp" : "=r"(sp)::"memory")

static inline __attribute__((always_inline)) volatile uint32_t *
stack_paint(void) {
  volatile uint32_t *sp, *at;
  STACK_HERE(sp);
  for (at = sp - STACK_PAINTED / 4; at < sp; at++)
    *at = STACK_PAINT;
  return sp;
}

static inline size_t stack_depth(volatile uint32_t *sp) {
  volatile uint32_t *at = sp - STACK_PAINTED / 4;
  while (at < sp && *at == STACK_PAINT)
    at++;
  return (size_t)(sp - at) * 4;
}

#endif
