/* SPDX-License-Identifier: MIT
 *
 * Running the golden vectors: the reply as values says what its bytes say.
 */
#include "vectors_run.h"

#include <string.h>

#include "check_values.h"

#define LINES_MOST (VECTOR_FIELDS + 16)

/* The bytes without the 100 (Continue) before a 101, and without content. */
static upshake_slice head_of(upshake_slice reply) {
  static const char first[] = "HTTP/1.1 100 Continue\r\n\r\n";
  size_t len = sizeof first - 1, end;
  if (reply.len > len && memcmp(reply.ptr, first, len) == 0)
    reply = part(reply, len, reply.len);
  for (end = 0; end + 4 <= reply.len; end++)
    if (memcmp(reply.ptr + end, "\r\n\r\n", 4) == 0)
      return part(reply, 0, end + 4);
  return reply;
}

/* A line that is only a copy shows that all lines are valid together. */
static void expect_kind(run *r, const seen *s, const upshake_line *line) {
  int is_added = 0;
  for (size_t i = 0; i < s->extra.fields_len; i++)
    is_added |= s->extra.fields[i].value.ptr == line->field.value.ptr &&
                line->field.value.ptr != NULL &&
                s->extra.fields[i].name.ptr == line->field.name.ptr;
  expect_number(r, "kind: added", (uint64_t)is_added,
                (line->kind & UPSHAKE_LINE_ADDED) != 0);
  if (!is_added) {
    int is_hop = upshake_equal(line->field.name, "Upgrade") ||
                 upshake_equal(line->field.name, "Connection");
    expect_number(r, "kind: hop", (uint64_t)is_hop,
                  (line->kind & UPSHAKE_LINE_HOP) != 0);
    expect_number(r, "kind: close",
                  upshake_equal(line->field.name, "Connection") &&
                      upshake_equal(line->field.value, "close"),
                  (line->kind & UPSHAKE_LINE_CLOSE) != 0);
    expect_number(r, "kind: framing",
                  (uint64_t)upshake_equal(line->field.name, "Content-Length") ||
                      upshake_equal(line->field.name, "Transfer-Encoding"),
                  (line->kind & UPSHAKE_LINE_FRAMING) != 0);
  }
}

void expect_values(run *r, upshake *hs, const seen *s) {
  static upshake_line lines[LINES_MOST];
  value_text all = {NULL, s->reply.len + 64, 0};
  upshake_cursor cursor = {0};
  size_t len = 0;
  unsigned list = 0;
  int more;
  while ((more = upshake_reply_line(hs, extra_of(r, s), &cursor, &lines[len])) >
             0 &&
         len + 1 < LINES_MOST)
    len++;
  expect_error(r, "error of the values", s->reply_error, lines[len].error);
  expect_number(r, "-1 for an error", s->reply_error != UPSHAKE_OK, more < 0);
  if (more < 0) {
    expect_number(r, "status of an error", 500, (uint64_t)lines[len].status);
    expect_number(r, "no line before an error", 0, len);
    return;
  }
  expect_number(r, "status at the end", (uint64_t)s->result.status,
                (uint64_t)lines[len].status);
  if (s->result.status == 100) {
    expect_number(r, "lines of a 100", 0, len);
    return;
  }
  all.text = room_of(all.cap);
  add_status(&all, &lines[len]);
  for (size_t i = 0; i < len; i++) {
    add_line(&all, &lines[i], &list);
    expect_kind(r, s, &lines[i]);
  }
  add_text(&all, "\r\n");
  expect_octets(r, "the reply as values", head_of(s->reply),
                part_of(all.text, all.len));
  free(all.text);
}
