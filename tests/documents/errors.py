# SPDX-License-Identifier: MIT
"""Writes examples/guides/errors.md from what the tree says of each error: the
table in src/error/errors.h, the hints and fixes of upshake-inspect and
upshake-client, and examples/guides/errors.tsv for what these do not say.

usage: errors.py          compares; fails if the guide would be another
       errors.py --write  writes it
"""
import ast
import os
import re
import sys
import textwrap

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
GUIDE = "examples/guides/errors.md"
WORDS = "examples/guides/errors.tsv"
STRING = r'"(?:[^"\\]|\\.)*"'

HEAD = """\
<!-- SPDX-License-Identifier: MIT -->
<!-- Written by tests/documents/errors.py, from the tables that it names. -->
# Errors

You have the name of an error, from `upshake_get_result(&hs).error`, from a log
or from `upshake-inspect`. Here is what it means, what usually causes it, and
what to do. In a program, `upshake_explain` gives the name, the status, the rule
and the sentence.

`upshake-inspect` looks at the bytes and so knows more than this page: it shows
the wrong byte and chooses among the causes. Options such as `--head-max` below
are its options. What stands in a box is to be pasted instead of what is wrong.

"""
# class: (heading, what they have in common)
CLASSES = {
    "NONE": ("Not an error", ""),
    "PLAIN": ("The request is ordinary", """\
The request asks for no switch that counts, so it comes back as
`UPSHAKE_PLAIN`. `result.error` says why. Serve it, or answer it with 426."""),
    "AT_BYTE": ("Refused at a byte", """\
The syntax is wrong, or a limit is reached. `result.offset` is the wrong byte.
Send the reply and close the connection: where the next request begins is not
known."""),
    "AT_LINE": ("Refused at the end of a line", """\
Host or the framing is wrong. Send the reply and close the connection."""),
    "OF_MESSAGE": ("Refused at the end of the head", """\
Something is missing, or the length of the message is in doubt. Send the reply
and close the connection."""),
    "IN_BODY": ("Refused in a body", """\
Only if you asked for the body. Send the reply and close the connection."""),
    "OF_OFFER": ("The offer is refused", """\
The message is sound, but what it asks for breaks a rule of its protocol or of
your config. Send the reply."""),
    "OF_ANSWER": ("A client refuses the answer", """\
The server said something that is no answer to the request. Close the
connection. Some errors from above are of answers too."""),
    "OF_CALL": ("Returned by calls", """\
The call is against the rules, and has changed nothing. These are mistakes of a
program, and no client can cause them, unless it says so below."""),
}


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def joined(literals):
    """The value of C string literals that stand side by side."""
    return "".join(ast.literal_eval(literal)
                   for literal in re.findall(STRING, literals))


def table():
    """(name, class, status, rule, sentence) of each error."""
    text = read("src/error/errors.h").replace("\\\n", "\n")
    row = (rf'X\((\w+), (\w+), (\d+), \w+, "([^"]*)",'
           rf"((?:\s*{STRING})+)\)")
    rows = [(name, kind, int(status), rule, joined(sentence))
            for name, kind, status, rule, sentence in re.findall(row, text)]
    header = read("include/upshake_error.h")
    enum = header[header.index("typedef enum"):header.index("ERRORS_LEN")]
    names = re.findall(r"UPSHAKE_(?:ERR_)?([A-Z0-9_]+),", enum)
    assert [row[0] for row in rows] == names, "the table is not the enum"
    return rows


# ---- Hints ------------------------------------------------------------------


def function_of(text, name):
    found = re.search(rf"(?m)^static [^;\n]*\b{name}\([^;{{]*{{\n(.*?)^}}",
                      text, re.DOTALL)
    return found[1] if found else ""


def said_by(text, name):
    """The sentences that a function may say: what is long enough."""
    body = function_of(text, name)
    found = [joined(run) for run in re.findall(rf"{STRING}(?:\s*{STRING})*",
                                               body)]
    for inner in re.findall(r"\b((?:hint|explain)_\w+)\(", body):
        found += said_by(text, inner)
    return [re.sub(r"\A[.\s]+", "", each) for each in found
            if len(each) > 40 and not re.search(r"%s|:\s*\Z", each)]


def hints_of(path):
    """{error: [hint]}: the rows of the two tables of that file."""
    text, found = read(path), {}
    for name, hint in re.findall(
            rf"{{UPSHAKE_ERR_(\w+),\s*((?:{STRING}\s*)+)}}", text):
        found[name] = [joined(hint)]
    for name, function in re.findall(r"{UPSHAKE_ERR_(\w+), (hint_\w+)}", text):
        found[name] = said_by(text, function)
        assert found[name], f"{function} says nothing"
    return found


def fixes():
    text = read("examples/inspect/fix.c")
    defined = {name: joined(value) for name, value in re.findall(
        rf"#define (\w+)\s*\\\n((?:\s*{STRING}\s*\\?\n?)+)", text)}
    defined.update((name, joined(value)) for name, value in re.findall(
        rf"#define (\w+) ({STRING})\n", text))
    return {name: defined[value] if value in defined else joined(value)
            for name, value in re.findall(
                rf"{{UPSHAKE_ERR_(\w+),\s*((?:{STRING}\s*)+|\w+)}}", text)}


def words():
    return dict(line.split("\t") for line in read(WORDS).splitlines()
                if line and not line.startswith("#"))


# ---- The guide --------------------------------------------------------------


def paragraph(text, mark=""):
    """A hint, whose indented lines are to be copied."""
    parts, out = re.split(r"(?m)((?:^    .*\n?)+)", text), []
    for part in parts:
        if part.startswith("    "):
            out.append(textwrap.indent(textwrap.dedent(part).rstrip(),
                                       "    " + " " * len(mark)))
        elif part.strip():
            out.append(textwrap.fill(
                escaped(" ".join(part.split())), 80, break_long_words=False,
                break_on_hyphens=False, initial_indent=mark if not out
                else " " * len(mark), subsequent_indent=" " * len(mark)))
    return "\n\n".join(out)


def escaped(text):
    """Without what Markdown would take for a mark of its own."""
    return re.sub(r"([<>*_`#])", r"\\\1", text)


def listed(title, found):
    """One paragraph, or a list."""
    if len(found) == 1:
        return [paragraph((title and title + ": ") + found[0])]
    return [title + ":"] * bool(title and found) + [
        "\n".join(paragraph(each, "- ") for each in found)] * bool(found)


def entry(row, hints, answers, fix, word):
    name, kind, status, rule, sentence = row
    facts = ", ".join(str(fact) for fact in (status or "", rule) if fact)
    out = [f"### {name}", paragraph(f"{facts}: {sentence}." if facts else
                                    sentence[0].upper() + sentence[1:] + ".")]
    if fix:
        out.append("```text\n" + fix.rstrip() + "\n```")
    if word:
        out.append(textwrap.fill(word, 80, break_long_words=False,
                                 break_on_hyphens=False))
    out += listed("", hints)
    out += listed("" if kind == "OF_ANSWER" else "In an answer", answers)
    return "\n\n".join(out) + "\n"


def guide():
    hints = hints_of("examples/inspect/hints.c")
    answers = hints_of("examples/common/answer_hints.c")
    fix, word, out, last = fixes(), words(), [HEAD], None
    for row in table():
        name, kind = row[:2]
        if kind != last:
            heading, common = CLASSES[kind]
            out.append(f"## {heading}\n\n" + (common + "\n\n" if common
                                              else ""))
            last = kind
        assert name in hints or name in answers or name in word, \
            f"{WORDS} must say what causes {name}"
        out.append(entry(row, hints.get(name, []), answers.get(name, []),
                         fix.get(name), word.pop(name, "")) + "\n")
    assert not word, f"{WORDS} names no error: {list(word)}"
    return "".join(out).rstrip("\n") + "\n"


def main(arguments):
    if arguments == ["--write"]:
        with open(os.path.join(ROOT, GUIDE), "w", encoding="utf-8") as file:
            file.write(guide())
    elif arguments:
        sys.exit(__doc__)
    elif guide() != read(GUIDE):
        sys.exit(f"FAIL {GUIDE} is outdated: python3 "
                 "tests/documents/errors.py --write")
    else:
        print(f"ok: {GUIDE} is as the tables say")


main(sys.argv[1:])
