/* SPDX-License-Identifier: MIT
 *
 * From the host's texts to slices, and back.
 */
#include "bytes.h"

upshake_slice upshake_text(const char *text) {
  return text ? slice_text(text) : slice_none();
}

upshake_fields upshake_array(const upshake_field *array, size_t len) {
  upshake_fields fields;
  fields.raw = slice_none();
  fields.array = array;
  fields.array_len = len;
  return fields;
}

char *upshake_copy(upshake_slice slice, char *out, size_t cap) {
  if (slice.len >= cap)
    return NULL;
  if (slice.len > 0)
    memcpy(out, slice.ptr, slice.len);
  out[slice.len] = '\0';
  return out;
}

int upshake_same(upshake_slice a, upshake_slice b) {
  return upshake__same(a, b);
}

int upshake_same_fold(upshake_slice a, upshake_slice b) {
  return upshake__same_fold(a, b);
}
