/* SPDX-License-Identifier: MIT
 *
 * HTTP2-Settings: the payload of a SETTINGS frame in base64url without padding
 * (RFC 7540 3.2.1, RFC 4648 5).
 */
#include "settings.h"

#define SETTING_DIGITS 8 /* base64 digits of one setting, all of them whole */

/* Returns 0 to 63, or -1 if the byte is not a digit. */
static int digit_value(char byte) {
  if (byte >= 'A' && byte <= 'Z')
    return byte - 'A';
  if (byte >= 'a' && byte <= 'z')
    return byte - 'a' + 26;
  if (is_digit(byte))
    return byte - '0' + 52;
  if (byte == '-')
    return 62;
  return byte == '_' ? 63 : -1;
}

int upshake__is_settings(upshake_slice value) {
  for (size_t i = 0; i < value.len; i++)
    if (digit_value(value.ptr[i]) < 0)
      return 0;
  return value.len % SETTING_DIGITS == 0;
}

size_t upshake_decode_settings(upshake_slice value, void *out, size_t cap) {
  size_t len = value.len / SETTING_DIGITS * SETTING_LEN;
  unsigned char *bytes = out;
  uint32_t bits = 0;

  if (!upshake__is_settings(value) || len > cap)
    return SIZE_MAX;
  for (size_t i = 0; i < value.len; i++) {
    bits = bits << 6 | (uint32_t)digit_value(value.ptr[i]);
    if (i % 4 != 3)
      continue;
    *bytes++ = (unsigned char)(bits >> 16);
    *bytes++ = (unsigned char)(bits >> 8);
    *bytes++ = (unsigned char)bits;
  }
  return len;
}
