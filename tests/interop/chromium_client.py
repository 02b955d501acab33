# SPDX-License-Identifier: MIT
"""Headless Chromium on the demo's page: connects, sees the 101, echoes.

usage: chromium_client.py URL [deflate]

With "deflate" the server has to agree to permessage-deflate, without it must
not.
"""
import os
import re
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), os.pardir))
from browser import browser

MESSAGE = "hello hello hello from chromium"


def check_extensions(page, deflate):
    reply = page.text("#live-reply")
    agreed = re.search(r"Sec-WebSocket-Extensions: *permessage-deflate", reply,
                       re.IGNORECASE)
    if bool(agreed) != deflate:
        raise RuntimeError("what was agreed on is wrong: " + reply)


def main(url, deflate=""):
    with browser() as page:
        page.ask("POST", "/url", {"url": url})
        page.type("#path", "/from/chromium")
        page.type("#subprotocols", "other, chat")
        page.click("#open")
        print(page.wait("#status", r"open.*\bchat\b"))
        print(page.wait("#live-request", r"^GET /from/chromium.* HTTP/1\.1"))
        print(page.wait("#live-reply", r"^HTTP/1\.1 101 Switching Protocols"))
        # The browser computes Sec-WebSocket-Accept a second time.
        print(page.wait("#proof", "the same"))
        # The steps show this exchange, and upshake-inspect judges it.
        print(page.wait("#verdict", "^Switched 101"))
        check_extensions(page, bool(deflate))
        page.type("#message", MESSAGE)
        page.click("#send")
        print(page.wait("#log .echoed", re.escape(MESSAGE)))
        page.click("#close")
        print(page.wait("#status", r"closed.*\b1000\b"))
    for feature in ["101", "sub-protocol", "close"] + ["deflate"] * bool(
            deflate):
        print("checked", feature)


if __name__ == "__main__":
    main(*sys.argv[1:])
