// SPDX-License-Identifier: MIT
//
// What the clients of npm send, and want back: nothing, the three lengths of
// a frame, more than ASCII, bytes; what deflates well, twice, and what does
// not.  And how a client says which features it has checked: see clients.tsv.
"use strict";
const crypto = require("crypto");

const messages = [
  "hello",
  "",
  "\u00e4\u20ac\u{1f600}",
  "x".repeat(5000),
  "x".repeat(5000),
  "0123456789".repeat(7000),
  Buffer.from([0, 1, 255]),
  crypto.randomBytes(3000),
];

function checked(...features) {
  for (const feature of features) console.log("checked", feature);
}

module.exports = { messages, checked };
