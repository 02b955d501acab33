/* SPDX-License-Identifier: MIT
 *
 * Making cases: edits of a request or a response, byte by byte, line by line,
 * and with parts of others.
 */
#include "make.h"

/* ---- Bytes --------------------------------------------------------------- */

/* Puts `len` bytes in the place of those from `at` to `end`. */
static void put(maker *m, size_t at, size_t end, const char *ptr, size_t len) {
  if (m->stream_len - (end - at) + len > MAKE_STREAM)
    return;
  memmove(m->stream + at + len, m->stream + end, m->stream_len - end);
  memmove(m->stream + at, ptr, len);
  m->stream_len += len - (end - at);
}

static size_t any_place(maker *m) { return make_below(m, m->stream_len + 1); }

static size_t any_byte(maker *m) { return make_below(m, m->stream_len); }

static void replace_byte(maker *m) {
  char byte = make_byte(m);
  size_t at = any_byte(m);
  if (m->stream_len > 0)
    put(m, at, at + 1, &byte, 1);
}

static void insert_byte(maker *m) {
  char byte = make_byte(m);
  size_t at = any_place(m);
  put(m, at, at, &byte, 1);
}

static void drop_byte(maker *m) {
  size_t at = any_byte(m);
  if (m->stream_len > 0)
    put(m, at, at + 1, "", 0);
}

static void flip_bit(maker *m) {
  if (m->stream_len > 0)
    m->stream[any_byte(m)] ^= (char)(1 << make_below(m, 8));
}

/* The other case of a letter. */
static void flip_case(maker *m) {
  for (size_t tries = 0; tries < 8 && m->stream_len > 0; tries++) {
    char *byte = &m->stream[any_byte(m)];
    if ((*byte | 0x20) >= 'a' && (*byte | 0x20) <= 'z') {
      *byte ^= 0x20;
      return;
    }
  }
}

static void drop_part(maker *m) {
  size_t at = any_place(m), len = make_below(m, 40);
  put(m, at, at + len < m->stream_len ? at + len : m->stream_len, "", 0);
}

static void repeat_part(maker *m) {
  size_t at = any_place(m), left = m->stream_len - at;
  size_t len = make_below(m, left < 60 ? left + 1 : 60);
  char part[64];
  memcpy(part, m->stream + at, len);
  put(m, at, at, part, len);
}

static void insert_word(maker *m) {
  const char *word = make_word(m);
  size_t at = any_place(m);
  put(m, at, at, word, strlen(word));
}

static int is_word(char byte) {
  return (byte >= '0' && byte <= '9') || byte == '-' ||
         ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

static void replace_word(maker *m) {
  const char *word = make_word(m);
  size_t at = any_place(m), end = at;
  while (at > 0 && is_word(m->stream[at - 1]))
    at--;
  while (end < m->stream_len && is_word(m->stream[end]))
    end++;
  put(m, at, end, word, strlen(word));
}

static int is_digit(char byte) { return byte >= '0' && byte <= '9'; }

static void replace_number(maker *m) {
  static const char *const numbers[] = {"0",
                                        "1",
                                        "7",
                                        "8",
                                        "9",
                                        "10",
                                        "12",
                                        "14",
                                        "15",
                                        "16",
                                        "00",
                                        "013",
                                        "100",
                                        "101",
                                        "200",
                                        "204",
                                        "255",
                                        "256",
                                        "304",
                                        "65535",
                                        "4294967295",
                                        "4294967296",
                                        "9223372036854775807",
                                        "9223372036854775808",
                                        "18446744073709551615",
                                        "18446744073709551616",
                                        "f",
                                        "FFFFFFFF",
                                        "a"};
  size_t at = any_place(m), end;
  while (at < m->stream_len && !is_digit(m->stream[at]))
    at++;
  for (end = at; end < m->stream_len && is_digit(m->stream[end]);)
    end++;
  const char *number = numbers[make_below(m, sizeof numbers / sizeof *numbers)];
  put(m, at, end, number, strlen(number));
}

/* ---- Lines --------------------------------------------------------------- */

static size_t line_begin(const maker *m, size_t at) {
  while (at > 0 && m->stream[at - 1] != '\n')
    at--;
  return at;
}

/* Behind the line end. */
static size_t line_end(const maker *m, size_t at) {
  const char *lf = memchr(m->stream + at, '\n', m->stream_len - at);
  return lf == NULL ? m->stream_len : (size_t)(lf - m->stream) + 1;
}

/* A line that is not the first one: 1, and where it is. */
static int any_field(maker *m, size_t *at, size_t *end) {
  size_t first = line_end(m, 0);
  if (first == m->stream_len)
    return 0;
  *at = line_begin(m, first + make_below(m, m->stream_len - first));
  *end = line_end(m, *at);
  return 1;
}

static void drop_line(maker *m) {
  size_t at, end;
  if (any_field(m, &at, &end))
    put(m, at, end, "", 0);
}

static void repeat_line(maker *m) {
  size_t at, end, to, to_end;
  char line[512];
  if (!any_field(m, &at, &end) || end - at > sizeof line ||
      !any_field(m, &to, &to_end))
    return;
  memcpy(line, m->stream + at, end - at);
  put(m, to, to, line, end - at);
}

static void move_line(maker *m) {
  size_t at, end, to, to_end;
  char line[512];
  if (!any_field(m, &at, &end) || end - at > sizeof line || end - at <= 2)
    return;
  size_t len = end - at;
  memcpy(line, m->stream + at, len);
  put(m, at, end, "", 0);
  if (!any_field(m, &to, &to_end))
    to = m->stream_len;
  put(m, to, to, line, len);
}

static compare_bytes other_line(maker *m) {
  static const compare_bytes none = {"X: y\r\n", 6};
  size_t len = m->lines_len[m->it->kind];
  return len == 0 ? none : m->lines[m->it->kind][make_below(m, len)];
}

static void insert_line(maker *m) {
  size_t at, end;
  compare_bytes line = other_line(m);
  if (any_field(m, &at, &end))
    put(m, at, at, line.ptr, line.len);
}

/* A line of the same name, of any case of the corpus. */
static void replace_line(maker *m) {
  size_t at, end, name = 0;
  if (!any_field(m, &at, &end))
    return;
  while (at + name < end && m->stream[at + name] != ':')
    name++;
  for (size_t tries = 0; tries < 400; tries++) {
    compare_bytes line = other_line(m);
    size_t same = 0;
    while (same < name && same < line.len &&
           ((line.ptr[same] ^ m->stream[at + same]) & ~0x20) == 0)
      same++;
    if (same == name && name < line.len && line.ptr[name] == ':') {
      put(m, at, end, line.ptr, line.len);
      return;
    }
  }
}

/* One more member, before or behind the others. */
static void add_member(maker *m) {
  size_t at, end;
  char member[64] = ", ";
  if (!any_field(m, &at, &end))
    return;
  if (make_once_in(m, 2)) {
    strcpy(member + 2, make_word(m));
    end -= end - at >= 2 ? 2 : 0;
    put(m, end, end, member, strlen(member));
  } else {
    strcpy(member, make_word(m));
    strcat(member, ", ");
    while (at < end && m->stream[at] != ':')
      at++;
    at += at < end;
    put(m, at, at, member, strlen(member));
  }
}

static void add_blank(maker *m) {
  static const char *const blanks[] = {" ", "\t", "  ", " \t "};
  size_t at, end;
  const char *blank = blanks[make_below(m, 4)];
  if (!any_field(m, &at, &end))
    return;
  if (make_once_in(m, 2)) {
    at = end >= at + 2 ? end - 2 : end;
  } else {
    while (at < end && m->stream[at] != ':')
      at++;
    at += at < end;
  }
  put(m, at, at, blank, strlen(blank));
}

/* A line that no rule is about. */
static void add_stranger(maker *m) {
  static const char *const names[] = {
      "X-A", "Cookie",        "User-Agent",    "Accept",
      "a",   "Cache-Control", "Sec-Fetch-Mode"};
  size_t at, end, len;
  char line[160];
  if (!any_field(m, &at, &end))
    return;
  strcpy(line, names[make_below(m, sizeof names / sizeof *names)]);
  strcat(line, ": ");
  len = strlen(line);
  for (size_t n = make_below(m, 100); n > 0; n--)
    line[len++] = (char)(' ' + make_below(m, 95));
  memcpy(line + len, "\r\n", 2);
  put(m, at, at, line, len + 2);
}

/* Letters in the target, which is behind the first blank. */
static void edit_target(maker *m) {
  static const char known[] = "/?&=%.-_~:@!$'()*+,;[]|^{}`\\#\"<>ab01";
  size_t at = 0, end = line_end(m, 0);
  while (at < end && m->stream[at] != ' ')
    at++;
  at += at < end;
  while (end > at && m->stream[end - 1] != ' ')
    end--;
  at += make_below(m, end > at ? end - at : 1);
  char byte = known[make_below(m, sizeof known - 1)];
  if (at <= m->stream_len)
    put(m, at, at, &byte, 1);
}

/* ---- Parts of others ----------------------------------------------------- */

/* The lines up to here, then the lines of another case. */
static void splice(maker *m) {
  compare_bytes other = make_other(m)->stream;
  size_t at = line_begin(m, any_place(m)), from = make_below(m, other.len + 1);
  while (from > 0 && other.ptr[from - 1] != '\n')
    from--;
  if (other.ptr != NULL)
    put(m, at, m->stream_len, other.ptr + from, other.len - from);
}

static void insert_part(maker *m) {
  compare_bytes other = make_other(m)->stream;
  size_t at = any_place(m), from = make_below(m, other.len + 1);
  size_t len = make_below(m, 80);
  if (other.ptr != NULL)
    put(m, at, at, other.ptr + from,
        len < other.len - from ? len : other.len - from);
}

static void append(maker *m) {
  compare_bytes other = make_other(m)->stream;
  if (other.ptr != NULL && other.len < 4096)
    put(m, m->stream_len, m->stream_len, other.ptr, other.len);
}

static void cut_off(maker *m) { m->stream_len = any_place(m); }

/* The status of a response, or the version of a request. */
static void edit_first_line(maker *m) {
  char digit = (char)('0' + make_below(m, 10));
  for (size_t tries = 0, end = line_end(m, 0); tries < 20; tries++) {
    size_t at = make_below(m, end);
    if (at < m->stream_len && is_digit(m->stream[at])) {
      put(m, at, at + 1, &digit, 1);
      return;
    }
  }
}

void make_edit_stream(maker *m) {
  static const make_edit edits[] = {
      {6, replace_byte},   {5, insert_byte}, {5, drop_byte},
      {4, flip_bit},       {10, flip_case},  {2, drop_part},
      {2, repeat_part},    {4, insert_word}, {6, replace_word},
      {6, replace_number}, {4, drop_line},   {5, repeat_line},
      {8, move_line},      {6, insert_line}, {10, replace_line},
      {8, add_member},     {8, add_blank},   {10, add_stranger},
      {8, edit_target},    {3, splice},      {3, insert_part},
      {4, append},         {1, cut_off},     {2, edit_first_line}};
  MAKE_ANY(m, edits);
}
