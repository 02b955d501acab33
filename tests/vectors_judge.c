/* SPDX-License-Identifier: MIT
 *
 * Running the golden vectors: the layer that judges the fields of another
 * parser, fed with what such a parser would deliver.
 */
#include "vectors_run.h"

#include <stdlib.h>
#include <string.h>

/* ---- The judging layer -------------------------------------------------- */

/* A request as another parser gives it. */
typedef struct parsed {
  upshake_slice method, target, fields;
  int version;
  upshake_field *lines; /* each in memory of its own */
  size_t *line_at;      /* where the line begins */
  size_t len;
} parsed;

static upshake_slice take_word(upshake_slice *line) {
  const char *blank = line->len == 0 ? NULL : memchr(line->ptr, ' ', line->len);
  size_t len = blank == NULL ? line->len : (size_t)(blank - line->ptr);
  upshake_slice word = part(*line, 0, len);
  *line = part(*line, blank == NULL ? len : len + 1, line->len);
  return word;
}

/* Returns 0 where the request line has not the shape of one. */
static int split_request_line(upshake_slice octets, parsed *p) {
  upshake_slice line;
  do
    line = take_crlf_line(&octets);
  while (line.ptr != NULL && line.len == 0);
  if (line.ptr == NULL)
    return 0;
  p->method = take_word(&line);
  p->target = take_word(&line);
  p->fields = octets;
  if (line.len != 8 || memcmp(line.ptr, "HTTP/", 5) != 0)
    return 0;
  p->version = (line.ptr[5] - '0') * 10 + line.ptr[7] - '0';
  return 1;
}

static upshake_slice copy_slice(upshake_slice octets) {
  octets.ptr = copy(octets.ptr, octets.len);
  return octets;
}

static void free_slice(upshake_slice slice) {
  char *octets;
  memcpy(&octets, &slice.ptr, sizeof octets);
  free(octets);
}

/* The field lines that begin before the octet `to`. */
static void split_fields(parsed *p, const char *begin, size_t to) {
  upshake_fields rest = {p->fields, NULL, 0};
  upshake_field field;
  size_t max = p->fields.len / 3 + 1; /* a line has at least "a:" and its end */
  p->lines = calloc(max, sizeof *p->lines);
  p->line_at = calloc(max, sizeof *p->line_at);
  for (;;) {
    size_t at = (size_t)(rest.raw.ptr - begin);
    if (at >= to || !upshake_next_field(&rest, &field))
      break;
    p->line_at[p->len] = at;
    p->lines[p->len].name = copy_slice(field.name);
    p->lines[p->len++].value = copy_slice(field.value);
  }
}

/* The number of the field at that octet: 0 is the request line, and one more
 * than all is the end. */
static size_t number_of_field(const parsed *p, size_t offset, size_t end) {
  size_t number = 0;
  while (number < p->len && p->line_at[number] <= offset)
    number++;
  return offset >= end ? p->len + 1 : number;
}

/* What only a parser can find. */
static int only_parsed(const seen *s, size_t end) {
  upshake_error error = s->result.error;
  if (error == UPSHAKE_ERR_TARGET_FORM || error == UPSHAKE_ERR_TARGET_SCHEME ||
      error == UPSHAKE_ERR_TARGET_AUTHORITY ||
      error == UPSHAKE_ERR_TARGET_SECURED || is_of_line(error))
    return 0;
  return error != UPSHAKE_ERR_HTTP_VERSION &&
         (end == VECTOR_NOT_GIVEN || s->result.consumed < end);
}

/* The key was copied: no reply looks at it again. */
static void free_keys(parsed *p) {
  for (size_t i = 0; i < p->len; i++)
    if (upshake_equal_fold(p->lines[i].name, "Sec-WebSocket-Key")) {
      free_slice(p->lines[i].value);
      p->lines[i].value.ptr = NULL;
    }
}

static void free_parsed(parsed *p) {
  for (size_t i = 0; i < p->len; i++) {
    free_slice(p->lines[i].name);
    free_slice(p->lines[i].value);
  }
  free(p->lines);
  free(p->line_at);
  free_slice(p->method);
  free_slice(p->target);
}

static int same_name(const upshake_field *a, const upshake_field *b) {
  size_t i = 0;
  while (i < a->name.len && i < b->name.len &&
         (a->name.ptr[i] | 0x20) == (b->name.ptr[i] | 0x20))
    i++;
  return i == a->name.len && i == b->name.len;
}

/* 1 if line a stands before line b when lines are sorted by their names. */
static int is_before(const parsed *p, size_t a, size_t b) {
  const upshake_slice *x = &p->lines[a].name, *y = &p->lines[b].name;
  for (size_t i = 0; i < x->len && i < y->len; i++)
    if ((x->ptr[i] | 0x20) != (y->ptr[i] | 0x20))
      return (x->ptr[i] | 0x20) < (y->ptr[i] | 0x20);
  return x->len != y->len ? x->len < y->len : a < b;
}

static size_t place_sorted(const parsed *p, size_t i) {
  for (size_t k = 0;; k++) {
    size_t rank = 0;
    for (size_t other = 0; other < p->len; other++)
      rank += (size_t)is_before(p, other, k);
    if (rank == i)
      return k;
  }
}

/* The line to give as number i.  In every order, lines of one name stay in
 * their order, in which they are one list (RFC 9110 5.3). */
static size_t place_of(const parsed *p, size_t i, judge_order order) {
  size_t at = p->len - 1 - i, later = 0;
  if (order == SORTED)
    return place_sorted(p, i);
  if (order != REVERSED)
    return i;
  for (size_t k = at + 1; k < p->len; k++)
    later += (size_t)same_name(&p->lines[k], &p->lines[at]);
  for (size_t k = 0;; k++)
    if (same_name(&p->lines[k], &p->lines[at]) && later-- == 0)
      return k;
}

static seen judge_once(run *r, parsed *p, judge_order order) {
  static const char *const names[] = {"judged", "judged, reversed",
                                      "judged, sorted", "judged at once"};
  seen s = {0};
  upshake_judge judge;
  upshake_config config = config_of(r);
  upshake_found found = {0};
  r->how = names[order];
  r->cut = 0;
  r->waits = 0;
  p->method = copy_slice(p->method);
  p->target = copy_slice(p->target);
  found.version = p->version;
  found.method = p->method;
  found.target = p->target;
  if (order == AT_ONCE)
    found.fields = upshake_array(p->lines, p->len);
  expect_error(r, "begin", UPSHAKE_OK,
               upshake_judge_begin(&judge, &config, r, &found));
  for (size_t i = 0; order != AT_ONCE && i < p->len; i++) {
    const upshake_field *line = &p->lines[place_of(p, i, order)];
    upshake_judge_field(&judge, line->name, line->value);
  }
  upshake_next next = upshake_judge_end(&judge);
  if (order == RECEIVED || order == AT_ONCE)
    expect_failures(r, &judge.hs);
  if (order != AT_ONCE) /* its array may be walked again */
    free_keys(p);
  finish(r, &judge.hs, &s);
  expect_values(r, &judge.hs, &s);
  s.request = upshake_get_request(&judge.hs);
  if (!r->v->refuses)
    expect_next(r, "next of judge_end", next, s.result.next);
  return s;
}

/* The request line is that of the preface of HTTP/2, and only bytes before or
 * behind it show that this is none.  A judge does not see them. */
static int is_nearly_preface(const seen *s, const parsed *p) {
  return s->result.error == UPSHAKE_ERR_HTTP_VERSION && p->version == 20 &&
         upshake_equal(p->method, "PRI") && upshake_equal(p->target, "*");
}

/* Why the outcome of a judge is not the parser's: "" where it has to be. */
static const char *why_unjudged(const run *r, const seen *s,
                                upshake_slice octets, parsed *p) {
  upshake_error error = s->result.error;
  int has_content = s->content.ptr != NULL;
  if (only_parsed(s, end_of_head(octets)))
    return error == UPSHAKE_ERR_INCOMPLETE ? "incomplete"
           : error == UPSHAKE_ERR_REFUSED  ? "host"
                                           : "parser";
  if (!split_request_line(octets, p))
    return "request line";
  if (is_nearly_preface(s, p))
    return "preface";
  if (r->v->reads_body && s->result.next == UPSHAKE_SEND)
    return "body";
  return has_content && s->result.status != UPSHAKE_ACCEPT ? "body" : "";
}

static void expect_reason(run *r, const char *why) {
  const char *said = r->v->unjudged == NULL ? "" : r->v->unjudged;
  r->how = "judged";
  r->cut = 0;
  if (strcmp(why, said) != 0)
    report(r, "the reason in a line \"judge no (REASON)\" of expect",
           *why == 0 ? "no such line" : why,
           *said == 0 ? "no such line" : said);
}

void judge_case(run *r, const seen *first, judge_order order) {
  upshake_slice octets = r->v->octets;
  size_t end = end_of_head(octets);
  parsed p = {0};
  const char *why = why_unjudged(r, first, octets, &p);
  if (order == RECEIVED)
    expect_reason(r, why);
  if (*why != 0 && strcmp(why, "body") != 0)
    return;
  split_fields(&p, octets.ptr, first->result.consumed);
  seen s = judge_once(r, &p, order);
  if (*why != 0) /* the body's outcome, of a head that was accepted */
    expect_true(r, "nothing is wrong with the head",
                s.result.error == UPSHAKE_OK || r->v->reads_body ||
                    (r->v->refuses && s.result.error == UPSHAKE_ERR_REFUSED));
  else if (first->content.ptr == NULL)
    expect_same(r, first, &s, 1);
  else /* the body is the host's */
    expect_octets(r, "reply", first->reply, s.reply);
  if (s.result.status >= 300 && (order == RECEIVED || order == AT_ONCE) &&
      !r->v->refuses && s.result.error != UPSHAKE_ERR_REFUSED &&
      first->content.ptr == NULL)
    expect_number(r, "number of the field",
                  number_of_field(&p, first->result.offset, end),
                  s.result.offset);
  free_parsed(&p);
  drop_seen(&s);
}
