# SPDX-License-Identifier: MIT
"""upshake-site with real sockets and with Python's http.client: requests that
follow each other, bodies, files, WebSocket, and clients that are slow or go.

usage: test_site.py PROGRAM
"""
import contextlib
import http.client
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import peer

PROGRAM = sys.argv[1]
NAME = os.path.basename(PROGRAM)
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
CLOSE = b"\x88\x82\0\0\0\0\x03\xe8"
CLOSED = b"\x88\x02\x03\xe8"
KNOWN = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE",
         "PATCH"]
ALL = "GET, HEAD, OPTIONS, POST"
SAFE = "GET, HEAD, OPTIONS"
LARGE = bytes(range(256)) * 4096
PATIENCE = 20  # seconds


class Server:
    def __init__(self, *options):
        self.process = subprocess.Popen([PROGRAM, "--port", "0", *options],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        port = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)/\n", line)
        assert port, line
        self.port = int(port[1])
        self.files_at_first = self.files()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def client(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, PATIENCE)

    def exchange(self, octets):
        """Everything that comes back until the server closes."""
        with self.connect() as sock:
            sock.sendall(octets)
            return peer.read_all(sock)

    def files(self):
        """The descriptors that it has open."""
        return peer.count_open(self.process.pid)

    def seconds(self):
        """The time of the processor that it has used."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            user, system = file.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def end(self):
        """It is alive, and has no complaint of its memory."""
        assert self.process.poll() is None, "it has ended"
        self.process.terminate()
        assert self.process.wait() == -signal.SIGTERM


@contextlib.contextmanager
def serve(*options):
    server = Server(*options)
    try:
        yield server
    finally:
        server.end()


def get(path=b"/", more=b"", method=b"GET"):
    return b"%s %s HTTP/1.1\r\nHost: a\r\n%s\r\n" % (method, path, more)


LAST = get(more=b"Connection: close\r\n")


def post(body, path=b"/", more=b""):
    return get(path, b"Content-Length: %d\r\n%s" % (len(body), more),
               b"POST") + body


def chunked(*pieces):
    return (get(more=b"Transfer-Encoding: chunked\r\n", method=b"POST")
            + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece)
                       for piece in (*pieces, b"")))


def split(octets, to_head=None):
    """Takes the answers apart: [(status, {name: value}, content)].  Number
    to_head answers a HEAD."""
    answers = []
    while octets:
        head, end, octets = octets.partition(b"\r\n\r\n")
        assert end, head
        line, *fields = head.decode().split("\r\n")
        assert line.startswith("HTTP/1.1 "), line
        status = int(line[9:12])
        fields = dict(field.split(": ", 1) for field in fields)
        size = int(fields.get("Content-Length", "0"))
        if len(answers) == to_head:
            size = 0
        answers.append((status, fields, octets[:size]))
        assert len(octets) >= size, octets
        octets = octets[size:]
    return answers


def ask(client, method, path, body=None, headers=None, **more):
    client.request(method, path, body, headers or {}, **more)
    answer = client.getresponse()
    return answer.status, answer, answer.read()


# ---- One request after the other ---------------------------------------------

def it_keeps_a_connection(server):
    client = server.client()
    sock = None
    for round_number in range(20):
        status, answer, content = ask(client, "GET", "/")
        assert (status, content) == (200, b"OK")
        assert answer.getheader("Content-Type") == "text/plain"
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT",
                            answer.getheader("Date"))
        assert not answer.will_close
        assert sock in (None, client.sock), round_number
        sock = client.sock
        assert ask(client, "POST", "/", b"a" * round_number)[2] == \
            b"a" * round_number
        assert ask(client, "HEAD", "/")[2] == b""
        assert ask(client, "GET", "/no")[0] == 404
        assert ask(client, "OPTIONS", "/")[0] == 204
        assert ask(client, "DELETE", "/")[0] == 405
    client.close()


def it_answers_twenty_requests_of_one_packet_in_order(server):
    requests = [get(b"/echo", b"N: %d\r\n" % number) if number % 2
                else post(b"%d" % number) for number in range(20)]
    answers = split(server.exchange(b"".join(requests) + LAST))
    assert [answer[2] for answer in answers] == [
        b"Host: a\nN: %d\n" % number if number % 2 else b"%d" % number
        for number in range(20)] + [b"OK"]
    assert {answer[0] for answer in answers} == {200}


def it_answers_more_requests_than_its_buffers_hold(server):
    """The client reads only when the server takes no more."""
    count = 30000
    octets = memoryview(b"".join(
        get(b"/echo", b"N: %s\r\n" % (b"1" * (number % 41)))
        for number in range(count)) + LAST)
    answers = bytearray()
    with server.connect() as sock:
        sock.setblocking(False)
        while True:
            can_read, can_write, _ = select.select(
                [sock], [sock] if octets else [], [], PATIENCE)
            assert can_read or can_write, "it stopped"
            if can_write:
                octets = octets[sock.send(octets):]
            else:
                piece = sock.recv(1 << 20)
                if not piece:
                    break
                answers += piece
    assert answers.count(b"HTTP/1.1 200 OK\r\n") == count + 1
    assert answers.count(b"Host: a\nN: 1\n") == count // 41 + 1
    assert answers.endswith(b"OK")


def it_answers_alike_however_a_request_is_split(server):
    octets = (get() + post(b"hello") + chunked(b"he", b"llo")
              + get(method=b"HEAD") + get(more=b"Content-Length: 3\r\n")
              + b"abc" + LAST)
    expected = [(200, content) for content in
                (b"OK", b"hello", b"hello", b"", b"OK", b"OK")]
    for size in (1, 2, 7, 100, len(octets)):
        with server.connect() as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for at in range(0, len(octets), size):
                sock.sendall(octets[at:at + size])
            said = peer.read_all(sock)
        assert [(status, content) for status, _, content
                in split(said, to_head=3)] == expected, (size, said)


def it_closes_when_the_client_wants_it(server):
    for octets in (LAST, b"GET / HTTP/1.0\r\n\r\n",
                   b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"):
        started = time.monotonic()
        (status, fields, content), = split(server.exchange(octets))
        assert (status, content) == (200, b"OK")
        assert fields["Connection"] == "close", fields
        assert time.monotonic() - started < 0.3


def it_takes_a_client_that_only_stops_sending(server):
    with server.connect() as sock:
        sock.sendall(get() + post(b"x" * 5000))
        sock.shutdown(socket.SHUT_WR)
        assert [len(answer[2]) for answer in split(peer.read_all(sock))] == [
            2, 5000]


# ---- Methods and what is wrong with a request --------------------------------

def it_says_which_methods_it_has(server):
    for path, methods in (("/", ALL), ("*", ALL), ("/echo", ALL),
                          ("/cookie", SAFE), ("/page.html", SAFE)):
        client = server.client()
        status, answer, _ = ask(client, "OPTIONS", path)
        assert (status, answer.getheader("Allow")) == (204, methods), path
        assert answer.getheader("Content-Length") is None
        for method in KNOWN:
            if method in methods or method == "CONNECT" or path == "*":
                continue
            status, answer, _ = ask(client, method, path)
            assert (status, answer.getheader("Allow")) == (
                405, ALL if method != "POST" else methods), (method, path)
        client.close()
    for path in ("/", "/no"):
        assert split(server.exchange(get(path.encode(), method=b"CONNECT")
                                     ))[0][0] in (400, 405)
    (status, fields, _), = split(server.exchange(
        b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n"))
    assert (status, fields["Allow"]) == (405, ALL)


def it_refuses(server):
    for octets, status in (
            (get(method=b"get"), 501), (get(b"/no", method=b"BREW"), 501),
            (get(method=b"G" * 200), 501), (get(b"/no"), 404),
            (get(b"/no", method=b"POST"), 404),
            (get(b"/no", method=b"OPTIONS"), 404),
            (get(b"/" + b"a" * 7900), 404), (get(b"/" + b"a" * 20000), 414),
            (get(more=b"A: " + b"a" * 20000 + b"\r\n"), 431),
            (get(more=b"Expect: 200-ok\r\n"), 417),
            (post(b"", more=b"Expect: 200-ok\r\n"), 417),
            (get(more=b"Transfer-Encoding: gzip, chunked\r\n"), 501),
            (b"GET / HTTP/1.1\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost: \r\n\r\n", 400),
            (b"GET / HTTP/1.1\nHost: a\n\n", 400),
            (get(b"/%0d%0aA:"), 400), (get(b"/%00"), 400), (get(b"/%4"), 400),
            (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)):
        answers = split(server.exchange(octets + LAST))
        assert answers[0][0] == status, (octets[:80], answers)
        assert "Date" in answers[0][1], answers
    (status, _, content), = split(server.exchange(
        b"GET http://b/echo?q HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    ))
    assert (status, content) == (200, b"Host: a\nConnection: close\n")


# ---- Fields, cookies and bodies ----------------------------------------------

def it_gives_the_fields_back(server):
    fields = b"X-b: 1\r\nx-B:2\r\nEmpty:\r\nTab:\t \xe4 b \t\r\n"
    expected = b"Host: a\nX-b: 1\nx-B: 2\nEmpty: \nTab: \xe4 b\n"
    _, (_, _, content), _ = split(server.exchange(
        get() + get(b"/echo", fields) + LAST))
    assert content == expected, content
    (_, _, content), _ = split(server.exchange(
        post(b"body", b"/%65cho", b"A: 1\r\n") + LAST))
    assert content == b"Host: a\nContent-Length: 4\nA: 1\n", content
    many = b"".join(b"%03d:\r\n" % number for number in range(127))
    (_, _, content), _ = split(server.exchange(get(b"/echo", many) + LAST))
    assert content.count(b"\n") == 128


def it_gives_the_cookies_back(server):
    for value, expected in (
            (b"Cookie: a=1; b=; c=x=y\r\n", b"a=1\nb=\nc=x=y\n"),
            (b"cookie: a=1\r\nCookie: b=2\r\n", b"a=1\nb=2\n"),
            (b"Cookie: ;;a=1;nameless; =x\r\n", b"a=1\n"),
            (b"Cookie: " + b"a;" * 8000 + b"\r\n", b""),
            (b"Cookie: " + b"a=;" * 5000 + b"\r\n", b"a=\n" * 5000),
            (b"", b"")):
        (status, fields, content), _ = split(server.exchange(
            get(b"/cookie", value) + LAST))
        assert (status, content) == (200, expected), (value[:50], content[:50])
        assert fields["Content-Type"] == "text/plain"


def it_gives_a_body_back(server):
    for size in (0, 1, 8192, 16384, 1 << 20):
        body = LARGE[:size]
        pieces = [body[at:at + 7000] for at in range(0, size, 7000)]
        client = server.client()
        assert ask(client, "POST", "/", body)[2] == body
        assert ask(client, "POST", "/", iter(pieces),
                   encode_chunked=True)[2] == body
        assert ask(client, "POST", "/", b"")[2] == b""
        client.close()
    tiny = chunked(*[b"%d" % (number % 10) for number in range(5000)])
    answers = split(server.exchange(tiny * 3 + LAST))
    assert [answer[2] for answer in answers] == [b"0123456789" * 500] * 3 + [
        b"OK"]


def it_asks_for_a_body_that_waits(server):
    with server.connect() as sock:
        for number in range(3):
            sock.sendall(post(b"", more=b"Expect: 100-continue\r\n").replace(
                b"Length: 0", b"Length: 5"))
            assert peer.read_head(sock) == b"HTTP/1.1 100 Continue\r\n\r\n"
            sock.sendall(b"hell%d" % number)
            assert b"200 OK" in peer.read_head(sock)
            assert peer.read(sock, 5) == b"hell%d" % number
    old = post(b"hello", more=b"Expect: 100-continue\r\n").replace(
        b"HTTP/1.1", b"HTTP/1.0")
    (status, _, content), = split(server.exchange(old))
    assert (status, content) == (200, b"hello")
    # No body is asked for that nobody wants.
    answers = split(server.exchange(get(
        b"/no", b"Content-Length: 5\r\nExpect: 100-continue\r\n", b"POST")))
    assert [answer[0] for answer in answers] == [404]


def it_refuses_a_body_that_is_too_large(server):
    limit = 1 << 20
    for more in (b"", b"Expect: 100-continue\r\n"):
        head = get(more=b"Content-Length: %d\r\n%s" % (limit + 1, more),
                   method=b"POST")
        (status, fields, _), = split(server.exchange(head))
        assert (status, fields["Connection"]) == (413, "close")
    for octets in (head + LARGE + b"x", chunked(LARGE, b"x"),
                   chunked(LARGE[1:], b"xxxx" * 100000)):
        (status, _, _), = split(server.exchange(octets))
        assert status == 413
    with serve("--upload-max", "5") as small:
        assert [answer[0] for answer in split(small.exchange(
            post(b"12345") + chunked(b"123", b"45") + post(b"123456")))] == [
                200, 200, 413]


def it_skips_a_body_that_it_does_not_want(server):
    for octets, closes in (
            (get(more=b"Content-Length: 60000\r\n") + b"G" * 60000, False),
            (get(b"/no", b"Content-Length: 5\r\n", b"PUT") + b"GET /", False),
            (get(more=b"Content-Length: 99999\r\n") + b"G" * 99999, True),
            (chunked(b"abc").replace(b"POST", b"GET", 1), True)):
        answers = split(server.exchange(octets + LAST))
        assert len(answers) == 2 - closes, answers


# ---- Files -------------------------------------------------------------------

def make_files(folder):
    os.makedirs(os.path.join(folder, "root", "sub", "empty"))
    os.mkdir(os.path.join(folder, "root", "..."))
    for name, content in (
            ("secret", b"secret"), ("index.html", b"secret"),
            ("root/page.html", b"<p>page"),
            ("root/large.bin", LARGE * 3), ("root/none.txt", b""),
            ("root/sub/index.html", b"<p>index"), ("root/a b%.css", b"a {}"),
            ("root/.../dots", b"dots"), ("root/no.dot/../noext", b"x")):
        if "no.dot" in name:
            os.mkdir(os.path.join(folder, "root", "no.dot"))
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
    os.symlink("page.html", os.path.join(folder, "root", "link.txt"))
    os.mkfifo(os.path.join(folder, "root", "pipe"))
    return os.path.join(folder, "root")


def it_serves_files(server):
    client = server.client()
    for path, kind, content in (
            ("/page.html", "text/html", b"<p>page"),
            ("/page.html?q=1", "text/html", b"<p>page"),
            ("/%70age%2ehtml", "text/html", b"<p>page"),
            ("//page.html", "text/html", b"<p>page"),
            ("/./page.html", "text/html", b"<p>page"),
            ("/link.txt", "text/plain", b"<p>page"),
            ("/none.txt", "text/plain", b""),
            ("/a%20b%25.css", "text/css", b"a {}"),
            ("/.../dots", "application/octet-stream", b"dots"),
            ("/noext", "application/octet-stream", b"x"),
            ("/sub", "text/html", b"<p>index"),
            ("/sub/", "text/html", b"<p>index"),
            ("/sub/index.html", "text/html", b"<p>index"),
            ("/large.bin", "application/octet-stream", LARGE * 3)):
        for method in ("GET", "HEAD", "GET"):
            status, answer, got = ask(client, method, path)
            assert status == 200, path
            assert answer.getheader("Content-Type") == kind, path
            assert answer.getheader("Content-Length") == str(len(content))
            assert got == (content if method == "GET" else b""), path
    client.close()


def it_does_not_leave_its_folder(server):
    for path in (b"/../secret", b"/..%2fsecret", b"/%2e%2e/secret", b"/..",
                 b"/%2e%2e%2fsecret", b"/sub/../../secret", b"/sub/..",
                 b"/sub/..%2f..%2fsecret", b"//../secret", b"/.%2e/secret",
                 b"/sub/../page.html", b"//etc/passwd", b"/%2fetc/passwd",
                 b"/sub/empty", b"/pipe", b"/page.html/", b"/%2e%2e",
                 b"/page.html/..", b"/" + b"a" * 300, b"/..%00", b"/x%00.html",
                 b"/page.html%00", b"/" + b"sub/" * 3000 + b"index.html",
                 b"/..\\secret", b"/%c0%ae%c0%ae/secret", b"/%252e%252e/secret",
                 b"http://a/../secret"):
        answers = split(server.exchange(get(path) + LAST))
        assert answers[0][0] in (400, 404), (path[:40], answers)
        assert answers[0][2] == b"", answers


def it_closes_all_files(server):
    """Also those that a client did not read to the end."""
    for method in (b"GET", b"HEAD", b"POST", b"OPTIONS", b"DELETE"):
        for path in (b"/large.bin", b"/none.txt", b"/pipe", b"/sub"):
            server.exchange(get(path, method=method) + LAST)
    for _ in range(10):
        with server.connect() as sock:
            sock.sendall(get(b"/large.bin") * 3)
            sock.recv(100)
    wait_until(lambda: server.files() == server.files_at_first)


def it_ends_the_answer_if_a_file_becomes_shorter(server, folder):
    path = os.path.join(folder, "shrinking.txt")
    with open(path, "wb") as file:
        file.truncate(64 << 20)
    with server.connect() as sock:
        sock.sendall(get(b"/shrinking.txt") + LAST)
        head = peer.read_head(sock)
        assert b"Content-Length: %d\r\n" % (64 << 20) in head
        os.truncate(path, 0)
        rest = peer.read_all(sock)
    assert len(rest) < 64 << 20 and rest.strip(b"\0") == b"", len(rest)
    with server.connect() as sock:
        sock.sendall(get(b"/shrinking.txt") + LAST)
        assert [answer[2] for answer in split(peer.read_all(sock))] == [b"",
                                                                        b"OK"]


def it_has_no_files_without_root():
    with serve() as server:
        for path in (b"/page.html", b"/etc/passwd", b"/."):
            assert split(server.exchange(get(path) + LAST))[0][0] == 404


# ---- WebSocket ---------------------------------------------------------------

def offer(path=b"/x", version=b"13", more=b""):
    return get(path, b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
               b"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: %s\r\n%s"
               % (KEY, version, more))


def text(content, mask=b"\x80"):
    """A frame; with a mask, of 0, as a client sends it."""
    bit = mask[0]
    size = (bytes([bit | len(content)]) if len(content) < 126
            else bytes([bit | 126]) + len(content).to_bytes(2, "big")
            if len(content) < 65536
            else bytes([bit | 127]) + len(content).to_bytes(8, "big"))
    return b"\x81" + size + b"\0\0\0\0" * (bit >> 7) + content


def it_echoes_websocket(server):
    for path in (b"/", b"/echo", b"/no/such?q"):
        with server.connect() as sock:
            sock.sendall(get() + offer(path))
            assert b" 200 OK" in peer.read_head(sock)
            assert peer.read(sock, 2) == b"OK"
            head = peer.read_head(sock)
            assert head.startswith(b"HTTP/1.1 101 ") and ACCEPT in head, head
            for content in (b"hello", b"", b"a" * 125, b"b" * 70000):
                sock.sendall(text(content))
                frame = text(content, b"\0")
                assert peer.read(sock, len(frame)) == frame
            sock.sendall(text(b"last") + CLOSE)
            assert peer.read_all(sock) == text(b"last", b"\0") + CLOSED


def it_takes_early_frames(server):
    octets = post(b"body") + offer() + text(b"early") + text(b"e" * 20000) + \
        CLOSE
    for cut in [*range(0, len(octets) - 20000, 11), len(octets)]:
        with server.connect() as sock:
            sock.sendall(octets[:cut])
            sock.sendall(octets[cut:])
            said = peer.read_all(sock)
        assert said.endswith(b"\r\n\r\n" + text(b"early", b"\0")
                             + text(b"e" * 20000, b"\0") + CLOSED), cut


def it_holds_back_a_client_that_does_not_read(server):
    content = b"x" * 100000
    octets = memoryview(text(content) * 200 + CLOSE)
    echoes = bytearray()
    with server.connect() as sock:
        sock.sendall(offer())
        peer.read_head(sock)
        sock.setblocking(False)
        while octets and select.select([], [sock], [], 1)[1]:
            octets = octets[sock.send(octets):]
        assert octets, "it took all, and nobody read an echo"
        while not echoes.endswith(CLOSED):
            can_read, can_write, _ = select.select(
                [sock], [sock] if octets else [], [], PATIENCE)
            assert can_read or can_write, "it stopped"
            if can_write:
                octets = octets[sock.send(octets):]
            if can_read:
                echoes += sock.recv(1 << 20)
    assert echoes == text(content, b"\0") * 200 + CLOSED


def it_refuses_other_offers(server):
    for octets, status, more in (
            (offer(version=b"8"), 426, "Sec-WebSocket-Version"),
            (offer(b"/no", b"99"), 426, "Sec-WebSocket-Version"),
            (offer(more=b"Origin: http://evil\r\n"), 403, "Date"),
            (offer().replace(b"GET", b"POST"), 405, "Allow"),
            (offer().replace(KEY, b"short"), 400, "Date")):
        (answer_status, fields, _), = split(server.exchange(octets))
        assert (answer_status, fields["Connection"].split(", ")[-1]) == (
            status, "close"), fields
        assert more in fields, fields
    for octets in (get(more=b"Connection: Upgrade\r\nUpgrade: h9\r\n"),
                   offer().replace(b"GET /x HTTP/1.1", b"GET / HTTP/1.0")):
        assert split(server.exchange(octets))[0][2] == b"OK"


# ---- Slow clients, and clients that go ---------------------------------------

def wait_until(true):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


def it_survives_clients_that_go(server):
    octets = (post(b"x" * 9000) + get(b"/large.bin") + chunked(b"y" * 9000)
              + offer() + text(b"z" * 9000))
    for cut in (0, 1, 30, 100, 5000, 9200, 10000, 19000, len(octets) - 5,
                len(octets)):
        for how in (0, 1):
            sock = server.connect()
            sock.sendall(octets[:cut])
            if how:  # with a reset
                peer.reset(sock)
            sock.close()
    wait_until(lambda: server.files() == server.files_at_first)
    assert split(server.exchange(LAST))[0][2] == b"OK"


def it_serves_many_at_the_same_time(server):
    def work():
        for _ in range(10):
            client = server.client()
            assert ask(client, "POST", "/", LARGE[:50000])[2] == LARGE[:50000]
            assert ask(client, "GET", "/large.bin")[2] == LARGE * 3
            client.close()
            done.append(1)
    done = []
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 80


def it_lets_clients_wait_if_there_are_too_many(server):
    socks = [server.connect() for _ in range(300)]
    for sock in socks:
        sock.sendall(LAST)
    for sock in socks:
        assert peer.read_all(sock).endswith(b"OK")
        sock.close()
    idle = [server.connect() for _ in range(256)]
    late = server.connect()
    late.sendall(LAST)
    used = server.seconds()
    assert not select.select([late], [], [], 0.7)[0]
    assert server.seconds() - used < 0.3, "it does not rest"
    idle[7].close()
    assert peer.read_all(late).endswith(b"OK")
    for sock in (*idle, late):
        sock.close()


def it_has_deadlines():
    with serve("--deadline", "2") as server:
        cases = [(b"", b""), (get(), b"200"), (get()[:-2], b"408"),
                 (post(b"hello")[:-2], b"408"), (chunked(b"abc")[:-4], b"408"),
                 (get() + b"G", b"408"), (offer(), b"101"),
                 (get(b"/", b"Content-Length: 9\r\n"), b"200")]
        started = time.monotonic()
        socks = [server.connect() for _ in cases]
        for sock, (octets, _) in zip(socks, cases):
            sock.sendall(octets)
        for sock, (octets, status) in zip(socks, cases):
            if status == b"101":
                continue
            said = peer.read_all(sock)
            last = said[said.rfind(b"HTTP/1.1 ") + 9:][:3]
            assert last == status, (octets, said)
            assert 0.9 < time.monotonic() - started < 6, octets
            sock.close()
        # A WebSocket may be silent for as long as it likes.
        time.sleep(1.5)
        sock = socks[6]
        peer.read_head(sock)
        sock.sendall(text(b"hello") + CLOSE)
        assert peer.read_all(sock) == text(b"hello", b"\0") + CLOSED
        sock.close()


def it_gives_each_request_its_own_time():
    """It counts whole seconds, and looks each second: this is 3 to 5."""
    with serve("--deadline", "4") as server, server.connect() as sock:
        for octets in (LAST[:10], LAST[10:]):
            time.sleep(2.7)
            sock.sendall(octets)
        assert split(peer.read_all(sock))[0][2] == b"OK"


def it_waits_for_nobody_who_drips_or_reads_nothing():
    with tempfile.TemporaryDirectory() as folder, \
            serve("--deadline", "2", "--root", make_files(folder)) as server:
        large = get(b"/echo", b"A: " + b"a" * 3000 + b"\r\n")
        drip, deaf, flood, echo = (server.connect() for _ in range(4))
        deaf.sendall(get(b"/large.bin") * 5)
        flood.setblocking(False)
        echo.sendall(offer())
        echo.setblocking(False)
        for sock, octets in ((flood, large), (echo, text(b"a" * 9999))):
            while select.select([], [sock], [], 0.3)[1]:
                sock.send(octets)
        until = time.monotonic() + 8
        with contextlib.suppress(OSError):
            while time.monotonic() < until:
                drip.sendall(b"G" if until - time.monotonic() > 7.9 else b"E")
                time.sleep(0.1)
        wait_until(lambda: server.files() == server.files_at_first)
        for sock in (drip, deaf, flood, echo):
            sock.close()


# ---- The command line --------------------------------------------------------

def it_says_what_is_wrong_with_its_arguments():
    for words, status in (
            ([], 64), (["--port"], 64), (["--port", "x"], 64),
            (["--port", "65536"], 64), (["0"], 64), (["--root", "/"], 64),
            (["--port", "0", "--root"], 64), (["--port", "0", "--what"], 64),
            (["--port", "0", "--upload-max", "0"], 64),
            (["--port", "0", "--upload-max", "-1"], 64),
            (["--port", "0", "--upload-max", "9" * 30], 64),
            (["--port", "0", "--deadline", "0"], 64),
            (["--port", "0", "--root", "/nowhere"], 66),
            (["--port", "0", "--root", PROGRAM], 66)):
        peer.is_refused(PROGRAM, words, status, PATIENCE)
    peer.shows_help(PROGRAM, f"usage: {NAME} --port N", PATIENCE)


def main():
    with tempfile.TemporaryDirectory() as folder:
        root = make_files(folder)
        with serve("--root", root) as server:
            given = {"server": server, "folder": root}
            for name, test in list(globals().items()):
                if name.startswith("it_"):
                    wanted = test.__code__.co_varnames[
                        :test.__code__.co_argcount]
                    test(*[given[word] for word in wanted])
                    print("ok", name, flush=True)


main()
