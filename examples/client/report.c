/* SPDX-License-Identifier: MIT
 *
 * What upshake-client prints: see report.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "report.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

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

void print_message(const char *text, size_t len) {
  if (isatty(STDOUT_FILENO))
    put_for_terminal(text, len);
  else
    fwrite(text, 1, len, stdout);
  putchar('\n');
  fflush(stdout);
}

/* ---- For scripts --------------------------------------------------------- */

static void put_json_byte(FILE *out, unsigned char byte) {
  if (byte == '"' || byte == '\\')
    fprintf(out, "\\%c", byte);
  else if (byte < 0x20 || byte == 0x7f)
    fprintf(out, "\\u%04x", byte);
  else
    putc(byte, out);
}

/* People look at JSON on a terminal too. */
void put_json_text(FILE *out, const char *text, size_t len) {
  unsigned number;
  for (size_t i = 0, step; i < len; i += step) {
    step = text_is_harmful((upshake_slice){text + i, len - i}, &number);
    if (step > 0)
      fprintf(out, "\\u%04x", number);
    else
      put_json_byte(out, (unsigned char)text[i + step++]);
  }
}

static void put_text_or_null(const char *key, const char *text) {
  if (text == NULL || *text == '\0') {
    printf(",\"%s\":null", key);
    return;
  }
  printf(",\"%s\":\"", key);
  put_json_text(stdout, text, strlen(text));
  putchar('"');
}

/* A field's value need not be UTF-8: each byte becomes the code point of its
 * number. */
static void put_slice_or_null(const char *key, upshake_slice value) {
  if (value.ptr == NULL) {
    printf(",\"%s\":null", key);
    return;
  }
  printf(",\"%s\":\"", key);
  for (size_t i = 0; i < value.len; i++) {
    unsigned char byte = (unsigned char)value.ptr[i];
    if (byte < 0x80)
      put_json_byte(stdout, byte);
    else
      printf("\\u%04x", byte);
  }
  putchar('"');
}

/* 1 if the connection cannot take another request (RFC 9112 9.3). */
static int must_close(const upshake_client_result *result) {
  return result->next == UPSHAKE_CLIENT_REFUSED ||
         (result->next == UPSHAKE_CLIENT_OTHER && !result->may_keep);
}

void print_json(const upshake_client_result *result, const char *messages) {
  static const char *const outcomes[] = {"incomplete", "switched", "other",
                                         "refused"};
  int refused = result->next == UPSHAKE_CLIENT_REFUSED;
  upshake_explanation why = upshake_explain(result->error);
  printf("{\"outcome\":\"%s\"", outcomes[result->next]);
  printf(",\"status\":%d", result->status);
  put_text_or_null("error", refused ? why.name : NULL);
  put_text_or_null("rule", refused ? why.rule : NULL);
  if (refused)
    printf(",\"offset\":%zu", result->offset);
  else
    fputs(",\"offset\":null", stdout);
  printf(",\"consumed\":%zu", result->consumed);
  put_slice_or_null("protocol", result->protocol);
  put_slice_or_null("subprotocol", result->subprotocol);
  put_slice_or_null("extensions", result->extensions);
  printf(",\"close\":%s", must_close(result) ? "true" : "false");
  printf(",\"reply\":\"\",\"messages\":[%s]}\n", messages);
  fflush(stdout);
}
