/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect for people: lines, labels, marks and bytes.
 */
#include <string.h>

#include "print.h"

/* Columns: of a line that is shown with a mark, of the part before the mark,
 * and of words beside a label. */
enum { SHOWN = 70, SHOWN_BEFORE = 46, WORDS = 60 };

/* ---- Bytes -------------------------------------------------------------- */

/* Returns the letter behind the backslash, 0 for a plain byte, 'x' for \xHH. */
static char escape_of(unsigned char c) {
  switch (c) {
  case '\r':
    return 'r';
  case '\n':
    return 'n';
  case '\t':
    return 't';
  case '\\':
    return '\\';
  default:
    return c < 0x20 || c > 0x7e ? 'x' : 0;
  }
}

static size_t width_of(char byte) {
  char escape = escape_of((unsigned char)byte);
  return escape == 0 ? 1 : escape == 'x' ? 4 : 2;
}

void put_escaped(FILE *out, const char *bytes, size_t len) {
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)bytes[i];
    char escape = escape_of(c);
    if (escape == 0)
      putc(c, out);
    else if (escape == 'x')
      fprintf(out, "\\x%02X", c);
    else
      fprintf(out, "\\%c", escape);
  }
}

void put_slice(upshake_slice slice) {
  put_escaped(stdout, slice.ptr, slice.len);
}

void put_bytes(const char *bytes, size_t len) {
  size_t shown = 0, width = 0;
  if (len == 0)
    return;
  while (shown < len && width + width_of(bytes[shown]) <= SHOWN)
    width += width_of(bytes[shown++]);
  fputs("\n    ", stdout);
  put_escaped(stdout, bytes, shown);
  fputs(shown < len ? "...\n" : "\n", stdout);
}

/* ---- Lines --------------------------------------------------------------- */

void put_label(const char *label) { printf("  %-12s  ", label); }

void put_words(const char *words) {
  size_t column = 0;
  while (*words != '\0') {
    size_t len = strcspn(words, " ");
    if (column > 0 && column + 1 + len > WORDS) {
      putchar('\n');
      put_label("");
      column = 0;
    }
    printf("%s%.*s", column ? " " : "", (int)len, words);
    column += len + (column ? 1 : 0);
    words += len + strspn(words + len, " ");
  }
  putchar('\n');
}

void put_error(upshake_error error) {
  upshake_explanation why = upshake_explain(error);
  put_label("reason");
  put_words(why.sentence);
  put_label("error");
  puts(why.name);
  if (*why.rule == '\0')
    return;
  put_label("rule");
  puts(why.rule);
}

void put_hint(const hint *hints, size_t len, upshake_error error) {
  for (size_t i = 0; i < len; i++)
    if (hints[i].error == error) {
      printf("\n%s", hints[i].text);
      return;
    }
}

void put_rest(const char *label, const input *in, size_t at, size_t end) {
  size_t left = end - at;
  int more = in->more && end == input_end(in);
  put_label(label);
  printf("begins at byte %zu; %s%zu byte%s of it %s here\n", at,
         more ? "at least " : "", left, left == 1 ? "" : "s",
         left == 1 ? "is" : "are");
  put_bytes(input_at(in, at), left);
}

/* ---- Fields -------------------------------------------------------------- */

size_t put_received(const char *label, upshake_fields fields,
                    const char *name) {
  upshake_field field;
  size_t count = 0;
  while (upshake_next_field(&fields, &field)) {
    if (!upshake_equal_fold(field.name, name))
      continue;
    put_label(count++ ? "" : label);
    put_slice(field.name);
    fputs(": ", stdout);
    put_slice(field.value);
    putchar('\n');
  }
  return count;
}

size_t put_members(const char *lead, upshake_fields fields, const char *name) {
  upshake_list list = upshake_begin_list(fields, name);
  upshake_slice member;
  size_t count = 0;
  while (upshake_next_member(&list, &member)) {
    fputs(count++ ? ", " : lead, stdout);
    put_slice(member);
  }
  return count;
}

/* ---- The mark ------------------------------------------------------------ */

/* A part of the input that is shown, and a byte in it that is marked. */
typedef struct marked {
  const input *in;
  size_t offset;       /* of the marked byte */
  size_t line, column; /* the same, counted from 1 */
  size_t line_at, line_end;
  size_t shown_at, shown_end;
} marked;

/* Finds the line of the byte, its LF included. */
static void find_line(marked *mark) {
  const input *in = mark->in;
  mark->line = 1 + in->lines;
  mark->line_at = in->line_at;
  for (size_t i = in->from; i < mark->offset; i++)
    if (*input_at(in, i) == '\n') {
      mark->line++;
      mark->line_at = i + 1;
    }
  mark->column = mark->offset - mark->line_at + 1;
  mark->line_end = mark->offset;
  while (mark->line_end < input_end(in) &&
         *input_at(in, mark->line_end++) != '\n')
    continue;
}

static size_t width_at(const marked *mark, size_t at) {
  return width_of(*input_at(mark->in, at));
}

static size_t grow_left(marked *mark, size_t room) {
  while (mark->shown_at > mark->line_at && mark->shown_at > mark->in->from &&
         width_at(mark, mark->shown_at - 1) <= room)
    room -= width_at(mark, --mark->shown_at);
  return room;
}

static size_t grow_right(marked *mark, size_t room) {
  while (mark->shown_end < mark->line_end &&
         width_at(mark, mark->shown_end) <= room)
    room -= width_at(mark, mark->shown_end++);
  return room;
}

/* Chooses the bytes around the mark that fit the columns.  If one side does not
 * need its room, the other side gets it. */
static void cut_line(marked *mark) {
  size_t room = SHOWN - SHOWN_BEFORE;
  mark->shown_at = mark->shown_end = mark->offset;
  room += grow_left(mark, SHOWN_BEFORE);
  room = grow_right(mark, room);
  grow_left(mark, room);
}

static void put_marked_line(const marked *mark) {
  int cut = mark->shown_at > mark->line_at;
  size_t indent = cut ? 3 : 0;
  for (size_t i = mark->shown_at; i < mark->offset; i++)
    indent += width_at(mark, i);

  printf("\n    %s", cut ? "..." : "");
  put_escaped(stdout, input_at(mark->in, mark->shown_at),
              mark->shown_end - mark->shown_at);
  fputs(mark->shown_end < mark->line_end ? "...\n    " : "\n    ", stdout);
  for (size_t i = 0; i < indent; i++)
    putchar(' ');
  fputs("^\n", stdout);
}

void put_where(const input *in, size_t offset) {
  marked mark = {.in = in, .offset = offset};
  if (offset > input_end(in) || offset < in->from)
    return;
  find_line(&mark);
  cut_line(&mark);
  put_label("where");
  printf("byte %zu: line %zu, column %zu%s\n", offset, mark.line, mark.column,
         offset == input_end(in) ? ", the end of the input" : "");
  put_marked_line(&mark);
}

void put_missing(size_t offset) {
  put_label("where");
  printf("byte %zu, behind the head: the head lacks something\n", offset);
}
