# SPDX-License-Identifier: MIT
"""Cases of requests that a client writes, made of good values and bad ones."""
from harness import Case
from mutate import KEY, METHODS, TARGETS, VALUES

HOSTS = ([b"example.com", b"::1", b"[::1]", b"192.0.2.1"],
         [b"", b"a b", b"a:80", b"[::1", b"u@a"])
AUTHORITIES = ([b"example.com", b"[::1]:8080", b"a:80", b"a:443", b"a:"],
               [b"", b":80", b"a b", b"u@a", b"a:65536", b"a/b", b"::1"])
PROTOCOLS = ([b"websocket", b"h2c", b"echo", b"SPDY/3.1", b"connect-udp",
              b"TLS/1.2"],
             [b"websocket/13", b"a b", b"", b"a/", b"/a", b"h2c/1"])
SCHEMES = ([b"ws", b"wss", b"http", b"https"], [b"", b"ftp", b"WS", b"ws:"])
LENGTHS = ([b"0", b"1", b"9223372036854775807"],
           [b"9223372036854775808", b"18446744073709551615"])
CONTENTS = ([b"0", b"1", b"2"], [b"3", b"255"])
SETTINGS = ([b"\0\3\0\0\0\x64"], [b"", b"\0", b"\0" * 7])
DEFLATES = ([b"", b"client-bits=any", b"server-bits=10 no-client-takeover"],
            [b"server-bits=7", b"client-bits=16"])
FIELDS = ([b"Cookie: a=b", b"User-Agent: x", b"X: ", b"Cookie: c=d",
           b"Authorization: Basic eA=="],
          [b"A B: c", b": x", b"A:  x", b"A: x\t", b"A: x\r\nB: y",
           b"Connection: close", b"Upgrade: x", b"TE: trailers",
           b"Content-Length: 1", b"Transfer-Encoding: chunked",
           b"Keep-Alive: 1", b"HTTP2-Settings: AA", b"Trailer: A",
           b"Proxy-Connection: close"])
RECEIVED = [b"Host: example.com:80", b"host: [::1]", b"Host: ", b"Host: a b",
            b"Expect: 100-continue", b"Expect: tea",
            b"Origin: http://example.com", b"Origin: a, b",
            b"Sec-WebSocket-Key: " + KEY, b"Sec-WebSocket-Version: 13",
            b"Sec-WebSocket-Protocol: chat,, x", b"Sec-WebSocket-Accept: x",
            b"Sec-WebSocket-Extensions: permessage-deflate", b"X-A: b"]


class AskMutator:
    def __init__(self, random):
        self.random = random

    def pick(self, values):
        return self.random.choice(values)

    def _one(self, values):
        """Most are good."""
        return self.pick(values[self.random.random() < 0.08])

    def _maybe(self, chance, name, values):
        if self.random.random() < chance:
            yield name, self._one(values)

    def _where(self):
        if self.random.random() < 0.7:
            yield "authority", self._one(AUTHORITIES)
        else:
            yield from self._maybe(0.9, "host", HOSTS)
            yield from self._maybe(0.5, "port", ([b"80", b"443", b"8080"],
                                                 [b"0", b"65536"]))

    def case(self):
        kind = self.random.random()
        if kind < 0.4:
            asks = list(self._forward())
        else:
            asks = list(self._where()) + list(self._switch(kind < 0.6))
        asks += self._maybe(0.6, "target", TARGETS)
        asks += self._maybe(0.2, "query", ([b"a=b", b""], [b"#", b"a b"]))
        asks += self._maybe(0.3, "method", METHODS)
        asks += self._maybe(0.2, "scheme", SCHEMES)
        if self.random.random() < 0.5:
            asks.append(("content", self._one(CONTENTS)))
            if asks[-1][1] == b"1" or self.random.random() < 0.05:
                asks.append(("body-len", self._one(LENGTHS)))
        return Case("write", [], asks=asks)

    def _switch(self, is_plain):
        """What no received request has given."""
        if is_plain:
            yield "plain", b""
        chance = 0.05 if is_plain else 0.3
        yield from self._maybe(0.04 if is_plain else 0.7, "protocol",
                               PROTOCOLS)
        for name, values in (
                ("subprotocol", ([b"chat", b"x"], [b"a b", b""])),
                ("extensions", VALUES[b"sec-websocket-extensions"]),
                ("deflate", DEFLATES), ("settings", SETTINGS)):
            yield from self._maybe(chance / 2, name, values)
        yield from self._maybe(0.3, "origin", VALUES[b"origin"])
        if self.random.random() < 0.05:
            yield "no-key", b""
        for _ in range(self.pick((0, 0, 1, 2, 3))):
            yield "field", self._one(FIELDS)
        if self.random.random() < 0.2:
            yield "field", self.pick(RECEIVED)

    def _forward(self):
        yield "forward", b""
        if self.random.random() < 0.5:
            yield "plain", b""
        else:
            yield from self._maybe(0.5, "protocol", PROTOCOLS)
        if self.random.random() < 0.5:
            yield from self._where()
        elif self.random.random() < 0.9:
            yield "field", b"Host: example.com"
        if self.random.random() < 0.7:
            yield "field", b"Sec-WebSocket-Key: " + KEY
        if self.random.random() < 0.1:
            yield "no-key", b""
        for _ in range(self.pick((0, 1, 2, 3))):
            yield "field", self.pick(RECEIVED) if self.random.random() < 0.6 \
                else self._one(FIELDS)
        if self.random.random() < 0.1:
            yield self.pick((("origin", b"null"), ("subprotocol", b"chat"),
                             ("extensions", b"x"), ("deflate", b"")))
