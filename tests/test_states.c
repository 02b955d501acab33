/* SPDX-License-Identifier: MIT
 *
 * The states of a handshake, and what leads from each to the next: the arrows
 * of tests/pictures/states.svg.  tests/pictures/states.py reads the table,
 * and draws no arrow that does not stand here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_handshake.h"
#include "switches.h"

#define OFFER(target)                                                          \
  "GET " target " HTTP/1.1\r\n" CHECK_HOST                                     \
  "Upgrade: websocket\r\nConnection: Upgrade\r\n" CHECK_KEY CHECK_VERSION      \
  "\r\n"
#define UPLOAD(more)                                                           \
  "POST / HTTP/1.1\r\n" CHECK_HOST                                             \
  "Upgrade: echo\r\nConnection: Upgrade\r\nContent-Length: 5\r\n" more "\r\n"

typedef struct edge {
  const char *from, *call, *to;
  const char *before; /* fed first, to come to `from` */
  const char *bytes;  /* of feed */
  int answer;         /* of answer */
} edge;

static const edge edges[] = {
    {"READ", "feed", "READ", "", "GET / HT", 0},
    {"READ", "feed", "DECIDE", "", OFFER("/later"), 0},
    {"READ", "feed", "PLAIN", "", CHECK_PLAIN, 0},
    {"READ", "feed", "SEND", "", OFFER("/chat"), 0},
    {"READ", "feed", "SEND", "", BROKEN, 0},
    {"READ", "answer", "SEND", "GET / HT", "", 408},
    {"DECIDE", "answer", "SEND", OFFER("/later"), "", UPSHAKE_ACCEPT},
    {"DECIDE", "answer", "SEND", OFFER("/later"), "", 404},
    {"DECIDE", "answer", "PLAIN", OFFER("/later"), "", UPSHAKE_DECLINE},
    {"PLAIN", "answer", "SEND", CHECK_PLAIN, "", 404},
    {"PLAIN", "reset", "READ", CHECK_PLAIN, "", 0},
    {"SEND", "reset", "READ", OLD_VERSION, "", 0},
#if WITH_BODIES
    {"READ", "feed", "BODY", UPLOAD(""), "he", 0},
    {"BODY", "feed", "READ", UPLOAD("") "he", "", 0},
    {"BODY", "feed", "BODY", UPLOAD("") "he", "ll", 0},
    {"SEND", "feed", "READ", UPLOAD("Expect: 100-continue\r\n"), "", 0},
#endif
};

static int decide(upshake *hs, void *user) {
  (void)user;
  return upshake_equal(upshake_get_request(hs).path, "/later") ? UPSHAKE_LATER
                                                               : UPSHAKE_ACCEPT;
}

static const upshake_protocol table[] = {
    UPSHAKE_WEBSOCKET,
#if WITH_BODIES
    {.name = "echo", .methods = "POST", .body = UPSHAKE_BODY_READ},
#endif
};
static const upshake_config config = {table, CHECK_LEN(table),
                                      .decide = decide};

static const char *name_of(upshake_next next) {
  static const char *const names[] = {"READ", "DECIDE", "SEND", "PLAIN",
                                      "BODY"};
  return names[next];
}

/* Feeds all of it, and goes on as long as something is consumed. */
static upshake_next feed_all(upshake *hs, const char *text) {
  size_t len = strlen(text), used, sum = 0;
  upshake_next next;
  do {
    next = feed(hs, text + sum, len - sum, &used);
    sum += used;
  } while (sum < len && used > 0);
  return next;
}

static void take_reply(upshake *hs, const upshake_extra *extra) {
  char out[CAP];
  size_t len;
  assert_int_equal(upshake_reply_with(hs, extra, out, sizeof out, &len),
                   UPSHAKE_OK);
}

static upshake_next leave(upshake *hs, const edge *one) {
  const upshake_extra keep = {.keep = UPSHAKE_KEEP_OPEN};
  int resets = strcmp(one->call, "reset") == 0;
  if (strcmp(one->from, "SEND") == 0)
    take_reply(hs, resets ? &keep : NULL);
  if (resets)
    return begin_next(hs);
  if (strcmp(one->call, "feed") == 0)
    return feed_all(hs, one->bytes);
  assert_string_equal(one->call, "answer");
  assert_int_equal(upshake_answer(hs, one->answer), UPSHAKE_OK);
  return upshake_get_result(hs).next;
}

static void each_arrow_leads_where_the_picture_says(void **state) {
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(edges); i++) {
    const edge *one = &edges[i];
    upshake hs;
    assert_int_equal(upshake_init(&hs, &config, memory, CAP, NULL), UPSHAKE_OK);
    if (one->before[0] != '\0')
      feed_all(&hs, one->before);
    assert_string_equal(name_of(upshake_get_result(&hs).next), one->from);
    assert_string_equal(name_of(leave(&hs, one)), one->to);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_arrow_leads_where_the_picture_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
