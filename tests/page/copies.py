# SPDX-License-Identifier: MIT
"""What the page gives to copy: run by sh against a demo, and against a listener
that keeps what arrives; the C is compiled."""
import os
import subprocess
import tempfile

from harness import Listener, words_of


def copied(page, what):
    return page.browser.run(
        "return document.querySelector(arguments[0]).dataset.text",
        "#copy-" + what)


def is_offered(page, what):
    return page.browser.run(
        "const at = document.querySelector(arguments[0]);"
        "return at.checkVisibility() && !at.disabled", "#copy-" + what)


def sent(page, command, port):
    """What a command puts on the wire, if it goes to a listener."""
    with Listener() as listener:
        page.programs.shell(command.replace(str(port), str(listener.port)))
        listener.thread.join(5)
    return listener.taken
