/* SPDX-License-Identifier: MIT
 *
 * Running the golden vectors: what is said of a case that fails, and the
 * comparison of two runs of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vectors_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- What is said of a case that fails ---------------------------------- */

void report(run *r, const char *what, const char *expected,
            const char *actual) {
  if (r->failures++ == 0)
    print_error("%s:%zu: %s\n", r->v->file, r->v->line, r->v->title);
  print_error("  %s (%s %zu)\n    expected %s\n    actual   %s\n", what, r->how,
              r->cut, expected, actual);
}

/* The octets as the vectors write them. */
static const char *escape(char out[600], upshake_slice octets) {
  char *at = out;
  if (octets.ptr == NULL && octets.len == 0)
    return "absent";
  for (size_t i = 0; i < octets.len && at < out + 590; i++) {
    unsigned char c = (unsigned char)octets.ptr[i];
    if (c == '\r' || c == '\n' || c == '\t' || c == '\\')
      at += sprintf(at, "\\%c", "tn??r"[c == '\\' ? 2 : c - '\t']);
    else if (c < ' ' || c > '~')
      at += sprintf(at, "\\x%02x", c);
    else
      *at++ = (char)c;
  }
  *at = 0;
  return out;
}

int same_octets(upshake_slice a, upshake_slice b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

void expect_octets(run *r, const char *what, upshake_slice expected,
                   upshake_slice actual) {
  char one[600], two[600];
  if (!same_octets(expected, actual) ||
      (expected.ptr == NULL) != (actual.ptr == NULL))
    report(r, what, escape(one, expected), escape(two, actual));
}

void expect_number(run *r, const char *what, uint64_t expected,
                   uint64_t actual) {
  char one[24], two[24];
  if (expected == actual)
    return;
  snprintf(one, sizeof one, "%llu", (unsigned long long)expected);
  snprintf(two, sizeof two, "%llu", (unsigned long long)actual);
  report(r, what, one, two);
}

void expect_error(run *r, const char *what, upshake_error expected,
                  upshake_error actual) {
  if (expected != actual)
    report(r, what, upshake_explain(expected).name,
           upshake_explain(actual).name);
}

void expect_true(run *r, const char *what, int is_so) {
  if (!is_so)
    report(r, what, "yes", "no");
}

void expect_next(run *r, const char *what, upshake_next expected,
                 upshake_next actual) {
  static const char *const names[] = {"READ",  "DECIDE", "SEND",
                                      "PLAIN", "BODY",   "?"};
  if (expected != actual)
    report(r, what, names[expected], names[actual > 5 ? 5 : actual]);
}

/* ---- What one run shows ------------------------------------------------- */

void drop_seen(seen *s) {
  free(s->memory);
  free(s->written);
  free(s->extensions);
  free(s->replies.ptr);
  free(s->content.ptr);
}

char *room_of(size_t len) {
  char *room = malloc(len);
  if (room == NULL && len > 0)
    abort();
  return room;
}

char *copy(const char *octets, size_t len) {
  char *copied = room_of(len);
  if (len > 0)
    memcpy(copied, octets, len);
  return copied;
}

upshake_slice part(upshake_slice octets, size_t from, size_t to) {
  upshake_slice slice = {octets.ptr + from, to - from};
  return slice;
}

void gather(gathered *all, const char *octets, size_t len) {
  char *longer = realloc(all->ptr, all->len + len + 1);
  if (longer == NULL)
    abort();
  if (len > 0)
    memcpy(longer + all->len, octets, len);
  all->ptr = longer;
  all->len += len;
}

upshake_slice slice_of(const gathered *all) {
  upshake_slice slice = {all->ptr, all->len};
  return slice;
}

/* A judged request has no place in a stream, and all its fields are known
 * where a parser stops at one of them. */
void expect_same_result(run *r, const upshake_result *a,
                        const upshake_result *b, int judged) {
  expect_next(r, "next", a->next, b->next);
  expect_error(r, "error", a->error, b->error);
  expect_number(r, "status", (uint64_t)a->status, (uint64_t)b->status);
  expect_true(r, "same protocol", a->protocol == b->protocol);
  expect_octets(r, "subprotocol", a->subprotocol, b->subprotocol);
  /* the host of a judge reads a body that a reset cannot skip */
  if (!judged || b->body_left == 0)
    expect_number(r, "may-keep", a->may_keep != 0, b->may_keep != 0);
  if (!judged || a->body_left != UPSHAKE_BODY_CHUNKED)
    expect_number(r, "body-left", a->body_left, b->body_left);
  if (judged)
    return;
  expect_number(r, "offset", a->offset, b->offset);
  expect_number(r, "consumed", a->consumed, b->consumed);
  if (!r->leans)
    expect_number(r, "dropped", a->dropped, b->dropped);
}

static void expect_same_request(run *r, const upshake_request *a,
                                const upshake_request *b) {
  expect_octets(r, "method", a->method, b->method);
  expect_octets(r, "target", a->target, b->target);
  expect_octets(r, "scheme", a->scheme, b->scheme);
  expect_octets(r, "authority", a->authority, b->authority);
  expect_octets(r, "path", a->path, b->path);
  expect_octets(r, "query", a->query, b->query);
  expect_number(r, "version", a->version, b->version);
  expect_number(r, "body-len", a->body_len, b->body_len);
  expect_number(r, "has-upgrade", a->has_upgrade, b->has_upgrade);
  expect_number(r, "has-expect", a->has_expect, b->has_expect);
  expect_number(r, "unknown-coding", a->unknown_coding, b->unknown_coding);
  expect_number(r, "empty-host", a->empty_host, b->empty_host);
}

void expect_same(run *r, const seen *a, const seen *b, int judged) {
  expect_same_result(r, &a->result, &b->result, judged);
  if (!judged || a->request.fields.raw.ptr != NULL)
    expect_same_request(r, &a->request, &b->request);
  if (!judged && !r->leans) /* of which there are less then */
    expect_octets(r, "fields", a->request.fields.raw, b->request.fields.raw);
  expect_number(r, "decisions", a->decisions, b->decisions);
  expect_error(r, "call", a->call, b->call);
  expect_error(r, "reply call", a->reply_error, b->reply_error);
  expect_octets(r, "replies", slice_of(&a->replies), slice_of(&b->replies));
  if (judged)
    return;
  expect_number(r, "taken", a->taken, b->taken);
  expect_octets(r, "content", slice_of(&a->content), slice_of(&b->content));
}
