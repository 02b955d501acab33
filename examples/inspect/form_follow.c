/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: the output of "tshark -q -z follow,tcp,...", as ASCII, hex
 * or raw.  What the second node sent is behind a tab.
 */
#include <string.h>

#include "forms.h"
#include "hex.h"
#include "lines.h"
#include "streams.h"

typedef struct sides {
  note of_node[2];
  heads *found;
} sides;

static upshake_slice digits_of(upshake_slice line) {
  upshake_slice digits = {line.ptr, 0};
  while (digits.len < line.len && line.ptr[digits.len] >= '0' &&
         line.ptr[digits.len] <= '9')
    digits.len++;
  return digits;
}

/* A length, and so many bytes behind its line.  Returns 0 if they are not
 * there: the text was edited. */
static int take_counted(sides *in, int node, upshake_slice line,
                        upshake_slice *text) {
  upshake_slice digits = digits_of(line);
  size_t len = 0;
  if (digits.len == 0 || digits.len != line.len || digits.len > 8)
    return 0;
  for (size_t i = 0; i < digits.len; i++)
    len = len * 10 + (size_t)(digits.ptr[i] - '0');
  if (len > text->len)
    return 0;
  note_bytes(&in->of_node[node], text->ptr, len);
  *text = slice_from(*text, len);
  return 1;
}

/* Eight digits of an offset, two blanks, and up to 16 bytes. */
static int take_hex(sides *in, int node, upshake_slice line) {
  note offset = {NULL, 0, 0};
  size_t len = add_hex(line, 4, &offset);
  note_free(&offset);
  if (len != 4 || line.len < 12 || line.ptr[8] != ' ' || line.ptr[9] != ' ')
    return 0;
  return add_hex(slice_from(line, 8), 16, &in->of_node[node]) > 0;
}

static int take_raw(sides *in, int node, upshake_slice line) {
  for (size_t i = 0; i < line.len; i++)
    if (hex_digit(line.ptr[i]) < 0)
      return 0;
  return line.len >= 2 && line.len % 2 == 0 &&
         add_hex(line, line.len / 2, &in->of_node[node]) > 0;
}

static void end_stream(sides *in) {
  split_heads(note_slice(&in->of_node[0]), note_slice(&in->of_node[1]),
              in->found);
  note_free(&in->of_node[0]);
  note_free(&in->of_node[1]);
}

/* How the bytes are shown. */
typedef enum shown_as { ASCII, HEX, RAW } shown_as;

static int take_line(sides *in, shown_as style, upshake_slice shown,
                     upshake_slice *text) {
  int node = shown.len > 0 && *shown.ptr == '\t';
  upshake_slice bare = slice_from(shown, (size_t)node);
  if (style == HEX)
    return take_hex(in, node, bare);
  if (style == RAW)
    return take_raw(in, node, bare);
  return take_counted(in, node, bare, text);
}

/* Returns 0 if a line is none of the form. */
static int read_streams(upshake_slice text, sides *in) {
  shown_as style = ASCII;
  text_line line;
  while (next_line(&text, &line)) {
    upshake_slice shown = line.text;
    if (slice_begins(shown, "Follow: "))
      style = slice_find(shown, ",hex") > 0   ? HEX
              : slice_find(shown, ",raw") > 0 ? RAW
                                              : ASCII;
    else if (slice_begins(shown, "====="))
      end_stream(in);
    else if (shown.len > 0 && !slice_begins(shown, "Node ") &&
             !slice_begins(shown, "Filter: ") &&
             !take_line(in, style, shown, &text))
      return 0;
  }
  end_stream(in);
  return 1;
}

void read_follow(upshake_slice text, heads *found) {
  sides in;
  memset(&in, 0, sizeof in);
  in.found = found;
  int is_whole = read_streams(text, &in);
  note_free(&in.of_node[0]);
  note_free(&in.of_node[1]);
  if (!is_whole || found->len == 0) {
    heads_free(found);
    read_text(text, found);
  }
  if (found->len == 0) {
    found->why = "the output of tshark's follow, and it has no HTTP/1.1 in it";
    found->fix = "tshark -r FILE -q -z follow,tcp,ascii,0 | upshake-inspect";
  }
}
