/* SPDX-License-Identifier: MIT
 *
 * Sec-WebSocket-Accept and nothing else.  For tests/size.sh.
 */
#include "size.h"

#ifdef WITH_UPSHAKE
#include <upshake.h>

static size_t answer(char *buf, size_t len) {
  char accept[28];
  if (len < 28)
    return 0;
  upshake_accept(buf, accept);
  memcpy(buf, accept, sizeof accept);
  return sizeof accept;
}
#else
#define answer(buf, len) (len)
#endif

SIZE_MAIN(answer)
