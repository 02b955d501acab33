# SPDX-License-Identifier: MIT
"""python3-websockets: opens, agrees on a sub-protocol, echoes, closes.

usage: websockets_client.py HOST PORT
"""
import asyncio
import sys

import websockets


async def main(host, port):
    url = f"ws://{host}:{port}/python?from=websockets"
    async with websockets.connect(url, subprotocols=["other", "chat"]) as ws:
        assert ws.subprotocol == "chat", ws.subprotocol
        for message in ("hello", "", "\u00e4\u20ac\U0001f600", b"\0\1\xff",
                        "x" * 5000):
            await ws.send(message)
            echo = await asyncio.wait_for(ws.recv(), 5)
            assert echo == message, (message, echo)

    # Without a sub-protocol none is agreed on.
    async with websockets.connect(url) as ws:
        assert ws.subprotocol is None, ws.subprotocol

    # A page of elsewhere is refused.
    try:
        async with websockets.connect(url, origin="http://evil.example"):
            raise AssertionError("a foreign origin was let through")
    except websockets.exceptions.InvalidHandshake as refused:
        assert "403" in str(refused), refused


asyncio.run(main(sys.argv[1], sys.argv[2]))
