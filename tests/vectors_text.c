/* SPDX-License-Identifier: MIT
 *
 * Reading the golden vectors: memory, octets with escapes, and the values of
 * lines.
 */
#include "vectors_reader.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- Memory ------------------------------------------------------------- */

struct vector_kept {
  vector_kept *next;
  char octets[];
};

void *vectors_keep(vectors *all, const void *octets, size_t len) {
  vector_kept *kept = malloc(sizeof *kept + len);
  if (kept == NULL)
    abort();
  kept->next = all->kept;
  all->kept = kept;
  if (len > 0)
    memcpy(kept->octets, octets, len);
  return kept->octets;
}

void vectors_free(vectors *all) {
  while (all->first != NULL) {
    vector *next = all->first->next;
    free(all->first);
    all->first = next;
  }
  while (all->kept != NULL) {
    vector_kept *next = all->kept->next;
    free(all->kept);
    all->kept = next;
  }
  memset(all, 0, sizeof *all);
}

void put_octet(text *out, int octet) {
  if (out->len == out->cap) {
    out->cap = out->cap * 2 + 64;
    out->ptr = realloc(out->ptr, out->cap);
    if (out->ptr == NULL)
      abort();
  }
  out->ptr[out->len++] = (char)octet;
}

void note_problem(reader *r, const char *what, const char *line) {
  vector *v = r->vector;
  if (v->problem[0] == 0)
    snprintf(v->problem, sizeof v->problem, "line %zu: %s: %.80s", r->line,
             what, line);
}

/* The next line without its end, or NULL.  A line is made a string. */
char *next_line(reader *r) {
  char *line = r->at;
  if (*line == 0)
    return NULL;
  char *end = strchr(line, '\n');
  r->at = end == NULL ? line + strlen(line) : end + 1;
  if (end != NULL)
    *end = 0;
  r->line++;
  return line;
}

const char *keep_string(reader *r, const char *string) {
  return vectors_keep(r->all, string, strlen(string) + 1);
}

upshake_slice keep_text(reader *r, const text *octets) {
  upshake_slice slice = {NULL, octets->len};
  slice.ptr = vectors_keep(r->all, octets->ptr, octets->len);
  return slice;
}

/* ---- Escapes ------------------------------------------------------------ */

static int hex_value(char digit) {
  static const char digits[] = "0123456789abcdef0123456789ABCDEF";
  const char *found = digit == 0 ? NULL : strchr(digits, digit);
  return found == NULL ? -1 : (int)((found - digits) % 16);
}

static const char *decode_octet(const char *at, text *out) {
  int high = hex_value(at[0]);
  int low = high < 0 ? -1 : hex_value(at[1]);
  if (low < 0)
    return NULL;
  put_octet(out, high * 16 + low);
  return at + 2;
}

/* N{text} */
static const char *decode_repeated(reader *r, const char *at, text *out) {
  char *open;
  unsigned long times = strtoul(at, &open, 10);
  const char *close = strchr(open, '}');
  if (*open != '{' || close == NULL || times > 1000000)
    return NULL;
  while (times-- > 0)
    if (decode_octets(r, open + 1, close, out) != ENDED)
      return NULL;
  return close + 1;
}

static const char *decode_mark(reader *r, const char *at, const text *out) {
  size_t *mark = *at == '!' ? &r->vector->bad_at : &r->vector->consumed_at;
  if (!r->in_request || *mark != VECTOR_NOT_GIVEN)
    return NULL;
  *mark = out->len;
  return at + 1;
}

static const char *decode_escape(reader *r, const char *at, text *out) {
  static const char plain[] = "r\rn\nt\t\\\\";
  const char *found = strchr("rnt\\", *at);
  if (*at == 'x')
    return decode_octet(at + 1, out);
  if (*at == '*')
    return decode_repeated(r, at + 1, out);
  if (*at == '!' || *at == '|')
    return decode_mark(r, at, out);
  if (*at == 0 || found == NULL)
    return NULL;
  put_octet(out, strchr(plain, *at)[1]);
  return at + 1;
}

int decode_octets(reader *r, const char *at, const char *end, text *out) {
  while (at < end) {
    if (*at != '\\') {
      put_octet(out, *at++);
      continue;
    }
    if (at + 1 == end)
      return CONTINUED;
    at = decode_escape(r, at + 1, out);
    if (at == NULL)
      return BROKEN;
  }
  return ENDED;
}

/* One value of a line, which has no line end. */
int decode_value(reader *r, const char *value, size_t len, upshake_slice *out) {
  r->scratch.len = 0;
  if (decode_octets(r, value, value + len, &r->scratch) != ENDED)
    return 0;
  *out = keep_text(r, &r->scratch);
  return 1;
}

/* ---- Values ------------------------------------------------------------- */

int read_number(const char *value, uint64_t max, uint64_t *number) {
  uint64_t n = 0;
  if (*value == 0)
    return 0;
  for (; *value != 0; value++) {
    uint64_t digit = (uint64_t)(unsigned char)*value - '0';
    if (digit > 9 || n > (UINT64_MAX - digit) / 10)
      return 0;
    n = n * 10 + digit;
  }
  *number = n;
  return n <= max;
}

int read_error(const char *value, upshake_error *error) {
  for (unsigned i = 0; i < UPSHAKE_ERRORS_LEN; i++)
    if (is_word(value, upshake_explain((upshake_error)i).name)) {
      *error = (upshake_error)i;
      return 1;
    }
  return 0;
}

/* ---- Lines of a block --------------------------------------------------- */

int take_flag(reader *r) {
  uint8_t *flag = r->member;
  *flag = 1;
  return *r->value == 0;
}

int take_choice(reader *r) {
  uint8_t *choice = r->member;
  const char *word = r->kind->choices;
  *choice = 0;
  for (uint8_t i = 1; *word != 0; i++) {
    size_t len = strcspn(word, " ");
    if (strlen(r->value) == len && memcmp(r->value, word, len) == 0)
      *choice = i;
    word += len + (word[len] == ' ');
  }
  return *choice != 0;
}

int take_limit(reader *r) {
  uint32_t *limit = r->member;
  uint64_t number;
  if (!read_number(r->value, UINT32_MAX, &number))
    return 0;
  *limit = (uint32_t)number;
  return 1;
}

int take_large(reader *r) {
  return read_number(r->value, UINT64_MAX, r->member);
}

int take_small(reader *r) {
  uint8_t *small = r->member;
  uint64_t number;
  if (!read_number(r->value, UINT8_MAX, &number))
    return 0;
  *small = (uint8_t)number;
  return 1;
}

int take_number(reader *r) {
  int *taken = r->member;
  int is_negative = *r->value == '-';
  uint64_t number;
  if (!read_number(r->value + is_negative, 99999, &number))
    return 0;
  *taken = is_negative ? -(int)number : (int)number;
  return 1;
}

int take_string(reader *r) {
  const char **string = r->member;
  *string = keep_string(r, r->value);
  return *r->value != 0;
}

int take_text(reader *r) {
  return decode_value(r, r->value, strlen(r->value), r->member);
}

int take_error(reader *r) { return read_error(r->value, r->member); }

int take_line(reader *r, const line_kind *kinds, size_t len, void *base,
              const char *line) {
  size_t word = strcspn(line, " ");
  for (size_t i = 0; i < len; i++)
    if (strlen(kinds[i].word) == word &&
        memcmp(kinds[i].word, line, word) == 0) {
      r->kind = &kinds[i];
      r->value = line + word + (line[word] == ' ');
      r->member = (char *)base + kinds[i].member;
      return kinds[i].take(r);
    }
  return 0;
}

int take_words(reader *r, const line_kind *kinds, size_t len, void *base) {
  const char *at = r->value;
  char word[64];
  while (*at != 0) {
    size_t n = strcspn(at, " ");
    if (n == 0 || n >= sizeof word)
      return 0;
    memcpy(word, at, n);
    word[n] = 0;
    char *equals = strchr(word, '=');
    if (equals != NULL)
      *equals = ' ';
    if (!take_line(r, kinds, len, base, word))
      return 0;
    at += n + (at[n] == ' ');
  }
  return 1;
}
