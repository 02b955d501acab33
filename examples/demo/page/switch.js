// SPDX-License-Identifier: MIT
//
// Runs both judges, and says which steps and ticks their verdicts reach.  The
// judges are upshake-inspect: here its verdicts are only sorted.

// Both forms of one verdict: the object for scripts, and the text for people.
function runInspectTwice(program, args, files) {
  const text = program.run(args, files);
  const begin = performance.now();
  const { out, err } = program.run(["--json", ...args], files);
  const took = performance.now() - begin;
  const said = out === ""
    ? { outcome: "incomplete", status: 0, sentence: err.trim(), also: [],
      reply: "", consumed: 0 }
    : JSON.parse(out);
  // A plain request has its cause in the text only.
  const cause = /^\(.*?([A-Z][A-Z0-9_]+)(?:, byte \d+)?\)\s*$/m.exec(text.out);
  said.cause = said.error || (cause && said.outcome !== "switched"
    ? cause[1] : "");
  return { said, took, text: text.out, args: ["--json", ...args] };
}

const judgeRequest = (program, scene) =>
  runInspectTwice(program, ["--strict", ...scene.args],
    { "-": scene.request });

const judgeReply = (program, scene, response) =>
  runInspectTwice(program, ["--strict", "--client", ...scene.clientArgs,
    "--request", "request"], { request: scene.request, "-": response });

// ---- Where a fault belongs -------------------------------------------------

const TICK_OF_CAUSE = [
  [/^(METHOD|PASSED_OVER_METHOD)/, "get"],
  [/^HTTP_(1_0|VERSION)/, "version11"],
  [/^HOST_/, "host"],
  [/^(NO_UPGRADE|NOT_SUPPORTED|PROTOCOL_UNKNOWN|PROXY_TOOK)/, "upgrade"],
  [/^(NO_CONNECTION|CONNECTION_)/, "connection"],
  [/^VERSION_/, "version13"],
  [/^KEY_/, "key"],
  [/^(BODY|PASSED_OVER_BODY|LENGTH_|CODING_)/, "body"],
  [/^ORIGIN_/, "origin"],
];

const STEP_OF_CAUSE = [
  [/^ACCEPT_/, 6],
  [/^(UPGRADE|CONNECTION|SUBPROTOCOL|EXTENSION)_/, 5],
];

const findCause = (table, cause, otherwise) =>
  (table.find(([pattern]) => pattern.test(cause)) || [null, otherwise])[1];

function failedStep(server, client) {
  if (server.said.outcome === "incomplete") return 1;
  if (server.said.outcome !== "switched") return 3;
  if (client.said.outcome === "switched") return 0;
  return findCause(STEP_OF_CAUSE, client.said.cause, 4);
}

// A rule that no fault names was checked only if the whole head was read.
function ticksOf(said, headEnd) {
  const causes = [said.cause, ...said.also.map((fault) => fault.error)];
  const failed = causes.map((cause) => findCause(TICK_OF_CAUSE, cause, ""));
  const others = said.consumed >= headEnd && said.outcome !== "incomplete"
    ? "done" : "unknown";
  const states = {};
  for (const { name } of ticks)
    states[name] = failed.includes(name) ? "failed" : others;
  return states;
}

// ---- Both together ---------------------------------------------------------

// Returns what the whole page shows of a scene.
function judgeScene(program, scene) {
  const server = judgeRequest(program, scene);
  const agrees = server.said.outcome === "switched";
  const response = scene.response ||
    (agrees ? bytesOfText(server.said.reply) : scene.soundReply);
  const client = agrees ? judgeReply(program, scene, response) : null;
  const { said, text, args } = client || server;
  const verified = server.took;
  const checked = verified + (client ? client.took : 0);
  const took = [0, 0, verified, verified, verified, checked, checked];
  return {
    server, client, said, text, args, response,
    side: client ? "client" : "server",
    failed: failedStep(server, client),
    ticks: ticksOf(server.said, splitHead(scene.request).end),
    times: scene.times || took,
  };
}
