/* SPDX-License-Identifier: MIT
 *
 * HTTP2-Settings: which bytes are digits, and what they are worth.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check.h"

/* RFC 4648 5, table 2 */
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz"
                               "0123456789-_";

static void every_byte_is_a_digit_of_its_worth_or_none(void **state) {
  (void)state;
  for (unsigned octet = 0; octet < 256; octet++)
    for (size_t place = 0; place < 8; place++) {
      const char *digit = octet ? strchr(alphabet, (int)octet) : NULL;
      char digits[] = "AAAAAAAA";
      unsigned char out[6];
      uint64_t bits = 0;
      size_t len;
      digits[place] = (char)octet;
      len = upshake_decode_settings(part_of(digits, 8), out, sizeof out);
      assert_int_equal(len, digit ? 6 : SIZE_MAX);
      for (size_t i = 0; digit && i < 6; i++)
        bits = bits << 8 | out[i];
      assert_true(!digit || bits == (uint64_t)(digit - alphabet)
                                        << 6 * (7 - place));
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_byte_is_a_digit_of_its_worth_or_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
