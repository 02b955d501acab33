#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No member, constant, parameter or function of the headers has a name that is
a keyword of C++20, Python 3 or Rust: bindings write these names as they are."""
import pathlib
import re
import sys

CXX = """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char
    char16_t char32_t char8_t class co_await co_return co_yield compl concept
    const const_cast consteval constexpr constinit continue decltype default
    delete do double dynamic_cast else enum explicit export extern false float
    for friend goto if inline int long mutable namespace new noexcept not not_eq
    nullptr operator or or_eq private protected public register reinterpret_cast
    requires return short signed sizeof static static_assert static_cast struct
    switch template this thread_local throw true try typedef typeid typename
    union unsigned using virtual void volatile wchar_t while xor xor_eq
"""
PYTHON = """
    False None True and as assert async await break class continue def del elif
    else except finally for from global if import in is lambda nonlocal not or
    pass raise return try while with yield
"""
RUST = """
    Self abstract as async await become box break const continue crate do dyn
    else enum extern false final fn for gen if impl in let loop macro match mod
    move mut override priv pub ref return self static struct super trait true
    try type typeof unsafe unsized use virtual where while yield
"""
# What the headers say in C, which no name can be.
C = """
    char const enum extern int sizeof static struct typedef union unsigned void
"""


def names_of(text):
    """Return the words of the declarations: no comments, no directives, no
    texts."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r"^[ \t]*#(.*\\\n)*.*$", " ", text, flags=re.M)
    text = re.sub(r'"[^"]*"', " ", text)
    return set(re.findall(r"[A-Za-z_]\w*", text)) - set(C.split())


def faults_of(text):
    """Return (name, language) for each name that is a keyword."""
    languages = {"C++20": CXX, "Python 3": PYTHON, "Rust": RUST}
    return [(name, language) for name in sorted(names_of(text))
            for language, words in languages.items() if name in words.split()]


def check_the_check():
    """What it must find, and what it must not."""
    header = """
    /* from here */
    #define use(x) \\
      x
    struct upshake_a { int from, type; const char *text; enum class a; };
    extern "in" int upshake_move(void);
    """
    found = [name for name, _ in faults_of(header)]
    assert found == ["class", "class", "from", "type"], found
    assert {"from", "type", "text", "upshake_move"} <= names_of(header)


def main():
    check_the_check()
    root = pathlib.Path(__file__).resolve().parent.parent
    headers = sorted(root.glob("include/*.h"))
    assert len(headers) > 5, "where are the headers?"
    names, faults = set(), []
    for header in headers:
        text = header.read_text(encoding="utf-8")
        names |= names_of(text)
        faults += [f"{header.name}: {name} is a keyword of {language}"
                   for name, language in faults_of(text)]
    assert "upshake_feed" in names and "protocols_len" in names
    print("\n".join(faults) or f"{len(names)} names, no keyword")
    return 1 if faults else 0


sys.exit(main())
