/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect for scripts: the outcome as one JSON object on one line.
 *
 *   outcome      "switched", "refused", "plain", "incomplete"
 *   status       of the reply; 0 where there is none
 *   error        such as "KEY_MISSING"; null unless refused
 *   rule         such as "RFC 6455 4.2.1"; null unless refused or plain
 *   offset       the first octet of what is wrong; null unless refused
 *   consumed     octets taken; switched: where the next protocol begins,
 *                behind the head and a body; plain: where the body begins;
 *                incomplete: all
 *   protocol, subprotocol, extensions   what was agreed on, or null; the
 *                last is the value of Sec-WebSocket-Extensions
 *   close        true exactly when the connection closes behind the reply
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

static void put_json_text(const char *text) {
  put_json_octets(text, strlen(text));
}

static void put_text_or_null(const char *key, const char *text) {
  if (text == NULL || *text == '\0') {
    printf(",\"%s\":null", key);
    return;
  }
  printf(",\"%s\":\"", key);
  put_json_text(text);
  putchar('"');
}

static void put_json_protocol(const upshake_protocol *protocol) {
  if (protocol == NULL) {
    fputs(",\"protocol\":null", stdout);
    return;
  }
  fputs(",\"protocol\":\"", stdout);
  put_json_text(protocol->token);
  if (protocol->version != NULL) {
    putchar('/');
    put_json_text(protocol->version);
  }
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

void print_json(const inspection *in) {
  static const char *const outcomes[] = {"switched", "refused", "plain",
                                         "incomplete"};
  static const upshake_slice absent = {NULL, 0};
  const upshake_result *result = &in->result;
  upshake_explanation why = upshake_explain(result->error);
  int switched = in->outcome == SWITCHED;
  int refused = in->outcome == REFUSED;
  int explained = refused || in->outcome == PLAIN;
  int replied = switched || refused;

  printf("{\"outcome\":\"%s\"", outcomes[in->outcome]);
  printf(",\"status\":%d", replied ? result->status : 0);
  put_text_or_null("error", refused ? why.name : NULL);
  put_text_or_null("rule", explained ? why.rule : NULL);
  if (refused)
    printf(",\"offset\":%zu", result->offset);
  else
    fputs(",\"offset\":null", stdout);
  printf(",\"consumed\":%zu", in->taken);
  put_json_protocol(switched ? result->protocol : NULL);
  put_slice_or_null("subprotocol", switched ? result->subprotocol : absent);
  put_slice_or_null("extensions", in->extensions);
  printf(",\"close\":%s", refused ? "true" : "false");
  fputs(",\"reply\":\"", stdout);
  put_json_octets(in->reply, in->reply_len);
  fputs("\"}\n", stdout);
}
