# SPDX-License-Identifier: MIT
"""Takes a Markdown file apart: its fenced blocks, its prose, its links."""
import os
import re
import urllib.parse


class Block:
    """A fenced block.  `words` are what stands behind the three backticks."""

    def __init__(self, words, line):
        self.words, self.line, self.lines = words, line, []
        self.kind = words[0] if words else ""


class Document:
    def __init__(self, root, path):
        self.root, self.path = root, path
        self.prose, self.blocks = [], []  # prose: (number, line)
        with open(os.path.join(root, path), encoding="utf-8") as file:
            self._split(file.read().split("\n"))

    def _split(self, lines):
        block = None
        for number, line in enumerate(lines, 1):
            if block is not None and line == "```":
                block = None
            elif block is not None:
                block.lines.append(line)
            elif line.startswith("```"):
                block = Block(line[3:].split(), number)
                self.blocks.append(block)
            else:
                self.prose.append((number, line))
        if block is not None:
            raise Wrong(self, block.line, "this block has no end")

    def text(self):
        """The prose without comments of HTML, blanks squeezed."""
        text = " ".join(line for _, line in self.prose)
        return re.sub(r"\s+", " ", re.sub(r"<!--.*?-->", "", text))


class Wrong(Exception):
    """`document` is a Document or its path."""

    def __init__(self, document, line, what):
        path = getattr(document, "path", document)
        super().__init__(f"{path}:{line}: {what}" if line
                         else f"{path}: {what}")


# ---- Links and names --------------------------------------------------------


def anchors(document):
    """The anchors of the headings, as forges make them."""
    found = set()
    for _, line in document.prose:
        heading = re.match(r"#{1,6} +(.*?)\s*#*$", line)
        if heading:
            text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading[1])
            text = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            number, anchor = 0, text
            while anchor in found:
                number += 1
                anchor = f"{text}-{number}"
            found.add(anchor)
        found.update(re.findall(r'<a (?:id|name)="([^"]+)"', line))
    return found


def links(document):
    for number, line in document.prose:
        for target in re.findall(r"\]\(([^)]*)\)", line):
            yield number, target.split(' "')[0]
        for label, target in re.findall(r"\A\[([^]]+)\]: (\S+)\Z", line):
            if document.text().count(f"[{label}]") < 2:
                raise Wrong(document, number, f"nothing links to [{label}]")
            yield number, target
        for target in re.findall(r'(?:href|src|srcset)="([^"]*)"', line):
            yield number, target


def check_link(document, line, target):
    parts = urllib.parse.urlsplit(target)
    if parts.scheme:
        if (parts.scheme not in ("https", "http", "mailto") or
                " " in target or not (parts.netloc or parts.path)):
            raise Wrong(document, line, f"this is no link: {target}")
        return
    folder = os.path.dirname(document.path)
    path = os.path.normpath(os.path.join(folder, parts.path)) \
        if parts.path else document.path
    if not os.path.exists(os.path.join(document.root, path)):
        raise Wrong(document, line, f"links to {target}, which is not there")
    if parts.fragment and path.endswith(".md"):
        if parts.fragment not in anchors(Document(document.root, path)):
            raise Wrong(document, line, f"{path} has no heading for {target}")


# A path of the tree in code.
PATH = re.compile(r"(?:src|tests|examples|include|\.ci)/[\w./-]*\Z|"
                  r"[A-Z]+\.md\Z|LICENSE\Z")
NAME = re.compile(r"(?:upshake_[a-z0-9_]+|UPSHAKE_[A-Z0-9_]+)\Z")


def known_names(root):
    """Every word of the headers, the sources and the build."""
    words = set()
    for folder in ("include", "src", "examples"):
        for place, _, files in os.walk(os.path.join(root, folder)):
            for name in files:
                if name.endswith((".c", ".h", ".txt")):
                    with open(os.path.join(place, name), encoding="utf-8",
                              errors="replace") as file:
                        words.update(re.findall(r"\w+", file.read()))
    with open(os.path.join(root, "CMakeLists.txt"), encoding="utf-8") as file:
        words.update(re.findall(r"\w+", file.read()))
    return words


def check_code(document, line, code, names):
    """What stands between backticks, if it is a path or a name of ours."""
    if PATH.match(code):
        if not os.path.exists(os.path.join(document.root, code)):
            raise Wrong(document, line, f"names {code}, which is not there")
    name = re.sub(r"=\w*\Z|\([^)]*\)\Z|\A(?:cmake )?-D", "", code)
    if re.match(r"_[a-z][a-z0-9_]*\Z", name):  # in a list: `upshake_a` `_b`
        name = "upshake" + name
    if NAME.match(name) and not name.endswith("_") and name not in names:
        raise Wrong(document, line, f"names {name}, which nothing defines")
    if document.path.startswith("tests/"):
        return  # there other words are in capitals too
    if re.match(r"[A-Z0-9]+(?:_[A-Z0-9]+)+\Z", name) and not (
            name in names or "UPSHAKE_ERR_" + name in names or
            name.startswith("LWS_")):
        raise Wrong(document, line, f"names {name}, which is no error")


def check_text(document, names):
    for line, target in links(document):
        check_link(document, line, target)
    if document.path == "CHANGELOG.md":  # it has names that are gone
        return
    for line, text in document.prose:
        for code in re.findall(r"`([^`]+)`", text):
            check_code(document, line, code, names)
