/* SPDX-License-Identifier: MIT
 *
 * upshake, layer "reply": what you can add to a response, and a response
 * without a handshake, whole or in parts. */
#ifndef UPSHAKE_REPLY_H
#define UPSHAKE_REPLY_H
/* clang-format off: what belongs together stands on one line */
#include "upshake_error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* upshake_extra.keep: what happens to the connection behind the response. */
enum upshake_keep {
  UPSHAKE_KEEP_DEFAULT = 0, /* close                                       */
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
  upshake_slice body;       /* content of a refusal; not sent to HEAD      */
  uint64_t private_len;     /* reserved: leave it 0                        */
  uint8_t private_content;  /* reserved: leave it 0                        */
  uint8_t keep;             /* see above                                   */
} upshake_extra;

/* How far a response was given out.  Private.  Begins as all 0. */
typedef struct upshake_cursor {
  uint32_t line, at; char text[56];
} upshake_cursor;

/* A response: 101 or a final status.  101 and 426 need `upgrade`, 405 needs
 * `allow` or an added Allow; everything else but status may be absent. */
typedef struct upshake_response {
  int status;                 /* 100 (alone), 101, 300 to 599              */
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

#ifdef __cplusplus
}
#endif
#endif
