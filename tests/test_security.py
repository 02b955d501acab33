#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each promise of .github/SECURITY.md is shown by a test that is there: a case
of the golden vectors, a file of tests/, or a function of a test."""
import glob
import os
import re
import sys

import conformance

ROOT = os.path.dirname(conformance.HERE)
FOLDER = os.path.join(ROOT, ".github")
THREATS = ["smuggling", "early data", "cross-site websocket hijacking",
           "response splitting", "slow and endless heads", "h2c"]

ROW = re.compile(r"^\| (.+) \| (.+) \|$", re.M)
LINK = re.compile(r"\]\(([^)#]+)(?:#([^)]+))?\)")
FUNCTION = re.compile(r"^(?:static void |def )([a-z]\w+)\(", re.M)


def functions_of_tests():
    paths = glob.glob(os.path.join(conformance.HERE, "test_*.[cp]*"))
    return {name for path in paths
            for name in FUNCTION.findall(conformance.read(path))}


def anchors(path):
    return {conformance.anchor(case.title)
            for case in conformance.cases_in(path)}


def faults(shown_by, functions):
    """What is wrong with the last cell of a row."""
    links = LINK.findall(shown_by)
    for path, title in links:
        file = os.path.normpath(os.path.join(FOLDER, path))
        if not os.path.exists(file):
            yield "no such file: " + path
        elif title and title not in anchors(file):
            yield "no such case: %s#%s" % (path, title)
    names = re.findall(r"`([^`]+)`", re.sub(r"\(.*?\)", "", shown_by))
    for name in names:
        if name not in functions and not (
                name.startswith("tests/") and
                os.path.exists(os.path.join(ROOT, name))):
            yield "no such test: " + name
    if not links and not names:
        yield "no test at all"


def main():
    text = conformance.read(os.path.join(FOLDER, "SECURITY.md"))
    _, _, threats = text.partition("\n## The threats")
    headings = [heading.lower()
                for heading in re.findall(r"^### (.+)$", threats, re.M)]
    wrong = ["no threat: " + threat for threat in THREATS
             if threat not in headings]
    rows = [row for row in ROW.findall(threats)
            if row[0] not in ("promise", "---") and row[1] != "---"]
    functions = functions_of_tests()
    for promise, shown_by in rows:
        wrong += ["%s  %s" % (promise, fault)
                  for fault in faults(shown_by, functions)]
    for heading, part in zip(headings, threats.split("\n### ")[1:]):
        if part.count("\n| ") < 2:
            wrong.append("no promise against: " + heading)
    print("\n".join(wrong) or "ok: %d promises" % len(rows))
    return 1 if wrong or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
