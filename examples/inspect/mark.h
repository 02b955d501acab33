/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: a line of the input, with a mark below one of its bytes.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_MARK_H
#define UPSHAKE_EXAMPLES_INSPECT_MARK_H

#include "input.h"
#include "../common/note.h"

/* A byte of the input, and the part of its line that is shown. */
typedef struct line_mark {
  const input *in;
  size_t offset;       /* of the byte */
  size_t line, column; /* the same, counted from 1 */
  size_t line_at, line_end;
  size_t shown_at, shown_end;
} line_mark;

/* Returns 0 if this byte is not kept. */
int find_mark(line_mark *mark, const input *in, size_t offset);

/* Adds the line and, below it, the mark with some words behind it.  Bytes that
 * cannot be seen are escaped; the end of the line is left out unless the mark
 * is there. */
void note_mark(note *out, const line_mark *mark, const char *words);

/* The line of the byte without its CR LF. */
upshake_slice line_of(const line_mark *mark);

#endif
