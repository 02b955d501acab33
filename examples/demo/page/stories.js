// SPDX-License-Identifier: MIT
//
// What the page tells, as data: a sound request for each protocol, and the
// words for each step.

// This page is served by the demo, or lies on a disk.
const isServed = /^https?:$/.test(location.protocol);
const HOST = isServed ? location.host : "127.0.0.1:8080";
const isSecure = location.protocol === "https:";
const ORIGIN = isServed ? location.origin : "http://" + HOST;

const shared = {
  request: "Every web request begins like this: a line that says what is " +
    "wanted, then fields, one on each line, with a name and a value. An " +
    "empty line ends it. So far this is ordinary HTTP/1.1.",
  offer: "Two fields ask for another protocol. Upgrade names it. Connection " +
    "says that Upgrade is meant for the next machine on the way; without " +
    "it a proxy may drop the other field, and the server ignores it.",
  verify: "The server must not guess: each rule is checked before it gives " +
    "up HTTP. A request that breaks a rule is refused. A request that does " +
    "not ask properly is served as if it had not asked.",
  agree: "Status 101 says yes. This reply is the server's last HTTP message " +
    "on this connection. Its first line stands here; all its fields are in " +
    "the complete reply. Any other status means that both go on in HTTP.",
  name: "The server chooses from what the client offered. It may take less, " +
    "never something else.",
  check: "No message is sent: the client checks the reply, and begins. The " +
    "reply must be a 101, and have Upgrade and Connection. This protocol has " +
    "no key, so there is nothing to compute.",
};

const stories = {
  websocket: {
    about: "Chats, games and live pages: browsers open WebSockets this way.",
    args: ["--subprotocol", "chat"],
    request: [
      "GET /chat HTTP/1.1",
      "Host: " + HOST,
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Protocol: chat",
      "Origin: " + ORIGIN,
    ],
    offers: ["Upgrade", "Connection", "Sec-WebSocket-Key",
      "Sec-WebSocket-Version", "Sec-WebSocket-Protocol",
      "Sec-WebSocket-Extensions"],
    captions: [
      shared.request,
      shared.offer + " The key is 16 random bytes; the version is always 13.",
      shared.verify,
      shared.agree,
      shared.name + " A sub-protocol is what the messages mean; an extension " +
        "changes how they travel.",
      "No message is sent: the client checks the reply, and begins. It " +
        "joins its key and a fixed text, hashes them with SHA-1, and writes " +
        "the hash in base64. If Sec-WebSocket-Accept says the same, the " +
        "server has read this very handshake: no cache and no other kind of " +
        "server could know the answer.",
      "The byte behind the empty line is not HTTP any more. It begins the " +
        "first frame: a header, four bytes of mask, and the text, each byte " +
        "combined with a byte of the mask. The server sends no mask: its " +
        "frame with the same text is the last line.",
    ],
  },
  echo: {
    about: "Upgrade is not only for WebSocket: any name will do that both " +
      "sides know. This one sends back what it gets.",
    args: ["--protocol", "echo"],
    request: [
      "GET /echo HTTP/1.1",
      "Host: " + HOST,
      "Upgrade: echo",
      "Connection: Upgrade",
    ],
    offers: ["Upgrade", "Connection"],
    captions: [shared.request, shared.offer, shared.verify, shared.agree,
      shared.name, shared.check,
      "The byte behind the empty line is not HTTP any more. In this protocol " +
        "bytes are just bytes: no frames, no mask."],
  },
  h2c: {
    about: "HTTP/2 without TLS once began this way. RFC 9113 has retired it; " +
      "curl can still ask for it.",
    args: ["--protocol", "h2c"],
    request: [
      "GET / HTTP/1.1",
      "Host: " + HOST,
      "Upgrade: h2c",
      "Connection: Upgrade, HTTP2-Settings",
      "HTTP2-Settings: AAIAAAAA",
    ],
    offers: ["Upgrade", "Connection", "HTTP2-Settings"],
    captions: [shared.request,
      shared.offer + " HTTP2-Settings has the first settings of the client, " +
        "and is meant for the next machine too.",
      shared.verify, shared.agree, shared.name, shared.check,
      "The byte behind the empty line is not HTTP/1.1 any more. The client " +
        "sends the preface of HTTP/2 and its settings; the server answers " +
        "the request in HTTP/2."],
  },
  tcp: {
    about: "docker attach asks its server for a raw stream to a container.",
    args: ["--protocol", "tcp,method=POST,body=consume"],
    request: [
      "POST /containers/x/attach?stream=1&stdin=1&stdout=1 HTTP/1.1",
      "Host: " + HOST,
      "Upgrade: tcp",
      "Connection: Upgrade",
      "Content-Length: 0",
    ],
    offers: ["Upgrade", "Connection"],
    captions: [shared.request, shared.offer, shared.verify, shared.agree,
      shared.name, shared.check,
      "The byte behind the empty line is not HTTP any more. What is typed " +
        "goes to the container, and what it prints comes back."],
  },
};

const messageOf = (lines, body = "") =>
  bytesOfText(lines.join("\r\n") + "\r\n\r\n" + body);
