# SPDX-License-Identifier: MIT
"""What the examples that are one file to copy say to bad arguments and to a
port that is taken: one line on stderr, and an exit status.

usage: test_arguments.py PROGRAM
"""
import os
import re
import socket
import subprocess
import sys

CANNOT_LISTEN, BAD_USAGE = 1, 64
PROGRAM = sys.argv[1]
NAME = os.path.basename(PROGRAM).removeprefix("upshake-")


def complains(status, pattern, *words):
    run = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, timeout=20,
                         check=False)
    assert run.returncode == status and run.stdout == "", (words, run)
    assert re.fullmatch(pattern, run.stderr), (words, run)


def it_says_how_it_is_used():
    usage = f"usage: {NAME} PORT; a number from 0 to 65535\n"
    for words in ([], ["8100", "8101"], ["8100", ""]):
        complains(BAD_USAGE, usage, *words)
    for word in ("--unknown", "--help", "-", "", "abc", "80x", "80 ", "-1",
                 "8.0", "0x50", "65536", "4294967376", "9" * 100, "\x1b[31m"):
        complains(BAD_USAGE, usage, word)


def it_says_that_a_port_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        complains(CANNOT_LISTEN, f"{NAME}: cannot listen: .*in use\n",
                  str(taken.getsockname()[1]))


for name, test in list(globals().items()):
    if name.startswith("it_"):
        test()
        print("ok", name)
