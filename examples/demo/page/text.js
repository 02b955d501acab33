// SPDX-License-Identifier: MIT
//
// Bytes as text: as they are shown, as they are edited, as hexadecimal digits.

const encodeText = (text) => new TextEncoder().encode(text);

// Byte N becomes code point N, and back.
const textOfBytes = (bytes) =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const bytesOfText = (text) =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));

const hexOfByte = (byte) => byte.toString(16).padStart(2, "0");
const hexOf = (bytes, between = "") =>
  Array.from(bytes, hexOfByte).join(between);

function joinBytes(first, second) {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

// Returns null if these are not pairs of digits.
function bytesOfHex(text) {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return null;
  const pairs = digits.match(/../g) || [];
  return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
}

const bytesOfBase64 = (text) => bytesOfText(atob(text));
const base64OfBytes = (bytes) => btoa(textOfBytes(bytes));

// A byte that cannot be shown becomes \xHH.
const printable = (text) => text.replace(/[^ -~]/g, (letter) =>
  "\\x" + hexOfByte(letter.charCodeAt(0)));

// ---- The editor ------------------------------------------------------------
// A line end in the editor is CR LF.  Other bytes are written as escapes; the
// line end behind \n is only for the eye.

function editorText(bytes) {
  return textOfBytes(bytes).replace(/\r\n|[^ -[\]-~]/g, (part) => {
    if (part === "\r\n") return "\n";
    if (part === "\n") return "\\n\n";
    if (part === "\r") return "\\r";
    if (part === "\t") return "\\t";
    if (part === "\\") return "\\\\";
    return "\\x" + hexOfByte(part.charCodeAt(0));
  });
}

const EDITOR_PART = /\\r\\n\n?|\\n\n?|\\[rt\\]|\\x[0-9a-f]{2}|\r?\n/gi;

function bytesOfPart(part) {
  if (part === "\n" || part === "\r\n") return "\r\n";
  if (/^\\x/i.test(part))
    return String.fromCharCode(parseInt(part.slice(2), 16));
  if (part.startsWith("\\r\\n")) return "\r\n";
  return { n: "\n", r: "\r", t: "\t", "\\": "\\" }[part[1].toLowerCase()];
}

function bytesOfEditor(text) {
  const utf8 = textOfBytes(encodeText(text));
  return bytesOfText(utf8.replace(EDITOR_PART, bytesOfPart));
}
