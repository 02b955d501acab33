#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The reference says what the headers and the programs say, and all of it.

usage: reference.py DIR BIN

DIR is what src/reference.sh has written; BIN has the programs.
"""
import html
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ("inspect", "client", "demo")
faults = []


def expect(holds, text):
    if not holds:
        faults.append(text)


def output(*command):
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return run.stdout


# ---- what there is to say ---------------------------------------------------


def declared():
    """The public functions and types, as the compiler sees them."""
    text = output("cc", "-E", "-P", "-DUPSHAKE_API=PUBLIC",
                  str(ROOT / "include/upshake.h"))
    text = text[text.index("upshake_slice") - 20:]
    functions = re.findall(r"\bPUBLIC [^;(]*?(\w+)\(", text)
    types = re.findall(r"\} (upshake\w*);", text)
    types += re.findall(r"\benum (upshake\w*) \{", text)
    types += re.findall(r"\btypedef [^;{(]*?(upshake\w*)(?:;|\()", text)
    return set(functions), set(types)


def plain(text):
    return " ".join(text.replace("`", "").split())


def sentences(comment):
    """The sentences and the items of lists; ' * ' is gone already."""
    # A line at the margin ends a list.
    comment = re.sub(r"(?m)^( +\S.*)\n(?=\S)", r"\1\n\n", comment)
    parts = re.split(r"\n\s*\n|\n(?=  +[^ ].*?  )|(?<=[^.]\.)(?:  |\n)",
                     comment)
    for part in parts:
        # A list's term and text are one, but for the point behind a word.
        part = re.sub(r"^([A-Z]\w*)\. +", r"\1 ", part.strip())
        yield plain(re.sub(r"^\d\. ", "", part)).rstrip(".")


def comments(header):
    """What the comments say that are for the reader of the interface."""
    text = header.read_text(encoding="utf-8")
    text = re.sub(r'(?m)^(#(el)?if|#include "upshake.h"|struct \w+;).*', "",
                  text)
    text = re.sub(r"/\* clang-format.*?\*/", "", text)
    text = re.sub(r"/\* SPDX.*\n \*\n", "/*", text)
    for comment in re.findall(r"/\*(.*?)\*/", text, re.S):
        comment = re.sub(r"(?m)^ \* ?", "", comment)
        title = re.fullmatch(r" ---- (.*?) -+ ", comment)
        comment = title.group(1) if title else comment
        comment = re.sub(r'^\s*upshake(, layer "\w+")?: ', "", comment)
        yield from filter(None, sentences(comment))


# ---- what the pages say -----------------------------------------------------


def shown(page):
    """The text of a page, in the longest lines that mandoc can."""
    text = output("mandoc", "-Tutf8", "-Owidth=1000", str(page))
    text = re.sub(".\b", "", text)
    return plain(re.sub(r"\b(upshake\w*)\(3?\)", r"\1", text))


def squeezed(text):
    """Without blanks, so that it does not matter where lines end."""
    return "".join(text.lower().split())


def check_names(pages):
    functions, types = declared()
    names = Counter()
    protos = Counter()
    for path, text in pages.items():
        if path.suffix == ".3":
            names.update(re.findall(r"(?m)^\.Nm (\w+)", text))
            protos.update(re.findall(r"(?m)^\.Fo (\w+)", text))
            for name in re.findall(r"(?m)^\.Nm (\w+)", text):
                link = path.with_name(name + ".3")
                expect(link.resolve() == path.resolve(), f"{link} is missing")
    for name in functions | types | set(names):
        expect(names[name] == 1, f"{name} is on {names[name]} pages")
        expect(name in functions | types, f"{name} is not in the headers")
    expect(protos == Counter(functions), "SYNOPSIS has other functions: "
           f"{set(protos) ^ functions}")
    return functions | types


def check_references(pages):
    for path, text in pages.items():
        for name, number in re.findall(r"(?m)^\.(?:It )?Xr (\S+) ?(\S*)",
                                       text):
            to = path.parent.parent / f"man{number}/{name}.{number}"
            expect(to.exists(), f"{path.name} names {name}({number})")


def check_prose(text, where):
    count = 0
    text = squeezed(text)
    for header in sorted((ROOT / "include").glob("*.h")):
        for sentence in comments(header):
            count += 1
            expect(squeezed(sentence) in text,
                   f"{where} has not, from {header.name}: {sentence}")
    expect(count > 900, f"only {count} sentences were found in the headers")


def check_errors(text):
    text = squeezed(text.replace('"', "'"))
    table = (ROOT / "src/error/errors.h").read_text(encoding="utf-8")
    table = re.sub(r'" \\\n *"', "", table).replace("\\\n", "")
    rows = re.findall(r'X\((\w+), \w+, (\d+), \w+, "(.*?)", +"(.*?)"\) ',
                      table.replace('\\"', "'"))
    expect(len(rows) > 100, f"errors.h has {len(rows)} errors")
    for name, status, rule, sentence in rows:
        row = f"UPSHAKE_{'' if name == 'OK' else 'ERR_'}{name} "
        row += f"{status}: " if status != "0" else ""
        row += sentence + (f" ({rule})" if rule else "")
        expect(squeezed(row) in text, f"the table has not: {row}")


def check_program(name, folder, programs):
    text = shown(folder / f"man/man1/{name}.1")
    said = output(str(programs / name), "--help")
    option = r"(?<![\w-])--?[a-z][a-z-]*"
    in_page = set(re.findall(option, text))
    in_help = set(re.findall(option, said))
    expect(in_page == in_help, f"{name}: options {in_page ^ in_help}")
    words = set(re.findall(r"\w+", said)) - set(re.findall(r"\w+", text))
    expect(words <= {"usage", "Exit", "status"}, f"{name} lost {words}")
    for status in re.findall(r"(?m)\b(\d+) +[a-z]", said.split("Exit")[1]):
        expect(re.search(rf"EXIT STATUS.*\b{status}\b", text),
               f"{name}: exit status {status}")


def check_html(page, names):
    text = page.read_text(encoding="utf-8")
    ids = Counter(re.findall(r'\bid="([^"]*)"', text))
    for name, count in ids.items():
        expect(count == 1, f"HTML: {count} elements are {name}")
    for link in re.findall(r'href="([^"]*)"', text):
        expect(link[0] == "#" and link[1:] in ids, f"HTML: {link} is dead")
    for name in names:
        expect(name in ids, f"HTML: {name} has no anchor")
    expect(not re.search(r"<(script|link|img)|\bsrc=|url\(|@import", text),
           "HTML: loads something")
    text = text[text.index("<main>"):]
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def main():
    folder, programs = Path(sys.argv[1]), Path(sys.argv[2])
    pages = {path: path.read_text(encoding="utf-8")
             for path in sorted(folder.glob("man/man?/*"))
             if not path.is_symlink()}
    names = check_names(pages)
    check_references(pages)
    expect(len(pages) >= 12 + len(PROGRAMS), f"only {len(pages)} pages")
    manual = " ".join(shown(path) for path in pages)
    check_prose(manual, "the manual")
    check_errors(manual)
    for name in PROGRAMS:
        check_program(f"upshake-{name}", folder, programs)
    page = check_html(folder / "upshake-reference.html", names)
    check_prose(page, "HTML")
    check_errors(page)
    for fault in faults:
        print(fault)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
