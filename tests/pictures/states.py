# SPDX-License-Identifier: MIT
"""Draws the states of a handshake, and the steps of a switch.

The states are those of upshake_next in include/upshake.h, and the functions
are public ones.  An arrow stands in the table of tests/test_states.c, which
tries it.  Anything else is not drawn, but fails.
"""
import re
import sys

import picture

HEADER = picture.read("include/upshake.h")
TRIED = set(re.findall(r'\{"([A-Z]+)", "(\w+)",\s+"([A-Z]+)",',
                       picture.read("tests/test_states.c")))

# Where each state stands: the middle of its box above, and its width.
STATES = {"READ": (190, 62, 120), "DECIDE": (68, 196, 88),
          "PLAIN": (192, 196, 80), "BODY": (310, 196, 80),
          "SEND": (190, 346, 116)}
HEIGHT = 40


def states_of_header():
    body = re.search(r"enum upshake_next \{(.*?)\} upshake_next;", HEADER, re.S)
    return set(re.findall(r"UPSHAKE_(\w+) = ", body[1]))


def call(name):
    """The name of a function, which must be a public one."""
    if not re.search(rf"UPSHAKE_API [^;(]*\bupshake_{name}\(", HEADER):
        sys.exit(f"states.py: upshake.h has no upshake_{name}")
    return name


def arrow(one, names, begin, end, *points, both=False):
    """From a state to another one, by each of these functions."""
    steps = {(begin, name, end) for name in names.split()}
    if both:
        steps |= {(end, name, begin) for name in names.split()}
    if not steps <= TRIED:
        sys.exit(f"states.py: tests/test_states.c does not try {steps - TRIED}")
    one.line(*points, arrow="<>" if both else ">")


def draw_states():
    assert set(STATES) == states_of_header(), states_of_header()
    one = picture.Picture(
        "The states of a handshake",
        "READ becomes DECIDE with a valid offer, PLAIN without an offer, BODY "
        "with a body that is read, and SEND if the answer is known.  DECIDE "
        "becomes SEND, or PLAIN if you decline.  PLAIN becomes SEND if you "
        "answer, READ after reset.  After SEND the protocol is switched, the "
        "connection is closed, or reset begins the next request.")
    one.text(picture.MARGIN, 26, "What to do next", "title")
    one.dot(190, 34, 5)
    one.text(200, 38, call("init"), "faint")
    one.line((190, 39), (190, 60), arrow=">")
    for name, (x, y, width) in STATES.items():
        one.box(x - width / 2, y, width, HEIGHT)
        one.text(x, y + 25, name, "title middle")

    arrow(one, "feed", "READ", "DECIDE", (150, 102), (78, 194))
    one.text(20, 140, "valid offer")
    arrow(one, "feed", "READ", "PLAIN", (208, 102), (208, 194))
    one.text(214, 170, "no offer")
    arrow(one, "reset", "PLAIN", "READ", (176, 194), (176, 104))
    one.text(170, 170, call("reset"), "end")
    arrow(one, "feed", "READ", "BODY", (236, 104), (300, 194), both=True)
    one.text(274, 140, "a body")
    one.text(286, 157, call("feed"), "faint")
    arrow(one, "answer", "DECIDE", "PLAIN", (112, 216), (150, 216))
    one.text(131, 256, "decline", "middle")
    one.line((131, 241), (131, 222), kind="thin")

    arrow(one, "answer", "DECIDE", "SEND", (68, 236), (146, 344))
    one.text(20, 292, call("answer"))
    arrow(one, "answer", "PLAIN", "SEND", (192, 236), (192, 344))
    one.text(198, 292, "answer")
    arrow(one, "feed", "READ", "SEND", (250, 82), (366, 82), (366, 366),
          (250, 366))
    one.text(360, 326, "accepted", "end")
    one.text(360, 344, "or refused", "end")
    arrow(one, "reset feed", "SEND", "READ", (132, 366), (8, 366), (8, 82),
          (128, 82))
    one.text(16, 386, "reset, if kept;")
    one.text(16, 404, "feed after a 100")

    one.line((190, 386), (190, 416), arrow=">")
    one.dot(190, 424, 5)
    one.text(202, 404, "101: switched")
    one.text(202, 429, "else: close")
    return one.svg(446)


# Who does what: from, to, the words, and whether it is the name of a function.
CLIENT, SERVER, LIBRARY = 48, 190, 330
STEPS = [
    (CLIENT, SERVER, "GET, Upgrade", ""),
    (SERVER, LIBRARY, "", "feed"),
    (LIBRARY, SERVER, "decide: /chat?", ""),
    (SERVER, LIBRARY, "101", ""),
    (LIBRARY, SERVER, "SEND", ""),
    (SERVER, LIBRARY, "", "reply"),
    (LIBRARY, SERVER, "the exact bytes", ""),
    (SERVER, CLIENT, "101, Accept", ""),
]


def draw_sequence():
    one = picture.Picture(
        "The steps of a switch",
        "The client sends a request with Upgrade.  Your server feeds its bytes "
        "to upshake, which asks your callback, says SEND, and writes the exact "
        "bytes of the reply.  Your server sends them: 101.  From there on the "
        "connection speaks the new protocol, and upshake is done.")
    bottom = 66 + 34 * len(STEPS) + 12
    for x, name in ((CLIENT, "client"), (SERVER, "your server"),
                    (LIBRARY, "upshake")):
        width = 100 if x == SERVER else 76
        one.box(x - width / 2, 12, width, 32)
        one.text(x, 33, name, "title middle")
        one.line((x, 44), (x, bottom + (0 if x == LIBRARY else 24)),
                 kind="thin")
    y = 76
    for begin, end, words, function in STEPS:
        one.line((begin, y), (end - (2 if end > begin else -2), y), arrow=">")
        one.text((begin + end) / 2, y - 7, words or call(function) + "()",
                 "middle mono" if function else "middle")
        y += 34
    one.line((CLIENT + 2, y), (SERVER - 2, y), arrow="<>")
    one.text((CLIENT + SERVER) / 2, y - 7, "the new protocol", "middle")
    one.text(LIBRARY, y + 14, "done", "faint middle")
    return one.svg(bottom + 36)


sys.exit(picture.main({"tests/pictures/states.svg": draw_states(),
                       "tests/pictures/sequence.svg": draw_sequence()}))
