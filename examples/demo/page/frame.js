// SPDX-License-Identifier: MIT
//
// Step 7: the first bytes of the new protocol, as hexadecimal digits.

// The mask of RFC 6455 5.7.  A client takes a new one for each frame.
const MASK = [0x37, 0xfa, 0x21, 0x3d];

// Parts of the bytes: the digits, a class, and what they say.
function webSocketFrame(text) {
  const content = encodeText(text).slice(0, 125);
  const length = hexOfByte(0x80 | content.length);
  const masked = content.map((byte, i) => byte ^ MASK[i % 4]);
  return [
    ["8", "fin", "FIN: the message ends with this frame"],
    ["1", "opcode", "opcode 1: text"],
    ...(content.length < 16
      ? [[length[0], "mask", "a mask is used, as by every client"],
        [length[1], "length", "length " + content.length]]
      : [[length, "length", "length " + content.length + ", and 80: a mask " +
        "is used, as by every client"]]),
    [hexOf(MASK, " "), "mask", "the mask"],
    [hexOf(masked, " "), "text", "\u201c" + text + "\u201d, each byte " +
      "combined with one of the mask (XOR)"],
  ];
}

// A server combines nothing.
function serverFrame(text) {
  const content = encodeText(text).slice(0, 125);
  return "81 " + hexOfByte(content.length) + " " + hexOf(content, " ");
}

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// So many letters fit in a line of a phone: such a group is not split.
const GROUP_KEPT = 17;

const firstBytes = {
  websocket: webSocketFrame,
  echo: (text) => [[hexOf(encodeText(text), " "), "text",
    "\u201c" + text + "\u201d, as it is"]],
  h2c: () => [
    [hexOf(bytesOfText(PREFACE), " "), "fin",
      "the preface: PRI * HTTP/2.0, and SM"],
    ["00 00 00", "length", "length 0"],
    ["04", "opcode", "type 4: SETTINGS"],
    ["00", "mask", "no flags"],
    ["00 00 00 00", "text", "stream 0: the connection"],
  ],
  tcp: (text) => [[hexOf(encodeText(text + "\n"), " "), "text",
    "\u201c" + text + "\u201d and a line feed, as it is"]],
};

// A label tells the parts apart for who does not see the colours: a digit in a
// circle, because digits and letters are the bytes.
const FIRST_LABEL = 0x2460;

function addPart([digits, className, meaning], label) {
  const isShort = digits.length <= GROUP_KEPT;
  add(add(at("frame-bytes"), "span", digits,
    className + (isShort ? " kept" : "")), "sup", label);
  add(add(at("frame-parts"), "dt", digits, className), "sup", label);
  add(at("frame-parts"), "dd", meaning);
}

// Two digits of one byte stand together, others apart.
function showFrame(tab) {
  const parts = firstBytes[tab](at("frame-text").value);
  let half = false;
  at("frame-bytes").replaceChildren();
  at("frame-parts").replaceChildren();
  at("frame-field").hidden = tab === "h2c";
  at("frame-note").hidden = scene.broken !== "live";
  add(at("frame-bytes"), "span", "\u2026 0d 0a 0d 0a", "soft");
  add(at("frame-parts"), "dt", "0d 0a 0d 0a", "soft");
  add(at("frame-parts"), "dd", "the empty line that ends the head");
  parts.forEach((part, i) => {
    if (!half) at("frame-bytes").append(" ");
    half = part[0].length === 1 && !half;
    addPart(part, String.fromCharCode(FIRST_LABEL + i));
  });
  if (tab !== "websocket") return;
  add(at("frame-parts"), "dt", serverFrame(at("frame-text").value), "answer");
  add(at("frame-parts"), "dd", "the same message from the server: no mask");
}
