# SPDX-License-Identifier: MIT
"""upshake-inspect --probe: it sends each breakage to a server, and says what
the server lets through.

usage: test_inspect_probe.py PROGRAM [DEMO]
"""
import json
import re
import subprocess
import sys
import time

from inspect_peer import (INCOMPLETE, OTHER, PATIENCE, PROGRAM, REFUSED,
                          SWITCHED, USAGE, Run, run_tests, server)
from peer import is_refused

SWITCH = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
          b"Connection: Upgrade\r\n")
RIGHT = re.compile(rb"GET /chat HTTP/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n"
                   rb"Upgrade: websocket\r\nConnection: Upgrade\r\n"
                   rb"Sec-WebSocket-Key: ([A-Za-z0-9+/]{21}[AQgw])==\r\n"
                   rb"Sec-WebSocket-Version: 13\r\n\r\n")
KEYS = ("rule", "level", "what", "sent", "wanted", "status", "verdict")


def probing(answer, *options):
    """Probes a server that switches for a right request and says answer(head)
    to others; returns a context that gives the run and the heads."""
    heads = []

    def serve(peer, head):
        heads.append(head)
        said = SWITCH + b"\r\n" if RIGHT.fullmatch(head) else answer(head)
        peer.sendall(said)

    # It answers the first bytes, whether the head is complete or not.
    with server(serve, lambda peer: peer.recv(65536)) as address:
        run = Run("--probe", f"ws://{address}/chat", *options)
        run.process.wait(PATIENCE)
    return run, heads


def rows_of(out):
    rows = [json.loads(line) for line in out.splitlines()]
    for row in rows:
        assert tuple(row) == KEYS, row
    return rows


def error(status, *lines):
    return ("HTTP/1.1 %d No\r\n%s\r\n" % (
        status, "".join(line + "\r\n" for line in lines))).encode()


# ---- Every server ------------------------------------------------------------

def it_sends_each_case_on_a_connection_of_its_own():
    run, heads = probing(lambda head: error(400, "Sec-WebSocket-Version: 13"),
                         "--json")
    rows = rows_of(run.ends(SWITCHED))
    assert len(rows) == len(heads) - 1 >= 80, (len(rows), len(heads))
    # Each differs from the right request, from the others, and is complete.
    assert RIGHT.fullmatch(heads[0]), heads[0]
    assert not any(RIGHT.fullmatch(head) for head in heads[1:]), heads
    assert not any(b"{" in head for head in heads), heads
    sent = [re.sub(rb"[A-Za-z0-9+/]{22}==", b"KEY", head) for head in heads]
    assert len(set(sent)) == len(sent), sent
    keys = [match[0] for head in heads
            for match in re.findall(rb"Key: (([A-Za-z0-9+/]{22}==))\r", head)]
    assert len(set(keys)) > 60, "a key is new for each connection"
    for row in rows:
        assert row["verdict"] == "held" and row["status"] == 400, row
        assert re.match(r"RFC \d+ [\d.]+( \(\d\))?$", row["rule"]), row
        assert row["level"] in ("MUST", "SHOULD"), row
    assert len({row["what"] for row in rows}) == len(rows), rows
    # What it says it has sent is what came.
    for row, head in zip(rows, heads[1:]):
        said = row["sent"].encode("latin-1")
        for name, value in ((b"target", b"/chat"), (b"origin", b""),
                            (b"subprotocol", b""), (b"key", b"KEY"),
                            (b"host", re.search(rb"Host: (.*?)\r",
                                                heads[0])[1])):
            said = said.replace(b"{%s}" % name, value)
        if b"KEY" in said:
            head = re.sub(rb"[A-Za-z0-9+/]{22}==", b"KEY", head)
            said = re.sub(rb"[A-Za-z0-9+/]{22}==", b"KEY", said)
        assert said == head, (said, head)


def it_sends_what_the_options_ask_for():
    run, heads = probing(
        lambda head: SWITCH + b"\r\n" if b"Origin: null" in head
        and head.startswith(b"GET /chat HTTP/1.1\r\nHost: 1") else
        error(400, "Sec-WebSocket-Version: 13"),
        "--origin=null", "--subprotocol=a", "--subprotocol=b")
    run.ends(REFUSED)
    assert b"\r\nOrigin: null\r\nSec-WebSocket-Protocol: a, b\r\n" in heads[0]


def it_says_what_a_careless_server_lets_through():
    run, _ = probing(lambda head: SWITCH + b"\r\n", "--json")
    rows = rows_of(run.ends(REFUSED))
    held = [row["wanted"] for row in rows if row["verdict"] != "through"]
    assert set(held) == {"no permessage-deflate", "no sub-protocol"}, held
    run, _ = probing(
        lambda head: SWITCH + b"Sec-WebSocket-Protocol: a\r\n"
        b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", "--json")
    rows = rows_of(run.ends(REFUSED))
    assert {row["verdict"] for row in rows} == {"through"}, rows


def it_prints_a_table():
    run, _ = probing(lambda head: SWITCH + b"\r\n" if b"Version: 013" in head
                     else error(404))
    out = run.ends(REFUSED)
    first, *lines = out.splitlines()
    assert re.match(r"1 of \d+ breakages let through by ws://127\.0\.0\.1:\d+"
                    r"/chat: \d+ held, \d+ answered otherwise, 0 not answered$",
                    first), first
    assert "Let through, with 101:" in lines, out
    assert re.search(r"^  RFC 6455 4\.3 +MUST +version 013$", out, re.M), out
    assert re.search(r"^  RFC 9112 3\.2 +MUST +no Host +404, not 400$",
                     out, re.M), out
    assert all(len(line) <= 84 for line in lines), out


def it_knows_every_kind_of_answer():
    def answer(head):
        if b"HEAD" in head:
            return b""
        if b"POST" in head:
            return b"SSH-2.0-x\r\n"
        if b"Host" not in head:
            return error(500)
        return error(400, "Sec-WebSocket-Version: 13, 8")
    run, _ = probing(answer, "--json")
    rows = {row["what"]: row for row in rows_of(run.ends(SWITCHED))}
    for what, status, verdict in (
            ("the method is HEAD", 0, "held"),
            ("the method is POST", 0, "held"),
            ("no Host", 500, "otherwise"), ("two Hosts", 400, "held"),
            ("version 7", 400, "held")):
        row = rows[what]
        assert (row["status"], row["verdict"]) == (status, verdict), row


def it_does_not_wait_for_ever():
    def answer(head):
        if b"Version: 0\r" in head or head.startswith(b"get"):
            time.sleep(2)
        return error(400, "Sec-WebSocket-Version: 13")
    run, _ = probing(answer, "--json", "--timeout=300")
    silent = [row["what"] for row in rows_of(run.ends(SWITCHED))
              if row["verdict"] == "silent"]
    assert silent == ["the method is get, in lower case", "version 0"], silent


# ---- Before the first case, and in the middle --------------------------------

def it_needs_a_server_that_switches():
    for answer, status, said in (
            (error(404), OTHER, "is answered 404"),
            (b"", INCOMPLETE, "gets no HTTP response"),
            (b"SSH-2.0-x\r\n", INCOMPLETE, "gets no HTTP response")):
        with server(lambda peer, head: peer.sendall(answer)) as address:
            assert Run("--probe", f"ws://{address}/").ends(status, said) == ""
    with server(lambda peer, head: time.sleep(2)) as address:
        Run("--probe", f"ws://{address}/", "--timeout=200").ends(
            INCOMPLETE, "no answer to a right request")


def it_probes_the_servers_of_others_only_if_told_to():
    uri = "ws://192.0.2.1/"  # for documentation (RFC 5737)
    Run("--probe", uri).ends(USAGE, "--yes")
    Run("--probe", uri, "--yes", "--timeout=200").ends(INCOMPLETE,
                                                       "cannot connect")


def it_ends_with_a_summary_when_it_is_interrupted():
    def serve(peer, head):
        if not RIGHT.fullmatch(head):
            time.sleep(0.2)
        peer.sendall(SWITCH + b"\r\n")
    with server(serve) as address:
        run = Run("--probe", f"ws://{address}/chat")
        time.sleep(1)
        run.interrupt()
        out = run.ends(INCOMPLETE, "ended before case ")
    assert re.match(r"\d of \d breakages let through .*, \d+ not sent\n",
                    out), out


def it_says_after_which_case_the_server_is_gone():
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER_THAT_FALLS], stdout=subprocess.PIPE)
    port = int(process.stdout.readline())
    process.stdout.close()
    run = Run("--probe", f"ws://127.0.0.1:{port}/chat")
    out, errors = run.process.communicate(timeout=PATIENCE)
    process.wait(PATIENCE)
    assert run.process.returncode == INCOMPLETE, (out, errors)
    assert "Connection refused" in errors, errors
    assert re.search(r"ended before case 4 of \d+: the version is HTTP/1.0\n",
                     errors), errors
    assert out.startswith("0 of 3 breakages"), out


SERVER_THAT_FALLS = f"""
import socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
count = 4
for said in {SWITCH!r} + b"\\r\\n", b"", b"", b"":
    peer, _ = listener.accept()
    count -= 1
    if count == 0:
        listener.close()
    if said == b"":
        peer.recv(4096)
    peer.sendall(said)
    peer.close()
"""


def it_says_which_arguments_are_wrong():
    for words in (["--probe"], ["--probe", "x"], ["--probe", "http://a/"],
                  ["--probe=ws://a/", "b"], ["--probe=ws://a/", "--once"],
                  ["--probe=ws://a/", "--listen=1"],
                  ["--probe=ws://a/", "--request=a"],
                  ["--probe=ws://a/", "--deflate"],
                  ["--probe=ws://a/", "--protocol=a"]):
        is_refused(PROGRAM, words, USAGE, PATIENCE)


# ---- upshake-demo ------------------------------------------------------------

def it_finds_nothing_in_upshake_demo():
    if not sys.argv[2:]:
        return
    for options in [], ["--deflate", "--subprotocol=x-probe", "--protocol=x"]:
        demo = subprocess.Popen([sys.argv[2], "--port", "0", *options],
                                stdout=subprocess.PIPE, text=True)
        try:
            host = re.search("http://(.*)/", demo.stdout.readline())[1]
            rows = rows_of(Run("--json", "--probe",
                               f"ws://{host}/chat").ends(SWITCHED))
            assert {row["verdict"] for row in rows} == {"held"}, rows
        finally:
            demo.terminate()
            assert demo.wait(PATIENCE) == 0
            demo.stdout.close()


run_tests(dict(globals()))
