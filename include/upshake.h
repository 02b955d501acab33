/* SPDX-License-Identifier: MIT
 *
 * upshake: the HTTP/1.1 Upgrade handshake, for servers and clients.
 *
 * Feed it a request in pieces of any size.  It tells you what to do next and,
 * when a reply is due, gives you the exact bytes.  It owns no socket, heap,
 * thread or clock.  upshake.h is the everyday server.  It ends by including the
 * layers, upshake_<layer>.h, which can also be used alone.
 *
 * Words.    The head of a message is everything up to the empty line: the
 *           request line (or status line) and the field lines.  A field has a
 *           name and a value.  The target is the second word of the request
 *           line.  An offer is a request to switch to a protocol of your table.
 * Memory.   Nothing is allocated.  Every state is a struct of fixed size that
 *           you place anywhere.  It holds no pointer into itself: memcpy copies
 *           and moves it, and it needs no cleanup.
 * Lifetime. The config, everything it points to, the head memory and the user
 *           pointer must live until the last call with a handshake.  Every
 *           other argument is used during the call only, unless a function
 *           says otherwise.
 * Members.  Members of upshake and of every struct in upshake_state.h are
 *           private, unless their comment says that they are readable.
 * NULL.     A pointer may be NULL if its length is 0 or its comment says so.
 * Units.    Everything counts bytes: `len` is present, `cap` is room, `used`
 *           was consumed.  Offsets count from the first byte after init or
 *           reset.
 * Text.     Text from the network is an upshake_slice and has no NUL behind it.
 *           Text from the application is a `const char *` and has one.
 *           Path and query are as the client sent them: nothing is decoded.
 *           A cookie: upshake_find_cookie(request.fields, "name").
 * Threads.  There is no global state.  One thread at a time uses a state; all
 *           threads share a config.  While a decision is pending, any number of
 *           threads may read the request.
 * Errors.   A bad request is not an error of a call: it becomes a reply to
 *           send.  A call against the rules returns an upshake_error and has
 *           changed nothing.  errno is never touched.
 * Time.     When your deadline has passed, call upshake_answer(&hs, 408), then
 *           upshake_reply.
 * Build.    Switches for the sources, listed in the README: UPSHAKE_SMALL (less
 *           code, but slower), _PORTABLE, _NO_CLIENT, _NO_BODIES, _NO_LEAN,
 *           _NO_PHRASES (init refuses what they leave out), _EXPORT, _STATIC.
 *           No switch changes a struct, an enum or the type of a function.
 * Names.    This text leaves out UPSHAKE_ and UPSHAKE_ERR_: OK, ROOM, SEND.
 * Source.   `RFC 9110 7.8` is section 7.8 of RFC 9110.
 *
 *                       +---------- reset (kept connection) ----------+
 *                       v                                             |
 *    init --> READ -- feed --+--> PLAIN -- answer, or serve it -------+
 *              ^  |          |      ^                        |        |
 *              +--+          |      | decline                |        |
 *                            +--> DECIDE -- accept, refuse --+        |
 *                            |                               v        |
 *                            +--> SEND   send the reply: 101 switched;
 *                                        else close (or keep) --------+
 *
 * If an offer is for a path that you do not serve, return 404 from the
 * callback, as the README's example does.  If an ordinary request is for such a
 * path, call upshake_answer(&hs, 404) at PLAIN.
 */
#ifndef UPSHAKE_H
#define UPSHAKE_H
/* clang-format off: what belongs together stands on one line */
#include "upshake_state.h"
#include "upshake_reply.h"

#ifdef __cplusplus
extern "C" {
#endif

#define UPSHAKE_VERSION_MAJOR 0
#define UPSHAKE_VERSION_MINOR 2
#define UPSHAKE_VERSION_PATCH 0

typedef struct upshake upshake;

typedef enum upshake_next { /* What to do next. */
  UPSHAKE_READ = 0,   /* receive more bytes and feed them                  */
  UPSHAKE_DECIDE = 1, /* a valid offer waits for upshake_answer            */
  UPSHAKE_SEND = 2,   /* take the reply with upshake_reply and send it     */
  UPSHAKE_PLAIN = 3,  /* an ordinary request: serve it, or refuse it       */
  UPSHAKE_BODY = 4    /* result.content is a piece of the body: use it, then
                         feed on; only if you asked for the body           */
} upshake_next;

enum upshake_answers { /* One of these, or a final status. */
  UPSHAKE_LATER = 0,   /* from the callback only: you answer later         */
  UPSHAKE_DECLINE = 1, /* do not switch: the request becomes PLAIN         */
  UPSHAKE_ACCEPT = 101 /* switch protocols                                 */
};

/* ---- Config: static, const, shared by all connections ------------------- */
/* Called for a valid offer.  Returns ACCEPT, DECLINE, LATER, or the status of a
 * refusal; any other value is answered with 500.  feed, commit, reset and
 * judge_end call it, and it must not call any of them, nor move or init.  It
 * may call upshake_get_request, whose `version` tells HTTP/1.1 from HTTP/2, and
 * the choose functions.  If it calls upshake_answer, its return value is
 * ignored. */
typedef int upshake_decide(upshake *hs, void *user);

/* upshake_protocol.body: what to do with a request that has a body. */
enum upshake_body_policy {
  UPSHAKE_BODY_DEFAULT = 0, /* WebSocket, capsules: REFUSE; others: PLAIN  */
  UPSHAKE_BODY_PLAIN = 1,   /* ignore this offer                           */
  UPSHAKE_BODY_REFUSE = 2,  /* answer 400                                  */
  UPSHAKE_BODY_READ = 3,    /* decide, read the body, then switch          */
  UPSHAKE_BODY_ASK = 4      /* like READ, and decide again after the body  */
};
/* upshake_protocol.failed: what to do with an offer that breaks the rules of
 * its protocol. */
enum upshake_failed_policy {
  UPSHAKE_FAILED_REFUSE = 0, /* answer with the status of the rule         */
  UPSHAKE_FAILED_PLAIN = 1   /* PLAIN; result.error names the rule         */
};

/* A protocol that this server speaks (RFC 9110 7.8).  Use the initializers
 * below: they stay valid when this struct grows. */
typedef struct upshake_protocol {
  const char *name;    /* "tcp", "SPDY/3.1": token and version; the token is
                          compared in any case, the version exactly        */
  const upshake_private_rules *(*rules)(void); /* a function below; NULL: only
                          RFC 9110 7.8, not allowed for "websocket"        */
  const char *methods; /* "GET, POST"; NULL: "GET".  WebSocket and capsules
                          allow only GET.  For another method, WebSocket is
                          refused with 405 and capsules with 400; an offer of
                          any other protocol is ignored                    */
  const char *upgrade; /* in the 101: "TLS/1.2, HTTP/1.1"; NULL: name      */
  uint8_t body, failed;
} upshake_protocol;

/* The rules of WebSocket: RFC 6455 4.2.1. */
UPSHAKE_API_CONSTANT const upshake_private_rules *upshake_websocket_rules(void);
/* The rules of h2c: RFC 7540 3.2, retired by RFC 9113 3.1.  The offer must have
 * HTTP2-Settings.  BuildKit sends no HTTP2-Settings.  To accept BuildKit, use
 * UPSHAKE_PROTOCOL("h2c") instead. */
UPSHAKE_API_CONSTANT const upshake_private_rules *upshake_h2c_rules(void);
/* The rules of capsules: RFC 9298 3.2, RFC 9484 4.2.  The 101 says
 * Capsule-Protocol: ?1 (RFC 9297 3.4). */
UPSHAKE_API_CONSTANT const upshake_private_rules *upshake_capsules_rules(void);

/* Initializers: static const upshake_protocol protocols[] =
 * {UPSHAKE_WEBSOCKET}; a program links the rules that its table names. */
#define UPSHAKE_ENTRY(name, rules, methods, upgrade, body, failed) \
  { name, rules, methods, upgrade, body, failed }
#define UPSHAKE_WEBSOCKET \
  UPSHAKE_ENTRY("websocket", upshake_websocket_rules, NULL, NULL, 0, 0)
#define UPSHAKE_H2C UPSHAKE_ENTRY("h2c", upshake_h2c_rules, NULL, NULL, 0, 0)
#define UPSHAKE_CAPSULES(name) \
  UPSHAKE_ENTRY(name, upshake_capsules_rules, NULL, NULL, 0, 0)
#define UPSHAKE_PROTOCOL(name) UPSHAKE_ENTRY(name, NULL, NULL, NULL, 0, 0)

/* upshake_config.origin: which Origin a WebSocket offer may have (RFC 6455
 * 10.2).  An absent Origin is accepted, unless origin_required is 1. */
enum upshake_origin_policy {
  UPSHAKE_ORIGIN_SAME_HOST = 0, /* host and port of the request            */
  UPSHAKE_ORIGIN_LIST = 1,      /* exactly one of `origins`                */
  UPSHAKE_ORIGIN_CALLBACK = 2,  /* `decide` looks at it; without `decide`
                                   every Origin is refused                 */
  UPSHAKE_ORIGIN_ANY = 3,
  UPSHAKE_ORIGIN_SAME_HOST_ANY_PORT = 4
};
/* What the host says of a connection: upshake_config.transport. */
enum upshake_transport {
  UPSHAKE_TRANSPORT_UNKNOWN = 0,
  UPSHAKE_TRANSPORT_UNSECURED = 1, /* no TLS: a target of https or wss is
                                      refused with 421                     */
  UPSHAKE_TRANSPORT_SECURED = 2    /* TLS here, or at a proxy in front; an
                                      offer of h2c is ignored              */
};

/* Limits.  0 is the default.  Beside each limit stand the default, the highest
 * value (a higher one counts as this), and the status of the refusal. */
typedef struct upshake_limits {
  uint32_t method; /* 32 bytes, at most 255.  Longer: 501                  */
  uint32_t target; /* the head memory.  Longer: 414                        */
  uint32_t fields; /* 128 lines, at most 65535.  More: 431                 */
  uint32_t name;   /* 255 bytes, at most 65535.  Longer: 431               */
  uint64_t body;   /* content of a body that is read: no limit.  More: 413 */
  uint32_t total;  /* with lean: 65536 bytes of a head.  More: 431         */
  uint32_t skip;   /* 65536 bytes of an unread body that reset skips       */
} upshake_limits;

/* Start from all 0, which means the default everywhere. */
typedef struct upshake_config {
  const upshake_protocol *protocols; /* in order of preference, at most 32 */
  size_t protocols_len;
  upshake_decide *decide; /* NULL: accept every valid offer                */
  const char *const *subprotocols; size_t subprotocols_len; /* the first name of
                          the client's list that is also here is chosen    */
  const char *const *origins; size_t origins_len; /* compared byte for byte:
                          "https://a.example", "null", "file://"           */
  const char *const *wanted;        /* with lean: "Cookie", in any case    */
  size_t wanted_len;
  upshake_limits limits;
  uint8_t origin, transport;        /* as listed above                     */
  uint8_t origin_required;          /* 1: refuse without Origin, with 403  */
  uint8_t subprotocol_server_order; /* 1: choose by the server's order     */
  uint8_t subprotocol_required;     /* 1: refuse with 400 if no sub-protocol
                                       is offered, or if `subprotocols` is not
                                       empty and has no offered name       */
  uint8_t protocol_client_order;    /* 1: choose by the client's order; its
                                       first 8 offers count                */
  uint8_t lean; /* 1: a field line is checked and dropped, unless the
                   handshake needs it or `wanted` has its name.  So a head may
                   be larger than its memory: see result.dropped           */
} upshake_config;

/* ---- The handshake: six functions for every day ------------------------- */

/* Begin.  The head is kept in `memory`.  A head of exactly cap bytes fits; a
 * longer one is refused with 414 or 431.  8192 bytes suit browsers with
 * cookies, 1024 most other clients.  `user` is for the callback and may be
 * NULL.  Returns OK or CONFIG.  After CONFIG hs must not be used.  CONFIG means
 * that an array is NULL and its length is not 0, there are more than 32
 * protocols, a text cannot be a part of a reply, "websocket" stands without its
 * rules, an entry breaks a rule of its protocol, a member has an unknown value,
 * or a member needs what a switch has left out. */
UPSHAKE_API upshake_error upshake_init(upshake *hs,
    const upshake_config *config, void *memory, size_t cap, void *user);

/* Take bytes from the client.  The outcome is the same however they are split.
 * *used says how many were consumed.  At DECIDE, after a 101 and at PLAIN the
 * bytes from data + *used belong to the next protocol, to the request's body or
 * to the next request: keep them.  After a refusal keep them if you keep the
 * connection, else drop them.  feed takes bytes at READ, at BODY, and at SEND
 * once a 100 was taken; else it returns the same outcome again and *used is 0.
 * `data` must not overlap the head memory.  RFC 9112 2, RFC 9110 7.8, RFC 6455
 * 4.2.1. */
UPSHAKE_API upshake_next upshake_feed(upshake *hs, const void *data, size_t len,
    size_t *used);

/* What the client asks for.  method, target and version are there as soon as
 * the request line is complete, also if a later line is refused.  Every other
 * member is absent or 0 until the head is complete.  The slices are valid until
 * reset or move, and only while the head memory is valid.  path may point to a
 * static "/". */
typedef struct upshake_request {
  upshake_slice method, target; /* as sent                                 */
  upshake_slice scheme;    /* of the target; else http or https by the
                              transport; absent if that is unknown         */
  upshake_slice authority; /* of the target; else the value of Host        */
  upshake_slice path;      /* as sent; absent for OPTIONS * and CONNECT    */
  upshake_slice query;     /* behind the "?"; absent without "?"           */
  upshake_fields fields;   /* for upshake_next_field, upshake_find_field   */
  uint64_t body_len;       /* 0: no body; or UPSHAKE_BODY_CHUNKED; while the
                              body is read: how much of it is left         */
  uint8_t version;         /* 10 or 11; in a judge also 20 or 30           */
  uint8_t has_upgrade;     /* 1: it has an Upgrade field                   */
  uint8_t has_expect;      /* 1: Expect: 100-continue; 2: something else   */
  uint8_t unknown_coding;  /* 1: a coding besides chunked: answer 501      */
  uint8_t empty_host;      /* 1: Host is empty.  If authority is empty too and
                              you have no default host, refuse the request */
} upshake_request;
#define UPSHAKE_BODY_CHUNKED ((uint64_t)-1)
UPSHAKE_API upshake_request upshake_get_request(const upshake *hs);

/* Answer an offer that waits: ACCEPT, DECLINE, or the status of a refusal.
 * Answer a PLAIN request, or one whose body you read, with any final status; to
 * CONNECT no 2xx (RFC 9110 9.3.6).  You may refuse in every state until the
 * first byte of a reply was taken: for example 408 or 503 at READ, 413 while a
 * body is read, another status than the library's at SEND.  If a request has a
 * cause to be refused or PLAIN already, your answer changes only the status:
 * result.error and .offset keep the first cause (DECLINED after DECLINE).  Else
 * result.error is REFUSED, .offset is .consumed.  If the cause is VERSION_...,
 * the reply says Sec-WebSocket-Version: 13 with every status.  Returns OK
 * (result.next says what to do), ANSWER (no such answer here) or STATE. */
UPSHAKE_API upshake_error upshake_answer(upshake *hs, int answer);

/* Write the whole reply, or nothing.  Returns
 *   OK         *len bytes are in `out`
 *   ROOM       *len is the cap that is needed; a loop with less never ends
 *   STATE      the state is not SEND; *len is 0
 *   NEEDS_...  a 401, 405 or 407 that you answered needs a field, which only
 *              upshake_reply_with can add; *len is 0
 * UPSHAKE_REPLY_CAP bytes are enough if the texts of the table and the
 * sub-protocol have at most 256 bytes together.  `out` may be the head memory,
 * unless you called upshake_choose_subprotocol with a name.  The slices of the
 * request and upshake_rest are invalid then.
 *
 * After a refusal close the connection, but not at once: if bytes of the client
 * are still unread, closing would destroy the reply on its way.  Shut down
 * sending, read and drop until the client closes or your limit of time has
 * passed, then close. */
#define UPSHAKE_REPLY_CAP 512
UPSHAKE_API upshake_error upshake_reply(upshake *hs, void *out, size_t cap,
    size_t *len);

/* Where the handshake stands. */
typedef struct upshake_result {
  upshake_next next;
  upshake_error error; /* the first reason why it is refused or PLAIN;
                          INCOMPLETE while the head is not complete; else OK */
  int status;          /* of the reply, also 100 (see upshake_read_body); 0 if
                          none is due                                      */
  int switched;        /* 1: it has switched when you have sent the reply: with
                          101; in HTTP/2 and HTTP/3 with 200               */
  size_t offset;       /* refused: the first wrong byte; if something is
                          missing, the byte behind the head                */
  size_t consumed;     /* bytes of the head; in a judge fields + 1         */
  size_t dropped;      /* lean: how many of the consumed bytes were not kept.
                          If it is not 0, a PLAIN request cannot be replayed:
                          answer it yourself                               */
  const upshake_protocol *protocol; /* the table's entry to switch to, or
                          NULL.  Set at DECIDE (your choice may change it),
                          with a 100, in a body and with a 101             */
  upshake_slice subprotocol; /* chosen, or absent                          */
  upshake_slice content;     /* BODY: a piece of the body, until next call */
  uint64_t body_left;        /* bytes of the request's body that are not read
                                yet; UPSHAKE_BODY_CHUNKED: unknown         */
  int may_keep; /* 1: UPSHAKE_KEEP_OPEN is possible: sound framing, HTTP/1.1
                   without close, no CONNECT, and reset can skip the body.
                   Unsafe if clients send the new protocol before the answer
                   (RFC 9931 5)                                            */
  int keep;     /* 1: the reply was taken, and the connection stays open   */
} upshake_result;
UPSHAKE_API upshake_result upshake_get_result(const upshake *hs);

/* ---- More about replies ------------------------------------------------- */
/* As upshake_reply, with `extra` (upshake_reply.h): fields, Date, a body, keep.
 * extra may be NULL.  Other errors: EXTRA_..., NEEDS_..., MUST_CLOSE.  After
 * EXTRA_... *len is the place of the wrong field in extra->fields, or
 * fields_len if another member is wrong.  Correct it and call again, or answer
 * 500, which needs no extra.  Nothing is added to a 100. */
UPSHAKE_API upshake_error upshake_reply_with(upshake *hs,
    const upshake_extra *extra, void *out, size_t cap, size_t *len);

/* Write the next part of the reply, at most cap bytes.  At the end of the reply
 * *len is 0.  If cap is 0 the call returns ROOM.  Begin with a cursor of all 0,
 * and give the same extra (or NULL) in each call: the first call checks it.
 * `out` must not be the head memory: each call looks at the request again.  To
 * repeat a part that could not be sent, copy the cursor before the call and
 * call again with the copy. */
UPSHAKE_API upshake_error upshake_reply_part(upshake *hs,
    const upshake_extra *extra, upshake_cursor *cursor, void *out, size_t cap,
    size_t *len);

/* With extra.content you send the content yourself, after the whole reply.
 * Call this before each piece of `len` bytes: it writes what goes before them,
 * *frame_len bytes, which may be 0.  Call it with len 0 at the end.  Returns
 * OK; CONTENT: the content would be longer or shorter than announced, so close
 * the connection (to HEAD there is no content); or STATE. */
#define UPSHAKE_FRAME_CAP 24
UPSHAKE_API upshake_error upshake_send_content(upshake *hs, uint64_t len,
    char frame[UPSHAKE_FRAME_CAP], size_t *frame_len);

/* ---- Bodies (RFC 9112 6 and 7) ------------------------------------------ */
/* A body is read if you call read_body at PLAIN, or if you accept an offer
 * whose entry says BODY_READ or BODY_ASK (RFC 9110 7.8):
 *   1. If the client waits for a 100, SEND comes with result.status 100.  Take
 *      the reply, send it, and feed on.
 *   2. Feed the bytes from data + *used, then what you receive.  With commit,
 *      call commit(hs, 0) after a 100: bytes of the body may be there.
 *   3. At each BODY use result.content, which may be empty, then feed or commit
 *      on, with 0 bytes if you have no more.
 *   4. A PLAIN request is PLAIN again, with result.body_left 0: answer it.
 *      With BODY_ASK you decide again, without DECLINE.  Else SEND comes with
 *      the 101.  The bytes from data + *used are not part of the body.
 *
 * Content-Length and chunked are read.  Chunk extensions are skipped, trailer
 * fields are checked and dropped, up to 4096 bytes of each.  A wrong body is
 * refused like a wrong head: an unknown coding with 501, another Expect with
 * 417.  A judge sees no body: your program reads it (upshake_body.h), and
 * answers Expect before the reply.  read_body returns OK (result.next says what
 * to do), ANSWER (there is no body, or it was read) or STATE. */
UPSHAKE_API upshake_error upshake_read_body(upshake *hs);

/* ---- Choosing and settings ---------------------------------------------- */
/* Choose an offered protocol, or an offered sub-protocol of WebSocket, in the
 * callback or at DECIDE.  The name of a protocol is compared as in the table,
 * the name of a sub-protocol byte for byte.  An absent slice means no
 * sub-protocol.  If you do not choose, the protocol is the first offered entry
 * of the table, and the config chooses the sub-protocol.  Returns OK,
 * NOT_OFFERED or STATE. */
UPSHAKE_API upshake_error upshake_choose_protocol(upshake *hs,
    upshake_slice name);
UPSHAKE_API upshake_error upshake_choose_subprotocol(upshake *hs,
    upshake_slice name);

/* Settings of one connection.  Call these functions after init or reset, before
 * the first byte.  set_transport replaces the config's transport.  set_hash
 * sets the processor's SHA-1, from upshake_cpu_hash (NULL: plain C).  The
 * settings stay after reset.  Both return OK, STATE, or CONFIG: no such
 * transport. */
UPSHAKE_API upshake_error upshake_set_transport(upshake *hs, int transport);
UPSHAKE_API upshake_error upshake_set_hash(upshake *hs, upshake_hash *hash);

/* ---- Memory and the stream ---------------------------------------------- */
/* The bytes taken since init or reset, skipped empty lines included.  Together
 * with the bytes from data + used they are the stream as it came: replay it to
 * another parser.  If result.dropped is not 0, they are only the kept lines.
 * If your program speaks HTTP/2 and SEND comes with the error HTTP2_PREFACE,
 * send no reply and replay the stream to your HTTP/2 code. */
UPSHAKE_API upshake_slice upshake_head(const upshake *hs);

/* Instead of feed: receive straight into the head memory.  room gives the place
 * and its cap.  The cap is 0 if the memory is full, and where feed takes no
 * bytes.  The commit that fills the memory refuses a head that is still
 * incomplete.  commit takes the first len bytes of the room, at most its
 * cap.  Bytes behind the head stay in the memory, and rest gives them as a
 * slice.  The slice is valid until reset or move; in a body, only until the
 * next call.  If a body does not fit behind its head, feed it.  feed first
 * reads the bytes that commit left in the memory. */
UPSHAKE_API void *upshake_room(upshake *hs, size_t *cap);
UPSHAKE_API upshake_next upshake_commit(upshake *hs, size_t len);
UPSHAKE_API upshake_slice upshake_rest(const upshake *hs);

/* Begin the next request of a kept connection: at PLAIN if you have served the
 * request yourself, or after a whole reply with result.keep 1 and its content.
 * The body is skipped as it arrives if it was not read: up to limits.skip
 * bytes, not chunked, and not if the client waits for a 100.  The bytes of rest
 * that follow are parsed: result.next says what they are.  Returns OK; or
 * STATE: the connection must be closed, or is not over.  A new connection
 * begins with init. */
UPSHAKE_API upshake_error upshake_reset(upshake *hs);

/* Go on with other head memory of any size; the two may overlap.  Old slices
 * are invalid then.  Returns OK, ROOM (what is held does not fit) or STATE. */
UPSHAKE_API upshake_error upshake_move(upshake *hs, void *memory, size_t cap);

#ifdef __cplusplus
}
#endif

/* ---- The layers --------------------------------------------------------- */
#include "upshake_head.h"      /* the head parser                            */
#include "upshake_body.h"      /* a reader of bodies that stands alone       */
#include "upshake_websocket.h" /* Accept, permessage-deflate, HTTP2-Settings */
#include "upshake_foreign.h"   /* judging what another parser found          */
#include "upshake_client.h"    /* ask for the switch, check the answer       */
#include "upshake_gateway.h"   /* own fields, hop fields, what is passed on  */
#include "upshake_failures.h"  /* for tools: every rule that a request breaks */
#include "upshake_request.h"   /* a parameter, a cookie, credentials         */
#endif
