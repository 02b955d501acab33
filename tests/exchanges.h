/* SPDX-License-Identifier: MIT
 *
 * What our client and our server exchange: what each is asked to do, every byte
 * that they then send, and what the client makes of it.
 */
#ifndef EXCHANGES_H
#define EXCHANGES_H

#include "check.h"

typedef struct exchange {
  upshake_ask ask;
  const char *request; /* instead of `ask`, and sent as it is */
  upshake_config config;
  upshake_deflate_caps caps;
  upshake_extra extra;
  int answer; /* to a request that is PLAIN to this server */
  upshake_client_policy policy;
  /* What goes over the wire before the new protocol, byte for byte: the
   * request, unless it is given above, and the reply with its body. */
  const char *asks, *answers;
  /* What is expected of the client. */
  upshake_client_next next;
  upshake_error error;
  int status;
  const char *protocol, *subprotocol, *extensions, *body;
  upshake_deflate deflate;
} exchange;

static int refuse(upshake *hs, void *user) {
  (void)hs;
  (void)user;
  return 401;
}

static const uint8_t nonce[] = "the sample nonce";
static const upshake_protocol table[] = {
    UPSHAKE_PROTOCOL("SPDY/3.1"),
    UPSHAKE_WEBSOCKET,
    UPSHAKE_H2C,
    UPSHAKE_CAPSULES("connect-udp"),
    {.name = "echo", .methods = "GET, POST"}};
#define TABLE .protocols = table, .protocols_len = CHECK_LEN(table)
static const char *const spoken[] = {"chat"};
static const upshake_deflate_offer deflates[] = {
    {.server_bits = 8},
    {.server_bits = 10, .client_bits = 13, .no_server_takeover = 1}};
static const upshake_field asked_fields[] = {
    {{UPSHAKE_TEXT("User-Agent")}, {UPSHAKE_TEXT("test")}}};
static const upshake_field server_fields[] = {
    {{UPSHAKE_TEXT("Server")}, {UPSHAKE_TEXT("test")}},
    {{UPSHAKE_TEXT("X-Empty")}, {NULL, 0}}};
static const upshake_field challenge[] = {
    {{UPSHAKE_TEXT("WWW-Authenticate")}, {UPSHAKE_TEXT("Basic realm=\"a\"")}}};

/* One SETTINGS parameter (RFC 7540 6.5.1). */
#define SETTINGS "\0\3\0\0\0\144"

#define SWITCH_TO(protocol)                                                    \
  "HTTP/1.1 101 Switching Protocols\r\n"                                       \
  "Upgrade: " protocol "\r\nConnection: Upgrade\r\n"
#define CHECK_ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define ADDED "Server: test\r\nX-Empty: \r\n" /* server_fields */

static const exchange plain_websocket = {
    .ask = {.authority = {UPSHAKE_TEXT("example.com")},
            .target = {UPSHAKE_TEXT("/chat")}},
    .config = {TABLE},
    .asks =
        "GET /chat HTTP/1.1\r\nHost: example.com\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\n" CHECK_VERSION CHECK_KEY
        "\r\n",
    .answers = SWITCH_TO("websocket") CHECK_ACCEPT "\r\n",
    .next = UPSHAKE_CLIENT_SWITCHED,
    .status = 101,
    .protocol = "websocket"};

static const exchange subprotocol_and_deflate = {
    .ask = {.authority = {UPSHAKE_TEXT("example.com:8080")},
            .target = {UPSHAKE_TEXT("?room=1")},
            .subprotocols = {UPSHAKE_TEXT("superchat, chat")},
            .deflates = deflates,
            .deflates_len = 2,
            .origin = {UPSHAKE_TEXT("http://example.com:8080")},
            .fields = asked_fields,
            .fields_len = 1},
    .config = {TABLE, .subprotocols = spoken, .subprotocols_len = 1},
    .caps = {.client_bits = 12},
    .extra = {.fields = server_fields, .fields_len = 2},
    .policy = {.subprotocol_required = 1},
    .asks = "GET /?room=1 HTTP/1.1\r\nHost: example.com:8080\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            "Origin: http://example.com:8080\r\n" CHECK_VERSION
            "User-Agent: test\r\n" CHECK_KEY
            "Sec-WebSocket-Extensions: permessage-deflate; "
            "server_max_window_bits=8, "
            "permessage-deflate; server_no_context_takeover; "
            "server_max_window_bits=10; client_max_window_bits=13\r\n"
            "Sec-WebSocket-Protocol: superchat, chat\r\n\r\n",
    .answers = SWITCH_TO("websocket") CHECK_ACCEPT
    "Sec-WebSocket-Protocol: chat\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; "
    "server_no_context_takeover; "
    "server_max_window_bits=10; client_max_window_bits=12\r\n" ADDED "\r\n",
    .next = UPSHAKE_CLIENT_SWITCHED,
    .status = 101,
    .protocol = "websocket",
    .subprotocol = "chat",
    .extensions = "permessage-deflate; server_no_context_takeover; "
                  "server_max_window_bits=10; client_max_window_bits=12",
    .deflate = {10, 12, 1, 0}};

static const exchange another_token = {
    .ask = {.authority = {UPSHAKE_TEXT("[2001:db8::1]")},
            .target = {UPSHAKE_TEXT("/echo")},
            .method = {UPSHAKE_TEXT("POST")},
            .protocols = {UPSHAKE_TEXT("echo")}},
    .config = {TABLE},
    .asks = "POST /echo HTTP/1.1\r\nHost: [2001:db8::1]\r\n"
            "Connection: Upgrade\r\nUpgrade: echo\r\n"
            "Content-Length: 0\r\n\r\n",
    .answers = SWITCH_TO("echo") "\r\n",
    .next = UPSHAKE_CLIENT_SWITCHED,
    .status = 101,
    .protocol = "echo"};

/* The server's preference counts, and what it says is what holds. */
static const exchange one_of_two = {
    .ask = {.authority = {UPSHAKE_TEXT("example.com")},
            .protocols = {UPSHAKE_TEXT("websocket, SPDY/3.1")}},
    .config = {TABLE},
    .asks =
        "GET / HTTP/1.1\r\nHost: example.com\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket, SPDY/3.1\r\n" CHECK_VERSION
            CHECK_KEY "\r\n",
    .answers = SWITCH_TO("SPDY/3.1") "\r\n",
    .next = UPSHAKE_CLIENT_SWITCHED,
    .status = 101,
    .protocol = "SPDY/3.1"};

static const exchange http2 = {
    .ask = {.scheme = {UPSHAKE_TEXT("http")},
            .authority = {UPSHAKE_TEXT("example.com")},
            .protocols = {UPSHAKE_TEXT("h2c")},
            .settings = {UPSHAKE_TEXT(SETTINGS)}},
    .config = {TABLE},
    .asks = "GET / HTTP/1.1\r\nHost: example.com\r\n"
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            "HTTP2-Settings: AAMAAABk\r\n\r\n",
    .answers = SWITCH_TO("h2c") "\r\n",
    .next = UPSHAKE_CLIENT_SWITCHED,
    .status = 101,
    .protocol = "h2c"};

static const exchange masque = {
    .ask = {.scheme = {UPSHAKE_TEXT("https")},
            .authority = {UPSHAKE_TEXT("example.com")},
            .target = {UPSHAKE_TEXT("/.well-known/masque/udp/192.0.2.6/443/")},
            .protocols = {UPSHAKE_TEXT("connect-udp")}},
    .config = {TABLE},
    .asks = "GET /.well-known/masque/udp/192.0.2.6/443/ HTTP/1.1\r\n" CHECK_HOST
            "Connection: Upgrade\r\nUpgrade: connect-udp\r\n"
            "Capsule-Protocol: ?1\r\n\r\n",
    .answers = SWITCH_TO("connect-udp") "Capsule-Protocol: ?1\r\n\r\n",
    .next = UPSHAKE_CLIENT_SWITCHED,
    .status = 101,
    .protocol = "connect-udp"};

/* RFC 9110 10.1.1: a 100 (Continue), then the 101, in one reply. */
static const exchange continue_first = {
    .request = "GET / HTTP/1.1\r\n" CHECK_FIELDS "Expect: 100-continue\r\n\r\n",
    .config = {TABLE},
    .extra = {.fields = server_fields, .fields_len = 2},
    .answers = "HTTP/1.1 100 Continue\r\n\r\n" SWITCH_TO("websocket")
        CHECK_ACCEPT ADDED "\r\n",
    .next = UPSHAKE_CLIENT_SWITCHED,
    .status = 101,
    .protocol = "websocket"};

static const exchange upgrade_required = {
    .ask = {.authority = {UPSHAKE_TEXT("example.com")},
            .protocols = {UPSHAKE_TEXT("quux/2")}},
    .config = {TABLE},
    .extra = {.body = {UPSHAKE_TEXT("Ask for websocket.\r\n\r\n")}},
    .answer = 426,
    .asks = "GET / HTTP/1.1\r\nHost: example.com\r\n"
            "Connection: Upgrade\r\nUpgrade: quux/2\r\n\r\n",
    .answers = "HTTP/1.1 426 Upgrade Required\r\n"
               "Upgrade: SPDY/3.1, websocket, h2c, connect-udp, echo\r\n"
               "Connection: Upgrade, close\r\nContent-Length: 22\r\n\r\n"
               "Ask for websocket.\r\n\r\n",
    .next = UPSHAKE_CLIENT_OTHER,
    .status = 426,
    .body = "Ask for websocket.\r\n\r\n"};

static const exchange unauthorized = {
    .ask = {.authority = {UPSHAKE_TEXT("example.com")}},
    .config = {TABLE, .decide = refuse},
    .extra = {.fields = challenge,
              .fields_len = 1,
              .reason = {UPSHAKE_TEXT("Who\tis \xc3\xa4?")}},
    .asks =
        "GET / HTTP/1.1\r\nHost: example.com\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\n" CHECK_VERSION CHECK_KEY
        "\r\n",
    .answers = "HTTP/1.1 401 Who\tis \xc3\xa4?\r\n"
               "Connection: close\r\nContent-Length: 0\r\n"
               "WWW-Authenticate: Basic realm=\"a\"\r\n\r\n",
    .next = UPSHAKE_CLIENT_OTHER,
    .status = 401,
    .body = ""};

/* The server goes on without a sub-protocol; a browser does not. */
static const exchange none_chosen = {
    .ask = {.authority = {UPSHAKE_TEXT("example.com")},
            .subprotocols = {UPSHAKE_TEXT("superchat")}},
    .config = {TABLE, .subprotocols = spoken, .subprotocols_len = 1},
    .policy = {.subprotocol_required = 1},
    .asks =
        "GET / HTTP/1.1\r\nHost: example.com\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\n" CHECK_VERSION CHECK_KEY
        "Sec-WebSocket-Protocol: superchat\r\n\r\n",
    .answers = SWITCH_TO("websocket") CHECK_ACCEPT "\r\n",
    .next = UPSHAKE_CLIENT_REFUSED,
    .error = UPSHAKE_ERR_SUBPROTOCOL_NONE,
    .status = 101};

#endif
