/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: an input that is read piece by piece.  So a verdict need not
 * wait for the end of the input, which may never come.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_INPUT_H
#define UPSHAKE_EXAMPLES_INSPECT_INPUT_H

#include <stdio.h>

/* bytes[0] is byte number `from` of the input; `len` bytes are kept. */
typedef struct input {
  const char *name;
  FILE *stream;
  char *bytes;
  size_t len, cap;
  size_t from;           /* bytes that were forgotten */
  size_t lines, line_at; /* LFs among these, and the place behind the last LF */
  size_t taken;          /* bytes that the last verdict took */
  int ended, more;       /* more: the input goes on beyond what was counted */
} input;

/* Opens a file, or standard input for NULL or "-".  If that fails, or reading
 * fails, the program ends with a line on stderr. */
void input_open(input *in, const char *file);
void input_close(input *in);

/* An input of bytes that are there already, which are copied. */
void input_of_bytes(input *in, const char *bytes, size_t len);

/* 1 if bytes are there, or come within so many milliseconds. */
int input_is_ready(const input *in, int milliseconds);

/* 1 if a person types the input, or pastes it. */
int input_is_terminal(const input *in);

/* Waits for the next piece and adds it.  Returns 0 at the end of the input. */
int input_read(input *in);

/* Adds what is there already, without waiting, up to about a MiB behind
 * `at`. */
void input_read_on(input *in, size_t at);

/* Says that the bytes before `at` are not needed any more. */
void input_forget(input *in, size_t at);

/* input_end: how many bytes were read.  input_at: the bytes from number `at`
 * on. */
size_t input_end(const input *in);
const char *input_at(const input *in, size_t at);

/* 1 if the bytes that are kept begin, or end, with this text. */
int input_begins_with(const input *in, const char *text);
int input_ends_with(const input *in, const char *text);

/* 1 if the input begins with a byte order mark of UTF-8 or UTF-16, which
 * editors write. */
int input_has_mark(const input *in);

#endif
