/* SPDX-License-Identifier: MIT
 *
 * Bytes that are written as hexadecimal digits, for --binary.
 */
#ifndef UPSHAKE_EXAMPLES_CLIENT_HEX_H
#define UPSHAKE_EXAMPLES_CLIENT_HEX_H

#include <stddef.h>
#include <stdio.h>

/* Returns the value of a digit, or -1. */
int hex_digit(char digit);

/* Replaces digits by their bytes, in place.  Blanks may stand between bytes.
 * Returns how many bytes there are, or -1 if it is something else. */
long hex_read(char *text, size_t len);

/* Writes two digits for each byte. */
void hex_write(FILE *out, const char *bytes, size_t len);

#endif
