/* SPDX-License-Identifier: MIT
 *
 * What the tests of the handshake object share.  It needs cmocka.h before it.
 */
#ifndef CHECK_HANDSHAKE_H
#define CHECK_HANDSHAKE_H

#include "check.h"

#define CAP 1024
#define NEXT_REQUEST "GET /next HTTP/1.1\r\n" CHECK_HOST "\r\n"
/* Refused, but with sound framing: the connection may be kept. */
#define OLD_VERSION                                                            \
  "GET /old HTTP/1.1\r\n" CHECK_HOST                                           \
  "Upgrade: websocket\r\nConnection: Upgrade\r\n" CHECK_KEY                    \
  "Sec-WebSocket-Version: 8\r\n\r\n"
#define BROKEN "GET / HTTP/1.1\r\nHost: a\r\nbad line\r\n\r\n"
#define TWO_OFFERS                                                             \
  "GET /chat HTTP/1.1\r\n" CHECK_HOST                                          \
  "Upgrade: echo, websocket\r\nConnection: Upgrade\r\n" CHECK_KEY              \
      CHECK_VERSION "Sec-WebSocket-Protocol: a, b\r\n\r\n"

static const upshake_protocol protocols[] = {
    UPSHAKE_WEBSOCKET, UPSHAKE_PROTOCOL("echo"), UPSHAKE_PROTOCOL("other")};

static inline int later(upshake *hs, void *user) {
  (void)hs;
  (void)user;
  return UPSHAKE_LATER;
}

static const upshake_config accepting = {protocols, 3, .decide = NULL};
static const upshake_config waiting = {protocols, 3, .decide = later};

static char memory[CAP];

static inline upshake_next feed(upshake *hs, const char *octets, size_t len,
                                size_t *used) {
  char *copy = exact(octets, len);
  *used = SIZE_MAX; /* to be set, whatever comes back */
  upshake_next next = upshake_feed(hs, copy, len, used);
  free(copy);
  return next;
}

/* A fresh handshake to which all of the stream was fed. */
static inline upshake begin(const upshake_config *config, const char *stream,
                            upshake_next expected) {
  upshake hs;
  size_t used;
  assert_int_equal(upshake_init(&hs, config, memory, CAP, NULL), UPSHAKE_OK);
  assert_int_equal(feed(&hs, stream, strlen(stream), &used), expected);
  return hs;
}

static inline int reply_status(upshake *hs, const upshake_extra *extra) {
  char out[CAP];
  size_t len;
  if (upshake_reply_with(hs, extra, out, sizeof out, &len) != UPSHAKE_OK)
    return 0;
  return view_reply(out, len).status;
}

/* The next request of a kept connection. */
static inline upshake_next begin_next(upshake *hs) {
  assert_int_equal(upshake_reset(hs), UPSHAKE_OK);
  return upshake_get_result(hs).next;
}

/* A call against the rules changes no octet of the state. */
#define assert_unchanged(hs, call, error)                                      \
  do {                                                                         \
    upshake check_before = hs;                                                 \
    assert_int_equal(call, error);                                             \
    assert_memory_equal(&check_before, &hs, sizeof hs);                        \
  } while (0)

#endif
