// SPDX-License-Identifier: MIT
//
// The codes with which a WebSocket closes (RFC 6455 7.4.1), in words.

const closeCodes = {
  1000: "normal: the work is done.",
  1001: "going away: the server stops, or the page is left.",
  1002: "protocol error: a frame broke a rule.",
  1003: "unsupported data: a kind of message that the other side does not " +
    "take.",
  1005: "no code: the Close frame had none.",
  1006: "abnormal: the connection ended without a Close frame. No side sends " +
    "this code; the browser reports it.",
  1007: "invalid data: a text that is not UTF-8, for instance.",
  1008: "against a policy of the other side.",
  1009: "too big: a message was longer than the other side takes.",
  1010: "an extension is missing that the client needs.",
  1011: "internal error: the server failed.",
  1012: "service restart: try again soon.",
  1013: "try again later: the server is overloaded.",
  1015: "TLS failed. No side sends this code; the browser reports it.",
};

function codeWords(code) {
  if (Object.hasOwn(closeCodes, code)) return closeCodes[code];
  if (code >= 4000) return "a code of the application.";
  return code >= 3000 ? "a registered code of a library." : "unknown.";
}
