/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect for people: the verdict, why, where, and the reply.
 */
#include <string.h>

#include "inspect.h"

void put_protocol(const upshake_protocol *protocol) {
  fputs(protocol->name, stdout);
}

/* ---- The request --------------------------------------------------------- */

int has_request(const inspection *in) {
  return upshake_get_request(&in->hs).fields.raw.ptr != NULL;
}

upshake_slice find_value(const inspection *in, const char *name) {
  return upshake_find_field(upshake_get_request(&in->hs).fields, name);
}

/* 1 if something in the body is refused.  Any other refusal behind the head is
 * for something that the head lacks. */
static int is_in_body(upshake_error error) {
  return error == UPSHAKE_ERR_BODY_LONG || error == UPSHAKE_ERR_CHUNK ||
         error == UPSHAKE_ERR_CHUNK_EXTENSION_LONG ||
         error == UPSHAKE_ERR_TRAILER || error == UPSHAKE_ERR_TRAILER_LONG;
}

static void print_where(const inspection *in) {
  size_t offset = in->result.offset;
  if (has_request(in) && offset >= in->result.consumed &&
      !is_in_body(in->result.error))
    put_missing(offset);
  else
    put_where(&in->input, offset);
}

/* ---- The verdict --------------------------------------------------------- */

static void print_verdict(const inspection *in) {
  switch (in->outcome) {
  case SWITCHED:
    fputs("switched: the server answers 101 and speaks ", stdout);
    put_protocol(in->result.protocol);
    fputs(" from here on\n", stdout);
    break;
  case REFUSED:
    printf("refused: the server answers %d and closes the connection\n",
           in->result.status);
    break;
  case PLAIN:
    fputs("plain: this is no upgrade, but an ordinary HTTP request\n", stdout);
    break;
  case INCOMPLETE:
    printf("incomplete: the server still waits for the rest of the %s\n",
           has_request(in) ? "body" : "head");
    break;
  }
}

/* Prints status and phrase of the last status line in the reply: a 100 may
 * stand before the 101. */
static void print_status(const inspection *in) {
  static const char first[] = "HTTP/1.1 100 ";
  const char *at = in->reply;
  const char *end = at + in->reply_len;
  if (in->reply_len > sizeof first && memcmp(at, first, sizeof first - 1) == 0)
    for (at += 4; at < end && memcmp(at - 4, "\r\n\r\n", 4) != 0;)
      at++;
  while (at < end && *at++ != ' ')
    continue;
  const char *line_end = memchr(at, '\r', (size_t)(end - at));
  put_label("status");
  put_escaped(stdout, at, (size_t)((line_end ? line_end : end) - at));
  putchar('\n');
}

/* ---- What was agreed on -------------------------------------------------- */

/* Prints what the client offers, because nothing was chosen from it.  Returns 0
 * if it offers nothing. */
static size_t print_offered(const inspection *in, const char *name) {
  upshake_fields fields = upshake_get_request(&in->hs).fields;
  size_t count = put_members("none; the client offers ", fields, name);
  puts(count ? "" : "none; the client offers none");
  return count;
}

/* A browser that offered sub-protocols and gets none closes (WHATWG WebSockets,
 * "establish a WebSocket connection"). */
static void print_subprotocol(const inspection *in) {
  upshake_slice chosen = in->result.subprotocol;
  put_label("sub-protocol");
  if (chosen.ptr != NULL) {
    put_slice(chosen);
    putchar('\n');
  } else if (print_offered(in, SUBPROTOCOL_FIELD) > 0) {
    put_label("");
    puts("(a browser then closes: name the server's sub-protocols with");
    put_label("");
    puts("--subprotocol)");
  }
}

static void print_extensions(const inspection *in) {
  put_label("extensions");
  if (in->extensions.ptr == NULL) {
    print_offered(in, EXTENSIONS_FIELD);
    return;
  }
  put_slice(in->extensions);
  putchar('\n');
}

int is_websocket(const upshake_protocol *protocol) {
  return protocol->rules == upshake_websocket_rules;
}

/* Prints the content of a body that was read before the switch. */
static void print_content(const inspection *in) {
  if (in->taken == in->result.consumed)
    return;
  put_label("body");
  printf("%zu byte%s of content in %zu behind the head\n", in->content_len,
         in->content_len == 1 ? "" : "s", in->taken - in->result.consumed);
  put_bytes(in->content,
            in->content_len < CONTENT_KEPT ? in->content_len : CONTENT_KEPT);
  if (in->content_len > 0)
    putchar('\n');
}

/* Prints how much of the head lean has left out. */
static void print_dropped(const inspection *in) {
  size_t dropped = in->result.dropped;
  if (dropped == 0)
    return;
  put_label("not kept");
  printf("%zu byte%s of field lines that are not used\n", dropped,
         dropped == 1 ? "" : "s");
}

static void print_switched(const inspection *in) {
  print_status(in);
  put_label("protocol");
  put_protocol(in->result.protocol);
  putchar('\n');
  if (is_websocket(in->result.protocol)) {
    print_subprotocol(in);
    print_extensions(in);
  }
  print_dropped(in);
  print_content(in);
  put_rest("new protocol", &in->input, in->taken, input_end(&in->input));
}

/* Upgrade counts only together with Connection, so a field that is not there is
 * mentioned too. */
static void print_received(const inspection *in, const char *label,
                           const char *name) {
  upshake_fields fields = upshake_get_request(&in->hs).fields;
  if (put_received(label, fields, name) > 0)
    return;
  put_label(label);
  printf("no %s\n", name);
}

static void print_plain(const inspection *in) {
  put_label("status");
  puts("none from the handshake: the application answers");
  put_error(in->result.error);
  print_received(in, "received", "Upgrade");
  print_received(in, "", "Connection");
  print_dropped(in);
  if (input_end(&in->input) > in->taken)
    put_rest("what follows", &in->input, in->taken, input_end(&in->input));
}

static void print_incomplete(const inspection *in) {
  put_label("status");
  puts(in->reply_len > 0 ? "100 Continue so far" : "none yet");
  if (!has_request(in))
    put_error(in->result.error);
  put_label("received");
  printf("%zu byte%s\n", input_end(&in->input),
         input_end(&in->input) == 1 ? "" : "s");
  print_dropped(in);
  print_content(in);
}

static void print_reply(const inspection *in) {
  printf("\nThe reply, %zu bytes, each line ending with CR LF:\n\n",
         in->reply_len);
  const char *at = in->reply;
  const char *end = at + in->reply_len;
  while (at < end) {
    const char *lf = memchr(at, '\n', (size_t)(end - at));
    size_t len = (size_t)((lf ? lf : end) - at);
    size_t shown = len && at[len - 1] == '\r' ? len - 1 : len;
    fputs(shown ? "    " : "", stdout);
    put_escaped(stdout, at, shown);
    putchar('\n');
    at += lf ? len + 1 : len;
  }
}

void print_text(const inspection *in) {
  print_verdict(in);
  switch (in->outcome) {
  case SWITCHED:
    print_switched(in);
    break;
  case REFUSED:
    print_status(in);
    put_error(in->result.error);
    print_where(in);
    break;
  case PLAIN:
    print_plain(in);
    break;
  case INCOMPLETE:
    print_incomplete(in);
    break;
  }
  print_hint(in);
  if (in->reply_len > 0)
    print_reply(in);
}
