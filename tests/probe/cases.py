# SPDX-License-Identifier: MIT
"""The cases of the probe: reads the chapters and judges an answer.
tests/probe/README.md says how a case is written."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, os.pardir, "judge"))

from vectors import joined, unescape  # noqa: E402

_counted = re.compile(r"\\#([0-9]+)\{([^}]*)\}")
_known = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|\*[0-9]+\{[^}]*\}|[rnt\\])")
_VERDICTS = ("pass", "warn", "fail")
_NEEDS_TEXT = ("has", "body", "line")
_PLAIN = ("any", "close", "silence", "closed", "empty", "several")


class BadCase(Exception):
    pass


class Case:
    """One case: what is sent, and what the answer to the first of it may be."""

    def __init__(self, chapter, name, section, why, sends, rules):
        self.chapter = chapter
        self.name = name
        self.section = section
        self.why = why
        self.sends = sends
        self.rules = rules

    def judge(self, answer):
        """The verdict of the first rule that fits; "fail" if none does."""
        for verdict, alternatives in self.rules:
            if any(_fits(words, answer) for words in alternatives):
                return verdict
        return "fail"

    def expected(self):
        return "; ".join("%s %s" % (verdict, ", ".join(
            " ".join(word + (" " + text if text else "")
                     for word, text in words) for words in alternatives))
                         for verdict, alternatives in self.rules)


class Answer:
    """What came back: `closed` if the server ended the connection, `late` if
    the head of an answer was not complete when the time was over."""

    def __init__(self, raw, closed, late):
        self.raw = raw
        self.closed = closed
        self.late = late
        self.status, self.fields, self.body = _parse(raw)
        self.count = len(re.findall(rb"HTTP/\d\.\d \d\d\d", raw[:8192]))

    def shown(self):
        if self.status is None:
            if self.closed:
                return "closed without an answer"
            return "no answer" if not self.raw else "no HTTP/1 answer"
        return "%d%s%s" % (self.status, " and closed" if self.closed else "",
                           ", %d answers" % self.count if self.count > 1
                           else "")


def _parse(raw):
    """(status, {name: value}, body) of the first response, or (None, {}, "")
    if there is none."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\n")
    words = lines[0].split(" ")
    if b"\n" not in raw or len(words) < 2 or not words[1].strip().isdigit():
        return None, {}, ""
    fields = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            fields[name.strip().lower()] = value.strip()
    body = body.decode("latin-1")
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = _joined_chunks(body)
    return int(words[1]), fields, body.rstrip("\r\n")


def _joined_chunks(body):
    out = ""
    while True:
        size, _, rest = body.partition("\r\n")
        try:
            size = int(size.partition(";")[0], 16)
        except ValueError:
            return out
        if size == 0:
            return out
        out += rest[:size]
        body = rest[size + 2:]


# ---- Rules -------------------------------------------------------------------

def _fits(words, answer):
    return all(_is(word, text, answer) for word, text in words)


def _is(word, text, answer):
    nothing = answer.status is None
    if word == "close":
        return nothing and answer.closed
    if word == "silence":
        return nothing and answer.late
    if word == "closed":
        return answer.closed
    if word == "several":
        return answer.count > 1
    if nothing:
        return False
    if word == "any":
        return True
    if word == "empty":
        return not answer.body
    if word == "has":
        return text.lower() in answer.fields
    if word == "body":
        return answer.body in (text, "OK")
    if word == "line":
        return _has_line(answer.body, text)
    if word.endswith("xx"):
        return answer.status // 100 == int(word[0])
    return answer.status == int(word)


def _has_line(body, wanted):
    """Is there this `Name: value`?  Only the whitespace after the colon, and
    upper and lower case, do not matter."""
    for line in body.split("\n"):
        name, colon, value = line.partition(":")
        if colon and "%s: %s" % (name.lower(), value.strip().lower()) == \
                wanted.lower():
            return True
    return False


def _rule(line):
    verdict, _, rest = line.partition(" ")
    if verdict not in _VERDICTS or not rest:
        raise BadCase("no rule: " + line)
    return verdict, [_alternative(part, line) for part in rest.split(", ")]


def _alternative(part, line):
    """[(word, text)]: the text of has, body and line is the rest."""
    words = []
    while part:
        word, _, part = part.partition(" ")
        if word in _NEEDS_TEXT and part:
            text = unescape(part)[0].decode("latin-1")
            return words + [(word, text)]
        if word not in _PLAIN and not re.fullmatch("[1-5](xx|[0-9]{2})", word):
            raise BadCase("no word of a rule: %s in %s" % (word, line))
        words.append((word, ""))
    return words


# ---- Chapters ----------------------------------------------------------------

def _sent(block):
    """The bytes of a block.  The text of \\#N{text} stands N times, with the
    number of each (from 0) for every # in it."""
    text = _counted.sub(lambda match: "".join(
        match.group(2).replace("#", str(number))
        for number in range(int(match.group(1)))), joined(block))
    if "\\" in _known.sub("", text):
        raise BadCase("no such escape: %.60s" % text)
    return unescape(text)[0]


def _case(chapter, part):
    name, _, rest = part.partition("\n")
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", rest, flags=re.M | re.S)
    head = re.match(r"`([^`\n]+)`\n\n(.*?)\n\n```", rest, flags=re.S)
    kinds = [kind for kind, _ in blocks]
    if (not head or kinds[-1:] != ["expect"] or not kinds[:-1]
            or set(kinds[:-1]) != {"send"}):
        raise BadCase("%s: not written as README.md says" % name)
    sends = [_sent(text) for kind, text in blocks if kind == "send"]
    rules = [_rule(line) for line in blocks[-1][1].splitlines()]
    return Case(chapter, name, head.group(1), " ".join(head.group(2).split()),
                sends, rules)


def read_chapter(path):
    with open(path, encoding="utf-8") as file:
        head, *parts = re.split(r"^## ", file.read(), flags=re.M)
    chapter = os.path.splitext(os.path.basename(path))[0]
    cases = [_case(chapter, part) for part in parts]
    if "\nCases: %d.\n" % len(cases) not in head:
        raise BadCase("%s: has %d cases, and says otherwise"
                      % (chapter, len(cases)))
    return cases


def read_all(folder=HERE):
    cases = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".md") and name != "README.md":
            cases += read_chapter(os.path.join(folder, name))
    names = [case.name for case in cases]
    if len(set(names)) != len(names):
        raise BadCase("two cases have the same id")
    return cases
