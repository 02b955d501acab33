# SPDX-License-Identifier: MIT
"""What the tests of upshake-inspect with the network share: the program as a
child that has to end as a test says, and a server that says what a test
wants."""
import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time

from peer import read_head

PROGRAM = sys.argv[1]
SWITCHED, REFUSED, OTHER, INCOMPLETE = 0, 1, 2, 3
USAGE, BAD_INPUT, SYSTEM = 64, 66, 71
PATIENCE = 20


class Run:
    """The program, started."""

    def __init__(self, *arguments, **streams):
        self.process = subprocess.Popen(
            [PROGRAM, *arguments], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            **streams)

    def ends(self, status, said=""):
        """Returns stdout; stderr is one line that has `said` in it, or
        nothing."""
        out, errors = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == status, (
            self.process.returncode, status, out, errors)
        if not said:
            assert errors == "", errors
        else:
            assert errors.startswith("upshake-inspect: "), errors
            assert errors.count("\n") == 1 and said in errors, errors
            assert errors[:-1].isprintable(), errors
        return out

    def reports(self, ended, said="", /, **expected):
        """--json: one object."""
        out = self.ends(ended, said)
        assert out.count("\n") == 1, out
        report = json.loads(out)
        for key, value in expected.items():
            assert report[key] == value, (key, value, report)
        return report

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)


@contextlib.contextmanager
def server(answer, read=read_head):
    """Each client is served by answer(socket, head) in a thread; gives the
    address HOST:PORT."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve():
            with contextlib.suppress(OSError):
                while True:
                    peer, _ = listener.accept()
                    threading.Thread(target=serve_one, args=[peer],
                                     daemon=True).start()

        def serve_one(peer):
            with peer, contextlib.suppress(ConnectionError, ValueError):
                peer.settimeout(PATIENCE)
                answer(peer, read(peer))

        threading.Thread(target=serve, daemon=True).start()
        yield "127.0.0.1:%d" % listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def run_tests(tests):
    for name, test in list(tests.items()):
        if name.startswith("it_"):
            started = time.monotonic()
            test()
            print("ok %s (%.1f s)" % (name, time.monotonic() - started),
                  flush=True)
