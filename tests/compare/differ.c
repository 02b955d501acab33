/* SPDX-License-Identifier: MIT
 *
 * One case, run by both libraries in one way, and what they disagree about.
 */
#include "differ.h"

#include <stdio.h>

/* compare_engine_of of each library, renamed by compare.sh. */
const compare_engine *compare_engine_old(void);
const compare_engine *compare_engine_new(void);

static int new_error(const differ *d, const char *name) {
  const char *other;
  for (int i = 0; (other = d->engines[NEW]->error_name(i)) != NULL; i++)
    if (strcmp(name, other) == 0)
      return i;
  return -2;
}

void differ_init(differ *d, const char *(*renamed)(const char *name)) {
  const char *name;
  memset(d, 0, sizeof *d);
  d->engines[OLD] = compare_engine_old();
  d->engines[NEW] = compare_engine_new();
  for (int i = 0; i < DIFFER_ERRORS; i++)
    d->names[i] = -2;
  for (int i = 0; i < DIFFER_ERRORS; i++) {
    name = d->engines[OLD]->error_name(i);
    if (name == NULL)
      return;
    d->names[i] = new_error(d, renamed(name));
  }
  abort(); /* more errors than there is room for */
}

/* ---- Ways ---------------------------------------------------------------- */

static compare_way way_of(uint8_t layer, uint8_t split, uint32_t seed) {
  compare_way way;
  memset(&way, 0, sizeof way);
  way.layer = layer;
  way.split = split;
  way.seed = seed;
  return way;
}

static size_t request_ways(uint32_t seed, compare_way *ways) {
  ways[0] = way_of(COMPARE_FEED, COMPARE_WHOLE, seed);
  ways[1] = way_of(COMPARE_FEED, COMPARE_SINGLE, seed);
  ways[2] = way_of(COMPARE_FEED, COMPARE_RANDOM, seed);
  ways[2].moves = 1;
  ways[2].waits = seed & 1;
  ways[2].parts = 1 + (seed >> 8) % 97;
  ways[3] = way_of(COMPARE_COMMIT, COMPARE_RANDOM, seed);
  ways[3].waits = seed >> 1 & 1;
  ways[4] = way_of(COMPARE_JUDGE, COMPARE_WHOLE, seed);
  ways[4].waits = seed >> 2 & 1;
  ways[5] = way_of(COMPARE_PARSE, COMPARE_RANDOM, seed);
  return 6;
}

size_t differ_ways(const compare_case *it, uint32_t seed,
                   compare_way ways[DIFFER_WAYS]) {
  if (it->kind == COMPARE_REQUEST)
    return request_ways(seed, ways);
  if (it->kind == COMPARE_ASK) {
    ways[0] = way_of(COMPARE_WRITE, COMPARE_WHOLE, seed);
    return 1;
  }
  ways[0] = way_of(COMPARE_CLIENT, COMPARE_WHOLE, seed);
  ways[1] = way_of(COMPARE_CLIENT, COMPARE_SINGLE, seed);
  ways[2] = way_of(COMPARE_CLIENT, COMPARE_RANDOM, seed);
  return 3;
}

/* ---- What another parser would find -------------------------------------- */

static compare_bytes take_line(compare_bytes *from) {
  compare_bytes line = {NULL, 0};
  for (size_t i = 0; i + 1 < from->len; i++)
    if (from->ptr[i] == '\r' && from->ptr[i + 1] == '\n') {
      line.ptr = from->ptr;
      line.len = i;
      from->ptr += i + 2;
      from->len -= i + 2;
      return line;
    }
  return line;
}

static compare_bytes take_word(compare_bytes *line) {
  compare_bytes word = {line->ptr, 0};
  while (word.len < line->len && line->ptr[word.len] != ' ')
    word.len++;
  size_t gone = word.len < line->len ? word.len + 1 : word.len;
  line->ptr += gone;
  line->len -= gone;
  return word;
}

static int is_blank(char byte) { return byte == ' ' || byte == '\t'; }

static compare_field split_field(compare_bytes line) {
  compare_field field = {{line.ptr, 0}, {line.ptr, 0}};
  while (field.name.len < line.len && line.ptr[field.name.len] != ':')
    field.name.len++;
  size_t at = field.name.len + (field.name.len < line.len), end = line.len;
  while (at < end && is_blank(line.ptr[at]))
    at++;
  while (end > at && is_blank(line.ptr[end - 1]))
    end--;
  field.value.ptr = line.ptr + at;
  field.value.len = end - at;
  return field;
}

/* Returns 0 if the stream has not the shape of a request. */
static int split_request(differ *d, compare_bytes stream,
                         compare_parsed *parsed) {
  compare_bytes line;
  if (stream.ptr == NULL)
    return 0;
  do
    line = take_line(&stream);
  while (line.ptr != NULL && line.len == 0);
  if (line.ptr == NULL)
    return 0;
  parsed->method = take_word(&line);
  parsed->target = take_word(&line);
  if (line.len != 8 || memcmp(line.ptr, "HTTP/", 5) != 0 || line.ptr[6] != '.')
    return 0;
  parsed->version = (line.ptr[5] - '0') * 10 + (line.ptr[7] - '0');
  parsed->fields = d->fields;
  parsed->fields_len = 0;
  while (parsed->fields_len < DIFFER_FIELDS) {
    line = take_line(&stream);
    if (line.len == 0)
      return 1;
    d->fields[parsed->fields_len++] = split_field(line);
  }
  return 0;
}

/* ---- Running ------------------------------------------------------------- */

int differ_run(differ *d, const compare_case *it, const compare_way *way) {
  compare_way full = *way;
  if (way->layer == COMPARE_JUDGE &&
      !split_request(d, it->stream, &full.parsed))
    return 0;
  return d->engines[OLD]->run(it, &full, &d->outputs[OLD]) &&
         d->engines[NEW]->run(it, &full, &d->outputs[NEW]);
}

static int is_same_error(const differ *d, int old, int new) {
  if (old == COMPARE_NO_ERROR || new == COMPARE_NO_ERROR)
    return old == new;
  return d->names[old] == new;
}

static int is_same_text(const compare_text *a, const compare_text *b) {
  return a->is_there == b->is_there && a->len == b->len &&
         (a->len == 0 || memcmp(a->ptr, b->ptr, a->len) == 0);
}

uint64_t differ_members(const differ *d) {
  const compare_output *a = &d->outputs[OLD], *b = &d->outputs[NEW];
  uint64_t differing = a->outcome != b->outcome;
  int at = 1;
  for (int i = 0; i < COMPARE_ERRORS_LEN; i++, at++)
    if (!is_same_error(d, a->errors[i], b->errors[i]))
      differing |= (uint64_t)1 << at;
  for (int i = 0; i < COMPARE_NUMBERS_LEN; i++, at++)
    if (a->numbers[i] != b->numbers[i])
      differing |= (uint64_t)1 << at;
  for (int i = 0; i < COMPARE_TEXTS_LEN; i++, at++)
    if (!is_same_text(&a->texts[i], &b->texts[i]))
      differing |= (uint64_t)1 << at;
  return differing;
}

/* ---- Names --------------------------------------------------------------- */

const char *differ_member_name(int member) {
  static const char *const names[] = {"outcome",
#define NAME(name) #name,
                                      COMPARE_ERRORS(NAME) COMPARE_NUMBERS(NAME)
                                          COMPARE_TEXTS(NAME)
#undef NAME
  };
  return member < DIFFER_MEMBERS ? names[member] : NULL;
}

const char *differ_outcome_name(int outcome) {
  static const char *const names[] = {
#define NAME(name) #name,
      COMPARE_OUTCOMES(NAME)
#undef NAME
  };
  return names[outcome];
}

const char *differ_error_name(const differ *d, int side, int error) {
  const char *name =
      error == COMPARE_NO_ERROR ? "-" : d->engines[side]->error_name(error);
  return name == NULL ? "?" : name;
}

void differ_summary(const differ *d, int side, char *text, size_t cap) {
  const compare_output *out = &d->outputs[side];
  snprintf(text, cap, "%s %d %s", differ_outcome_name(out->outcome),
           (int)out->numbers[COMPARE_N_status],
           differ_error_name(d, side, out->errors[COMPARE_E_error]));
}
