/* SPDX-License-Identifier: MIT
 *
 * Several field lines with one name are one list (RFC 9110 5.3).
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_JOIN_H
#define UPSHAKE_EXAMPLES_COMMON_JOIN_H

#include "upshake.h"

/* Writes the list into `out`, which has room for all fields.  Returns it; it is
 * absent if it has no member. */
upshake_slice join_lines(upshake_fields fields, const char *name, char *out);

#endif
