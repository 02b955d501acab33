// SPDX-License-Identifier: MIT
//
// npm ws: opens a URL, sends a message, prints each message that comes, closes
// after the first one, and prints the code of the Close, or the status of a
// refusal.
//
// usage: ws_url.js URL MESSAGE [FIELD VALUE]...
//
// NODE_EXTRA_CA_CERTS names a file of certificates that it trusts.
"use strict";
const WebSocket = require("ws");

const [url, message, ...rest] = process.argv.slice(2);
const headers = {};
for (let i = 0; i < rest.length; i += 2) headers[rest[i]] = rest[i + 1];

const socket = new WebSocket(url, { headers });
socket.on("open", () => socket.send(message));
socket.on("message", (data) => {
  console.log(data.toString());
  socket.close(1000);
});
socket.on("close", (code) => console.log(code));
socket.on("unexpected-response", (request, response) => {
  console.log(response.statusCode);
  request.destroy();
});
socket.on("error", (error) => console.error(error.message));
