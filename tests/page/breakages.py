# SPDX-License-Identifier: MIT
"""Each breakage: the step and the tick that turn red, and a verdict that is
that of upshake-inspect for the same bytes and arguments."""
import json
import re

from page import TABS

# The breakage, the side that sees it, the step that turns red, its tick.
# LF ends belong to no field, so no tick is red for them.
RED = {
    "key": ("server", 3, "key"),
    "connection": ("server", 3, "connection"),
    "version8": ("server", 3, "version13"),
    "hosts": ("server", 3, "host"),
    "post": ("server", 3, "get"),
    "origin": ("server", 3, "origin"),
    "lf": ("server", 3, None),
    "body": ("server", 3, "body"),
    "http10": ("server", 3, "version11"),
    "accept": ("client", 6, None),
    "subprotocol": ("client", 5, None),
    "status200": ("client", 4, None),
    "no-connection": ("client", 5, None),
}
# Every protocol has these; what else a tab offers is tested there too.
OF_EVERY_TAB = {"none", "connection", "hosts", "lf", "http10", "status200",
                "no-connection"}


def files_of(said):
    """What the page gave to the program: for a response, the request is a file
    and the response standard input."""
    request = bytes.fromhex(said["request"])
    if said["side"] == "server":
        return {"-": request}
    return {"request": request, "-": bytes.fromhex(said["response"])}


def plain(text):
    """Without the differences that a browser makes of white space."""
    return " ".join(text.split())


def equals_the_program(page, state):
    """Holds the page's verdict beside the program's; returns the latter."""
    said = state["said"]
    arguments, files = json.loads(said["args"]), files_of(said)
    own = page.programs.verdict(arguments, files)
    for key in ("outcome", "error", "offset"):
        assert said.get(key, "") == str(own[key] if own[key] is not None
                                        else ""), (key, said, own)
    shown = plain(state["verdict"])
    assert plain(own["sentence"]) in shown, (shown, own)
    assert not own["status"] or str(own["status"]) in shown, (shown, own)
    assert plain(own["rule"] or "") in plain(state["rule"]), (state, own)
    assert lines_of(own["reply"]) == lines_of(state["reply"]), (state, own)
    change = plain(state["change"]).removeprefix("What to change ")
    assert change == plain(own["hint"] or ""), (state, own)
    text = page.programs.inspect(
        [each for each in arguments if each != "--json"], files).stdout
    assert marked_lines(text.decode()) == lines_of(state["caret"]), (
        state["caret"], text)
    return own


def lines_of(text):
    """A browser shows no blanks at the end of a line."""
    lines = text.replace("\r\n", "\n").rstrip().split("\n")
    return [line.rstrip() for line in lines]


def marked_lines(text):
    return lines_of("\n".join(re.findall(r"^ *\d* \|.*$", text, re.M)))


def is_red(state, name, tab):
    side, step, tick = RED[name]
    failed = [int(each) for each, is_so in state["steps"].items()
              if is_so == "failed"]
    red = [each for each, is_so in state["ticks"].items() if is_so == "failed"]
    assert failed == [step], (tab, name, state["steps"])
    assert red == ([tick] if tick else []), (tab, name, state["ticks"])
    assert state["said"]["side"] == side, (tab, name, state["said"])
    for other, is_so in state["steps"].items():
        expected = ("done" if int(other) < step else is_so)
        assert is_so == expected and (int(other) <= step or is_so in (
            "waiting", "skipped")), (tab, name, state["steps"])


def breaks_each(page, tab):
    page.open(page.programs.page, "#tab=" + tab)
    offered = page.breakages()
    wanted = {"none", *RED} if tab == "websocket" else OF_EVERY_TAB
    assert set(offered) >= wanted, (tab, wanted - set(offered))
    for name in offered:
        state = page.break_by(name)
        own = equals_the_program(page, state)
        if name == "none":
            assert own["outcome"] == "switched", (tab, own)
        else:
            assert own["outcome"] != "switched", (tab, name, own)
            is_red(state, name, tab)


def it_breaks_websocket_where_it_says(page):
    breaks_each(page, "websocket")


def it_breaks_echo_where_it_says(page):
    breaks_each(page, "echo")


def it_breaks_h2c_where_it_says(page):
    breaks_each(page, "h2c")


def it_breaks_tcp_where_it_says(page):
    breaks_each(page, "tcp")


def it_calls_a_request_without_connection_plain(page):
    for tab in TABS:
        page.open(page.programs.page, "#tab=" + tab)
        state = page.break_by("connection")
        assert state["said"]["outcome"] == "plain", (tab, state["said"])
        assert "refused" not in state["verdict"].lower(), state["verdict"]


def it_tells_plain_from_refused_and_switched_by_its_look(page):
    page.open(page.programs.page)
    colours = set()
    for name in ("none", "connection", "version8"):
        page.break_by(name)
        colours.add(page.browser.run(
            "return getComputedStyle(document.querySelector("
            "'#verdict strong')).color"))
    assert len(colours) == 3, colours


def it_names_the_same_byte_of_a_right_and_a_wrong_value(page):
    """What stands before the version is the same in both requests."""
    page.open(page.programs.page)
    bytes_named = set()
    for name in ("none", "version8"):
        page.break_by(name)
        bytes_named.add(page.browser.run("return document.querySelector("
                                         "'#tick-version13 .place').innerText"))
    assert len(bytes_named) == 1, bytes_named
    assert bytes_named.pop() == "byte " + page.state()["said"]["offset"]


def it_offers_only_breakages_that_a_tab_has(page):
    """A key and a version 13 are WebSocket's alone."""
    for tab in TABS[1:]:
        page.open(page.programs.page, "#tab=" + tab)
        offered = set(page.breakages())
        assert not offered & {"key", "version8", "accept"}, (tab, offered)


def it_changes_one_line_by_a_breakage(page):
    """All other lines of the sound exchange stay as they are."""
    page.open(page.programs.page)
    sound = page.break_by("none")["said"]
    for name in set(page.breakages()) - {"none"}:
        key = "request" if RED[name][0] == "server" else "response"
        lines = lines_of_bytes(page.break_by(name)["said"][key])
        lost = [each for each in lines_of_bytes(sound[key])
                if each not in lines]
        added = len(lines) - len(lines_of_bytes(sound[key]))
        # Changed, left out, or added.
        assert (len(lost), added) in ((1, 0), (1, -1), (0, 1)), (
            name, lost, lines)


def lines_of_bytes(digits):
    """Without a body, which has no line end."""
    return re.findall(rb".*\n", bytes.fromhex(digits))
