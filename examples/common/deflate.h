/* SPDX-License-Identifier: MIT
 *
 * permessage-deflate (RFC 7692): compresses with zlib, as upshake has agreed.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_DEFLATE_H
#define UPSHAKE_EXAMPLES_COMMON_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

#include "upshake.h"

struct deflater;

/* NULL: no memory. */
struct deflater *deflater_open(const upshake_deflate *agreed);
void deflater_close(struct deflater *deflater);

enum { INFLATED = 0, INFLATED_MALFORMED, INFLATED_LONG };

/* Decompresses a message that is not empty.  INFLATED_LONG: it has cap bytes or
 * more, or more than 64 final blocks.  Answer that with a Close of 1009, "too
 * big to process".  1007, wrong data, would blame a sender that is right,
 * because final blocks are allowed (RFC 7692 7.2.3.5). */
int deflater_inflate(struct deflater *deflater, const uint8_t *bytes,
                     size_t len, uint8_t *out, size_t cap, size_t *out_len);

/* The room that deflater_deflate may need. */
#define DEFLATED_CAP(len) ((len) + (len) / 4 + 64)

/* Compresses a message that is not empty.  Returns its length, or 0 if that
 * failed. */
size_t deflater_deflate(struct deflater *deflater, const uint8_t *bytes,
                        size_t len, uint8_t *out, size_t cap);

#endif
