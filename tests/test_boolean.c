/* SPDX-License-Identifier: MIT
 *
 * Structured booleans, as Capsule-Protocol is one: what is ?1 and what is as if
 * absent, by the text of RFC 8941 (3.3.6, and 3.1.2 of parameters).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check.h"

#define NAME "Capsule-Protocol"

/* The field as a line, from memory of the exact size. */
static int is_true_line(const char *value) {
  char line[256];
  int len = snprintf(line, sizeof line, NAME ": %s\r\n", value);
  char *fields = exact(line, (size_t)len);
  int result = upshake_is_true(raw_fields(part_of(fields, (size_t)len)), NAME);
  free(fields);
  return result;
}

/* The field as another parser delivers it. */
static int is_true_field(upshake_slice value) {
  const upshake_field field = {{UPSHAKE_TEXT(NAME)}, value};
  const upshake_fields fields = {{NULL, 0}, &field, 1};
  return upshake_is_true(fields, NAME);
}

/* A parser does not copy a value out of its buffer: any byte may follow. */
static int is_true_before(const char *value, unsigned octet) {
  char buffer[256];
  size_t len = strlen(value);
  memcpy(buffer, value, len);
  buffer[len] = (char)octet;
  buffer[len + 1] = 0;
  return is_true_field(part_of(buffer, len));
}

/* What the value is in all these places; -1 if they differ. */
static int is_true(const char *value) {
  int result = is_true_line(value);
  size_t len = strlen(value);
  char *alone = exact(value, len);
  if (is_true_field(part_of(alone, len)) != result)
    result = -1;
  free(alone);
  for (unsigned octet = 0; octet < 256; octet++)
    if (is_true_before(value, octet) != result)
      result = -1;
  return result;
}

static void assert_all(const char *const *values, size_t len, int expected) {
  for (size_t i = 0; i < len; i++)
    if (is_true(values[i]) != expected)
      fail_msg("%s is %s", values[i], expected ? "true" : "not true");
}

static void true_with_any_sound_parameters(void **state) {
  static const char *const values[] = {
      "?1",
      "?1;a",
      "?1;a;b;c",
      "?1; a", /* SP may stand behind the semicolon */
      "?1;  a",
      /* key = ( lcalpha / "*" ) *( lcalpha / DIGIT / "_" / "-" / "." / "*" ) */
      "?1;*",
      "?1;*a",
      "?1;a*_-.0z9",
      /* sf-integer and sf-decimal (3.3.1, 3.3.2) */
      "?1;a=1",
      "?1;a=-0",
      "?1;a=007",
      "?1;a=999999999999999",
      "?1;a=-999999999999999",
      "?1;a=1.0",
      "?1;a=-1.23",
      "?1;a=1.234",
      "?1;a=123456789012.123",
      "?1;a=1;b=1.5;c",
      /* sf-string (3.3.3) */
      "?1;a=\"\"",
      "?1;a=\"x y\"",
      "?1;a=\"\\\"\"",
      "?1;a=\"\\\\\"",
      "?1;a=\" !#[]~\"",
      "?1;a=\";b=\"",
      "?1;a=\"x\";b",
      /* sf-token (3.3.4) */
      "?1;a=*",
      "?1;a=*;b",
      "?1;a=x",
      "?1;a=Xz0",
      "?1;a=a",
      "?1;a=z",
      "?1;a=A",
      "?1;a=Z",
      "?1;a=x:/!#$%&'*+-.^_`|~",
      /* sf-binary (3.3.5) */
      "?1;a=:YQ==:",
      "?1;a=::",
      "?1;a=:09azAZ+/:",
      "?1;a=:YQ==:;b",
      /* sf-boolean (3.3.6) */
      "?1;a=?0",
      "?1;a=?1",
      "?1;a=?0;b",
  };
  (void)state;
  assert_all(values, CHECK_LEN(values), 1);
}

static void anything_else_is_as_if_absent(void **state) {
  static const char *const values[] = {
      "",
      "?",
      "?0",
      "?2",
      "?01",
      "?1 1",
      "?11",
      "1",
      "11",
      "x1",
      "true",
      "x?1",
      "?1,",
      "?1, ?1",
      "(?1)",
      "\"?1\"",
      /* the semicolon stands right behind the item */
      "?1 ;a",
      "?1\t;a",
      "?1;",
      "?1;;a",
      "?1;a;",
      "?1;a,b",
      "?1;\ta", /* HTAB is no SP */
      "?1;a b",
      "?1;a =1",
      /* keys */
      "?1;A",
      "?1;1",
      "?1;_a",
      "?1;-a",
      "?1;.a",
      "?1;aB",
      "?1;a@",
      "?1;{",
      "?1;a{",
      "?1;=1",
      "?1;\xc3\xa4",
      /* items */
      "?1;a=",
      "?1;a=;b",
      "?1;a= 1",
      "?1;a=@",
      "?1;a=%",
      "?1;a={",
      "?1;a=}",
      "?1;a=(1)",
      "?1;a=!x", /* no token begins so */
      "?1;a=/x",
      "?1;a=_",
      "?1;a=|",
      "?1;a=~",
      "?1;a=`",
      "?1;a=^",
      "?1;a=\xc3\xa4",
      "?1;a=x\xff",
      "?1;a=x@",
      /* numbers */
      "?1;a=-",
      "?1;a=+1",
      "?1;a=--1",
      "?1;a=-x",
      "?1;a=1x",
      "?1;a=.5",
      "?1;a=-.5",
      "?1;a=1.",
      "?1;a=1.;b",
      "?1;a=1.x",
      "?1;a=1.2.3",
      "?1;a=1.2345",
      "?1;a=1000000000000000",
      "?1;a=-1000000000000000",
      "?1;a=1234567890123.1",
      "?1;a=1234567890123.123",
      "?1;a=1234567890123456.1",
      /* strings */
      "?1;a=\"",
      "?1;a=\"x",
      "?1;a=\"x\\",
      "?1;a=\"x\\\"",
      "?1;a=\"\\x\"",
      "?1;a=\"\\ \"",
      "?1;a=\"\t\"",
      "?1;a=\"\x80\"",
      "?1;a=\"x\"y",
      "?1;a='x'",
      /* base64 */
      "?1;a=:",
      "?1;a=:YQ",
      "?1;a=:YQ==",
      "?1;a=:Y-Q=:",
      "?1;a=:Y-;b",
      "?1;a=:Y Q=:",
      "?1;a=:Y_Q=:",
      "?1;a=:YQ==:x",
      /* booleans */
      "?1;a=?",
      "?1;a=?2",
      "?1;a=?x",
      "?1;a=?;b",
      "?1;a=?10",
  };
  (void)state;
  assert_all(values, CHECK_LEN(values), 0);
}

/* sf-string: %x20-21 / %x23-5B / %x5D-7E, and a backslash before two of them.
 * A line end is none of a field, and NUL none of a C string. */
static void every_byte_of_a_string_is_judged(void **state) {
  (void)state;
  for (unsigned octet = 1; octet < 256; octet++) {
    char plain[] = "?1;a=\"x?y\"", escaped[] = "?1;a=\"x\\?y\"";
    int is_plain = octet >= 0x20 && octet <= 0x7e && octet != '\\';
    if (octet == '\n')
      continue;
    strchr(plain, 'x')[1] = (char)octet;
    strchr(escaped, '\\')[1] = (char)octet;
    assert_int_equal(is_true(plain), is_plain && octet != '"');
    assert_int_equal(is_true(escaped), octet == '"' || octet == '\\');
  }
}

/* A list is no boolean, and of two lines neither is believed (RFC 9297 3.4). */
static void one_line_and_no_other(void **state) {
  static const struct {
    const char *fields;
    int is_true;
  } rows[] = {
      {"", 0},
      {"A: b\r\n" NAME ": ?1\r\nC: d\r\n", 1},
      {"capsule-protocol:?1\r\n", 1},
      {"CAPSULE-PROTOCOL: \t?1\t \r\n", 1},
      {NAME ": ?1\r\n" NAME ": ?1\r\n", 0},
      {NAME ": ?1\r\n" NAME ": ?0\r\n", 0},
      {NAME ": ?0\r\n" NAME ": ?1\r\n", 0},
      {NAME ": ?1\r\n" NAME ":\r\n", 0},
      {NAME "s: ?1\r\n", 0},
      {"Capsule-Protoco: ?1\r\n", 0},
      {NAME ": ?1\r\nbroken\r\n" NAME ": ?1\r\n", 1}, /* none behind it */
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    size_t len = strlen(rows[i].fields);
    char *fields = exact(rows[i].fields, len);
    if (upshake_is_true(raw_fields(part_of(fields, len)), NAME) !=
        rows[i].is_true)
      fail_msg("%s", rows[i].fields);
    free(fields);
  }
}

/* The fields of a host that has its own parser, alone and behind raw ones. */
static void one_field_of_an_array_and_no_other(void **state) {
  static const upshake_field array[] = {
      {{UPSHAKE_TEXT("A")}, {UPSHAKE_TEXT("?1")}},
      {{UPSHAKE_TEXT("capsule-protocol")}, {UPSHAKE_TEXT("?1")}},
      {{UPSHAKE_TEXT("CAPSULE-PROTOCOL")}, {UPSHAKE_TEXT("?1;a")}}};
  static const char raw[] = NAME ": ?1\r\n";
  upshake_fields fields = {{NULL, 0}, array, 0};
  (void)state;
  for (; fields.array_len <= CHECK_LEN(array); fields.array_len++)
    assert_int_equal(upshake_is_true(fields, NAME), fields.array_len == 2);
  fields.raw = text(raw);
  for (fields.array_len = 0; fields.array_len < 2; fields.array_len++)
    assert_int_equal(upshake_is_true(fields, NAME), 1);
  assert_int_equal(upshake_is_true(fields, NAME), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(true_with_any_sound_parameters),
      cmocka_unit_test(anything_else_is_as_if_absent),
      cmocka_unit_test(every_byte_of_a_string_is_judged),
      cmocka_unit_test(one_line_and_no_other),
      cmocka_unit_test(one_field_of_an_array_and_no_other),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
