# SPDX-License-Identifier: MIT
"""The code that a document shows: files that it builds up step by step, and
passages of files of the tree.

```c build/server.c    If no command or block has made this file, the block is
                       the whole file.  Else each definition takes the place
                       of the definition with its name.  A new definition comes
                       before the next one in the block that has a place, else
                       at the end.  #include lines are added.
```c                   A passage of a file below examples/, which may leave out
                       comments and blank lines.  In the same way
```nginx, ```apache and ```haproxy are passages of a file in tests/interop/.
"""
import os
import re
import subprocess

import markdown

STUBS = "tests/documents/stubs"
# -idirafter: a stub counts only if the machine has no such header.  -isystem:
# Debian's node-llhttp has its header there.
CHECK = ["cc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror",
         "-Iinclude", "-idirafter", STUBS,
         "-isystem", "/usr/share/include/llhttp", "-c"]
PASSAGES = {"c": ("examples", ".c"), "cpp": ("examples", ".cpp"),
            "nginx": ("tests/interop", ".conf"),
            "apache": ("tests/interop", ".conf"),
            "haproxy": ("tests/interop", ".cfg")}


# ---- Files that grow --------------------------------------------------------


def name_of(chunk):
    """What a definition is called."""
    code = [line for line in chunk if not re.match(r"/\*| \*|//", line)]
    first = code[0] if code else chunk[0]
    if first.startswith("#include"):
        return "#include"
    line = first.split("{")[0].split("=")[0]
    names = (re.match(r"(struct|enum|union) (\w+)\W*\Z", line) or
             re.match(r"(typedef).*?(\w+);\Z", line) or
             re.search(r"()(\w+)\(", line) or
             re.search(r"()(\w+)(?:\[\])?\s*;?\s*\Z", line))
    return names[2] if names else line.strip()


def chunks_of(lines):
    """The definitions: blank lines separate them, if no indented line or
    bracket follows."""
    chunks = re.split(r"\n\n+(?=[^\s}])", "\n".join(lines).strip("\n"))
    return [chunk.split("\n") for chunk in chunks]


def merge(old, block):
    """`old` is a list of chunks.  Raises KeyError if nothing had a place."""
    names, waiting, placed = [name_of(chunk) for chunk in old], [], False
    for chunk in block:
        if name_of(chunk) not in names:
            waiting.append(chunk)
            continue
        at = names.index(name_of(chunk))
        if names[at] == "#include":
            old[at] += [line for line in chunk if line not in old[at]]
            continue
        old[at:at + 1] = waiting + [chunk]
        names = [name_of(each) for each in old]
        waiting, placed = [], True
    if not placed:
        raise KeyError
    old += waiting


def text_of(chunks):
    return "\n\n".join("\n".join(chunk) for chunk in chunks) + "\n"


class Files:
    """The files that one document builds up, below the folder `clone`."""

    def __init__(self, document, clone, ports):
        self.document, self.clone, self.ports = document, clone, ports
        self.chunks = {}

    def take(self, block):
        path = block.words[1]
        chunks = chunks_of(block.lines)
        where = os.path.join(self.clone, path)
        if path not in self.chunks and os.path.exists(where):
            with open(where, encoding="utf-8") as file:
                self.chunks[path] = chunks_of(file.read().split("\n"))
        if path not in self.chunks:
            self.chunks[path] = chunks
        else:
            try:
                merge(self.chunks[path], chunks)
            except KeyError:
                raise markdown.Wrong(
                    self.document, block.line,
                    f"nothing in {path} has a name of this block") from None
        os.makedirs(os.path.dirname(where), exist_ok=True)
        with open(where, "w", encoding="utf-8") as file:
            file.write(self.ports(text_of(self.chunks[path])))
        if path.endswith(".c"):
            self._compile(block, path)

    def _compile(self, block, path):
        said = subprocess.run(CHECK + [path, "-o", self.clone + ".o"],
                              cwd=self.clone, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if said.returncode:
            raise markdown.Wrong(self.document, block.line,
                                 "does not compile:\n" + said.stdout)


# ---- Passages of the tree ---------------------------------------------------


def code_of(lines):
    """The lines that are code, without indentation and comments."""
    text = re.sub(r"/\*.*?\*/", "", "\n".join(lines), flags=re.DOTALL)
    code = [re.sub(r"\s+", " ", line).strip() for line in text.split("\n")]
    return [line for line in code if line and not re.match(r"# |#\Z", line)]


def pieces_of(block):
    """The parts of a passage, which "..." separates."""
    text = re.sub(r"(?m)^\s*(?:/\* )?\.\.\.(?: \*/)?\s*$", "\0",
                  "\n".join(block.lines))
    return ["\n".join(code_of(piece.split("\n")))
            for piece in text.split("\0")]


def is_passage(pieces, text):
    at = 0
    for piece in pieces:
        at = text.find("\n" + piece + "\n", at)
        if at < 0:
            return False
        at += len(piece) + 1
    return True


def check_passage(document, block):
    folder, ending = PASSAGES[block.kind]
    pieces = pieces_of(block)
    if not any(pieces):
        raise markdown.Wrong(document, block.line, "this block is empty")
    for place, _, files in os.walk(os.path.join(document.root, folder)):
        for name in files:
            if name.endswith(ending):
                with open(os.path.join(place, name), encoding="utf-8") as file:
                    code = code_of(file.read().split("\n"))
                if is_passage(pieces, "\n" + "\n".join(code) + "\n"):
                    return
    raise markdown.Wrong(document, block.line,
                         f"no {ending} below {folder}/ has this passage")
