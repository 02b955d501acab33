/* SPDX-License-Identifier: MIT
 *
 * The field layer: field lines, lists, parameters, quoted-strings, tokens.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check.h"

#define ROWS_MAX 8

/* ---- Field lines --------------------------------------------------------- */

static void assert_part(upshake_slice part, const char *expected) {
  if (expected == NULL)
    assert_absent(part);
  else
    assert_slice(part, expected);
}

static void walks_field_lines(void **state) {
  static const struct {
    const char *lines;
    const char *fields[2 * ROWS_MAX]; /* name, value, name, value... */
  } rows[] = {
      {"", {NULL}},
      {"A: 1\r\n", {"A", "1"}},
      {"A:1\r\nB:2\r\n", {"A", "1", "B", "2"}},
      {"A: 1\r\nA: 2\r\n\r\n", {"A", "1", "A", "2"}},
      {"A:\r\nB: \r\nC:\t \t\r\n", {"A", "", "B", "", "C", ""}},
      {"A: \t x y\tz \t\r\n", {"A", "x y\tz"}},
      {"A: a:b: c\r\n", {"A", "a:b: c"}},
      {"!#$%&'*+-.^_`|~09azAZ: x\r\n", {"!#$%&'*+-.^_`|~09azAZ", "x"}},
      {"A: \x80\xff\r\n", {"A", "\x80\xff"}},
      /* What is no field line ends the walk (RFC 9112 5). */
      {"\r\nA: 1\r\n", {NULL}},
      {"no colon\r\nA: 1\r\n", {NULL}},
      {"A: 1\r\n: empty name\r\nB: 2\r\n", {"A", "1"}},
      {"A: 1\r\n folded: 2\r\nB: 2\r\n", {"A", "1"}},
      {"A: 1\r\nB : 2\r\nC: 3\r\n", {"A", "1"}},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    size_t len = strlen(rows[i].lines);
    char *lines = exact(rows[i].lines, len);
    upshake_fields left = raw_fields(part_of(lines, len));
    upshake_field field;
    for (size_t k = 0; rows[i].fields[k] != NULL; k += 2) {
      assert_int_equal(upshake_next_field(&left, &field), 1);
      assert_slice(field.name, rows[i].fields[k]);
      assert_slice(field.value, rows[i].fields[k + 1]);
    }
    assert_int_equal(upshake_next_field(&left, &field), 0);
    assert_int_equal(upshake_next_field(&left, &field), 0);
    free(lines);
  }
}

static void a_lone_lf_or_cr_begins_no_field(void **state) {
  static const char *const rows[] = {"A: 1\nB: 2\r\n",   "A: 1\rB: 2\r\n",
                                     "A: 1\n\nB: 2\r\n", "A: 1\r\rB: 2\r\n",
                                     "A: 1\n",           "A: 1\r"};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_fields left = raw_fields(text(rows[i]));
    upshake_field field;
    while (upshake_next_field(&left, &field))
      assert_false(upshake_equal(field.name, "B"));
    assert_absent(upshake_find_field(raw_fields(text(rows[i])), "B"));
  }
}

/* A line ends with CR LF and nothing else, wherever its CR is and however long
 * what follows is: no byte behind the text is looked at. */
static void a_line_ends_with_both_of_its_bytes(void **state) {
  static const char behind[] = {'\n', '\v', 'x', '\r', ':', ' '};
  (void)state;
  for (size_t len = 4; len <= 100; len++)
    for (size_t cr = 2; cr < len; cr++)
      for (size_t i = 0; i < sizeof behind; i++) {
        char *octets = malloc(len);
        upshake_fields left = raw_fields(part_of(octets, len));
        upshake_field field;
        int ends = cr + 1 < len && behind[i] == '\n';
        memset(octets, 'v', len);
        octets[0] = 'A';
        octets[1] = ':';
        octets[cr] = '\r';
        if (cr + 1 < len)
          octets[cr + 1] = behind[i];
        assert_int_equal(upshake_next_field(&left, &field), ends);
        if (ends) {
          assert_int_equal(field.value.len, cr - 2);
          assert_int_equal(left.raw.len, len - cr - 2);
        }
        free(octets);
      }
}

/* Pseudo-random numbers, the same in every run. */
static unsigned draw(uint32_t *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return *seed >> 16;
}

static void fill(char *octets, size_t len, uint32_t *seed) {
  static const char some[] = "aB1 \t,;:=\"\\\r\n\0\x80/";
  for (size_t i = 0; i < len; i++)
    octets[i] = some[draw(seed) % (sizeof some - 1)];
}

static int inside(upshake_slice part, const char *from, size_t len) {
  return part.ptr >= from && part.ptr + part.len <= from + len;
}

static void walks_any_octets_to_an_end(void **state) {
  uint32_t seed = 1;
  (void)state;
  for (size_t round = 0; round < 20000; round++) {
    size_t len = round % 40;
    char *octets = malloc(len);
    upshake_slice left = part_of(octets, len);
    upshake_fields fields = raw_fields(left);
    upshake_list list = {left, raw_fields(left), "a"};
    upshake_slice part, value;
    upshake_field field;
    size_t steps = 0;
    fill(octets, len, &seed);
    while (upshake_next_field(&fields, &field)) {
      assert_true(inside(field.name, octets, len));
      assert_true(inside(field.value, octets, len));
      assert_true(++steps <= len);
    }
    for (steps = 0; upshake_next_member(&list, &part);) {
      assert_true(inside(part, octets, len) && part.len > 0);
      assert_true(++steps <= 2 * len);
    }
    for (steps = 0; upshake_next_parameter(&left, &part, &value) == 1;) {
      assert_true(inside(part, octets, len) && part.len > 0);
      assert_true(value.ptr == NULL || inside(value, octets, len));
      assert_true(++steps <= len);
    }
    free(octets);
  }
}

static void finds_the_first_field_whatever_the_case(void **state) {
  static const char lines[] = "Hos: 0\r\nHostt: 0\r\nhOST: 1\r\nHost: 2\r\n"
                              "Empty:\r\nA_b: 3\r\n";
  const upshake_fields fields = raw_fields(text(lines));
  (void)state;
  assert_slice(upshake_find_field(fields, "Host"), "1");
  assert_slice(upshake_find_field(fields, "HOST"), "1");
  assert_slice(upshake_find_field(fields, "empty"), "");
  assert_absent(upshake_find_field(fields, "A-b")); /* RFC 9110 17.10 */
  assert_absent(upshake_find_field(fields, "Ho"));
  assert_absent(upshake_find_field(raw_fields(text("")), "Host"));
  assert_absent(upshake_find_field(raw_fields(part_of(NULL, 0)), "Host"));
}

/* ---- Lists --------------------------------------------------------------- */

static void assert_members(upshake_list list, const char *const *expected) {
  upshake_slice member;
  for (; *expected != NULL; expected++) {
    assert_int_equal(upshake_next_member(&list, &member), 1);
    assert_slice(member, *expected);
  }
  assert_int_equal(upshake_next_member(&list, &member), 0);
  assert_int_equal(upshake_next_member(&list, &member), 0);
}

static void walks_the_members_of_a_value(void **state) {
  static const struct {
    const char *value;
    const char *members[ROWS_MAX];
  } rows[] = {
      {"", {NULL}},
      {" \t ", {NULL}},
      {",", {NULL}},
      {" , ,\t,", {NULL}},
      {"a", {"a"}},
      {"a,b", {"a", "b"}},
      {",, a ,\t, b\t,", {"a", "b"}},
      {"keep-alive, Upgrade", {"keep-alive", "Upgrade"}},
      {"a b , c", {"a b", "c"}},
      {"\"a,b\", c", {"\"a,b\"", "c"}},
      {"x=\"a,b\";y, c", {"x=\"a,b\";y", "c"}},
      {"\"a\\\",b\", c", {"\"a\\\",b\"", "c"}},
      {"\"a\\\\\", b", {"\"a\\\\\"", "b"}},
      {"a, \"b, c", {"a", "\"b, c"}},
      {"a, \"b, c\\", {"a", "\"b, c\\"}},
      {"a, \"\", b", {"a", "\"\"", "b"}},
      {"a\\,b", {"a\\", "b"}}, /* a backslash is nothing outside quotes */
      {"a\x01,b\"", {"a\x01", "b\""}}, /* only DQUOTE begins a quoted-string */
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    size_t len = strlen(rows[i].value);
    char *value = exact(rows[i].value, len);
    upshake_list list = {part_of(value, len), raw_fields(part_of(NULL, 0)),
                         NULL};
    assert_members(list, rows[i].members);
    free(value);
  }
}

static void walks_several_lines_as_one_list(void **state) {
  static const char lines[] = "Other: x, y\r\nUpgrade: a , b\r\n"
                              "upgrade:\r\nUpgrades: z\r\n"
                              "UPGRADE: \"c,\r\nUpgrade: d\r\n";
  static const char *const with_value[] = {"v",    "w", "a", "b",
                                           "\"c,", "d", NULL};
  static const char *const none[] = {NULL};
  const upshake_fields fields = raw_fields(text(lines));
  const upshake_fields none_at_all = raw_fields(part_of(NULL, 0));
  upshake_list list = {text("v,w"), fields, "Upgrade"};
  upshake_list no_name = {text("v, w"), fields, NULL};
  upshake_list nothing = {{NULL, 0}, none_at_all, NULL};
  static const char *const value_only[] = {"v", "w", NULL};
  (void)state;
  assert_members(list, with_value);
  assert_members(upshake_begin_list(fields, "upgrade"), with_value + 2);
  assert_members(upshake_begin_list(fields, "Upgrad"), none);
  assert_members(upshake_begin_list(none_at_all, "Upgrade"), none);
  assert_members(no_name, value_only);
  assert_members(nothing, none);
}

/* ---- Parameters ---------------------------------------------------------- */

typedef struct parameter_row {
  const char *member;
  int end; /* what the last call returns: 0 or -1 */
  struct {
    const char *name, *value;
  } parts[ROWS_MAX];
} parameter_row;

static void assert_parameters(const parameter_row *row) {
  size_t len = strlen(row->member), k = 0;
  char *copy = exact(row->member, len);
  upshake_slice left = part_of(copy, len), name, value;
  int got;
  while ((got = upshake_next_parameter(&left, &name, &value)) == 1) {
    if (row->parts[k].name != NULL) {
      assert_slice(name, row->parts[k].name);
      assert_part(value, row->parts[k].value);
      k++;
    } else
      assert_int_equal(row->end, -1); /* how far it gets is left open */
    assert_true(k < ROWS_MAX);
  }
  if (row->parts[k].name != NULL || got != row->end)
    fail_msg("parameters of %s: part %u, returned %d", row->member, (unsigned)k,
             got);
  free(copy);
}

static void takes_parameters_one_by_one(void **state) {
  static const parameter_row rows[] = {
      {"", 0, {{NULL, NULL}}},
      {" ", 0, {{NULL, NULL}}},
      {"foo", 0, {{"foo", NULL}}},
      {"foo ", 0, {{"foo", NULL}}},
      {"\t foo;a=1 ", 0, {{"foo", NULL}, {"a", "1"}}},
      {"foo;a", 0, {{"foo", NULL}, {"a", NULL}}},
      {"foo;a=1;b=\"2\"", 0, {{"foo", NULL}, {"a", "1"}, {"b", "\"2\""}}},
      {"foo ; a = 1\t;\tb\t=\t2", 0, {{"foo", NULL}, {"a", "1"}, {"b", "2"}}},
      {"foo; a=\"b;c\"; d", 0, {{"foo", NULL}, {"a", "\"b;c\""}, {"d", NULL}}},
      {"foo; a=\"\\\";\"", 0, {{"foo", NULL}, {"a", "\"\\\";\""}}},
      {"foo; a=\"\"", 0, {{"foo", NULL}, {"a", "\"\""}}},
      {"foo=1; a", 0, {{"foo", "1"}, {"a", NULL}}}, /* of other grammars */
      {"foo; a=\"\t \x80\"", 0, {{"foo", NULL}, {"a", "\"\t \x80\""}}},
      {"permessage-deflate; client_max_window_bits; server_max_window_bits=10",
       0,
       {{"permessage-deflate", NULL},
        {"client_max_window_bits", NULL},
        {"server_max_window_bits", "10"}}},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    assert_parameters(&rows[i]);
}

static void says_where_the_grammar_of_parameters_is_broken(void **state) {
  static const parameter_row rows[] = {
      {"=", -1, {{NULL, NULL}}},
      {"\"foo\"", -1, {{NULL, NULL}}},
      {"foo bar", -1, {{NULL, NULL}}},
      {"foo/1", -1, {{NULL, NULL}}},
      {"foo;", -1, {{NULL, NULL}}},
      {"foo; ", -1, {{NULL, NULL}}},
      {"foo; =1", -1, {{NULL, NULL}}},
      {"foo; a=", -1, {{NULL, NULL}}},
      {"foo; a= ;b", -1, {{NULL, NULL}}},
      {"foo; a=b c", -1, {{NULL, NULL}}},
      {"foo; a b", -1, {{NULL, NULL}}},
      {"foo; a=\"b", -1, {{NULL, NULL}}},
      {"foo; a=\"b\\", -1, {{NULL, NULL}}},
      {"foo; a=\"b\\\"", -1, {{NULL, NULL}}},
      {"foo; a=\"b\"c", -1, {{NULL, NULL}}},
      {"foo; a=b\"c\"", -1, {{NULL, NULL}}},
      {"foo; a=\"b\x01\"", -1, {{NULL, NULL}}},
      {"foo; a=\"b\\\x7f\"", -1, {{NULL, NULL}}},
      {"foo; a=(b)", -1, {{NULL, NULL}}},
      {"foo; \x80=b", -1, {{NULL, NULL}}},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    assert_parameters(&rows[i]);
}

/* ---- quoted-string ------------------------------------------------------- */

static void takes_quotes_and_backslashes_off(void **state) {
  static const struct {
    const char *value, *plain;
  } rows[] = {
      {"", ""},           {"abc", "abc"},         {"\"\"", ""},
      {"\"abc\"", "abc"}, {"\"a\\\"b\"", "a\"b"}, {"\"\\\\\"", "\\"},
      {"\"1\\0\"", "10"}, {"\"a,b;c\"", "a,b;c"}, {"\" \t\"", " \t"},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    size_t in_len = strlen(rows[i].value), len = strlen(rows[i].plain);
    char *in = exact(rows[i].value, in_len);
    for (size_t cap = 0; cap <= len + 2; cap++) {
      char *out = malloc(cap);
      if (cap > 0)
        memset(out, 0x5a, cap);
      assert_int_equal(upshake_unquote(part_of(in, in_len), out, cap), len);
      if (cap >= len && len > 0)
        assert_memory_equal(out, rows[i].plain, len);
      for (size_t k = cap >= len ? len : 0; k < cap; k++)
        assert_int_equal(out[k], 0x5a);
      free(out);
    }
    free(in);
  }
}

static void an_absent_value_has_no_text(void **state) {
  (void)state;
  assert_int_equal(upshake_unquote(part_of(NULL, 0), NULL, 0), 0);
}

static void a_broken_quoted_string_has_no_text(void **state) {
  static const char *const rows[] = {"\"",      "\"a",    "\"a\\",
                                     "\"a\\\"", "\"a\"b", "\"\"\""};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    size_t len = strlen(rows[i]);
    char *value = exact(rows[i], len), out[8] = "before";
    assert_true(upshake_unquote(part_of(value, len), out, sizeof out) ==
                SIZE_MAX);
    assert_string_equal(out, "before");
    free(value);
  }
}

static void unquotes_any_octets_within_their_bounds(void **state) {
  uint32_t seed = 7;
  (void)state;
  for (size_t round = 0; round < 5000; round++) {
    size_t len = round % 12;
    char *in = malloc(len), *out = malloc(len), *before = exact(out, len);
    fill(in, len, &seed);
    if (len > 0 && upshake_unquote(part_of(in, len), out, len) > len)
      assert_memory_equal(out, before, len);
    free(before);
    free(in);
    free(out);
  }
}

/* ---- Comparing ----------------------------------------------------------- */

static void compares_all_octets_with_all(void **state) {
  (void)state;
  for (unsigned a = 0; a < 256; a++)
    for (unsigned b = 1; b < 256; b++) {
      const char octets[2] = {'x', (char)a}, string[3] = {'x', (char)b, 0};
      assert_int_equal(upshake_equal(part_of(octets, 2), string), a == b);
      assert_int_equal(upshake_equal_fold(part_of(octets, 2), string),
                       lower(a) == lower(b));
    }
}

/* The string ends at its first NUL, even if the slice has a NUL there and
 * another one follows. */
static void compares_lengths(void **state) {
  static const char with_nul[] = {'a', 0}, string[] = {'a', 0, 0};
  (void)state;
  assert_false(upshake_equal(text("a"), "ab"));
  assert_false(upshake_equal(text("ab"), "a"));
  assert_false(upshake_equal(part_of(with_nul, 2), string));
  assert_false(upshake_equal_fold(text("a"), "ab"));
  assert_false(upshake_equal_fold(text("ab"), "a"));
  assert_false(upshake_equal_fold(part_of(with_nul, 2), string));
  assert_false(upshake_equal(part_of(NULL, 0), "a"));
  assert_false(upshake_equal_fold(part_of(NULL, 0), "a"));
  assert_true(upshake_equal(text(""), ""));
  assert_true(upshake_equal_fold(text(""), ""));
}

static void compares_slices(void **state) {
  (void)state;
  assert_true(upshake_same(text("Chat"), text("Chat")));
  assert_false(upshake_same(text("Chat"), text("chat")));
  assert_false(upshake_same(text("chat"), text("chats")));
  assert_true(upshake_same_fold(text("Chat"), text("cHAT")));
  assert_false(upshake_same_fold(text("chat"), text("char")));
  assert_true(upshake_same(part_of(NULL, 0), text("")));
  assert_true(upshake_same_fold(part_of(NULL, 0), part_of(NULL, 0)));
}

static void makes_slices_and_fields(void **state) {
  const upshake_field array[] = {{{UPSHAKE_TEXT("A")}, {UPSHAKE_TEXT("1")}},
                                 {{UPSHAKE_TEXT("B")}, {UPSHAKE_TEXT("2")}}};
  (void)state;
  assert_slice(upshake_text("chat"), "chat");
  assert_slice(upshake_text(""), "");
  assert_absent(upshake_text(NULL));
  assert_slice(upshake_find_field(upshake_array(array, 2), "b"), "2");
  assert_absent(upshake_find_field(upshake_array(array, 1), "b"));
  assert_absent(upshake_find_field(upshake_array(NULL, 0), "a"));
}

static void copies_with_a_nul_what_fits(void **state) {
  (void)state;
  for (size_t cap = 0; cap <= 6; cap++) {
    char *out = exact("######", cap);
    char *copy = upshake_copy(text("chat"), out, cap);
    if (cap >= 5) {
      assert_ptr_equal(copy, out);
      assert_string_equal(out, "chat");
    } else {
      assert_null(copy);
      assert_memory_equal(out, "######", cap);
    }
    free(out);
  }
}

static void an_absent_slice_is_copied_as_no_text(void **state) {
  char out[2] = "#";
  (void)state;
  assert_null(upshake_copy(part_of(NULL, 0), out, 0));
  assert_string_equal(out, "#");
  assert_string_equal(upshake_copy(part_of(NULL, 0), out, 1), "");
}

static void knows_a_token_at_every_octet(void **state) {
  (void)state;
  assert_false(upshake_is_token(text("")));
  assert_false(upshake_is_token(part_of(NULL, 0)));
  for (size_t len = 1; len <= 40; len++)
    for (size_t at = 0; at < len; at++)
      for (unsigned octet = 0; octet < 256; octet++) {
        char *word = malloc(len);
        memset(word, 'a', len);
        word[at] = (char)octet;
        assert_int_equal(upshake_is_token(part_of(word, len)), is_tchar(octet));
        free(word);
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(walks_field_lines),
      cmocka_unit_test(a_lone_lf_or_cr_begins_no_field),
      cmocka_unit_test(a_line_ends_with_both_of_its_bytes),
      cmocka_unit_test(walks_any_octets_to_an_end),
      cmocka_unit_test(finds_the_first_field_whatever_the_case),
      cmocka_unit_test(walks_the_members_of_a_value),
      cmocka_unit_test(walks_several_lines_as_one_list),
      cmocka_unit_test(takes_parameters_one_by_one),
      cmocka_unit_test(says_where_the_grammar_of_parameters_is_broken),
      cmocka_unit_test(takes_quotes_and_backslashes_off),
      cmocka_unit_test(an_absent_value_has_no_text),
      cmocka_unit_test(a_broken_quoted_string_has_no_text),
      cmocka_unit_test(unquotes_any_octets_within_their_bounds),
      cmocka_unit_test(compares_all_octets_with_all),
      cmocka_unit_test(compares_lengths),
      cmocka_unit_test(compares_slices),
      cmocka_unit_test(makes_slices_and_fields),
      cmocka_unit_test(copies_with_a_nul_what_fits),
      cmocka_unit_test(an_absent_slice_is_copied_as_no_text),
      cmocka_unit_test(knows_a_token_at_every_octet),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
