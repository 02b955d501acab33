# SPDX-License-Identifier: MIT
"""Requests with a body against examples/docker.c, as Docker's clients send
them, and cut and broken in every way.

usage: test_docker.py PROGRAM
"""
import re
import socket
import sys

from peer import dial, read_all, read_head, start

BODY = b'{"Detach":false,"Tty":true}\n'
# The fields in the order in which Go's net/http writes them.
HEAD = (b"POST /v1.43/exec/0f5c/start HTTP/1.1\r\n"
        b"Host: 127.0.0.1:2375\r\n"
        b"User-Agent: Docker-Client/24.0.7 (linux)\r\n"
        b"%s\r\n"
        b"Connection: Upgrade\r\n"
        b"Content-Type: application/json\r\n"
        b"Upgrade: tcp\r\n\r\n")
UPGRADED = (b"HTTP/1.1 101 UPGRADED\r\n",
            b"\r\nConnection: Upgrade\r\n",
            b"\r\nUpgrade: tcp\r\n",
            b"\r\nContent-Type: application/vnd.docker.raw-stream\r\n")
# Bytes that would be another request, if they were read as one.
STREAM = b"POST / HTTP/1.1\r\n\r\n0\r\n\r\n\x00\x01\xff"
LENGTH = HEAD % (b"Content-Length: %d" % len(BODY))
CHUNKED = HEAD % b"Transfer-Encoding: chunked"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
PORT = 0


def chunk(octets, extension=b""):
    return b"%x%s\r\n%s\r\n" % (len(octets), extension, octets)


def in_chunks(sizes, trailer=b"", extension=b""):
    octets, at = b"", 0
    for size in sizes:
        octets += chunk(BODY[at:at + size], extension)
        at += size
    return octets + chunk(BODY[at:], extension) + b"0\r\n" + trailer + b"\r\n"


def connect():
    return dial(PORT, 10)


def exchange(pieces):
    """Send the pieces and our end; return all that comes until its end."""
    with connect() as peer:
        for piece in pieces:
            peer.sendall(piece)
        peer.shutdown(socket.SHUT_WR)
        return read_all(peer)


def is_upgraded(head):
    return head.startswith(UPGRADED[0]) and all(x in head for x in UPGRADED)


def switches(request, stream=STREAM, cut=None):
    """The whole exchange, cut into pieces: the stream comes back."""
    octets = request + stream
    size = cut or len(octets)
    pieces = [octets[i:i + size] for i in range(0, len(octets), size)]
    head, _, echo = exchange(pieces).partition(b"\r\n\r\n")
    assert is_upgraded(head + b"\r\n\r\n"), head
    assert echo == stream, echo


def is_refused(octets, status):
    answer = exchange([octets])
    wanted = b"HTTP/1.1 %d " % status
    assert answer.startswith(wanted), (wanted, answer)
    assert b"\r\nConnection: close\r\n" in answer, answer
    assert answer.count(b"HTTP/1.1 ") == 1, answer


# ---- The tests ---------------------------------------------------------------

def it_switches_behind_a_body_of_a_known_length():
    switches(LENGTH + BODY)
    switches(LENGTH + BODY, b"")


def it_switches_behind_a_chunked_body():
    switches(CHUNKED + in_chunks([]))
    switches(CHUNKED + in_chunks([1, 2, 3, 4, 5]))
    switches(CHUNKED + in_chunks([5], extension=b' ;a="b;\\"";c'))
    switches(CHUNKED + in_chunks([5], trailer=b"Digest: x\r\nA:\r\n"))


def it_switches_however_the_octets_are_cut():
    for cut in (1, 2, 3, 7, 64, 150):
        switches(LENGTH + BODY, cut=cut)
        switches(CHUNKED + in_chunks([7, 3]), cut=cut)


def it_waits_for_the_last_octet_of_the_body():
    for request in (LENGTH + BODY, CHUNKED + in_chunks([9])):
        with connect() as peer:
            peer.sendall(request[:-1])
            peer.settimeout(0.1)
            try:
                raise AssertionError(peer.recv(1000))
            except socket.timeout:
                peer.settimeout(10)
            peer.sendall(request[-1:])
            head = read_head(peer)
            assert is_upgraded(head), head
            peer.sendall(b"ls\n")
            assert peer.recv(3) == b"ls\n"


def it_says_100_first_where_the_client_waits_for_it():
    for request, body in ((LENGTH, BODY), (CHUNKED, in_chunks([3]))):
        expecting = request[:-2] + b"Expect: 100-continue\r\n\r\n"
        with connect() as peer:
            peer.sendall(expecting)
            assert read_head(peer) == CONTINUE
            peer.sendall(body + b"x")
            head = read_head(peer)
            assert is_upgraded(head), head
            assert peer.recv(1) == b"x"
        answer = exchange([expecting + body + b"x"])
        assert answer.startswith(CONTINUE), answer
        assert is_upgraded(answer[len(CONTINUE):]), answer


def it_refuses_at_the_end_of_the_head():
    is_refused(LENGTH.replace(b"/start", b"/inspect") + BODY, 404)
    is_refused(LENGTH.replace(b"/start", b"/inspect")[:-2]
               + b"Expect: 100-continue\r\n\r\n", 404)
    is_refused(HEAD % b"Content-Length: 4097" + b"{" * 4097, 413)
    is_refused(HEAD % b"Content-Length: 5\r\nTransfer-Encoding: chunked"
               + BODY, 400)
    is_refused(HEAD % b"Content-Length: +5" + BODY, 400)
    is_refused(HEAD % b"Transfer-Encoding: gzip, chunked" + BODY, 501)
    is_refused(HEAD % b"Transfer-Encoding: chunked, gzip" + BODY, 400)


def it_refuses_at_the_end_of_the_body():
    is_refused(HEAD % b"Content-Length: 2" + b"ab" + STREAM, 400)
    is_refused(CHUNKED + chunk(b"no json") + b"0\r\n\r\n" + STREAM, 400)
    is_refused(HEAD % b"Content-Length: 0" + STREAM, 400)
    is_refused(HEAD % b"X: y" + STREAM, 400)


def it_refuses_a_malformed_chunk():
    for broken in (b"\r\n", b"x\r\n", b"+1\r\n{\r\n", b"0x1\r\n{\r\n",
                   b"1\n{\r\n", b"1\r\n{x\r\n", b"1\r\n{\n0\r\n\r\n",
                   b"-1\r\n", b"ffffffffffffffff1\r\n{",
                   b"1;a\x00\r\n{\r\n0\r\n\r\n",
                   b"0\r\nA b: c\r\n\r\n", b"0\r\n a: b\r\n\r\n"):
        is_refused(CHUNKED + broken, 400)
    is_refused(CHUNKED + b"1;" + b"a" * 5000, 400)
    is_refused(CHUNKED + b"0\r\nA: " + b"b" * 5000, 431)
    is_refused(CHUNKED + chunk(b"{" * 4000) + chunk(b"}" * 97), 413)


def it_takes_as_much_as_it_has_room_for():
    body = b"{" + b" " * 4094 + b"}"
    for request in (HEAD % b"Content-Length: 4096" + body,
                    CHUNKED + chunk(body[:4000]) + chunk(body[4000:])
                    + b"0\r\n\r\n"):
        switches(request)
        switches(request, cut=1000)


def it_passes_over_what_is_no_offer():
    for old, new in ((b"Upgrade: tcp", b"Upgrade: tls"),
                     (b"Connection: Upgrade\r\n", b""),
                     (b"HTTP/1.1", b"HTTP/1.0"), (b"POST", b"PUT")):
        is_refused((LENGTH + BODY).replace(old, new), 404)


def it_ends_with_a_client_that_goes_away():
    for octets in (b"", LENGTH, LENGTH + BODY[:5], CHUNKED + b"5\r\n{"):
        assert exchange([octets]) == b"", octets


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
        said = process.stdout.read().decode()
    line = 'switched; body: %s.; %d bytes behind it' % (
        BODY.decode().rstrip(), len(STREAM))
    assert line in said.split("\n"), said
    assert re.fullmatch(r"(switched; body: .*\n)*", said), said
    print("ok it shows the body")


main(sys.argv[1])
