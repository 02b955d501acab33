# SPDX-License-Identifier: MIT
"""What is pasted, or chosen as a file: the page says what upshake-inspect says
of the same bytes, and its exit status."""
import os
import time

from harness import FORMS

# Files of tests/forms that a textarea holds as they are, but for CR LF.
PASTED = ("curl-v", "curl-v-426", "copy-as-curl", "copy-as-curl-origin",
          "curl-no-url", "har", "har-two", "har-none", "tcpdump-a",
          "follow-ascii", "follow-lf", "chromium-pane", "firefox-json",
          "no-request-line", "lf", "lf-cut", "both-wrong-accept", "response",
          "hexdump", "nginx-access", "html", "json", "backslash", "telnet")
# Files whose exact bytes matter.
CHOSEN = ("raw", "lf-mixed", "with-frames", "refused-and-101", "bom",
          "curl-v-crlf", "http2-preface", "no-break-space", "cut", "follow-raw")


def form(name):
    with open(os.path.join(FORMS, name), "rb") as file:
        return file.read()


def result(page):
    return page.browser.run(
        "const at = document.querySelector('#paste-out');"
        "return [at.dataset.status || '', at.innerText.trimEnd()]")


def lines(text):
    """A browser shows no blanks at the end of a line."""
    return [line.rstrip() for line in text.rstrip().split("\n")]


def says(page, ended, name):
    """Wait until the page says what the program said."""
    wanted = [str(ended.returncode),
              lines((ended.stdout + ended.stderr).decode())]
    end = time.monotonic() + 5
    while True:
        status, text = result(page)
        if [status, lines(text)] == wanted:
            return
        assert time.monotonic() < end, (name, status, text, wanted)
        time.sleep(0.03)


def judged(page, octets, *options):
    return page.programs.inspect(["--reply", *options], {"-": octets})


def as_a_textarea_has_it(octets):
    """Line ends become LF (HTML, the API value of a textarea)."""
    return octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def it_says_of_a_paste_what_the_program_says(page):
    page.open(page.programs.page)
    for name in PASTED:
        octets = as_a_textarea_has_it(form(name))
        page.set_text("#paste", octets.decode())
        says(page, judged(page, octets), name)


def it_says_of_a_file_what_the_program_says(page):
    page.open(page.programs.page)
    for name in CHOSEN:
        path = os.path.realpath(os.path.join(FORMS, name))
        page.browser.ask("POST", page.browser.find("#paste-file") + "/value",
                         {"text": path})
        says(page, judged(page, form(name)), name)


REQUEST = b"""GET /chat HTTP/1.1
Host: example.com
Connection: Upgrade
Upgrade: websocket
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

"""
ANSWER = b"""HTTP/1.1 101 Switching Protocols
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Accept: %s

"""


def it_judges_a_response_beside_its_request(page):
    page.open(page.programs.page)
    page.set_text("#paste-request", REQUEST.decode())
    for accept, outcome in ((b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "SWITCHED"),
                            (b"AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "ACCEPT_WRONG")):
        answer = ANSWER % accept
        page.set_text("#paste", answer.decode())
        ended = judged(page, REQUEST + answer)
        assert outcome in ended.stdout.decode(), ended
        says(page, ended, accept)


def it_has_an_example_that_fails(page):
    page.open(page.programs.page)
    page.press("#paste-example")
    ended = judged(page, page.value("#paste").encode())
    assert ended.returncode != 0, ended
    says(page, ended, "example")


def it_takes_the_options_of_the_program(page):
    page.open(page.programs.page)
    octets = as_a_textarea_has_it(form("copy-as-curl-origin"))
    page.set_text("#paste", octets.decode())
    for options in ("--origin any", "", "--entry 7", "--no-such-option",
                    "--origin  any --json "):
        page.set_text("#paste-options", options)
        says(page, judged(page, octets, *options.split()), options)


def it_tells_what_it_judged_to_a_screen_reader(page):
    page.open(page.programs.page)
    assert page.browser.run(
        "return !!document.querySelector('#paste-out').closest("
        "'[role=status], [aria-live=polite], output')")


def it_forgets_the_result_if_the_paste_is_emptied(page):
    page.open(page.programs.page)
    page.set_text("#paste", form("curl-v").decode())
    page.until(lambda: result(page)[0] == "0", "a verdict")
    page.set_text("#paste", "")
    page.until(lambda: result(page) == ["", ""], "no verdict")
