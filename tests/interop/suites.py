#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run requests from public test suites through upshake-inspect.

usage: suites.py INSPECT TSV [KNOWN]

TSV has the columns id, source, level, expect, bytes, why; bytes are escaped as
\\r \\n \\t \\\\ \\xHH.
expect is 101, refuse, plain, ok (101 or plain), no101, wait or any.  Statuses
may follow, of which a refusal must have one: refuse:400,505.
Each row runs through `INSPECT --subprotocol chat --json`, whole and one byte
at a time.  Both have to say the same, keep the JSON contract, and be what the
row expects.

KNOWN, if given, has lines `id TAB reason`: rows that are known to be wrong.
Prints each disagreement and a summary; exits 1 if one is not in KNOWN.
"""
import json
import re
import subprocess
import sys

OUTCOMES = ("switched", "refused", "plain", "incomplete")  # by exit status
EXPECTED = {
    "101": {"switched"},
    "refuse": {"refused"},
    "plain": {"plain"},
    "ok": {"switched", "plain"},
    "no101": {"refused", "plain"},
    "wait": {"incomplete"},
    "any": set(OUTCOMES),
}
KEYS = ["outcome", "status", "error", "rule", "offset", "consumed",
        "protocol", "subprotocol", "extensions", "close", "reply",
        "sentence", "hint", "line", "column", "input", "also"]
ESCAPE = re.compile(rb"\\(?:([rnt\\])|x([0-9A-Fa-f]{2}))")
LETTERS = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"\\": b"\\"}


def unescape(text):
    def byte(match):
        letter, digits = match.groups()
        return LETTERS[letter] if letter else bytes([int(digits, 16)])
    return ESCAPE.sub(byte, text)


def read_rows(path):
    with open(path, "rb") as file:
        lines = file.read().split(b"\n")
    for line in lines:
        columns = line.split(b"\t")
        if len(columns) < 5 or columns[0] == b"id":
            continue
        name, source, level, expect = (c.decode() for c in columns[:4])
        why = columns[5].decode("utf-8", "replace") if columns[5:] else ""
        yield name, source, level, expect, unescape(columns[4]), why.strip()


def read_known(path):
    known = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, _, reason = line.rstrip("\n").partition("\t")
            if name and not name.startswith("#"):
                known[name] = reason
    return known


def inspect(program, content, *options):
    """Returns the exit status, the printed line and what stderr said."""
    command = [program, "--subprotocol", "chat", "--json", *options]
    run = subprocess.run(command, input=content, capture_output=True)
    return run.returncode, run.stdout, run.stderr


def broken_contract(status, said, content):
    """What in the JSON is not as it has to be, or None."""
    outcome, reply = said["outcome"], said["reply"]
    answered = outcome in ("switched", "refused")
    if list(said) != KEYS:
        return "keys"
    if outcome not in OUTCOMES or OUTCOMES.index(outcome) != status:
        return "exit status"
    if answered and not reply.startswith("HTTP/1.1 "):
        return "reply without a status line"
    if answered and "\r\n\r\n" not in reply:
        return "reply that is not complete"
    if not answered and (reply or said["status"]):
        return "reply to a request that is not answered"
    if said["close"] != (outcome == "refused"):
        return "close"
    if (said["error"] is not None) != (outcome == "refused"):
        return "error"
    if outcome in ("refused", "plain") and not said["rule"]:
        return "no rule"
    if outcome == "incomplete" and said["consumed"] != len(content):
        return "consumed"
    return None


def judge(program, expect, content):
    """Returns (what is wrong or None, the outcome in words)."""
    status, line, errors = inspect(program, content)
    if status not in range(len(OUTCOMES)) or errors:
        return "exit status %d: %s" % (status, errors.decode()[-600:]), "?"
    slow = inspect(program, content, "--feed", "1")
    if slow != (status, line, b""):
        return "--feed 1 differs: %s" % slow[1].decode()[:300], "?"
    said = json.loads(line)
    words = "%s %s %s" % (said["outcome"], said["status"] or "",
                          said["error"] or said["rule"] or "")
    broken = broken_contract(status, said, content)
    if broken:
        return "JSON contract: " + broken, words
    expected, _, statuses = expect.partition(":")
    if expected not in EXPECTED:
        return "no such expectation", words
    if said["outcome"] not in EXPECTED[expected]:
        return "not as expected", words
    if (statuses and said["outcome"] == "refused" and
            str(said["status"]) not in statuses.split(",")):
        return "not the expected status", words
    return None, words


def show(row, wrong, words, reason):
    name, source, level, expect, content, why = row
    print("%s (%s, %s): expected %s, is %s: %s"
          % (name, source, level, expect, words, wrong))
    print("    bytes  %s" % repr(content[:300])[1:])
    if why:
        print("    row     %s" % why)
    if reason is not None:
        print("    known   %s" % reason)


def main(arguments):
    if len(arguments) not in (2, 3):
        print(__doc__.strip(), file=sys.stderr)
        return 64
    program = arguments[0]
    known = read_known(arguments[2]) if arguments[2:] else {}
    rows = failed = excused = 0
    for row in read_rows(arguments[1]):
        rows += 1
        wrong, words = judge(program, row[3], row[4])
        if wrong is None:
            if row[0] in known:
                print("%s is in the list of known ones, but agrees" % row[0])
            continue
        show(row, wrong, words, known.get(row[0]))
        if row[0] in known:
            excused += 1
        else:
            failed += 1
    print("%d rows, whole and byte by byte: %d agree, %d known to be wrong, "
          "%d disagree" % (rows, rows - failed - excused, excused, failed))
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
