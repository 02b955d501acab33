/* SPDX-License-Identifier: MIT
 *
 * Checks added fields, so that nothing from the application can break the
 * message.
 */
#include "added.h"

/* Fields that only the handshake itself may write. */
#define RESERVED(X)                                                            \
  X("Connection")                                                              \
  X("Upgrade")                                                                 \
  X("HTTP2-Settings")                                                          \
  X("Content-Length")                                                          \
  X("Transfer-Encoding")                                                       \
  X("Keep-Alive") X("Proxy-Connection") X("TE") X("Trailer")

static int is_reserved(upshake_slice name) {
#define LEN(name) sizeof name - 1,
#define NAME(name) name
  static const uint8_t lens[] = {RESERVED(LEN)};
  static const char names[] = RESERVED(NAME); /* in one string */
#undef LEN
#undef NAME
  static const char prefix[] = "Sec-WebSocket-";
  size_t prefix_len = sizeof prefix - 1;
  const char *other = names;

  for (size_t i = 0; i < sizeof lens; other += lens[i++])
    if (name.len == lens[i] &&
        upshake__same_fold(name, slice_of(other, lens[i])))
      return 1;
  return name.len >= prefix_len &&
         upshake_equal_fold(slice_of(name.ptr, prefix_len), prefix);
}

static upshake_error check_field(const upshake_field *field) {
  if (!upshake_is_token(field->name))
    return UPSHAKE_ERR_EXTRA_NAME;
  if (is_reserved(field->name))
    return UPSHAKE_ERR_EXTRA_RESERVED;
  return upshake__is_value(field->value) ? UPSHAKE_OK : UPSHAKE_ERR_EXTRA_VALUE;
}

upshake_error upshake__check_added(added fields, size_t *place) {
  upshake_error error = UPSHAKE_OK;
  size_t i = 0;
  while (i < fields.len && (error = check_field(&fields.fields[i])) == 0)
    i++;
  *place = i;
  return error;
}

size_t upshake__find_added(added fields, const char *name, size_t skip) {
  size_t i = 0;
  for (; i < fields.len; i++)
    if (upshake_equal_fold(fields.fields[i].name, name) && skip-- == 0)
      break;
  return i;
}
