/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: an input that is read piece by piece, so that a verdict need
 * not wait for its end, which may never come.
 */
#ifndef INSPECT_INPUT_H
#define INSPECT_INPUT_H

#include <stdio.h>

/* bytes[0] is byte number `from` of the input; `len` of them are kept. */
typedef struct input {
  const char *name;
  FILE *stream;
  char *bytes;
  size_t len, cap;
  size_t from;           /* so many were forgotten, */
  size_t lines, line_at; /* in them: LFs, and the byte behind the last LF */
  int ended, more;       /* more: what was counted is not all */
} input;

/* A file, or standard input for NULL or "-".  Whatever is wrong with it ends
 * the program, here and in input_read. */
void input_open(input *in, const char *file);
void input_close(input *in);

/* Wait for the next piece and add it.  Returns 0 at the end of the input. */
int input_read(input *in);

/* Add what is there already, without waiting, up to about a MiB behind `at`. */
void input_read_on(input *in, size_t at);

/* What is before `at` is not needed any more. */
void input_forget(input *in, size_t at);

/* How many bytes were read, and those from number `at` on. */
size_t input_end(const input *in);
const char *input_at(const input *in, size_t at);

#endif
