/* SPDX-License-Identifier: MIT
 *
 * upshake, layer "client": ask for the switch and check the answer (RFC 9110
 * 7.8, RFC 6455 4.1). */
#include "upshake.h" /* before the guard: it ends by including this header */
#ifndef UPSHAKE_CLIENT_H
#define UPSHAKE_CLIENT_H
/* clang-format off: what belongs together stands on one line */

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Asking ------------------------------------------------------------- */
/* An offer of permessage-deflate (RFC 7692 7.1); all 0: just its name.
 * Browsers send { .client_bits = UPSHAKE_BITS_ANY }. */
typedef struct upshake_deflate_offer {
  uint8_t server_bits; /* 8 to 15: the server's window at most; 0: any     */
  uint8_t client_bits; /* 8 to 15: ours at most, the server may choose less;
                          UPSHAKE_BITS_ANY: the server may choose; 0: the
                          parameter is not offered                         */
  uint8_t no_server_takeover, no_client_takeover;
} upshake_deflate_offer;
#define UPSHAKE_BITS_ANY 1

/* What to ask for.  Start from all 0.  Unless noted, a member that is absent or
 * 0 is left out.  upshake_text("/chat") makes a slice, and in a constant
 * { UPSHAKE_TEXT("/chat") } does.  Lists are the text of a field: "chat,
 * superchat". */
typedef struct upshake_ask {
  upshake_slice scheme;    /* "ws", "wss", "http", "https"; absent: "ws"   */
  upshake_slice host;      /* "example.com", "::1".  Host and port, or the
                              authority, are needed                        */
  uint32_t port;           /* 0, or the scheme's: not named in Host        */
  upshake_slice authority; /* instead of host and port: "[::1]:8080"       */
  upshake_slice target;    /* "/chat?room=1"; "/" is put before "?" and for an
                              absent one; "*" with OPTIONS.  No "#"        */
  upshake_slice query;     /* behind a "?", if target has none             */
  upshake_slice method;    /* absent: "GET", the only one for WebSocket and
                              capsules.  CONNECT is impossible             */
  upshake_slice protocols; /* "h2c, SPDY/3.1", by preference; absent:
                              "websocket"                                  */
  upshake_slice subprotocols; /* by preference; a name twice is sent once  */
  upshake_slice extensions;   /* other offers: "x-shout; loud, x-mux"      */
  const upshake_deflate_offer *deflates; size_t deflates_len; /* in order  */
  upshake_slice origin;    /* "https://example.com", "file://", "null", or any
                              other value of a field                       */
  upshake_slice settings;  /* h2c needs it: payload of a SETTINGS frame    */
  const upshake_field *fields; size_t fields_len; /* Cookie, User-Agent    */
  uint64_t body_len;       /* with CONTENT_LENGTH                          */
  uint8_t content;         /* a body that you send behind the head:
                              UPSHAKE_CONTENT_LENGTH, or _CHUNKED if you know
                              that the server speaks HTTP/1.1 (RFC 9112 6.1);
                              not for WebSocket and capsules.  Without a body
                              POST, PUT and PATCH say Content-Length: 0    */
  uint8_t forward;         /* 1: `fields` are of a received request: Origin,
                              Expect and Sec-WebSocket-... pass as they are, and
                              so does Host, unless authority or host replaces
                              it.  Nothing but Connection, Upgrade,
                              HTTP2-Settings and the framing is added      */
  uint8_t plain;           /* 1: ask for no switch: protocols are absent   */
} upshake_ask;

/* Write the whole request, or nothing: *len and ROOM are as for upshake_reply.
 * `key` is 16 random bytes for Sec-WebSocket-Key, new for each connection.
 * Take them from the system (getrandom, arc4random_buf, BCryptGenRandom, a
 * microcontroller's RNG).  `key` is NULL if you do not ask for "websocket", or
 * with forward.
 *
 * If a member breaks a rule, the call returns the error of the rule, or
 * EXTRA_..., and *len is the place of the wrong field in ask->fields, or
 * fields_len if another member is wrong.  The handshake's own fields break a
 * rule in `fields`: Host, Origin, Expect without a body, Connection and the
 * like.  Any other field may be there more than once.  Behind the request and
 * its body send nothing until the answer is there: the server could read more
 * bytes as another request (RFC 6455 4.1, RFC 9931 6). */
UPSHAKE_API upshake_error upshake_write_request(const upshake_ask *ask,
    const uint8_t key[16], void *out, size_t cap, size_t *len);

/* For HTTP/2 and HTTP/3: gives the fields of a request from
 * upshake_write_request as those of an extended CONNECT, pseudo-fields first.
 * `scheme` is "https" or "http".  The first protocol is asked for, and there is
 * no key.  Names become lower case in `request`, which must live as long as you
 * use the fields; give it to upshake_client_init before or after that.  Begin
 * with a cursor of all 0.  Returns 1; 0 at the end; -1 and line->error REQUEST:
 * this is no such request.  A server must have sent
 * SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 3). */
UPSHAKE_API int upshake_ask_line(char *request, size_t len, const char *scheme,
    upshake_cursor *cursor, upshake_line *line);

/* ---- The answer --------------------------------------------------------- */
typedef enum upshake_client_next {
  UPSHAKE_CLIENT_READ = 0,     /* receive more bytes and feed them         */
  UPSHAKE_CLIENT_SWITCHED = 1, /* a valid 101: go on in the new protocol   */
  UPSHAKE_CLIENT_OTHER = 2,    /* no switch: a redirect, a 401, a 426, a 200 */
  UPSHAKE_CLIENT_REFUSED = 3,  /* it breaks a rule: close the connection   */
  UPSHAKE_CLIENT_INTERIM = 4   /* a 1xx to pass on, then feed or commit on,
                                  with 0 bytes if you have no more; only with
                                  policy.interim                           */
} upshake_client_next;

/* How to judge the answer.  All 0, or no policy, is the default. */
typedef struct upshake_client_policy {
  upshake_limits limits; /* fields and name as in a server; total: bytes of
                            one head, 0: as many as fit into its memory    */
  uint8_t subprotocol_required; /* 1: refuse an answer without a sub-protocol
                                   if the request asked for one            */
  uint8_t interim;       /* 1: give each 1xx but 101, with its status and
                            fields; 0: skip it                             */
} upshake_client_policy;

/* One for each request.  Private. */
typedef struct upshake_client {
  const upshake_client_policy *policy; /* or NULL                          */
  char *memory;                /* where the head is kept, behind what is kept
                                  of the request                           */
  uint64_t skipped;            /* bytes of interim responses               */
  uint64_t offset;             /* of what is wrong                         */
  uint32_t asked_len;          /* bytes kept of the request                */
  uint32_t cap, held;          /* of memory; bytes in it                   */
  uint32_t fields_at;          /* offset of the field lines                */
  struct upshake_index *index; /* filled while parsing; or NULL            */
  upshake_parser parser;
  upshake_private_facts facts;
  upshake_deflate deflate;     /* agreed                                   */
  uint8_t next, error;         /* upshake_client_next, upshake_error       */
  uint8_t interims, flags;     /* how many there were; what was asked      */
} upshake_client;

/* The size of a client, for programs that cannot read this header. */
UPSHAKE_API size_t upshake_client_size(void);

/* Begin with the head of a request as it was sent, written by the call above or
 * by other code.  The answer may give only what this request asks for.  What
 * must be compared with the answer is copied to the start of `memory`: the
 * values of Upgrade, Sec-WebSocket-Key, -Protocol and -Extensions, with 4 bytes
 * more for each line.  The rest of `memory` keeps the head of the response, as
 * in upshake_init.  The request is not needed after this call, and may itself
 * be in `memory`.  The policy, which may be NULL, and `memory` must live until
 * the last call.  A request may also ask for no switch: it has no Upgrade, and
 * then a 101 is refused.  Returns OK; ROOM: what is copied does not fit; or
 * REQUEST: this is no complete head, or it asks for a switch against the
 * rules. */
UPSHAKE_API upshake_error upshake_client_init(upshake_client *client,
    const upshake_client_policy *policy, upshake_slice request, void *memory,
    size_t cap);

/* The client fills the index (upshake_head.h) with the field lines of the
 * response.  Call it after init, before the first byte.  An interim response
 * leaves nothing in it.  NULL: no index.  Returns OK or STATE. */
UPSHAKE_API upshake_error upshake_client_set_index(upshake_client *client,
    upshake_index *index);

/* The bytes of the response's head, as upshake_head; absent if there are none.
 * For upshake_indexed it is where the head begins. */
UPSHAKE_API upshake_slice upshake_client_head(const upshake_client *client);

/* Take bytes of the response, as upshake_feed.  Up to 32 interim responses,
 * such as 100 and 103, are skipped or given (RFC 9110 15.2).  After SWITCHED
 * the bytes from data + *used belong to the new protocol, after OTHER to the
 * response's body.  A folded line is accepted: its line end becomes SP (RFC
 * 9112 5.2).  A status line may lack the SP behind its code.  A 101 ends with
 * its head, whatever its Content-Length and Transfer-Encoding say (RFC 9112
 * 6.3). */
UPSHAKE_API upshake_client_next upshake_client_feed(upshake_client *client,
    const void *data, size_t len, size_t *used);

/* Instead of feed: receive straight into the memory, as with upshake_room,
 * upshake_commit and upshake_rest.  room gives the place and its cap, which is
 * 0 unless the state is READ.  commit takes the first len bytes of it.  rest
 * has the bytes behind the head: after SWITCHED give them to the new protocol
 * before it reads, after OTHER they belong to the response's body.  The slice
 * is absent at READ. */
UPSHAKE_API void *upshake_client_room(upshake_client *client, size_t *cap);
UPSHAKE_API upshake_client_next upshake_client_commit(upshake_client *client,
    size_t len);
UPSHAKE_API upshake_slice upshake_client_rest(const upshake_client *client);

/* Instead of feed, if another parser has found the response: version 10 or 11,
 * its status and its fields as they were received.  The response is copied to
 * `memory`, and judged like bytes: `fields` is needed during the call only, and
 * offsets count the bytes of the copy.  Call it for each response, 1xx too, as
 * long as the result is READ or INTERIM.
 *
 * In HTTP/2 and HTTP/3 (version 20 and 30) any 2xx is the answer to an extended
 * CONNECT (RFC 8441, RFC 9220); for capsules not 204, 205 and 206.  If the
 * result is REFUSED, reset the stream; with PROTOCOL_ERROR if result.error is
 * FIELD_NAME, FIELD_VALUE, PSEUDO_REPEATED, PSEUDO_MALFORMED or HOP_FIELD (RFC
 * 9113 8.1.1). */
UPSHAKE_API upshake_client_next upshake_client_response(upshake_client *client,
    int version, int status, upshake_fields fields);

/* What the answer is.  The slices point into the memory.  Before a head is
 * complete, every slice is absent.  A gateway answers 502 for every answer that
 * is REFUSED; if the framing is wrong (LENGTH_..., CODING_...), it must (RFC
 * 9112 6.3). */
typedef struct upshake_client_result {
  upshake_client_next next;
  upshake_error error;       /* why REFUSED; INCOMPLETE at READ; OK        */
  int status;                /* three digits, when the head is complete    */
  int version;               /* 10, 11, 20 or 30, with the status          */
  size_t offset, consumed;   /* as in upshake_result; interim responses count
                                as consumed                                */
  upshake_slice reason;
  upshake_fields fields;
  upshake_slice protocol;    /* SWITCHED: to what, as it was asked for     */
  upshake_slice subprotocol; /* SWITCHED: agreed, or absent                */
  upshake_slice extensions;  /* SWITCHED: the first line of those agreed, or
                                absent.  There may be more lines: walk `fields`
                                with upshake_next_member                   */
  upshake_deflate deflate;   /* of the extensions; server_bits 0: not agreed */
  uint64_t body_len; /* OTHER: a length, UPSHAKE_BODY_CHUNKED, or _TO_CLOSE:
                        the body ends when the server closes; 0 in an answer to
                        HEAD, in a 204 or 304, and in a 2xx to CONNECT, whose
                        tunnel begins behind the head (RFC 9112 6.3).  A coding
                        besides chunked is not removed: a gateway answers 502
                        if Transfer-Encoding has one                       */
  uint64_t length;   /* OTHER: its Content-Length, also in an answer to HEAD or
                        a 304; UPSHAKE_BODY_CHUNKED: it has none           */
  int may_keep;      /* OTHER, 1: behind the body another request may be sent */
} upshake_client_result;
UPSHAKE_API upshake_client_result
upshake_client_get_result(const upshake_client *client);

#ifdef __cplusplus
}
#endif
#endif
