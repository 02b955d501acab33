// SPDX-License-Identifier: MIT
//
// The exchange of this browser with this server: the server tells the two heads
// to the page that asked for them, by a token that only this page knows.

function makeToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return hexOf(bytes);
}

// A query that was typed stays one.
function addressOf(path, token) {
  const url = new URL(location.href);
  const mark = path.indexOf("?");
  const query = mark < 0 ? "" : path.slice(mark + 1);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  url.pathname = mark < 0 ? path : path.slice(0, mark);
  url.search = (query ? query + "&" : "") + "show=" + token;
  return url.href;
}

// Returns the exchange; null if the server knows none; undefined if there is no
// server.
async function askExchange(token) {
  try {
    const answer = await fetch("/exchange?" + token, { cache: "no-store" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return undefined;
  }
}

// What the judges are told, so that they know what this server speaks.  Which
// origins it lists it does not tell.
function liveArgs(exchange, reply) {
  const name = valueIn(reply, "Sec-WebSocket-Protocol");
  const extensions = valueIn(reply, "Sec-WebSocket-Extensions");
  const isOrigin = exchange.error === "ORIGIN_REFUSED";
  return [...(isOrigin ? ["--origin", "https://as-this-server-lists"] : []),
    ...(name ? ["--subprotocol", name] : []),
    ...(/permessage-deflate/i.test(extensions) ? ["--deflate"] : [])];
}

function showHeads(exchange, response) {
  const request = bytesOfText(exchange.request);
  at("live-request").textContent = editorText(request).trimEnd();
  at("live-reply").textContent = editorText(response).trimEnd();
  at("live-heads").hidden = false;
  at("live-heads").open = matchMedia("(min-width: 48rem)").matches;
}

// The steps show this exchange.  A browser closes if it asked for sub-protocols
// and got none.
function showExchange(exchange, times) {
  const response = bytesOfText(exchange.reply);
  showHeads(exchange, response);
  stopRail();
  Object.assign(scene, {
    tab: "websocket", broken: "live", times,
    args: liveArgs(exchange, splitHead(response)),
    clientArgs: ["--subprotocol-required"],
    request: bytesOfText(exchange.request), soundReply: response,
  });
  scene.sound = splitHead(scene.request);
  scene.response = response;
  showScene(true);
}
