# SPDX-License-Identifier: MIT
"""The tokens of a C file: of its code, and of each macro's body."""
import re
from collections import namedtuple

Token = namedtuple("Token", "kind text begin end")

TOKEN = re.compile(r"""
    (?P<space>(?:\s|\\\n|/\*.*?\*/|//[^\n]*)+)
  | (?P<string>"(?:[^"\\\n]|\\.)*")
  | (?P<char>'(?:[^'\\\n]|\\.)+')
  | (?P<number>\.?[0-9](?:[eEpP][+-]|[\w.])*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<mark>\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=
      |\#\#|[^\s\w])
""", re.X | re.S)

DIRECTIVE = re.compile(r"^[ \t]*#((?:[^\n\\]|\\.|\\\n|/\*.*?\*/)*)", re.M | re.S)
DEFINE = re.compile(r"\s*define\s+(\w+)(\([^)]*\))?")

OPEN, CLOSE = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}


def tokens_of(text, begin, end):
    tokens = []
    at = begin
    while at < end:
        match = TOKEN.match(text, at, end)
        if not match:
            raise ValueError("no token at %d: %r" % (at, text[at:at + 20]))
        kind = match.lastgroup
        if kind != "space" and match.group() != "\\":
            tokens.append(Token(kind, match.group(), match.start(),
                                match.end()))
        at = match.end()
    return tokens


def pieces_of(text):
    """The parts of a file that hold code: (macro's name or None, tokens)."""
    code, at = [], 0
    comments = [m.span() for m in re.finditer(r"/\*.*?\*/", text, re.S)]
    for match in DIRECTIVE.finditer(text):
        if any(b <= match.start() < e for b, e in comments):
            continue
        if match.start() < at:
            continue
        code += tokens_of(text, at, match.start())
        at = match.end()
        define = DEFINE.match(match.group(1))
        if define:
            body = match.start(1) + define.end()
            tokens = tokens_of(text, body, match.end())
            if tokens:
                yield define.group(1), tokens
    code += tokens_of(text, at, len(text))
    yield None, code


def partners(tokens):
    """For each bracket the place of its partner."""
    found, stack = {}, []
    for i, token in enumerate(tokens):
        if token.text in OPEN and token.kind == "mark":
            stack.append(i)
        elif token.text in CLOSE and token.kind == "mark" and stack:
            found[i] = stack.pop()
            found[found[i]] = i
    return found
