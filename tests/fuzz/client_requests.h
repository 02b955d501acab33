/* SPDX-License-Identifier: MIT
 *
 * The requests to which the inputs of fuzz_client are answers.  The place in
 * the list is the first octet of an input.
 */
#ifndef UPSHAKE_CLIENT_REQUESTS_H
#define UPSHAKE_CLIENT_REQUESTS_H

#include "../check.h"

static const char *const client_requests[] = {
    CHECK_REQUEST,
    "GET / HTTP/1.1\r\n" CHECK_FIELDS
    "Sec-WebSocket-Protocol: chat, superchat\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, "
    "x-shout; loud\r\n\r\n",
    "GET / HTTP/1.1\r\n" CHECK_FIELDS
    "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10; "
    "server_no_context_takeover\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; "
    "client_max_window_bits=9\r\n\r\n",
    "GET / HTTP/1.1\r\n" CHECK_HOST "Connection: Upgrade\r\n"
    "Upgrade: SPDY/3.1, websocket, echo\r\n" CHECK_KEY CHECK_VERSION "\r\n",
    "HEAD / HTTP/1.1\r\n" CHECK_HOST
    "Connection: Upgrade\r\nUpgrade: echo\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\n" CHECK_HOST
    "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n\r\n",
    "GET / HTTP/1.1\r\n" CHECK_HOST "Connection: Upgrade, HTTP2-Settings\r\n"
    "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
    "GET /masque/a/1/ HTTP/1.1\r\n" CHECK_HOST "Connection: Upgrade\r\n"
    "Upgrade: connect-udp\r\nCapsule-Protocol: ?1\r\n\r\n",
    CHECK_PLAIN,
    "HEAD / HTTP/1.1\r\n" CHECK_HOST "\r\n",
    "CONNECT example.com:80 HTTP/1.1\r\nHost: example.com:80\r\n\r\n",
};

/* Behind the list: the request is in the input. */
#define OWN_REQUEST CHECK_LEN(client_requests)

/* Before the response in an input: the request, the memory, two for the cuts;
 * then for OWN_REQUEST two for its length, and the request. */
#define CLIENT_CHOICES 4

#endif
