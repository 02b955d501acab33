/* SPDX-License-Identifier: MIT
 *
 * Which SHA-1 instructions this compiler can use, and in which functions.  The
 * code runs only if upshake_cpu_hash has found the instructions.
 *
 * Define UPSHAKE_PORTABLE to build without machine-specific code.
 */
#ifndef UPSHAKE_SRC_ACCEPT_CPU_H
#define UPSHAKE_SRC_ACCEPT_CPU_H

#ifndef UPSHAKE_PORTABLE

/* The SHA and SSSE3 instructions of x86:
 *  gcc, clang   in single functions that are compiled for them
 *  clang-cl     only if the whole file is compiled for them: from version 19 on
 *               it could compile single functions, but its headers then need
 *               the allocation functions of the libc
 *  MSVC         in every function, on 64 bits; on 32 bits it cannot pass
 *               such values
 *  tcc          not at all */
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

/* The SHA-1 instructions of ARMv8.  clang before version 16 declares them only
 * if the whole file is compiled for them. */
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
