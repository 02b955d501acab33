/* SPDX-License-Identifier: MIT
 *
 * The client: a request as the fields of an extended CONNECT (RFC 8441 5, RFC
 * 9220).
 */
#include "client.h"

#include "../judge/known.h"
#include "../reply/reply.h"
#include "../text/field.h"

#ifndef UPSHAKE_NO_CLIENT

/* The lines that come first, in this order. */
enum {
  LINE_METHOD,
  LINE_PROTOCOL,
  LINE_SCHEME,
  LINE_PATH,
  LINE_AUTHORITY,
  LINE_FIELDS
};

/* Kept in cursor->text. */
typedef struct parts {
  upshake_slice target, fields;
} parts;
STATIC_ASSERT(sizeof(parts) <= sizeof((upshake_cursor *)0)->text, parts_fit);

static int read_parts(upshake_slice request, parts *p) {
  upshake_parser parser;
  size_t end;
  memset(&parser, 0, sizeof parser);
  if (upshake_parse_head(&parser, NULL, request.ptr, request.len, &end) ||
      end != request.len)
    return 0;
  p->target = head_target(&parser, request.ptr);
  p->fields = head_fields(&parser, request.ptr);
  return upshake__find_member(p->fields, NAME_UPGRADE, NULL).ptr != NULL;
}

/* 1 for a field that is a pseudo-field in HTTP/2, or has no place there. */
static int is_left_out(upshake_slice name) {
  switch (upshake__which_field(name)) {
  case FIELD_HOST:
  case FIELD_UPGRADE:
  case FIELD_CONNECTION:
  case FIELD_CONTENT_LENGTH:
  case FIELD_HTTP2_SETTINGS:
  case FIELD_KEY:
    return 1;
  default:
    return 0;
  }
}

/* Lowers a name where it is: in HTTP/1.1 its case means nothing. */
static void lower_in(char *request, upshake_slice text, upshake_slice name) {
  char *at = request + (name.ptr - text.ptr);
  for (size_t i = 0; i < name.len; i++)
    at[i] = to_lower(at[i]);
}

static void give_pseudo(upshake_line *line, const char *name,
                        upshake_slice value) {
  line->field.name = slice_text(name);
  line->field.value = value;
  line->kind = UPSHAKE_LINE_PSEUDO;
}

static void give_first(upshake_line *line, uint32_t number, const parts *p,
                       const char *scheme) {
  switch (number) {
  case LINE_METHOD:
    give_pseudo(line, ":method", slice_text("CONNECT"));
    return;
  case LINE_PROTOCOL:
    give_pseudo(line, ":protocol",
                upshake__find_member(p->fields, NAME_UPGRADE, NULL));
    return;
  case LINE_SCHEME:
    give_pseudo(line, ":scheme", slice_text(scheme));
    return;
  case LINE_PATH:
    give_pseudo(line, ":path", p->target);
    return;
  default:
    give_pseudo(line, ":authority", upshake__find_line(p->fields, "Host"));
  }
}

/* Gives the next field from cursor->at on, an offset behind the first field
 * line. */
static int give_field(char *request, const upshake_slice *text, const parts *p,
                      upshake_cursor *cursor, upshake_line *line) {
  upshake_slice left = slice_from(p->fields, cursor->at);
  upshake_field field;
  do {
    if (!upshake__next_raw_field(&left, &field))
      return 0;
    cursor->at = (uint32_t)(p->fields.len - left.len);
  } while (is_left_out(field.name));
  lower_in(request, *text, field.name);
  line->field = field;
  return 1;
}

int upshake_ask_line(char *request, size_t len, const char *scheme,
                     upshake_cursor *cursor, upshake_line *line) {
  upshake_slice text = slice_of(request, len);
  parts p;

  memset(line, 0, sizeof *line);
  if (cursor->line == 0) { /* the request is parsed once */
    if (!read_parts(text, &p)) {
      line->error = UPSHAKE_ERR_REQUEST;
      return -1;
    }
    memcpy(cursor->text, &p, sizeof p);
  }
  memcpy(&p, cursor->text, sizeof p);
  if (cursor->line == LINE_FIELDS)
    return give_field(request, &text, &p, cursor, line);
  give_first(line, cursor->line++, &p, scheme);
  return 1;
}

#endif
