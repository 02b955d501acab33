# SPDX-License-Identifier: MIT
"""Real handshakes against the examples for event loops and other parsers.

usage: test_loops.py PROGRAM [CLIENT]

What PROGRAM can do beside `echo` is known by its name, upshake-NAME.  CLIENT is
upshake-client, as a client of the real world.
"""
import os
import re
import socket
import subprocess
import sys
import threading
import time

from peer import (count_open, is_refused, read, read_head as receive_head,
                  reset, start)

OFFER = (b"GET / HTTP/1.1\r\nHost: example.com\r\nX-Empty:\r\n"
         b"Upgrade: echo\r\nConnection: Upgrade\r\n\r\n")
BROKEN = OFFER.replace(b"X-Empty:", b"Host: example.org")
SWITCHED = rb"HTTP/1\.1 101 [^\n]*\r\nUpgrade: echo\r\nConnection: Upgrade\r\n"
WEBSOCKET = OFFER.replace(b"Upgrade: echo", b"Upgrade: websocket").replace(
    b"X-Empty:", b"X: y\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
GREETING = b"\x81\x05hello\x88\x02\x03\xe8"
GREETED = (rb"HTTP/1\.1 101 .*\r\nSec-WebSocket-Accept: "
           rb"s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n\r\n" + re.escape(GREETING))
WAIT = 10


class Server:
    """The program on a port of its own."""

    def __init__(self, program):
        self.name = os.path.basename(program).removeprefix("upshake-")
        self.process, self.port = start(program)
        self.connect().close()
        time.sleep(0.1)
        self.idle = self.count_open()

    def connect(self):
        peer = socket.create_connection(("127.0.0.1", self.port), WAIT)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return peer

    def count_open(self):
        """How many descriptors are open there: one for each connection."""
        return count_open(self.process.pid)

    def stop(self):
        self.process.kill()
        self.process.wait()


def expect(what, seen, pattern):
    if not re.fullmatch(pattern, seen, re.DOTALL):
        sys.exit(f"FAIL {what}: {seen[:300]!r} is no {pattern[:300]!r}")
    print("ok", what, flush=True)


def receive_all(peer):
    octets = b""
    while piece := peer.recv(65536):
        octets += piece
    return octets


def exchange(server, *pieces):
    """Send the pieces, end our side; return all that comes until the end."""
    with server.connect() as peer:
        for piece in pieces:
            peer.sendall(piece)
        peer.shutdown(socket.SHUT_WR)
        return receive_all(peer)


def test_switch(server):
    expect("it switches, and echoes what came with the head",
           exchange(server, OFFER + b"glued"), SWITCHED + rb"\r\nglued")
    octets = [OFFER[i:i + 1] for i in range(len(OFFER))]
    expect("it switches when bytes come one by one",
           exchange(server, *octets, b"later"), SWITCHED + rb"\r\nlater")
    with server.connect() as peer:
        peer.sendall(OFFER)
        expect("it answers before anything else comes", receive_head(peer),
               SWITCHED + rb"\r\n")
        for message in b"one", b"two":
            peer.sendall(message)
            expect("then it echoes", peer.recv(100), message)
    many = os.urandom(3000000)
    with server.connect() as peer:
        sender = threading.Thread(target=lambda: (
            peer.sendall(OFFER + many), peer.shutdown(socket.SHUT_WR)))
        sender.start()
        time.sleep(0.2)  # both sides are full by now
        seen = receive_all(peer)
        sender.join()
    expect("it echoes more than sockets hold, up to the end of a half-closed "
           "peer", seen[-len(many):] == many and b"true" or b"false", b"true")


def test_refusals(server):
    plain = b"GET /none HTTP/1.1\r\nHost: a\r\n\r\n"
    status = b"404" if server.name == "epoll" else b"426"
    expect("an ordinary request is answered", exchange(server, plain),
           rb"HTTP/1\.1 " + status + rb" .*\r\n\r\n")
    expect("a refusal arrives", exchange(server, BROKEN),
           rb"HTTP/1\.1 400 .*\r\nConnection: close\r\n.*\r\n\r\n")
    with server.connect() as peer:
        peer.sendall(BROKEN + b"x" * 1000000)
        time.sleep(0.1)  # it is on its way, and so are more bytes
        peer.sendall(b"x" * 1000)
        expect("a refusal arrives also where much follows the head",
               receive_all(peer), rb"HTTP/1\.1 400 .*\r\n\r\n")
    expect("what is no HTTP is refused",
           exchange(server, b"\x16\x03\x01\r\n\r\n"),
           rb"HTTP/1\.1 400 .*\r\n\r\n")
    long = OFFER.replace(b"X-Empty:", b"X-Long: " + b"x" * 9000)
    expect("a head that is too long is refused", exchange(server, long),
           rb"HTTP/1\.1 431 .*\r\n\r\n")
    many = OFFER.replace(b"X-Empty:\r\n", b"X: y\r\n" * 200)
    expect("a head with too many fields is refused", exchange(server, many),
           rb"HTTP/1\.1 431 .*\r\n\r\n")
    if server.name == "picohttpparser":
        folded = OFFER.replace(b"X-Empty:", b"X-Folded: a\r\n b")
        expect("a folded line is refused", exchange(server, folded),
               rb"HTTP/1\.1 400 .*\r\n\r\n")
        long = OFFER.replace(b"/", b"/" + b"x" * 9000, 1)
        expect("a target that is too long is refused", exchange(server, long),
               rb"HTTP/1\.1 414 .*\r\n\r\n")
    if server.name == "libuv":
        expect("a path is refused by another thread",
               exchange(server, OFFER.replace(b"/", b"/no", 1) + b"early"),
               rb"HTTP/1\.1 403 .*\r\n\r\n")


def expect_greeting(server, client, path, greeting):
    if not client:
        return
    ended = subprocess.run([client, f"ws://127.0.0.1:{server.port}{path}"],
                           stdin=subprocess.DEVNULL, capture_output=True,
                           text=True, timeout=20)
    expect("a client of the real world finds it clean", repr(ended).encode(),
           rb".*returncode=0, stdout='%b\\n', stderr=''\)" % greeting.encode())


def test_epoll(server, client):
    page = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    expect("a page is on the same port", exchange(server, page),
           rb"HTTP/1\.1 200 OK\r\n.*\r\n\r\nhello\n")
    expect("it speaks WebSocket", exchange(server, WEBSOCKET), GREETED)
    with server.connect() as peer:
        peer.sendall(WEBSOCKET)
        receive_head(peer)
        seen = read(peer, len(GREETING))
        time.sleep(0.3)
        expect("it waits for the client's Close",
               str(is_readable(peer)).encode(), b"False")
        peer.sendall(b"\x88\x82\0\0\0\0\x03\xe8")
        expect("and then ends", seen + receive_all(peer),
               re.escape(GREETING))
    expect_greeting(server, client, "/", "hello")


def test_cpp17(server, client):
    expect("another path is refused", exchange(server, WEBSOCKET),
           rb"HTTP/1\.1 404 .*\r\n\r\n")
    for name, status in (b"", 101), (b"x" * 100, 101), (b"x" * 101, 414):
        target = b"/chat?name=" + name
        expect("a name of %d bytes is answered with %d" % (len(name), status),
               exchange(server, WEBSOCKET.replace(b"/", target, 1)),
               b"HTTP/1.1 %d .*" % status)
    expect_greeting(server, client, "/chat", "hello you")
    expect_greeting(server, client, "/chat?name=Ada", "hello Ada")


def test_binding(server, client):
    """What examples/bindings/ and tests/bindings/ do besides `echo`."""
    expect("another path is refused", exchange(server, WEBSOCKET),
           rb"HTTP/1\.1 404 .*\r\n\r\n")
    offer = WEBSOCKET.replace(b"/", b"/chat", 1)
    expect("it speaks WebSocket", exchange(server, offer), GREETED)
    expect("a key of another length is refused",
           exchange(server, offer.replace(b"==", b"")),
           rb"HTTP/1\.1 400 .*\r\n\r\n")
    expect_greeting(server, client, "/chat", "hello")
    if server.name in ("binding-python", "binding-rust"):  # to be copied
        program, taken = server.process.args[0], str(server.port)
        for words in [], ["x"], ["-1"], ["65536"], ["1", "2"]:
            is_refused(program, words, 64, WAIT)
        is_refused(program, [taken], 1, WAIT)


def test_peers_that_vanish(server):
    for octets in b"", OFFER[:50], OFFER, OFFER + b"x" * 100000, BROKEN:
        peer = server.connect()
        peer.sendall(octets)
        reset(peer)
        peer = server.connect()
        peer.sendall(octets)
        peer.close()
    expect("it outlives peers that vanish", exchange(server, OFFER + b"x"),
           SWITCHED + rb"\r\nx")
    until = time.monotonic() + WAIT
    while server.count_open() > server.idle and time.monotonic() < until:
        time.sleep(0.05)
    expect("and leaks no connection", str(server.count_open()).encode(),
           str(server.idle).encode())


def is_readable(peer):
    peer.settimeout(0)
    try:
        return bool(peer.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        peer.settimeout(WAIT)


def main(program, client=None):
    server = Server(program)
    try:
        test_switch(server)
        test_refusals(server)
        if server.name == "epoll":
            test_epoll(server, client)
        if server.name == "cpp17":
            test_cpp17(server, client)
        if server.name.startswith("binding-"):
            test_binding(server, client)
        test_peers_that_vanish(server)
    finally:
        server.stop()


main(*sys.argv[1:])
