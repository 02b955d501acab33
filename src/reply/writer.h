/* SPDX-License-Identifier: MIT
 *
 * A writer: a window on a message.  The message is generated each time; only
 * bytes inside [from, from + cap) are stored.  A message that is taken in parts
 * is generated from the added field on that the last part ended in.
 */
#ifndef UPSHAKE_SRC_REPLY_WRITER_H
#define UPSHAKE_SRC_REPLY_WRITER_H

#include "../text/bytes.h"

/* Positions are counted from the beginning of the message, or from the added
 * field `first`.  If `whole` is 1, the message is stored complete or not at
 * all.  If there is a `take`, it is called with each field line instead: see
 * values.h. */
typedef struct writer writer;
typedef void field_taker(writer *w, upshake_slice name, upshake_slice value);
struct writer {
  char *out;
  size_t cap;
  size_t pos;       /* bytes generated so far, stored or not            */
  uint32_t from;    /* the first byte to store                          */
  uint32_t first;   /* added fields that are stored whole               */
  size_t room;      /* bytes that fit for sure: not used in UPSHAKE_SMALL */
  uint32_t next_at; /* the end of these fields                          */
  int whole;
  field_taker *take; /* or NULL */
};

/* Goes back to the first byte of the message. */
static inline void writer_rewind(writer *w) {
  w->pos = 0;
#ifndef UPSHAKE_SMALL
  w->room = w->from == 0 ? w->cap : 0;
#endif
}

/* 1 if no further byte of this part fits. */
static inline int is_part_full(const writer *w) {
  return !w->whole && w->pos >= w->from + w->cap;
}

/* Notes that so many added fields are stored, if they are. */
static inline void note_stored(writer *w, size_t fields_len) {
  if (w->whole || w->pos > w->from + w->cap)
    return;
  w->first = (uint32_t)fields_len;
  w->next_at = (uint32_t)w->pos;
}

/* Takes no slice: each call is shorter so. */
UPSHAKE_PRIVATE void upshake__put_bytes(writer *w, const char *bytes,
                                        size_t len);
static inline void put_slice(writer *w, upshake_slice bytes) {
  upshake__put_bytes(w, bytes.ptr, bytes.len);
}
static inline void put_text(writer *w, const char *text) {
  upshake__put_bytes(w, text, strlen(text));
}

/* Writes a number to the end of this room, which is large enough. */
ALWAYS_INLINE upshake_slice number_in(char *room, size_t cap, size_t number) {
  size_t at = cap;
  do
    room[--at] = (char)('0' + number % 10);
  while (number /= 10);
  return slice_of(room + at, cap - at);
}

UPSHAKE_PRIVATE void upshake__put_number(writer *w, size_t number);

/* Writes the value of Content-Length to the end of this room. */
#define LENGTH_MAX 20
UPSHAKE_PRIVATE upshake_slice upshake__length_in(char room[LENGTH_MAX],
                                                 uint64_t len);

/* Puts the line Content-Length.  Inlined, so that it adds no frame. */
ALWAYS_INLINE void put_length(writer *w, uint64_t len) {
  char digits[LENGTH_MAX];
  put_text(w, "Content-Length: ");
  put_slice(w, upshake__length_in(digits, len));
  put_text(w, "\r\n");
}

/* Puts a field line. */
UPSHAKE_PRIVATE void upshake__put_line(writer *w, upshake_slice name,
                                       upshake_slice value);

/* Puts a field line; nothing if the value is absent. */
UPSHAKE_PRIVATE void upshake__put_field(writer *w, const char *name,
                                        upshake_slice value);

#endif
