/* SPDX-License-Identifier: MIT
 *
 * Text for people and for the page: a string in memory of fixed size that is
 * built piece by piece, with octets from the network made harmless.
 */
#ifndef DEMO_TEXT_H
#define DEMO_TEXT_H

#include <stddef.h>

#include "upshake.h"

/* A text that grows in memory of the caller.  What does not fit is left out
 * and `cut` is set; there is no NUL at the end. */
struct text {
  char *octets;
  size_t cap, len;
  int cut;
};

void text_add(struct text *text, const char *string);
void text_add_number(struct text *text, long number);

/* The octets, those that are printable ASCII as they are; `"`, `\` and all
 * others as `escape` and two hexadecimal digits: "\\x" for a log, "\\u00" for
 * JSON. */
void text_add_escaped(struct text *text, upshake_slice octets,
                      const char *escape);

/* The same for a log, with "..." in the place of what is behind `max`. */
void text_add_clipped(struct text *text, upshake_slice octets, size_t max);

/* 1 if the octets are UTF-8 (RFC 3629 4). */
int text_is_utf8(upshake_slice octets);

/* The length of the character at the beginning, and its number, if it harms a
 * person's screen: a control character obeys whoever sent it, and one for
 * right-to-left writing turns the letters around it.  Else 0. */
size_t text_is_harmful(upshake_slice text, unsigned *number);

/* Now as a value of Date (RFC 9110 5.6.7), in memory that is kept. */
upshake_slice date_now(void);

#endif
