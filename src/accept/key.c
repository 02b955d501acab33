/* SPDX-License-Identifier: MIT
 *
 * The grammar of Sec-WebSocket-Key (RFC 6455 4.3).
 */
#include "../judge/judge.h"
#include "../text/base64.h"
#include "../text/scan.h"

#define KEY_DIGITS (KEY_LEN - 2)

/* The last 4 bits of the digits are padding and may have any value: RFC 6455
 * itself prints a key whose padding is not 0 (erratum 3150). */
int upshake__is_key(upshake_slice value) {
  return value.len == KEY_LEN && value.ptr[KEY_LEN - 2] == '=' &&
         value.ptr[KEY_LEN - 1] == '=' && scan_is_base64(value.ptr, KEY_DIGITS);
}
