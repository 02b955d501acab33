# SPDX-License-Identifier: MIT
"""Python's clients, as Debian has them: each opens with two sub-protocols
offered, echoes, closes; and a page of elsewhere is refused.

usage: python_client.py NAME HOST PORT [deflate|bare]

NAME is websockets, aiohttp, tornado, autobahn, websocket (websocket-client) or
wsproto.  With "deflate" the server has to agree to permessage-deflate, where
the client can do it; without, it has to agree to nothing.  With "bare"
websockets offers no sub-protocol.

Each client is a function that opens and yields (sub-protocol, agreed
extensions as text, send, receive), the two last of them coroutines.
"""
import asyncio
import contextlib
import os
import socket
import sys

# Nothing, the three lengths of a frame, more than ASCII, bytes; what
# deflates well, twice, and what does not.
MESSAGES = ("hello", "", "\u00e4\u20ac\U0001f600", "x" * 5000, "x" * 5000,
            "0123456789" * 7000, b"\0\1\xff", os.urandom(3000))
OFFER = ["other", "chat"]
NO_DEFLATE = ("websocket",)
NO_CLOSE = ("websocket",)  # which does not say how the connection was closed


def checked(*features):
    """Says which features were checked: see clients.tsv."""
    for feature in features:
        print("checked", feature)


@contextlib.asynccontextmanager
async def open_websockets(url, origin):
    import websockets
    async with websockets.connect(url, subprotocols=OFFER or None,
                                  origin=origin) as ws:
        # Up to 13 the fields are the connection's, from 14 on the response's.
        fields = getattr(ws, "response_headers", None) or ws.response.headers
        yield (ws.subprotocol, fields.get("Sec-WebSocket-Extensions", ""),
               ws.send, ws.recv)
    assert ws.close_code == 1000, ws.close_code


@contextlib.asynccontextmanager
async def open_aiohttp(url, origin):
    import aiohttp
    async with aiohttp.ClientSession() as session, session.ws_connect(
            url, protocols=OFFER, origin=origin, compress=15) as ws:
        async def send(message):
            text = isinstance(message, str)
            await (ws.send_str if text else ws.send_bytes)(message)

        async def receive():
            return (await ws.receive()).data
        extensions = "permessage-deflate" if ws.compress else ""
        yield ws.protocol, extensions, send, receive
        await ws.close()
        assert ws.close_code == 1000, ws.close_code


@contextlib.asynccontextmanager
async def open_tornado(url, origin):
    from tornado import httpclient, websocket
    fields = {"Origin": origin} if origin else {}
    ws = await websocket.websocket_connect(
        httpclient.HTTPRequest(url, headers=fields), compression_options={},
        subprotocols=OFFER)

    async def send(message):
        await ws.write_message(message, binary=isinstance(message, bytes))
    yield (ws.selected_subprotocol,
           ws.headers.get("Sec-WebSocket-Extensions", ""), send,
           ws.read_message)
    ws.close(1000)
    assert await asyncio.wait_for(ws.read_message(), 5) is None
    assert ws.close_code == 1000, ws.close_code


@contextlib.asynccontextmanager
async def open_autobahn(url, origin):
    from autobahn.asyncio import websocket
    from autobahn.websocket import compress
    loop = asyncio.get_running_loop()
    opened, closed, messages = (loop.create_future(), loop.create_future(),
                                asyncio.Queue())

    class Protocol(websocket.WebSocketClientProtocol):
        def onOpen(self):
            opened.set_result(None)

        def onMessage(self, payload, isBinary):
            messages.put_nowait(payload if isBinary else payload.decode())

        def onClose(self, wasClean, code, reason):
            if not opened.done():
                opened.set_exception(ConnectionError(reason))
            closed.set_result((wasClean, code))

    def accept(response):
        return compress.PerMessageDeflateResponseAccept(response)
    factory = websocket.WebSocketClientFactory(url, origin=origin,
                                               protocols=OFFER)
    factory.protocol = Protocol
    factory.setProtocolOptions(
        perMessageCompressionOffers=[compress.PerMessageDeflateOffer()],
        perMessageCompressionAccept=accept)
    _, ws = await loop.create_connection(factory, factory.host, factory.port)
    await opened

    async def send(message):
        text = isinstance(message, str)
        ws.sendMessage(message.encode() if text else message, not text)
    agreed = [each.EXTENSION_NAME for each in ws.websocket_extensions_in_use]
    yield ws.websocket_protocol_in_use, ", ".join(agreed), send, messages.get
    ws.sendClose(1000)
    assert await asyncio.wait_for(closed, 5) == (True, 1000)


@contextlib.asynccontextmanager
async def open_websocket(url, origin):
    import websocket
    ws = websocket.create_connection(url, subprotocols=OFFER, origin=origin,
                                     timeout=5)

    async def send(message):
        text = isinstance(message, str)
        (ws.send if text else ws.send_binary)(message)

    async def receive():
        return ws.recv()
    yield (ws.subprotocol, ws.headers.get("sec-websocket-extensions", ""),
           send, receive)
    ws.close()


class Wsproto:
    """wsproto has no sockets: these are ours."""

    def __init__(self, url, origin):
        from wsproto import ConnectionType, WSConnection, events, extensions
        self.events = events
        host, target = url[len("ws://"):].split("/", 1)
        address = host.split(":")
        self.socket = socket.create_connection((address[0], int(address[1])),
                                               timeout=5)
        self.connection = WSConnection(ConnectionType.CLIENT)
        self.say(events.Request(
            host=host, target="/" + target, subprotocols=OFFER,
            extensions=[extensions.PerMessageDeflate()],
            extra_headers=[(b"Origin", origin.encode())] if origin else []))

    def say(self, event):
        self.socket.sendall(self.connection.send(event))

    def next_event(self):
        while True:
            for event in self.connection.events():
                return event
            self.connection.receive_data(self.socket.recv(65536) or None)

    async def send(self, message):
        text = isinstance(message, str)
        self.say((self.events.TextMessage if text else
                  self.events.BytesMessage)(data=message))

    async def receive(self):
        event = self.next_event()
        data = event.data
        while not event.message_finished:
            event = self.next_event()
            data += event.data
        return data if isinstance(data, str) else bytes(data)


@contextlib.asynccontextmanager
async def open_wsproto(url, origin):
    ws = Wsproto(url, origin)
    with contextlib.closing(ws.socket):
        answer = ws.next_event()
        if not isinstance(answer, ws.events.AcceptConnection):
            raise ConnectionError(str(answer))
        agreed = ", ".join(each.name for each in answer.extensions)
        yield answer.subprotocol, agreed, ws.send, ws.receive
        ws.say(ws.events.CloseConnection(code=1000))
        assert ws.next_event().code == 1000


async def echoes(client, url, deflate):
    async with client(url, None) as (subprotocol, agreed, send, receive):
        assert subprotocol == ("chat" if OFFER else None), subprotocol
        assert agreed.startswith("permessage-deflate") == deflate, agreed
        assert deflate or not agreed, agreed
        for message in MESSAGES:
            await send(message)
            echo = await asyncio.wait_for(receive(), 5)
            assert echo == message, (message[:40], len(message), echo[:40],
                                     len(echo))
    print("echoed;", agreed or "no extension")
    checked("101", *["sub-protocol"] * bool(OFFER),
            *["deflate"] * bool(agreed))


async def is_refused(client, url):
    try:
        async with client(url, "http://evil.example"):
            pass
    except Exception as error:  # each client has its own
        assert "403" in str(error), repr(error)
        checked("refusal")
        return
    raise AssertionError("a foreign origin was let through")


async def main(name, host, port, mode=""):
    url = f"ws://{host}:{port}/python?from={name}"
    client = globals()["open_" + name]
    if mode == "bare":
        OFFER.clear()
    await echoes(client, url, mode == "deflate" and name not in NO_DEFLATE)
    if name not in NO_CLOSE:
        checked("close")
    await is_refused(client, url)


asyncio.run(main(*sys.argv[1:]))
