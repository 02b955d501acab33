// SPDX-License-Identifier: MIT
//
// The scene that the page shows: a protocol, and what is broken in it.

// `response` is null if the reply is what the server answers.  `sound` is the
// head before it was broken, `soundReply` the answer to that.
const scene = { tab: "websocket", broken: "none", args: [], clientArgs: [],
  request: new Uint8Array(0), response: null, times: null };

const page = { program: null, queue: [] };

// What is done before the program is compiled is done when it is.
function whenReady(action) {
  if (page.program) action();
  else page.queue.push(action);
}

function setSound(tab) {
  const story = stories[tab];
  scene.tab = tab;
  scene.args = story.args;
  scene.clientArgs = [];
  scene.times = null;
  scene.request = messageOf(story.request);
  scene.sound = splitHead(scene.request);
  scene.response = null;
  scene.soundReply = bytesOfText(
    judgeRequest(page.program, scene).said.reply);
}

function breakScene(name) {
  const { side } = breakages[name];
  scene.broken = name;
  if (side === "request") scene.request = breakMessage(scene.request, name);
  else scene.response = breakMessage(scene.soundReply, name);
}

// ---- Showing it ------------------------------------------------------------

function showChoices() {
  for (const tab of Object.keys(stories)) {
    const isThis = tab === scene.tab;
    at("tab-" + tab).setAttribute("aria-selected", isThis);
    at("tab-" + tab).tabIndex = isThis ? 0 : -1;
  }
  at("panel").setAttribute("aria-labelledby", "tab-" + scene.tab);
  for (const button of document.querySelectorAll("[data-break]")) {
    const name = button.dataset.break;
    button.setAttribute("aria-pressed", name === scene.broken);
    button.hidden = !hasBreakage(scene.tab, name);
  }
  stories[scene.tab].captions.forEach((caption, i) => {
    const place = stepAt(i + 1).querySelector(".caption");
    place.replaceChildren();
    addWords(place, caption);
  });
  at("about").textContent = scene.broken === "live"
    ? "This is the exchange of your browser with this server."
    : stories[scene.tab].about;
  at("clock").textContent = scene.broken === "live"
    ? "The times are those of your browser. It learns of steps 3 to 6 at once."
    : "The times are those of the two programs in this page, a server and " +
      "a client. A network adds the way there and back.";
}

function showScene(isToEnd, edited) {
  const outcome = judgeScene(page.program, scene);
  showChoices();
  showEvidence(scene, outcome);
  showVerdict(scene, outcome);
  showEditors(scene, outcome, edited);
  showCopies(scene, outcome);
  setOutcome(outcome, isToEnd);
}

// ---- Links -----------------------------------------------------------------

function readLink() {
  const words = new URLSearchParams(location.hash.slice(1));
  const tab = words.get("tab");
  const name = words.get("break");
  const known = Object.hasOwn(stories, tab || "") ? tab : "websocket";
  return { tab: known, broken: hasBreakage(known, name) ? name : "none" };
}

const linkOf = (tab, broken) => "#tab=" + tab +
  (broken === "none" ? "" : "&break=" + broken);

function setScene(tab, broken, isToEnd) {
  scene.tab = tab;
  scene.broken = broken;
  showChoices();
  whenReady(() => {
    setSound(tab);
    breakScene(broken);
    showScene(isToEnd);
  });
}

function followLink() {
  const { tab, broken } = readLink();
  if (tab !== scene.tab || broken !== scene.broken)
    setScene(tab, broken, broken !== "none");
}

function setLink() {
  const link = linkOf(scene.tab, scene.broken);
  if (link !== location.hash) location.hash = link;
}

// ---- What the person does --------------------------------------------------

function chooseTab(tab) {
  setScene(tab, hasBreakage(tab, scene.broken) ? scene.broken : "none",
    hasBreakage(tab, scene.broken) && scene.broken !== "none");
  setLink();
}

function chooseBreakage(name) {
  setScene(scene.tab, name, true);
  setLink();
  whenReady(() => {
    speakStep();
    if (rail.outcome.failed) bringIntoView(at("judgement"));
  });
}

function moveTab(event) {
  const tabs = Object.keys(stories);
  const place = tabs.indexOf(scene.tab);
  const places = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0,
    End: -1 };
  if (!Object.hasOwn(places, event.key)) return;
  const next = tabs.at(places[event.key] % tabs.length);
  event.preventDefault();
  chooseTab(next);
  at("tab-" + next).focus();
}

function startScene() {
  for (const tab of Object.keys(stories)) {
    at("tab-" + tab).onclick = () => chooseTab(tab);
    at("tab-" + tab).onkeydown = moveTab;
  }
  for (const button of document.querySelectorAll("[data-break]"))
    button.onclick = () => chooseBreakage(button.dataset.break);
  at("play").onclick = () => whenReady(playRail);
  at("step").onclick = () => whenReady(stepRail);
  at("again").onclick = () => whenReady(againRail);
  at("see").onclick = () => whenReady(seeVerdict);
  at("frame-text").oninput = () => showFrame(scene.tab);
  window.onhashchange = followLink;
  const { tab, broken } = readLink();
  setScene(tab, broken, broken !== "none");
}
