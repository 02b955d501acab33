/* SPDX-License-Identifier: MIT
 *
 * What tests know of errors without leaning on the order of the enum.
 */
#ifndef CHECK_ERROR_H
#define CHECK_ERROR_H

#include "error/errors.h"

enum { ERROR_OF_ANSWER = 100, ERROR_OF_CALL }; /* classes without a number */

/* The class of an error. */
static inline unsigned check_class(upshake_error error) {
  static const uint8_t classes[] = {
#define CLASS(name, class, status, field, rule, sentence)                      \
  [UPSHAKE_ERR_##name] = ERROR_##class,
      ERRORS(CLASS)
#undef CLASS
  };
  return classes[error];
}

/* 1 if an added field is the culprit, and *len is its place. */
static inline int is_of_extra(upshake_error error) {
  switch (error) {
  case UPSHAKE_ERR_EXTRA_NAME:
  case UPSHAKE_ERR_EXTRA_VALUE:
  case UPSHAKE_ERR_EXTRA_RESERVED:
  case UPSHAKE_ERR_EXTRA_REPEATED:
  case UPSHAKE_ERR_EXTRA_BODY:
  case UPSHAKE_ERR_EXTRA_EXTENSION:
    return 1;
  default:
    return 0;
  }
}

#endif
