# SPDX-License-Identifier: MIT
"""What the tests of the page share: the programs beside which it is held, a
running demo, and a listener that keeps what arrives."""
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.append(os.path.join(os.path.dirname(__file__), os.pardir))

HERE = os.path.dirname(os.path.abspath(__file__))
FORMS = os.path.join(HERE, os.pardir, "forms")
HOST = "127.0.0.1"
REFUSAL = (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n"
           b"Connection: close\r\n\r\n")


class Programs:
    """The programs of one build tree."""

    def __init__(self, build):
        self.build = os.path.abspath(build)
        self.page = "file://" + os.path.join(self.build, "upshake-page.html")
        self.out = os.path.join(self.build, "page")

    def path(self, name):
        return os.path.join(self.build, name)

    def inspect(self, arguments, files):
        """Run upshake-inspect in a folder with these files; "-" is its
        standard input."""
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                if name != "-":
                    with open(os.path.join(folder, name), "wb") as file:
                        file.write(content)
            return subprocess.run(
                [self.path("upshake-inspect"), *arguments], cwd=folder,
                input=files.get("-", b""), capture_output=True, timeout=20,
                check=False)

    def verdict(self, arguments, files):
        """Its verdict as an object, whatever else the arguments ask for."""
        kept = [each for each in arguments if each not in ("--reply", "--json")]
        ended = self.inspect(["--json", *kept], files)
        assert not ended.stderr, ended
        return json.loads(ended.stdout)

    @contextlib.contextmanager
    def demo(self, *options, port=0):
        """Run upshake-demo; yields the process, with its port."""
        process = subprocess.Popen(
            [self.path("upshake-demo"), "--port", str(port), *options],
            stdout=subprocess.PIPE, text=True)
        try:
            line = process.stdout.readline()
            found = re.fullmatch(r"listening on http://.*:(\d+)/\n", line)
            assert found, line
            process.port = int(found[1])
            process.url = f"http://{HOST}:{process.port}/"
            # A pipe that nobody reads would fill.
            threading.Thread(target=process.stdout.read,
                             daemon=True).start()
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait()

    def shell(self, command, **options):
        """Run a command that was copied from the page, by sh."""
        place = os.environ | {
            "PATH": self.build + os.pathsep + os.environ["PATH"]}
        return subprocess.run(["sh", "-c", command], capture_output=True,
                              env=place, timeout=20, check=False, **options)


class Listener:
    """Takes one connection, keeps the bytes of the first head and what comes
    with it, and refuses."""

    def __init__(self):
        self.taken = b""
        self.socket = socket.create_server((HOST, 0))
        self.socket.settimeout(20)
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        with contextlib.suppress(OSError):
            peer, _ = self.socket.accept()
            with peer:
                self.take(peer)
                peer.sendall(REFUSAL)
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(4096):
                    pass

    def take(self, peer):
        """Reads until the client is silent for a while."""
        peer.settimeout(20)
        with contextlib.suppress(TimeoutError):
            while piece := peer.recv(4096):
                self.taken += piece
                peer.settimeout(0.3)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.thread.join(5)
