// SPDX-License-Identifier: MIT
//
// upshake-inspect in the page says what the program says: see wasm.sh.
//
// usage: node wasm.js CASES SOURCES FILE...
//
// CASES is what wasm.py writes, SOURCES has a name of a source file in each
// line, and each FILE is an upshake.wasm.txt.
"use strict";
const assert = require("assert");
const fs = require("fs");
const path = require("path");
const vm = require("vm");
const zlib = require("zlib");

const root = path.join(__dirname, "..", "..");
const script = path.join(root, "examples", "demo", "page", "inspect.js");
const [casesFile, sourcesFile, ...programFiles] = process.argv.slice(2);
const cases = JSON.parse(fs.readFileSync(casesFile, "utf8"));

vm.runInThisContext(fs.readFileSync(script, "utf8"), script);
/* global loadInspect */

const bytesOf = (text) => new Uint8Array(Buffer.from(text, "base64"));
const readText = (file) => fs.readFileSync(path.join(root, file), "utf8");
const readForm = (name) =>
  fs.readFileSync(path.join(root, "tests", "forms", name));

// ---- The same words ---------------------------------------------------------

function itSaysWhatTheProgramSays(program) {
  for (const one of cases) {
    const files = {};
    for (const name of Object.keys(one.files))
      files[name] = bytesOf(one.files[name]);
    const { args, status, out, err } = one;
    const got = program.run(args, files);
    assert.deepStrictEqual({ args, ...got }, { args, status, out, err });
  }
  assert.ok(cases.length > 3000, `only ${cases.length} cases`);
}

// ---- What the page cannot do ------------------------------------------------

function itSaysWhatItLeavesOut(program) {
  const stdin = new Uint8Array(readForm("raw"));
  for (const args of [
    ["--listen", "8080"],
    ["--probe", "ws://a"],
  ]) {
    const { status, out, err } = program.run(args, { "-": stdin });
    assert.strictEqual(status, 64);
    assert.strictEqual(out, "");
    assert.match(err, /^upshake-inspect: this build has no network: .*\n$/);
  }
  const { status, out } = program.run(["--help"], {});
  assert.strictEqual(status, 0);
  assert.match(out, /^This build is part of a page\..*\n$/);
  const pcap = new Uint8Array([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]);
  assert.match(
    program.run([], { "-": pcap }).out,
    /^REFUSED.*: no request: this is a pcap file, which this build does not /,
  );
}

// ---- Memory -----------------------------------------------------------------

const MIB = 1 << 20;

function filled(length, byte) {
  const bytes = new Uint8Array(length).fill(byte);
  bytes.set(readForm("raw"));
  return bytes;
}

function itTakesFourMebibytes(program) {
  for (const byte of [0x41, 0x0a, 0])
    for (const args of [
      [],
      ["--json"],
      ["--from", "tcpdump"],
      ["--from", "curl"],
      ["--from", "devtools"],
      ["--from", "follow"],
      ["--feed", "1", "--head-max", "9999999"],
    ]) {
      const got = program.run(args, { "-": filled(4 * MIB, byte) });
      assert.ok([0, 1, 2, 3].includes(got.status), `${args}: ${got.err}`);
      assert.strictEqual(got.err, "");
    }
}

function itSaysThatMemoryIsShort(program) {
  const files = { "-": filled(100 * MIB, 0x0a) };
  const got = program.run(["--from", "tcpdump"], files);
  assert.strictEqual(got.status, 71);
  assert.strictEqual(got.err, "upshake-inspect: out of memory\n");
  const long = program.run(["a".repeat(300 * MIB)], {});
  assert.strictEqual(long.status, 71);
  assert.match(long.err, /^upshake-inspect: stopped: out of memory\n$/);
}

// A module whose malloc and run are one function, which cannot go on.
async function itSaysThatTheProgramStopped() {
  const module = [
    "0061736d01000000", // "asm", version 1
    "01060160017f017f", // a type: (i32) -> i32
    "03020100", // a function of it
    "0503010001", // a memory of a page
    "071903066d656d6f72790200", // exports: memory,
    "066d616c6c6f630000", // malloc
    "0372756e0000", // and run
    "0a05010300000b", // unreachable
  ].join("");
  const packed = zlib.gzipSync(Buffer.from(module, "hex")).toString("base64");
  const got = (await loadInspect(`# a trap\n${packed}\n`)).run([], {});
  assert.strictEqual(got.status, 71);
  assert.strictEqual(got.out, "");
  assert.match(got.err, /^upshake-inspect: stopped: unreachable.*\n$/);
}

// ---- Formats ----------------------------------------------------------------

const KNOWN = [
  /^%-?(\d+|\*)?(\.(\d+|\*))?s$/,
  /^%-?0?(\d+|\*)?(l?l|z)?[duxX]$/,
  /^%c$/,
  /^%%$/,
];

const CONVERSION = /%[-+ #0-9.*]*(?:hh?|ll?|[zjtL])?[a-zA-Z%]/g;

// The conversions in the literals of the calls that format.
function conversionsIn(source) {
  const found = [];
  const calls = /\b(?:\w*printf|note_add)\(((?:"(?:\\.|[^"\\])*"|[^";])*);/g;
  for (const [, call] of source.matchAll(calls))
    for (const [literal] of call.matchAll(/"(?:\\.|[^"\\])*"/g))
      found.push(...(literal.match(CONVERSION) || []));
  return found;
}

function itKnowsEachFormat() {
  const sources = fs.readFileSync(sourcesFile, "utf8").trim().split("\n");
  const all = sources.flatMap((file) => conversionsIn(readText(file)));
  assert.ok(all.length > 100, `only ${all.length} conversions`);
  for (const one of all)
    assert.ok(
      KNOWN.some((known) => known.test(one)),
      `examples/demo/wasm/output.c does not know ${one}`,
    );
}

// ---- All of it --------------------------------------------------------------

const tests = [
  itSaysWhatTheProgramSays,
  itSaysWhatItLeavesOut,
  itTakesFourMebibytes,
  itSaysThatMemoryIsShort,
  itSaysThatTheProgramStopped,
  itKnowsEachFormat,
];

async function testAll() {
  for (const file of programFiles) {
    const program = await loadInspect(fs.readFileSync(file, "utf8"));
    for (const test of tests) {
      const started = Date.now();
      await test(program);
      console.log("ok", test.name, `${Date.now() - started} ms`);
    }
  }
  console.log(`${cases.length} command lines, the same words`);
}

testAll().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
