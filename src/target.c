/* SPDX-License-Identifier: MIT
 *
 * The request-target: its four forms and their parts (RFC 9112 3.2).
 */
#include "target.h"

static int is_connect(upshake_slice method) {
  return SLICE_IS(method, "CONNECT");
}

static int is_origin_form(upshake_slice target) {
  return target.len > 0 && target.ptr[0] == '/';
}

int upshake_is_secured_scheme(upshake_slice scheme) {
  return upshake_equal_fold(scheme, "https") ||
         upshake_equal_fold(scheme, "wss");
}

int upshake_is_known_scheme(upshake_slice scheme) {
  return upshake_equal_fold(scheme, "http") ||
         upshake_equal_fold(scheme, "https") ||
         upshake_equal_fold(scheme, "ws") || upshake_equal_fold(scheme, "wss");
}

/* ---- absolute-form = scheme "://" authority path-abempty [ "?" query ]
 * (RFC 9112 3.2.2, RFC 9110 4.2) ---- */

/* Where its "://" is, or target.len. */
static size_t scheme_len(upshake_slice target) {
  size_t colon = index_of(target, ':');
  if (is_origin_form(target) || target.len - colon < 3 ||
      target.ptr[colon + 1] != '/' || target.ptr[colon + 2] != '/')
    return target.len;
  return colon;
}

/* What is after the "://". */
static upshake_slice behind_scheme(upshake_slice target) {
  return slice_from(target, scheme_len(target) + 3);
}

static size_t authority_len(upshake_slice text) {
  size_t len = 0;
  while (len < text.len && text.ptr[len] != '/' && text.ptr[len] != '?')
    len++;
  return len;
}

static upshake_error check_absolute(upshake_slice target) {
  upshake_slice scheme = slice_of(target.ptr, scheme_len(target));
  upshake_slice rest;
  size_t host_len;

  if (scheme.len == target.len)
    return UPSHAKE_ERR_TARGET_FORM;
  if (!upshake_is_known_scheme(scheme))
    return UPSHAKE_ERR_TARGET_SCHEME;
  rest = behind_scheme(target);
  rest.len = authority_len(rest);
  if (upshake_parse_authority(rest, &host_len) == AUTHORITY_BROKEN ||
      host_len == 0)
    return UPSHAKE_ERR_TARGET_AUTHORITY;
  return UPSHAKE_OK;
}

int upshake_is_secured_target(upshake_slice target) {
  size_t len = scheme_len(target);
  return len < target.len &&
         upshake_is_secured_scheme(slice_of(target.ptr, len));
}

/* ---- the other forms ---- */

/* authority-form = uri-host ":" port, the port not left out (RFC 9112 3.2.3,
 * RFC 9110 9.3.6). */
static upshake_error check_authority(upshake_slice target) {
  size_t host_len;
  if (index_of(target, '/') < target.len || SLICE_IS(target, "*"))
    return UPSHAKE_ERR_TARGET_FORM;
  if (upshake_parse_authority(target, &host_len) <= 0 || host_len == 0)
    return UPSHAKE_ERR_TARGET_AUTHORITY;
  return UPSHAKE_OK;
}

upshake_error upshake_check_target(upshake_slice method, upshake_slice target) {
  if (is_connect(method))
    return check_authority(target);
  if (is_origin_form(target))
    return UPSHAKE_OK;
  if (SLICE_IS(target, "*"))
    return SLICE_IS(method, "OPTIONS") ? UPSHAKE_OK : UPSHAKE_ERR_TARGET_FORM;
  return check_absolute(target);
}

/* ---- parts ---- */

upshake_slice upshake_target_authority(upshake_slice method,
                                       upshake_slice target) {
  upshake_slice rest;
  if (is_connect(method))
    return target;
  if (scheme_len(target) == target.len)
    return slice_none();
  rest = behind_scheme(target);
  return slice_of(rest.ptr, authority_len(rest));
}

/* absolute-path [ "?" query ]; an empty path means "/" (RFC 9110 4.2.3). */
static upshake_slice path_of(upshake_slice text) {
  size_t mark = index_of(text, '?');
  return mark == 0 ? slice_of("/", 1) : slice_of(text.ptr, mark);
}

static upshake_slice query_of(upshake_slice text) {
  size_t mark = index_of(text, '?');
  return mark < text.len ? slice_from(text, mark + 1) : slice_none();
}

NOINLINE void upshake_split_target(upshake_request *request,
                                   upshake_slice method, upshake_slice target) {
  size_t len = scheme_len(target);

  memset(request, 0, sizeof *request);
  request->method = method;
  request->target = target;
  request->authority = upshake_target_authority(method, target);
  if (is_connect(method) || SLICE_IS(target, "*"))
    return;
  if (len < target.len) {
    request->scheme = slice_of(target.ptr, len);
    target = slice_from(target, len + 3 + request->authority.len);
  }
  request->path = path_of(target);
  request->query = query_of(target);
}
