/* SPDX-License-Identifier: MIT
 *
 * What upshake-client prints: see report.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "report.h"

#include <stdarg.h>
#include <unistd.h>

#include "hex.h"
#include "../common/json.h"
#include "../common/text.h"

/* ---- For people ---------------------------------------------------------- */

static void put_harmless(FILE *out, unsigned char byte) {
  if ((byte >= 0x20 && byte < 0x7f) || byte == '\t')
    putc(byte, out);
  else
    fprintf(out, "\\x%02x", byte);
}

void complain(const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  fputs("upshake-client: ", stderr);
  for (const char *at = line; *at != '\0'; at++)
    put_harmless(stderr, (unsigned char)*at);
  putc('\n', stderr);
}

/* Every CR is left out. */
void show_bytes(struct shown *shown, const char *bytes, size_t len) {
  for (size_t i = 0; i < len; i++) {
    if (!shown->in_line)
      fputs(shown->mark, stderr);
    shown->in_line = bytes[i] != '\n';
    if (bytes[i] == '\n')
      putc('\n', stderr);
    else if (bytes[i] != '\r')
      put_harmless(stderr, (unsigned char)bytes[i]);
  }
}

void show_end(struct shown *shown) {
  if (shown->in_line)
    putc('\n', stderr);
  shown->in_line = 0;
}

static void put_for_terminal(const char *text, size_t len) {
  unsigned number;
  for (size_t i = 0, step; i < len; i += step) {
    upshake_slice rest = {text + i, len - i};
    step = text[i] == '\t' ? 0 : text_is_harmful(rest, &number);
    for (size_t part = 0; part < step; part++)
      put_harmless(stdout, (unsigned char)text[i + part]);
    if (step == 0)
      putchar(text[i + step++]);
  }
}

static void put_content(int is_text, const char *bytes, size_t len) {
  if (!is_text)
    hex_write(stdout, bytes, len);
  else if (isatty(STDOUT_FILENO))
    put_for_terminal(bytes, len);
  else
    fwrite(bytes, 1, len, stdout);
  putchar('\n');
  fflush(stdout);
}

void print_message(int is_text, const char *bytes, size_t len) {
  if (isatty(STDOUT_FILENO))
    fputs("< ", stdout);
  put_content(is_text, bytes, len);
}

void print_sent(int is_text, const char *bytes, size_t len, int is_typed) {
  if (!isatty(STDOUT_FILENO) || (is_typed && isatty(STDIN_FILENO)))
    return;
  fputs("> ", stdout);
  put_content(is_text, bytes, len);
}

/* ---- For scripts --------------------------------------------------------- */

/* People look at JSON on a terminal too, so harmful characters are escaped, and
 * all others can be read. */
void put_json_text(FILE *out, const char *text, size_t len) {
  unsigned number;
  for (size_t i = 0, step; i < len; i += step) {
    unsigned char byte = (unsigned char)text[i];
    size_t harmful =
        text_is_harmful((upshake_slice){text + i, len - i}, &number);
    step = harmful > 0 ? harmful : 1;
    if (harmful > 0)
      fprintf(out, "\\u%04x", number);
    else if (byte >= 0x80)
      putc(byte, out);
    else
      put_json_byte(out, byte, JSON_LONG);
  }
}

void print_json(const upshake_client_result *result, const char *messages,
                const char *more) {
  struct verdict said = verdict_of(result);
  said.messages = messages;
  said.more = more;
  put_json(&said, JSON_LONG);
  fflush(stdout);
}
