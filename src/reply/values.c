/* SPDX-License-Identifier: MIT
 *
 * A reply as values.  The lines come from the generator that writes the bytes
 * (reply.c): here it has a window without room, and gives each line to
 * give_line.  A line that was given out is counted and passed over.
 */
#include "values.h"

/* What cursor->text holds, so that all lines are valid together. */
#define TEXT_ACCEPT 0
#define TEXT_LENGTH ACCEPT_LEN        /* up to 20 digits */
#define TEXT_STATUS (ACCEPT_LEN + 20) /* 3 digits */

typedef struct values {
  writer w; /* first: give_line gets a pointer to it */
  upshake_line *line;
  uint32_t skip; /* lines to pass over */
  int is_stream, is_taken;
} values;

/* The names of a reply's own lines in lower case (RFC 9113 8.2.1); NULL: a
 * field of one connection, which HTTP/2 does not have (8.2.2).  Accept belongs
 * to the key, which HTTP/2 does not have either (RFC 8441 5). */
static const struct {
  const char *name, *lower;
} own_names[] = {
    {NAME_UPGRADE, NULL},
    {NAME_CONNECTION, NULL},
    {NAME_ACCEPT, NULL},
    {NAME_SUBPROTOCOL, "sec-websocket-protocol"},
    {"Sec-WebSocket-Extensions", "sec-websocket-extensions"},
    {"Sec-WebSocket-Version", "sec-websocket-version"},
    {"Capsule-Protocol", "capsule-protocol"},
    {"Allow", "allow"},
    {"Content-Length", "content-length"},
    {"Transfer-Encoding", NULL},
    {"Date", "date"},
};

/* Returns the name for HTTP/2; absent if the line is left out.  A name that the
 * application gives is in lower case: this was checked. */
static upshake_slice stream_name(upshake_slice name) {
  for (size_t i = 0; i < sizeof own_names / sizeof own_names[0]; i++)
    if (upshake_equal(name, own_names[i].name))
      return upshake_text(own_names[i].lower);
  return name;
}

static unsigned kind_of_line(upshake_slice name, upshake_slice value) {
  if (upshake_equal(name, NAME_CONNECTION) &&
      upshake_equal(value, CLOSE_OPTION))
    return UPSHAKE_LINE_HOP | UPSHAKE_LINE_CLOSE;
  if (upshake_equal(name, NAME_UPGRADE) || upshake_equal(name, NAME_CONNECTION))
    return UPSHAKE_LINE_HOP;
  return upshake_equal_fold(name, "Content-Length") ||
                 upshake_equal(name, "Transfer-Encoding")
             ? UPSHAKE_LINE_FRAMING
             : 0;
}

static void give_one(writer *w, upshake_slice name, upshake_slice value) {
  values *v = (values *)(void *)w;

  if (v->is_stream)
    name = stream_name(name);
  if (v->is_taken || !name.ptr)
    return;
  if (v->skip > 0) {
    v->skip--;
    return;
  }
  v->line->field.name = name;
  v->line->field.value = value;
  v->line->kind = kind_of_line(name, value);
  v->is_taken = 1;
  w->pos = w->from; /* the window is full */
}

/* Each option of Connection has a line: a host may write close itself. */
static void give_line(writer *w, upshake_slice name, upshake_slice value) {
  if (upshake_equal(value, SWITCH_OPTION ", " CLOSE_OPTION)) {
    give_one(w, name, slice_text(SWITCH_OPTION));
    value = slice_text(CLOSE_OPTION);
  }
  give_one(w, name, value);
}

static void give_text(values *v, const char *name, upshake_slice value) {
  give_line(&v->w, slice_text(name), value);
}

/* Each protocol of Upgrade has a line: several lines are one list (RFC 9110
 * 5.3). */
static void give_protocols(values *v, const reply *r) {
  const upshake_protocol *protocol = r->protocols;
  if (r->upgrade.ptr) {
    give_text(v, NAME_UPGRADE, r->upgrade);
    return;
  }
  for (uint32_t left = r->named; left; left >>= 1, protocol++)
    if (left & 1)
      give_text(
          v, NAME_UPGRADE,
          slice_text(protocol->upgrade ? protocol->upgrade : protocol->name));
}

static void give_framing(values *v, const reply *r, char *digits) {
  if (!r->extra && has_content(r))
    give_text(v, "Content-Length", slice_text("0"));
  if (!r->extra)
    return;
  if (framing_of(r) == FRAMING_LENGTH)
    give_text(v, "Content-Length", upshake__length_in(digits, content_len(r)));
  else if (framing_of(r) == FRAMING_CHUNKED)
    give_text(v, "Transfer-Encoding", slice_text("chunked"));
}

/* The lines before the added fields, in the order of the bytes. */
static void give_head(values *v, const reply *r, char *text) {
  if (r->status == SWITCHING || r->status == UPGRADE_REQUIRED)
    give_protocols(v, r);
  upshake__put_reply_head(&v->w, r);
  if (r->status >= 200)
    give_framing(v, r, text + TEXT_LENGTH);
}

/* ":status" comes before all other lines (RFC 9113 8.3). */
static void give_status(upshake_line *line, char *text) {
  line->field.name = slice_text(":status");
  line->field.value = number_in(text + TEXT_STATUS, 3, (size_t)line->status);
  line->kind = UPSHAKE_LINE_PSEUDO;
}

/* cursor->at counts the lines before the added fields, cursor->line the added
 * fields. */
int upshake__next_value(const reply *r, int is_stream, upshake_cursor *cursor,
                        upshake_line *line) {
  upshake_slice reason = r->extra ? r->extra->reason : slice_none();
  values v;

  if (!is_stream)
    line->reason = reason.ptr ? reason : upshake__phrase_of(r->status);
  if (is_stream && cursor->at == 0) {
    give_status(line, cursor->text);
    cursor->at = 1;
    return 1;
  }
  memset(&v, 0, sizeof v);
  v.w.from = UINT32_MAX / 2; /* no byte is in this window, nor wraps around */
  v.w.first = cursor->line;
  v.w.take = give_line;
  v.line = line;
  v.is_stream = is_stream;
  if (cursor->line == 0) {
    v.skip = cursor->at - (is_stream ? 1u : 0u);
    give_head(&v, r, cursor->text);
  }
  if (r->extra)
    r->calls->put(&v.w, r->extra);
  if (v.w.first > cursor->line)
    line->kind |= UPSHAKE_LINE_ADDED;
  else
    cursor->at += v.is_taken ? 1u : 0u;
  cursor->line = v.w.first;
  return v.is_taken;
}

int upshake_write_line(const upshake_response *response,
                       const upshake_extra *extra, upshake_cursor *cursor,
                       upshake_line *line) {
  reply r = reply_of_response(response, extra);
  upshake_error error = UPSHAKE_OK;
  size_t place = 0;

  if (!has_begun(cursor))
    error = upshake__check_response(response, extra, &place);
  if (!error && !has_begun(cursor))
    error = upshake__check_reply(&r, &place);
  if (error)
    return fail_line(line, error, extra, place);
  begin_line(line, response->status);
  return response->status == CONTINUE
             ? 0
             : upshake__next_value(&r, 0, cursor, line);
}
