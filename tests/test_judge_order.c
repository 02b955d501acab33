/* SPDX-License-Identifier: MIT
 *
 * Judging gives one outcome for all orders of the fields.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check_judge.h"

#define FIELDS_MAX 7

typedef struct scene {
  int version;
  line lines[FIELDS_MAX];
  upshake_next next;
  upshake_error error;
  const char *culprit; /* the field of result.offset, where there is one */
} scene;

/* clang-format off */
#define HOST {"Host", "example.com"}
#define UPGRADE {"Upgrade", "websocket"}
#define CONNECTION {"Connection", "Upgrade"}
#define KEY_LINE {"Sec-WebSocket-Key", KEY}
#define VERSION {"Sec-WebSocket-Version", "13"}
#define OFFER HOST, UPGRADE, CONNECTION
#define HANDSHAKE OFFER, KEY_LINE, VERSION
#define SWITCH UPSHAKE_SEND, UPSHAKE_OK
#define REFUSE(error) UPSHAKE_SEND, UPSHAKE_ERR_##error
#define PLAIN(error) UPSHAKE_PLAIN, UPSHAKE_ERR_##error

static const scene scenes[] = {
    {11, {HANDSHAKE, {"Origin", "http://example.com"}}, SWITCH, NULL},
    {11, {HANDSHAKE, {"Upgrade", "x"}, {"Connection", "close"}}, SWITCH, NULL},
    {11, {OFFER, VERSION}, REFUSE(KEY_MISSING), NULL},
    {11, {HANDSHAKE, KEY_LINE}, REFUSE(KEY_REPEATED), NULL},
    {11, {HANDSHAKE, {"Sec-WebSocket-Key", "x"}}, REFUSE(KEY_REPEATED), NULL},
    {11, {OFFER, {"Sec-WebSocket-Key", "x"}, {"Sec-WebSocket-Version", "8"}},
     REFUSE(VERSION_UNSUPPORTED), "Sec-WebSocket-Version"},
    {11, {OFFER, {"Sec-WebSocket-Key", "x"}, VERSION, {"Origin", "null"}},
     REFUSE(KEY_MALFORMED), "Sec-WebSocket-Key"},
    {11, {HANDSHAKE, {"Origin", "http://example.org"}},
     REFUSE(ORIGIN_REFUSED), "Origin"},
    {11, {HANDSHAKE, {"Origin", "http://example.com"}, {"Origin", "null"}},
     REFUSE(ORIGIN_REPEATED), NULL},
    {11, {HOST, UPGRADE, {"Connection", "Upgrade, \"x\""}, KEY_LINE, VERSION},
     REFUSE(CONNECTION_MALFORMED), "Connection"},
    {11, {HANDSHAKE, HOST}, REFUSE(HOST_REPEATED), NULL},
    {11, {HANDSHAKE, {"Host", "a b"}}, REFUSE(HOST_REPEATED), NULL},
    {11, {{"Host", "a b"}, UPGRADE, CONNECTION, KEY_LINE, VERSION},
     REFUSE(HOST_MALFORMED), "Host"},
    {11, {UPGRADE, CONNECTION, KEY_LINE, VERSION}, REFUSE(HOST_MISSING), NULL},
    {11, {UPGRADE, CONNECTION, KEY_LINE, VERSION, {"Origin", "http://a"}},
     REFUSE(HOST_MISSING), NULL},
    {11, {OFFER, {"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}},
     REFUSE(LENGTH_AND_CODING), NULL},
    {11, {OFFER, {"Content-Length", "0"}, {"Content-Length", "0"}},
     REFUSE(LENGTH_REPEATED), NULL},
    {11, {OFFER, {"Content-Length", "x"}},
     REFUSE(LENGTH_MALFORMED), "Content-Length"},
    {11, {{"Host", "a b"}, {"Content-Length", "x"},
          {"Transfer-Encoding", "chunked"}}, REFUSE(HOST_MALFORMED), "Host"},
    {10, {OFFER, {"Transfer-Encoding", "chunked"}},
     REFUSE(CODING_IN_1_0), "Transfer-Encoding"},
    {10, {HANDSHAKE}, PLAIN(HTTP_1_0), NULL},
    {11, {HOST, UPGRADE, {"Connection", "close"}, KEY_LINE, VERSION},
     PLAIN(NO_CONNECTION), NULL},
    {11, {HOST, CONNECTION, KEY_LINE, VERSION},
     PLAIN(PROXY_TOOK_UPGRADE), NULL},
    {11, {HOST, CONNECTION, {"Accept", "x"}}, PLAIN(NO_UPGRADE), NULL},
    {11, {HOST, CONNECTION, {"Upgrade", "h2c"}}, PLAIN(NOT_SUPPORTED), NULL},
    {11, {HANDSHAKE, {"Expect", "x"}}, REFUSE(EXPECTATION), "Expect"},
    {11, {OFFER, {"Content-Length", "1"}, {"Expect", "x"}},
     REFUSE(BODY), NULL},
    {11, {HANDSHAKE, {"Sec-WebSocket-Protocol", "a b"},
          {"Sec-WebSocket-Extensions", "="}},
     REFUSE(SUBPROTOCOL_MALFORMED), "Sec-WebSocket-Protocol"},
    {11, {HANDSHAKE, {"Origin", "null"}, {"Sec-WebSocket-Extensions", ";a"}},
     REFUSE(EXTENSION_MALFORMED), "Sec-WebSocket-Extensions"},
    {11, {HANDSHAKE, {"a b", "v"}}, REFUSE(FIELD_NAME), "a b"},
    {11, {HANDSHAKE, {"a", "\x7f"}}, REFUSE(FIELD_VALUE), "a"},
    {11, {HOST, HOST, {"a", "\x7f"}, {"Content-Length", "x"}},
     REFUSE(FIELD_VALUE), "a"},
};
/* clang-format on */

static void assert_scene(const scene *expected, const line *const *lines,
                         size_t len) {
  upshake_judge judge;
  upshake_next next =
      judge_lines(&judge, &plain_config, expected->version, lines, len);
  upshake_result result = upshake_get_result(&judge.hs);
  char out[UPSHAKE_REPLY_CAP];
  if (next != expected->next || result.next != next ||
      result.error != expected->error)
    fail_msg("scene %d: next %d, %s; not %d, %s", (int)(expected - scenes),
             (int)next, upshake_explain(result.error).name, (int)expected->next,
             upshake_explain(expected->error).name);
  if (expected->culprit != NULL) {
    assert_in_range(result.offset, 1, len);
    assert_string_equal(lines[result.offset - 1]->name, expected->culprit);
  }
  assert_true(result.offset <= len + 1);
  if (next == UPSHAKE_SEND) {
    reply_view view = reply_of(&judge.hs, out, sizeof out);
    assert_int_equal(view.status, result.status);
    assert_true(is_framed(view, 0));
  }
}

/* All orders, by exchanging (Heap's way, with a count for each place). */
static void assert_in_all_orders(const scene *expected) {
  const line *lines[FIELDS_MAX], *held;
  size_t len = 0, counts[FIELDS_MAX] = {0}, i = 0;
  while (len < FIELDS_MAX && expected->lines[len].name != NULL) {
    lines[len] = &expected->lines[len];
    len++;
  }
  assert_scene(expected, lines, len);
  while (i < len) {
    if (counts[i] < i) {
      size_t other = i % 2 == 0 ? 0 : counts[i];
      held = lines[other];
      lines[other] = lines[i];
      lines[i] = held;
      assert_scene(expected, lines, len);
      counts[i]++;
      i = 0;
    } else
      counts[i++] = 0;
  }
}

static void the_order_of_the_fields_does_not_matter(void **state) {
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(scenes); i++)
    assert_in_all_orders(&scenes[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_order_of_the_fields_does_not_matter),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
