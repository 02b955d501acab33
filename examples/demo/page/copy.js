// SPDX-License-Identifier: MIT
//
// Copies what reproduces the scene: as curl, as upshake-client, as C.

// The client's side is copied only if the server sends something else than it
// should.
const isReplyWrong = (outcome) =>
  outcome.side === "client" && outcome.failed > 0;

function textsOf(scene, outcome) {
  const { tab, request, args, clientArgs } = scene;
  const { response } = outcome;
  if (isReplyWrong(outcome))
    return {
      curl: replyCommand("curl judges no such reply", request, response,
        clientArgs),
      client: replyCommand("upshake-client needs a server that replies so",
        request, response, clientArgs),
      c: clientInC(request, response, clientArgs),
    };
  return {
    curl: serverNote(tab) + curlCommand(tab, request),
    client: serverNote(tab) + clientCommand(tab, request),
    c: serverInC(tab, request, args),
  };
}

function showCopies(scene, outcome) {
  const texts = textsOf(scene, outcome);
  for (const name of Object.keys(texts))
    at("copy-" + name).dataset.text = texts[name];
  at("copied").hidden = true;
  say(at("copy-note"), "");
}

// The text is shown too: a page from a disk may have no clipboard.
async function copyText(button) {
  const { text } = button.dataset;
  say(at("copied"), text);
  try {
    await navigator.clipboard.writeText(text);
    say(at("copy-note"), "Copied:");
  } catch {
    getSelection().selectAllChildren(at("copied"));
    say(at("copy-note"), "Not copied, but selected:");
  }
  announce(at("copy-note").textContent);
}

function startCopies() {
  for (const name of ["curl", "client", "c"]) {
    const button = at("copy-" + name);
    button.onclick = () => whenReady(() => copyText(button));
  }
}
