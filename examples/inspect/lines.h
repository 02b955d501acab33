/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: looking at lines of text, for the readers of forms.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_LINES_H
#define UPSHAKE_EXAMPLES_INSPECT_LINES_H

#include "upshake.h"

/* A line without its end. */
typedef struct text_line {
  upshake_slice text;
  size_t len; /* with its end */
  char end;   /* 'r': CR LF, 'n': LF, 0: the text ends here */
} text_line;

/* Takes the first line off the text.  Returns 0 if the text is empty. */
int next_line(upshake_slice *text, text_line *line);

/* slice_from: without its first bytes.  slice_trim: without blanks and tabs at
 * both ends. */
upshake_slice slice_from(upshake_slice slice, size_t at);
upshake_slice slice_trim(upshake_slice slice);

int slice_begins(upshake_slice slice, const char *text);
int slice_equals(upshake_slice slice, const char *text);

/* Where the text begins in the slice, or -1. */
long slice_find(upshake_slice slice, const char *text);

/* METHOD SP target SP HTTP/... */
int is_request_line(upshake_slice line);
/* HTTP/1.1 SP 3DIGIT */
int is_status_line(upshake_slice line);
/* token ":" */
int is_field_line(upshake_slice line);

#endif
