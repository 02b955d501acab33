/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect for people: the verdict, why, where, and the reply.
 *
 * Octets from the request are printed escaped: the request may come from an
 * attacker, and what is wrong with it is often what cannot be seen.
 */
#include <string.h>

#include "inspect.h"

/* Columns: for a line that is shown with a mark, how many of them may lie
 * before the mark, and for words beside a label. */
enum { SHOWN = 70, SHOWN_BEFORE = 46, WORDS = 60 };

/* ---- Octets -------------------------------------------------------------- */

/* The letter behind the backslash, 0 for a plain octet, 'x' for \xHH. */
static char escape_of(unsigned char c) {
  switch (c) {
  case '\r':
    return 'r';
  case '\n':
    return 'n';
  case '\t':
    return 't';
  case '\\':
    return '\\';
  default:
    return c < 0x20 || c > 0x7e ? 'x' : 0;
  }
}

static size_t width_of(char octet) {
  char escape = escape_of((unsigned char)octet);
  return escape == 0 ? 1 : escape == 'x' ? 4 : 2;
}

void put_escaped(FILE *out, const char *octets, size_t len) {
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)octets[i];
    char escape = escape_of(c);
    if (escape == 0)
      putc(c, out);
    else if (escape == 'x')
      fprintf(out, "\\x%02X", c);
    else
      fprintf(out, "\\%c", escape);
  }
}

void put_slice(upshake_slice slice) {
  put_escaped(stdout, slice.ptr, slice.len);
}

static void put_label(const char *label) { printf("  %-12s  ", label); }

void put_protocol(const upshake_protocol *protocol) {
  fputs(protocol->token, stdout);
  if (protocol->version != NULL)
    printf("/%s", protocol->version);
}

/* ---- The request --------------------------------------------------------- */

int has_request(const inspection *in) {
  return upshake_get_request(&in->hs).method.ptr != NULL;
}

upshake_slice find_value(const inspection *in, const char *name) {
  return upshake_find_field(upshake_get_request(&in->hs).fields, name);
}

/* All lines of one field as they arrived, or that there is none. */
static void print_received(const inspection *in, const char *label,
                           const char *name) {
  upshake_slice fields = upshake_get_request(&in->hs).fields;
  upshake_field field;
  int found = 0;
  while (upshake_next_field(&fields, &field)) {
    if (!upshake_equal_fold(field.name, name))
      continue;
    put_label(found++ ? "" : label);
    put_slice(field.name);
    fputs(": ", stdout);
    put_slice(field.value);
    putchar('\n');
  }
  if (found)
    return;
  put_label(label);
  printf("no %s\n", name);
}

/* ---- The mark ------------------------------------------------------------ */

/* A part of the input that is shown, and the octet in it that is marked. */
typedef struct marked {
  size_t line, column; /* of the mark, from 1 */
  size_t line_at, line_end;
  size_t shown_at, shown_end;
} marked;

/* The line of the octet at `offset`, its LF included. */
static void find_line(const inspection *in, size_t offset, marked *mark) {
  const char *octets = in->octets;
  mark->line = 1;
  mark->line_at = 0;
  for (size_t i = 0; i < offset; i++)
    if (octets[i] == '\n') {
      mark->line++;
      mark->line_at = i + 1;
    }
  mark->column = offset - mark->line_at + 1;
  mark->line_end = offset;
  while (mark->line_end < in->len && octets[mark->line_end++] != '\n')
    continue;
}

static size_t grow_left(const inspection *in, marked *mark, size_t room) {
  while (mark->shown_at > mark->line_at &&
         width_of(in->octets[mark->shown_at - 1]) <= room)
    room -= width_of(in->octets[--mark->shown_at]);
  return room;
}

static size_t grow_right(const inspection *in, marked *mark, size_t room) {
  while (mark->shown_end < mark->line_end &&
         width_of(in->octets[mark->shown_end]) <= room)
    room -= width_of(in->octets[mark->shown_end++]);
  return room;
}

/* The octets around the mark that fit the columns: what one side does not
 * need, the other side gets. */
static void cut_line(const inspection *in, size_t offset, marked *mark) {
  size_t room = SHOWN - SHOWN_BEFORE;
  mark->shown_at = mark->shown_end = offset;
  room += grow_left(in, mark, SHOWN_BEFORE);
  room = grow_right(in, mark, room);
  grow_left(in, mark, room);
}

static void print_marked_line(const inspection *in, size_t offset,
                              const marked *mark) {
  const char *octets = in->octets;
  int cut = mark->shown_at > mark->line_at;
  size_t indent = cut ? 3 : 0;
  for (size_t i = mark->shown_at; i < offset; i++)
    indent += width_of(octets[i]);

  printf("\n    %s", cut ? "..." : "");
  put_escaped(stdout, octets + mark->shown_at,
              mark->shown_end - mark->shown_at);
  fputs(mark->shown_end < mark->line_end ? "...\n    " : "\n    ", stdout);
  for (size_t i = 0; i < indent; i++)
    putchar(' ');
  fputs("^\n", stdout);
}

/* Is the refusal for something in the body?  All others that come behind the
 * head are for something that it lacks. */
static int is_in_body(upshake_error error) {
  return error >= UPSHAKE_ERR_BODY_LONG && error <= UPSHAKE_ERR_TRAILER_LONG;
}

static void print_where(const inspection *in) {
  size_t offset = in->result.offset;
  if (offset > in->len)
    return;
  put_label("where");
  if (has_request(in) && offset >= in->result.consumed &&
      !is_in_body(in->result.error)) {
    printf("octet %zu, behind the head: something is missing in it\n", offset);
    return;
  }
  marked mark;
  find_line(in, offset, &mark);
  cut_line(in, offset, &mark);
  printf("octet %zu: line %zu, column %zu%s\n", offset, mark.line, mark.column,
         offset == in->len ? ", the end of the input" : "");
  print_marked_line(in, offset, &mark);
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

/* The status and its phrase, from the last status line in the reply: a 100
 * may stand before the 101. */
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

/* Print words, in as many lines as they need, beside a label. */
static void put_words(const char *words) {
  size_t column = 0;
  while (*words != '\0') {
    size_t len = strcspn(words, " ");
    if (column > 0 && column + 1 + len > WORDS) {
      putchar('\n');
      put_label("");
      column = 0;
    }
    printf("%s%.*s", column ? " " : "", (int)len, words);
    column += len + (column ? 1 : 0);
    words += len + strspn(words + len, " ");
  }
  putchar('\n');
}

static void print_reason(const inspection *in) {
  upshake_explanation why = upshake_explain(in->result.error);
  put_label("reason");
  put_words(why.sentence);
  put_label("error");
  puts(why.name);
  if (*why.rule == '\0')
    return;
  put_label("rule");
  puts(why.rule);
}

/* ---- What was agreed on -------------------------------------------------- */

/* The members of a field of offers; returns how many. */
static size_t print_offered(const inspection *in, const char *name) {
  upshake_list list = {{NULL, 0}, upshake_get_request(&in->hs).fields, name};
  upshake_slice member;
  size_t count = 0;
  while (upshake_next_member(&list, &member)) {
    fputs(count++ ? ", " : "none; the client offers ", stdout);
    put_slice(member);
  }
  return count;
}

/* A browser that offered sub-protocols and is given none closes again (WHATWG
 * WebSockets, "establish a WebSocket connection"). */
static void print_subprotocol(const inspection *in) {
  upshake_slice chosen = in->result.subprotocol;
  put_label("sub-protocol");
  if (chosen.ptr != NULL) {
    put_slice(chosen);
    putchar('\n');
  } else if (print_offered(in, "Sec-WebSocket-Protocol") == 0) {
    puts("none; the client offers none");
  } else {
    putchar('\n');
    put_label("");
    puts("(a browser then closes: name those of the server with");
    put_label("");
    puts("--subprotocol)");
  }
}

static void print_extensions(const inspection *in) {
  put_label("extensions");
  if (in->extensions.ptr != NULL)
    put_slice(in->extensions);
  else if (print_offered(in, EXTENSIONS_FIELD) == 0)
    fputs("none; the client offers none", stdout);
  putchar('\n');
}

int is_websocket(const upshake_protocol *protocol) {
  upshake_slice token = {protocol->token, strlen(protocol->token)};
  return upshake_equal_fold(token, "websocket");
}

/* As many of the octets as one line shows. */
static void print_octets(const char *octets, size_t len) {
  size_t shown = 0, width = 0;
  if (len == 0)
    return;
  while (shown < len && width + width_of(octets[shown]) <= SHOWN)
    width += width_of(octets[shown++]);
  fputs("\n    ", stdout);
  put_escaped(stdout, octets, shown);
  fputs(shown < len ? "...\n" : "\n", stdout);
}

/* What stands behind the head, and behind a body that was read. */
static void print_rest(const inspection *in, const char *what) {
  size_t len = in->len - in->taken;
  put_label(what);
  printf("begins at octet %zu; %zu octet%s of it %s here\n", in->taken, len,
         len == 1 ? "" : "s", len == 1 ? "is" : "are");
  print_octets(in->octets + in->taken, len);
}

/* The content of a body that is read before the switch. */
static void print_content(const inspection *in) {
  if (in->taken == in->result.consumed)
    return;
  put_label("body");
  printf("%zu octet%s of content in %zu behind the head\n", in->content_len,
         in->content_len == 1 ? "" : "s", in->taken - in->result.consumed);
  print_octets(in->content, in->content_len);
  if (in->content_len > 0)
    putchar('\n');
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
  print_content(in);
  print_rest(in, "new protocol");
}

static void print_plain(const inspection *in) {
  put_label("status");
  puts("none from the handshake: the application answers");
  print_reason(in);
  if (in->result.error != UPSHAKE_ERR_HTTP2_PREFACE) {
    print_received(in, "received", "Upgrade");
    print_received(in, "", "Connection");
  }
  if (in->len > in->taken)
    print_rest(in, "what follows");
}

static void print_incomplete(const inspection *in) {
  put_label("status");
  puts(in->reply_len > 0 ? "100 Continue so far" : "none yet");
  if (!has_request(in))
    print_reason(in);
  put_label("received");
  printf("%zu octet%s\n", in->len, in->len == 1 ? "" : "s");
  print_content(in);
}

static void print_reply(const inspection *in) {
  printf("\nThe reply, %zu octets, each line ending with CR LF:\n\n",
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
    print_reason(in);
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
