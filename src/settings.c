/* SPDX-License-Identifier: MIT
 *
 * HTTP2-Settings: the payload of a SETTINGS frame in base64url without padding
 * (RFC 7540 3.2.1, RFC 4648 5).
 */
#include "settings.h"

#define SETTING_DIGITS 8 /* that make as many; so no digit is ever in part */

/* 0 to 63, or -1 for what is no digit. */
static int digit_value(char octet) {
  if (octet >= 'A' && octet <= 'Z')
    return octet - 'A';
  if (octet >= 'a' && octet <= 'z')
    return octet - 'a' + 26;
  if (is_digit(octet))
    return octet - '0' + 52;
  if (octet == '-')
    return 62;
  return octet == '_' ? 63 : -1;
}

int upshake_is_settings(upshake_slice value) {
  for (size_t i = 0; i < value.len; i++)
    if (digit_value(value.ptr[i]) < 0)
      return 0;
  return value.len % SETTING_DIGITS == 0;
}

size_t upshake_decode_settings(upshake_slice value, void *out, size_t cap) {
  size_t len = value.len / SETTING_DIGITS * SETTING_LEN;
  unsigned char *octets = out;
  uint32_t bits = 0;

  if (!upshake_is_settings(value) || len > cap)
    return SIZE_MAX;
  for (size_t i = 0; i < value.len; i++) {
    bits = bits << 6 | (uint32_t)digit_value(value.ptr[i]);
    if (i % 4 != 3)
      continue;
    *octets++ = (unsigned char)(bits >> 16);
    *octets++ = (unsigned char)(bits >> 8);
    *octets++ = (unsigned char)bits;
  }
  return len;
}
