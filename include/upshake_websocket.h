/* SPDX-License-Identifier: MIT
 *
 * upshake, layer "websocket": Sec-WebSocket-Accept and permessage-deflate (RFC
 * 6455 4.2.2, RFC 7692), with the HTTP2-Settings of h2c (RFC 7540 3.2.1). */
#ifndef UPSHAKE_WEBSOCKET_H
#define UPSHAKE_WEBSOCKET_H
/* clang-format off: what belongs together stands on one line */
#include "upshake_state.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The 28 bytes of Sec-WebSocket-Accept for a key of 24 bytes, without NUL. */
UPSHAKE_API void upshake_accept(const char key[24], char accept[28]);

/* The same by the SHA-1 instructions of this processor; NULL if it has none or
 * this build has no code for them.  Ask once: in a virtual machine the question
 * takes microseconds.  On ARM the answer is what the library was compiled for;
 * `force` 1 says that the host knows better (Linux: getauxval(AT_HWCAP) &
 * HWCAP_SHA1). */
UPSHAKE_API upshake_hash *upshake_cpu_hash(int force);

/* The limits of a server for permessage-deflate.  All 0: what zlib can do. */
typedef struct upshake_deflate_caps {
  uint8_t server_bits; /* largest window to compress with, 9 to 15; 0: 15  */
  uint8_t client_bits; /* largest window to decompress with, 8 to 15; 0: 15.
                          An offer that needs a larger one is declined     */
  uint8_t server_bits_least;  /* smallest window to compress with; 0: 9, as
                                 zlib cannot do 8 without its header       */
  uint8_t no_server_takeover; /* 1: reset the compressor after each message */
  uint8_t no_client_takeover; /* 1: ask the client to do so                */
} upshake_deflate_caps;

/* What both sides do; for zlib: deflateInit2(..., -server_bits, ...) and
 * inflateInit2(..., -client_bits).  No takeover: reset after each message. */
typedef struct upshake_deflate {
  uint8_t server_bits, client_bits; /* 8 to 15; 0: not agreed              */
  uint8_t no_server_takeover, no_client_takeover;
} upshake_deflate;

/* Take the first offer of permessage-deflate that is valid and possible.
 * `fields` are the request's, as upshake_get_request gives them.  caps may be
 * NULL.  Returns the length of the answer in `value`, for extra.extensions; 0
 * if no offer is taken.  Extensions of your own go the same way. */
#define UPSHAKE_DEFLATE_CAP 128
UPSHAKE_API size_t upshake_agree_deflate(upshake_fields fields,
    const upshake_deflate_caps *caps, upshake_deflate *agreed,
    char value[UPSHAKE_DEFLATE_CAP]);

/* HTTP2-Settings: base64url without padding, whole settings of 6 bytes.
 * Returns the bytes written to `out`, for nghttp2_session_upgrade2; SIZE_MAX
 * if it is malformed or does not fit into cap. */
UPSHAKE_API size_t upshake_decode_settings(upshake_slice value, void *out,
    size_t cap);

#ifdef __cplusplus
}
#endif
#endif
