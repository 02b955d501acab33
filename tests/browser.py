# SPDX-License-Identifier: MIT
"""Headless Chromium, driven by WebDriver (W3C) over plain HTTP with Debian's
chromedriver: nothing is downloaded, no module is needed."""
import contextlib
import http.client
import json
import re
import shutil
import subprocess
import tempfile
import time

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"

# The keys that have no character (WebDriver 17.4.2).
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Space": " ", "Shift": "\ue008",
        "Left": "\ue012", "Up": "\ue013", "Right": "\ue014", "Down": "\ue015",
        "Home": "\ue011", "End": "\ue010", "Escape": "\ue00c"}


class Browser:
    """One WebDriver session."""

    def __init__(self, port, profile, arguments=()):
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
                     "--user-data-dir=" + profile, *arguments],
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

    def open(self, url):
        self.ask("POST", "/url", {"url": url})

    def back(self):
        self.ask("POST", "/back", {})

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

    def press(self, *keys):
        """Press and release these keys of KEYS, one after another; "Shift+Tab"
        holds Shift meanwhile."""
        actions = []
        for names in keys:
            chord = [KEYS.get(name, name) for name in names.split("+")]
            actions += [{"type": "keyDown", "value": key} for key in chord]
            actions += [{"type": "keyUp", "value": key}
                        for key in reversed(chord)]
        self.ask("POST", "/actions", {"actions": [
            {"type": "key", "id": "keyboard", "actions": actions}]})

    def run(self, script, *arguments):
        """Run JavaScript in the page; returns what the script returns."""
        return self.ask("POST", "/execute/sync",
                        {"script": script, "args": list(arguments)})

    def run_later(self, script, *arguments):
        """The same for a script that calls its last argument when it ends."""
        return self.ask("POST", "/execute/async",
                        {"script": script, "args": list(arguments)})

    def devtools(self, command, **parameters):
        """Run a command of the DevTools protocol."""
        return self.ask("POST", "/goog/cdp/execute",
                        {"cmd": command, "params": parameters})

    def wait(self, selector, pattern, seconds=15):
        """Wait until the element's text matches."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text = self.text(selector)
            if re.search(pattern, text, re.IGNORECASE):
                return text
            time.sleep(0.1)
        raise RuntimeError(f"{selector}: no {pattern!r} in {text!r}")


def start_driver():
    """chromedriver on a port of its own choice: the process, and that port or
    what it says instead."""
    process = subprocess.Popen(["chromedriver", "--port=0"], text=True,
                               stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    said = ""
    for line in process.stdout:
        port = re.search(r"started successfully on port (\d+)", line)
        if port:
            return process, int(port[1])
        said += line
    process.wait()
    return None, said


@contextlib.contextmanager
def chromedriver():
    """Run chromedriver and yield its port.  The port that it chooses is one
    that is free on [::1]; on 127.0.0.1 another program may have it."""
    for _ in range(5):
        process, port = start_driver()
        if process:
            break
    else:
        raise RuntimeError("chromedriver does not start: " + port)
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def browser(*arguments):
    """One session; the arguments are Chromium's."""
    with chromedriver() as port, tempfile.TemporaryDirectory(
            ignore_cleanup_errors=True) as profile:
        one = Browser(port, profile, arguments)
        try:
            yield one
        finally:
            one.ask("DELETE", "")
