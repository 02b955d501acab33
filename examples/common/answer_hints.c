/* SPDX-License-Identifier: MIT
 *
 * What usually causes an answer that is no switch, and what helps: see
 * answer_hints.h.
 */
#include "answer_hints.h"

#include <string.h>

#include "accept.h"

#define SUBPROTOCOL_FIELD "Sec-WebSocket-Protocol"
#define EXTENSIONS_FIELD "Sec-WebSocket-Extensions"
#define ACCEPT_LEN 28 /* base64 of SHA-1's 20 bytes */
#define KEY_LEN 24

static void say(note *out, const char *text) { note_add(out, "%s\n", text); }

/* A hint whose text depends on the response. */
typedef struct teller {
  upshake_error error;
  void (*say)(const struct answer_seen *seen, note *out);
} teller;

static int begins_with(const struct answer_seen *seen, const char *text) {
  size_t len = strlen(text);
  return seen->bytes.len >= len && memcmp(seen->bytes.ptr, text, len) == 0;
}

static int ends_with(const struct answer_seen *seen, const char *text) {
  size_t len = strlen(text);
  return seen->bytes.len >= len &&
         memcmp(seen->bytes.ptr + seen->bytes.len - len, text, len) == 0;
}

/* A byte order mark of UTF-8 or UTF-16. */
static int has_mark(const struct answer_seen *seen) {
  return begins_with(seen, "\xEF\xBB\xBF") || begins_with(seen, "\xFF\xFE") ||
         begins_with(seen, "\xFE\xFF");
}

/* ---- What is no HTTP/1.x response ---------------------------------------- */

/* 1 if the input begins with an HTTP/2 frame.  A frame has 3 bytes of length,
 * its type and 5 more bytes.  A server begins with SETTINGS, type 4, on stream
 * 0 (RFC 9113 3.4). */
static int is_http2(const struct answer_seen *seen) {
  return seen->bytes.len >= 9 && seen->bytes.ptr[0] == 0 &&
         seen->bytes.ptr[3] == 4 &&
         memcmp(seen->bytes.ptr + 5, "\0\0\0\0", 4) == 0;
}

static int is_tls(const struct answer_seen *seen) {
  return begins_with(seen, "\x15\x03") || begins_with(seen, "\x16\x03");
}

static void hint_status_line(const struct answer_seen *seen, note *out) {
  if (is_tls(seen))
    say(out, "This is TLS: the port wants https:// or wss://.");
  else if (is_http2(seen))
    say(out,
        "This is HTTP/2, which has no Upgrade: a WebSocket is opened there\n"
        "with an extended CONNECT (RFC 8441).  Ask a port with HTTP/1.1.");
  else if (has_mark(seen))
    say(out, "The file begins with a byte order mark, which an editor has put\n"
             "there.  Save it as plain ASCII or UTF-8 without BOM.");
  else if (begins_with(seen, "< HTTP/"))
    say(out,
        "This looks like the output of curl -v: --from auto reads it.  Or\n"
        "take the \"< \" off each line and end the lines with CR LF.");
  else if (begins_with(seen, "GET "))
    say(out,
        "This is a request.  Give it with --request, and here the response.");
  else
    say(out,
        "A status line is HTTP/1.1 SP 101 SP reason CR LF.  Bytes like these\n"
        "are often another protocol, or the rest of an earlier response's\n"
        "body.");
}

/* Editors write LF, but HTTP wants CR LF (RFC 9112 2.2). */
static void hint_line_end(const struct answer_seen *seen, note *out) {
  if (seen->live)
    say(out, "The server writes \\n or \\r where HTTP wants \\r\\n.");
  else if (memchr(seen->bytes.ptr, '\r', seen->bytes.len) != NULL)
    say(out,
        "Another line ends with CR LF: this one was edited, or the server\n"
        "writes \\n or \\r where HTTP wants \\r\\n.");
  else
    say(out,
        "No line here ends with CR LF.  A response that was saved or typed\n"
        "in an editor ends its lines with LF, and then the file is wrong and\n"
        "not the server.  The command converts it, if nothing binary follows.\n"
        "In a server of your own, write \\r\\n where it has \\n.");
}

static void hint_incomplete(const struct answer_seen *seen, note *out) {
  if (seen->bytes.len == 0)
    say(out,
        "Nothing came back.  The server, or a proxy, closed without a word\n"
        "(it may speak TLS or another protocol on this port), or the client\n"
        "gave up first.");
  else if (ends_with(seen, "\r\n\r\n"))
    say(out,
        "Only interim responses (100, 103) arrived: the final one follows.");
  else if (ends_with(seen, "\r\n"))
    say(out,
        "The empty line that ends the head is missing: CR LF once more\n"
        "behind the last field line.  Editors and copying drop it easily.");
  else
    say(out,
        "The input ends within a line: it was cut off, or the server closed\n"
        "while it wrote.");
}

/* ---- The computed and the received Accept -------------------------------- */

static upshake_slice key_of(const struct answer_seen *seen) {
  return upshake_find_field(seen->asked, "Sec-WebSocket-Key");
}

static int equals(upshake_slice a, const char *bytes, size_t len) {
  return a.len == len && memcmp(a.ptr, bytes, len) == 0;
}

static const char *explain_accept(const struct answer_seen *seen,
                                  upshake_slice received,
                                  const char *computed) {
  upshake_slice key = key_of(seen);
  if (equals(received, key.ptr, key.len))
    return "The server sends the key back.  It has to append the GUID of\n"
           "RFC 6455 1.3, take the SHA-1 and write its 20 bytes as base64.";
  if (upshake_equal_fold(received, computed))
    return "Only the case of letters differs: something on the way, or in\n"
           "the server, has changed it.";
  if (received.len == 40 || received.len == 56)
    return "The length is that of a SHA-1 in hexadecimal digits: the base64\n"
           "is taken of its 20 bytes.";
  if (received.len != ACCEPT_LEN)
    return "28 characters are right, the base64 of 20 bytes: the server\n"
           "hashes something else, or cuts the value.";
  return "It answers another key: a cache or a mock replays an old response,\n"
         "request and response here are of two connections, or the server\n"
         "hashes without the GUID of RFC 6455 1.3.";
}

static void hint_accept(const struct answer_seen *seen, note *out) {
  char computed[ACCEPT_LEN + 1] = "";
  upshake_slice received =
      upshake_find_field(seen->result->fields, "Sec-WebSocket-Accept");
  upshake_accept(key_of(seen).ptr, computed);
  note_add(out, "The request's key is    ");
  note_escaped(out, key_of(seen));
  note_add(out, "\nthe accept of which is  %s\nand the response says   ",
           computed);
  note_escaped(out, received);
  note_add(out, "\n");
  if (!say_wrong_accept(out, key_of(seen), received))
    note_add(out, "%s\n", explain_accept(seen, received, computed));
}

/* ---- What was asked for -------------------------------------------------- */

static void tell_asked(const struct answer_seen *seen, note *out,
                       const char *name, const char *nothing) {
  upshake_list list = upshake_begin_list(seen->asked, name);
  upshake_slice member;
  size_t count = 0;
  while (upshake_next_member(&list, &member)) {
    note_add(out, "%s", count++ ? ", " : "The request asks for: ");
    note_escaped(out, member);
  }
  say(out, count ? "" : nothing);
}

static void hint_upgrade(const struct answer_seen *seen, note *out) {
  tell_asked(seen, out, "Upgrade", "");
  say(out,
      "A server may take one of these and no other.  Look for a proxy that\n"
      "asks for another protocol than the client, or answers for itself.");
}

static void hint_subprotocol(const struct answer_seen *seen, note *out) {
  tell_asked(seen, out, SUBPROTOCOL_FIELD,
             "The request asks for no sub-protocol.");
  say(out,
      "The answer is exactly one of these, with the same case, or no such\n"
      "field.  A server that sends a fixed name, or the whole list back,\n"
      "fails here; so do the browsers.");
}

static void hint_no_subprotocol(const struct answer_seen *seen, note *out) {
  tell_asked(seen, out, SUBPROTOCOL_FIELD, "");
  say(out,
      "The server does not know these names, or does not read the field (a\n"
      "proxy may drop it).  Browsers close then.  Without\n"
      "--subprotocol-required a client goes on.");
}

static void hint_extension(const struct answer_seen *seen, note *out) {
  tell_asked(seen, out, EXTENSIONS_FIELD, "The request asks for no extension.");
  say(out, "A server agrees to extensions that were asked for, or leaves the\n"
           "field out.  A server that always compresses fails here.");
}

static void hint_parameter(const struct answer_seen *seen, note *out) {
  tell_asked(seen, out, EXTENSIONS_FIELD, "");
  say(out,
      "An answer has client_max_window_bits only if it was offered, and with\n"
      "a number.  If server_no_context_takeover or server_max_window_bits was\n"
      "asked for, the answer must have it, with no larger number.");
}

static void hint_long(const struct answer_seen *seen, note *out) {
  say(out, seen->live
               ? "Cookies and content policies are the usual cause."
               : "Cookies and content policies are the usual cause.  "
                 "--head-max sets the\n"
                 "limit here; in a client it is the size of the head memory.");
}

static const teller tellers[] = {
    {UPSHAKE_ERR_INCOMPLETE, hint_incomplete},
    {UPSHAKE_ERR_STATUS_LINE, hint_status_line},
    {UPSHAKE_ERR_LINE_END, hint_line_end},
    {UPSHAKE_ERR_HEAD_LONG, hint_long},
    {UPSHAKE_ERR_UPGRADE_NOT_ASKED, hint_upgrade},
    {UPSHAKE_ERR_ACCEPT_WRONG, hint_accept},
    {UPSHAKE_ERR_SUBPROTOCOL_NOT_ASKED, hint_subprotocol},
    {UPSHAKE_ERR_SUBPROTOCOL_NONE, hint_no_subprotocol},
    {UPSHAKE_ERR_EXTENSION_NOT_ASKED, hint_extension},
    {UPSHAKE_ERR_EXTENSION_PARAMETER, hint_parameter},
};

/* ---- What does not depend on the response -------------------------------- */

static const struct {
  upshake_error error;
  const char *text;
} hints[] = {
    {UPSHAKE_ERR_HTTP_VERSION,
     "curl -i and developer tools show HTTP/2 responses in this form: there\n"
     "it is no Upgrade.  With curl: --http1.1\n"},
    {UPSHAKE_ERR_INTERIM_MANY,
     "A server that sends 100 or 103 without end never answers.\n"},
    {UPSHAKE_ERR_FIELD_FOLDED,
     "The first field line begins in the first column: there is no line\n"
     "before it that it could continue.\n"},
    {UPSHAKE_ERR_FIELD_BLANK,
     "Write the colon right behind the name.  Clients that accept the blank\n"
     "disagree on the name of the field.  That allows response smuggling.\n"},
    {UPSHAKE_ERR_FIELD_NAME,
     "A field line is Name: value.  A line without a colon, or a body without\n"
     "the empty line before it, ends here.\n"},
    {UPSHAKE_ERR_FIELD_VALUE,
     "Control bytes cannot stand in a value.  Text of a user that was put\n"
     "into a field unchecked is the usual cause.\n"},
    {UPSHAKE_ERR_LENGTH_AND_CODING,
     "Two answers to where the body ends: this is how responses are smuggled.\n"
     "A proxy that turns one into the other has to remove the first.\n"},
    {UPSHAKE_ERR_SWITCH_HTTP_1_0,
     "HTTP/1.0 has no 101.  A proxy, or a server of few lines, writes the\n"
     "wrong version: HTTP/1.1 101 Switching Protocols\n"},
    {UPSHAKE_ERR_CAPSULES,
     "Capsules follow the 101, and no content.  A framework that adds\n"
     "Content-Length: 0 to each response is the usual cause.\n"},
    {UPSHAKE_ERR_UPGRADE_MISSING,
     "A proxy drops Upgrade on the way back too unless it knows of the\n"
     "switch.  A server of your own sends: Upgrade: websocket\n"},
    {UPSHAKE_ERR_UPGRADE_REPEATED,
     "A server and a proxy in front both write the field, or it lists every\n"
     "protocol of the server.  In a 101 it names only the chosen protocol.\n"},
    {UPSHAKE_ERR_CONNECTION_MISSING,
     "A proxy that passes the 101 on but writes its own Connection is the\n"
     "usual cause.  A server of your own sends: Connection: Upgrade\n"},
    {UPSHAKE_ERR_CONNECTION_MALFORMED,
     "Connection is a list of names: Connection: Upgrade.  Quotes and\n"
     "parameters do not belong there.\n"},
    {UPSHAKE_ERR_ACCEPT_MISSING,
     "Without it nobody knows that a WebSocket server has answered: a mock or\n"
     "a proxy may have switched blindly.\n"},
    {UPSHAKE_ERR_ACCEPT_REPEATED,
     "A server and a proxy in front, or a library and the code that uses it,\n"
     "both write the field.\n"},
    {UPSHAKE_ERR_SUBPROTOCOL_REPEATED,
     "The server chooses one sub-protocol.  A library and the code that uses\n"
     "it both write the field, or each name is sent back in a line.\n"},
    {UPSHAKE_ERR_EXTENSION_REPEATED,
     "A proxy and the server both agree to compress, or the server accepts\n"
     "two offers of one extension: it must take only the first that it can.\n"},
    {UPSHAKE_ERR_EXTENSION_MALFORMED,
     "An answer looks like: permessage-deflate; client_max_window_bits=15\n"
     "A server that agrees to nothing leaves the field out: an empty field\n"
     "breaks the grammar.\n"},
};

/* ---- Ordinary responses -------------------------------------------------- */

typedef struct status_hint {
  int first, last;
  const char *text;
} status_hint;

static const status_hint status_hints[] = {
    {200, 299,
     "An ordinary answer: the path is a page and no endpoint, or a proxy took\n"
     "Upgrade out of the request.  To see that, let the proxy lead to\n"
     "upshake-inspect --listen 8090, and ask again.\n"},
    {300, 399,
     "A redirect.  Browsers do not follow it: give the client the address in\n"
     "Location, with ws:// or wss:// for http:// or https://.\n"},
    {400, 400,
     "The server finds a fault in the request.  upshake-inspect without\n"
     "--client says whether there is one.  A TLS port says 400 to plain HTTP\n"
     "too: then wss:// is right.\n"},
    {401, 401,
     "Authorization (or a cookie) is missing or was not accepted.  Pages in\n"
     "browsers cannot add fields to a WebSocket request: they use cookies.\n"},
    {403, 403,
     "Often the Origin: a server accepts pages of its own host or of a list.\n"
     "A proxy that rewrites Host makes the two differ.\n"},
    {404, 404,
     "The path is wrong, or a proxy leads it elsewhere; some servers say 404\n"
     "to a WebSocket request that has lost its Upgrade.\n"},
    {405, 405,
     "A WebSocket is opened with GET; other protocols name their method.\n"},
    {407, 407,
     "A proxy between client and server wants Proxy-Authorization, with the\n"
     "CONNECT before the request.\n"},
    {426, 426,
     "The server wants an Upgrade that it did not find: a proxy dropped it, "
     "or\n"
     "the version is wrong.  Upgrade and Sec-WebSocket-Version, if they are\n"
     "there, say what to ask for.\n"},
    {429, 429, "Too many connections from here; Retry-After says when.\n"},
    {501, 501, "The server does not know the method or the coding.\n"},
    {505, 505, "An Upgrade is possible in HTTP/1.1 only.\n"},
    {502, 504,
     "A proxy in front does not reach the server, or does not understand its\n"
     "101: look into the proxy's log.\n"},
};

static const char bad_request[] =
    "The server finds a fault in the request.  What upshake-client -v prints\n"
    "can be given to upshake-inspect, which says whether there is one.  A TLS\n"
    "port says 400 to plain HTTP too: then wss:// is right.\n";

static void hint_status(const struct answer_seen *seen, note *out) {
  int status = seen->result->status;
  if (seen->live && status == 400) {
    note_add(out, "%s", bad_request);
    return;
  }
  for (size_t i = 0; i < sizeof status_hints / sizeof status_hints[0]; i++)
    if (status >= status_hints[i].first && status <= status_hints[i].last) {
      note_add(out, "%s", status_hints[i].text);
      return;
    }
}

/* ---- Finding the hint ---------------------------------------------------- */

static void hint_error(const struct answer_seen *seen, note *out) {
  upshake_error error = seen->result->error;
  for (size_t i = 0; i < sizeof tellers / sizeof tellers[0]; i++)
    if (tellers[i].error == error) {
      tellers[i].say(seen, out);
      return;
    }
  for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
    if (hints[i].error == error)
      note_add(out, "%s", hints[i].text);
}

void say_answer_hint(const struct answer_seen *seen, note *out) {
  if (seen->result->next == UPSHAKE_CLIENT_OTHER)
    hint_status(seen, out);
  else if (seen->result->next != UPSHAKE_CLIENT_SWITCHED)
    hint_error(seen, out);
}
