/* SPDX-License-Identifier: MIT
 *
 * Fields of one connection.
 */
#include "judge.h"

/* HTTP/2 and 3 do not have the first seven (RFC 9113 8.2.2), TE excepted; a
 * gateway does not pass on any of them (RFC 9110 7.6.1, RFC 7540 3.2.1). */
enum { HOP_OF_HTTP2 = 7 };
static const char hop_names[][18] = {
    "connection",        "upgrade", "keep-alive",     "proxy-connection",
    "transfer-encoding", "te",      "http2-settings", "trailer"};

static int is_among(upshake_slice name, size_t most) {
  for (size_t i = 0; i < most; i++)
    if (upshake_equal_fold(name, hop_names[i]))
      return 1;
  return 0;
}

int upshake__is_hop_field(upshake_slice name) {
  return is_among(name, HOP_OF_HTTP2);
}

int upshake__is_hop_of(const upshake_fields *fields, upshake_slice name) {
  upshake_list list;
  upshake_slice option;
  if (is_among(name, sizeof hop_names / sizeof hop_names[0]))
    return 1;
  list = upshake_begin_list(*fields, "Connection");
  while (upshake_next_member(&list, &option))
    if (upshake__same_fold(option, name))
      return 1;
  return 0;
}

int upshake_is_hop_field(upshake_fields fields, upshake_slice name) {
  return upshake__is_hop_of(&fields, name);
}
