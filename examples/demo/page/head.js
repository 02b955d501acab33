// SPDX-License-Identifier: MIT
//
// The lines of a head, to show them.  Whether they are right is not asked here.

// Returns the lines up to the empty one: their text, their first byte, their
// end, and the name and value if they look like a field.
function splitHead(bytes) {
  const text = textOfBytes(bytes);
  const lines = [];
  let start = 0;
  while (start < text.length) {
    const lf = text.indexOf("\n", start);
    const stop = lf < 0 ? text.length : lf + 1;
    const whole = text.slice(start, stop);
    const line = lineOf(whole, start, lines.length);
    if (line.text === "") return { lines, end: stop };
    lines.push(line);
    start = stop;
  }
  return { lines, end: text.length };
}

function lineOf(whole, start, index) {
  const end = (whole.match(/\r?\n$/) || [""])[0];
  const text = whole.slice(0, whole.length - end.length);
  const colon = index > 0 ? text.indexOf(":") : -1;
  const name = colon > 0 ? text.slice(0, colon) : "";
  const value = colon > 0 ? text.slice(colon + 1).trim() : "";
  const valueStart = start +
    (value ? text.indexOf(value, colon + 1) : colon + 1);
  return { whole, text, start, end, name, value, valueStart };
}

const isNamed = (line, name) => line.name.toLowerCase() === name.toLowerCase();
const findLine = (head, name) => head.lines.find((line) => isNamed(line, name));

function valueIn(head, name) {
  const line = findLine(head, name);
  return line ? line.value : "";
}

// The lines that are not in the sound head, and those of it that are gone.  A
// line that was changed has the same name, or is the first one, and is not
// gone.
function compareHeads(sound, head) {
  const isIn = (other, line) =>
    other.lines.some((each) => each.whole === line.whole);
  const count = (each, line) =>
    each.lines.filter((other) => isNamed(other, line.name)).length;
  const changed = head.lines.filter((line) => !isIn(sound, line));
  return {
    changed,
    was: (line) => line.start === 0 ? sound.lines[0]
      : findLine(sound, line.name),
    added: changed.filter((line) => count(head, line) > count(sound, line)),
    gone: sound.lines.filter((line) =>
      !isIn(head, line) && count(head, line) < count(sound, line)),
  };
}
