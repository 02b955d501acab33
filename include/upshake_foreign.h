/* SPDX-License-Identifier: MIT
 *
 * upshake, layer "foreign": for a host that has its own HTTP parser.  It judges
 * what that parser found.
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
  int version;          /* 11 for HTTP/1.1; 10; another major version is
                           refused with 505                                */
  int transport;        /* UPSHAKE_TRANSPORT_...; 0: as in the config      */
  upshake_slice method; /* of http-parser: the text of
                           http_method_str(parser->method)                 */
  upshake_slice target; /* as sent                                         */
} upshake_found;

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
  upshake_slice chosen;       /* the sub-protocol that was chosen          */
  upshake_field lines[UPSHAKE_JUDGE_LINES]; /* readable: lines of the fields
                                 that the handshake has rules for, as far as
                                 there is room                             */
  uint32_t numbers[UPSHAKE_JUDGE_LINES]; /* readable: the numbers of these
                                 lines                                     */
  uint32_t lines_len;         /* readable: how many of them                */
  uint32_t fields_len;        /* readable: how many fields there were      */
  char key[24];               /* readable: for upshake_accept              */
} upshake_judge;

/* Call judge_begin, then judge_field for each field, then judge_end.  Fields
 * with different names may come in any order.  Every byte is checked again.
 * The slices must be valid until the reply is taken; only the key is copied.
 * get_request gives the members of `found`, and `lines` as its fields: no
 * Cookie, for example, so find your own request by `user`.  A sub-protocol can
 * be chosen if it is in `lines`.  For the transport use `found`.
 * judge_begin returns the same values as upshake_init. */
UPSHAKE_API upshake_error upshake_judge_begin(upshake_judge *judge,
    const upshake_config *config, void *user, const upshake_found *found);
UPSHAKE_API void upshake_judge_field(upshake_judge *judge, upshake_slice name,
    upshake_slice value);
UPSHAKE_API upshake_next upshake_judge_end(upshake_judge *judge);

#ifdef __cplusplus
}
#endif
#endif
