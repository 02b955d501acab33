/* SPDX-License-Identifier: MIT
 *
 * Sec-WebSocket-Key: its grammar (RFC 6455 4.3).
 */
#include "offer.h"
#include "scan.h"

#define KEY_LEN 24 /* base64 of 16 octets: 22 digits and "==" */
#define KEY_DIGITS 22

/* The last 4 bits of the digits are padding, of any value: RFC 6455 itself
 * prints such a key (erratum 3150). */
int upshake_is_key(upshake_slice value) {
  return value.len == KEY_LEN && value.ptr[KEY_LEN - 2] == '=' &&
         value.ptr[KEY_LEN - 1] == '=' && scan_is_base64(value.ptr, KEY_DIGITS);
}
