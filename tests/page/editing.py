# SPDX-License-Identifier: MIT
"""The bytes are edited freely, and the verdict follows."""
from breakages import equals_the_program


def edit(page, selector, before, after):
    """Replace a text in a textarea, and wait until it has been judged."""
    text = page.value(selector)
    assert before in text, (before, text)
    old = page.state()["said"]
    page.set_text(selector, text.replace(before, after, 1))
    key = "request" if "request" in selector else "response"
    page.until(lambda: page.state()["said"][key] != old[key],
               "the bytes are those that were typed")
    return page.rest()


def it_judges_a_request_that_was_edited(page):
    page.open(page.programs.page)
    for before, after, error in (
            ("Version: 13", "Version: 12", "VERSION_UNSUPPORTED"),
            ("Version: 12", "Version: 13", None),
            ("HTTP/1.1", "HTTP/2.0", "VERSION_SYNTAX"),
            ("HTTP/2.0", "HTTP/1.1", None),
            ("Upgrade: websocket", "Upgrade : websocket", "NAME_BYTE"),
            ("Upgrade : websocket", "Upgrade: websocket", None)):
        state = edit(page, "#request-bytes", before, after)
        own = equals_the_program(page, state)
        if error is None:
            assert own["outcome"] == "switched", own
            assert "failed" not in state["steps"].values(), state["steps"]
        else:
            assert own["outcome"] == "refused", own
            assert state["steps"]["3"] == "failed", state["steps"]


def it_judges_a_response_that_was_edited(page):
    page.open(page.programs.page)
    page.break_by("none")
    state = edit(page, "#response-bytes", "101", "204")
    own = equals_the_program(page, state)
    assert own["outcome"] == "other" and state["steps"]["4"] == "failed", own
    state = edit(page, "#response-bytes", "204", "101")
    assert equals_the_program(page, state)["outcome"] == "switched"
    assert "failed" not in state["steps"].values(), state["steps"]


def it_mends_a_breakage_by_editing(page):
    page.open(page.programs.page, "#break=version8")
    page.rest()
    state = edit(page, "#request-bytes", "Version: 8", "Version: 13")
    assert equals_the_program(page, state)["outcome"] == "switched", state


def it_judges_a_request_that_is_cut_off(page):
    page.open(page.programs.page)
    text = page.value("#request-bytes")
    page.set_text("#request-bytes", text[:60])
    state = page.until(lambda: page.state() if page.state()["said"][
        "outcome"] == "incomplete" else None, "incomplete")
    equals_the_program(page, state)
    page.set_text("#request-bytes", "")
    state = page.until(lambda: page.state() if page.state()["said"][
        "request"] == "" else None, "nothing")
    equals_the_program(page, state)


def bytes_of(page):
    return bytes.fromhex(page.state()["said"]["request"])


def it_shows_a_line_end_that_is_lf_alone(page):
    page.open(page.programs.page, "#break=lf")
    page.rest()
    text = page.value("#request-bytes")
    assert bytes_of(page).count(b"\r\n") == bytes_of(page).count(b"\n") - 1
    assert text.count("\\n") == 1, text
    state = edit(page, "#request-bytes", "\\n", "")
    assert equals_the_program(page, state)["outcome"] == "switched"


def it_keeps_the_bytes_that_it_shows(page):
    """What is typed becomes these bytes, and the editor's text the same ones
    again."""
    page.open(page.programs.page)
    typed = ("GET /\\x00\\xff\\t\\\\n HTTP/1.1\nHost: \u00e9\\n\nA: b\\r\n\n")
    wanted = (b"GET /\x00\xff\t\\n HTTP/1.1\r\nHost: \xc3\xa9\nA: b\r\r\n\r\n")
    page.set_text("#request-bytes", typed)
    page.until(lambda: bytes_of(page) == wanted, (wanted, bytes_of(page)))
    equals_the_program(page, page.state())
