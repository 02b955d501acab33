/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: UTF-16 and byte order marks, which editors and PowerShell
 * write: see forms.h.
 */
#include "forms.h"

#include <string.h>

#include "lines.h"

/* Adds a character as UTF-8. */
static void add_character(note *out, unsigned long code) {
  char bytes[4];
  size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = len - 1; i > 0; i--, code >>= 6)
    bytes[i] = (char)(0x80 | (code & 0x3f));
  bytes[0] = (char)(len == 1 ? code : (0xf00u >> len & 0xffu) | code);
  note_bytes(out, bytes, len);
}

static unsigned long unit_at(upshake_slice text, size_t i, int big) {
  unsigned first = (unsigned char)text.ptr[i];
  unsigned second = (unsigned char)text.ptr[i + 1];
  return big ? first << 8 | second : second << 8 | first;
}

static void decode_utf16(upshake_slice text, int big, note *out) {
  for (size_t i = 0; i + 1 < text.len; i += 2) {
    unsigned long code = unit_at(text, i, big);
    if (code >= 0xd800 && code < 0xdc00 && i + 3 < text.len) {
      unsigned long low = unit_at(text, i + 2, big);
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        i += 2;
      }
    }
    add_character(out, code);
  }
}

/* 1 for two letters of UTF-16 without a mark. */
static int has_letters(upshake_slice text, size_t letter) {
  return text.len >= 4 && text.ptr[letter] >= 0x20 && text.ptr[letter] < 0x7f &&
         text.ptr[letter + 2] >= 0x20 && text.ptr[letter + 2] < 0x7f &&
         text.ptr[1 - letter] == 0 && text.ptr[3 - letter] == 0;
}

int unwrap(upshake_slice text, note *plain, note *repairs) {
  if (slice_begins(text, "\xEF\xBB\xBF")) {
    note_repair(repairs, "BOM (byte order mark) removed");
    note_bytes(plain, text.ptr + 3, text.len - 3);
    return 1;
  }
  int little = slice_begins(text, "\xFF\xFE"),
      big = slice_begins(text, "\xFE\xFF");
  if (!little && !big && !has_letters(text, 0) && !has_letters(text, 1))
    return 0;
  note_repair(repairs,
              little || big ? "UTF-16 decoded, BOM removed" : "UTF-16 decoded");
  decode_utf16(slice_from(text, little || big ? 2 : 0),
               big || (!little && has_letters(text, 1)), plain);
  note_bytes(plain, "", 0);
  return 1;
}
