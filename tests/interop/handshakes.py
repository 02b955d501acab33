# SPDX-License-Identifier: MIT
"""The handshakes of handshakes.tsv against WebSocket servers: which of them is
let through, with 101?

usage: handshakes.py DEMO --record
       handshakes.py DEMO --check

DEMO is the program upshake-demo.  --record asks all servers and writes
handshakes-results.tsv, from which tests/pictures/handshake_page.py makes page
and picture; `run.sh handshakes` does both, and installs what they need.
--check asks upshake-demo only, and compares with its column.
"""
import contextlib
import datetime
import os
import platform
import re
import socket
import subprocess
import sys
import threading

import proxies
import suites
import wire
from client import server_of

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "handshakes.tsv")
RESULTS = os.path.join(HERE, "handshakes-results.tsv")
# An answer to HTTP/1.0, or to what cannot be read, may be of that version.
STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])\b")
PATIENCE = 3
DEMO = "upshake-demo"


def read_cases(path=CASES):
    """Yields (name, "valid" or "broken", rule, bytes)."""
    with open(path, encoding="ascii") as file:
        for line in file:
            words = line.rstrip("\n").split("\t")
            if not line.startswith("#") and words[0] != "handshake":
                yield (*words[:3], suites.unescape(words[3].encode()))


# ---- Asking ------------------------------------------------------------------

def ask(port, sent):
    """What the server does: a status, "closed", "silent" or "no HTTP"."""
    sent = sent.replace(b"{host}", f"{proxies.HOST}:{port}".encode())
    with wire.Connection(proxies.HOST, port, PATIENCE) as connection:
        line = b""
        try:
            connection.send(sent)
            while not line.endswith(b"\r\n") and len(line) < 1000:
                line += connection.take(1)
        except (wire.Ended, ConnectionError):
            return "no HTTP" if line else "closed"
        except TimeoutError:
            return "no HTTP" if line else "silent"
    status = STATUS_LINE.match(line)
    return status[1].decode() if status else "no HTTP"


def ask_all(port):
    return {name: ask(port, sent) for name, _, _, sent in read_cases()}


# ---- Servers -----------------------------------------------------------------

class Listener:
    """What lighttpd passes messages to: takes connections, says nothing."""

    def __init__(self):
        self.socket = socket.create_server((proxies.HOST, 0))
        self.port = self.socket.getsockname()[1]
        self.taken = []
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        with contextlib.suppress(OSError):
            while True:
                self.taken.append(self.socket.accept())


@contextlib.contextmanager
def demo(program):
    one = wire.Demo(program)
    try:
        yield one.port
    finally:
        wire.stop(one.process)


@contextlib.contextmanager
def before_demo(name, program):
    one = wire.Demo(program)
    try:
        with proxies.running(name, one) as proxy:
            yield proxy.port
    finally:
        wire.stop(one.process)


@contextlib.contextmanager
def lighttpd():
    with proxies.running("lighttpd", Listener()) as proxy:
        yield proxy.port


def in_python(name):
    return server_of(["/usr/bin/python3",
                      os.path.join(HERE, "python_server.py"), name])


def in_c(name):
    return server_of([os.path.join("build", "interop", name + "-server")])


def said(pattern, *command):
    """The version in what a command says of itself."""
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True,
                         stderr=subprocess.STDOUT, text=True)
    return re.search(pattern, run.stdout)[1]


def of_package(name):
    """The version of Debian's package, without what Debian adds."""
    return said(r"^(?:\d+:)?([\d.]+\d)", "dpkg-query", "-W", "-f",
                "${Version}", name)


def of_ws():
    return "%s, node %s" % (
        said(r"(\S+)", "node", "-p", "require('ws/package.json').version"),
        said(r"v(\S+)", "node", "--version"))


def servers(program):
    """Name, version, what runs it."""
    yield DEMO, "this tree", demo(program)
    yield "ws", of_ws(), server_of(["node", os.path.join(HERE, "ws_server.js")])
    for name in "websockets", "aiohttp", "tornado":
        yield name, of_package("python3-" + name), in_python(name)
    yield "libwebsockets", of_package("libwebsockets-dev"), in_c(
        "libwebsockets")
    yield "civetweb", of_package("libcivetweb-dev"), in_c("civetweb")
    yield "lighttpd", of_package("lighttpd"), lighttpd()
    for name in "nginx", "haproxy", "h2o":
        yield name, of_package(name), before_demo(name, program)


# ---- What is recorded --------------------------------------------------------

def system():
    fields = platform.freedesktop_os_release()
    return fields["ID"].capitalize() + " " + fields["VERSION_ID"]


def record(program):
    versions, columns = {}, {}
    for name, version, server in servers(program):
        with server as port:
            columns[name] = ask_all(port)
        versions[name] = version
        print("ok", name, version, flush=True)
    rows = [["handshake", *columns], ["version", *versions.values()]]
    for name, *_ in read_cases():
        rows.append([name, *(column[name] for column in columns.values())])
    with open(RESULTS, "w", encoding="ascii") as file:
        print("# SPDX-License-Identifier: MIT", file=file)
        print(f"# Recorded by handshakes.py on {system()},",
              f"{datetime.date.today()}.", file=file)
        for row in rows:
            print(*row, sep="\t", file=file)


def read_results(path=RESULTS):
    """Returns the comment, and for each server its version and results."""
    with open(path, encoding="ascii") as file:
        _, comment, head, *rows = file.read().splitlines()
    names = head.split("\t")[1:]
    columns = {name: {} for name in names}
    for row in rows:
        what, *values = row.split("\t")
        for name, value in zip(names, values, strict=True):
            columns[name][what] = value
    return comment.lstrip("# "), columns


def check(program):
    """Does upshake-demo still do what is recorded of it?"""
    recorded = read_results()[1][DEMO]
    del recorded["version"]
    with demo(program) as port:
        found = ask_all(port)
    for name in {**recorded, **found}:
        was, now = recorded.get(name), found.get(name)
        if was != now:
            print(f"FAIL {name}: recorded {was}, now {now}; "
                  "tests/interop/run.sh handshakes records again")
    return 0 if found == recorded else 1


def main(program, action):
    os.environ.pop("http_proxy", None)
    return check(program) if action == "--check" else record(program)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
