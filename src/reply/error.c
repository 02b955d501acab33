/* SPDX-License-Identifier: MIT
 *
 * The status of the reply to each error.  The sentences are in explain.c, so
 * that a program that does not print them does not link them.
 */
#include "../text/defensive.h"
#include "errors.h"

#define LEAST 399 /* subtracted, so that a status fits into a byte */

int upshake__error_status(upshake_error error) {
  static const uint8_t statuses[] = {
#define STATUS(name, status, rule, sentence)                                   \
  [UPSHAKE_ERR_##name] = status ? (uint8_t)(status - LEAST) : 0,
      ERRORS_OF_REQUESTS(STATUS)
#undef STATUS
  };
  if (UPSHAKE_NEVER((size_t)error >= sizeof statuses) || !statuses[error])
    return 0;
  return statuses[error] + LEAST;
}
