/* SPDX-License-Identifier: MIT
 *
 * The request-target and what it has in common with Host: an authority.
 */
#ifndef UPSHAKE_TARGET_H
#define UPSHAKE_TARGET_H

#include "bytes.h"

/* host [ ":" port ]; userinfo has no place in it (RFC 9110 4.2.4).  Returns the
 * port, or one of these; the host, which may be empty, keeps its brackets. */
#define AUTHORITY_NO_PORT (-1)
#define AUTHORITY_BROKEN (-2)
int32_t upshake_parse_authority(upshake_slice text, size_t *host_len);

/* serialized-origin.  Returns the port, by default that of the scheme, which is
 * `otherwise`; or AUTHORITY_BROKEN. */
int32_t upshake_parse_origin(upshake_slice origin, upshake_slice *host,
                             int32_t *otherwise);

/* 1 for a serialized-origin whose host is empty, such as "file://"; not if the
 * scheme needs a host. */
int upshake_is_hostless(upshake_slice origin);

/* Where the scheme of an absolute URI ends, before its "://"; text.len where it
 * has none. */
size_t upshake_scheme_len(upshake_slice text);

/* The port that a scheme stands for: of http, https, ws and wss; or
 * AUTHORITY_NO_PORT. */
#define SECURED_PORT 443
int32_t upshake_default_port(upshake_slice scheme);

/* 1 for these four, and for https and wss. */
static inline int upshake_is_known_scheme(upshake_slice scheme) {
  return upshake_default_port(scheme) != AUTHORITY_NO_PORT;
}

static inline int upshake_is_secured_scheme(upshake_slice scheme) {
  return upshake_default_port(scheme) == SECURED_PORT;
}

/* Has the target one of the four forms of RFC 9112 3.2, and one that goes with
 * the method?  Returns UPSHAKE_OK or what is wrong. */
upshake_error upshake_check_target(upshake_slice method, upshake_slice target);

/* Splits a target that was found good into the members of a request. */
void upshake_split_target(upshake_request *request, upshake_slice method,
                          upshake_slice target);

/* The authority of a good target; absent where its form has none. */
upshake_slice upshake_target_authority(upshake_slice method,
                                       upshake_slice target);

/* 1 where the scheme of the target is https or wss. */
int upshake_is_secured_target(upshake_slice target);

#endif
