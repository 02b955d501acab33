# SPDX-License-Identifier: MIT
"""upshake-inspect with the network, against servers and clients that owe
nothing to this project.

usage: live.py INSPECT DEMO nginx|clients
       live.py INSPECT DEMO NAME COMMAND...

COMMAND is a server that says on its first line "listening on PORT", and takes
a WebSocket on /chat.  nginx stands in front of upshake-demo.  Prints a line for
each check.
"""
import contextlib
import json
import os
import re
import subprocess
import sys

import proxies
import wire
from client import server_of

PATIENCE = 60
CASES = 80  # and some more
# Every server holds these rules.
HELD = {"no Upgrade", "Upgrade: x-probe", "Upgrade: websocket2",
        "Upgrade: xwebsocket", "no key", "an empty key",
        "no empty line behind the head"}
# And this one no other server holds.
THROUGH = "Host with a path"


class Inspect:
    def __init__(self, program, server):
        self.program, self.server = program, server

    def run(self, *words, statuses=(0,)):
        run = subprocess.run([self.program, "--json", *words],
                             stdin=subprocess.DEVNULL, capture_output=True,
                             text=True, timeout=PATIENCE)
        assert run.returncode in statuses and not run.stderr, run
        return [json.loads(line) for line in run.stdout.splitlines()]


# ---- Servers -----------------------------------------------------------------

def connects(inspect, uri):
    said, = inspect.run("--subprotocol=chat", "--deflate", uri)
    assert (said["outcome"], said["subprotocol"]) == ("switched", "chat"), said
    assert said["extensions"].startswith("permessage-deflate"), said
    assert said["times"]["connect"] > 0 and said["times"]["answer"] > 0, said
    return said["times"]


def is_told_of_a_refusal(inspect, uri):
    said, = inspect.run("--origin=http://evil.example", uri, statuses=(2,))
    assert (said["outcome"], said["status"]) == ("other", 403), said


def probes(inspect, uri):
    rows = inspect.run("--probe", uri, "--timeout=1000", statuses=(0, 1))
    assert len(rows) >= CASES, len(rows)
    through = {row["what"] for row in rows if row["verdict"] == "through"}
    assert not through & HELD, through
    assert (THROUGH in through) == (inspect.server != "nginx"), through
    return "%d of %d let through" % (len(through), len(rows))


def check_server(inspect, port):
    uri = f"ws://127.0.0.1:{port}/chat"
    for check in connects, is_told_of_a_refusal, probes:
        print("ok", check.__name__, check(inspect, uri) or "", flush=True)


@contextlib.contextmanager
def nginx_before(program):
    demo = wire.Demo(program, "--deflate")
    try:
        with proxies.running("nginx", demo) as proxy:
            yield proxy.port
    finally:
        status = wire.stop(demo.process)
    assert status == 0, f"the demo ended with {status}"


# ---- Clients -----------------------------------------------------------------

CURL = ["curl", "--silent", "--max-time", "5", "--http1.1", "{http}"]
UPGRADE = ["-H", "Connection: Upgrade", "-H", "Upgrade: websocket",
           "-H", "Sec-WebSocket-Version: 13",
           "-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
WS = ["node", "-e", "new (require('ws'))('{ws}', 'chat').on('error', () => 0)"]
WEBSOCKETS = ["/usr/bin/python3", "-c", """
import asyncio, websockets
async def main():
    async with websockets.connect("{ws}", subprotocols=["chat"]) as ws:
        await ws.wait_closed()
asyncio.run(main())
"""]
CLIENTS = [
    ("curl", CURL, "plain", None),
    ("curl with fields", CURL + UPGRADE, "switched", None),
    ("curl with version 8",
     CURL + [word.replace("13", "8") for word in UPGRADE], "refused",
     "VERSION_UNSUPPORTED"),
    ("ws", WS, "switched", None),
    ("python3-websockets", WEBSOCKETS, "switched", None),
]


def judge_client(program, command):
    host = subprocess.Popen(
        [program, "--json", "--listen=0", "--once", "--subprotocol=chat"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    port = re.fullmatch(r"listening on ws://.*:(\d+)/\n",
                        host.stderr.readline())[1]
    words = [word.replace("{ws}", f"ws://127.0.0.1:{port}/")
             .replace("{http}", f"http://127.0.0.1:{port}/")
             for word in command]
    try:
        subprocess.run(words, stdout=subprocess.DEVNULL, timeout=PATIENCE)
        out, errors = host.communicate(timeout=10)
    finally:
        host.kill()
    assert not errors, errors
    return json.loads(out)


def check_clients(program):
    for name, command, outcome, error in CLIENTS:
        said = judge_client(program, command)
        assert (said["outcome"], said["error"]) == (outcome, error), said
        if name in ("ws", "python3-websockets"):
            assert said["subprotocol"] == "chat", said
        print("ok", name, flush=True)


def main(program, demo, name, *command):
    os.environ.pop("http_proxy", None)
    if name == "clients":
        check_clients(program)
        return
    server = server_of(command) if command else nginx_before(demo)
    with server as port:
        check_server(Inspect(program, name), port)


main(*sys.argv[1:])
