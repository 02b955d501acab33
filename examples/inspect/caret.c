/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: what is at a mark, and what is needed: see caret.h.
 */
#include "caret.h"

#include <string.h>

#include "../common/base64.h"

/* What an error wants at its mark.  of_byte: the byte itself is wrong, and is
 * named; else a value that begins there. */
typedef struct error_need {
  upshake_error error;
  int of_byte;
  const char *needed;
} error_need;

static const error_need needs[] = {
    {UPSHAKE_ERR_LINE_END, 1, "CR LF is needed"},
    {UPSHAKE_ERR_METHOD_BYTE, 1, "a method is needed, such as GET"},
    {UPSHAKE_ERR_TARGET_BYTE, 1, "it has to be percent-encoded"},
    {UPSHAKE_ERR_HTTP_VERSION_BYTE, 1, "HTTP/1.1 is needed"},
    {UPSHAKE_ERR_FIELD_FOLDED, 1, "a name is needed"},
    {UPSHAKE_ERR_FIELD_BLANK, 1, "\":\" is needed"},
    {UPSHAKE_ERR_FIELD_NAME, 1, "a letter of a name is needed, or \":\""},
    {UPSHAKE_ERR_FIELD_VALUE, 1, "a byte that can be printed is needed"},
    {UPSHAKE_ERR_CHUNK, 1, "a length in hexadecimal digits, or CR LF"},
    {UPSHAKE_ERR_TRAILER, 1, "a field, or the empty line, is needed"},
    {UPSHAKE_ERR_STATUS_LINE, 1, "HTTP/1.1 101 is needed"},
    {UPSHAKE_ERR_TLS, 0, "TLS; plain HTTP is needed"},
    {UPSHAKE_ERR_EMPTY_LINES, 0, "the request line is needed"},
    {UPSHAKE_ERR_METHOD_LONG, 0, "the limit"},
    {UPSHAKE_ERR_TARGET_LONG, 0, "the limit"},
    {UPSHAKE_ERR_HEAD_LONG, 0, "the limit"},
    {UPSHAKE_ERR_FIELD_NAME_LONG, 0, "the limit"},
    {UPSHAKE_ERR_FIELDS_MANY, 0, "the limit"},
    {UPSHAKE_ERR_TARGET_FORM, 0, "\"/\" is needed"},
    {UPSHAKE_ERR_TARGET_SCHEME, 0, "ws, wss, http or https is needed"},
    {UPSHAKE_ERR_TARGET_AUTHORITY, 0, "host or host:port is needed"},
    {UPSHAKE_ERR_HTTP_VERSION, 0, "HTTP/1.1 is needed"},
    {UPSHAKE_ERR_HTTP2_PREFACE, 0, "HTTP/2; HTTP/1.1 is needed"},
    {UPSHAKE_ERR_HOST_REPEATED, 0, "a second one; one is needed"},
    {UPSHAKE_ERR_HOST_MALFORMED, 0, "host or host:port is needed"},
    {UPSHAKE_ERR_HOST_EMPTY, 0, "a host is needed"},
    {UPSHAKE_ERR_LENGTH_AND_CODING, 0, "only one of the two is needed"},
    {UPSHAKE_ERR_LENGTH_REPEATED, 0, "a second one; one is needed"},
    {UPSHAKE_ERR_LENGTH_MALFORMED, 0, "decimal digits are needed"},
    {UPSHAKE_ERR_CODING_MALFORMED, 0, "chunked is needed, once"},
    {UPSHAKE_ERR_CODING_NOT_CHUNKED, 0, "chunked is needed as the last one"},
    {UPSHAKE_ERR_CODING_UNKNOWN, 0, "only chunked is known"},
    {UPSHAKE_ERR_CODING_IN_1_0, 0, "HTTP/1.0 has Content-Length only"},
    {UPSHAKE_ERR_CONNECTION_MALFORMED, 0, "a list of names is needed"},
    {UPSHAKE_ERR_BODY, 0, "no body is needed"},
    {UPSHAKE_ERR_METHOD, 0, "GET is needed"},
    {UPSHAKE_ERR_METHOD_NOT_GET, 0, "GET is needed"},
    {UPSHAKE_ERR_EXPECTATION, 0, "100-continue is needed"},
    {UPSHAKE_ERR_VERSION_REPEATED, 0, "a second one; one is needed"},
    {UPSHAKE_ERR_VERSION_MALFORMED, 0, "13 is needed"},
    {UPSHAKE_ERR_VERSION_UNSUPPORTED, 0, "13 is needed"},
    {UPSHAKE_ERR_KEY_REPEATED, 0, "a second one; one is needed"},
    {UPSHAKE_ERR_SUBPROTOCOL_MALFORMED, 0, "names with commas are needed"},
    {UPSHAKE_ERR_EXTENSION_MALFORMED, 0, "name; parameter=value is needed"},
    {UPSHAKE_ERR_ORIGIN_REPEATED, 0, "a second one; one is needed"},
    {UPSHAKE_ERR_ORIGIN_MALFORMED, 0, "scheme://host[:port] is needed"},
    {UPSHAKE_ERR_ORIGIN_REFUSED, 0, "not an Origin that may come"},
    {UPSHAKE_ERR_SWITCH_HTTP_1_0, 0, "HTTP/1.1 is needed"},
    {UPSHAKE_ERR_UPGRADE_REPEATED, 0, "one protocol is needed"},
    {UPSHAKE_ERR_UPGRADE_NOT_ASKED, 0, "not asked for"},
    {UPSHAKE_ERR_ACCEPT_REPEATED, 0, "a second one; one is needed"},
    {UPSHAKE_ERR_SUBPROTOCOL_REPEATED, 0, "a second one; one is needed"},
    {UPSHAKE_ERR_SUBPROTOCOL_NOT_ASKED, 0, "not asked for"},
    {UPSHAKE_ERR_EXTENSION_REPEATED, 0, "once is enough"},
    {UPSHAKE_ERR_EXTENSION_NOT_ASKED, 0, "not asked for"},
    {UPSHAKE_ERR_EXTENSION_PARAMETER, 0, "answers no offer"},
    {UPSHAKE_ERR_INTERIM_MANY, 0, "the final response is needed"},
};

/* ---- Characters that cannot be seen -------------------------------------- */

typedef struct unseen {
  const char *bytes, *name;
} unseen;

static const unseen all_unseen[] = {
    {"\xC2\xA0", "a no-break space (C2 A0)"},
    {"\xE2\x80\x8B", "a zero-width space (E2 80 8B)"},
    {"\xE2\x80\xAF", "a narrow no-break space (E2 80 AF)"},
    {"\xEF\xBB\xBF", "a byte order mark (BOM, EF BB BF)"},
    {"\xC2\xAD", "a soft hyphen (C2 AD)"},
    {"\xE2\x80\x9C", "a typographic quotation mark (E2 80 9C)"},
    {"\xE2\x80\x9D", "a typographic quotation mark (E2 80 9D)"},
    {"\xE2\x80\x98", "a typographic apostrophe (E2 80 98)"},
    {"\xE2\x80\x99", "a typographic apostrophe (E2 80 99)"},
    {"\xE2\x80\x93", "a dash that is no hyphen (E2 80 93)"},
    {"\xE2\x80\x94", "a dash that is no hyphen (E2 80 94)"},
    {"\033", "an escape (1B)"},
};

static const char *name_unseen(upshake_slice text) {
  for (size_t i = 0; i < sizeof all_unseen / sizeof *all_unseen; i++) {
    size_t len = strlen(all_unseen[i].bytes);
    if (text.len >= len && memcmp(text.ptr, all_unseen[i].bytes, len) == 0)
      return all_unseen[i].name;
  }
  return NULL;
}

int say_unseen(note *out, upshake_slice text) {
  for (; text.len > 0; text.ptr++, text.len--) {
    const char *name = name_unseen(text);
    if (name == NULL)
      continue;
    note_add(out, "%s", name);
    return 1;
  }
  return 0;
}

/* ---- What is there ------------------------------------------------------- */

static upshake_slice text_from(const line_mark *mark) {
  upshake_slice line = line_of(mark);
  size_t end = mark->offset;
  while (end < input_end(mark->in) && *input_at(mark->in, end) != '\r' &&
         *input_at(mark->in, end) != '\n')
    end++;
  line.ptr = input_at(mark->in, mark->offset);
  line.len = end - mark->offset;
  return line;
}

static void say_byte(note *out, const line_mark *mark) {
  static const unseen plain[] = {
      {" ", "a blank"}, {"\t", "a tab"}, {"\r", "CR"}, {"\n", "LF"}};
  if (mark->offset == input_end(mark->in)) {
    note_add(out, "the end");
    return;
  }
  upshake_slice text = text_from(mark);
  char byte = *input_at(mark->in, mark->offset);
  const char *name = name_unseen(text);
  for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
    if (byte == *plain[i].bytes)
      name = plain[i].name;
  if (name != NULL)
    note_add(out, "%s", name);
  else if (byte > 0x20 && byte < 0x7f)
    note_add(out, "\"%c\"", byte);
  else
    note_add(out, "byte %02X", (unsigned char)byte);
}

/* A key is 24 bytes, the base64 of 16. */
static void say_key(note *out, const line_mark *mark) {
  unsigned char decoded[96];
  upshake_slice key = text_from(mark);
  while (key.len > 0 && (key.ptr[key.len - 1] == ' '))
    key.len--;
  long len = decode_base64(key, decoded, sizeof decoded);
  if (len >= 0)
    note_add(out, "%ld byte%s, 16 are needed", len, len == 1 ? "" : "s");
  else
    note_add(out, "%zu character%s, no base64 of 16 bytes: 24 are needed",
             key.len, key.len == 1 ? "" : "s");
}

static const error_need *find_need(upshake_error error) {
  for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
    if (needs[i].error == error)
      return &needs[i];
  return NULL;
}

void say_caret(answer *said) {
  const error_need *need = find_need(said->error);
  note *out = &said->caret;
  if (said->place == NOWHERE || said->caret.len > 0)
    return;
  if (said->place == BEHIND) {
    note_add(out, "the head ends here");
    return;
  }
  if (need != NULL && need->of_byte) {
    say_byte(out, &said->mark);
    note_add(out, "; ");
  } else if (say_unseen(out, text_from(&said->mark))) {
    note_add(out, " stands there; ");
  }
  if (said->error == UPSHAKE_ERR_KEY_MALFORMED)
    say_key(out, &said->mark);
  else if (need != NULL)
    note_add(out, "%s", need->needed);
}
