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
  return upshake_default_port(scheme) == HTTPS_PORT;
}

int upshake_is_known_scheme(upshake_slice scheme) {
  return upshake_default_port(scheme) != AUTHORITY_NO_PORT;
}

/* ---- absolute-form = scheme "://" authority path-abempty [ "?" query ]
 * (RFC 9112 3.2.2, RFC 9110 4.2) ---- */

/* Where its "://" is, or target.len. */
static size_t scheme_len(upshake_slice target) {
  size_t len = 0;
  if (is_origin_form(target))
    return target.len;
  while (len < target.len && target.ptr[len] != ':')
    len++;
  return target.len - len >= 3 && target.ptr[len + 1] == '/' &&
                 target.ptr[len + 2] == '/'
             ? len
             : target.len;
}

static size_t authority_len(upshake_slice text) {
  size_t len = 0;
  while (len < text.len && text.ptr[len] != '/' && text.ptr[len] != '?')
    len++;
  return len;
}

/* The authority, after a scheme of that length and "://". */
static upshake_slice authority_behind(upshake_slice target, size_t len) {
  upshake_slice rest = slice_from(target, len + 3);
  return slice_of(rest.ptr, authority_len(rest));
}

static upshake_error check_absolute(upshake_slice target) {
  size_t len = scheme_len(target), host_len;

  if (len == target.len)
    return UPSHAKE_ERR_TARGET_FORM;
  if (!upshake_is_known_scheme(slice_of(target.ptr, len)))
    return UPSHAKE_ERR_TARGET_SCHEME;
  if (upshake_parse_authority(authority_behind(target, len), &host_len) ==
          AUTHORITY_BROKEN ||
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
  size_t len;
  if (is_connect(method))
    return target;
  len = scheme_len(target);
  return len < target.len ? authority_behind(target, len) : slice_none();
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
  upshake_slice authority = upshake_target_authority(method, target);

  memset(request, 0, sizeof *request);
  request->method = method;
  request->target = target;
  request->authority = authority;
  if (is_connect(method) || SLICE_IS(target, "*"))
    return;
  if (authority.ptr) {
    size_t begin = (size_t)(authority.ptr - target.ptr);
    request->scheme = slice_of(target.ptr, begin - 3); /* the "://" */
    target = slice_from(target, begin + authority.len);
  }
  request->path = path_of(target);
  request->query = query_of(target);
}
