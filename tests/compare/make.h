/* SPDX-License-Identifier: MIT
 *
 * Making cases: the corpus as it is, then mutations of it.  A case depends on
 * the seed and on its number, and on nothing else.
 */
#ifndef COMPARE_MAKE_H
#define COMPARE_MAKE_H

#include "engine.h"

enum {
  MAKE_STREAM = 1 << 17, /* the longest stream that is mutated */
  MAKE_ARENA = 1 << 16,
  MAKE_LINES = 1 << 15, /* lines of the corpus that are known */
  MAKE_GROUPS = 512
};

/* Cases of the corpus with one outcome and one error. */
typedef struct make_group {
  int outcome, error;
  uint32_t *cases;
  uint32_t len;
} make_group;

typedef struct maker {
  const compare_case *corpus;
  size_t corpus_len;
  uint64_t seed;
  make_group groups[MAKE_GROUPS];
  size_t groups_len;
  compare_bytes lines[COMPARE_KINDS][MAKE_LINES]; /* field lines, with CRLF */
  size_t lines_len[COMPARE_KINDS];

  /* The case at hand. */
  uint64_t random;
  compare_case *it;
  char *stream; /* MAKE_STREAM bytes */
  size_t stream_len;
  char *arena; /* MAKE_ARENA bytes: texts of the config and the like */
  size_t arena_len;
} maker;

/* The corpus stays where it is.  `add_to_group` follows for each case. */
void make_init(maker *m, const compare_case *corpus, size_t len, uint64_t seed);

/* What the case with that number in the corpus came to: rare ends are made as
 * often as frequent ones. */
void make_note(maker *m, size_t number, int outcome, int error);

/* The texts of *it are valid until the next call.  Its stream and request are
 * in memory of exactly their size: make_free. */
void make_case(maker *m, uint64_t number, compare_case *it);
void make_free(compare_case *it);

/* ---- Random choices ------------------------------------------------------ */

uint64_t make_random(maker *m);

static inline size_t make_below(maker *m, size_t most) {
  return most == 0 ? 0 : (size_t)(make_random(m) >> 16) % most;
}

/* True once in n times. */
static inline int make_once_in(maker *m, size_t n) {
  return make_below(m, n) == 0;
}

/* One of many edits, by weight. */
typedef struct make_edit {
  unsigned weight;
  void (*run)(maker *m);
} make_edit;
void make_any(maker *m, const make_edit *edits, size_t len);
#define MAKE_ANY(m, edits) make_any(m, edits, sizeof(edits) / sizeof *(edits))

/* A case of the corpus of the same kind. */
const compare_case *make_other(maker *m);

/* ---- make_stream.c, make_config.c ---------------------------------------- */

void make_edit_stream(maker *m);
void make_edit_config(maker *m);
void make_edit_host(maker *m);
void make_edit_ask(maker *m);
/* One of the limits on a head. */
void make_edit_limits(maker *m);

/* A text in the arena, which is also a string; absent if there is no room. */
char *make_text(maker *m, const char *ptr, size_t len);
/* The same with some bytes changed, none of them 0. */
const char *make_changed(maker *m, const char *string);
/* A byte that means something to HTTP, or any. */
char make_byte(maker *m);
/* A word that means something. */
const char *make_word(maker *m);

#endif
