/* SPDX-License-Identifier: MIT
 *
 * Text for people and for the demo's page: see text.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void add_bytes(struct text *text, const char *bytes, size_t len) {
  size_t room = text->cap - text->len;
  if (len > room) {
    text->cut = 1;
    return;
  }
  memcpy(text->bytes + text->len, bytes, len);
  text->len += len;
}

void text_add(struct text *text, const char *string) {
  add_bytes(text, string, strlen(string));
}

void text_add_slice(struct text *text, upshake_slice bytes) {
  add_bytes(text, bytes.ptr, bytes.len);
}

void text_add_number(struct text *text, long number) {
  char digits[24];
  snprintf(digits, sizeof digits, "%ld", number);
  text_add(text, digits);
}

void text_add_escaped(struct text *text, upshake_slice bytes,
                      const char *escape) {
  static const char hex[] = "0123456789abcdef";
  for (size_t i = 0; i < bytes.len; i++) {
    unsigned char byte = (unsigned char)bytes.ptr[i];
    if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\') {
      add_bytes(text, &bytes.ptr[i], 1);
      continue;
    }
    char digits[2] = {hex[byte >> 4], hex[byte & 15]};
    text_add(text, escape);
    add_bytes(text, digits, sizeof digits);
  }
}

void text_add_clipped(struct text *text, upshake_slice bytes, size_t max) {
  int clip = bytes.len > max;
  if (clip)
    bytes.len = max;
  text_add_escaped(text, bytes, "\\x");
  if (clip)
    text_add(text, "...");
}

/* Returns the length of a UTF-8 character, or 0 if there is no valid one.  The
 * range of the second byte excludes overlong forms, surrogates and numbers
 * above U+10FFFF. */
static size_t measure_character(const unsigned char *at, size_t len) {
  size_t more = at[0] < 0x80 ? 0 : at[0] < 0xe0 ? 1 : at[0] < 0xf0 ? 2 : 3;
  unsigned char least = 0x80, most = 0xbf;
  if (more >= len || (at[0] >= 0x80 && at[0] < 0xc2) || at[0] > 0xf4)
    return 0;
  if (at[0] == 0xe0)
    least = 0xa0;
  else if (at[0] == 0xed)
    most = 0x9f;
  else if (at[0] == 0xf0)
    least = 0x90;
  else if (at[0] == 0xf4)
    most = 0x8f;
  for (size_t i = 1; i <= more; i++, least = 0x80, most = 0xbf)
    if (at[i] < least || at[i] > most)
      return 0;
  return more + 1;
}

int text_is_utf8(upshake_slice bytes) {
  const unsigned char *at = (const unsigned char *)bytes.ptr;
  for (size_t len = bytes.len, step; len > 0; at += step, len -= step)
    if ((step = measure_character(at, len)) == 0)
      return 0;
  return 1;
}

static unsigned decode(const unsigned char *at, size_t len) {
  unsigned number = len == 1 ? at[0] : at[0] & (0x7fu >> len);
  for (size_t i = 1; i < len; i++)
    number = number << 6 | (at[i] & 0x3fu);
  return number;
}

/* The control characters C0, DEL and C1, and the formatting characters of the
 * Unicode Bidirectional Algorithm (UAX 9, 2). */
size_t text_is_harmful(upshake_slice text, unsigned *number) {
  static const struct {
    unsigned first, last;
  } harmful[] = {{0, 0x1f},        {0x7f, 0x9f},     {0x61c, 0x61c},
                 {0x200e, 0x200f}, {0x202a, 0x202e}, {0x2066, 0x2069}};
  const unsigned char *at = (const unsigned char *)text.ptr;
  size_t len = measure_character(at, text.len);
  *number = decode(at, len);
  for (size_t i = 0; i < sizeof harmful / sizeof harmful[0]; i++)
    if (len > 0 && *number >= harmful[i].first && *number <= harmful[i].last)
      return len;
  return 0;
}

/* strftime takes names of days and months from the locale.  It is "C", because
 * no program here calls setlocale. */
upshake_slice date_now(void) {
  static char date[40];
  struct tm utc;
  time_t now = time(NULL);
  upshake_slice absent = {NULL, 0};
  if (now == (time_t)-1 || gmtime_r(&now, &utc) == NULL)
    return absent;
  size_t len = strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return (upshake_slice){date, len};
}
