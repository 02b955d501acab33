# SPDX-License-Identifier: MIT
"""Headless Chromium on the demo's page: connects, sees the 101, echoes.

usage: chromium_client.py URL [deflate]

With "deflate" the server has to agree to permessage-deflate, without it must
not.
Speaks WebDriver (W3C) over plain HTTP with Debian's chromedriver: nothing is
downloaded, no module is needed.
"""
import contextlib
import http.client
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
MESSAGE = "hello hello hello from chromium"


class Browser:
    """One WebDriver session."""

    def __init__(self, port, profile):
        self.connection = http.client.HTTPConnection("127.0.0.1", port,
                                                     timeout=90)
        self.path = "/session"
        options = {
            "binary": shutil.which("chromium"),
            # The sandbox does not work for root, /dev/shm is small in
            # containers.
            "args": ["--headless", "--no-sandbox", "--disable-dev-shm-usage",
                     "--disable-gpu", "--no-first-run",
                     "--disable-background-networking", "--disable-sync",
                     "--user-data-dir=" + profile],
        }
        capabilities = {"browserName": "chrome", "goog:chromeOptions": options}
        session = self.ask("POST", "", {
            "capabilities": {"alwaysMatch": capabilities}})
        self.path = "/session/" + session["sessionId"]

    def ask(self, method, path, value=None):
        body = None if value is None else json.dumps(value)
        self.connection.request(method, self.path + path, body,
                                {"Content-Type": "application/json"})
        answer = json.load(self.connection.getresponse())["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise RuntimeError(answer["error"] + ": " + answer["message"])
        return answer

    def find(self, selector):
        found = self.ask("POST", "/element",
                         {"using": "css selector", "value": selector})
        return "/element/" + found[ELEMENT]

    def text(self, selector):
        """The element's text, or what is wrong with the element."""
        try:
            return self.ask("GET", self.find(selector) + "/text")
        except RuntimeError as error:
            return f"({error})"

    def click(self, selector):
        self.ask("POST", self.find(selector) + "/click", {})

    def type(self, selector, text):
        element = self.find(selector)
        self.ask("POST", element + "/clear", {})
        self.ask("POST", element + "/value", {"text": text})

    def wait(self, selector, pattern, seconds=15):
        """Wait until the element's text matches."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text = self.text(selector)
            if re.search(pattern, text, re.IGNORECASE):
                return text
            time.sleep(0.1)
        raise RuntimeError(f"{selector}: no {pattern!r} in {text!r}")


@contextlib.contextmanager
def chromedriver():
    """Run chromedriver on a port of its own choice and yield that port."""
    process = subprocess.Popen(["chromedriver", "--port=0"], text=True,
                               stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    try:
        for line in process.stdout:
            port = re.search(r"started successfully on port (\d+)", line)
            if port:
                yield int(port.group(1))
                return
        raise RuntimeError("chromedriver does not start")
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def browser():
    with chromedriver() as port, tempfile.TemporaryDirectory(
            ignore_cleanup_errors=True) as profile:
        one = Browser(port, profile)
        try:
            yield one
        finally:
            one.ask("DELETE", "")


def check_extensions(page, deflate):
    reply = page.text("#reply")
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
        print(page.wait("#request", r"^GET /from/chromium.* HTTP/1\.1"))
        print(page.wait("#reply", r"^HTTP/1\.1 101 Switching Protocols"))
        # The page computes Sec-WebSocket-Accept a second time.
        print(page.wait("#reply .check", "the same"))
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
