# SPDX-License-Identifier: MIT
"""The commands below "To try it" at the head of each example do what they
promise, as they are printed.

usage: test_try_it.py EXAMPLES PROGRAMS

EXAMPLES is the folder of the sources, PROGRAMS that of the built programs.  The
first command builds, and is the README's, which is tested there; the second
one is the server; the others run while it runs.  If another program has port
8100, the exit status is 77, which ctest shows as skipped.
"""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
PORT = 8100
BUILD = "cmake -S . -B build && cmake --build build"
STOPPED_BY_TIMEOUT = 124
NEVER_ENDS = 28  # curl -m 1, on a connection that stays open
NO_SWITCH = 2  # of upshake-client
SWITCHED = r"HTTP/1\.1 101 [^\n]*\n.*Upgrade: echo\n.*"
REFUSED = r"HTTP/1\.1 403 Forbidden\n.*"
UPGRADE_REQUIRED = r"HTTP/1\.1 426 Upgrade Required\nUpgrade: echo\n.*"

# The exit status of each command, and what it prints, CR left out.
EXPECTED = {
    "minimal": [(0, "hello\n")],
    "epoll": [(0, "hello\n"), (NEVER_ENDS, SWITCHED), (0, "hello\n")],
    "libuv": [(NEVER_ENDS, SWITCHED), (0, REFUSED)],
    "libevent": [(NEVER_ENDS, SWITCHED), (0, UPGRADE_REQUIRED)],
    "http-parser": [(NEVER_ENDS, SWITCHED), (0, UPGRADE_REQUIRED)],
    "picohttpparser": [(NEVER_ENDS, SWITCHED), (0, UPGRADE_REQUIRED)],
    "cpp17": [(0, "hello Ada\n"), (NEVER_ENDS, SWITCHED)],
    "evhttp": [(0, r"HTTP/1\.1 200 OK\n.*\n\nWebSocket is at /chat\n"),
               (0, r"HTTP/1\.1 426 Upgrade Required\nUpgrade: websocket\n.*"),
               (0, "hello\n")],
    "chat": [(0, "hello\n")],
    "login": [(0, "hello alice\n"), (NO_SWITCH, ""),
              (0, r"HTTP/1\.1 401 .*\nWWW-Authenticate: Basic .*")],
    "reconnect": [(STOPPED_BY_TIMEOUT, "hello\n")],
    "site": [(0, r"HTTP/1\.1 200 OK\n.*\n\nOK"), (0, "hello"),
             (0, r"HTTP/1\.1 200 OK\n.*Content-Type: text/plain\n.*"),
             (0, "hello\n")],
    "proxy": [(0, r"HTTP/1\.1 502 Bad Gateway\n.*")],
    "docker": [(NEVER_ENDS, r"HTTP/1\.1 101 UPGRADED\n.*Upgrade: tcp\n.*")],
    "h2c": [(0, r"HTTP/1\.1 101 .*\nHTTP/2 200 \n.*\n\nHTTP/2, stream 1\n"),
            (0, r"HTTP/2 200 \n.*\n\nHTTP/2, stream 1\n"),
            (0, r"HTTP/1\.1 200 OK\n.*\n\nHTTP/1\.1\n")],
}
# For a device: there is nothing here that could be asked; one that needs a
# certificate and a browser, for which test_h2_websocket.py has both; and one
# that needs a certificate, which test_tls.py has.
NOT_HERE = {"lwip", "freertos", "h2_websocket", "tls"}


def read_commands(path):
    """The indented lines below "To try it", without what continues a line."""
    with open(path, encoding="utf-8") as file:
        head = file.read().split("*/")[0]
    _, mark, text = head.partition("To try it")
    assert mark, f"{path} does not say how to try it"
    text = text.replace("\\\n *", "")
    return re.findall(r"^ \*     (\S.*)$", text, re.MULTILINE)


def is_taken():
    try:
        socket.create_connection(("127.0.0.1", PORT), 10).close()
    except ConnectionRefusedError:
        return False
    return True


def wait_for_port(server):
    for _ in range(400):
        if server.poll() is not None:
            sys.exit(f"FAIL the server ends: {server.stderr.read()}")
        if is_taken():
            return
        time.sleep(0.05)
    sys.exit("FAIL the server does not listen")


def wait_for_silence():
    """A server that forks may leave a child behind that listens, too."""
    for _ in range(400):
        if not is_taken():
            return
        time.sleep(0.05)
    sys.exit("FAIL somebody still listens")


def run(command, folder):
    """As a person does, whose curl has no settings of its own."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.lower().endswith("_proxy")}
    environment["CURL_HOME"] = folder
    ended = subprocess.run(command, shell=True, cwd=folder, env=environment,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, timeout=60)
    return ended.returncode, ended.stdout.decode().replace("\r", "")


def try_example(name, commands, folder):
    build, server, *others = commands
    assert build == BUILD, f"{name} is built by another command: {build}"
    assert server.startswith("build/upshake-"), server
    assert len(others) == len(EXPECTED[name]), others
    process = subprocess.Popen(server.split(), cwd=folder, text=True,
                               stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    try:
        wait_for_port(process)
        for command, (status, pattern) in zip(others, EXPECTED[name]):
            got, said = run(command, folder)
            if got != status or not re.fullmatch(pattern, said, re.DOTALL):
                sys.exit(f"FAIL {name}: {command}\nexit status {got}, not "
                         f"{status}; it prints {said!r}, not {pattern!r}")
            print("ok", command, flush=True)
    finally:
        process.kill()
        process.wait()
        wait_for_silence()


def find_source(examples, name):
    path = os.path.join(examples, name + ".c")
    return path if os.path.exists(path) else path + "pp"


def find_examples(examples):
    """Names of the examples that are for readers: those that say so."""
    names = set()
    for file in os.listdir(examples):
        name, _, language = file.partition(".")
        if language not in ("c", "cpp"):
            continue
        with open(os.path.join(examples, file), encoding="utf-8") as source:
            if "To try it" in source.read():
                names.add(name)
    return names


def main(examples, programs):
    names = find_examples(examples)
    assert names == set(EXPECTED) | NOT_HERE, names ^ set(EXPECTED)
    with open(os.path.join(examples, "..", "README.md"),
              encoding="utf-8") as readme:
        # It breaks lines.
        assert BUILD in " ".join(readme.read().split()), "not the README's"
    if not shutil.which("curl"):
        print("skipped: no curl")
        sys.exit(SKIPPED)
    if is_taken():
        print(f"skipped: port {PORT} is taken by another program")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.abspath(programs), os.path.join(folder, "build"))
        for name in sorted(EXPECTED):
            program = os.path.join(folder, "build", "upshake-" + name)
            commands = read_commands(find_source(examples, name))
            needed = set(re.findall(r"build/upshake-[\w-]+",
                                    " ".join(commands)))
            if all(os.path.exists(os.path.join(folder, each))
                   for each in needed):
                try_example(name, commands, folder)
            else:
                print("not built here:", program)


main(*sys.argv[1:])
