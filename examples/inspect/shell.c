/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: the words of a command: see shell.h.
 */
#include "shell.h"

#include <string.h>

#include "lines.h"

int is_for_cmd(upshake_slice text) {
  return slice_find(text, " ^\"") >= 0 || slice_find(text, "^\n") >= 0 ||
         slice_find(text, "^\r\n") >= 0;
}

/* Takes a byte off the text, and adds it. */
static void take(upshake_slice *text, note *word) {
  if (text->len == 0)
    return;
  note_bytes(word, text->ptr, 1);
  *text = slice_from(*text, 1);
}

static void drop(upshake_slice *text, size_t len) {
  *text = slice_from(*text, len < text->len ? len : text->len);
}

static void take_single(upshake_slice *text, note *word) {
  while (text->len > 0 && *text->ptr != '\'')
    take(text, word);
  drop(text, 1);
}

/* In cmd.exe ^ stands before each character that means something there: the
 * text ends with ^", and ^\^" is a quotation mark in it. */
static void take_cmd(upshake_slice *text, note *word) {
  while (text->len > 0 && *text->ptr != '"') {
    if (slice_begins(*text, "^\"")) {
      drop(text, 1);
      break;
    }
    if (slice_begins(*text, "^\\^\""))
      drop(text, 3);
    else if (slice_begins(*text, "\\\"") || *text->ptr == '^')
      drop(text, 1);
    take(text, word);
  }
  drop(text, 1);
}

static void take_double(upshake_slice *text, int is_cmd, note *word) {
  if (is_cmd) {
    take_cmd(text, word);
    return;
  }
  while (text->len > 0 && *text->ptr != '"') {
    char next = text->len > 1 ? text->ptr[1] : 0;
    if (*text->ptr == '\\' && next == '\n') {
      drop(text, 2);
      continue;
    }
    if (*text->ptr == '\\' &&
        (next == '"' || next == '\\' || next == '$' || next == '`'))
      drop(text, 1);
    take(text, word);
  }
  drop(text, 1);
}

static unsigned take_number(upshake_slice *text, size_t most, unsigned base) {
  static const char digits[] = "0123456789abcdef";
  unsigned number = 0;
  for (size_t i = 0; i < most && text->len > 0; i++) {
    char lower = *text->ptr >= 'A' && *text->ptr <= 'F'
                     ? (char)(*text->ptr - 'A' + 'a')
                     : *text->ptr;
    const char *at = lower != 0 ? strchr(digits, lower) : NULL;
    if (at == NULL || (unsigned)(at - digits) >= base)
      break;
    number = number * base + (unsigned)(at - digits);
    drop(text, 1);
  }
  return number;
}

/* The escapes of $'...': what browsers write for bytes that are no letters. */
static void take_escape(upshake_slice *text, note *word) {
  static const char letters[] = "rnt\\'\"", bytes[] = "\r\n\t\\'\"";
  char letter = text->len > 0 ? *text->ptr : 0;
  const char *at = letter != 0 ? strchr(letters, letter) : NULL;
  if (at != NULL) {
    drop(text, 1);
    note_bytes(word, &bytes[at - letters], 1);
    return;
  }
  unsigned number = (unsigned char)letter;
  drop(text, 1);
  if (letter == 'x')
    number = take_number(text, 2, 16);
  else if (letter == 'u')
    number = take_number(text, 4, 16);
  char byte = (char)number;
  note_bytes(word, &byte, 1);
}

static void take_ansi(upshake_slice *text, note *word) {
  while (text->len > 0 && *text->ptr != '\'') {
    if (*text->ptr != '\\') {
      take(text, word);
      continue;
    }
    drop(text, 1);
    take_escape(text, word);
  }
  drop(text, 1);
}

/* A backslash, or the ^ of cmd.exe, before the end of a line. */
static int drop_continuation(upshake_slice *text) {
  char byte = text->len > 1 ? *text->ptr : 0;
  if (byte != '\\' && byte != '^' && byte != '`')
    return 0;
  if (text->ptr[1] == '\n') {
    drop(text, 2);
    return 1;
  }
  if (text->len > 2 && text->ptr[1] == '\r' && text->ptr[2] == '\n') {
    drop(text, 3);
    return 1;
  }
  return 0;
}

static void drop_blanks(upshake_slice *text) {
  while (text->len > 0)
    if (*text->ptr == ' ' || *text->ptr == '\t' || *text->ptr == '\r')
      drop(text, 1);
    else if (!drop_continuation(text))
      return;
}

static void take_part(upshake_slice *text, int is_cmd, note *word) {
  char byte = *text->ptr;
  if (is_cmd && byte == '^') {
    drop(text, 1);
    if (text->len > 0 && *text->ptr == '"') {
      drop(text, 1);
      take_double(text, 1, word);
    } else {
      take(text, word);
    }
  } else if (byte == '\'' && !is_cmd) {
    drop(text, 1);
    take_single(text, word);
  } else if (byte == '"') {
    drop(text, 1);
    take_double(text, is_cmd, word);
  } else if (slice_begins(*text, "$'")) {
    drop(text, 2);
    take_ansi(text, word);
  } else {
    if (byte == '\\' && !is_cmd)
      drop(text, 1);
    take(text, word);
  }
}

int next_word(upshake_slice *text, int is_cmd, note *word) {
  static const char ends[] = "\n;|&<>";
  word->len = 0;
  note_bytes(word, "", 0);
  drop_blanks(text);
  if (text->len == 0 || *text->ptr == '\0' || strchr(ends, *text->ptr) != NULL)
    return 0;
  while (text->len > 0 && *text->ptr != '\0' &&
         strchr(" \t\r\n;|&<>", *text->ptr) == NULL && !drop_continuation(text))
    take_part(text, is_cmd, word);
  return 1;
}
