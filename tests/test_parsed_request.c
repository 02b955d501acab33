/* SPDX-License-Identifier: MIT
 *
 * The parts of the request that the head parser found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check.h"

#define LINE "GET / HTTP/1.1\r\n"

typedef struct request_row {
  const char *octets;
  int version;
  const char *method, *target, *scheme, *authority, *path, *query;
} request_row;

static void assert_optional(upshake_slice part, const char *expected_part) {
  if (expected_part == NULL)
    assert_absent(part);
  else
    assert_slice(part, expected_part);
}

static void assert_request(const request_row *row) {
  size_t len = strlen(row->octets), end = 0;
  upshake_parser parser = {0};
  upshake_request request;
  char *copy = exact(row->octets, len);
  /* parsed elsewhere, asked for here */
  assert_int_equal(parse_at_new_address(&parser, NULL, row->octets, len, &end),
                   UPSHAKE_OK);
  request = upshake_parsed_request(&parser, NULL, copy);
  assert_int_equal(request.version, row->version);
  assert_slice(request.method, row->method);
  assert_slice(request.target, row->target);
  assert_optional(request.scheme, row->scheme);
  assert_optional(request.authority, row->authority);
  assert_optional(request.path, row->path);
  assert_optional(request.query, row->query);
  assert_true(request.target.ptr > copy && request.target.ptr < copy + len);
  free(copy);
}

#define TAIL " HTTP/1.1\r\nHost: h\r\n\r\n"

static void gives_the_parts_of_the_request(void **state) {
  static const request_row rows[] = {
      {"GET /" TAIL, 11, "GET", "/", NULL, "h", "/", NULL},
      {"\r\n\r\nGET /" TAIL, 11, "GET", "/", NULL, "h", "/", NULL},
      {"GET / HTTP/1.0\r\n\r\n", 10, "GET", "/", NULL, NULL, "/", NULL},
      {"GET / HTTP/1.7\r\n\r\n", 11, "GET", "/", NULL, NULL, "/", NULL},
      {"get /a/b?c=d?e" TAIL, 11, "get", "/a/b?c=d?e", NULL, "h", "/a/b",
       "c=d?e"},
      {"GET /?" TAIL, 11, "GET", "/?", NULL, "h", "/", ""},
      {"GET //x/http://y" TAIL, 11, "GET", "//x/http://y", NULL, "h",
       "//x/http://y", NULL},
      {"GET /%2F%zz" TAIL, 11, "GET", "/%2F%zz", NULL, "h", "/%2F%zz", NULL},
      {"GET http://a.example:80/x?y" TAIL, 11, "GET", "http://a.example:80/x?y",
       "http", "a.example:80", "/x", "y"},
      {"GET http://a.example" TAIL, 11, "GET", "http://a.example", "http",
       "a.example", "/", NULL},
      {"GET http://a.example?x=1" TAIL, 11, "GET", "http://a.example?x=1",
       "http", "a.example", "/", "x=1"},
      {"GET WSS://A.example:/" TAIL, 11, "GET", "WSS://A.example:/", "WSS",
       "A.example:", "/", NULL},
      {"GET ws://[::1]:8080/x" TAIL, 11, "GET", "ws://[::1]:8080/x", "ws",
       "[::1]:8080", "/x", NULL},
      {"OPTIONS *" TAIL, 11, "OPTIONS", "*", NULL, "h", NULL, NULL},
      {"CONNECT a.example:443" TAIL, 11, "CONNECT", "a.example:443", NULL,
       "a.example:443", NULL, NULL},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    assert_request(&rows[i]);
}

static void gives_the_field_lines(void **state) {
  static const char head[] = LINE "A: 1\r\nB:\r\nA:\t2 \r\n\r\nC: 3\r\n";
  static const char *const fields[][2] = {{"A", "1"}, {"B", ""}, {"A", "2"}};
  upshake_parser parser = {0};
  upshake_fields left;
  upshake_field field;
  size_t end = 0;
  (void)state;
  assert_int_equal(
      upshake_parse_head(&parser, NULL, head, sizeof head - 1, &end),
      UPSHAKE_OK);
  left = upshake_parsed_request(&parser, NULL, head).fields;
  for (size_t i = 0; i < CHECK_LEN(fields); i++) {
    assert_int_equal(upshake_next_field(&left, &field), 1);
    assert_slice(field.name, fields[i][0]);
    assert_slice(field.value, fields[i][1]);
  }
  assert_int_equal(upshake_next_field(&left, &field), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gives_the_parts_of_the_request),
      cmocka_unit_test(gives_the_field_lines),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
