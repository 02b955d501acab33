/* SPDX-License-Identifier: MIT
 *
 * upshake: the HTTP/1.1 Upgrade handshake, for servers and for clients.
 *
 * Octets of a request go in, in pieces of any size; what to do next comes out,
 * and where that is an answer, its exact octets.  The other end has its own
 * section, "The client".  The library owns no socket, heap, thread or clock.
 *
 * Memory.   Nothing is allocated.  Every state is a struct of fixed size that
 *           the caller places anywhere.  It holds no pointer into itself, so
 *           memcpy copies and moves it; it may be forgotten at any time.
 * Lifetime. Config, all it points to, head memory and user pointer live until
 *           the last call with that handshake.  Everything else is used during
 *           the call only, unless a function says otherwise.
 * Members.  Private in upshake, _parser and _judge, but where called readable.
 * NULL.     A pointer may be NULL where its length is 0, or where it is said.
 * Units.    All count octets: `len` is there, `cap` is room, `used` was taken.
 *           Offsets count from the first one received since init or reset.
 * Strings.  Text from the network is an upshake_slice and has no NUL after
 *           it.  `const char *` is text from the application and has one.
 * Threads.  There is no global state.  One state belongs to one thread at a
 *           time; a config may be shared by all.  While a decision is pending
 *           any number of threads may read the request.
 * Errors.   A bad request is not an error of a call: it becomes a reply to
 *           send.  A call against the rules returns an upshake_error and has
 *           changed nothing.  errno is never touched.
 * Names.    Comments leave out UPSHAKE_ and UPSHAKE_ERR_: OK, ROOM, SEND.
 * Source.   `RFC 9110 7.8` is section 7.8 of RFC 9110.
 *
 *                       +---------- reset (kept connection) ----------+
 *                       v                                             |
 *    init --> READ -- feed --+--> PLAIN   serve it as HTTP -----------+
 *              ^  |          |      ^                                 |
 *              +--+          |      | decline                         |
 *                            +--> DECIDE -- accept, refuse --+        |
 *                            |                               v        |
 *                            +--> SEND   send the reply: 101 switched;
 *                                        else close (or keep) --------+
 */
#ifndef UPSHAKE_H
#define UPSHAKE_H
/* clang-format off: what belongs together stands on one line */
/* With an int of 16 bits the library would compile and be wrong. */
#ifndef __INT_MAX__ /* a compiler that is neither gcc nor clang */
typedef char upshake_needs_an_int_of_32_bits[sizeof(int) < 4 ? -1 : 1];
#elif __INT_MAX__ < 0x7FFFFFFF
#error "upshake needs an int of at least 32 bits"
#endif

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define UPSHAKE_VERSION_MAJOR 0
#define UPSHAKE_VERSION_MINOR 1
#define UPSHAKE_VERSION_PATCH 0

#ifdef UPSHAKE_API /* the application knows better */
#elif defined(_WIN32) && defined(UPSHAKE_SHARED) && defined(UPSHAKE_BUILD)
#define UPSHAKE_API __declspec(dllexport)
#elif defined(_WIN32) && defined(UPSHAKE_SHARED)
#define UPSHAKE_API __declspec(dllimport)
#elif defined(__GNUC__)
#define UPSHAKE_API __attribute__((visibility("default")))
#else
#define UPSHAKE_API
#endif

/* ---- Values ----------------------------------------------------------- */
/* A run of octets in memory that somebody else owns.  An absent value has ptr
 * NULL; one that is present and empty has len 0 and another ptr. */
typedef struct upshake_slice { const char *ptr; size_t len; } upshake_slice;

/* A string literal as the initializer of a slice: { UPSHAKE_TEXT("a") }. */
#define UPSHAKE_TEXT(literal) ("" literal), (sizeof(literal) - 1)

/* A field line without its colon and the blanks around its value. */
typedef struct upshake_field { upshake_slice name, value; } upshake_field;

/* What to do next. */
typedef enum upshake_next {
  UPSHAKE_READ = 0,   /* receive more octets and feed them                 */
  UPSHAKE_DECIDE = 1, /* a valid offer waits for upshake_answer            */
  UPSHAKE_SEND = 2,   /* take the reply with upshake_reply and send it     */
  UPSHAKE_PLAIN = 3,  /* an ordinary request: serve it, or refuse it       */
  UPSHAKE_BODY = 4    /* octets of a body, where the table asks for them   */
} upshake_next;

enum { /* What the application says to an offer, beside a status 300 to 599. */
  UPSHAKE_LATER = 0,   /* from the callback only: I will call _answer      */
  UPSHAKE_DECLINE = 1, /* do not switch: the request becomes PLAIN         */
  UPSHAKE_ACCEPT = 101 /* switch protocols                                 */
};

/* Every refusal, every reason for PLAIN and every misuse; src/errors.h has the
 * status, the rule and a sentence for each.  Host and framing are refused at
 * the first line that is wrong.  Elsewhere, and in a judge, of several errors
 * in one part of a request the one listed first is reported. */
typedef enum upshake_error {
  UPSHAKE_OK, UPSHAKE_ERR_INCOMPLETE, /* the head is not complete yet */
  /* Why a request is PLAIN. */
  UPSHAKE_ERR_PROXY_TOOK_UPGRADE, UPSHAKE_ERR_NO_UPGRADE, UPSHAKE_ERR_HTTP_1_0,
  UPSHAKE_ERR_NO_CONNECTION, UPSHAKE_ERR_NOT_SUPPORTED,
  UPSHAKE_ERR_PASSED_OVER_BODY, UPSHAKE_ERR_PASSED_OVER_METHOD,
  UPSHAKE_ERR_PASSED_OVER_SETTINGS, UPSHAKE_ERR_DECLINED,
  /* Refused at an octet of the request line: 400, _LONG 501 and 414,
   * TARGET_SECURED 421, HTTP_VERSION and HTTP2_PREFACE 505. */
  UPSHAKE_ERR_TLS, UPSHAKE_ERR_EMPTY_LINES, UPSHAKE_ERR_LINE_END,
  UPSHAKE_ERR_METHOD_OCTET, UPSHAKE_ERR_METHOD_LONG, UPSHAKE_ERR_TARGET_OCTET,
  UPSHAKE_ERR_TARGET_LONG, UPSHAKE_ERR_TARGET_FORM, UPSHAKE_ERR_TARGET_SCHEME,
  UPSHAKE_ERR_TARGET_AUTHORITY, UPSHAKE_ERR_TARGET_SECURED,
  UPSHAKE_ERR_HTTP_VERSION_OCTET, UPSHAKE_ERR_HTTP_VERSION,
  UPSHAKE_ERR_HTTP2_PREFACE,
  /* Refused at a field line: 400, _LONG and _MANY 431. */
  UPSHAKE_ERR_FIELD_FOLDED, UPSHAKE_ERR_FIELD_BLANK, UPSHAKE_ERR_FIELD_NAME,
  UPSHAKE_ERR_FIELD_VALUE, UPSHAKE_ERR_FIELD_NAME_LONG, UPSHAKE_ERR_FIELDS_MANY,
  UPSHAKE_ERR_HEAD_LONG, UPSHAKE_ERR_HOST_REPEATED, UPSHAKE_ERR_HOST_MALFORMED,
  UPSHAKE_ERR_LENGTH_AND_CODING, UPSHAKE_ERR_LENGTH_REPEATED,
  UPSHAKE_ERR_LENGTH_MALFORMED, UPSHAKE_ERR_CODING_IN_1_0,
  UPSHAKE_ERR_CODING_MALFORMED,
  /* Refused at the end of the head, BODY_LONG to TRAILER_LONG also in a body:
   * 400, CODING_UNKNOWN 501, METHOD 405, BODY_LONG 413, TRAILER_LONG 431,
   * EXPECTATION 417, VERSION_MISSING and _UNSUPPORTED 426, ORIGIN_MALFORMED
   * and _REFUSED 403, REFUSED as the application says, DECISION 500. */
  UPSHAKE_ERR_HOST_MISSING, UPSHAKE_ERR_CODING_NOT_CHUNKED,
  UPSHAKE_ERR_CONNECTION_MALFORMED, UPSHAKE_ERR_CODING_UNKNOWN,
  UPSHAKE_ERR_HOST_EMPTY, UPSHAKE_ERR_BODY, UPSHAKE_ERR_BODY_LONG,
  UPSHAKE_ERR_CHUNK, UPSHAKE_ERR_CHUNK_EXTENSION_LONG, UPSHAKE_ERR_TRAILER,
  UPSHAKE_ERR_TRAILER_LONG, UPSHAKE_ERR_METHOD, UPSHAKE_ERR_METHOD_NOT_GET,
  UPSHAKE_ERR_CAPSULES, UPSHAKE_ERR_EXPECTATION, UPSHAKE_ERR_VERSION_REPEATED,
  UPSHAKE_ERR_VERSION_MALFORMED, UPSHAKE_ERR_VERSION_MISSING,
  UPSHAKE_ERR_VERSION_UNSUPPORTED, UPSHAKE_ERR_KEY_REPEATED,
  UPSHAKE_ERR_KEY_MALFORMED, UPSHAKE_ERR_KEY_MISSING,
  UPSHAKE_ERR_SUBPROTOCOL_MALFORMED, UPSHAKE_ERR_EXTENSION_MALFORMED,
  UPSHAKE_ERR_ORIGIN_REPEATED, UPSHAKE_ERR_ORIGIN_MALFORMED,
  UPSHAKE_ERR_ORIGIN_REFUSED, UPSHAKE_ERR_SUBPROTOCOL_REQUIRED,
  UPSHAKE_ERR_REFUSED, UPSHAKE_ERR_DECISION,
  /* Why a client refuses a response, beside those above that fit. */
  UPSHAKE_ERR_STATUS_LINE, UPSHAKE_ERR_INTERIM_MANY,
  UPSHAKE_ERR_SWITCH_HTTP_1_0, UPSHAKE_ERR_UPGRADE_MISSING,
  UPSHAKE_ERR_UPGRADE_REPEATED, UPSHAKE_ERR_UPGRADE_NOT_ASKED,
  UPSHAKE_ERR_CONNECTION_MISSING, UPSHAKE_ERR_ACCEPT_MISSING,
  UPSHAKE_ERR_ACCEPT_REPEATED, UPSHAKE_ERR_ACCEPT_WRONG,
  UPSHAKE_ERR_SUBPROTOCOL_REPEATED, UPSHAKE_ERR_SUBPROTOCOL_NOT_ASKED,
  UPSHAKE_ERR_SUBPROTOCOL_NONE, UPSHAKE_ERR_EXTENSION_REPEATED,
  UPSHAKE_ERR_EXTENSION_NOT_ASKED, UPSHAKE_ERR_EXTENSION_PARAMETER,
  /* Returned by calls, which then have changed nothing. */
  UPSHAKE_ERR_STATE, UPSHAKE_ERR_CONFIG, UPSHAKE_ERR_ANSWER,
  UPSHAKE_ERR_NOT_OFFERED, UPSHAKE_ERR_ROOM, UPSHAKE_ERR_EXTRA_NAME,
  UPSHAKE_ERR_EXTRA_VALUE, UPSHAKE_ERR_EXTRA_RESERVED,
  UPSHAKE_ERR_EXTRA_REPEATED, UPSHAKE_ERR_EXTRA_BODY,
  UPSHAKE_ERR_EXTRA_EXTENSION, UPSHAKE_ERR_REPLY_PROTOCOL,
  UPSHAKE_ERR_REPLY_ACCEPT, UPSHAKE_ERR_NEEDS_AUTHENTICATE,
  UPSHAKE_ERR_NEEDS_PROXY_AUTHENTICATE, UPSHAKE_ERR_NEEDS_ALLOW,
  UPSHAKE_ERR_MUST_CLOSE, UPSHAKE_ERR_REQUEST,
  UPSHAKE_ERRORS_LEN
} upshake_error;

/* The sentence of an error, or all there is to say of it.  Static, never NULL;
 * for a number that is no upshake_error it says so. */
typedef struct upshake_explanation {
  const char *name, *rule; /* "KEY_MISSING"; "RFC 6455 4.2.1", or ""       */
  const char *sentence; int status; /* "no Sec-WebSocket-Key"; 400         */
} upshake_explanation;
UPSHAKE_API const char *upshake_strerror(upshake_error error);
UPSHAKE_API upshake_explanation upshake_explain(upshake_error error);

/* ---- Config: static, const, shared by all connections ------------------ */
typedef struct upshake upshake;
/* Called for a valid offer.  Returns ACCEPT, DECLINE, LATER or the status of a
 * refusal; anything else is answered 500.  It runs inside of feed, commit,
 * reset or judge_end and calls none of these, nor move or init; it may look at
 * the request and choose.  Where it calls upshake_answer, that counts alone. */
typedef int upshake_decide(upshake *hs, void *user);

enum { /* upshake_protocol.rules */
  UPSHAKE_RULES_BY_TOKEN = 0,  /* those below; all other tokens: none      */
  UPSHAKE_RULES_NONE = 1,      /* only RFC 9110 7.8; not for "websocket"   */
  UPSHAKE_RULES_WEBSOCKET = 2, /* "websocket": RFC 6455 4.2.1              */
  UPSHAKE_RULES_H2C = 3,       /* "h2c": RFC 7540 3.2; retired: RFC 9113 3.1 */
  UPSHAKE_RULES_CAPSULES = 4,  /* "connect-udp", "connect-ip": RFC 9298 3.2,
                                  RFC 9484 4.2; the 101 says
                                  Capsule-Protocol: ?1 (RFC 9297 3.4)      */
  /* upshake_protocol.body: what a request with a body means */
  UPSHAKE_BODY_DEFAULT = 0, /* REFUSE for WebSocket and capsules, else PLAIN */
  UPSHAKE_BODY_PLAIN = 1,   /* as if this protocol had not been offered    */
  UPSHAKE_BODY_REFUSE = 2,  /* 400                                         */
  UPSHAKE_BODY_CONSUME = 3, /* read it, then switch: see "Bodies"          */
  UPSHAKE_BODY_ASK = 4,     /* the same, and decide again after it         */
  /* upshake_protocol.failed: an offer that breaks its own rules is */
  UPSHAKE_FAILED_REFUSE = 0, /* refused with the status of the rule        */
  UPSHAKE_FAILED_PLAIN = 1   /* PLAIN, result.error names the rule         */
};

/* A protocol that this server speaks (RFC 9110 7.8). */
typedef struct upshake_protocol {
  const char *token;   /* "websocket"; compared without regard to case     */
  const char *version; /* "3.1" of SPDY/3.1, exact; NULL: without version  */
  const char *methods; /* "GET, POST", exact; NULL: "GET", the only one for
                          WebSocket and capsules.  Another is 405 for
                          WebSocket, 400 for capsules, else passed over    */
  const char *upgrade; /* in the 101: "TLS/1.2, HTTP/1.1"; NULL: as above  */
  uint8_t rules, body, failed;
} upshake_protocol;

enum { /* upshake_config.origin; for WebSocket only, RFC 6455 10.2 */
  UPSHAKE_ORIGIN_SAME_HOST = 0, /* none, or host and port of the request   */
  UPSHAKE_ORIGIN_LIST = 1,      /* none, or one of `origins`, exactly      */
  UPSHAKE_ORIGIN_CALLBACK = 2,  /* any: `decide` looks at it; without it none */
  UPSHAKE_ORIGIN_ANY = 3,
  /* upshake_config.transport: what the host says of the connection */
  UPSHAKE_TRANSPORT_UNKNOWN = 0,
  UPSHAKE_TRANSPORT_UNSECURED = 1, /* a target of https or wss: 421        */
  UPSHAKE_TRANSPORT_SECURED = 2    /* TLS here, or at a proxy in front     */
};

/* Limits on a head, in octets (fields: in lines).  0 is the default. */
typedef struct upshake_limits {
  uint32_t method; /* 32; at most 255.  Longer: 501                        */
  uint32_t target; /* none but the head memory.  Longer: 414               */
  uint32_t fields; /* 128; at most 65535.  More: 431                       */
  uint32_t name;   /* 255; at most 65535.  Longer: 431                     */
  uint64_t body;   /* none; content of a body that is consumed.  More: 413 */
  uint32_t total;  /* with lean: 65536; octets of a head.  More: 431       */
} upshake_limits;

/* Members that are 0 mean the default, so { protocols, 1 } is a config. */
typedef struct upshake_config {
  const upshake_protocol *protocols; /* by preference, at most 32          */
  size_t protocols_len;
  upshake_decide *decide; /* NULL: every valid offer is accepted           */
  const char *const *subprotocols; /* the first that the client lists and  */
  size_t subprotocols_len;         /* this server speaks is chosen         */
  const char *const *origins; size_t origins_len; /* "https://example.com" */
  upshake_limits limits;
  uint8_t origin, transport;
  uint8_t subprotocol_server_order; /* 1: choose by the server's order     */
  uint8_t subprotocol_required;     /* 1: none offered, or none of the list
                                       (unless that is empty): 400         */
  uint8_t protocol_client_order; /* 1: of what is offered and valid take the
                                    first of the client's list (of 8)      */
  uint32_t cpu; /* 0: portable; else what upshake_cpu() says               */
  uint8_t lean; /* 1: field lines that neither the handshake has a rule for
                   nor `wanted` names are checked and take no memory, so
                   that a head may be larger than it: see result.dropped   */
  const char *const *wanted; /* "Cookie", "Authorization"; in any case     */
  size_t wanted_len;
} upshake_config;

/* ---- The handshake: six functions for every day ------------------------ */

/* Private parts of the states below. */
typedef struct upshake_parser {
  uint32_t pos, name_at, value_at; /* offsets; pos: octets looked at       */
  uint32_t target_len;
  uint16_t fields, name_len;
  uint8_t state, empty_lines, method_len;
  uint8_t minor; /* readable at the end: the digit after "HTTP/1."         */
} upshake_parser;
typedef struct upshake_facts {
  uint64_t body_len;
  uint32_t offered, flags, bad_at, host_at, key_at;
  uint16_t subprotocol; uint8_t bad;
  union { /* head: until it is judged; body: after that */
    struct { uint32_t origin_at, content_at; uint8_t order[8]; } head;
    struct { uint64_t taken, chunk_left; } body;
  } in;
} upshake_facts;

/* A handshake: one for each connection. */
struct upshake {
  const upshake_config *config;
  uint8_t next, error, protocol, rules; uint16_t status, flags;
  uint32_t cap, held, end, chosen_at, chosen_len;
  char *memory; void *user;
  upshake_parser parser; upshake_facts facts;
};

/* Begin.  The head of the request (request line and field lines) is kept in
 * `memory`: one of cap octets is accepted, a longer one refused, 414 or 431.
 * 8192 suits browsers with cookies; 1024 most others.  `user` is for the
 * callback, or NULL.  Returns OK; or CONFIG, and hs is not usable: an array is
 * NULL but not empty, more than 32 protocols, or one that no reply can name. */
UPSHAKE_API upshake_error upshake_init(upshake *hs,
    const upshake_config *config, void *memory, size_t cap, void *user);

/* Take octets from the peer: the outcome is the same however they are cut.
 * *used of them are taken.  On DECIDE, a 101 and PLAIN those after them are the
 * next protocol's, or the request's body: keep them.  On a refusal drop them,
 * unless the reply has extra.keep: then they are the rest of the body and the
 * next request.  In other states than READ (and BODY, see "Bodies") the same
 * outcome comes back, and *used is 0.  data does not overlap the head memory.
 * RFC 9112 2, RFC 9110 7.8, RFC 6455 4.2.1. */
UPSHAKE_API upshake_next upshake_feed(upshake *hs, const void *data, size_t len,
    size_t *used);

/* The request, as soon as its head is complete; before that, and for an HTTP/2
 * preface, all members are absent.  The slices are valid until reset or move,
 * and for as long as the head memory is; path may be a static "/". */
typedef struct upshake_request {
  upshake_slice method, target; /* as sent: other parts point into target  */
  upshake_slice scheme;    /* of the target; else by config.transport      */
  upshake_slice authority; /* of the target; else the value of Host        */
  upshake_slice path;      /* as sent; empty only with OPTIONS * and CONNECT */
  upshake_slice query;     /* after the "?"; absent where there is none    */
  upshake_slice fields;    /* the field lines: for upshake_next_field      */
} upshake_request;
UPSHAKE_API upshake_request upshake_get_request(const upshake *hs);

/* Answer an offer that waits: ACCEPT, DECLINE or the status of a refusal.  You
 * may refuse in every state until the first byte of a reply was taken: for
 * example 408 or 503 at READ, 404 or 426 at PLAIN, another status than the
 * library's at SEND.  A refusal changes the status only: result.error and
 * .offset stay those of the first cause, DECLINED after DECLINE.  They become
 * REFUSED and result.consumed only if nothing was wrong before.  If the cause
 * is VERSION_..., the reply has Sec-WebSocket-Version: 13 with every status.
 * Returns OK (now SEND, PLAIN, or READ where a body comes first), ANSWER (no
 * such answer; 426 and none to name) or STATE. */
UPSHAKE_API upshake_error upshake_answer(upshake *hs, int answer);

/* What the application adds; all may be absent.  The handshake's own fields,
 * Content-Length and the like, and octets that break a response are refused. */
typedef struct upshake_extra {
  const upshake_field *fields; size_t fields_len; /* Set-Cookie, Location... */
  upshake_slice date;       /* value of Date (RFC 9110 6.6.1)              */
  upshake_slice body;       /* of a refusal; left out to HEAD              */
  uint8_t keep;             /* 1: keep the connection, see result.may_keep */
  upshake_slice reason;     /* of a 101 or refusal: another reason phrase  */
  upshake_slice extensions; /* of a 101: see "WebSocket extensions"        */
} upshake_extra;

/* Write the whole reply, or nothing.  extra may be NULL.  Returns OK and *len
 * octets are in out; ROOM and *len is the cap that it needs (cap 0 just asks
 * for that); or another error, and *len is 0: EXTRA_..., NEEDS_... (the field
 * of a 401, 405 or 407), MUST_CLOSE, STATE (not at SEND).  Correct the extras
 * and call again, or answer 500, which needs none.  UPSHAKE_REPLY_CAP is enough
 * without extras, if the strings of the table and the sub-protocol have at most
 * 256 octets together.  out may be the head memory, if no sub-protocol was
 * chosen by you from it.
 *
 * After a refusal the connection is closed.  Not at once, or octets of the
 * peer that are still unread destroy the answer on its way: shut down sending,
 * read and drop until the peer closes, up to a limit of time; then close. */
#define UPSHAKE_REPLY_CAP 512
UPSHAKE_API upshake_error upshake_reply(upshake *hs,
    const upshake_extra *extra, void *out, size_t cap, size_t *len);

/* Where the handshake stands. */
typedef struct upshake_result {
  upshake_next next;
  upshake_error error; /* the first cause of a refusal or PLAIN; INCOMPLETE,
                          of a head; OK                                    */
  int status;          /* of the reply, 100 too (see "Bodies"); 0 without one */
  size_t offset;       /* refused: first octet of what is wrong; for what is
                          missing the octet after the head                 */
  size_t consumed;     /* octets that belong to the head (not in a judge)  */
  const upshake_protocol *protocol; /* to switch to (DECIDE: so far), or NULL */
  upshake_slice subprotocol;        /* chosen, or absent                   */
  int may_keep; /* 1: extra.keep is possible: sound framing, HTTP/1.1 without
                   close, no CONNECT.  Unsafe where clients send the new
                   protocol before the answer (RFC 9931 5)                 */
  uint64_t body_left; /* octets of the request's body after the head, and not
                         read yet: to be skipped on a kept connection.
                         _UNKNOWN (chunked): keep only if you find its end */
  size_t body;        /* BODY: how many of the octets taken are content    */
  size_t dropped;     /* with lean: of `consumed`, octets of lines that were
                         left out of the head; 0: the head is whole.  A PLAIN
                         request that lacks some cannot be replayed: answer
                         it yourself, or refuse it                         */
} upshake_result;
#define UPSHAKE_BODY_UNKNOWN UINT64_MAX
UPSHAKE_API upshake_result upshake_get_result(const upshake *hs);

/* ---- Choosing ----------------------------------------------------------- */
/* Choose among what was offered, in the callback or at DECIDE: a protocol by
 * its place in the table, from 0; a sub-protocol of a WebSocket offer, octet
 * for octet, or none where name.ptr is NULL.  Otherwise the first of the table
 * and the config's choice are taken.  Returns OK, NOT_OFFERED or STATE. */
UPSHAKE_API upshake_error upshake_choose_protocol(upshake *hs, size_t place);
UPSHAKE_API upshake_error upshake_choose_subprotocol(upshake *hs,
    upshake_slice name);

/* ---- Memory and the stream ---------------------------------------------- */

/* All octets taken since init or reset, skipped empty lines included: with
 * the octets after them the stream as it came, to be replayed elsewhere.  Where
 * result.dropped is not 0, only the lines that were kept.  A server that speaks
 * HTTP/2 on this port looks for the error HTTP2_PREFACE: it sends no reply and
 * gives its HTTP/2 this, then the bytes from data + *used on (or rest). */
UPSHAKE_API upshake_slice upshake_head(const upshake *hs);

/* Instead of feed: receive straight into the head memory.  room gives where
 * and up to how many octets: 0 in every state but READ and BODY, and where the
 * memory is full; commit(0) then says so of a head, and a body goes on by feed.
 * commit takes the first len octets, at most the room.  Octets after the head
 * stay in the memory; rest gives them, valid until reset or move. */
UPSHAKE_API void *upshake_room(upshake *hs, size_t *cap);
UPSHAKE_API upshake_next upshake_commit(upshake *hs, size_t len);
UPSHAKE_API upshake_slice upshake_rest(const upshake *hs);

/* The next request on a kept connection: after PLAIN, or a refusal with keep.
 * `taken` octets of rest (a body; at most all) are gone, what is left moves to
 * the front and is judged.  Else it begins a new connection, and drops rest. */
UPSHAKE_API upshake_next upshake_reset(upshake *hs, size_t taken);

/* Go on with other head memory, of any size; the two may overlap.  Old slices
 * are invalid then.  Returns OK, ROOM (what is held does not fit) or STATE. */
UPSHAKE_API upshake_error upshake_move(upshake *hs, void *memory, size_t cap);

/* As upshake_reply, but only the octets from position `from` on, at most cap
 * of them; *len 0 is the end.  The extras are the same in every call. */
UPSHAKE_API upshake_error upshake_reply_part(upshake *hs,
    const upshake_extra *extra, size_t from, void *out, size_t cap,
    size_t *len);

/* ---- Layer: fields and lists (RFC 9110 5) -------------------------------- */
/* Take the next field line off *fields.  Returns 1, or 0 at the end or at a
 * line that is none.  Works on any octets. */
UPSHAKE_API int upshake_next_field(upshake_slice *fields, upshake_field *field);
/* The value of the first field with that name, its case ignored; or absent. */
UPSHAKE_API upshake_slice upshake_find_field(upshake_slice fields,
    const char *name);

/* The members of `value`, then those of every line in `fields` that is named
 * `name`: several lines are one list (RFC 9110 5.3).  Any of the three may be
 * absent, so that a list can be walked in the lines that any parser gives:
 *     upshake_list list = { value, { 0 }, NULL };                           */
typedef struct upshake_list {
  upshake_slice value, fields; const char *name;
} upshake_list;

/* The next member that is not empty, without the blanks around it.  A comma
 * in a quoted-string does not end it; an unterminated quoted-string runs to
 * the end of its line.  Returns 1, or 0 at the end. */
UPSHAKE_API int upshake_next_member(upshake_list *list, upshake_slice *member);

/* Take the leading token off a member, then its parameters one by one: token
 * *( ";" token [ "=" ( token / quoted-string ) ] ), blanks between them allowed
 * (RFC 6455 9.1, RFC 9112 7).  The first call gives the token in `name`, others
 * a parameter; value is absent without "=", a quoted-string keeps its quotes.
 * Returns 1, 0 at the end, -1 where the grammar is broken (*member stays). */
UPSHAKE_API int upshake_next_parameter(upshake_slice *member,
    upshake_slice *name, upshake_slice *value);

/* A parameter's value without quotes and backslashes (RFC 9110 5.6.4), written
 * to out.  Returns its length; more than cap: nothing was written.  SIZE_MAX
 * for what begins with a quote and is no quoted-string. */
UPSHAKE_API size_t upshake_unquote(upshake_slice value, char *out, size_t cap);

/* 1 if the octets are those of `text`; _fold without regard to the case of
 * ASCII letters.  1 if the slice is a token (RFC 9110 5.6.2). */
UPSHAKE_API int upshake_equal(upshake_slice slice, const char *text);
UPSHAKE_API int upshake_equal_fold(upshake_slice slice, const char *text);
UPSHAKE_API int upshake_is_token(upshake_slice slice);

/* ---- Bodies (RFC 9112 6 and 7) ------------------------------------------- */
/* Where the table says so, an offer may have a body, which is read before the
 * switch (RFC 9110 7.8).  The application decides when the head is complete;
 * ACCEPT then means: go on.  With Expect: 100-continue there is first a reply
 * to send, whose result.status is 100 and whose extras are ignored.  Feed goes
 * on with what is after `used`.  At BODY the last result.body octets before
 * data + *used are content (before the rest, with commit): use them, then feed
 * again, be it 0 octets.  After the body comes the 101, or with BODY_ASK first
 * another decision, where body_left is 0 and DECLINE is not possible any more.
 * What is after `used` then is the new protocol's.
 * Content-Length and chunked are read; chunk extensions are skipped, trailer
 * fields checked and dropped, up to 4096 octets of each.  Where the head fills
 * its memory, use feed for the body: it goes through what commit has left first
 * (content is then before the rest, and *used 0).  room ends its life too.  A
 * judge sees no body: its host reads it and answers Expect before the reply. */

/* ---- WebSocket extensions (RFC 6455 9, RFC 7692) ------------------------- */
/* What a server can do of permessage-deflate.  All 0: whatever zlib can. */
typedef struct upshake_deflate_caps {
  uint8_t server_bits; /* largest window to compress with, 9 to 15; 0: 15  */
  uint8_t client_bits; /* largest one to decompress with, 8 to 15; 0: 15.
                          Less than what the client may use: declined      */
  uint8_t server_bits_least;  /* smallest one to compress with; 0: 9, as zlib
                                 cannot do 8 without its header            */
  uint8_t no_server_takeover; /* 1: forget what was compressed, each time  */
  uint8_t no_client_takeover; /* 1: ask the client to do so                */
} upshake_deflate_caps;

/* What both sides do; for zlib: deflateInit2(..., -server_bits, ...) and
 * inflateInit2(..., -client_bits).  No takeover: reset after each message. */
typedef struct upshake_deflate {
  uint8_t server_bits, client_bits; /* 8 to 15                             */
  uint8_t no_server_takeover, no_client_takeover;
} upshake_deflate;

/* Take the first offer of permessage-deflate that is valid and possible out of
 * the lines of Sec-WebSocket-Extensions (`offers` as for upshake_next_member).
 * Returns the length of the answer in `value`, for extra.extensions; 0 where
 * none is taken.  caps may be NULL.  Each element of extra.extensions must name
 * an offered extension; the application's own ones go the same way. */
#define UPSHAKE_DEFLATE_CAP 128
UPSHAKE_API size_t upshake_agree_deflate(upshake_list offers,
    const upshake_deflate_caps *caps, upshake_deflate *agreed,
    char value[UPSHAKE_DEFLATE_CAP]);

/* ---- Fields of other protocols ------------------------------------------- */
/* HTTP2-Settings (RFC 7540 3.2.1): base64url without padding, whole settings of
 * 6 octets.  Returns the octets written to out, for nghttp2_session_upgrade2;
 * SIZE_MAX where it is malformed, or does not fit into cap. */
UPSHAKE_API size_t upshake_decode_settings(upshake_slice value, void *out,
    size_t cap);

/* 1 if the one field with that name is the structured boolean ?1, parameters
 * ignored; anything else is as if absent (RFC 9297 3.4, RFC 8941 3.3.6). */
UPSHAKE_API int upshake_is_true(upshake_slice fields, const char *name);

/* ---- Layer: the head parser (RFC 9112 2 to 5) ---------------------------- */
/* Parse a head in a buffer that grows: octets[0 .. len) is all that came so
 * far, at any address.  The parser begins as { 0 }, and goes on where it was.
 * limits may be NULL.  Returns INCOMPLETE (call again with more); OK, and
 * _parsed_request has its parts, or HTTP2_PREFACE: *end is the length of the
 * head; or, however often it is called, the error of the octet at *end. */
UPSHAKE_API upshake_error upshake_parse_head(upshake_parser *parser,
    const upshake_limits *limits, const void *octets, size_t len, size_t *end);
UPSHAKE_API upshake_request upshake_parsed_request(
    const upshake_parser *parser, const void *octets);

/* ---- Layer: judging what another parser found ---------------------------- */
/* Lines of Sec-WebSocket-Protocol, and of -Extensions, remembered for what the
 * application chooses; the config's list of sub-protocols sees every line. */
#define UPSHAKE_JUDGE_LINES 8

/* A request judged without a head in memory.  At the end judge.hs is at DECIDE,
 * SEND or PLAIN: for get_request (fields are absent), get_result, answer,
 * choose and reply; it stays in its judge.  result.offset is the number of the
 * field, from 1 as called; 0 is the request line, one more than all the end. */
typedef struct upshake_judge {
  upshake hs; /* readable */
  upshake_slice method, target, host, origin, chosen;
  upshake_slice lines[UPSHAKE_JUDGE_LINES], extensions[UPSHAKE_JUDGE_LINES];
  char key[24];
} upshake_judge;

/* Begin, one call for each field in any order, end.  version is 11 for
 * HTTP/1.1, 10 for HTTP/1.0; a major version that is not 1 is refused with 505.
 * Every octet is checked again, only the key is copied.  The slices are valid
 * until the end; those of Sec-WebSocket-Protocol and -Extensions until the
 * reply; method, target and Host for as long as get_request is called.  The
 * order of fields with different names changes nothing.  begin returns as
 * upshake_init. */
UPSHAKE_API upshake_error upshake_judge_begin(upshake_judge *judge,
    const upshake_config *config, void *user, upshake_slice method,
    upshake_slice target, int version);
UPSHAKE_API void upshake_judge_field(upshake_judge *judge, upshake_slice name,
    upshake_slice value);
UPSHAKE_API upshake_next upshake_judge_end(upshake_judge *judge);

/* ---- Layer: writing a reply without a request ---------------------------- */
/* A reply: 101 or a final status.  Everything but status may be absent. */
typedef struct upshake_response {
  int status;                 /* 100 (alone), 101, 300 to 599              */
  uint8_t continue_first;     /* 1: a 100 (Continue) goes before the 101   */
  uint8_t to_head;            /* 1: the method was HEAD, no body is sent   */
  uint8_t capsules;           /* 101: Capsule-Protocol: ?1                 */
  upshake_slice upgrade;      /* 101: the protocol; 426: those spoken      */
  upshake_slice subprotocol;  /* 101: Sec-WebSocket-Protocol               */
  const char *accept;         /* 101: Sec-WebSocket-Accept, 28 octets      */
  const char *version, *allow; /* Sec-WebSocket-Version; 405: Allow        */
  const upshake_extra *extra; /* may be NULL                               */
} upshake_response;

/* As upshake_reply and upshake_reply_part. */
UPSHAKE_API upshake_error upshake_write(const upshake_response *response,
    void *out, size_t cap, size_t *len);
UPSHAKE_API upshake_error upshake_write_part(const upshake_response *response,
    size_t from, void *out, size_t cap, size_t *len);

/* ---- The client (RFC 9110 7.8, RFC 6455 4.1) ----------------------------- */
/* An offer of permessage-deflate (RFC 7692 7.1); of all 0 there is just the
 * name.  Browsers send { .client_bits = UPSHAKE_BITS_ANY }. */
typedef struct upshake_deflate_offer {
  uint8_t server_bits; /* 8 to 15: the server's window at most; 0: any     */
  uint8_t client_bits; /* 8 to 15: ours at most, and the server may say less;
                          _ANY: it may say; 0: it may not                  */
  uint8_t no_server_takeover, no_client_takeover;
} upshake_deflate_offer;
#define UPSHAKE_BITS_ANY 1

/* What to ask for.  What is NULL or 0 is not sent, if nothing else is said. */
typedef struct upshake_ask {
  const char *scheme;    /* "ws", "wss", "http", "https"; NULL: "ws"       */
  const char *authority; /* "example.com:8080", for Host, which leaves out the
                            port that the scheme stands for                */
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
  upshake_slice settings;    /* "h2c" needs it: payload of a SETTINGS frame */
  const upshake_field *fields; size_t fields_len; /* Cookie, User-Agent... */
} upshake_ask;

/* Write the whole request, or nothing: *len and ROOM as for upshake_reply.
 * `key` is 16 octets for Sec-WebSocket-Key, new for each connection, of the
 * system's randomness (getrandom, arc4random_buf, BCryptGenRandom, a
 * microcontroller's RNG); NULL where "websocket" is not asked for.  What breaks
 * a rule returns its error, or EXTRA_..., as do the handshake's own fields:
 * Host, Origin, Expect, Connection and the like.  Send no more until the answer
 * is there: it could be read as another request (RFC 6455 4.1, RFC 9931 6). */
UPSHAKE_API upshake_error upshake_write_request(const upshake_ask *ask,
    const uint8_t key[16], void *out, size_t cap, size_t *len);

typedef enum upshake_client_next {
  UPSHAKE_CLIENT_READ = 0,     /* receive more octets and feed them        */
  UPSHAKE_CLIENT_SWITCHED = 1, /* a sound 101: go on in the new protocol   */
  UPSHAKE_CLIENT_OTHER = 2,    /* no switch: a redirect, a 401, a 426, a 200 */
  UPSHAKE_CLIENT_REFUSED = 3   /* it breaks a rule: close the connection   */
} upshake_client_next;

/* How to judge the answer; all 0, or no policy, is the default. */
typedef struct upshake_client_policy {
  upshake_limits limits; /* fields and name as in a server; total: bytes of
                            one head, 0: as many as fit into its memory    */
  uint8_t subprotocol_required; /* 1: refuse an answer with none of those
                                   asked for, as browsers do               */
} upshake_client_policy;

/* One for each request.  Private, as upshake_parser. */
typedef struct upshake_client {
  const upshake_client_policy *policy;
  const char *asked;
  char *memory;
  uint64_t skipped, offset;
  uint32_t asked_len, cap, held, fields_at;
  upshake_parser parser;
  upshake_facts facts;
  upshake_deflate deflate;
  uint8_t next, error, interims, flags;
} upshake_client;

/* Begin with the head of a request as it was sent, by the call above or any
 * other: what it asks for is what the answer may give.  `memory` keeps the head
 * of the response, as upshake_init says.  The policy may be NULL.  All three
 * live until the last call.  Returns OK, or REQUEST: the request is no complete
 * head that asks for a switch. */
UPSHAKE_API upshake_error upshake_client_init(upshake_client *client,
    const upshake_client_policy *policy, upshake_slice request, void *memory,
    size_t cap);

/* Take octets of the response, as upshake_feed.  Up to 32 interim responses,
 * such as 100 and 103, are skipped (RFC 9110 15.2).  After SWITCHED the octets
 * from data + *used on are the new protocol's, after OTHER the response's body.
 * A folded line is accepted, its line end becomes SP (RFC 9112 5.2).  So is a
 * status line without the SP behind its code.  A 101 ends with its head,
 * whatever Content-Length and Transfer-Encoding say (RFC 9112 6.3). */
UPSHAKE_API upshake_client_next upshake_client_feed(upshake_client *client,
    const void *data, size_t len, size_t *used);

/* What the answer is.  The slices point into the response, `protocol` into the
 * request; before a head is complete, all are absent. */
typedef struct upshake_client_result {
  upshake_client_next next;
  upshake_error error;       /* why REFUSED; INCOMPLETE at READ; OK        */
  int status;                /* three digits, once the head is complete    */
  size_t offset;             /* REFUSED: as in upshake_result              */
  size_t consumed;           /* octets taken, interim responses too        */
  upshake_slice reason, fields; /* fields: for upshake_next_field          */
  upshake_slice protocol;    /* SWITCHED: to what, as it was asked for     */
  upshake_slice subprotocol; /* SWITCHED: agreed, or absent                */
  upshake_slice extensions;  /* SWITCHED: the first line of those agreed, or
                                absent.  There may be more lines: walk `fields`
                                with upshake_next_member                   */
  upshake_deflate deflate;   /* of the extensions; server_bits 0: not agreed */
  uint64_t body_len; /* OTHER; _UNKNOWN: chunked, or until the server closes */
  int may_keep;      /* OTHER, 1: after the body another request may be sent */
} upshake_client_result;
UPSHAKE_API upshake_client_result
upshake_client_get_result(const upshake_client *client);

/* ---- Layer: Sec-WebSocket-Accept (RFC 6455 4.2.2) ------------------------ */
/* The 28 octets for a key of 24, without NUL; _by uses the cpu given. */
UPSHAKE_API void upshake_accept(const char key[24], char accept[28]);
UPSHAKE_API void upshake_accept_by(uint32_t cpu, const char key[24],
    char accept[28]);

/* What this processor has, for accept_by and config.cpu.  Ask once: in a
 * virtual machine it takes microseconds.  On ARM it is what was compiled for; a
 * host that knows better may set the bit (Linux: getauxval(AT_HWCAP) &
 * HWCAP_SHA1).  A bit that this build has no code for is passed over. */
#define UPSHAKE_CPU_SHA 1 /* SHA-1: SHA-NI and SSSE3 of x86, ARMv8's */
UPSHAKE_API uint32_t upshake_cpu(void);

#ifdef __cplusplus
}
#endif
#endif
