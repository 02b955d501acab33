// SPDX-License-Identifier: MIT
//
// The breakages, as data: each changes one line of a sound exchange.
//
//   side     whose message is changed: the client's request or the server's
//            reply; the other side finds the fault
//   tabs     the protocols that have it; none: all
//   line     the field, or '' for the first line
//   to       what stands there instead; null: the line is left out
//   after    1: the line stays, and `to` stands behind it
//   end      another line end
//   body     what stands behind the head

const breakages = {
  none: { side: "request" },
  key: {
    side: "request", tabs: ["websocket"], line: "Sec-WebSocket-Key",
    to: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=",
  },
  connection: { side: "request", line: "Connection", to: null },
  version8: {
    side: "request", tabs: ["websocket"], line: "Sec-WebSocket-Version",
    to: "Sec-WebSocket-Version: 8",
  },
  hosts: {
    side: "request", line: "Host", to: "Host: other.example", after: 1,
  },
  post: {
    side: "request", tabs: ["websocket", "echo", "h2c"], line: "",
    to: (line) => line.replace(/^GET/, "POST"),
  },
  origin: {
    side: "request", tabs: ["websocket"], line: "Origin",
    to: "Origin: http://elsewhere.example",
  },
  lf: { side: "request", line: "Upgrade", end: "\n" },
  body: {
    side: "request", tabs: ["websocket", "echo"],
    line: "Connection", to: "Content-Length: 5", after: 1, body: "hello",
  },
  http10: {
    side: "request", line: "",
    to: (line) => line.replace("HTTP/1.1", "HTTP/1.0"),
  },
  accept: {
    side: "reply", tabs: ["websocket"], line: "Sec-WebSocket-Accept",
    to: "Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=",
  },
  subprotocol: {
    side: "reply", tabs: ["websocket"], line: "Sec-WebSocket-Protocol",
    to: "Sec-WebSocket-Protocol: superchat",
  },
  status200: { side: "reply", line: "", to: "HTTP/1.1 200 OK" },
  "no-connection": { side: "reply", line: "Connection", to: null },
};

const hasBreakage = (tab, name) => Object.hasOwn(breakages, name) &&
  (!breakages[name].tabs || breakages[name].tabs.includes(tab));

function changeLine(change, line) {
  if (change.end) return line.text + change.end;
  if (change.to === null) return "";
  const to = typeof change.to === "function" ? change.to(line.text) : change.to;
  return (change.after ? line.whole : "") + to + "\r\n";
}

function breakMessage(bytes, name) {
  const change = breakages[name];
  const { lines, end } = splitHead(bytes);
  if (change.line === undefined) return bytes;
  const place = change.line === ""
    ? 0 : lines.findIndex((line) => isNamed(line, change.line));
  const parts = lines.map((line, i) =>
    i === place ? changeLine(change, line) : line.whole);
  const rest = textOfBytes(bytes.slice(end)) + (change.body || "");
  return bytesOfText(parts.join("") + "\r\n" + rest);
}
