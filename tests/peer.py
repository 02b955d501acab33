# SPDX-License-Identifier: MIT
"""What tests with plain sockets share: a program that says on which port it
listens, and reading from it."""
import os
import re
import subprocess


def start(program):
    process = subprocess.Popen([program, "0"], stdout=subprocess.PIPE)
    line = process.stdout.readline().decode()
    port = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)/\n", line)
    assert port, line
    return process, int(port[1])


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
