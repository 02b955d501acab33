# SPDX-License-Identifier: MIT
"""What the tests of upshake-client share: the client as a child that has to end
as a test says, a server that says whatever a test wants, and upshake-demo."""
import base64
import contextlib
import hashlib
import json
import re
import signal
import socket
import struct
import subprocess
import sys
import time

from peer import read_all, read_head

TEXT, BINARY, CONTINUED, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
FIN, RSV1, RSV2, MASKED = 0x80, 0x40, 0x20, 0x80
NORMAL = struct.pack(">H", 1000)
MAX = 1 << 20
KEYS = ("outcome", "status", "error", "rule", "offset", "consumed", "protocol",
        "subprotocol", "extensions", "close", "reply", "messages", "hint",
        "body")
# The exit statuses.
DONE, REFUSED, OTHER, INCOMPLETE, TALK, USAGE = 0, 1, 2, 3, 4, 64
CLIENT, DEMO = sys.argv[1:]


# ---- The client --------------------------------------------------------------

class Run:
    """The client, started; `ends` waits for it and looks at what it said."""

    def __init__(self, *arguments):
        self.told = []
        self.process = subprocess.Popen(
            [CLIENT, *arguments], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def ends(self, status, error=None, given=b""):
        """One line on stderr that has `error` in it, or nothing there.  Behind
        a refusal there may be a hint and a body, in lines that are indented:
        `self.told`.  Returns what is on stdout."""
        out, said = self.process.communicate(given, timeout=20)
        said = said.decode()
        assert self.process.returncode == status, (
            self.process.returncode, out[:500], said)
        if error is None:
            assert said == "", said
        else:
            assert said.startswith("upshake-client: "), said
            first, *more, last = said.split("\n")
            assert error in first + "\n" and last == "", said
            assert not more or status in (REFUSED, OTHER), said
            assert all(line.startswith("  ") for line in more), said
            assert said.replace("\n", "").isprintable(), said
            self.told = more
        return out

    def reports(self, status, error=None, /, **expected):
        """--json: one object, these members of which are as expected."""
        out = self.ends(status, error)
        assert not self.told, self.told
        assert out.endswith(b"}\n") and out.count(b"\n") == 1, out
        assert not re.search("[\0-\t\x0b-\x1f\x7f-\x9f]", out.decode()), out
        report = json.loads(out)
        assert tuple(report) == KEYS, report
        for key, value in expected.items():
            assert report[key] == value, (key, value, report)
        return report


def refuses_to_run(error, *arguments):
    assert Run(*arguments).ends(USAGE, error) == b""


# ---- A server ----------------------------------------------------------------

class Server:
    """Listens; each client that is started by `start` is accepted, and its
    request is read."""

    def __init__(self, family=socket.AF_INET, host="127.0.0.1"):
        self.listener = socket.socket(family)
        self.listener.bind((host, 0))
        self.listener.listen()
        self.listener.settimeout(20)
        self.port = self.listener.getsockname()[1]
        self.authority = f"[{host}]" if ":" in host else host
        self.authority += f":{self.port}"
        self.peer = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.peer:
            self.peer.close()
        self.listener.close()

    def start(self, *options, target="/chat"):
        if self.peer:
            self.peer.close()
        run = Run(*options, f"ws://{self.authority}{target}")
        self.peer, _ = self.listener.accept()
        self.peer.settimeout(20)
        self.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = read_head(self.peer)
        return run

    def field(self, name):
        found = re.search(rb"\r\n%s: (.*)\r\n" % name.encode(), self.request)
        return found and found[1].decode()

    def accept_value(self):
        text = (self.field("Sec-WebSocket-Key")
                + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()
        return base64.b64encode(hashlib.sha1(text).digest())

    def answer(self, *lines):
        """A 101, with further lines."""
        return (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
                % self.accept_value()
                + b"".join(line.encode() + b"\r\n" for line in lines)
                + b"\r\n")

    def send(self, octets):
        self.peer.sendall(octets)

    def read(self, count):
        octets = b""
        while len(octets) < count:
            piece = self.peer.recv(count - len(octets))
            assert piece, octets
            octets += piece
        return octets

    def receive(self):
        """First byte and payload of a frame, which has to be masked."""
        first, size = self.read(2)
        assert size & MASKED, "not masked"
        size &= 0x7f
        if size == 126:
            size, = struct.unpack(">H", self.read(2))
        elif size == 127:
            size, = struct.unpack(">Q", self.read(8))
        mask, payload = self.read(4), self.read(size)
        key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
        return first, (int.from_bytes(payload, "big") ^ key).to_bytes(size,
                                                                      "big")

    def echo(self):
        """Echo a message; returns it."""
        first, payload = self.receive()
        assert first & 0x0f == TEXT, (first, payload)
        self.send(frame(first, payload))
        return payload

    def close(self, payload=NORMAL):
        """The client closes, and is answered."""
        assert self.receive() == (FIN | CLOSE, NORMAL)
        self.send(frame(FIN | CLOSE, payload))
        self.ends()

    def is_told(self, code):
        """The client closes with that code, and then ends.  wslay leaves out
        the code where the length of a frame is wrong."""
        first, payload = self.receive()
        assert first == FIN | CLOSE, (first, payload)
        said = struct.unpack(">H", payload)[0] if payload else None
        assert said == code, (code, payload)
        self.ends()

    def ends(self):
        assert read_all(self.peer) == b""
        self.peer.close()


def frame(first, payload):
    size = len(payload)
    if size < 126:
        return bytes([first, size]) + payload
    if size < 65536:
        return struct.pack(">BBH", first, 126, size) + payload
    return struct.pack(">BBQ", first, 127, size) + payload


@contextlib.contextmanager
def demo(*options):
    process = subprocess.Popen([DEMO, "--port", "0", *options],
                               stdout=subprocess.PIPE)
    try:
        line = process.stdout.readline().decode()
        found = re.fullmatch(r"listening on http://(.*)/\n", line)
        assert found, line
        yield "ws://" + found[1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.stdout.close()


def switched(server, *options):
    """A client that was answered with a 101."""
    run = server.start(*options)
    server.send(server.answer())
    return run


def run_tests(tests):
    for name, test in list(tests.items()):
        if name.startswith("it_"):
            started = time.monotonic()
            test()
            print("ok %s (%.1f s)" % (name, time.monotonic() - started))
