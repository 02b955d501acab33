/* SPDX-License-Identifier: MIT
 *
 * What the processor has of the instructions that the library can use.  Asked
 * only when the application asks: CPUID leaves a virtual machine, which takes
 * microseconds, and there is no place to keep the answer but the config.
 */
#include "cpu.h"
#include "upshake.h"

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

static registers ask(unsigned leaf) {
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

/* Above it a leaf holds anything. */
static unsigned highest_leaf(void) {
#ifdef CPU_MSVC
  return ask(0).eax;
#else
  return (unsigned)__get_cpuid_max(0, 0); /* 0 too where there is no CPUID */
#endif
}

uint32_t upshake_cpu(void) {
  if (highest_leaf() < 7)
    return 0;
  if (!(ask(1).ecx & LEAF1_ECX_SSSE3) || !(ask(7).ebx & LEAF7_EBX_SHA))
    return 0;
  return UPSHAKE_CPU_SHA;
}

#elif defined(CPU_ARM_SHA_EVERYWHERE)

uint32_t upshake_cpu(void) { return UPSHAKE_CPU_SHA; }

#else

uint32_t upshake_cpu(void) { return 0; }

#endif
