/* SPDX-License-Identifier: MIT
 *
 * The request-target, and the authority: the target, Host and Origin may have
 * one.
 */
#ifndef UPSHAKE_SRC_HEAD_TARGET_H
#define UPSHAKE_SRC_HEAD_TARGET_H

#include "../text/bytes.h"

/* Parses host [ ":" port ].  Userinfo is not allowed (RFC 9110 4.2.4).  Returns
 * the port, or one of the two numbers below.  The host may be empty; the
 * brackets of an IPv6 address belong to it. */
#define AUTHORITY_NO_PORT (-1)
#define AUTHORITY_BROKEN (-2)
UPSHAKE_PRIVATE int32_t upshake__parse_authority(upshake_slice text,
                                                 size_t *host_len);

/* Parses a serialized-origin.  Returns its port, or AUTHORITY_BROKEN.
 * *otherwise is the default port of its scheme, which is also the result if the
 * origin names no port. */
UPSHAKE_PRIVATE int32_t upshake__parse_origin(upshake_slice origin,
                                              upshake_slice *host,
                                              int32_t *otherwise);

/* Returns the length of the scheme before "://"; text.len if there is no
 * scheme. */
UPSHAKE_PRIVATE size_t upshake__scheme_len(upshake_slice text);

/* 1 for ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) (RFC 3986 3.1). */
UPSHAKE_PRIVATE int upshake__is_scheme(upshake_slice text);

/* Returns the default port of http, https, ws or wss; AUTHORITY_NO_PORT for any
 * other scheme. */
#define SECURED_PORT 443
UPSHAKE_PRIVATE int32_t upshake__default_port(upshake_slice scheme);

/* _known: 1 for these four schemes.  _secured: 1 for https and wss. */
static inline int upshake_is_known_scheme(upshake_slice scheme) {
  return upshake__default_port(scheme) != AUTHORITY_NO_PORT;
}

static inline int upshake_is_secured_scheme(upshake_slice scheme) {
  return upshake__default_port(scheme) == SECURED_PORT;
}

/* Checks that the target has one of the four forms of RFC 9112 3.2, and that
 * the form goes with the method.  Returns UPSHAKE_OK or what is wrong. */
UPSHAKE_PRIVATE upshake_error upshake__check_target(upshake_slice method,
                                                    upshake_slice target);

/* Splits a valid target into the members of a request. */
UPSHAKE_PRIVATE void upshake__split_target(upshake_request *request,
                                           upshake_slice method,
                                           upshake_slice target);

/* Returns the authority of a valid target; absent if its form has no
 * authority. */
UPSHAKE_PRIVATE upshake_slice upshake__target_authority(upshake_slice method,
                                                        upshake_slice target);

/* 1 if the scheme of the target is https or wss. */
UPSHAKE_PRIVATE int upshake__is_secured_target(upshake_slice target);

#endif
