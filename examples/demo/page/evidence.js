// SPDX-License-Identifier: MIT
//
// What stands beside the words of each step: the lines of both messages, with
// a mark at a line that was changed.

const FIELD_WORDS = {
  "": "method, path, version of HTTP",
  host: "the server, as the client knows it",
  upgrade: "the protocol to switch to",
  connection: "Upgrade is for the next machine only",
  "sec-websocket-key": "16 random bytes, in base64",
  "sec-websocket-version": "the version of WebSocket",
  "sec-websocket-protocol": "the sub-protocols to choose from",
  "sec-websocket-extensions": "the extensions to choose from",
  "http2-settings": "settings of HTTP/2",
  origin: "the site of the page that asks",
};

function addLine(parent, line, note) {
  const isLf = line.end === "\n";
  const row = add(parent, "div", undefined, "line");
  if (line.name) {
    add(row, "span", printable(line.name) + ":", "name");
    row.append(" ");
    add(row, "span", printable(line.value), "value");
  } else {
    add(row, "span", printable(line.text), "value");
  }
  if (isLf) add(row, "span", "\\n", "bad");
  if (note) {
    row.classList.add("changed");
    row.append(" ");
    add(row, "span", isLf ? "changed: LF alone" : note, "note");
  }
  return row;
}

const WAS_SHOWN = 60;

function changeWords(was, line) {
  const before = was ? (line.name ? was.value : was.text) : "";
  return "changed" + (before
    ? " (was " + printable(before.slice(0, WAS_SHOWN)) + ")" : "");
}

// Adds the lines that are wanted, those that are gone in their place.
function showLines(parent, head, changes, isWanted) {
  const shown = head.lines.filter(isWanted);
  const gone = changes.gone.filter(isWanted);
  parent.replaceChildren();
  for (const line of shown) {
    while (gone.length > 0 && gone[0].start <= line.start)
      addLine(parent, gone.shift(), "left out").classList.add("gone");
    addLine(parent, line, changes.added.includes(line) ? "added"
      : changes.changed.includes(line) ? changeWords(changes.was(line), line)
        : "");
  }
  for (const line of gone)
    addLine(parent, line, "left out").classList.add("gone");
  return shown;
}

function explainLines(parent) {
  for (const row of parent.querySelectorAll(".line:not(.changed)")) {
    const name = row.querySelector(".name");
    const key = name ? name.textContent.slice(0, -1).toLowerCase() : "";
    if (Object.hasOwn(FIELD_WORDS, key))
      add(row, "span", FIELD_WORDS[key], "gloss");
  }
}

// ---- The request: steps 1 and 2 --------------------------------------------

function showRequest(scene, head) {
  const changes = compareHeads(scene.sound, head);
  const offers = stories[scene.tab].offers;
  const isFirst = (line) => line.start === 0 || isNamed(line, "Host");
  const isOffer = (line) => offers.some((name) => isNamed(line, name));
  const isOther = (line) => !isFirst(line) && !isOffer(line);
  showLines(at("wire-1"), head, changes, isFirst);
  showLines(at("wire-2"), head, changes, isOffer);
  explainLines(at("wire-1"));
  explainLines(at("wire-2"));
  joinOffer();
  const others = showLines(at("wire-others"), head, changes, isOther);
  showBody(textOfBytes(scene.request.slice(head.end)));
  explainLines(at("wire-others"));
  showOthers(others, changes, isOther);
}

const BODY_SHOWN = 200;

function showBody(body) {
  if (body === "") return;
  const row = add(at("wire-others"), "div", undefined, "line");
  add(row, "span", printable(body.slice(0, BODY_SHOWN)), "value");
  add(row, "span", "behind the empty line: the body", "gloss");
}

// Upgrade and Connection belong together: a line joins them.
function joinOffer() {
  for (const row of at("wire-2").children) {
    const name = row.querySelector(".name").textContent.toLowerCase();
    if (name === "upgrade:" || name === "connection:")
      row.classList.add("joined");
  }
}

const NAMES_SHOWN = 3;

function showOthers(others, changes, isOther) {
  const names = others.map((line) => printable(line.name)).filter(Boolean);
  const shown = names.slice(0, NAMES_SHOWN).join(", ") +
    (names.length > NAMES_SHOWN ? ", ..." : "");
  at("other-count").textContent = (others.length === 1
    ? "1 more field" : others.length + " more fields") +
    (shown ? ": " + shown : "");
  at("other-fields").hidden = at("wire-others").children.length === 0;
  if ([...changes.changed, ...changes.gone].some(isOther))
    at("other-fields").open = true;
}

// ---- The reply: steps 4 and 5 ----------------------------------------------

const ANSWERED = [
  ["protocol", "Upgrade"],
  ["sub-protocol", "Sec-WebSocket-Protocol"],
  ["extensions", "Sec-WebSocket-Extensions"],
];

function showAnswers(tab, request, reply) {
  at("answers").replaceChildren();
  for (const [words, name] of ANSWERED) {
    if (tab !== "websocket" && name !== "Upgrade") continue;
    const row = add(at("answers"), "tr");
    add(row, "th", words).scope = "row";
    add(row, "td", printable(valueIn(request, name)) || "none");
    add(row, "td", printable(valueIn(reply, name)) || "none");
  }
}

function showReply(scene, request, outcome) {
  const reply = splitHead(outcome.response);
  const sound = splitHead(scene.broken === "live"
    ? outcome.response : soundReplyOf(outcome, scene));
  const changes = compareHeads(sound, reply);
  showLines(at("wire-4"), reply, changes, (line) => line.start === 0);
  showLines(at("wire-5"), reply, changes, (line) => line.start !== 0 &&
    [...changes.changed, ...changes.gone].includes(line) &&
    !isNamed(line, "Sec-WebSocket-Accept"));
  showAnswers(scene.tab, request, reply);
}

function soundReplyOf(outcome, scene) {
  return outcome.server.said.outcome === "switched"
    ? bytesOfText(outcome.server.said.reply) : scene.soundReply;
}

function showEvidence(scene, outcome) {
  const head = splitHead(scene.request);
  showRequest(scene, head);
  describeTicks(scene.tab, head, outcome);
  showReply(scene, head, outcome);
  showProof(scene.tab, scene.request, outcome);
  showFrame(scene.tab);
}
