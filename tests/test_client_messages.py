# SPDX-License-Identifier: MIT
"""upshake-client behind the switch: messages, pings, the Close, compressing;
against upshake-demo, and against a server that breaks the rules.

usage: test_client_messages.py CLIENT DEMO
"""
import contextlib
import json
import os
import random
import socket
import struct
import subprocess
import time
import zlib

from client_peer import (BINARY, CLIENT, CLOSE, CONTINUED, DONE, FIN, MASKED,
                         MAX, NORMAL, PING, PONG, REFUSED, RSV1, RSV2, TALK,
                         TEXT, Run, Server, demo, frame, run_tests, switched)
from peer import read_head


# ---- Against upshake-demo ----------------------------------------------------

def it_echoes_messages():
    with demo() as uri:
        out = Run("--message", "hello", "--message=", "--message",
                  "Gr\u00fc\u00dfe \U0001f600", uri).ends(DONE)
        assert out.decode() == "hello\n\nGr\u00fc\u00dfe \U0001f600\n", out


def it_echoes_lines():
    with demo() as uri:
        for given in (b"one\ntwo\n\nfour\n", b"", b"\n",
                      b"".join(b"%d\n" % i for i in range(20000)),
                      b"x" * (MAX - 1) + b"\n" + b"y" * 70000 + b"\n"):
            assert Run(uri + "/").ends(DONE, given=given) == given
        assert Run(uri).ends(DONE, given=b"no end") == b"no end\n"


def it_agrees_on_deflate_and_a_subprotocol():
    with demo("--deflate", "--subprotocol", "chat") as uri:
        report = Run("--json", "--deflate", "--subprotocol", "other",
                     "--subprotocol", "chat", "--message", "x" * 5000,
                     "--message", "x" * 5000, uri).reports(
            DONE, outcome="switched", status=101, error=None, rule=None,
            offset=None, protocol="websocket", subprotocol="chat",
            extensions="permessage-deflate", close=False, reply="",
            messages=["x" * 5000] * 2)
        assert report["consumed"] > 100, report
        Run("--json", "--message", "a", uri).reports(
            DONE, subprotocol=None, extensions=None, messages=["a"])
        Run("--json", "--subprotocol", "a", "--message", "a", uri).reports(
            DONE, outcome="switched", subprotocol=None)
        Run("--json", "--subprotocol", "a", "--subprotocol-required",
            uri).reports(REFUSED, "SUBPROTOCOL_NONE", outcome="refused",
                         status=101, error="SUBPROTOCOL_NONE", close=True,
                         messages=[])
        given = b"".join(b"line %d\n" % i for i in range(5000))
        assert Run("--deflate", uri).ends(DONE, given=given) == given


# ---- Behind the switch -------------------------------------------------------

def it_answers_pings():
    with Server() as server:
        run = switched(server, "--message", "a")
        message = server.receive()
        for payload in (b"", b"ping", b"x" * 125):
            server.send(frame(FIN | PING, payload))
            assert server.receive() == (FIN | PONG, payload)
        server.send(frame(FIN | PONG, b"nobody asked") + frame(*message))
        server.close()
        assert run.ends(DONE) == b"a\n"


def it_puts_fragments_together():
    with Server() as server:
        run = switched(server, "--message", "a")
        server.receive()
        server.send(frame(TEXT, b"\xc3") + frame(FIN | PING, b"x")
                    + frame(CONTINUED, b"") + frame(CONTINUED, b"\xbc"))
        assert server.receive() == (FIN | PONG, b"x")
        server.send(frame(FIN | CONTINUED, b"!"))
        server.close()
        assert run.ends(DONE).decode() == "\u00fc!\n"


def it_prints_what_comes_while_it_closes():
    with Server() as server:
        run = switched(server, "--json", "--message", "a")
        server.echo()
        assert server.receive() == (FIN | CLOSE, NORMAL)
        server.send(frame(FIN | TEXT, b"late") + frame(FIN | CLOSE, b""))
        server.ends()
        run.reports(DONE, messages=["a", "late"])


def it_writes_json_that_holds_any_text():
    texts = ['"\\/\b\f\n\r\t\0\x7f', "\u0080\u009b\u00a0\u00ff\u2028\uffff",
             "\U0001f600", ""]
    with Server() as server:
        run = switched(server, "--json", "--message", "a")
        server.receive()
        server.send(b"".join(frame(FIN | TEXT, text.encode())
                             for text in texts))
        server.close()
        run.reports(DONE, messages=texts)
        run = switched(server, "--json", "--message", "a")
        server.receive()
        server.send(frame(FIN | TEXT, (BIDI + NOT_BIDI).encode()))
        server.close()
        out = run.ends(DONE).decode()
        assert json.loads(out)["messages"] == [BIDI + NOT_BIDI], out
        assert not set(BIDI) & set(out) and set(NOT_BIDI) < set(out), out


def it_counts_octets_that_are_no_text_as_an_answer():
    with Server() as server:
        run = switched(server, "--json", "--message", "a")
        server.receive()
        server.send(frame(FIN | BINARY, b"\xff\0\x01"))
        server.close()
        run.reports(DONE, "a message of 3 bytes that are no text",
                    messages=[])


def it_says_with_which_code_the_server_closes():
    with Server() as server:
        for payload, status, error in (
                (struct.pack(">H", 1001), TALK, "closed with 1001"),
                (struct.pack(">H", 1011) + b"a \xc3\xbc\x1b", TALK,
                 "closed with 1011 a \\xc3\\xbc\\x1b"),
                (struct.pack(">H", 4999) + b"x" * 123, TALK,
                 "closed with 4999 " + "x" * 123),
                (b"", TALK, "closed before the echo came"),
                (NORMAL, TALK, "closed before the echo came")):
            run = switched(server, "--json", "--message", "a")
            server.receive()
            server.send(frame(FIN | CLOSE, payload))
            assert server.receive() == (FIN | CLOSE, payload)
            server.ends()
            run.reports(status, error, outcome="switched", status=101,
                        messages=[])
        for payload in (NORMAL + b"bye", b""): # RFC 6455 7.1.5: no code is 1005
            run = switched(server)
            server.send(frame(FIN | CLOSE, payload))
            assert server.receive() == (FIN | CLOSE, payload)
            server.ends()
            assert run.ends(DONE) == b""
        run = switched(server, "--message", "a")
        server.echo()
        server.close(struct.pack(">H", 1002))
        assert run.ends(TALK, "closed with 1002") == b"a\n"


def it_says_that_the_server_ends_without_a_close():
    with Server() as server:
        for octets in (b"", frame(FIN | TEXT, b"a")[:-1],
                       frame(TEXT, b"a")):
            run = switched(server, "--message", "a")
            server.receive()
            server.send(octets)
            server.peer.close()
            run.ends(TALK, "ended it without a Close")
        # The echo came, and the answer to our Close did not.
        run = switched(server, "--message", "a")
        server.echo()
        server.receive()
        server.peer.close()
        assert run.ends(TALK, "ended it without a Close") == b"a\n"


def it_closes_where_the_server_breaks_a_rule():
    def masked(payload):
        return b"\x81" + bytes([MASKED | len(payload)]) + bytes(4) + payload
    with Server() as server:
        for octets, code, error in (
                (frame(FIN | TEXT, b"\xff"), 1007, "not UTF-8"),
                (frame(FIN | TEXT, b"\xc3"), 1007, "not UTF-8"),
                (frame(FIN | TEXT, b"x" * (MAX + 1)), 1009,
                 "more than 1048576 bytes"),
                (frame(TEXT, b"x" * MAX) + frame(CONTINUED, b"x"), 1009,
                 "more than 1048576 bytes"),
                (frame(TEXT, b"") + frame(CONTINUED, b"") * 32768, 1008,
                 "more than 32768 frames"),
                (masked(b"a"), 1002, "breaks a rule"),
                (frame(FIN | RSV1 | TEXT, b"a"), 1002, "breaks a rule"),
                (frame(FIN | RSV2 | TEXT, b"a"), 1002, "breaks a rule"),
                (frame(FIN | 3, b"a"), 1002, "breaks a rule"),
                (frame(FIN | CONTINUED, b"a"), 1002, "breaks a rule"),
                (frame(TEXT, b"a") + frame(FIN | TEXT, b"a"), 1002,
                 "breaks a rule"),
                (frame(PING, b"a"), None, "breaks a rule"),
                (frame(FIN | PING, b"a" * 126), None, "breaks a rule"),
                (frame(FIN | CLOSE, b"\x03"), None, "breaks a rule"),
                (frame(FIN | CLOSE, b"\x03\xed"), 1002, "breaks a rule"),
                (b"\x81\x7e\x00\x05hello", None, "breaks a rule"),
                (b"HTTP/1.1 400 Bad Request\r\n\r\n", None, "breaks a rule")):
            run = switched(server, "--message", "a")
            server.receive()
            server.send(octets)
            server.is_told(code)
            assert run.ends(TALK, error) == b""


def it_takes_a_close_glued_to_the_101():
    with Server() as server:
        for code, status, error in ((1000, TALK, "before the echo came"),
                                    (1013, TALK, "closed with 1013 busy")):
            run = server.start("--message", "a")
            close = struct.pack(">H", code) + b"busy"
            server.send(server.answer() + frame(FIN | TEXT, b"b")
                        + frame(FIN | CLOSE, close))
            first, payload = server.receive()
            # wslay does not know 1013, and so answers 1002.
            assert (first, payload[2:]) == (FIN | CLOSE, close[2:] if code ==
                                            1000 else b""), (first, payload)
            server.ends()
            assert run.ends(status, error) == b"b\n"


def it_hears_why_a_server_goes_that_reads_no_more():
    with Server() as server:
        run = switched(server, "--message", "x" * 100000, "--message", "b")
        server.receive()
        server.send(frame(FIN | CLOSE, struct.pack(">H", 1011)))
        server.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               struct.pack("ii", 1, 0))
        time.sleep(0.2)
        server.peer.close()
        run.ends(TALK, "closed with 1011")


def it_does_not_wait_for_a_server_that_takes_nothing():
    with Server() as server:
        server.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        run = switched(server, "--timeout", "400")
        out = run.ends(TALK, "400 ms while waiting for the server to take",
                       given=(b"x" * 500000 + b"\n") * 20)
        assert out == b""


def it_is_not_held_by_a_flood_of_pings():
    with Server() as server:
        run = switched(server, "--timeout", "400", "--message", "a")
        server.peer.settimeout(0)
        end = time.monotonic() + 15
        with contextlib.suppress(ConnectionError):
            while run.process.poll() is None and time.monotonic() < end:
                with contextlib.suppress(BlockingIOError):
                    server.peer.send(frame(FIN | PING, b"") * 1000)
                with contextlib.suppress(BlockingIOError):
                    while server.peer.recv(65536):
                        pass
        run.ends(TALK, "400 ms while waiting for ")


def it_says_what_is_wrong_with_its_input():
    with demo() as uri:
        assert Run(uri).ends(TALK, "line 2 of standard input is not UTF-8",
                             given=b"a\n\xff\nb\n") in (b"", b"a\n")
        Run(uri).ends(TALK, "line 1 of standard input is longer than",
                      given=b"x" * (MAX + 1))
        with open(os.devnull, "wb") as nothing:
            run = subprocess.run([CLIENT, uri], stdin=nothing,
                                 capture_output=True, timeout=20)
        assert run.returncode == TALK, run
        assert b": cannot read standard input: " in run.stderr, run


def it_says_that_it_cannot_print():
    if not os.path.exists("/dev/full"):
        print("   (no /dev/full here)")
        return
    with demo() as uri, open("/dev/full", "wb") as full:
        for option in ("--json", "--deflate"):
            run = subprocess.run([CLIENT, option, "--message", "a", uri],
                                 stdout=full, stderr=subprocess.PIPE)
            assert run.returncode == 74, run
            assert run.stderr == b"upshake-client: cannot write what came\n"


def it_takes_no_socket_for_a_standard_stream():
    """Closed ones: the socket would get the number of one of them."""
    def run(redirection, *arguments):
        return subprocess.run(
            ["sh", "-c", f'exec "$@" {redirection}', "sh", CLIENT, *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    with demo() as uri:
        ended = run("2>&-", "-v", "--message", "a", uri)
        assert (ended.returncode, ended.stdout) == (DONE, b"a\n"), ended
        ended = run(">&-", "--message", "a", uri)
        assert ended.returncode == 74, ended
        assert ended.stderr == b"upshake-client: cannot write what came\n"
        ended = run("<&-", uri)
        assert ended.returncode == TALK, ended
        assert b": cannot read standard input: " in ended.stderr, ended
        assert run("<&- >&- 2>&-", "--message", "a", uri).returncode == 74


# ---- Compressed --------------------------------------------------------------

DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate"
FINAL_BLOCK = b"\x03\x00"
NOISE = bytes(random.Random(7692).choices(range(0x20, 0x7f), k=4000))


class Deflater:
    """Python's zlib as the server's side."""

    def __init__(self, ours=15, its=15, we_forget=False, it_forgets=False):
        self.ours, self.its = ours, its
        self.we_forget, self.it_forgets = we_forget, it_forgets
        self.out = zlib.compressobj(wbits=-max(ours, 9))
        self.inn = zlib.decompressobj(wbits=-its)

    def compress(self, text):
        if self.we_forget:
            self.out = zlib.compressobj(wbits=-max(self.ours, 9))
        octets = self.out.compress(text) + self.out.flush(zlib.Z_SYNC_FLUSH)
        return octets[:-4]

    def inflate(self, octets):
        if self.it_forgets:
            self.inn = zlib.decompressobj(wbits=-self.its)
        return self.inn.decompress(octets + b"\0\0\xff\xff")


def it_compresses_as_was_agreed():
    text = (b"Gr\xc3\xbc\xc3\x9fe " * 200 + b"|".join([b"abc"] * 300)).decode()
    noise = NOISE.decode()
    with Server() as server:
        for parameters, how in (
                ("", {}),
                ("; server_max_window_bits=9", {"ours": 9}),
                ("; server_max_window_bits=8; client_max_window_bits=8",
                 {"ours": 8, "its": 8}),
                ("; client_max_window_bits=9; server_max_window_bits=15",
                 {"its": 9}),
                ("; server_no_context_takeover", {"we_forget": True}),
                ("; client_no_context_takeover", {"it_forgets": True}),
                ('; server_max_window_bits="10"; client_no_context_takeover; '
                 "server_no_context_takeover",
                 {"ours": 10, "we_forget": True, "it_forgets": True})):
            texts = [text, "x", noise, "", noise, text]
            run = server.start("--json", "--deflate",
                               *("--message=" + each for each in texts))
            server.send(server.answer(DEFLATE + parameters))
            deflater, sizes = Deflater(**how), []
            for each in texts:
                first, payload = server.receive()
                assert first == (FIN | RSV1 | TEXT if each else FIN | TEXT)
                if each:
                    assert deflater.inflate(payload).decode() == each
                    sizes.append(len(payload))
                    payload = deflater.compress(each.encode())
                server.send(frame(first, payload))
            remembers = not how.get("it_forgets") and how.get("its", 15) > 12
            assert (sizes[3] < sizes[2] / 5) == remembers, (parameters, sizes)
            server.close()
            run.reports(DONE, messages=texts,
                        extensions="permessage-deflate" + parameters)


def it_takes_other_ways_to_compress():
    with Server() as server:
        run = server.start("--json", "--deflate", "--message", "a")
        server.send(server.answer(DEFLATE))
        server.receive()
        octets = Deflater().compress(b"in parts")
        server.send(frame(RSV1 | TEXT, octets[:3]) + frame(FIN | PING, b"")
                    + frame(CONTINUED, octets[3:4])
                    + frame(FIN | CONTINUED, octets[4:])
                    + frame(FIN | TEXT, b"plain")
                    + frame(FIN | RSV1 | TEXT, b"\x00")
                    + frame(FIN | RSV1 | TEXT, FINAL_BLOCK * 64 + b"\x00"))
        assert server.receive() == (FIN | PONG, b"")
        server.close()
        run.reports(DONE, messages=["in parts", "plain", "", ""])


def it_closes_where_what_is_compressed_is_wrong():
    with Server() as server:
        for octets, code, error in (
                (b"\xff" * 20, 1007, "cannot be inflated"),
                (Deflater().compress(b"\xff"), 1007, "not UTF-8"),
                (Deflater().compress(bytes(MAX + 1)), 1009,
                 "more than 1048576 bytes"),
                (Deflater().compress(bytes(50 * MAX)), 1009,
                 "more than 1048576 bytes"),
                (FINAL_BLOCK * 65 + b"\0", 1009,
                 "more than 64 final blocks"),
                (FINAL_BLOCK * (MAX // 2 - 1), 1009,
                 "more than 64 final blocks")):
            run = server.start("--deflate", "--message", "a")
            server.send(server.answer(DEFLATE))
            server.receive()
            server.send(frame(FIN | RSV1 | TEXT, octets))
            server.is_told(code)
            assert run.ends(TALK, error) == b""
        run = server.start("--deflate", "--message", "a")
        server.send(server.answer(DEFLATE))
        server.receive()
        server.send(frame(FIN | RSV1 | PING, b""))
        server.is_told(1002)
        run.ends(TALK, "breaks a rule")


# ---- In a terminal -----------------------------------------------------------

# The formatting characters of UAX 9 2, and their neighbours.
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e" \
       "\u2066\u2067\u2068\u2069"
NOT_BIDI = "\u061b\u061d\u200d\u2010\u2029\u202f\u2065\u206a\ufeff\U0001f600"


def escaped(text):
    return b"".join(b"\\x%02x" % octet for octet in text.encode())


def read_line(screen):
    line = b""
    while not line.endswith(b"\n"):
        line += screen.read(1)
    return line.rstrip(b"\r\n")


def it_talks_to_a_person():
    """Line by line, as they are typed; and nothing that the server sends
    controls the terminal."""
    leader, follower = os.openpty()
    with Server() as server, open(leader, "r+b", 0) as screen:
        process = subprocess.Popen([CLIENT, f"ws://{server.authority}/"],
                                   stdin=follower, stdout=follower,
                                   stderr=follower)
        os.close(follower)
        server.peer, _ = server.listener.accept()
        server.request = read_head(server.peer)
        server.send(server.answer())
        assert read_line(screen).startswith(b"connected; ")
        for text, back, shown in (
                (b"one", b"one", b"one"),
                (b"two", b"\x1b[2J\xc2\x9b2J\x07",
                 b"\\x1b[2J\\xc2\\x9b2J\\x07"),
                *((b"bidi", f"a{control}b".encode(),
                   b"a" + escaped(control) + b"b") for control in BIDI),
                (b"none", NOT_BIDI.encode(), NOT_BIDI.encode()),
                (b"", "\u00fc\ttab".encode(), "\u00fc\ttab".encode())):
            screen.write(text + b"\n")
            assert read_line(screen) == text  # as it is typed
            assert server.receive() == (FIN | TEXT, text)
            server.send(frame(FIN | TEXT, back))
            line = read_line(screen)
            shown = b"< " + shown
            assert line.expandtabs() == shown.expandtabs(), (line, shown)
        server.send(frame(FIN | TEXT, b"unasked"))
        assert read_line(screen) == b"< unasked"
        screen.write(b"\x04")
        server.close()
        assert process.wait(20) == DONE


run_tests(globals())
