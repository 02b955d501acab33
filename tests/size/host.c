/* SPDX-License-Identifier: MIT
 *
 * A host with a parser of its own: it gives upshake the lines that it found,
 * and gets the reply.  For tests/size.sh.
 */
#include "size.h"

#ifdef WITH_UPSHAKE
#include <upshake.h>

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {protocols, 1, .decide = NULL};

/* Lines of "name: value", as if a parser had found them. */
static void give_lines(upshake_judge *judge, const char *at, size_t len) {
  while (len > 0) {
    const char *end = memchr(at, '\n', len);
    size_t line = end ? (size_t)(end - at) : len;
    const char *colon = memchr(at, ':', line);
    if (colon)
      upshake_judge_field(
          judge, (upshake_slice){at, (size_t)(colon - at)},
          (upshake_slice){colon + 1, line - (size_t)(colon + 1 - at)});
    at += line + (end != NULL);
    len -= line + (end != NULL);
  }
}

static size_t serve(char *buf, size_t len) {
  const upshake_found found = {11,
                               0,
                               {UPSHAKE_TEXT("GET")},
                               {UPSHAKE_TEXT("/chat")},
                               {{NULL, 0}, NULL, 0}};
  upshake_judge judge;
  upshake_judge_begin(&judge, &config, NULL, &found);
  give_lines(&judge, buf, len);
  if (upshake_judge_end(&judge) == UPSHAKE_PLAIN)
    upshake_answer(&judge.hs, 426);
  if (upshake_reply(&judge.hs, buf, len, &len) != UPSHAKE_OK)
    return 0;
  return upshake_get_result(&judge.hs).status == 101 ? len : 0;
}
#else
#define serve(buf, len) (len)
#endif

SIZE_MAIN(serve)
