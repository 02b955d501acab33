/* SPDX-License-Identifier: MIT
 *
 * Attributes of functions: their linkage, and whether the compiler inlines
 * them.  All sources include the interface here, behind UPSHAKE_BUILD.
 */
#ifndef UPSHAKE_SRC_TEXT_COMPILER_H
#define UPSHAKE_SRC_TEXT_COMPILER_H

#if defined(__GNUC__) &&                                                       \
    (!defined(__STDC_VERSION__) || __STDC_VERSION__ < 199901L)
#error "the sources of upshake are C99: compile them with -std=c99 or later"
#endif

#define UPSHAKE_BUILD
#include "upshake.h"

#include "switches.h"
#include "words.h"

/* Linkage of functions and constants that several files of the library share.
 * They are static if the library is one file (upshake.c), where they stay calls
 * all the same, or a path through the library would take more stack.  Otherwise
 * they are hidden, so that no shared library exports them. */
#if defined(UPSHAKE_AMALGAMATED)
#if defined(__GNUC__)
#define UPSHAKE_PRIVATE static __attribute__((noinline))
#else
#define UPSHAKE_PRIVATE static
#endif
#define UPSHAKE_PRIVATE_OBJECT static
#define UPSHAKE_PRIVATE_CONST static
#elif defined(__GNUC__) && !defined(_WIN32)
#define UPSHAKE_PRIVATE __attribute__((visibility("hidden")))
#define UPSHAKE_PRIVATE_OBJECT extern __attribute__((visibility("hidden")))
#define UPSHAKE_PRIVATE_CONST
#else
#define UPSHAKE_PRIVATE
#define UPSHAKE_PRIVATE_OBJECT extern
#define UPSHAKE_PRIVATE_CONST
#endif

/* Stack shapes the code, because a library is called with whatever stack is
 * left (tests/stack.py measures it):
 *
 * - NOINLINE: the stack of the function is free again when its caller goes on.
 *   What takes much stack is done before or behind the deepest calls, by a
 *   function of its own.
 * - ALWAYS_INLINE: the function has no frame of its own.  What ends a chain of
 *   calls calls nothing, not even memcmp, or calls it last, which is a jump.
 * - A function takes a pointer to a slice where some machines would pass the
 *   slice on the stack.
 *
 * COLD: the function is made small instead of fast.  An ordinary request does
 * not come here, or is not slower for it (tests/bench). */
#if defined(__GNUC__)
#define NOINLINE __attribute__((noinline))
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#else
#define NOINLINE
#define ALWAYS_INLINE static inline
#endif
#if defined(__GNUC__) && !defined(__OPTIMIZE_SIZE__)
#define COLD __attribute__((cold))
#else
#define COLD
#endif

/* A condition that must hold when the library is compiled; also in C99. */
#define STATIC_ASSERT(condition, name)                                         \
  typedef char upshake__assert_##name[(condition) ? 1 : -1]

#endif
