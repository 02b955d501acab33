# SPDX-License-Identifier: MIT
"""upshake-inspect on inputs that do not end: it answers when the verdict is
known, says the same as for a file, and its memory does not grow.

usage: test_inspect_live.py PROGRAM
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import threading

PROGRAM = sys.argv[1]
SWITCHED, REFUSED, PLAIN, INCOMPLETE, BAD_INPUT = 0, 1, 2, 3, 66
FOLDER = tempfile.TemporaryDirectory()
MIB = 1 << 20
# What a memory checker keeps of memory that was given back, in MiB.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=1"}

FIELDS = (b"Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          b"Sec-WebSocket-Version: 13\r\n"
          b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
OFFER = b"GET /chat HTTP/1.1\r\n" + FIELDS + b"\r\n"
PLAIN_REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = (b"POST / HTTP/1.1\r\nHost: a\r\nUpgrade: tcp\r\n"
        b"Connection: Upgrade\r\n")
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
CONSUME = "--protocol=tcp,method=POST,body=consume"
ANSWER = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
          b"Connection: Upgrade\r\n"
          b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"


def keep(name, octets):
    path = os.path.join(FOLDER.name, name)
    with open(path, "wb") as file:
        file.write(octets)
    return path


CLIENT = ["--client", "--request", keep("asked", OFFER)]


def start(*options, **streams):
    return subprocess.Popen([PROGRAM, *options], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=ENVIRONMENT, **streams)


def judge_file(octets, *options):
    process = start(*options, keep("input", octets))
    out, _ = process.communicate(timeout=60)
    return process.returncode, out


def judge_live(pieces, *options):
    """Write the pieces and no end: it has to answer all the same."""
    process = start(*options, stdin=subprocess.PIPE)
    for piece in pieces:
        process.stdin.write(piece)
        process.stdin.flush()
    status = process.wait(timeout=60)
    out = process.stdout.read()
    process.stdin.close()
    return status, out


def judge_endless(octets, endless, *options):
    """The bytes and then one piece for ever; returns the status, the output
    and how many MiB of memory it took."""
    process = start(*options, stdin=subprocess.PIPE)

    def feed():
        try:
            process.stdin.write(octets)
            while True:
                process.stdin.write(endless)
        except BrokenPipeError:
            pass

    feeder = threading.Thread(target=feed)
    feeder.start()
    out = process.stdout.read()
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    feeder.join(60)
    assert not feeder.is_alive()
    return os.waitstatus_to_exitcode(status), out + said, \
        usage.ru_maxrss // 1024


# ---- The verdict comes when it is known --------------------------------------

CASES = [
    (SWITCHED, OFFER, []),
    (SWITCHED, OFFER + b"\x81\x80\0\0\0\0", []),
    (PLAIN, PLAIN_REQUEST, []),
    (REFUSED, OFFER.replace(b"13", b"8"), []),
    (REFUSED, OFFER.replace(b"Host: a", b"Host: a\nB: c"), []),
    (REFUSED, b"\x16\x03\x01", []),
    (REFUSED, b"GET /" + b"a" * 8187, []),
    (REFUSED, b"GET / HTTP/1.1\r\nHost : a", []),
    (REFUSED, b"GET / HTTP/1.1\r\nA: " + b"b" * 8200, ["--head-max=8192"]),
    (SWITCHED, OFFER.replace(b"Host", b"A: " + b"b" * 100000 + b"\r\nHost"),
     ["--head-max=200000"]),
    (SWITCHED, POST + b"Content-Length: 5\r\n\r\n{   }raw", [CONSUME]),
    (SWITCHED, CHUNKED + b"5\r\n{   }\r\n0\r\n\r\nraw", [CONSUME]),
    (REFUSED, CHUNKED + b"5\r\n{   }\r\nx", [CONSUME]),
    (SWITCHED, ANSWER, CLIENT),
    (SWITCHED, INTERIM * 3 + ANSWER + b"\x81\0", CLIENT),
    (SWITCHED, ANSWER.replace(b"Upgrade:", b"A: " + b"b" * 100000
                              + b"\r\nUpgrade:", 1),
     CLIENT + ["--head-max=200000"]),
    (REFUSED, ANSWER.replace(b"s3p", b"S3p"), CLIENT),
    (REFUSED, b"HTTP/1.1 101\n", CLIENT),
    (PLAIN, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", CLIENT),
]


def it_answers_on_a_pipe_that_stays_open():
    for status, octets, options in CASES:
        for form in ["--json"], []:
            wanted = judge_file(octets, *options, *form)
            assert wanted[0] == status, (octets[:200], wanted)
            got = judge_live([octets], *options, *form)
            # What is the end of the input is not known there.
            assert got == wanted, (octets[:200], got, wanted)


def it_answers_there_too_when_octets_come_one_by_one():
    for status, octets, options in CASES:
        if len(octets) > 1000:
            continue
        wanted = judge_file(octets, *options, "--json")
        process = start(*options, "--json", stdin=subprocess.PIPE)
        consumed = json.loads(wanted[1])["consumed"]
        # A refusal at a byte needs that one.
        for at in range(min(consumed + (status == REFUSED), len(octets))):
            process.stdin.write(octets[at:at + 1])
            process.stdin.flush()
        assert process.wait(timeout=60) == status, octets
        assert process.stdout.read() == wanted[1], (octets, wanted)


def it_shows_what_is_wrong_in_a_long_head_too():
    for length in 50000, 70000, 150000:
        long = b"A: " + b"b" * length + b"\r\nHost"
        octets = (OFFER.replace(b"Host", b"Origin: http://b\r\nHost")
                  .replace(b"Host", long))
        status, said = judge_live([octets], "--head-max=200000")
        assert status == REFUSED, said
        assert b", byte 28;" in said, said
        assert (b"\n   2 | Origin: http://b\n"
                b"     |         ^ a is needed") in said, said


def it_waits_as_long_as_the_verdict_is_open():
    for octets, last, options in ((OFFER[:-1], OFFER[-1:], []),
                                  (ANSWER[:-1], ANSWER[-1:], CLIENT),
                                  (INTERIM, ANSWER, CLIENT),
                                  (CHUNKED + b"0\r\n\r", b"\n", [CONSUME])):
        process = start(*options, "--json", stdin=subprocess.PIPE)
        process.stdin.write(octets)
        process.stdin.flush()
        try:
            process.wait(timeout=0.3)
            sys.exit(f"FAIL it does not wait: {process.stdout.read()}")
        except subprocess.TimeoutExpired:
            pass
        process.stdin.write(last)
        process.stdin.flush()
        assert process.wait(timeout=60) == SWITCHED
        process = start(*options, "--json", stdin=subprocess.PIPE)
        process.communicate(octets, timeout=60)
        assert process.returncode == INCOMPLETE


def it_reads_no_more_of_a_request_than_its_head():
    pipe = os.path.join(FOLDER.name, "pipe")
    os.mkfifo(pipe)
    process = start("--client", "--request", pipe, keep("answer", ANSWER))
    with open(pipe, "wb", 0) as request:
        request.write(OFFER + b"more")
        assert process.wait(timeout=60) == SWITCHED


# ---- What does not end -------------------------------------------------------

def it_takes_a_bounded_memory_of_what_does_not_end():
    _, _, least = judge_endless(b"", OFFER)
    for octets, endless, status, options in (
            (b"", bytes(65536), REFUSED, []),
            (b"", b"y\n" * 30000, REFUSED, []),
            (b"", b"\r\n" * 30000, REFUSED, []),
            (b"GET /", b"a" * 65536, REFUSED, []),
            (b"GET / HTTP/1.1\r\n", b"A: b\r\n" * 10000, REFUSED, []),
            (b"GET / HTTP/1.1\r\n", b"A: b\r\n" * 10000, REFUSED, ["--lean"]),
            (b"GET / HTTP/1.1\r\nA: ", b"a" * 65536, REFUSED, ["--lean"]),
            (OFFER, bytes(65536), SWITCHED, []),
            (PLAIN_REQUEST, bytes(65536), PLAIN, []),
            (b"", bytes(65536), REFUSED, CLIENT),
            (b"", INTERIM * 1000, REFUSED, CLIENT),
            (b"HTTP/1.1 200 OK\r\nA: ", b"a" * 65536, REFUSED, CLIENT),
            (ANSWER, bytes(65536), SWITCHED, CLIENT),
            (b"GET / HTTP/1.1\r\nA: ", b"a" * 65536, BAD_INPUT,
             ["--client", "--request", "-", keep("answer", ANSWER)])):
        for form in ["--json"], []:
            got, said, most = judge_endless(octets, endless, *options, *form)
            assert got == status, (octets, options, got, said[:500])
            assert most < least + 12, (octets, options, most, least)


def it_counts_up_to_a_mib_of_what_follows():
    for head, options in (OFFER, []), (PLAIN_REQUEST, []), (ANSWER, CLIENT):
        for count in 0, 1, 5, 65536, MIB - 1:
            _, said = judge_file(head + b"x" * count, *options)
            if count or head != PLAIN_REQUEST:
                assert re.search(rb"; %d bytes? of it (is|are) here\n"
                                 % count, said), said
        _, said = judge_file(head + b"x" * 3 * MIB, *options)
        assert re.search(rb"; at least 1\d{6} bytes of it are here\n",
                         said), said


def it_takes_a_bounded_memory_of_a_body():
    _, _, least = judge_endless(b"", OFFER)
    text = b"ab\ncd\r\n" * 10000
    chunk = b"%x\r\n%s\r\n" % (len(text), text)
    count = 64 * MIB // len(text)
    size = len(chunk) * count  # not in memory here: a child begins with ours
    for feed in "0", "1000":
        process = start(CONSUME, "--feed", feed, stdin=subprocess.PIPE)
        process.stdin.write(CHUNKED)
        for _ in range(count):
            process.stdin.write(chunk)
        process.stdin.write(b"x\xffy\r\n")
        process.stdin.flush()
        said = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        assert os.waitstatus_to_exitcode(status) == REFUSED, said
        offset = len(CHUNKED) + size
        line = CHUNKED.count(b"\n") + chunk.count(b"\n") * count + 1
        assert f", byte {offset};" in said, said
        assert f"\n{line} | x\\xFFy\n     | ^ " in said, said
        most = usage.ru_maxrss // 1024
        assert most < least + 12, (most, least)
    process = start(CONSUME, stdin=subprocess.PIPE)
    process.stdin.write(CHUNKED)
    for _ in range(count):
        process.stdin.write(chunk)
    out, _ = process.communicate(b"0\r\n\r\nraw", timeout=60)
    assert process.returncode == SWITCHED
    assert (f"{len(text) * count} bytes of content in {size + 5} behind "
            "the head" in out.decode()), out
    assert b"\n    ab\\ncd\\r\\nab" in out, out
    assert b"3 bytes of it are here" in out, out


for name, test in list(globals().items()):
    if name.startswith("it_"):
        test()
        print("ok", name, flush=True)
