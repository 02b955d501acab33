# SPDX-License-Identifier: MIT
"""The numbers of a document are those of the tables in the tree.

Each row of numbers.tsv: the document; words of it in which {} stands for the
number, and # for any other number; the file that has the number; a regular expression of which the first
group is the number there; by how much it is divided.  The number of the
document is the quotient, rounded to as many digits as the document shows.  A
row whose words are not in its document fails, and so does an expression that
finds nothing.
"""
import os
import re

import markdown

TABLE = "tests/documents/numbers.tsv"


def rows(root):
    with open(os.path.join(root, TABLE), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#") and line.strip():
                yield line.rstrip("\n").split("\t")


def number_there(document, path, expression):
    with open(os.path.join(document.root, path), encoding="utf-8") as file:
        found = re.search(expression, file.read(), re.MULTILINE)
    if not found:
        raise markdown.Wrong(document, 0, f"{path} has no {expression}")
    return float(found[1])


def check(document):
    text = document.text()
    for path, words, source, expression, divisor in rows(document.root):
        if path != document.path:
            continue
        pattern = re.escape(words).replace(r"\#", r"[0-9.]*[0-9]").replace(
            r"\{\}", r"([0-9]+(?:\.[0-9]+)?)")
        found = re.search(pattern, text)
        if not found:
            raise markdown.Wrong(document, 0, f"no longer says: {words}")
        digits = len(found[1].partition(".")[2])
        there = number_there(document, source, expression) / float(divisor)
        if f"{there:.{digits}f}" != found[1]:
            raise markdown.Wrong(
                document, 0, f"says {found[0]!r}, but {source} says {there}")
