# SPDX-License-Identifier: MIT
"""upshake-client beside its messages: TLS, other protocols, what helps behind a
refusal, other ways to say where the server is, and requests that are broken on
purpose.

usage: test_client_more.py CLIENT DEMO
"""
import base64
import contextlib
import json
import os
import re
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time

from client_peer import (BINARY, CLIENT, CLOSE, DONE, FIN, INCOMPLETE,
                         OTHER, REFUSED, TALK, TEXT, USAGE, Run, Server, demo,
                         frame, refuses_to_run, run_tests, switched)
from peer import certificate, read_all, read_head


# ---- TLS ---------------------------------------------------------------------

def has_tls():
    """A client that was built without OpenSSL says so."""
    ended = subprocess.run([CLIENT, "wss://127.0.0.1:1/"], capture_output=True,
                           timeout=20, check=False)
    if ended.returncode == USAGE:
        assert b"needs TLS" in ended.stderr, ended
        return False
    return shutil.which("openssl") is not None


TLS = has_tls()


class TlsServer(Server):
    """A Server behind TLS; `name` is the name that the client asks for."""

    def __init__(self, cert, key):
        super().__init__()
        self.name = None
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(cert, key)

        def note_name(_, name, __):
            self.name = name
        self.context.sni_callback = note_name

    def start(self, *options, target="/chat", host="localhost"):
        if self.peer:
            self.peer.close()
        run = Run(*options, f"wss://{host}:{self.port}{target}")
        peer, _ = self.listener.accept()
        peer.settimeout(20)
        self.peer = self.context.wrap_socket(peer, server_side=True)
        self.request = read_head(self.peer)
        return run

    def fails(self, error, *options, host="localhost"):
        """The client does not trust this server."""
        run = Run(*options, f"wss://{host}:{self.port}/")
        peer, _ = self.listener.accept()
        with peer, contextlib.suppress(ssl.SSLError, OSError):
            self.context.wrap_socket(peer, server_side=True).recv(1)
        run.ends(INCOMPLETE, error)


@contextlib.contextmanager
def tls():
    with tempfile.TemporaryDirectory() as folder:
        cert, key = certificate(folder)
        with TlsServer(cert, key) as server:
            yield server, cert


def it_talks_through_tls():
    if not TLS:
        print("   (no TLS here)")
        return
    texts = ["hello", "", "x" * 5000, "y" * 100000]
    with tls() as (server, cert):
        run = server.start("--ca", cert, "--json",
                           *("--message=" + text for text in texts))
        assert server.name == "localhost", server.name
        assert server.field("Host") == f"localhost:{server.port}"
        server.send(server.answer() + frame(FIN | TEXT, b"early"))
        for text in texts:
            assert server.echo() == text.encode()
        assert server.receive()[0] == FIN | CLOSE
        server.send(frame(FIN | CLOSE, b"\x03\xe8"))
        server.peer.close()
        run.reports(DONE, messages=["early", *texts])
        # TLS may read more than one frame at once; poll does not see the rest.
        run = server.start("--insecure", "--message", "a")
        server.send(server.answer())
        server.receive()
        server.send(frame(FIN | TEXT, b"z" * 6000) + frame(FIN | TEXT, b"b" *
                                                          9000))
        assert server.receive()[0] == FIN | CLOSE
        server.send(frame(FIN | CLOSE, b"\x03\xe8"))
        server.peer.close()
        assert run.ends(DONE) == b"z" * 6000 + b"\n" + b"b" * 9000 + b"\n"
        # The server goes without a Close.
        run = server.start("--insecure", "--message", "a")
        server.send(server.answer())
        server.receive()
        server.peer.unwrap().close()
        run.ends(TALK, "ended it without a Close")


def it_passes_on_bytes_through_tls():
    if not TLS:
        return
    every = bytes(range(256)) * 2000
    with tls() as (server, cert):
        run = server.start("--ca", cert, "--protocol", "echo")

        def serve():
            server.send(ECHO + b"early")
            server.send(read_all(server.peer))
            server.peer.unwrap().close()
        thread = threading.Thread(target=serve)
        thread.start()
        assert run.ends(DONE, given=every) == b"early" + every
        thread.join()


def it_trusts_no_wrong_certificate():
    if not TLS:
        return
    with tls() as (server, cert):
        server.fails("no TLS with localhost port")
        server.fails("mismatch", "--ca", cert, host="127.0.0.1")
        run = server.start("--insecure", "--message", "a", host="127.0.0.1")
        assert server.name is None, server.name
        server.send(b"HTTP/1.1 404 x\r\nContent-Length: 3\r\n\r\nno!")
        run.ends(OTHER, "404 x")
        assert run.told[-1] == "  | no!", run.told
        # Certificates are those of the URI's host, wherever it connects to.
        run = Run("--ca", cert, "--message=a", "--connect",
                  f"127.0.0.1:{server.port}", "wss://localhost/")
        peer, _ = server.listener.accept()
        server.peer = server.context.wrap_socket(peer, server_side=True)
        server.request = read_head(server.peer)
        assert server.name == "localhost", server.name
        assert server.field("Host") == "localhost", server.request
        server.send(b"HTTP/1.1 204 x\r\n\r\n")
        run.ends(OTHER, "204 x")
    # A server that says nothing in TLS, and one that speaks none.
    with Server() as server:
        uri = f"wss://127.0.0.1:{server.port}/"
        Run("--timeout", "300", uri).ends(INCOMPLETE, "no TLS with 127.0.0.1")
        run = Run(uri)
        for _ in range(2):  # the one above is waiting too
            peer, _ = server.listener.accept()
            with peer, contextlib.suppress(OSError):
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                peer.recv(4096)
        run.ends(INCOMPLETE, "no TLS with 127.0.0.1")
    Run("--ca", "/no/such/file", "wss://127.0.0.1:1/").ends(
        INCOMPLETE, "cannot connect")


def it_says_which_options_do_not_fit():
    for error, *options in (
            ("are for wss://", "--insecure", "ws://a/"),
            ("are for wss://", "--ca", "x", "a"),
            ("are for WebSocket", "--protocol=echo", "--message=a", "a"),
            ("are for WebSocket", "--protocol=echo", "--binary", "a"),
            ("are for WebSocket", "--protocol=echo", "--deflate", "a"),
            ("are for WebSocket", "--protocol=x", "--subprotocol=a", "a"),
            ("--json is for WebSocket", "--protocol=echo", "--json", "a"),
            ("more than one protocol", "--protocol=a,b", "a"),
            ("PROTOCOL", "--protocol=a b", "a"),
            ("cannot ask for this", "--method=POST", "a"),
            ("not HOST:PORT", "--connect", "a", "a"),
            ("not HOST:PORT", "--connect", "a:0", "a"),
            ("not HOST:PORT", "--connect", "[::1]", "a"),
            ("not HOST:PORT", "--connect", "a:1/b", "a"),
            ("not HOST:PORT", "--connect", "a" * 400 + ":1", "a"),
            ("not FIELD=VALUE", "--set", "a", "a"),
            ("without the name of a field", "--set", "=a", "a"),
            ("without the name of a field", "--omit", "", "a"),
            ("longer than 65536", "--set", "a=" + "b" * 65536, "a"),
            ("not hexadecimal", "--binary", "--message=0", "a"),
            ("not hexadecimal", "--binary", "--message=0g", "a")):
        refuses_to_run(error, *options)


# ---- Another protocol --------------------------------------------------------

ECHO = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n"
        b"Connection: Upgrade\r\n\r\n")


def it_passes_on_the_bytes_of_another_protocol():
    every = bytes(range(256)) * 2000
    with Server() as server:
        run = server.start("--protocol", "echo", target="/raw")
        assert server.request.startswith(b"GET /raw HTTP/1.1\r\n")
        assert server.field("Upgrade") == "echo", server.request
        assert server.field("Connection") == "Upgrade", server.request
        assert server.field("Sec-WebSocket-Key") is None, server.request

        def serve():
            server.send(ECHO + b"\0early\n")
            server.send(read_all(server.peer))
            server.peer.close()
        thread = threading.Thread(target=serve)
        thread.start()
        assert run.ends(DONE, given=every) == b"\0early\n" + every
        thread.join()
        # The bytes go on while the input is open, and the server may end.
        run = server.start("--protocol=echo", "--method=POST")
        assert server.request.startswith(b"POST "), server.request
        server.send(ECHO)
        run.process.stdin.write(b"a\0")
        run.process.stdin.flush()
        assert server.read(2) == b"a\0"
        server.send(b"b")
        assert run.process.stdout.read(1) == b"b"
        server.send(b"c")
        server.peer.close()
        assert run.ends(DONE) == b"c"


def it_talks_to_the_echo_of_the_demo():
    with demo() as uri:
        assert Run("--protocol", "echo", uri).ends(
            DONE, given=b"\xff\0\r\n" * 9) == b"\xff\0\r\n" * 9
        assert Run("--protocol", "WebSocket", "--message=a",
                   uri).ends(DONE) == b"a\n"


def it_says_when_another_protocol_fails():
    with Server() as server:
        run = server.start("--protocol", "echo")
        server.send(ECHO.replace(b"echo", b"other"))
        run.ends(REFUSED, "UPGRADE_NOT_ASKED")
        assert run.told[0] == "  The request asks for: echo", run.told
        run = server.start("--protocol", "h2c")
        assert server.field("HTTP2-Settings") == "AAIAAAAA", server.request
        server.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        run.ends(OTHER, "200 OK")
        run = server.start("--protocol", "echo")
        server.send(ECHO)
        time.sleep(0.2)
        server.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               struct.pack("ii", 1, 0))
        server.peer.close()
        run.process.stdin.close()
        run.process.stdin = None
        said = run.process.stderr.read()
        assert run.process.wait(20) == TALK, said
        assert said.count(b"\n") == 1 and b"connection is lost" in said, said


# ---- Behind a refusal --------------------------------------------------------

def it_says_what_helps_and_shows_the_body():
    with Server() as server:
        for answer, error, *told in (
                (b"HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nno chat\nX",
                 "403 No", r"  Often the Origin: ", r"  \| no chat$"),
                (b"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n"
                 b"3\r\nabc\r\n2;x\r\nd\x1b\r\n0\r\n\r\n", "404 No",
                 r"  The path is wrong", r"  \| abcd\\x1b$"),
                (b"HTTP/1.1 200 OK\r\n\r\n<p>\r\n\r\nhi", "200 OK",
                 r"  An ordinary answer", r"  \| <p>$", r"  \| $",
                 r"  \| hi$", r"  \| \.\.\.$"),
                (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
                 + b"a" * 5000, "200 OK", r"  \| a{4096}$", r"  \| \.\.\.$"),
                (b"\x15\x03\x01\x00\x02\x02\x46", "STATUS_LINE",
                 r"  This is TLS: "),
                (b"SSH-2.0-a\r\n", "STATUS_LINE", r"  A status line is "),
                (b"HTTP/1.1 101 a\n\n", "LINE_END", r"  The server writes ")):
            run = server.start()
            server.send(answer)
            run.ends(OTHER if error[0].isdigit() else REFUSED, error)
            lines = iter(run.told)
            for each in told:
                assert any(re.match(each, line) for line in lines), (
                    each, run.told)


def it_names_the_wrong_way_to_an_accept():
    with Server() as server:
        run = server.start("--json")
        key = server.field("Sec-WebSocket-Key")
        server.send(server.answer().replace(server.accept_value(),
                                            key.encode()))
        report = run.reports(REFUSED, "ACCEPT_WRONG", body=None)
        assert key in report["hint"], report
        assert "sends the key back" in report["hint"], report


def it_gives_hint_and_body_to_scripts():
    with Server() as server:
        run = server.start("--json")
        server.send(b"HTTP/1.1 403 No\r\nContent-Length: 3\r\n\r\n\xff\"a")
        report = run.reports(OTHER, "403 No", body="\xff\"a")
        assert report["hint"].startswith("Often the Origin"), report
        run = switched(server, "--json", "--message=a")
        server.echo()
        server.close()
        run.reports(DONE, hint=None, body=None)


def it_does_not_wait_long_for_a_body():
    with Server() as server:
        run = server.start()
        server.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
        started = time.monotonic()
        run.ends(OTHER, "200 OK")
        assert time.monotonic() - started < 3


# ---- Where the server is -----------------------------------------------------

def it_needs_no_scheme():
    with Server() as server:
        for host in ("127.0.0.1", "localhost"):
            for path in ("", "/chat?a=b", "?a"):
                run = Run("--message=a", f"{host}:{server.port}{path}")
                server.peer, _ = server.listener.accept()
                server.request = read_head(server.peer)
                assert server.field("Host") == f"{host}:{server.port}"
                server.send(server.answer())
                server.echo()
                server.close()
                assert run.ends(DONE) == b"a\n"
    for text, error in (("no-such-host.invalid", "port 80: "),
                        ("[::1]:1/", "cannot connect to ::1 port 1: ")):
        Run(text).ends(INCOMPLETE, error)


def it_sends_user_and_password_as_basic():
    with Server() as server:
        for user, sent in (("u:p", b"u:p"), ("u", b"u:"), ("u:", b"u:"),
                           ("u%40a:p%3A:%25%FF", b"u@a:p::%\xff"),
                           ("a@b:c", b"a@b:c"), (":p", b":p")):
            for scheme in ("ws://", ""):
                run = Run(f"{scheme}{user}@{server.authority}/")
                server.peer, _ = server.listener.accept()
                server.request = read_head(server.peer)
                assert server.field("Host") == server.authority
                method, value = server.field("Authorization").split()
                assert method == "Basic", value
                assert base64.b64decode(value, validate=True) == sent, value
                server.send(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")
                run.ends(OTHER, "401 No")
                server.peer.close()


def it_connects_elsewhere_and_keeps_host():
    with Server() as server:
        run = Run("--connect", server.authority, "--message=a",
                  "ws://no-such-host.invalid:81/a")
        server.peer, _ = server.listener.accept()
        server.request = read_head(server.peer)
        assert server.field("Host") == "no-such-host.invalid:81"
        server.send(server.answer())
        server.echo()
        server.close()
        assert run.ends(DONE) == b"a\n"
    Run("--connect", f"127.0.0.1:{server.port}", "ws://a/").ends(
        INCOMPLETE, f"cannot connect to 127.0.0.1 port {server.port}: ")


# ---- Broken on purpose -------------------------------------------------------

def it_breaks_the_request_on_purpose():
    with Server() as server:
        for options, there, gone in (
                (["--set=Host=evil"], [b"Host: evil"], [b"127.0.0.1"]),
                (["--omit=HOST"], [b"HTTP/1.1\r\nConnection: "], [b"Host:"]),
                (["--set", "X-a= b=c "], [b"\r\nX-a:  b=c \r\n\r\n"], []),
                (["--set=sec-websocket-version=8"],
                 [b"\r\nsec-websocket-version: 8\r\n"], [b"Version: 13"]),
                (["--set=A=1", "--omit=a"], [], [b"A: 1"]),
                (["--omit=Upgrade", "--set=Upgrade=x"],
                 [b"\r\nUpgrade: x\r\n\r\n"], [b"Upgrade: websocket"]),
                (["--set=Connection="], [b"\r\nConnection: \r\n"], []),
                (["--header=a: 1", "--header=A: 2", "--set=a=3"],
                 [b"\r\na: 3\r\n"], [b"a: 1", b"A: 2"])):
            run = server.start(*options)
            for text in there:
                assert text in server.request, (text, server.request)
            for text in gone:
                assert text not in server.request, (text, server.request)
            server.send(b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n")
            run.ends(OTHER, "400 No")


def it_judges_the_answer_to_what_it_sent():
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    with Server() as server:
        # Another right key: the answer is one to that key.
        run = switched(server, f"--set=Sec-WebSocket-Key={key}", "--message=a")
        assert server.field("Sec-WebSocket-Key") == key
        server.echo()
        server.close()
        assert run.ends(DONE) == b"a\n"
        # What is sent asks for h2c, so a 101 to websocket is wrong.
        run = server.start("--set=Upgrade=h2c", "--set=HTTP2-Settings=",
                           "--set=Connection=Upgrade, HTTP2-Settings")
        server.send(ECHO.replace(b"echo", b"websocket"))
        run.ends(REFUSED, "UPGRADE_NOT_ASKED")
        # No client should send this: the answer is judged as if it had not.
        run = server.start("--set=Sec-WebSocket-Key=a")
        server.send(server.answer())
        run.ends(REFUSED, "ACCEPT_WRONG")
        for option in "--set=Sec-WebSocket-Version=8", "--omit=Upgrade":
            run = switched(server, option, "--message=a")
            server.echo()
            server.close()
            assert run.ends(DONE) == b"a\n"
    with demo() as uri:
        for field, status in (("Sec-WebSocket-Key", 400), ("Host", 400),
                              ("Sec-WebSocket-Version", 426)):
            Run("--json", "--omit", field, uri).reports(
                OTHER, "no switch", status=status)


# ---- What is shown -----------------------------------------------------------

def it_says_how_long_each_step_took():
    number = r"\d+\.\d\d ms"
    with Server() as server:
        run = switched(server, "--timing", "--message=a")
        server.echo()
        server.close()
        out, said = run.process.communicate(timeout=20)
        assert out == b"a\n", out
        assert re.fullmatch(f"Times: name {number}, connect {number}, "
                            f"answer {number}\n", said.decode()), said
        run = switched(server, "--timing", "--json", "--message=a")
        server.echo()
        server.close()
        times = json.loads(run.ends(DONE))["times"]
        assert list(times) == ["name", "connect", "tls", "answer"], times
        assert times.pop("tls") is None and min(times.values()) >= 0, times
        run = server.start("--timing")
        server.peer.close()
        _, said = run.process.communicate(timeout=20)
        assert run.process.returncode == INCOMPLETE
        assert re.search(f"^Times: name {number}, connect {number}$",
                         said.decode(), re.M), said
    if not TLS:
        return
    with tls() as (server, cert):
        run = server.start("--timing", "--ca", cert)
        server.send(b"HTTP/1.1 204 x\r\n\r\n")
        _, said = run.process.communicate(timeout=20)
        assert re.search(f"connect {number}, TLS {number}, answer {number}\n",
                         said.decode()), said


def it_names_the_code_of_a_close():
    with Server() as server:
        for code, reason, shown in (
                (1001, b"", "1001 (going away)"),
                (1011, b"oh", "1011 oh (internal error)"),
                (1013, b"", "1013 (try again later)"),
                (3000, b"", "3000 (unauthorized)"),
                (3999, b"", "3999 (a code of a library)"),
                (4000, b"bye", "4000 bye (a code of the application's own)")):
            run = switched(server)
            server.send(frame(FIN | CLOSE, struct.pack(">H", code) + reason))
            assert server.receive()[0] == FIN | CLOSE
            server.ends()
            run.ends(TALK, f"the server closed with {shown}\n")


def it_sends_and_shows_bytes_as_hex():
    with Server() as server:
        run = switched(server, "--binary", "--message=00 fF0a", "--message=")
        for payload in (b"\0\xff\n", b""):
            assert server.receive() == (FIN | BINARY, payload)
            server.send(frame(FIN | BINARY, payload))
        server.close()
        assert run.ends(DONE) == b"00ff0a\n\n"
        run = switched(server, "--binary", "--json")
        run.process.stdin.write(b"61\r\n")
        run.process.stdin.flush()
        assert server.receive() == (FIN | BINARY, b"a")
        server.send(frame(FIN | BINARY, b"\x1b") + frame(FIN | TEXT, b"text"))
        run.process.stdin.close()
        run.process.stdin = None
        server.close()
        out = run.process.stdout.read()
        assert json.loads(out)["messages"] == ["1b", "text"], out
        assert run.process.wait(20) == DONE
    with demo() as uri:
        assert Run("--binary", uri).ends(
            TALK, "line 2 of standard input is not hexadecimal",
            given=b"00\n0\n") in (b"", b"00\n")


def it_marks_what_was_sent_on_a_terminal_only():
    leader, follower = os.openpty()
    with Server() as server, open(leader, "rb", 0) as screen:
        process = subprocess.Popen(
            [CLIENT, "--message", "a\x1b", f"ws://{server.authority}/"],
            stdin=subprocess.DEVNULL, stdout=follower, stderr=follower)
        os.close(follower)
        server.peer, _ = server.listener.accept()
        server.request = read_head(server.peer)
        server.send(server.answer())
        server.echo()
        server.close()
        assert process.wait(20) == DONE
        shown = screen.read(1000)
        assert shown == b"> a\\x1b\r\n< a\\x1b\r\n", shown


def it_has_one_screen_of_help():
    lines = Run("--help").ends(DONE).decode().split("\n")
    assert len(lines) <= 45 and max(map(len, lines)) <= 79, lines


run_tests(globals())
