/* SPDX-License-Identifier: MIT
 *
 * Fuzzing fields (libFuzzer): an input is field lines, and what walks, decodes
 * and answers them has to stay inside of them.  An answer to permessage-deflate
 * has to follow its own grammar, with windows that exist.
 */
#include "../check.h"
#include "require.h"

static void walk_parameters(upshake_slice member) {
  upshake_slice name, value;
  while (upshake_next_parameter(&member, &name, &value) == 1) {
    char *out = malloc(value.len + 1);
    size_t len = upshake_unquote(value, out, value.len);
    REQUIRE(upshake_is_token(name));
    REQUIRE(len <= value.len || len == SIZE_MAX);
    free(out);
  }
}

static void walk_lists(upshake_slice fields) {
  upshake_field field;
  upshake_slice member;
  while (upshake_next_field(&fields, &field)) {
    upshake_list list = {{NULL, 0}, {NULL, 0}, NULL};
    unsigned char *settings = malloc(field.value.len + 1);
    size_t len =
        upshake_decode_settings(field.value, settings, field.value.len);
    REQUIRE(len == SIZE_MAX || len % 6 == 0);
    free(settings);
    list.value = field.value;
    while (upshake_next_member(&list, &member)) {
      REQUIRE(member.len > 0);
      walk_parameters(member);
    }
  }
}

static void agree(upshake_slice fields, const upshake_deflate_caps *caps) {
  upshake_list offers = {{NULL, 0}, {NULL, 0}, "Sec-WebSocket-Extensions"};
  upshake_deflate agreed;
  char *value = malloc(UPSHAKE_DEFLATE_CAP);
  size_t len;
  offers.fields = fields;
  len = upshake_agree_deflate(offers, caps, &agreed, value);
  if (len > 0) {
    REQUIRE(len <= UPSHAKE_DEFLATE_CAP);
    REQUIRE(agreed.server_bits >= 8 && agreed.server_bits <= 15);
    REQUIRE(agreed.client_bits >= 8 && agreed.client_bits <= 15);
    walk_parameters(part_of(value, len));
  }
  free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  upshake_deflate_caps caps = {0, 0, 0, 0, 0};
  upshake_slice fields;
  char *copy;

  if (size < 4)
    return 0;
  caps.server_bits = data[0] & 15;
  caps.client_bits = data[1] & 15;
  caps.server_bits_least = data[2] & 15;
  caps.no_server_takeover = data[3] & 1;
  caps.no_client_takeover = data[3] >> 1 & 1;
  copy = exact((const char *)data + 4, size - 4);
  fields = part_of(copy, size - 4);
  walk_lists(fields);
  agree(fields, NULL);
  agree(fields, &caps);
  (void)upshake_is_true(fields, "Capsule-Protocol");
  (void)upshake_find_field(fields, "Host");
  free(copy);
  return 0;
}
