/* SPDX-License-Identifier: MIT
 *
 * Authorization = auth-scheme [ 1*SP token68 ] (RFC 9110 11.4), which Bearer
 * and Basic share.
 */
#ifndef UPSHAKE_SRC_REQUEST_CREDENTIALS_H
#define UPSHAKE_SRC_REQUEST_CREDENTIALS_H

#include "../text/bytes.h"

/* Gives what stands behind the scheme and its blanks; absent if there is no
 * Authorization, or it has another scheme.  Returns 0 if there is more than one
 * Authorization line, else 1. */
UPSHAKE_PRIVATE int upshake__find_credentials(upshake_fields fields,
                                              const char *scheme,
                                              upshake_slice *credentials);

#endif
