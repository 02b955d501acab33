/* SPDX-License-Identifier: MIT
 *
 * Conditions that always hold, or never hold.  They are checked nevertheless,
 * so that a mistake elsewhere does not become a read past the end of memory.
 *
 * tests/defensive.md lists every such condition, and why it cannot fail.  A
 * condition must not call a function or change a variable, because a coverage
 * build does not evaluate it.
 */
#ifndef UPSHAKE_SRC_TEXT_DEFENSIVE_H
#define UPSHAKE_SRC_TEXT_DEFENSIVE_H

#if defined(UPSHAKE_COVERAGE) /* no test can reach the other branch */
#define UPSHAKE_ALWAYS(condition) 1
#define UPSHAKE_NEVER(condition) 0
#elif defined(UPSHAKE_TRAP) /* the build for tests: the program stops there */
#define UPSHAKE_ALWAYS(condition) ((condition) ? 1 : (__builtin_trap(), 0))
#define UPSHAKE_NEVER(condition) ((condition) ? (__builtin_trap(), 1) : 0)
#else
#define UPSHAKE_ALWAYS(condition) (condition)
#define UPSHAKE_NEVER(condition) (condition)
#endif

#endif
