#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Says what a report of abidiff has, and which of it the changelog hides.

usage: announced.py RELEASE REPORT CHANGELOG

REPORT is what `abidiff --leaf-changes-only` says of RELEASE and this tree.
"""
import re
import sys

FUNCTION = re.compile(r"^  \[([CDA])\] '(?:function|\w+) .*?\b(upshake_\w+)\(",
                      re.M)
TYPE = re.compile(r"^'(?:struct|enum|union) (\w+) at .* changed:$", re.M)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def functions(report, letter):
    return {name for how, name in FUNCTION.findall(report) if how == letter}


def changed_types(report):
    """Those that a program names: what is private stands in one of them."""
    return {name for name in TYPE.findall(report) if "private" not in name}


def announced(changelog, release):
    """The words in backquotes of Changed and Removed since the release."""
    since, found, _ = changelog.partition("\n## [%s]" % release)
    assert found, "CHANGELOG.md has no %s" % release
    parts = re.split(r"^### ", since, flags=re.M)
    parts = [part for part in parts if part.startswith(("Changed", "Removed"))]
    code = re.findall(r"`([^`]+)`", "\n".join(parts))
    return {word for text in code for word in re.findall(r"\w+", text)}


def main(release, report, changelog):
    text = read(report)
    rows = [("removed functions", functions(text, "D")),
            ("changed functions", functions(text, "C")),
            ("changed types", changed_types(text))]
    print("since %s: %d functions added" % (release, len(functions(text, "A"))))
    for what, names in rows:
        print("%d %s: %s" % (len(names), what, " ".join(sorted(names)) or "-"))
    changed = set().union(*(names for _, names in rows))
    if changed and "SONAME changed" not in text:
        print("FAIL: the soname is still that of %s" % release)
        return 1
    hidden = changed - announced(read(changelog), release)
    for name in sorted(hidden):
        print("FAIL: CHANGELOG.md does not announce this change: %s" % name)
    return 1 if hidden else 0


sys.exit(main(*sys.argv[1:]))
