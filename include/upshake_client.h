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

/* What to ask for.  Start from all 0.  Unless noted, a member that is NULL or 0
 * is left out. */
typedef struct upshake_ask {
  const char *scheme;    /* "ws", "wss", "http", "https"; NULL: "ws"       */
  const char *authority; /* needed: "example.com:8080", for Host, which leaves
                            out the default port of the scheme             */
  const char *target;    /* "/chat?room=1"; "/" is put before "?" and for NULL;
                            "*" with OPTIONS.  No "#"                      */
  const char *method;    /* NULL: "GET", the only one for WebSocket and
                            capsules.  There is no body; POST, PUT and PATCH
                            say so with Content-Length: 0                  */
  const char *const *protocols; /* "websocket", "SPDY/3.1"; by preference  */
  size_t protocols_len;         /* 0: "websocket"                          */
  const char *const *subprotocols; size_t subprotocols_len; /* all different */
  const upshake_deflate_offer *deflates; size_t deflates_len; /* in order  */
  const char *extensions;    /* other offers: "x-shout; loud, x-mux"       */
  const char *origin;        /* "https://example.com", "null", "file://"   */
  upshake_slice settings;    /* h2c needs it: payload of a SETTINGS frame  */
  const upshake_field *fields; size_t fields_len; /* Cookie, User-Agent    */
} upshake_ask;

/* Write the whole request, or nothing: *len and ROOM are as for upshake_reply.
 * `key` is 16 random bytes for Sec-WebSocket-Key, new for each connection.
 * Take them from the system (getrandom, arc4random_buf, BCryptGenRandom, a
 * microcontroller's RNG).  `key` is NULL if you do not ask for "websocket".
 * If a member breaks a rule, the call returns the error of the rule, or
 * EXTRA_....  The handshake's own fields break a rule in `fields`: Host,
 * Origin, Expect, Connection and the like.  Send nothing more until the answer
 * is there: the server could read more bytes as another request (RFC 6455 4.1,
 * RFC 9931 6). */
UPSHAKE_API upshake_error upshake_write_request(const upshake_ask *ask,
    const uint8_t key[16], void *out, size_t cap, size_t *len);

/* ---- The answer --------------------------------------------------------- */
typedef enum upshake_client_next {
  UPSHAKE_CLIENT_READ = 0,     /* receive more bytes and feed them         */
  UPSHAKE_CLIENT_SWITCHED = 1, /* a valid 101: go on in the new protocol   */
  UPSHAKE_CLIENT_OTHER = 2,    /* no switch: a redirect, a 401, a 426, a 200 */
  UPSHAKE_CLIENT_REFUSED = 3   /* it breaks a rule: close the connection   */
} upshake_client_next;

/* How to judge the answer.  All 0, or no policy, is the default. */
typedef struct upshake_client_policy {
  upshake_limits limits; /* fields and name as in a server; total: bytes of
                            one head, 0: as many as fit into its memory    */
  uint8_t subprotocol_required; /* 1: refuse an answer without a sub-protocol
                                   if the request asked for one            */
} upshake_client_policy;

/* One for each request.  Private. */
typedef struct upshake_client {
  const upshake_client_policy *policy; /* or NULL                          */
  const char *asked;           /* field lines of the request               */
  char *memory;                /* where the head is kept                   */
  uint64_t skipped;            /* bytes of interim responses               */
  uint64_t offset;             /* of what is wrong                         */
  uint32_t asked_len;          /* bytes of the request's field lines       */
  uint32_t cap, held;          /* of memory; bytes in it                   */
  uint32_t fields_at;          /* offset of the field lines                */
  upshake_parser parser;
  upshake_private_facts facts;
  upshake_deflate deflate;     /* agreed                                   */
  uint8_t next, error;         /* upshake_client_next, upshake_error       */
  uint8_t interims, flags;     /* how many were skipped; what was asked    */
} upshake_client;

/* Begin with the head of a request as it was sent, written by the call above or
 * by other code.  The answer may give only what this request asks for.  The
 * request is not copied: it, the policy and `memory` must live until the last
 * call.  `memory` keeps the head of the response, as in upshake_init.  policy
 * may be NULL.  Returns OK; or REQUEST: this is no complete head that asks for
 * a switch. */
UPSHAKE_API upshake_error upshake_client_init(upshake_client *client,
    const upshake_client_policy *policy, upshake_slice request, void *memory,
    size_t cap);

/* Take bytes of the response, as upshake_feed.  Up to 32 interim responses,
 * such as 100 and 103, are skipped (RFC 9110 15.2).  After SWITCHED the bytes
 * from data + *used belong to the new protocol, after OTHER to the response's
 * body.  A folded line is accepted: its line end becomes SP (RFC 9112 5.2).  A
 * status line may lack the SP behind its code.  A 101 ends with its head,
 * whatever its Content-Length and Transfer-Encoding say (RFC 9112 6.3). */
UPSHAKE_API upshake_client_next upshake_client_feed(upshake_client *client,
    const void *data, size_t len, size_t *used);

/* What the answer is.  The slices point into the response, `protocol` into the
 * request.  Before a head is complete, every slice is absent. */
#define UPSHAKE_BODY_TO_CLOSE ((uint64_t)-2)
typedef struct upshake_client_result {
  upshake_client_next next;
  upshake_error error;       /* why REFUSED; INCOMPLETE at READ; OK        */
  int status;                /* three digits, when the head is complete    */
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
                        the body ends when the server closes               */
  int may_keep;      /* OTHER, 1: behind the body another request may be sent */
} upshake_client_result;
UPSHAKE_API upshake_client_result
upshake_client_get_result(const upshake_client *client);

#ifdef __cplusplus
}
#endif
#endif
