/* SPDX-License-Identifier: MIT
 *
 * upshake_cpu_hash on any processor: CPUID is a table here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "accept/cpu.h"

#if defined(CPU_X86_SHA)

#include <cpuid.h>

typedef struct processor {
  int highest;
  unsigned leaf1_ecx, leaf7_ebx;
} processor;

static processor here;
static int leaf0_asked;

/* Leaf 7 has leaves of its own, of which only the first says what is there. */
static void fake_cpuid(unsigned leaf, unsigned subleaf, unsigned *ebx,
                       unsigned *ecx) {
  assert_int_equal(subleaf, 0);
  assert_true((int)leaf <= here.highest);
  *ecx = leaf == 1 ? here.leaf1_ecx : 0;
  *ebx = leaf == 7 ? here.leaf7_ebx : 0;
}

static int fake_highest(unsigned extended) {
  assert_int_equal(extended, 0);
  leaf0_asked++;
  return here.highest;
}

#undef __cpuid_count
#define __cpuid_count(leaf, subleaf, eax, ebx, ecx, edx)                       \
  fake_cpuid(leaf, subleaf, &(ebx), &(ecx))
#define __get_cpuid_max(extended, signature) fake_highest(extended)
/* The library has a function of this name too. */
#define upshake_cpu_hash cpu_hash_of_test
#include "accept/cpu.c"

/* Intel's manual, volume 2, CPUID: SSSE3 is bit 9 of ECX, SHA bit 29 of EBX. */
#define SSSE3 0x00000200u
#define SHA 0x20000000u

static void sha_needs_both_bits_and_the_leaf_that_has_one(void **state) {
  static const struct {
    processor processor;
    int expected;
  } rows[] = {
      {{7, SSSE3, SHA}, 1},  {{32, SSSE3, SHA}, 1},
      {{7, ~0u, ~0u}, 1},    {{7, SSSE3, 0}, 0},
      {{7, 0, SHA}, 0},      {{7, 0, 0}, 0},
      {{7, ~SSSE3, SHA}, 0}, {{7, SSSE3, ~SHA}, 0},
      {{6, SSSE3, SHA}, 0}, /* no leaf 7: it is not asked for */
      {{1, SSSE3, SHA}, 0},  {{0, SSSE3, SHA}, 0}, /* no CPUID */
  };
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    here = rows[i].processor;
    leaf0_asked = 0;
    assert_int_equal(cpu_hash_of_test(0) != NULL, rows[i].expected);
    assert_int_equal(leaf0_asked, 1);
    assert_true(cpu_hash_of_test(1) == accept_by_sha); /* is not asked */
    assert_int_equal(leaf0_asked, 1);
  }
}

#else

#include "upshake.h"

/* The same answer each time. */
static void sha_needs_both_bits_and_the_leaf_that_has_one(void **state) {
  (void)state;
  assert_true(upshake_cpu_hash(0) == upshake_cpu_hash(0));
}

#endif

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sha_needs_both_bits_and_the_leaf_that_has_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
