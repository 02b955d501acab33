# SPDX-License-Identifier: MIT
"""examples/freertos.c, on POSIX by tests/freertos/shim.c: recv and send take a
few bytes at a time there, the heap has room for 3 clients, and 10 seconds of
the program are one.

usage: test_freertos.py PROGRAM [CLIENT]

CLIENT is upshake-client, as a client of the real world.
"""
import os
import struct
import subprocess
import sys
import time

from peer import count_open, dial, read, read_all, read_head, reset, start

PROGRAM, *CLIENT = sys.argv[1:]
PATIENCE = 20
OFFER = (b"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
         b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
ACCEPTED = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
NORMAL = b"\x03\xe8"
PORT = 0


def connect(beside=0):
    """Once no other client is there but `beside`: the heap has room for 3."""
    until_idle(beside)
    return dial(PORT, PATIENCE)


def frame(first, payload):
    return bytes([first, 0x80 | len(payload)]) + b"abcd" + bytes(
        each ^ b"abcd"[i % 4] for i, each in enumerate(payload))


def switched(early=b"", beside=0):
    peer = connect(beside)
    peer.sendall(OFFER + early)
    assert read(peer, len(ACCEPTED)) == ACCEPTED
    return peer


def talk(sent, got):
    """Behind a switch; both in one piece and byte by byte."""
    with switched(sent) as peer:
        assert read(peer, len(got)) == got, sent
    with switched() as peer:
        for i in range(len(sent)):
            peer.sendall(sent[i:i + 1])
        assert read(peer, len(got)) == got, sent


def is_refused(request, status):
    with connect() as peer:
        peer.sendall(request)
        answer = read_all(peer)
    assert answer.startswith(b"HTTP/1.1 %d " % status), (request, answer)
    assert answer.endswith(b"\r\n\r\n"), answer


def closes_with(code, sent):
    with switched(sent) as peer:
        got = read_all(peer)
    assert got == b"\x88\x02" + struct.pack(">H", code), (sent, got)


# ---- The tests ---------------------------------------------------------------

def it_switches_however_the_request_is_split():
    for cut in range(1, len(OFFER), 17):
        with connect() as peer:
            peer.sendall(OFFER[:cut])
            peer.sendall(OFFER[cut:])
            assert read_head(peer) == ACCEPTED


def it_sends_back_each_message():
    for size in (0, 1, 5, 124, 125):
        text = b"x" * size
        for first in (0x81, 0x82):
            talk(frame(first, text), bytes([first, size]) + text)
    talk(frame(0x81, b"a") + frame(0x8a, b"pong") + frame(0x89, b"b")
         + frame(0x81, b"c"), b"\x81\x01a\x8a\x01b\x81\x01c")


def it_answers_a_close_and_ends():
    for payload in (b"", NORMAL, b"\x03\xe9bye"):
        with switched(frame(0x88, payload) + frame(0x81, b"late")) as peer:
            assert read_all(peer) == bytes([0x88, len(payload)]) + payload


def it_closes_if_a_frame_is_not_for_it():
    for code, sent in (
            (1002, b"\x81\x05hello"), (1002, frame(0xc1, b"a")),
            (1002, frame(0x83, b"")), (1002, frame(0x80, b"a")),
            (1002, frame(0x8b, b"")), (1002, frame(0x09, b"a")),
            (1002, b"\x89\xfe\x01\x00"), (1009, frame(0x01, b"a")),
            (1009, b"\x81\xfe\x00\x7eabcd" + b"x" * 126),
            (1009, b"\x82\xff" + b"\xff" * 8)):
        closes_with(code, sent)


def it_refuses():
    is_refused(b"GET /chat HTTP/1.1\r\nHost: a\r\n\r\n", 426)
    is_refused(OFFER.replace(b"/chat", b"/other"), 404)
    is_refused(OFFER.replace(b"Host: a", b"X: y"), 400)
    is_refused(OFFER.replace(b"==\r\n", b"=\r\n"), 400)
    is_refused(OFFER.replace(b": 13", b": 12"), 426)
    is_refused(b"\x16\x03\x01\r\n\r\n", 400)
    is_refused(OFFER.replace(b"Host: a", b"Host: a\r\nX: " + b"x" * 500), 431)
    is_refused(OFFER.replace(b"Host: a", b"X: " + b"x" * 100000), 431)


def it_gives_up_on_a_slow_head():
    is_refused(OFFER[:50], 408)
    with connect() as peer:
        began = time.monotonic()
        try:
            for i in range(30):
                peer.sendall(b"GET / HTTP/1.1\r\nX: yyyyyyyyyyyyyyy"[i:i + 1])
                time.sleep(0.1)
        except ConnectionError:
            pass
        assert read_head(peer).startswith(b"HTTP/1.1 408 ")
        assert time.monotonic() - began < 5


def it_takes_no_more_clients_than_there_is_memory_for():
    peers = [switched(beside=i) for i in range(3)]
    with connect(beside=3) as more:
        more.settimeout(PATIENCE)
        try:
            more.sendall(OFFER)
            assert more.recv(1) == b""
        except ConnectionError:
            pass
    for peer in peers:
        peer.sendall(frame(0x81, b"a"))
        assert read(peer, 3) == b"\x81\x01a"
        peer.close()
    until_idle()


def it_outlives_clients_that_vanish():
    for octets in (b"", OFFER[:50], OFFER, OFFER + b"\x81",
                   OFFER + b"\x81\xfdabcd" * 2000, b"GET\r\n"):
        for is_reset in False, True:
            peer = connect(beside=1)
            peer.sendall(octets)
            if is_reset:
                reset(peer)
            peer.close()
        until_idle()


def it_serves_a_client_of_the_real_world():
    for client in CLIENT:
        ended = subprocess.run(
            [client, "--message", "hello", f"ws://127.0.0.1:{PORT}/chat"],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE,
            check=False)
        assert (ended.returncode, ended.stdout, ended.stderr) == (
            0, b"hello\n", b""), ended


def until_idle(beside=0):
    until = time.monotonic() + PATIENCE
    while count_tasks() > idle_tasks + beside and time.monotonic() < until:
        time.sleep(0.02)
    assert count_tasks() <= idle_tasks + beside, count_tasks()
    assert count_open(process.pid) <= idle + beside, count_open(process.pid)


def count_tasks():
    """A task ends behind its descriptor and its memory."""
    return len(os.listdir(f"/proc/{process.pid}/task"))


process, PORT = start(PROGRAM)
idle = count_open(process.pid)
idle_tasks = count_tasks()
try:
    for name, test in list(globals().items()):
        if name.startswith("it_"):
            began = time.monotonic()
            test()
            until_idle()
            print("ok %s (%.1f s)" % (name, time.monotonic() - began),
                  flush=True)
    process.terminate()
    assert process.wait(PATIENCE) == 0, process.returncode
    print("ok it leaks no memory")
finally:
    process.kill()
