# SPDX-License-Identifier: MIT
"""How the page looks, to everybody: no scrolling sideways, light and dark,
forced colours, little motion, no finding of axe-core; and that it loads
nothing."""
import contextlib
import os

from page import TABS

# CSS pixels wide, and how many pixels of the screen each of them is: a phone,
# the narrowest (WCAG 1.4.10), a desktop, and this desktop at 200 %.
WIDTHS = ((390, 3), (320, 2), (1280, 1), (640, 2))

NO_PROGRAM = "delete window.WebAssembly;"

WATCH = """
window.violations = [];
addEventListener('securitypolicyviolation', (event) =>
  violations.push(event.violatedDirective + ' ' + event.blockedURI));
addEventListener('error', (event) => violations.push(event.message), true);
addEventListener('unhandledrejection', (event) =>
  violations.push(String(event.reason)));
"""

TOO_WIDE = """
const wide = document.documentElement.clientWidth;
const clipped = ['html', 'body', 'main'].filter((name) => ['hidden', 'clip']
  .includes(getComputedStyle(document.querySelector(name)).overflowX));
const scrolls = (at) => at && (['auto', 'scroll'].includes(
  getComputedStyle(at).overflowX) || scrolls(at.parentElement));
return [document.documentElement.scrollWidth > wide, clipped,
  [...document.body.querySelectorAll('*')].filter((at) =>
    at.checkVisibility() && at.getBoundingClientRect().right > wide + 1 &&
    !scrolls(at.parentElement)).map((at) =>
    at.id || at.outerHTML.slice(0, 60)).slice(0, 5)];
"""


def fits(page, what):
    scrolls, clipped, wide = page.browser.run(TOO_WIDE)
    assert not scrolls and not clipped and not wide, (
        what, scrolls, clipped, wide)


def it_never_scrolls_sideways(page):
    page.open(page.programs.page)
    for tab in TABS:
        page.show_tab(tab)
        for name in page.breakages():
            page.break_by(name)
            for width, pixels in WIDTHS:
                page.has_width(width, pixels)
                fits(page, (tab, name, width))


def it_never_scrolls_sideways_after_a_paste(page):
    page.open(page.programs.page)
    for text in ("GET /" + "a" * 3000 + " HTTP/1.1\n\n", "x" * 5000,
                 "GET / HTTP/1.1\nHost: " + "b-" * 900 + "\n\n"):
        page.set_text("#paste", text)
        page.until(lambda: page.browser.run("return document.querySelector("
                   "'#paste-out').dataset.status || ''"), "a verdict")
        for width, pixels in WIDTHS:
            page.has_width(width, pixels)
            fits(page, (text[:20], width))


def it_shows_a_mark_with_its_words_on_a_phone(page):
    page.has_width(390)
    page.open(page.programs.page, "#break=version8")
    page.rest()
    height, line, words, box = page.browser.run("""
      const at = (selector) => document.querySelector(selector);
      return [at('#verdict .whole').getBoundingClientRect().height,
        parseFloat(getComputedStyle(at('#verdict')).lineHeight),
        at('#caret .words').getBoundingClientRect().right,
        at('#caret').getBoundingClientRect().right];
    """)
    assert height < 1.5 * line, ("a field's name is split", height, line)
    assert words <= box, (words, box)


# ---- Colours and motion ------------------------------------------------------

BRIGHT = """
const bright = (colour) => colour.match(/[\\d.]+/g).slice(0, 3)
  .reduce((sum, each) => sum + Number(each), 0) / 765;
const style = getComputedStyle(document.body);
return [bright(style.backgroundColor), bright(style.color)];
"""


def it_is_light_or_dark_as_the_system_is(page):
    for scheme, is_dark in (("light", False), ("dark", True)):
        page.has_media(prefers_color_scheme=scheme)
        page.open(page.programs.page)
        paper, ink = page.browser.run(BRIGHT)
        assert (paper < 0.25 and ink > 0.75) if is_dark else (
            paper > 0.75 and ink < 0.25), (scheme, paper, ink)


def it_tells_red_from_green_without_colours(page):
    """In forced colours, and for who does not see them: by marks."""
    page.has_media(forced_colors="active")
    page.open(page.programs.page, "#break=version8")
    page.rest()
    marks = page.browser.run("""
      const mark = (selector) => {
        const at = document.querySelector(selector);
        return at.textContent + getComputedStyle(at).borderStyle;
      };
      const dot = (id) => mark(id + ' .dot').replace(/^\\d/, '');
      return [dot('#step-2'), dot('#step-3'),
        mark('#tick-get .mark'), mark('#tick-version13 .mark')];
    """)
    assert marks[0] != marks[1] and marks[2] != marks[3], marks
    assert page.browser.run(
        "return [...document.querySelectorAll('*')].every((at) =>"
        "getComputedStyle(at).forcedColorAdjust !== 'none')")


def it_says_the_state_of_each_step_in_words(page):
    """The names of the accessibility tree, not colours alone."""
    page.open(page.programs.page, "#break=version8")
    page.rest()
    steps = [page.browser.run(
        "return document.getElementById(arguments[0]).textContent", each)
        for each in ("step-1", "step-3", "step-4", "tick-get",
                     "tick-version13")]
    for text, word in zip(steps, ("done", "failed", "", "right", "wrong"),
                          strict=True):
        assert word in text.lower(), (text, word)


def it_moves_nothing_if_motion_is_reduced(page):
    page.open(page.programs.page)
    page.press("#play")
    moving = []

    def is_over():
        moving.extend(page.browser.run(
            "return document.getAnimations().filter((each) =>"
            "each.effect.getComputedTiming().duration > 1)"
            ".map((each) => each.animationName || each.transitionProperty)"))
        return page.rested()
    page.until(is_over, "the rail comes to an end")
    assert not moving, moving
    assert page.browser.run("return getComputedStyle(document.documentElement)"
                            ".scrollBehavior") != "smooth"


# ---- axe-core ----------------------------------------------------------------

COLOUR_RULES = ["color-contrast", "link-in-text-block"]


def axe(page, is_only_colours=False):
    """Its findings.  WebDriver's scripts run in spite of the policy."""
    path = os.path.join(page.programs.out, "npm/node_modules/axe-core",
                        "axe.min.js")
    with open(path, encoding="utf-8") as file:
        page.browser.run("if (!window.axe) {" + file.read() + "}")
    return page.browser.run_later("""
      const done = arguments[arguments.length - 1];
      axe.run(document, { resultTypes: ['violations'], ...arguments[0] }).then(
        ({ violations }) => done(violations.map((each) => [each.id,
          each.impact, each.help, each.nodes.slice(0, 3).map((node) =>
            node.html.slice(0, 120) + ' ' + node.failureSummary)])),
        (error) => done([String(error)]));
    """, {"runOnly": COLOUR_RULES} if is_only_colours else
        {"rules": {"target-size": {"enabled": True}}})


def states(page):
    """The main states, one after another."""
    yield "waiting"
    page.press("#play")
    page.rest()
    yield "done"
    page.break_by("version8")
    yield "broken"
    page.break_by("accept")
    yield "broken on the client's side"
    page.show_tab("tcp")
    page.break_by("connection")
    yield "plain"
    page.set_text("#paste", "GET / HTTP/1.1\nHost: a\nUpgrade: websocket\n\n")
    page.until(lambda: page.browser.run("return document.querySelector("
               "'#paste-out').dataset.status || ''"), "a verdict")
    yield "pasted"


def it_gives_axe_nothing_to_find(page):
    """A rule that is not about colours finds the same, light or dark."""
    for scheme in ("light", "dark"):
        for width in (390, 1280):
            page.has_media(prefers_color_scheme=scheme)
            page.has_width(width)
            page.open(page.programs.page)
            for state in states(page):
                found = axe(page, scheme == "dark")
                assert not found, (scheme, width, state, found)


# An element may be partly covered, but not wholly (WCAG 2.4.11).
COVERED = """
const at = document.activeElement, box = at.getBoundingClientRect();
if (at === document.body) return null;
const places = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]];
const seen = places.some(([x, y]) => {
  const top = document.elementFromPoint(box.left + x * box.width,
    box.top + y * box.height);
  return top && (at.contains(top) || top.contains(at));
});
return [at.id || at.outerHTML.slice(0, 60), seen];
"""


def it_hides_no_element_that_has_the_focus(page):
    """Forwards and backwards, behind nothing that stays in its place."""
    page.has_width(390)
    page.open(page.programs.page, "#break=version8")
    page.rest()
    for key in ("Tab", "Shift+Tab"):
        reached = 0
        for _ in range(80):
            page.browser.press(key)
            found = page.browser.run(COVERED)
            if found is None:
                break
            reached += 1
            assert found[1], (key, found)
        assert reached > 20, reached


def it_lets_axe_find_what_is_wrong(page):
    """That the check above can fail, under the policy of the page."""
    page.open(page.programs.page)
    page.browser.run("document.documentElement.removeAttribute('lang')")
    assert [each[0] for each in axe(page)] == ["html-has-lang"]


# ---- It loads nothing --------------------------------------------------------

@contextlib.contextmanager
def begun_with(page, source):
    """Each page that is opened runs this script first."""
    script = page.browser.devtools("Page.addScriptToEvaluateOnNewDocument",
                                   source=source)
    try:
        yield
    finally:
        page.browser.devtools("Page.removeScriptToEvaluateOnNewDocument",
                              **script)


def it_loads_nothing_and_breaks_no_policy(page):
    with begun_with(page, WATCH):
        page.open(page.programs.page)
        for _ in states(page):
            pass
        loaded, violations = page.browser.run(
            "return [performance.getEntriesByType('resource').map((each) =>"
            "each.name), window.violations]")
    assert not loaded and violations == [], (loaded, violations)


def it_says_that_it_needs_webassembly(page):
    with begun_with(page, NO_PROGRAM):
        page.open(page.programs.page)
        page.press("#play")
        page.until(lambda: "WebAssembly" in page.browser.run(
            "const at = document.getElementById('problem');"
            "return at.checkVisibility() ? at.innerText : ''"), "the problem")


def it_has_a_policy_that_holds(page):
    """A script, a style and a request that somebody else brings in; as a
    task of its own, because WebDriver's own ones may do it all."""
    page.open(page.programs.page)
    seen, broken, left = page.browser.run_later("""
      const done = arguments[arguments.length - 1], seen = [];
      setTimeout(() => {
      addEventListener('securitypolicyviolation', (event) =>
        seen.push(event.effectiveDirective));
      const script = document.createElement('script');
      try { script.text = 'window.broken = 1'; } catch { seen.push('trusted'); }
      const style = document.createElement('style');
      style.textContent = 'body { color: red }';
      const image = new Image();
      image.src = 'http://127.0.0.1:9/x.png';
      document.head.append(script, style, image);
      try { document.body.innerHTML = '<b>no'; } catch { seen.push('html'); }
      try { (0, eval)('window.broken = 2'); } catch { seen.push('eval'); }
      const form = document.createElement('form');
      form.action = 'http://127.0.0.1:9/';
      document.body.append(form);
      form.submit();
      });
      setTimeout(() => done([seen, window.broken || 0,
        document.body.textContent.length]), 300);
    """)
    assert not broken and left > 100, (broken, left)
    assert {"trusted", "html", "eval", "style-src-elem", "img-src",
            "form-action"} <= set(seen), seen
