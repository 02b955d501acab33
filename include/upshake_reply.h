/* SPDX-License-Identifier: MIT
 *
 * upshake, layer "reply": what you can add to a response, and a response
 * without a handshake.  A response is written whole, in parts, or as values. */
#ifndef UPSHAKE_REPLY_H
#define UPSHAKE_REPLY_H
/* clang-format off: what belongs together stands on one line */
#include "upshake_error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* upshake_extra.content: where the content of the response comes from. */
enum upshake_content {
  UPSHAKE_CONTENT_MEMORY = 0,  /* extra.body, which may be absent          */
  UPSHAKE_CONTENT_LENGTH = 1,  /* you send it: extra.body_len bytes        */
  UPSHAKE_CONTENT_CHUNKED = 2  /* you send it, and its length is not known:
                                  chunked; to a client of HTTP/1.0 the body
                                  ends when you close                      */
};
/* upshake_extra.keep: what happens to the connection behind the response. */
enum upshake_keep {
  UPSHAKE_KEEP_DEFAULT = 0, /* keep it if you answer a PLAIN request that has
                               no Upgrade, and result.may_keep is 1; else
                               close.  Without extra, and in upshake_write,
                               it closes                                   */
  UPSHAKE_KEEP_OPEN = 1,    /* keep it; the call fails with MUST_CLOSE if
                               result.may_keep is 0.  A 101 ignores it     */
  UPSHAKE_KEEP_CLOSE = 2    /* close                                       */
};

/* What the application adds to a response.  Start from all 0.  Everything is
 * checked before the first byte is written.  Content-Type, Location,
 * Retry-After, Server and Date may stand once.  The handshake's own fields
 * (Connection, Upgrade, Sec-WebSocket-..., HTTP2-Settings, Content-Length,
 * Transfer-Encoding, Keep-Alive, Proxy-Connection, TE, Trailer) are refused,
 * and so are bytes that break a response. */
typedef struct upshake_extra {
  const upshake_field *fields; size_t fields_len; /* Set-Cookie, Location  */
  upshake_slice date;       /* value of Date (RFC 9110 6.6.1)              */
  upshake_slice reason;     /* another reason phrase                       */
  upshake_slice extensions; /* of a 101: value of Sec-WebSocket-Extensions;
                               each element must name an offered one       */
  upshake_slice body;       /* content in memory; not sent to HEAD         */
  uint64_t body_len;        /* with CONTENT_LENGTH                         */
  uint8_t content, keep;    /* see above                                   */
  uint8_t relayed;          /* 1: the answer of another server, which a gateway
                               passes on: a 401, 405, 407 or 206 may lack the
                               field that it needs                         */
} upshake_extra;

/* How far a response was given out.  Private.  Begins as all 0. */
typedef struct upshake_cursor {
  uint32_t line, at; char text[56];
} upshake_cursor;

enum upshake_line_kind { /* upshake_line.kind: bits */
  UPSHAKE_LINE_HOP = 1,     /* Connection, Upgrade: only for this connection */
  UPSHAKE_LINE_FRAMING = 2, /* Content-Length, Transfer-Encoding           */
  UPSHAKE_LINE_ADDED = 4,   /* from extra.fields                           */
  UPSHAKE_LINE_PSEUDO = 8,  /* ":status", in HTTP/2 and HTTP/3             */
  UPSHAKE_LINE_CLOSE = 16   /* "Connection: close"; it is a HOP line too   */
};

/* A field of a response that your program writes itself. */
typedef struct upshake_line {
  upshake_field field;  /* the slices of all lines are valid together, as long
                           as cursor, extra and the state stay in place    */
  upshake_slice reason; /* the phrase of the status, or absent             */
  unsigned kind;        /* to skip the lines that your program writes      */
  int status;           /* of the response, with every line and at the end */
  upshake_error error;  /* if there was an error: why.  `field` is then the
                           wrong one of extra->fields, or absent           */
} upshake_line;

/* A response: a final status, 101, or another 1xx that goes before a response.
 * 101 and 426 need `upgrade`, 405 needs `allow` or an added Allow; everything
 * else but status may be absent. */
typedef struct upshake_response {
  int status;                 /* 100 (alone), 101, 200 to 599; 102 to 199:
                                 status, reason, added fields; not to 10   */
  uint8_t version;            /* of the request: 11, which is also 0; or 10 */
  uint8_t to_connect;         /* 1: the method was CONNECT, which has no 2xx
                                 here                                      */
  uint8_t continue_first;     /* 1: a 100 (Continue) goes before the 101   */
  uint8_t to_head;            /* 1: the method was HEAD, no body is sent   */
  uint8_t capsules;           /* 101: Capsule-Protocol: ?1                 */
  upshake_slice upgrade;      /* 101: the protocol; 426: all that you speak */
  upshake_slice subprotocol;  /* 101: Sec-WebSocket-Protocol               */
  upshake_slice accept;       /* 101: Sec-WebSocket-Accept, 28 bytes       */
  upshake_slice ws_version;   /* Sec-WebSocket-Version                     */
  upshake_slice allow;        /* 405: Allow                                */
} upshake_response;

/* As upshake_reply_with and upshake_reply_part (upshake.h).  extra may be
 * NULL. */
UPSHAKE_API upshake_error upshake_write(const upshake_response *response,
    const upshake_extra *extra, void *out, size_t cap, size_t *len);
UPSHAKE_API upshake_error upshake_write_part(const upshake_response *response,
    const upshake_extra *extra, upshake_cursor *cursor, void *out, size_t cap,
    size_t *len);
/* As upshake_reply_line (upshake_foreign.h). */
UPSHAKE_API int upshake_write_line(const upshake_response *response,
    const upshake_extra *extra, upshake_cursor *cursor, upshake_line *line);

/* Writes what goes before a chunk of `len` bytes that you send (RFC 9112 7.1):
 * its size and CR LF.  Send CR LF behind the chunk.  If len is 0, writes the
 * end of the body.  Returns how many bytes were written.  With a handshake, use
 * upshake_send_content instead. */
#define UPSHAKE_CHUNK_CAP 20
UPSHAKE_API size_t upshake_chunk(uint64_t len, char out[UPSHAKE_CHUNK_CAP]);

#ifdef __cplusplus
}
#endif
#endif
