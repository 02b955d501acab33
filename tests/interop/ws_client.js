// SPDX-License-Identifier: MIT
//
// npm ws: opens with an extension offered, agrees on a sub-protocol, echoes
// text and octets, closes; and a page of elsewhere is refused.
//
// usage: ws_client.js HOST PORT
"use strict";
const assert = require("assert");
const WebSocket = require("ws");

const [host, port] = process.argv.slice(2);
const url = `ws://${host}:${port}/node?from=ws`;

function next(socket, event) {
  return new Promise((resolve, reject) => {
    socket.once(event, (...values) => resolve(values));
    if (event !== "error") socket.once("error", reject);
  });
}

async function echoes() {
  const socket = new WebSocket(url, ["other", "chat"]);
  await next(socket, "open");
  assert.strictEqual(socket.protocol, "chat");
  assert.strictEqual(socket.extensions, "");
  for (const message of ["hello", "", "\u00e4\u20ac", "x".repeat(5000)]) {
    socket.send(message);
    const [data, binary] = await next(socket, "message");
    assert.strictEqual(binary, false);
    assert.strictEqual(data.toString(), message);
  }
  socket.send(Buffer.from([0, 1, 255]));
  const [data, binary] = await next(socket, "message");
  assert.strictEqual(binary, true);
  assert.deepStrictEqual([...data], [0, 1, 255]);
  socket.close(1000);
  const [code] = await next(socket, "close");
  assert.strictEqual(code, 1000);
}

async function isRefused() {
  const socket = new WebSocket(url, { origin: "http://evil.example" });
  const [, response] = await next(socket, "unexpected-response");
  assert.strictEqual(response.statusCode, 403);
  socket.on("error", () => {});
  socket.terminate();
}

echoes().then(isRefused).catch((error) => {
  console.error(error);
  process.exit(1);
});
