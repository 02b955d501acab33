#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Probes an HTTP/1.1 server with the cases beside this file.

    probe.py HOST:PORT [--only ID,...] [--allow FILE|ID,...] [--json] [--all]
             [--timeout SECONDS] [--jobs N]

Prints a line for each failed case (with --all: for each case) and the counts.
Each case has its own connection.

--only     these cases
--allow    these cases may fail: ids, or a file whose lines begin with an id
--json     all results as JSON instead
--timeout  how long a case waits for an answer; default 5
--jobs     how many cases run at the same time; default 16

Exit status: 0 no case failed but allowed ones; 1 another failed; 2 it could
not run."""
import argparse
import concurrent.futures
import json
import os
import socket
import sys
import time

from cases import Answer, BadCase, read_all

LARGEST = 65536  # bytes of an answer that are read
SETTLE = 0.3     # seconds after the head of an answer: for its body, for a
                 # second answer, and for the end of the connection


def receive(sock, timeout):
    """The answer, and what the connection does after it."""
    data = bytearray()
    until = time.monotonic() + timeout
    complete = False
    while len(data) < LARGEST:
        left = until - time.monotonic()
        if left <= 0:
            return Answer(bytes(data), False, not complete)
        sock.settimeout(left)
        try:
            part = sock.recv(LARGEST - len(data))
        except socket.timeout:
            continue
        except OSError:
            part = b""
        if not part:
            return Answer(bytes(data), True, False)
        data += part
        if not complete and b"\r\n\r\n" in data:
            complete = True
            until = time.monotonic() + SETTLE
    return Answer(bytes(data), False, False)


def send(sock, data, timeout):
    """A server that has read enough closes: its answer may still arrive."""
    sock.settimeout(timeout)
    try:
        sock.sendall(data)
    except OSError:
        pass


def run(case, address, timeout):
    """All answers of the case; none if there is no connection."""
    answers = []
    try:
        sock = socket.create_connection(address, timeout)
    except OSError:
        return answers
    with sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for data in case.sends:
            send(sock, data, timeout)
            answers.append(receive(sock, timeout))
            if answers[-1].closed or answers[-1].late:
                break
    return answers


def result_of(case, answers):
    return {
        "id": case.name,
        "chapter": case.chapter,
        "section": case.section,
        "verdict": case.judge(answers[0]) if answers else "fail",
        "answer": ("; then ".join(answer.shown() for answer in answers)
                   or "no connection"),
        "expected": case.expected(),
        "why": case.why,
    }


def run_all(cases, address, timeout, jobs):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(
            lambda case: result_of(case, run(case, address, timeout)), cases))


# ---- The command line --------------------------------------------------------

def listed(text):
    """The ids of --only, or of --allow that may name a file."""
    if not os.path.isfile(text):
        return [name for name in text.split(",") if name]
    with open(text, encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    return [line.split("\t")[0] for line in lines
            if line and not line.startswith("#")]


def address_of(text):
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit():
        raise argparse.ArgumentTypeError("HOST:PORT, not " + text)
    return host.strip("[]"), int(port)


def arguments():
    parser = argparse.ArgumentParser(
        description="Probes an HTTP/1.1 server: see tests/probe/README.md.")
    parser.add_argument("address", type=address_of, metavar="HOST:PORT")
    parser.add_argument("--only", type=listed, default=[], metavar="ID,...")
    parser.add_argument("--allow", type=listed, default=[],
                        metavar="FILE|ID,...")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--timeout", type=float, default=5)
    parser.add_argument("--jobs", type=int, default=16)
    return parser.parse_args()


def chosen(options):
    cases = read_all()
    unknown = (set(options.only) | set(options.allow)) - {
        case.name for case in cases}
    if unknown:
        raise BadCase("no such case: " + ", ".join(sorted(unknown)))
    return [case for case in cases
            if not options.only or case.name in options.only]


def print_text(results, options):
    for result in results:
        allowed = result["id"] in options.allow
        if result["verdict"] == "fail" or options.all:
            print("%s %s: %s (%s; %s)%s" % (
                result["verdict"], result["id"], result["answer"],
                result["expected"], result["section"],
                ", allowed" if allowed else ""))
        elif allowed:
            print("note: %s is allowed to fail and does not" % result["id"])
    print(", ".join("%s %d" % (verdict, sum(
        result["verdict"] == verdict for result in results))
                    for verdict in ("pass", "warn", "fail")))


def main():
    options = arguments()
    try:
        cases = chosen(options)
        socket.create_connection(options.address, options.timeout).close()
    except (BadCase, OSError) as error:
        print("probe.py: %s" % error, file=sys.stderr)
        return 2
    results = run_all(cases, options.address, options.timeout, options.jobs)
    if options.json:
        json.dump(results, sys.stdout, indent=1)
        print()
    else:
        print_text(results, options)
    return int(any(result["verdict"] == "fail"
                   and result["id"] not in options.allow
                   for result in results))


if __name__ == "__main__":
    sys.exit(main())
