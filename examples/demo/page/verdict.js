// SPDX-License-Identifier: MIT
//
// The verdict of upshake-inspect: status, sentence, rule, the marked byte, what
// to change, and the complete reply.

const OUTCOME_WORDS = { switched: "Switched", refused: "Refused",
  plain: "Plain, an ordinary request", other: "Other",
  incomplete: "Incomplete" };

// The words of the status line with which the server refuses.
function phraseOf(said) {
  const line = /^HTTP\/1\.1 \d+ (.*)\r\n/.exec(said.reply);
  return said.outcome === "refused" && line ? " " + line[1] : "";
}

const shortHeadline = (said) => (OUTCOME_WORDS[said.outcome] || said.outcome) +
  (said.status ? " " + said.status : "");
const headline = (said) => shortHeadline(said) + phraseOf(said);

const NO_REPLY = {
  plain: "The handshake writes no reply: the web server answers this " +
    "request as any other.",
  incomplete: "There is no reply yet.",
  other: "Both sides go on in HTTP.",
};

// The bytes and the arguments, so that the program can be asked the same.
function recordVerdict(scene, outcome) {
  const { said } = outcome;
  Object.assign(at("verdict").dataset, {
    outcome: said.outcome,
    error: said.error || "",
    offset: said.offset === null || said.offset === undefined
      ? "" : said.offset,
    side: outcome.side,
    request: hexOf(scene.request),
    response: hexOf(outcome.response),
    args: JSON.stringify(outcome.args),
  });
}

// The lines with the mark, as the program draws them.
const caretOf = (text) =>
  (text.match(/^ *\d* \|.*$/gm) || []).join("\n");

// What stands behind a mark has its own place if there is no room beside it.
function showCaret(text) {
  const marked = caretOf(text);
  say(at("caret"), "");
  at("caret").hidden = marked === "";
  marked.split("\n").forEach((line, i) => {
    const [, mark, words] = /^( +\| *\^+)?(.*)$/.exec(line);
    at("caret").append((i > 0 ? "\n" : "") + (mark || ""));
    if (mark && words) add(at("caret"), "span", words, "words");
    else at("caret").append(words);
  });
}

// How many lines of the hint are to be copied: the text says "Fix:" there.
function countFixes(text) {
  const found = /^Fix: .*\n(?: {5}.*\n)*/m.exec(text);
  return found ? found[0].trimEnd().split("\n").length : 0;
}

// A line whose next word would have fitted ends a paragraph.  Columns stay as
// they are.
const HINT_WIDTH = 68;

function addHint(lines) {
  let paragraph = "";
  let isColumn = false;
  lines.forEach((line, i) => {
    const [next] = (lines[i + 1] || "").split(" ");
    const isFull = next && line.length + next.length >= HINT_WIDTH;
    isColumn = /[^.:?!] {2,}\S/.test(line) || (isColumn && !isFull && !!line);
    paragraph += line;
    if (!isColumn && isFull) {
      paragraph += " ";
      return;
    }
    if (paragraph) add(at("change"), "p", paragraph, isColumn ? "column" : "");
    paragraph = "";
  });
}

function showChange(said, text) {
  const lines = (said.hint || "").split("\n");
  const fixes = lines.splice(0, countFixes(text));
  at("change").replaceChildren();
  at("change").hidden = at("change-title").hidden = !said.hint;
  if (fixes.length > 0) add(at("change"), "pre", fixes.join("\n")).tabIndex = 0;
  addHint(lines);
}

function showAlso(said) {
  at("also").replaceChildren();
  at("also").hidden = said.also.length === 0;
  for (const fault of said.also)
    add(at("also"), "li", "Also wrong: " + fault.sentence +
      (fault.rule ? " (" + fault.rule + ")" : ""));
}

function showVerdict(scene, outcome) {
  const { said, text } = outcome;
  recordVerdict(scene, outcome);
  at("verdict").replaceChildren();
  add(at("verdict"), "strong", headline(said) + ":");
  addWords(at("verdict"), " " + said.sentence);
  at("panel").dataset.outcome = said.outcome;
  showCaret(text);
  say(at("rule"), said.rule ? "The rule: " + said.rule : "");
  showChange(said, text);
  showAlso(said);
  say(at("no-reply"), NO_REPLY[said.outcome] || "");
  const reply = scene.broken === "live" && said.outcome !== "switched"
    ? outcome.response : bytesOfText(said.reply);
  say(at("full-reply"), editorText(reply).trimEnd());
  at("reply-box").hidden = reply.length === 0;
}
