#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""upshake in Python: the path /chat greets by WebSocket; `echo` sends bytes
back.  One client after the other.

With the module of upshake_build.py (the last command in a second terminal):
    PYTHONPATH=build/python python3 examples/bindings/server.py 8100
    build/upshake-client ws://127.0.0.1:8100/chat

Lifetimes: C holds pointers, and Python does not know of them.  What the library
is to keep, an object of Python must hold: a table holds its texts, Handshake
holds config and head memory.  Bytes of a slice are copied before the next call.
"""
import contextlib
import socket
import sys

from _upshake import ffi, lib

TEXTS = [ffi.new("char[]", name) for name in (b"echo", b"websocket")]
PROTOCOLS = ffi.new("upshake_protocol[]", [
    {"name": TEXTS[0]},
    {"name": TEXTS[1], "rules": ffi.addressof(lib, "upshake_websocket_rules")}])
CONFIG = ffi.new("upshake_config *", {
    "protocols": PROTOCOLS, "protocols_len": 2, "decide": lib.decide})
GREETING = b"\x81\x05hello\x88\x02\x03\xe8"  # a text, and Close


def text(piece):
    """The bytes of a slice; None if it is absent."""
    return bytes(ffi.buffer(piece.ptr, piece.len)) if piece.ptr else None


class Handshake:
    """It keeps alive what the library points to."""

    def __init__(self, config):
        self.hs = ffi.new("upshake *")
        self.config = config
        self.head = ffi.new("char[8192]")
        self.user = ffi.new_handle(self)
        if lib.upshake_init(self.hs, config, self.head, len(self.head),
                            self.user):
            raise ValueError("the config is wrong")

    def choose(self):
        """Called by the library, for a valid offer."""
        if self.protocol() == b"echo":
            return lib.UPSHAKE_ACCEPT
        path = text(lib.upshake_get_request(self.hs).path)
        return lib.UPSHAKE_ACCEPT if path == b"/chat" else 404

    def feed(self, data):
        """Returns what to do next, and the bytes of the next protocol."""
        used = ffi.new("size_t *")
        todo = lib.upshake_feed(self.hs, ffi.from_buffer(data), len(data), used)
        return todo, data[used[0]:]

    def answer(self, status):
        lib.upshake_answer(self.hs, status)

    def reply(self):
        out = ffi.new("char[]", lib.UPSHAKE_REPLY_CAP)
        size = ffi.new("size_t *")
        if lib.upshake_reply(self.hs, out, len(out), size):
            raise ValueError("no reply is possible")
        return bytes(ffi.buffer(out, size[0]))

    def protocol(self):
        """To which it switches; None after a refusal."""
        entry = lib.upshake_get_result(self.hs).protocol
        return ffi.string(entry.name) if entry else None


@ffi.def_extern(error=500)  # an exception is printed, and 500 is returned
def decide(_, user):
    return ffi.from_handle(user).choose()


def echo(peer, early):
    peer.sendall(early)
    while data := peer.recv(4096):
        peer.sendall(data)


def serve(peer):
    handshake = Handshake(CONFIG)
    todo, rest = lib.UPSHAKE_READ, b""

    # 1 feed
    while todo == lib.UPSHAKE_READ:
        data = peer.recv(4096)
        if not data:
            return
        todo, rest = handshake.feed(data)

    # 2 decide: an offer was decided by the callback
    if todo == lib.UPSHAKE_PLAIN:
        handshake.answer(426)

    # 3 reply, then early bytes
    peer.sendall(handshake.reply())
    if handshake.protocol() == b"echo":
        echo(peer, rest)
    elif handshake.protocol() == b"websocket":
        peer.sendall(GREETING)
        if not rest:
            peer.recv(4096)  # the client's Close, which answers ours

    # Closing at once could destroy the answer on its way.
    peer.shutdown(socket.SHUT_WR)
    while peer.recv(4096):
        pass


def main(words):
    if len(words) != 1 or not words[0].isdecimal() or int(words[0]) > 65535:
        print("usage: server.py PORT; a number from 0 to 65535",
              file=sys.stderr)
        return 64
    assert lib.upshake_size() == ffi.sizeof("upshake")
    try:
        listener = socket.create_server(("127.0.0.1", int(words[0])))
    except OSError as error:
        print(f"server.py: port {words[0]}: {error}", file=sys.stderr)
        return 1
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}/",
          flush=True)
    while True:
        peer, _ = listener.accept()
        with peer, contextlib.suppress(OSError):
            peer.settimeout(10)
            serve(peer)


sys.exit(main(sys.argv[1:]))
