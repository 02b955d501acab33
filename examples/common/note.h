/* SPDX-License-Identifier: MIT
 *
 * A text that grows.  A verdict is written here before it is
 * printed, because people and scripts get the same sentences.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_NOTE_H
#define UPSHAKE_EXAMPLES_COMMON_NOTE_H

#include <stddef.h>

#include "upshake.h"

#if defined(__GNUC__) && !defined(_WIN32) /* whose printf has no %zu there */
#define NOTE_FORMAT __attribute__((format(printf, 2, 3)))
#else
#define NOTE_FORMAT
#endif

/* Starts from all 0, and then has no memory.  Behind `text` there is a NUL. */
typedef struct note {
  char *text;
  size_t len, cap;
} note;

/* The text, or "". */
const char *note_text(const note *to);
upshake_slice note_slice(const note *to);

void note_free(note *to);

/* note_add adds text as printf writes it, note_bytes adds any bytes. */
void note_add(note *to, const char *format, ...) NOTE_FORMAT;
void note_bytes(note *to, const char *bytes, size_t len);

/* Returns the letter behind the backslash, 0 for a plain byte, 'x' for \xHH. */
char escape_of(unsigned char byte);

/* Adds bytes so that they harm no terminal: \r \n \t \\ \xHH.  note_clipped
 * adds at most `most` bytes, and then "...". */
void note_escaped(note *to, upshake_slice bytes);
void note_clipped(note *to, upshake_slice bytes, size_t most);

/* Adds a JSON string with its quotation marks, or null for an absent one.  Byte
 * N is code point N. */
void note_json(note *to, upshake_slice bytes);

#endif
