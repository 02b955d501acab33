# SPDX-License-Identifier: MIT
"""Cases made of the vectors by changing them, the same for the same seed.

Half of the changes keep a request as good as it was: a handshake that stays
valid is what a wrong 101 hides among.
"""
import random

from harness import Case

# ---- Values ----------------------------------------------------------------

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="

# For each field good values and bad ones.
VALUES = {
    b"host": (
        [b"example.com", b"a", b"[::1]:8080", b"example.com:80", b"a,b",
         b"[::ffff:192.0.2.1]", b"[1:2:3:4:5:6:1.2.3.4]", b"a%4F.b",
         b"[v1.a]", b"example.com:", b"[1:2:3:4:5:6:7::]", b"[::]",
         b"192.0.2.1"],
        [b"", b":80", b"a b", b"a%4g", b"[::1.2.3]", b"[:1::]", b"u@a",
         b"[1:2:3:4:5:6:7:8:]", b"[1:2:3:4:5:1.2.3.4]", b"a:65536", b"a:8x",
         b"[::1", b"::1", b"[1::2::3]", b"a/b", b"[12345::]", b"a:00080",
         b"[::256.1.1.1]", b"[v.a]", b"a%", b"[::1]x", b"http://a", b"a\\b"]),
    b"upgrade": (
        [b"websocket", b"WebSocket", b"h2c, websocket", b", websocket,",
         b"websocket, echo", b"websocket/13, websocket", b"a b,websocket",
         b'"x, y", websocket', b"echo, tcp, h2c, websocket, connect-udp"],
        [b"", b"websocket/13", b'"websocket"', b"web socket", b"h2c",
         b"websocket;a", b"websockets", b'"a, websocket', b"websocket/",
         b"/websocket", b"echo", b"tcp", b"connect-udp", b"h2c, echo"]),
    b"connection": (
        [b"Upgrade", b"upgrade", b"keep-alive, Upgrade", b",Upgrade,,",
         b"close, Upgrade", b"Upgrade\t,\tx", b"Upgrade, HTTP2-Settings"],
        [b"", b"close", b"keep-alive", b'"Upgrade"', b"Upgrade x",
         b"Upgrade;q=1", b"upgrades", b'"a, upgrade, b"', b"HTTP2-Settings",
         b"Up\xc3\xa9"]),
    b"sec-websocket-key": (
        [KEY, b"AQIDBAUGBwgJCgsMDQ4PEC==", b"//79/v/+/f7//v3+//79/g==",
         b"AAAAAAAAAAAAAAAAAAAAAA=="],
        [b"", KEY[:-1], KEY[:-1] + b"a", KEY + b"=", b" ".join([KEY, KEY]),
         b"dGhlIHNhbXBsZSBub25jZSE=", b"dGhlIHNhbXBsZSBub25jZSEh",
         b"dGhlIHNhbXBsZSBub25j-Q==", b"dGhlIHNhbXBsZS=ub25jZQ==",
         b"dGhlIHNhbXBsZSBub25jZQ=a", b"dGhlIHNhbXBsZSBub25jZ===",
         b"dGhlIHNhbXBsZSBub25jZQ==, x"]),
    b"sec-websocket-version": (
        [b"13"],
        [b"", b"8", b"0", b"255", b"256", b"013", b"+13", b"13, 8", b"13.0",
         b"1 3", b"99999999999", b"12", b"14", b"x", b"13;", b"00"]),
    b"sec-websocket-protocol": (
        [b"chat", b"", b", ,", b"chat, superchat", b"foo,,bar", b"a",
         b"chat,chat", b"Chat"],
        [b"chat superchat", b'"chat"', b"chat;v=1", b"a/b", b"a, b@c",
         b"\xc3\xa9", b'"a, chat']),
    b"sec-websocket-extensions": (
        [b"permessage-deflate", b"", b",", b"foo; a=1, bar",
         b"permessage-deflate; client_max_window_bits",
         b'permessage-deflate; server_max_window_bits="10"',
         b"permessage-deflate; server_max_window_bits=8",
         b"permessage-deflate;client_max_window_bits=08, permessage-deflate",
         b"permessage-deflate=1, foo ; b = c".replace(b"=1", b""),
         b'foo; a="x\\y"'],
        [b"foo;", b";a", b"foo bar", b'foo; a="', b'foo; a="b c"', b"a=1",
         b'foo; a=""', b"foo; =1", b"foo; a=", b"permessage-deflate=1",
         b"foo; a=b=c", b'foo; a="1"2', b"foo/1", b'foo; a="b\\']),
    b"origin": (
        [b"http://example.com", b"https://example.com",
         b"HTTP://EXAMPLE.COM:80", b"https://example.com:443",
         b"http://a.example"],
        [b"", b"null", b"http://evil.example", b"http://example.com/",
         b"http://example.com:81", b"example.com", b"http://u@example.com",
         b"file://", b"1http://example.com", b"ht_tp://example.com",
         b"h.t+t-p1://example.com", b"http://example.com:80:80",
         b"http://example.com http://example.com", b"http://[::1",
         b"https://example.com:80", b"ws://example.com:80",
         b"http://example.com:"]),
    b"content-length": (
        [b"0", b"00"],
        [b"5", b"1", b"", b"+5", b"5,5", b"0x5", b"5 5", b"-0", b"5;", b"3",
         b"18446744073709551616", b"9223372036854775808", b"0005",
         b"9223372036854775807"]),
    b"transfer-encoding": (
        [],
        [b"chunked", b"gzip, chunked", b"chunked, chunked", b"chunked;a=1",
         b"gzip", b"", b"chunked, gzip", b"xchunked", b'"chunked"',
         b"Chunked", b", chunked,", b"identity", b"x;a=\"1, 2\", chunked",
         b"x;a=\"1, chunked", b"chunked ;"]),
    b"expect": (
        [b"100-continue", b"", b"100-Continue, 100-continue"],
        [b"tea", b"100-continue, tea", b"100-continue;a", b"100",
         b'"100-continue"']),
    b"http2-settings": (
        [b"AAMAAABkAARAAAAAAAIAAAAA", b"", b"AAT__-__"],
        [b"AAMAAABkAARAAAAAAAIAAAAA=", b"A", b"AAMAAAB+", b"AAMA AABk",
         b"AAMAAABkAA"]),
    b"content-type": ([], [b"text/plain", b"application/json", b""]),
    b"capsule-protocol": ([b"?1"], [b"?0", b"1"]),
    b"x-other": ([b"", b"a", b"\xff\x80", b"a\tb", b'"'], [b"a\x00", b"\x7f"]),
    b"cookie": ([b"a=b; c=d", b"x" * 200], []),
}

TARGETS = (
    [b"/", b"/chat", b"/chat?room=1", b"/%zz", b"//a/../b", b"/?a?b\\{}`",
     b"http://example.com/chat", b"ws://example.com", b"/a[1]|b^2",
     b"http://example.com?x", b"HTTPS://a:443/"],
    [b"*", b"chat", b"", b"/a b", b"/a#b", b"/\x00", b"/\xc3\xa9", b"/{a}",
     b"ftp://a/", b"http:///", b"http://u@a/", b"http://a:99999/", b'/"',
     b"http://[::1", b"example.com:80", b"http:/a", b"http://a\\b/", b"/a\\b",
     b"/?a b", b"?a", b"://a", b"wss://a/", b"http://:80/", b"http://a%4g/",
     b"1ttp://a/", b"h@tp://a/", b"http//a"])

METHODS = ([b"GET"], [b"POST", b"get", b"HEAD", b"OPTIONS", b"CONNECT", b"PRI",
                      b"", b"G T", b"G(T", b"M" * 33, b"PUT", b"GET "])

VERSIONS = ([b"HTTP/1.1", b"HTTP/1.2", b"HTTP/1.9"],
            [b"HTTP/1.0", b"HTTP/2.0", b"HTTP/01.1", b"HTTP/11.1", b"HTTP/1.",
             b"HTTP/1.10", b"http/1.1", b"HTTP/1,1", b"HTTP/0.9", b"HTTP/1.x",
             b"HTTP/9.9", b"", b"HTTP /1.1", b"HTTP/2", b"HTTP/2.", b"HTTP/x",
             b"HTTP/2x0", b"HTTP/2.x", b"HTTP/2.1", b"HTTP/01.01"])

BYTES = [b"\x00", b"\t", b"\n", b"\r", b" ", b'"', b",", b"/", b":", b";",
         b"=", b"?", b"@", b"\\", b"\x7f", b"\x80", b"\xff", b"0", b"A",
         b"\r\n", b"\r\n\r\n", b"%", b"#", b"[", b"\x16", b"\x1f"]

CRLF = b"\r\n"

# What a host does at PLAIN, and how its answer is framed.
HOST = [("read-body", b""), ("body-max", b"3"), ("skip-max", b"3"),
        ("skip-max", b"70000"), ("refuse", b"200"), ("refuse", b"204"),
        ("refuse", b"205"), ("refuse", b"206"), ("refuse", b"304"),
        ("refuse", b"413"), ("refuse", b"407"), ("refuse", b"401"),
        ("relayed", b""), ("content-length", b"0"), ("content-length", b"5"),
        ("content-chunked", b""), ("body-text", b"hello"), ("keep", b"")]

# Requests that ask for no switch, with bodies and without.
ORDINARY = [b"%s / HTTP/1.1\r\nHost: a\r\n%s" % (method, rest)
            for method in (b"GET", b"HEAD", b"POST", b"PUT", b"CONNECT")
            for rest in (
                b"\r\n", b"\r\n", b"Connection: close\r\n\r\n",
                b"Content-Length: 3\r\n\r\nabc",
                b"Content-Length: 8\r\n\r\nGET / HT",
                b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
                b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                b"Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n",
                b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]


class Message:
    """A message in pieces that can be changed: the start line, the lines of
    the head, and the bytes behind it."""

    def __init__(self, data):
        head, self.end, self.rest = data.partition(CRLF + CRLF)
        self.start, *self.lines = head.split(CRLF)

    def join(self):
        return CRLF.join([self.start] + self.lines) + self.end + self.rest


def name_of(line):
    return line.partition(b":")[0].lower()


class Mutator:
    """`good` are the seeds of which a handshake comes."""

    def __init__(self, seeds, good, seed):
        self.random = random.Random(seed)
        self.seeds, self.good = seeds, good

    def pick(self, values):
        return self.random.choice(values)

    def case(self):
        """The next case."""
        case = self.pick(self.good if self.random.random() < 0.55
                         else self.seeds)
        settings, data = case.settings, case.data
        if self.random.random() < 0.05:
            settings = self.pick(self.seeds).settings
        if self.random.random() < 0.15 and case.kind == "request":
            settings = settings + [("read-body", b"")] + [
                self.pick(HOST) for _ in range(self.pick((0, 1, 2, 3)))]
        for _ in range(self.pick((1, 1, 1, 2, 2, 3))):
            data = self._change(data)
        asked = case.asked
        if asked and self.random.random() < 0.15:
            asked = self._change(asked)
        piece = self.pick((0, 0, 0, 0, 1, 7))
        return Case(case.kind, settings, data, asked, case.asks, piece)

    def connection(self):
        """Several requests behind each other; few of them switch."""
        settings = [] if self.random.random() < 0.5 else self.pick(
            self.seeds).settings
        settings = settings + [
            self.pick(HOST + [("serves", b""), ("commits", b""),
                              ("commits", b""), ("content-length", b"9")])
            for _ in range(self.pick((0, 0, 1, 2, 3)))]
        data = b""
        for _ in range(self.pick((1, 2, 2, 3))):
            part = self.pick(ORDINARY)
            if self.random.random() < 0.2:
                part = self.pick(self.seeds).data
            if self.random.random() < 0.5:
                part = self._change(part)
            data += part
        return Case("connection", settings, data,
                    piece=self.pick((0, 0, 0, 1, 7)))

    def _change(self, data):
        kind = self.random.random()
        if kind < 0.6:
            return self._keep_valid(data)
        if kind < 0.8:
            return self._spoil_value(data)
        if kind < 0.9:
            return self._lines(data)
        return self._bytes(data)

    # ---- Changes that keep a request valid ----

    def _keep_valid(self, data):
        message = Message(data)
        self.pick((self._reorder, self._recase, self._blanks, self._good,
                   self._good_line, self._unknown, self._more))(message)
        return message.join()

    def _reorder(self, message):
        """Lines with one name keep their order (RFC 9110 5.3)."""
        names = [name_of(line) for line in message.lines]
        by_name = {}
        for name, line in zip(names, message.lines):
            by_name.setdefault(name, []).append(line)
        self.random.shuffle(names)
        message.lines = [by_name[name].pop(0) for name in names]

    def _recase(self, message):
        message.lines = [self.pick((bytes.upper, bytes.lower))(name) + sep + v
                         for name, sep, v in
                         (line.partition(b":") for line in message.lines)]

    def _blanks(self, message):
        if message.lines:
            at = self.random.randrange(len(message.lines))
            name, colon, value = message.lines[at].partition(b":")
            if colon:
                message.lines[at] = (
                    name + colon + self.pick((b"", b"\t", b"  ", b" \t "))
                    + value.strip(b" \t") + self.pick((b"", b" ", b"\t ")))

    def _good(self, message):
        self._value(message, good=True)

    def _good_line(self, message):
        self._start_line(message, good=True)

    def _unknown(self, message):
        at = self.random.randint(0, len(message.lines))
        message.lines.insert(at, self.pick((
            b"X-Other: 1", b"Cookie: a=b; c=d", b"X:", b"A: \xff",
            b"Accept: */*", b"Sec-WebSocket-Foo: 1", b"TE: trailers")))

    def _more(self, message):
        message.rest += self.pick((b"\x81\x00", b"\x00", b"hello", CRLF,
                                   b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"))

    # ---- Changes that may spoil it ----

    def _value(self, message, good):
        """Another value of a field that is there, or a new field."""
        known = [at for at, line in enumerate(message.lines)
                 if name_of(line) in VALUES]
        if known and self.random.random() < (1 if good else 0.7):
            at = self.pick(known)
            name = message.lines[at].partition(b":")[0]
            values = VALUES[name.lower()][0 if good else 1]
            if values:
                message.lines[at] = name + b": " + self.pick(values)
        elif not good:
            name = self.pick(sorted(VALUES))
            values = sum(VALUES[name], [])
            at = self.random.randint(0, len(message.lines))
            message.lines.insert(at, name + b": " + self.pick(values))

    def _start_line(self, message, good):
        parts = message.start.split(b" ")
        if len(parts) == 3 and not parts[0].startswith(b"HTTP/"):
            which, values = self.pick(((0, METHODS), (1, TARGETS),
                                       (2, VERSIONS)))
            parts[which] = self.pick(values[0 if good else 1])
            message.start = b" ".join(parts)

    def _spoil_value(self, data):
        message = Message(data)
        if self.random.random() < 0.75:
            self._value(message, good=False)
        else:
            self._start_line(message, good=False)
        return message.join()

    def _lines(self, data):
        message = Message(data)
        lines = message.lines
        kind = self.random.randrange(6)
        if kind == 0 and lines:
            del lines[self.random.randrange(len(lines))]
        elif kind == 1 and lines:
            lines.insert(self.random.randint(0, len(lines)), self.pick(lines))
        elif kind == 2:
            other = Message(self.pick(self.seeds).data)
            lines += self.random.sample(
                other.lines, min(len(other.lines), self.pick((1, 2))))
        elif kind == 3:
            other = Message(self.pick(self.seeds).data)
            message.start = other.start
        elif kind == 4:
            message.rest = Message(self.pick(self.seeds).data).rest
        else:
            message.start = self.pick((CRLF, CRLF * 8, CRLF * 9, b" ", b"\n")
                                      ) + message.start
        return message.join()

    def _bytes(self, data):
        at = self.random.randint(0, len(data))
        kind = self.random.randrange(5)
        if kind == 0:
            return data[:at] + self.pick(BYTES) + data[at:]
        if kind == 1:
            return data[:at] + self.pick(BYTES) + data[at + 1:]
        if kind == 2:
            return data[:at] + data[at + self.pick((1, 1, 2, 8)):]
        if kind == 3:
            return data[:at]
        other = self.pick(self.seeds).data
        return data[:at] + other[self.random.randint(0, len(other)):]
