/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: a line with a mark below it: see mark.h.
 */
#include "mark.h"

#include <string.h>

#include "print.h"

/* Columns: of the part of a line that is shown, of its part before the mark,
 * and of a mark with its words. */
enum { SHOWN = 66, SHOWN_BEFORE = 42, WORDS = 71 };

static size_t width_of(char byte) {
  char escape = escape_of((unsigned char)byte);
  return escape == 0 ? 1 : escape == 'x' ? 4 : 2;
}

/* Finds the line of the byte, its LF included. */
static void find_line(line_mark *mark) {
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

static size_t width_at(const line_mark *mark, size_t at) {
  return width_of(*input_at(mark->in, at));
}

static size_t grow_left(line_mark *mark, size_t room) {
  while (mark->shown_at > mark->line_at && mark->shown_at > mark->in->from &&
         width_at(mark, mark->shown_at - 1) <= room)
    room -= width_at(mark, --mark->shown_at);
  return room;
}

static size_t grow_right(line_mark *mark, size_t room) {
  while (mark->shown_end < mark->line_end &&
         width_at(mark, mark->shown_end) <= room)
    room -= width_at(mark, mark->shown_end++);
  return room;
}

/* Leaves out the end of the line, if the mark is before it. */
static void drop_line_end(line_mark *mark) {
  static const char ends[] = "\n\r";
  for (size_t i = 0; i < sizeof ends - 1; i++)
    if (mark->line_end > mark->offset + 1 && mark->line_end > mark->line_at &&
        *input_at(mark->in, mark->line_end - 1) == ends[i])
      mark->line_end--;
}

/* Chooses the bytes around the mark that fit the columns.  If one side does not
 * need its room, the other side gets it. */
static void cut_line(line_mark *mark) {
  size_t room = SHOWN - SHOWN_BEFORE;
  mark->shown_at = mark->shown_end = mark->offset;
  room += grow_left(mark, SHOWN_BEFORE);
  room = grow_right(mark, room);
  grow_left(mark, room);
}

int find_mark(line_mark *mark, const input *in, size_t offset) {
  memset(mark, 0, sizeof *mark);
  mark->in = in;
  mark->offset = offset;
  if (offset > input_end(in) || offset < in->from)
    return 0;
  find_line(mark);
  drop_line_end(mark);
  cut_line(mark);
  return 1;
}

void note_mark(note *out, const line_mark *mark, const char *words) {
  int cut = mark->shown_at > mark->line_at;
  int indent = cut ? 3 : 0;
  for (size_t i = mark->shown_at; i < mark->offset; i++)
    indent += (int)width_at(mark, i);
  note_add(out, "%4zu | %s", mark->line, cut ? "..." : "");
  note_escaped(out, (upshake_slice){input_at(mark->in, mark->shown_at),
                                    mark->shown_end - mark->shown_at});
  note_add(out, "%s\n", mark->shown_end < mark->line_end ? "..." : "");
  const char *between = " ";
  if (*words == '\0')
    between = "";
  else if ((size_t)indent + strlen(words) > WORDS) /* on a line of their own */
    between = "\n     | ";
  note_add(out, "     | %*s^%s%s\n", indent, "", between, words);
}

upshake_slice line_of(const line_mark *mark) {
  size_t at = mark->line_at < mark->in->from ? mark->in->from : mark->line_at;
  size_t end = mark->offset;
  while (end < input_end(mark->in) && *input_at(mark->in, end) != '\r' &&
         *input_at(mark->in, end) != '\n')
    end++;
  return (upshake_slice){input_at(mark->in, at), end - at};
}
