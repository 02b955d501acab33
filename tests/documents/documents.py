# SPDX-License-Identifier: MIT
"""What the documents say is so: their links and paths are there, the names in
them exist, their code compiles and is that of the tree, their commands do what
is shown, and their numbers are those of the tables.

usage: documents.py [--programs FOLDER] [--look] DOCUMENT...

A DOCUMENT is a Markdown file, named from the top of the tree.  Its commands run
in a copy of the tree, in its order.  With --programs the copy has the programs
of that folder in build/, and what builds by cmake is left out.  With --look no
command runs.  Of another file, such as a page of the manual, only the options
of the commands are checked, with --programs.  Blocks are explained in
commands.py and snippets.py, numbers in numbers_of.py.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import commands
import markdown
import numbers_of
import options
import snippets

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def copy_tree(clone):
    """What git knows, as it stands here; without git, all but what was
    built."""
    known = shutil.which("git") and subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached",
         "--others", "--exclude-standard"], cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if not known or known.returncode:
        shutil.copytree(ROOT, clone, symlinks=True,
                        ignore=lambda folder, _: ["build", ".git"]
                        if folder == ROOT else [])
        return
    for name in known.stdout.decode().split("\0"):
        if os.path.exists(os.path.join(ROOT, name)) and name:
            os.makedirs(os.path.dirname(os.path.join(clone, name)),
                        exist_ok=True)
            shutil.copy2(os.path.join(ROOT, name), os.path.join(clone, name))


def link_programs(clone, programs):
    os.makedirs(os.path.join(clone, "build"))
    for name in os.listdir(programs):
        if re.fullmatch(r"upshake-[a-z0-9-]+", name):
            os.symlink(os.path.join(os.path.abspath(programs), name),
                       os.path.join(clone, "build", name))


def run_block(block, files, session):
    if block.kind in snippets.PASSAGES and len(block.words) == 1:
        snippets.check_passage(session.document, block)
    elif block.kind in snippets.PASSAGES:
        files.take(block)
    elif block.kind in ("sh", "console"):
        session.run(block)
    elif block.words == ["text", "log"]:
        session.log_has(block)
    elif block.words[:2] == ["text", "browser"]:
        if shutil.which("chromedriver"):
            session.browse(block)
        else:
            print("left out: a browser, as there is no chromedriver")


def run_document(document, clone, programs):
    """In the copy as it is, but for build/, which begins anew."""
    shutil.rmtree(os.path.join(clone, "build"), ignore_errors=True)
    if programs:
        link_programs(clone, programs)
    ports = commands.PORTS_HERE
    ports.move(os.path.join(clone, "examples/guides"))
    files = snippets.Files(document, clone, ports)
    session = commands.Session(document, clone, ports, bool(programs))
    try:
        for block in document.blocks:
            run_block(block, files, session)
    finally:
        session.end()


def check(path, names, clone=None, programs=None):
    """Without a clone no command runs."""
    if programs:
        options.check(ROOT, path, options.options_of(programs))
    if path.endswith(".md"):
        document = markdown.Document(ROOT, path)
        markdown.check_text(document, names)
        numbers_of.check(document)
        if clone:
            run_document(document, clone, programs)
    print(f"ok: {path} is as it says", flush=True)


def main(arguments):
    programs, look, paths = None, False, []
    while arguments:
        word = arguments.pop(0)
        if word == "--programs" and arguments:
            programs = arguments.pop(0)
        elif word == "--look":
            look = True
        elif word.startswith("-"):
            sys.exit(__doc__)
        else:
            paths.append(word)
    if not paths:
        sys.exit(__doc__)
    names = markdown.known_names(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        clone = None if look else os.path.join(folder, "clone")
        if clone:
            copy_tree(clone)
        try:
            for path in paths:
                check(path, names, clone, programs)
        except markdown.Wrong as wrong:
            sys.exit(f"FAIL {wrong}")


if __name__ == "__main__":
    main(sys.argv[1:])
