/* SPDX-License-Identifier: MIT
 *
 * Breaks a request on purpose: --set and --omit change the fields of a request
 * that is written already, so no rule is in the way.
 */
#ifndef UPSHAKE_EXAMPLES_CLIENT_EDIT_H
#define UPSHAKE_EXAMPLES_CLIENT_EDIT_H

#include "upshake.h"

struct edit {
  upshake_slice name;
  upshake_slice value; /* absent: the field is left out */
};

/* Changes the head in bytes[0 .. *len).  Every line of the field goes.  If
 * there is a value, a line with it stands where the first one was, or at the
 * end. Returns 0, or -1 if there is no room. */
int edit_head(char *bytes, size_t cap, size_t *len, const struct edit *edit);

#endif
