/* SPDX-License-Identifier: MIT
 *
 * Checks the fields that an application adds to a message.
 */
#ifndef UPSHAKE_SRC_REPLY_ADDED_H
#define UPSHAKE_SRC_REPLY_ADDED_H

#include "../text/bytes.h"

typedef struct added {
  const upshake_field *fields;
  size_t len;
} added;

/* Returns UPSHAKE_OK, or EXTRA_NAME, EXTRA_RESERVED (only the handshake itself
 * may write this field) or EXTRA_VALUE.  *place is then the place of the wrong
 * field. */
UPSHAKE_PRIVATE upshake_error upshake__check_added(added fields, size_t *place);

/* Returns the place of the first field with this name, not counting `skip` such
 * fields before it; len if there is no such field. */
UPSHAKE_PRIVATE size_t upshake__find_added(added fields, const char *name,
                                           size_t skip);

/* The fields that a response has only once, without Date: X(name). */
#define ONLY_ONCE(X)                                                           \
  X("Content-Type")                                                            \
  X("Location")                                                                \
  X("Retry-After")                                                             \
  X("Server")

/* 1 if more than `most` fields have this name. */
static inline int has_more_added(added fields, const char *name, size_t most) {
  return upshake__find_added(fields, name, most) < fields.len;
}

#endif
