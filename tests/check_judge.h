/* SPDX-License-Identifier: MIT
 *
 * What the tests of the judging layer share: a good handshake, line by line. It
 * needs cmocka.h before it.
 */
#ifndef CHECK_JUDGE_H
#define CHECK_JUDGE_H

#include "check.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static const upshake_protocol websocket[] = {UPSHAKE_WEBSOCKET};
static const upshake_protocol both[] = {
    UPSHAKE_WEBSOCKET,
    {.name = "echo", .body = UPSHAKE_BODY_PLAIN},
};
static const upshake_config plain_config = {websocket, 1, .decide = NULL};

typedef struct line {
  const char *name, *value;
} line;

static const line good[] = {
    {"Host", "example.com"},         {"Upgrade", "websocket"},
    {"Connection", "Upgrade"},       {"Sec-WebSocket-Key", KEY},
    {"Sec-WebSocket-Version", "13"},
};
#define GOOD_LEN CHECK_LEN(good)

static inline upshake_next judge_lines(upshake_judge *judge,
                                       const upshake_config *config,
                                       int version, const line *const *lines,
                                       size_t len) {
  memset(judge, 0xa5, sizeof *judge);
  assert_int_equal(
      begin_judge(judge, config, NULL, text("GET"), text("/chat"), version),
      UPSHAKE_OK);
  for (size_t i = 0; i < len; i++)
    upshake_judge_field(judge, text(lines[i]->name), text(lines[i]->value));
  return upshake_judge_end(judge);
}

/* The good handshake with one field in place of its own, and more of them. */
static inline upshake_next judge_with(upshake_judge *judge,
                                      const upshake_config *config,
                                      const line *more, size_t len) {
  const line *lines[GOOD_LEN + 32];
  size_t count = 0;
  for (size_t i = 0; i < GOOD_LEN; i++)
    lines[count++] = &good[i];
  for (size_t i = 0; i < len; i++)
    lines[count++] = &more[i];
  return judge_lines(judge, config, 11, lines, count);
}

static inline reply_view reply_of(upshake *hs, char *out, size_t cap) {
  size_t len;
  assert_int_equal(upshake_reply(hs, out, cap, &len), UPSHAKE_OK);
  return view_reply(out, len);
}

#endif
