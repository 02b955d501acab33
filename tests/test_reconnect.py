# SPDX-License-Identifier: MIT
"""examples/reconnect.c against a server that says whatever a test wants, and
against upshake-demo, which goes away and comes back.

usage: test_reconnect.py PROGRAM [DEMO]
"""
import base64
import contextlib
import email.utils
import hashlib
import re
import socket
import subprocess
import sys
import time

from peer import read, read_all, read_head

PROGRAM, *DEMO = sys.argv[1:]
DONE, STOPPED, USAGE = 0, 1, 64
PATIENCE = 20
CLOSED = b"\x88\x02\x03\xe8"
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n%s\r\n"


class Client:
    """The program, and the server that it asks."""

    def __init__(self, path="/chat"):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(PATIENCE)
        self.process = subprocess.Popen(
            [PROGRAM, "127.0.0.1", str(self.listener.getsockname()[1]), path],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        self.listener.close()

    def accept(self):
        """The next connection, its request and its key."""
        peer, _ = self.listener.accept()
        peer.settimeout(PATIENCE)
        request = read_head(peer)
        key = re.search(rb"\r\nSec-WebSocket-Key: (\S+)\r\n", request)
        assert key and len(base64.b64decode(key[1], validate=True)) == 16
        return peer, request, key[1]

    def answer(self, octets):
        """Answers the next request, and closes."""
        peer, _, _ = self.accept()
        with peer, contextlib.suppress(OSError):  # it may end before
            peer.sendall(octets)
            peer.shutdown(socket.SHUT_WR)
            read_all(peer)

    def switch(self, early=b""):
        peer, _, key = self.accept()
        peer.sendall(switched(key) + early)
        return peer

    def ends(self, status, said, printed=""):
        out, error = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == status, (status, error)
        assert re.fullmatch(said, error, re.DOTALL), error
        assert out == printed, out


def switched(key, protocol=b"websocket"):
    accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
    return (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: %s\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n"
            % (protocol, accept))


def unmask(peer):
    first, size = read(peer, 2)
    assert size & 0x80, "not masked"
    mask, payload = read(peer, 4), read(peer, size & 0x7f)
    return first, bytes(each ^ mask[i % 4] for i, each in enumerate(payload))


# ---- The answer --------------------------------------------------------------

def it_asks_with_a_new_key_each_time():
    keys = set()
    with Client("/chat?room=1") as client:
        for _ in range(4):
            peer, request, key = client.accept()
            assert request.startswith(b"GET /chat?room=1 HTTP/1.1\r\n"), request
            keys.add(key)
            peer.close()
    assert len(keys) == 4, keys


def it_waits_longer_after_each_failure():
    """A random time up to 100, 200, 400 ... milliseconds, which it says."""
    with Client() as client:
        for _ in range(5):
            client.accept()[0].close()
        client.process.kill()
        said = client.process.communicate()[1]
    delays = [int(each) for each in
              re.findall(r"reconnect: again in (\d+) ms\n", said)]
    assert len(delays) >= 4, said
    assert all(delay <= 100 << i for i, delay in enumerate(delays)), delays
    assert len(set(delays)) > 1, delays


def it_asks_again_if_the_answer_may_get_better():
    with Client() as client:
        for status in (408, 429, 500, 503):
            client.answer(b"HTTP/1.1 %d No\r\n\r\n" % status)
        client.accept()[0].close()


def comes_back_in(seconds, *fields):
    with Client() as client:
        client.answer(BUSY % b"".join(fields))
        answered = time.monotonic()
        client.accept()[0].close()
        waited = time.monotonic() - answered
        assert seconds <= waited < seconds + 2, (fields, waited)


def it_comes_no_earlier_than_retry_after_says():
    comes_back_in(1, b"Retry-After: 1\r\n")
    comes_back_in(1, b"Date: x\r\nretry-after:\t01 \r\n")
    at = email.utils.formatdate(time.time() + 2, usegmt=True)
    comes_back_in(1, b"Retry-After: %s\r\n" % at.encode())


def it_ignores_a_wrong_retry_after():
    past = email.utils.formatdate(0, usegmt=True).encode()
    for value in (b"", b"-1", b"1.5", b"soon", b"0x10", b"5 s", past, b"9" * 60,
                  b"Sun, 06 Nov 2094", b"Sun, 06 Nov 2094 08:49:37 CET",
                  b"Sun, 99 Nov 2094 08:49:37 GMT", b"x" * 3000):
        comes_back_in(0, b"Retry-After: %s\r\n" % value)


def it_gives_up_if_the_wait_is_too_long():
    for value in (b"86401", b"9" * 30, b"Sun, 06 Nov 2094 08:49:37 GMT"):
        with Client() as client:
            client.answer(BUSY % (b"Retry-After: %s\r\n" % value))
            client.ends(STOPPED, r"reconnect: gives up: .*503.*Retry-After\n")


def it_gives_up_if_the_answer_will_not_get_better():
    for status in (200, 204, 301, 400, 401, 403, 404, 405, 410, 426, 501, 505):
        with Client() as client:
            client.answer(b"HTTP/1.1 %d No\r\n\r\n" % status)
            client.ends(STOPPED, rf"reconnect: gives up: status {status}, .*\n")


def it_gives_up_if_the_answer_is_wrong():
    for broken in (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                   b"Connection: Upgrade\r\n\r\n",
                   switched(b"dGhlIHNhbXBsZSBub25jZQ=="),
                   switched(b"x", b"echo"), b"\x16\x03\x01\r\n\r\n",
                   b"SSH-2.0-x\r\n", b"HTTP/1.1 503 x\r\nA b: c\r\n\r\n",
                   b"HTTP/1.1 101 x\r\n" + b"X: y\r\n" * 3000):
        with Client() as client:
            client.answer(broken)
            client.ends(STOPPED, r"reconnect: gives up: .*\n")


def it_asks_again_if_the_answer_does_not_end():
    with Client() as client:
        for begin in (b"", b"HTTP/1.1 101 Swi", b"HTTP/1.1 503 x\r\nA: b\r\n"):
            client.answer(begin)
        client.accept()[0].close()


# ---- The connection ----------------------------------------------------------

def it_talks_and_ends_when_the_server_does():
    for early in (b"\x81\x02hi" + CLOSED, b"\x81\x02hi\x88\x00", b"\x81"):
        with Client() as client, client.switch(early) as peer:
            assert unmask(peer) == (0x81, b"hello")
            if early == b"\x81":
                for each in b"\x02hi\x89\x03abc":
                    peer.sendall(bytes([each]))
                assert unmask(peer) == (0x8a, b"abc")
                peer.sendall(CLOSED)
            assert unmask(peer)[0] == 0x88
            client.ends(DONE, "", "hi\n")


def it_prints_no_control_characters():
    with Client() as client, client.switch(b"\x81\x05a\x1b[mb" + CLOSED):
        client.ends(DONE, "", "a.[mb\n")


def it_comes_back_after_another_end():
    with Client() as client:
        for end in (b"", b"\x88\x02\x03\xe9", b"\x81\x05hel",
                    b"\x88\x02\x03\xf4"):
            with client.switch(end) as peer:
                assert unmask(peer) == (0x81, b"hello")
        client.accept()[0].close()


def it_gives_up_if_a_frame_is_not_for_it():
    for broken in (b"\x81\x7e\x01\x00", b"\x01\x01a", b"\xc1\x01a",
                   b"\x81\x85\0\0\0\0hello", b"\x83\x00", b"\x8b\x00",
                   b"\x82\x7f" + b"\xff" * 8):
        with Client() as client, client.switch(broken):
            client.ends(STOPPED, r"reconnect: gives up: .*frame\n")


def it_finds_the_demo_again():
    if not DEMO:
        print("left out: there is no demo")
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    process = subprocess.Popen([PROGRAM, "127.0.0.1", port],
                               stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    try:
        for _ in range(2):
            with start_demo(port):
                assert process.stdout.readline() == b"hello\n"
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def start_demo(port):
    demo = subprocess.Popen([*DEMO, "--port", port], stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        demo.terminate()
        demo.wait()


def it_says_how_it_is_used():
    for words in ([], ["a"], ["a", "0"], ["a", "65536"], ["a", "-1"],
                  ["a", "x"], ["a", "1", "/", "b"]):
        ended = subprocess.run([PROGRAM, *words], capture_output=True,
                               text=True, timeout=PATIENCE, check=False)
        assert ended.returncode == USAGE, words
        assert ended.stderr == "usage: reconnect HOST PORT [PATH]\n", ended


def it_gives_up_if_it_cannot_ask():
    for path in ("/a b", "/#x", "/\r\nX: y"):
        with Client(path) as client:
            client.ends(STOPPED, r"reconnect: .*\n")


for name, test in list(globals().items()):
    if name.startswith("it_"):
        started = time.monotonic()
        test()
        print("ok %s (%.1f s)" % (name, time.monotonic() - started), flush=True)
