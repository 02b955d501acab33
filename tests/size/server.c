/* SPDX-License-Identifier: MIT
 *
 * The everyday server of examples/minimal.c, without its sockets: each call of
 * upshake that it makes.  For tests/size.sh, which links it with the library
 * and once more without.
 */
#include "size.h"

#ifdef WITH_UPSHAKE
#include <upshake.h>

static int decide(upshake *hs, void *user) {
  (void)user;
  return upshake_equal(upshake_get_request(hs).path, "/chat") ? 101 : 404;
}

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {protocols, 1, .decide = decide};

static size_t serve(char *buf, size_t len) {
  char head[8192], reply[UPSHAKE_REPLY_CAP];
  upshake_next next = UPSHAKE_READ;
  size_t used = 0;
  upshake hs;
  upshake_init(&hs, &config, head, sizeof head, NULL);
  while (next == UPSHAKE_READ)
    next = upshake_feed(&hs, buf, len, &used);
  if (next == UPSHAKE_PLAIN)
    upshake_answer(&hs, 426);
  while (upshake_reply(&hs, reply, sizeof reply, &len) != UPSHAKE_OK)
    if (upshake_get_result(&hs).status == 500 || upshake_answer(&hs, 500))
      return used;
  memcpy(buf, reply, len);
  return upshake_get_result(&hs).status == 101 ? used : len;
}
#else
#define serve(buf, len) (len)
#endif

SIZE_MAIN(serve)
