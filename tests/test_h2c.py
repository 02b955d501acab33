# SPDX-License-Identifier: MIT
"""HTTP/2 against examples/h2c.c on raw sockets: by Upgrade, by its preface,
and the requests that lead to neither.  tests/interop/h2c.sh has real clients.

usage: test_h2c.py PROGRAM
"""
import socket
import struct
import sys

from peer import dial, read, start

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, GOAWAY = 0, 1, 4, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1
# A stream's window of 5 bytes: the answer comes in pieces of that.
SMALL_WINDOW = b"AAQAAAAF"
UPGRADE = (b"%s %s HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n"
           b"Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: %s\r\n\r\n")
# :method GET, :scheme http, :path / of HPACK's static table; :authority a.
GET = b"\x82\x86\x84\x41\x01a"
# The same with the literal method HEAD.
HEAD = b"\x42\x04HEAD\x86\x84\x41\x01a"
STATUS_200 = 0x88
PORT = 0


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(
        ">BBI", kind, flags, stream) + payload


SETTLED = frame(SETTINGS, 0, 0)


def connect():
    return dial(PORT, 10)


def read_head(peer):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += read(peer, 1)
    return head


def read_frame(peer):
    head = read(peer, 9)
    kind, flags, stream = struct.unpack(">BBI", head[3:])
    return kind, flags, stream, read(peer, int.from_bytes(head[:3], "big"))


def read_answer(peer, stream):
    """The content of the answer on that stream; other frames are skipped."""
    content, status = b"", None
    while True:
        kind, flags, of, payload = read_frame(peer)
        assert kind != GOAWAY, payload
        if of != stream:
            continue
        if kind == HEADERS:
            status = payload[0]
        elif kind == DATA:
            content += payload
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            assert status == STATUS_200, status
            return content


def is_switched(head):
    return (head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
            and b"\r\nConnection: Upgrade\r\n" in head
            and b"\r\nUpgrade: h2c\r\n" in head)


def exchange(octets):
    with connect() as peer:
        peer.sendall(octets)
        peer.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := peer.recv(65536):
            answer += piece
        return answer


def upgrades(request, content, cut):
    """The request and HTTP/2 behind it, in two pieces; then one more request
    on another stream."""
    octets = request + PREFACE + SETTLED
    with connect() as peer:
        peer.sendall(octets[:cut])
        if cut >= len(request):
            head = read_head(peer)
        peer.sendall(octets[cut:])
        if cut < len(request):
            head = read_head(peer)
        assert is_switched(head), head
        assert read_frame(peer)[:3] == (SETTINGS, 0, 0)
        assert read_answer(peer, 1) == content
        peer.sendall(frame(HEADERS, END_STREAM | END_HEADERS, 3, GET))
        assert read_answer(peer, 3) == b"HTTP/2, stream 3\n"


def it_answers_the_request_that_upgrades_on_stream_1():
    request = UPGRADE % (b"GET", b"/x", b"AAMAAABkAAQAAP__")
    for cut in (0, 1, 20, len(request) - 1, len(request), len(request) + 1,
                len(request) + 18, len(request) + 30):
        upgrades(request, b"HTTP/2, stream 1\n", cut)


def it_leaves_out_the_content_to_head():
    upgrades(UPGRADE % (b"HEAD", b"/", b""), b"", 0)
    with connect() as peer:
        peer.sendall(PREFACE + SETTLED
                     + frame(HEADERS, END_STREAM | END_HEADERS, 1, HEAD)
                     + frame(HEADERS, END_STREAM | END_HEADERS, 3, GET))
        assert read_answer(peer, 1) == b""
        assert read_answer(peer, 3) == b"HTTP/2, stream 3\n"


def it_lets_a_client_upgrade_that_asks_for_nothing():
    upgrades(UPGRADE % (b"OPTIONS", b"*", b""), b"HTTP/2, stream 1\n", 0)


def it_takes_the_settings_from_the_request():
    """Its window is in force before a frame has come (RFC 7540 3.2.1)."""
    with connect() as peer:
        peer.sendall(UPGRADE % (b"GET", b"/", SMALL_WINDOW))
        read_head(peer)
        frames = [read_frame(peer) for _ in range(3)]
        kinds = [(kind, stream) for kind, _, stream, _ in frames]
        assert kinds == [(SETTINGS, 0), (HEADERS, 1), (DATA, 1)], frames
        assert frames[2][3] == b"HTTP/", frames
        peer.sendall(PREFACE + frame(SETTINGS, 0, 0,
                                     struct.pack(">HI", 4, 65535)))
        content = frames[2][3]
        while not frames[-1][1] & END_STREAM or frames[-1][0] != DATA:
            frames.append(read_frame(peer))
            if frames[-1][0] == DATA:
                content += frames[-1][3]
        assert content == b"HTTP/2, stream 1\n", content


def it_speaks_http_2_behind_its_preface():
    """No byte of HTTP/1.1 stands before the frames of the answer."""
    octets = (PREFACE + SETTLED
              + frame(HEADERS, END_STREAM | END_HEADERS, 1, GET))
    for cut in range(len(octets)):
        with connect() as peer:
            peer.sendall(octets[:cut])
            peer.sendall(octets[cut:])
            assert read_frame(peer)[:3] == (SETTINGS, 0, 0)
            assert read_answer(peer, 1) == b"HTTP/2, stream 1\n"


def it_drops_the_content_of_a_request():
    with connect() as peer:
        peer.sendall(PREFACE + SETTLED + frame(HEADERS, END_HEADERS, 1, GET)
                     + frame(DATA, 0, 1, b"a" * 5000)
                     + frame(DATA, END_STREAM, 1, b"b"))
        assert read_answer(peer, 1) == b"HTTP/2, stream 1\n"


def it_answers_in_http_1_what_is_no_offer():
    good = UPGRADE % (b"GET", b"/", b"AAMAAABk")
    for request in (
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            b"POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx",
            good.replace(b", HTTP2-Settings", b""),
            good.replace(b"HTTP2-Settings: AAMAAABk\r\n", b""),
            good.replace(b"AAMAAABk", b"AAMAAABkAA"),
            good.replace(b"AAMAAABk", b"AAMAAABk="),
            good.replace(b"AAMAAABk", b"AAM+AABk"),
            good.replace(b"\r\nHTTP2-", b"\r\nHTTP2-Settings: AAMA\r\nHTTP2-"),
            good.replace(b"GET", b"PUT"),
            good.replace(b"Host: a", b"Host: a\r\nContent-Length: 1") + b"x"):
        answer = exchange(request)
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n"), (request, answer)
        assert answer.endswith(b"\r\n\r\nHTTP/1.1\n"), (request, answer)


def it_refuses_what_is_malformed():
    for request, status in (
            (b"GET / HTTP/1.1\r\n\r\n", 400),
            (b"PRI * HTTP/2.0\r\nHost: a\r\n\r\n", 505),
            (b"\r\n" + PREFACE, 505),
            (b"GET / HTTP/2.0\r\n\r\n", 505),
            (b"GET / HTTP/11.1\r\n\r\n", 400),
            (b"GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 421)):
        answer = exchange(request)
        assert answer.startswith(b"HTTP/1.1 %d " % status), answer
    # nghttp2 refuses what is not the whole preface.
    assert b"stream" not in exchange(PREFACE[:-4] + b"xx\r\n" + SETTLED)


def main(program):
    global PORT
    process, PORT = start(program)
    try:
        for name, test in list(globals().items()):
            if name.startswith("it_"):
                test()
                print("ok", name)
    finally:
        process.kill()


main(sys.argv[1])
