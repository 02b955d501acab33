# SPDX-License-Identifier: MIT
"""The page of upshake-demo, in one Chromium.

usage: test_page.py BUILD [NAME...]

BUILD is the tree with the programs and upshake-page.html.  With NAMEs, only
the tests whose name contains one of them run.
"""
import sys
import time
import traceback

import harness  # finds browser.py
from browser import browser
from page import Page

import breakages
import copies
import editing
import links
import live
import looks
import paste
import rail

CHAPTERS = (rail, breakages, links, editing, paste, copies, looks, live)


def tests_of(chapter, names):
    for name, test in list(vars(chapter).items()):
        if name.startswith("it_") and callable(test) and (
                not names or any(each in name for each in names)):
            yield name, test


def passes(name, test, page):
    started = time.monotonic()
    try:
        test(page)
    except Exception:  # whatever it is, the other tests still run
        print("FAIL", name)
        traceback.print_exc(file=sys.stdout)
        return False
    finally:
        page.has_usual_looks()
    print(f"ok {name} ({time.monotonic() - started:.1f} s)", flush=True)
    return True


def main(build, *names):
    with browser(live.RESOLVES) as one:
        page = Page(one, harness.Programs(build))
        results = [passes(name, test, page) for chapter in CHAPTERS
                   for name, test in tests_of(chapter, names)]
    failed = results.count(False)
    print(f"page: {len(results) - failed} passed, {failed} failed")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
