/* SPDX-License-Identifier: MIT
 *
 * Which machine code there is beside the portable C, and what of it runs only
 * where upshake_cpu says so.
 *
 * Define UPSHAKE_PORTABLE to build without any of it.
 */
#ifndef UPSHAKE_CPU_H
#define UPSHAKE_CPU_H

#ifndef UPSHAKE_PORTABLE

/* SHA and SSSE3 of x86.  gcc and clang compile single functions for them.
 * clang that acts as MSVC does so from version 19 on, but its headers then ask
 * for the libc's allocation, so it uses them only if the whole file is compiled
 * for them.  MSVC compiles every function for them; MSVC for 32 bits does not
 * pass such values, and tcc does not know them. */
#if defined(__clang__) && defined(_MSC_VER)
#if defined(__SHA__) && defined(__SSSE3__)
#define CPU_X86_SHA
#endif
#elif defined(__x86_64__) || defined(__i386__)
#if (defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 5)) &&            \
    !defined(__TINYC__)
#define CPU_X86_SHA __attribute__((target("sha,ssse3")))
#endif
#elif defined(_M_X64) && !defined(_M_ARM64EC)
#define CPU_X86_SHA
#endif

/* The SHA-1 instructions of ARMv8.  clang before 16 declares them only where
 * the whole file is compiled for them. */
#if defined(__aarch64__) && !defined(__AARCH64EB__)
#if defined(__ARM_FEATURE_SHA2) || defined(__ARM_FEATURE_CRYPTO)
#define CPU_ARM_SHA
#define CPU_ARM_SHA_EVERYWHERE 1
#elif defined(__clang__)
#if __clang_major__ >= 16
#define CPU_ARM_SHA __attribute__((target("sha2")))
#endif
#elif defined(__GNUC__) && __GNUC__ >= 6
#define CPU_ARM_SHA __attribute__((target("+crypto")))
#endif
#endif

#endif

#endif
