// SPDX-License-Identifier: MIT
//
// npm ws as a server, for client.py and between.py: echoes.  At /greet it speaks
// first.
"use strict";
const { WebSocketServer } = require("ws");

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  perMessageDeflate: { threshold: 0 },
  handleProtocols: (offered) => (offered.has("chat") ? "chat" : false),
  verifyClient: ({ origin, req }, done) =>
    done(!origin || origin === `http://${req.headers.host}`, 403),
});

server.on("listening", () => {
  console.log(`listening on ${server.address().port}`);
});
server.on("connection", (socket, request) => {
  if (request.url === "/greet") socket.send("hello");
  socket.on("message", (data, binary) => socket.send(data, { binary }));
});
