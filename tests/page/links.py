# SPDX-License-Identifier: MIT
"""Each state has a link."""
from page import TABS


def it_opens_in_the_state_of_a_link(page):
    for tab in TABS:
        page.open(page.programs.page, f"#tab={tab}&break=connection")
        state = page.rest()
        assert state["tab"] == [tab], state
        assert state["pressed"] == ["connection"], state
        assert state["said"]["outcome"] == "plain", (tab, state["said"])


def it_needs_no_tab_in_a_link(page):
    page.open(page.programs.page, "#break=version8")
    state = page.rest()
    assert (state["tab"], state["pressed"]) == (["websocket"], ["version8"])
    assert state["said"]["error"] == "VERSION_UNSUPPORTED", state["said"]


def it_ignores_a_link_that_names_nothing(page):
    for link in ("#break=nothing", "#tab=nothing", "#tab=&break=", "#",
                 "#break=__proto__", "#tab=constructor&break=toString",
                 "#%", "#break=%E0%A4%A", "#tab=echo&break=accept"):
        page.open(page.programs.page, link)
        state = page.state()
        assert state["pressed"] == ["none"], (link, state["pressed"])
        assert len(state["tab"]) == 1, (link, state["tab"])
        page.press("#play")
        assert page.rest()["said"]["outcome"] == "switched", link


def it_follows_the_state_with_the_link(page):
    page.open(page.programs.page)
    page.show_tab("echo")
    page.press("button[data-break=hosts]")
    state = page.until(
        lambda: page.state() if page.state()["hash"].count("=") > 1 else None,
        "the link names the state")
    assert state["hash"] in ("#tab=echo&break=hosts", "#break=hosts&tab=echo")
    page.open(page.programs.page, state["hash"])
    again = page.rest()
    assert (again["tab"], again["pressed"]) == (["echo"], ["hosts"]), again


def it_goes_back(page):
    """By real clicks: a browser passes over what a script has done alone."""
    page.open(page.programs.page)
    for name in ("version8", "hosts"):
        page.browser.click(f"button[data-break={name}]")
        page.until(lambda: page.state()["hash"].endswith(name), "its link")
    for name in ("version8", "none"):
        page.browser.back()
        state = page.until(lambda: page.state() if page.state()["pressed"] == [
            name] else None, "back is " + name)
        assert state["tab"] == ["websocket"], state


def it_follows_a_link_that_is_typed_into_an_open_page(page):
    page.open(page.programs.page)
    page.browser.run("location.hash = '#tab=h2c&break=hosts'")
    page.until(lambda: (page.state()["tab"], page.state()["pressed"]) == (
        ["h2c"], ["hosts"]), "the state of the link")
