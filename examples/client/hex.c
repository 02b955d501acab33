/* SPDX-License-Identifier: MIT
 *
 * Bytes that are written as hexadecimal digits: see hex.h.
 */
#include "hex.h"

int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  if (digit >= 'a' && digit <= 'f')
    return digit - 'a' + 10;
  return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

static int is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

long hex_read(char *text, size_t len) {
  size_t bytes = 0;
  for (size_t i = 0; i < len; i++) {
    if (is_blank(text[i]))
      continue;
    int high = hex_digit(text[i]);
    int low = i + 1 < len ? hex_digit(text[i + 1]) : -1;
    if (high < 0 || low < 0)
      return -1;
    text[bytes++] = (char)(high * 16 + low);
    i++;
  }
  return (long)bytes;
}

void hex_write(FILE *out, const char *bytes, size_t len) {
  for (size_t i = 0; i < len; i++)
    fprintf(out, "%02x", (unsigned char)bytes[i]);
}
