// SPDX-License-Identifier: MIT
//
// What is pasted, chosen or dropped, judged by upshake-inspect in this page.

const pasted = { bytes: null, timer: 0 }; // bytes of a file, or null

const endsHead = (text) => /\n\r?\n$/.test(text);

// A request stands before its reply, with an empty line between them.
function pastedInput() {
  const text = pasted.bytes || encodeText(at("paste").value);
  const request = at("paste-request").value;
  if (request.trim() === "") return text;
  const head = encodeText(endsHead(request)
    ? request : request.trimEnd() + "\n\n");
  return joinBytes(head, text);
}

function pastedOptions() {
  return at("paste-options").value.split(/\s+/).filter(Boolean);
}

function judgePasted() {
  const bytes = pastedInput();
  const out = at("paste-out");
  out.replaceChildren();
  if (bytes.length === 0) {
    delete out.dataset.status;
    return;
  }
  const args = ["--reply", ...pastedOptions()];
  const { status, out: text, err } = page.program.run(args, { "-": bytes });
  out.dataset.status = status;
  add(out, "pre", text + err).tabIndex = 0;
}

// Long texts are judged when the typing stops, so that it is not spoken about
// each letter.
function judgeSoon() {
  clearTimeout(pasted.timer);
  pasted.timer = setTimeout(() => whenReady(judgePasted), 150);
}

async function takeFile(file) {
  if (!file) return;
  pasted.bytes = new Uint8Array(await file.arrayBuffer());
  at("paste").value = textOfBytes(pasted.bytes.slice(0, 65536))
    .replace(/\r\n/g, "\n");
  judgeSoon();
}

function takeDrop(event) {
  const [file] = event.dataTransfer.files;
  if (!file) return;
  event.preventDefault();
  takeFile(file);
}

// What nginx makes of a sound request if nothing is set.
const EXAMPLE = `GET /chat HTTP/1.1
Host: example.com
Upgrade: websocket
Connection: close
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

`;

function showExample() {
  pasted.bytes = null;
  at("paste").value = EXAMPLE;
  at("paste-request").value = at("paste-options").value = "";
  judgePasted();
  bringIntoView(at("paste-out"));
}

function startPaste() {
  at("paste-example").onclick = () => whenReady(showExample);
  at("paste").oninput = () => {
    pasted.bytes = null;
    judgeSoon();
  };
  at("paste-request").oninput = judgeSoon;
  at("paste-options").oninput = judgeSoon;
  at("paste-file").onchange = () => takeFile(at("paste-file").files[0]);
  // A file that misses its place would be opened instead of this page.
  window.ondragover = (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  };
  window.ondrop = takeDrop;
}
