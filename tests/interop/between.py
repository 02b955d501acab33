# SPDX-License-Identifier: MIT
"""upshake-proxy between clients and servers that owe nothing to this project:
npm ws, websockets and Chromium on one side; npm ws, websockets, upshake-site
and nginx on the other.  Once whole; once byte by byte, by a shim on each side.

usage: between.py PROXY SITE DEMO

The three are programs; nginx stands before DEMO.  npm ws is found by NODE_PATH.
Prints a line for each check.
"""
import contextlib
import functools
import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading

import proxies
import wire

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, os.pardir))
from browser import browser

HOST = "127.0.0.1"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
# How much of each direction goes byte by byte: heads, and the first frames.
SINGLE = 1500
MESSAGES = ["hello", "", "\u00e4\u20ac\U0001f600", "x" * 5000,
            "0123456789" * 7000]
# What belongs to one hop, or is the proxy's.
OWN = {"connection", "keep-alive", "transfer-encoding", "upgrade", "via",
       "date"}
LARGE = bytes(range(256)) * 1000


# ---- Programs ----------------------------------------------------------------

@contextlib.contextmanager
def started(*command):
    """A program that says on its first line where it listens: its port."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        first = process.stdout.readline()
        port = re.fullmatch(r"listening on (?:http://127.*:)?(\d+)/?\n", first)
        assert port, first
        yield int(port[1])
        assert process.poll() is None, f"{command[0]} has ended"
    finally:
        wire.stop(process)
        process.stdout.close()


def with_files(folder, text):
    """nginx's configuration, and a folder of files at /files/."""
    os.makedirs(folder + "/files/folder")
    with open(folder + "/files/large.bin", "wb") as file:
        file.write(LARGE)
    return text.replace("  location / {", "  location /files/ {\n    root "
                        + folder + ";\n  }\n\n  location / {", 1)


@contextlib.contextmanager
def nginx(demo_program):
    demo = wire.Demo(demo_program, "--deflate")
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            with proxies.running("nginx", demo, functools.partial(
                    with_files, folder)) as server:
                yield server.port
    finally:
        status = wire.stop(demo.process)
    assert status == 0, f"the demo ended with {status}"


# ---- Byte by byte ------------------------------------------------------------

def pour(source, target):
    left = SINGLE
    with contextlib.suppress(OSError):
        while octets := source.recv(65536):
            for at in range(min(left, len(octets))):
                target.sendall(octets[at:at + 1])
            target.sendall(octets[left:])
            left -= min(left, len(octets))
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def join(client, port):
    with client, socket.create_connection((HOST, port)) as server:
        for sock in (client, server):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        back = threading.Thread(target=pour, args=(server, client))
        back.start()
        pour(client, server)
        back.join()


def accept(listener, port):
    with contextlib.suppress(OSError):
        while True:
            threading.Thread(target=join, args=(listener.accept()[0], port),
                             daemon=True).start()


@contextlib.contextmanager
def split(port):
    """The port of a shim that passes bytes on to this one."""
    with socket.create_server((HOST, 0)) as listener:
        threading.Thread(target=accept, args=(listener, port),
                         daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def through(program, port, is_split):
    """The port of a proxy before this one."""
    if not is_split:
        with started(program, "--port", "0", "--upstream",
                     f"{HOST}:{port}") as proxy:
            yield proxy
        return
    with split(port) as behind, through(program, behind, False) as proxy, \
            split(proxy) as before:
        yield before


# ---- Real clients ------------------------------------------------------------

def npm_ws(port, mode):
    subprocess.run(["node", HERE + "/ws_client.js", HOST, str(port), mode],
                   check=True, timeout=60)


def websockets(port, mode):
    subprocess.run([sys.executable, HERE + "/python_client.py", "websockets",
                    HOST, str(port), mode], check=True, timeout=60)


SCRIPT = """
const [url, offered, messages, done] = arguments;
const socket = new WebSocket(url, offered), echoes = [];
socket.onopen = () => messages.forEach((text) => socket.send(text));
socket.onmessage = ({ data }) => {
  if (echoes.push(data) === messages.length) socket.close(1000);
};
socket.onclose = ({ code }) => done([
  code, socket.protocol, socket.extensions.split(";")[0], echoes]);
"""


def chromium(page, port, mode):
    page.ask("POST", "/url", {"url": f"http://{HOST}:{port}/"})
    is_bare = mode == "bare"
    said = page.ask("POST", "/execute/async", {"script": SCRIPT, "args": [
        f"ws://{HOST}:{port}/chromium", [] if is_bare else ["other", "chat"],
        MESSAGES]})
    assert said == [1000, "" if is_bare else "chat",
                    "" if is_bare else "permessage-deflate", MESSAGES], [
                        str(each)[:200] for each in said]


# ---- What is compared with the server itself ---------------------------------

def switch(port, offer, path="/", early=b""):
    """A connection that has switched, and what was agreed on."""
    connection = wire.Connection(HOST, port)
    connection.send(wire.request(f"GET {path} HTTP/1.1", [
        "Host: a.example", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + KEY, *offer])
        + early)
    fields = connection.take_101(KEY)
    return connection, {name: value for name, value in fields.items()
                        if name.startswith("sec-websocket-")}


def agrees_alike(direct, port):
    deflate = "Sec-WebSocket-Extensions: permessage-deflate"
    for offer in ([], ["Sec-WebSocket-Protocol: other, chat"],
                  ["Sec-WebSocket-Protocol: other"], [deflate],
                  [deflate + "; client_max_window_bits, permessage-deflate"],
                  [deflate + "; server_max_window_bits=9",
                   "Sec-WebSocket-Protocol: chat"],
                  [deflate + "; server_no_context_takeover",
                   deflate + "; client_no_context_takeover"],
                  ["Sec-WebSocket-Extensions: x-no"]):
        agreed = []
        for each in (direct, port):
            connection, fields = switch(each, offer)
            with connection:
                connection.close()
            agreed.append(fields)
        assert agreed[0] == agreed[1], (offer, agreed)


def takes_early_bytes(port, name):
    """A frame behind the request; but for site and nginx, another one behind
    the 101."""
    connection, _ = switch(port, [], "/greet",
                           wire.frame(wire.TEXT, b"early"))
    with connection:
        if name not in ("site", "nginx"):
            assert connection.take_frame() == (wire.TEXT, b"hello")
        assert connection.take_frame() == (wire.TEXT, b"early")
        connection.close()


def ask(port, method, path, fields):
    """What comes back; the boundary of nginx is another one each time."""
    client = http.client.HTTPConnection(HOST, port, timeout=20)
    client.request(method, path, headers={"Host": "a.example", **fields})
    answer = client.getresponse()
    content = re.sub(rb"\b\d{20}\b", b"boundary", answer.read())
    client.close()
    return [answer.status, answer.reason, content, *sorted(
        (name, re.sub(r"\b\d{20}\b", "boundary", value))
        for name, value in answer.getheaders() if name.lower() not in OWN)]


def answers_alike(direct, port, requests):
    for request in requests:
        for one, other in zip(ask(direct, *request), ask(port, *request),
                              strict=True):
            assert one == other, (request, str(one)[:99], str(other)[:99])


FILES = [
    ("GET", "/files/large.bin", {}), ("HEAD", "/files/large.bin", {}),
    ("GET", "/files/large.bin", {"Range": "bytes=5-9"}),
    ("GET", "/files/large.bin", {"Range": "bytes=0-1,5-9999"}),
    ("GET", "/files/large.bin", {"Range": "bytes=999999-"}),
    ("GET", "/files/large.bin", {"If-Modified-Since":
                                 "Fri, 01 Jan 2100 00:00:00 GMT"}),
    ("POST", "/files/large.bin", {}), ("GET", "/files/folder", {}),
    ("GET", "/files/no", {}), ("GET", "/files/../no", {})]


# ---- All of it ---------------------------------------------------------------

def check(page, program, name, port):
    mode = "bare" if name == "site" else "deflate"
    requests = [("GET", "/", {}), *(FILES if name == "nginx" else [])]
    for is_split in (False, True):
        with through(program, port, is_split) as proxy:
            npm_ws(proxy, mode)
            websockets(proxy, mode)
            chromium(page, proxy, mode)
            agrees_alike(port, proxy)
            takes_early_bytes(proxy, name)
            answers_alike(port, proxy, requests)
        print("ok", name, "byte by byte" if is_split else "whole", flush=True)


def main(program, site, demo):
    servers = {
        "ws": started("node", HERE + "/ws_server.js"),
        "websockets": started(sys.executable, HERE + "/python_server.py",
                              "websockets"),
        "site": started(site, "--port", "0"),
        "nginx": nginx(demo)}
    with browser() as page:
        for name, server in servers.items():
            with server as port:
                check(page, program, name, port)


main(*sys.argv[1:])
