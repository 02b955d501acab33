/* SPDX-License-Identifier: MIT
 *
 * Several field lines with one name are one list: see join.h.
 */
#include "join.h"

#include <string.h>

static int has_member(upshake_slice value) {
  upshake_list list = {.value = value};
  upshake_slice member;
  return upshake_next_member(&list, &member);
}

upshake_slice join_lines(upshake_fields fields, const char *name, char *out) {
  upshake_slice joined = {NULL, 0};
  upshake_field field;
  while (upshake_next_field(&fields, &field)) {
    if (!upshake_equal_fold(field.name, name) || !has_member(field.value))
      continue;
    if (joined.len > 0) {
      memcpy(out + joined.len, ", ", 2);
      joined.len += 2;
    }
    memcpy(out + joined.len, field.value.ptr, field.value.len);
    joined.len += field.value.len;
    joined.ptr = out;
  }
  return joined;
}
