// SPDX-License-Identifier: MIT
// HTTP/2 against upshake-h2-websocket: run by test_h2_websocket.py.
"use strict";
const http2 = require("http2");
const assert = require("assert");
const port = Number(process.argv[process.argv.length - 1]);
const session = http2.connect(`https://localhost:${port}`, {
  lookup: (host, options, done) =>
    options.all ? done(null, [{ address: "127.0.0.1", family: 4 }])
      : done(null, "127.0.0.1", 4),
});
const CLOSE = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 3, 0xe8]);
const CLOSED = Buffer.from([0x88, 2, 3, 0xe8]);
const base = {
  ":method": "CONNECT", ":protocol": "websocket", ":scheme": "https",
  ":authority": `localhost:${port}`, "sec-websocket-version": "13",
};

const sized = (length, mask) =>
  length < 126 ? Buffer.from([0x81, mask | length])
    : length < 65536 ? Buffer.from([0x81, mask | 126, length >> 8,
      length & 255])
      : Buffer.from([0x81, mask | 127, 0, 0, 0, 0, length >>> 24,
        length >> 16 & 255, length >> 8 & 255, length & 255]);
const unmasked = (text) =>
  Buffer.concat([sized(text.length, 0), Buffer.from(text)]);
function masked(text) {
  const key = Buffer.from([1, 2, 3, 4]);
  const content = Buffer.from(text).map((byte, i) => byte ^ key[i % 4]);
  return Buffer.concat([sized(text.length, 0x80), key, content]);
}

// A request and its answer: head, rest and code become what has arrived.
function ask(fields, options) {
  const stream = session.request(fields, options);
  const it = { stream, content: Buffer.alloc(0) };
  stream.on("error", () => {});
  it.head = new Promise((done, fail) => {
    stream.on("response", done);
    stream.on("close", () => fail(new Error(`reset ${stream.rstCode}`)));
  });
  it.head.catch(() => {});
  it.end = new Promise((done) => stream.on("end", () => done(it.content)));
  it.code = new Promise((done) =>
    stream.on("close", () => done(stream.rstCode)));
  stream.on("data", (piece) => {
    it.content = Buffer.concat([it.content, piece]);
    stream.emit("more");
  });
  it.read = async (length) => {
    while (it.content.length < length)
      await new Promise((done) => stream.once("more", done));
    const taken = it.content.subarray(0, length);
    it.content = it.content.subarray(length);
    return taken;
  };
  return it;
}

const connect = (path, more) =>
  ask({ ...base, ":path": path, ...more }, { endStream: false });

async function echoes(path, message) {
  const it = connect(path);
  const head = await it.head;
  assert.strictEqual(head[":status"], 200);
  assert.ok(!("sec-websocket-accept" in head));
  it.stream.write(masked(message));
  const echo = unmasked(message);
  assert.ok((await it.read(echo.length)).equals(echo));
  return it;
}

// The stream ends when both sides have sent Close.
async function closes(it) {
  it.stream.write(CLOSE);
  assert.ok((await it.end).equals(CLOSED));
  it.stream.end();
  assert.strictEqual(await it.code, http2.constants.NGHTTP2_NO_ERROR);
}

async function refuses(more, status, less = []) {
  const fields = { ...base, ":path": "/", ...more };
  less.forEach((name) => delete fields[name]);
  const it = ask(fields, { endStream: false });
  const head = await it.head;
  assert.strictEqual(head[":status"], status);
  it.stream.end();
  await it.end;
  return head;
}

async function resets(more) {
  const it = connect("/", more);
  assert.strictEqual(await it.code, http2.constants.NGHTTP2_PROTOCOL_ERROR);
}

const tests = {
  async allows_extended_connect() {
    if (session.remoteSettings.enableConnectProtocol !== true)
      await new Promise((done) => session.once("remoteSettings", done));
    assert.strictEqual(session.alpnProtocol, "h2");
    assert.strictEqual(session.remoteSettings.enableConnectProtocol, true);
  },
  async echoes() {
    const it = await echoes("/node/echo", "hello");
    it.stream.write(Buffer.concat([masked("a"), masked("b")]));
    const both = Buffer.concat([unmasked("a"), unmasked("b")]);
    assert.ok((await it.read(both.length)).equals(both));
    await closes(it);
  },
  async takes_frames_before_its_answer() {
    const it = connect("/node/early");
    it.stream.write(masked("early"));
    assert.ok((await it.read(7)).equals(unmasked("early")));
    await closes(it);
  },
  async opens_two_at_once() {
    const [one, two] = await Promise.all([
      echoes("/node/two", "one"), echoes("/node/two", "two")]);
    two.stream.write(masked("again"));
    assert.ok((await two.read(7)).equals(unmasked("again")));
    await closes(one);
    two.stream.write(masked("still"));
    assert.ok((await two.read(7)).equals(unmasked("still")));
    await closes(two);
  },
  async echoes_more_than_a_window() {
    const message = "0123456789".repeat(30000);
    const it = await echoes("/node/large", message);
    for (let i = 0; i < 10; i++) it.stream.write(masked(message));
    const echo = unmasked(message);
    for (let i = 0; i < 10; i++)
      assert.ok((await it.read(echo.length)).equals(echo));
    await closes(it);
  },
  async stops_a_client_that_does_not_read() {
    const it = connect("/node/stopped");
    await it.head;
    it.stream.pause();
    const frame = masked("x".repeat(60000));
    for (let i = 0; i < 30; i++) it.stream.write(frame);
    await closes(await echoes("/node/beside", "not stopped"));
    assert.ok(it.stream.writableLength > 0, "it takes everything");
    it.stream.resume();
    const echo = unmasked("x".repeat(60000));
    for (let i = 0; i < 30; i++)
      assert.ok((await it.read(echo.length)).equals(echo));
    await closes(it);
  },
  async ends_when_the_client_ends() {
    const it = await echoes("/node/ended", "hello");
    it.stream.end();
    assert.strictEqual((await it.end).length, 0);
    assert.strictEqual(await it.code, http2.constants.NGHTTP2_NO_ERROR);
  },
  async ends_behind_the_last_echo() {
    const message = "0123456789".repeat(30000);
    const it = connect("/node/last");
    await it.head;
    it.stream.end(Buffer.concat([masked(message), masked("a")]));
    const all = Buffer.concat([unmasked(message), unmasked("a")]);
    assert.ok((await it.end).equals(all));
    assert.strictEqual(await it.code, http2.constants.NGHTTP2_NO_ERROR);
  },
  async opens_more_than_it_allows_at_once() {
    const all = Array.from({ length: 60 }, async (_, i) =>
      closes(await echoes("/node/many", `message ${i}`)));
    await Promise.all(all);
  },
  async ends_when_a_frame_is_wrong() {
    const it = await echoes("/node/wrong", "hello");
    it.stream.write(unmasked("hello"));
    assert.ok((await it.end).subarray(0, 4).equals(
      Buffer.from([0x88, 2, 3, 0xea])));
    it.stream.end();
    await it.code;
  },
  async survives_a_reset() {
    const it = await echoes("/node/reset", "hello");
    it.stream.close(http2.constants.NGHTTP2_CANCEL);
    await it.code;
    await closes(await echoes("/node/after", "hello"));
  },
  async refuses() {
    await refuses({ ":protocol": "unknown" }, 501);
    const missing = await refuses({}, 400, ["sec-websocket-version"]);
    assert.strictEqual(missing["sec-websocket-version"], "13");
    const wrong = await refuses({ "sec-websocket-version": "8" }, 400);
    assert.strictEqual(wrong["sec-websocket-version"], "13");
    await refuses({ origin: "https://evil.example" }, 403);
    await refuses({ cookie: "a".repeat(9000) }, 431);
  },
  async resets_what_is_malformed() {
    await resets({ host: "other.example" });
    await resets({ ":authority": "localhost:99999" });
    await resets({ ":protocol": "websocket, tcp" });
    await resets({ ":scheme": "wss" });
  },
  async answers_ordinary_requests() {
    const page = ask({ ":path": "/" });
    assert.strictEqual((await page.head)[":status"], 200);
    assert.match(String(await page.end), /new WebSocket\(/);
    const none = ask({ ":path": "/none" });
    assert.strictEqual((await none.head)[":status"], 404);
    const post = ask({ ":method": "POST", ":path": "/" },
      { endStream: false });
    assert.strictEqual((await post.head)[":status"], 404);
    post.stream.end("x".repeat(100000));
    await post.end;
  },
};

(async () => {
  for (const [name, test] of Object.entries(tests)) {
    const limit = setTimeout(() => {
      console.error("FAIL node takes too long:", name);
      process.exit(1);
    }, 20000);
    await test();
    clearTimeout(limit);
    console.log("ok node", name);
  }
  session.close();
})().catch((error) => {
  console.error("FAIL node", error);
  process.exit(1);
});
