/* SPDX-License-Identifier: MIT
 *
 * Text for people and for the page: see demo_text.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "demo_text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void add_octets(struct text *text, const char *octets, size_t len) {
  size_t room = text->cap - text->len;
  if (len > room) {
    text->cut = 1;
    return;
  }
  memcpy(text->octets + text->len, octets, len);
  text->len += len;
}

void text_add(struct text *text, const char *string) {
  add_octets(text, string, strlen(string));
}

void text_add_number(struct text *text, long number) {
  char digits[24];
  snprintf(digits, sizeof digits, "%ld", number);
  text_add(text, digits);
}

void text_add_escaped(struct text *text, upshake_slice octets,
                      const char *escape) {
  static const char hex[] = "0123456789abcdef";
  for (size_t i = 0; i < octets.len; i++) {
    unsigned char octet = (unsigned char)octets.ptr[i];
    if (octet >= 0x20 && octet < 0x7f && octet != '"' && octet != '\\') {
      add_octets(text, &octets.ptr[i], 1);
      continue;
    }
    char digits[2] = {hex[octet >> 4], hex[octet & 15]};
    text_add(text, escape);
    add_octets(text, digits, sizeof digits);
  }
}

void text_add_clipped(struct text *text, upshake_slice octets, size_t max) {
  int clip = octets.len > max;
  if (clip)
    octets.len = max;
  text_add_escaped(text, octets, "\\x");
  if (clip)
    text_add(text, "...");
}

/* strftime names days and months in the locale, which is "C" as long as
 * nobody calls setlocale. */
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
