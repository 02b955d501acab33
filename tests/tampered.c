/* SPDX-License-Identifier: MIT
 *
 * The answers, and the rules.
 */
#include "tampered.h"

#include "check.h"

#include <stdio.h>

/* ---- The answers ----------------------------------------------------------
 */

/* clang-format off */
#define STATUS_LINE {START, {{EXACT, "HTTP/1."}, {MINOR, "1"}, {EXACT, " "},   \
  {STATUS, "101"}, {SPACE, " "}, {REASON, "Switching Protocols"},              \
  {CRLF, "\r\n"}}}
#define FIELD(name) {NAME, name}, {COLON, ":"}
#define END {CRLF, "\r\n"}
#define LAST_LINE {EMPTY, {{CRLF, "\r\n"}}}
#define ACCEPT_LINE {ACCEPT, {FIELD("Sec-WebSocket-Accept"), {GAP, " "},       \
  {EXACT, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}, END}}

/* "chap" was asked for as well: a change of one octet makes it the answer. */
const answer from_our_server = {
    "GET /chat HTTP/1.1\r\n" CHECK_FIELDS
    "Sec-WebSocket-Protocol: chat, chap\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10; "
    "client_max_window_bits; server_no_context_takeover\r\n\r\n",
    {STATUS_LINE,
     {UPGRADE_ONE, {FIELD("Upgrade"), {GAP, " "}, {WORD, "websocket"},
                    END}},
     {CONNECTION, {FIELD("Connection"), {LIST_GAP, " "}, {WORD, "Upgrade"},
                   END}},
     ACCEPT_LINE,
     {SUBPROTOCOL, {FIELD("Sec-WebSocket-Protocol"), {GAP, " "},
                    {CHOSEN, "chat"}, END}},
     {EXTENSIONS, {FIELD("Sec-WebSocket-Extensions"), {LIST_GAP, " "},
                   {EXACT, "permessage-deflate;"}, {GAP, " "},
                   {EXACT, "server_no_context_takeover;"}, {GAP, " "},
                   {EXACT, "server_max_window_bits=10;"}, {GAP, " "},
                   {EXACT, "client_max_window_bits="}, {BITS, "12"}, END}},
     {UNKNOWN, {FIELD("Date"), {FREE, " Sun, 06 Nov 1994 08:49:37 GMT"},
                END}},
     {UNKNOWN, {FIELD("Server"), {FREE, " test"}, END}},
     LAST_LINE}};

/* What another server may write: folded lines, lists, blanks, another order,
 * other cases. */
const answer from_another_server = {
    "GET /chat HTTP/1.1\r\n" CHECK_FIELDS "\r\n",
    {{START, {{EXACT, "HTTP/1."}, {MINOR, "1"}, {EXACT, " "}, {STATUS, "101"},
              {LAST_SPACE, " "}, END}},
     {UNKNOWN, {FIELD("X-Note"), {FREE, " one"}, {CRLF, "\r\n"}, {FOLD, "\t"},
                {FREE, "two"}, END}},
     {ACCEPT, {FIELD("sec-websocket-accept"), {CRLF, "\r\n"}, {FOLD, " "},
               {EXACT, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}, {GAP, "\t "}, END}},
     {CONNECTION, {FIELD("CONNECTION"), {OPTION_GAP, " "},
                   {OPTION, "keep-alive"}, {COMMA, ","}, {CRLF, "\r\n"},
                   {FOLD, " "}, {WORD, "upgrade"}, END}},
     {UNKNOWN, {FIELD("X-Empty"), {FREE, " "}, END}},
     {UNKNOWN, {FIELD("Vary"), {FREE, " \xe4, *"}, END}},
     {UPGRADE_ONE, {FIELD("uPGRADE"), {GAP, "\t"}, {WORD, "WebSocket"},
                    {GAP, "  "}, END}},
     LAST_LINE}};

/* RFC 2817 3.3: what comes after TLS is named as well. */
const answer to_tls = {
    "OPTIONS * HTTP/1.1\r\n" CHECK_HOST "Upgrade: TLS/1.0\r\n"
    "Connection: Upgrade\r\n\r\n",
    {STATUS_LINE,
     {CONNECTION, {FIELD("Connection"), {LIST_GAP, " "}, {WORD, "Upgrade"},
                   END}},
     {UPGRADE_LIST, {FIELD("Upgrade"), {LIST_GAP, " "}, {WORD, "TLS"},
                     {EXACT, "/1.0"}, {COMMA, ","}, {LIST_GAP, " "},
                     {WORD, "HTTP"}, {EXACT, "/1.1"}, END}},
     LAST_LINE}};
/* clang-format on */

static void lay_part(head *good, const part *p, size_t line) {
  for (size_t i = 0; p->text[i] != '\0'; i++) {
    place *here = &good->places[good->len];
    here->kind = p->kind;
    here->role = good->roles[line];
    here->before = line > 0 ? good->roles[line - 1] : NO_LINE;
    here->text = p->text;
    here->index = i;
    good->octets[good->len++] = p->text[i];
  }
}

head lay_out(const answer *a) {
  head good;
  memset(&good, 0, sizeof good);
  good.request = a->request;
  for (; good.lines < LINES && a->lines[good.lines].role; good.lines++) {
    const part *parts = a->lines[good.lines].parts;
    good.at[good.lines] = good.len;
    good.roles[good.lines] = a->lines[good.lines].role;
    for (size_t i = 0; i < PARTS && parts[i].text != NULL; i++)
      lay_part(&good, &parts[i], good.lines);
  }
  good.at[good.lines] = good.len;
  return good;
}

/* ---- The rules ------------------------------------------------------------
 */

static int is_blank(unsigned octet) { return octet == ' ' || octet == '\t'; }
static int is_digit(unsigned octet) { return octet >= '0' && octet <= '9'; }

/* A line that is there no more, or under a name that nobody knows.  HTTP has
 * no way to see that a field was taken away which need not be there. */
int without_line(role line) {
  if (line == UNKNOWN)
    return SWITCHED;
  if (line == SUBPROTOCOL)
    return SWITCHED | NO_SUBPROTOCOL;
  if (line == EXTENSIONS)
    return SWITCHED | NO_EXTENSIONS;
  return REFUSED;
}

/* The line becomes a part of the value of the one before it (RFC 9112 5.2),
 * which can only be there where nobody reads it. */
static int folded(place here) {
  return here.before == UNKNOWN ? without_line(here.role) : REFUSED;
}

/* RFC 9110 5.1: case counts for nothing; another token is another name, and
 * what is behind a colon is value. */
static int changed_name(place here, unsigned octet) {
  unsigned was = (unsigned char)here.text[here.index];
  if (here.index == 0 && is_blank(octet))
    return folded(here);
  if (is_tchar(octet) && lower(octet) == lower(was))
    return SWITCHED;
  if (is_tchar(octet) || (octet == ':' && here.index > 0))
    return without_line(here.role);
  return REFUSED;
}

/* RFC 9112 2.3: a later minor version is handled as 1.1, and a 101 in HTTP/1.0
 * there cannot be (RFC 9110 7.8). */
static int changed_minor(unsigned octet) {
  return octet >= '1' && octet <= '9' ? SWITCHED : REFUSED;
}

/* RFC 9110 15: any three digits are a status. */
static int changed_status(place here, unsigned octet) {
  if (!is_digit(octet))
    return REFUSED;
  return here.index == 0 ? OTHER : SKIPPED;
}

/* RFC 6455 4.1: exactly one of the names that were asked for. */
static int changed_choice(place here, unsigned octet) {
  char name[8];
  snprintf(name, sizeof name, "%s", here.text);
  name[here.index] = (char)octet;
  return strcmp(name, "chap") == 0 ? SWITCHED | ANOTHER : REFUSED;
}

/* RFC 7692 7.1.2.2: 8 to 15, without a zero before it.  Of "12" only the
 * second digit can be another one. */
static int changed_bits(place here, unsigned octet) {
  int is_good = here.index == 1 && octet >= '0' && octet <= '5';
  return is_good ? SWITCHED | ANOTHER : REFUSED;
}

/* Another option is another option, or two, or one with blanks around it; with
 * blanks inside it is no token (RFC 9110 7.6.1). */
static int changed_option(place here, unsigned octet) {
  int is_edge = here.index == 0 || here.text[here.index + 1] == '\0';
  int is_good = is_tchar(octet) || octet == ',' || (is_edge && is_blank(octet));
  return is_good ? SWITCHED : REFUSED;
}

/* Empty members are ignored (RFC 9110 5.6.1.2), and another option may be a
 * longer one. */
static int changed_gap(place here, unsigned octet) {
  int is_list = here.kind == LIST_GAP || here.kind == OPTION_GAP;
  int is_good = is_blank(octet) || (is_list && octet == ',') ||
                (here.kind == OPTION_GAP && is_tchar(octet));
  return is_good ? SWITCHED : REFUSED;
}

static int verdict_if(int is_good) { return is_good ? SWITCHED : REFUSED; }

int changed(place here, unsigned octet) {
  unsigned was = (unsigned char)here.text[here.index];
  switch (here.kind) {
  case NAME:
    return changed_name(here, octet);
  case GAP:
  case FOLD:
  case LIST_GAP:
  case OPTION_GAP:
    return changed_gap(here, octet);
  case WORD:
    return verdict_if(octet < 128 && lower(octet) == lower(was));
  case MINOR:
    return changed_minor(octet);
  case STATUS:
    return changed_status(here, octet);
  case REASON: /* RFC 9112 4: HTAB, SP, VCHAR, obs-text, to be ignored */
  case FREE:   /* RFC 9110 5.5: the same, and opaque */
    return verdict_if(is_value_octet(octet));
  case CHOSEN:
    return changed_choice(here, octet);
  case BITS:
    return changed_bits(here, octet);
  case OPTION:
    return changed_option(here, octet);
  case COLON: /* the blank behind it can be in no name */
  case COMMA: /* as here */
  case CRLF:  /* RFC 9112 2.2: nothing else ends a line, no CR is elsewhere */
  case EXACT:
  case SPACE:
  case LAST_SPACE:
    break;
  }
  return REFUSED;
}

/* One octet less.  A blank that makes a folded line is needed, all others can
 * be left out, also the one behind the status if no reason follows; a comma
 * between two members cannot. */
int left_out(place here) {
  switch (here.kind) {
  case NAME:
    return without_line(here.role);
  case GAP:
  case LIST_GAP:
  case OPTION_GAP:
  case REASON:
  case OPTION:
  case FREE:
  case LAST_SPACE:
    return SWITCHED;
  default:
    return REFUSED;
  }
}

/* Once more.  A second colon is a part of the value, a second space one of the
 * reason; a second LF behind the head is the new protocol's. */
int doubled(place here) {
  switch (here.kind) {
  case COLON:
    return verdict_if(here.role == UNKNOWN);
  case CRLF:
    return verdict_if(here.role == EMPTY && here.index == 1);
  case FOLD:
  case COMMA:
  case SPACE:
  case LAST_SPACE:
    return SWITCHED;
  default:
    return left_out(here);
  }
}

/* Connection is a list, and so is Upgrade but for WebSocket; the others that
 * are known are there once.  A second empty line is the new protocol's. */
int doubled_line(role line) {
  return verdict_if(line == CONNECTION || line == UPGRADE_LIST ||
                    line == UNKNOWN || line == EMPTY);
}

/* The order of fields with different names says nothing (RFC 9110 5.3).  Where
 * the empty line comes earlier, those behind it are gone. */
int swapped_lines(const head *good, size_t a, size_t b) {
  int verdict = SWITCHED;
  if (good->roles[a] == START)
    return REFUSED;
  for (size_t i = a; good->roles[b] == EMPTY && i < b; i++) {
    int one = without_line(good->roles[i]);
    verdict = verdict && one ? verdict | one : REFUSED;
  }
  return verdict;
}
