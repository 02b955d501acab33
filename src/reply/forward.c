/* SPDX-License-Identifier: MIT
 *
 * What a gateway passes on.
 */
#include "added.h"

#include "../judge/judge.h"

/* 1 if a response has this field only once. */
static int is_single(upshake_slice name) {
#define IS(single) upshake_equal_fold(name, single) ||
  return ONLY_ONCE(IS) upshake_equal_fold(name, "Date");
#undef IS
}

/* 1 if a gateway writes this field itself. */
static int is_framing(upshake_slice name, int of_request) {
  return of_request ? upshake_equal_fold(name, "Content-Length")
                    : upshake_is_own_field(name);
}

/* 1 if a field that a response has only once is among the fields so far. */
static int is_again(upshake_slice name, const upshake_field *so_far,
                    size_t len) {
  for (size_t i = 0; is_single(name) && i < len; i++)
    if (upshake__same_fold(so_far[i].name, name))
      return 1;
  return 0;
}

upshake_slice upshake_forward_target(const upshake_request *request) {
  upshake_slice target = request->target;
  if (!upshake_equal(request->method, "OPTIONS") || request->query.ptr)
    return request->path;
  /* a path that was not sent is a "/" of the library */
  if (request->path.len == 0 ||
      (request->path.len == 1 && target.ptr[target.len - 1] != '/'))
    return slice_text("*");
  return request->path;
}

size_t upshake_forward(upshake_fields fields, int of_request,
                       upshake_field *out, size_t cap) {
  upshake_fields rest = fields;
  upshake_field field;
  size_t len = 0;
  while (upshake_next_field(&rest, &field)) {
    if (is_framing(field.name, of_request) ||
        upshake__is_hop_of(&fields, field.name) ||
        (!of_request && is_again(field.name, out, len < cap ? len : cap)))
      continue;
    if (len < cap)
      out[len] = field;
    len++;
  }
  return len;
}
