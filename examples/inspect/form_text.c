/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: heads that were pasted, typed or saved by an editor: the
 * ends of their lines, their indentation and the lines around them changed.
 */
#include <stdio.h>
#include <string.h>

#include "forms.h"
#include "lines.h"

/* What was changed; how often, where it matters. */
typedef struct pasted {
  heads *found;
  int open;    /* the last head has not ended */
  int in_rest; /* bytes behind it that are no blank lines */
  size_t indent;
  size_t lf, indented, leading, left_out;
  int fenced, unescaped, unended;
} pasted;

/* ---- Backslashes --------------------------------------------------------- */

static int hex_of(char digit) {
  const char *digits = "0123456789abcdef";
  const char *at = digit != '\0' ? strchr(digits, digit >= 'A' && digit <= 'F'
                                                      ? digit - 'A' + 'a'
                                                      : digit)
                                 : NULL;
  return at != NULL ? (int)(at - digits) : -1;
}

/* Adds what the escape at the front of the text stands for.  Returns its
 * length. */
static size_t add_escape(upshake_slice text, note *out) {
  static const char letters[] = "rnt\"'\\", bytes[] = "\r\n\t\"'\\";
  const char *at =
      text.len > 1 && text.ptr[1] != '\0' ? strchr(letters, text.ptr[1]) : NULL;
  if (at != NULL) {
    note_bytes(out, &bytes[at - letters], 1);
    return 2;
  }
  if (text.len > 3 && text.ptr[1] == 'x' && hex_of(text.ptr[2]) >= 0 &&
      hex_of(text.ptr[3]) >= 0) {
    char byte = (char)(hex_of(text.ptr[2]) << 4 | hex_of(text.ptr[3]));
    note_bytes(out, &byte, 1);
    return 4;
  }
  note_bytes(out, text.ptr, 1);
  return 1;
}

/* Takes quotation marks around the text away, and Python's b before them. */
static upshake_slice unquote(upshake_slice text) {
  static const char marks[] = "\"'`";
  while (text.len > 0 && strchr(" \t\r\n", text.ptr[text.len - 1]) != NULL &&
         text.ptr[text.len - 1] != '\0')
    text.len--;
  if (slice_begins(text, "b'") || slice_begins(text, "b\""))
    text = slice_from(text, 1);
  if (text.len > 0 && *text.ptr != '\0' && strchr(marks, *text.ptr) != NULL) {
    char mark = *text.ptr;
    text = slice_from(text, 1);
    if (text.len > 0 && text.ptr[text.len - 1] == mark)
      text.len--;
  }
  return text;
}

/* A real end of a line behind a written one is only layout. */
static int unescape(upshake_slice text, note *out) {
  if (slice_find(text, "\\r\\n") < 0 && slice_find(text, " HTTP/1.1\\n") < 0)
    return 0;
  text = unquote(text);
  while (text.len > 0) {
    if (*text.ptr != '\\' && *text.ptr != '\n' && *text.ptr != '\r') {
      note_bytes(out, text.ptr, 1);
      text = slice_from(text, 1);
    } else if (*text.ptr == '\\') {
      text = slice_from(text, add_escape(text, out));
    } else {
      text = slice_from(text, 1);
    }
  }
  return 1;
}

/* ---- Lines --------------------------------------------------------------- */

static void add_line(pasted *in, const text_line *line, upshake_slice shown) {
  note_line(&last_head(in->found)->bytes, shown);
  in->lf += line->end == 'n';
  in->indented += shown.ptr != line->text.ptr;
  in->unended = line->end == 0;
}

static void end_head(pasted *in) {
  if (in->open)
    note_bytes(&last_head(in->found)->bytes, "\r\n", 2);
  in->open = 0;
}

static void begin_head(pasted *in, int is_response) {
  end_head(in);
  add_head(in->found, is_response);
  in->open = 1;
  in->in_rest = 0;
}

/* Lines behind a head that begin no other head are its body, or the new
 * protocol. */
static void add_rest(pasted *in, const text_line *line) {
  found_head *last = last_head(in->found);
  if (last == NULL)
    in->left_out++;
  else if (in->in_rest || slice_trim(line->text).len > 0)
    note_bytes(&last->bytes, line->text.ptr, line->len);
  in->in_rest |= last != NULL && slice_trim(line->text).len > 0;
}

static upshake_slice without_indent(const pasted *in, upshake_slice line) {
  size_t at = 0;
  while (at < in->indent && at < line.len &&
         (line.ptr[at] == ' ' || line.ptr[at] == '\t'))
    at++;
  return slice_from(line, at);
}

static void take_line(pasted *in, const text_line *line) {
  upshake_slice shown = without_indent(in, line->text);
  upshake_slice bare = slice_trim(line->text);
  int is_status = is_status_line(shown);
  if (slice_begins(bare, "```")) {
    in->fenced = 1;
  } else if (is_status || is_request_line(shown)) {
    begin_head(in, is_status);
    add_line(in, line, shown);
  } else if (!in->open && bare.len == 0 && last_head(in->found) == NULL) {
    in->leading++;
  } else if (!in->open) {
    add_rest(in, line);
  } else if (bare.len == 0) {
    in->lf += line->end == 'n';
    end_head(in);
  } else {
    add_line(in, line, shown);
  }
}

/* The indentation of the first line of a head. */
static size_t find_indent(upshake_slice text) {
  text_line line;
  while (next_line(&text, &line)) {
    upshake_slice bare = slice_trim(line.text);
    if (is_request_line(bare) || is_status_line(bare))
      return (size_t)(bare.ptr - line.text.ptr);
  }
  return 0;
}

/* ---- What was changed ---------------------------------------------------- */

static void say_repairs(const pasted *in, note *repairs) {
  char words[80];
  if (in->leading > 0) {
    snprintf(words, sizeof words, "%zu leading blank line%s removed",
             in->leading, in->leading == 1 ? "" : "s");
    note_repair(repairs, words);
  }
  if (in->left_out > 0) {
    snprintf(words, sizeof words, "%zu line%s before the head left out",
             in->left_out, in->left_out == 1 ? "" : "s");
    note_repair(repairs, words);
  }
  if (in->fenced)
    note_repair(repairs, "``` removed");
  if (in->unescaped)
    note_repair(repairs, "backslashes taken as what they stand for");
  if (in->indented > 0)
    note_repair(repairs, "indentation removed (indented lines)");
  if (in->lf > 0)
    note_repair(repairs, "LF taken as CR LF");
}

/* An editor drops the empty line at the end easily. */
static void end_last_head(pasted *in) {
  found_head *last = last_head(in->found);
  if (!in->open || last == NULL ||
      (in->lf == 0 && in->indented == 0 && !in->unescaped))
    return;
  end_head(in);
  note_repair(&last->repairs, "the empty line at the end added");
}

/* Everyone knows what was asked before what was answered. */
static void put_request_first(heads *found) {
  if (found->len != 2 || !found->all[0].is_response ||
      found->all[1].is_response)
    return;
  found_head first = found->all[0];
  found->all[0] = found->all[1];
  found->all[1] = first;
  found->all[0].entry = found->all[1].entry = found->entries = 1;
  note_repair(&found->all[0].repairs, "the request put before its response");
}

void read_text(upshake_slice text, heads *found) {
  note plain = {NULL, 0, 0};
  pasted in;
  text_line line;
  memset(&in, 0, sizeof in);
  in.found = found;
  if (unescape(text, &plain)) {
    in.unescaped = 1;
    text = note_slice(&plain);
  }
  in.indent = find_indent(text);
  while (next_line(&text, &line))
    take_line(&in, &line);
  for (size_t i = 0; i < found->len; i++)
    say_repairs(&in, &found->all[i].repairs);
  end_last_head(&in);
  put_request_first(found);
  note_free(&plain);
}
