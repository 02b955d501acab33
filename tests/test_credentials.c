/* SPDX-License-Identifier: MIT
 *
 * Looking at a request: bearer tokens and Basic credentials, with the examples
 * of their RFCs.  The last rows of tests/vectors/looking.md have the rules.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check.h"
#include "check_looking.h"

/* ---- Bearer ------------------------------------------------------------ */

/* Checks lines of fields.  token is NULL if there is none to be found. */
static void assert_bearer(const char *lines, const char *token) {
  held_fields held;
  hold(&held, lines);
  for (size_t form = 0; form < 2; form++) {
    upshake_slice found = upshake_find_bearer(held.forms[form]);
    if (token == NULL)
      assert_absent(found);
    else
      assert_slice(found, token);
  }
  free(held.raw);
}

static void a_bearer_token_is_the_only_authorization(void **state) {
  static const struct {
    const char *lines, *token;
  } rows[] = {
      /* RFC 6750 2.1 */
      {"Host: server.example.com\r\nAuthorization: Bearer mF_9.B5f-4.1JqM\r\n",
       "mF_9.B5f-4.1JqM"},
      {"authorization:bearer a\r\n", "a"},
      {"AUTHORIZATION: BEARER a=\r\n", "a="},
      {"Authorization: Bearer   a== \r\n", "a=="},
      {"Authorization: Bearer a=====\r\n", "a====="},
      {"Authorization: Bearer -._~+/\r\n", "-._~+/"},
      /* none */
      {"", NULL},
      {"Authorization:\r\n", NULL},
      {"Proxy-Authorization: Bearer a\r\n", NULL},
      {"Authorization: Basic QQ==\r\n", NULL},
      {"Authorization: Bearers a\r\n", NULL},
      {"Authorization: Beare a\r\n", NULL},
      {"Authorization: Bearera\r\n", NULL},
      /* malformed */
      {"Authorization: Bearer\r\n", NULL},
      {"Authorization: Bearer =\r\n", NULL},
      {"Authorization: Bearer =a\r\n", NULL},
      {"Authorization: Bearer a=b\r\n", NULL},
      {"Authorization: Bearer a b\r\n", NULL},
      {"Authorization: Bearer a,b\r\n", NULL},
      {"Authorization: Bearer\ta\r\n", NULL},
      {"Authorization: Bearer \ta\r\n", NULL},
      {"Authorization: Bearer \"a\"\r\n", NULL},
      {"Authorization: Bearer token=a, b\r\n", NULL},
      /* two lines, also of the same token, or of another scheme */
      {"Authorization: Bearer a\r\nAuthorization: Bearer a\r\n", NULL},
      {"Authorization: Bearer a\r\nAuthorization: Basic QQ==\r\n", NULL},
      {"Authorization: x\r\nHost: b\r\nauthorization: Bearer a\r\n", NULL},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    assert_bearer(rows[i].lines, rows[i].token);
}

/* ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/", then "=". */
static void every_byte_of_a_token_is_judged(void **state) {
  (void)state;
  for (unsigned byte = 1; byte < 256; byte++) {
    char lines[] = "Authorization: Bearer a?b\r\n";
    int is_good = (byte >= '0' && byte <= '9') ||
                  (lower(byte) >= 'a' && lower(byte) <= 'z') ||
                  octet_in(byte, "-._~+/");
    char *at = strchr(lines, '?');
    *at = (char)byte;
    if (byte == '\n')
      continue; /* a line end is in no field */
    if (is_good)
      assert_bearer(lines, (const char[]){'a', (char)byte, 'b', '\0'});
    else
      assert_bearer(lines, NULL);
  }
}

/* ---- Basic ------------------------------------------------------------- */

/* With every cap up to `most`, from both forms of the fields. */
static void assert_basic(const char *lines, upshake_error expected,
                         const char *name, const char *password, size_t most) {
  size_t least = strlen(name) + 1 + strlen(password);
  held_fields held;
  hold(&held, lines);
  for (size_t form = 0; form < 2; form++)
    for (size_t cap = 0; cap <= most; cap++) {
      upshake_slice found_name = text("z"), found_password = text("z");
      char *out = malloc(cap + 1);
      upshake_error error;
      memset(out, 'z', cap + 1);
      error = upshake_find_basic(held.forms[form], cap ? out : NULL, cap,
                                 &found_name, &found_password);
      if (expected == UPSHAKE_OK && cap < least)
        assert_int_equal(error, UPSHAKE_ERR_ROOM);
      else if (error != expected)
        fail_msg("%s: %s", lines, upshake_explain(error).name);
      if (error == UPSHAKE_OK) {
        assert_slice(found_name, name);
        assert_slice(found_password, password);
        assert_ptr_equal(found_name.ptr, out);
        assert_ptr_equal(found_password.ptr, out + found_name.len + 1);
        assert_untouched(out + least, cap + 1 - least);
      } else {
        assert_absent(found_name);
        assert_absent(found_password);
        assert_untouched(out, cap + 1);
      }
      free(out);
    }
  free(held.raw);
}

static void basic_credentials_are_a_name_and_a_password(void **state) {
  static const struct {
    const char *lines, *name, *password;
  } rows[] = {
      /* RFC 7617 2 and 2.1 */
      {"Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n", "Aladdin",
       "open sesame"},
      {"Authorization: Basic dGVzdDoxMjPCow==\r\n", "test", "123\xc2\xa3"},
      {"authorization:bAsIc   dGVzdDoxMjPCow== \r\n", "test", "123\xc2\xa3"},
      /* empty ones, and colons of the password */
      {"Authorization: Basic Og==\r\n", "", ""},
      {"Authorization: Basic YTo=\r\n", "a", ""},
      {"Authorization: Basic OmI=\r\n", "", "b"},
      {"Authorization: Basic Ojo6\r\n", "", "::"},
      {"Authorization: Basic YTpiOmM=\r\n", "a", "b:c"},
      /* both digits that are no letters; bytes that are no UTF-8 */
      {"Authorization: Basic Ov/+\r\n", "", "\xff\xfe"},
      {"Authorization: Basic /z6A\r\n", NULL, NULL}, /* no colon */
      {"Authorization: Basic gDr/\r\n", "\x80", "\xff"},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    if (rows[i].name == NULL)
      assert_basic(rows[i].lines, UPSHAKE_ERR_DECODE, "", "", 8);
    else
      assert_basic(rows[i].lines, UPSHAKE_OK, rows[i].name, rows[i].password,
                   24);
}

static void without_basic_credentials_none_were_offered(void **state) {
  static const char *const rows[] = {
      "",
      "Authorization:\r\n",
      "Authorization: Bearer YTpi\r\n",
      "Authorization: Basics YTpi\r\n",
      "Authorization: Basi YTpi\r\n",
      "Authorization: BasicYTpi\r\n",
      "Authorization: Basic\tYTpi\r\n", /* another scheme, and no token */
      "Proxy-Authorization: Basic YTpi\r\n",
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    assert_basic(rows[i], UPSHAKE_ERR_NOT_OFFERED, "", "", 8);
}

static void malformed_basic_credentials_are_an_error(void **state) {
  static const char *const rows[] = {
      "Authorization: Basic\r\n",
      "Authorization: Basic YWI=\r\n", /* no colon */
      /* base64 with the wrong padding */
      "Authorization: Basic YTo\r\n",
      "Authorization: Basic YTo==\r\n",
      "Authorization: Basic YTpi=\r\n",
      "Authorization: Basic YTpi==\r\n",
      "Authorization: Basic YTpi===\r\n",
      "Authorization: Basic YTpi====\r\n",
      "Authorization: Basic Og\r\n",
      "Authorization: Basic Og=\r\n",
      "Authorization: Basic O===\r\n",
      "Authorization: Basic =\r\n",
      "Authorization: Basic ==\r\n",
      "Authorization: Basic ====\r\n",
      "Authorization: Basic YTo=YTo=\r\n",
      "Authorization: Basic O=g=\r\n",
      /* pad bits that are not 0 */
      "Authorization: Basic Oh==\r\n",
      "Authorization: Basic Oi==\r\n",
      "Authorization: Basic Ok==\r\n",
      "Authorization: Basic Oo==\r\n",
      "Authorization: Basic YTp=\r\n",
      "Authorization: Basic YTq=\r\n",
      /* bytes that are not base64 */
      "Authorization: Basic YT pi\r\n",
      "Authorization: Basic YTpi YTpi\r\n",
      "Authorization: Basic Og==,\r\n",
      "Authorization: Basic Ov_-\r\n", /* base64url */
      "Authorization: Basic \tYTpi\r\n",
      "Authorization: Basic \"YTp\"\r\n",
      /* two lines, also of the same credentials, or of another scheme */
      "Authorization: Basic YTpi\r\nAuthorization: Basic YTpi\r\n",
      "Authorization: Basic YTpi\r\nAuthorization: Bearer a\r\n",
      "Authorization: Bearer a\r\nHost: b\r\nauthorization: Basic YTpi\r\n",
      "Authorization: Bearer a\r\nAuthorization: Bearer a\r\n",
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    assert_basic(rows[i], UPSHAKE_ERR_DECODE, "", "", 12);
}

/* Another parser may leave the blanks behind a value. */
static void nothing_behind_the_scheme_is_malformed(void **state) {
  static const char *const values[] = {"Basic",  "Basic ",  "Basic   ",
                                       "Bearer", "Bearer ", "Bearer   "};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(values); i++) {
    size_t len = strlen(values[i]);
    char *copy = exact(values[i], len);
    upshake_field field = {{UPSHAKE_TEXT("Authorization")}, {copy, len}};
    upshake_slice name, password;
    char out[8];
    assert_int_equal(upshake_find_basic(upshake_array(&field, 1), out,
                                        sizeof out, &name, &password),
                     i < 3 ? UPSHAKE_ERR_DECODE : UPSHAKE_ERR_NOT_OFFERED);
    assert_absent(upshake_find_bearer(upshake_array(&field, 1)));
    free(copy);
  }
}

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789+/";

/* An encoder that owes nothing to the library; out ends with a NUL. */
static void encode(const char *bytes, size_t len, char *out) {
  for (size_t i = 0; i < len; i += 3) {
    uint32_t bits = 0;
    for (size_t j = i; j < i + 3; j++)
      bits = bits << 8 | (j < len ? (unsigned char)bytes[j] : 0);
    *out++ = base64[bits >> 18];
    *out++ = base64[bits >> 12 & 63];
    *out++ = i + 1 < len ? base64[bits >> 6 & 63] : '=';
    *out++ = i + 2 < len ? base64[bits & 63] : '=';
  }
  *out = '\0';
}

static void write_basic(char *lines, const char *bytes, size_t len) {
  static const char begin[] = "Authorization: Basic ";
  strcpy(lines, begin);
  encode(bytes, len, lines + sizeof begin - 1);
  strcat(lines, "\r\n");
}

/* A control character is none of a user-id or password; NUL is one. */
static void every_byte_of_credentials_is_judged(void **state) {
  (void)state;
  for (size_t at = 0; at < 5; at++)
    for (unsigned byte = 0; byte < 256; byte++) {
      char bytes[] = "a:b:c", lines[64];
      int is_control = byte < 0x20 || byte == 0x7f;
      char *colon;
      bytes[at] = (char)byte;
      write_basic(lines, bytes, 5);
      colon = is_control ? NULL : strchr(bytes, ':');
      if (colon == NULL) {
        assert_basic(lines, UPSHAKE_ERR_DECODE, "", "", 5);
        continue;
      }
      *colon = '\0';
      assert_basic(lines, UPSHAKE_OK, bytes, colon + 1, 6);
    }
}

static void every_digit_of_base64_is_judged(void **state) {
  (void)state;
  for (unsigned byte = 1; byte < 256; byte++) {
    char lines[] = "Authorization: Basic OjEx?zEx\r\n";
    const char *digit = strchr(base64, (int)byte);
    if (byte == '\n')
      continue; /* a line end is in no field */
    *strchr(lines, '?') = (char)byte;
    if (digit == NULL) {
      assert_basic(lines, UPSHAKE_ERR_DECODE, "", "", 6);
    } else {
      /* digits: byte, z = 51, E = 4, x = 49 */
      uint32_t bits =
          (uint32_t)(digit - base64) << 18 | 51u << 12 | 4u << 6 | 49u;
      char password[6] = "11";
      int is_control = bits >> 16 < 0x20 || bits >> 16 == 0x7f;
      password[2] = (char)(bits >> 16);
      password[3] = (char)(bits >> 8);
      password[4] = (char)bits;
      assert_basic(lines, is_control ? UPSHAKE_ERR_DECODE : UPSHAKE_OK, "",
                   is_control ? "" : password, 6);
    }
  }
}

static void credentials_of_every_length_are_decoded(void **state) {
  char bytes[64], lines[128], name[64];
  (void)state;
  memset(bytes, 0, sizeof bytes);
  for (size_t i = 0; i < 40; i++)
    bytes[i] = (char)('0' + i * 7 % 10);
  for (size_t len = 1; len <= 40; len++)
    for (size_t colon = 0; colon < len; colon++) {
      char kept = bytes[colon], end = bytes[len];
      bytes[colon] = ':';
      bytes[len] = '\0';
      write_basic(lines, bytes, len);
      memcpy(name, bytes, colon);
      name[colon] = '\0';
      assert_basic(lines, UPSHAKE_OK, name, bytes + colon + 1, len);
      bytes[colon] = kept;
      bytes[len] = end;
    }
}

/* ---- The chapter ------------------------------------------------------- */

static void every_row_of_the_chapter_is_shown_by_a_test(void **state);

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_bearer_token_is_the_only_authorization),
    cmocka_unit_test(every_byte_of_a_token_is_judged),
    cmocka_unit_test(basic_credentials_are_a_name_and_a_password),
    cmocka_unit_test(without_basic_credentials_none_were_offered),
    cmocka_unit_test(malformed_basic_credentials_are_an_error),
    cmocka_unit_test(nothing_behind_the_scheme_is_malformed),
    cmocka_unit_test(every_byte_of_credentials_is_judged),
    cmocka_unit_test(every_digit_of_base64_is_judged),
    cmocka_unit_test(credentials_of_every_length_are_decoded),
    cmocka_unit_test(every_row_of_the_chapter_is_shown_by_a_test),
};

static void every_row_of_the_chapter_is_shown_by_a_test(void **state) {
  (void)state;
  assert_int_equal(check_rows(tests, CHECK_LEN(tests), 12, 18), 18);
}

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
