# SPDX-License-Identifier: MIT
"""upshake-client up to the switch: every option, every kind of answer, every
line on stderr.

usage: test_client.py CLIENT DEMO
"""
import base64
import contextlib
import re
import socket
import struct
import time

from client_peer import (DONE, FIN, INCOMPLETE, OTHER, PING, REFUSED, TALK,
                         TEXT, Run, Server, demo, frame, refuses_to_run,
                         run_tests)
from peer import read_head


# ---- The request -------------------------------------------------------------

def it_asks_as_rfc_6455_says():
    with Server() as server:
        keys = set()
        for target, sent in (("/chat?a=%20b", "/chat?a=%20b"), ("", "/"),
                             ("?a", "/?a")):
            server.start(target=target)
            line, *fields = server.request.decode().split("\r\n")
            assert line == f"GET {sent} HTTP/1.1", line
            assert f"Host: {server.authority}" in fields, fields
            assert "Upgrade: websocket" in fields, fields
            assert "Connection: Upgrade" in fields, fields
            assert "Sec-WebSocket-Version: 13" in fields, fields
            key = server.field("Sec-WebSocket-Key")
            assert len(base64.b64decode(key, validate=True)) == 16, key
            keys.add(key)
            for name in ("Origin", "Sec-WebSocket-Protocol",
                         "Sec-WebSocket-Extensions"):
                assert server.field(name) is None, server.request
        assert len(keys) == 3, keys
        server.start("--deflate", "--subprotocol=b", "--subprotocol=a")
        assert server.field("Sec-WebSocket-Protocol") == "b, a"
        assert (server.field("Sec-WebSocket-Extensions")
                == "permessage-deflate; client_max_window_bits")


def it_takes_other_spellings_of_a_uri():
    with Server() as server:
        for uri in (f"WS://127.0.0.1:000{server.port}",
                    f"ws://127.0.0.1:{server.port}?"):
            run = Run("--message", "a", uri)
            server.peer, _ = server.listener.accept()
            server.request = read_head(server.peer)
            assert int(server.field("Host").split(":")[1]) == server.port
            server.send(server.answer())
            server.echo()
            server.close()
            assert run.ends(DONE) == b"a\n"


def it_speaks_ipv6():
    try:
        server = Server(socket.AF_INET6, "::1")
    except OSError:
        print("   (no IPv6 here)")
        return
    with server:
        run = server.start("--message", "a")
        assert server.field("Host") == f"[::1]:{server.port}"
        server.send(server.answer())
        server.echo()
        server.close()
        assert run.ends(DONE) == b"a\n"


def it_says_which_uri_is_wrong():
    for uri, error in (
            ("http://a/", "write ws:// instead of http://"),
            ("HTTPS://a", "write wss:// instead of https://"),
            ("a:b/", "not ws://HOST"), ("ws:/a", "not ws://HOST"),
            ("", "not ws://HOST"),
            ("/a", "not ws://HOST"), ("u@", "not ws://HOST"),
            ("a:", "not ws://HOST"), ("a:65536", "1 to 65535"),
            ("a/#b", "fragment"), ("[::1", "has no end"),
            ("ws://a/#", "fragment"), ("ws://a#b", "fragment"),
            ("ws://", "without a host"), ("ws:///a", "without a host"),
            ("ws://:80/", "without a host"), ("ws://[]/", "without a host"),
            ("ws://[::1/", "has no end"), ("ws://[::1]1/", "behind ]"),
            ("ws://u%4@a/", "hexadecimal digits behind it"),
            ("ws://u%3a:p@a/", "user name has a colon"),
            ("ws://%s@a/" % ("u" * 513), "user is too long"),
            ("ws://u@/", "without a host"), ("ws://@:1/", "without a host"),
            ("ws://a:0/", "1 to 65535"), ("ws://a:65536/", "1 to 65535"),
            ("ws://a:999999999999/", "1 to 65535"),
            ("ws://a:b/", "port is a number"), ("ws://a:1:2/", "is a number"),
            ("ws://a:-1/", "port is a number"),
            ("ws://%s/" % ("a" * 300), "too long"),
            ("ws://[1::2::3]/", "TARGET_AUTHORITY"),
            ("ws://a b/", "TARGET_AUTHORITY"),
            ("ws://a\\b/", "TARGET_AUTHORITY"),
            ("ws://a/b c", "TARGET_BYTE"), ("ws://a/\u00fc", "TARGET_BYTE"),
            ("ws://a/\r\nX: y", "TARGET_BYTE")):
        refuses_to_run(error, uri)
    refuses_to_run("no URI")
    refuses_to_run("more than one URI", "ws://a/", "ws://b/")


def it_says_which_option_is_wrong():
    for error, *options in (
            ("unknown option", "--no-such"), ("unknown option", "--json=1"),
            ("unknown option", "-x"), ("unknown option", "--"),
            ("needs a value", "--message"), ("needs a value", "--timeout"),
            ("is not UTF-8", "--message", b"\xff"),
            ("is not NAME: VALUE", "--header", "x"),
            ("is not NAME: VALUE", "--header", ": x"),
            ("not a number from 1", "--timeout", "0"),
            ("not a number from 1", "--timeout", "1s"),
            ("not a number from 1", "--timeout", "-1"),
            ("not a number from 1", "--timeout", "99999999999999999999")):
        refuses_to_run(error, *options)
    uri = "ws://127.0.0.1:1/"
    for error, *options in (
            ("EXTRA_NAME", "--header", "a b: c"),
            ("EXTRA_NAME", "--header", "a : c"),
            ("EXTRA_VALUE", "--header", "a: b\r\nc: d"),
            ("EXTRA_RESERVED", "--header", "Host: a"),
            ("EXTRA_RESERVED", "--header", "origin: http://a"),
            ("EXTRA_RESERVED", "--header", "Sec-WebSocket-Key: a"),
            ("SUBPROTOCOL_MALFORMED", "--subprotocol", "a b"),
            ("SUBPROTOCOL_MALFORMED", "--subprotocol=a", "--subprotocol=/"),
            ("ORIGIN_MALFORMED", "--origin", "http://a "),
            ("ORIGIN_MALFORMED", "--origin", "file://\r\nX: y"),
            ("longer than 65536 bytes", "--header", "a: " + "b" * 70000)):
        refuses_to_run(error, *options, uri)
    out = Run("--help").ends(DONE)
    assert out.startswith(b"usage: upshake-client "), out


# ---- What is shown ----------------------------------------------------------


def it_sends_origin_and_fields():
    with demo() as uri:
        Run("--json", "--origin", "http://evil.example", uri).reports(
            OTHER, "no switch: the server answers 403 Forbidden",
            outcome="other", status=403, error=None, rule=None, offset=None,
            protocol=None, subprotocol=None, extensions=None, close=True,
            messages=[])
        Run("--origin", uri.replace("ws", "http"), "--message", "a",
            uri).ends(DONE)
    with Server() as server:
        server.start("--header", "Cookie: a=b; c", "--header=X-Y:z \t",
                     "--header", "X-Empty:", "--origin", "https://a.example")
        assert server.field("Cookie") == "a=b; c", server.request
        assert server.field("X-Y") == "z", server.request
        assert server.field("Origin") == "https://a.example", server.request
        assert b"\r\nX-Empty: \r\n" in server.request, server.request
        for origin in ("null", "file://"):
            server.start("--origin", origin)
            assert server.field("Origin") == origin, server.request


def it_shows_both_heads():
    with Server() as server:
        run = server.start("-v", "--message", "a")
        answer = (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                  + server.answer("X: a\tb\x1b\u00e9".replace("\x1b", "")))
        server.send(answer)
        server.echo()
        server.close()
        out, said = run.process.communicate(timeout=20)
        assert (run.process.returncode, out) == (DONE, b"a\n"), said
        heads = [b"> " + line for line in server.request.split(b"\r\n")[:-1]]
        heads += [b"< " + line for line in answer.split(b"\r\n")[:-1]]
        shown = b"\n".join(heads).replace(b"\xc3\xa9", b"\\xc3\\xa9") + b"\n"
        assert said == shown, (said, shown)


def it_closes_a_line_that_is_cut_off():
    with Server() as server:
        run = server.start("-v")
        server.send(b"HTTP/1.1 101 \x1b[2J\r\n\r\n")
        _, said = run.process.communicate(timeout=20)
        assert run.process.returncode == REFUSED
        lines = iter(said.decode().split("\n"))
        assert "< HTTP/1.1 101 " in lines, said
        assert re.search("STATUS_LINE: .*, byte 13$", next(lines)), said


# ---- The answer --------------------------------------------------------------

def it_takes_a_first_frame_glued_to_the_101():
    with Server() as server:
        for early in ((b"early",), (b"a", b"b", b"c" * 70000), (b"",)):
            run = server.start("--json", "--message", "late")
            head = server.answer()
            server.send(head + b"".join(frame(FIN | TEXT, text)
                                        for text in early))
            assert server.echo() == b"late"
            server.close()
            run.reports(DONE, consumed=len(head),
                        messages=[text.decode() for text in early] + ["late"])


def it_ignores_content_of_a_101():
    with Server() as server:
        run = server.start("--json", "--message", "a")
        head = server.answer("Content-Length: 5", "Transfer-Encoding: gzip")
        server.send(head)
        assert server.echo() == b"a"
        server.close()
        run.reports(DONE, consumed=len(head), messages=["a"])


def it_takes_a_101_octet_by_octet():
    with Server() as server:
        run = server.start("--json", "--message", "a", "--timeout", "1000")
        head = server.answer("X: y")
        for octet in head + frame(FIN | TEXT, b"early"):
            server.send(bytes([octet]))
            time.sleep(0.005)
        for octet in frame(*server.receive()):
            server.send(bytes([octet]))
            time.sleep(0.005)
        server.close()
        run.reports(DONE, consumed=len(head), messages=["early", "a"])


def it_skips_interim_answers():
    interim = (b"HTTP/1.1 100 Continue\r\n\r\n"
               b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nUpgrade: b\r\n\r\n"
               b"HTTP/1.1 199 \r\n\r\n")
    with Server() as server:
        for times in (1, 10):
            run = server.start("--json", "--message", "a")
            head = interim * times + server.answer()
            server.send(head)
            server.echo()
            server.close()
            run.reports(DONE, status=101, consumed=len(head))
        run = server.start("--json")
        server.send(interim * 11)
        run.reports(REFUSED, "INTERIM_MANY", outcome="refused",
                    error="INTERIM_MANY")


def it_takes_folded_lines_and_other_spellings():
    with Server() as server:
        run = server.start("--message", "a")
        server.send(b"HTTP/1.1 101 \r\nX: a\r\n b\r\nconnection:keep-alive, "
                    b"UPGRADE\r\nuPGRADE: WebSocket\r\n"
                    b"sec-websocket-accept:\t %s\r\n\r\n"
                    % server.accept_value())
        server.echo()
        server.close()
        assert run.ends(DONE) == b"a\n"


def it_refuses_answers_that_break_a_rule():
    def changed(old, new):
        return lambda head: head.replace(old, new)
    with Server() as server:
        for error, options, change in (
                ("ACCEPT_WRONG", (), lambda head: re.sub(
                    b"Accept: .*", b"Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r",
                    head)),
                ("ACCEPT_MISSING", (),
                 lambda head: re.sub(b"Sec-WebSocket-Accept.*\n", b"",
                                     head)),
                ("UPGRADE_MISSING", (), changed(b"Upgrade: websocket\r\n",
                                                b"")),
                ("UPGRADE_NOT_ASKED", (), changed(b"websocket\r\n",
                                                  b"h2c\r\n")),
                ("CONNECTION_MISSING", (), changed(b"Connection: Upgrade\r\n",
                                                   b"")),
                ("SWITCH_HTTP_1_0", (), changed(b"HTTP/1.1", b"HTTP/1.0")),
                ("SUBPROTOCOL_NOT_ASKED", (), changed(
                    b"\r\n\r\n", b"\r\nSec-WebSocket-Protocol: a\r\n\r\n")),
                ("SUBPROTOCOL_NOT_ASKED", ("--subprotocol=b",), changed(
                    b"\r\n\r\n", b"\r\nSec-WebSocket-Protocol: a\r\n\r\n")),
                ("EXTENSION_NOT_ASKED", (), changed(
                    b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: "
                    b"permessage-deflate\r\n\r\n")),
                ("EXTENSION_NOT_ASKED", ("--deflate",), changed(
                    b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: x\r\n\r\n")),
                ("EXTENSION_PARAMETER", ("--deflate",), changed(
                    b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: permessage-"
                    b"deflate; server_max_window_bits=16\r\n\r\n")),
                ("LINE_END", (), changed(b"\r\n", b"\n")),
                ("STATUS_LINE", (), lambda head: b"\r\n" + head),
                ("STATUS_LINE", (), lambda head: b"SSH-2.0-x\r\n"),
                ("HTTP_VERSION", (), changed(b"HTTP/1.1", b"HTTP/2.0")),
                ("FIELD_BLANK", (), changed(b"Upgrade:", b"Upgrade :")),
                ("HEAD_LONG", (), changed(b"\r\n\r\n", b"\r\nX: "
                                          + b"y" * 70000 + b"\r\n\r\n")),
                ("FIELDS_MANY", (), changed(b"\r\n\r\n",
                                            b"\r\nX: y" * 200 + b"\r\n\r\n"))):
            run = server.start("--json", *options)
            head = change(server.answer())
            with contextlib.suppress(ConnectionError):
                server.send(head)
            report = run.reports(REFUSED, "refused: %s: " % error,
                                 outcome="refused", error=error, close=True,
                                 extensions=None, protocol=None, messages=[])
            assert report["rule"].startswith("RFC "), report
            assert 0 <= report["offset"] <= len(head), report
            with contextlib.suppress(ConnectionError):
                server.ends()


def it_says_where_an_answer_is_wrong():
    with Server() as server:
        run = server.start("--json")
        head = server.answer().replace(b"Accept: ", b"Accept: a")
        server.send(b"HTTP/1.1 100 \r\n\r\n" + head)
        run.reports(REFUSED, "(RFC 6455 4.1), byte ", status=101,
                    error="ACCEPT_WRONG", rule="RFC 6455 4.1",
                    offset=17 + head.index(b"Accept: ") + 8)


def it_tells_other_answers():
    with Server() as server:
        for head, body, close, error in (
                (b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic "
                 b"realm=\"a\"\r\nContent-Length: 5\r\n", b"hello", False,
                 '401 Unauthorized; WWW-Authenticate: Basic realm="a"'),
                (b"HTTP/1.1 407 x\r\nProxy-Authenticate: Basic\r\n", b"", True,
                 "407 x; Proxy-Authenticate: Basic"),
                (b"HTTP/1.1 301 Moved\r\nLocation: ws://b/\r\n"
                 b"Content-Length: 0\r\n", b"", False,
                 "301 Moved; Location: ws://b/"),
                (b"HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 8"
                 b"\r\nConnection: Upgrade, close\r\nContent-Length: 0\r\n",
                 b"", True, "426 Upgrade Required; Sec-WebSocket-Version: 8"),
                (b"HTTP/1.1 503 \r\nRetry-After: 5\r\n"
                 b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n", False,
                 "503; Retry-After: 5"),
                (b"HTTP/1.1 404 x\r\nTransfer-Encoding: gzip\r\n", b"", True,
                 "404 x\n"),
                (b"HTTP/1.1 200 OK\r\n", b"<html>", True, "answers 200 OK\n"),
                (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n", b"ab", True,
                 "answers 200 OK\n"),
                (b"HTTP/1.0 404 \xe9\r\nConnection: keep-alive\r\n"
                 b"Content-Length: 2\r\n", b"ab", False, "404 \\xe9\n"),
                (b"HTTP/1.1 204 No\r\n", b"", False, "204 No\n")):
            run = server.start("--json", "--message", "a")
            server.send(head + b"\r\n" + body)
            run.reports(OTHER, error, outcome="other",
                        status=int(head[9:12]), error=None, rule=None,
                        offset=None, consumed=len(head) + 2, close=close,
                        protocol=None, messages=[])


def it_ends_with_a_server_that_closes_early():
    with Server() as server:
        for part in (0, 1, 20, -1):
            run = server.start("--json")
            octets = server.answer()[:part]
            server.send(octets)
            server.peer.close()
            run.reports(INCOMPLETE, "closed before its answer was complete: "
                        "%d bytes came" % len(octets), outcome="incomplete",
                        status=0, error=None, rule=None, offset=None,
                        consumed=len(octets), protocol=None, close=False)
        run = server.start()
        server.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               struct.pack("ii", 1, 0))
        server.peer.close()
        assert run.ends(INCOMPLETE, "connection is lost") == b""


def it_does_not_wait_for_ever():
    with Server() as server:
        for octets in (b"", b"HTTP/1.1 101 "):
            started = time.monotonic()
            run = server.start("--json", "--timeout", "300")
            server.send(octets)
            run.reports(INCOMPLETE, "nothing for 300 ms while waiting for the "
                        "answer: %d bytes came" % len(octets),
                        outcome="incomplete", consumed=len(octets))
            assert 0.3 <= time.monotonic() - started < 5
        for texts in ((), ("a",)):
            run = server.start("--timeout", "300", "--message", "a",
                               "--message", "b")
            server.send(server.answer())
            for _ in texts:
                server.echo()
            assert run.ends(TALK, "nothing for 300 ms while waiting for an "
                            "echo") == b"".join(b"a\n" for _ in texts)
        run = server.start("--timeout", "300", "--message", "a")
        server.send(server.answer())
        server.echo()
        run.ends(TALK, "300 ms while waiting for the server's Close")


def it_is_not_kept_alive_by_pings_or_chatter():
    with Server() as server:
        for first, error in ((FIN | PING, "waiting for an echo"),
                             (FIN | TEXT, "waiting for the server's Close")):
            run = server.start("--timeout", "400", "--message", "a")
            server.send(server.answer())
            with contextlib.suppress(ConnectionError):
                for _ in range(200):
                    server.send(frame(first, b"x"))
                    time.sleep(0.05)
                raise AssertionError("it waits still")
            out, said = run.process.communicate(timeout=20)
            assert run.process.returncode == TALK, said
            assert error in said.decode(), said


def it_says_why_it_cannot_connect():
    with Server() as server:
        uri = f"ws://127.0.0.1:{server.port}/"
    Run("--json", uri).reports(
        INCOMPLETE, "cannot connect to 127.0.0.1 port %d: Connection refused"
        % server.port, outcome="incomplete", status=0, consumed=0)
    Run("ws://no-such-host.invalid/").ends(
        INCOMPLETE, "cannot connect to no-such-host.invalid port 80: ")
    # A queue of connections that is full takes no further one.
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(8):
            peer = waiting.enter_context(socket.socket())
            peer.setblocking(False)
            peer.connect_ex(listener.getsockname())
        time.sleep(0.1)
        Run("--timeout", "300",
            "ws://127.0.0.1:%d" % listener.getsockname()[1]).ends(
            INCOMPLETE, "timed out")


run_tests(globals())
