# SPDX-License-Identifier: MIT
"""upshake-h2-websocket with real clients: HTTP/1.1 by Python's ssl, HTTP/2 by
Node, and Chromium, which opens the page and its WebSocket on one connection.

usage: test_h2_websocket.py PROGRAM

A part whose client is not installed is left out, and says so.  With CI=true it
is installed.
"""
import itertools
import json
import os
import re
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from peer import certificate, read, read_all

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
CLOSE = b"\x88\x82\0\0\0\0\x03\xe8"
CLOSED = b"\x88\x02\x03\xe8"


class Server:
    """The program, and the lines that it has printed."""

    def __init__(self, program, folder):
        self.folder = folder
        cert, key = certificate(folder, "DNS:localhost,IP:127.0.0.1")
        self.files = ["--cert", cert, "--key", key]
        self.process = subprocess.Popen([program, "--port", "0", *self.files],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        port = re.fullmatch(r"listening on https://127\.0\.0\.1:(\d+)/\n",
                            line)
        assert port, line
        self.port = int(port[1])
        self.lines = []
        self.changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()

    def said(self, pattern):
        """Whether it prints such a line, which may take a moment."""
        with self.changed:
            return self.changed.wait_for(
                lambda: any(re.fullmatch(pattern, line)
                            for line in self.lines), 10)

    def connect(self, *versions):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.files[1])
        if versions:
            context.set_alpn_protocols(versions)
        peer = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        return context.wrap_socket(peer, server_hostname="localhost")


def read_head(peer):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += read(peer, 1)
    return head


def offer(path=b"/x", version=b"13", more=b""):
    return (b"GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
            b"Sec-WebSocket-Version: %s\r\n%s\r\n"
            % (path, KEY, version, more))


def text(content):
    """A masked frame; the mask is 0."""
    size = (bytes([0x80 | len(content)]) if len(content) < 126
            else b"\xfe" + len(content).to_bytes(2, "big")
            if len(content) < 65536
            else b"\xff" + len(content).to_bytes(8, "big"))
    return b"\x81" + size + b"\0\0\0\0" + content


def unmasked(content):
    frame = text(content)
    size = len(frame) - len(content) - 4
    return frame[:1] + bytes([frame[1] & 0x7f]) + frame[2:size] + content


def exchange(server, octets, *versions):
    with server.connect(*versions) as peer:
        peer.sendall(octets)
        return read_all(peer)


# ---- HTTP/1.1 ----

def h1_upgrades_and_echoes(server):
    for number, versions in enumerate(([], ["http/1.1"], ["x", "http/1.1"])):
        path = b"/h1/%d?q" % number
        with server.connect(*versions) as peer:
            peer.sendall(offer(path))
            head = read_head(peer)
            assert head.startswith(b"HTTP/1.1 101 "), head
            assert ACCEPT in head, head
            peer.sendall(text(b"hello"))
            assert read(peer, 7) == unmasked(b"hello")
            peer.sendall(text(b"last") + CLOSE)
            assert read_all(peer) == unmasked(b"last") + CLOSED
        assert server.said("h1 websocket /h1/%d" % number), server.lines


def h1_takes_early_frames(server):
    octets = offer() + text(b"early") + CLOSE
    head, _, frames = exchange(server, octets).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 "), head
    assert frames == unmasked(b"early") + CLOSED, frames
    for cut in range(1, len(octets), 7):
        with server.connect() as peer:
            peer.sendall(octets[:cut])
            peer.sendall(octets[cut:])
            assert read_all(peer).endswith(unmasked(b"early") + CLOSED)


def h1_gives_the_page(server):
    answer = exchange(server, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                      "http/1.1")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n"), answer
    assert b"new WebSocket(" in answer, answer


def h1_refuses(server):
    for request, status, more in (
            (offer(version=b"8"), 426, b"Sec-WebSocket-Version: 13"),
            (offer(more=b"Origin: https://evil.example\r\n"), 403, b""),
            (b"GET /no HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, b""),
            (b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, b""),
            (b"GET / HTTP/1.1\r\n\r\n", 400, b""),
            (offer().replace(b"GET", b"G" * 100), 501, b""),
            (offer(more=b"A: " + b"a" * 9000 + b"\r\n"), 431, b"")):
        answer = exchange(server, request)
        assert answer.startswith(b"HTTP/1.1 %d " % status), answer
        assert more in answer, answer


def send_some(peer, octets):
    """Sends until the server takes no more.  Returns what is left."""
    while octets and select.select([], [peer], [], 1)[1]:
        try:
            octets = octets[peer.send(octets[:16384]):]
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
    return octets


def read_some(peer):
    """Reads until nothing comes."""
    octets = b""
    try:
        while piece := peer.recv(65536):
            octets += piece
        assert octets, "it closed"
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
        pass
    return octets


def h1_carries_what_does_not_fit_its_buffers(server):
    """The echoes wait until the client reads."""
    content = bytes(range(32, 127)) * 3000
    octets = memoryview(text(content) * 100)
    answer = unmasked(content) * 100
    echoes = bytearray()
    with server.connect() as peer:
        peer.sendall(offer())
        read_head(peer)
        peer.setblocking(False)
        octets = send_some(peer, octets)
        assert octets, "it took all, and nobody read an echo"
        while len(echoes) < len(answer):
            assert select.select([peer], [], [], 10)[0], "it stopped"
            echoes += read_some(peer)
            octets = send_some(peer, octets)
        assert echoes == answer
        peer.setblocking(True)
        peer.sendall(CLOSE)
        assert read_all(peer) == CLOSED


def h1_survives_clients_that_go(server):
    octets = offer() + text(b"a" * 60000)
    for cut in (0, 1, 100, len(octets) - 1, len(octets)):
        peer = server.connect()
        peer.sendall(octets[:cut])
        peer.close()
    socket.create_connection(("127.0.0.1", server.port)).close()
    with socket.create_connection(("127.0.0.1", server.port)) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\n\r\n")
        try:
            read_all(peer)
        except ConnectionResetError:
            pass
    try:
        server.connect("spdy/3").close()
        raise AssertionError("no such version")
    except ssl.SSLError:
        pass
    h1_gives_the_page(server)


# ---- HTTP/2 ----

def need(command, package):
    """Whether there is the command; with CI=true it is installed."""
    if not shutil.which(command) and os.environ.get("CI") == "true":
        subprocess.run(["sh", "-c", '. "$0/need.sh" && need "$1:$2"', HERE,
                        command, package], check=False)
    if shutil.which(command):
        return True
    print("left out:", command, "is not installed")
    assert os.environ.get("CI") != "true", command
    return False


def h2_by_node(server):
    if not need("node", "nodejs"):
        return
    ended = subprocess.run(
        ["node", os.path.join(HERE, "h2_websocket.js"), str(server.port)],
        env=dict(os.environ, NODE_EXTRA_CA_CERTS=server.files[1]),
        capture_output=True, text=True, timeout=300, check=False)
    print(ended.stdout, end="")
    assert ended.returncode == 0, ended.stderr
    assert server.said(r"h2 stream \d+ websocket /node/echo"), server.lines
    streams = [line for line in server.lines if "/node/two" in line]
    assert len(set(streams)) == 2, server.lines


def title_of_page(profile):
    """The title of the page, or what is in the way.  Chromium writes the port
    of its DevTools into a file, and its pages are listed there."""
    try:
        with open(os.path.join(profile, "DevToolsActivePort"),
                  encoding="utf-8") as file:
            url = "http://127.0.0.1:%d/json/list" % int(file.readline())
        with OPENER.open(url, timeout=10) as answer:
            return [page["title"] for page in json.load(answer)
                    if page["type"] == "page"]
    except (OSError, ValueError) as error:
        return [str(error)]


def h2_by_chromium(server):
    """--dump-dom would not wait for the echo."""
    if not need("chromium", "chromium"):
        return
    profile = os.path.join(server.folder, "profile")
    browser = subprocess.Popen(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu",
         "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--ignore-certificate-errors",
         "--remote-debugging-port=0", "--user-data-dir=" + profile,
         "https://localhost:%d/" % server.port],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True)
    try:
        end = time.monotonic() + 60
        while "echo: hello" not in title_of_page(profile):
            assert time.monotonic() < end, (title_of_page(profile),
                                            server.lines)
            time.sleep(0.1)
    finally:
        os.killpg(browser.pid, signal.SIGKILL)
        browser.wait()
    assert server.said(r"h2 stream \d+ websocket /echo"), server.lines
    print("ok chromium:", server.lines[-1])


# ---- The command line ----

def it_says_what_is_wrong_with_its_arguments(server):
    program, files = server.process.args[0], server.files
    for arguments, status in (
            ([], 64), (["--port", "0"], 64), (files[:2], 64),
            (["--port", "x", *files], 64), (["--port", "65536", *files], 64),
            (["--port", "0", *files[:2], "--what", "x"], 64),
            (["--port", "0", *files, "--port"], 64),
            ([*files, "--port", "x"], 64), (["--port", "0", *files[2:]], 64),
            (["--cert", "--port", "0", *files[2:]], 64), (["--help", *files], 64),
            (["0", *files, "--port"], 64), ([*files, "--port="], 64),
            ([*files[2:], "--port", "0", "--cert", "/nowhere"], 66),
            (["--port", "0", "--cert", "/nowhere", *files[2:]], 66),
            (["--port", "0", *files[:2], "--key", "/nowhere"], 66),
            (["--port", "0", "--cert", files[3], "--key", files[1]], 66)):
        ended = subprocess.run([program, *arguments], capture_output=True,
                               text=True, timeout=20, check=False)
        assert ended.returncode == status, (arguments, ended)
        assert ended.stderr.count("\n") == 1, ended.stderr
        assert not ended.stdout, ended.stdout


def it_takes_its_arguments_in_any_order(server):
    """Where each is given, the port is what fails: this server has it."""
    program, files = server.process.args[0], server.files
    pairs = [["--port", str(server.port)], files[:2], files[2:]]
    for order in itertools.permutations(pairs):
        for words in (sum(order, []), ["=".join(pair) for pair in order],
                      ["--port", "0", "--key", "/nowhere", *sum(order, [])]):
            ended = subprocess.run([program, *words], capture_output=True,
                                   text=True, timeout=20, check=False)
            assert ended.returncode == 1, (words, ended)
            assert re.fullmatch(r"upshake-h2-websocket: .*in use\n",
                                ended.stderr), (words, ended)


def it_says_how_it_is_used(server):
    ended = subprocess.run([server.process.args[0], "--help"], text=True,
                           capture_output=True, timeout=20, check=False)
    assert ended.returncode == 0 and not ended.stderr, ended
    assert re.fullmatch(r"usage: upshake-h2-websocket --port .*\n",
                        ended.stdout), ended


def main(program):
    if not need("openssl", "openssl"):
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = Server(program, folder)
        try:
            for name, test in list(globals().items()):
                if name.startswith(("h1_", "h2_", "it_")):
                    test(server)
                    print("ok", name, flush=True)
            assert server.process.poll() is None, "it has ended"
        finally:
            server.process.terminate()
            server.process.wait()


main(sys.argv[1])
