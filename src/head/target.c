/* SPDX-License-Identifier: MIT
 *
 * The request-target: its four forms and their parts (RFC 9112 3.2).
 */
#include "../text/defensive.h"
#include "target.h"

static int is_connect(upshake_slice method) {
  return SLICE_IS(method, "CONNECT");
}

static int is_origin_form(upshake_slice target) {
  return UPSHAKE_ALWAYS(target.len > 0) && target.ptr[0] == '/';
}

/* ---- absolute-form = scheme "://" authority path-abempty [ "?" query ]
 * (RFC 9112 3.2.2, RFC 9110 4.2) ---- */

/* Returns the authority behind a scheme of that length and its "://". */
static upshake_slice authority_behind(upshake_slice target, size_t scheme_len) {
  upshake_slice text = slice_from(target, scheme_len + 3);
  size_t len = 0;
  while (len < text.len && text.ptr[len] != '/' && text.ptr[len] != '?')
    len++;
  return slice_of(text.ptr, len);
}

int upshake__is_secured_target(upshake_slice target) {
  size_t len = upshake__scheme_len(target);
  return len < target.len &&
         upshake_is_secured_scheme(slice_of(target.ptr, len));
}

/* Checks an authority with a host, and a port that is more than `bad`.  It is
 * the last call of both forms: see NOINLINE. */
static NOINLINE upshake_error check_authority(upshake_slice authority,
                                              int32_t bad) {
  size_t host_len;
  int32_t port = upshake__parse_authority(authority, &host_len);
  return port <= bad || host_len == 0 ? UPSHAKE_ERR_TARGET_AUTHORITY
                                      : UPSHAKE_OK;
}

/* Checks a target in absolute-form.  Its port may be left out. */
static upshake_error check_absolute(upshake_slice target) {
  size_t len = upshake__scheme_len(target);
  if (len == target.len)
    return UPSHAKE_ERR_TARGET_FORM;
  if (!upshake_is_known_scheme(slice_of(target.ptr, len)))
    return UPSHAKE_ERR_TARGET_SCHEME;
  return check_authority(authority_behind(target, len), AUTHORITY_BROKEN);
}

/* ---- the other forms ---- */

/* authority-form = uri-host ":" port (RFC 9112 3.2.3).  The port is required
 * (RFC 9110 9.3.6). */
static upshake_error check_target_authority(upshake_slice target) {
  if (index_of(target, '/') < target.len)
    return UPSHAKE_ERR_TARGET_FORM;
  return check_authority(target, 0);
}

upshake_error upshake__check_target(upshake_slice method,
                                    upshake_slice target) {
  int is_tunnel = is_connect(method);

  if (!is_tunnel && is_origin_form(target))
    return UPSHAKE_OK;
  if (SLICE_IS(target, "*"))
    return SLICE_IS(method, "OPTIONS") ? UPSHAKE_OK : UPSHAKE_ERR_TARGET_FORM;
  return is_tunnel ? check_target_authority(target) : check_absolute(target);
}

/* ---- parts ---- */

upshake_slice upshake__target_authority(upshake_slice method,
                                        upshake_slice target) {
  size_t len;
  if (is_connect(method))
    return target;
  len = upshake__scheme_len(target);
  return len < target.len ? authority_behind(target, len) : slice_none();
}

/* Splits absolute-path [ "?" query ].  An empty path means "/" (RFC 9110
 * 4.2.3). */
static void split_path(upshake_request *request, upshake_slice text) {
  size_t mark = index_of(text, '?');
  request->path = mark == 0 ? slice_of("/", 1) : slice_of(text.ptr, mark);
  if (mark < text.len)
    request->query = slice_from(text, mark + 1);
}

NOINLINE void upshake__split_target(upshake_request *request,
                                    upshake_slice method,
                                    upshake_slice target) {
  size_t len;

  request->method = method;
  request->target = target;
  if (is_connect(method)) {
    request->authority = target;
    return;
  }
  if (SLICE_IS(target, "*"))
    return;
  len = upshake__scheme_len(target);
  if (len < target.len) {
    request->scheme = slice_of(target.ptr, len);
    request->authority = authority_behind(target, len);
    target = slice_from(target, len + 3 + request->authority.len);
  }
  split_path(request, target);
}
