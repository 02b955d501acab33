/* SPDX-License-Identifier: MIT
 *
 * Milliseconds of a clock that never goes back.
 */
#ifndef UPSHAKE_EXAMPLES_DEMO_MOMENT_H
#define UPSHAKE_EXAMPLES_DEMO_MOMENT_H

#include <limits.h>

typedef long long moment;
#define NEVER LLONG_MAX

moment now_ms(void);

#endif
