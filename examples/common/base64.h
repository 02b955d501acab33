/* SPDX-License-Identifier: MIT
 *
 * Base64 in both directions (RFC 4648 4 and 5), and SHA-1, for
 * keys and accepts that went wrong.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_BASE64_H
#define UPSHAKE_EXAMPLES_COMMON_BASE64_H

#include "upshake.h"

/* Returns how many bytes the text stands for, or -1: it is no base64 with
 * padding, or it does not fit. */
long decode_base64(upshake_slice text, unsigned char *out, size_t cap);

/* Writes 4 characters for each 3 bytes, and a NUL. */
void encode_base64(const unsigned char *bytes, size_t len, char *out);

void hash_sha1(const unsigned char *bytes, size_t len, unsigned char out[20]);

#endif
