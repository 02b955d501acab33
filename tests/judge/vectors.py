# SPDX-License-Identifier: MIT
"""Reading the golden vectors: tests/vectors/README.md says how they are
written."""
import os
import re

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       os.pardir, "vectors")

_escape = re.compile(
    rb"\\(?:x([0-9A-Fa-f]{2})|\*([0-9]+)\{([^}]*)\}|([rnt\\!|]))")
_SINGLE = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"\\": b"\\"}


class Case:
    """One case.  `mark` and `end` are the places of the two marks."""

    def __init__(self, chapter, title, blocks):
        self.name = "%s: %s" % (chapter, title)
        self.chapter = chapter
        self.is_client = chapter.startswith("client-")
        self.settings = [setting(line)
                         for line in lines_of(blocks.get("config", ""))]
        self.asks = [setting(line) for line in lines_of(blocks.get("ask", ""))]
        self.has_ask = "ask" in blocks
        self.mark = self.end = None
        self.request = self._octets(blocks.get("request"))
        self.response = self._octets(blocks.get("response"))
        expect = lines_of(blocks["expect"])
        self.outcome = expect[0].split(" ")
        self.expect = [setting(line) for line in expect[1:]]

    def _octets(self, text):
        if text is None:
            return None
        octets, marks = unescape(joined(text))
        self.mark = marks.get(b"!", self.mark)
        self.end = marks.get(b"|", self.end)
        return octets


def lines_of(block):
    return block.splitlines()


def joined(text):
    """The bytes of a block: each line ends with CRLF, unless it ends with a
    backslash that stands alone."""
    out = []
    for line in text.split("\n")[:-1]:
        stripped = line.rstrip("\\")
        if (len(line) - len(stripped)) % 2:
            out.append(line[:-1])
        else:
            out.append(line + "\\r\\n")
    return "".join(out)


def unescape(text):
    """(the bytes, {mark: place})."""
    marks = {}
    out = bytearray()
    raw = text.encode("utf-8")
    pos = 0
    for match in _escape.finditer(raw):
        out += raw[pos:match.start()]
        pos = match.end()
        code, times, repeated, single = match.groups()
        if code:
            out.append(int(code, 16))
        elif times:
            out += unescape(repeated.decode("utf-8"))[0] * int(times)
        elif single in _SINGLE:
            out += _SINGLE[single]
        else:
            marks[single] = len(out)
    out += raw[pos:]
    return bytes(out), marks


def setting(line):
    """NAME VALUE of a line of config, ask or expect."""
    name, _, value = line.partition(" ")
    return name, unescape(value)[0]


def read_chapter(path):
    chapter = os.path.splitext(os.path.basename(path))[0]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        title = part.split("\n", 1)[0]
        blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", part,
                                 flags=re.M | re.S))
        if "expect" in blocks:
            yield Case(chapter, title, blocks)


def read_all(folder=VECTORS):
    for name in sorted(os.listdir(folder)):
        if name.endswith(".md") and name != "README.md":
            yield from read_chapter(os.path.join(folder, name))
