/* SPDX-License-Identifier: MIT
 *
 * What the files that read the golden vectors share: the state of reading one
 * chapter, octets with escapes, and kinds of lines.
 */
#ifndef UPSHAKE_TESTS_VECTORS_READER_H
#define UPSHAKE_TESTS_VECTORS_READER_H

#include "vectors.h"

#include <string.h>

/* Octets that grow. */
typedef struct text {
  char *ptr;
  size_t len, cap;
} text;

typedef struct line_kind line_kind;
typedef struct chapter_kind chapter_kind;
typedef struct reader {
  vectors *all;
  const chapter_kind *chapter;
  vector *vector; /* the case at hand, or NULL before the first */
  const char *file;
  char *at; /* the rest of the file */
  size_t line;
  int in_ids;     /* the lines right under a heading */
  int in_request; /* where marks may stand: in what the peer sends */
  unsigned seen;  /* the kinds of block that this case had */
  int named;      /* a `protocol` line replaced the default */
  text scratch;

  /* The line of a block at hand. */
  const line_kind *kind;
  const char *value;
  void *member; /* of the case, where the value goes */
} reader;

static inline int is_word(const char *value, const char *word) {
  return strcmp(value, word) == 0;
}

/* ---- vectors.c ---------------------------------------------------------- */

/* A kind of chapter: its blocks in the order in which they stand, and which of
 * them every case has. */
enum { READER_BLOCKS = 5 };
struct chapter_kind {
  const char *blocks[READER_BLOCKS];
  unsigned needed; /* 1U << the place of a block */
  size_t size;     /* of a case, which begins with a vector */
  void (*begin)(reader *r);
  void (*take_block)(reader *r, unsigned block);
  void (*end)(reader *r); /* or NULL */
};
int read_chapter(vectors *all, const char *path, const chapter_kind *kind);

/* The next line of the block, or NULL behind its last one. */
char *next_block_line(reader *r);

/* The lines of a block that are octets of HTTP. */
void read_octets(reader *r, upshake_slice *octets);

/* ---- vectors_text.c ----------------------------------------------------- */

void put_octet(text *out, int octet);
void note_problem(reader *r, const char *what, const char *line);

/* The next line without its end, or NULL.  A line is made a string. */
char *next_line(reader *r);

/* Copies that live as long as the vectors. */
const char *keep_string(reader *r, const char *string);
upshake_slice keep_text(reader *r, const text *octets);

/* Octets that are written with escapes; CONTINUED: a backslash ends them. */
enum { BROKEN, ENDED, CONTINUED };
int decode_octets(reader *r, const char *at, const char *end, text *out);

/* One value of a line, which has no line end.  0: it is broken. */
int decode_value(reader *r, const char *value, size_t len, upshake_slice *out);

int read_number(const char *value, uint64_t max, uint64_t *number);
int read_error(const char *value, upshake_error *error);

/* ---- Lines of a block --------------------------------------------------- */

/* A kind of line: its first word, what takes the rest, and the member that
 * this goes to.  `take` returns 0 where it does not know the value. */
struct line_kind {
  const char *word;
  int (*take)(reader *r);
  size_t member;
  const char *choices; /* for take_choice: 1 the first, 2 the second... */
};
#define MEMBER(name) offsetof(vector, name)
#define OF_PROTOCOL(name) offsetof(upshake_protocol, name)

/* For line_kind.take. */
int take_flag(reader *r);   /* no value: the member, a uint8_t, is 1 */
int take_choice(reader *r); /* one of kind->choices, to a uint8_t */
int take_limit(reader *r);  /* uint32_t */
int take_large(reader *r);  /* uint64_t */
int take_number(reader *r); /* int */
int take_string(reader *r); /* const char *, not empty */
int take_text(reader *r);   /* upshake_slice */
int take_error(reader *r);  /* upshake_error */

/* Blanks between words that are each a kind of line, but with "=" before the
 * value; 0 where one is unknown. */
int take_words(reader *r, const line_kind *kinds, size_t len, void *base);
int take_small(reader *r); /* uint8_t */

/* Take a line of one of those kinds, into the members of `base`. */
int take_line(reader *r, const line_kind *kinds, size_t len, void *base,
              const char *line);
#define TAKE_LINE(r, kinds, base, line)                                        \
  take_line(r, kinds, sizeof(kinds) / sizeof *(kinds), base, line)

/* ---- vectors_config.c, vectors_expect.c --------------------------------- */

/* Both return 0 where they do not know the line. */
int take_config_line(reader *r, const char *line);
int take_outcome_line(reader *r, const char *line);
int take_expect_line(reader *r, const char *line);

#endif
