# SPDX-License-Identifier: MIT
"""upshake-client against servers that owe nothing to this project, and through
proxies to upshake-demo.

usage: client.py CLIENT DEMO NAME [COMMAND...]

NAME is demo, nginx or haproxy; or any other name, and COMMAND then is a server
that says on its first line "listening on PORT".  Each server echoes, speaks the
sub-protocol chat, agrees to permessage-deflate, and answers 403 where there is
an Origin of elsewhere.  Prints a line for each check.
"""
import contextlib
import json
import re
import subprocess
import sys

import proxies
import wire

# Nothing, the three lengths of a frame, more than ASCII; what deflates well,
# twice.
MESSAGES = ["hello", "", "\u00e4\u20ac\U0001f600", "x" * 5000, "x" * 5000,
            "0123456789" * 7000]
# Compressing an empty message behind another one, its server ends by an
# assertion ("want to trim out length 0").
NOT_EMPTY = ("libwebsockets",)
EXIT_OTHER = 2


class Client:
    def __init__(self, program, uri, server):
        self.program, self.uri, self.server = program, uri, server

    def run(self, *options, status=0, given=b""):
        run = subprocess.run([self.program, *options, self.uri], input=given,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             timeout=30)
        assert run.returncode == status, (run.returncode, run.stdout[:500],
                                          run.stderr)
        assert status or not run.stderr, run.stderr
        return run.stdout

    def report(self, *options, status=0):
        return json.loads(self.run("--json", *options, status=status))

    def echoes(self, *options):
        messages = [text for text in MESSAGES
                    if text or self.server not in NOT_EMPTY]
        report = self.report(*options,
                             *("--message=" + text for text in messages))
        assert report["messages"] == messages, [
            text[:40] for text in report["messages"]]
        assert report["outcome"] == "switched", report
        assert report["protocol"] == "websocket", report
        return report["subprotocol"], report["extensions"]


# ---- The checks --------------------------------------------------------------

def plain(client):
    agreed = client.echoes()
    assert agreed == (None, None), agreed


def subprotocol(client):
    agreed = client.echoes("--subprotocol", "other", "--subprotocol", "chat")
    assert agreed == ("chat", None), agreed


def deflate(client):
    chosen, extensions = client.echoes("--deflate")
    assert chosen is None, chosen
    assert extensions.startswith("permessage-deflate"), extensions
    return extensions


def both(client):
    agreed = client.echoes("--deflate", "--subprotocol=chat",
                           "--subprotocol-required")
    assert agreed[0] == "chat" and agreed[1], agreed


def lines(client):
    given = b"".join(b"line %d\n" % i for i in range(500))
    assert client.run("--deflate", given=given) == given


def refusal(client):
    report = client.report("--origin", "http://evil.example",
                           status=EXIT_OTHER)
    assert (report["outcome"], report["status"]) == ("other", 403), report


CHECKS = (plain, subprotocol, deflate, both, lines, refusal)


# ---- The servers -------------------------------------------------------------

@contextlib.contextmanager
def server_of(command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        first = process.stdout.readline()
        found = re.fullmatch(r"listening on (\d+)\n", first)
        assert found, first
        yield int(found[1])
    finally:
        wire.stop(process)
        process.stdout.close()


@contextlib.contextmanager
def demo_of(program, name):
    demo = wire.Demo(program, "--deflate")
    try:
        if name == "demo":
            yield demo.port
        else:
            with proxies.running(name, demo) as proxy:
                yield proxy.port
    finally:
        status = wire.stop(demo.process)
    assert status == 0, f"the demo ended with {status}"


def main(program, demo, name, *command):
    server = server_of(command) if command else demo_of(demo, name)
    with server as port:
        client = Client(program, f"ws://127.0.0.1:{port}/chat?a=b", name)
        for check in CHECKS:
            said = check(client)
            print(f"ok {check.__name__}", said or "", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
