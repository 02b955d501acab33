# SPDX-License-Identifier: MIT
"""Fuzzing upshake-site and upshake-proxy from outside: a client, and for the
proxy an upstream, send what is made of the golden vectors by changing it, in
random pieces, and end or break connections anywhere.  The program must live,
answer with nothing but HTTP, close what is over, and give back its descriptors
and the processor.  What is found is written to a file that says how to repeat
it.

usage: programs.py site|proxy PROGRAM SECONDS [--seed SEED] [--only N]
                   [--found DIR]
"""
import argparse
import contextlib
import os
import random
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, os.pardir, "judge"),
                os.path.join(HERE, os.pardir), HERE]
import cases  # noqa: E402
import messages  # noqa: E402
import mutate  # noqa: E402
import reply as judged  # noqa: E402

BLOCK = 500        # exchanges between two looks at the program
PATIENCE = 30      # seconds
DEADLINE = 1       # seconds, of the program
SETTLES = DEADLINE + 2 + 10  # seconds: it lingers for 2
SPLITS = (0, 0, 1, 2, 7, 61, 1000)
LARGEST = 20000    # bytes


class Finding(Exception):
    """The program did what it must not do."""


# ---- What is sent ----------------------------------------------------------

BODIES = (b"Content-Length: 5\r\n\r\nhello", b"Content-Length: 3\r\n\r\nhe",
          b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
          b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nab\r\n0\r\nT: 1\r\n\r\n",
          b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\nab", b"\r\n")
REQUESTS = [b"%s %s HTTP/1.1\r\nHost: a\r\n%s" % (method, path, body)
            for method in (b"GET", b"HEAD", b"POST", b"OPTIONS", b"PUT")
            for path in (b"/", b"/echo", b"/cookie", b"/a.txt", b"/..")
            for body in BODIES]
ANSWERS = [b"HTTP/1.1 %s\r\nA: b\r\n%s" % (status, body)
           for status in (b"200 OK", b"404 Not Found", b"204 No Content",
                          b"304 Not Modified", b"103 Early Hints",
                          b"100 Continue", b"101 Switching Protocols")
           for body in BODIES]


class Maker:
    """Messages, the same for the same seed."""

    def __init__(self):
        seeds, good = cases.seeds()
        self.requests = [case for case in seeds if case.kind == "request"]
        self.good = [case for case in good if case.kind == "request"]
        self.responses = [case for case in seeds if case.kind == "response"]

    def _change(self, rng, data):
        mutator = mutate.Mutator(self.requests, self.good, 0)
        mutator.random = rng
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
            data = mutator._change(data)
        return data[:LARGEST]

    def client(self, rng):
        parts = []
        for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
            kind = rng.random()
            parts.append(rng.choice(REQUESTS) if kind < 0.4 else
                         rng.choice(self.good if kind < 0.7
                                    else self.requests).data)
        return b"".join(self._change(rng, part) for part in parts)

    def upstream(self, rng, got):
        parts = [rng.choice(ANSWERS) if rng.random() < 0.6
                 else rng.choice(self.responses).data
                 for _ in range(rng.choice((1, 1, 1, 2, 4)))]
        key = re.search(rb"(?i)\r\nsec-websocket-key:[ \t]*([^ \t\r]+)", got)
        if key and rng.random() < 0.6:
            parts[-1] = (b"HTTP/1.1 101 Switching Protocols\r\n"
                         b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
                         b"Sec-WebSocket-Accept: " + judged.accept(key[1])
                         + b"\r\n\r\n\x81\x02hi")
        return b"".join(self._change(rng, part) for part in parts)


def split(rng, data):
    size = rng.choice(SPLITS)
    pieces = []
    while data:
        count = len(data) if size == 0 else 1 + rng.randrange(size)
        if len(pieces) == 400:  # enough pieces
            count = len(data)
        pieces.append(data[:count])
        data = data[count:]
    return pieces


# ---- A connection ----------------------------------------------------------

def no_delay(sock):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setblocking(False)
    return sock


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))
    sock.close()


class Talk:
    """Sends pieces and reads meanwhile.  `broken`: the peer has reset."""

    def __init__(self, sock):
        self.sock, self.got, self.broken = no_delay(sock), b"", False
        self.ended = False

    def receive(self):
        try:
            piece = self.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            self.broken, piece = True, b""
        self.ended |= not piece
        self.got += piece

    def send(self, pieces, until):
        pieces = list(pieces)
        while pieces and not self.broken:
            can_read, can_write, _ = select.select(
                [] if self.ended else [self.sock], [self.sock], [],
                max(0, until - time.monotonic()))
            if can_read:
                self.receive()
            if can_write:
                try:
                    sent = self.sock.send(pieces[0])
                except OSError:
                    self.broken = True
                    break
                pieces[0] = pieces[0][sent:]
                if not pieces[0]:
                    pieces.pop(0)
            if not can_read and not can_write:
                raise Finding("it takes no bytes")

    def read_on(self, until, enough=lambda got: False):
        """Returns 0 if the time is over first."""
        while not self.ended and not enough(self.got):
            left = until - time.monotonic()
            if left <= 0:
                return 0
            if select.select([self.sock], [], [], left)[0]:
                self.receive()
        return 1

    def end_sending(self):
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)


# ---- The upstream ----------------------------------------------------------

class Upstream:
    """Answers each connection in a thread of its own."""

    def __init__(self, maker):
        self.maker = maker
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.listener.settimeout(0.2)
        self.name = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.exchange, self.number, self.goes_on = "0", 0, True
        self.wrong, self.threads, self.log = [], [], []
        self.acceptor = threading.Thread(target=self._accept)
        self.acceptor.start()

    def begin(self, exchange):
        self.exchange, self.number, self.log = exchange, 0, []

    def _accept(self):
        while self.goes_on:
            try:
                sock = self.listener.accept()[0]
            except TimeoutError:
                continue
            self.number += 1
            rng = random.Random("%s/%d" % (self.exchange, self.number))
            thread = threading.Thread(target=self._serve, args=(sock, rng))
            thread.start()
            self.threads = [one for one in self.threads if one.is_alive()]
            self.threads.append(thread)

    def _serve(self, sock, rng):
        talk = Talk(sock)
        try:
            self._answer(talk, rng)
        except Finding as why:
            self.wrong.append((str(why), talk.got))
        except OSError:
            pass
        sock.close()

    def _answer(self, talk, rng):
        until = time.monotonic() + PATIENCE
        if rng.random() < 0.05:
            reset(talk.sock)
            return
        if rng.random() < 0.9:
            talk.read_on(time.monotonic() + 3, lambda got: b"\r\n\r\n" in got)
        if rng.random() < 0.5:
            talk.read_on(time.monotonic() + 0.01)
        said = self.maker.upstream(rng, talk.got)
        self.log.append(said)
        pieces = split(rng, said)
        ending = rng.random()
        if ending < 0.2:
            pieces = pieces[:rng.randrange(len(pieces) + 1)]
        talk.send(pieces, until)
        if ending < 0.1:
            reset(talk.sock)
            return
        if ending < 0.97:
            talk.end_sending()
        # Else it stays open: the proxy's deadline ends it, or the client.
        if not talk.read_on(until):
            raise Finding("the upstream's connection is never closed")
        try:
            messages.requests(talk.got)
        except messages.Wrong as why:
            raise Finding("the upstream got no HTTP: %s" % why) from why

    def settle(self):
        for thread in list(self.threads):
            thread.join()
        if self.wrong:
            why, got = self.wrong[0]
            raise Finding("%s\n  the upstream got %r" % (why, got))

    def end(self):
        self.goes_on = False
        self.acceptor.join()
        for thread in list(self.threads):
            thread.join()


# ---- The program -----------------------------------------------------------

class Program:
    def __init__(self, words):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE,
                                        stderr=self.log)
        line = self.process.stdout.readline().decode()
        port = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)/\n", line)
        assert port, line
        self.port = int(port[1])
        self.files_at_first = self.files()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def files(self):
        return len(os.listdir("/proc/%d/fd" % self.process.pid))

    def seconds(self):
        with open("/proc/%d/stat" % self.process.pid,
                  encoding="ascii") as file:
            user, system = file.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def said(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-4000:]

    def check_alive(self):
        if self.process.poll() is not None:
            raise Finding("it has ended: %d\n%s" % (self.process.returncode,
                                                    self.said()))

    def check_idle(self):
        """Its descriptors are closed, and it does nothing."""
        until = time.monotonic() + SETTLES
        while self.files() > self.files_at_first:
            if time.monotonic() > until:
                raise Finding("%d descriptors stay open" % (
                    self.files() - self.files_at_first))
            time.sleep(0.02)
        before = self.seconds()
        time.sleep(0.2)
        if self.seconds() - before > 0.1:
            raise Finding("it is busy without a connection")

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()


# ---- Exchanges -------------------------------------------------------------

class Fuzzer:
    def __init__(self, kind, program, seed):
        self.is_proxy, self.seed, self.maker = kind == "proxy", seed, Maker()
        self.folder = tempfile.TemporaryDirectory()
        with open(os.path.join(self.folder.name, "a.txt"), "wb") as file:
            file.write(bytes(range(256)) * 64)
        self.upstream = Upstream(self.maker) if self.is_proxy else None
        words = [program, "--port", "0", "--deadline", str(DEADLINE)]
        words += (["--upstream", self.upstream.name] if self.is_proxy else
                  ["--root", self.folder.name, "--upload-max", "1000"])
        self.program = Program(words)
        self.waiting = []  # (talk, what was sent)
        self.sent = b""

    def exchange(self, number):
        rng = random.Random("%s:%d" % (self.seed, number))
        if self.upstream:
            self.upstream.begin("%s:%d" % (self.seed, number))
        self.sent = self.maker.client(rng)
        pieces = split(rng, self.sent)
        talk = Talk(self.program.connect())
        until = time.monotonic() + PATIENCE
        ending = rng.random()
        if ending < 0.25:
            pieces = pieces[:rng.randrange(len(pieces) + 1)]
        talk.send(pieces, until)
        if ending < 0.1:
            reset(talk.sock)
            return
        if ending < 0.15:
            talk.sock.close()
            return
        if ending < 0.17:
            self.waiting.append((talk, self.sent))
            return
        if rng.random() < 0.5:
            talk.read_on(time.monotonic() + 0.01, lambda got: got)
        talk.end_sending()
        if not talk.read_on(until):
            raise Finding("it does not close: it said %r" % talk.got)
        talk.sock.close()
        self.judge(talk, self.sent)

    def judge(self, talk, sent):
        """The proxy cannot complete what the upstream has not said."""
        to_head = b"HEAD" in sent
        try:
            state = messages.responses(talk.got, to_head)
        except messages.Wrong as why:
            raise Finding("it says no HTTP: %s\n  all: %r" % (
                why, talk.got)) from why
        allowed = messages.WHOLE
        if talk.broken or self.is_proxy and to_head:
            allowed = messages.CUT_IN_HEAD
        elif self.is_proxy:
            allowed = messages.CUT
        if state > allowed:
            raise Finding("its answer is not complete: %r" % talk.got)

    def settle(self):
        """The clients that wait are told that their time is over, but those of
        a WebSocket."""
        for talk, sent in self.waiting:
            until = time.monotonic() + PATIENCE
            is_open = lambda got: b" 101 Switching" in got  # noqa: E731
            if not talk.read_on(until, is_open):
                raise Finding("it does not close after %r: it said %r" % (
                    sent, talk.got))
            talk.sock.close()
            self.judge(talk, sent)
        self.waiting = []
        self.program.check_alive()
        if self.upstream:
            self.upstream.settle()
        self.program.check_idle()

    def run(self, seconds, only):
        number, until = only or 0, time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                self.exchange(number)
                self.program.check_alive()
                number += 1
                if number % BLOCK == 0 or only is not None:
                    self.settle()
                if only is not None:
                    break
            self.settle()
        except (Finding, ConnectionError) as why:
            with contextlib.suppress(Exception):
                self.program.process.wait(2)
                self.program.check_alive()
            said = self.program.said()
            log = self.upstream.log if self.upstream else []
            return number, ("seed %s, exchange %d: %s\n%s\n  the client sent "
                            "%r\n  the upstream said %r\n" % (
                                self.seed, number, why, said, self.sent, log))
        finally:
            self.program.end()
            if self.upstream:
                self.upstream.end()
        return number, None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("site", "proxy"))
    parser.add_argument("program")
    parser.add_argument("seconds", type=float)
    parser.add_argument("--seed", default=None)
    parser.add_argument("--only", type=int, default=None)
    parser.add_argument("--found", default=".")
    asked = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    seed = asked.seed or "%x" % random.SystemRandom().getrandbits(64)
    count, wrong = Fuzzer(asked.kind, asked.program, seed).run(
        asked.seconds, asked.only)
    if wrong:
        path = os.path.join(asked.found, "%s-%s" % (asked.kind, seed))
        with open(path, "w", encoding="utf-8") as file:
            file.write(wrong)
        print(wrong)
        sys.exit(1)
    print("%s: %d exchanges in %.0f s, nothing found, seed %s" % (
        asked.kind, count, asked.seconds, seed))


if __name__ == "__main__":
    main()
