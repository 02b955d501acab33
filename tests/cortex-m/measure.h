/* SPDX-License-Identifier: MIT
 *
 * How deep the library goes into the stack.
 */
#ifndef UPSHAKE_TESTS_MEASURE_H
#define UPSHAKE_TESTS_MEASURE_H

#include <stddef.h>

extern int measure_is_on;

/* One line for each function that was called. */
void measure_say(void);
size_t measure_deepest(void);

#endif
