# SPDX-License-Identifier: MIT
"""upshake-inspect --listen: it waits for clients, judges what each sends, and
answers it.

usage: test_inspect_listen.py PROGRAM [CLIENT]
"""
import contextlib
import json
import re
import socket
import subprocess
import sys
import time

from inspect_peer import (INCOMPLETE, OTHER, PATIENCE, PROGRAM, REFUSED,
                          SWITCHED, SYSTEM, USAGE, Run, run_tests)
from peer import is_refused, read_all

REQUEST = (b"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
           b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
ACCEPT = b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
CLOSE = b"\x88\x02\x03\xe8"  # of a server: 1000


class Host:
    """The program, which listens."""

    def __init__(self, *options, address="0"):
        self.run = Run("--listen", address, *options)
        line = self.run.process.stderr.readline()
        found = re.fullmatch(r"listening on ws://(.*):(\d+)/\n", line)
        assert found, line
        self.host, self.port = found[1].strip("[]"), int(found[2])

    def connect(self):
        peer = socket.create_connection((self.host, self.port))
        peer.settimeout(PATIENCE)
        return peer

    def answers(self, octets):
        with self.connect() as peer:
            peer.sendall(octets)
            return read_all(peer)

    def summary(self, status, said):
        self.run.interrupt()
        return self.run.ends(status, said)


# What a client sends, and what becomes of it.
CASES = [
    ("switched", SWITCHED, REQUEST, 101),
    ("refused", REFUSED, REQUEST.replace(b"13", b"8"), 426),
    ("refused", REFUSED, REQUEST.replace(b"Host: a\r\n", b""), 400),
    ("refused", REFUSED, REQUEST.replace(b"\r\n", b"\n"), 400),
    ("refused", REFUSED, b"\x16\x03\x01\x00\x05hello", 400),
    ("refused", REFUSED, b"GET /" + b"a" * 20000, 414),
    ("plain", OTHER, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 426),
    ("plain", OTHER, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
     b"\r\nabc", 426),
    ("plain", OTHER, REQUEST.replace(b"websocket", b"h2c"), 426),
]


def it_answers_the_first_client_and_ends():
    for outcome, status, request, answered in CASES:
        host = Host("--once", "--json")
        answer = host.answers(request)
        assert answer.startswith(b"HTTP/1.1 %d " % answered), answer
        report = host.run.reports(status, outcome=outcome, input="live")
        assert re.fullmatch(r"127\.0\.0\.1:\d+", report["from"]), report
        assert report["status"] == (0 if outcome == "plain" else answered)


def it_says_what_is_wrong_with_each_client():
    host = Host()
    for _ in range(2):
        for outcome, _, request, _ in CASES:
            assert host.answers(request).startswith(b"HTTP/1.1 ")
    out = host.summary(OTHER, "18 clients: 2 switched, 10 refused, 6 plain, "
                       "0 incomplete")
    for words in ("VERSION_UNSUPPORTED", "HOST_MISSING", "LINE_END", "TLS",
                  "TARGET_LONG", "NO_UPGRADE", "Sent: 426"):
        assert words in out, (words, out)


def it_prints_one_object_for_each_client():
    host = Host("--json")
    for outcome, _, request, _ in CASES:
        host.answers(request)
        said = json.loads(host.run.process.stdout.readline())
        assert said["outcome"] == outcome, said
    host.summary(OTHER, "9 clients")


def it_switches_and_says_goodbye():
    host = Host("--once", "--subprotocol=b", "--deflate")
    answer = host.answers(REQUEST.replace(
        b"\r\n\r\n", b"\r\nSec-WebSocket-Protocol: a, b\r\n"
        b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"))
    assert answer.endswith(b"\r\n\r\n" + CLOSE), answer
    assert ACCEPT in answer, answer
    assert b"\r\nSec-WebSocket-Protocol: b\r\n" in answer, answer
    assert b"\r\nSec-WebSocket-Extensions: permessage-deflate" in answer
    host.run.ends(SWITCHED)


def it_takes_a_request_in_any_pieces():
    host = Host("--once", "--json")
    with host.connect() as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(len(REQUEST)):
            peer.sendall(REQUEST[at:at + 1])
        assert ACCEPT in read_all(peer)
    host.run.reports(SWITCHED, consumed=len(REQUEST))


def it_reads_a_body_before_the_switch():
    host = Host("--once", "--json", "--protocol=tcp,method=POST,body=consume")
    with host.connect() as peer:
        peer.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nUpgrade: tcp\r\n"
                     b"Connection: Upgrade\r\nExpect: 100-continue\r\n"
                     b"Content-Length: 3\r\n\r\n")
        go_on = b"HTTP/1.1 100 Continue\r\n\r\n"
        assert peer.recv(len(go_on)) == go_on
        peer.sendall(b"abc")
        assert read_all(peer).startswith(b"HTTP/1.1 101 ")
    host.run.reports(SWITCHED, protocol="tcp")


def it_answers_408_to_a_client_that_stops():
    host = Host("--once", "--timeout=200")
    assert host.answers(REQUEST[:50]).startswith(b"HTTP/1.1 408 ")
    assert "Sent: 408" in host.run.ends(INCOMPLETE)
    host = Host("--once")
    with host.connect() as peer:
        peer.sendall(REQUEST[:50])
        peer.shutdown(socket.SHUT_WR)
        assert read_all(peer).startswith(b"HTTP/1.1 408 ")
    host.run.ends(INCOMPLETE)


def it_answers_413_to_a_body_that_is_too_long():
    host = Host("--once", "--protocol=tcp,method=POST,body=consume")
    with host.connect() as peer, contextlib.suppress(ConnectionError):
        peer.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nUpgrade: tcp\r\n"
                     b"Connection: Upgrade\r\nContent-Length: 999999999\r\n"
                     b"\r\n" + b"a" * 300000)
        assert read_all(peer).startswith(b"HTTP/1.1 413 ")
    assert "Sent: 413" in host.run.ends(INCOMPLETE)


def it_ends_after_the_first_of_many():
    host = Host("--once", "--json")
    silent = [host.connect() for _ in range(5)]
    started = time.monotonic()
    host.answers(REQUEST)
    host.run.reports(SWITCHED)
    assert time.monotonic() - started < 5
    for peer in silent:
        peer.close()


def it_lets_no_client_wait_for_another():
    host = Host("--json", "--timeout=2000")
    silent = [host.connect() for _ in range(20)]
    slow = host.connect()
    slow.sendall(REQUEST[:20])
    started = time.monotonic()
    assert ACCEPT in host.answers(REQUEST)
    assert time.monotonic() - started < 1.9
    # Clients that say nothing are no clients, and go.
    for peer in silent:
        assert read_all(peer) == b""
        peer.close()
    assert read_all(slow).startswith(b"HTTP/1.1 408 ")
    slow.close()
    host.summary(INCOMPLETE, "2 clients: 1 switched, 0 refused, 0 plain, "
                 "1 incomplete")


def it_serves_more_clients_than_it_has_places_for():
    host = Host("--json")
    silent = [host.connect() for _ in range(80)]
    for peer in silent:
        peer.sendall(REQUEST)
    for peer in silent:
        assert ACCEPT in read_all(peer)
        peer.close()
    host.summary(SWITCHED, "80 clients: 80 switched")


def it_outlives_clients_that_vanish():
    host = Host("--json")
    for octets in b"", REQUEST, REQUEST[:9], b"\0" * 300000:
        with host.connect() as peer, contextlib.suppress(ConnectionError):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            b"\1\0\0\0\0\0\0\0")
            peer.sendall(octets)
    assert ACCEPT in host.answers(REQUEST)
    host.run.interrupt()
    host.run.process.communicate(timeout=PATIENCE)
    assert host.run.process.returncode == SWITCHED


def it_listens_where_it_is_told():
    for address in "127.0.0.1:0", "0.0.0.0:0", "[::1]:0":
        try:
            if "::" in address:
                socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            continue
        host = Host("--once", address=address)
        assert host.host == address.rsplit(":", 1)[0].strip("[]")
        if host.host == "0.0.0.0":
            host.host = "127.0.0.1"
        host.answers(REQUEST)
        host.run.ends(SWITCHED)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        Run("--listen", f"127.0.0.1:{port}").ends(SYSTEM, "cannot listen on")


def it_ends_without_clients_too():
    host = Host("--once")
    host.summary(INCOMPLETE, "0 clients")


def it_judges_upshake_client():
    if not sys.argv[2:]:
        return
    host = Host("--once", "--json")
    subprocess.run([sys.argv[2], f"ws://127.0.0.1:{host.port}/"],
                   stdin=subprocess.DEVNULL, timeout=PATIENCE, check=True)
    host.run.reports(SWITCHED)


def it_says_which_arguments_are_wrong():
    for words in (["--listen"], ["--listen=x"], ["--listen", "70000"],
                  ["--listen", "a:1"], ["--listen", "::1"],
                  ["--listen", "127.0.0.1:"], ["--listen", "1", "file"],
                  ["--listen", "[127.0.0.1:1"], ["--listen=1", "--client"],
                  ["--listen=1", "--yes"], ["--listen=1", "--request=a"]):
        is_refused(PROGRAM, words, USAGE, PATIENCE)


run_tests(dict(globals()))
