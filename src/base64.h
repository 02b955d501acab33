/* SPDX-License-Identifier: MIT
 *
 * Base64 with padding (RFC 4648 4).
 */
#ifndef UPSHAKE_BASE64_H
#define UPSHAKE_BASE64_H

#include <stddef.h>

/* The number of octets that encoding len octets gives. */
#define BASE64_LEN(len) (((len) + 2) / 3 * 4)

/* Writes BASE64_LEN(len) octets, no NUL. */
void upshake_base64(const unsigned char *octets, size_t len, char *out);

#endif
