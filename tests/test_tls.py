# SPDX-License-Identifier: MIT
"""WebSocket through TLS of examples/tls.c: bytes that OpenSSL holds, early
ones, and clients that are wrong, silent or gone.

usage: test_tls.py PROGRAM

Needs the program `openssl` for a certificate; without it the exit status is 77,
which ctest shows as skipped.
"""
import os
import shutil
import socket
import ssl
import sys
import tempfile
import time

import peer
from peer import (BINARY, CLOSE, PING, PONG, TEXT, close_code, frame, offer,
                  read_frame)

SKIPPED = 77
PATIENCE = 10  # the program's, in seconds
WAIT = 20
FULL = 100
PROGRAM = sys.argv[1]
PORT = 0
PID = 0
CONTEXT = ssl.create_default_context()


def dial():
    return peer.dial(PORT, WAIT)


def connect():
    return CONTEXT.wrap_socket(dial(), server_hostname="localhost")


def enter(early=b"", more=b""):
    """Everything in one record."""
    sock = connect()
    sock.sendall(offer(more=more) + early)
    peer.is_accepted(sock)
    return sock


def leave(sock, code=1000):
    """Then TLS ends as it should: no EOF without it."""
    peer.close_answered(sock, code)
    sock.unwrap().close()


def echoes(sock, message, opcode=TEXT, answer=None):
    sock.sendall(frame(opcode, message))
    seen = read_frame(sock)
    assert seen == (answer or opcode, message), (seen[0], seen[1][:80])


def processes():
    """Those that serve a client."""
    with open(f"/proc/{PID}/task/{PID}/children", encoding="ascii") as file:
        return file.read().split()


def alive():
    """The same without those that have ended and were not waited for."""
    count = 0
    for each in processes():
        try:
            with open(f"/proc/{each}/stat", encoding="ascii") as file:
                count += file.read().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            pass
    return count


# ---- The tests ---------------------------------------------------------------

def it_echoes():
    with enter() as sock:
        echoes(sock, b"hello")
        echoes(sock, b"")
        echoes(sock, os.urandom(70000), BINARY)
        echoes(sock, b"ping", PING, PONG)
        leave(sock)
    for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
        context = ssl.create_default_context(cafile=CERTIFICATE)
        context.minimum_version = context.maximum_version = version
        with context.wrap_socket(dial(), server_hostname="localhost") as sock:
            sock.sendall(offer() + frame(TEXT, b"early"))
            assert b" 101 " in peer.read_head(sock)
            assert read_frame(sock) == (TEXT, b"early")
            leave(sock)


def bytes_that_openssl_holds_are_not_forgotten():
    """One record has more than the program takes at once; nothing else comes
    that poll could see."""
    with enter() as sock:
        sock.sendall(b"".join(frame(TEXT, b"%04d" % i) for i in range(1600)))
        for i in range(1600):
            assert read_frame(sock) == (TEXT, b"%04d" % i), i
        leave(sock)


def early_bytes_are_kept_however_they_are_split():
    octets = offer() + frame(TEXT, b"early") + frame(BINARY, b"x" * 9000)
    for size in (1, 7, 4096, len(octets)):
        with connect() as sock:
            first = min(len(octets), 300)
            for at in range(0, first, size):
                sock.sendall(octets[at:at + size])
            rest = octets[-(-first // size) * size:]
            if rest:
                sock.sendall(rest)
            assert b" 101 " in peer.read_head(sock)
            assert read_frame(sock) == (TEXT, b"early")
            assert read_frame(sock) == (BINARY, b"x" * 9000)
            leave(sock)


def a_message_is_echoed_before_the_close_that_follows_it():
    with enter(frame(TEXT, b"bye") + frame(CLOSE, close_code(1000))) as sock:
        assert read_frame(sock) == (TEXT, b"bye")
        assert read_frame(sock) == (CLOSE, close_code(1000))
        assert sock.recv(1) == b""


def wrong_frames_are_closed_with_their_code():
    for octets, code in (
            *peer.WRONG_FRAMES, (frame(BINARY, b"x" * 131073), 1009)):
        with enter(octets if len(octets) < 1000 else b"") as sock:
            if len(octets) >= 1000:
                sock.sendall(octets)
            seen = read_frame(sock)
            wanted = close_code(code) if code else b""
            assert seen == (CLOSE, wanted), (octets[:20], code, seen)
            assert sock.recv(1) == b""


def ordinary_and_broken_requests_are_refused():
    for status, octets in (
            (426, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), (404, offer(b"/no")),
            (400, b"\x16\x03\x01\r\n\r\n"), (400, offer(more=b"Host: b\r\n")),
            (403, offer(more=b"Origin: https://evil.example\r\n")),
            (403, offer(more=b"Origin: https://example.com:444\r\n")),
            (431, offer(more=b"A: " + b"x" * 9000 + b"\r\n")),
            (400, offer(more=b"Host: b\r\n") + b"x" * 100000)):
        with connect() as sock:
            sock.sendall(octets)
            answer = peer.read_all(sock)
            assert answer.startswith(b"HTTP/1.1 %d " % status), (octets, answer)
            assert answer.endswith(b"\r\n\r\n"), answer
    with enter(more=b"Origin: https://example.com\r\n") as sock:
        leave(sock)


def what_is_no_tls_ends():
    for octets in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\0" * 1000,
                   b"\x16\x03\x01\xff\xff" + b"x" * 70000,
                   b"\x16\x03\x01\x00\x05\x01\0\0\x01\0"):
        with dial() as sock:
            try:
                sock.sendall(octets)
                sock.shutdown(socket.SHUT_WR)
                peer.read_all(sock)
            except (ConnectionResetError, BrokenPipeError):
                pass


def it_outlives_peers_that_vanish():
    for octets in (b"", offer()[:50], offer(), offer() + frame(TEXT, b"x")[:3]):
        for is_reset in True, False:
            sock = connect()
            sock.sendall(octets)
            if is_reset:
                peer.reset(sock)
            sock.close()
    with enter() as sock:
        leave(sock)


def one_more_than_there_is_room_for_has_to_wait():
    while alive() > 0:  # those of the tests before
        time.sleep(0.05)
    all_of_them = [enter() for _ in range(FULL)]
    late = dial()
    late.settimeout(0.3)
    try:
        CONTEXT.wrap_socket(late, server_hostname="localhost")
        raise AssertionError("there is room for one more")
    except TimeoutError:
        late.close()
    leave(all_of_them.pop())
    with enter() as sock:
        echoes(sock, b"hello")
    for each in all_of_them:
        each.close()


def what_is_due_and_does_not_come_has_a_deadline():
    """TLS, a head, the room for an echo, the end after a Close; all at once."""
    started = time.monotonic()
    silent, headless, stuck, lingering = dial(), connect(), enter(), enter()
    lingering.sendall(frame(CLOSE, close_code(1000)))
    stuck.settimeout(1)
    try:
        for _ in range(200):
            stuck.sendall(frame(BINARY, b"x" * 100000))
    except TimeoutError:
        pass
    assert read_frame(lingering) == (CLOSE, close_code(1000))
    while alive() > 0 and time.monotonic() < started + PATIENCE + 8:
        time.sleep(0.1)
    assert alive() == 0, alive()
    assert time.monotonic() > started + PATIENCE - 2
    for sock in silent, headless, stuck, lingering:
        sock.close()


def no_process_is_left():
    for _ in range(2):  # it waits for those that ended when a client comes
        with enter() as sock:
            leave(sock)
        time.sleep(0.2)
    assert len(processes()) <= 1, processes()


def it_says_how_it_is_used():
    for words in ([], ["x", CERTIFICATE, KEY], ["", CERTIFICATE, KEY],
                  ["65536", CERTIFICATE, KEY], ["-1", CERTIFICATE, KEY],
                  ["0"], ["0", CERTIFICATE], ["0", CERTIFICATE, KEY, "x"]):
        peer.is_refused(PROGRAM, words, 64, WAIT)
    for words in (["0", CERTIFICATE, "none"], ["0", "none", KEY],
                  ["0", KEY, CERTIFICATE], [str(PORT), CERTIFICATE, KEY]):
        peer.is_refused(PROGRAM, words, 1, WAIT)


if not shutil.which("openssl"):
    print("skipped: no openssl")
    sys.exit(SKIPPED)
with tempfile.TemporaryDirectory() as folder:
    CERTIFICATE, KEY = peer.certificate(folder)
    CONTEXT.load_verify_locations(CERTIFICATE)
    process, PORT = peer.start(PROGRAM, CERTIFICATE, KEY, scheme="https")
    PID = process.pid
    try:
        for test in (it_echoes, bytes_that_openssl_holds_are_not_forgotten,
                     early_bytes_are_kept_however_they_are_split,
                     a_message_is_echoed_before_the_close_that_follows_it,
                     wrong_frames_are_closed_with_their_code,
                     ordinary_and_broken_requests_are_refused,
                     what_is_no_tls_ends, it_outlives_peers_that_vanish,
                     one_more_than_there_is_room_for_has_to_wait,
                     what_is_due_and_does_not_come_has_a_deadline,
                     no_process_is_left, it_says_how_it_is_used):
            test()
            print("ok", test.__name__, flush=True)
        assert process.poll() is None, "it has ended"
    finally:
        process.kill()
        process.wait()
