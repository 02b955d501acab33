#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/defensive.md lists each condition of src/ that cannot fail, with the
function in which it stands, and no other."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SRC = os.path.join(os.path.dirname(HERE), "src")

USE = re.compile(r"\bUPSHAKE_((?:ALWAYS|NEVER)\()")
FUNCTION = re.compile(r"^\w[^;=]*?\b(\w+)\([^;]*?\)\s*\{", re.M)
ROW = re.compile(r"^\| `(\w+)` \| `((?:ALWAYS|NEVER)\(.*\))` \| (.+) \|$", re.M)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def closing(text, at):
    """Behind the bracket that closes the one before `at`."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at


def uses_in(text):
    for use in USE.finditer(text):
        before = [f.group(1) for f in FUNCTION.finditer(text, 0, use.start())]
        condition = text[use.start(1):closing(text, use.end())]
        yield before[-1] if before else "?", " ".join(condition.split())


def main():
    used = set()
    for folder, _, names in os.walk(SRC):
        for name in names:
            if name.endswith((".c", ".h")) and name != "defensive.h":
                used |= set(uses_in(read(os.path.join(folder, name))))
    rows = ROW.findall(read(os.path.join(HERE, "defensive.md")))
    listed = {row[:2] for row in rows}
    for function, condition in sorted(used - listed):
        print("not in defensive.md: %s in %s" % (condition, function))
    for function, condition in sorted(listed - used):
        print("not in src: %s in %s" % (condition, function))
    for function, condition, why in rows:
        if len(why.split()) < 5:
            print("no reason: %s in %s" % (condition, function))
            return 1
    if used != listed or len(rows) != len(listed) or not rows:
        return 1
    print("%d conditions, each with its reason" % len(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
