# SPDX-License-Identifier: MIT
"""What tests with plain sockets share: a program that says on which port it
listens, connecting to it, and reading from it."""
import os
import re
import socket
import struct
import subprocess


def start(program, *arguments, scheme="http"):
    """On a free port.  Gives the process and the port."""
    process = subprocess.Popen([program, "0", *arguments],
                               stdout=subprocess.PIPE)
    line = process.stdout.readline().decode()
    port = re.fullmatch(
        rf"listening on {scheme}://127\.0\.0\.1:(\d+)/\n", line)
    assert port, line
    return process, int(port[1])


def dial(port, seconds=20):
    """A connection that sends at once and waits for so many seconds."""
    peer = socket.create_connection(("127.0.0.1", port), seconds)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return peer


def reset(peer):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))
    peer.close()


def count_open(pid):
    """The descriptors that a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def read_head(peer):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        octet = peer.recv(1)
        if not octet:
            break
        head += octet
    return head


def read(peer, count):
    octets = b""
    while len(octets) < count:
        piece = peer.recv(count - len(octets))
        if not piece:
            raise EOFError(octets)
        octets += piece
    return octets


def read_all(peer):
    octets = b""
    while piece := peer.recv(65536):
        octets += piece
    return octets


# A WebSocket, with the key of RFC 6455 1.3 and its answer.
KEY_FIELDS = (b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
              b"Sec-WebSocket-Version: 13\r\n"
              b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
ACCEPT = b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def offer(path=b"/", more=b""):
    return (b"GET " + path + b" HTTP/1.1\r\nHost: example.com\r\n"
            + KEY_FIELDS + more + b"\r\n")


def is_accepted(peer):
    head = read_head(peer)
    assert head.startswith(b"HTTP/1.1 101 ") and ACCEPT in head, head


def frame(opcode, content=b"", masked=True):
    """The frame of a client, or of a server."""
    length = len(content)
    bit = masked << 7
    octets = bytes([0x80 | opcode])
    if length < 126:
        octets += bytes([length | bit])
    elif length < 65536:
        octets += struct.pack(">BH", 126 | bit, length)
    else:
        octets += struct.pack(">BQ", 127 | bit, length)
    if not masked:
        return octets + content
    mask = b"\x12\x34\x56\x78"
    return octets + mask + bytes(x ^ mask[i % 4]
                                 for i, x in enumerate(content))


def read_frame(peer):
    """The opcode and the content of a server's whole message."""
    first, length = read(peer, 2)
    assert first & 0x80 and not length & 0x80, (first, length)
    if length == 126:
        length, = struct.unpack(">H", read(peer, 2))
    elif length == 127:
        length, = struct.unpack(">Q", read(peer, 8))
    return first & 0x0f, read(peer, length)


def close_code(code):
    return struct.pack(">H", code)


def close_answered(peer, code=1000):
    """Our Close comes back, and then the end: the server does not reset."""
    peer.sendall(frame(CLOSE, close_code(code)))
    assert read_frame(peer) == (CLOSE, close_code(code))
    assert peer.recv(1) == b""


# With the code of the Close that wslay answers; None: without a code.
WRONG_FRAMES = (
    (frame(TEXT, b"not masked", False), 1002), (frame(TEXT, b"\xff"), 1007),
    (frame(3), 1002), (frame(11), 1002),
    (b"\xc1" + frame(TEXT, b"reserved")[1:], 1002),
    (b"\x80" + frame(TEXT, b"continued")[1:], 1002),
    (frame(CLOSE, close_code(1006)), 1002),
    (frame(CLOSE, close_code(1000) + b"\xff"), 1007),
    (frame(CLOSE, b"\x03"), None),
    (b"\x09" + frame(PING)[1:], None),
    (b"\x89\xfe\0\x7e" + b"\0" * 130, None),
    (b"\x82\xff\x7f" + b"\xff" * 7 + b"maskx", 1009),
    (b"\x82\xff" + b"\xff" * 8 + b"mask", None))


def certificate(folder, names="DNS:localhost"):
    """Of localhost, self-signed."""
    cert, key = (os.path.join(folder, name) for name in ("c.pem", "k.pem"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
         key, "-out", cert, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=" + names],
        check=True, capture_output=True)
    return cert, key


def is_refused(program, words, status, patience):
    """The program does not take these arguments: one line says why."""
    ended = subprocess.run([program, *words], capture_output=True, text=True,
                           timeout=patience, check=False)
    assert ended.returncode == status, (words, ended)
    assert ended.stderr.count("\n") == 1 and not ended.stdout, ended


def shows_help(program, begin, patience):
    ended = subprocess.run([program, "--help"], capture_output=True, text=True,
                           timeout=patience, check=False)
    assert ended.returncode == 0 and not ended.stderr, ended
    assert ended.stdout.startswith(begin), ended
