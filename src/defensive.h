/* SPDX-License-Identifier: MIT
 *
 * Conditions that always, or never, hold.  They are checked although they
 * cannot fail: a mistake elsewhere must not become a read past the end.
 *
 * tests/defensive.md lists each with the reason why it cannot fail.  Neither
 * macro may contain a call or a change of a variable, because a coverage build
 * does not evaluate it.
 */
#ifndef UPSHAKE_DEFENSIVE_H
#define UPSHAKE_DEFENSIVE_H

#if defined(UPSHAKE_COVERAGE) /* no test can reach the other side */
#define UPSHAKE_ALWAYS(condition) 1
#define UPSHAKE_NEVER(condition) 0
#elif defined(UPSHAKE_TRAP) /* the tests' build: the program ends there */
#define UPSHAKE_ALWAYS(condition) ((condition) ? 1 : (__builtin_trap(), 0))
#define UPSHAKE_NEVER(condition) ((condition) ? (__builtin_trap(), 1) : 0)
#else
#define UPSHAKE_ALWAYS(condition) (condition)
#define UPSHAKE_NEVER(condition) (condition)
#endif

#endif
