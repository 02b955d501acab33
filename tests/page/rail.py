# SPDX-License-Identifier: MIT
"""The rail: its seven steps by Play, by Step and by keyboard, and Again."""
import re

from page import STEPS, TABS, TICKS

STEP_WORDS = 80


def is_done(state):
    return all(state["steps"][str(step)] in ("done", "skipped")
               for step in STEPS)


def checks_the_end(state, tab):
    assert is_done(state), (tab, state["steps"])
    skipped = [step for step in STEPS if state["steps"][str(step)] != "done"]
    assert not skipped, (tab, "skipped", skipped)
    assert state["said"]["outcome"] == "switched", (tab, state["said"])
    for step in STEPS:
        assert re.search(r"\d", state["times"][str(step)]), (tab, step, state)


def it_waits_until_it_is_played(page):
    page.open(page.programs.page)
    state = page.state()
    assert set(state["steps"].values()) == {"waiting"}, state["steps"]
    assert set(state["ticks"]) == set(TICKS), state["ticks"]
    assert set(state["ticks"].values()) <= {"waiting", "unknown"}, state
    assert state["tab"] == ["websocket"] and state["pressed"] == ["none"], state


def it_reaches_the_end_of_each_tab_by_play(page):
    page.open(page.programs.page)
    for tab in TABS:
        page.show_tab(tab)
        page.press("#play")
        checks_the_end(page.rest(), tab)


def it_lights_one_step_after_another_by_play(page):
    page.has_media(prefers_reduced_motion="no-preference")
    page.open(page.programs.page)
    page.press("#play")
    seen = []

    def is_over():
        steps = list(page.state()["steps"].values())
        if not seen or steps != seen[-1]:
            seen.append(steps)
        return page.rested()
    page.until(is_over, "the rail comes to an end")
    assert len(seen) > 3, seen
    for steps in seen:
        order = ["waiting now done".split().index(each) for each in steps]
        assert order == sorted(order, reverse=True), steps


def it_reaches_the_end_of_each_tab_by_step(page):
    page.open(page.programs.page)
    for tab in TABS:
        page.show_tab(tab)
        for count in STEPS:
            page.press("#step")
            page.until(lambda: list(page.state()["steps"].values()).count(
                "waiting") == 7 - count, f"{tab}: step {count} is taken", 3)
        checks_the_end(page.rest(), tab)


def it_starts_over_by_again(page):
    page.open(page.programs.page)
    page.press("#play")
    page.rest()
    page.press("#again")
    state = page.state()
    assert set(state["steps"].values()) <= {"waiting", "now"}, state["steps"]
    page.press("#play")
    checks_the_end(page.rest(), "again")


def it_leads_to_the_verdict(page):
    page.has_width(390)
    page.open(page.programs.page)
    page.press("#play")
    page.rest()
    page.press("#see")
    assert page.state()["focus"] == "verdict", page.state()["focus"]
    sees_the_verdict(page)


def sees_the_verdict(page):
    """Below the buttons that stay at the top, and above the lower edge."""
    page.until(lambda: page.browser.run("""
      const box = (name) =>
        document.querySelector(name).getBoundingClientRect();
      return box('#verdict').top >= box('#controls').bottom &&
        box('#verdict').bottom <= innerHeight;
    """), "the verdict is in view", 3)


def it_brings_the_verdict_of_a_breakage_into_view(page):
    page.has_width(390)
    page.open(page.programs.page)
    for motion in ("reduce", "no-preference"):
        page.has_media(prefers_reduced_motion=motion)
        for name in ("version8", "connection", "accept"):
            page.browser.run("scrollTo({ top: 0, behavior: 'instant' })")
            page.break_by(name)
            sees_the_verdict(page)


def it_says_each_step_in_few_words(page):
    page.open(page.programs.page)
    for tab in TABS:
        page.show_tab(tab)
        page.press("#play")
        page.rest()
        for step in STEPS:
            caption = page.browser.run(
                "return document.querySelector(`#step-${arguments[0]} "
                ".caption`).innerText", step)
            count = len(caption.split())
            assert 0 < count <= STEP_WORDS, (tab, step, count)


# ---- By keyboard alone -------------------------------------------------------

def goes_to(page, wanted, key="Tab", most=80):
    """Press the key until this element has the focus."""
    for _ in range(most):
        if page.browser.run("return document.activeElement.matches("
                            "arguments[0])", wanted):
            return
        page.browser.press(key)
    raise AssertionError((wanted, "is not reached by", key))


def it_is_played_by_keyboard_alone(page):
    page.open(page.programs.page)
    goes_to(page, "[role=tab]")
    for tab in TABS:
        goes_to(page, "#tab-" + tab, "Right", 4)
        if page.state()["tab"] != [tab]:
            page.browser.press("Enter")
        assert page.state()["tab"] == [tab], (tab, page.state())
        goes_to(page, "#play")
        page.browser.press("Enter")
        state = page.rest()
        checks_the_end(state, tab)
        assert state["focus"] == "play", ("the focus stays", state["focus"])
        goes_to(page, "[role=tab]", "Shift+Tab")


def it_is_stepped_by_keyboard_alone(page):
    page.open(page.programs.page)
    goes_to(page, "#step")
    for _ in STEPS:
        goes_to(page, "#step")
        page.browser.press("Space")
    checks_the_end(page.rest(), "websocket")


def it_is_broken_by_keyboard_alone(page):
    page.open(page.programs.page)
    goes_to(page, "button[data-break=version8]")
    page.browser.press("Enter")
    state = page.until(page.state, "a state")
    assert state["pressed"] == ["version8"], state
    if not page.rested():
        goes_to(page, "#play")
        page.browser.press("Enter")
    assert page.rest()["steps"]["3"] == "failed"


def it_shows_where_the_focus_is(page):
    """Every element that Tab reaches has an outline."""
    page.open(page.programs.page)
    for _ in range(30):
        page.browser.press("Tab")
        at, outline = page.browser.run(
            "const at = document.activeElement, style = getComputedStyle(at);"
            "return [at.id || at.outerHTML.slice(0, 80), at === document.body ?"
            " 'body' : style.outlineStyle + ' ' + style.outlineWidth];")
        if outline == "body":
            return
        style, width = outline.split()
        assert style != "none" and float(width[:-2]) >= 2, (at, outline)
