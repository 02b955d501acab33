/* SPDX-License-Identifier: MIT
 *
 * What stands under a program on the bare machine: the table of vectors, the
 * way to main, and the calls of semihosting that it needs.
 */
#include "machine.h"

#include <string.h>

enum { /* Semihosting for AArch32 and AArch64, 4.6 and 5.6 */
       SYS_OPEN = 0x01,
       SYS_CLOSE = 0x02,
       SYS_WRITE0 = 0x04,
       SYS_READ = 0x06,
       SYS_GET_CMDLINE = 0x15,
       SYS_EXIT_EXTENDED = 0x20,
       APPLICATION_EXIT = 0x20026
};

/* Of the linker script. */
extern unsigned char stack_top[], data_begin[], data_end[], data_from[];
extern unsigned char bss_begin[], bss_end[];

int main(void);

static int semihosting(int call, const void *argument) {
  register int r0 __asm__("r0") = call;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void say(const char *text) { semihosting(SYS_WRITE0, text); }

void say_number(const char *before, size_t number, const char *after) {
  char digits[12], *at = digits + sizeof digits;
  *--at = 0;
  do
    *--at = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  say(before);
  say(at);
  say(after);
}

const char *host_argument(void) {
  static char line[256];
  const uintptr_t block[2] = {(uintptr_t)line, sizeof line};
  if (semihosting(SYS_GET_CMDLINE, block) != 0)
    return NULL;
  const char *blank = memchr(line, ' ', strlen(line));
  return blank == NULL ? NULL : blank + 1;
}

int host_open(const char *path) {
  const uintptr_t block[3] = {(uintptr_t)path, 1, strlen(path)}; /* "rb" */
  return semihosting(SYS_OPEN, block);
}

/* The call says how much it did not read. */
size_t host_read(int handle, void *out, size_t cap) {
  const uintptr_t block[3] = {(uintptr_t)handle, (uintptr_t)out, cap};
  int left = semihosting(SYS_READ, block);
  return left < 0 || (size_t)left > cap ? 0 : cap - (size_t)left;
}

int host_close(int handle) {
  const uintptr_t block[1] = {(uintptr_t)handle};
  return semihosting(SYS_CLOSE, block);
}

_Noreturn void leave(int status) {
  const uintptr_t block[2] = {APPLICATION_EXIT, (uintptr_t)status};
  semihosting(SYS_EXIT_EXTENDED, block);
  for (;;)
    ;
}

/* ARMv7-M can be told to fault where ARMv6-M always does. */
static void trap_unaligned(void) {
  volatile uint32_t *ccr = (volatile uint32_t *)0xe000ed14;
  *ccr |= 1U << 3;
}

static void reset(void) {
  memcpy(data_begin, data_from, (size_t)(data_end - data_begin));
  memset(bss_begin, 0, (size_t)(bss_end - bss_begin));
  trap_unaligned();
  leave(main());
}

static void fault(void) {
  say("FAIL the machine has faulted\n");
  leave(2);
}

typedef void handler(void);
__attribute__((section(".vectors"), used)) static handler *const vectors[16] = {
    (handler *)stack_top,
    reset,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
    fault,
};
