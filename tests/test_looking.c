/* SPDX-License-Identifier: MIT
 *
 * Looking at a request: parameters, percent-encoding and cookies.  The first
 * rows of tests/vectors/looking.md have the rules.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check.h"
#include "check_looking.h"

/* A literal with its length, so that it may hold NUL. */
#define BYTES(literal) literal, sizeof(literal) - 1

static int is_hex(unsigned byte) {
  return octet_in(byte, "0123456789abcdefABCDEF");
}

static unsigned hex(unsigned byte) {
  static const char digits[] = "0123456789abcdef";
  return (unsigned)(strchr(digits, (int)lower(byte)) - digits);
}

/* ---- Pairs and cookies, as "name|value" with a blank between them. ----- */

typedef int take_pair(upshake_slice *text, upshake_field *pair);

/* Walks from memory of the exact size.  Every slice must lie in it. */
static void show_pairs(take_pair *take, const char *string, char *shown) {
  size_t len = strlen(string), count = 0;
  char *copy = exact(string, len);
  upshake_slice left = part_of(copy, len);
  upshake_field pair;
  *shown = '\0';
  for (; take(&left, &pair); count++) {
    assert_true(pair.name.ptr >= copy);
    assert_true(pair.name.ptr + pair.name.len <= pair.value.ptr);
    assert_true(pair.value.ptr + pair.value.len <= copy + len);
    assert_ptr_equal(left.ptr + left.len, copy + len);
    shown +=
        sprintf(shown, "%s%.*s|%.*s", count > 0 ? " " : "", (int)pair.name.len,
                pair.name.ptr, (int)pair.value.len, pair.value.ptr);
  }
  assert_int_equal(left.len, 0);
  assert_int_equal(take(&left, &pair), 0); /* the end stays the end */
  free(copy);
}

typedef struct pairs_row {
  const char *text, *shown;
} pairs_row;

static void assert_pairs(take_pair *take, const pairs_row *rows, size_t len) {
  char shown[256];
  upshake_slice none = {NULL, 0};
  upshake_field pair;
  for (size_t i = 0; i < len; i++) {
    show_pairs(take, rows[i].text, shown);
    if (strcmp(shown, rows[i].shown) != 0)
      fail_msg("\"%s\" is \"%s\", not \"%s\"", rows[i].text, shown,
               rows[i].shown);
  }
  assert_int_equal(take(&none, &pair), 0);
}

static void a_query_is_pairs_between_ampersands(void **state) {
  static const pairs_row rows[] = {
      {"", ""},
      {"a=1", "a|1"},
      {"a=1&b=2", "a|1 b|2"},
      {"a=1&a=2", "a|1 a|2"},
      /* an empty pair is skipped */
      {"&", ""},
      {"&&a=1&&b=2&&", "a|1 b|2"},
      /* an empty name or value is kept */
      {"a", "a|"},
      {"a=", "a|"},
      {"a&b=", "a| b|"},
      {"=", "|"},
      {"=1", "|1"},
      {"=&=", "| |"},
      /* the first "=" ends the name */
      {"a==", "a|="},
      {"a=b=c", "a|b=c"},
      /* nothing else separates, and nothing is decoded */
      {"a=1;b=2", "a|1;b=2"},
      {"a=1,2?3/4", "a|1,2?3/4"},
      {"a%3D1=%26&b+c=+", "a%3D1|%26 b+c|+"},
      {"a=%4&%", "a|%4 %|"},
  };
  (void)state;
  assert_pairs(upshake_next_pair, rows, CHECK_LEN(rows));
}

static void a_cookie_line_is_pairs_between_semicolons(void **state) {
  static const pairs_row rows[] = {
      {"", ""},
      {"SID=31d4d96e407aad42", "SID|31d4d96e407aad42"}, /* RFC 6265 3.1 */
      {"SID=31d4d96e407aad42; lang=en-US", "SID|31d4d96e407aad42 lang|en-US"},
      /* blanks around a pair, a name or a value are not needed */
      {"a=1;b=2", "a|1 b|2"},
      {" a=1 ;\t b=2\t", "a|1 b|2"},
      {"a = 1; b\t=\t2", "a|1 b|2"},
      {"a=x y; b=2", "a|x y b|2"},
      /* an empty cookie is skipped, an empty value is not */
      {";", ""},
      {"; ; ;", ""},
      {"a=1;; b=2; ", "a|1 b|2"},
      {"a=; b=2", "a| b|2"},
      {"a= ; b=2", "a| b|2"},
      /* the first "=" ends the name */
      {"a=b=c==", "a|b=c=="},
      /* a cookie that has no name */
      {"a", "|a"},
      {"a; b=2; c", "|a b|2 |c"},
      {"=a", "|a"},
      {"=", "|"},
      {"=a=b", "|a=b"},
      /* quotes stay, and protect nothing; nothing is decoded */
      {"a=\"1\"", "a|\"1\""},
      {"a=\"1; b=2\"", "a|\"1 b|2\""},
      {"a=%3B+\\\"", "a|%3B+\\\""},
      {"a=1, b=2", "a|1, b=2"},
      {"$Version=1; a=1; $Path=/", "$Version|1 a|1 $Path|/"},
  };
  (void)state;
  assert_pairs(upshake_next_cookie, rows, CHECK_LEN(rows));
}

static void a_parameter_is_found_by_its_decoded_name(void **state) {
  static const struct {
    const char *query, *name, *value;
  } rows[] = {
      {"", "a", NULL},
      {"a=1&b=2", "a", "1"},
      {"a=1&b=2", "b", "2"},
      {"a=1&b=2", "c", NULL},
      {"a=1&a=2", "a", "1"}, /* the first */
      {"a&b", "b", ""},
      {"a=&a=2", "a", ""},
      {"ab=1&a=2", "a", "2"},
      {"a=1&ab=2", "ab", "2"},
      {"A=1", "a", NULL}, /* case counts */
      {"=1", "", "1"},
      {"a=1", "", NULL},
      /* the name is decoded, the value is not */
      {"%61=%31", "a", "%31"},
      {"a%20b=1", "a b", "1"},
      {"a+b=1", "a b", "1"},
      {"a+b=1", "a+b", NULL},
      {"a%2Bb=1", "a+b", "1"},
      {"a%2bb=1", "a+b", "1"},
      {"a%3D%26=1", "a=&", "1"},
      {"a%5B%5D=1", "a[]", "1"},
      {"a[]=1", "a[]", "1"},
      {"%01=1", "\x01", "1"},
      {"%C3%A4=1", "\xc3\xa4", "1"},
      {"%2561=1", "%61", "1"}, /* once */
      {"%2561=1", "a", NULL},
      /* a malformed name is not found, also by itself */
      {"a%=1&a%4=2&a%4x=3", "a%", NULL},
      {"a%=1&a%4=2&a%4x=3", "a%4", NULL},
      {"a%=1&a%4=2&a%4x=3", "a", NULL},
      {"a%=1&a=2", "a", "2"},
      /* NUL ends no name */
      {"a%00=1", "a", NULL},
      {"a%00b=1&a=2", "a", "2"},
      {"%00=1", "", NULL},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    size_t len = strlen(rows[i].query);
    char *copy = exact(rows[i].query, len);
    upshake_slice value =
        upshake_find_parameter(part_of(copy, len), rows[i].name);
    if (rows[i].value == NULL) {
      assert_absent(value);
    } else {
      assert_slice(value, rows[i].value);
      assert_true(value.ptr > copy && value.ptr + value.len <= copy + len);
    }
    free(copy);
  }
  assert_absent(upshake_find_parameter(part_of(NULL, 0), "a"));
}

/* ---- Percent-decoding -------------------------------------------------- */

/* With every cap up to the value's length, from and to memory of the exact
 * size. */
static void assert_decodes(upshake_slice value, int plus, const char *decoded,
                           size_t decoded_len) {
  for (size_t cap = 0; cap <= value.len; cap++) {
    size_t len = SIZE_MAX;
    char *out = malloc(cap + 1);
    char *copy = exact(value.ptr, value.len);
    upshake_error error;
    memset(out, 'z', cap + 1);
    error = upshake_decode(part_of(copy, value.len), plus, cap ? out : NULL,
                           cap, &len);
    assert_int_equal(len, decoded_len);
    assert_int_equal(error, len <= cap ? UPSHAKE_OK : UPSHAKE_ERR_ROOM);
    if (error == UPSHAKE_OK)
      assert_memory_equal(out, decoded, len);
    assert_untouched(out + (error ? 0 : len), cap + 1 - (error ? 0 : len));
    /* to where it came from */
    assert_int_equal(
        upshake_decode(part_of(copy, value.len), plus, copy, value.len, &len),
        UPSHAKE_OK);
    assert_memory_equal(copy, decoded, decoded_len);
    free(copy);
    free(out);
  }
}

static void assert_malformed(upshake_slice value, size_t offset) {
  for (size_t cap = 0; cap <= value.len; cap++)
    for (int plus = 0; plus <= 1; plus++) {
      size_t len = SIZE_MAX;
      char *out = malloc(cap + 1);
      char *copy = exact(value.ptr, value.len);
      memset(out, 'z', cap + 1);
      assert_int_equal(
          upshake_decode(part_of(copy, value.len), plus, out, cap, &len),
          UPSHAKE_ERR_DECODE);
      assert_int_equal(len, offset);
      assert_untouched(out, cap + 1);
      free(copy);
      free(out);
    }
}

static void a_value_is_decoded_once(void **state) {
  static const struct {
    const char *value;
    int plus;
    const char *decoded;
    size_t len;
  } rows[] = {
      {"", 0, BYTES("")},
      {"plain", 0, BYTES("plain")},
      {"%20", 0, BYTES(" ")}, /* RFC 3986 2.1 */
      {"%41%4A%4a", 0, BYTES("AJJ")},
      {"%c3%A4", 0, BYTES("\xc3\xa4")},
      {"a%2Fb", 0, BYTES("a/b")},
      {"%2541", 0, BYTES("%41")},
      {"%25%34%31", 0, BYTES("%41")},
      {"a%00b", 0, BYTES("a\0b")},
      {"%0d%0a", 0, BYTES("\r\n")},
      {"a+b", 0, BYTES("a+b")},
      {"a+b", 1, BYTES("a b")},
      {"+%2B+", 1, BYTES(" + ")},
      {"\xff&=;", 1, BYTES("\xff&=;")},
  };
  size_t len = SIZE_MAX;
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    assert_decodes(text(rows[i].value), rows[i].plus, rows[i].decoded,
                   rows[i].len);
  assert_int_equal(upshake_decode(part_of(NULL, 0), 1, NULL, 0, &len),
                   UPSHAKE_OK);
  assert_int_equal(len, 0);
}

static void a_malformed_percent_sign_is_an_error_where_it_stands(void **state) {
  static const struct {
    const char *value;
    size_t offset;
  } rows[] = {
      {"%", 0},       {"%4", 0},     {"%zz", 0},  {"%4z", 0},     {"%z4", 0},
      {"a%", 1},      {"ab%4", 2},   {"%41%", 3}, {"%41%4", 3},   {"%%41", 0},
      {"%4%41", 0},   {"%u0041", 0}, {"% 41", 0}, {"%+1", 0},     {"%0x", 0},
      {"%41%4z%", 3}, {"+%2B%2", 4}, {"%-1", 0},  {"a%4\xff", 1}, {"100%", 3},
      {"%:0", 0},     {"%/0", 0},    {"%g0", 0},  {"%G0", 0},     {"%@0", 0},
      {"%`0", 0},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    assert_malformed(text(rows[i].value), rows[i].offset);
}

static void every_pair_of_hexadecimal_digits_is_a_byte(void **state) {
  (void)state;
  for (unsigned a = 0; a < 256; a++)
    for (unsigned b = 0; b < 256; b++) {
      const char value[] = {'%', (char)a, (char)b};
      char out[3] = "zz";
      size_t len = SIZE_MAX;
      upshake_error error = upshake_decode(part_of(value, 3), 0, out, 3, &len);
      if (is_hex(a) && is_hex(b)) {
        assert_int_equal(error, UPSHAKE_OK);
        assert_int_equal(len, 1);
        assert_int_equal((unsigned char)out[0], hex(a) * 16 + hex(b));
      } else {
        assert_int_equal(error, UPSHAKE_ERR_DECODE);
        assert_int_equal(len, 0);
      }
    }
}

static void every_other_byte_stands_for_itself(void **state) {
  (void)state;
  for (int plus = 0; plus <= 1; plus++)
    for (unsigned byte = 0; byte < 256; byte++) {
      char value = (char)byte;
      char expected = plus && byte == '+' ? ' ' : value;
      if (byte != '%')
        assert_decodes(part_of(&value, 1), plus, &expected, 1);
    }
}

/* ---- Cookies ----------------------------------------------------------- */

static void a_cookie_is_found_in_all_lines(void **state) {
  static const struct {
    const char *lines, *name, *value;
  } rows[] = {
      {"", "a", NULL},
      {"Host: a=1\r\n", "a", NULL},
      {"Cookie: a=1; b=2\r\n", "a", "1"},
      {"Cookie: a=1; b=2\r\n", "b", "2"},
      {"Cookie: a=1; b=2\r\n", "c", NULL},
      {"cookie:a=1;b=2\r\n", "b", "2"},
      {"Cookie2: a=1\r\nCooki: a=2\r\n", "a", NULL},
      {"Cookie: a=1; a=2\r\n", "a", "1"}, /* the first */
      {"Cookie: a=; a=2\r\n", "a", ""},
      {"Cookie: A=1; aa=2\r\n", "a", NULL}, /* case counts */
      {"Cookie: a=1\r\nHost: x\r\nCOOKIE: b=2\r\n", "b", "2"},
      {"Cookie: a=1\r\nCookie: a=2\r\n", "a", "1"},
      {"Cookie:\r\nCookie: ;\r\nCookie: a=2\r\n", "a", "2"},
      /* a cookie that has no name */
      {"Cookie: a\r\n", "a", NULL},
      {"Cookie: a; a=1\r\n", "a", "1"},
      {"Cookie: b; =c\r\n", "", "b"},
      {"Cookie: %61=1\r\n", "a", NULL},
      {"Cookie: b=1\r\nbroken\r\nCookie: a=2\r\n", "a", NULL},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    held_fields held;
    hold(&held, rows[i].lines);
    for (size_t form = 0; form < 2; form++) {
      upshake_slice value = upshake_find_cookie(held.forms[form], rows[i].name);
      if (rows[i].value == NULL)
        assert_absent(value);
      else
        assert_slice(value, rows[i].value);
    }
    free(held.raw);
  }
}

/* ---- The chapter ------------------------------------------------------- */

static void every_row_of_the_chapter_is_shown_by_a_test(void **state);

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_query_is_pairs_between_ampersands),
    cmocka_unit_test(a_parameter_is_found_by_its_decoded_name),
    cmocka_unit_test(a_value_is_decoded_once),
    cmocka_unit_test(a_malformed_percent_sign_is_an_error_where_it_stands),
    cmocka_unit_test(every_pair_of_hexadecimal_digits_is_a_byte),
    cmocka_unit_test(every_other_byte_stands_for_itself),
    cmocka_unit_test(a_cookie_line_is_pairs_between_semicolons),
    cmocka_unit_test(a_cookie_is_found_in_all_lines),
    cmocka_unit_test(every_row_of_the_chapter_is_shown_by_a_test),
};

static void every_row_of_the_chapter_is_shown_by_a_test(void **state) {
  (void)state;
  assert_true(check_rows(tests, CHECK_LEN(tests), 1, 11) > 11);
}

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
