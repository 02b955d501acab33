#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reverses upshake_error inside each class, in a copy of the tree.

usage: reverse.py TREE

The classes are those of src/error/errors.h.  OK and INCOMPLETE stay.
"""
import itertools
import re
import sys


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main(tree):
    path = tree + "/include/upshake_error.h"
    classes = dict(re.findall(r"X\(([A-Z0-9_]+), ([A-Z_]+),",
                              read(tree + "/src/error/errors.h")))
    text = read(path)
    found = re.search(r"typedef enum upshake_error \{(.*?)UPSHAKE_ERRORS_LEN",
                      text, re.S)
    names = re.findall(r"UPSHAKE_\w+",
                       re.sub(r"/\*.*?\*/", "", found.group(1), flags=re.S))
    kinds = [classes[name.replace("UPSHAKE_ERR_", "").replace("UPSHAKE_", "")]
             for name in names]
    listed = []
    for kind, group in itertools.groupby(zip(kinds, names),
                                         lambda pair: pair[0]):
        group = [name for _, name in group]
        listed += group if kind == "NONE" else group[::-1]
    if listed == names or sorted(classes) != sorted(
            re.sub("UPSHAKE_(ERR_)?", "", name) for name in names):
        sys.exit("reverse.py: the enum and the table do not fit together")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text[:found.start(1)] +
                   "".join("\n  %s," % name for name in listed) + "\n  " +
                   text[found.end(1):])


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
