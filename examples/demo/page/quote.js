// SPDX-License-Identifier: MIT
//
// Bytes and words in the syntax of a shell and of C.

const octal = (letter) =>
  "\\" + letter.charCodeAt(0).toString(8).padStart(3, "0");

// One word of sh.
const shellWord = (word) => /^[\w./:@%+=,-]+$/.test(word)
  ? word : "'" + word.replace(/'/g, "'\\''") + "'";

const ESCAPES = { "\r": "\\r", "\n": "\\n", "\t": "\\t", "\\": "\\\\" };
const escapeByte = (letter) => ESCAPES[letter] || octal(letter);

// The format of printf in sh: lines of the command are lines of the head.
function printfWord(bytes) {
  const escaped = textOfBytes(bytes).replace(/[^ -[\]-~]/g, escapeByte)
    .replace(/%/g, "%%").replace(/'/g, "'\\''");
  return "'" + escaped + "'";
}

const printfBytes = (bytes) => "printf " + printfWord(bytes)
  .replace(/\\n(?=[^'])/g, "\\n'\\\n'");

// A string of C: a line for each line of the head.  A question mark could
// begin a trigraph.
function stringOfC(bytes, indent) {
  const lines = textOfBytes(bytes).match(/[^\n]*\n|[^\n]+$/g) || [""];
  return lines.map((line) => indent + '"' + line
    .replace(/[^ -[\]-~]/g, escapeByte).replace(/"|(?<=\?)\?/g, "\\$&") + '"')
    .join("\n");
}
