# SPDX-License-Identifier: MIT
"""Mutants: small wrong changes of a C file, made from its tokens.

A mutant changes one operator, constant, condition, statement or table entry.
It is named by the function (or table, or macro) in which it stands and by the
changed text, never by a line number.  Whether a mutant compiles, and whether
the compiler sees a difference, is for the caller to find out.
"""
import re
from collections import namedtuple

from tokens import CLOSE, OPEN, partners, pieces_of

# place: the function, table or macro; before and after: the changed lines with
# single blanks; begin, end, text: what is replaced by what in the file.
Mutant = namedtuple("Mutant", "file place before after number begin end text")

SWAPS = {
    "<": ["<="], "<=": ["<"], ">": [">="], ">=": [">"],
    "==": ["!="], "!=": ["=="], "&&": [], "||": [],
    "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"],
    "<<": [">>"], ">>": ["<<"], "&": ["|"], "|": ["&"], "^": ["|"],
    "+=": ["-="], "-=": ["+="], "|=": ["&="], "&=": ["|="], "<<=": [">>="],
    ">>=": ["<<="], "++": ["--"], "--": ["++"],
}
MAY_BE_UNARY = {"+", "-", "*", "&"}
TYPES = {
    "const", "static", "struct", "enum", "union", "unsigned", "signed", "int",
    "char", "long", "short", "void", "size_t", "uint8_t", "uint16_t",
    "uint32_t", "uint64_t", "int32_t", "int64_t", "extern", "volatile",
    "register", "inline", "typedef", "__m128i",
}
# What ends an operand of && or ||, at its own depth.
ENDS = {"&&", "||", "?", ":", ",", ";", "=", "return", "{", "}", "+=", "-=",
        "|=", "&="}
CONSTANT_NAME = re.compile(r"[A-Z][A-Z0-9_]*\Z")


class Maker:
    """Makes the mutants of one file."""

    def __init__(self, file, text):
        self.file, self.text = file, text
        self.made = []
        self.seen = {}

    def add(self, place, begin, end, replacement):
        if self.text[begin:end] == replacement:
            return
        line = self.text.rfind("\n", 0, begin) + 1
        line_end = self.text.find("\n", end)
        before = self.text[line:line_end]
        after = self.text[line:begin] + replacement + self.text[end:line_end]
        before, after = (" ".join(t.replace("\\\n", " ").split()).rstrip(" \\")
                         for t in (before, after))
        name = (place, before, after)
        self.seen[name] = self.seen.get(name, 0) + 1
        self.made.append(Mutant(self.file, place, before, after,
                                self.seen[name], begin, end, replacement))

    def make(self):
        for macro, tokens in pieces_of(self.text):
            self.pair = partners(tokens)
            self.tokens = tokens
            self.sentences = set()
            self.sizes = set()  # of arrays on the stack: more is no fault
            if macro:
                self.macro(macro)
            else:
                self.top_level()
        return self.made

    # ---- which parts of a file are code ----

    def macro(self, name):
        tokens = self.tokens
        if any(t.text in ("return", ";") for t in tokens):
            self.statements(name, 0, len(tokens), in_macro=True)
        self.expressions(name, 0, len(tokens))
        self.rows(name)

    def top_level(self):
        i, tokens = 0, self.tokens
        while i < len(tokens):
            end = self.declaration_end(i)
            self.declaration(i, end)
            i = end

    def declaration_end(self, i):
        """Behind the ";" of a declaration, or the "}" of a function."""
        tokens = self.tokens
        while i < len(tokens):
            text = tokens[i].text
            if text == ";":
                return i + 1
            if text in OPEN and i in self.pair:
                is_body = (text == "{" and i > 0 and
                           tokens[i - 1].text == ")" and
                           "=" not in [t.text for t in tokens[i - 3:i]])
                i = self.pair[i]
                if is_body:
                    return i + 1
            i += 1
        return i

    def declaration(self, begin, end):
        tokens = self.tokens
        words = [t.text for t in tokens[begin:end]]
        if not words or "_Static_assert" in words:
            return
        if words[0] == "typedef" and "enum" not in words[:3]:
            return
        body = begin
        while body < end and tokens[body].text not in ("{", "="):
            body = (self.pair[body] + 1
                    if tokens[body].text in "([" and body in self.pair
                    else body + 1)
        if body >= end:
            return
        if tokens[body].text == "{" and tokens[body - 1].text == ")":
            name = tokens[self.pair[body - 1] - 1].text
            self.statements(name, body + 1, self.pair[body])
            self.expressions(name, body, end)
        elif tokens[body].text == "=" or words[0] in ("enum", "typedef"):
            self.initializer(self.declared(begin, body), body, end)

    def declared(self, begin, end):
        names = [t.text for t in self.tokens[begin:end] if t.kind == "name" and
                 t.text not in TYPES]
        return names[-1] if names else "enum"

    def initializer(self, place, begin, end):
        self.expressions(place, begin, end)
        self.entries(place, begin, end)

    # ---- tables ----

    def note_sizes(self, begin, end):
        is_value, i = False, begin
        while i < end:
            text = self.tokens[i].text
            if text == "[" and not is_value:
                self.sizes |= set(range(i, self.pair[i]))
            if text in OPEN and i in self.pair:
                i = self.pair[i]
            is_value = text == "=" or is_value and text != ","
            i += 1

    def entries(self, place, begin, end):
        """Designated entries are deleted, named constants shifted by one."""
        tokens = self.tokens
        for i in range(begin + 1, end):
            token, before = tokens[i], tokens[i - 1].text
            if (token.text == "[" and before in ("{", ",") and
                    tokens[i + 1].kind != "char"):
                stop = self.element_end(i)
                if stop < end:
                    self.add(place, token.begin, tokens[stop - 1].end,
                             tokens[i].text + self.between(i + 1, self.pair[i])
                             + "] = {0}" if tokens[stop - 1].text == "}" else
                             self.between(i, self.pair[i] + 1) + " = 0")
            elif (token.kind == "name" and CONSTANT_NAME.match(token.text) and
                  before in ("{", ",") and i + 1 < end and
                  tokens[i + 1].text in (",", "}")):
                self.add(place, token.begin, token.end, token.text + " + 1")

    def between(self, begin, end):
        return self.text[self.tokens[begin].begin:self.tokens[end - 1].end]

    def element_end(self, i):
        tokens = self.tokens
        while i < len(tokens) and tokens[i].text not in (",", "}"):
            i = self.pair[i] + 1 if i in self.pair else i + 1
        return i

    def rows(self, macro):
        """Rows of a macro that is a table: X(...) X(...)."""
        tokens, i = self.tokens, 0
        starts = []
        while i < len(tokens):
            if (tokens[i].kind == "name" and i + 1 < len(tokens) and
                    tokens[i + 1].text == "(" and i + 1 in self.pair):
                starts.append((i, self.pair[i + 1]))
                i = self.pair[i + 1] + 1
            else:
                return
        if len(starts) < 3 or len({tokens[b].text for b, _ in starts}) > 1:
            return
        for begin, end in starts:
            self.add(macro, tokens[begin].begin, tokens[end].end, "")

    # ---- expressions ----

    def expressions(self, place, begin, end):
        tokens = self.tokens
        for i in range(begin, end):
            token = tokens[i]
            if token.kind == "number":
                self.number(place, i)
            elif token.kind == "char":
                self.char(place, token)
            elif token.kind == "string":
                self.string(place, i)
            elif token.text in SWAPS and token.kind == "mark":
                self.operator(place, i, begin, end)
            elif token.text in ("!", "~"):
                self.add(place, token.begin, token.end, "")
            elif token.text == "?":
                self.add(place, token.begin, token.end, "|| 1 ?")
                self.add(place, token.begin, token.end, "&& 0 ?")

    def is_binary(self, i):
        if i == 0:
            return False
        before = self.tokens[i - 1]
        token = self.tokens[i]
        if (self.text[token.begin - 1].isspace() and
                not self.text[token.end].isspace()):
            return False  # by the layout, which clang-format makes
        if before.kind in ("number", "string", "char"):
            return True
        if before.kind == "name":
            return before.text not in ("return", "case", "sizeof")
        if before.text == ")":
            return not self.is_cast(i - 1)
        return before.text in ("]", "++", "--")

    def is_cast(self, close):
        inside = self.tokens[self.pair.get(close, close) + 1:close]
        return bool(inside) and all(
            t.text in TYPES or t.text == "*" or t.text.startswith("upshake_")
            for t in inside)

    def operator(self, place, i, begin, end):
        token = self.tokens[i]
        if token.text in MAY_BE_UNARY and not self.is_binary(i):
            return
        if token.text not in ("==", "!=") or not self.is_operand(i, begin, end):
            for other in SWAPS[token.text]:
                self.add(place, token.begin, token.end, other)
        if token.text in ("&&", "||"):
            neutral = "1" if token.text == "&&" else "0"
            left = self.operand_begin(i, begin)
            right = self.operand_end(i, end)
            self.drop(place, left, i, neutral)
            if self.tokens[right].text != token.text:
                self.drop(place, i + 1, right, neutral)
        elif token.text == "|":
            left, right = self.bit_begin(i), self.bit_end(i)
            if left is not None:
                self.drop(place, left, i, "0")
            if right is not None and self.tokens[right].text != "|":
                self.drop(place, i + 1, right, "0")

    def is_operand(self, i, begin, end):
        """Is the comparison one of several conditions, each of which is
        dropped anyway?"""
        left = self.operand_begin(i, begin)
        right = self.operand_end(i, end)
        return (self.tokens[right].text in ("&&", "||") or
                left > begin and self.tokens[left - 1].text in ("&&", "||"))

    def drop(self, place, begin, end, neutral):
        if begin < end:
            self.add(place, self.tokens[begin].begin, self.tokens[end - 1].end,
                     neutral)

    def operand_begin(self, i, least):
        i -= 1
        while i >= least:
            text = self.tokens[i].text
            if text in CLOSE and i in self.pair and self.pair[i] >= least:
                i = self.pair[i] - 1
            elif text in ENDS or text in OPEN:
                break
            else:
                i -= 1
        return i + 1

    def operand_end(self, i, most):
        i += 1
        while i < most:
            text = self.tokens[i].text
            if text in OPEN and i in self.pair:
                i = self.pair[i] + 1
            elif text in ENDS or text in CLOSE:
                break
            else:
                i += 1
        return min(i, len(self.tokens) - 1)

    def bit_begin(self, i):
        """A name, a number or a bracket before a "|"."""
        i -= 1
        if i < 0:
            return None
        if self.tokens[i].text == ")" and i in self.pair:
            return self.pair[i]
        return i if self.tokens[i].kind in ("name", "number") else None

    def bit_end(self, i):
        i += 1
        if i + 1 >= len(self.tokens):
            return None
        if self.tokens[i].text == "(" and i in self.pair:
            end = self.pair[i] + 1
        elif self.tokens[i].kind in ("name", "number"):
            end = i + 1
        else:
            return None
        return end if (end < len(self.tokens) and
                       self.tokens[end].text in (",", ";", ")", "|", "}")) \
            else None

    def number(self, place, i):
        token = self.tokens[i]
        match = re.match(r"(0[xX][0-9a-fA-F]+|[0-9]+)([uUlL]*)\Z", token.text)
        if not match:
            return
        value = int(match.group(1), 0 if match.group(1)[:1] != "0" or
                    match.group(1)[:2] in ("0x", "0X") else 8)
        if i in self.sizes:
            return
        other = 0 if value == 1 else value + 1
        self.add(place, token.begin, token.end, str(other) + match.group(2))

    def char(self, place, token):
        inside = token.text[1:-1]
        escapes = {"\\t": "\\n", "\\n": "\\v", "\\r": "\\v", "\\\\": "]",
                   "\\'": "("}
        other = escapes.get(inside) if inside in escapes else \
            chr(ord(inside) + 1) if len(inside) == 1 and inside != "~" else None
        if other:
            if other in "'\\":
                other = "\\" + other
            self.add(place, token.begin, token.end, "'" + other + "'")

    def string(self, place, i):
        """One character in the middle of a text is another.  The sentence
        behind the rule of an error is for people, and left alone."""
        token = self.tokens[i]
        inside = token.text[1:-1]
        before = [t.text for t in self.tokens[max(i - 2, 0):i]]
        if i - 1 in self.sentences or (len(before) == 2 and before[1] == ","
                                       and before[0][:5] in ('""', '"RFC ')):
            self.sentences.add(i)
            return
        for at in range(len(inside) // 2, len(inside)):
            if inside[at].isalnum() and inside[at - 1:at] != "\\":
                other = "Z" if inside[at] != "Z" else "Y"
                self.add(place, token.begin + 1 + at, token.begin + 2 + at,
                         other)
                return

    # ---- statements ----

    def statements(self, place, begin, end, in_macro=False):
        i = begin
        while i < end:
            i = self.statement(place, i, end, in_macro)

    def statement(self, place, i, end, nested=False, is_body=False):
        """Makes the mutants of the statement at i; returns where it ends.  The
        only statement of an "if" is deleted by its condition, as 0."""
        tokens = self.tokens
        text = tokens[i].text
        if text == "{" and i in self.pair:
            stop = self.pair[i]
            i += 1
            while i < stop:
                i = self.statement(place, i, stop, True)
            return stop + 1
        if text in ("if", "while", "switch", "for") and i + 1 < end and \
                tokens[i + 1].text == "(" and i + 1 in self.pair:
            close = self.pair[i + 1]
            if text in ("if", "while"):
                self.condition(place, text, i + 2, close)
            if close + 1 >= end or tokens[close + 1].text == ";":
                return close + 2
            return self.statement(place, close + 1, end, True, text == "if")
        if text in ("else", "do"):
            return self.statement(place, i + 1, end, True)
        if text in ("case", "default"):
            stop = i
            while stop < end and tokens[stop].text != ":":
                stop += 1
            if text == "case":  # without "default" nothing is defined
                self.add(place, tokens[i].begin, tokens[stop].end, "")
            return stop + 1
        stop = self.statement_end(i, end)
        is_last_return = text == "return" and not nested and stop >= end
        if self.is_declaration(i, stop):
            self.note_sizes(i, stop)
        elif not is_last_return and not is_body and text != ";" and \
                [t.text for t in tokens[i:i + 3]] != ["(", "void", ")"]:
            last = tokens[stop - 1]
            self.add(place, tokens[i].begin, last.end, ";")
        return stop

    def statement_end(self, i, end):
        tokens = self.tokens
        begin = i
        while i < end:
            if tokens[i].text == ";":
                return i + 1
            if i in self.pair and tokens[i].text in OPEN:
                i = self.pair[i]
                follows = tokens[i + 1] if i + 1 < end else None
                if (tokens[begin + 1].text == "(" and
                        self.pair.get(begin + 1) == i and
                        (follows is None or follows.kind == "name" or
                         follows.text == "{")):
                    return i + 1  # a macro that brings its own semicolon
            i += 1
        return end

    def is_declaration(self, i, stop):
        tokens = self.tokens
        words = [t.text for t in tokens[i:min(stop, i + 4)]]
        if words[0] in TYPES:
            return True
        if len(words) < 2 or tokens[i].kind != "name" or words[0] == "return":
            return False
        return tokens[i + 1].kind == "name" or (
            words[1] == "*" and len(words) > 2 and
            (tokens[i + 2].kind == "name" or words[2] == "*"))

    def condition(self, place, word, begin, end):
        if begin >= end:
            return
        first, last = self.tokens[begin].begin, self.tokens[end - 1].end
        outer = [self.tokens[i].text for i in self.outermost(begin, end)]
        if "||" not in outer or word == "while":
            self.add(place, first, last, "0")
        if word == "if" and "&&" not in outer:
            self.add(place, first, last, "1")

    def outermost(self, begin, end):
        while begin < end:
            yield begin
            begin = self.pair[begin] + 1 if (self.tokens[begin].text in OPEN and
                                             begin in self.pair) else begin + 1


def mutants_of(file, text):
    return Maker(file, text).make()


def apply(text, mutant):
    return text[:mutant.begin] + mutant.text + text[mutant.end:]
