// SPDX-License-Identifier: MIT
//
// npm ws: opens with permessage-deflate offered, agrees on a sub-protocol,
// echoes text and bytes, closes; and a page of elsewhere is refused.
//
// usage: ws_client.js HOST PORT [deflate|bare]
//
// With "deflate" the server has to agree to it, without it must not.  With
// "bare" no sub-protocol is offered.
"use strict";
const assert = require("assert");
const WebSocket = require("ws");
const { messages, checked } = require("./messages.js");

const [host, port, mode] = process.argv.slice(2);
const deflate = mode === "deflate";
const offered = mode === "bare" ? [] : ["other", "chat"];
const url = `ws://${host}:${port}/node?from=ws`;

// What the client may offer, and what it then has to be answered.
const offers = [
  [{ threshold: 0 }, /^permessage-deflate/],
  [{ threshold: 0, clientMaxWindowBits: 10 }, /client_max_window_bits=10/],
  [{ threshold: 0, serverMaxWindowBits: 9 }, /server_max_window_bits=9/],
  [{ threshold: 0, serverNoContextTakeover: true },
    /server_no_context_takeover/],
  [{ threshold: 0, clientNoContextTakeover: true }, /^permessage-deflate/],
];

function next(socket, event) {
  return new Promise((resolve, reject) => {
    socket.once(event, (...values) => resolve(values));
    socket.removeAllListeners("error");
    socket.on("error", reject);
  });
}

async function echoes(perMessageDeflate, expected) {
  const socket = new WebSocket(url, offered, { perMessageDeflate });
  const [[response]] = await Promise.all([
    next(socket, "upgrade"), next(socket, "open"),
  ]);
  const agreed = response.headers["sec-websocket-extensions"] || "";
  assert.strictEqual(socket.protocol, offered[1] || "");
  assert.match(agreed, expected);
  for (const message of messages) {
    socket.send(message);
    const [data, binary] = await next(socket, "message");
    assert.strictEqual(binary, typeof message !== "string");
    assert.deepStrictEqual(binary ? data : data.toString(), message);
  }
  socket.close(1000);
  const [code] = await next(socket, "close");
  assert.strictEqual(code, 1000);
  console.log("echoed;", agreed || "no extension");
  checked("101", "close");
  if (offered.length > 0) checked("sub-protocol");
  if (agreed) checked("deflate");
}

async function isRefused() {
  const socket = new WebSocket(url, { origin: "http://evil.example" });
  const [, response] = await next(socket, "unexpected-response");
  assert.strictEqual(response.statusCode, 403);
  checked("refusal");
  socket.on("error", () => {});
  socket.terminate();
}

async function main() {
  for (const [offer, expected] of deflate ? offers : offers.slice(0, 1))
    await echoes(offer, deflate ? expected : /^$/);
  await echoes(false, /^$/);
  await isRefused();
}

// A promise that is forgotten ends the program early: not with a success.
process.exitCode = 1;
main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
