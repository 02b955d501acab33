# SPDX-License-Identifier: MIT
"""Pictures of four states of the page for people to look at, at two widths,
light and dark; and the two pictures of the README.

usage: screenshots.py BUILD            writes BUILD/page/STATE-WIDTH-SCHEME.png
       screenshots.py --readme BUILD   writes tests/pictures/page-SCHEME.png
"""
import base64
import os
import sys

import harness  # finds browser.py
from browser import browser
from page import Page


def played(page):
    page.press("#play")
    page.rest()


def broken(page):
    page.break_by("version8")


def plain(page):
    page.show_tab("echo")
    page.break_by("connection")


def waiting(_page):
    pass


STATES = (waiting, played, broken, plain)


def shoot(page, path, **clip):
    """A picture of this part of the page, also of what no window shows."""
    page.browser.run("scrollTo({ top: 0, behavior: 'instant' })")
    picture = page.browser.devtools("Page.captureScreenshot",
                                    captureBeyondViewport=True,
                                    clip={"x": 0, "scale": 1, **clip})
    with open(path, "wb") as file:
        file.write(base64.b64decode(picture["data"]))
    print(path)


def take(page, name):
    page.browser.run("scrollTo({ top: 0, behavior: 'instant' })")
    height = page.browser.run("return document.documentElement.scrollHeight")
    width = page.browser.run("return innerWidth")
    shoot(page, os.path.join(page.programs.out, name + ".png"), y=0,
          width=width, height=height)


def take_for_readme(page, scheme):
    """From the last right tick to what is to be changed, on a phone."""
    page.has_width(380, pixels=2)
    page.has_media(prefers_color_scheme=scheme)
    page.open(page.programs.page)
    broken(page)
    top, bottom = page.browser.run(
        "scrollTo({ top: 0, behavior: 'instant' });"
        "const box = (name) =>"
        "  document.querySelector(name).getBoundingClientRect();"
        "return [box('#tick-connection').top, box('#change').bottom]")
    shoot(page, f"tests/pictures/page-{scheme}.png", y=top - 8, width=380,
          height=bottom - top + 12)


def main(*arguments):
    for_readme = arguments[0] == "--readme"
    with browser() as one:
        page = Page(one, harness.Programs(arguments[-1]))
        for scheme in ("light", "dark"):
            if for_readme:
                take_for_readme(page, scheme)
                continue
            for width in (390, 1280):
                page.has_width(width)
                page.has_media(prefers_color_scheme=scheme)
                for state in STATES:
                    page.open(page.programs.page)
                    state(page)
                    take(page, f"{state.__name__}-{width}-{scheme}")


if __name__ == "__main__":
    main(*sys.argv[1:])
