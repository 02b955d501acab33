/* SPDX-License-Identifier: MIT
 *
 * For scripts: the outcome as a JSON object: see json.h.
 */
#include "json.h"

#include <string.h>

/* Returns the letter of a short escape, or 0. */
static char letter_of(unsigned char byte, enum json_escapes escapes) {
  switch (byte) {
  case '"':
  case '\\':
    return (char)byte;
  case '\r':
    return escapes == JSON_SHORT ? 'r' : 0;
  case '\n':
    return escapes == JSON_SHORT ? 'n' : 0;
  case '\t':
    return escapes == JSON_SHORT ? 't' : 0;
  default:
    return 0;
  }
}

void put_json_byte(FILE *out, unsigned char byte, enum json_escapes escapes) {
  char letter = letter_of(byte, escapes);
  if (letter != 0)
    fprintf(out, "\\%c", letter);
  else if (byte < 0x20 || byte > 0x7e)
    fprintf(out, "\\u%04x", byte);
  else
    putc(byte, out);
}

static void put_bytes(upshake_slice bytes, enum json_escapes escapes) {
  for (size_t i = 0; i < bytes.len; i++)
    put_json_byte(stdout, (unsigned char)bytes.ptr[i], escapes);
}

static void put_slice_or_null(const char *key, upshake_slice value,
                              enum json_escapes escapes) {
  if (value.ptr == NULL) {
    printf(",\"%s\":null", key);
    return;
  }
  printf(",\"%s\":\"", key);
  put_bytes(value, escapes);
  putchar('"');
}

static void put_text_or_null(const char *key, const char *text,
                             enum json_escapes escapes) {
  upshake_slice value = {NULL, 0};
  if (text != NULL && *text != '\0')
    value = (upshake_slice){text, strlen(text)};
  put_slice_or_null(key, value, escapes);
}

void put_json(const struct verdict *said, enum json_escapes escapes) {
  printf("{\"outcome\":\"%s\"", said->outcome);
  printf(",\"status\":%d", said->status);
  put_text_or_null("error", said->error, escapes);
  put_text_or_null("rule", said->rule, escapes);
  if (said->error != NULL)
    printf(",\"offset\":%zu", said->offset);
  else
    fputs(",\"offset\":null", stdout);
  printf(",\"consumed\":%zu", said->consumed);
  put_slice_or_null("protocol", said->protocol, escapes);
  put_slice_or_null("subprotocol", said->subprotocol, escapes);
  put_slice_or_null("extensions", said->extensions, escapes);
  printf(",\"close\":%s", said->close ? "true" : "false");
  fputs(",\"reply\":\"", stdout);
  put_bytes(said->reply, escapes);
  putchar('"');
  if (said->messages != NULL)
    printf(",\"messages\":[%s]", said->messages);
  if (said->more != NULL)
    fputs(said->more, stdout);
  fputs("}\n", stdout);
}

/* After a refusal, and after another response that does not allow it, the
 * connection cannot take another request (RFC 9112 9.3). */
struct verdict verdict_of(const upshake_client_result *result) {
  static const char *const outcomes[] = {"incomplete", "switched", "other",
                                         "refused"};
  int refused = result->next == UPSHAKE_CLIENT_REFUSED;
  int other = result->next == UPSHAKE_CLIENT_OTHER;
  upshake_explanation why = upshake_explain(result->error);
  return (struct verdict){.outcome = outcomes[result->next],
                          .status = result->status,
                          .error = refused ? why.name : NULL,
                          .rule = refused ? why.rule : NULL,
                          .offset = result->offset,
                          .consumed = result->consumed,
                          .protocol = result->protocol,
                          .subprotocol = result->subprotocol,
                          .extensions = result->extensions,
                          .close = refused || (other && !result->may_keep)};
}
