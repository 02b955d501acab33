/* SPDX-License-Identifier: MIT
 *
 * A clock that never goes back: see moment.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "moment.h"

#include <time.h>

moment now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (moment)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
