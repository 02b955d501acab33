# SPDX-License-Identifier: MIT
"""The chart of a benchmark: one bar for each row of README's table, as SVG.

A bar is the time beside a peer's, whose time is 1.  report.py draws what was
measured; as a program this draws what README's table says, so both are the same
numbers.

usage: chart.py [--check]
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "pictures"))
import picture  # noqa: E402, from the line above

SSE42 = "picohttpparser-sse42"
# row, what it is, whose time, whose time is 1, what was aimed at
ROWS = [
    ("parse-1024", "Parse", "upshake", "picohttpparser", None),
    ("fields-1024", "Fields in an array", "upshake", "picohttpparser", 0.45),
    ("plain-200", "Request and 200", "upshake", "picohttpparser", None),
    ("full-1024", "Full handshake", "upshake-cpu", SSE42 + "+openssl", 0.68),
    ("response-256", "Response head", "upshake", "picohttpparser", 0.50),
    ("chunked-1024", "Chunked body", "upshake", "picohttpparser", 1.00),
]

HEIGHT = 260
LEFT, RIGHT = 150, 48
LINE, BAR, TOP = 33, 18, 42
MOST = 2.5  # longer bars are cut

STYLE = """
  .bar { fill: #0969da; }
  .one { stroke: #59636e; stroke-dasharray: 3 3; }
  @media (prefers-color-scheme: dark) {
    .bar { fill: #4493f8; }
    .one { stroke: #9198a1; }
  }
"""


def label(name):
    """Return a contestant's name for readers."""
    parser, plus, hash_name = name.partition("+")
    hashes = {"openssl": "OpenSSL SHA1_*", "openssl-oneshot": "OpenSSL SHA1()"}
    parsers = {
        "upshake-portable": "upshake, portable C",
        "upshake-cpu": "upshake, SHA-NI",
        "picohttpparser-sse42": "picohttpparser SSE4.2",
        "uwebsockets": "uWebSockets",
        **hashes,
    }
    text = parsers.get(parser, parser)
    return f"{text} + {hashes[hash_name]}" if plus else text


def ratios(results):
    """Return (row of ROWS, ratio or None) for each."""
    for row in ROWS:
        found = results.ratio(row[0], row[2], row[3])
        yield row, found and round(found[0], 2)


def draw(results):
    """Return the chart as SVG."""
    one = picture.Picture("Time of upshake beside that of its peers", "  ".join(
        f"{row[1]}: {ratio:.2f}." for row, ratio in ratios(results) if ratio),
        STYLE)
    unit = (picture.WIDTH - LEFT - RIGHT) / MOST
    one.text(picture.MARGIN, 24, "Time, if the peer's time is 1", "title")
    end = TOP + LINE * len(ROWS) - 6
    one.line((LEFT + unit, TOP - 4), (LEFT + unit, end), kind="one")
    for place, (row, ratio) in enumerate(ratios(results)):
        y = TOP + LINE * place
        one.text(LEFT - 8, y + BAR - 2, row[1], "end")
        if ratio:
            width = round(min(ratio, MOST) * unit, 1)
            one.box(LEFT, y, width, BAR, "bar")
            one.text(LEFT + max(width, unit) + 6, y + BAR - 2,
                     f"{ratio:.2f}")
    return one.svg(HEIGHT)


class Table:
    """The results that README's table shows."""

    def __init__(self, text):
        self.times = dict(re.findall(
            r"^\| .* \(`(\S+)`\) \|.*\| \*\*([\d.]+)\*\* \|", text, re.M))

    def ratio(self, row, *_):
        found = self.times.get(row)
        return found and (float(found),)


if __name__ == "__main__":
    sys.exit(picture.main({
        "tests/bench/bench.svg": draw(Table(picture.read("README.md")))}))
