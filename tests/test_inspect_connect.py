# SPDX-License-Identifier: MIT
"""upshake-inspect ws://HOST and wss://HOST: it connects, judges the answer and
says how long each step took.

usage: test_inspect_connect.py PROGRAM
"""
import base64
import contextlib
import hashlib
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time

from inspect_peer import (BAD_INPUT, INCOMPLETE, OTHER, REFUSED, SWITCHED,
                          USAGE, PROGRAM, Run, run_tests, server)
from peer import certificate, is_refused, read_head

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def field(head, name):
    found = re.search(rb"\r\n%s: (.*)\r\n" % name.encode(), head)
    return found and found[1]


def accept_of(head):
    key = field(head, "Sec-WebSocket-Key")
    return base64.b64encode(hashlib.sha1(key + GUID).digest())


def right(head):
    return (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: "
            + accept_of(head) + b"\r\n\r\n")


def answering(answer):
    """A server that says answer(head)."""
    return server(lambda peer, head: peer.sendall(answer(head)))


# ---- A server that is right --------------------------------------------------

def it_asks_and_says_how_long_each_step_took():
    heads = []

    def answer(peer, head):
        heads.append(head)
        peer.sendall(right(head))
        # It says goodbye: a masked Close of 1000.
        frame = peer.recv(8)
        assert frame[:2] == b"\x88\x82", frame
        heads.append(bytes(a ^ b for a, b in zip(frame[6:], frame[2:4])))
    with server(answer) as address:
        out = Run(f"ws://{address}/a?b=c").ends(SWITCHED)
        times = re.search(r"^Times: name (\S+) ms, connect (\S+) ms, "
                          r"answer (\S+) ms$", out, re.M)
        assert times and all(0 <= float(t) < 9000 for t in times.groups()), out
        assert heads[0].startswith(b"GET /a?b=c HTTP/1.1\r\n"), heads
        assert field(heads[0], "Host") == address.encode(), heads
        assert heads[1] == b"\x03\xe8", heads


def it_says_that_in_json_too():
    with answering(right) as address:
        report = Run("--json", f"ws://{address}/").reports(
            SWITCHED, input="live", outcome="switched")
        times = report["times"]
        assert list(times) == ["name", "connect", "tls", "answer"], times
        assert times.pop("tls") is None, times
        assert all(0 <= took < 9000 for took in times.values()), times


def it_asks_for_what_the_options_say():
    heads = []

    def answer(head):
        heads.append(head)
        return right(head).replace(
            b"\r\n\r\n", b"\r\nSec-WebSocket-Protocol: b\r\n"
            b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
    with answering(answer) as address:
        Run("--json", "--subprotocol", "a", "--subprotocol=b", "--deflate",
            "--origin", "https://c.example", f"ws://{address}").reports(
                SWITCHED, subprotocol="b", extensions="permessage-deflate",
                protocol="websocket", outcome="switched", status=101)
    assert field(heads[0], "Sec-WebSocket-Protocol") == b"a, b", heads
    assert field(heads[0], "Origin") == b"https://c.example", heads
    assert b"permessage-deflate" in field(
        heads[0], "Sec-WebSocket-Extensions"), heads


def it_sends_the_bytes_of_a_file():
    request = b"GET /own HTTP/1.1\r\nHost : a\r\n\r\n"
    heads = []

    def answer(head):
        heads.append(head)
        return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    with tempfile.NamedTemporaryFile() as file, answering(answer) as address:
        file.write(request)
        file.flush()
        Run("--json", "--request", file.name, f"ws://{address}/").reports(
            OTHER, outcome="other", status=400)
        Run("--request", "/no/such/file", f"ws://{address}/").ends(
            BAD_INPUT, "/no/such/file")
    assert heads == [request], heads


def it_shows_the_body_of_a_refusal():
    body = b"no chat today"
    with answering(lambda head: b"HTTP/1.1 403 No\r\nContent-Length: 13\r\n\r\n"
                   + body) as address:
        assert body.decode() in Run(f"ws://{address}/").ends(OTHER)
    # A body without an end is not waited for.
    def endless(peer, head):
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\nsome")
        peer.recv(1)
    with server(endless) as address:
        started = time.monotonic()
        assert "some" in Run(f"ws://{address}/").ends(OTHER)
        assert time.monotonic() - started < 5


def it_takes_an_answer_byte_by_byte():
    def answer(peer, head):
        for byte in b"HTTP/1.1 103 Early\r\n\r\n" + right(head):
            peer.sendall(bytes([byte]))
    with server(answer) as address:
        Run("--json", f"ws://{address}/").reports(SWITCHED, status=101)


# ---- A server that lies ------------------------------------------------------

def line(text):
    """The 101 with one line more."""
    return lambda head: head.replace(b"\r\n\r\n", b"\r\n%s\r\n\r\n" % text)


def changed(old, new):
    return lambda head: head.replace(old, new, 1)


def without(name):
    return lambda head: re.sub(b"%s: .*\r\n" % name, b"", head)


PLAIN = b"HTTP/1.1 200 OK\r\n%s\r\n\r\n"
# Once for each error that a client can report: the error, the options, and how
# the right answer changes.
LIES = [
    ("LINE_END", (), changed(b"\r\n", b"\n")),
    ("STATUS_LINE", (), lambda head: b"SSH-2.0-x\r\n"),
    ("HTTP_VERSION", (), changed(b"HTTP/1.1", b"HTTP/2.0")),
    ("FIELD_FOLDED", (), changed(b"\r\nUpgrade", b"\r\n a: b\r\nUpgrade")),
    ("FIELD_BLANK", (), changed(b"Upgrade:", b"Upgrade :")),
    ("FIELD_NAME", (), line(b"a(: c")),
    ("FIELD_VALUE", (), line(b"a: b\0")),
    ("FIELD_NAME_LONG", (), line(b"a" * 300 + b": b")),
    ("FIELDS_MANY", (), line(b"a: b\r\n" * 200 + b"a: b")),
    ("HEAD_LONG", (), line(b"a: " + b"b" * 70000)),
    ("LENGTH_AND_CODING", (), lambda head: PLAIN %
     b"Content-Length: 1\r\nTransfer-Encoding: chunked"),
    ("LENGTH_REPEATED", (), lambda head: PLAIN %
     b"Content-Length: 1\r\nContent-Length: 2"),
    ("LENGTH_MALFORMED", (), lambda head: PLAIN % b"Content-Length: -1"),
    ("CODING_IN_1_0", (), lambda head: PLAIN.replace(b"1.1", b"1.0") %
     b"Transfer-Encoding: chunked"),
    ("CODING_MALFORMED", (), lambda head: PLAIN %
     b"Transfer-Encoding: chunked, chunked"),
    ("CONNECTION_MALFORMED", (), changed(b"Connection: Upgrade",
                                         b"Connection: Upgrade, a b")),
    ("INTERIM_MANY", (), lambda head: b"HTTP/1.1 103 \r\n\r\n" * 40 + head),
    ("SWITCH_HTTP_1_0", (), changed(b"HTTP/1.1", b"HTTP/1.0")),
    ("UPGRADE_MISSING", (), without(b"Upgrade")),
    ("UPGRADE_REPEATED", (), changed(b"Upgrade: websocket",
                                     b"Upgrade: websocket, h2c")),
    ("UPGRADE_NOT_ASKED", (), changed(b"websocket", b"h2c")),
    ("CONNECTION_MISSING", (), without(b"Connection")),
    ("ACCEPT_MISSING", (), without(b"Sec-WebSocket-Accept")),
    ("ACCEPT_REPEATED", (), line(b"Sec-WebSocket-Accept: a")),
    ("ACCEPT_WRONG", (), lambda head: re.sub(
        b"Accept: .*\r", b"Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r", head)),
    ("SUBPROTOCOL_REPEATED", ("--subprotocol=a",),
     line(b"Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: a")),
    ("SUBPROTOCOL_NOT_ASKED", ("--subprotocol=a",),
     line(b"Sec-WebSocket-Protocol: b")),
    ("SUBPROTOCOL_NONE", ("--subprotocol=a", "--subprotocol-required"),
     changed(b"", b"")),
    ("EXTENSION_MALFORMED", ("--deflate",),
     line(b"Sec-WebSocket-Extensions: ;")),
    ("EXTENSION_REPEATED", ("--deflate",),
     line(b"Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate")),
    ("EXTENSION_NOT_ASKED", (), line(b"Sec-WebSocket-Extensions: x")),
    ("EXTENSION_PARAMETER", ("--deflate",), line(
        b"Sec-WebSocket-Extensions: permessage-deflate; "
        b"server_max_window_bits=16")),
]


def it_names_each_lie():
    for error, options, change in LIES:
        with answering(lambda head: change(right(head))) as address:
            for form in ["--json"], []:
                run = Run(*form, *options, f"ws://{address}/")
                if form:
                    run.reports(REFUSED, outcome="refused", error=error)
                else:
                    assert error in run.ends(REFUSED), error


# ---- No answer ---------------------------------------------------------------

def it_says_what_stands_in_the_way():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for uri, said in (
            (f"ws://127.0.0.1:{port}/", "Connection refused"),
            ("ws://no-such-name.invalid/", "no-such-name.invalid")):
        assert Run(uri).ends(INCOMPLETE, said) == ""
        assert Run("--json", uri).ends(INCOMPLETE, said) == ""


def it_says_that_the_server_closes_early():
    for said, answer in ((0, b""), (17, b"HTTP/1.1 101 a\r\nb")):
        with answering(lambda head: answer) as address:
            Run("--json", f"ws://{address}/").reports(
                INCOMPLETE, f"closed before its answer was complete: {said} "
                "bytes came", outcome="incomplete", consumed=said)


def it_does_not_wait_for_ever():
    def dribble(peer, head):
        for byte in b"HTTP/1.1 200 OK\r\n" + b"a" * 200:
            peer.sendall(bytes([byte]))
            time.sleep(0.05)
    for answer in lambda peer, head: peer.recv(1), dribble:
        with server(answer) as address:
            started = time.monotonic()
            Run("--timeout", "300", f"ws://{address}/").ends(
                INCOMPLETE, "no complete answer within 300 ms")
            assert time.monotonic() - started < 5
    # A backlog that is full: the connection is never made.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        full = [socket.socket() for _ in range(4)]
        for one in full:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        Run("--timeout", "300", f"ws://127.0.0.1:{port}/").ends(
            INCOMPLETE, "cannot connect to 127.0.0.1 port")
        for one in full:
            one.close()


def it_ends_with_what_it_knows_when_it_is_interrupted():
    def some(peer, head):
        peer.sendall(b"HTTP/1.1")
        peer.recv(1)
    with server(some) as address:
        run = Run("--json", f"ws://{address}/")
        time.sleep(0.5)
        run.interrupt()
        run.reports(INCOMPLETE, "interrupted while waiting for the answer: 8 "
                    "bytes came", outcome="incomplete")


def it_says_which_arguments_are_wrong():
    for words in (
            ["ws://"], ["ws://a:b/"], ["ws://a@b/"], ["ws://a/#b"],
            ["wss://a:99999/"], ["ws://a/ b"], ["ws://a/", "ws://b/"],
            ["ws://a/", "--once"], ["ws://a/", "--yes"],
            ["ws://a/", "--listen=1"], ["ws://a/", "--probe=ws://a/"],
            ["ws://a/", "--client"], ["ws://a/", "--timeout=0"],
            ["ws://a/", "--timeout", "x"], ["--timeout", "1"], ["--once"],
            ["--insecure"], ["ws://a/", "--origin=null", "--origin=file://"]):
        is_refused(PROGRAM, words, USAGE, 20)


# ---- TLS ---------------------------------------------------------------------

@contextlib.contextmanager
def tls_server(cert, key, names):
    """A server that switches; gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.set_alpn_protocols(["http/1.1"])
    context.sni_callback = lambda peer, name, _: names.append(name)

    def serve(listener):
        with contextlib.suppress(OSError):
            while True:
                serve_one(listener.accept()[0])

    def serve_one(peer):
        with contextlib.suppress(ssl.SSLError, ConnectionError), \
                context.wrap_socket(peer, server_side=True) as inside:
            inside.sendall(right(read_head(inside)))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=[listener], daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def it_speaks_tls():
    out = subprocess.run([PROGRAM, "--timeout=2000", "wss://127.0.0.1:9/"],
                         capture_output=True, text=True, timeout=20)
    if "without OpenSSL" in out.stderr or not shutil.which("openssl"):
        print("   (no OpenSSL here)")
        return
    with tempfile.TemporaryDirectory() as folder:
        names = []
        cert, key = certificate(folder)
        with tls_server(cert, key, names) as port:
            uri = f"wss://localhost:{port}/"
            out = Run("--ca", cert, uri).ends(SWITCHED)
            assert re.search(r"connect \S+ ms, TLS \S+ ms, answer", out), out
            Run("--json", "--insecure", f"wss://127.0.0.1:{port}/").reports(
                SWITCHED, status=101)
            for said, *words in (
                    ("self-signed certificate", uri),
                    ("IP address mismatch", "--ca", cert,
                     f"wss://127.0.0.1:{port}/"),
                    ("cannot read the file", "--ca", "/no/such", uri)):
                Run(*words).ends(INCOMPLETE, "no TLS with ")
                Run(*words).ends(INCOMPLETE, said)
            assert names[0] == "localhost" and names[1] is None, names
    with answering(lambda head: b"") as address:
        Run("--timeout=300", f"wss://{address}/").ends(
            INCOMPLETE, "no TLS with 127.0.0.1")


run_tests(dict(globals()))
