/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: what form an input has: see forms.h.
 */
#include "forms.h"

#include <string.h>

#include "lines.h"

/* If so many bytes do not show the form, more of them do not either; and a
 * first line of this length is no line of a tool. */
enum { LOOKED_AT = 65536, LINE_MAX_LEN = 8192 };

/* ---- By the first bytes -------------------------------------------------- */

typedef struct magic {
  const char *bytes;
  size_t len;
  const char *form;
} magic;

static const magic magics[] = {
    {"\x1f\x8b", 2, "gzip"},         {"PK\3\4", 4, "zip"},
    {"\xa1\xb2\xc3\xd4", 4, "pcap"}, {"\xd4\xc3\xb2\xa1", 4, "pcap"},
    {"\xa1\xb2\x3c\x4d", 4, "pcap"}, {"\x4d\x3c\xb2\xa1", 4, "pcap"},
    {"\n\r\r\n", 4, "pcap"},         {"\r\n\r\n\0\r\nQUIT\n", 12, "proxy-v2"},
};

/* Sets *open if more bytes can make it one of these. */
static const input_form *find_magic(upshake_slice text, int *open) {
  for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
    const magic *at = &magics[i];
    size_t len = text.len < at->len ? text.len : at->len;
    if (memcmp(text.ptr, at->bytes, len) != 0)
      continue;
    if (len == at->len)
      return find_form(at->form);
    *open = 1;
  }
  /* A server of HTTP/2 begins with SETTINGS, type 4, on stream 0. */
  if (text.len >= 9 && text.ptr[0] == 0 && text.ptr[3] == 4 &&
      memcmp(text.ptr + 5, "\0\0\0\0", 4) == 0)
    return find_form("http2");
  return NULL;
}

static int is_wrapped(upshake_slice text) {
  note plain = {NULL, 0, 0}, repairs = {NULL, 0, 0};
  upshake_slice first = {text.ptr, text.len < 4 ? text.len : 4};
  int wrapped = unwrap(first, &plain, &repairs);
  note_free(&plain);
  note_free(&repairs);
  return wrapped;
}

static const input_form *recognise_wrapped(upshake_slice text) {
  note plain = {NULL, 0, 0}, repairs = {NULL, 0, 0};
  unwrap(text, &plain, &repairs);
  const input_form *found = recognise(note_slice(&plain), 1);
  note_free(&plain);
  note_free(&repairs);
  return found == &raw_form ? find_form("text") : found;
}

/* ---- By a line ----------------------------------------------------------- */

static size_t count_digits(upshake_slice text, const char *digits) {
  size_t len = 0;
  while (len < text.len && text.ptr[len] != '\0' &&
         strchr(digits, text.ptr[len]) != NULL)
    len++;
  return len;
}

static const char hex[] = "0123456789abcdefABCDEF";

/* xxd -p: nothing but digits. */
static int is_plain_hex(upshake_slice line) {
  return line.len >= 16 && line.len % 2 == 0 &&
         count_digits(line, hex) == line.len;
}

/* An offset, and bytes behind it: as hexadecimal or octal digits, or as letters
 * with blanks between them (od -c).  Wireshark has offsets of 4 digits. */
static int is_hexdump(upshake_slice line) {
  size_t offset = count_digits(line, hex);
  if (offset < 4 || offset > 16 || offset == line.len)
    return is_plain_hex(line);
  upshake_slice rest = slice_from(line, offset);
  if (*rest.ptr == ':')
    rest = slice_from(rest, 1);
  size_t blanks = count_digits(rest, " \t");
  rest = slice_from(rest, blanks);
  size_t digits = count_digits(rest, hex);
  if (offset < 6 && (digits != 2 || blanks < 2))
    return 0;
  if (blanks >= 3 && offset == 7)
    return 1;
  return blanks > 0 && digits >= 2 && digits <= 8 &&
         (digits == rest.len || rest.ptr[digits] == ' ');
}

/* An access log quotes the request line; HAProxy's has it at the end. */
static int is_log(upshake_slice line) {
  const char *quote = line.len > 0 ? memchr(line.ptr, '"', line.len) : NULL;
  if (slice_find(line, "haproxy[") >= 0)
    return 1;
  if (quote == NULL)
    return 0;
  upshake_slice rest = slice_from(line, (size_t)(quote + 1 - line.ptr));
  long end = slice_find(rest, "\"");
  return is_request_line(rest) && end > 0 &&
         (quote != line.ptr || (size_t)end + 1 < rest.len) &&
         slice_find(rest, "\\r\\n") < 0;
}

static int is_tcpdump(upshake_slice line) {
  upshake_slice text = slice_trim(line);
  if (slice_begins(line, "tcpdump: ") || slice_begins(line, "reading from ") ||
      slice_begins(text, "0x0000:"))
    return 1;
  if (slice_find(line, " IP (tos ") > 0 || slice_find(line, ": Flags [") > 0)
    return 1;
  return (slice_find(line, "IP ") >= 0 || slice_find(line, "IP6 ") >= 0) &&
         slice_find(line, " > ") > 0;
}

static int is_curl_v_line(upshake_slice line) {
  line = slice_trim(line);
  return (slice_begins(line, "> ") && is_request_line(slice_from(line, 2))) ||
         (slice_begins(line, "< ") && is_status_line(slice_from(line, 2)));
}

static int is_command(upshake_slice line) {
  static const char *const begins[] = {"curl ",   "curl\t",  "curl.exe ",
                                       "$ curl ", "% curl ", "# curl ",
                                       "> curl "};
  for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
    if (slice_begins(line, begins[i]))
      return 1;
  return 0;
}

static int is_pseudo_field(upshake_slice line) {
  return slice_begins(line, ":method") || slice_begins(line, ":path") ||
         slice_begins(line, ":authority") || slice_begins(line, ":scheme") ||
         slice_begins(line, ":status");
}

static int is_devtools(upshake_slice line) {
  return slice_begins(line, "Request URL") ||
         slice_begins(line, "Request Headers") ||
         slice_begins(line, "Response Headers") ||
         slice_equals(line, "General");
}

/* A form that a whole line is enough to know, or NULL. */
static const char *form_of_line(upshake_slice line) {
  if (is_tcpdump(line))
    return "tcpdump";
  if (slice_begins(line, "==========") || slice_begins(line, "Follow: "))
    return "follow";
  if (is_curl_v_line(line))
    return "curl-v";
  if (is_pseudo_field(line))
    return "http2";
  if (is_devtools(line))
    return "devtools";
  if (is_log(line))
    return "log";
  if (is_hexdump(line))
    return "hexdump";
  if (slice_begins(line, "<!") || slice_begins(line, "<html"))
    return "html";
  return NULL;
}

/* ---- By all lines -------------------------------------------------------- */

/* 1 if the first line is the request line of exact bytes: CR LF at its end, and
 * no more than the empty lines before it that a server skips. */
static int is_exact(upshake_slice text) {
  text_line line;
  for (int empty = 0; next_line(&text, &line) && line.end == 'r'; empty++)
    if (line.text.len > 0)
      return empty <= 8 && is_request_line(line.text) &&
             slice_find(line.text, "\\r\\n") < 0;
  return 0;
}

static upshake_slice skip_blanks(upshake_slice text) {
  while (text.len > 0 && strchr(" \t\r\n", *text.ptr) != NULL &&
         *text.ptr != '\0')
    text = slice_from(text, 1);
  return text;
}

/* An object, or an array of objects: a log may begin with "[" too. */
static int is_json(upshake_slice text) {
  upshake_slice rest = skip_blanks(slice_from(text, 1));
  return *text.ptr == '{' ||
         (*text.ptr == '[' && rest.len > 0 && *rest.ptr == '{');
}

static const input_form *recognise_json(upshake_slice text, int ended) {
  upshake_slice first = {text.ptr, text.len < 4096 ? text.len : 4096};
  if (slice_find(first, "\"log\"") >= 0)
    return find_form("har");
  if (slice_find(first, "\"Request Headers") >= 0 ||
      slice_find(first, "\"Response Headers") >= 0)
    return find_form("devtools");
  return ended || text.len > sizeof(char) * 4096 ? find_form("json") : NULL;
}

/* A terminal's text may have other lines before those that count. */
static const input_form *recognise_lines(upshake_slice text) {
  upshake_slice rest = text;
  text_line line;
  int fields = 0, begins = 0, commands = 0, first = 1;
  while (next_line(&rest, &line)) {
    upshake_slice shown = slice_trim(line.text);
    const char *name = form_of_line(shown);
    if (shown.len == 0)
      continue;
    if (name != NULL && (first || strcmp(name, "log") != 0) && begins == 0)
      return find_form(name);
    commands += first && is_command(shown);
    begins += is_request_line(shown) || is_status_line(shown);
    begins += slice_find(shown, " HTTP/1.1\\r\\n") > 0;
    fields += first && is_field_line(shown);
    first = 0;
  }
  if (commands > 0)
    return find_form("curl");
  if (begins > 0)
    return find_form("text");
  return fields > 0 ? find_form("devtools") : &raw_form;
}

static int is_text(char byte) {
  return (byte >= 0x20 && byte < 0x7f) || byte == '\r' || byte == '\n' ||
         byte == '\t';
}

/* The first line is not empty, and whole. */
static const input_form *recognise_text(upshake_slice text, upshake_slice shown,
                                        int ended) {
  text_line line;
  upshake_slice rest = shown;
  next_line(&rest, &line);
  if (is_exact(text))
    return &raw_form;
  if (slice_begins(line.text, "* ") || slice_begins(line.text, "*   "))
    return find_form("curl-v");
  const char *name = form_of_line(line.text);
  if (name != NULL)
    return find_form(name);
  if (is_request_line(line.text) && !is_command(line.text))
    return find_form("text");
  int wire = line.end == 'r' && !is_field_line(line.text) &&
             !is_status_line(line.text) && !is_command(line.text) &&
             slice_find(line.text, "\\r\\n") < 0;
  if (ended || text.len >= LOOKED_AT)
    return recognise_lines(text);
  return wire ? &raw_form : NULL;
}

const input_form *recognise(upshake_slice text, int ended) {
  int open = 0;
  if (text.len == 0)
    return ended ? &raw_form : NULL;
  const input_form *found = find_magic(text, &open);
  if (found != NULL)
    return found;
  if (is_wrapped(text))
    return ended ? recognise_wrapped(text) : NULL;
  if (open && !ended)
    return NULL;
  upshake_slice shown = skip_blanks(text);
  if (shown.len == 0)
    return ended || text.len >= LOOKED_AT ? &raw_form : NULL;
  if (!is_text(*shown.ptr))
    return &raw_form;
  if (is_json(shown))
    return recognise_json(shown, ended);
  int whole = ended || memchr(shown.ptr, '\n', shown.len) != NULL;
  if (whole)
    return recognise_text(text, shown, ended);
  if (shown.len < LINE_MAX_LEN)
    return NULL;
  return is_command(shown) ? find_form("curl") : &raw_form;
}
