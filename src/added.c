/* SPDX-License-Identifier: MIT
 *
 * Checks of added fields: nothing that the application supplies can break the
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
  static const char names[] = RESERVED(NAME); /* one after the other */
#undef LEN
#undef NAME
  static const char prefix[] = "Sec-WebSocket-";
  size_t prefix_len = sizeof prefix - 1;
  const char *other = names;

  for (size_t i = 0; i < sizeof lens; other += lens[i++])
    if (name.len == lens[i] &&
        upshake_same_fold(name, slice_of(other, lens[i])))
      return 1;
  return name.len >= prefix_len &&
         upshake_equal_fold(slice_of(name.ptr, prefix_len), prefix);
}

upshake_error upshake_check_added(added fields) {
  for (size_t i = 0; i < fields.len; i++) {
    if (!upshake_is_token(fields.fields[i].name))
      return UPSHAKE_ERR_EXTRA_NAME;
    if (is_reserved(fields.fields[i].name))
      return UPSHAKE_ERR_EXTRA_RESERVED;
    if (!upshake_is_value(fields.fields[i].value))
      return UPSHAKE_ERR_EXTRA_VALUE;
  }
  return UPSHAKE_OK;
}

size_t upshake_count_added(added fields, const char *name) {
  size_t count = 0;
  for (size_t i = 0; i < fields.len; i++)
    count += upshake_equal_fold(fields.fields[i].name, name) ? 1 : 0;
  return count;
}
