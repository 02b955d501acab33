#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which words of upshake.c could a host's own -DWORD change?

usage: words.py FOLDER

FOLDER has the two files.  Prints -DWORD=... for each word in capitals that
neither the library nor the system headers define: with all of these options
upshake.c must compile as before (src/text/words.h).
"""
import re
import subprocess
import sys

SYSTEM = "#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n"
COMPILER = {"GCC"}  # in a #pragma


def defined_by_system():
    found = set()
    for flags in ([], ["-msse4.2", "-msha"]):
        text = subprocess.run(
            ["cc", "-std=c99", *flags, "-dM", "-E", "-"], text=True,
            stderr=subprocess.DEVNULL, # another processor has no such flags
            input=SYSTEM + ("#include <immintrin.h>\n" if flags else ""),
            stdout=subprocess.PIPE).stdout
        found |= set(re.findall(r"^#define (\w+)", text, re.M))
    return found


def words_of(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r'"(\\.|[^"\\])*"', " ", text)
    own = set(re.findall(r"#\s*define\s+(\w+)", text))
    words = set(re.findall(r"\b[A-Z][A-Z0-9_]+\b", text))
    return {word for word in words - own - COMPILER
            if not word.startswith("UPSHAKE_")}


def main(folder):
    with open(folder + "/upshake.c", encoding="utf-8") as file:
        words = words_of(file.read()) - defined_by_system()
    assert {"VERSION", "TLS", "KEY", "METHOD"} <= words, words
    print(" ".join("-D%s=+" % word for word in sorted(words)))


main(*sys.argv[1:])
