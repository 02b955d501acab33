/* SPDX-License-Identifier: MIT
 *
 * Base64 (RFC 4648 4): encodes a group of three bytes, and a whole SHA-1
 * digest.
 */
#ifndef UPSHAKE_SRC_TEXT_BASE64_H
#define UPSHAKE_SRC_TEXT_BASE64_H

#include <stdint.h>

/* How long so many bytes are in base64. */
#define BASE64_LEN(len) (((len) + 2) / 3 * 4)
#define KEY_LEN BASE64_LEN(16) /* Sec-WebSocket-Key: 22 digits and "=="   */
#define ACCEPT_LEN                                                             \
  BASE64_LEN(20) /* Sec-WebSocket-Accept: 27 digits and "="                    \
                  */

static const char base64_alphabet[64 + 1] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "abcdefghijklmnopqrstuvwxyz"
                                            "0123456789+/";

/* Writes the lower 24 bits as four digits. */
static inline void base64_group(uint32_t bits, char out[4]) {
  out[0] = base64_alphabet[bits >> 18 & 63];
  out[1] = base64_alphabet[bits >> 12 & 63];
  out[2] = base64_alphabet[bits >> 6 & 63];
  out[3] = base64_alphabet[bits & 63];
}

/* 20 bytes are six groups of three bytes; the last two bytes become three
 * digits and "=". */
static inline void base64_digest(const uint32_t h[5], char out[28]) {
  base64_group(h[0] >> 8, out);
  base64_group(h[0] << 16 | h[1] >> 16, out + 4);
  base64_group(h[1] << 8 | h[2] >> 24, out + 8);
  base64_group(h[2], out + 12);
  base64_group(h[3] >> 8, out + 16);
  base64_group(h[3] << 16 | h[4] >> 16, out + 20);
  base64_group(h[4] << 8, out + 24);
  out[27] = '=';
}

#endif
