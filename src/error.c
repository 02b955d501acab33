/* SPDX-License-Identifier: MIT
 *
 * Errors and the status that each is answered with.  The sentences are apart,
 * in explain.c, so that a program that does not print them does not hold them.
 */
#include "defensive.h"
#include "errors.h"

#define LEAST 399 /* so that a status fits an octet */

int upshake_error_status(upshake_error error) {
  static const uint8_t statuses[] = {
#define STATUS(name, status, rule, sentence)                                   \
  [UPSHAKE_ERR_##name] = status ? status - LEAST : 0,
      ERRORS_OF_REQUESTS(STATUS)
#undef STATUS
  };
  if (UPSHAKE_NEVER((size_t)error >= sizeof statuses) || !statuses[error])
    return 0;
  return statuses[error] + LEAST;
}
