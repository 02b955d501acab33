/* SPDX-License-Identifier: MIT
 *
 * A reply as values: its field lines one by one.
 */
#ifndef UPSHAKE_SRC_REPLY_VALUES_H
#define UPSHAKE_SRC_REPLY_VALUES_H

#include "reply.h"

/* Gives the next line of a reply that was checked.  The Accept, if there is
 * one, is in cursor->text.  In HTTP/2 and 3 (is_stream) the first line is
 * ":status", with this status; names are in lower case, and fields of one
 * connection are left out.  Returns 1, or 0 at the end. */
UPSHAKE_PRIVATE int upshake__next_value(const reply *r, int is_stream,
                                        upshake_cursor *cursor,
                                        upshake_line *line);

/* Begins a line: no field, and what every line says of the reply. */
static inline void begin_line(upshake_line *line, int status) {
  memset(line, 0, sizeof *line);
  line->status = status;
}

/* Notes why there is no line, and which added field is the culprit. */
static inline int fail_line(upshake_line *line, upshake_error error,
                            const upshake_extra *extra, size_t place) {
  begin_line(line, 500);
  line->reason = upshake__phrase_of(500);
  line->error = error;
  if (extra && place < extra->fields_len)
    line->field = extra->fields[place];
  return -1;
}

#endif
