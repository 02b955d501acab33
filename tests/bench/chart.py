# SPDX-License-Identifier: MIT
"""The chart of a benchmark: bars, in groups, as SVG.

Each group has one peer whose time is 1.  The chart has a background of its
own, light or dark as the reader's system is, so it can be read on any page.
"""
import statistics
from xml.sax.saxutils import escape

GROUPS = [
    ("parse-1024", "Parse 1024 requests", "picohttpparser-sse42"),
    ("parse-1024-segments", "Parse them in segments of 536 bytes",
     "picohttpparser-sse42"),
    ("full-1024", "Full handshake, 1024 requests",
     "picohttpparser-sse42+openssl"),
    ("full-browser", "Full handshake, a browser's request",
     "picohttpparser-sse42+openssl"),
    ("accept", "Sec-WebSocket-Accept", "openssl"),
]

WIDTH, LEFT, RIGHT = 800, 272, 118
LINE, BAR, GAP, TOP = 19, 13, 34, 54
MOST = 4.0  # longer bars are cut

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328; stroke: #ffffff;
         stroke-width: 4px; paint-order: stroke; }
  .title { font-size: 15px; font-weight: 600; }
  .group { font-weight: 600; }
  .note { font-size: 11px; fill: #59636e; }
  .ours { font-weight: 600; }
  .page.cut { stroke: none; }
  .page { fill: #ffffff; stroke: #d1d9e0; }
  .bar { fill: #afb8c1; }
  .mine { fill: #0969da; }
  .one { stroke: #59636e; stroke-dasharray: 3 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; stroke: #0d1117; }
    .note { fill: #9198a1; }
    .page { fill: #0d1117; stroke: #3d444d; }
    .bar { fill: #656c76; }
    .mine { fill: #4493f8; }
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


def medians_of(results, row):
    """Return [(nanoseconds, name)], the fastest first."""
    found = {name: statistics.median(samples)
             for (r, name), samples in results.times.items() if r == row}
    if row == "accept" and "upshake" in found:
        found.pop("upshake-portable", None)  # the same code
    return sorted((median, name) for name, median in found.items())


def text_at(x, y, text, kind="", end=False):
    """Return a text element."""
    anchor = ' text-anchor="end"' if end else ""
    return (f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}"{anchor}>'
            f"{escape(text)}</text>")


def bar_lines(y, median, name, base, unit):
    """Return one bar with its name and its numbers."""
    ratio = median / base
    width = min(ratio, MOST) * unit
    mine = name.startswith("upshake")
    yield text_at(LEFT - 8, y + 11, label(name), "ours" if mine else "", True)
    yield (f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" '
           f'rx="2" class="{"mine" if mine else "bar"}"/>')
    if ratio > MOST:  # two notches
        for x in (LEFT + width - 16, LEFT + width - 10):
            yield (f'<rect x="{x:.1f}" y="{y}" width="2" height="{BAR}" '
                   'class="page cut"/>')
    yield text_at(LEFT + width + 6, y + 11, f"{ratio:.2f} x",
                  "ours" if mine else "")
    yield text_at(WIDTH - 16, y + 11, f"{median:.0f} ns", "note", True)


def group_lines(y, title, found, peer):
    """Return one group; its peer, or else its fastest other side, is 1."""
    times = {name: median for median, name in found}
    if peer not in times:
        others = [n for _, n in found if not n.startswith("upshake")]
        peer = others[0] if others else found[0][1]
    base = times[peer]
    unit = (WIDTH - LEFT - RIGHT) / min(MOST, max(1, found[-1][0] / base))
    x = LEFT + unit
    yield (f'<line x1="{x:.1f}" y1="{y - 3}" x2="{x:.1f}" '
           f'y2="{y + len(found) * LINE - 3}" class="one"/>')
    yield text_at(16, y - 8, title, "group")
    yield text_at(WIDTH - 16, y - 8, f"1 = {label(peer)}", "note", True)
    for i, (median, name) in enumerate(found):
        yield from bar_lines(y + i * LINE, median, name, base, unit)


def draw(results, provenance):
    """Return the chart as SVG."""
    body, y = [], TOP + GAP
    for row, title, peer in GROUPS:
        found = medians_of(results, row)
        if not found:
            continue
        body.extend(group_lines(y, title, found, peer))
        y += len(found) * LINE + GAP
    height = y - GAP + 16
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
        f'height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-label="Times of upshake and its peers">',
        f"<style>{STYLE}</style>",
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" '
        'rx="6" class="page"/>',
        text_at(16, 26, "Time for a request, vs a peer: shorter is faster",
                "title"),
        text_at(16, 44, provenance, "note"),
    ]
    return "\n".join(head + body + ["</svg>"]) + "\n"
