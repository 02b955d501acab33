#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the cases that failed with those that have to.

usage: judge.py LOG

LOG is what the vectors print.  precedence.txt beside this file has the titles.
"""
import os
import re
import sys


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def main(log):
    here = os.path.dirname(os.path.abspath(__file__))
    text = read(log)
    cases = re.search(r"^(\d+) cases, (\d+) of them failed$", text, re.M)
    failed = re.findall(r"/vectors/[\w-]+\.md:\d+: (.+)$", text, re.M)
    listed = [line for line in
              read(os.path.join(here, "precedence.txt")).splitlines()
              if line and not line.startswith("#")]
    if not cases or int(cases.group(2)) != len(set(failed)):
        sys.exit("reversed: the vectors did not run to their end")
    for title in sorted(set(failed) - set(listed)):
        print("differs, and is not listed:", title)
    for title in sorted(set(listed) - set(failed)):
        print("is listed, and does not differ:", title)
    if set(failed) != set(listed):
        sys.exit("reversed: FAIL")
    print("reversed: %s cases, %d differ, all of them break two rules of one "
          "class" % (cases.group(1), len(listed)))


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
