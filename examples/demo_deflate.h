/* SPDX-License-Identifier: MIT
 *
 * permessage-deflate (RFC 7692): the compressing, by zlib, that upshake has
 * agreed to.
 */
#ifndef DEMO_DEFLATE_H
#define DEMO_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

#include "upshake.h"

struct deflater;

/* NULL: no memory. */
struct deflater *deflater_open(const upshake_deflate *agreed);
void deflater_close(struct deflater *deflater);

enum { INFLATED = 0, INFLATED_MALFORMED, INFLATED_LONG };

/* Take a message that is not empty out of its compressed form.  _LONG: it has cap
 * bytes or more, or more than 64 final blocks.  That is a Close with 1009, "too
 * big to process": final blocks are allowed (RFC 7692 7.2.3.5), so that 1007,
 * data that contradict their type, would blame a sender that is right. */
int deflater_inflate(struct deflater *deflater, const uint8_t *octets,
                     size_t len, uint8_t *out, size_t cap, size_t *out_len);

/* How much room _deflate may need. */
#define DEFLATED_CAP(len) ((len) + (len) / 4 + 64)

/* Compress a message that is not empty.  Returns its length, or 0 where that
 * has failed. */
size_t deflater_deflate(struct deflater *deflater, const uint8_t *octets,
                        size_t len, uint8_t *out, size_t cap);

#endif
