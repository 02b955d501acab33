/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect for people: the verdict, why, where, and the reply.
 */
#include <string.h>

#include "inspect.h"
#include "caret.h"
#include "forms.h"
#include "lines.h"

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

/* ---- The answer ---------------------------------------------------------- */

static void say_sentence(const inspection *in, note *out) {
  switch (in->outcome) {
  case SWITCHED:
    note_add(out, "the server answers 101 and speaks %s from here on",
             in->result.protocol->name);
    break;
  case REFUSED:
  case PLAIN:
    note_add(out, "%s", upshake_strerror(in->result.error));
    break;
  case INCOMPLETE:
    note_add(out, "the server still waits for the rest of the %s",
             has_request(in) ? "body" : "head");
    break;
  }
}

static void say_place(const inspection *in, answer *said) {
  size_t offset = in->result.offset;
  int missing = has_request(in) && offset >= in->result.consumed &&
                !is_in_body(in->result.error);
  if (in->outcome == REFUSED)
    set_place(said, missing ? BEHIND : AT_BYTE, &in->input, offset);
}

/* A request without Upgrade lacks what goes with it, too. */
static int is_the_same(const inspection *in, upshake_error error) {
  return error == in->result.error || (find_value(in, "Upgrade").ptr == NULL &&
                                       (error == UPSHAKE_ERR_NOT_SUPPORTED ||
                                        error == UPSHAKE_ERR_NO_CONNECTION));
}

/* Every rule that the head breaks, but the first. */
static void say_failures(inspection *in, answer *said) {
  upshake_failure failure;
  memset(&failure, 0, sizeof failure);
  if (!has_request(in) || in->outcome == INCOMPLETE || in->result.dropped > 0)
    return;
  while (upshake_next_failure(&in->hs, &failure) != UPSHAKE_OK)
    if (!is_the_same(in, failure.error))
      add_fault(said, failure.error, &in->input, failure.offset);
}

/* What is no request has no fault to be told of. */
static void say_form(const reading *read, answer *said) {
  note_add(&said->sentence, "no request: this is %s", read->is);
  if (read->fix != NULL)
    note_add(&said->fix, "%s", read->fix);
}

/* Exact bytes that are refused before the head ends may be of another form. */
static void say_other_form(const inspection *in, answer *said) {
  upshake_slice bytes = {in->input.bytes, in->input.len};
  if (strcmp(in->read->form, raw_form.name) != 0 || has_request(in) ||
      in->input.from > 0 || in->outcome != REFUSED)
    return;
  const input_form *form = slice_begins(bytes, "HTTP/") ? find_form("response")
                                                        : recognise(bytes, 1);
  if (form == &raw_form || form->read == read_text)
    return;
  said->form = form->name;
  said->hint.len = said->fix.len = 0;
  note_add(&said->hint, "This is %s.\n", form->is);
  if (form->read != NULL)
    note_add(&said->fix, "upshake-inspect --from auto FILE");
  else if (form->fix != NULL)
    note_add(&said->fix, "%s", form->fix);
}

/* Which Origin may come. */
static void say_origin(const inspection *in, answer *said) {
  upshake_request request = upshake_get_request(&in->hs);
  if (in->config->origin == UPSHAKE_ORIGIN_LIST) {
    /* Without its value: that may come from an attacker. */
    note_add(&said->fix, "upshake-inspect --origin ORIGIN");
    return;
  }
  note_clipped(&said->caret, request.authority, 50);
  note_add(&said->caret, " is needed, the host of the request");
  note_add(&said->fix, "proxy_set_header Host $http_host;");
}

/* What only the request knows. */
static void say_own_fix(const inspection *in, answer *said) {
  upshake_request request = upshake_get_request(&in->hs);
  if (said->error == UPSHAKE_ERR_ORIGIN_REFUSED)
    say_origin(in, said);
  if (said->error == UPSHAKE_ERR_METHOD &&
      is_websocket(in->config->protocols)) {
    note_add(&said->fix, "GET ");
    note_clipped(&said->fix, request.target, 60);
    note_add(&said->fix, " HTTP/1.1");
  }
  if (said->error == UPSHAKE_ERR_NO_UPGRADE &&
      upshake_equal_fold(request.method, "CONNECT"))
    note_add(&said->fix, "unset http_proxy https_proxy");
}

void say_request(inspection *in, answer *said) {
  static const char *const words[] = {"SWITCHED", "REFUSED", "PLAIN",
                                      "INCOMPLETE"};
  said->outcome = in->outcome;
  said->word = words[in->outcome];
  said->read = in->read;
  said->form = in->read->form;
  said->has_reply = in->reply_len > 0;
  if (in->result.next == UPSHAKE_SEND)
    said->status = in->result.status;
  if (in->read->is != NULL) {
    said->has_reply = 0;
    say_form(in->read, said);
    return;
  }
  say_sentence(in, &said->sentence);
  if (in->outcome == SWITCHED)
    return;
  said->error = in->result.error; /* OK while a body is read */
  say_place(in, said);
  say_own_fix(in, said);
  say_caret(said);
  say_fix(said);
  say_hint(in, in->outcome == INCOMPLETE ? UPSHAKE_ERR_INCOMPLETE : said->error,
           &said->hint);
  say_other_form(in, said);
  say_failures(in, said);
}

/* ---- Labels -------------------------------------------------------------- */

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
  puts(in->result.protocol->name);
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
  print_received(in, "received", "Upgrade");
  print_received(in, "", "Connection");
  print_dropped(in);
  if (input_end(&in->input) > in->taken)
    put_rest("what follows", &in->input, in->taken, input_end(&in->input));
}

static void print_incomplete(const inspection *in) {
  put_label("status");
  puts(in->reply_len > 0 ? "100 Continue so far" : "none yet");
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

void print_text(const inspection *in, const answer *said, const options *opt) {
  answer_begin(said);
  if (in->outcome == SWITCHED)
    print_switched(in);
  else if (in->outcome == PLAIN)
    print_plain(in);
  else if (in->outcome == INCOMPLETE)
    print_incomplete(in);
  answer_end(said, opt);
  if (in->reply_len > 0 && opt->reply)
    print_reply(in);
}
