/* SPDX-License-Identifier: MIT
 *
 * Scanning: every twin finds the octet that a plain loop finds, and looks at
 * none behind the end.  Also the table of classes, octet by octet.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#endif

#include <cmocka.h>

#include "check.h"
#include "head/walk.h"
#include "judge/known.h"

#define LEN_MAX 80
#define AT_MAX 40

/* ---- Classes --------------------------------------------------------------
 */

static int is_alnum(unsigned octet) {
  return (octet >= '0' && octet <= '9') ||
         (lower(octet) >= 'a' && lower(octet) <= 'z');
}

/* unreserved and sub-delims, RFC 3986 2.2 and 2.3 */
static int is_reg_name(unsigned octet) {
  return is_alnum(octet) || octet_in(octet, "-._~!$&'()*+,;=");
}

static void classes_are_those_of_the_rfcs(void **state) {
  (void)state;
  for (unsigned octet = 0; octet < 256; octet++) {
    int path = is_reg_name(octet) || octet_in(octet, ":@/%[]|^");
    int query = path || octet_in(octet, "?\\{}`");
    int hex = (octet >= '0' && octet <= '9') ||
              (lower(octet) >= 'a' && lower(octet) <= 'f');
    char c = (char)octet;
    assert_int_equal(in_class(c, CLASS_TOKEN), is_tchar(octet));
    assert_int_equal(in_class(c, CLASS_VALUE), is_value_octet(octet));
    assert_int_equal(in_class(c, CLASS_MEMBER),
                     is_value_octet(octet) && !octet_in(octet, ",\""));
    assert_int_equal(in_class(c, CLASS_PATH), path);
    assert_int_equal(in_class(c, CLASS_QUERY), query);
    assert_int_equal(in_class(c, CLASS_HOST), is_reg_name(octet));
    assert_int_equal(in_class(c, CLASS_HEX), hex);
    assert_int_equal(in_class(c, CLASS_BASE64),
                     is_alnum(octet) || octet_in(octet, "+/"));
  }
}

/* ---- Twins ----------------------------------------------------------------
 */

typedef const char *scan(const char *p, const char *end);

static const struct {
  const char *name;
  scan *function;
} twins[] = {
    {"scan_value", scan_value},
    {"scan_value_bytes", scan_value_bytes},
    {"scan_value_words", scan_value_words},
#ifdef SCAN_HAS_SSE2
    {"scan_value_sse2", scan_value_sse2},
#endif
#ifdef SCAN_HAS_NEON
    {"scan_value_neon", scan_value_neon},
#endif
};

static size_t plain_loop(const char *octets, size_t len, unsigned class_bits) {
  size_t i = 0;
  while (i < len && (upshake__classes[(unsigned char)octets[i]] & class_bits))
    i++;
  return i;
}

static void assert_twins(const char *octets, size_t len) {
  size_t expected = plain_loop(octets, len, CLASS_VALUE);
  for (size_t k = 0; k < CHECK_LEN(twins); k++) {
    const char *stop = twins[k].function(octets, octets + len);
    if (stop != octets + expected)
      fail_msg("%s: %u octets of %u, not %u", twins[k].name,
               (unsigned)(stop - octets), (unsigned)len, (unsigned)expected);
  }
}

/* The octets end where the memory ends, and begin at any alignment. */
static void assert_octet_everywhere(size_t len, char around) {
  for (size_t at = 0; at < len && at <= AT_MAX; at++) {
    size_t shift = (at + len) % 16;
    char *memory = malloc(shift + len), *octets = memory + shift;
    memset(memory, around, shift + len);
    for (unsigned octet = 0; octet < 256; octet++) {
      octets[at] = (char)octet;
      assert_twins(octets, len);
    }
    free(memory);
  }
}

static void every_twin_stops_where_a_plain_loop_does(void **state) {
  (void)state;
  for (size_t len = 0; len <= LEN_MAX; len++)
    assert_octet_everywhere(len, 'a');
}

static void so_among_octets_that_are_nearly_bad(void **state) {
  static const char around[] = {'\t', ' ', '~', '\x80', '\xff', '!'};
  (void)state;
  for (size_t k = 0; k < CHECK_LEN(around); k++)
    for (size_t len = 0; len <= AT_MAX; len += 1 + k)
      assert_octet_everywhere(len, around[k]);
}

static void finds_the_first_of_two(void **state) {
  static const char bad[] = {'\r', '\n', '\0', '\x7f', '\x1f', '\x01'};
  (void)state;
  for (size_t first = 0; first < AT_MAX; first++)
    for (size_t second = first; second < AT_MAX; second++)
      for (size_t k = 0; k < CHECK_LEN(bad) * CHECK_LEN(bad); k++) {
        char octets[AT_MAX + 3];
        memset(octets, 'a', sizeof octets);
        octets[first] = bad[k / CHECK_LEN(bad)];
        octets[second] = bad[k % CHECK_LEN(bad)];
        assert_twins(octets, sizeof octets);
      }
}

static void every_pair_of_octets_side_by_side(void **state) {
  (void)state;
  for (unsigned pair = 0; pair < 65536; pair++) { /* a borrow from below? */
    char octets[19];
    memset(octets, 'a', sizeof octets);
    octets[3] = octets[12] = (char)(pair & 255);
    octets[4] = octets[13] = (char)(pair >> 8);
    assert_twins(octets, 8);
    assert_twins(octets, sizeof octets);
    assert_twins(octets + 8, sizeof octets - 8);
  }
}

static void scans_each_class_to_its_end(void **state) {
  enum { LEN = 9 }; /* more than the strides, and not a multiple */
  (void)state;
  for (unsigned bits = 1; bits < 256; bits++)
    for (unsigned octet = 0; octet < 256; octet++) {
      char *octets = malloc(LEN);
      memset(octets, 'a', LEN); /* 'a' is in every class */
      octets[octet % LEN] = (char)octet;
      assert_ptr_equal(upshake__skip_class(octets, octets + LEN, bits),
                       octets + plain_loop(octets, LEN, bits));
      if ((bits & (bits - 1)) == 0) /* one class */
        assert_int_equal(upshake__all_in((upshake_slice){octets, LEN}, bits),
                         plain_loop(octets, LEN, bits) == LEN);
      free(octets);
    }
}

/* Also where names are scanned by larger blocks. */
static void a_word_of_a_name_is_told_byte_by_byte(void **state) {
  (void)state;
  for (unsigned pair = 0; pair < 65536; pair++) {
    char octets[8] = {'a', 'Z', '-', '0', '9', 'z', 'A', 'm'}, bits[8];
    uint64_t word;
    octets[pair % 7] = (char)(pair & 255);
    octets[pair % 7 + 1] = (char)(pair >> 8);
    word = scan_name_word(octets);
    memcpy(bits, &word, 8);
    for (size_t i = 0; i < 8; i++)
      assert_int_equal(
          (unsigned char)bits[i],
          is_alnum((unsigned char)octets[i]) || octets[i] == '-' ? 0x80 : 0);
  }
}

static void base64_of_any_length_that_is_asked_for(void **state) {
  (void)state;
  for (size_t len = 16; len <= 32; len++)
    for (size_t at = 0; at < len; at++)
      for (unsigned octet = 0; octet < 256; octet++) {
        char *octets = malloc(len);
        memset(octets, '+', len);
        octets[at] = (char)octet;
        assert_int_equal(scan_is_base64(octets, len),
                         plain_loop(octets, len, CLASS_BASE64) == len);
        free(octets);
      }
}

/* ---- Fields that are known ------------------------------------------------
 */

static void assert_known(const char *name, size_t len, size_t which) {
  upshake_slice slice = {name, len};
#ifndef UPSHAKE_SMALL
  char line[64] = {0};
  memcpy(line, name, len);
  slice.ptr = line;
  if (len <= SCAN_NAME_MOST && which != FIELD_OTHER) {
    assert_int_equal(likely_field(slice, line + sizeof line), which);
    assert_int_equal(likely_field(slice, line + 7), which);
  }
#endif
  assert_int_equal(upshake__which_field(slice), which);
}

static void every_known_field_is_found_in_any_case(void **state) {
#define NAME(field, name, judge, owner) name,
  static const char *const names[] = {KNOWN(NAME)};
#undef NAME
  (void)state;
  for (size_t k = 0; k < CHECK_LEN(names); k++) {
    size_t len = strlen(names[k]);
    char name[32];
    memcpy(name, names[k], len);
    assert_known(name, len, k);
    name[0] = (char)(name[0] - ('a' - 'A'));
    assert_known(name, len, k);
    name[len / 2] = '!';
    assert_known(name, len, FIELD_OTHER);
  }
}

static void
a_name_of_any_length_that_is_not_in_the_list_is_another(void **state) {
  (void)state;
  for (size_t len = 1; len <= 32; len++) {
    char *name = malloc(len);
    memset(name, 'x', len);
    assert_known(name, len, FIELD_OTHER);
    free(name);
  }
}

#ifdef UPSHAKE_SMALL /* has no whole lines */
#define walk(octets, len) ((void)0)
#else
/* ---- Lines ----------------------------------------------------------------
 */

static uint32_t random_state;

static uint32_t random_below(uint32_t most) {
  random_state = random_state * 1664525u + 1013904223u;
  return (random_state >> 16) % most;
}

static size_t put_run(char *octets, size_t room, const char *alphabet,
                      size_t len) {
  size_t put = 0;
  for (; put < len && put < room; put++)
    octets[put] = alphabet[random_below((uint32_t)strlen(alphabet))];
  return put;
}

/* Field lines, most of them plain, and as long as windows are or not; then an
 * octet here and there that breaks one, or nearly. */
static void fill_with_lines(char *octets, size_t len) {
  static const char odd[] = "aZ-09:/@[`{_!~ \t\r\n\x1f\x7f\x80\xff";
  size_t at = 0;
  while (at < len) {
    at += put_run(octets + at, len - at, "aZ-09", 1 + random_below(30));
    at += put_run(octets + at, len - at, ":", 1);
    at += put_run(octets + at, len - at, " ", random_below(2));
    at += put_run(octets + at, len - at, "aZ-09:/ ",
                  random_below(random_below(4) ? 12 : 150));
    at += put_run(octets + at, len - at, "\r", 1);
    at += put_run(octets + at, len - at, "\n", 1);
  }
  for (uint32_t odds = len > 0 ? random_below(4) : 0; odds > 0; odds--)
    octets[random_below((uint32_t)len)] = odd[random_below(sizeof odd - 1)];
}

/* What plain loops find.  Returns 0 if the line is broken or not complete, 1 if
 * it has octets that are rare or a long name, 2 if it is plain. */
static int loop_over_line(field_line *line, const char *end) {
  const char *p = line->name;
  int is_plain;
  line->colon = p + plain_loop(p, (size_t)(end - p), CLASS_TOKEN);
  if (line->colon == end || line->colon == p || *line->colon != ':')
    return 0;
  line->cr = line->colon +
             plain_loop(line->colon, (size_t)(end - line->colon), CLASS_VALUE);
  if (end - line->cr < 2 || line->cr[0] != '\r' || line->cr[1] != '\n')
    return 0;
  is_plain = line->colon - p <= 32;
  for (; p < line->colon; p++)
    is_plain &= is_alnum((unsigned char)*p) || *p == '-';
  for (p = line->colon; p < line->cr; p++)
    is_plain &= *p >= ' ' && *p <= '~';
  return 1 + is_plain;
}

#define BLOCK 64 /* fewer octets are left to the parser */

static void assert_line(const field_line *line, const char *end) {
  field_line expected = {line->name, NULL, NULL};
  assert_true(loop_over_line(&expected, end) > 0);
  assert_ptr_equal(line->colon, expected.colon);
  assert_ptr_equal(line->cr, expected.cr);
}

static void assert_no_line(const char *octets, const char *at,
                           const char *end) {
  field_line expected = {at, NULL, NULL};
  assert_true(loop_over_line(&expected, end) < 2 || end - octets < BLOCK);
}

/* Line after line: a plain one is found, a broken one never is. */
static unsigned walk(const char *octets, size_t len) {
  static const upshake_limits no_limit = {.fields = UINT16_MAX};
  upshake_parser parser = {.pos = 0};
  unsigned found = 0;
  while (parser.pos < len) {
    line_ends ends;
    head_walk lines =
        head_begin_lines(&parser, &no_limit, octets, (uint32_t)len, &ends);
    field_line line;
    for (; head_next_line(&lines, &ends, &line); found++)
      assert_line(&line, octets + len);
    if (lines.at < octets + len)
      assert_no_line(octets, lines.at, octets + len);
    parser.pos = (uint32_t)(lines.at - octets) + 1;
  }
  return found;
}

static void plain_lines_are_found_and_broken_ones_are_not(void **state) {
  unsigned found = 0;
  (void)state;
  random_state = 1;
  for (unsigned i = 0; i < 20000; i++) {
    size_t len = random_below(i % 2 ? 900 : 70);
    char *octets = malloc(len + 1);
    fill_with_lines(octets + 1, len); /* one octet off, and up to the end */
    found += walk(octets + 1, len);
    free(octets);
  }
  assert_true(found > 50000);
}
#endif

/* The memory behind the end cannot be read, so a byte too far is seen without a
 * sanitizer too. */
static void no_byte_behind_the_end_is_looked_at(void **state) {
#if defined(__unix__) || defined(__APPLE__)
  enum { HALF = 1 << 16 }; /* a multiple of all sizes of pages */
  static const char lines[] = "Content-Type: text/plain; charset=utf-8\r\n"
                              "A-name-of-more-than-16-octets:\r\n"
                              "A: b\r\nC:\r\n\r\n";
  char *memory = mmap(NULL, 2 * HALF, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert_true(memory != MAP_FAILED);
  assert_int_equal(mprotect(memory + HALF, HALF, PROT_NONE), 0);
  for (size_t len = 0; len < sizeof lines; len++) {
    char *octets = memory + HALF - len;
    memcpy(octets, lines, len);
    assert_twins(octets, len);
    walk(octets, len);
  }
  munmap(memory, 2 * HALF);
#endif
  (void)state;
}

int main(void) {
  const struct CMUnitTest tests[] = {
#ifndef UPSHAKE_SMALL
      cmocka_unit_test(plain_lines_are_found_and_broken_ones_are_not),
#endif
      cmocka_unit_test(no_byte_behind_the_end_is_looked_at),
      cmocka_unit_test(classes_are_those_of_the_rfcs),
      cmocka_unit_test(every_twin_stops_where_a_plain_loop_does),
      cmocka_unit_test(so_among_octets_that_are_nearly_bad),
      cmocka_unit_test(finds_the_first_of_two),
      cmocka_unit_test(every_pair_of_octets_side_by_side),
      cmocka_unit_test(scans_each_class_to_its_end),
      cmocka_unit_test(a_word_of_a_name_is_told_byte_by_byte),
      cmocka_unit_test(base64_of_any_length_that_is_asked_for),
      cmocka_unit_test(every_known_field_is_found_in_any_case),
      cmocka_unit_test(a_name_of_any_length_that_is_not_in_the_list_is_another),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
