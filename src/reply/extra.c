/* SPDX-License-Identifier: MIT
 *
 * What an application adds to a reply: the checks, and the added fields.
 * reply.c calls this by pointers, so that a program that adds nothing does not
 * link it.
 */
#include "added.h"
#include "reply.h"

static size_t find_extra(const upshake_extra *extra, const char *name,
                         size_t skip) {
  added fields = {extra->fields, extra->fields_len};
  return upshake__find_added(fields, name, skip);
}

static int has_extra_field(const upshake_extra *extra, const char *name) {
  return find_extra(extra, name, 0) < extra->fields_len;
}

/* 1 if the application adds the field that the status needs.  Another server's
 * answer goes on as it is. */
static int has_needed_field(const upshake_extra *extra, const char *name) {
  return extra->relayed || has_extra_field(extra, name);
}

/* 1 if more than `most` added fields have this name.  *place is then the first
 * field that is too many. */
static int has_more(const upshake_extra *extra, const char *name, size_t most,
                    size_t *place) {
  *place = find_extra(extra, name, most);
  return *place < extra->fields_len;
}

/* 1 if a field that is not a list would be sent twice (RFC 9110 5.3). */
static int is_repeated(const reply *r, const upshake_extra *extra,
                       size_t *place) {
#define NAME(name) name,
  static const char singletons[][13] = {ONLY_ONCE(NAME)};
#undef NAME

  for (size_t i = 0; i < sizeof singletons / sizeof singletons[0]; i++)
    if (has_more(extra, singletons[i], 1, place))
      return 1;
  return has_more(extra, "Date", extra->date.ptr ? 0 : 1, place) ||
         (r->allow && has_more(extra, "Allow", 0, place)) ||
         (r->capsules && has_more(extra, "Capsule-Protocol", 0, place));
}

/* 1 if an added field goes against the rules of capsules (RFC 9297 3.2 and
 * 3.4). */
static int is_not_for_capsules(const reply *r, const upshake_extra *extra,
                               size_t *place) {
  return (r->capsules && has_more(extra, "Content-Type", 0, place)) ||
         (r->status != SWITCHING &&
          has_more(extra, "Capsule-Protocol", 0, place));
}

/* 1 if `text` stands at this place of the value, and more bytes behind it. */
static int stands_at(upshake_slice value, size_t at, const char *text) {
  size_t len = strlen(text);
  return value.len > at + len &&
         upshake_equal_fold(slice_of(value.ptr + at, len), text);
}

/* 1 if this Content-Type is multipart/byteranges with a boundary. */
static int is_in_parts(upshake_slice type) {
  static const char in_parts[] = "multipart/byteranges";
  size_t at = sizeof in_parts - 1;
  if (!stands_at(type, 0, in_parts) ||
      (type.ptr[at] != ';' && !is_blank(type.ptr[at])))
    return 0;
  while (++at < type.len)
    if (stands_at(type, at, "boundary=") &&
        (type.ptr[at - 1] == ';' || is_blank(type.ptr[at - 1])))
      return 1;
  return 0;
}

/* A 206 says which part it has: in Content-Range, or if there are several
 * parts, in each of them and only there (RFC 9110 15.3.7). */
static int has_range(const upshake_extra *extra) {
  size_t at = find_extra(extra, "Content-Type", 0);
  int has_one = has_extra_field(extra, "Content-Range");
  int has_several =
      at < extra->fields_len && is_in_parts(extra->fields[at].value);
  return has_one != has_several;
}

upshake_error upshake__check_range(int status, const upshake_extra *extra,
                                   size_t *place) {
  if (status != PARTIAL_CONTENT || extra->relayed || has_range(extra))
    return UPSHAKE_OK;
  *place = 0; /* no added field is wrong */
  return UPSHAKE_ERR_NEEDS_RANGE;
}

/* 1 if the reply can have no content at all (RFC 9110 15.2, 15.3.5, 15.3.6).
 * What is added to a 100 belongs to the final response. */
static int is_empty(const reply *r) {
  return r->status == SWITCHING || is_early(r) || r->status == NO_CONTENT ||
         r->status == RESET_CONTENT;
}

/* 1 if the reply can have this content.  A 304 has only the length of what it
 * does not send (RFC 9110 15.4.5). */
static int can_have(const reply *r, const upshake_extra *extra) {
  if (extra->content > UPSHAKE_CONTENT_CHUNKED ||
      (extra->content != UPSHAKE_CONTENT_MEMORY && extra->body.len > 0) ||
      (extra->content != UPSHAKE_CONTENT_LENGTH && extra->body_len > 0))
    return 0;
  if (is_empty(r))
    return extra->content == UPSHAKE_CONTENT_MEMORY && extra->body.len == 0;
  return r->status != NOT_MODIFIED ||
         (extra->content != UPSHAKE_CONTENT_CHUNKED && extra->body.len == 0);
}

/* Checks the rest of extra.  Its fields were checked one by one. */
static upshake_error check_extra(const reply *r, size_t *place) {
  const upshake_extra *extra = r->extra;
  if (extra->date.ptr &&
      (extra->date.len == 0 || !upshake__is_value(extra->date)))
    return UPSHAKE_ERR_EXTRA_VALUE;
  if (!upshake__is_value(extra->reason) ||
      !upshake__is_value(extra->extensions))
    return UPSHAKE_ERR_EXTRA_VALUE;
  if (is_not_for_capsules(r, extra, place))
    return UPSHAKE_ERR_EXTRA_RESERVED;
  if (is_repeated(r, extra, place))
    return UPSHAKE_ERR_EXTRA_REPEATED;
  return can_have(r, extra) ? UPSHAKE_OK : UPSHAKE_ERR_EXTRA_BODY;
}

/* Puts the fields that are not stored yet, while there is room. */
static NOINLINE COLD void put_added(writer *w, const upshake_extra *extra) {
  for (size_t i = w->first; i < extra->fields_len && !is_part_full(w); i++) {
    upshake__put_line(w, extra->fields[i].name, extra->fields[i].value);
    note_stored(w, i + 1);
  }
}

static void put_framing(writer *w, const reply *r) {
  if (framing_of(r) == FRAMING_CHUNKED)
    put_text(w, "Transfer-Encoding: chunked\r\n");
  else if (framing_of(r) == FRAMING_LENGTH)
    put_length(w, content_len(r));
}

static void put_extra_fields(writer *w, const upshake_extra *extra) {
  if (w->first == 0)
    upshake__put_field(w, "Date", extra->date);
  put_added(w, extra);
}

UPSHAKE_PRIVATE_CONST const upshake_extra upshake__no_extra = {.keep = 0};

UPSHAKE_PRIVATE_CONST const extra_calls upshake__extra_calls = {
    .check = check_extra,
    .has = has_needed_field,
    .put_framing = put_framing,
    .put = put_extra_fields};
