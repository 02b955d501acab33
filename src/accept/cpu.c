/* SPDX-License-Identifier: MIT
 *
 * Finds out whether the processor has the instructions that the library can
 * use.  It asks only if the application asks.  In a virtual machine CPUID takes
 * microseconds, and the library has no global state that could keep the answer.
 */
#include "cpu.h"

#include "arm.h"
#include "x86.h"
#include "../text/compiler.h"

#if defined(CPU_X86_SHA)

#if defined(_MSC_VER) && !defined(__clang__)
#define CPU_MSVC
#include <intrin.h>
#else
#include <cpuid.h>
#endif

#define LEAF1_ECX_SSSE3 (1u << 9)
#define LEAF7_EBX_SHA (1u << 29)

typedef struct registers {
  unsigned eax, ebx, ecx, edx;
} registers;

static registers ask_cpuid(unsigned leaf) {
  registers r = {0, 0, 0, 0};
#ifdef CPU_MSVC
  int out[4];
  __cpuidex(out, (int)leaf, 0);
  r.eax = (unsigned)out[0];
  r.ebx = (unsigned)out[1];
  r.ecx = (unsigned)out[2];
  r.edx = (unsigned)out[3];
#else
  __cpuid_count(leaf, 0, r.eax, r.ebx, r.ecx, r.edx);
#endif
  return r;
}

/* Returns the highest leaf.  Leaves above it have no meaning. */
static unsigned highest_leaf(void) {
#ifdef CPU_MSVC
  return ask_cpuid(0).eax;
#else
  return (unsigned)__get_cpuid_max(0, 0); /* 0 also if there is no CPUID */
#endif
}

static int has_sha(void) {
  if (highest_leaf() < 7)
    return 0;
  return (ask_cpuid(1).ecx & LEAF1_ECX_SSSE3) &&
         (ask_cpuid(7).ebx & LEAF7_EBX_SHA);
}

static void accept_by_sha(const char key[24], char accept[28]) {
  accept_x86(key, accept);
}

#elif defined(CPU_ARM_SHA)

#ifdef CPU_ARM_SHA_EVERYWHERE
static int has_sha(void) { return 1; }
#else
static int has_sha(void) { return 0; }
#endif

static void accept_by_sha(const char key[24], char accept[28]) {
  accept_arm(key, accept);
}

#else

static int has_sha(void) { return 0; }
#define accept_by_sha ((upshake_hash *)NULL)

#endif

upshake_hash *upshake_cpu_hash(int force) {
  return force || has_sha() ? accept_by_sha : NULL;
}
