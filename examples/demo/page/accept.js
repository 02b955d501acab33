// SPDX-License-Identifier: MIT
//
// Step 6: from the key to Sec-WebSocket-Accept.  The accept is the library's.
// Its hash is read from it, and computed once more if the browser has SHA-1:
// only for pages from this machine or over TLS.

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
let proofs = 0; // which one is shown, because SHA-1 comes later

function addProof(term, value, className) {
  add(at("proof"), "dt", term);
  return add(at("proof"), "dd", value, className);
}

function proofWithoutKey(outcome) {
  for (const name of ["Upgrade", "Connection"])
    addProof(name, valueIn(splitHead(outcome.response), name) || "none");
}

// Returns what the key's accept is, by the server that the library is.
function acceptOf(outcome) {
  const reply = splitHead(bytesOfText(outcome.server.said.reply));
  return valueIn(reply, "Sec-WebSocket-Accept");
}

function showProof(tab, request, outcome) {
  const key = valueIn(splitHead(request), "Sec-WebSocket-Key");
  const accept = acceptOf(outcome);
  at("proof").replaceChildren();
  proofs++;
  if (tab !== "websocket" || accept === "") {
    proofWithoutKey(outcome);
    return;
  }
  const got = valueIn(splitHead(outcome.response), "Sec-WebSocket-Accept");
  addProof("key", printable(key));
  addProof("+ the fixed text", GUID);
  const hash = addProof("SHA-1", hexOf(bytesOfBase64(accept), " "));
  addProof("in base64", accept);
  addProof("the reply says", printable(got) || "nothing",
    got === accept ? "good" : "bad");
  checkHash(key, accept, hash, proofs);
}

async function checkHash(key, accept, element, proof) {
  if (!window.crypto || !crypto.subtle) return;
  const bytes = encodeText(key + GUID);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
  if (proof !== proofs) return;
  const isSame = base64OfBytes(hash) === accept;
  add(element, "span", isSame
    ? " (your browser computes the same)"
    : " (your browser computes " + hexOf(hash, " ") + ")",
  isSame ? "check" : "bad");
}
