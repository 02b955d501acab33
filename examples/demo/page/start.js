// SPDX-License-Identifier: MIT
//
// Starts the page, and compiles the program that judges.

async function startProgram() {
  try {
    page.program = await loadInspect(at("program").textContent);
  } catch (error) {
    say(at("problem"), "This page needs WebAssembly, which did not start: " +
      error.message);
    return;
  }
  for (const action of page.queue.splice(0)) action();
}

makeTicks();
startScene();
startEditor();
startCopies();
startPaste();
startLive();
startProgram();
