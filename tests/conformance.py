#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/conformance.md from the golden vectors: each requirement with
its section, its cases and the errors that they end with.

usage: conformance.py           writes the page
       conformance.py --check   exit status 1 if the page is not up to date
"""
import collections
import glob
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(HERE, "vectors")
PAGE = os.path.join(HERE, "conformance.md")

GROUPS = {
    "P": "The request line, and bytes that are no HTTP",
    "H": "Host",
    "F": "Fields",
    "B": "The framing of requests, and bodies",
    "N": "The connection",
    "U": "Upgrade",
    "W": "WebSocket, the server's side",
    "C": "The client's side",
    "D": "permessage-deflate",
    "O": "Origin",
    "T": "TLS",
    "M": "Capsules",
    "X": "h2c",
    "Y": "As browsers do",
    "R": "Content, and answers to ordinary requests",
    "E": "Extended CONNECT in HTTP/2 and HTTP/3",
    "G": "A gateway: what is passed on",
    "L": "Looking at a request: parameters, cookies, credentials",
}
HEAD = """<!-- SPDX-License-Identifier: MIT
     Written by tests/conformance.py: do not edit. -->
# Conformance

Each requirement that upshake was written to meet, where it comes from, the
cases that show it, and the errors that these cases end with. The cases are the
[golden vectors](vectors/README.md). `test_vectors`, `test_client_vectors` and
`test_extended` run them, and fail if a requirement of theirs has no case.

A number is that of the cases in this chapter, and links to the first of them.
A requirement without cases has the names of its tests, or "host" if it is one
for the program around the library.

A case may show several requirements. So an error stands here if at least a
third of the requirement's cases end with it. `NO_UPGRADE` is left out: every
ordinary request has it.

"""

ROW = re.compile(r"^\| `?([A-Z]-\d+)`? \| (.+) \|$", re.M)
CASE = re.compile(r"^## (.+)\n((?:`[A-Z]-\d+`[ \n]*)*)", re.M)
EXPECT = re.compile(r"^```expect\n([^\n]*)", re.M)
RFC = re.compile(r"RFC (\d+)((?:,? (?:and )?[A-Z]?\d+(?:\.\d+)*\b)*)")
OUTCOME = re.compile(r"^(?:refused(?: \d+)?|plain|call) ([A-Z0-9_]+)$")

Requirement = collections.namedtuple("Requirement", "id text source shown")
Case = collections.namedtuple("Case", "chapter title ids error")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def requirement(id, cells):
    """A row of the README has one cell, with its source in brackets at the end;
    one of a chapter has the sentence of the source, what is done, and tests."""
    cells = cells.split(" | ")
    if len(cells) == 3:
        return Requirement(id, cells[1], cells[0].split(":")[0], cells[2])
    text, source = re.fullmatch(r"(.*?) \(([^()]*(?:\(.*)?)\)(;.*)?\.",
                                cells[0]).group(1, 2)
    quotes = re.sub(r'"[^"]*"', "", source)
    return Requirement(id, text + ".", quotes, "case")


def cases_in(path):
    text = read(path)
    starts = list(CASE.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    for start, end in zip(starts, ends):
        expect = EXPECT.search(text, start.end(), end)
        if not expect:
            continue  # prose
        error = OUTCOME.match(expect.group(1))
        yield Case(os.path.basename(path)[:-3], start.group(1),
                   re.findall(r"[A-Z]-\d+", start.group(2)),
                   error.group(1) if error else "")


def sections(source):
    """The source, with a link for each section of an RFC."""
    found, rfc = [], None
    for part in re.split(r"[;:,] *", source):
        named = re.fullmatch(r"RFC (\d+) (.+?) *", part)
        if named:
            rfc, section = named.groups()
        elif rfc and re.fullmatch(r"[\d.]+ *", part):
            section = part.strip()
        else:
            found += [part.strip()] if part.strip() else []
            continue
        name = "RFC %s %s" % (rfc, section)
        where = re.fullmatch(r"(?:[A-Z]|\d)[\d.]*", section)
        found.append("[%s](https://www.rfc-editor.org/rfc/rfc%s#section-%s)" %
                     (name, rfc, section) if where else name)
    return ", ".join(found)


def anchor(title):
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def links(cases):
    by_chapter = collections.OrderedDict()
    for case in cases:
        by_chapter.setdefault(case.chapter, []).append(case)
    return ", ".join(
        "%s [%d](vectors/%s.md#%s)" %
        (chapter, len(of), chapter, anchor(of[0].title))
        for chapter, of in by_chapter.items())


def errors(cases):
    count = collections.Counter(case.error for case in cases
                                if case.error not in ("", "NO_UPGRADE"))
    return ", ".join("`%s`" % name for name, n in count.most_common()
                     if 3 * n >= len(cases))


def row(requirement, cases):
    assert cases or requirement.shown != "case", requirement.id
    shown = [links(cases)] if cases else []
    if requirement.shown != "case":
        shown.append(requirement.shown)
    return "| %s | %s | %s | %s | %s |" % (
        requirement.id, requirement.text, sections(requirement.source),
        "; ".join(shown), errors(cases))


def table(requirements, cases):
    yield "| id | requirement | source | cases | errors |"
    yield "|---|---|---|---|---|"
    for one in requirements:
        yield row(one, [case for case in cases if one.id in case.ids])


def page():
    paths = sorted(glob.glob(os.path.join(VECTORS, "*.md")))
    cases = [case for path in paths for case in cases_in(path)]
    all_of = [requirement(*found) for path in paths
              for found in ROW.findall(read(path))]
    ids = [one.id for one in all_of]
    assert len(ids) == len(set(ids)), "a requirement stands twice"
    strange = {id for case in cases for id in case.ids} - set(ids)
    assert not strange, "no such requirement: %s" % strange
    assert {id[0] for id in ids} == set(GROUPS), "a group has no name"

    parts, summary = [], []
    for letter, name in GROUPS.items():
        of = [one for one in all_of if one.id[0] == letter]
        shown_by = [case for case in cases
                    if any(id[0] == letter for id in case.ids)]
        summary.append("| [%s](#%s) | %s to %s | %d | %d |" % (
            name, anchor(name), min(of).id, max(of).id, len(of),
            len(shown_by)))
        parts += ["", "## " + name, ""] + list(table(of, cases))
    total = "| all | | %d | %d |" % (len(all_of), len(cases))
    return HEAD + "\n".join(
        ["| subject | ids | requirements | cases |", "|---|---|---:|---:|"] +
        summary + [total] + parts) + "\n"


def main(arguments):
    text = page()
    if arguments == ["--check"]:
        if os.path.exists(PAGE) and read(PAGE) == text:
            print("ok: %d lines" % text.count("\n"))
            return 0
        print("tests/conformance.md is old: run python3 tests/conformance.py")
        return 1
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
