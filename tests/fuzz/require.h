/* SPDX-License-Identifier: MIT
 *
 * What a fuzz harness demands, in builds of every kind.
 */
#ifndef UPSHAKE_REQUIRE_H
#define UPSHAKE_REQUIRE_H

#include <stdio.h>
#include <stdlib.h>

#define REQUIRE(condition)                                                     \
  do {                                                                         \
    if (!(condition)) {                                                        \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);          \
      abort();                                                                 \
    }                                                                          \
  } while (0)

#endif
