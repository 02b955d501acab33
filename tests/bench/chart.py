# SPDX-License-Identifier: MIT
"""The chart of a benchmark: one bar for each row of README's table, as SVG.

A bar is the time beside a peer's, whose time is 1.  The chart has a background
of its own, light or dark as the reader's system is, so it can be read on any
page.
"""
from xml.sax.saxutils import escape

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

WIDTH, HEIGHT = 380, 260
LEFT, RIGHT = 150, 48
LINE, BAR, TOP = 33, 18, 42
MOST = 2.5  # longer bars are cut

STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .page { fill: #ffffff; stroke: #d1d9e0; }
  .bar { fill: #0969da; }
  .one { stroke: #59636e; stroke-dasharray: 3 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .page { fill: #0d1117; stroke: #3d444d; }
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


def text_at(x, y, text, kind="", end=False):
    """Return a text element."""
    anchor = ' text-anchor="end"' if end else ""
    return (f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}"{anchor}>'
            f"{escape(text)}</text>")


def ratios(results):
    """Return (row of ROWS, ratio or None) for each."""
    for row in ROWS:
        found = results.ratio(row[0], row[2], row[3])
        yield row, found and found[0]


def draw(results):
    """Return the chart as SVG."""
    unit = (WIDTH - LEFT - RIGHT) / MOST
    body, y = [], TOP
    for row, ratio in ratios(results):
        body.append(text_at(LEFT - 8, y + BAR - 2, row[1], end=True))
        if ratio:
            width = min(ratio, MOST) * unit
            body.append(f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" '
                        f'height="{BAR}" rx="2" class="bar"/>')
            body.append(text_at(LEFT + width + 6, y + BAR - 2, f"{ratio:.2f}"))
        y += LINE
    x = LEFT + unit
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
        f'height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="Time of upshake beside that of its peers">',
        f"<style>{STYLE}</style>",
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" '
        'rx="6" class="page"/>',
        text_at(12, 24, "Time, if the peer's time is 1", "title"),
        f'<line x1="{x:.1f}" y1="{TOP - 4}" x2="{x:.1f}" y2="{y - 6}" '
        'class="one"/>',
    ]
    return "\n".join(head + body + ["</svg>"]) + "\n"
