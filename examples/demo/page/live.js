// SPDX-License-Identifier: MIT
//
// A real WebSocket with the server of this page.

const live = { socket: null, token: "", began: 0, isCancelled: false,
  isFirst: true, times: null };

const LIVE_CONTROLS = {
  closed: ["open"], failed: ["open"], refused: ["open"], unreachable: ["open"],
  opening: ["cancel"], open: ["close"],
};

function setStatus(state, text) {
  const focused = document.activeElement;
  at("status").dataset.state = state;
  at("status").textContent = text;
  for (const name of ["open", "cancel", "close"])
    at(name).hidden = !LIVE_CONTROLS[state].includes(name);
  at("talk").hidden = state !== "open" && at("log").childElementCount === 0;
  at("speak").hidden = state !== "open";
  if (focused === document.body || !focused.checkVisibility())
    at(LIVE_CONTROLS[state][0]).focus({ preventScroll: true });
}

function addMessage(text, className) {
  const row = add(at("log"), "p", undefined, className);
  add(row, "span", className.startsWith("sent") ? "you " : "server ", "who");
  row.append(text);
  at("log").scrollTop = at("log").scrollHeight;
}

// ---- Opening ---------------------------------------------------------------

const sinceBegin = () => performance.now() - live.began;

// A browser tells when the request was begun and when the answer was accepted.
function liveTimes() {
  const answered = sinceBegin();
  return [0, 0, answered, answered, answered, answered, answered];
}

async function showOpened(socket) {
  const token = live.token;
  const times = liveTimes();
  const extras = [
    socket.protocol ? "sub-protocol " + socket.protocol : "",
    socket.extensions ? "with " + socket.extensions : "",
  ].filter(Boolean).map((text) => ", " + text).join("");
  setStatus("open", "Open: this connection now speaks WebSocket" + extras +
    ".");
  at("message").focus({ preventScroll: true });
  const exchange = await askExchange(token);
  live.times = times;
  if (exchange) whenReady(() => showExchange(exchange, times));
}

// The server refused, or the browser did not like the answer, or there is no
// server.
async function showNotOpened() {
  const times = liveTimes();
  if (live.isCancelled) {
    setStatus("closed", "Cancelled.");
    return;
  }
  const exchange = await askExchange(live.token);
  if (exchange === undefined)
    setStatus("unreachable", "The server cannot be reached: it has stopped, " +
      "or the network is down. This is no refusal.");
  else if (exchange === null)
    setStatus("failed", "Not opened, and the server knows no such request: " +
      "something on the way answered instead.");
  else
    whenReady(() => showRefused(exchange, times));
}

function showRefused(exchange, times) {
  const isRefusal = exchange.outcome !== "switched";
  showExchange(exchange, times);
  setStatus(isRefusal ? "refused" : "failed", isRefusal
    ? "Refused with " + exchange.status + ": " + exchange.sentence
    : "The server answered 101, and the browser did not accept it: " +
      rail.outcome.said.sentence);
  at("verdict").focus();
}

// ---- Messages --------------------------------------------------------------

function showMessage(data) {
  if (typeof data === "string") {
    addMessage(data, "echoed");
  } else {
    const bytes = new Uint8Array(data);
    addMessage(hexOf(bytes, " ") + " (" + bytes.length + " byte" +
      (bytes.length === 1 ? "" : "s") + ")", "echoed binary");
  }
}

function sendMessage() {
  const text = at("message").value;
  const bytes = at("binary").checked ? bytesOfHex(text) : null;
  const isWrong = at("binary").checked && !bytes;
  at("message").setAttribute("aria-invalid", isWrong);
  say(at("message-problem"), isWrong
    ? "These are not pairs of hexadecimal digits, such as 00 01 ff." : "");
  if (isWrong) return;
  live.socket.send(bytes || text);
  addMessage(bytes ? hexOf(bytes, " ") : text, bytes ? "sent binary" : "sent");
  if (!bytes) at("frame-text").value = text;
  showFrame(scene.tab);
  at("message").select();
}

// ---- One connection --------------------------------------------------------

function showClosed(event) {
  setStatus("closed", "Closed with code " + event.code + ", " +
    codeWords(event.code) + (event.reason
      ? " The reason given: " + event.reason : ""));
}

function listen(socket) {
  let isOpened = false;
  socket.onopen = () => {
    isOpened = true;
    showOpened(socket);
  };
  socket.onmessage = (event) => showMessage(event.data);
  socket.onclose = (event) =>
    isOpened ? showClosed(event) : showNotOpened();
}

function openSocket() {
  const names = at("subprotocols").value.split(/[ ,]+/).filter(Boolean);
  live.token = makeToken();
  live.isCancelled = false;
  at("log").replaceChildren();
  at("live-heads").hidden = true;
  live.began = performance.now();
  try {
    live.socket = new WebSocket(addressOf(at("path").value, live.token), names);
  } catch (error) {
    setStatus("failed", "Not opened: " + error.message);
    return;
  }
  live.socket.binaryType = "arraybuffer";
  listen(live.socket);
  setStatus("opening", "Opening\u2026");
}

function startLive() {
  at("live").hidden = !isServed;
  at("connect").onsubmit = (event) => {
    event.preventDefault();
    const { state } = at("status").dataset;
    if (LIVE_CONTROLS[state].includes("open")) openSocket();
  };
  at("cancel").onclick = () => {
    live.isCancelled = true;
    live.socket.close();
  };
  at("close").onclick = () => live.socket.close(1000);
  at("speak").onsubmit = (event) => {
    event.preventDefault();
    sendMessage();
  };
}
