/* SPDX-License-Identifier: MIT
 *
 * What the requests are made of.
 */
#include "corpus.h"

#include <stddef.h>

const char *const corpus_hosts[CORPUS_HOSTS] = {
    "chat.example.com",
    "api-$d2.example.net:8443",
    "ws$d1.eu-west-$d1.example.org",
    "localhost:$d4",
    "192.0.2.$d2:8080",
    "stream.service-$x6.example",
};

const char *const corpus_targets[CORPUS_TARGETS] = {
    "/",
    "/chat",
    "/ws/v2/rooms/$d4~8",
    "/socket.io/?EIO=4&transport=websocket&sid=$b20",
    "/api/v1/stream?token=$b24~64",
    "/live/$x8-$x4-$x4/events?since=$d10&format=json",
    "/cable",
    "/graphql?operation=$b8~16",
};

const char *const corpus_agents[CORPUS_AGENTS] = {
    "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/1$d2.0.0.0 Safari/537.36",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:1$d2.0) Gecko/20100101 "
    "Firefox/1$d2.0",
    "User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 17_$d1 like Mac OS X) "
    "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.$d1 Mobile/15E148 "
    "Safari/604.1",
    "User-Agent: Python/3.$d2 websockets/$d2.0",
    "User-Agent: Go-http-client/1.1",
    "User-Agent: node-ws/8.$d2.0",
};

const char *const corpus_optional[] = {
    "Origin: https://$h",
    "Accept: */*",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Accept-Language: en-GB,en;q=0.$d1,de;q=0.$d1",
    "Cache-Control: no-cache",
    "Pragma: no-cache",
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    "Sec-WebSocket-Protocol: graphql-transport-ws, json.v$d1",
    "Cookie: session=$x32; theme=dark; _ga=GA1.2.$d9.$d10; consent=$b20~60",
    "Authorization: Bearer $b36.$b60~180.$b43",
    "X-Forwarded-For: 203.0.113.$d2, 10.0.$d1.$d2",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: $h",
    "X-Real-IP: 203.0.113.$d2",
    "X-Request-ID: $x8-$x4-$x4-$x4-$x12",
    "traceparent: 00-$x32-$x16-01",
    "Via: 1.1 edge-$d3 (proxy)",
    "Forwarded: for=203.0.113.$d2;proto=https;host=$h",
    "DNT: 1",
    "Sec-Fetch-Dest: websocket",
    "Sec-Fetch-Mode: websocket",
    "Sec-Fetch-Site: same-origin",
    "Sec-GPC: 1",
    "Priority: u=4, i",
    "CF-Ray: $x16-FRA",
    "CDN-Loop: example; loops=1",
    "X-Client-Version: $d1.$d2.$d3",
    "X-Csrf-Token: $b32~48",
    NULL,
};

/* RFC 6455 1.2 */
const char corpus_rfc6455[] = "GET /chat HTTP/1.1\r\n"
                              "Host: server.example.com\r\n"
                              "Upgrade: websocket\r\n"
                              "Connection: Upgrade\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                              "Origin: http://example.com\r\n"
                              "Sec-WebSocket-Protocol: chat, superchat\r\n"
                              "Sec-WebSocket-Version: 13\r\n"
                              "\r\n";

/* The order, and the words, of a browser of the Chromium family. */
const char corpus_browser[] =
    "GET /chat?room=lobby HTTP/1.1\r\n"
    "Host: server.example.com:8080\r\n"
    "Connection: Upgrade\r\n"
    "Pragma: no-cache\r\n"
    "Cache-Control: no-cache\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Chrome/130.0.0.0 Safari/537.36\r\n"
    "Upgrade: websocket\r\n"
    "Origin: http://server.example.com:8080\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Accept-Language: en-US,en;q=0.9\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; "
    "consent=20240917-all\r\n"
    "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    "\r\n";

const char corpus_fat[] =
    "GET /chat?room=lobby HTTP/1.1\r\n"
    "Host: server.example.com\r\n"
    "Connection: Upgrade\r\n"
    "Pragma: no-cache\r\n"
    "Cache-Control: no-cache\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Chrome/130.0.0.0 Safari/537.36\r\n"
    "Authorization: Bearer $b36.$b1500.$b342\r\n"
    "Upgrade: websocket\r\n"
    "Origin: https://server.example.com\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Accept-Language: en-US,en;q=0.9\r\n"
    "Cookie: id_token=$b36.$b1200.$b342; session=$x64; theme=dark; "
    "_ga=GA1.2.$d9.$d10\r\n"
    "X-Forwarded-For: 203.0.113.7, 10.0.0.1\r\n"
    "X-Forwarded-Proto: https\r\n"
    "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    "\r\n";

const char corpus_tiny[] = "GET / HTTP/1.1\r\n"
                           "Host: a\r\n"
                           "Upgrade: websocket\r\n"
                           "Connection: Upgrade\r\n"
                           "Sec-WebSocket-Version: 13\r\n"
                           "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n";

#define LINE "GET / HTTP/1.1\r\n"
#define HOST "Host: a\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define KEY "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n"
#define END "\r\n"

const char *const corpus_broken[] = {
    "POST / HTTP/1.1\r\n" HOST UPGRADE CONNECTION VERSION KEY END,
    "GET / HTTP/1.0\r\n" HOST UPGRADE CONNECTION VERSION KEY END,
    LINE UPGRADE CONNECTION VERSION KEY END,
    LINE HOST HOST UPGRADE CONNECTION VERSION KEY END,
    LINE HOST CONNECTION VERSION KEY END,
    LINE HOST "Upgrade: websockets\r\n" CONNECTION VERSION KEY END,
    LINE HOST "Upgrade: h2c, web socket\r\n" CONNECTION VERSION KEY END,
    LINE HOST UPGRADE VERSION KEY END,
    LINE HOST UPGRADE "Connection: keep-alive\r\n" VERSION KEY END,
    LINE HOST UPGRADE "Connection: x, upgrades\r\n" VERSION KEY END,
    LINE HOST UPGRADE CONNECTION KEY END,
    LINE HOST UPGRADE CONNECTION "Sec-WebSocket-Version: 12\r\n" KEY END,
    LINE HOST UPGRADE CONNECTION VERSION VERSION KEY END,
    LINE HOST UPGRADE CONNECTION VERSION END,
    LINE HOST UPGRADE CONNECTION VERSION KEY KEY END,
    LINE HOST UPGRADE CONNECTION VERSION
    "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXD==\r\n" END,
    LINE HOST UPGRADE CONNECTION VERSION
    "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhX!w==\r\n" END,
    LINE HOST UPGRADE CONNECTION VERSION
    "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDwAA\r\n" END,
    "GET / HTTP/1.1\r\nHo st: a\r\n" UPGRADE CONNECTION VERSION KEY END,
    LINE HOST UPGRADE CONNECTION VERSION KEY "a\x01: b\r\n" END,
    NULL,
};

const char *const corpus_answers[] = {
    "Date: Sun, 29 Nov 2026 10:11:$d2 GMT",
    "Server: nginx/1.27.$d1",
    "Content-Type: text/html; charset=utf-8",
    "Cache-Control: private, no-store, max-age=$d4",
    "ETag: \"$x16-$x8\"",
    "Last-Modified: Sat, 28 Nov 2026 10:11:$d2 GMT",
    "Set-Cookie: session=$b40~90; Path=/; HttpOnly; SameSite=Lax",
    "Set-Cookie: theme=dark; Path=/; Max-Age=$d6",
    "Vary: Accept-Encoding, Origin",
    "Strict-Transport-Security: max-age=31536000; includeSubDomains",
    "X-Content-Type-Options: nosniff",
    "X-Frame-Options: DENY",
    "X-Request-Id: $x8-$x4-$x4-$x4-$x12",
    "Content-Security-Policy: default-src 'self'; img-src * data:",
    "Access-Control-Allow-Origin: https://$h",
    "Alt-Svc: h3=\":443\"; ma=$d5",
    "Connection: keep-alive",
    "Via: 1.1 varnish",
    "Age: $d3",
    NULL,
};
