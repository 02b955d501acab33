/* SPDX-License-Identifier: MIT
 *
 * Fields that an application adds to a message: what they may be.
 */
#ifndef UPSHAKE_ADDED_H
#define UPSHAKE_ADDED_H

#include "bytes.h"

typedef struct added {
  const upshake_field *fields;
  size_t len;
} added;

/* UPSHAKE_OK; or _EXTRA_NAME, _EXTRA_RESERVED (a field that only the handshake
 * itself may write) or _EXTRA_VALUE. */
upshake_error upshake_check_added(added fields);

/* How many of them have that name. */
size_t upshake_count_added(added fields, const char *name);

#endif
