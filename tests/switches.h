/* SPDX-License-Identifier: MIT
 *
 * What this build of the library has, by the switches that leave something out
 * (README).  Needs cmocka.h before it.
 */
#ifndef UPSHAKE_TESTS_SWITCHES_H
#define UPSHAKE_TESTS_SWITCHES_H

#ifdef UPSHAKE_NO_BODIES
#define WITH_BODIES 0
#else
#define WITH_BODIES 1
#endif
#ifdef UPSHAKE_NO_LEAN
#define WITH_LEAN 0
#else
#define WITH_LEAN 1
#endif
#ifdef UPSHAKE_NO_PHRASES
#define WITH_PHRASES 0
#else
#define WITH_PHRASES 1
#endif

/* First in a test of what may be left out; cmocka counts the tests that it
 * skips. */
#define NEEDS(what)                                                            \
  do {                                                                         \
    if (!WITH_##what)                                                          \
      skip();                                                                  \
  } while (0)

#endif
