/* SPDX-License-Identifier: MIT
 *
 * Unit tests of the agreement to permessage-deflate, where a golden vector does
 * not fit: offers that no handshake lets through, and every cap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "check.h"

/* The answer to the offers; of length 0 if none is taken. */
static size_t agree(const char *offers, const upshake_deflate_caps *caps,
                    upshake_deflate *agreed) {
  static char value[UPSHAKE_DEFLATE_CAP];
  size_t len = strlen(offers);
  char *copy = exact(offers, len);
  const upshake_field line = {text("sec-websocket-extensions"),
                              part_of(copy, len)};
  const upshake_fields fields = {{NULL, 0}, &line, 1};
  len = upshake_agree_deflate(fields, caps, agreed, value);
  free(copy);
  return len;
}

/* A host may give the lines of any parser, and none has judged their grammar
 * (RFC 6455 9.1). */
static void an_offer_that_is_malformed_is_not_taken(void **state) {
  static const struct {
    const char *offers;
    int is_taken;
  } rows[] = {
      {"permessage-deflate", 1},
      {"permessage-deflate=1", 0},
      {"permessage-deflate=\"1\"", 0},
      {"permessage-deflate=", 0},
      {"permessage-deflate;", 0},
      {"permessage-deflate; ; client_max_window_bits", 0},
      {"permessage-deflate client_max_window_bits", 0},
      {"\"permessage-deflate\"", 0},
      {"; permessage-deflate", 0},
      {"=permessage-deflate", 0},
      {"", 0},
      {"permessage-deflate=1, permessage-deflate", 1},
      {"permessage-deflate;, permessage-deflate", 1},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_deflate agreed;
    assert_int_equal(agree(rows[i].offers, NULL, &agreed) > 0,
                     rows[i].is_taken);
  }
}

/* 8 to 15 bits are windows (RFC 7692 7.1.2); 0 is the default. */
static void caps_of_fewer_than_8_bits_agree_to_nothing(void **state) {
  static const char offer[] = "permessage-deflate; client_max_window_bits";
  (void)state;
  for (uint8_t bits = 0; bits <= 15; bits++) {
    upshake_deflate_caps server = {.server_bits = bits,
                                   .server_bits_least = bits};
    upshake_deflate_caps client = {.client_bits = bits};
    upshake_deflate agreed;
    uint8_t expected = bits > 0 ? bits : 15;
    int is_window = expected >= 8;
    assert_int_equal(agree(offer, &server, &agreed) > 0, is_window);
    if (is_window)
      assert_int_equal(agreed.server_bits, expected);
    assert_int_equal(agree(offer, &client, &agreed) > 0, is_window);
    if (is_window)
      assert_int_equal(agreed.client_bits, expected);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_offer_that_is_malformed_is_not_taken),
      cmocka_unit_test(caps_of_fewer_than_8_bits_agree_to_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
