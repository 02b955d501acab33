/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect for scripts: the outcome as one JSON object on one line.
 *
 *   outcome      "switched", "refused", "plain", "incomplete"; of a response
 *                "other" for "plain"
 *   status       of the reply, or of the response; 0 where there is none
 *   error        such as "KEY_MISSING"; null unless refused
 *   rule         such as "RFC 6455 4.2.1"; null unless refused or plain
 *   offset       the first octet of what is wrong; null unless refused
 *   consumed     octets taken; switched: where the next protocol begins,
 *                behind the head and a body; plain and other: where the body
 *                begins; incomplete: all
 *   protocol, subprotocol, extensions   what was agreed on, or null; the
 *                last is the value of Sec-WebSocket-Extensions
 *   close        true exactly when the connection closes behind the reply;
 *                of a response: when the client closes it, or the server
 *                does behind the body
 *   reply        all octets sent, a 100 before a body included, "" for
 *                none; octet N is code point N
 */
#include <string.h>

#include "inspect.h"

/* RFC 8259 7: quotation mark, backslash and controls are escaped. */
static void put_json_octet(unsigned char c) {
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

static void put_json_octets(const char *octets, size_t len) {
  for (size_t i = 0; i < len; i++)
    put_json_octet((unsigned char)octets[i]);
}

static void put_text_or_null(const char *key, const char *text) {
  if (text == NULL || *text == '\0') {
    printf(",\"%s\":null", key);
    return;
  }
  printf(",\"%s\":\"", key);
  put_json_octets(text, strlen(text));
  putchar('"');
}

static void put_slice_or_null(const char *key, upshake_slice value) {
  if (value.ptr == NULL) {
    printf(",\"%s\":null", key);
    return;
  }
  printf(",\"%s\":\"", key);
  put_json_octets(value.ptr, value.len);
  putchar('"');
}

static void put_json_protocol(upshake_slice token, upshake_slice version) {
  if (version.ptr == NULL) {
    put_slice_or_null("protocol", token);
    return;
  }
  fputs(",\"protocol\":\"", stdout);
  put_json_octets(token.ptr, token.len);
  putchar('/');
  put_json_octets(version.ptr, version.len);
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
  put_json_protocol(said->protocol, said->version);
  put_slice_or_null("subprotocol", said->subprotocol);
  put_slice_or_null("extensions", said->extensions);
  printf(",\"close\":%s", said->close ? "true" : "false");
  fputs(",\"reply\":\"", stdout);
  put_json_octets(said->reply.ptr, said->reply.len);
  fputs("\"}\n", stdout);
}

/* ---- Of a request -------------------------------------------------------- */

static upshake_slice slice_of(const char *text) {
  upshake_slice slice = {text, text ? strlen(text) : 0};
  return slice;
}

static void add_agreed(verdict *said, const inspection *in) {
  said->protocol = slice_of(in->result.protocol->token);
  said->version = slice_of(in->result.protocol->version);
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
