/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: what usually causes an outcome, and what helps.
 *
 * Most handshakes that fail were right when they left the client.  Something on
 * the way changed them, or they changed when they were recorded.
 */
#include <string.h>

#include "inspect.h"
#include "../common/note.h"

/* A hint whose text depends on the request. */
typedef struct teller {
  upshake_error error;
  void (*say)(const inspection *in, note *out);
} teller;

static void say(note *out, const char *text) { note_add(out, "%s\n", text); }

/* ---- What depends on the request ----------------------------------------- */

/* Editors write LF, but HTTP wants CR LF (RFC 9112 2.2).  Only the bytes up to
 * this one are looked at, because more of them may come later. */
static void hint_line_end(const inspection *in, note *out) {
  size_t offset = in->result.offset;
  if (offset >= in->input.len || in->input.bytes[offset] != '\n')
    say(out,
        "A CR ends a line only together with the LF behind it.  A CR alone\n"
        "is often the trace of a line end that was converted twice.");
  else if (memchr(in->input.bytes, '\r', offset) != NULL)
    say(out,
        "This line ends with LF, others with CR LF: the line was edited, or\n"
        "the client writes \\n where HTTP wants \\r\\n.");
  else
    say(out,
        "The line ends with LF.  A request that was saved or typed in an\n"
        "editor ends its lines so, and then the file is wrong and not the\n"
        "client: upshake-inspect --from auto FILE reads it.  In a client of\n"
        "your own, write \\r\\n where it has \\n.");
}

static void hint_method_byte(const inspection *in, note *out) {
  if (input_has_mark(&in->input))
    say(out, "The file begins with a byte order mark, which an editor has put\n"
             "there.  Save it as plain ASCII or UTF-8 without BOM.");
  else if (input_begins_with(&in->input, "> "))
    say(out,
        "This looks like the output of curl -v.  Take the \"> \" off each\n"
        "line and end the lines with CR LF.");
  else if (input_begins_with(&in->input, "HTTP/"))
    say(out,
        "This is a response.  Give the request that was answered with it.");
  else
    say(out,
        "The request line is METHOD, target, HTTP/1.1.  Bytes like these\n"
        "are often another protocol (TLS, WebSocket frames, PROXY protocol)\n"
        "or the rest of another message.");
}

static void hint_target_form(const inspection *in, note *out) {
  if (input_begins_with(&in->input, "PROXY "))
    say(out,
        "This is the PROXY protocol, which a load balancer in front is set\n"
        "to.  Set it to send plain TCP, or take that line off before the\n"
        "request is read.");
  else
    say(out,
        "The target begins with \"/\".  Only OPTIONS has \"*\", only CONNECT\n"
        "has host:port, and a whole URL begins with http://, https://, ws://\n"
        "or wss://.");
}

static void hint_not_supported(const inspection *in, note *out) {
  note_add(out, "The server speaks");
  for (size_t i = 0; i < in->config->protocols_len; i++)
    note_add(out, "%s%s", i ? ", " : " ", in->config->protocols[i].name);
  say(out,
      ".  If it speaks more protocols,\n"
      "name them with --protocol.  h2c comes from clients that try HTTP/2\n"
      "on the side (curl --http2, Java's HttpClient) and are content with\n"
      "a plain answer.");
}

static void hint_listed_origins(const upshake_config *config, note *out) {
  say(out, "Only these origins may come, compared byte for byte:\n");
  for (size_t i = 0; i < config->origins_len; i++) {
    note_add(out, "    ");
    note_escaped(out, upshake_text(config->origins[i]));
    say(out, "");
  }
}

static void hint_origin(const inspection *in, note *out) {
  note_add(out, "Origin names       ");
  note_escaped(out, find_value(in, "Origin"));
  note_add(out, "\nthe request is for ");
  note_escaped(out, upshake_get_request(&in->hs).authority);
  say(out, "\n");
  if (in->config->origin == UPSHAKE_ORIGIN_LIST) {
    hint_listed_origins(in->config, out);
    return;
  }
  say(out,
      "Host and port have to be the same.  If the page does come from this\n"
      "server, a proxy has rewritten Host: the line above is for nginx ($host\n"
      "loses the port).  If the page comes from elsewhere, list its origin:\n"
      "--origin tries that here.");
}

static void hint_incomplete(const inspection *in, note *out) {
  if (has_request(in) && in->taken == in->result.consumed)
    say(out,
        "The head is complete, and nothing of the body it announces is here.\n"
        "A client that sends Expect: 100-continue waits for the 100 first;\n"
        "others have sent less than they announced.");
  else if (has_request(in))
    say(out,
        "The body ends before the length that its head announces, or before\n"
        "the last chunk: \"0\", CR LF and an empty line.  The input was cut\n"
        "off, or the client counts other bytes than it sends.");
  else if (in->input.len == 0)
    say(out,
        "Nothing arrived.  Give a FILE, or the request on standard input.");
  else if (input_begins_with(&in->input, "\r\n") && in->input.len <= 16)
    say(out, "Only empty lines arrived, which may stand before a request.");
  else if (input_ends_with(&in->input, "\r\n"))
    say(out,
        "The empty line that ends the head is missing: CR LF once more\n"
        "behind the last field line.  Editors and copying drop it easily.");
  else
    say(out,
        "The input ends within a line.  It was cut off, or the CR LF of the\n"
        "last line and the empty line behind it are missing.");
}

/* The client takes this server for its proxy. */
static void hint_no_upgrade(const inspection *in, note *out) {
  if (upshake_equal_fold(upshake_get_request(&in->hs).method, "CONNECT"))
    say(out, "CONNECT is for a proxy: the client takes this server for its\n"
             "proxy (http_proxy, https_proxy, or a setting of the client).");
  else
    say(out,
        "Usually this is no handshake: a browser that opens the address\n"
        "as a page, a health check, or curl without the fields of a\n"
        "handshake.  If the client did ask for an upgrade, a proxy on the\n"
        "way has dropped it; in nginx, in the location that leads here:\n"
        "    proxy_http_version 1.1;\n"
        "    proxy_set_header Upgrade $http_upgrade;\n"
        "    proxy_set_header Connection \"upgrade\";");
}

static void hint_method(const inspection *in, note *out) {
  upshake_slice method = upshake_get_request(&in->hs).method;
  if (upshake_equal_fold(method, "GET"))
    say(out, "The case of letters counts in a method: get is not GET.");
  else
    say(out, "A WebSocket is opened with GET.  Look for a client library or a\n"
             "proxy that sends another method (HEAD: a health check).");
}

static void hint_version(const inspection *in, note *out) {
  size_t offset = in->result.offset;
  const char *at = input_at(&in->input, offset < 7 ? 0 : offset - 6);
  if (offset >= 7 && offset + 1 < input_end(&in->input) &&
      memcmp(at, "HTTP/2", 6) == 0)
    say(out,
        "This is HTTP/2, which has no Upgrade: a WebSocket is opened there\n"
        "with an extended CONNECT (RFC 8441).");
  else
    say(out,
        "The request line is METHOD, target, HTTP/1.1, with one blank\n"
        "between them.  A blank in the target ends it: write %20.  A\n"
        "version is two digits with a dot between them, unlike HTTP/2 and\n"
        "HTTP/01.01.");
}

static const teller tellers[] = {
    {UPSHAKE_ERR_NO_UPGRADE, hint_no_upgrade},
    {UPSHAKE_ERR_METHOD, hint_method},
    {UPSHAKE_ERR_HTTP_VERSION_BYTE, hint_version},
    {UPSHAKE_ERR_INCOMPLETE, hint_incomplete},
    {UPSHAKE_ERR_NOT_SUPPORTED, hint_not_supported},
    {UPSHAKE_ERR_LINE_END, hint_line_end},
    {UPSHAKE_ERR_METHOD_BYTE, hint_method_byte},
    {UPSHAKE_ERR_TARGET_FORM, hint_target_form},
    {UPSHAKE_ERR_ORIGIN_REFUSED, hint_origin},
};

/* ---- What does not depend on the request --------------------------------- */

static const hint hints[] = {
    /* For a plain request. */
    {UPSHAKE_ERR_PROXY_TOOK_UPGRADE,
     "A client that sends Sec-WebSocket fields sends Upgrade too.  Upgrade\n"
     "and Connection go from hop to hop: a proxy drops them unless it is\n"
     "told to pass them on.  nginx is told by proxy_http_version and by\n"
     "proxy_set_header, in the location that leads here; Apache httpd (2.4.47\n"
     "on) by ProxyPass ... upgrade=websocket\n"},
    {UPSHAKE_ERR_HTTP_1_0,
     "Clients that upgrade speak HTTP/1.1.  A proxy on the way speaks\n"
     "HTTP/1.0 to the server, as nginx long did by default.  In nginx,\n"
     "proxy_http_version changes that, in the location that leads here, and\n"
     "proxy_set_header passes Upgrade and Connection on.\n"},
    {UPSHAKE_ERR_NO_CONNECTION,
     "Upgrade counts only if Connection names it too, as a whole member of\n"
     "its list.  If your client sends it, a proxy on the way passes Upgrade "
     "on\n"
     "and writes its own Connection, as nginx does (\"close\").  In nginx, in\n"
     "the location that leads here:\n"
     "    proxy_http_version 1.1;\n"
     "    proxy_set_header Upgrade $http_upgrade;\n"
     "    proxy_set_header Connection \"upgrade\";\n"},
    {UPSHAKE_ERR_PASSED_OVER_METHOD,
     "This protocol is offered with another method (GET unless the server\n"
     "says otherwise).  The request is served as if it had not asked.  To try\n"
     "it here: --protocol TOKEN,method=NAME\n"},
    {UPSHAKE_ERR_PASSED_OVER_BODY,
     "The request has a body (Content-Length or Transfer-Encoding), which\n"
     "would have to be read before the protocol changes.  Send the first\n"
     "request without a body: curl -d adds one.  If a body belongs to the\n"
     "protocol, as in Docker's, the server has to be told to read it; to try\n"
     "that here: --protocol TOKEN,method=POST,body=consume\n"},
    {UPSHAKE_ERR_PASSED_OVER_SETTINGS,
     "Clients that ask for h2c send HTTP2-Settings once, base64url without\n"
     "\"=\", and name it in Connection.  A proxy that passes Upgrade on drops\n"
     "it easily.\n"},

    /* For a refusal in the request line or in a field line. */
    {UPSHAKE_ERR_TLS,
     "The client used https:// or wss:// on a port without TLS, or a proxy\n"
     "does (proxy_pass https://...).  Use http:// or ws://, or put TLS in\n"
     "front of this port.\n"},
    {UPSHAKE_ERR_EMPTY_LINES,
     "The request line does not come.  What is in front of it is often the\n"
     "rest of another message on the same connection.\n"},
    {UPSHAKE_ERR_METHOD_LONG,
     "This is often no HTTP at all, or the rest of another message: a body\n"
     "longer than its Content-Length, or binary frames.\n"},
    {UPSHAKE_ERR_TARGET_BYTE,
     "The client has to percent-encode this byte (a blank is %20).  Exactly\n"
     "one blank stands on each side of the target; a #fragment is not sent.\n"},
    {UPSHAKE_ERR_TARGET_LONG,
     "Data in the query is the usual cause; --head-max sets the limit here.\n"
     "In the server it is the size of the head memory.\n"},
    {UPSHAKE_ERR_TARGET_SECURED,
     "The URL says TLS and this connection has none: a proxy that ends TLS in\n"
     "front has to be made known to the server.\n"},
    {UPSHAKE_ERR_HTTP_VERSION,
     "An Upgrade is possible in HTTP/1.1 only.  Browsers' developer tools\n"
     "show HTTP/2 requests in this form too: there it is no Upgrade.\n"},
    {UPSHAKE_ERR_HTTP2_PREFACE,
     "The client, or a proxy in front, is set to speak HTTP/2 at once (curl\n"
     "--http2-prior-knowledge, gRPC, a proxy with an HTTP/2 upstream).  Set\n"
     "it to HTTP/1.1: HTTP/2 has no Upgrade; a WebSocket is opened there\n"
     "with an extended CONNECT (RFC 8441).  A server that speaks HTTP/2 too\n"
     "sends no reply and gives these bytes to its HTTP/2.\n"},
    {UPSHAKE_ERR_FIELD_FOLDED,
     "When a request was pasted, lines are often indented or wrapped.  Each\n"
     "field is one line and begins in the first column.\n"},
    {UPSHAKE_ERR_FIELD_BLANK,
     "Write the colon right behind the name.  Servers that accept the blank\n"
     "disagree on the name of the field.  That allows request smuggling.\n"},
    {UPSHAKE_ERR_FIELD_NAME,
     "A field line is Name: value.  A line without a colon, often a long\n"
     "value that was wrapped, and a name with a blank in it end here.\n"},
    {UPSHAKE_ERR_FIELD_VALUE,
     "Control bytes cannot stand in a value.  The usual ones are CR without\n"
     "LF, NUL, and colours that were copied from a terminal.\n"},
    {UPSHAKE_ERR_FIELDS_MANY,
     "More fields than a server takes: look for a proxy that adds to them in\n"
     "a loop.\n"},
    {UPSHAKE_ERR_HEAD_LONG,
     "Cookies are the usual cause: they count into the head.  --head-max sets\n"
     "the limit here; in the server it is the size of the head memory.  With\n"
     "--lean only the fields in use count there; --total-max limits all.\n"},

    /* For a refusal after the head. */
    {UPSHAKE_ERR_HOST_REPEATED,
     "A proxy adds Host instead of replacing it, or a client library sends\n"
     "its own Host beside a Host that was set by hand.\n"},
    {UPSHAKE_ERR_HOST_MALFORMED,
     "Host is a name or an address, and perhaps a port: example.com:8080 or\n"
     "[::1]:8080.  It is no URL: no scheme, no path.\n"},
    {UPSHAKE_ERR_HOST_MISSING,
     "Every HTTP/1.1 request has Host.  A request that was written by hand\n"
     "often lacks it.  Add a line: Host: example.com\n"},
    {UPSHAKE_ERR_HOST_EMPTY,
     "The client or a proxy sends Host without a value.  In nginx:\n"
     "    proxy_set_header Host $http_host;\n"},
    {UPSHAKE_ERR_LENGTH_AND_CODING,
     "Two answers to where the body ends: this is how requests are smuggled.\n"
     "A proxy that turns one into the other has to remove the first.\n"},
    {UPSHAKE_ERR_CONNECTION_MALFORMED,
     "Connection is a list of names: Connection: keep-alive, Upgrade.  Quotes\n"
     "and parameters do not belong there.\n"},
    {UPSHAKE_ERR_BODY,
     "This handshake has no body.  Take Content-Length and Transfer-Encoding\n"
     "out; curl -d and some HTTP clients add them.\n"},
    {UPSHAKE_ERR_CODING_NOT_CHUNKED,
     "Without chunked as the last coding nobody knows where the body ends.\n"
     "Send: Transfer-Encoding: chunked\n"},
    {UPSHAKE_ERR_CODING_UNKNOWN,
     "Compress the content instead (Content-Encoding), if the protocol allows\n"
     "that, and send: Transfer-Encoding: chunked\n"},
    {UPSHAKE_ERR_BODY_LONG,
     "The server has a limit for a body that it reads before the switch, or\n"
     "the size of a chunk is impossible.\n"},
    {UPSHAKE_ERR_CHUNK,
     "A chunk is its length in hexadecimal digits, CR LF, as many bytes, CR\n"
     "LF; the last one has length 0.  A length that counts characters, or a\n"
     "body that is not in chunks at all, breaks here.\n"},
    {UPSHAKE_ERR_CHUNK_EXTENSION_LONG,
     "Nobody uses chunk extensions.  Endless bytes behind the size of a chunk\n"
     "are an attack.\n"},
    {UPSHAKE_ERR_TRAILER,
     "An empty line follows the last chunk; only fields may stand between\n"
     "them.  If the new protocol begins at once, the client forgot that line:\n"
     "\"0\", CR LF, CR LF.\n"},
    {UPSHAKE_ERR_TRAILER_LONG,
     "Fields behind a body play no part in a handshake: send them before it,\n"
     "or not at all.\n"},
    {UPSHAKE_ERR_METHOD_NOT_GET,
     "connect-udp and connect-ip are asked for with GET in HTTP/1.1.  CONNECT\n"
     "belongs to HTTP/2 and HTTP/3 (RFC 9298 3.4).\n"},
    {UPSHAKE_ERR_CAPSULES,
     "Capsules follow the 101, and no content: leave out Content-Type and\n"
     "other fields about content.\n"},
    {UPSHAKE_ERR_VERSION_MISSING,
     "Every WebSocket client sends: Sec-WebSocket-Version: 13\n"
     "A handshake that was written by hand often lacks it.\n"},
    {UPSHAKE_ERR_VERSION_UNSUPPORTED,
     "13 is the version of RFC 6455; other versions are drafts of 2010 and\n"
     "2011.  The reply names the version that the server speaks; a client may\n"
     "try again with it.\n"},
    {UPSHAKE_ERR_KEY_MISSING,
     "Every WebSocket client sends a new key: 16 random bytes, in base64.\n"},
    {UPSHAKE_ERR_KEY_MALFORMED,
     "A key is the base64 of 16 random bytes: 24 bytes that end in ==.  Usual\n"
     "mistakes are invented keys (\"test\"), hexadecimal digits, and the\n"
     "base64 of 24 or 32 bytes.  Make a new key, of 16 bytes of "
     "/dev/urandom.\n"},
    {UPSHAKE_ERR_KEY_REPEATED,
     "A client library sends its own key beside a key that was set by hand.\n"},
    {UPSHAKE_ERR_SUBPROTOCOL_MALFORMED,
     "Names are separated by commas and have no blanks, slashes or \"=\".  A\n"
     "credential that is sent as a sub-protocol has to be base64url without\n"
     "padding.\n"},
    {UPSHAKE_ERR_EXTENSION_MALFORMED,
     "An offer looks like: permessage-deflate; client_max_window_bits=15\n"},
    {UPSHAKE_ERR_ORIGIN_MALFORMED,
     "null comes from a file:// page, a sandboxed iframe or a redirect across\n"
     "origins.  An origin has no path and no slash at its end:\n"
     "https://example.com\n"},
    {UPSHAKE_ERR_EXPECTATION,
     "100-continue is the only expectation that HTTP defines.\n"},
};

void say_hint(const inspection *in, upshake_error error, note *out) {
  for (size_t i = 0; i < sizeof tellers / sizeof tellers[0]; i++)
    if (tellers[i].error == error) {
      tellers[i].say(in, out);
      return;
    }
  for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
    if (hints[i].error == error)
      note_add(out, "%s", hints[i].text);
}
