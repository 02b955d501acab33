// SPDX-License-Identifier: MIT
//
// The nine ticks of step 3: what each rule wants, and the line it looks at.
// The verdict of a rule is that of upshake-inspect.

const ticks = [
  { name: "get", rule: "RFC 6455 4.2.1", others: "RFC 9110 7.8", line: "",
    wants: "GET" },
  { name: "version11", rule: "RFC 9110 7.8", line: "", wants: "HTTP/1.1" },
  { name: "host", rule: "RFC 9112 3.2", line: "Host", wants: "one Host" },
  { name: "upgrade", rule: "RFC 9110 7.8", line: "Upgrade",
    wants: "Upgrade to a protocol that it speaks" },
  { name: "connection", rule: "RFC 9110 7.6.1", line: "Connection",
    wants: "Connection with the word Upgrade" },
  { name: "version13", rule: "RFC 6455 4.4", line: "Sec-WebSocket-Version",
    wants: "version 13", only: "websocket" },
  { name: "key", rule: "RFC 6455 4.2.1", line: "Sec-WebSocket-Key",
    wants: "a key of 16 bytes, in base64", only: "websocket" },
  { name: "body", rule: "RFC 9110 7.8", line: "Content-Length",
    wants: "no body" },
  { name: "origin", rule: "RFC 6455 10.2", line: "Origin",
    wants: "Origin is this host", only: "websocket" },
];

const TICK_MARKS = { waiting: "", done: "\u2713", failed: "\u2717",
  unknown: "?" };
const TICK_WORDS = { waiting: "not yet", done: "right", failed: "wrong",
  unknown: "not reached" };

function makeTicks() {
  for (const tick of ticks) {
    const item = add(at("ticks"), "li");
    item.id = "tick-" + tick.name;
    add(item, "span", "", "mark").setAttribute("aria-hidden", "true");
    add(item, "span", "", "unseen");
    add(item, "span", tick.wants, "wants");
    add(item, "span", "", "place soft");
    add(item, "span", tick.rule, "rule soft");
    setTick(tick.name, "waiting");
  }
}

function setTick(name, state) {
  const item = at("tick-" + name);
  item.dataset.state = state;
  item.children[0].textContent = TICK_MARKS[state];
  item.children[1].textContent = TICK_WORDS[state] + ": ";
}

// Which ticks a protocol has, and the byte that each looks at.
function describeTicks(tab, head, outcome) {
  for (const { name, line, only, wants, rule, others } of ticks) {
    const item = at("tick-" + name);
    const found = line === "" ? head.lines[0] : findLine(head, line);
    const { cause, offset } = outcome.server.said;
    const isFault = typeof offset === "number" &&
      findCause(TICK_OF_CAUSE, cause, "") === name;
    item.hidden = (only !== undefined && only !== tab) ||
      (name === "body" && tab === "tcp");
    item.children[4].textContent = tab === "websocket" ? rule : others || rule;
    item.children[2].textContent =
      name === "get" && tab === "tcp" ? "POST" : wants;
    item.children[3].textContent = isFault ? "byte " + offset
      : found ? "byte " + tickByte(name, found)
        : name === "body" ? "none" : "no such field";
  }
}

// A rule looks at the first byte of its value.
const tickByte = (name, line) => name === "get" ? 0
  : name === "version11" ? line.text.lastIndexOf(" ") + 1 : line.valueStart;
