/* SPDX-License-Identifier: MIT
 *
 * Text for people and for the demo's page.  A text is built piece by piece in
 * memory of fixed size, and bytes from the network are made harmless.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_TEXT_H
#define UPSHAKE_EXAMPLES_COMMON_TEXT_H

#include <stddef.h>

#include "upshake.h"

/* A text in memory of the caller.  If something does not fit, it is left out
 * and `cut` is 1.  There is no NUL at the end. */
struct text {
  char *bytes;
  size_t cap, len;
  int cut;
};

void text_add(struct text *text, const char *string);
void text_add_slice(struct text *text, upshake_slice bytes);
void text_add_number(struct text *text, long number);

/* Adds printable ASCII as it is.  `"`, `\` and all other bytes become `escape`
 * and two hexadecimal digits: "\\x" for a log, "\\u00" for JSON. */
void text_add_escaped(struct text *text, upshake_slice bytes,
                      const char *escape);

/* The same for a log; "..." stands for the bytes behind `max`. */
void text_add_clipped(struct text *text, upshake_slice bytes, size_t max);

/* 1 if the bytes are UTF-8 (RFC 3629 4). */
int text_is_utf8(upshake_slice bytes);

/* If the first character can harm a person's screen, returns its length, and
 * its number in *number; else 0.  A control character can change the screen,
 * and a character for right-to-left writing changes the order of letters around
 * it. */
size_t text_is_harmful(upshake_slice text, unsigned *number);

/* Returns the present time as a value of Date (RFC 9110 5.6.7), in static
 * memory. */
upshake_slice date_now(void);

#endif
