// SPDX-License-Identifier: MIT
//
// Runs upshake-inspect, compiled to WebAssembly (../wasm), on files that are in
// memory.  Nothing here judges a handshake.
//
//   const program = await loadInspect(text)  // what upshake.wasm.txt holds
//   const { status, out, err } = program.run(args, files)
//
// `args` are the arguments, without the program's name.  `files` has a
// Uint8Array for each name; "-" is standard input.  Each run has an instance of
// its own, with at most 256 MiB of memory.  A run never throws: if the program
// stops in the middle, its status is 71, and `err` ends with a line that says
// so.
"use strict";

const INSPECT_FAILED = 71; // EX_OSERR, as if the program has no memory

// What ends a run from inside.
class InspectExit extends Error {
  constructor(status) {
    super("exit");
    this.status = status;
  }
}

// The text is a line of comment, and gzip as base64.
function decodeInspect(text) {
  const letters = atob(text.replace(/^\s*#.*$/gm, "").replace(/\s+/g, ""));
  const packed = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const gzip = new DecompressionStream("gzip");
  return new Response(
    new Blob([packed]).stream().pipeThrough(gzip),
  ).arrayBuffer();
}

// The bytes that were written to one file.
class InspectOutput {
  constructor() {
    this.pieces = [];
  }

  add(bytes) {
    this.pieces.push(bytes.slice());
  }

  text() {
    const decoder = new TextDecoder();
    const parts = this.pieces.map((piece) =>
      decoder.decode(piece, { stream: true }),
    );
    return parts.join("") + decoder.decode();
  }
}

// The system that the program sees: its files, its output and its end.
class InspectSystem {
  constructor(files) {
    this.files = files;
    this.outputs = { 1: new InspectOutput(), 2: new InspectOutput() };
    this.opened = new Map();
    this.opened.set(0, { bytes: files["-"] || new Uint8Array(0), at: 0 });
  }

  bytes(at, length) {
    return new Uint8Array(this.memory.buffer, at, length);
  }

  open(at, length) {
    const name = new TextDecoder().decode(this.bytes(at, length));
    if (!Object.hasOwn(this.files, name)) return -1;
    const number = 2 + this.opened.size; // 0, 1 and 2 are taken
    this.opened.set(number, { bytes: this.files[name], at: 0 });
    return number;
  }

  read(number, at, length) {
    const file = this.opened.get(number);
    const piece = file.bytes.subarray(file.at, file.at + length);
    this.bytes(at, piece.length).set(piece);
    file.at += piece.length;
    return piece.length;
  }

  write(number, at, length) {
    this.outputs[number].add(this.bytes(at, length));
  }

  imports() {
    return {
      open: (...args) => this.open(...args),
      read: (...args) => this.read(...args),
      write: (...args) => this.write(...args),
      exit: (status) => {
        throw new InspectExit(status);
      },
    };
  }

  // Puts bytes into new memory.
  place(exports, bytes) {
    const at = exports.malloc(bytes.length);
    if (at === 0) throw new Error("out of memory");
    this.bytes(at, bytes.length).set(bytes);
    return at;
  }

  // Makes argc and argv, and calls main.
  main(exports, args) {
    this.memory = exports.memory;
    const places = ["upshake-inspect", ...args].map((text) =>
      this.place(exports, new TextEncoder().encode(text + "\0")),
    );
    const pointers = new DataView(new ArrayBuffer(4 * (places.length + 1)));
    places.forEach((at, i) => pointers.setUint32(4 * i, at, true));
    const argv = this.place(exports, new Uint8Array(pointers.buffer));
    return exports.run(places.length, argv);
  }

  result(status) {
    return {
      status,
      out: this.outputs[1].text(),
      err: this.outputs[2].text(),
    };
  }
}

function runInspect(module, args, files) {
  const system = new InspectSystem(files || {});
  try {
    const imports = { page: system.imports() };
    const instance = new WebAssembly.Instance(module, imports);
    return system.result(system.main(instance.exports, args));
  } catch (error) {
    if (error instanceof InspectExit) return system.result(error.status);
    const failed = system.result(INSPECT_FAILED);
    failed.err += `upshake-inspect: stopped: ${error.message}\n`;
    return failed;
  }
}

async function loadInspect(text) {
  const module = await WebAssembly.compile(await decodeInspect(text));
  return { run: (args, files) => runInspect(module, args, files) };
}
