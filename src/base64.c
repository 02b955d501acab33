/* SPDX-License-Identifier: MIT
 *
 * Base64 with padding (RFC 4648 4).
 */
#include "base64.h"

#include <stdint.h>

static const char alphabet[64 + 1] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "abcdefghijklmnopqrstuvwxyz"
                                     "0123456789+/";

/* One group of 1 to 3 octets: four digits, or less and padding. */
static void encode_group(const unsigned char *octets, size_t len, char *out) {
  uint32_t bits = (uint32_t)octets[0] << 16;
  if (len > 1)
    bits |= (uint32_t)octets[1] << 8;
  if (len > 2)
    bits |= octets[2];
  out[0] = alphabet[bits >> 18];
  out[1] = alphabet[bits >> 12 & 63];
  out[2] = '=';
  out[3] = '=';
  if (len > 1)
    out[2] = alphabet[bits >> 6 & 63];
  if (len > 2)
    out[3] = alphabet[bits & 63];
}

void upshake_base64(const unsigned char *octets, size_t len, char *out) {
  for (; len > 3; len -= 3, octets += 3, out += 4)
    encode_group(octets, 3, out);
  if (len > 0)
    encode_group(octets, len, out);
}
