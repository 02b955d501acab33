# SPDX-License-Identifier: MIT
"""The page as the demo serves it: the real exchange with this server."""
import contextlib
import re

from breakages import equals_the_program
from harness import HOST
from looks import axe, fits
from rail import goes_to
from recorder import Recorder


# Another name of this machine, so that a page is one of the network: without
# TLS it has no clipboard, and not all of crypto.
ELSEWHERE = "demo.example"
RESOLVES = f"--host-resolver-rules=MAP {ELSEWHERE} {HOST}"


@contextlib.contextmanager
def served(page, *options):
    """The page of a demo, through a recorder; yields the two."""
    with page.programs.demo(*options) as demo, Recorder(demo.port) as wire:
        page.open(wire.url)
        yield demo, wire


def status(page):
    return page.browser.run(
        "const at = document.querySelector('#status');"
        "return [at.dataset.state, at.innerText, document.activeElement.id]")


def reaches(page, *states):
    """Wait until the connection is in one of these states."""
    def is_there():
        now = status(page)
        return now if now[0] in states else None
    return page.until(is_there, states)


def opens(page, path="/", subprotocols=""):
    page.set_text("#path", path)
    page.set_text("#subprotocols", subprotocols)
    page.press("#open")
    return reaches(page, "open")


def send(page, text, is_binary=False):
    page.browser.run(
        "document.querySelector('#binary').checked = arguments[0]", is_binary)
    page.set_text("#message", text)
    page.press("#send")


def log(page):
    return page.browser.run(
        "return document.querySelector('#log').innerText")


def logs(page, pattern):
    page.until(lambda: re.search(pattern, log(page)), pattern)


def head(page, selector):
    """The lines of a head that the page shows."""
    return page.browser.run(
        "return document.querySelector(arguments[0]).innerText", selector)


def shows_the_wire(page, wire):
    """Each line of both heads is on the page, in its order, and only those."""
    for octets, selector in zip(wire.upgrades[-1], ("#live-request",
                                                    "#live-reply"),
                                strict=True):
        lines = octets.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        page.until(lambda: lines[0] in head(page, selector), lines[0])
        shown = [line.rstrip() for line in head(page, selector).split("\n")]
        at = -1
        for line in lines:
            assert line.rstrip() in shown[at + 1:], (selector, line, shown)
            at = shown.index(line.rstrip(), at + 1)
        fields = [line for line in shown if re.match(r"[A-Z][\w-]+: \S", line)]
        assert set(fields) <= set(lines), (selector, fields, lines)


def it_has_no_live_part_on_a_disk(page):
    page.open(page.programs.page)
    assert not page.browser.run(
        "return document.querySelector('#live').checkVisibility()")


def it_opens_and_talks(page):
    with served(page) as (_, wire):
        assert status(page)[0] == "closed", status(page)
        words = opens(page, "/from/test", "other, chat")
        assert "chat" in words[1], words
        assert words[2] == "message", ("the focus", words)
        shows_the_wire(page, wire)
        send(page, "hello hello <b>hello</b>")
        logs(page, r"(?s)hello <b>hello</b>.*hello <b>hello</b>")
        page.press("#close")
        words = reaches(page, "closed")
        assert "1000" in words[1] and words[2] == "open", words


def it_speaks_chat_by_default(page):
    with served(page):
        assert "chat" in opens(page, "/", "chat")[1]


def it_shows_binary_messages_as_hex(page):
    with served(page):
        opens(page)
        send(page, "00 ff 1a", is_binary=True)
        logs(page, r"(?is)00 ?ff ?1a.*00 ?ff ?1a")
        assert "[object" not in log(page), log(page)
        logged = log(page)
        send(page, "0", is_binary=True)
        page.until(lambda: "hexa" in page.browser.run(
            "return document.querySelector('#talk').innerText"),
            "what is wrong")
        assert log(page) == logged and status(page)[0] == "open"


def it_asks_for_the_path_that_was_typed(page):
    with served(page) as (_, wire):
        for path, pattern in (
                ("/a?x", r"/a\?x&show=[0-9a-f]{32}"),
                ("/a", r"/a\?show=[0-9a-f]{32}"),
                ("/a?x=1&y=%20", r"/a\?x=1&y=%20&show=[0-9a-f]{32}"),
                ("?x", r"/\?x&show=[0-9a-f]{32}"),
                ("/a b#c", r"/a%20b%23c\?show=[0-9a-f]{32}"),
                ("/a?", r"/a\?&?show=[0-9a-f]{32}"),
                ("/%3Fx", r"/%3Fx\?show=[0-9a-f]{32}"),
                ("a/b", r"/a/b\?show=[0-9a-f]{32}")):
            opens(page, path)
            target = wire.upgrades[-1][0].split(b" ")[1].decode()
            assert re.fullmatch(pattern, target), (path, target)
            shows_the_wire(page, wire)
            page.press("#close")
            reaches(page, "closed")


def it_asks_with_another_token_each_time(page):
    with served(page) as (_, wire):
        for _ in range(2):
            opens(page)
            shows_the_wire(page, wire)
            page.press("#close")
            reaches(page, "closed")
        tokens = [re.search(rb"show=(\w+)", each[0])[1]
                  for each in wire.upgrades]
        assert len(set(tokens)) == 2, tokens
        asked = [each for each in wire.targets if "exchange" in each]
        assert asked == ["/exchange?" + each.decode() for each in tokens]


def it_cancels_an_opening(page):
    with served(page) as (_, wire):
        wire.is_holding = True
        page.press("#open")
        assert reaches(page, "opening")
        page.until(lambda: wire.held, "the request is there")
        page.press("#cancel")
        words = reaches(page, "closed")
        assert words[2] == "open", ("the focus", words)
        wire.is_holding = False
        opens(page)


def it_shows_a_refusal(page):
    with served(page, "--origin", "https://other.example") as (_, wire):
        page.press("#open")
        words = reaches(page, "refused", "failed", "unreachable")
        assert words[0] == "refused" and "403" in words[1], words
        assert "Origin" in words[1], words
        assert words[2] == "verdict", ("the focus", words)
        shows_the_wire(page, wire)
        assert wire.upgrades[-1][1].startswith(b"HTTP/1.1 403 ")
        state = page.state()
        assert state["steps"]["3"] == "failed", state["steps"]
        assert state["ticks"]["origin"] == "failed", state["ticks"]
        assert state["said"]["outcome"] == "refused", state["said"]
        assert "403" in state["verdict"], state["verdict"]
        assert state["reply"].startswith("HTTP/1.1 403 "), state["reply"]


def it_tells_a_dead_server_from_a_refusal(page):
    with served(page) as (demo, wire):
        demo.kill()
        demo.wait()
        wire.stop()
        page.press("#open")
        words = reaches(page, "refused", "failed", "unreachable")
        assert words[0] == "unreachable", words
        assert not head(page, "#live-reply").strip(), head(page, "#live-reply")


def it_tells_an_answer_of_something_between(page):
    """A proxy that answers by itself: the demo knows no such exchange."""
    with served(page) as (_, wire):
        wire.answer = (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n"
                       b"Connection: close\r\n\r\n")
        page.press("#open")
        words = reaches(page, "refused", "failed", "unreachable")
        assert words[0] == "failed", words


def it_works_in_a_network_without_tls(page):
    with page.programs.demo() as demo:
        page.open(f"http://{ELSEWHERE}:{demo.port}/")
        assert not page.browser.run("return isSecureContext")
        page.press("#play")
        assert set(page.rest()["steps"].values()) == {"done"}
        page.press("#copy-curl")
        page.until(lambda: f"{ELSEWHERE}:{demo.port}" in page.browser.run(
            "return getSelection().toString()"), "what is copied is selected")
        opens(page)
        send(page, "hello")
        logs(page, r"(?s)hello.*hello")
        page.until(lambda: head(page, "#live-request"), "the exchange")
        assert set(page.rest()["steps"].values()) == {"done"}


def it_explains_a_connection_that_broke(page):
    with served(page) as (demo, _):
        opens(page)
        demo.kill()
        words = reaches(page, "closed", "failed", "unreachable")
        assert "1006" in words[1], words
        assert len(words[1].split()) > 8, ("explained", words)
        assert words[2] == "open", ("the focus", words)


def it_explains_a_sub_protocol_that_was_not_agreed_on(page):
    """The server switches, and the browser closes at once."""
    with served(page) as (_, wire):
        page.set_text("#subprotocols", "other")
        page.press("#open")
        words = reaches(page, "refused", "failed")
        assert re.search("sub-?protocol", words[1], re.I), words
        shows_the_wire(page, wire)
        assert wire.upgrades[-1][1].startswith(b"HTTP/1.1 101 ")


def it_says_which_sub_protocols_no_browser_asks_for(page):
    with served(page) as (_, wire):
        for names in ("chat, chat", "\u00e9"):
            page.set_text("#subprotocols", names)
            page.press("#open")
            words = reaches(page, "failed")
            assert "protocol" in words[1], words
        assert not wire.upgrades


COUNT = """
window.opened = 0;
window.WebSocket = class extends WebSocket {
  constructor(...words) { super(...words); window.opened++; }
};
"""


def it_opens_one_connection_at_a_time(page):
    """Also if Enter is pressed in the path once more."""
    with served(page) as (_, wire):
        wire.is_holding = True
        page.browser.run(COUNT)
        page.press("#open")
        page.until(lambda: wire.held, "the request is there")
        page.browser.run("document.querySelector('#path').focus()")
        page.browser.press("Enter", "Enter")
        assert page.browser.run("return window.opened") == 1
        assert status(page)[0] == "opening", status(page)


def it_shows_the_exchange_on_the_rail(page):
    for option in ([], ["--deflate"]):
        with served(page, *option) as (_, wire):
            opens(page, "/a?x", "other, chat")
            state = page.until(lambda: page.rested() and holds(
                page.state(), wire.upgrades[-1]), "the exchange")
            assert set(state["steps"].values()) == {"done"}, state["steps"]
            equals_the_program(page, state)


def holds(state, wire):
    """The state, if it shows the two heads that went over the wire."""
    request, reply = (bytes.fromhex(state["said"][key])
                      for key in ("request", "response"))
    head, end, _ = wire[1].partition(b"\r\n\r\n")
    return state if (request, reply) == (wire[0], head + end) else None


def it_talks_by_keyboard_alone(page):
    with served(page):
        goes_to(page, "#open")
        page.browser.press("Enter")
        words = reaches(page, "open")
        assert words[2] == "message", words
        page.browser.press(*"hi", "Enter")
        logs(page, r"(?s)hi.*hi")
        assert status(page)[2] == "message", "the focus stays"
        goes_to(page, "#close")
        page.browser.press("Enter")
        assert reaches(page, "closed")[2] == "open"


def it_has_messages_early_on_a_phone(page):
    with served(page):
        page.has_width(390)
        opens(page)
        bottom, place = page.browser.run(
            "const at = document.querySelector('#message')"
            ".getBoundingClientRect();"
            "return [at.bottom, at.top + scrollY]")
        assert 0 < bottom <= 844, ("in view", bottom)
        assert place < 844, ("on the first screen", place)


def it_gives_axe_nothing_to_find_while_live(page):
    with served(page):
        opens(page, "/a?x", "chat")
        send(page, "hello")
        logs(page, r"(?s)hello.*hello")
        for scheme in ("light", "dark"):
            for width in (390, 320, 1280):
                page.has_media(prefers_color_scheme=scheme)
                page.has_width(width)
                fits(page, ("live", width))
                found = axe(page, scheme == "dark")
                assert not found, (scheme, width, found)
