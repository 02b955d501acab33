# SPDX-License-Identifier: MIT
"""What upshake-demo does with --deflate and --protocol, on raw sockets.

usage: test_demo.py PROGRAM

Compressing is Python's zlib here, so that both ends of permessage-deflate
(RFC 7692) are not the same program.
"""
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import zlib

from peer import dial, read, read_all

TAIL = b"\x00\x00\xff\xff"
TEXT, BINARY, CONTINUED, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
FIN, RSV1, RSV2 = 0x80, 0x40, 0x20
MAX = 1 << 20
EXTENSIONS = b"Sec-WebSocket-Extensions: "
PORT = 0
PID = 0


def connect():
    return dial(PORT, 20)


def read_head(peer):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += read(peer, 1)
    return head


class Socket:
    """A WebSocket that leaves every byte to the test."""

    def __init__(self, *offers):
        self.peer = connect()
        self.peer.sendall(
            b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + b"".join(EXTENSIONS + offer + b"\r\n" for offer in offers)
            + b"\r\n")
        head = read_head(self.peer)
        assert head.startswith(b"HTTP/1.1 101 "), head
        lines = [line[len(EXTENSIONS):] for line in head.split(b"\r\n")
                 if line.startswith(EXTENSIONS)]
        assert len(lines) < 2, head
        self.agreed = lines[0].decode() if lines else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.peer.close()

    def send(self, first, payload):
        mask = os.urandom(4)
        size = len(payload)
        if size < 126:
            length = bytes([0x80 | size])
        elif size < 65536:
            length = b"\xfe" + struct.pack(">H", size)
        else:
            length = b"\xff" + struct.pack(">Q", size)
        key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
        masked = (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")
        self.peer.sendall(bytes([first]) + length + mask + masked)

    def receive(self):
        first, size = read(self.peer, 2)
        assert size < 128, "masked by the server"
        if size == 126:
            size, = struct.unpack(">H", read(self.peer, 2))
        elif size == 127:
            size, = struct.unpack(">Q", read(self.peer, 8))
        return first, read(self.peer, size)

    def closes(self, code):
        first, payload = self.receive()
        assert first == FIN | CLOSE, (first, payload[:20])
        assert payload[:2] == struct.pack(">H", code), (code, payload)


class Deflated(Socket):
    """One that has agreed, and compresses as that says."""

    def __init__(self, *offers):
        super().__init__(*offers)
        assert self.agreed, "no extension"
        self.ours = self.bits("client")
        self.its = self.bits("server")
        self.we_forget = "client_no_context_takeover" in self.agreed
        self.it_forgets = "server_no_context_takeover" in self.agreed
        # zlib compresses with 9 bits where 8 are asked for; its distances then
        # fit into 8 bits as well (window less 262).
        self.out = zlib.compressobj(wbits=-max(self.ours, 9))
        self.inn = zlib.decompressobj(wbits=-self.its)

    def bits(self, side):
        found = re.search(side + r"_max_window_bits=(\d+)", self.agreed)
        return int(found[1]) if found else 15

    def compress(self, message):
        if self.we_forget:
            self.out = zlib.compressobj(wbits=-max(self.ours, 9))
        octets = (self.out.compress(message)
                  + self.out.flush(zlib.Z_SYNC_FLUSH))
        assert octets.endswith(TAIL)
        return octets[:-4]

    def receive_message(self, opcode):
        """Returns the message and how many bytes it was compressed to."""
        first, payload = self.receive()
        if not payload:
            assert first == FIN | opcode, first
            return b"", 0
        assert first == FIN | RSV1 | opcode, (first, payload[:20])
        if self.it_forgets:
            self.inn = zlib.decompressobj(wbits=-self.its)
        message = self.inn.decompress(payload + TAIL)
        assert not self.inn.unconsumed_tail and not self.inn.unused_data
        return message, len(payload)

    def echoes(self, message, opcode=BINARY):
        self.send(FIN | RSV1 | opcode, self.compress(message))
        echo, size = self.receive_message(opcode)
        assert echo == message, (len(echo), len(message))
        return size


NOISE = random.Random(7692).randbytes(3000)
WORDS = "Grüße, κόσμε, \U0001f600 ".encode() * 40


def echo_much(ws):
    for message in (b"Hello", b"Hello", WORDS, NOISE, NOISE, b"", b"x", WORDS,
                    NOISE[1500:] + NOISE[:1500], NOISE * 50, b"Hello"):
        ws.echoes(message)
    ws.echoes(WORDS, TEXT)
    ws.echoes(b"", TEXT)


def cpu_time():
    """Seconds of the processor that the program has taken."""
    with open(f"/proc/{PID}/stat", encoding="ascii") as stat:
        user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


# ---- What is agreed on -------------------------------------------------------

def it_echoes_compressed_messages():
    with Deflated(b"permessage-deflate") as ws:
        assert ws.agreed == "permessage-deflate", ws.agreed
        echo_much(ws)
    # What browsers offer.
    with Deflated(b"permessage-deflate; client_max_window_bits") as ws:
        assert ws.agreed == "permessage-deflate", ws.agreed
        echo_much(ws)


def it_does_so_with_every_window():
    for bits in range(9, 16):
        with Deflated(b"permessage-deflate; server_max_window_bits=%d"
                      % bits) as ws:
            assert ws.its == bits, ws.agreed
            echo_much(ws)
    for bits in range(8, 16):
        with Deflated(b'permessage-deflate; client_max_window_bits="%d"'
                      % bits) as ws:
            assert ws.ours == bits, ws.agreed
            echo_much(ws)


def it_keeps_the_context_between_messages():
    with Deflated(b"permessage-deflate") as ws:
        first, again = ws.echoes(NOISE), ws.echoes(NOISE)
        assert first > 3000 > 100 > again, (first, again)


def it_forgets_the_context_where_that_is_agreed():
    with Deflated(b"permessage-deflate; server_no_context_takeover") as ws:
        assert ws.it_forgets and not ws.we_forget, ws.agreed
        assert ws.echoes(NOISE) == ws.echoes(NOISE) > 3000
        echo_much(ws)
    with Deflated(b"permessage-deflate; client_no_context_takeover") as ws:
        assert ws.we_forget and not ws.it_forgets, ws.agreed
        assert ws.echoes(NOISE) > ws.echoes(NOISE)
        echo_much(ws)
    with Deflated(b"permessage-deflate; client_no_context_takeover; "
                  b"server_no_context_takeover; server_max_window_bits=9; "
                  b"client_max_window_bits=8") as ws:
        assert ws.it_forgets and ws.we_forget, ws.agreed
        assert (ws.its, ws.ours) == (9, 8), ws.agreed
        echo_much(ws)


def it_takes_the_first_offer_that_is_possible():
    with Deflated(b"x, permessage-deflate; server_max_window_bits=16",
                  b"permessage-deflate; server_max_window_bits=8",
                  b"permessage-deflate; server_max_window_bits=10; foo, "
                  b"permessage-deflate; server_max_window_bits=11") as ws:
        assert ws.its == 11, ws.agreed
        echo_much(ws)
    with Socket(b"permessage-deflate; server_max_window_bits=8", b"x") as ws:
        assert ws.agreed is None
        ws.send(FIN | TEXT, b"plain")
        assert ws.receive() == (FIN | TEXT, b"plain")


# ---- What a client may send --------------------------------------------------

def it_takes_messages_that_are_not_compressed():
    with Deflated(b"permessage-deflate") as ws:
        ws.send(FIN | TEXT, WORDS)
        assert ws.receive_message(TEXT)[0] == WORDS
        ws.send(FIN | BINARY, b"")
        assert ws.receive_message(BINARY)[0] == b""
        echo_much(ws)


def it_takes_a_compressed_message_in_fragments():
    with Deflated(b"permessage-deflate") as ws:
        octets = ws.compress(WORDS)
        ws.send(RSV1 | TEXT, octets[:10])
        ws.send(FIN | PING, b"between")
        assert ws.receive() == (FIN | PONG, b"between")
        ws.send(CONTINUED, b"")
        ws.send(CONTINUED, octets[10:11])
        ws.send(FIN | CONTINUED, octets[11:])
        assert ws.receive_message(TEXT)[0] == WORDS
        echo_much(ws)


def it_takes_every_kind_of_block():
    with Deflated(b"permessage-deflate") as ws:
        for level in (0, 1, 9):
            ws.out = zlib.compressobj(level=level, wbits=-15)
            ws.echoes(NOISE + WORDS)
        # Several flushes within a message (RFC 7692 7.2.3.4).
        octets = ws.out.compress(b"He") + ws.out.flush(zlib.Z_SYNC_FLUSH)
        ws.send(FIN | RSV1 | BINARY, octets + ws.compress(b"llo"))
        assert ws.receive_message(BINARY)[0] == b"Hello"
        # Nothing, in three spellings; the first is that of 7.2.3.6.
        for octets in (b"\x00", b"\x02\x00", b""):
            ws.send(FIN | RSV1 | BINARY, octets)
            assert ws.receive_message(BINARY)[0] == b"", octets


def it_goes_on_behind_a_last_block():
    """RFC 7692 7.2.3.5; and what was before it is still the context."""
    with Deflated(b"permessage-deflate") as ws:
        ws.echoes(NOISE)
        final = zlib.compressobj(wbits=-15, zdict=NOISE)
        ws.send(FIN | RSV1 | BINARY,
                final.compress(b"Hello") + final.flush() + b"\x00")
        assert ws.receive_message(BINARY)[0] == b"Hello"
        ws.out = zlib.compressobj(wbits=-15, zdict=NOISE + b"Hello")
        octets = ws.compress(NOISE[100:] + b"Hello")
        assert len(octets) < 100, len(octets)
        ws.send(FIN | RSV1 | BINARY, octets)
        assert ws.receive_message(BINARY)[0] == NOISE[100:] + b"Hello"


FINAL_BLOCK = b"\x03\x00"


def it_takes_no_more_than_64_final_blocks_in_a_message():
    with Deflated(b"permessage-deflate") as ws:
        for _ in range(3):  # each message has its own
            ws.send(FIN | RSV1 | BINARY, FINAL_BLOCK * 64 + b"\x00")
            assert ws.receive_message(BINARY)[0] == b""
        ws.send(FIN | RSV1 | BINARY, FINAL_BLOCK * 65 + b"\x00")
        ws.closes(1009)
    with Deflated(b"permessage-deflate") as ws:
        ws.echoes(NOISE * 20)  # the window is full
        started = cpu_time()
        ws.send(FIN | RSV1 | BINARY, FINAL_BLOCK * (MAX // 2 - 1))
        ws.closes(1009)
        # Without the limit: 0.6 s, and 3 s with sanitizers.
        assert cpu_time() - started < 0.3, cpu_time() - started


def it_has_one_limit_for_messages_and_what_they_inflate_to():
    with Deflated(b"permessage-deflate") as ws:
        ws.echoes(bytes(MAX))
        ws.echoes(bytes(MAX - 1))
        octets = ws.compress(bytes(MAX + 1))
        assert len(octets) < 2000
        ws.send(FIN | RSV1 | BINARY, octets)
        ws.closes(1009)
    with Deflated(b"permessage-deflate") as ws:
        ws.send(FIN | RSV1 | TEXT, ws.compress(bytes(100 * MAX)))
        ws.closes(1009)
    with Deflated(b"permessage-deflate") as ws:
        ws.echoes(random.Random(1).randbytes(MAX - 1000))
        ws.send(FIN | RSV1 | TEXT, bytes(MAX + 1))
        ws.closes(1009)


def it_closes_where_a_message_is_malformed():
    good = zlib.compressobj(wbits=-15)
    good = (good.compress(WORDS) + good.flush(zlib.Z_SYNC_FLUSH))[:-4]
    final = zlib.compressobj(wbits=-15)
    final = final.compress(WORDS) + final.flush()
    for octets in (b"\xff" * 20, good[:-1], good[:20], good + b"\x07", b"\x06",
                   b"\x01", final[:-1], final):
        with Deflated(b"permessage-deflate") as ws:
            ws.send(FIN | RSV1 | BINARY, octets)
            ws.closes(1007)


def it_closes_where_text_is_not_utf_8():
    for text in (b"\x80", b"\xc0\x80", b"\xc1\xbf", b"\xc3", b"a\xe2\x82",
                 b"\xe0\x9f\xbf", b"\xed\xa0\x80", b"\xf0\x8f\xbf\xbf",
                 b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xff",
                 b"\xc3A", b"\xe2A\x80", b"\xf0\x90\x80A"):
        with Deflated(b"permessage-deflate") as ws:
            ws.echoes(text, BINARY)
            ws.send(FIN | RSV1 | TEXT, ws.compress(text))
            ws.closes(1007)
    with Deflated(b"permessage-deflate") as ws:
        for text in ("\x7f\x80\u07ff", "\u0800\ud7ff\ue000\uffff",
                     "\U00010000\U0010ffff"):
            ws.echoes(text.encode(), TEXT)


def it_closes_where_a_window_is_exceeded():
    with Deflated(b"permessage-deflate; client_max_window_bits=9") as ws:
        ws.out = zlib.compressobj(wbits=-15)
        ws.echoes(NOISE)
        ws.send(FIN | RSV1 | BINARY, ws.compress(NOISE))
        ws.closes(1007)
    with Deflated(b"permessage-deflate; client_no_context_takeover") as ws:
        ws.we_forget = False
        ws.echoes(NOISE)
        ws.send(FIN | RSV1 | BINARY, ws.compress(NOISE))
        ws.closes(1007)


def it_closes_where_a_reserved_bit_has_no_meaning():
    for first in (FIN | RSV2 | TEXT, FIN | RSV1 | RSV2 | TEXT,
                  FIN | RSV1 | PING):
        with Deflated(b"permessage-deflate") as ws:
            ws.send(first, b"")
            ws.closes(1002)
    with Deflated(b"permessage-deflate") as ws:
        ws.send(RSV1 | BINARY, b"\x00")
        ws.send(FIN | RSV1 | CONTINUED, b"\x00")
        ws.closes(1002)
    with Socket() as ws:
        ws.send(FIN | RSV1 | TEXT, b"\x00")
        ws.closes(1002)


# ---- Other protocols, with a body --------------------------------------------

POST = (b"POST /exec/x/start HTTP/1.1\r\nHost: a\r\nUpgrade: tcp\r\n"
        b"Connection: Upgrade\r\n")


def exchange(octets):
    with connect() as peer:
        peer.sendall(octets)
        peer.shutdown(socket.SHUT_WR)
        return read_all(peer)


def it_speaks_protocols_that_it_is_told():
    answer = exchange(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n"
                      b"Upgrade: spdy/3, Spdy/3.1\r\n\r\nraw")
    assert re.match(rb"HTTP/1\.1 101 .*\r\nUpgrade: SPDY/3\.1\r\n.*"
                    rb"\r\n\r\nraw$", answer, re.S), answer
    answer = exchange(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n"
                      b"Upgrade: echo\r\n\r\nraw")
    assert answer.endswith(b"\r\n\r\nraw"), answer


def it_reads_a_body_before_the_switch():
    for request in (b"Content-Length: 5\r\n\r\n{   }",
                    b"Transfer-Encoding: chunked\r\n\r\n"
                    b"2;a=b\r\n{}\r\n1\r\n\n\r\n0\r\nA: b\r\n\r\n"):
        octets = POST + request + b"raw \x00"
        for cut in range(len(POST), len(octets) + 1, 3):
            with connect() as peer:
                peer.sendall(octets[:cut])
                peer.sendall(octets[cut:])
                peer.shutdown(socket.SHUT_WR)
                answer = read_all(peer)
            assert answer.startswith(b"HTTP/1.1 101 "), answer
            assert answer.endswith(b"\r\n\r\nraw \x00"), answer


def it_says_100_before_the_body():
    with connect() as peer:
        peer.sendall(POST + b"Content-Length: 5\r\n"
                     b"Expect: 100-continue\r\n\r\n")
        assert read_head(peer) == b"HTTP/1.1 100 Continue\r\n\r\n"
        peer.sendall(b"{   }raw")
        assert read_head(peer).startswith(b"HTTP/1.1 101 ")
        assert read(peer, 3) == b"raw"


def it_refuses_http_2():
    answer = exchange(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 505 "), answer
    assert b"HTTP2_PREFACE: the client speaks HTTP/2" in answer, answer


def it_says_when_it_speaks_no_sub_protocol_that_is_offered():
    """Its log does: to the page of a browser the WebSocket only fails."""
    with connect() as peer:
        peer.sendall(b"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                     b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                     b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     b"Sec-WebSocket-Protocol: Chat, superchat\r\n\r\n")
        assert read_head(peer).startswith(b"HTTP/1.1 101 ")


def it_refuses_a_body_that_it_cannot_read():
    for request, status in ((b"Content-Length: 1048577\r\n\r\n", 413),
                            (b"Content-Length: 5\r\n\r\n{", 400),
                            (b"Transfer-Encoding: chunked\r\n\r\nx", 400),
                            (b"Transfer-Encoding: gzip, chunked\r\n\r\n", 501)):
        answer = exchange(POST + request)
        assert answer.startswith(b"HTTP/1.1 %d " % status), answer
    answer = exchange((POST + b"Content-Length: 1\r\n\r\n{")
                      .replace(b"tcp", b"echo"))
    assert answer.startswith(b"HTTP/1.1 405 "), answer


# ---- Ordinary requests -------------------------------------------------------

def it_answers_other_methods_than_get_and_head():
    for method, target, status in (
            (b"GET", b"/", 200), (b"HEAD", b"/", 200), (b"GET", b"/x", 404),
            (b"HEAD", b"/x", 404), (b"POST", b"/", 405), (b"POST", b"/x", 405),
            (b"PUT", b"/", 405), (b"DELETE", b"/", 405), (b"PATCH", b"/", 405),
            (b"TRACE", b"/", 405), (b"OPTIONS", b"/", 405),
            (b"OPTIONS", b"*", 405), (b"CONNECT", b"a:443", 501),
            (b"get", b"/", 501), (b"PROPFIND", b"/", 501),
            (b"FOO", b"/x", 501)):
        answer = exchange(b"%s %s HTTP/1.1\r\nHost: a\r\n\r\n"
                          % (method, target))
        assert answer.startswith(b"HTTP/1.1 %d " % status), (method, answer)
        allow = re.findall(rb"\r\nAllow: ([^\r]*)\r\n", answer)
        assert allow == [b"GET, HEAD"] * (status == 405), (method, answer)
    # The library's own answer.
    answer = exchange(b"POST / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                      b"Connection: Upgrade\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 405 "), answer
    assert re.findall(rb"\r\nAllow: (.*)\r\n", answer) == [b"GET"], answer


def it_prints_nothing_that_turns_letters_around():
    """The log, which main looks at, and what the client is told."""
    for request in ("GET /\u202e HTTP/1.1\r\nHost: a\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    "Origin: http://\u202e\u061c\r\n\r\n"):
        answer = exchange(request.encode())
        assert re.match(rb"HTTP/1\.1 40[03] ", answer), answer
        assert answer.isascii(), answer


def start(program, *options):
    process = subprocess.Popen([program, "--port", "0", *options],
                               stdout=subprocess.PIPE)
    line = process.stdout.readline().decode()
    port = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)/\n", line)
    assert port, line
    return process, int(port[1])


def refuses(host, port):
    try:
        socket.create_connection((host, port), timeout=20).close()
    except OSError:
        return
    raise AssertionError(f"it listens on {host}")


def with_a_host(program):
    """It listens there only: on 127.0.0.1 for start(), else on [::1]."""
    process, port = start(program, "--host", "127.0.0.1")
    refuses("::1", port)
    stop(process)
    process = subprocess.Popen([program, "--port=0", "--host=::1"], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    line = process.stdout.readline()
    if port := re.fullmatch(r"listening on http://\[::1\]:(\d+)/\n", line):
        refuses("127.0.0.1", int(port[1]))
        process.terminate()
    _, said = process.communicate(timeout=20)
    assert port or "cannot listen on ::1" in said, (line, said)
    print("ok with --host it listens there only")


def stop(process):
    process.send_signal(signal.SIGTERM)
    said = process.stdout.read().decode()
    assert process.wait(20) == 0, process.returncode
    return said


def without_the_options(program):
    global PORT
    process, PORT = start(program)
    with Socket(b"permessage-deflate") as ws:
        assert ws.agreed is None
    answer = exchange(POST + b"Content-Length: 1\r\n\r\n{")
    assert answer.startswith(b"HTTP/1.1 405 "), answer
    stop(process)
    print("ok without the options it is as before")


def complains(program, status, error, *arguments):
    run = subprocess.run([program, *arguments], capture_output=True,
                         timeout=20)
    said = run.stderr.decode()
    assert run.returncode == status and run.stdout == b"", run
    assert said.count("\n") == 1 and said[:-1].isprintable(), run
    assert said.startswith("upshake-demo: ") and error in said, run


def with_options_that_are_wrong(program):
    for option in ("--protocol=", "--protocol=a,", "--protocol=a,body=x",
                   "--protocol=a b", "--protocol=a,method=", "--deflate=1",
                   "--port=80x", "--port=65536", "--port=-1", "--port",
                   "--port=", "--port=99999999999", "--host=a\nb", "extra",
                   "\x1b[31m\n", "--subprotocol=\x1b\n", "--po=1"):
        complains(program, 64, "upshake-demo: ", option)
    # The value as it was given, not as it is cut up.
    complains(program, 64, '"tcp/1,method=GET,body=x" is not TOKEN[/VERSION]',
              "--protocol=tcp/1,method=GET,body=x")
    complains(program, 64, '"\\x1b[31m\\x0a" is not', "--port=\x1b[31m\n")
    many = ["--protocol=p%d" % i for i in range(31)]
    run = subprocess.run([program, *many], capture_output=True)
    assert run.returncode == 64, run
    process, _ = start(program, *many[:30], "--deflate")
    stop(process)
    print("ok it says which options are wrong")


def where_it_cannot_be(program):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        complains(program, 1, f"cannot listen on 127.0.0.1 port {port}: ",
                  "--port", str(port))
    for redirection in [">&-"] + [">/dev/full"] * os.path.exists("/dev/full"):
        for option in "--port=0", "--help":
            complains("sh", 74, "cannot write to standard output", "-c",
                      'exec "$@" ' + redirection, "sh", program, option)
    # Its sockets are none of the standard streams.
    run = subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", program,
                          "--port=0"], timeout=20)
    assert run.returncode == 74, run
    print("ok it says what it cannot do")


def main(program):
    global PORT, PID
    without_the_options(program)
    with_a_host(program)
    with_options_that_are_wrong(program)
    where_it_cannot_be(program)
    process, PORT = start(program, "--deflate", "--protocol", "SPDY/3.1",
                          "--protocol=tcp,method=POST,body=consume")
    PID = process.pid
    try:
        for name, test in list(globals().items()):
            if name.startswith("it_"):
                test()
                print("ok", name)
        said = stop(process)
    finally:
        process.kill()
    assert '"GET /" switched 101 OK: SPDY/3.1\n' in said, said
    assert '"GET /" switched 101 OK: websocket\n' in said, said
    assert ('"GET /chat" switched 101 OK: websocket, none of the sub-protocols'
            ' offered: a browser closes\n') in said, said
    assert '"PRI * HTTP/2.0" refused 505 HTTP2_PREFACE: ' in said, said
    assert said.isascii(), said
    assert '"CONNECT a:443" plain 501 NO_UPGRADE: ' in said, said


main(sys.argv[1])
