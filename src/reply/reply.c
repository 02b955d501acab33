/* SPDX-License-Identifier: MIT
 *
 * Writes replies: 100 (Continue), 101, and every final status from 200 to 599.
 */
#include "reply.h"

#include "added.h"
#include "../websocket/extension.h"
#include "../judge/protocol.h"
#include "../text/scan.h"

/* ---- the parts of a reply ---- */

/* Reason phrases (RFC 9110 15), of the statuses that servers usually send here.
 * Any other status has an empty phrase: a phrase says nothing that the number
 * does not say (RFC 9112 4). */
/* clang-format off */
#define PHRASES(X) \
  X(200, "OK") \
  X(201, "Created") \
  X(202, "Accepted") \
  X(204, "No Content") \
  X(206, "Partial Content") \
  X(301, "Moved Permanently") \
  X(302, "Found") \
  X(303, "See Other") \
  X(304, "Not Modified") \
  X(307, "Temporary Redirect") \
  X(308, "Permanent Redirect") \
  X(400, "Bad Request") \
  X(401, "Unauthorized") \
  X(403, "Forbidden") \
  X(404, "Not Found") \
  X(405, "Method Not Allowed") \
  X(407, "Proxy Authentication Required") \
  X(408, "Request Timeout") \
  X(409, "Conflict") \
  X(410, "Gone") \
  X(413, "Content Too Large") \
  X(414, "URI Too Long") \
  X(415, "Unsupported Media Type") \
  X(416, "Range Not Satisfiable") \
  X(417, "Expectation Failed") \
  X(421, "Misdirected Request") \
  X(426, "Upgrade Required") \
  X(429, "Too Many Requests") \
  X(431, "Request Header Fields Too Large") \
  X(500, "Internal Server Error") \
  X(501, "Not Implemented") \
  X(502, "Bad Gateway") \
  X(503, "Service Unavailable") \
  X(504, "Gateway Timeout") \
  X(505, "HTTP Version Not Supported")
/* clang-format on */

static NOINLINE COLD upshake_slice reason_phrase(int status) {
/* The class of the status, and the length of the phrase in 5 bits. */
#define ROW(status, phrase)                                                    \
  {status / 100 << 5 | (sizeof phrase - 1), status % 100},
#define PHRASE(status, phrase) phrase
  static const struct { uint8_t hundreds, rest; } rows[] = {PHRASES(ROW)};
  static const char phrases[] = PHRASES(PHRASE); /* in one string */
#undef ROW
#undef PHRASE
  const char *phrase = phrases;
  if (status == SWITCHING)
    return slice_of(UPSHAKE_TEXT(SWITCH_PHRASE));
  for (size_t i = 0; HAS_PHRASES && i < sizeof rows / sizeof rows[0]; i++) {
    size_t len = rows[i].hundreds & 31;
    if ((rows[i].hundreds >> 5) * 100 + rows[i].rest == status)
      return slice_of(phrase, len);
    phrase += len;
  }
  return slice_none();
}

/* status-line = HTTP-version SP status-code SP [ reason-phrase ] */
static void put_status_line(writer *w, int status, upshake_slice reason) {
  upshake__put_bytes(w, UPSHAKE_TEXT("HTTP/1.1 "));
  upshake__put_number(w, (size_t)status);
  upshake__put_bytes(w, UPSHAKE_TEXT(" "));
  put_slice(w, reason.ptr ? reason : reason_phrase(status));
  upshake__put_bytes(w, UPSHAKE_TEXT("\r\n"));
}

/* Upgrade = #protocol: one protocol in a 101, every protocol that is spoken in
 * a 426. */
static void put_protocols(writer *w, const reply *r) {
  const upshake_protocol *protocol = r->protocols;
  if (r->upgrade.ptr) {
    put_slice(w, r->upgrade);
    return;
  }
  for (uint32_t left = r->named; left; left >>= 1, protocol++) {
    if ((left & 1) == 0)
      continue;
    put_text(w, protocol->upgrade ? protocol->upgrade : protocol->name);
    if (left > 1)
      upshake__put_bytes(w, UPSHAKE_TEXT(", "));
  }
}

/* A sender of Upgrade also sends its connection option (RFC 9110 7.8).  A
 * sender that will close says so (RFC 9112 9.6).  Returns NULL for no field. */
static const char *connection_of(const reply *r) {
  if (r->status == SWITCHING)
    return SWITCH_OPTION;
  if (r->status == UPGRADE_REQUIRED)
    return r->keeps ? SWITCH_OPTION : SWITCH_OPTION ", " CLOSE_OPTION;
  return r->keeps ? NULL : CLOSE_OPTION;
}

static void put_named(writer *w, const char *name, const char *value) {
  if (value)
    upshake__put_field(w, name, slice_text(value));
}

static void put_optional(writer *w, const char *name,
                         const upshake_slice *value) {
  if (value)
    upshake__put_field(w, name, *value);
}

/* What a 101 has (RFC 9110 15.2.2, RFC 6455 4.2.2).  It has no content, and so
 * neither Content-Length nor Transfer-Encoding (RFC 9110 8.6, RFC 9112 6.1). */
static void put_switch_fields(writer *w, const reply *r) {
  if (r->capsules)
    put_named(w, "Capsule-Protocol", "?1");
  if (r->accept)
    upshake__put_field(w, NAME_ACCEPT, slice_of(r->accept, ACCEPT_LEN));
  upshake__put_field(w, NAME_SUBPROTOCOL, r->subprotocol);
  if (r->extra && r->extra->extensions.len > 0)
    upshake__put_field(w, "Sec-WebSocket-Extensions", r->extra->extensions);
}

/* What a final reply has. */
static void put_final_fields(writer *w, const reply *r) {
  put_optional(w, "Sec-WebSocket-Version", r->ws_version);
  put_optional(w, "Allow", r->allow);
  if (r->extra && !w->take)
    r->calls->put_framing(w, r);
  else if (has_content(r))
    put_text(w, "Content-Length: 0\r\n");
}

/* What stands before the added fields.  If there is a `take`, Upgrade and the
 * framing are left to its caller: their values are nowhere in one piece. */
static COLD void put_head(writer *w, const reply *r) {
  int is_switch = r->status == SWITCHING;
  put_status_line(w, r->status, r->extra ? r->extra->reason : slice_none());
  if (is_switch || r->status == UPGRADE_REQUIRED) {
    put_text(w, NAME_UPGRADE ": ");
    put_protocols(w, r);
    put_text(w, "\r\n");
  }
  put_named(w, NAME_CONNECTION, connection_of(r));
  if (is_switch)
    put_switch_fields(w, r);
  else
    put_final_fields(w, r);
}

COLD void upshake__put_reply_head(writer *w, const reply *r) { put_head(w, r); }

upshake_slice upshake__phrase_of(int status) { return reason_phrase(status); }

/* ---- checks, before the first byte is written ---- */

/* Checks the protocols for Upgrade.  The entries of a table were checked when
 * its handshake began. */
static upshake_error check_upgrade(const reply *r) {
  int is_good =
      r->upgrade.ptr ? upshake__is_protocol_list(r->upgrade) : r->named != 0;
  return is_good ? UPSHAKE_OK : UPSHAKE_ERR_REPLY_PROTOCOL;
}

static upshake_error check_switch(const reply *r) {
  if (r->subprotocol.ptr && !upshake_is_token(r->subprotocol))
    return UPSHAKE_ERR_REPLY_ACCEPT;
  return check_upgrade(r);
}

/* 1 if the application adds no field of this name, and must. */
static int lacks(const reply *r, const char *name) {
  return !r->extra || !r->calls->has(r->extra, name);
}

static upshake_error check_final(const reply *r) {
  if (r->status == 401 && lacks(r, "WWW-Authenticate"))
    return UPSHAKE_ERR_NEEDS_AUTHENTICATE;
  if (r->status == 407 && lacks(r, "Proxy-Authenticate"))
    return UPSHAKE_ERR_NEEDS_PROXY_AUTHENTICATE;
  if (r->status == 405 && !r->allow && lacks(r, "Allow"))
    return UPSHAKE_ERR_NEEDS_ALLOW;
  if (r->status == PARTIAL_CONTENT && !r->extra) /* else: was checked */
    return UPSHAKE_ERR_NEEDS_RANGE;
  return r->status == UPGRADE_REQUIRED ? check_upgrade(r) : UPSHAKE_OK;
}

COLD upshake_error upshake__check_reply(const reply *r, size_t *place) {
  upshake_error error = r->extra ? r->calls->check(r, place) : UPSHAKE_OK;
  if (error || r->status == CONTINUE)
    return error;
  *place = 0; /* no added field is wrong */
  return r->status == SWITCHING ? check_switch(r) : check_final(r);
}

/* ---- the two ways to write ---- */

/* Before a 101 that the client waits for comes the 100 (RFC 9110 7.8).  Nothing
 * is added to a 100. */
static void produce(const reply *r, writer *w) {
  const upshake_extra *extra = r->extra;
  writer_rewind(w);
  if (w->first == 0) {
    if (r->continue_first)
      put_text(w, "HTTP/1.1 100 Continue\r\n\r\n");
    if (r->status == CONTINUE)
      return;
    put_head(w, r);
  }
  if (extra)
    r->calls->put(w, extra);
  put_text(w, "\r\n");
  if (extra && !r->to_head)
    put_slice(w, extra->body);
}

/* Generates a whole reply twice: first without room, to find its length. */
COLD upshake_error upshake__write_reply(const reply *r, writer *w,
                                        size_t *len) {
  size_t cap = w->cap;

  *len = 0;
  for (int writing = !w->whole; writing <= 1; writing++) {
    w->cap = writing ? cap : 0;
    produce(r, w);
    if (w->whole)
      *len = w->pos;
    if (*len > cap)
      return UPSHAKE_ERR_ROOM;
  }
  if (!w->whole && w->from < w->pos)
    *len = w->pos - w->from < cap ? w->pos - w->from : cap;
  return UPSHAKE_OK;
}

/* ---- without a handshake ---- */

/* 1 if the value is the base64 of 20 bytes. */
static int is_accept(upshake_slice accept) {
  return accept.len == ACCEPT_LEN && accept.ptr[ACCEPT_LEN - 1] == '=' &&
         scan_is_base64(accept.ptr, ACCEPT_LEN - 1);
}

/* Which extensions were offered is not known here.  Only a 101 to WebSocket can
 * agree to one. */
static int may_answer(const upshake_response *response,
                      const upshake_extra *extra) {
  return response->status == SWITCHING && response->accept.ptr &&
         upshake__is_extension_answer(extra->extensions);
}

/* A 1xx is never sent to a client of HTTP/1.0 (RFC 9110 15.2).  The 100 is
 * alone, and no other call gives it a version. */
static int can_be_interim(const upshake_response *response) {
  return response->status == CONTINUE ||
         (response->status > SWITCHING && response->version != 10);
}

/* Checks what a handshake never gets wrong. */
static upshake_error check_values(const upshake_response *response) {
  if (response->status == SWITCHING)
    return response->accept.ptr && !is_accept(response->accept)
               ? UPSHAKE_ERR_REPLY_ACCEPT
               : UPSHAKE_OK;
  if (response->status < 200)
    return can_be_interim(response) ? UPSHAKE_OK : UPSHAKE_ERR_ANSWER;
  if ((response->to_connect && response->status < 300) ||
      response->status > 599)
    return UPSHAKE_ERR_ANSWER;
  return upshake__is_value(response->ws_version) &&
                 upshake__is_value(response->allow)
             ? UPSHAKE_OK
             : UPSHAKE_ERR_EXTRA_VALUE;
}

/* Before there is a reply: see NOINLINE. */
static NOINLINE upshake_error check_added_to(const upshake_response *response,
                                             const upshake_extra *extra,
                                             size_t *place) {
  upshake_error error;
  *place = 0;
  if (!extra)
    return UPSHAKE_OK;
  error =
      upshake__check_added((added){extra->fields, extra->fields_len}, place);
  if (!error && extra->extensions.len > 0 && !may_answer(response, extra))
    error = UPSHAKE_ERR_EXTRA_EXTENSION;
  return error ? error : upshake__check_range(response->status, extra, place);
}

upshake_error upshake__check_response(const upshake_response *response,
                                      const upshake_extra *extra,
                                      size_t *place) {
  upshake_error error = check_added_to(response, extra, place);
  if (error)
    return error;
  error = check_values(response);
  if (error && error != UPSHAKE_ERR_EXTRA_VALUE) /* no added field is wrong */
    *place = 0;
  return error;
}

static NOINLINE upshake_error write_response(const upshake_response *response,
                                             const upshake_extra *extra,
                                             upshake_cursor *cursor, void *out,
                                             size_t cap, size_t *len) {
  writer w = begin_writer(cursor, out, cap);
  reply r = reply_of_response(response, extra);
  upshake_error error =
      has_begun(cursor) ? UPSHAKE_OK : upshake__check_reply(&r, len);
  if (error)
    return error;
  error = upshake__write_reply(&r, &w, len);
  if (!error)
    end_writer(&w, cursor, *len);
  return error;
}

static upshake_error check_and_write(const upshake_response *response,
                                     const upshake_extra *extra,
                                     upshake_cursor *cursor, void *out,
                                     size_t cap, size_t *len) {
  upshake_error error = has_begun(cursor)
                            ? UPSHAKE_OK
                            : upshake__check_response(response, extra, len);
  return error ? error : write_response(response, extra, cursor, out, cap, len);
}

upshake_error upshake_write(const upshake_response *response,
                            const upshake_extra *extra, void *out, size_t cap,
                            size_t *len) {
  return check_and_write(response, extra, NULL, out, cap, len);
}

upshake_error upshake_write_part(const upshake_response *response,
                                 const upshake_extra *extra,
                                 upshake_cursor *cursor, void *out, size_t cap,
                                 size_t *len) {
  upshake_error error = check_part(cap, len);
  return error ? error
               : check_and_write(response, extra, cursor, out, cap, len);
}
