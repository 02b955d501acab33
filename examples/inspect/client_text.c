/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --client for people: the verdict, why, where, and what was
 * agreed on.
 */
#include <string.h>

#include "../common/answer_hints.h"
#include "client.h"
#include "caret.h"

/* ---- The answer ---------------------------------------------------------- */

static void say_sentence(const exchange *ex, note *out) {
  switch (ex->outcome) {
  case SWITCHED:
    note_add(out, "the client accepts the 101 and speaks ");
    note_escaped(out, ex->result.protocol);
    note_add(out, " from here on");
    break;
  case REFUSED:
    note_add(out, "the client closes: %s", upshake_strerror(ex->result.error));
    break;
  case OTHER:
    note_add(out, "no switch, but an ordinary HTTP response");
    break;
  case INCOMPLETE:
    note_add(out, "the client still waits for the rest of the head");
    break;
  }
}

/* The accept that the client wants. */
static void say_accept(const exchange *ex, answer *said) {
  char computed[29] = "";
  upshake_slice key = upshake_find_field(ex->asked, "Sec-WebSocket-Key");
  if (key.len != 24)
    return;
  upshake_accept(key.ptr, computed);
  note_add(&said->fix, "Sec-WebSocket-Accept: %s", computed);
  if (said->error == UPSHAKE_ERR_ACCEPT_WRONG)
    note_add(&said->caret, "%s is needed", computed);
}

static int is_of_accept(upshake_error error) {
  return error == UPSHAKE_ERR_ACCEPT_WRONG ||
         error == UPSHAKE_ERR_ACCEPT_MISSING ||
         error == UPSHAKE_ERR_ACCEPT_REPEATED;
}

static void say_place(const exchange *ex, answer *said) {
  size_t offset = ex->result.offset;
  int missing = has_response(ex) && offset >= ex->result.consumed;
  if (ex->outcome != REFUSED)
    return;
  said->error = ex->result.error;
  set_place(said, missing ? BEHIND : AT_BYTE, &ex->input, offset);
  if (is_of_accept(said->error))
    say_accept(ex, said);
  say_caret(said);
  say_fix(said);
}

void say_response(const exchange *ex, answer *said) {
  static const char *const words[] = {"SWITCHED", "REFUSED", "OTHER",
                                      "INCOMPLETE"};
  said->outcome = ex->outcome;
  said->word = words[ex->outcome];
  said->read = ex->read;
  said->form = ex->read->form;
  said->status = ex->result.status;
  say_sentence(ex, &said->sentence);
  if (ex->outcome == INCOMPLETE)
    said->error = UPSHAKE_ERR_INCOMPLETE;
  say_place(ex, said);
  const struct answer_seen seen = {
      &ex->result, {ex->input.bytes, ex->input.len}, ex->asked, 0};
  say_answer_hint(&seen, &said->hint);
}

/* ---- Labels -------------------------------------------------------------- */

static void print_status(const exchange *ex) {
  put_label("status");
  if (!has_response(ex)) {
    puts("none yet");
    return;
  }
  printf("%03d ", ex->result.status);
  put_slice(ex->result.reason);
  putchar('\n');
}

/* ---- Switched ------------------------------------------------------------ */

/* Prints what the request asks for, because the server chose nothing.  Returns
 * 0 if it asks for nothing. */
static size_t print_asked(const exchange *ex, const char *name) {
  size_t count = put_members("none; the request asks for ", ex->asked, name);
  puts(count ? "" : "none; the request asks for none");
  return count;
}

/* A browser that asked for sub-protocols and gets none closes (WHATWG
 * WebSockets, "establish a WebSocket connection"). */
static void print_subprotocol(const exchange *ex) {
  put_label("sub-protocol");
  if (ex->result.subprotocol.ptr != NULL) {
    put_slice(ex->result.subprotocol);
    putchar('\n');
  } else if (print_asked(ex, SUBPROTOCOL_FIELD) > 0) {
    put_label("");
    puts("(a browser then closes: --subprotocol-required does so too)");
  }
}

static void print_window(const char *whose, uint8_t bits, uint8_t no_takeover) {
  printf("%s: window of %u bits%s", whose, bits,
         no_takeover ? ", no takeover" : "");
}

static void print_extensions(const exchange *ex) {
  const upshake_deflate *deflate = &ex->result.deflate;
  put_label("extensions");
  if (ex->extensions.ptr == NULL) {
    print_asked(ex, EXTENSIONS_FIELD);
    return;
  }
  put_slice(ex->extensions);
  putchar('\n');
  if (deflate->server_bits == 0)
    return;
  put_label("");
  print_window("(server", deflate->server_bits, deflate->no_server_takeover);
  print_window("; client", deflate->client_bits, deflate->no_client_takeover);
  puts(")");
}

static void print_switched(const exchange *ex) {
  put_label("protocol");
  put_slice(ex->result.protocol);
  putchar('\n');
  if (upshake_equal_fold(ex->result.protocol, "websocket")) {
    print_subprotocol(ex);
    print_extensions(ex);
  }
  put_rest("new protocol", &ex->input, ex->taken, input_end(&ex->input));
}

/* ---- Other --------------------------------------------------------------- */

/* Fields that show where such a response comes from, and what it asks of the
 * client. */
static const char *const telling[] = {
    "Location",
    "WWW-Authenticate",
    "Proxy-Authenticate",
    "Upgrade",
    "Sec-WebSocket-Version",
    "Connection",
    "Allow",
    "Retry-After",
    "Server",
    "Via",
    "Age",
    "Content-Type",
};

static void print_fields(const exchange *ex) {
  const char *label = "received";
  for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++)
    if (put_received(label, ex->result.fields, telling[i]) > 0)
      label = "";
}

static void print_body(const exchange *ex) {
  uint64_t body_len = ex->result.body_len;
  size_t end = input_end(&ex->input);
  put_label("length");
  if (body_len == UPSHAKE_BODY_CHUNKED)
    puts("in chunks");
  else if (body_len == UPSHAKE_BODY_TO_CLOSE)
    puts("until the server closes");
  else
    printf("%llu byte%s\n", (unsigned long long)body_len,
           body_len == 1 ? "" : "s");
  if (body_len == 0)
    return;
  if (body_len < end - ex->taken)
    end = ex->taken + (size_t)body_len;
  put_rest("body", &ex->input, ex->taken, end);
}

static void print_other(const exchange *ex) {
  print_fields(ex);
  put_label("connection");
  puts(ex->result.may_keep ? "can be used again" : "closes behind the body");
  print_body(ex);
}

/* ---- The whole page ------------------------------------------------------ */

static void print_incomplete(const exchange *ex) {
  put_label("received");
  printf("%zu byte%s\n", input_end(&ex->input),
         input_end(&ex->input) == 1 ? "" : "s");
}

void print_exchange(const exchange *ex, const answer *said,
                    const options *opt) {
  answer_begin(said);
  if (ex->outcome != REFUSED || has_response(ex))
    print_status(ex);
  if (ex->outcome == SWITCHED)
    print_switched(ex);
  else if (ex->outcome == OTHER)
    print_other(ex);
  else if (ex->outcome == INCOMPLETE)
    print_incomplete(ex);
  answer_end(said, opt);
}
