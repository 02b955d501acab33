/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: hexadecimal digits: see hex.h.
 */
#include "hex.h"

#include "lines.h"

int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  if (digit >= 'a' && digit <= 'f')
    return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F')
    return digit - 'A' + 10;
  return -1;
}

/* The blanks at the front of the text. */
static size_t count_blanks(upshake_slice text) {
  size_t len = 0;
  while (len < text.len && text.ptr[len] == ' ')
    len++;
  return len;
}

size_t add_hex(upshake_slice text, size_t most, note *bytes) {
  size_t count = 0;
  while (count < most) {
    size_t blanks = count_blanks(text);
    if (blanks > 2)
      break;
    text = slice_from(text, blanks);
    if (text.len < 2 || hex_digit(text.ptr[0]) < 0 ||
        hex_digit(text.ptr[1]) < 0)
      break;
    char byte = (char)(hex_digit(text.ptr[0]) << 4 | hex_digit(text.ptr[1]));
    note_bytes(bytes, &byte, 1);
    count++;
    text = slice_from(text, 2);
  }
  return count;
}
