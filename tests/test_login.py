# SPDX-License-Identifier: MIT
"""Who may come in at examples/login.c, and what its loop does while another
thread looks them up: many wait at once, with bytes behind their heads, and some
go away.

usage: test_login.py PROGRAM
"""
import base64
import select
import socket
import sys
import time

import peer
from peer import CLOSE, TEXT, close_code, frame, offer, read_frame

PATIENCE = 10  # the program's, in seconds
WAIT = 20
MANY = 400
CHALLENGES = (b'\r\nWWW-Authenticate: Basic realm="upshake", charset="UTF-8"'
              b'\r\nWWW-Authenticate: Bearer realm="upshake"\r\n')
ALICE = b"Cookie: a=b; session=session-a\r\n"
BOB = b"Authorization: Bearer token-b\r\n"
PORT = 0
PID = 0


def connect():
    return peer.dial(PORT, WAIT)


def files():
    return peer.count_open(PID)


def basic(text):
    return b"Authorization: Basic %s\r\n" % base64.b64encode(text)


def is_greeted(sock, name):
    """And told to go; our Close is awaited."""
    peer.is_accepted(sock)
    assert read_frame(sock) == (TEXT, b"hello " + name)
    assert read_frame(sock) == (CLOSE, close_code(1000))
    sock.sendall(frame(CLOSE, close_code(1000)))
    assert sock.recv(1) == b""


def comes_in(name, more, path=b"/"):
    with connect() as sock:
        sock.sendall(offer(path, more))
        is_greeted(sock, name)


def is_refused(status, octets):
    with connect() as sock:
        sock.sendall(octets)
        answer = peer.read_all(sock)
    assert answer.startswith(b"HTTP/1.1 %d " % status), (octets, answer)
    assert answer.endswith(b"\r\n\r\n"), answer
    assert (CHALLENGES in answer) == (status == 401), answer
    assert (b"WWW-" in answer) == (status == 401), answer


# ---- The tests ---------------------------------------------------------------

def each_way_to_log_in_is_known():
    for name, more in (
            (b"alice", ALICE), (b"bob", b"Cookie: session=session-b\r\n"),
            (b"alice", b"Authorization: bearer token-a\r\n"), (b"bob", BOB),
            (b"alice", basic(b"alice:wonderland")),
            (b"bob", basic(b"bob:builder")),
            (b"alice", b"Cookie: x=y\r\nCookie: session=session-a\r\n"),
            (b"bob", b"Cookie: session=wrong\r\n" + BOB)):
        comes_in(name, more)


def who_is_unknown_is_asked_to_log_in():
    for more in (b"", b"Cookie: session=\r\n", b"Cookie: session=session-\r\n",
                 b"Cookie: session=session-aa\r\n", b"Cookie: sessio\r\n",
                 b"Cookie: Session=session-a\r\n", b"Cookie: =session-a\r\n",
                 b"Authorization: Bearer token-c\r\n",
                 b"Authorization: Bearer\r\n", b"Authorization: Bearer a b\r\n",
                 b"Authorization: Digest x\r\n", basic(b"alice:wonderlanD"),
                 basic(b"alice:"), basic(b":wonderland"),
                 basic(b"alice:builder"), basic(b"carol:" + b"x" * 300),
                 basic(b"token-a:session-a")):
        is_refused(401, offer(b"/", more))


def what_is_malformed_is_refused():
    for more in (b"Authorization: Basic YQ\r\n", basic(b"alice"),
                 b"Authorization: Basic !\r\n", b"Authorization: Basic\r\n",
                 basic(b"alice:\0"), basic(b"bob:builder") + BOB):
        is_refused(400, offer(b"/", more))


def only_administrators_go_further():
    for path in (b"/admin", b"/%61dmin", b"//", b"/other"):
        comes_in(b"alice", ALICE, path)
        is_refused(403, offer(path, BOB))
        is_refused(401, offer(path))
    comes_in(b"bob", BOB, b"/?admin")


def ordinary_and_broken_requests_are_refused():
    for status, octets in (
            (426, b"GET / HTTP/1.1\r\nHost: a\r\n" + ALICE + b"\r\n"),
            (400, b"\x16\x03\x01\r\n\r\n"), (400, offer(more=b"Host: b\r\n")),
            (403, offer(more=ALICE + b"Origin: http://evil.example\r\n")),
            (426, offer(more=ALICE).replace(b"Version: 13", b"Version: 8")),
            (431, offer(more=b"Cookie: " + b"x" * 9000 + b"\r\n")),
            (431, offer(more=b"X: y\r\n" * 200)),
            (414, offer(b"/" + b"x" * 9000))):
        is_refused(status, octets)
    with connect() as sock:
        sock.sendall(offer(more=b"Host: b\r\n") + b"x" * 1000000)
        time.sleep(0.1)  # it is on its way, and so are more bytes
        sock.sendall(b"x" * 1000)
        assert peer.read_all(sock).startswith(b"HTTP/1.1 400 ")


def a_request_may_come_byte_by_byte():
    with connect() as sock:
        for octet in offer(b"/", ALICE):
            sock.sendall(bytes([octet]))
        is_greeted(sock, b"alice")


def bytes_behind_the_head_do_no_harm():
    """They may follow at once, or while the answer is pending."""
    for early, late in ((frame(TEXT, b"early"), b""), (b"", frame(TEXT)),
                        (frame(TEXT, b"x" * 60000), frame(TEXT, b"y" * 60000))):
        with connect() as sock:
            sock.sendall(offer(b"/", BOB) + early)
            sock.sendall(late)
            is_greeted(sock, b"bob")


def wait_together():
    """Many at once.  Those that are reset are let go of before their answers
    come; gives None if this machine was too slow to see that."""
    socks = [connect() for _ in range(MANY)]
    kinds = ((b"alice", ALICE), (b"bob", BOB), (b"", b""))
    for i, sock in enumerate(socks):
        sock.sendall(offer(b"/", kinds[i % 3][1]) + frame(TEXT, b"early"))
        if i % 4 == 3:
            sock.shutdown(socket.SHUT_WR)
        elif i % 4 == 1 and i > MANY / 2:
            peer.reset(sock)
    alive = [(i, sock) for i, sock in enumerate(socks) if sock.fileno() >= 0]
    time.sleep(0.05)
    held = files()
    answered, _, _ = select.select([sock for i, sock in alive if i > MANY / 2],
                                   [], [], 0)
    for i, sock in alive:
        name, _ = kinds[i % 3]
        if i % 4 == 3:
            answer = peer.read_all(sock)
            assert (b"hello " + name in answer) == (name != b""), answer
        elif name:
            is_greeted(sock, name)
        else:
            assert CHALLENGES in peer.read_head(sock)
        sock.close()
    return None if answered else held <= IDLE + len(alive)


def many_wait_at_once_and_each_gets_its_answer():
    for _ in range(5):
        was_noticed = wait_together()
        if was_noticed is not None:
            break
    if was_noticed is None:
        print("not seen, this machine is too slow: who is reset is noticed")
    else:
        assert was_noticed, "who is reset is not noticed"


def it_outlives_peers_that_vanish():
    for octets in (b"", offer()[:50], offer(b"/", ALICE),
                   offer(b"/", BOB) + b"x" * 100000, offer(more=b"A")):
        for end in peer.reset, socket.socket.close:
            sock = connect()
            sock.sendall(octets)
            end(sock)
    comes_in(b"alice", ALICE)


def a_head_has_a_deadline():
    started = time.monotonic()
    with connect() as silent, connect() as dripping, connect() as lingering:
        lingering.sendall(offer(b"/", ALICE))
        dripping.sendall(b"GET / HTTP/1.1\r\n")
        while time.monotonic() < started + PATIENCE - 2:
            dripping.sendall(b"A: b\r\n")
            time.sleep(0.5)
        for sock in silent, dripping:
            answer = peer.read_all(sock)
            assert answer.startswith(b"HTTP/1.1 408 "), answer
        assert b" 101 " in peer.read_all(lingering)
    assert PATIENCE - 2 < time.monotonic() - started < PATIENCE + 5


def no_connection_is_leaked():
    until = time.monotonic() + PATIENCE + 5
    while files() > IDLE and time.monotonic() < until:
        time.sleep(0.05)
    assert files() == IDLE, (files(), IDLE)


def it_says_how_it_is_used():
    for words in ([], ["x"], ["1x"], [""], ["-1"], ["65536"], ["1", "2"]):
        peer.is_refused(PROGRAM, words, 64, WAIT)
    peer.is_refused(PROGRAM, [str(PORT)], 1, WAIT)


PROGRAM = sys.argv[1]
process, PORT = peer.start(PROGRAM)
PID = process.pid
try:
    comes_in(b"alice", ALICE)
    time.sleep(0.2)
    IDLE = files()
    for test in (each_way_to_log_in_is_known,
                 who_is_unknown_is_asked_to_log_in,
                 what_is_malformed_is_refused,
                 only_administrators_go_further,
                 ordinary_and_broken_requests_are_refused,
                 a_request_may_come_byte_by_byte,
                 bytes_behind_the_head_do_no_harm,
                 many_wait_at_once_and_each_gets_its_answer,
                 it_outlives_peers_that_vanish, a_head_has_a_deadline,
                 no_connection_is_leaked, it_says_how_it_is_used):
        test()
        print("ok", test.__name__, flush=True)
    assert process.poll() is None, "it has ended"
finally:
    process.kill()
    process.wait()
