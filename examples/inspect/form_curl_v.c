/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: the output of curl -v and of upshake-client -v: "> " before
 * each line of a request, "< " before each line of a response.
 */
#include <stdio.h>
#include <string.h>

#include "forms.h"
#include "lines.h"

typedef struct marked {
  heads *found;
  char open;    /* the mark of the head that has not ended, or 0 */
  int interim;  /* the last head is a 1xx, which another response follows */
  size_t lines; /* of the open head */
} marked;

static void end_head(marked *in) {
  char words[80];
  found_head *last = last_head(in->found);
  if (in->open == 0)
    return;
  note_bytes(&last->bytes, "\r\n", 2);
  snprintf(words, sizeof words, "%s of %zu lines; \"%c \" removed",
           last->is_response ? "response" : "request", in->lines, in->open);
  last->repairs.len = 0;
  note_repair(&last->repairs, words);
  note_repair(&last->repairs, "LF taken as CR LF");
  in->open = 0;
}

/* 100 and 103; a 101 is final. */
static int is_interim(upshake_slice status_line) {
  long at = slice_find(status_line, " 1");
  return at >= 0 && slice_find(status_line, " 101") != at;
}

static void begin_head(marked *in, char mark, upshake_slice text) {
  end_head(in);
  int goes_on = mark == '<' && in->interim;
  if (!goes_on)
    add_head(in->found, mark == '<');
  in->interim = mark == '<' && is_interim(text);
  in->lines = 0;
  in->open = mark;
}

static void take_line(marked *in, upshake_slice text) {
  char mark = text.len > 0 ? *text.ptr : 0;
  if (mark != '>' && mark != '<')
    return;
  text = slice_from(text, 1);
  if (text.len > 0 && *text.ptr == ' ')
    text = slice_from(text, 1);
  if (mark == '>' ? is_request_line(text) : is_status_line(text))
    begin_head(in, mark, text);
  else if (in->open != mark)
    return;
  if (text.len == 0) {
    end_head(in);
    return;
  }
  note_line(&last_head(in->found)->bytes, text);
  in->lines++;
}

void read_curl_v(upshake_slice text, heads *found) {
  marked in = {found, 0, 0, 0};
  text_line line;
  while (next_line(&text, &line)) {
    upshake_slice shown = line.text;
    while (shown.len > 0 && (*shown.ptr == ' ' || *shown.ptr == '\t'))
      shown = slice_from(shown, 1);
    while (shown.len > 0 && shown.ptr[shown.len - 1] == '\r')
      shown.len--;
    take_line(&in, shown);
  }
  end_head(&in);
  if (found->len == 0)
    found->why = "the output of curl -v, and it has no line with \"> \" that "
                 "begins a request";
}
