/* SPDX-License-Identifier: MIT
 *
 * What a gateway passes on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check.h"

static upshake_fields raw(const char *lines) {
  upshake_fields fields = {text(lines), NULL, 0};
  return fields;
}

static void knows_its_own_fields(void **state) {
  static const struct {
    const char *name;
    int is_own, is_hop;
  } rows[] = {
      {"Connection", 1, 1},
      {"UPGRADE", 1, 1},
      {"keep-alive", 1, 1},
      {"Proxy-Connection", 1, 1},
      {"TE", 1, 1},
      {"Trailer", 1, 1},
      {"Transfer-Encoding", 1, 1},
      {"HTTP2-Settings", 1, 1},
      {"Content-Length", 1, 0},
      {"Sec-WebSocket-Key", 1, 0},
      {"sec-websocket-x", 1, 0},
      {"Sec-WebSocket", 0, 0},
      {"Host", 0, 0},
      {"X-Here", 0, 1},
      {"X-There", 0, 1},
      {"X-Her", 0, 0},
      {"close", 0, 1},
      {"", 0, 0},
  };
  const upshake_fields fields =
      raw("Connection: close, x-here\r\nA: b\r\nconnection: X-There\r\n");
  const upshake_fields none = {{NULL, 0}, NULL, 0};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_slice name = text(rows[i].name);
    assert_int_equal(upshake_is_own_field(name), rows[i].is_own);
    assert_int_equal(upshake_is_hop_field(fields, name), rows[i].is_hop);
    assert_int_equal(upshake_is_hop_field(none, name),
                     rows[i].is_hop && rows[i].is_own);
  }
}

static void passes_on_what_is_for_everybody(void **state) {
  static const struct {
    int of_request;
    const char *lines, *passed; /* names, each with a blank behind it */
  } rows[] = {
      {1, "", ""},
      {1,
       "Host: a\r\nConnection: Upgrade, X-Mine\r\nUpgrade: websocket\r\n"
       "X-Mine: 1\r\nSec-WebSocket-Key: k\r\nCookie: a=1\r\nCookie: b=2\r\n"
       "Content-Length: 5\r\nTE: trailers\r\nVia: 1.1 x\r\n",
       "Host Sec-WebSocket-Key Cookie Cookie Via "},
      {0,
       "Server: a\r\nserver: b\r\nDate: x\r\nDate: y\r\nSet-Cookie: a\r\n"
       "Set-Cookie: b\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n"
       "Sec-WebSocket-Accept: x\r\nKeep-Alive: 5\r\nContent-Type: a/b\r\n"
       "Location: /\r\nLocation: /x\r\nRetry-After: 1\r\nretry-after: 2\r\n"
       "CONTENT-TYPE: c/d\r\n",
       "Server Date Set-Cookie Set-Cookie Content-Type Location Retry-After "},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    for (size_t cap = 0; cap <= 9; cap++) {
      upshake_field *out = malloc(cap ? cap * sizeof *out : 1);
      size_t len =
          upshake_forward(raw(rows[i].lines), rows[i].of_request, out, cap);
      upshake_slice rest = text(rows[i].passed);
      size_t all = 0;
      for (size_t at = 0; rest.len > 0; at++, all++) {
        size_t name_len =
            (size_t)((const char *)memchr(rest.ptr, ' ', 99) - rest.ptr);
        if (at < cap)
          assert_memory_equal(out[at].name.ptr, rest.ptr, name_len);
        rest = part_of(rest.ptr + name_len + 1, rest.len - name_len - 1);
      }
      if (cap >= all)
        assert_int_equal(len, all);
      assert_true(len >= all);
      free(out);
    }
}

/* RFC 9112 3.2.4: "*" if OPTIONS is about a whole server. */
static void gives_the_target_for_the_next_server(void **state) {
  static const struct {
    const char *line, *target, *query;
  } rows[] = {
      {"GET /a?b HTTP/1.1", "/a", "b"},
      {"GET http://h HTTP/1.1", "/", NULL},
      {"GET http://h/ HTTP/1.1", "/", NULL},
      {"OPTIONS * HTTP/1.1", "*", NULL},
      {"OPTIONS http://h HTTP/1.1", "*", NULL},
      {"OPTIONS http://h/ HTTP/1.1", "/", NULL},
      {"OPTIONS http://h/a HTTP/1.1", "/a", NULL},
      {"OPTIONS http://h?x HTTP/1.1", "/", "x"},
      {"OPTIONS / HTTP/1.1", "/", NULL},
      {"CONNECT h:1 HTTP/1.1", NULL, NULL},
  };
  const upshake_config config = {NULL, 0, .decide = NULL};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    char memory[256], head[256];
    size_t used;
    upshake hs;
    upshake_request request;
    int len =
        snprintf(head, sizeof head, "%s\r\nHost: h:1\r\n\r\n", rows[i].line);
    upshake_init(&hs, &config, memory, sizeof memory, NULL);
    assert_int_equal(upshake_feed(&hs, head, (size_t)len, &used),
                     UPSHAKE_PLAIN);
    request = upshake_get_request(&hs);
    assert_true(upshake_same(upshake_forward_target(&request),
                             upshake_text(rows[i].target)));
    assert_true(upshake_same(request.query, upshake_text(rows[i].query)));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(knows_its_own_fields),
      cmocka_unit_test(passes_on_what_is_for_everybody),
      cmocka_unit_test(gives_the_target_for_the_next_server),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
