/* SPDX-License-Identifier: MIT
 *
 * What tests know of errors, without leaning on the order of the enum.
 */
#ifndef CHECK_ERROR_H
#define CHECK_ERROR_H

#include "upshake.h"

/* 1 if a field line about Host or framing is the culprit. */
static inline int is_of_line(upshake_error error) {
  switch (error) {
  case UPSHAKE_ERR_HOST_REPEATED:
  case UPSHAKE_ERR_HOST_MALFORMED:
  case UPSHAKE_ERR_LENGTH_AND_CODING:
  case UPSHAKE_ERR_LENGTH_REPEATED:
  case UPSHAKE_ERR_LENGTH_MALFORMED:
  case UPSHAKE_ERR_CODING_IN_1_0:
  case UPSHAKE_ERR_CODING_MALFORMED:
    return 1;
  default:
    return 0;
  }
}

/* 1 if it can only be wrong where a body is read. */
static inline int is_of_body(upshake_error error) {
  switch (error) {
  case UPSHAKE_ERR_CHUNK:
  case UPSHAKE_ERR_CHUNK_EXTENSION_LONG:
  case UPSHAKE_ERR_TRAILER:
  case UPSHAKE_ERR_TRAILER_LONG:
    return 1;
  default:
    return 0;
  }
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
