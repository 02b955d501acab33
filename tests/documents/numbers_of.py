# SPDX-License-Identifier: MIT
"""The numbers of a document are those of the tables in the tree.

Each row of numbers.tsv: the document; words of it in which {} stands for the
number, and # for any other number; the file that has the number; a regular
expression of which the first group is the number there; by how much it is
divided, or "-" for a word.  The number of the document is the quotient, rounded
to as many digits as the document shows.  A
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


def found_there(document, path, expression):
    with open(os.path.join(document.root, path), encoding="utf-8") as file:
        found = re.search(expression, file.read(), re.MULTILINE)
    if not found:
        raise markdown.Wrong(document, 0, f"{path} has no {expression}")
    return found[1]


def is_same(said, there, divisor):
    if divisor == "-":
        return said == there
    digits = len(said.partition(".")[2])
    return said == f"{float(there) / float(divisor):.{digits}f}"


def check(document):
    text = document.text()
    for path, words, source, expression, divisor in rows(document.root):
        if path != document.path:
            continue
        pattern = re.escape(words).replace(r"\#", r"[0-9.]*[0-9]").replace(
            r"\{\}", r"(\w+(?:\.[0-9]+)?)")
        found = re.search(pattern, text)
        if not found:
            raise markdown.Wrong(document, 0, f"no longer says: {words}")
        there = found_there(document, source, expression)
        if not is_same(found[1], there, divisor):
            raise markdown.Wrong(
                document, 0, f"says {found[0]!r}, but {source} says {there}")
