/* SPDX-License-Identifier: MIT
 *
 * A writer: a window on a message.  The whole message is generated each time;
 * only bytes inside [from, from + cap) are stored.
 */
#ifndef UPSHAKE_SRC_REPLY_WRITER_H
#define UPSHAKE_SRC_REPLY_WRITER_H

#include "../text/bytes.h"

/* Stores the bytes from position `from` on in out, at most cap bytes.  If
 * `whole` is 1, the message is stored complete or not at all. */
typedef struct writer {
  char *out;
  size_t cap, from;
  size_t pos; /* bytes generated so far, stored or not */
  int whole;
  size_t room; /* bytes that fit for sure, stored without a check */
} writer;

/* Goes back to the first byte of the message. */
static inline void writer_rewind(writer *w) {
  w->pos = 0;
  w->room = w->from == 0 ? w->cap : 0;
}

/* Takes no slice, because some machines pass a slice on the stack, which makes
 * each call longer. */
UPSHAKE_PRIVATE void upshake__put_bytes(writer *w, const char *bytes,
                                        size_t len);
static inline void put_slice(writer *w, upshake_slice bytes) {
  upshake__put_bytes(w, bytes.ptr, bytes.len);
}
static inline void put_text(writer *w, const char *text) {
  upshake__put_bytes(w, text, strlen(text));
}

UPSHAKE_PRIVATE void upshake__put_number(writer *w, size_t number);

/* Puts a field line. */
UPSHAKE_PRIVATE void upshake__put_line(writer *w, upshake_slice name,
                                       upshake_slice value);

/* The same for each of these fields. */
static inline void put_lines(writer *w, const upshake_field *fields,
                             size_t len) {
  for (; len > 0; len--, fields++)
    upshake__put_line(w, fields->name, fields->value);
}

/* Puts a field line; nothing if the value is absent. */
UPSHAKE_PRIVATE void upshake__put_field(writer *w, const char *name,
                                        upshake_slice value);

#endif
