# SPDX-License-Identifier: MIT
"""What the programs say when the system has no memory for them.

usage: test_faults.py DEMO CLIENT INSPECT

The programs are linked with faults.c, which lets the calls fail.
"""
import errno
import os
import re
import signal
import socket
import subprocess
import sys
import time

DEMO, CLIENT, INSPECT = sys.argv[1:]
CANNOT_LISTEN, INCOMPLETE, BAD_SYSTEM = 1, 3, 71
REQUEST = (b"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
           b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")


def start(command, **faults):
    environment = {**os.environ,
                   **{name: str(value) for name, value in faults.items()}}
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def count_failures(command, status, *others, given=b""):
    """Let each allocation fail, one after the other: the program exits with
    71, one line and no result; or, behind the options, as `others` say.
    Returns how many there are until it exits with `status`."""
    for number in range(1, 100):
        process = start(command, FAULT_ALLOC=number)
        out, said = process.communicate(given, timeout=20)
        if process.returncode == status:
            return number - 1
        assert process.returncode in (BAD_SYSTEM, *others), (number, said)
        assert out == b"" and said.count(b"\n") == 1, (number, out, said)
        assert b": out of memory" in said, (number, said)
    sys.exit("FAIL it goes on failing")


# ---- Memory ------------------------------------------------------------------

def it_exits_71_without_memory_to_inspect_with():
    assert count_failures([INSPECT], 0, given=REQUEST) > 6
    assert count_failures([INSPECT, "--json", "--feed=50"], 0,
                          given=REQUEST) > 6


def it_exits_71_without_memory_for_the_clients_options():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        uri = f"ws://127.0.0.1:{closed.getsockname()[1]}/"
        assert count_failures([CLIENT, uri], INCOMPLETE) == 6


def it_exits_71_without_memory_for_the_demos_options():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [DEMO, "--port", port]
        for number in 1, 2, 3:
            process = start(command, FAULT_ALLOC=number)
            _, said = process.communicate(timeout=20)
            assert process.returncode == BAD_SYSTEM, (number, said)
            assert said == b"upshake-demo: out of memory\n", said
        for number in 4, 5:  # the arrays of its connections
            process = start(command, FAULT_ALLOC=number)
            _, said = process.communicate(timeout=20)
            assert process.returncode == CANNOT_LISTEN, (number, said)
            assert said.startswith(b"upshake-demo: out of memory"), said


# ---- poll --------------------------------------------------------------------

class Demo:
    def __init__(self, error, **faults):
        self.error = error
        self.process = start([DEMO, "--port", "0"], FAULT_POLL=error, **faults)
        line = self.process.stdout.readline().decode()
        self.port = int(re.fullmatch(r"listening on http://.*:(\d+)/\n",
                                     line)[1])

    def ask(self):
        with socket.create_connection(("127.0.0.1", self.port), 20) as peer:
            peer.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
            return peer.recv(12)

    def ends(self, status, lines):
        _, said = self.process.communicate(timeout=20)
        line = f"upshake-demo: poll: {os.strerror(self.error)}\n".encode()
        assert self.process.returncode == status, (self.process.returncode,
                                                   said)
        assert said.count(line) in lines and said == line * said.count(line), \
            said


def it_outlives_an_error_of_poll_that_passes():
    for error in errno.ENOMEM, errno.EAGAIN:
        demo = Demo(error, FAULT_POLL_EVERY=2)
        for _ in range(3):
            assert demo.ask() == b"HTTP/1.1 404"
        demo.process.send_signal(signal.SIGTERM)
        demo.ends(0, range(3, 100))


def it_says_once_that_poll_fails_and_ends_when_it_is_told_to():
    demo = Demo(errno.ENOMEM)
    time.sleep(0.5)
    demo.process.send_signal(signal.SIGTERM)
    demo.ends(0, [1])


def it_ends_at_an_error_of_poll_that_does_not_pass():
    Demo(errno.EINVAL).ends(1, [1])


for name, test in list(globals().items()):
    if name.startswith("it_"):
        test()
        print("ok", name, flush=True)
