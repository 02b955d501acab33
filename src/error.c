/* SPDX-License-Identifier: MIT
 *
 * Errors and the status that each is answered with.  The sentences are apart,
 * in explain.c, so that a program that does not print them does not hold them.
 */
#include "errors.h"

int upshake_error_status(upshake_error error) {
  static const uint16_t statuses[UPSHAKE_ERRORS_LEN] = {
#define STATUS(name, status, rule, sentence) [UPSHAKE_ERR_##name] = status,
      ERRORS(STATUS)
#undef STATUS
  };
  return (unsigned)error < UPSHAKE_ERRORS_LEN ? statuses[error] : 0;
}
