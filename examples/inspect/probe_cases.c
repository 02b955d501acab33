/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --probe: the breakages, one for each rule that a server must
 * hold.  Each case is the right request with one thing wrong.
 *
 * RFC 6455 4.2.1: a server that finds a violation of the grammar of the
 * handshake MUST stop, and answer with an error.  Cases of that rule name the
 * section that has the grammar.
 */
#include "probe_cases.h"

#define CASE(level, allowed, rule, what, bytes)                                \
  { level, allowed, rule, what, bytes, sizeof(bytes) - 1 }

/* The right request without one of its lines. */
#define NO_LINE HOST UPGRADE CONNECTION KEY VERSION ORIGIN SUBPROTOCOL END
#define NO_HOST UPGRADE CONNECTION KEY VERSION ORIGIN SUBPROTOCOL END
#define NO_UPGRADE LINE HOST CONNECTION KEY VERSION ORIGIN SUBPROTOCOL
#define NO_CONNECTION LINE HOST UPGRADE KEY VERSION ORIGIN SUBPROTOCOL
#define NO_KEY LINE HOST UPGRADE CONNECTION VERSION ORIGIN SUBPROTOCOL
#define NO_VERSION LINE HOST UPGRADE CONNECTION KEY ORIGIN SUBPROTOCOL
#define NO_ORIGIN LINE HOST UPGRADE CONNECTION KEY VERSION SUBPROTOCOL
#define NO_SUBPROTOCOL_LINE LINE HOST UPGRADE CONNECTION KEY VERSION ORIGIN
#define NO_END LINE HOST UPGRADE CONNECTION KEY VERSION ORIGIN SUBPROTOCOL

/* clang-format off: the rule and what is sent, then the bytes */
const probe_case probe_cases[] = {

    /* ---- The request line
       ---------------------------------------------------- */

    CASE(MUST, NO_SWITCH, "RFC 6455 4.2.1 (1)", "the method is POST",
         "POST {target} HTTP/1.1\r\n"
         "Content-Length: 0\r\n" NO_LINE),
    CASE(MUST, NO_SWITCH, "RFC 6455 4.2.1 (1)", "the method is HEAD",
         "HEAD {target} HTTP/1.1\r\n" NO_LINE),
    CASE(MUST, NO_SWITCH, "RFC 9110 9.1", "the method is get, in lower case",
         "get {target} HTTP/1.1\r\n" NO_LINE),
    CASE(MUST, NO_SWITCH, "RFC 9110 7.8", "the version is HTTP/1.0",
         "GET {target} HTTP/1.0\r\n" NO_LINE),
    CASE(SHOULD, NO_SWITCH, "RFC 9110 15.6.6", "the version is HTTP/2.0",
         "GET {target} HTTP/2.0\r\n" NO_LINE),
    CASE(MUST, NO_SWITCH, "RFC 9112 2.3", "the version http/1.1, in lower case",
         "GET {target} http/1.1\r\n" NO_LINE),
    CASE(SHOULD, NO_SWITCH, "RFC 9112 3", "no version",
         "GET {target}\r\n" NO_LINE),
    CASE(SHOULD, NO_SWITCH, "RFC 9112 3.2", "a blank in the target",
         "GET {target} x HTTP/1.1\r\n" NO_LINE),
    CASE(SHOULD, NO_SWITCH, "RFC 9112 3.2", "a control byte in the target",
         "GET {target}\1 HTTP/1.1\r\n" NO_LINE),
    CASE(SHOULD, NO_SWITCH, "RFC 9112 3.2", "a NUL in the target",
         "GET {target}\0 HTTP/1.1\r\n" NO_LINE),
    CASE(SHOULD, NO_SWITCH, "RFC 9112 3.2", "a fragment behind the target",
         "GET {target}#x HTTP/1.1\r\n" NO_LINE),
    CASE(SHOULD, NO_SWITCH, "RFC 9112 3.2.1",
         "the target begins without a slash",
         "GET x{target} HTTP/1.1\r\n" NO_LINE),

    /* ---- Field lines
       --------------------------------------------------------- */

    CASE(MUST, STATUS_400, "RFC 9112 5.1", "a blank before a colon",
         LINE "Host : {host}\r\n" NO_HOST),
    CASE(MUST, NO_SWITCH, "RFC 9112 2.2", "a blank before the first field line",
         LINE " Host: {host}\r\n" NO_HOST),
    CASE(SHOULD, NO_SWITCH, "RFC 9112 5", "a field line without a colon",
         NO_END "X-Probe\r\n" END),
    CASE(SHOULD, NO_SWITCH, "RFC 9110 5.1", "a field without a name",
         NO_END ": x\r\n" END),
    CASE(SHOULD, NO_SWITCH, "RFC 9110 5.1", "a blank in the name of a field",
         NO_END "X Probe: x\r\n" END),
    CASE(SHOULD, NO_SWITCH, "RFC 9110 5.1", "a byte of 0x80 in a field's name",
         NO_END "X\x80Probe: x\r\n" END),
    CASE(MUST, NO_SWITCH, "RFC 9110 5.5", "a NUL in Host",
         LINE "Host: a\0b\r\n" NO_HOST),
    CASE(MUST, NO_SWITCH, "RFC 9110 5.5", "a NUL in the key",
         NO_KEY "Sec-WebSocket-Key: dGhlIHNhbXBs\0ZSBub25jZQ==\r\n" END),
    CASE(MUST, NO_SWITCH, "RFC 9112 2.2", "a CR without LF in the key",
         NO_KEY "Sec-WebSocket-Key: dGhlIHNhbXBs\rZSBub25jZQ==\r\n" END),
    CASE(MUST, NO_SWITCH, "RFC 9112 5.2", "the key is folded into two lines",
         NO_KEY "Sec-WebSocket-Key: dGhlIHNhbXBs\r\n ZSBub25jZQ==\r\n" END),
    CASE(MUST, NO_SWITCH_NOW, "RFC 9112 2.1", "no empty line behind the head",
         NO_END),

    /* ---- Host
       ---------------------------------------------------------------- */

    CASE(MUST, STATUS_400, "RFC 9112 3.2", "no Host", LINE NO_HOST),
    CASE(MUST, STATUS_400, "RFC 9112 3.2", "two Hosts",
         LINE HOST "Host: a\r\n" NO_HOST),
    CASE(MUST, STATUS_400, "RFC 9112 3.2", "Host with a blank in it",
         LINE "Host: a b\r\n" NO_HOST),
    CASE(MUST, STATUS_400, "RFC 9112 3.2", "Host with a path",
         LINE "Host: {host}/x\r\n" NO_HOST),
    CASE(MUST, STATUS_400, "RFC 9112 3.2", "Host with a user",
         LINE "Host: x@{host}\r\n" NO_HOST),
    CASE(MUST, STATUS_400, "RFC 9112 3.2", "Host whose port is no number",
         LINE "Host: a:x\r\n" NO_HOST),

    /* ---- The body
       ------------------------------------------------------------ */

    CASE(MUST, NO_SWITCH_NOW, "RFC 9112 9.3", "a body of 5 bytes, not sent yet",
         NO_END "Content-Length: 5\r\n" END),
    CASE(MUST, NO_SWITCH_NOW, "RFC 9112 9.3", "a chunked body, not sent yet",
         NO_END "Transfer-Encoding: chunked\r\n" END),
    CASE(MUST, STATUS_400, "RFC 9112 6.3 (5)", "Content-Length: +0",
         NO_END "Content-Length: +0\r\n" END),
    CASE(MUST, STATUS_400, "RFC 9112 6.3 (5)", "Content-Length: 0x0",
         NO_END "Content-Length: 0x0\r\n" END),
    CASE(MUST, STATUS_400, "RFC 9112 6.3 (5)", "Content-Length: -0",
         NO_END "Content-Length: -0\r\n" END),
    CASE(MUST, STATUS_400, "RFC 9112 6.3 (5)", "Content-Length: 0, 1",
         NO_END "Content-Length: 0, 1\r\n" END),
    CASE(MUST, STATUS_400, "RFC 9112 6.3 (5)", "Content-Length 0 and 1",
         NO_END "Content-Length: 0\r\n"
                "Content-Length: 1\r\n" END),
    CASE(MUST, NO_SWITCH, "RFC 9112 6.1",
         "Content-Length and Transfer-Encoding",
         NO_END "Content-Length: 0\r\n"
                "Transfer-Encoding: chunked\r\n" END "0\r\n\r\n"),
    CASE(MUST, STATUS_400, "RFC 9112 6.3 (4)", "a coding that is not chunked",
         NO_END "Transfer-Encoding: xchunked\r\n" END),
    CASE(MUST, STATUS_400, "RFC 9112 6.3 (4)", "chunked is not the last coding",
         NO_END "Transfer-Encoding: chunked, gzip\r\n" END "0\r\n\r\n"),

    /* ---- Upgrade and Connection
       ---------------------------------------------- */

    CASE(MUST, NO_SWITCH, "RFC 6455 4.2.1 (3)", "no Upgrade", NO_UPGRADE END),
    CASE(MUST, NO_SWITCH, "RFC 6455 4.2.1 (3)", "Upgrade: x-probe",
         NO_UPGRADE "Upgrade: x-probe\r\n" END),
    CASE(MUST, NO_SWITCH, "RFC 6455 4.2.1 (3)", "Upgrade: websocket2",
         NO_UPGRADE "Upgrade: websocket2\r\n" END),
    CASE(MUST, NO_SWITCH, "RFC 6455 4.2.1 (3)", "Upgrade: xwebsocket",
         NO_UPGRADE "Upgrade: xwebsocket\r\n" END),
    CASE(MUST, NO_SWITCH, "RFC 9110 7.8", "Upgrade: \"websocket\", in quotes",
         NO_UPGRADE "Upgrade: \"websocket\"\r\n" END),
    CASE(MUST, NO_SWITCH, "RFC 6455 4.2.1 (4)", "no Connection",
         NO_CONNECTION END),
    CASE(MUST, NO_SWITCH, "RFC 6455 4.2.1 (4)", "Connection: keep-alive",
         NO_CONNECTION "Connection: keep-alive\r\n" END),
    CASE(MUST, NO_SWITCH, "RFC 6455 4.2.1 (4)", "Connection: xupgrade",
         NO_CONNECTION "Connection: xupgrade\r\n" END),
    CASE(MUST, NO_SWITCH, "RFC 6455 4.2.1 (4)", "Connection: upgrade2",
         NO_CONNECTION "Connection: upgrade2\r\n" END),
    CASE(MUST, NO_SWITCH, "RFC 9110 7.6.1",
         "Connection: \"Upgrade\", in quotes",
         NO_CONNECTION "Connection: \"Upgrade\"\r\n" END),

    /* ---- The key
       ------------------------------------------------------------- */

    CASE(MUST, AN_ERROR, "RFC 6455 4.2.1 (5)", "no key", NO_KEY END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.2.1 (5)", "an empty key",
         NO_KEY "Sec-WebSocket-Key: \r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.2.1 (5)", "the key is 4 bytes",
         NO_KEY "Sec-WebSocket-Key: dGVzdA==\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.2.1 (5)", "the key is 15 bytes",
         NO_KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.2.1 (5)", "the key is 17 bytes",
         NO_KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZWQ=\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.2.1 (5)", "the key is not base64",
         NO_KEY "Sec-WebSocket-Key: dGhlIHNhbXBs!SBub25jZQ==\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.3", "the key is base64url",
         NO_KEY "Sec-WebSocket-Key: dGhl_HNhbXBs-SBub25jZQ==\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.3", "the key lacks its ==",
         NO_KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.3", "a blank in the key",
         NO_KEY "Sec-WebSocket-Key: dGhlIHNhbXBs ZSBub25jZQ==\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.3", "a byte behind the key's ==",
         NO_KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==x\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.3", "two keys in one line",
         NO_KEY "Sec-WebSocket-Key: {key}, {key}\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 11.3.1", "two lines with a key",
         NO_KEY KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" END),

    /* ---- The version
       --------------------------------------------------------- */

    CASE(MUST, AN_ERROR, "RFC 6455 4.2.1 (6)", "no version of WebSocket",
         NO_VERSION END),
    CASE(MUST, VERSION_13, "RFC 6455 4.2.2 (4)", "version 0",
         NO_VERSION "Sec-WebSocket-Version: 0\r\n" END),
    CASE(MUST, VERSION_13, "RFC 6455 4.2.2 (4)", "version 7",
         NO_VERSION "Sec-WebSocket-Version: 7\r\n" END),
    CASE(MUST, VERSION_13, "RFC 6455 4.2.2 (4)", "version 14",
         NO_VERSION "Sec-WebSocket-Version: 14\r\n" END),
    CASE(MUST, VERSION_13, "RFC 6455 4.2.2 (4)", "version 255",
         NO_VERSION "Sec-WebSocket-Version: 255\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.3", "version 269, which is 13 in one byte",
         NO_VERSION "Sec-WebSocket-Version: 269\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.3", "version 013",
         NO_VERSION "Sec-WebSocket-Version: 013\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.3", "version +13",
         NO_VERSION "Sec-WebSocket-Version: +13\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.3", "version 13.0",
         NO_VERSION "Sec-WebSocket-Version: 13.0\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.3", "version 13x",
         NO_VERSION "Sec-WebSocket-Version: 13x\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.3", "versions 13, 8 in one line",
         NO_VERSION "Sec-WebSocket-Version: 13, 8\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 11.3.5", "two lines with a version",
         NO_VERSION VERSION "Sec-WebSocket-Version: 8\r\n" END),

    /* ---- Sub-protocols and extensions
       ---------------------------------------- */

    CASE(MUST, NO_SUBPROTOCOL, "RFC 6455 4.3", "an empty list of sub-protocols",
         NO_SUBPROTOCOL_LINE "Sec-WebSocket-Protocol: \r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.3", "a sub-protocol with a blank in it",
         NO_SUBPROTOCOL_LINE "Sec-WebSocket-Protocol: x probe\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 4.3", "a sub-protocol in quotes",
         NO_SUBPROTOCOL_LINE "Sec-WebSocket-Protocol: \"x-probe\"\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 9.1", "an extension with a blank in it",
         NO_END "Sec-WebSocket-Extensions: x probe\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 9.1", "an extension without a name",
         NO_END "Sec-WebSocket-Extensions: ; x=1\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 9.1", "a parameter without a name",
         NO_END "Sec-WebSocket-Extensions: x-probe; =1\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 9.1", "a quotation that does not end",
         NO_END "Sec-WebSocket-Extensions: x-probe; x=\"1\r\n" END),
    CASE(MUST, AN_ERROR, "RFC 6455 9.1", "a quoted value that is no token",
         NO_END "Sec-WebSocket-Extensions: x-probe; x=\"1 2\"\r\n" END),
    CASE(MUST, NO_DEFLATE, "RFC 7692 7.1", "deflate with an unknown parameter",
         NO_END
         "Sec-WebSocket-Extensions: permessage-deflate; x_probe\r\n" END),
    CASE(MUST, NO_DEFLATE, "RFC 7692 7.1", "deflate with a parameter twice",
         NO_END "Sec-WebSocket-Extensions: permessage-deflate; "
                "server_max_window_bits=10; server_max_window_bits=12\r\n" END),
    CASE(MUST, NO_DEFLATE, "RFC 7692 7.1.1.1",
         "no_context_takeover with a value",
         NO_END "Sec-WebSocket-Extensions: permessage-deflate; "
                "server_no_context_takeover=1\r\n" END),
    CASE(MUST, NO_DEFLATE, "RFC 7692 7.1.2.1", "server_max_window_bits=16",
         NO_END "Sec-WebSocket-Extensions: permessage-deflate; "
                "server_max_window_bits=16\r\n" END),
    CASE(MUST, NO_DEFLATE, "RFC 7692 7.1.2.1", "server_max_window_bits=010",
         NO_END "Sec-WebSocket-Extensions: permessage-deflate; "
                "server_max_window_bits=010\r\n" END),
    CASE(MUST, NO_DEFLATE, "RFC 7692 7.1.2.1",
         "no value of server_max_window_bits",
         NO_END "Sec-WebSocket-Extensions: permessage-deflate; "
                "server_max_window_bits\r\n" END),
    CASE(MUST, NO_DEFLATE, "RFC 7692 7.1.2.2", "client_max_window_bits=7",
         NO_END "Sec-WebSocket-Extensions: permessage-deflate; "
                "client_max_window_bits=7\r\n" END),

    /* ---- Origin
       -------------------------------------------------------------- */

    CASE(SHOULD, NO_SWITCH, "RFC 6455 10.2", "a page of another host",
         NO_ORIGIN "Origin: https://probe.invalid\r\n" END),
    CASE(SHOULD, NO_SWITCH, "RFC 6454 7.1", "an Origin that is none",
         NO_ORIGIN "Origin: http:/{host}/x y\r\n" END),
    CASE(SHOULD, NO_SWITCH, "RFC 6454 7.3", "two Origins",
         NO_ORIGIN "Origin: http://{host}\r\n"
                   "Origin: http://{host}\r\n" END),
};
/* clang-format on */

const size_t probe_cases_len = sizeof probe_cases / sizeof *probe_cases;
