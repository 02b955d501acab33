# SPDX-License-Identifier: MIT
"""Rooms of examples/chat.c: who hears whom, how a connection ends, and what
clients can do that are slow, wrong, silent or gone.

usage: test_chat.py PROGRAM
"""
import contextlib
import os
import sys
import time

import peer
from peer import (BINARY, CLOSE, PING, PONG, TEXT, close_code, frame, offer,
                  read_frame)

PATIENCE = 10  # the program's, in seconds
WAIT = 20
FULL = 500
PORT = 0
PID = 0


def connect():
    return peer.dial(PORT, WAIT)


def enter(room=b"/lobby", more=b"", early=b""):
    """A client in the room."""
    sock = connect()
    sock.sendall(offer(room, more) + early)
    peer.is_accepted(sock)
    return sock


def leave(sock, code=1000):
    """Our Close comes back, and then the end: the server does not reset."""
    peer.close_answered(sock, code)
    sock.close()


def hears(sock, message, opcode=TEXT):
    seen = read_frame(sock)
    assert seen == (opcode, message), (seen, message)


def hears_nothing(sock):
    sock.sendall(frame(PING, b"silence?"))
    hears(sock, b"silence?", PONG)


def exchange(octets):
    with connect() as sock:
        sock.sendall(octets)
        return peer.read_all(sock)


def files():
    return peer.count_open(PID)


def memory():
    """What it holds, in KiB."""
    with open(f"/proc/{PID}/status", encoding="ascii") as file:
        return int(file.read().split("VmRSS:")[1].split()[0])


# ---- The tests ---------------------------------------------------------------

def everybody_in_a_room_hears_everything():
    here = [enter() for _ in range(5)]
    there = enter(b"/other")
    for number, sock in enumerate(here):
        sock.sendall(frame(TEXT, b"from %d" % number))
        for each in here:
            hears(each, b"from %d" % number)
    here[0].sendall(frame(BINARY, b"\0\xff" * 30000))
    for each in here:
        hears(each, b"\0\xff" * 30000, BINARY)
    for each in here:
        hears_nothing(each)
    hears_nothing(there)
    leave(here.pop())
    here[0].sendall(frame(TEXT, b"who is left?"))
    for each in here:
        hears(each, b"who is left?")
    for each in (*here, there):
        leave(each)


def a_room_is_a_path_without_its_query():
    one, two = enter(b"/room?a"), enter(b"/room?b")
    prefix, escaped = enter(b"/roo"), enter(b"/r%6fom")
    long = enter(b"/" + b"x" * 4000)
    one.sendall(frame(TEXT, b"hello"))
    hears(one, b"hello")
    hears(two, b"hello")
    for each in prefix, escaped, long:
        hears_nothing(each)
    for each in one, two, prefix, escaped, long:
        leave(each)


def the_subprotocol_is_agreed_if_it_is_offered():
    for offered, agreed in ((b"chat", True), (b"other, chat", True),
                            (b"other", False), (b"CHAT", False), (b"", False)):
        more = b"Sec-WebSocket-Protocol: %s\r\n" % offered if offered else b""
        with connect() as sock:
            sock.sendall(offer(b"/", more))
            head = peer.read_head(sock)
            assert head.startswith(b"HTTP/1.1 101 "), head
            field = b"\r\nSec-WebSocket-Protocol: chat\r\n"
            assert (field in head) == agreed, (offered, head)
            assert (b"-Protocol" in head) == agreed, (offered, head)


def early_bytes_are_kept_however_they_are_split():
    early = frame(TEXT, b"early") + frame(BINARY, b"x" * 30000)
    octets = offer(b"/early") + early
    for size in (1, 7, 200, len(octets)):
        with connect() as sock:
            for at in range(0, 1000, size):
                sock.sendall(octets[at:at + size])
            sock.sendall(octets[-(-1000 // size) * size:])
            assert b" 101 " in peer.read_head(sock)
            hears(sock, b"early")
            hears(sock, b"x" * 30000, BINARY)
            leave(sock)


def a_message_is_echoed_before_the_close_that_follows_it():
    sock = enter(early=frame(TEXT, b"bye") + frame(CLOSE, close_code(1000)))
    hears(sock, b"bye")
    hears(sock, close_code(1000), CLOSE)
    assert sock.recv(1) == b""
    sock.close()


def a_close_is_answered_with_its_code():
    for code in (1000, 1001, 1003, 3000, 4999):
        leave(enter(), code)
    sock = enter()
    sock.sendall(frame(CLOSE))
    opcode, content = read_frame(sock)
    assert opcode == CLOSE and content in (b"", close_code(1000)), content
    assert sock.recv(1) == b""
    sock.close()


def wrong_frames_are_closed_with_their_code():
    """wslay gives no code to bytes that are no frame at all."""
    for octets, code in (
            *peer.WRONG_FRAMES, (frame(BINARY, b"x" * 131073), 1009)):
        with enter(b"/wrong") as sock:
            sock.sendall(octets)
            seen = read_frame(sock)
            wanted = close_code(code) if code else b""
            assert seen == (CLOSE, wanted), (octets[:20], code, seen)
            assert sock.recv(1) == b""


def ordinary_and_broken_requests_are_refused():
    plain = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    for octets, status in (
            (plain, 426), (b"POST / HTTP/1.1\r\nHost: a\r\n"
                           b"Content-Length: 3\r\n\r\nabc", 426),
            (b"\x16\x03\x01\r\n\r\n", 400),
            (offer(more=b"Host: b\r\n"), 400),
            (offer(more=b"Origin: http://evil.example\r\n"), 403),
            (offer().replace(b"Version: 13", b"Version: 8"), 426),
            (offer().replace(b"dGhlIHN", b"dGhlIH"), 400),
            (offer(more=b"A: " + b"x" * 9000 + b"\r\n"), 431),
            (offer(b"/" + b"x" * 9000), 414),
            (offer(more=b"Content-Length: 5\r\n") + b"abcde", 400)):
        answer = exchange(octets)
        assert answer.startswith(b"HTTP/1.1 %d " % status), (octets, answer)
        assert answer.endswith(b"\r\n\r\n"), answer


def a_refusal_arrives_even_if_much_follows_the_head():
    with connect() as sock:
        sock.sendall(offer(more=b"Host: b\r\n") + b"x" * 1000000)
        assert peer.read_all(sock).startswith(b"HTTP/1.1 400 ")


def many_pings_cost_no_memory():
    """Of a client that reads nothing: less than one byte for each."""
    before = memory()
    with enter(b"/pings") as sock:
        sock.settimeout(1)
        with contextlib.suppress(TimeoutError):
            for _ in range(500):
                sock.sendall(frame(PING) * 20000)
    assert memory() < before + 8192, (before, memory())


def a_slow_receiver_is_told_to_go_and_nobody_else():
    slow, fast = enter(b"/fast"), enter(b"/fast")
    message, count = b"x" * 100000, 150
    for _ in range(count):
        fast.sendall(frame(BINARY, message))
        hears(fast, message, BINARY)
    seen = 0
    while (said := read_frame(slow))[0] != CLOSE:
        assert said == (BINARY, message)
        seen += 1
    assert said == (CLOSE, close_code(1013)), said
    assert 0 < seen < count, seen
    slow.sendall(frame(CLOSE, close_code(1013)))
    assert slow.recv(1) == b""
    slow.close()
    leave(fast)


def it_outlives_peers_that_vanish():
    for octets in (b"", offer()[:50], offer(), offer() + frame(TEXT, b"x"),
                   offer() + frame(TEXT, b"x")[:3], offer(more=b"A"),
                   offer() + frame(CLOSE)):
        for is_reset in True, False:
            sock = connect()
            sock.sendall(octets)
            if is_reset:
                peer.reset(sock)
            sock.close()
    leave(enter())


def one_more_than_there_is_room_for_has_to_wait():
    all_of_them = [enter(b"/full") for _ in range(FULL)]
    with connect() as late:
        late.sendall(offer(b"/full"))
        late.settimeout(0.3)
        try:
            raise AssertionError(late.recv(1))
        except TimeoutError:
            late.settimeout(WAIT)
        all_of_them.pop().close()
        assert b" 101 " in peer.read_head(late)
        late.sendall(frame(TEXT, b"hello"))
        for each in all_of_them:
            hears(each, b"hello")
            each.close()


def what_is_due_and_does_not_come_has_a_deadline():
    """A head, what waits for a client, an answer to a Close; all at once."""
    started = time.monotonic()
    silent, dripping, quiet = connect(), connect(), enter(b"/quiet")
    unanswered, lingering = enter(b"/wrong"), enter(b"/wrong")
    unanswered.sendall(frame(TEXT, b"\xff"))
    hears(unanswered, close_code(1007), CLOSE)
    lingering.sendall(frame(CLOSE, close_code(1000)))
    hears(lingering, close_code(1000), CLOSE)
    stuck, sender = enter(b"/stuck"), enter(b"/stuck")
    for _ in range(60):  # more than the sockets hold, less than 1 MiB over
        sender.sendall(frame(BINARY, b"x" * 100000))
        hears(sender, b"x" * 100000, BINARY)
    dripping.sendall(b"GET / HTTP/1.1\r\n")
    while time.monotonic() < started + PATIENCE - 2:
        dripping.sendall(b"A: b\r\n")
        time.sleep(0.5)
    for sock in silent, dripping:
        answer = peer.read_all(sock)
        assert answer.startswith(b"HTTP/1.1 408 "), answer
        sock.close()
    assert unanswered.recv(1) == b"" and lingering.recv(1) == b""
    assert PATIENCE - 2 < time.monotonic() - started < PATIENCE + 5
    time.sleep(1.5)
    with contextlib.suppress(ConnectionResetError):
        peer.read_all(stuck)  # it comes to an end
    for sock in unanswered, lingering, stuck:
        sock.close()
    sender.sendall(frame(TEXT, b"alone"))
    hears(sender, b"alone")
    leave(sender)
    leave(quiet)


def it_leaks_no_connection(idle):
    until = time.monotonic() + PATIENCE + 5
    while files() > idle and time.monotonic() < until:
        time.sleep(0.05)
    assert files() == idle, (files(), idle)


def it_says_how_it_is_used(program):
    for words in ([], ["x"], ["1x"], [""], ["-1"], ["65536"], ["1", "2"]):
        peer.is_refused(program, words, 64, WAIT)
    peer.is_refused(program, [str(PORT)], 1, WAIT)


def main(program):
    global PORT, PID
    # If it was built so: free at once, so that memory() tells something.
    os.environ["ASAN_OPTIONS"] = "quarantine_size_mb=1"
    process, PORT = peer.start(program)
    PID = process.pid
    try:
        leave(enter())
        time.sleep(0.2)
        idle = files()
        for test in (everybody_in_a_room_hears_everything,
                     a_room_is_a_path_without_its_query,
                     the_subprotocol_is_agreed_if_it_is_offered,
                     early_bytes_are_kept_however_they_are_split,
                     a_message_is_echoed_before_the_close_that_follows_it,
                     a_close_is_answered_with_its_code,
                     wrong_frames_are_closed_with_their_code,
                     ordinary_and_broken_requests_are_refused,
                     a_refusal_arrives_even_if_much_follows_the_head,
                     many_pings_cost_no_memory,
                     a_slow_receiver_is_told_to_go_and_nobody_else,
                     it_outlives_peers_that_vanish,
                     one_more_than_there_is_room_for_has_to_wait,
                     what_is_due_and_does_not_come_has_a_deadline):
            test()
            print("ok", test.__name__, flush=True)
        it_leaks_no_connection(idle)
        it_says_how_it_is_used(program)
        assert process.poll() is None, "it has ended"
    finally:
        process.kill()
        process.wait()


main(sys.argv[1])
