# SPDX-License-Identifier: MIT
"""The page as a person sees and uses it, by its ids."""
import time

STEPS = range(1, 8)
TICKS = ("get", "version11", "host", "upgrade", "connection", "version13",
         "key", "body", "origin")
TABS = ("websocket", "echo", "h2c", "tcp")

# What the page says, in one question.  A text that is not shown counts as "".
STATE = """
const by = (id) => document.getElementById(id);
const text = (id) => by(id) && by(id).checkVisibility() ?
  by(id).innerText : '';
const steps = {}, ticks = {}, times = {}, words = {};
for (let i = 1; i < 8; i++) {
  const step = by('step-' + i);
  steps[i] = step.dataset.state;
  times[i] = (step.querySelector('.time') || step).textContent;
  words[i] = step.innerText.trim();
}
for (const tick of document.querySelectorAll('[id^="tick-"]'))
  ticks[tick.id.slice(5)] = tick.dataset.state;
const said = { ...by('verdict').dataset };
const pressed = [...document.querySelectorAll(
  'button[data-break][aria-pressed=true]')].map((each) => each.dataset.break);
const tab = [...document.querySelectorAll('[role=tab][aria-selected=true]')]
  .map((each) => each.id.slice(4));
return {
  steps, ticks, times, words, said, pressed, tab, hash: location.hash,
  verdict: text('verdict'), rule: text('rule'), change: text('change'),
  caret: text('caret') && by('caret').textContent, reply: text('full-reply'),
  focus: document.activeElement && document.activeElement.id,
};
"""


class Page:
    """The page in a browser, and the verdicts of the program beside it."""

    def __init__(self, browser, programs):
        self.browser = browser
        self.programs = programs
        self.has_usual_looks()

    # ---- What the browser is -------------------------------------------------

    def has_width(self, width, pixels=1):
        """CSS pixels, and how many pixels of the screen each of them is."""
        self.browser.devtools(
            "Emulation.setDeviceMetricsOverride", width=width, height=844,
            deviceScaleFactor=pixels, mobile=False)
        self.browser.devtools("Emulation.setScrollbarsHidden", hidden=True)

    def has_media(self, **features):
        """Without motion if nothing else is said: then no test waits for
        Play."""
        features = {"prefers_reduced_motion": "reduce", **features}
        self.browser.devtools("Emulation.setEmulatedMedia", features=[
            {"name": name.replace("_", "-"), "value": value}
            for name, value in features.items()])

    def has_usual_looks(self):
        self.browser.devtools("Emulation.clearDeviceMetricsOverride")
        self.browser.devtools("Emulation.setScrollbarsHidden", hidden=False)
        self.has_media()

    # ---- What is done, and what is seen --------------------------------------

    def open(self, url, link=""):
        """Load the page anew, also if only the part behind # differs, and wait
        until its program has judged, or cannot."""
        self.browser.open("about:blank")
        self.browser.open(url + link)
        self.until(lambda: self.browser.run(
            "const by = (id) => document.getElementById(id);"
            "return document.readyState === 'complete' && !!by('verdict') &&"
            "('args' in by('verdict').dataset || !by('problem').hidden)"),
            "the page is ready")

    def state(self):
        return self.browser.run(STATE)

    def until(self, holds, what, seconds=10):
        """Wait until holds() is true, and return what it returned."""
        end = time.monotonic() + seconds
        while not (value := holds()):
            assert time.monotonic() < end, (what, self.state())
            time.sleep(0.03)
        return value

    def rested(self):
        """The state, if the rail has come to its end; else None."""
        state = self.state()
        steps = state["steps"].values()
        is_over = "now" not in steps and (
            "waiting" not in steps or "failed" in steps)
        return state if is_over else None

    def rest(self, seconds=15):
        return self.until(self.rested, "the rail comes to an end", seconds)

    def press(self, selector):
        """Focus and click, without the mouse's way there: a test is quick."""
        self.browser.run("const at = document.querySelector(arguments[0]);"
                         "at.focus({ preventScroll: true }); at.click();",
                         selector)

    def show_tab(self, name):
        self.press("#tab-" + name)

    def break_by(self, name):
        """Press the button of a breakage, and return the state at rest."""
        self.press(f"button[data-break={name}]")
        self.until(lambda: self.state()["pressed"] == [name],
                   name + " is pressed")
        if not self.rested():
            self.press("#play")
        return self.rest()

    def breakages(self):
        """The breakages that this tab offers."""
        return self.browser.run(
            "return [...document.querySelectorAll('button[data-break]')]"
            ".filter((each) => each.checkVisibility() && !each.disabled)"
            ".map((each) => each.dataset.break)")

    def set_text(self, selector, text):
        self.browser.run(
            "const at = document.querySelector(arguments[0]);"
            "at.value = arguments[1];"
            "at.dispatchEvent(new InputEvent('input', { bubbles: true }));",
            selector, text)

    def value(self, selector):
        return self.browser.run(
            "return document.querySelector(arguments[0]).value", selector)
