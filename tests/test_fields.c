/* SPDX-License-Identifier: MIT
 *
 * Fields in two parts: raw lines, and the array of a host that has its own
 * parser.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check.h"

static void assert_members(upshake_list list, const char *const *expected) {
  upshake_slice member;
  for (; *expected != NULL; expected++) {
    assert_int_equal(upshake_next_member(&list, &member), 1);
    assert_slice(member, *expected);
  }
  assert_int_equal(upshake_next_member(&list, &member), 0);
  assert_int_equal(upshake_next_member(&list, &member), 0);
}

/* The first of these fields as raw lines, the others as an array. */
static const upshake_field some[] = {
    {{UPSHAKE_TEXT("Host")}, {UPSHAKE_TEXT("a")}},
    {{UPSHAKE_TEXT("Upgrade")}, {UPSHAKE_TEXT("b, c")}},
    {{UPSHAKE_TEXT("hOST")}, {UPSHAKE_TEXT("d")}},
    {{UPSHAKE_TEXT("Empty")}, {UPSHAKE_TEXT("")}},
    {{UPSHAKE_TEXT("UPGRADE")}, {UPSHAKE_TEXT("e,,f")}},
    {{UPSHAKE_TEXT("Upgrade")}, {UPSHAKE_TEXT("")}},
    {{UPSHAKE_TEXT("upgrade")}, {UPSHAKE_TEXT("\"g, h")}}};
#define SOME CHECK_LEN(some)

typedef struct mixed {
  upshake_fields fields;
  char *raw;
  upshake_field *array;
} mixed;

static mixed mix(size_t raw_len) {
  char lines[256];
  size_t len = 0;
  mixed m;
  for (size_t i = 0; i < raw_len; i++) {
    upshake_field field = some[i];
    memcpy(lines + len, field.name.ptr, field.name.len);
    len += field.name.len;
    memcpy(lines + len, ":\t", 2);
    memcpy(lines + len + 2, field.value.ptr, field.value.len);
    len += field.value.len + 2;
    memcpy(lines + len, " \r\n", 3);
    len += 3;
  }
  m.raw = exact(lines, len);
  m.array = exact(some + raw_len, (SOME - raw_len) * sizeof *some);
  m.fields = raw_fields(part_of(m.raw, len));
  m.fields.array = m.array;
  m.fields.array_len = SOME - raw_len;
  return m;
}

static void drop(mixed *m) {
  free(m->raw);
  free(m->array);
}

static void walks_raw_lines_and_then_an_array(void **state) {
  (void)state;
  for (size_t raw_len = 0; raw_len <= SOME; raw_len++) {
    mixed m = mix(raw_len);
    upshake_fields left = m.fields;
    upshake_field field;
    for (size_t i = 0; i < SOME; i++) {
      assert_int_equal(upshake_next_field(&left, &field), 1);
      assert_slice(field.name, some[i].name.ptr);
      assert_slice(field.value, some[i].value.ptr);
    }
    assert_int_equal(upshake_next_field(&left, &field), 0);
    assert_int_equal(upshake_next_field(&left, &field), 0);
    drop(&m);
  }
}

static void finds_in_raw_lines_and_in_an_array(void **state) {
  (void)state;
  for (size_t raw_len = 0; raw_len <= SOME; raw_len++) {
    mixed m = mix(raw_len);
    assert_slice(upshake_find_field(m.fields, "HOST"), "a");
    assert_slice(upshake_find_field(m.fields, "upgrade"), "b, c");
    assert_slice(upshake_find_field(m.fields, "empty"), "");
    assert_absent(upshake_find_field(m.fields, "Hos"));
    assert_absent(upshake_find_field(m.fields, "Hosts"));
    drop(&m);
  }
}

static void walks_a_list_through_raw_lines_and_an_array(void **state) {
  static const char *const members[] = {"b", "c", "e", "f", "\"g, h", NULL};
  static const char *const hosts[] = {"a", "d", NULL}, *const none[] = {NULL};
  (void)state;
  for (size_t raw_len = 0; raw_len <= SOME; raw_len++) {
    mixed m = mix(raw_len);
    assert_members(upshake_begin_list(m.fields, "Upgrade"), members);
    assert_members(upshake_begin_list(m.fields, "Host"), hosts);
    assert_members(upshake_begin_list(m.fields, "Empty"), none);
    assert_members(upshake_begin_list(m.fields, "None"), none);
    drop(&m);
  }
}

/* A raw line that is no field line ends every walk, whatever is behind it. */
static void a_broken_line_hides_the_array(void **state) {
  static const char *const none[] = {NULL};
  static const char *const raws[] = {
      "\r\n", "A: 1\r\nno colon\r\n", "A: 1\r\nB: 2\n", "A: 1", "A", "\n"};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(raws); i++) {
    upshake_fields fields = {text(raws[i]), some, SOME}, left = fields;
    upshake_field field;
    while (upshake_next_field(&left, &field))
      assert_slice(field.name, "A");
    assert_absent(upshake_find_field(fields, "Host"));
    assert_members(upshake_begin_list(fields, "Upgrade"), none);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(walks_raw_lines_and_then_an_array),
      cmocka_unit_test(finds_in_raw_lines_and_in_an_array),
      cmocka_unit_test(walks_a_list_through_raw_lines_and_an_array),
      cmocka_unit_test(a_broken_line_hides_the_array),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
