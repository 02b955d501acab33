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

static void walk_lists(upshake_fields fields) {
  upshake_field field;
  upshake_slice member;
  while (upshake_next_field(&fields, &field)) {
    upshake_list list = {{NULL, 0}, raw_fields(part_of(NULL, 0)), NULL};
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

/* Returns the answer's length. */
static size_t agree(upshake_fields fields, const upshake_deflate_caps *caps) {
  upshake_deflate agreed;
  char *value = malloc(UPSHAKE_DEFLATE_CAP);
  size_t len;
  len = upshake_agree_deflate(fields, caps, &agreed, value);
  if (len > 0) {
    REQUIRE(len <= UPSHAKE_DEFLATE_CAP);
    REQUIRE(agreed.server_bits >= 8 && agreed.server_bits <= 15);
    REQUIRE(agreed.client_bits >= 8 && agreed.client_bits <= 15);
    walk_parameters(part_of(value, len));
  }
  free(value);
  return len;
}

/* Of the members of a list: how many, and how many bytes. */
static size_t measure(upshake_fields fields, const char *name) {
  upshake_list list = upshake_begin_list(fields, name);
  upshake_slice member;
  size_t sum = 0;
  while (upshake_next_member(&list, &member))
    sum += 4096 + member.len;
  return sum;
}

/* Raw lines, and the same fields in the array of a host, say the same. */
static void assert_alike(upshake_slice raw, const upshake_deflate_caps *caps) {
  static const char *const names[] = {"Host",
                                      "Upgrade",
                                      "Connection",
                                      "Sec-WebSocket-Extensions",
                                      "Capsule-Protocol",
                                      "a"};
  upshake_field array[64];
  upshake_fields left = raw_fields(raw), fields = {{NULL, 0}, array, 0};
  while (fields.array_len < CHECK_LEN(array) &&
         upshake_next_field(&left, &array[fields.array_len]))
    fields.array_len++;
  raw.len -= left.raw.len; /* up to where the walk has ended */
  for (size_t i = 0; i < CHECK_LEN(names); i++) {
    upshake_slice a = upshake_find_field(raw_fields(raw), names[i]);
    upshake_slice b = upshake_find_field(fields, names[i]);
    REQUIRE(a.ptr == b.ptr && a.len == b.len);
    REQUIRE(measure(raw_fields(raw), names[i]) == measure(fields, names[i]));
    REQUIRE(upshake_is_true(raw_fields(raw), names[i]) ==
            upshake_is_true(fields, names[i]));
  }
  REQUIRE(agree(raw_fields(raw), caps) == agree(fields, caps));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  upshake_deflate_caps caps = {0, 0, 0, 0, 0};
  upshake_fields fields;
  char *copy;

  if (size < 4)
    return 0;
  caps.server_bits = data[0] & 15;
  caps.client_bits = data[1] & 15;
  caps.server_bits_least = data[2] & 15;
  caps.no_server_takeover = data[3] & 1;
  caps.no_client_takeover = data[3] >> 1 & 1;
  copy = exact((const char *)data + 4, size - 4);
  fields = raw_fields(part_of(copy, size - 4));
  walk_lists(fields);
  agree(fields, NULL);
  agree(fields, &caps);
  assert_alike(fields.raw, &caps);
  free(copy);
  return 0;
}
