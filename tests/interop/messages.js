// SPDX-License-Identifier: MIT
//
// What the clients of npm send, and want back: nothing, the three lengths of
// a frame, more than ASCII, bytes; what deflates well, twice, and what does
// not.
"use strict";
const crypto = require("crypto");

module.exports = [
  "hello",
  "",
  "\u00e4\u20ac\u{1f600}",
  "x".repeat(5000),
  "x".repeat(5000),
  "0123456789".repeat(7000),
  Buffer.from([0, 1, 255]),
  crypto.randomBytes(3000),
];
