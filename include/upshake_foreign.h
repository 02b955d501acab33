/* SPDX-License-Identifier: MIT
 *
 * upshake, layer "foreign": judging what another parser found.  It is for a
 * host that has its own HTTP parser.
 *
 * Every byte is checked again, but a fault that the other parser has removed
 * cannot be seen.  Hand over each field as it was received: Host with its
 * port, lines not joined, values whole.  The bytes behind the head begin
 * where the parser stopped.  These calls tell you where:
 *   http-parser     the return value of http_parser_execute
 *   llhttp          llhttp_get_error_pos
 *   picohttpparser  the return value of phr_parse_request
 *   evhttp          bufferevent_get_input
 *
 * A refusal says "Connection: close".  If your host keeps the connection and
 * result.may_keep is 1, call upshake_reply_with and extra.keep KEEP_OPEN.  If
 * an offer without a body waits for a 100 (Continue), the reply begins with it.
 * If your host reads a body before the switch, it sends the 100 itself. */
#include "upshake.h" /* before the guard: it ends by including this header */
#ifndef UPSHAKE_FOREIGN_H
#define UPSHAKE_FOREIGN_H
/* clang-format off: what belongs together stands on one line */

#ifdef __cplusplus
extern "C" {
#endif

/* What another parser found.  Start from all 0. */
typedef struct upshake_found {
  int version;           /* 11 for HTTP/1.1; 10; another major version is
                            refused with 505, except by
                            upshake_judge_begin_stream: 20 or 30           */
  int transport;         /* UPSHAKE_TRANSPORT_...; 0: as in the config     */
  upshake_slice method;  /* of http-parser and llhttp:
                            upshake_text(http_method_str(parser->method)),
                            upshake_text(llhttp_method_name(parser->method));
                            of evhttp: see examples/evhttp.c               */
  upshake_slice target;  /* as sent                                        */
  upshake_fields fields; /* all fields, from upshake_array, or absent: see
                            upshake_judge_field.  Raw lines: CONFIG        */
} upshake_found;

struct upshake_private_stream;

/* A request judged without a head in memory.  After judge_end, judge.hs is at
 * DECIDE, SEND or PLAIN: use it for get_request, get_result, answer, choose and
 * reply.  Do not copy hs out of its judge.  result.offset is the number of the
 * field, from 1; 0 is the request line; the number of fields + 1 is the end of
 * the head. */
#define UPSHAKE_JUDGE_LINES 16
typedef struct upshake_judge {
  upshake hs;                 /* readable: for the calls named above       */
  upshake_found found;        /* readable: as given                        */
  upshake_slice host, origin; /* readable: their values, or absent         */
  upshake_slice protocol, scheme, path; /* readable: of pseudo-fields, or
                                 absent; `host` is then :authority         */
  upshake_slice chosen;       /* the sub-protocol that was chosen          */
  upshake_field lines[UPSHAKE_JUDGE_LINES]; /* readable: lines of the fields
                                 that the handshake has rules for, as far as
                                 there is room                             */
  uint32_t numbers[UPSHAKE_JUDGE_LINES]; /* readable: the numbers of these
                                 lines                                     */
  uint32_t lines_len;         /* readable: how many of them                */
  uint32_t fields_len;        /* readable: how many fields there were      */
  char key[24];               /* readable: for upshake_accept              */
  const struct upshake_private_stream *stream; /* NULL in HTTP/1.x         */
  uint8_t has_all;            /* 1: found.fields has all fields            */
  uint8_t seen;               /* pseudo-fields, one bit for each           */
  uint8_t pseudo_at[5];       /* the numbers of their fields, at most 255  */
} upshake_judge;

/* Call judge_begin, which judges the fields of found->fields; then judge_field
 * for each further field; then judge_end.  Fields with different names may come
 * in any order.  Every byte is checked again.  The slices, and the array, must
 * be valid until the reply is taken; only the key is copied.  get_request gives
 * the members of `found`.  Its fields are found->fields; but if you called
 * judge_field, they are only `lines`: no Cookie, for example, so find your own
 * request by `user`.  A sub-protocol can be chosen if it is in these fields.
 * For the transport use `found`.  You may refuse before judge_end:
 * upshake_answer(&judge.hs, 431).  judge_begin returns the same values as
 * upshake_init. */
UPSHAKE_API upshake_error upshake_judge_begin(upshake_judge *judge,
    const upshake_config *config, void *user, const upshake_found *found);
UPSHAKE_API void upshake_judge_field(upshake_judge *judge, upshake_slice name,
    upshake_slice value);
UPSHAKE_API upshake_next upshake_judge_end(upshake_judge *judge);

/* ---- HTTP/2 and HTTP/3: extended CONNECT (RFC 8441, RFC 9220) ------------ */
/* Begins instead of judge_begin; field and end are the same.  found->version is
 * 20 or 30, found->method and ->target stay absent.  The fields are given as
 * they were received, pseudo-fields first (":method", ":protocol", ...).
 *
 * A CONNECT with :protocol is an offer.  It is judged like the offer in
 * HTTP/1.1 that it stands for, with these differences: Sec-WebSocket-Key is
 * ignored; the methods and the body policy of the table do not count; a version
 * that is not 13 is refused with 400; a protocol that is not in the table is
 * refused with 501; DECLINE is no answer, and 426 neither.  After ACCEPT
 * result.status is 200 and result.switched is 1.  get_request says CONNECT.
 *
 * Any other request is PLAIN, if its fields are sound.  If :scheme is http or
 * https, in any case, :path begins with a slash (or is "*" for OPTIONS).  Then
 * a request of HTTP/3 also has an :authority or a Host that is not empty (RFC
 * 9114 4.3.1); HTTP/2 demands none.  A pseudo-field whose value is wrong is
 * named by its own number, and a missing one by the number of fields + 1.
 *
 * The reply has no bytes: take it with upshake_reply_line.  The stream stays
 * open after 200, and its DATA frames carry the protocol.  If
 * upshake_judge_is_malformed says so, reset it with PROTOCOL_ERROR, with
 * or without the reply.  Your program sends SETTINGS_ENABLE_CONNECT_PROTOCOL
 * (RFC 8441 3).  nghttp2 gives a field only during its callback: keep a copy
 * until the reply is taken, as examples/h2_websocket.c does. */
UPSHAKE_API upshake_error upshake_judge_begin_stream(upshake_judge *judge,
    const upshake_config *config, void *user, const upshake_found *found);
/* After judge_end: 1 if the request is malformed (RFC 9113 8.1.1), else 0. */
UPSHAKE_API int upshake_judge_is_malformed(const upshake_judge *judge);

/* ---- A reply as values -------------------------------------------------- */
/* Gives the next field of the reply, for a program that writes responses
 * itself.  Works at SEND, for a handshake and for a judge.  Begin with a cursor
 * of all 0, and give the same extra (or NULL) in each call.  Returns
 *   1    line->field is the next field
 *   0    there are no more fields; line->status and .reason say the rest
 *   -1   there is no reply: line->error says why.  line->status is then 500, so
 *        that a 101 is never sent without its fields.  Errors are those of
 *        upshake_reply_with, and come before the first field.
 * In HTTP/2 and HTTP/3 the first line is ":status", names are in lower case
 * (yours must be), and there are no HOP lines.
 * The content is extra->body; leave it out to HEAD.  Skip the lines that your
 * program writes itself by line->kind, but never the HOP lines of a 101 or 426,
 * except CLOSE lines: if your program keeps the connection, skip these.  If
 * status is 100, send it and feed on.
 *
 * Expect: if a 101 is due, request.has_expect is 1 and no body was read, send a
 * 100 before it.  A reply has at most UPSHAKE_REPLY_LINES lines, and those of
 * extra->fields. */
#define UPSHAKE_REPLY_LINES 40
UPSHAKE_API int upshake_reply_line(upshake *hs, const upshake_extra *extra,
    upshake_cursor *cursor, upshake_line *line);

/* For programs that cannot read the headers: the size of a judge, and the
 * handshake in it. */
UPSHAKE_API size_t upshake_judge_size(void);
UPSHAKE_API upshake *upshake_judge_hs(upshake_judge *judge);

#ifdef __cplusplus
}
#endif
#endif
