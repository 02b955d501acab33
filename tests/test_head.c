/* SPDX-License-Identifier: MIT
 *
 * The head parser on its own: a buffer that grows and never stays where it
 * was, every cut, the octet that is refused, limits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check.h"

#define LINE "GET / HTTP/1.1\r\n"
#define ANY UPSHAKE_ERRORS_LEN /* several errors fit; the octet is certain */

typedef struct outcome {
  upshake_error error;
  size_t end;
} outcome;

/* Feeds the octets up to each of the lengths, until something is decided. */
static outcome parse_by(const upshake_limits *limits, const char *octets,
                        size_t len, size_t first, size_t step) {
  upshake_parser parser = {0};
  outcome got = {UPSHAKE_ERR_INCOMPLETE, 0};
  for (size_t to = first;; to = len - to < step ? len : to + step) {
    upshake_parser moved;
    got.error = parse_at_new_address(&parser, limits, octets, to, &got.end);
    if (got.error != UPSHAKE_ERR_INCOMPLETE || to == len)
      break;
    memcpy(&moved, &parser, sizeof moved);
    memset(&parser, 0xa5, sizeof parser);
    memcpy(&parser, &moved, sizeof parser);
  }
  if (got.error == UPSHAKE_ERR_INCOMPLETE)
    got.end = 0;
  return got;
}

static void assert_outcome(outcome got, upshake_error error, size_t end,
                           const char *octets) {
  int right = error == ANY ? got.error != UPSHAKE_OK &&
                                 got.error != UPSHAKE_ERR_INCOMPLETE
                           : got.error == error;
  if (error == UPSHAKE_ERR_INCOMPLETE)
    end = 0;
  if (!right || got.end != end)
    fail_msg("%s: %s at %u, not %s at %u", octets,
             upshake_explain(got.error).name, (unsigned)got.end,
             error == ANY ? "any" : upshake_explain(error).name, (unsigned)end);
}

/* Whole, one by one, by seven, and in two pieces at every cut.  The decision
 * falls with the octet at `end`, for a head with its last one. */
static void assert_parses(const upshake_limits *limits, const char *octets,
                          size_t len, upshake_error error, size_t end) {
  outcome whole = parse_by(limits, octets, len, len, len + 1);
  int complete = error == UPSHAKE_OK || error == UPSHAKE_ERR_HTTP2_PREFACE;
  size_t enough = complete ? end : end + 1;
  assert_outcome(whole, error, end, octets);
  assert_outcome(parse_by(limits, octets, len, 0, 1), whole.error, end, octets);
  assert_outcome(parse_by(limits, octets, len, 0, 7), whole.error, end, octets);
  for (size_t cut = 0; cut <= len && cut < 600; cut++)
    assert_outcome(parse_by(limits, octets, len, cut, len), whole.error, end,
                   octets);
  if (error == UPSHAKE_ERR_INCOMPLETE)
    return;
  assert_outcome(parse_by(limits, octets, enough, enough, 1), whole.error, end,
                 octets);
  assert_outcome(parse_by(limits, octets, enough - 1, enough - 1, 1),
                 UPSHAKE_ERR_INCOMPLETE, 0, octets);
}

/* `good` is all right; the error is at the first octet of `bad`. */
static void assert_row(const upshake_limits *limits, const char *good,
                       const char *bad, upshake_error error) {
  size_t good_len = strlen(good), len = good_len + strlen(bad);
  char *octets = malloc(len + 1);
  memcpy(octets, good, good_len);
  memcpy(octets + good_len, bad, len + 1 - good_len);
  assert_parses(limits, octets, len, error, good_len);
  free(octets);
}

/* ---- Heads ----------------------------------------------------------------
 */

static void takes_a_complete_head_and_no_octet_more(void **state) {
  static const char *const heads[] = {
      LINE "\r\n",
      CHECK_REQUEST,
      "\r\n\r\n" CHECK_REQUEST,
      "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n" CHECK_PLAIN,
      "g!#$%&'*+-.^_`|~9 / HTTP/1.0\r\n\r\n",
      "GET /%zz[]|^?\\{}` HTTP/1.9\r\n\r\n",
      LINE "A:\r\nB: \t \r\nC:x\t y \r\nD: \x80\xff\r\n\r\n",
      LINE "!#$%&'*+-.^_`|~: :::\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\n\r\n",
      "CONNECT a.example:443 HTTP/1.1\r\n\r\n",
      "GET http://a.example/x HTTP/1.1\r\n\r\n",
  };
  static const char *const behind[] = {
      "", "x", "\r\n", CHECK_PLAIN, "\x81\x05hello", "\n", " "};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(heads); i++)
    for (size_t k = 0; k < CHECK_LEN(behind); k++)
      assert_row(NULL, heads[i], behind[k], UPSHAKE_OK);
}

static void every_prefix_of_a_head_is_incomplete(void **state) {
  static const char head[] = "\r\n" CHECK_REQUEST;
  (void)state;
  for (size_t len = 0; len < sizeof head - 1; len++)
    assert_parses(NULL, head, len, UPSHAKE_ERR_INCOMPLETE, 0);
}

/* In memory that was used before, they may be any bytes. */
static void bytes_behind_the_length_are_not_looked_at(void **state) {
  char memory[sizeof CHECK_REQUEST];
  const size_t all = sizeof memory - 1;
  (void)state;
  for (size_t len = 0; len < all; len++) {
    upshake_parser parser = {0};
    outcome got;
    memcpy(memory, CHECK_REQUEST, sizeof memory);
    assert_int_equal(upshake_parse_head(&parser, NULL, memory, len, &got.end),
                     UPSHAKE_ERR_INCOMPLETE);
    memset(memory + len, 0x01, all - len);
    got.error = upshake_parse_head(&parser, NULL, memory, all, &got.end);
    assert_outcome(got, ANY, len, CHECK_REQUEST);
  }
}

/* Whatever it returns: no caller reads what was not set. */
static void every_call_sets_the_end(void **state) {
  static const char head[] = CHECK_REQUEST;
  (void)state;
  for (size_t step = 1; step < 4; step++) {
    upshake_parser parser = {0};
    for (size_t len = 0; len < sizeof head; len += step) {
      size_t end = SIZE_MAX;
      parse_at_new_address(&parser, NULL, head, len, &end);
      assert_in_range(end, 0, len);
    }
  }
}

static void an_empty_piece_may_be_null(void **state) {
  upshake_parser parser = {0};
  size_t end = 0;
  (void)state;
  assert_int_equal(upshake_parse_head(&parser, NULL, NULL, 0, &end),
                   UPSHAKE_ERR_INCOMPLETE);
}

static void knows_the_preface_of_http_2(void **state) {
  (void)state;
  assert_row(NULL, "PRI * HTTP/2.0\r\n\r\n", "SM\r\n\r\n",
             UPSHAKE_ERR_HTTP2_PREFACE);
  assert_row(NULL, "PRI * HTTP/2.0\r\n\r\n", "", UPSHAKE_ERR_HTTP2_PREFACE);
}

/* ---- The octet that is refused --------------------------------------------
 */

static void refuses_at_the_octet(void **state) {
  static const struct {
    const char *good, *bad;
    upshake_error error;
  } rows[] = {
      {"", "\x16\x03\x01\x02", UPSHAKE_ERR_TLS},
      {"", " / HTTP/1.1\r\n\r\n", UPSHAKE_ERR_METHOD_BYTE},
      {"", "\t", UPSHAKE_ERR_METHOD_BYTE},
      {"", "\nGET / HTTP/1.1\r\n\r\n", ANY},
      {"\r", "\rGET", ANY},
      {"\r", "GET", ANY},
      {"\r\n", "\nGET", ANY},
      {"\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n", "\r\nGET", UPSHAKE_ERR_EMPTY_LINES},
      {"GET", "\r\n", ANY},
      {"GET", "\t/ HTTP/1.1", UPSHAKE_ERR_METHOD_BYTE},
      {"GET", ":/ HTTP/1.1", UPSHAKE_ERR_METHOD_BYTE},
      {"GET ", " / HTTP/1.1", UPSHAKE_ERR_TARGET_BYTE},
      {"GET /", "\r\n", ANY},
      {"GET /", "\n", ANY},
      {"GET /", "\tHTTP/1.1", UPSHAKE_ERR_TARGET_BYTE},
      {"GET /a", "#b HTTP/1.1", UPSHAKE_ERR_TARGET_BYTE},
      {"GET /a?", "#b HTTP/1.1", UPSHAKE_ERR_TARGET_BYTE},
      {"GET / ", " HTTP/1.1", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"GET / ", "\r\n", ANY},
      {"GET / ", "http/1.1\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"M / ", ".1\rP/1.1\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"GET / HTTP", "S/1.1\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"GET / HTTP/", "x.1\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"GET / HTTP/1", "\r\n", ANY},
      {"GET / HTTP/1", "1\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"GET / HTTP/1", ",1\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"GET / HTTP/1.", "x\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"GET / HTTP/1.", "\r\n", ANY},
      {"GET / HTTP/1.1", " \r\n", ANY},
      {"GET / HTTP/1.1", "1\r\n", ANY},
      {"GET / HTTP/1.1", "\n", UPSHAKE_ERR_LINE_END},
      {"GET / HTTP/1.1\r", "\r\n", UPSHAKE_ERR_LINE_END},
      {"GET / HTTP/1.1\r", "A: 1\r\n", UPSHAKE_ERR_LINE_END},
      {"GET / HTTP/0", "1.01\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"GET / HTTP/1", "1.1\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"GET / HTTP/2", "0.0\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"GET / HTTP/2", "\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"GET / HTTP/2", "\n", UPSHAKE_ERR_LINE_END},
      {"PRI * ", "http/2.0\r\n\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"PRI * HTTP/", "x.0\r\n\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"PRI * HTTP/2", "0.0\r\n\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {"PRI * HTTP/2", "\n", UPSHAKE_ERR_LINE_END},
      {"PRI * HTTP/3", "0\r\n", UPSHAKE_ERR_HTTP_VERSION_BYTE},
      {LINE, " A: 1\r\n", UPSHAKE_ERR_FIELD_FOLDED},
      {LINE, "\tA: 1\r\n", UPSHAKE_ERR_FIELD_FOLDED},
      {LINE "A: 1\r\n", " b\r\n", UPSHAKE_ERR_FIELD_FOLDED},
      {LINE "A: 1\r\n", "\t\r\n", UPSHAKE_ERR_FIELD_FOLDED},
      {LINE "A", " : 1\r\n", UPSHAKE_ERR_FIELD_BLANK},
      {LINE "A", "\t: 1\r\n", UPSHAKE_ERR_FIELD_BLANK},
      {LINE, ": 1\r\n", UPSHAKE_ERR_FIELD_NAME},
      {LINE, "\n", ANY},
      {LINE "NoColon", "\r\n", UPSHAKE_ERR_FIELD_NAME},
      {LINE "NoColon", "\n", ANY},
      {LINE "Up", "(grade: x\r\n", UPSHAKE_ERR_FIELD_NAME},
      {LINE, "\xd0\x9a: x\r\n", UPSHAKE_ERR_FIELD_NAME},
      {LINE "A: 1", "\nB: 2\r\n", ANY},
      {LINE "A:", "\n", ANY},
      {LINE "A: 1\r", "B: 2\r\n", ANY},
      {LINE "A: 1\r", "\r\n", ANY},
      {LINE "A:\r", "\r\n", ANY},
      {LINE "A: 1", "\x7f\r\n", UPSHAKE_ERR_FIELD_VALUE},
      {LINE "A:", "\x01\r\n", UPSHAKE_ERR_FIELD_VALUE},
      {LINE "A: 1 ", "\x0b\r\n", UPSHAKE_ERR_FIELD_VALUE},
      {LINE "\r", "x", ANY},
      {LINE "\r", "\r\n", ANY},
      {LINE "A: 1\r\n\r", "\r\n", ANY},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    assert_row(NULL, rows[i].good, rows[i].bad, rows[i].error);
}

/* Each octet behind `good`; `complete` is what follows a good one. */
typedef upshake_error expected(unsigned octet);

static void assert_each_octet(const char *good, const char *complete,
                              expected *expect, size_t cr) {
  for (unsigned octet = 0; octet < 256; octet++) {
    size_t good_len = strlen(good), end = good_len;
    size_t len = good_len + 1 + strlen(complete);
    upshake_error error = expect(octet);
    char *octets = malloc(len + 1);
    memcpy(octets, good, good_len);
    octets[good_len] = (char)octet;
    memcpy(octets + good_len + 1, complete, len - good_len);
    if (error == UPSHAKE_OK)
      end = len;
    else if (octet == '\r') /* good until its LF does not come */
      end += cr;
    if (error != UPSHAKE_ERRORS_LEN + 1)
      assert_parses(NULL, octets, len, error, end);
    free(octets);
  }
}

#define SKIP ((upshake_error)(UPSHAKE_ERRORS_LEN + 1)) /* ends the part */

static upshake_error in_method(unsigned octet) {
  if (octet == ' ')
    return SKIP;
  if (octet == '\r' || octet == '\n')
    return ANY;
  return is_tchar(octet) ? UPSHAKE_OK : UPSHAKE_ERR_METHOD_BYTE;
}

static int is_path(unsigned octet) {
  return (octet >= '0' && octet <= '9') ||
         (lower(octet) >= 'a' && lower(octet) <= 'z') ||
         octet_in(octet, "-._~!$&'()*+,;=:@/%[]|^?");
}

static upshake_error in_path(unsigned octet) {
  if (octet == ' ')
    return SKIP;
  if (octet == '\r' || octet == '\n')
    return ANY;
  return is_path(octet) ? UPSHAKE_OK : UPSHAKE_ERR_TARGET_BYTE;
}

static upshake_error in_query(unsigned octet) {
  return octet_in(octet, "\\{}`") ? UPSHAKE_OK : in_path(octet);
}

static upshake_error in_name(unsigned octet) {
  if (octet == ':')
    return SKIP;
  if (octet_in(octet, " \t\n"))
    return ANY;
  return is_tchar(octet) ? UPSHAKE_OK : UPSHAKE_ERR_FIELD_NAME;
}

static upshake_error in_value(unsigned octet) {
  if (octet == '\r' || octet == '\n')
    return ANY;
  return is_value_octet(octet) ? UPSHAKE_OK : UPSHAKE_ERR_FIELD_VALUE;
}

/* Another digit than 1 is judged at the dot. */
static upshake_error in_major(unsigned octet) {
  if (octet == '\n')
    return ANY;
  if (octet >= '0' && octet <= '9')
    return octet == '1' ? UPSHAKE_OK : SKIP;
  return UPSHAKE_ERR_HTTP_VERSION_BYTE;
}

static upshake_error in_minor(unsigned octet) {
  if (octet == '\n')
    return ANY;
  return octet >= '0' && octet <= '9' ? UPSHAKE_OK
                                      : UPSHAKE_ERR_HTTP_VERSION_BYTE;
}

static upshake_error behind_cr(unsigned octet) {
  return octet == '\n' ? UPSHAKE_OK : UPSHAKE_ERR_LINE_END;
}

static void judges_every_octet_at_its_place(void **state) {
  static const char rest[] = "x HTTP/1.1\r\n\r\n";
  (void)state;
  assert_each_octet("G", "T / HTTP/1.1\r\n\r\n", in_method, 0);
  assert_each_octet("H", "T / HTTP/1.1\r\n\r\n", in_method, 0);
  assert_each_octet("GET /", rest, in_path, 0);
  assert_each_octet("GET /a-much-longer-path/", rest, in_path, 0);
  assert_each_octet("GET /?", rest, in_query, 0);
  assert_each_octet("GET /a?b=c?d/", rest, in_query, 0);
  assert_each_octet("GET / HTTP/", ".1\r\n\r\n", in_major, 0);
  assert_each_octet("GET / HTTP/1.", "\r\n\r\n", in_minor, 0);
  assert_each_octet(LINE "X", "y: v\r\n\r\n", in_name, 0);
  assert_each_octet(LINE "X:", "y\r\n\r\n", in_value, 1);
  assert_each_octet(LINE "X: v", "y\r\n\r\n", in_value, 1);
  assert_each_octet(LINE "X: 0123456789abcdef", "0123456789abcdef\r\n\r\n",
                    in_value, 1);
  assert_each_octet("\r", CHECK_PLAIN, behind_cr, 0);
  assert_each_octet("GET / HTTP/1.1\r", "\r\n", behind_cr, 0);
  assert_each_octet(LINE "X: v\r", "\r\n", behind_cr, 0);
  assert_each_octet(LINE "\r", "", behind_cr, 0);
}

static char *repeat(const char *before, const char *what, size_t times,
                    const char *after) {
  size_t before_len = strlen(before), len = strlen(what);
  size_t after_len = strlen(after);
  char *all = malloc(before_len + len * times + after_len + 1);
  memcpy(all, before, before_len);
  for (size_t i = 0; i < times; i++)
    memcpy(all + before_len + len * i, what, len);
  memcpy(all + before_len + len * times, after, after_len + 1);
  return all;
}

/* With no octet more, and with all there are. */
static void an_error_is_the_same_however_often_it_is_asked_for(void **state) {
  static const char *const streams[] = {
      "CONNECT / HTTP/1.1\r\nA: b\r\n\r\n",
      "GET a HTTP/1.1\r\nA: b\r\n\r\n",
      "GET http:///?a HTTP/1.1\r\nA: b\r\n\r\n",
      "PRI * HTTP/1.1\r\n\r\n",
      "G@T / HTTP/1.1\r\n\r\n",
      "GET /< HTTP/1.1\r\n\r\n",
      "GET / HTTP/2.0\r\n\r\n",
      LINE " a: b\r\n\r\n",
      LINE "a: b\r\nc d: e\r\n\r\n",
      LINE "a: b\rc: d\r\n\r\n"};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(streams); i++)
    for (size_t to = 1, len = strlen(streams[i]); to <= len; to++) {
      upshake_parser parser = {0};
      outcome first, again = {UPSHAKE_OK, 0};
      first.error =
          parse_at_new_address(&parser, NULL, streams[i], to, &first.end);
      if (first.error == UPSHAKE_ERR_INCOMPLETE)
        continue;
      for (int times = 0; times < 3; times++) {
        again.error = parse_at_new_address(&parser, NULL, streams[i],
                                           times == 0 ? to : len, &again.end);
        assert_outcome(again, first.error, first.end, streams[i]);
      }
    }
}

/* A target's form is judged at the SP behind it; what is wrong begins where
 * the target does. */
static void judges_the_form_of_the_target_at_its_end(void **state) {
  static const struct {
    const char *good; /* up to the target, and the target */
    size_t target_len;
    upshake_error error;
  } rows[] = {
      {"GET *", 1, UPSHAKE_ERR_TARGET_FORM},
      {"options *", 1, UPSHAKE_ERR_TARGET_FORM},
      {"GET chat", 4, UPSHAKE_ERR_TARGET_FORM},
      {"GET 0/", 2, UPSHAKE_ERR_TARGET_FORM},
      {"GET ?a", 2, UPSHAKE_ERR_TARGET_FORM},
      {"GET a/b", 3, UPSHAKE_ERR_TARGET_FORM},
      {"GET a.example:443", 13, UPSHAKE_ERR_TARGET_FORM},
      {"OPTIONS **", 2, UPSHAKE_ERR_TARGET_FORM},
      {"CONNECT /", 1, UPSHAKE_ERR_TARGET_FORM},
      {"CONNECT *", 1, UPSHAKE_ERR_TARGET_FORM},
      {"CONNECT a.example", 9, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"CONNECT a.example:", 10, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"CONNECT a.example:65536", 15, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"CONNECT :443", 4, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET http:", 5, UPSHAKE_ERR_TARGET_FORM},
      {"GET http:/", 6, UPSHAKE_ERR_TARGET_FORM},
      {"GET http:/a", 7, UPSHAKE_ERR_TARGET_FORM},
      {"GET http:a/b", 8, UPSHAKE_ERR_TARGET_FORM},
      {"GET ftp://a.example/", 16, UPSHAKE_ERR_TARGET_SCHEME},
      {"GET httpx://a.example/", 18, UPSHAKE_ERR_TARGET_SCHEME},
      {"GET http://", 7, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET http:///x", 9, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET http://:80/", 11, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET http://?x", 9, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET http://u@a.example/", 19, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET http://u:p@a.example/", 21, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET http://a.example:8x/", 20, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET http://a.example:65536/", 23, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET http://[::1/", 12, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET http://::1/", 11, UPSHAKE_ERR_TARGET_AUTHORITY},
      {"GET http://a%zz/", 12, UPSHAKE_ERR_TARGET_AUTHORITY},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    size_t len = strlen(rows[i].good), start = len - rows[i].target_len;
    char *octets = repeat(rows[i].good, " HTTP/1.1\r\n\r\n", 1, "");
    for (size_t step = 1; step < 30; step++)
      assert_outcome(parse_by(NULL, octets, strlen(octets), 0, step),
                     rows[i].error, start, octets);
    assert_outcome(parse_by(NULL, octets, len, len, 1), UPSHAKE_ERR_INCOMPLETE,
                   0, octets);
    assert_outcome(parse_by(NULL, octets, len + 1, len + 1, 1), rows[i].error,
                   start, octets);
    free(octets);
  }
}

/* Another major version than 1 is refused at its digit, when the dot shows that
 * it has one digit; behind what begins as the preface of HTTP/2 does, at the
 * first byte that differs from it. */
static void judges_the_major_version_behind_its_digit(void **state) {
  static const struct {
    const char *good, *bad; /* the first byte of `bad` decides */
    size_t digit;
  } rows[] = {
      {"GET / HTTP/2", ".0\r\n\r\n", 11},
      {"GET / HTTP/0", ".9\r\n\r\n", 11},
      {"GET / HTTP/9", ".", 11},
      {"GET / HTTP/2", ".x", 11},
      {"GET / HTTP/2", ".\n", 11},
      {"\r\nGET /a?b HTTP/3", ".0\r\n\r\n", 16},
      {"PRI /* HTTP/2", ".0\r\n\r\n", 12},
      {"PRI * HTTP/3", ".0\r\n\r\n", 11},
      {"PRI * HTTP/0", ".0\r\n\r\n", 11},
      {"PRI * HTTP/2.", "1\r\n\r\n", 11},
      {"PRI * HTTP/2.", "x\r\n\r\n", 11},
      {"PRI * HTTP/2.0", "\n\n", 11},
      {"PRI * HTTP/2.0", "0\r\n\r\n", 11},
      {"PRI * HTTP/2.0\r", "\r\n\r\n", 11},
      {"PRI * HTTP/2.0\r\n", "Host: a\r\n\r\n", 11},
      {"PRI * HTTP/2.0\r\n\r", "x", 11},
      {"\r\nPRI * HTTP/2", ".0\r\n\r\n", 13},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    size_t len = strlen(rows[i].good), digit = rows[i].digit;
    char *octets = repeat(rows[i].good, rows[i].bad, 1, "");
    for (size_t step = 1; step < 40; step++)
      assert_outcome(parse_by(NULL, octets, strlen(octets), 0, step),
                     UPSHAKE_ERR_HTTP_VERSION, digit, octets);
    assert_outcome(parse_by(NULL, octets, len, len, 1), UPSHAKE_ERR_INCOMPLETE,
                   0, octets);
    assert_outcome(parse_by(NULL, octets, len + 1, len + 1, 1),
                   UPSHAKE_ERR_HTTP_VERSION, digit, octets);
    free(octets);
  }
}

/* ---- Limits ---------------------------------------------------------------
 */

/* `most` repetitions are accepted; with one more, the octet `behind` octets
 * after the last good one is refused. */
static void assert_limit(const upshake_limits *limits, const char *before,
                         const char *what, size_t most, const char *after,
                         upshake_error error) {
  char *good = repeat(before, what, most, after);
  char *bad = repeat(before, what, most + 1, after);
  size_t end = strlen(before) + strlen(what) * most;
  assert_parses(limits, good, strlen(good), UPSHAKE_OK, strlen(good));
  assert_parses(limits, bad, strlen(bad), error, end);
  free(good);
  free(bad);
}

static void has_the_limits_of_the_header(void **state) {
  const upshake_limits zero = {0};
  const upshake_limits *defaults[] = {NULL, &zero};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(defaults); i++) {
    assert_limit(defaults[i], "", "M", 32, " / HTTP/1.1\r\n\r\n",
                 UPSHAKE_ERR_METHOD_LONG);
    assert_limit(defaults[i], LINE, "n", 255, ": v\r\n\r\n",
                 UPSHAKE_ERR_FIELD_NAME_LONG);
    assert_limit(defaults[i], LINE, "a: b\r\n", 128, "\r\n",
                 UPSHAKE_ERR_FIELDS_MANY);
  }
}

static void obeys_limits_that_were_set(void **state) {
  const upshake_limits small = {3, 5, 2, 4, 0, 0, 0};
  const upshake_limits ones = {1, 1, 1, 1, 0, 0, 0};
  const upshake_limits large = {255, 0, 1000, 2000, 0, 0, 0};
  (void)state;
  assert_limit(&small, "", "M", 3, " / HTTP/1.1\r\n\r\n",
               UPSHAKE_ERR_METHOD_LONG);
  assert_limit(&small, "GET /", "t", 4, " HTTP/1.1\r\n\r\n",
               UPSHAKE_ERR_TARGET_LONG);
  assert_limit(&small, LINE, "n", 4, ": v\r\n\r\n",
               UPSHAKE_ERR_FIELD_NAME_LONG);
  assert_limit(&small, LINE, "a: b\r\n", 2, "\r\n", UPSHAKE_ERR_FIELDS_MANY);
  assert_limit(&ones, "", "M", 1, " / HTTP/1.1\r\n\r\n",
               UPSHAKE_ERR_METHOD_LONG);
  assert_limit(&ones, "M /", "t", 0, " HTTP/1.1\r\n\r\n",
               UPSHAKE_ERR_TARGET_LONG);
  assert_limit(&ones, "M / HTTP/1.1\r\n", "n", 1, ": v\r\n\r\n",
               UPSHAKE_ERR_FIELD_NAME_LONG);
  assert_limit(&ones, "M / HTTP/1.1\r\n", "a: b\r\n", 1, "\r\n",
               UPSHAKE_ERR_FIELDS_MANY);
  assert_limit(&large, "", "M", 255, " / HTTP/1.1\r\n\r\n",
               UPSHAKE_ERR_METHOD_LONG);
}

static void obeys_large_limits(void **state) {
  const upshake_limits large = {255, 0, 65535, 65535, 0, 0, 0};
  char *name = repeat(LINE, "n", 65535, ": v\r\n\r\n");
  char *many = repeat(LINE, "a:\r\n", 65535, "\r\n");
  char *target = repeat("GET /", "t", 100000, " HTTP/1.1\r\n\r\n");
  char *octets[3];
  (void)state;
  octets[0] = name;
  octets[1] = many;
  octets[2] = target;
  for (size_t i = 0; i < CHECK_LEN(octets); i++) {
    size_t len = strlen(octets[i]);
    assert_outcome(parse_by(&large, octets[i], len, len, 1), UPSHAKE_OK, len,
                   "large");
    assert_outcome(parse_by(&large, octets[i], len, 100, 1000), UPSHAKE_OK, len,
                   "large, in pieces");
    free(octets[i]);
  }
}

/* A limit beyond what the parser can count is the most that it can count. */
static void a_limit_has_a_most(void **state) {
  const upshake_limits huge = {65536, 0, 65536, 65536, 0, 0, 0};
  static const struct {
    const char *before, *what, *after;
    size_t most;
    upshake_error error;
  } rows[] = {
      {"", "M", " / HTTP/1.1\r\n\r\n", 255, UPSHAKE_ERR_METHOD_LONG},
      {LINE, "n", ": v\r\n\r\n", 65535, UPSHAKE_ERR_FIELD_NAME_LONG},
      {LINE, "a:\r\n", "\r\n", 65535, UPSHAKE_ERR_FIELDS_MANY},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    size_t most = rows[i].most;
    char *good = repeat(rows[i].before, rows[i].what, most, rows[i].after);
    char *bad = repeat(rows[i].before, rows[i].what, most + 1, rows[i].after);
    size_t end = strlen(rows[i].before) + strlen(rows[i].what) * most;
    size_t good_len = strlen(good), bad_len = strlen(bad);
    for (size_t first = end - 4; first <= end; first += 4) {
      assert_outcome(parse_by(&huge, good, good_len, first, 1), UPSHAKE_OK,
                     good_len, rows[i].what);
      assert_outcome(parse_by(&huge, bad, bad_len, first, 1), rows[i].error,
                     end, rows[i].what);
    }
    assert_outcome(parse_by(&huge, good, good_len, good_len, 1), UPSHAKE_OK,
                   good_len, rows[i].what);
    assert_outcome(parse_by(&huge, bad, bad_len, bad_len, 1), rows[i].error,
                   end, rows[i].what);
    free(good);
    free(bad);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(takes_a_complete_head_and_no_octet_more),
      cmocka_unit_test(every_prefix_of_a_head_is_incomplete),
      cmocka_unit_test(bytes_behind_the_length_are_not_looked_at),
      cmocka_unit_test(every_call_sets_the_end),
      cmocka_unit_test(an_empty_piece_may_be_null),
      cmocka_unit_test(knows_the_preface_of_http_2),
      cmocka_unit_test(refuses_at_the_octet),
      cmocka_unit_test(judges_every_octet_at_its_place),
      cmocka_unit_test(an_error_is_the_same_however_often_it_is_asked_for),
      cmocka_unit_test(judges_the_form_of_the_target_at_its_end),
      cmocka_unit_test(judges_the_major_version_behind_its_digit),
      cmocka_unit_test(has_the_limits_of_the_header),
      cmocka_unit_test(obeys_limits_that_were_set),
      cmocka_unit_test(obeys_large_limits),
      cmocka_unit_test(a_limit_has_a_most),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
