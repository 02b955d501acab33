# SPDX-License-Identifier: MIT
"""Stands between the browser and the demo, keeps what goes over the wire, and
holds back or answers an opening of a WebSocket if a test wants that."""
import contextlib
import socket
import threading

from harness import HOST


class Recorder:
    """Passes connections on; `upgrades` holds [request, answer] of each one
    that asks for an upgrade."""

    def __init__(self, port):
        self.behind = port
        self.upgrades = []
        self.targets = []
        self.held = []
        self.is_holding = False
        self.answer = None
        self.socket = socket.create_server((HOST, 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}/"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self.socket.accept()
                threading.Thread(target=self.serve, args=(peer,),
                                 daemon=True).start()

    def serve(self, peer):
        with peer, contextlib.suppress(OSError):
            while head := read_head(peer):
                self.targets.append(head.split(b" ", 2)[1].decode())
                if b"\r\nupgrade: websocket\r\n" in head.lower():
                    self.switch(peer, head)
                    return
                self.ask(peer, head)

    def ask(self, peer, head):
        """An ordinary request; its answer ends with the connection."""
        with socket.create_connection((HOST, self.behind), 10) as server:
            server.sendall(head.replace(b"Connection: keep-alive",
                                        b"Connection: close"))
            while piece := server.recv(65536):
                peer.sendall(piece)
        peer.shutdown(socket.SHUT_RDWR)

    def switch(self, peer, head):
        wire = [head, b""]
        self.upgrades.append(wire)
        if self.is_holding:
            self.held.append(peer)
            wire[0] += peer.recv(1)  # until the browser closes
            return
        if self.answer:
            peer.sendall(self.answer)
            wire[1] = self.answer
            return
        with socket.create_connection((HOST, self.behind), 10) as server:
            server.settimeout(None)
            server.sendall(head)
            threading.Thread(target=pass_on, args=(peer, server),
                             daemon=True).start()
            while piece := server.recv(65536):
                if not wire[1].endswith(b"\r\n\r\n"):
                    wire[1] += piece
                peer.sendall(piece)
            peer.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Nobody can connect any more."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def pass_on(peer, server):
    with contextlib.suppress(OSError):
        while piece := peer.recv(65536):
            server.sendall(piece)
        server.shutdown(socket.SHUT_WR)


def read_head(peer):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = peer.recv(1)
        if not piece:
            return b""
        head += piece
    return head
