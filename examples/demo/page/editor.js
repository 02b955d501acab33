// SPDX-License-Identifier: MIT
//
// Free editing of both messages.  The verdict follows each change.

// The texts are not replaced while they are edited.
function showEditors(scene, outcome, edited) {
  if (edited !== "request-bytes")
    at("request-bytes").value = editorText(scene.request);
  if (edited !== "response-bytes")
    at("response-bytes").value = editorText(outcome.response);
  const words = headline(outcome.said) + ": " + outcome.said.sentence;
  // The same verdict is not spoken again.
  if (edited && at("request-verdict").textContent !== words) announce(words);
  at("request-verdict").textContent = words;
  at("response-verdict").textContent = words;
}

function editRequest() {
  scene.request = bytesOfEditor(at("request-bytes").value);
  scene.broken = "edited";
  scene.response = null;
  showScene(true, "request-bytes");
}

function editResponse() {
  scene.response = bytesOfEditor(at("response-bytes").value);
  scene.broken = "edited";
  showScene(true, "response-bytes");
}

function startEditor() {
  at("request-bytes").oninput = () => whenReady(editRequest);
  at("response-bytes").oninput = () => whenReady(editResponse);
}
