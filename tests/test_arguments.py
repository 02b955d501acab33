# SPDX-License-Identifier: MIT
"""What the examples that take a PORT say to bad arguments and bad surroundings:
one line on stderr, and an exit status.

usage: test_arguments.py PROGRAM
"""
import os
import re
import socket
import subprocess
import sys
import time

CANNOT_LISTEN, BAD_USAGE, BAD_OUTPUT = 1, 64, 74
PROGRAM = sys.argv[1]
NAME = os.path.basename(PROGRAM)
USAGE = (rf"usage: {NAME} \[\[--port\] PORT\]; PORT is a number from 0 to "
         r"65535 \(\d+\)\n")


def redirected(how, *arguments):
    return ["sh", "-c", f'exec "$@" {how}', "sh", PROGRAM, *arguments]


def complains(status, pattern, command):
    run = subprocess.run(command, stdin=subprocess.DEVNULL,
                         capture_output=True, timeout=20)
    assert run.returncode == status and run.stdout == b"", run
    assert re.fullmatch(pattern, run.stderr.decode()), run


def find_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 10).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise AssertionError("it does not listen")


# ---- The tests ---------------------------------------------------------------

def it_says_how_it_is_used():
    wrong = ["--unknown", "-x", "--", "-", "", "abc", "80x", " 80", "80 ",
             "+80", "-1", "-0", "8.0", "0x50", "65536", "4294967376",
             "99999999999", "9" * 100, "\x1b[31m\n", "--help=1"]
    for word in wrong:
        complains(BAD_USAGE, USAGE, [PROGRAM, word])
    for words in (["8100", "8101"], ["8100", ""], ["--help", "8100"],
                  ["--port"], ["--port", ""], ["--port", "x"],
                  ["8100", "--port"], ["--port", "8100", "8101"],
                  ["--port="], ["--port=x"], ["--port=8100", "8101"],
                  ["--port", "8100", "--port"], ["--ports", "8100"]):
        complains(BAD_USAGE, USAGE, [PROGRAM, *words])
    run = subprocess.run([PROGRAM, "--help"], capture_output=True, timeout=20)
    assert run.returncode == 0 and run.stderr == b"", run
    assert re.fullmatch(USAGE, run.stdout.decode()), run


def it_says_that_a_port_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        complains(CANNOT_LISTEN, f"{NAME}: .*in use\n", [PROGRAM, port])
        complains(CANNOT_LISTEN, f"{NAME}: .*in use\n",
                  [PROGRAM, "--port", port])
        complains(CANNOT_LISTEN, f"{NAME}: .*in use\n",
                  [PROGRAM, "--port=" + port])
        # Zeros before it are no other number.
        complains(CANNOT_LISTEN, f"{NAME}: .*in use\n", [PROGRAM, "00" + port])


def it_says_that_nobody_would_learn_where_it_listens():
    for how in [">&-"] + [">/dev/full"] * os.path.exists("/dev/full"):
        complains(BAD_OUTPUT, f"{NAME}: cannot say where it listens: .*\n",
                  redirected(how, "0"))


def it_makes_no_socket_a_standard_stream():
    port = find_port()
    closed = {0, 2}  # it says on stdout where it listens
    how = " ".join(f"{number}>&-" for number in closed)
    process = subprocess.Popen(redirected(how, str(port)),
                               stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        for number in closed:
            stream = os.readlink(f"/proc/{process.pid}/fd/{number}")
            assert stream == "/dev/null", (number, stream)
    finally:
        process.kill()
        process.wait()


for name, test in list(globals().items()):
    if name.startswith("it_"):
        test()
        print("ok", name)
