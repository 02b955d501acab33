/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: an input that is read piece by piece: see input.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#else
#include <poll.h>
#include <unistd.h>
#endif

#include "options.h"
#include "print.h"
#include "../common/exit.h"

/* How much is read at once, and forgotten at once. */
#define PIECE ((size_t)65536)

/* For people, at most this much is counted behind the verdict. */
#define REST_MAX ((size_t)1 << 20)

size_t input_end(const input *in) { return in->from + in->len; }

const char *input_at(const input *in, size_t at) {
  return in->bytes + (at - in->from);
}

static void fail_input(const char *name) {
  const char *why = strerror(errno);
  fputs("upshake-inspect: cannot read '", stderr);
  put_escaped(stderr, name, strlen(name));
  fprintf(stderr, "': %s\n", why);
  exit(EXIT_BAD_INPUT);
}

void input_open(input *in, const char *file) {
  memset(in, 0, sizeof *in);
  in->cap = PIECE;
  in->bytes = allocate(in->cap);
  in->name = file;
  if (!is_standard_input(file)) {
    in->stream = fopen(file, "rb");
    if (in->stream == NULL)
      fail_input(file);
    return;
  }
  in->name = "standard input";
  in->stream = stdin;
#ifdef _WIN32
  _setmode(_fileno(stdin), _O_BINARY); /* otherwise CR LF arrives as LF */
#endif
}

void input_of_bytes(input *in, const char *bytes, size_t len) {
  memset(in, 0, sizeof *in);
  in->name = "memory";
  in->bytes = allocate(len);
  in->len = in->cap = len;
  in->ended = 1;
  if (len > 0)
    memcpy(in->bytes, bytes, len);
}

void input_close(input *in) {
  free(in->bytes);
  if (in->stream != NULL && in->stream != stdin)
    fclose(in->stream);
}

static void grow(input *in) {
  char *more = allocate(in->cap * 2);
  memcpy(more, in->bytes, in->len);
  free(in->bytes);
  in->bytes = more;
  in->cap *= 2;
}

/* Does not use fread, which would wait until its memory is full.  Returns 0 at
 * the end, and -1 for an error. */
static int receive(input *in) {
  if (in->len == in->cap)
    grow(in);
  size_t room = in->cap - in->len;
  long n;
  do {
    n = (long)read(fileno(in->stream), in->bytes + in->len,
                   room < PIECE ? room : PIECE);
  } while (n < 0 && errno == EINTR);
  if (n > 0)
    in->len += (size_t)n;
  in->ended = n == 0;
  return n > 0 ? 1 : (int)n;
}

int input_read(input *in) {
  int got = in->ended ? 0 : receive(in);
  if (got < 0)
    fail_input(in->name);
  return got;
}

int input_is_ready(const input *in, int milliseconds) {
#ifdef _WIN32
  (void)milliseconds;
  return in->stream != stdin; /* a file; a pipe cannot be asked */
#else
  struct pollfd polled = {fileno(in->stream), POLLIN, 0};
  return poll(&polled, 1, milliseconds) == 1;
#endif
}

int input_is_terminal(const input *in) {
#ifdef _WIN32
  (void)in;
  return 0;
#else
  return in->stream != NULL && isatty(fileno(in->stream));
#endif
}

void input_read_on(input *in, size_t at) {
  while (!in->ended && input_end(in) - at < REST_MAX && input_is_ready(in, 0))
    if (receive(in) < 0)
      return; /* the verdict does not need it */
  in->more = !in->ended && input_end(in) - at >= REST_MAX;
}

/* Forgets a whole piece at a time, because each call moves all the kept
 * bytes. */
void input_forget(input *in, size_t at) {
  size_t len = at - in->from;
  if (at < in->from || len < PIECE)
    return;
  for (size_t i = 0; i < len; i++)
    if (in->bytes[i] == '\n') {
      in->lines++;
      in->line_at = in->from + i + 1;
    }
  in->len -= len;
  in->from = at;
  memmove(in->bytes, in->bytes + len, in->len);
}

int input_begins_with(const input *in, const char *text) {
  size_t len = strlen(text);
  return in->len >= len && memcmp(in->bytes, text, len) == 0;
}

int input_ends_with(const input *in, const char *text) {
  size_t len = strlen(text);
  return in->len >= len && memcmp(in->bytes + in->len - len, text, len) == 0;
}

int input_has_mark(const input *in) {
  return input_begins_with(in, "\xEF\xBB\xBF") ||
         input_begins_with(in, "\xFF\xFE") || input_begins_with(in, "\xFE\xFF");
}
