# SPDX-License-Identifier: MIT
"""documents.py finds what is wrong in a document, and takes what is right."""
import contextlib
import io
import os
import sys
import tempfile

import documents
import markdown

# What a document says, and a part of the complaint; "" if it is right.
CASES = (
    ("a link to a file", "[a](README.md) [b](#a-b)\n\n## A `b`!", ""),
    ("a link to no file", "[a](gone.md)", "links to gone.md"),
    ("a link by its text", "[a\nb]\n\n[a b]: README.md", ""),
    ("a link by its text to no file", "[a]\n\n[a]: gone.md", "links to gone"),
    ("a link that no text has", "[b]\n\n[a]: README.md", "nothing links"),
    ("a heading that is not there", "[a](README.md#gone)", "no heading"),
    ("a heading of this file that is not there", "[a](#gone)", "no heading"),
    ("a link outwards", "[a](https://example.com/b?c#d)", ""),
    ("a link to no host", "[a](https://)", "this is no link"),
    ("a picture that is not there", '<img src="gone.svg">', "links to"),
    ("a path in code", "`tests/need.sh` `src/`", ""),
    ("a path in code that is not there", "`tests/gone.sh`", "names tests/gone"),
    ("names", "`upshake_feed` `_answer` `UPSHAKE_SMALL` `KEY_MISSING`", ""),
    ("a function that is gone", "`upshake_gone()`", "nothing defines"),
    ("a function of a list that is gone", "`_gone`", "nothing defines"),
    ("a switch that is gone", "`-DUPSHAKE_GONE=ON`", "nothing defines"),
    ("an error that is gone", "`KEY_GONE`", "is no error"),
    ("a block without an end", "```sh\ntrue", "no end"),
    ("an option", "`upshake-demo --port 1 --gone`", "no option --gone"),
    ("an option of another line", "`upshake-demo --port 1`\n`ls --gone`", ""),
    ("code", "```c build/a.c\nint a(void);\n\nint b;\n```\n"
     "```c build/a.c\nint a(void) { return b; }\n```", "undeclared"),
    ("code in its order", "```c build/a.c\nint b;\n\nint a(void);\n```\n"
     "```c build/a.c\nint a(void) { return b; }\n```", ""),
    ("code with a warning", "```c build/a.c\nint a(void) {}\n```",
     "does not compile"),
    ("a block that has no place", "```c build/a.c\nint a;\n```\n"
     "```c build/a.c\nint b;\n```", "has a name of this block"),
    ("a passage", "```c\n#include <stdio.h>\n#include <sys/socket.h>\n```", ""),
    ("a passage of nothing", "```c\nint gone;\n```", "has this passage"),
    ("lines of a passage in another order", "```c\n#include <sys/socket.h>\n"
     "#include <stdio.h>\n#include <sys/socket.h>\n```", "has this passage"),
    ("commands", "```sh\ntrue\nprintf a \\\n  >b\n```\n"
     "```console\n$ cat b; echo; echo c\na\n...\n```", ""),
    ("a command that fails", "```sh\nfalse\n```", "failed: false"),
    ("another output", "```console\n$ echo a\nb\n```", "another output"),
    ("more output", "```console\n$ echo a; echo b\na\n```", "another output"),
    ("less output", "```console\n$ echo a\na\nb\n```", "another output"),
    ("a part of a line", "```console\n$ echo abc\na...c\n```", ""),
    ("a server", "```console serve\n$ echo a; sleep 9\na\n```\n"
     "```text log\na\n```", ""),
    ("a server that says another thing", "```console serve\n$ echo a\nb\n```",
     "another output"),
    ("what must not be done as root", "```sh\nrm -rf / # root\n```", "failed"),
)


def complaint_about(path, names, clone, programs):
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            documents.check(path, names, clone, programs)
    except markdown.Wrong as wrong:
        return str(wrong)
    return ""


def main():
    failed, names = 0, markdown.known_names(documents.ROOT)
    with tempfile.TemporaryDirectory() as folder:
        path, programs = f"{folder}/document.md", f"{folder}/programs"
        os.mkdir(programs)
        with open(f"{programs}/upshake-demo", "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho 'usage: --port PORT'\n")
        os.chmod(f"{programs}/upshake-demo", 0o755)
        documents.copy_tree(f"{folder}/clone")
        with open(f"{folder}/README.md", "w", encoding="utf-8") as file:
            file.write("# A `b`!\n")
        for name, text, expected in CASES:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text + "\n")
            said = complaint_about(path, names, f"{folder}/clone", programs)
            if bool(said) != bool(expected) or expected not in said:
                failed += 1
                print(f"FAIL {name}: {said or 'no complaint'}")
    print(f"documents.py: {len(CASES)} cases, {failed} failed")
    sys.exit(failed > 0)


main()
