// SPDX-License-Identifier: MIT
//
// The scene as a command: with curl, with upshake-client, or with printf if
// neither can send these bytes.

const isPrintable = (text) => /^[ -~]*$/.test(text);
const isField = (line) => /^[\w!#$%&'*+.^`|~-]+$/.test(line.name) &&
  isPrintable(line.text) && line.text === line.name + ": " + line.value;

// Returns the parts of a request that a client for HTTP can send, or why it
// cannot.
function readRequest(bytes) {
  const { lines, end } = splitHead(bytes);
  const start = /^([A-Z]+) (\/[!-~]*) HTTP\/1\.([01])$/.exec(
    lines.length > 0 ? lines[0].text : "");
  const hosts = lines.filter((line) => isNamed(line, "Host"));
  if (!textOfBytes(bytes.slice(0, end)).endsWith("\r\n\r\n") ||
      lines.some((line) => line.end !== "\r\n"))
    return { why: "ends each line with CR LF" };
  if (!start || start[2].includes("#"))
    return { why: "writes the request line itself" };
  if (!lines.slice(1).every(isField))
    return { why: "sends no such field line" };
  if (hosts.length !== 1) return { why: "sends exactly one Host" };
  return { method: start[1], target: start[2], minor: start[3],
    fields: lines.slice(1), host: hosts[0].value,
    body: textOfBytes(bytes.slice(end)) };
}

const joinCommand = (words) => words.join(" \\\n  ");

// What the server must speak, unless the demo speaks it anyway.
const serverNote = (tab) => tab === "h2c" || tab === "tcp"
  ? "# the server: upshake-demo --protocol " +
    stories[tab].args[1] + "\n" : "";

function pipeToServer() {
  const port = /:(\d+)$/.exec(HOST);
  const name = port ? HOST.slice(0, port.index) : HOST;
  return isSecure
    ? "openssl s_client -quiet -connect " + name + ":" + (port ? port[1] : 443)
    : "nc -w 2 " + name.replace(/[[\]]/g, "") + " " + (port ? port[1] : 80);
}

const rawCommand = (bytes, program, why) =>
  "# " + program + " " + why + ", so these are the bytes themselves.\n{ " +
  printfBytes(bytes) + "; sleep 1; } |\n  " + pipeToServer() + "\n";

// A wrong reply needs a wrong server.  The judge needs the bytes only.
const replyCommand = (program, request, response, args) =>
  "# " + program + ". The same verdict on the same bytes:\n" +
  printfBytes(request) + " >request\n" +
  printfBytes(response) + " >response\n" +
  ["upshake-inspect", "--client", ...args, "--request", "request", "response"]
    .map(shellWord).join(" ") + "\n";

// ---- curl ------------------------------------------------------------------

function curlBody(asked) {
  const length = asked.fields.find((line) => isNamed(line, "Content-Length"));
  const has = asked.body !== "";
  if (has && (!length || length.value !== String(asked.body.length) ||
      !isPrintable(asked.body) || asked.body.startsWith("@")))
    return null;
  return has ? ["-H Content-Type:", "--data-binary " + shellWord(asked.body)]
    : [];
}

// curl writes Host itself, and the length of a body.
function curlFields(asked) {
  const isOwn = (line) => (isNamed(line, "Host") && line.value === HOST) ||
    (asked.body !== "" && isNamed(line, "Content-Length"));
  return asked.fields.filter((line) => !isOwn(line)).map((line) => "-H " +
    shellWord(line.value === "" ? line.name + ";" : line.text));
}

function curlCommand(tab, bytes) {
  const asked = readRequest(bytes);
  const body = asked.why ? null : curlBody(asked);
  if (!body)
    return rawCommand(bytes, "curl", asked.why || "sends no such body");
  const isHead = asked.method === "HEAD";
  return joinCommand([
    "curl --http1." + asked.minor + " -i -N -m 2 -g --path-as-is" +
      (isHead ? " -I" : asked.method === "GET" && body.length === 0
        ? "" : " -X " + asked.method),
    ...curlFields(asked), ...body,
    shellWord((isSecure ? "https://" : "http://") + HOST + asked.target),
  ]) + "\n";
}

// ---- upshake-client --------------------------------------------------------

// What upshake-client sends if nothing else is said.
const clientFields = (tab) => ({
  host: HOST,
  upgrade: valueIn(splitHead(messageOf(stories[tab].request)), "Upgrade"),
  connection: tab === "h2c" ? "Upgrade, HTTP2-Settings" : "Upgrade",
  ...(tab === "websocket" ? { "sec-websocket-key": null,
    "sec-websocket-version": "13" } : {}),
  ...(tab === "h2c" ? { "http2-settings": "AAIAAAAA" } : {}),
  ...(tab === "tcp" ? { "content-length": "0" } : {}),
});

const isSoundKey = (value) => /^[A-Za-z0-9+/]{21}[AQgw]==$/.test(value);

function clientOption(line, usual) {
  const name = line.name.toLowerCase();
  const isUsual = Object.hasOwn(usual, name) && (usual[name] === null
    ? isSoundKey(line.value) : usual[name] === line.value);
  if (isUsual) return "";
  if (name === "origin") return "--origin " + shellWord(line.value);
  if (name === "sec-websocket-protocol" && /^[\w.-]+$/.test(line.value))
    return "--subprotocol " + line.value;
  return "--set " + shellWord(line.name + "=" + line.value);
}

function clientWhy(tab, asked) {
  const names = (asked.fields || []).map((line) => line.name.toLowerCase());
  if (asked.why) return asked.why;
  if (asked.minor !== "1") return "speaks HTTP/1.1";
  if (new Set(names).size !== names.length) return "sends each field once";
  if (asked.body !== "") return "sends no body";
  if (tab === "websocket" && asked.method !== "GET")
    return "asks for a WebSocket with GET";
  return tab === "tcp" || asked.method !== "POST" ? ""
    : "sends POST with a Content-Length";
}

function clientCommand(tab, bytes) {
  const asked = readRequest(bytes);
  const why = clientWhy(tab, asked);
  if (why) return rawCommand(bytes, "upshake-client", why);
  const usual = clientFields(tab);
  const has = (name) => asked.fields.some((line) => isNamed(line, name));
  const isWebSocket = tab === "websocket";
  return (isWebSocket ? "" : "echo hello |\n  ") + joinCommand([
    "upshake-client" + (isWebSocket ? " --message hello"
      : " --protocol " + usual.upgrade) +
      (asked.method === "GET" ? "" : " --method " + asked.method),
    ...asked.fields.map((line) => clientOption(line, usual)).filter(Boolean),
    ...Object.keys(usual).filter((name) => !has(name))
      .map((name) => "--omit " + name),
    shellWord((isSecure ? "wss://" : "ws://") + HOST + asked.target),
  ]) + "\n";
}
