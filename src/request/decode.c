/* SPDX-License-Identifier: MIT
 *
 * Percent-decoding (RFC 3986 2.1, and "+" of WHATWG URL 5.1).
 */
#include "decode.h"

int upshake__next_decoded(upshake_slice *text, int plus) {
  const char *p = text->ptr;
  int byte = (unsigned char)*p;
  size_t len = 1;

  if (byte == '%') {
    if (!is_pct_encoded(p, p + text->len))
      return -1;
    byte = (int)(hex_value(p[1]) << 4 | hex_value(p[2]));
    len = 3;
  } else if (plus && byte == '+') {
    byte = ' ';
  }
  *text = slice_from(*text, len);
  return byte;
}

/* Decodes into out; if out is NULL, only measures.  Returns OK or DECODE, and
 * *len is as upshake_decode gives it. */
static upshake_error decode_into(upshake_slice value, int plus, char *out,
                                 size_t *len) {
  upshake_slice rest = value;
  size_t count = 0;

  for (; rest.len > 0; count++) {
    int byte = upshake__next_decoded(&rest, plus);
    if (byte < 0) {
      *len = value.len - rest.len;
      return UPSHAKE_ERR_DECODE;
    }
    if (out)
      out[count] = (char)byte;
  }
  *len = count;
  return UPSHAKE_OK;
}

upshake_error upshake_decode(upshake_slice value, int plus, char *out,
                             size_t cap, size_t *len) {
  upshake_error error = decode_into(value, plus, NULL, len);
  if (error != UPSHAKE_OK)
    return error;
  return *len <= cap ? decode_into(value, plus, out, len) : UPSHAKE_ERR_ROOM;
}
