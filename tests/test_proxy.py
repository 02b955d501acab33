# SPDX-License-Identifier: MIT
"""upshake-proxy between a client and an upstream that are both sockets of this
test, which says and compares every byte.

usage: test_proxy.py PROGRAM [SITE]
"""
import contextlib
import os
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time

import peer

PROGRAM = sys.argv[1]
SITE = sys.argv[2] if len(sys.argv) > 2 else None
NAME = os.path.basename(PROGRAM)
PATIENCE = 60  # seconds
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
OFFER = (b"GET /chat?room=1 HTTP/1.1\r\nHost: a.example\r\n"
         b"Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
         b"Origin: http://other.example\r\nSec-WebSocket-Key: " + KEY
         + b"\r\nSec-WebSocket-Version: 13\r\n")
SWITCH = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
          b"Connection: Upgrade\r\n" + ACCEPT)
ADDED = b"Via: 1.1 upshake\r\nX-Forwarded-For: 127.0.0.1\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
OK_BACK = (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nVia: 1.1 upshake\r\n\r\n"
           b"ok")
LARGE = bytes(range(256)) * 4096


class Proxy:
    def __init__(self, upstream, *options):
        self.process = subprocess.Popen(
            [PROGRAM, "--port", "0", "--upstream", upstream, *options],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        port = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)/\n", line)
        assert port, line
        self.port = int(port[1])

    def connect(self):
        sock = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def files(self):
        return peer.count_open(self.process.pid)


@contextlib.contextmanager
def proxy_to(upstream, *options):
    proxy = Proxy(upstream, *options)
    try:
        yield proxy
        assert proxy.process.poll() is None, "it has ended"
    finally:
        proxy.process.terminate()
        assert proxy.process.wait() == -signal.SIGTERM


class Pair:
    """A proxy and its upstream: client() is a connection to the first, and
    accept() the next one that the second gets."""

    def __init__(self, *options):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(PATIENCE)
        self.name = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.proxy = Proxy(self.name, *options)

    def accept(self):
        sock = self.listener.accept()[0]
        sock.settimeout(PATIENCE)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    @contextlib.contextmanager
    def asked(self, request, size=None):
        """A client that has sent it, the upstream's socket, and what has come
        there: a head."""
        with self.proxy.connect() as client:
            send(client, request, size)
            with self.accept() as upstream:
                yield client, upstream, peer.read_head(upstream)

    def exchange(self, request, answer, more=0, size=None):
        """Returns what the upstream got, `more` bytes behind its head too, and
        what the client got until both have closed."""
        with self.asked(request, size) as (client, upstream, got):
            got += peer.read(upstream, more)
            send(upstream, answer, size)
            with contextlib.suppress(OSError):  # it may be closed already
                upstream.shutdown(socket.SHUT_WR)
            client.shutdown(socket.SHUT_WR)
            return got, peer.read_all(client)

    def end(self):
        assert self.proxy.process.poll() is None, "it has ended"
        self.proxy.process.terminate()
        assert self.proxy.process.wait() == -signal.SIGTERM
        self.listener.close()


def send(sock, octets, size=None):
    for at in range(0, len(octets), size or len(octets) or 1):
        sock.sendall(octets[at:at + (size or len(octets))])


def begin_to_send(sock, octets):
    writer = threading.Thread(target=sock.sendall, args=(octets,), daemon=True)
    writer.start()
    return writer


def get(path=b"/", more=b"", method=b"GET", version=b"1.1"):
    return b"%s %s HTTP/%s\r\nHost: a.example\r\n%s\r\n" % (
        method, path, version, more)


def answer(content=b"", more=b"", status=b"200 OK"):
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (
        status, more, len(content), content)


def chunked(*pieces):
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece)
                    for piece in (*pieces, b""))


# ---- Requests ----------------------------------------------------------------

def it_forwards_a_head_in_its_order_without_hop_fields(pair):
    got, back = pair.exchange(
        b"GET http://b.example:80/a%20b?c=d HTTP/1.1\r\nHost: b.example:80\r\n"
        b"X-First: 1\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 2\r\n"
        b"Keep-Alive: 3\r\nTE: trailers\r\nCookie: a=b\r\nVia: 1.0 before\r\n"
        b"Cookie: c=d\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n", OK)
    assert got == (
        b"GET /a%20b?c=d HTTP/1.1\r\nHost: b.example:80\r\nX-First: 1\r\n"
        b"Cookie: a=b\r\nVia: 1.0 before\r\nCookie: c=d\r\n"
        b"X-Forwarded-For: 192.0.2.1\r\n" + ADDED + b"\r\n"), got
    assert back == OK_BACK, back


def it_forwards_the_other_forms_of_a_target(pair):
    for target, path in ((b"http://a.example", b"/"), (b"/?", b"/?"),
                         (b"//x", b"//x"), (b"http://a.example?q", b"/?q")):
        got, _ = pair.exchange(get(target), OK)
        assert got.startswith(b"GET " + path + b" HTTP/1.1\r\n"), (target, got)
    got, _ = pair.exchange(get(b"*", method=b"OPTIONS"), OK)
    assert got.startswith(b"OPTIONS * HTTP/1.1\r\nHost: a.example\r\n"), got
    for target, path in ((b"http://a.example", b"*"),
                         (b"http://a.example/", b"/"), (b"/", b"/"),
                         (b"http://a.example?q", b"/?q")):
        got, _ = pair.exchange(get(target, method=b"OPTIONS"), OK)
        assert got.startswith(b"OPTIONS " + path + b" HTTP/1.1\r\n"), got
    got, _ = pair.exchange(b"GET / HTTP/1.0\r\n\r\n", OK)
    assert got.startswith(b"GET / HTTP/1.1\r\nHost: "
                          + pair.name.encode() + b"\r\nVia: 1.0 "), got


def it_counts_max_forwards_down(pair):
    """RFC 9110 7.6.2: of OPTIONS and TRACE only."""
    for method, value, passed in (
            (b"OPTIONS", b"2", b"1"), (b"TRACE", b"1", b"0"),
            (b"OPTIONS", b"99999999999999999999", b"9998"),
            (b"OPTIONS", b"x", b"x"), (b"GET", b"2", b"2"),
            (b"GET", b"0", b"0")):
        more = b"Max-Forwards: " + value + b"\r\n"
        got, back = pair.exchange(get(more=more, method=method), OK)
        assert b"\r\nMax-Forwards: " + passed + b"\r\n" in got, (value, got)
        assert back == OK_BACK, back
    for method, status in ((b"OPTIONS", b"200 OK"),
                           (b"TRACE", b"501 Not Implemented")):
        with pair.proxy.connect() as client:
            client.sendall(get(more=b"Max-Forwards: 0\r\n", method=method))
            head = peer.read_head(client)
            assert head.startswith(b"HTTP/1.1 " + status + b"\r\n"), head


def it_forwards_bodies(pair):
    for size in (None, 1):
        got, back = pair.exchange(
            get(more=b"Content-Length: 5\r\n", method=b"POST") + b"hello", OK,
            5, size)
        assert got == (b"POST / HTTP/1.1\r\nHost: a.example\r\n"
                       b"Content-Length: 5\r\n" + ADDED + b"\r\nhello"), got
        assert back == OK_BACK, back
        body = chunked(b"he", b"l" * 20, b"o")
        with pair.asked(
                get(more=b"Transfer-Encoding: chunked\r\n", method=b"PUT")
                + body.replace(b"\r\n0\r\n", b"\r\n0;x=y\r\nX: 1\r\n"),
                size) as (client, upstream, got):
            assert got == (b"PUT / HTTP/1.1\r\nHost: a.example\r\n"
                           b"Transfer-Encoding: chunked\r\n" + ADDED
                           + b"\r\n"), got
            assert dechunk(upstream) == b"he" + b"l" * 20 + b"o"
            upstream.sendall(OK)
            assert peer.read(client, len(OK_BACK)) == OK_BACK


def dechunk(upstream):
    content = b""
    while True:
        line = b""
        while not line.endswith(b"\r\n"):
            line += peer.read(upstream, 1)
        size = int(line, 16)
        content += peer.read(upstream, size)
        assert peer.read(upstream, 2) == b"\r\n"
        if size == 0:
            return content


def it_forwards_large_bodies_both_ways(pair):
    for framing, body in (
            (b"Content-Length: %d\r\n" % len(LARGE), LARGE),
            (b"Transfer-Encoding: chunked\r\n",
             chunked(LARGE[:70000], *[b"x"] * 999, LARGE[70000:]))):
        with pair.asked(get(more=framing, method=b"POST")) as (client, up, _):
            writer = begin_to_send(client, body)
            content = (peer.read(up, len(LARGE)) if body is LARGE
                       else dechunk(up).replace(b"x" * 999, b"", 1))
            writer.join()
            assert len(content) == len(LARGE) and content == LARGE
            writer = begin_to_send(up, answer(LARGE))
            head = peer.read_head(client)
            assert b"Content-Length: %d\r\n" % len(LARGE) in head, head
            assert peer.read(client, len(LARGE)) == LARGE
            writer.join()


def it_passes_100_and_the_body_behind_it(pair):
    request = get(more=b"Expect: 100-continue\r\nContent-Length: 5\r\n",
                  method=b"POST")
    with pair.asked(request) as (client, upstream, got):
        assert b"\r\nExpect: 100-continue\r\n" in got, got
        upstream.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        assert peer.read_head(client) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"hello")
        assert peer.read(upstream, 5) == b"hello"
        upstream.sendall(OK)
        assert peer.read(client, len(OK_BACK)) == OK_BACK
    with pair.asked(request) as (client, upstream, got):
        upstream.sendall(answer(b"no", status=b"413 Content Too Large"))
        back = peer.read_all(client)
        assert back.startswith(b"HTTP/1.1 413 Content Too Large\r\n"), back
        assert b"\r\nConnection: close\r\n" in back and back.endswith(b"no")
    with pair.asked(request) as (client, upstream, got):
        client.sendall(b"hello")  # it does not wait
        assert peer.read(upstream, 5) == b"hello"
        upstream.sendall(OK)
        back = peer.read_head(client)
        while back.startswith(b"HTTP/1.1 100 "):
            back = peer.read_head(client)
        assert back + peer.read(client, 2) == OK_BACK, back


def it_takes_an_answer_before_the_end_of_the_body(pair):
    request = get(more=b"Content-Length: 5\r\n", method=b"POST") + b"he"
    with pair.asked(request) as (client, upstream, _):
        upstream.sendall(answer(b"no", status=b"403 Forbidden"))
        back = peer.read_all(client)
        assert back.startswith(b"HTTP/1.1 403 Forbidden\r\n"), back
        assert back.endswith(b"\r\n\r\nno"), back
    with pair.asked(request) as (client, upstream, _):
        upstream.sendall(OK)  # a 2xx waits for the body
        client.sendall(b"llo")
        assert peer.read(upstream, 5) == b"hello"
        assert peer.read(client, len(OK_BACK)) == OK_BACK


def it_refuses_what_it_cannot_forward(pair):
    for request, status in (
            (b"GET / HTTP/1.1\r\n\r\n", b"400"),
            (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"400"),
            (get(more=b"A: " + b"a" * 9000 + b"\r\n"), b"431"),
            (b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", b"501"),
            (get(more=b"Transfer-Encoding: x, chunked\r\n"), b"501")):
        with pair.proxy.connect() as client:
            client.sendall(request)
            client.shutdown(socket.SHUT_WR)
            back = peer.read_all(client)
            assert back.startswith(b"HTTP/1.1 " + status), (request, back)
    with pair.asked(get(more=b"Transfer-Encoding: chunked\r\n",
                        method=b"POST") + b"x\r\n") as (client, _, _):
        back = peer.read_all(client)
        assert back.startswith(b"HTTP/1.1 400 "), back


# ---- Answers -----------------------------------------------------------------

def it_relays_answers_of_any_status(pair):
    fields = b"Server: s\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n"
    via = b"Via: 1.1 upshake\r\n"
    for status, more in (
            (b"200 Fine", b""), (b"201 Created", b""),
            (b"206 Partial Content", b"Content-Range: bytes 0-1/9\r\n"),
            (b"302 Found", b"Location: /b\r\n"),
            (b"401 Unauthorized", b"WWW-Authenticate: Basic\r\n"),
            (b"404 Not Found", b""), (b"405 Method Not Allowed",
                                      b"Allow: PUT\r\n"),
            (b"418 Teapot", b""), (b"500 Internal Server Error", b""),
            (b"599 Own", b""),
            # What RFC 9110 demands of these, nginx and others forget.
            (b"401 Unauthorized", b""), (b"405 Not Allowed", b""),
            (b"407 Proxy Authentication Required", b""),
            (b"206 Partial Content", b"")):
        _, back = pair.exchange(get(), answer(
            b"ok", fields + more + b"Connection: x-y\r\nX: y\r\nX-Y: z\r\n",
            status))
        assert back == (b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n"
                        + fields + more + b"X: y\r\n" + via + b"\r\nok"), back


def it_says_with_426_what_it_can_switch_to(pair):
    for more in (b"", b"Upgrade: websocket\r\nConnection: Upgrade\r\n"):
        _, back = pair.exchange(get(), answer(
            b"no", more, b"426 Upgrade Required"))
        lines = back.split(b"\r\n")
        assert lines[0] == b"HTTP/1.1 426 Upgrade Required", back
        assert b"Upgrade: websocket" in lines and lines[-1] == b"no", back


def it_relays_answers_without_content(pair):
    via = b"Via: 1.1 upshake\r\n"
    for method, said, expected in (
            (b"HEAD", OK[:-2], b"200 OK\r\nContent-Length: 2\r\n" + via),
            (b"HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
             b"200 OK\r\nTransfer-Encoding: chunked\r\n" + via),
            (b"GET", b"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n",
             b"204 No Content\r\nA: b\r\n" + via),
            (b"GET", b"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
             b"304 Not Modified\r\nETag: \"a\"\r\n" + via),
            (b"GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
             b"304 Not Modified\r\nContent-Length: 9\r\n" + via),
            (b"GET", answer(), b"200 OK\r\nContent-Length: 0\r\n" + via)):
        _, back = pair.exchange(get(method=method), said)
        assert back == b"HTTP/1.1 " + expected + b"\r\n", (said, back)


def it_frames_content_for_the_client(pair):
    head = b"HTTP/1.1 200 OK\r\n%s\r\n"
    coded = head % b"Transfer-Encoding: chunked\r\n"
    for said in (coded + chunked(b"he", b"llo"), head % b"" + b"hello",
                 coded + b"5;x=y\r\nhello\r\n0\r\nT: 1\r\n\r\n"):
        for size in (None, 1):
            _, back = pair.exchange(get(), said, 0, size)
            got, _, body = back.partition(b"\r\n\r\n")
            assert b"\r\nTransfer-Encoding: chunked\r\n" in got, got
            assert b"".join(re.split(rb"\d\r\n|\r\n", body)) == b"hello", body
            assert body.endswith(b"\r\n0\r\n\r\n"), body
            _, back = pair.exchange(get(version=b"1.0"), said, 0, size)
            got, _, body = back.partition(b"\r\n\r\n")
            assert b"chunked" not in got and b"Content-Length" not in got, got
            assert body == b"hello", body


def it_answers_502_if_there_is_no_sound_answer(pair):
    for said in (b"", b"HTTP/1.1 200 OK\r\nContent-", b"hello\r\n\r\n",
                 b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nok",
                 b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nok",
                 b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
                 + chunked(b"ok"),
                 b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
                 b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
                 b"Content-Length: 2\r\n\r\nok",
                 b"HTTP/1.1 200 OK\r\nA: " + b"a" * 9000 + b"\r\n\r\n",
                 answer(b"ok", status=b"700 What"),
                 SWITCH + b"\r\n"):
        _, back = pair.exchange(get(), said)
        assert back.startswith(b"HTTP/1.1 502 Bad Gateway\r\n"), (said, back)
        assert back.count(b"HTTP/1.1") == 1, back


def it_ends_an_answer_that_the_upstream_does_not_end(pair):
    for said, part in (
            (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhe", b"\r\n\r\nhe"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhe",
             b"\r\n\r\n2\r\nhe"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n"
             b"x\r\n", b"\r\n\r\n2\r\nhe")):
        with pair.asked(get()) as (client, upstream, _):
            upstream.sendall(said)
            upstream.shutdown(socket.SHUT_WR)
            back = peer.read_all(client)
            assert back.endswith(part), back


def it_passes_interim_answers_on(pair):
    hints = (b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n"
             b"Connection: x\r\nX: y\r\n\r\n")
    interim = hints + b"HTTP/1.1 102 Processing\r\n\r\n" + hints
    via = b"Via: 1.1 upshake\r\n\r\n"
    hints_back = (b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n"
                  + via)
    processing_back = b"HTTP/1.1 102 Processing\r\n" + via
    interim_back = hints_back + processing_back + hints_back
    for size in (None, 1):
        _, back = pair.exchange(get(), interim + OK, 0, size)
        assert back == interim_back + OK_BACK, back
    unasked = b"HTTP/1.1 100 Continue\r\n\r\n"
    _, back = pair.exchange(get(), unasked + OK)
    assert back == unasked + OK_BACK, back
    _, back = pair.exchange(get(version=b"1.0"), unasked + interim + OK)
    assert back.startswith(b"HTTP/1.1 200 OK\r\n"), back
    _, back = pair.exchange(OFFER + b"\r\n", interim + answer(
        status=b"403 Forbidden"))
    assert back.startswith(interim_back + b"HTTP/1.1 403 Forbidden\r\n"), back
    _, back = pair.exchange(OFFER + b"\r\n", interim + SWITCH + b"\r\nhello")
    assert back.startswith(interim_back + b"HTTP/1.1 101 "), back
    assert back.endswith(b"\r\n\r\nhello"), back


# ---- Connections -------------------------------------------------------------

def it_keeps_a_connection_and_answers_in_order(pair):
    count = 9
    requests = b"".join(
        get(b"/%d" % number) if number % 2 else
        get(b"/%d" % number, b"Content-Length: 5\r\n", b"POST") + b"hello"
        for number in range(count))
    for size in (None, 1, 7):
        with pair.proxy.connect() as client:
            send(client, requests, size)
            for number in range(count):
                with pair.accept() as upstream:
                    got = peer.read_head(upstream)
                    assert b" /%d HTTP/1.1\r\n" % number in got, got
                    if number % 2 == 0:
                        assert peer.read(upstream, 5) == b"hello"
                    upstream.sendall(answer(b"%d" % number))
                head = peer.read_head(client)
                assert head.startswith(b"HTTP/1.1 200 OK\r\n"), head
                assert peer.read(client, 1) == b"%d" % number
            client.shutdown(socket.SHUT_WR)
            assert peer.read_all(client) == b""


def it_closes_if_the_client_says_so(pair):
    for request in (get(more=b"Connection: close\r\n"), get(version=b"1.0")):
        with pair.asked(request) as (client, upstream, _):
            upstream.sendall(OK)
            back = peer.read_all(client)
            assert b"\r\nConnection: close\r\n" in back, back


def it_answers_502_without_an_upstream():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        name = "127.0.0.1:%d" % listener.getsockname()[1]
    with proxy_to(name) as proxy, proxy.connect() as client:
        for request in (get(), get(), OFFER + b"\r\n"):
            client.sendall(request)
            head = peer.read_head(client)
            assert head.startswith(b"HTTP/1.1 502 Bad Gateway\r\n"), head


def it_answers_502_without_a_descriptor_for_the_upstream(pair):
    with proxy_to(pair.name) as proxy:
        resource.prlimit(proxy.process.pid, resource.RLIMIT_NOFILE,
                         (proxy.files() + 1,) * 2)
        with proxy.connect() as client:
            client.sendall(get())
            head = peer.read_head(client)
            assert head.startswith(b"HTTP/1.1 502 Bad Gateway\r\n"), head


def it_answers_502_if_the_upstream_resets(pair):
    for said in (b"", b"HTTP/1.1 200 OK\r\nContent-"):
        for request in (get(), OFFER + b"\r\n"):
            with pair.asked(request) as (client, upstream, _):
                upstream.sendall(said)
                peer.reset(upstream)
                head = peer.read_head(client)
                assert head.startswith(b"HTTP/1.1 502 Bad Gateway\r\n"), head


def addresses_of_localhost():
    """None are found if the machine does not know the name, as without
    /etc/hosts."""
    try:
        return {each[4][0] for each in socket.getaddrinfo(
            "localhost", 1, type=socket.SOCK_STREAM)}
    except socket.gaierror:
        return set()


def it_tries_each_address_of_the_upstream():
    found = addresses_of_localhost()
    if not found:
        print("left out: this machine does not know the name localhost")
    for host in found & {"127.0.0.1", "::1"}:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, 0), family=family) as listener, \
                proxy_to("localhost:%d" % listener.getsockname()[1]) as proxy, \
                proxy.connect() as client:
            body = b"x" * 1000
            client.sendall(get(more=b"Content-Length: 1000\r\n",
                               method=b"POST") + body)
            with listener.accept()[0] as upstream:
                head = peer.read_head(upstream)
                assert head.startswith(b"POST / HTTP/1.1\r\n"), head
                assert peer.read(upstream, 1000) == body
                upstream.sendall(OK)
                assert peer.read(client, len(OK_BACK)) == OK_BACK


@contextlib.contextmanager
def full_listener():
    """A listener that takes no more connections: the system drops what comes.
    Yields its name."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        for _ in range(9):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
            if not select.select([], [waiting], [], 0.2)[1]:
                yield "127.0.0.1:%d" % address[1]
                return
        raise AssertionError("there is always room")


def it_answers_504_if_it_cannot_connect_in_5_seconds():
    with full_listener() as name, proxy_to(name, "--deadline", "1") as proxy, \
            proxy.connect() as client:
        started = time.monotonic()
        client.sendall(get())
        head = peer.read_head(client)
        assert head.startswith(b"HTTP/1.1 504 Gateway Timeout\r\n"), head
        assert 3.9 < time.monotonic() - started < 20


def it_answers_504_if_the_answer_is_late_and_408_if_the_request_is():
    pair = Pair("--deadline", "1")
    part = get(more=b"Content-Length: 5\r\n", method=b"POST") + b"he"
    with contextlib.ExitStack() as stack:
        ask = lambda request: stack.enter_context(pair.asked(request))
        waiting = []
        for request, said, status in (
                (get(), b"", b"504 Gateway Timeout"),
                (get(), b"HTTP/1.1 200 OK\r\nConte", b"504 Gateway Timeout"),
                (OFFER + b"\r\n", b"", b"504 Gateway Timeout"),
                (part, b"", b"408 Request Timeout")):
            client, upstream, _ = ask(request)
            upstream.sendall(said)
            waiting.append((client, status))
        client = stack.enter_context(pair.proxy.connect())
        client.sendall(b"GET / HT")
        waiting.append((client, b"408 Request Timeout"))
        silent, other, _ = ask(OFFER + b"\r\n")
        other.sendall(SWITCH + b"\r\n")
        peer.read_head(silent)
        for client, status in waiting:
            head = peer.read_head(client)
            assert head.startswith(b"HTTP/1.1 " + status + b"\r\n"), head
        # A WebSocket may be silent for as long as it likes.
        time.sleep(1.1)
        silent.sendall(b"hello")
        assert peer.read(other, 5) == b"hello"
    pair.end()


def it_holds_back_an_upstream_whose_client_does_not_read():
    pair = Pair("--deadline", "2")
    for request, head in (
            (get(), b"HTTP/1.1 200 OK\r\n\r\n"),
            (OFFER + b"\r\n", SWITCH + b"\r\n")):
        with pair.asked(request) as (_, upstream, _):
            upstream.sendall(head)
            upstream.setblocking(False)
            sent = 0
            while select.select([], [upstream], [], 0.5)[1]:
                sent += upstream.send(LARGE)
            assert 0 < sent < 64 * len(LARGE), sent
            upstream.settimeout(PATIENCE)
            with contextlib.suppress(ConnectionResetError):
                assert upstream.recv(9) == b""
    pair.end()


# ---- WebSocket ---------------------------------------------------------------

def it_switches_with_early_bytes_of_both_sides(pair):
    switch = SWITCH + b"\r\n"
    back = switch.replace(ACCEPT, ACCEPT + b"Via: 1.1 upshake\r\n")
    for size in (None, 1):
        with pair.asked(OFFER + b"\r\nearly", size) as (client, upstream, got):
            lines = got.split(b"\r\n")
            assert lines[:2] == [b"GET /chat?room=1 HTTP/1.1",
                                 b"Host: a.example"], got
            for line in (b"Connection: Upgrade", b"Upgrade: websocket",
                         b"Origin: http://other.example",
                         b"Sec-WebSocket-Key: " + KEY, b"Via: 1.1 upshake"):
                assert lines.count(line) == 1, (line, got)
            send(upstream, switch + b"hello", size)
            head = peer.read_head(client)
            assert sorted(head.split(b"\r\n")) == sorted(
                back.split(b"\r\n")), head
            assert peer.read(client, 5) == b"hello"
            assert peer.read(upstream, 5) == b"early"
            for number in range(20):
                client.sendall(b"c%03d" % number)
                assert peer.read(upstream, 4) == b"c%03d" % number
                upstream.sendall(b"u%03d" % number)
                assert peer.read(client, 4) == b"u%03d" % number
            client.sendall(b"last")
            client.shutdown(socket.SHUT_WR)
            assert peer.read_all(upstream) == b"last"
            upstream.sendall(b"end")
            upstream.close()
            assert peer.read_all(client) == b"end"


def it_passes_no_framing_on_with_a_switch(pair):
    """Both fields mean nothing in a 101 (RFC 9112 6.3)."""
    for more in (b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"):
        with pair.asked(OFFER + b"\r\n") as (client, upstream, _):
            upstream.sendall(SWITCH + more + b"\r\nhello")
            head = peer.read_head(client)
            assert head.startswith(b"HTTP/1.1 101 "), head
            assert b"Content-Length" not in head, head
            assert b"Transfer-Encoding" not in head, head
            assert peer.read(client, 5) == b"hello"


def it_passes_large_amounts_behind_the_switch(pair):
    with pair.asked(OFFER + b"\r\n") as (client, upstream, _):
        upstream.sendall(SWITCH + b"\r\n")
        peer.read_head(client)
        for out, back in ((client, upstream), (upstream, client)):
            writer = begin_to_send(out, LARGE)
            assert peer.read(back, len(LARGE)) == LARGE
            writer.join()


def it_leaves_what_was_agreed_unchanged(pair):
    offer = (OFFER + b"Sec-WebSocket-Protocol: chat, superchat\r\n"
             b"Sec-WebSocket-Extensions: permessage-deflate; "
             b"client_max_window_bits, x-shout\r\n\r\n")
    agreed = b"permessage-deflate; server_max_window_bits=10"
    for lines, extensions in (
            ([agreed], agreed), ([agreed, b"x-shout"], agreed + b", x-shout"),
            ([], None)):
        said = SWITCH + b"Sec-WebSocket-Protocol: superchat\r\n" + b"".join(
            b"Sec-WebSocket-Extensions: %s\r\n" % line for line in lines)
        with pair.asked(offer) as (client, upstream, got):
            assert b"Extensions: permessage-deflate; client_max_window_bits, " \
                b"x-shout\r\n" in got, got
            upstream.sendall(said + b"\r\n")
            head = peer.read_head(client)
            assert b"\r\nSec-WebSocket-Protocol: superchat\r\n" in head, head
            assert re.findall(rb"Extensions: (.*)\r\n", head) == (
                [extensions] if extensions else []), head
    with pair.asked(offer) as (client, upstream, got):
        upstream.sendall(SWITCH + b"\r\n")
        assert b"-Protocol" not in peer.read_head(client)


def it_relays_answers_to_an_offer_that_do_not_switch(pair):
    for status, more in ((b"200 OK", b""), (b"302 Found", b"Location: /\r\n"),
                         (b"403 Forbidden", b""), (b"503 Busy", b"")):
        _, back = pair.exchange(OFFER + b"\r\n", answer(b"ok", more, status))
        assert back.startswith(b"HTTP/1.1 " + status + b"\r\n"), back
        assert b"\r\n" + more in back and back.endswith(b"\r\n\r\nok"), back
    for said in (SWITCH.replace(b"s3pP", b"S3pP"),
                 SWITCH + b"Sec-WebSocket-Protocol: chat\r\n",
                 SWITCH + b"Sec-WebSocket-Extensions: x\r\n"):
        _, back = pair.exchange(OFFER + b"\r\n", said + b"\r\n")
        assert back.startswith(b"HTTP/1.1 502 "), (said, back)


# ---- Any other protocol ------------------------------------------------------

def it_passes_on_whatever_the_upstream_speaks(pair):
    for offered in (b"x", b"X-y/2.0", b"x, y"):
        first = offered.partition(b",")[0]
        request = get(more=b"Upgrade: %s\r\nConnection: Upgrade\r\n" % offered)
        for size in (None, 1):
            with pair.asked(request + b"early", size) as (client, up, got):
                lines = got.split(b"\r\n")
                assert b"Upgrade: " + first in lines, got
                assert b"Connection: Upgrade" in lines, got
                send(up, b"HTTP/1.1 101 Fine\r\nUpgrade: %s\r\nX: y\r\n"
                     b"Connection: upgrade\r\n\r\nhello" % first, size)
                lines = peer.read_head(client).split(b"\r\n")
                assert lines[0] == b"HTTP/1.1 101 Fine", lines
                for line in (b"Upgrade: " + first, b"X: y",
                             b"Connection: Upgrade", b"Via: 1.1 upshake"):
                    assert lines.count(line) == 1, (line, lines)
                assert peer.read(client, 5) == b"hello"
                assert peer.read(up, 5) == b"early"
        _, back = pair.exchange(request, OK)
        assert back.startswith(b"HTTP/1.1 200 OK\r\n"), back
        assert back.endswith(b"\r\n\r\nok"), back


def it_takes_no_switch_that_nobody_has_asked_for(pair):
    for more in (b"", b"Upgrade: y\r\nConnection: Upgrade\r\n"):
        _, back = pair.exchange(
            get(more=more), b"HTTP/1.1 101 Switching Protocols\r\n"
            b"Upgrade: x\r\nConnection: Upgrade\r\n\r\n")
        assert back.startswith(b"HTTP/1.1 502 "), back


def it_forwards_what_offers_nothing_as_plain_requests(pair):
    for request in (
            get(more=b"Upgrade: x\r\n"), get(more=b"Connection: Upgrade\r\n"),
            get(more=b"Upgrade: h2c\r\nHTTP2-Settings: AAAA\r\n"
                b"Connection: Upgrade, HTTP2-Settings\r\n"),
            get(more=b"Upgrade: x\r\nConnection: Upgrade\r\n",
                version=b"1.0"),
            get(more=b"Upgrade: x\r\nConnection: Upgrade\r\n"
                b"Content-Length: 2\r\n") + b"hi"):
        got, back = pair.exchange(request, OK)
        for name in (b"Upgrade", b"Connection", b"HTTP2-Settings"):
            assert name not in got, (name, got)
        assert back.startswith(b"HTTP/1.1 200 OK\r\n"), back


# ---- With a real server, and the command line --------------------------------

def it_stands_before_upshake_site():
    if not SITE:
        return
    site = subprocess.Popen([SITE, "--port", "0"], stdout=subprocess.PIPE,
                            text=True)
    port = site.stdout.readline().rpartition(":")[2].rstrip("/\n")
    with proxy_to(f"127.0.0.1:{port}") as proxy:
        with proxy.connect() as client:
            client.sendall(get(b"/echo", b"Connection: close\r\nA: b\r\n"))
            back = peer.read_all(client)
            assert back.endswith(b"\r\n\r\nHost: a.example\nA: b\n" + ADDED
                                 .replace(b"\r", b"")), back
        with proxy.connect() as client:
            client.sendall(OFFER.replace(b"other", b"a")
                           + b"\r\n\x81\x82\0\0\0\0hi")
            assert peer.read_head(client).startswith(b"HTTP/1.1 101 ")
            assert peer.read(client, 4) == b"\x81\x02hi"
            client.sendall(b"\x88\x82\0\0\0\0\x03\xe8")
            assert peer.read_all(client) == b"\x88\x02\x03\xe8"
        with proxy.connect() as client:  # the site judges Origin, by Host
            client.sendall(OFFER + b"\r\n")
            assert peer.read_all(client).startswith(b"HTTP/1.1 403 ")
    site.terminate()
    site.wait()


def it_forgets_clients_and_upstreams_that_go(pair):
    deadline = time.monotonic() + PATIENCE
    with pair.proxy.connect() as client:
        client.sendall(get())
        pair.accept().close()
        peer.read_head(client)
        at_rest = pair.proxy.files() - 1
    for request in (get(), OFFER + b"\r\n",
                    get(more=b"Content-Length: 9\r\n", method=b"POST") + b"a"):
        with pair.asked(request) as (client, upstream, _):
            peer.reset(client)
            assert upstream.recv(9) in (b"", b"a")
    while pair.proxy.files() > at_rest:
        assert time.monotonic() < deadline, "it keeps descriptors"
        time.sleep(0.05)


def it_says_what_is_wrong_with_its_arguments():
    for words, status in (
            ([], 64), (["--port", "0"], 64), (["--upstream", "a:1"], 64),
            (["--port", "65536", "--upstream", "127.0.0.1:1"], 64),
            (["--port", "0", "--upstream", "127.0.0.1:1", "--what"], 64),
            (["--port", "0", "--upstream", "a:1", "--deadline", "0"], 64),
            (["--port", "0", "--upstream", "127.0.0.1"], 66),
            (["--port", "0", "--upstream", ":80"], 66),
            (["--port", "0", "--upstream", "127.0.0.1:x"], 66),
            (["--port", "0", "--upstream", "127.0.0.1:70000"], 66),
            (["--port", "0", "--upstream", "[::1:80"], 66)):
        peer.is_refused(PROGRAM, words, status, PATIENCE)
    peer.shows_help(PROGRAM, f"usage: {NAME} --port N", PATIENCE)


def main():
    pair = Pair()
    try:
        for name, test in list(globals().items()):
            if name.startswith("it_"):
                test(*[pair] * test.__code__.co_argcount)
                print("ok", name, flush=True)
    finally:
        pair.end()


main()
