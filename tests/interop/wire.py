# SPDX-License-Identifier: MIT
"""A client that writes its bytes itself, and takes no answer that is not
exactly what RFC 9112 and RFC 6455 allow; and what starts programs for it."""
import base64
import contextlib
import hashlib
import os
import queue
import re
import socket
import subprocess
import threading
import time

STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9][0-9]) "
                         rb"[\t\x20-\x7e\x80-\xff]*")
FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*"
                        rb"([\t\x20-\x7e\x80-\xff]*?)[ \t]*")
TEXT, BINARY, CLOSE = 1, 2, 8


class Malformed(Exception):
    """What came is no answer, and no frame."""


class Ended(Exception):
    """The other side ended where something was to come."""


def websocket_fields(host, port):
    """The usual ones, as a page of the same host sends them; and the key."""
    key = base64.b64encode(os.urandom(16)).decode()
    return [f"Host: {host}:{port}", f"Origin: http://{host}:{port}",
            "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"], key


def accept_of(key):
    octets = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()
    return base64.b64encode(hashlib.sha1(octets).digest()).decode()


def request(line, fields):
    return ("\r\n".join([line, *fields]) + "\r\n\r\n").encode()


def frame(opcode, octets):
    """A frame of a client, thus masked."""
    mask = os.urandom(4)
    length = len(octets)
    head = bytes([0x80 | opcode])
    if length < 126:
        head += bytes([0x80 | length])
    elif length < 65536:
        head += b"\xfe" + length.to_bytes(2, "big")
    else:
        head += b"\xff" + length.to_bytes(8, "big")
    masked = bytes(octet ^ mask[i % 4] for i, octet in enumerate(octets))
    return head + mask + masked


class Connection:
    """A connection, with what came on it and was not taken yet."""

    def __init__(self, host, port, timeout=10):
        self.socket = socket.create_connection((host, port), timeout)
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, octets):
        self.socket.sendall(octets)

    def take(self, length):
        while len(self.rest) < length:
            piece = self.socket.recv(65536)
            if not piece:
                raise Ended(f"behind {self.rest[:200]!r}")
            self.rest += piece
        octets, self.rest = self.rest[:length], self.rest[length:]
        return octets

    def take_head(self):
        """The status, and the fields by their names in lower case."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            if len(head) > 65536:
                raise Malformed("a head without an end")
            head += self.take(1)
        lines = head[:-4].split(b"\r\n")
        status = STATUS_LINE.fullmatch(lines[0])
        if not status:
            raise Malformed(repr(lines[0]))
        fields = {}
        for line in lines[1:]:
            field = FIELD_LINE.fullmatch(line)
            name = field and field[1].decode().lower()
            if not name or name in fields:
                raise Malformed(repr(line))
            fields[name] = field[2].decode("latin-1")
        return int(status[1]), fields

    def take_content(self, fields):
        if "content-length" not in fields:
            raise Malformed("an answer without Content-Length")
        return self.take(int(fields["content-length"]))

    def take_frame(self):
        """Opcode and bytes of a frame as a server sends it: whole here, and
        not masked."""
        first, second = self.take(2)
        if first & 0x70 or not first & 0x80 or second & 0x80:
            raise Malformed(f"a frame that begins {first:02x} {second:02x}")
        if second >= 126:
            second = int.from_bytes(self.take(2 if second == 126 else 8), "big")
        return first & 0x0f, self.take(second)

    def take_101(self, key):
        """The answer to websocket_fields; anything else raises."""
        status, fields = self.take_head()
        if status != 101:
            raise ConnectionRefusedError(f"{status} {fields}")
        if (fields.get("upgrade", "").lower() != "websocket" or
                fields.get("connection", "").lower() != "upgrade" or
                fields.get("sec-websocket-accept") != accept_of(key)):
            raise Malformed(f"a 101 with {fields}")
        return fields

    def echo(self, octets, opcode=BINARY):
        self.send(frame(opcode, octets))
        answer = self.take_frame()
        if answer != (opcode, octets):
            raise Malformed(f"no echo: {answer[1][:100]!r}")

    def close(self):
        """The closing handshake (RFC 6455 7)."""
        self.send(frame(CLOSE, b"\x03\xe8"))
        answer = self.take_frame()
        if answer != (CLOSE, b"\x03\xe8"):
            raise Malformed(f"no Close: {answer}")


# ---- Programs ---------------------------------------------------------------


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def stop(process):
    process.terminate()
    try:
        return process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


class Demo:
    """upshake-demo on any free port, or on a given one, with its log."""

    def __init__(self, program, *options, port=0):
        self.process = subprocess.Popen(
            [program, "--port", str(port), "--subprotocol", "chat", *options],
            stdout=subprocess.PIPE, text=True)
        first = self.process.stdout.readline()
        found = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)/\n",
                             first)
        if not found:
            raise RuntimeError(f"the demo says {first!r}")
        self.port = int(found[1])
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self.read_log, daemon=True)
        self.reader.start()

    def read_log(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()

    def asked(self):
        """Is there a line in the log?  The reader may be a little late."""
        end = time.monotonic() + 3
        while self.lines.empty() and time.monotonic() < end:
            time.sleep(0.01)
        return not self.lines.empty()

    def next_line(self):
        """The log's next line: there is one for each handshake."""
        return self.lines.get(timeout=10)


def wait_for(port, process, seconds=10):
    """Until the process listens on the port."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args[0]} does not listen")
