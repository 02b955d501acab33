/* SPDX-License-Identifier: MIT
 *
 * A window on the octets of a message that is written: all of it is produced
 * in order, each time; what lies outside of the window is counted and not
 * stored.
 */
#ifndef UPSHAKE_WINDOW_H
#define UPSHAKE_WINDOW_H

#include "bytes.h"

/* Those octets from position `from` on, up to cap of them, are stored in out.
 * A whole message is stored complete or not at all. */
typedef struct window {
  char *out;
  size_t cap, from;
  size_t pos; /* how many octets were produced, stored or not */
  int whole;
  size_t room; /* how many more are stored without a look at the rest */
} window;

/* All of it is produced again. */
static inline void window_rewind(window *w) {
  w->pos = 0;
  w->room = w->from == 0 ? w->cap : 0;
}

/* Not as a slice: where that has to be on the stack, each call is longer. */
void upshake_put_octets(window *w, const char *octets, size_t len);
static inline void upshake_put(window *w, upshake_slice octets) {
  upshake_put_octets(w, octets.ptr, octets.len);
}
static inline void upshake_put_text(window *w, const char *text) {
  upshake_put_octets(w, text, strlen(text));
}

/* The same with a string literal, whose length is known: a few stores where it
 * fits and code is not dearer than time. */
#ifdef UPSHAKE_SMALL
#define PUT_LITERAL(w, literal) upshake_put_octets(w, UPSHAKE_TEXT(literal))
#else
#define PUT_LITERAL(w, literal) put_literal(w, UPSHAKE_TEXT(literal))
ALWAYS_INLINE void put_literal(window *w, const char *literal, size_t len) {
  if (len > w->room) {
    upshake_put_octets(w, literal, len);
    return;
  }
  memcpy(w->out + w->pos, literal, len);
  w->pos += len;
  w->room -= len;
}
#endif

void upshake_put_number(window *w, size_t number);

/* A field line; none where the value is absent. */
void upshake_put_field(window *w, const char *name, upshake_slice value);

/* Field lines that an application adds. */
void upshake_put_added(window *w, const upshake_field *fields, size_t len);

#endif
