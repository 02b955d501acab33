// SPDX-License-Identifier: MIT
//
// The rail: how far it has come, and Play, Step and Again.

const STEPS = 7;
const PACE = 800; // milliseconds between two steps of Play

// `shown` is how many steps are lit; a step that failed is the last one.
const rail = { shown: 0, timer: 0, outcome: null };

const stepAt = (number) => at("step-" + number);
const titleOf = (number) => stepAt(number).querySelector("h3").textContent;
const lastStep = () => rail.outcome.failed || STEPS;
const isAtEnd = () => rail.shown === lastStep();

function stateOf(number) {
  if (number > rail.shown) return "waiting";
  if (number === rail.outcome.failed) return "failed";
  return number === rail.shown && !isAtEnd() ? "now" : "done";
}

const STATE_WORDS = { waiting: "not yet", now: "now", done: "done",
  failed: "failed" };

const timeWords = (ms) => (ms >= 10 ? Math.round(ms)
  : Math.round(ms * 10) / 10) + " ms";

function showStep(number) {
  const step = stepAt(number);
  const state = stateOf(number);
  step.dataset.state = state;
  step.querySelector(".state").textContent = STATE_WORDS[state];
  step.querySelector(".time").textContent = state === "waiting"
    ? "" : timeWords(rail.outcome.times[number - 1]);
  if (number === rail.shown) step.setAttribute("aria-current", "step");
  else step.removeAttribute("aria-current");
  // What a failed handshake never came to is not shown.
  const isCut = rail.outcome.failed > 0 && number > rail.outcome.failed;
  step.classList.toggle("cut", isCut && isAtEnd());
}

function showTicks() {
  for (const { name } of ticks)
    setTick(name, rail.shown < 3 ? "waiting" : rail.outcome.ticks[name]);
}

// The judgement stands in the step that failed, or in the last one.
function showJudgement() {
  const home = stepAt(rail.outcome.failed || STEPS);
  if (at("judgement").parentNode !== home) home.append(at("judgement"));
  at("judgement").hidden = !isAtEnd();
}

function showWhere() {
  const { failed, said } = rail.outcome;
  const place = "Step " + rail.shown + " of " + STEPS;
  say(at("where"), rail.shown === 0 ? "" : !isAtEnd() ? place
    : failed ? "It ends at step " + failed + ": " + endWords(said)
      : "It has switched");
  at("see").hidden = rail.shown === 0 || !isAtEnd();
}

const endWords = (said) => said.outcome === "plain"
  ? "the server answers it as an ordinary request" : shortHeadline(said);

function seeVerdict() {
  at("verdict").focus({ preventScroll: true });
  bringIntoView(at("judgement"));
}

function showRail() {
  for (let number = 1; number <= STEPS; number++) showStep(number);
  showTicks();
  showJudgement();
  showWhere();
}

// ---- Moving ----------------------------------------------------------------

function stopRail() {
  clearInterval(rail.timer);
  rail.timer = 0;
}

function goTo(number) {
  rail.shown = number;
  showRail();
}

function speakStep() {
  const { said } = rail.outcome;
  announce(isAtEnd() ? headline(said) + ": " + said.sentence
    : "Step " + rail.shown + ": " + titleOf(rail.shown));
}

function advance() {
  goTo(isAtEnd() ? 1 : rail.shown + 1);
  bringIntoView(stepAt(rail.shown));
}

function stepRail() {
  stopRail();
  advance();
  speakStep();
}

function endPlay() {
  stopRail();
  speakStep();
  bringIntoView(at("judgement"));
}

// Without motion the steps are there at once.
function playRail() {
  stopRail();
  if (likesNoMotion()) {
    goTo(lastStep());
    speakStep();
    return;
  }
  advance();
  rail.timer = setInterval(() => {
    if (!isAtEnd()) advance();
    if (isAtEnd()) endPlay();
  }, PACE);
}

function againRail() {
  stopRail();
  goTo(0);
  announce("At the beginning");
}

// Takes a new outcome: from its beginning, or at its end.
function setOutcome(outcome, isToEnd) {
  stopRail();
  rail.outcome = outcome;
  goTo(isToEnd ? lastStep() : 0);
}
