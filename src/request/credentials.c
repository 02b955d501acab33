/* SPDX-License-Identifier: MIT
 *
 * Finds credentials by their scheme.
 */
#include "credentials.h"

static upshake_slice behind_scheme(upshake_slice value, const char *scheme) {
  size_t len = index_of(value, ' ');
  if (!upshake_equal_fold(slice_of(value.ptr, len), scheme))
    return slice_none();
  while (len < value.len && value.ptr[len] == ' ')
    len++;
  return slice_from(value, len);
}

int upshake__find_credentials(upshake_fields fields, const char *scheme,
                              upshake_slice *credentials) {
  upshake_field field;
  int lines = 0;

  *credentials = slice_none();
  while (upshake_next_field(&fields, &field)) {
    if (!upshake_equal_fold(field.name, "Authorization"))
      continue;
    *credentials = behind_scheme(field.value, scheme);
    lines++;
  }
  return lines <= 1;
}
