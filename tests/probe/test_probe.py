#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of the probe itself: that its data can be read, that each word of a
rule means what README.md says, and that it sees what a server does."""
import socket
import threading
import time
import unittest

import probe
from cases import Answer, BadCase, Case, _rule, _sent, read_all

OK = b"HTTP/1.1 200 OK\r\n"
HELLO = OK + b"Allow: GET\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = OK + (b"Transfer-Encoding: chunked\r\n\r\n"
                b"3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")
OPEN, CLOSED, LATE = (False, False), (True, False), (False, True)

# A rule, the answer, how the connection is, the verdict.
RULES = [
    ("pass 200", HELLO, OPEN, "pass"),
    ("pass 201", HELLO, OPEN, "fail"),
    ("warn 2xx", HELLO, OPEN, "warn"),
    ("pass 4xx, 2xx", HELLO, OPEN, "pass"),
    ("pass 4xx", HELLO, OPEN, "fail"),
    ("pass any", HELLO, OPEN, "pass"),
    ("pass any", b"", CLOSED, "fail"),
    ("pass any", b"no answer\r\n\r\n", OPEN, "fail"),
    ("pass close", b"", CLOSED, "pass"),
    ("pass close", b"<p>HTTP/0.9</p>\n", CLOSED, "pass"),
    ("pass close", HELLO, CLOSED, "fail"),
    ("pass close", b"", LATE, "fail"),
    ("pass silence", b"", LATE, "pass"),
    ("pass silence", b"", CLOSED, "fail"),
    ("pass silence", HELLO, OPEN, "fail"),
    ("pass 2xx closed", HELLO, CLOSED, "pass"),
    ("pass 2xx closed", HELLO, OPEN, "fail"),
    ("pass closed", b"", CLOSED, "pass"),
    ("pass 2xx has allow", HELLO, OPEN, "pass"),
    ("pass 2xx has Date", HELLO, OPEN, "fail"),
    ("pass 2xx empty", OK + b"\r\n", OPEN, "pass"),
    ("pass 2xx empty", HELLO, OPEN, "fail"),
    ("pass 2xx body hello", HELLO, OPEN, "pass"),
    ("pass 2xx body hello", CHUNKED, OPEN, "pass"),
    ("pass 2xx body hello", OK + b"\r\nOK\n", OPEN, "pass"),
    ("pass 2xx body hello", OK + b"\r\nhell", OPEN, "fail"),
    ("pass 2xx body hello", OK + b"\r\n", OPEN, "fail"),
    ("pass 2xx line a-b: C", OK + b"\r\nx: y\nA-B:  c\r\n", OPEN, "pass"),
    ("pass 2xx line a-b: C", OK + b"\r\nA-B : c\n", OPEN, "fail"),
    (r"pass 2xx line a-b\x20: C", OK + b"\r\nA-B : c\n", OPEN, "pass"),
    ("fail several\npass any", HELLO, OPEN, "pass"),
    ("fail several\npass any", HELLO + HELLO, OPEN, "fail"),
    ("warn 2xx\npass any", HELLO, OPEN, "warn"),
]

NOT_RULES = ["", "pass", "good 200", "pass 20", "pass 9xx", "pass 200 or 201",
             "pass 200,400", "pass 2xx has", "pass 2xx body "]


def case_of(rules, *sends):
    return Case("chapter", "NAME", "RFC", "why", list(sends),
                [_rule(line) for line in rules.split("\n")])


class Server:
    """Serves one connection: for each part, waits for bytes and sends it."""

    def __init__(self, *parts, close=True):
        self.parts = parts
        self.close = close
        self.over = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = self.socket.getsockname()
        self.thread = threading.Thread(target=self.serve)

    def serve(self):
        peer, _ = self.socket.accept()
        with peer:
            for part in self.parts:
                peer.recv(65536)
                peer.sendall(part)
            if not self.close:
                self.over.wait(10)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.socket.close()


class Probe(unittest.TestCase):
    def test_has_the_161_cases(self):
        cases = read_all()
        self.assertEqual(len(cases), 161)
        for case in cases:
            self.assertTrue(case.section.startswith("RFC "), case.name)
            self.assertTrue(case.why.endswith((".", ")")), case.name)

    def test_expresses_long_texts_by_repetition(self):
        sent = {case.name: b"".join(case.sends) for case in read_all()}
        self.assertEqual(sent["MAL-LONG-URL"].count(b"A"), 100000)
        self.assertIn(b"\r\nX-H-9999: value\r\n\r\n",
                      sent["MAL-MANY-HEADERS"])
        self.assertEqual(sent["MAL-EMPTY-REQUEST"], b"")
        self.assertEqual(len(sent["MAL-BINARY-GARBAGE"]), 256)

    def test_counts_what_it_says_of_lengths(self):
        for case in read_all():
            head, _, body = case.sends[0].partition(b"\r\n\r\n")
            if case.name in ("SMUG-CLTE-SMUGGLED-GET",
                             "SMUG-CLTE-SMUGGLED-HEAD",
                             "SMUG-DUPLICATE-CL-SMUGGLED-GET",
                             "SMUG-CL-TE-BOTH", "SMUG-CLTE-DESYNC"):
                self.assertIn(b"Content-Length: %d\r\n" % len(body),
                              head + b"\r\n")

    def test_judges_by_the_first_rule_that_fits(self):
        for rules, raw, (closed, late), verdict in RULES:
            with self.subTest(rules=rules, raw=raw):
                answer = Answer(raw, closed, late)
                self.assertEqual(case_of(rules).judge(answer), verdict)

    def test_takes_no_other_words(self):
        for line in NOT_RULES:
            with self.subTest(line=line), self.assertRaises(BadCase):
                _rule(line)

    def test_takes_the_escapes_that_it_knows(self):
        self.assertEqual(_sent("a\\t\\x41\\*2{b}\\#2{#}\\\\\n\\\n"),
                         b"a\tAbb01\\\r\n")
        for text in ("\\q\n", "\\!\n", "\\|\n", "\\x4\n"):
            with self.subTest(text=text), self.assertRaises(BadCase):
                _sent(text)

    def run_against(self, server, *sends):
        with server:
            return probe.run(case_of("pass any", *sends), server.address, 0.5)

    def test_sees_that_the_server_closes(self):
        [answer] = self.run_against(Server(HELLO), b"x")
        self.assertEqual((answer.status, answer.closed), (200, True))

    def test_sees_that_the_server_does_not_close(self):
        [answer] = self.run_against(Server(HELLO, close=False), b"x")
        self.assertEqual((answer.status, answer.closed, answer.late),
                         (200, False, False))

    def test_waits_for_an_answer_only_so_long(self):
        began = time.monotonic()
        [answer] = self.run_against(Server(b"", close=False), b"x")
        self.assertEqual((answer.status, answer.late), (None, True))
        self.assertLess(time.monotonic() - began, 5)

    def test_sends_the_second_part_after_the_answer(self):
        first, second = self.run_against(
            Server(HELLO, b"HTTP/1.1 400 No\r\n\r\n"), b"x", b"y")
        self.assertEqual((first.status, second.status), (200, 400))

    def test_sends_no_second_part_to_a_closed_connection(self):
        self.assertEqual(len(self.run_against(Server(HELLO), b"x", b"y")), 1)

    def test_sees_two_answers(self):
        [answer] = self.run_against(Server(HELLO + HELLO), b"x")
        self.assertEqual(answer.count, 2)

    def test_calls_it_a_failure_if_there_is_no_connection(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = server.getsockname()
        case = case_of("pass any, close, silence", b"x")
        result = probe.result_of(case, probe.run(case, address, 0.5))
        self.assertEqual((result["verdict"], result["answer"]),
                         ("fail", "no connection"))


if __name__ == "__main__":
    unittest.main()
