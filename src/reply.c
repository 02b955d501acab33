/* SPDX-License-Identifier: MIT
 *
 * Writing replies: 101, and every final status from 300 to 599.  All of a
 * reply is produced in order, each time; what lies outside of the window that
 * was asked for is counted and not stored.
 */
#include "reply.h"

#include "extension.h"
#include "protocol.h"

#define CONTINUE 100
#define SWITCHING 101
#define NOT_MODIFIED 304
#define UPGRADE_REQUIRED 426

/* ---- octets ---- */

/* Produces octets: stores those that are in the window, counts all. */
static void put(window *w, upshake_slice octets) {
  size_t skip = w->pos < w->from ? w->from - w->pos : 0;
  size_t at = w->pos + skip - w->from;

  w->pos += octets.len;
  if (skip >= octets.len || at >= w->cap)
    return;
  octets = slice_from(octets, skip);
  if (octets.len > w->cap - at)
    octets.len = w->cap - at;
  memcpy(w->out + at, octets.ptr, octets.len);
}

static void put_text(window *w, const char *text) { put(w, slice_text(text)); }

static void put_number(window *w, uint64_t number) {
  char digits[20];
  size_t at = sizeof digits;
  do
    digits[--at] = (char)('0' + number % 10);
  while (number /= 10);
  put(w, slice_of(digits + at, sizeof digits - at));
}

static void put_field(window *w, const char *name, upshake_slice value) {
  put_text(w, name);
  put_text(w, ": ");
  put(w, value);
  put_text(w, "\r\n");
}

/* The same, where the value is there. */
static void put_optional(window *w, const char *name, upshake_slice value) {
  if (value.ptr)
    put_field(w, name, value);
}

/* ---- the parts of a reply ---- */

/* RFC 9110 15.  A reason phrase may be empty, and says nothing that the number
 * does not (RFC 9112 4); those that servers here send have theirs. */
static const char *reason_phrase(int status) {
  static const struct {
    uint16_t status;
    char phrase[32];
  } phrases[] = {
      {100, "Continue"},
      {101, "Switching Protocols"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {426, "Upgrade Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
  };
  for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
    if (phrases[i].status == status)
      return phrases[i].phrase;
  return "";
}

/* status-line = HTTP-version SP status-code SP [ reason-phrase ] */
static void put_status_line(window *w, int status, upshake_slice reason) {
  const char code[4] = {(char)('0' + status / 100),
                        (char)('0' + status / 10 % 10),
                        (char)('0' + status % 10), ' '};
  put_text(w, "HTTP/1.1 ");
  put(w, slice_of(code, sizeof code));
  put(w, reason.ptr ? reason : slice_text(reason_phrase(status)));
  put_text(w, "\r\n");
}

/* Upgrade = #protocol: one for a 101, all that are spoken for a 426. */
static void put_upgrade(window *w, const reply *r) {
  put_text(w, "Upgrade: ");
  if (r->response.upgrade.ptr)
    put(w, r->response.upgrade);
  for (size_t i = 0; !r->response.upgrade.ptr && i < r->protocols_len; i++) {
    const upshake_protocol *protocol = &r->protocols[i];
    if (i > 0)
      put_text(w, ", ");
    put_text(w, protocol->upgrade ? protocol->upgrade : protocol->token);
    if (!protocol->upgrade && protocol->version) {
      put_text(w, "/");
      put_text(w, protocol->version);
    }
  }
  put_text(w, "\r\n");
}

static void put_extra_fields(window *w, const upshake_extra *extra) {
  put_optional(w, "Date", extra->date);
  for (size_t i = 0; i < extra->fields_len; i++) {
    put(w, extra->fields[i].name);
    put_text(w, ": ");
    put(w, extra->fields[i].value);
    put_text(w, "\r\n");
  }
}

static void put_continue(window *w) {
  put_status_line(w, CONTINUE, slice_none());
  put_text(w, "\r\n");
}

/* RFC 9110 15.2.2, RFC 6455 4.2.2: no content, so no Content-Length and no
 * Transfer-Encoding (RFC 9110 8.6, RFC 9112 6.1). */
static void put_switch(window *w, const reply *r, const upshake_extra *extra) {
  const upshake_response *response = &r->response;
  if (response->continue_first) /* RFC 9110 7.8 */
    put_continue(w);
  put_status_line(w, SWITCHING, extra->reason);
  put_upgrade(w, r);
  put_text(w, "Connection: Upgrade\r\n");
  if (response->capsules)
    put_text(w, "Capsule-Protocol: ?1\r\n");
  if (response->accept)
    put_field(w, "Sec-WebSocket-Accept",
              slice_of(response->accept, ACCEPT_LEN));
  put_optional(w, "Sec-WebSocket-Protocol", response->subprotocol);
  if (extra->extensions.len > 0)
    put_optional(w, "Sec-WebSocket-Extensions", extra->extensions);
  put_extra_fields(w, extra);
  put_text(w, "\r\n");
}

/* Upgrade goes with its connection option (RFC 9110 7.8), and a sender that
 * will close says so (RFC 9112 9.6). */
static void put_connection(window *w, int status, int keep) {
  if (status == UPGRADE_REQUIRED)
    put_text(w, keep ? "Connection: Upgrade\r\n"
                     : "Connection: Upgrade, close\r\n");
  else if (!keep)
    put_text(w, "Connection: close\r\n");
}

static void put_refusal(window *w, const reply *r, const upshake_extra *extra) {
  const upshake_response *response = &r->response;
  put_status_line(w, response->status, extra->reason);
  if (response->status == UPGRADE_REQUIRED)
    put_upgrade(w, r);
  put_connection(w, response->status, extra->keep);
  if (response->version)
    put_field(w, "Sec-WebSocket-Version", slice_text(response->version));
  if (response->allow)
    put_field(w, "Allow", slice_text(response->allow));
  if (response->status != NOT_MODIFIED) {
    put_text(w, "Content-Length: ");
    put_number(w, extra->body.len);
    put_text(w, "\r\n");
  }
  put_extra_fields(w, extra);
  put_text(w, "\r\n");
  if (!response->to_head)
    put(w, extra->body);
}

static const upshake_extra *extra_of(const reply *r) {
  static const upshake_extra none = {NULL, 0,         {NULL, 0}, {NULL, 0},
                                     0,    {NULL, 0}, {NULL, 0}};
  return r->response.extra ? r->response.extra : &none;
}

/* ---- checks: all of them before the first octet ---- */

/* Fields that only the handshake itself may write. */
static int is_reserved(upshake_slice name) {
  static const char names[][20] = {"Connection",
                                   "Upgrade",
                                   "HTTP2-Settings",
                                   "Content-Length",
                                   "Transfer-Encoding",
                                   "Keep-Alive",
                                   "Proxy-Connection",
                                   "TE",
                                   "Trailer"};
  static const char prefix[] = "Sec-WebSocket-";
  size_t prefix_len = sizeof prefix - 1;

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (upshake_equal_fold(name, names[i]))
      return 1;
  return name.len >= prefix_len &&
         upshake_equal_fold(slice_of(name.ptr, prefix_len), prefix);
}

static size_t count_extra(const upshake_extra *extra, const char *name) {
  size_t count = 0;
  for (size_t i = 0; i < extra->fields_len; i++)
    count += upshake_equal_fold(extra->fields[i].name, name) ? 1 : 0;
  return count;
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

static upshake_error check_extra(const upshake_response *response,
                                 const upshake_extra *extra) {
  for (size_t i = 0; i < extra->fields_len; i++) {
    if (!upshake_is_token(extra->fields[i].name))
      return UPSHAKE_ERR_EXTRA_NAME;
    if (is_reserved(extra->fields[i].name))
      return UPSHAKE_ERR_EXTRA_RESERVED;
    if (!upshake_is_value(extra->fields[i].value))
      return UPSHAKE_ERR_EXTRA_VALUE;
  }
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

/* Entries of a table were checked when its handshake began. */
static upshake_error check_upgrade(const reply *r) {
  int is_good = r->response.upgrade.ptr
                    ? upshake_is_protocol_list(r->response.upgrade)
                    : r->protocols_len > 0;
  return is_good ? UPSHAKE_OK : UPSHAKE_ERR_REPLY_PROTOCOL;
}

/* The base64 of 20 octets. */
static int is_accept(const char *accept) {
  return accept[ACCEPT_LEN - 1] == '=' &&
         upshake_all_in(slice_of(accept, ACCEPT_LEN - 1), CLASS_BASE64);
}

static upshake_error check_switch(const reply *r) {
  const upshake_response *response = &r->response;
  if (response->accept && !is_accept(response->accept))
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
  upshake_error error = check_extra(&r->response, extra);
  if (error || r->response.status == CONTINUE)
    return error;
  return r->response.status == SWITCHING ? check_switch(r)
                                         : check_refusal(r, extra);
}

/* ---- the two ways to write ---- */

static void produce(const reply *r, window *w) {
  w->pos = 0;
  if (r->response.status == CONTINUE)
    put_continue(w);
  else if (r->response.status == SWITCHING)
    put_switch(w, r, extra_of(r));
  else
    put_refusal(w, r, extra_of(r));
}

/* A whole reply is produced twice: without room first, to see how long it is.
 */
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
static NOINLINE upshake_error
check_extensions(const upshake_response *response) {
  const upshake_extra *extra = response->extra;
  if (!extra || extra->extensions.len == 0)
    return UPSHAKE_OK;
  return response->status == SWITCHING && response->accept &&
                 upshake_is_extension_answer(extra->extensions)
             ? UPSHAKE_OK
             : UPSHAKE_ERR_EXTRA_EXTENSION;
}

static NOINLINE upshake_error write_response(const upshake_response *response,
                                             window *w, size_t *len) {
  reply r = {*response, NULL, 0};
  upshake_error error = upshake_check_reply(&r);
  return error ? error : upshake_write_window(&r, w, len);
}

upshake_error upshake_write(const upshake_response *response, void *out,
                            size_t cap, size_t *len) {
  window w = {out, cap, 0, 0, 1};
  upshake_error error = check_extensions(response);
  *len = 0;
  return error ? error : write_response(response, &w, len);
}

upshake_error upshake_write_part(const upshake_response *response, size_t from,
                                 void *out, size_t cap, size_t *len) {
  window w = {out, cap, from, 0, 0};
  upshake_error error = check_extensions(response);
  *len = 0;
  return error ? error : write_response(response, &w, len);
}
