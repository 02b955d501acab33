# SPDX-License-Identifier: MIT
"""Pictures of four states of the page for people to look at, at two widths,
light and dark.

usage: screenshots.py BUILD      writes BUILD/page/STATE-WIDTH-SCHEME.png
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


def take(page, name):
    """The whole page, not only what the window shows."""
    page.browser.run("scrollTo({ top: 0, behavior: 'instant' })")
    height = page.browser.run("return document.documentElement.scrollHeight")
    width = page.browser.run("return innerWidth")
    picture = page.browser.devtools(
        "Page.captureScreenshot", captureBeyondViewport=True,
        clip={"x": 0, "y": 0, "width": width, "height": height, "scale": 1})
    path = os.path.join(page.programs.out, name + ".png")
    with open(path, "wb") as file:
        file.write(base64.b64decode(picture["data"]))
    print(path)


def main(build):
    with browser() as one:
        page = Page(one, harness.Programs(build))
        for width in (390, 1280):
            for scheme in ("light", "dark"):
                page.has_width(width)
                page.has_media(prefers_color_scheme=scheme)
                for state in STATES:
                    page.open(page.programs.page)
                    state(page)
                    take(page, f"{state.__name__}-{width}-{scheme}")


if __name__ == "__main__":
    main(*sys.argv[1:])
