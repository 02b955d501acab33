/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: bytes that a tool has printed as hexadecimal digits.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_HEX_H
#define UPSHAKE_EXAMPLES_INSPECT_HEX_H

#include "../common/note.h"

/* The value of a digit, or -1. */
int hex_digit(char digit);

/* Adds the bytes of digits that stand in pairs, with single blanks between
 * them, or two in the middle; the text behind two blanks is left out after
 * `most` bytes.  Returns how many bytes there were. */
size_t add_hex(upshake_slice text, size_t most, note *bytes);

#endif
