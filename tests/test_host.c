/* SPDX-License-Identifier: MIT
 *
 * Hosts and origins, form by form: what RFC 3986 3.2 and RFC 6454 7.1 have and
 * what they don't, in Host, in the target and in Origin, read whole, byte by
 * byte and by a judge.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check.h"

static const upshake_protocol websocket[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {websocket, 1, .decide = NULL};

/* clang-format off */
static const char *const good_hosts[] = {
    "example.com", "EXAMPLE.com", "a", "1.2.3.4", "1.2.3.4:80",
    "256.1.1.1", "1.2.3", /* no IPv4address, but a reg-name */
    "!$&'()*+,;=-._~", "%41", "a%4A", "a%fF.b",
    "a:", "a:0", "a:80", "a:65535", "a:00000000080",
    "[::]", "[::1]", "[1::]", "[1::8]", "[::ABCD:ef01]", "[::1]:", "[::1]:443",
    "[1:2:3:4:5:6:7:8]", "[0001:0:0:0:0:0:0:ffff]",
    "[1:2:3:4:5:6:7::]", "[::2:3:4:5:6:7:8]", "[1::3:4:5:6:7:8]",
    "[1:2:3::7:8]",
    "[::1.2.3.4]", "[::0.0.0.0]", "[::255.255.255.255]", "[1::1.2.3.4]",
    "[1:2:3:4:5:6:1.2.3.4]", "[1:2:3:4:5::1.2.3.4]", "[::2:3:4:5:6:1.2.3.4]",
    "[::1:10.20.30.249]",
    "[v1.a]", "[V1.a]", "[vF0a.a:b]", "[v1.!$&'()*+,;=-._~:]", "[v1.:]:80",
};

static const char *const bad_hosts[] = {
    "a%", "a%4", "a%4g", "a%g4", "%", "%%41", "a%4\x80",
    "a b", "a/b", "a?b", "a#b", "a@b", "a\\b", "a\"b", "<a>", "a^", "a|b",
    "{a}", "a`b", "\x80", "a\xffz",
    "a:b", "a:8:0", "a::", "a:-1", "a:+1", "a:65536", "a:99999999999",
    "a:4294967376", "a:80a", "a:0x50",
    "[", "]", "[]", "a[", "a]", "[a]", "[::1", "::1", "1:2:3:4:5:6:7:8",
    "[::1]a", "[::1]80", "[::1]:x", "[::1]::", "[::1]:65536", "[::1][::1]",
    "[1]", "[:]", "[1:]", "[:1]", "[:1::]", "[:::]", "[1:::2]", "[::1:]",
    "[::1::]", "[1::2::3]", "[12345::]", "[::00001]", "[g::]", "[::g]",
    "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:]", "[1:2:3:4:5:6:7:8:9]",
    "[1:2:3:4:5:6:7::8]", "[1:2:3:4:5:6:7:8::]", "[::1:2:3:4:5:6:7:8]",
    "[::1:2:3:4:5:6:1.2.3.4]", "[1:2:3:4:5:1.2.3.4]", "[1:2:3:4:5:6:7:1.2.3.4]",
    "[1:2:3:4:5:6::1.2.3.4]", "[::1.2.3.4:5]", "[::1.2.3.4::]", "[1.2.3.4]",
    "[::1.2.3]", "[::1.2.3.]", "[::1.2.3.4.]", "[::1.2.3.4.5]", "[::1..3.4]",
    "[::.1.2.3]", "[::1.2.3.256]", "[::256.2.3.4]", "[::1.2.3.1000]",
    "[::1.2.3.04]", "[::01.2.3.4]", "[::1.00.3.4]", "[::1.2.3.a]",
    "[::a.2.3.4]", "[::1.2.3-4]", "[::1.2.3.4a]",
    "[fe80::1%25eth0]", "[fe80::1%eth0]",
    "[v.a]", "[v1.]", "[v1]", "[v]", "[v1a]", "[vg.a]", "[v1g.a]", "[v1.a/b]",
    "[v1.a%41]", "[v1.a@b]", "[v1.[]", "[x1.a]", "[1.a]", "[v1..\x80]",
};
/* clang-format on */

/* ---- Three ways to one outcome ------------------------------------------- */

typedef struct asked {
  const char *target, *host, *origin; /* origin may be NULL */
} asked;

static upshake_result result_of(const char *stream, size_t len, size_t step) {
  char memory[1024];
  upshake_next next = UPSHAKE_READ;
  upshake hs;
  assert_int_equal(upshake_init(&hs, &config, memory, sizeof memory, NULL),
                   UPSHAKE_OK);
  for (size_t at = 0, used; next == UPSHAKE_READ && at < len; at += used) {
    size_t piece = len - at < step ? len - at : step;
    char *octets = exact(stream + at, piece);
    next = upshake_feed(&hs, octets, piece, &used);
    free(octets);
  }
  return upshake_get_result(&hs);
}

static upshake_result judged(const asked *a) {
  static const char *const lines[][2] = {
      {"Upgrade", "websocket"},
      {"Connection", "Upgrade"},
      {"Sec-WebSocket-Version", "13"},
      {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  upshake_judge judge;
  char *host = exact(a->host, strlen(a->host));
  assert_int_equal(
      begin_judge(&judge, &config, NULL, text("GET"), text(a->target), 11),
      UPSHAKE_OK);
  upshake_judge_field(&judge, text("Host"), part_of(host, strlen(a->host)));
  for (size_t i = 0; i < CHECK_LEN(lines); i++)
    upshake_judge_field(&judge, text(lines[i][0]), text(lines[i][1]));
  if (a->origin != NULL)
    upshake_judge_field(&judge, text("Origin"), text(a->origin));
  upshake_judge_end(&judge);
  free(host);
  return upshake_get_result(&judge.hs);
}

/* OK: it switches. */
static void assert_outcome(asked a, upshake_error expected) {
  char stream[512];
  int len = snprintf(
      stream, sizeof stream,
      "GET %s HTTP/1.1\r\nHost: %s\r\n%s%s%s"
      "Upgrade: websocket\r\nConnection: Upgrade\r\n" CHECK_KEY CHECK_VERSION
      "\r\n",
      a.target, a.host, a.origin ? "Origin: " : "", a.origin ? a.origin : "",
      a.origin ? "\r\n" : "");
  const upshake_result results[] = {result_of(stream, (size_t)len, SIZE_MAX),
                                    result_of(stream, (size_t)len, 1),
                                    judged(&a)};
  int status = expected == UPSHAKE_OK ? 101 : upshake_explain(expected).status;
  for (size_t i = 0; i < CHECK_LEN(results); i++)
    if (results[i].error != expected || results[i].status != status)
      fail_msg("target %s, Host %s, Origin %s: %s %d, not %s (way %u)",
               a.target, a.host, a.origin ? a.origin : "-",
               upshake_explain(results[i].error).name, results[i].status,
               upshake_explain(expected).name, (unsigned)i);
}

/* ---- Hosts --------------------------------------------------------------- */

static const char *with(char out[256], const char *before, const char *host,
                        const char *after) {
  snprintf(out, 256, "%s%s%s", before, host, after);
  return out;
}

static void each_good_host_may_be_asked_for(void **state) {
  char url[256];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(good_hosts); i++) {
    assert_outcome((asked){"/", good_hosts[i], NULL}, UPSHAKE_OK);
    with(url, "http://", good_hosts[i], "/");
    assert_outcome((asked){url, "other.example", NULL}, UPSHAKE_OK);
  }
}

static void each_bad_host_is_refused(void **state) {
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(bad_hosts); i++)
    assert_outcome((asked){"/", bad_hosts[i], NULL},
                   UPSHAKE_ERR_HOST_MALFORMED);
}

/* A byte that no target has is refused as such, and "/", "?" and "#" end an
 * authority. */
static void each_bad_authority_of_a_target_is_refused(void **state) {
  char url[256];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(bad_hosts); i++) {
    const char *host = bad_hosts[i];
    if (strpbrk(host, " /?#\"<>\\{}`\x80\xff") != NULL)
      continue;
    assert_outcome((asked){with(url, "http://", host, "/"), "a", NULL},
                   UPSHAKE_ERR_TARGET_AUTHORITY);
  }
}

/* ---- Origins ------------------------------------------------------------- */

/* One is the request's own host, whatever form it has. */
static void each_good_host_is_its_own_origin(void **state) {
  char origin[256];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(good_hosts); i++) {
    with(origin, "http://", good_hosts[i], "");
    assert_outcome((asked){"/", good_hosts[i], origin}, UPSHAKE_OK);
    assert_outcome((asked){"/", "other.example", origin},
                   UPSHAKE_ERR_ORIGIN_REFUSED);
  }
}

static void each_bad_host_makes_a_bad_origin(void **state) {
  char origin[256];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(bad_hosts); i++)
    assert_outcome((asked){"/", "a", with(origin, "http://", bad_hosts[i], "")},
                   UPSHAKE_ERR_ORIGIN_MALFORMED);
}

/* scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) (RFC 3986 3.1), and "://"
 * behind it (RFC 6454 7.1). */
static void an_origin_has_a_scheme(void **state) {
  static const char *const good[] = {
      "http", "HTTP", "https", "ws",       "a",
      "Z",    "z9",   "a+-.",  "h.t+t-p1", "chrome-extension"};
  static const char *const bad[] = {
      "",      "1",   "1http",      "+http", "-http", ".http", "ht_tp", "ht tp",
      "http%", "h/p", "ht\xc3\xa4", "@",     "[",     "`",     "{"};
  static const char *const others[] = {"",
                                       "null",
                                       "example.com",
                                       "//example.com",
                                       "http",
                                       "http:",
                                       "http:example.com",
                                       "http:/example.com",
                                       "http//example.com",
                                       "http:/|example.com",
                                       "http:|/example.com",
                                       "http://",
                                       "http://:80",
                                       "http:///",
                                       "http://example.com/",
                                       "http://a@example.com",
                                       "http://example.com, http://a"};
  char origin[256];
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(good); i++)
    assert_outcome((asked){"/", "example.com",
                           with(origin, good[i], "://", "example.com")},
                   UPSHAKE_OK);
  for (size_t i = 0; i < CHECK_LEN(bad); i++)
    assert_outcome(
        (asked){"/", "example.com", with(origin, bad[i], "://", "example.com")},
        UPSHAKE_ERR_ORIGIN_MALFORMED);
  for (size_t i = 0; i < CHECK_LEN(others); i++)
    assert_outcome((asked){"/", "example.com", others[i]},
                   UPSHAKE_ERR_ORIGIN_MALFORMED);
}

/* A port that is left out is the default one of the Origin's scheme, on both
 * sides; a scheme that has none leaves both without. */
static void default_ports_are_those_of_the_origins_scheme(void **state) {
  static const struct {
    const char *host, *origin;
    upshake_error error;
  } rows[] = {
      {"a", "http://a:80", UPSHAKE_OK},
      {"a:80", "http://a", UPSHAKE_OK},
      {"a:", "http://a:80", UPSHAKE_OK},
      {"a", "ws://a:80", UPSHAKE_OK},
      {"a", "https://a:443", UPSHAKE_OK},
      {"a:443", "https://a", UPSHAKE_OK},
      {"a:443", "wss://a", UPSHAKE_OK},
      {"A", "HTTPS://a", UPSHAKE_OK},
      {"a:080", "http://a", UPSHAKE_OK},
      {"a", "other://a", UPSHAKE_OK},
      {"a:80", "other://a:80", UPSHAKE_OK},
      {"a:80", "https://a", UPSHAKE_ERR_ORIGIN_REFUSED},
      {"a:443", "http://a", UPSHAKE_ERR_ORIGIN_REFUSED},
      {"a", "http://a:443", UPSHAKE_ERR_ORIGIN_REFUSED},
      {"a", "https://a:80", UPSHAKE_ERR_ORIGIN_REFUSED},
      {"a:80", "ws://a:443", UPSHAKE_ERR_ORIGIN_REFUSED},
      {"a:80", "other://a", UPSHAKE_ERR_ORIGIN_REFUSED},
      {"a", "other://a:80", UPSHAKE_ERR_ORIGIN_REFUSED},
      {"a", "other://a:0", UPSHAKE_ERR_ORIGIN_REFUSED},
      {"a", "http://a.", UPSHAKE_ERR_ORIGIN_REFUSED},
      {"ab", "http://a", UPSHAKE_ERR_ORIGIN_REFUSED},
      {"a", "http://ab", UPSHAKE_ERR_ORIGIN_REFUSED},
      {"[::1]", "http://[::2]", UPSHAKE_ERR_ORIGIN_REFUSED},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    assert_outcome((asked){"/", rows[i].host, rows[i].origin}, rows[i].error);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_good_host_may_be_asked_for),
      cmocka_unit_test(each_bad_host_is_refused),
      cmocka_unit_test(each_bad_authority_of_a_target_is_refused),
      cmocka_unit_test(each_good_host_is_its_own_origin),
      cmocka_unit_test(each_bad_host_makes_a_bad_origin),
      cmocka_unit_test(an_origin_has_a_scheme),
      cmocka_unit_test(default_ports_are_those_of_the_origins_scheme),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
