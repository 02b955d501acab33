/* SPDX-License-Identifier: MIT
 *
 * Basic credentials: base64 of user-id ":" password (RFC 7617 2).
 */
#include "../text/base64.h"
#include "credentials.h"

/* The byte must be one of the alphabet. */
static unsigned base64_value(char byte) {
  const char *at = memchr(base64_alphabet, (unsigned char)byte, 64);
  return (unsigned)(at - base64_alphabet);
}

/* Returns how many bytes the text encodes; 0 if it is not the base64 of at
 * least one byte.  The bits that only fill up the last digit must be 0. */
static size_t base64_len(upshake_slice text) {
  static const unsigned char pad_bits[] = {0, 3, 15};
  upshake_slice digits = text;
  size_t pads;

  if (text.len == 0 || text.len % 4 != 0)
    return 0;
  while (text.len - digits.len < 2 && digits.ptr[digits.len - 1] == '=')
    digits.len--;
  pads = text.len - digits.len;
  if (!upshake__all_in(digits, CLASS_BASE64) ||
      (base64_value(digits.ptr[digits.len - 1]) & pad_bits[pads]) != 0)
    return 0;
  return text.len / 4 * 3 - pads;
}

/* Returns byte number i of what the digits encode. */
static char base64_byte(const char *digits, size_t i) {
  unsigned part = (unsigned)(i % 3);
  const char *p = digits + i / 3 * 4 + part;
  unsigned pair = base64_value(p[0]) << 6 | base64_value(p[1]);
  return (char)(pair >> (4 - 2 * part) & 255);
}

static int is_control(char byte) {
  return (unsigned char)byte < ' ' || byte == 0x7f;
}

/* Returns the offset of the first colon; len if there is none, or if there is a
 * control character. */
static size_t user_len(const char *digits, size_t len) {
  size_t colon = len;
  for (size_t i = len; i-- > 0;) {
    char byte = base64_byte(digits, i);
    if (is_control(byte))
      return len;
    if (byte == ':')
      colon = i;
  }
  return colon;
}

upshake_error upshake_find_basic(upshake_fields fields, char *out, size_t cap,
                                 upshake_slice *name, upshake_slice *password) {
  upshake_slice text;
  size_t len, colon;

  *name = *password = slice_none();
  if (!upshake__find_credentials(fields, "Basic", &text))
    return UPSHAKE_ERR_DECODE;
  if (!text.ptr)
    return UPSHAKE_ERR_NOT_OFFERED;
  len = base64_len(text);
  colon = user_len(text.ptr, len);
  if (colon == len)
    return UPSHAKE_ERR_DECODE;
  if (len > cap)
    return UPSHAKE_ERR_ROOM;
  for (size_t i = 0; i < len; i++)
    out[i] = base64_byte(text.ptr, i);
  *name = slice_of(out, colon);
  *password = slice_of(out + colon + 1, len - colon - 1);
  return UPSHAKE_OK;
}
