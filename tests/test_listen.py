# SPDX-License-Identifier: MIT
"""Where the servers of examples/ listen: on 127.0.0.1 and, if the machine has
it, on [::1].

usage: test_listen.py PROGRAM

A part that needs a network of its own (unshare) is left out where that is not
allowed, and says so.
"""
import contextlib
import errno
import fcntl
import os
import re
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile

SKIPPED = 77
CANNOT_LISTEN = 1
IPV4, IPV6 = "127.0.0.1", "::1"
INSIDE = "--inside"
SYSCTL = "/proc/sys/net/"
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
# Linux chooses even ports or odd ones, of the first half of this range.
FIRST, LAST = 40000, 40015
PROGRAM = sys.argv[-1]
NAME = os.path.basename(PROGRAM)
HAS_TLS = NAME == "upshake-h2-websocket"
FILES = ["--upstream", "127.0.0.1:1"] if NAME == "upshake-proxy" else []


def make_certificate(folder):
    files = [os.path.join(folder, name) for name in ("key", "cert")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
         "2", "-subj", "/CN=localhost", "-keyout", files[0], "-out", files[1]],
        check=True, capture_output=True)
    FILES.extend(["--key", files[0], "--cert", files[1]])


def command(port):
    return [PROGRAM, *FILES, "--port", str(port)]


def connect(host, port):
    peer = socket.create_connection((host, port), timeout=20)
    if not HAS_TLS:
        return peer
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(peer)


def answers(host, port):
    with connect(host, port) as peer:
        peer.sendall(b"GET /none HTTP/1.1\r\nHost: a\r\n\r\n")
        start = b""
        while len(start) < 9 and (piece := peer.recv(9 - len(start))):
            start += piece
        assert start == b"HTTP/1.1 ", start


def refuses(host, port):
    try:
        connect(host, port).close()
    except OSError as error:
        assert error.errno in (errno.ECONNREFUSED, errno.EADDRNOTAVAIL), error
        return
    raise AssertionError(f"something listens on {host}, port {port}")


def listen(host, port=0):
    family = socket.AF_INET6 if host == IPV6 else socket.AF_INET
    taken = socket.socket(family)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen()
    except OSError:
        taken.close()
        raise
    return taken


def has_ipv6():
    try:
        listen(IPV6).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def serve(port, complaint=""):
    """Gives the port, which the first line says.  At the end the program has
    complained of this alone."""
    process = subprocess.Popen(command(port), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    try:
        line = process.stdout.readline()
        scheme = "https" if HAS_TLS else "http"
        said = re.fullmatch(
            rf"listening on {scheme}://127\.0\.0\.1:([1-9]\d*)/\n", line)
        assert said, (line, process.communicate(timeout=20))
        assert port in (0, int(said[1])), line
        yield int(said[1])
    finally:
        process.kill()
        _, said = process.communicate(timeout=20)
    assert re.fullmatch(complaint, said), said


def only_on_ipv4(port):
    return (rf"{NAME}: not listening on \[::1\] port {port or '[0-9]+'}: "
            r".*in use\n")


def port_of_ipv6_alone():
    """A listener on [::1], whose port is free on 127.0.0.1."""
    while True:
        taken = listen(IPV6)
        try:
            listen(IPV4, taken.getsockname()[1]).close()
            return taken
        except OSError:
            taken.close()


# ---- The tests ---------------------------------------------------------------

def it_answers_on_both_addresses():
    for _ in range(2):
        with serve(0) as port:
            for host in (IPV4, IPV6, IPV4, IPV6, IPV6):
                answers(host, port)
    with serve(port):  # a port that is given, and was in use just now
        answers(IPV6, port)
        answers(IPV4, port)


def it_serves_one_address_while_the_other_one_waits():
    with serve(0) as port:
        waiting = [socket.create_connection((IPV4, port)) for _ in range(3)]
        waiting[0].close()
        waiting[1].close()
        answers(IPV6, port)
        waiting[2].close()
        answers(IPV6, port)


def it_listens_on_127_0_0_1_if_its_port_of_ipv6_is_taken():
    with port_of_ipv6_alone() as taken:
        port = taken.getsockname()[1]
        with serve(port, only_on_ipv4(port)):
            answers(IPV4, port)


def it_does_not_listen_if_its_port_is_taken():
    with listen(IPV4) as taken:
        run = subprocess.run(command(taken.getsockname()[1]), text=True,
                             capture_output=True, timeout=20, check=False)
    assert run.returncode == CANNOT_LISTEN and run.stdout == "", run
    assert re.fullmatch(rf"{NAME}: .*in use\n", run.stderr), run


# ---- The tests in a network of their own -------------------------------------

def write(name, text):
    with open(SYSCTL + name, "w", encoding="ascii") as file:
        file.write(text)


def in_a_network_without_ipv6():
    write("ipv6/conf/all/disable_ipv6", "1")
    assert not has_ipv6()
    with serve(0) as port:
        answers(IPV4, port)
        refuses(IPV6, port)
    with serve(FIRST):
        answers(IPV4, FIRST)
    write("ipv6/conf/all/disable_ipv6", "0")


@contextlib.contextmanager
def serve_one_of_few_ports(complaint=""):
    """The clients choose from all ports: each leaves its own in TIME_WAIT."""
    write("ipv4/ip_local_port_range", f"{FIRST} {LAST}")
    with serve(0, complaint) as port:
        assert FIRST <= port <= LAST, port
        write("ipv4/ip_local_port_range", "50000 60000")
        yield port


def in_a_network_where_a_port_of_ipv6_is_taken():
    """Each run would choose one of these ports with a chance of 1 in 4."""
    with listen(IPV6, FIRST), listen(IPV6, FIRST + 1):
        for _ in range(16):
            with serve_one_of_few_ports() as port:
                assert port not in (FIRST, FIRST + 1)
                answers(IPV4, port)
                answers(IPV6, port)


def in_a_network_where_all_ports_of_ipv6_are_taken():
    with contextlib.ExitStack() as stack:
        for port in range(FIRST, LAST + 1):
            stack.enter_context(listen(IPV6, port))
        with serve_one_of_few_ports(only_on_ipv4(0)) as port:
            answers(IPV4, port)


def enter():
    """Exits with SKIPPED if this network cannot be changed."""
    try:
        with socket.socket() as any_socket:
            fcntl.ioctl(any_socket, SIOCSIFFLAGS,
                        struct.pack("16sh14x", b"lo", IFF_UP))
        write("ipv6/conf/all/disable_ipv6", "0")
    except OSError as error:
        print(error)
        sys.exit(SKIPPED)
    if not has_ipv6():
        sys.exit(SKIPPED)


def run_inside():
    unshare = ["unshare", "--user", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run(
            [*unshare, "true"], capture_output=True, check=False).returncode:
        return SKIPPED
    return subprocess.run([*unshare, sys.executable, *sys.argv[:1], INSIDE,
                           PROGRAM], check=False).returncode


def run_all(prefix, left_out=""):
    for name, test in list(globals().items()):
        if not name.startswith(prefix):
            continue
        if left_out and left_out in name:
            print("left out, as this machine has no [::1]:", name)
            continue
        test()
        print("ok", name, flush=True)


def main():
    if INSIDE in sys.argv:
        enter()
        run_all("in_a_network")
        return 0
    run_all("it_", "" if has_ipv6() else "address")
    status = run_inside()
    if status == SKIPPED:
        print("left out: a network of its own")
        return 0
    return status


if HAS_TLS and not shutil.which("openssl"):
    print("left out: openssl is not installed")
    sys.exit(SKIPPED)
with tempfile.TemporaryDirectory() as folder:
    if HAS_TLS:
        make_certificate(folder)
    STATUS = main()
sys.exit(STATUS)
