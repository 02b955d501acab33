# SPDX-License-Identifier: MIT
"""Real handshakes against examples/minimal.c, whose heart is in the README.

usage: test_minimal.py PROGRAM [CLIENT]

CLIENT is upshake-client, as a client of the real world.  The program listens on
a fixed port.  If another program has that port, the exit status is 77, which
ctest shows as skipped.
"""
import os
import pty
import re
import socket
import struct
import subprocess
import sys
import time

from peer import read, read_all, read_head

PORT = 8100
SKIPPED = 77
OFFER = (b"GET /chat HTTP/1.1\r\nHost: 127.0.0.1:8100\r\n"
         b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
         b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         b"Sec-WebSocket-Version: 13\r\n\r\n")
CLOSE = b"\x88\x82\0\0\0\0\x03\xe8"  # masked, code 1000
GREETING = b"\x81\x05hello\x88\x02\x03\xe8"


def exchange(pieces):
    """Send the pieces, and a Close when one comes; return all that comes until
    the server shuts down."""
    with socket.create_connection(("127.0.0.1", PORT), timeout=10) as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            peer.sendall(piece)
        answer = b""
        while octets := peer.recv(4096):
            answer += octets
            if octets.endswith(GREETING):
                peer.sendall(CLOSE)
        # Reset, so that no TIME_WAIT keeps the port from the next run.
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, 0))
        return answer


def talk():
    """A WebSocket, closed by the server first and by us then; returns what
    comes behind the head."""
    with socket.create_connection(("127.0.0.1", PORT), timeout=10) as peer:
        peer.sendall(OFFER)
        read_head(peer)
        seen = read(peer, len(GREETING))
        peer.settimeout(0.3)
        try:
            sys.exit(f"FAIL it does not wait for our Close: {peer.recv(1)!r}")
        except TimeoutError:
            peer.settimeout(10)
        started = time.monotonic()
        peer.sendall(CLOSE)
        seen += read_all(peer)
        if time.monotonic() - started > 5:
            sys.exit("FAIL it does not end when our Close is there")
        return seen


def is_taken():
    try:
        # Nothing is asked: the program must live through that as well.
        socket.create_connection(("127.0.0.1", PORT), timeout=10).close()
    except ConnectionRefusedError:
        return False
    return True


def open_terminal():
    """Both ends.  Without pseudo-terminals, None and a place for what is
    printed."""
    try:
        return pty.openpty()
    except OSError as error:
        print("left out, as this machine has no pseudo-terminals: that bytes "
              f"that arrived with the head are kept ({error})")
        return None, os.open(os.devnull, os.O_WRONLY)


def start(program):
    """Run the program on a terminal, so that what it prints is not held."""
    if is_taken():
        print(f"skipped: port {PORT} is taken by another program")
        sys.exit(SKIPPED)
    ours, its = open_terminal()
    process = subprocess.Popen([program], stdout=its, stderr=its,
                               stdin=subprocess.DEVNULL)
    os.close(its)
    for _ in range(100):
        if process.poll() is not None:
            said = os.read(ours, 4096).decode() if ours else ""
            sys.exit(f"FAIL it ends with status {process.returncode}: {said}")
        if is_taken():
            return process, ours
        time.sleep(0.05)
    sys.exit("it does not listen")


def expect(what, text, pattern):
    if not re.search(pattern, text):
        sys.exit(f"{what}: no {pattern!r} in {text!r}")
    print("ok", what)


def run():
    head, frames = exchange([OFFER]).split(b"\r\n\r\n", 1)
    head += b"\r\n"
    expect("it switches", head, rb"^HTTP/1\.1 101 ")
    expect("with the right answer to the key", head,
           rb"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n")
    expect("then it says hello and closes with 1000", frames,
           b"^" + GREETING + b"$")
    expect("it waits for the client's Close, and then ends", talk(),
           b"^" + GREETING + b"$")
    pieces = [OFFER[i:i + 1] for i in range(len(OFFER))]
    expect("it switches when bytes come one by one", exchange(pieces),
           rb" 101 ")
    expect("another path is refused",
           exchange([OFFER.replace(b"/chat", b"/other")]), rb"^HTTP/1\.1 404 ")
    expect("an ordinary request is told to upgrade",
           exchange([b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"]),
           rb"^HTTP/1\.1 426 [^\0]*\r\nUpgrade: websocket\r\n")
    expect("what is no HTTP is refused", exchange([b"\x16\x03\x01\r\n\r\n"]),
           rb"^HTTP/1\.1 400 ")
    exchange([OFFER + b"early"])


def ask(client):
    ended = subprocess.run([client, "ws://127.0.0.1:8100/chat"],
                           stdin=subprocess.DEVNULL, capture_output=True,
                           timeout=20)
    expect("a client of the real world finds it clean", repr(ended),
           r"returncode=0, stdout=b'hello\\n', stderr=b''")


def main(program, client=None):
    process, terminal = start(program)
    try:
        run()
        if terminal:
            time.sleep(0.1)
            expect("bytes that arrived with the head are kept",
                   os.read(terminal, 65536).decode(),
                   r"switched, 5 bytes early")
        if client:
            ask(client)
    finally:
        process.kill()
        process.wait()


main(*sys.argv[1:])
