/* SPDX-License-Identifier: MIT
 *
 * A client: it writes a request, and reads the answer.  For tests/size.sh.
 */
#include "size.h"

#ifdef WITH_UPSHAKE
#include <upshake.h>

static size_t switch_over(char *buf, size_t len) {
  static const uint8_t key[16] = {1}; /* a real one is random */
  const upshake_ask ask = {.authority = {UPSHAKE_TEXT("example.com")},
                           .target = {UPSHAKE_TEXT("/chat")}};
  char request[1024], head[8192];
  upshake_slice sent = {request, 0};
  upshake_client client;
  size_t used = 0;
  if (upshake_write_request(&ask, key, request, sizeof request, &sent.len))
    return 0;
  if (upshake_client_init(&client, NULL, sent, head, sizeof head))
    return 0;
  if (upshake_client_feed(&client, buf, len, &used) != UPSHAKE_CLIENT_SWITCHED)
    return 0;
  return used + upshake_client_get_result(&client).protocol.len;
}
#else
#define switch_over(buf, len) (len)
#endif

SIZE_MAIN(switch_over)
