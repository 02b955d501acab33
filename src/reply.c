/* SPDX-License-Identifier: MIT
 *
 * Writing replies: 101, and every final status from 300 to 599.
 */
#include "reply.h"

#include "added.h"
#include "extension.h"
#include "protocol.h"
#include "scan.h"

#define CONTINUE 100
#define SWITCHING 101
#define NOT_MODIFIED 304
#define UPGRADE_REQUIRED 426

/* ---- the parts of a reply ---- */

/* RFC 9110 15.  A reason phrase may be empty, and says nothing that the number
 * does not (RFC 9112 4); those that servers here send have theirs. */
/* clang-format off */
#define PHRASES(X) \
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

static upshake_slice reason_phrase(int status) {
#define ROW(status, phrase) {status - 300, sizeof phrase - 1},
#define PHRASE(status, phrase) phrase
  static const struct { uint8_t code, len; } rows[] = {PHRASES(ROW)};
  static const char phrases[] = PHRASES(PHRASE); /* one after the other */
#undef ROW
#undef PHRASE
  const char *phrase = phrases;
  unsigned code = (unsigned)status - 300;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    if (rows[i].code == code)
      return slice_of(phrase, rows[i].len);
    phrase += rows[i].len;
  }
  return slice_none();
}

/* status-line = HTTP-version SP status-code SP [ reason-phrase ] */
static void put_status_line(window *w, int status, upshake_slice reason) {
  PUT_LITERAL(w, "HTTP/1.1 ");
  upshake_put_number(w, (size_t)status);
  PUT_LITERAL(w, " ");
  upshake_put(w, reason.ptr ? reason : reason_phrase(status));
  PUT_LITERAL(w, "\r\n");
}

static void put_protocol(window *w, const upshake_protocol *protocol) {
  upshake_put_text(w, protocol->upgrade ? protocol->upgrade : protocol->token);
  if (protocol->upgrade || !protocol->version)
    return;
  PUT_LITERAL(w, "/");
  upshake_put_text(w, protocol->version);
}

/* Upgrade = #protocol: one for a 101, all that are spoken for a 426. */
static void put_protocols(window *w, const reply *r) {
  const upshake_protocol *protocol = r->protocols;
  if (r->response.upgrade.ptr) {
    upshake_put(w, r->response.upgrade);
    return;
  }
  for (uint32_t left = r->named; left; left >>= 1, protocol++) {
    if ((left & 1) == 0)
      continue;
    put_protocol(w, protocol);
    if (left > 1)
      PUT_LITERAL(w, ", ");
  }
}

static void put_extra_fields(window *w, const upshake_extra *extra) {
  upshake_put_field(w, "Date", extra->date);
  upshake_put_added(w, extra->fields, extra->fields_len);
}

static void put_continue(window *w) {
  PUT_LITERAL(w, "HTTP/1.1 100 Continue\r\n\r\n");
}

static void put_accept(window *w, const upshake_response *response) {
  if (response->accept) {
    PUT_LITERAL(w, SWITCH_ACCEPT);
    upshake_put(w, slice_of(response->accept, ACCEPT_LEN));
    PUT_LITERAL(w, "\r\n");
  }
  upshake_put_field(w, SWITCH_SUBPROTOCOL, response->subprotocol);
}

/* RFC 9110 15.2.2, RFC 6455 4.2.2: no content, so no Content-Length and no
 * Transfer-Encoding (RFC 9110 8.6, RFC 9112 6.1). */
static void put_switch(window *w, const reply *r, const upshake_extra *extra) {
  const upshake_response *response = &r->response;
  if (response->continue_first) /* RFC 9110 7.8 */
    put_continue(w);
  if (extra->reason.ptr) {
    PUT_LITERAL(w, "HTTP/1.1 101 ");
    upshake_put(w, extra->reason);
  } else {
    PUT_LITERAL(w, SWITCH_LINE);
  }
  PUT_LITERAL(w, SWITCH_UPGRADE);
  put_protocols(w, r);
  PUT_LITERAL(w, SWITCH_CONNECTION);
  if (response->capsules)
    PUT_LITERAL(w, "Capsule-Protocol: ?1\r\n");
  put_accept(w, response);
  if (extra->extensions.len > 0)
    upshake_put_field(w, "Sec-WebSocket-Extensions", extra->extensions);
  put_extra_fields(w, extra);
  PUT_LITERAL(w, "\r\n");
}

/* Upgrade goes with its connection option (RFC 9110 7.8), and a sender that
 * will close says so (RFC 9112 9.6). */
static void put_connection(window *w, int status, int keep) {
  if (status == UPGRADE_REQUIRED)
    upshake_put_text(w, keep ? "Connection: Upgrade\r\n"
                             : "Connection: Upgrade, close\r\n");
  else if (!keep)
    upshake_put_text(w, "Connection: close\r\n");
}

static void put_refusal(window *w, const reply *r, const upshake_extra *extra) {
  const upshake_response *response = &r->response;
  put_status_line(w, response->status, extra->reason);
  if (response->status == UPGRADE_REQUIRED) {
    PUT_LITERAL(w, "Upgrade: ");
    put_protocols(w, r);
    PUT_LITERAL(w, "\r\n");
  }
  put_connection(w, response->status, extra->keep);
  if (response->version)
    upshake_put_field(w, "Sec-WebSocket-Version",
                      slice_text(response->version));
  if (response->allow)
    upshake_put_field(w, "Allow", slice_text(response->allow));
  if (response->status != NOT_MODIFIED) {
    upshake_put_text(w, "Content-Length: ");
    upshake_put_number(w, extra->body.len);
    upshake_put_text(w, "\r\n");
  }
  put_extra_fields(w, extra);
  upshake_put_text(w, "\r\n");
  if (!response->to_head)
    upshake_put(w, extra->body);
}

static const upshake_extra *extra_of(const reply *r) {
  static const upshake_extra none = {NULL, 0,         {NULL, 0}, {NULL, 0},
                                     0,    {NULL, 0}, {NULL, 0}};
  return r->response.extra ? r->response.extra : &none;
}

/* ---- checks: all of them before the first octet ---- */

static size_t count_extra(const upshake_extra *extra, const char *name) {
  added fields = {extra->fields, extra->fields_len};
  return upshake_count_added(fields, name);
}

/* Would a field that is no list be sent twice (RFC 9110 5.3)? */
static int is_repeated(const upshake_response *response,
                       const upshake_extra *extra) {
  static const char singletons[][13] = {"Content-Type", "Location",
                                        "Retry-After", "Server"};

  for (size_t i = 0; i < sizeof singletons / sizeof singletons[0]; i++)
    if (count_extra(extra, singletons[i]) > 1)
      return 1;
  return count_extra(extra, "Date") + (extra->date.ptr ? 1 : 0) > 1 ||
         (response->allow && count_extra(extra, "Allow") > 0) ||
         (response->capsules && count_extra(extra, "Capsule-Protocol") > 0);
}

/* Its fields have been checked one by one. */
static upshake_error check_extra(const upshake_response *response,
                                 const upshake_extra *extra) {
  if (extra->date.ptr &&
      (extra->date.len == 0 || !upshake_is_value(extra->date)))
    return UPSHAKE_ERR_EXTRA_VALUE;
  if (!upshake_is_value(extra->reason) || !upshake_is_value(extra->extensions))
    return UPSHAKE_ERR_EXTRA_VALUE;
  if ((response->capsules && count_extra(extra, "Content-Type") > 0) ||
      (response->status != SWITCHING &&
       count_extra(extra, "Capsule-Protocol") > 0))
    return UPSHAKE_ERR_EXTRA_RESERVED; /* RFC 9297 3.2 and 3.4 */
  if (is_repeated(response, extra))
    return UPSHAKE_ERR_EXTRA_REPEATED;
  if (extra->body.len > 0 &&
      (response->status == SWITCHING || response->status == NOT_MODIFIED))
    return UPSHAKE_ERR_EXTRA_BODY;
  return UPSHAKE_OK;
}

/* Entries of a table were checked when its handshake began, and an accept value
 * that comes with them is our own. */
static upshake_error check_upgrade(const reply *r) {
  int is_good = r->protocols
                    ? r->named != 0
                    : r->response.upgrade.ptr &&
                          upshake_is_protocol_list(r->response.upgrade);
  return is_good ? UPSHAKE_OK : UPSHAKE_ERR_REPLY_PROTOCOL;
}

/* The base64 of 20 octets. */
static int is_accept(const char *accept) {
  return accept[ACCEPT_LEN - 1] == '=' &&
         scan_is_base64(accept, ACCEPT_LEN - 1);
}

static upshake_error check_switch(const reply *r) {
  const upshake_response *response = &r->response;
  if (response->accept && !r->protocols && !is_accept(response->accept))
    return UPSHAKE_ERR_REPLY_ACCEPT;
  if (response->subprotocol.ptr && !upshake_is_token(response->subprotocol))
    return UPSHAKE_ERR_REPLY_ACCEPT;
  return check_upgrade(r);
}

static upshake_error check_refusal(const reply *r, const upshake_extra *extra) {
  const upshake_response *response = &r->response;
  if (response->status < 300 || response->status > 599)
    return UPSHAKE_ERR_ANSWER;
  if (response->status == 401 && count_extra(extra, "WWW-Authenticate") == 0)
    return UPSHAKE_ERR_NEEDS_AUTHENTICATE;
  if (response->status == 407 && count_extra(extra, "Proxy-Authenticate") == 0)
    return UPSHAKE_ERR_NEEDS_PROXY_AUTHENTICATE;
  if (response->status == 405 && !response->allow &&
      count_extra(extra, "Allow") == 0)
    return UPSHAKE_ERR_NEEDS_ALLOW;
  if ((response->version && !upshake_is_value(slice_text(response->version))) ||
      (response->allow && !upshake_is_value(slice_text(response->allow))))
    return UPSHAKE_ERR_EXTRA_VALUE;
  return response->status == UPGRADE_REQUIRED ? check_upgrade(r) : UPSHAKE_OK;
}

upshake_error upshake_check_reply(const reply *r) {
  const upshake_extra *extra = extra_of(r);
  upshake_error error = UPSHAKE_OK;
  if (r->response.extra)
    error = check_extra(&r->response, extra);
  if (error || r->response.status == CONTINUE)
    return error;
  return r->response.status == SWITCHING ? check_switch(r)
                                         : check_refusal(r, extra);
}

/* ---- the two ways to write ---- */

static void produce(const reply *r, window *w) {
  window_rewind(w);
  if (r->response.status == CONTINUE)
    put_continue(w);
  else if (r->response.status == SWITCHING)
    put_switch(w, r, extra_of(r));
  else
    put_refusal(w, r, extra_of(r));
}

/* A whole reply is produced twice: without room first, to see how long it
 * is. */
upshake_error upshake_write_window(const reply *r, window *w, size_t *len) {
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

/* What was offered is not known here; what can be answered at all is. */
static int may_answer(const upshake_response *response) {
  return response->status == SWITCHING && response->accept &&
         upshake_is_extension_answer(response->extra->extensions);
}

/* Before there is a reply, which takes stack. */
static NOINLINE upshake_error check_response(const upshake_response *response) {
  const upshake_extra *extra = response->extra;
  if (!extra)
    return UPSHAKE_OK;
  if (extra->extensions.len > 0 && !may_answer(response))
    return UPSHAKE_ERR_EXTRA_EXTENSION;
  return upshake_check_added((added){extra->fields, extra->fields_len});
}

static NOINLINE upshake_error write_response(const upshake_response *response,
                                             window *w, size_t *len) {
  reply r = {*response, NULL, 0};
  upshake_error error = upshake_check_reply(&r);
  return error ? error : upshake_write_window(&r, w, len);
}

static upshake_error check_and_write(const upshake_response *response,
                                     window *w, size_t *len) {
  upshake_error error = check_response(response);
  *len = 0;
  return error ? error : write_response(response, w, len);
}

upshake_error upshake_write(const upshake_response *response, void *out,
                            size_t cap, size_t *len) {
  window w = {out, cap, 0, 0, 1, 0};
  return check_and_write(response, &w, len);
}

upshake_error upshake_write_part(const upshake_response *response, size_t from,
                                 void *out, size_t cap, size_t *len) {
  window w = {out, cap, from, 0, 0, 0};
  return check_and_write(response, &w, len);
}
