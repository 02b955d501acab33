# SPDX-License-Identifier: MIT
"""Examples that are one file to copy, with clients of the real world: Python's
websockets, and npm's ws.

usage: to_copy.py PROGRAM

PROGRAM is upshake-chat, upshake-login or upshake-tls.
"""
import asyncio
import base64
import os
import ssl
import subprocess
import sys
import tempfile

import websockets

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import peer  # noqa: E402

PATIENCE = 20  # seconds
MESSAGES = ("hello", "", "\u00e4\u20ac\U0001f600", "x" * 5000,
            "0123456789" * 7000, b"\0\1\xff", os.urandom(3000))
# From 14 on it is called otherwise.
FIELDS = ("extra_headers" if int(websockets.__version__.split(".")[0]) < 14
          else "additional_headers")


def node(url, message, *fields, **environment):
    """What the client of ws prints, line by line."""
    ended = subprocess.run(
        ["node", os.path.join(HERE, "ws_url.js"), url, message, *fields],
        env={**os.environ, **environment}, capture_output=True, text=True,
        timeout=PATIENCE, check=False)
    return (ended.stdout + ended.stderr).split("\n")[:-1]


async def ends_well(ws):
    await ws.close(1000)
    assert ws.close_code == 1000, ws.close_code


# ---- The programs ------------------------------------------------------------

def try_clients_of_the_demo(port):
    """What they say of their features is about the demo."""
    for words in (["/usr/bin/python3", "python_client.py", "websockets"],
                  ["node", "ws_client.js"]):
        ended = subprocess.run(
            [words[0], os.path.join(HERE, words[1]), *words[2:], "127.0.0.1",
             str(port)], capture_output=True, timeout=PATIENCE, check=False)
        assert ended.returncode == 0, ended


async def try_chat(port):
    try_clients_of_the_demo(port)
    url = f"ws://127.0.0.1:{port}/"
    names = "here", "here", "here", "there"
    clients = [await websockets.connect(url + name, subprotocols=["chat"])
               for name in names]
    for message in MESSAGES:
        await clients[0].send(message)
        for client in clients[:3]:
            assert await client.recv() == message
    await clients[3].send("only me")
    assert await clients[3].recv() == "only me"
    for client in clients:
        assert client.subprotocol == "chat"
        await ends_well(client)


async def try_tls(port, certificate):
    url = f"wss://127.0.0.1:{port}/"
    context = ssl.create_default_context(cafile=certificate)
    async with websockets.connect(url, ssl=context) as ws:
        for message in MESSAGES:
            await ws.send(message)
        for message in MESSAGES:
            assert await ws.recv() == message
        await ends_well(ws)
    assert node(url, "hello", NODE_EXTRA_CA_CERTS=certificate) == [
        "hello", "1000"]
    assert "certificate" in str(node(url, "hello"))


async def try_login(port):
    basic = base64.b64encode(b"alice:wonderland").decode()
    for name, value, greeting in (
            ("Cookie", "session=session-b", "hello bob"),
            ("Authorization", "Bearer token-a", "hello alice"),
            ("Authorization", "Basic " + basic, "hello alice")):
        url = f"ws://127.0.0.1:{port}/"
        async with websockets.connect(url, **{FIELDS: {name: value}}) as ws:
            assert await ws.recv() == greeting
            await ws.wait_closed()
            assert ws.close_code == 1000, ws.close_code
        assert node(url, "unheard", name, value) == [greeting, "1000"]
    for path, fields, status in (
            ("", ["Cookie", "session=x"], "401"), ("", [], "401"),
            ("admin", ["Authorization", "Bearer token-b"], "403")):
        assert status in node(url + path, "unheard", *fields)
        try:
            await websockets.connect(
                url + path, **{FIELDS: dict([fields] if fields else [])})
            raise AssertionError("it is let in")
        except websockets.exceptions.InvalidHandshake as error:
            assert status in str(error), error


def main(program):
    name = os.path.basename(program).removeprefix("upshake-")
    arguments, scheme = [], "http"
    with tempfile.TemporaryDirectory() as folder:
        if name == "tls":
            arguments = peer.certificate(folder, "IP:127.0.0.1")
            scheme = "https"
        process, port = peer.start(program, *arguments, scheme=scheme)
        try:
            asyncio.run(globals()["try_" + name](port, *arguments[:1]))
            assert process.poll() is None, "it has ended"
        finally:
            process.kill()
            process.wait()


main(*sys.argv[1:])
