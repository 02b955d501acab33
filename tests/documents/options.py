# SPDX-License-Identifier: MIT
"""The commands that a text shows have no option that its program lacks.

For any text: Markdown, a page of the manual, the head of an example.  What a
program knows is what its --help names.
"""
import os
import re
import subprocess

import markdown

COMMAND = re.compile(r"\b(?:build/)?upshake-([a-z0-9-]+)((?: [^`|;&\n]*)?)")
OPTION = re.compile(r"(?:\A| )(--[a-z][a-z-]*)")


def options_of(programs):
    """{program: its options}."""
    known = {}
    for name in ("demo", "client", "inspect"):
        path = os.path.join(programs, f"upshake-{name}")
        if os.path.exists(path):
            said = subprocess.run([path, "--help"], text=True, check=True,
                                  stdout=subprocess.PIPE).stdout
            known[name] = set(re.findall(r"--[a-z][a-z-]*", said))
    return known


def check(root, path, known):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = file.read().replace("\\-", "-")  # as pages of the manual have it
    text = re.sub(r"\\\n\s*", "", text)
    for name, arguments in COMMAND.findall(text):
        for option in OPTION.findall(arguments):
            if name in known and option not in known[name]:
                raise markdown.Wrong(
                    path, 0, f"upshake-{name} has no option {option}")
