/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect for scripts: the outcome as one JSON object on one line.
 *
 *   outcome      "switched", "refused", "plain", "incomplete"; for a response
 *                "other" instead of "plain"
 *   status       of the reply, or of the response; 0 if there is none
 *   error        such as "KEY_MISSING"; null unless refused
 *   rule         such as "RFC 6455 4.2.1"; null unless refused or plain
 *   offset       the first byte of what is wrong; null unless refused
 *   consumed     bytes taken.  switched: the new protocol begins there, behind
 *                the head and a body.  plain, other: the body begins there.
 *                incomplete: the whole input
 *   protocol, subprotocol, extensions   what was agreed on, or null; the
 *                last is the value of Sec-WebSocket-Extensions
 *   close        true if the connection closes after the reply; for a
 *                response: if the client closes it, or the server closes it
 *                after the body
 *   reply        all bytes sent, a 100 before a body included, or "";
 *                byte N is code point N
 */
#include <string.h>

#include "inspect.h"

/* Escapes quotation mark, backslash and control characters (RFC 8259 7), and
 * all bytes that are not printable ASCII. */
static void put_json_byte(unsigned char c) {
  if (c == '"' || c == '\\')
    printf("\\%c", c);
  else if (c == '\r')
    fputs("\\r", stdout);
  else if (c == '\n')
    fputs("\\n", stdout);
  else if (c == '\t')
    fputs("\\t", stdout);
  else if (c < 0x20 || c > 0x7e)
    printf("\\u%04x", c);
  else
    putchar(c);
}

static void put_json_bytes(const char *bytes, size_t len) {
  for (size_t i = 0; i < len; i++)
    put_json_byte((unsigned char)bytes[i]);
}

static void put_text_or_null(const char *key, const char *text) {
  if (text == NULL || *text == '\0') {
    printf(",\"%s\":null", key);
    return;
  }
  printf(",\"%s\":\"", key);
  put_json_bytes(text, strlen(text));
  putchar('"');
}

static void put_slice_or_null(const char *key, upshake_slice value) {
  if (value.ptr == NULL) {
    printf(",\"%s\":null", key);
    return;
  }
  printf(",\"%s\":\"", key);
  put_json_bytes(value.ptr, value.len);
  putchar('"');
}

void put_json(const verdict *said) {
  printf("{\"outcome\":\"%s\"", said->outcome);
  printf(",\"status\":%d", said->status);
  put_text_or_null("error", said->error);
  put_text_or_null("rule", said->rule);
  if (said->error != NULL)
    printf(",\"offset\":%zu", said->offset);
  else
    fputs(",\"offset\":null", stdout);
  printf(",\"consumed\":%zu", said->consumed);
  put_slice_or_null("protocol", said->protocol);
  put_slice_or_null("subprotocol", said->subprotocol);
  put_slice_or_null("extensions", said->extensions);
  printf(",\"close\":%s", said->close ? "true" : "false");
  fputs(",\"reply\":\"", stdout);
  put_json_bytes(said->reply.ptr, said->reply.len);
  fputs("\"}\n", stdout);
}

/* ---- The object for a request -------------------------------------------- */

static upshake_slice slice_of(const char *text) {
  upshake_slice slice = {text, text ? strlen(text) : 0};
  return slice;
}

static void add_agreed(verdict *said, const inspection *in) {
  said->protocol = slice_of(in->result.protocol->name);
  said->subprotocol = in->result.subprotocol;
  said->extensions = in->extensions;
}

void print_json(const inspection *in) {
  static const char *const outcomes[] = {"switched", "refused", "plain",
                                         "incomplete"};
  upshake_explanation why = upshake_explain(in->result.error);
  verdict said;
  memset(&said, 0, sizeof said);
  said.outcome = outcomes[in->outcome];
  said.consumed = in->taken;
  said.reply.ptr = in->reply;
  said.reply.len = in->reply_len;
  if (in->outcome == SWITCHED || in->outcome == REFUSED)
    said.status = in->result.status;
  if (in->outcome == SWITCHED)
    add_agreed(&said, in);
  if (in->outcome == PLAIN || in->outcome == REFUSED)
    said.rule = why.rule;
  if (in->outcome == REFUSED) {
    said.error = why.name;
    said.offset = in->result.offset;
    said.close = 1;
  }
  put_json(&said);
}
