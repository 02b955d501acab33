/* SPDX-License-Identifier: MIT
 *
 * The columns of the table of errors that a server needs.  The sentences are in
 * explain.c, so that a program that does not print them does not link them.
 */
#include "errors.h"

UPSHAKE_PRIVATE_CONST const uint8_t
    upshake__error_statuses[ERRORS_OF_REQUESTS_LEN] = {
#define STATUS(name, class, status, field, rule, sentence)                     \
  [UPSHAKE_ERR_##name] = status ? (uint8_t)(status - ERROR_STATUS_LEAST) : 0,
        ERRORS_OF_REQUESTS(STATUS)
#undef STATUS
};

UPSHAKE_PRIVATE_CONST const uint8_t
    upshake__error_marks[ERRORS_OF_REQUESTS_LEN] = {
#define MARKS(name, class, status, field, rule, sentence)                      \
  [UPSHAKE_ERR_##name] = ERROR_##class | ERROR_##field,
        ERRORS_OF_REQUESTS(MARKS)
#undef MARKS
};
