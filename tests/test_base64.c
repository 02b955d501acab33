/* SPDX-License-Identifier: MIT
 *
 * Base64: the vectors of RFC 4648 10 that are whole groups, and decoding what
 * was encoded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/base64.h"
#include "check.h"

static void encodes_the_vectors_of_rfc_4648(void **state) {
  static const struct {
    uint32_t bits;
    const char *encoded;
  } rows[] = {
      {0x666f6f, "Zm9v"},                       /* foo, and the bar of foobar */
      {0x626172, "YmFy"},   {0x14fb9c, "FPuc"}, /* RFC 3548 7 */
      {0x03d97e, "A9l+"},   {0xffffff, "////"}, {0xfbefbe, "++++"},
      {0xff666f6f, "Zm9v"}, /* bits above are another group's */
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    char out[4];
    base64_group(rows[i].bits, out);
    assert_memory_equal(out, rows[i].encoded, 4);
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

/* What a digest of these octets decodes to is these octets. */
static void assert_digest(const unsigned char octets[20]) {
  unsigned char decoded[21];
  uint32_t h[5] = {0};
  char *out = malloc(28);
  for (size_t i = 0; i < 20; i++)
    h[i / 4] |= (uint32_t)octets[i] << (24 - 8 * (i % 4));
  base64_digest(h, out);
  assert_int_equal(out[27], '=');
  assert_int_equal(decode(out, 28, decoded), 20);
  assert_memory_equal(decoded, octets, 20);
  free(out);
}

static void decodes_to_what_was_encoded(void **state) {
  (void)state;
  for (unsigned step = 0; step < 256; step++) {
    unsigned char octets[20];
    for (unsigned i = 0; i < 20; i++)
      octets[i] = (unsigned char)(step + i * (step | 1));
    assert_digest(octets);
  }
}

static void encodes_every_octet_at_every_place(void **state) {
  (void)state;
  for (size_t at = 0; at < 20; at++)
    for (unsigned octet = 0; octet < 256; octet++) {
      unsigned char octets[20] = {0, 0xff, 0, 0xff};
      octets[at] = (unsigned char)octet;
      assert_digest(octets);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(encodes_the_vectors_of_rfc_4648),
      cmocka_unit_test(decodes_to_what_was_encoded),
      cmocka_unit_test(encodes_every_octet_at_every_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
