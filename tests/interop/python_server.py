# SPDX-License-Identifier: MIT
"""Python's servers, as Debian has them, for client.py and between.py: they echo.
At /greet websockets speaks first.

usage: python_server.py websockets|aiohttp|tornado
"""
import asyncio
import http
import sys

HOST = "127.0.0.1"


def listening_on(port):
    print(f"listening on {port}", flush=True)


async def serve_websockets():
    import websockets

    async def echo(ws, _path=None):
        # Up to 13 the path is the connection's, from 14 on the request's.
        if (getattr(ws, "path", None) or ws.request.path) == "/greet":
            await ws.send("hello")
        async for message in ws:
            await ws.send(message)

    async def judge(connection, request):
        """Up to 13 the arguments are the path and the fields."""
        fields = getattr(request, "headers", request)
        if fields.get("Origin") in (None, f"http://{fields.get('Host')}"):
            return None
        if hasattr(connection, "respond"):
            return connection.respond(http.HTTPStatus.FORBIDDEN, "")
        return http.HTTPStatus.FORBIDDEN, [], b""
    server = await websockets.serve(echo, HOST, 0, subprotocols=["chat"],
                                    process_request=judge)
    listening_on(list(server.sockets)[0].getsockname()[1])


async def serve_aiohttp():
    from aiohttp import WSMsgType, web

    async def echo(request):
        if "Origin" in request.headers:
            raise web.HTTPForbidden()
        ws = web.WebSocketResponse(protocols=["chat"])
        await ws.prepare(request)
        async for message in ws:
            if message.type == WSMsgType.TEXT:
                await ws.send_str(message.data)
        return ws
    app = web.Application()
    app.router.add_get("/chat", echo)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    listening_on(runner.addresses[0][1])


async def serve_tornado():
    from tornado import httpserver, netutil, web, websocket

    class Echo(websocket.WebSocketHandler):
        """An Origin of elsewhere is refused by default."""

        def select_subprotocol(self, subprotocols):
            return "chat" if "chat" in subprotocols else None

        def get_compression_options(self):
            return {}

        async def on_message(self, message):
            await self.write_message(message)
    sockets = netutil.bind_sockets(0, HOST)
    httpserver.HTTPServer(web.Application([("/chat", Echo)])).add_sockets(
        sockets)
    listening_on(sockets[0].getsockname()[1])


async def main(name):
    await globals()["serve_" + name]()
    await asyncio.Event().wait()


asyncio.run(main(sys.argv[1]))
