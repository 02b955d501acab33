/* SPDX-License-Identifier: MIT
 *
 * SHA-1 (RFC 3174).  Broken as a signature's
 * hash, and used here for what RFC 6455 4.2.2 wants it for only.
 */
#ifndef UPSHAKE_SHA1_H
#define UPSHAKE_SHA1_H

#include <stddef.h>
#include <stdint.h>

#define SHA1_BLOCK 64

/* The message up to its last whole block, block by block, from the initial
 * value on; then upshake_sha1_end with a buffer that begins with the `left`
 * octets after it, of a message of len octets.  The buffer is overwritten. */
extern const uint32_t upshake_sha1_initial[5];
void upshake_sha1_block(uint32_t h[5], const unsigned char block[SHA1_BLOCK]);
void upshake_sha1_end(uint32_t h[5], unsigned char buffer[SHA1_BLOCK],
                      size_t left, uint64_t len, unsigned char digest[20]);

#endif
