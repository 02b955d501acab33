# SPDX-License-Identifier: MIT
"""What the scripts of the pictures share: drawing an SVG that can be read on a
phone, light or dark as the reader's system is, and comparing it with the file.

A script gives the files that it makes to `main`.  Without arguments they are
written; with --check they are compared with what is in the tree.
"""
import os
import sys
from xml.sax.saxutils import escape

TREE = os.path.normpath(os.path.join(os.path.dirname(__file__), "..", ".."))
WIDTH = 380
MARGIN = 12

STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .faint { fill: #59636e; }
  .mono { font-family: ui-monospace, Menlo, Consolas, monospace; }
  .middle { text-anchor: middle; }
  .end { text-anchor: end; }
  .page { fill: #ffffff; stroke: #d1d9e0; }
  .box { fill: #ddf4ff; stroke: #0969da; }
  .line { fill: none; stroke: #59636e; }
  .thin { fill: none; stroke: #d1d9e0; }
  .good { fill: #59636e; }
  .bad { fill: none; stroke: #cf222e; stroke-width: 2.5; }
  .arrow { fill: #59636e; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .faint { fill: #9198a1; }
    .page { fill: #0d1117; stroke: #3d444d; }
    .box { fill: #121d2f; stroke: #4493f8; }
    .line { stroke: #9198a1; }
    .thin { stroke: #3d444d; }
    .good { fill: #9198a1; }
    .bad { stroke: #ff7b72; }
    .arrow { fill: #9198a1; }
  }
"""

ARROW = ('<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" '
         'markerWidth="8" markerHeight="8" orient="auto-start-reverse">'
         '<path d="M0 0L8 4L0 8z" class="arrow"/></marker>')


class Picture:
    """`title` and `about` are for readers who do not see it."""

    def __init__(self, title, about, style=""):
        self.title, self.about, self.style = title, about, style
        self.parts = []

    def add(self, part):
        self.parts.append(part)

    def text(self, x, y, words, kind="", more=""):
        self.add(f'<text x="{x:g}" y="{y:g}"{klass(kind)}{more}>'
                 f"{escape(words)}</text>")

    def upright(self, x, y, words, kind=""):
        """Text that is read from below."""
        self.text(x, y, words, kind,
                  f' transform="rotate(-90 {x:g} {y:g})"')

    def box(self, x, y, width, height, kind="box"):
        self.add(f'<rect x="{x:g}" y="{y:g}" width="{width:g}" '
                 f'height="{height:g}" rx="6"{klass(kind)}/>')

    def line(self, *points, kind="line", arrow="", more=""):
        """`arrow` is a word with "<" for its begin and ">" for its end."""
        ends = "".join(f' marker-{end}="url(#arrow)"' for mark, end in
                       (("<", "start"), (">", "end")) if mark in arrow)
        path = "L".join(f"{x:g} {y:g}" for x, y in points)
        self.add(f'<path d="M{path}"{klass(kind)}{ends}{more}/>')

    def dot(self, x, y, radius=4, kind="good"):
        self.add(f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}"{klass(kind)}/>')

    def cross(self, x, y, half=4):
        self.add(f'<path d="M{x - half:g} {y - half:g}l{2 * half} {2 * half}'
                 f'm0 {-2 * half}l{-2 * half} {2 * half}" class="bad"/>')

    def svg(self, height):
        """Returns the whole picture."""
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
            f'height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" '
            'aria-labelledby="title about">',
            f'<title id="title">{escape(self.title)}</title>',
            f'<desc id="about">{escape(self.about)}</desc>',
            f"<style>{STYLE}{self.style}</style>",
            ARROW,
            f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" '
            f'height="{height - 1}" rx="6" class="page"/>',
            *self.parts, "</svg>"]) + "\n"


def klass(kind):
    return f' class="{kind}"' if kind else ""


def read(path):
    with open(os.path.join(TREE, path), encoding="utf-8") as file:
        return file.read()


def differs(path, text):
    try:
        return read(path) != text
    except FileNotFoundError:
        return True


def main(files):
    """`files` has the text of each path.  Returns the exit status."""
    check = sys.argv[1:2] == ["--check"]
    old = [path for path, text in files.items() if differs(path, text)]
    for path in old:
        if check:
            print(f"FAIL {path} is not what {os.path.basename(sys.argv[0])} "
                  "makes now; tests/pictures.sh --write makes it anew")
            continue
        with open(os.path.join(TREE, path), "w", encoding="utf-8") as file:
            file.write(files[path])
    return 1 if check and old else 0
