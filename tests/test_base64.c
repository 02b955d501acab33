/* SPDX-License-Identifier: MIT
 *
 * Base64: the vectors of RFC 4648 10, and decoding what was encoded.  Also
 * Sec-WebSocket-Accept, which is made of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base64.h"
#include "check.h"

static char *encode(const void *octets, size_t len, size_t *out_len) {
  unsigned char *copy = exact(octets, len);
  char *out;
  *out_len = BASE64_LEN(len);
  out = malloc(*out_len);
  upshake_base64(copy, len, out);
  free(copy);
  return out;
}

static void encodes_the_vectors_of_rfc_4648(void **state) {
  static const struct {
    const char *octets, *encoded;
  } rows[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\x14\xfb\x9c\x03\xd9\x7e", "FPucA9l+"}, /* RFC 3548 7 */
      {"\x14\xfb\x9c\x03\xd9", "FPucA9k="},
      {"\x14\xfb\x9c\x03", "FPucAw=="},
      {"\xff\xff\xff", "////"},
      {"\xfb\xef\xbe", "++++"},
      {"the sample nonce", "dGhlIHNhbXBsZSBub25jZQ=="}, /* RFC 6455 1.3 */
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    size_t len;
    char *out = encode(rows[i].octets, strlen(rows[i].octets), &len);
    assert_int_equal(len, strlen(rows[i].encoded));
    if (len > 0)
      assert_memory_equal(out, rows[i].encoded, len);
    free(out);
  }
}

/* The value of a digit (RFC 4648 4), or 64. */
static unsigned digit(char octet) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *at = octet == 0 ? NULL : strchr(digits, octet);
  return at == NULL ? 64 : (unsigned)(at - digits);
}

/* How many octets were decoded; the pad bits have to be 0. */
static size_t decode(const char *in, size_t len, unsigned char *out) {
  size_t count = 0, pads = 0;
  uint32_t bits = 0, held = 0;
  while (len > 0 && in[len - 1] == '=' && pads < 2) {
    len--;
    pads++;
  }
  assert_int_equal((len + pads) % 4, 0);
  for (size_t i = 0; i < len; i++) {
    assert_true(digit(in[i]) < 64);
    bits = (bits << 6 | digit(in[i])) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[count++] = (unsigned char)(bits >> held);
    }
  }
  assert_int_equal(bits & ((1u << held) - 1), 0);
  assert_int_equal(held, pads * 2);
  return count;
}

static void decodes_to_what_was_encoded(void **state) {
  unsigned char octets[100], decoded[100];
  (void)state;
  for (size_t len = 0; len <= sizeof octets; len++)
    for (unsigned step = 0; step < 256; step += 5) {
      size_t out_len;
      char *out;
      for (size_t i = 0; i < len; i++)
        octets[i] = (unsigned char)(step + i * (step | 1) + len);
      out = encode(octets, len, &out_len);
      assert_int_equal(decode(out, out_len, decoded), len);
      if (len > 0)
        assert_memory_equal(decoded, octets, len);
      free(out);
    }
}

static void encodes_every_octet_at_every_place(void **state) {
  (void)state;
  for (size_t len = 1; len <= 4; len++)
    for (size_t at = 0; at < len; at++)
      for (unsigned octet = 0; octet < 256; octet++) {
        unsigned char octets[4] = {0, 0xff, 0, 0xff}, decoded[4];
        size_t out_len;
        char *out;
        octets[at] = (unsigned char)octet;
        out = encode(octets, len, &out_len);
        assert_int_equal(decode(out, out_len, decoded), len);
        assert_memory_equal(decoded, octets, len);
        free(out);
      }
}

static void makes_the_accept_value_of_a_key(void **state) {
  static const char rows[][2][29] = {
      /* RFC 6455 1.3; its erratum 3150: as printed, and as meant. */
      {"dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
      {"AQIDBAUGBwgJCgsMDQ4PEC==", "OfS0wDaT5NoxF2gqm7Zj2YtetzM="},
      {"AQIDBAUGBwgJCgsMDQ4PEA==", "C/0nmHhBztSRGR1CwL6Tf4ZjwpY="},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    char *key = exact(rows[i][0], 24), *accept = malloc(28);
    upshake_accept(key, accept);
    assert_memory_equal(accept, rows[i][1], 28);
    free(key);
    free(accept);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(encodes_the_vectors_of_rfc_4648),
      cmocka_unit_test(decodes_to_what_was_encoded),
      cmocka_unit_test(encodes_every_octet_at_every_place),
      cmocka_unit_test(makes_the_accept_value_of_a_key),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
