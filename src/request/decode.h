/* SPDX-License-Identifier: MIT
 *
 * Percent-decoding, byte by byte.
 */
#ifndef UPSHAKE_SRC_REQUEST_DECODE_H
#define UPSHAKE_SRC_REQUEST_DECODE_H

#include "../text/bytes.h"

/* Takes what stands for one byte off *text, which must not be empty.  Returns
 * the byte; or -1 for a malformed %XX, and *text stays as it is. */
UPSHAKE_PRIVATE int upshake__next_decoded(upshake_slice *text, int plus);

#endif
