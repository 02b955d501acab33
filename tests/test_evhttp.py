# SPDX-License-Identifier: MIT
"""Pages and WebSocket of examples/evhttp.c, on the same port.

usage: test_evhttp.py PROGRAM
"""
import os
import re
import struct
import sys
import time

from peer import (ACCEPT, count_open, dial, frame, read, read_all, read_head,
                  reset, start)

PAGE = b"WebSocket is at /chat\n"
GET = b"GET %s HTTP/1.1\r\nHost: example.com\r\n\r\n"
OFFER = (b"GET /chat HTTP/1.1\r\nHost: example.com\r\n"
         b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
         b"Sec-WebSocket-Version: 13\r\n"
         b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
CLOSE = b"\x03\xe8"
PORT = 0
PID = 0


def connect():
    return dial(PORT, 10)


def says(peer, pattern):
    head = read_head(peer)
    assert re.fullmatch(rb"HTTP/1\.1 " + pattern, head, re.DOTALL), head
    return head


def sends_page(peer):
    says(peer, rb"200 OK\r\n.*Content-Length: %d\r\n.*" % len(PAGE))
    assert read(peer, len(PAGE)) == PAGE


def switches(peer):
    head = says(peer, rb"101 Switching Protocols\r\n.*")
    assert ACCEPT in head, head
    assert head.count(b"\r\nUpgrade: websocket\r\n") == 1, head


def gives(peer, octets):
    seen = read(peer, len(octets))
    assert seen == octets, (seen, octets)


def is_refused(request, status, field=b""):
    """The reply has the field and ends the connection."""
    with connect() as peer:
        peer.sendall(request)
        answer = read_all(peer)
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer
    assert b"\r\nConnection: close\r\n" in answer, answer
    assert answer.count(b"\r\nContent-Length: ") == 1, answer
    assert field in answer, answer


# ---- The tests ---------------------------------------------------------------

def it_serves_pages_on_a_kept_connection():
    with connect() as peer:
        peer.sendall(GET % b"/")
        sends_page(peer)
        peer.sendall(GET % b"/none")
        says(peer, rb"404 Not Found\r\n.*Content-Length: 0\r\n.*")
        peer.sendall(GET % b"/chat")
        says(peer, rb"426 Upgrade Required\r\nUpgrade: websocket\r\n"
                   rb"Connection: Upgrade\r\n.*Content-Length: 0\r\n.*")
        peer.sendall((GET % b"/").replace(b"GET", b"HEAD"))
        says(peer, rb"200 OK\r\n.*")
        peer.sendall(GET % b"/" + GET % b"/")
        sends_page(peer)
        sends_page(peer)


def it_closes_if_asked_or_after_a_body():
    head = (GET % b"/")[:-2]
    for rest in (b"Connection: close\r\n\r\n",
                 b"Content-Length: 4\r\n\r\nbody",
                 b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"):
        with connect() as peer:
            peer.sendall(head + rest)
            answer = read_all(peer)
            assert b"\r\nConnection: close\r\n" in answer, answer
            assert answer.endswith(b"\r\n\r\n" + PAGE), answer
    # evhttp does not read it: it must not become a request.
    with connect() as peer:
        peer.sendall(head.replace(b"GET", b"HEAD") + b"Content-Length: 100"
                     b"\r\n\r\n" + GET % b"/")
        assert read_all(peer).count(b"HTTP/1.1 ") == 1


def it_echoes_frames_that_arrive_with_the_head():
    early = frame(1, b"early") + frame(2, b"x" * 300) + frame(9, b"ping")
    for cut in 0, 1, 7, len(early):
        with connect() as peer:
            peer.sendall(OFFER + early[:cut])
            switches(peer)
            peer.sendall(early[cut:])
            gives(peer, frame(1, b"early", False)
                  + frame(2, b"x" * 300, False) + frame(10, b"ping", False))
            peer.sendall(frame(8, CLOSE))
            gives(peer, frame(8, CLOSE, False))
            assert read_all(peer) == b""
    with connect() as peer:  # all of it at once
        peer.sendall(OFFER + early + frame(8, CLOSE))
        switches(peer)
        assert read_all(peer).endswith(frame(10, b"ping", False)
                                       + frame(8, CLOSE, False))


def it_switches_when_bytes_come_one_by_one():
    with connect() as peer:
        for octet in OFFER + frame(1, b"slow"):
            peer.sendall(bytes([octet]))
        switches(peer)
        gives(peer, frame(1, b"slow", False))


def it_switches_on_a_kept_connection():
    with connect() as peer:
        peer.sendall(GET % b"/")
        sends_page(peer)
        peer.sendall(OFFER + frame(1, b"later"))
        switches(peer)
        gives(peer, frame(1, b"later", False))
    with connect() as peer:  # all of it at once
        peer.sendall(GET % b"/" + OFFER + frame(1, b"later"))
        sends_page(peer)
        switches(peer)
        gives(peer, frame(1, b"later", False))


def it_echoes_more_than_sockets_hold():
    piece, count = os.urandom(60000), 100
    with connect() as peer:
        peer.sendall(OFFER)
        switches(peer)
        peer.setblocking(False)
        left, seen = frame(2, piece) * count, b""
        wanted = frame(2, piece, False) * count
        until = time.monotonic() + 60
        while len(seen) < len(wanted) and time.monotonic() < until:
            try:
                left = left[peer.send(left[:1000000]):] if left else left
            except BlockingIOError:
                pass
            # It reads only when it can send no more.
            try:
                seen += peer.recv(1000000)
            except BlockingIOError:
                time.sleep(0.001)
        assert seen == wanted, (len(seen), len(wanted))


def it_says_what_is_wrong_with_frames():
    for octets, code in ((frame(1, b"\xff"), 1007), (frame(3, b""), 1002),
                         (frame(1, b"not masked", False), 1002),
                         (b"\x82\xff" + b"\0\0\0\0\0\x10\0\0" + b"maskx", 1009)):
        with connect() as peer:
            peer.sendall(OFFER + octets)
            switches(peer)
            answer = read_all(peer)
            assert answer[:1] == b"\x88", (octets, answer)
            assert answer[2:4] == struct.pack(">H", code), (octets, answer)


def it_refuses():
    version = OFFER.replace(b"Version: 13", b"Version: 8")
    is_refused(version, 426, b"\r\nSec-WebSocket-Version: 13\r\n")
    is_refused(version, 426, b"\r\nUpgrade: websocket\r\n")
    is_refused(OFFER.replace(b"/chat", b"/no"), 404)
    is_refused(OFFER.replace(b"Host: example.com\r\n", b""), 400)
    is_refused(OFFER.replace(b"\r\n\r\n", b"\r\nContent-Length: 2\r\n\r\nxx"),
               400)
    is_refused(OFFER.replace(b"Host:", b"Origin: https://evil.example\r\nHost:"),
               403)
    is_refused(OFFER.replace(b"Host:", b"X: y\r\n" * 200 + b"Host:"), 431)
    is_refused((GET % b"/").replace(b"\r\n\r\n", b"\r\nHost: b\r\n\r\n"), 400)
    is_refused((GET % b"/").replace(b"GET", b"POST"), 501)
    # Frames behind a refused offer are not taken for a request.
    is_refused(OFFER.replace(b"/chat", b"/no") + frame(1, b"early"), 404)


def it_takes_a_path_with_a_query():
    with connect() as peer:
        peer.sendall(OFFER.replace(b"/chat", b"/chat?room=1"))
        switches(peer)


def it_outlives_peers_that_vanish():
    idle = count_open(PID)
    for octets in (b"", OFFER[:50], OFFER, OFFER + frame(1, b"x" * 9000),
                   GET % b"/", OFFER.replace(b"/chat", b"/no"),
                   OFFER + frame(1, b"x")[:3], OFFER + frame(8, CLOSE)):
        for is_reset in True, False:
            peer = connect()
            peer.sendall(octets)
            if is_reset:
                reset(peer)
            peer.close()
    it_switches_on_a_kept_connection()
    until = time.monotonic() + 10
    while count_open(PID) > idle and time.monotonic() < until:
        time.sleep(0.05)
    assert count_open(PID) <= idle, (count_open(PID), idle)


process, PORT = start(sys.argv[1])
PID = process.pid
try:
    for name, test in list(globals().items()):
        if name.startswith("it_"):
            test()
            assert process.poll() is None, name
            print("ok", name, flush=True)
finally:
    process.kill()
    process.wait()
