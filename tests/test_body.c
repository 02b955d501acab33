/* SPDX-License-Identifier: MIT
 *
 * Chunked bodies: the grammar of RFC 9112 7.1 as a machine of its own, and at
 * each of its states every byte, and every byte behind that one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check.h"

#define HEAD                                                                   \
  "POST / HTTP/1.1\r\n" CHECK_HOST "Upgrade: echo\r\nConnection: Upgrade\r\n"  \
  "Transfer-Encoding: chunked\r\n\r\n"

static const upshake_protocol echo[] = {
    {.name = "echo", .methods = "POST", .body = UPSHAKE_BODY_READ}};
static const upshake_config config = {echo, 1, .decide = NULL};

/* ---- The grammar --------------------------------------------------------- */

static int is_hex(unsigned octet) {
  return (octet >= '0' && octet <= '9') ||
         (lower(octet) >= 'a' && lower(octet) <= 'f');
}

static int is_blank(unsigned octet) { return octet == ' ' || octet == '\t'; }

/* qdtext, and what may stand behind a backslash (RFC 9110 5.6.4): HTAB, SP,
 * VCHAR, obs-text. */
static int is_quotable(unsigned octet) { return is_value_octet(octet); }
static int is_qdtext(unsigned octet) {
  return is_value_octet(octet) && octet != '"' && octet != '\\';
}

static int is_any(unsigned octet) { return octet < 256; }
static int is_cr(unsigned octet) { return octet == '\r'; }
static int is_lf(unsigned octet) { return octet == '\n'; }
static int is_semicolon(unsigned octet) { return octet == ';'; }
static int is_equals(unsigned octet) { return octet == '='; }
static int is_quote(unsigned octet) { return octet == '"'; }
static int is_backslash(unsigned octet) { return octet == '\\'; }
static int is_colon(unsigned octet) { return octet == ':'; }

/* clang-format off */
enum state {
  SIZE_FIRST, SIZE, BLANKS, EXT_FIRST, EXT_NAME, EXT_EQUALS, EXT_VALUE,
  EXT_TOKEN, EXT_QUOTED, EXT_PAIR, EXT_END, SIZE_LF, DATA, DATA_CR, DATA_LF,
  LAST_LF, TRAILER, NAME, VALUE, VALUE_LF, END_LF, END, NOWHERE
};
/* clang-format on */

typedef struct arc {
  int (*takes)(unsigned octet);
  enum state to;
} arc;

/* clang-format off */
static const struct {
  enum state state;
  const char *reached_by;
  arc arcs[6];
} machine[] = {
    /* chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF, of one byte here;
     * chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS value ] ) */
    {SIZE_FIRST, "", {{is_hex, SIZE}}},
    {SIZE_FIRST, "1\r\nx\r\n", {{is_hex, SIZE}}},
    {SIZE, "1", {{is_hex, SIZE}, {is_cr, SIZE_LF}, {is_blank, BLANKS},
                 {is_semicolon, EXT_FIRST}}},
    {BLANKS, "1 ", {{is_blank, BLANKS}, {is_semicolon, EXT_FIRST}}},
    {EXT_FIRST, "1;", {{is_blank, EXT_FIRST}, {is_tchar, EXT_NAME}}},
    {EXT_FIRST, "1;a;", {{is_blank, EXT_FIRST}, {is_tchar, EXT_NAME}}},
    {EXT_NAME, "1;a", {{is_tchar, EXT_NAME}, {is_cr, SIZE_LF},
                       {is_blank, EXT_EQUALS}, {is_equals, EXT_VALUE},
                       {is_semicolon, EXT_FIRST}}},
    {EXT_EQUALS, "1;a ", {{is_blank, EXT_EQUALS}, {is_equals, EXT_VALUE},
                          {is_semicolon, EXT_FIRST}}},
    {EXT_VALUE, "1;a=", {{is_blank, EXT_VALUE}, {is_quote, EXT_QUOTED},
                         {is_tchar, EXT_TOKEN}}},
    {EXT_TOKEN, "1;a=b", {{is_tchar, EXT_TOKEN}, {is_cr, SIZE_LF},
                          {is_blank, BLANKS}, {is_semicolon, EXT_FIRST}}},
    {EXT_QUOTED, "1;a=\"", {{is_quote, EXT_END}, {is_backslash, EXT_PAIR},
                            {is_qdtext, EXT_QUOTED}}},
    {EXT_PAIR, "1;a=\"\\", {{is_quotable, EXT_QUOTED}}},
    {EXT_END, "1;a=\"\"", {{is_cr, SIZE_LF}, {is_blank, BLANKS},
                           {is_semicolon, EXT_FIRST}}},
    {SIZE_LF, "1\r", {{is_lf, DATA}}},
    {DATA, "1\r\n", {{is_any, DATA_CR}}},
    {DATA_CR, "1\r\nx", {{is_cr, DATA_LF}}},
    {DATA_LF, "1\r\nx\r", {{is_lf, SIZE_FIRST}}},

    /* last-chunk, trailer-section, CRLF */
    {LAST_LF, "0\r", {{is_lf, TRAILER}}},
    {TRAILER, "0\r\n", {{is_cr, END_LF}, {is_tchar, NAME}}},
    {TRAILER, "0\r\nA:\r\n", {{is_cr, END_LF}, {is_tchar, NAME}}},
    {NAME, "0\r\nA", {{is_tchar, NAME}, {is_colon, VALUE}}},
    {VALUE, "0\r\nA:", {{is_value_octet, VALUE}, {is_cr, VALUE_LF}}},
    {VALUE_LF, "0\r\nA:\r", {{is_lf, TRAILER}}},
    {END_LF, "0\r\n\r", {{is_lf, END}}},
};
/* clang-format on */

static size_t place_of(enum state state) {
  size_t i = 0;
  while (machine[i].state != state)
    i++;
  return i;
}

static enum state goes_to(size_t place, unsigned octet) {
  for (const arc *a = machine[place].arcs; a->takes != NULL; a++)
    if (a->takes(octet))
      return a->to;
  return NOWHERE;
}

/* ---- Runs ---------------------------------------------------------------- */

static char memory[256];

/* A request whose head was accepted, and none of its body has come. */
static upshake begin(void) {
  upshake hs;
  size_t used;
  assert_int_equal(upshake_init(&hs, &config, memory, sizeof memory, NULL),
                   UPSHAKE_OK);
  assert_int_equal(upshake_feed(&hs, HEAD, strlen(HEAD), &used), UPSHAKE_READ);
  return hs;
}

/* All of it, past the content.  Returns how many bytes were taken. */
static size_t feed(upshake *hs, const char *octets, size_t len) {
  size_t at = 0, used;
  upshake_next next;
  char *copy = NULL;
  if (len == 0)
    return 0;
  copy = exact(octets, len);
  do {
    next = upshake_feed(hs, copy + at, len - at, &used);
    at += used;
  } while (next == UPSHAKE_BODY && at < len);
  free(copy);
  return at;
}

/* What a handshake shows after a byte that leads to `to`. */
static int is_at(const upshake *hs, enum state from, enum state to, size_t at,
                 size_t taken) {
  upshake_error error =
      from >= TRAILER ? UPSHAKE_ERR_TRAILER : UPSHAKE_ERR_CHUNK;
  upshake_result result = upshake_get_result(hs);
  if (to != NOWHERE)
    return taken == at + 1 && result.status == (to == END ? 101 : 0);
  return taken == at && result.status == 400 && result.error == error &&
         result.offset == strlen(HEAD) + at && result.may_keep == 0;
}

/* Feeds the last of `len` bytes, or all of them, and compares. */
static void step(upshake *hs, const char *octets, size_t len, int all,
                 enum state from, enum state to) {
  size_t skipped = all ? 0 : len - 1;
  size_t taken = skipped + feed(hs, octets + skipped, len - skipped);
  if (!is_at(hs, from, to, len - 1, taken))
    fail_msg("\"%.*s\" and then byte %02x, %s: status %d, %u taken",
             (int)len - 1, octets, (unsigned char)octets[len - 1],
             all ? "whole" : "alone", upshake_get_result(hs).status,
             (unsigned)taken);
}

static void run_row(size_t row) {
  size_t len = strlen(machine[row].reached_by);
  char octets[16];
  const upshake fresh = begin();
  upshake before = fresh;
  memcpy(octets, machine[row].reached_by, len);
  assert_int_equal(feed(&before, octets, len), len);
  for (unsigned first = 0; first < 256; first++) {
    enum state from = machine[row].state, to = goes_to(row, first);
    upshake after = before, whole = fresh;
    octets[len] = (char)first;
    step(&after, octets, len + 1, 0, from, to);
    step(&whole, octets, len + 1, 1, from, to);
    if (to == NOWHERE || to == END)
      continue;
    for (unsigned second = 0; second < 256; second++) {
      upshake last = after;
      octets[len + 1] = (char)second;
      step(&last, octets, len + 2, 0, to, goes_to(place_of(to), second));
    }
  }
}

static void every_two_bytes_at_every_state(void **state) {
  (void)state;
  for (size_t row = 0; row < CHECK_LEN(machine); row++)
    run_row(row);
}

/* ---- Whole bodies -------------------------------------------------------- */

#define WHOLE SIZE_MAX

static void bodies_that_end_and_bodies_that_break(void **state) {
  static const struct {
    const char *octets;
    size_t broken_at; /* or WHOLE */
  } rows[] = {
      {"5\r\nhello\r\n0\r\n\r\n", WHOLE},
      {"0\r\n\r\n", WHOLE},
      {"05\r\nhello\r\n000\r\n\r\n", WHOLE},
      {"5; a\r\nhello\r\n0\r\n\r\n", WHOLE},
      {"5;a=bc\r\nhello\r\n0\r\n\r\n", WHOLE},
      {"5 \t;\ta \t= \tbc \t;d\r\nhello\r\n0\r\n\r\n", WHOLE},
      {"5;a=\"x\\\"\"\r\nhello\r\n0\r\n\r\n", WHOLE},
      {"5;a=\"x\\\\\";b=\"\"\r\nhello\r\n0;c\r\n\r\n", WHOLE},
      {"1\r\n0\r\n1\r\n\r\r\n0\r\nA: b\r\nC:\r\n\r\n", WHOLE},
      {"5\r\r\n", 2},
      {"5\r\nhelloa", 8},
      {"5\r\nhello\ra", 9},
      {"5;a b\r\n", 4},
      {"5;a \r\n", 4},
      {"5 \r\n", 2},
      {"5;a=b \r\n", 6},
      {"5;\r\n", 2},
      {"5;a=\r\n", 4},
      {"5;a=\"x\\\"\r\n", 8},
      {"5;a=\"x\"y\r\n", 7},
      {"0\r\nA: b\ra", 8},
      {"0\r\n b\r\n", 3},
      {"0\r\nA : b\r\n", 4},
      {"0\r\n\ra", 4},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    size_t len = strlen(rows[i].octets), broken = rows[i].broken_at;
    upshake hs = begin();
    size_t taken = feed(&hs, rows[i].octets, len);
    if (taken != (broken == WHOLE ? len : broken) ||
        upshake_get_result(&hs).status != (broken == WHOLE ? 101 : 400))
      fail_msg("row %u: %u taken, status %d", (unsigned)i, (unsigned)taken,
               upshake_get_result(&hs).status);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_two_bytes_at_every_state),
      cmocka_unit_test(bodies_that_end_and_bodies_that_break),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
