// SPDX-License-Identifier: MIT
//
// The clients of npm that have the interface of browsers (WHATWG WebSockets):
// undici, websocket, faye-websocket.  Each opens with two sub-protocols
// offered, echoes text and bytes, closes; and a page of elsewhere is refused.
//
// usage: w3c_client.js undici|websocket|faye-websocket HOST PORT [deflate]
//
// With "deflate" the server has to agree to permessage-deflate, where the
// client can do it; without, it has to agree to nothing.
"use strict";
const assert = require("assert");
const { messages, checked } = require("./messages.js");

const [name, host, port, deflate] = process.argv.slice(2);
const url = `ws://${host}:${port}/node?from=${name}`;

// How each is opened, and what the server agreed to.
const clients = {
  undici: {
    deflates: true,
    open(protocols, origin) {
      const { WebSocket } = require("undici");
      return new WebSocket(url, { protocols, headers: origin });
    },
    extensions: (socket) => socket.extensions,
  },
  websocket: {
    deflates: false,
    dropsEmpty: true, // an empty message is no event there
    open(protocols, origin) {
      const { w3cwebsocket } = require("websocket");
      return new w3cwebsocket(url, protocols, origin && origin.origin);
    },
    extensions: () => "",
  },
  "faye-websocket": {
    deflates: true,
    open(protocols, headers) {
      const { Client } = require("faye-websocket");
      const extensions = [require("permessage-deflate")];
      return new Client(url, protocols, { headers, extensions });
    },
    extensions: (socket) => socket.headers["sec-websocket-extensions"] || "",
  },
};
const client = clients[name];

// The next event with that name; any other end of the connection fails.
function next(socket, event) {
  return new Promise((resolve, reject) => {
    socket.onmessage = socket.onopen = socket.onerror = null;
    socket.onclose = (closed) => reject(new Error(`closed ${closed.code}`));
    socket["on" + event] = resolve;
  });
}

async function bytesOf(data) {
  if (typeof data === "string") return data;
  return Buffer.from(data instanceof Blob ? await data.arrayBuffer() : data);
}

async function echoes() {
  const socket = client.open(["other", "chat"]);
  socket.binaryType = "arraybuffer";
  await next(socket, "open");
  assert.strictEqual(socket.protocol, "chat");
  const agreed = client.extensions(socket);
  const expected = deflate && client.deflates ? /^permessage-deflate/ : /^$/;
  assert.match(agreed, expected);
  for (const message of messages) {
    if (client.dropsEmpty && message.length === 0) continue;
    socket.send(message);
    const { data } = await next(socket, "message");
    assert.deepStrictEqual(await bytesOf(data), message);
  }
  socket.close(1000);
  const { code } = await next(socket, "close");
  assert.strictEqual(code, 1000);
  checked("101", "sub-protocol", "close");
  if (agreed) checked("deflate");
  return agreed;
}

async function isRefused() {
  const socket = client.open(["chat"], { origin: "http://evil.example" });
  const opened = await new Promise((resolve) => {
    socket.onopen = () => resolve(true);
    socket.onclose = socket.onerror = () => resolve(false);
  });
  assert(!opened, "a foreign origin was let through");
  checked("refusal");
}

// A promise that is forgotten ends the program early: not with a success.
process.exitCode = 1;
echoes().then(async (agreed) => {
  await isRefused();
  console.log("echoed;", agreed || "no extension");
  process.exit(0);
}).catch((error) => {
  console.error(error);
  process.exit(1);
});
