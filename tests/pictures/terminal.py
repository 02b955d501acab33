# SPDX-License-Identifier: MIT
"""Records a terminal as a moving picture: curl fails, upshake-inspect says why,
and then there is a 101.  The commands run here, and the picture shows what they
print; only the port is written as 8080.

usage: terminal.py [--check] BUILD

BUILD is the folder of upshake-demo and upshake-inspect.
"""
import os
import re
import subprocess
import sys
import tempfile

import picture

sys.path.insert(0, os.path.join(picture.TREE, "tests"))
sys.path.insert(0, os.path.join(picture.TREE, "tests", "interop"))
import wire  # noqa: E402, from the line above

ASK = """url = "http://localhost:8080/chat"
header = "Connection: Upgrade"
header = "Upgrade: websocket"
header = "Sec-WebSocket-Version: 13"
"""
# A command, and how many lines of its output are shown; then "...".
COMMANDS = [
    ("cat ask", None),
    ("curl -siK ask | head -n 1", None),
    ("curl -svK ask 2>&1 | upshake-inspect", 5),
    ("key=$(head -c 16 /dev/urandom | base64)", None),
    ('curl -siK ask -m 1 \\\n  -H "Sec-WebSocket-Key: $key"', 3),
]
COLUMNS = 41
LINE = 19
TYPED, READ = 0.8, 1.6  # seconds for a command, and for its output

STYLE = """
  .mono { white-space: pre; }
  g { animation: show 0.2s both; }
  @keyframes show { from { opacity: 0; } to { opacity: 1; } }
  @media (prefers-reduced-motion: reduce) { g { animation: none; } }
"""


def run_all(build, port, folder):
    """Returns what each command prints, in one shell."""
    with open(os.path.join(folder, "ask"), "w", encoding="ascii") as file:
        file.write(ASK.replace("8080", str(port)))
    script = "\nprintf '\\0'\n".join(command for command, _ in COMMANDS)
    fields = {name: value for name, value in os.environ.items()
              if not name.lower().endswith("_proxy")}
    fields["PATH"] = build + os.pathsep + fields["PATH"]
    fields["HOME"] = folder  # no .curlrc
    run = subprocess.run(["sh", "-c", script], cwd=folder, env=fields,
                         stdout=subprocess.PIPE, text=True, timeout=30)
    return run.stdout.replace("\r", "").replace(str(port), "8080").split("\0")


def record(build):
    """Yields (command, lines that are shown)."""
    demo = wire.Demo(os.path.join(build, "upshake-demo"))
    try:
        with tempfile.TemporaryDirectory() as folder:
            outputs = run_all(build, demo.port, folder)
    finally:
        wire.stop(demo.process)
    for (command, shown), output in zip(COMMANDS, outputs, strict=True):
        lines = output.splitlines()
        if shown is not None and len(lines) > shown:
            lines = lines[:shown] + ["..."]
        yield command, lines


def wrapped(line):
    """As a terminal of this width shows it."""
    return re.findall(rf".{{1,{COLUMNS}}}", line) or [""]


class Screen:
    def __init__(self):
        self.one = picture.Picture(
            "curl fails, upshake-inspect says why, and then there is a 101",
            "The commands and what they print.", STYLE)
        self.y, self.time = 20, 0.0

    def show(self, lines, kind, seconds):
        self.one.add(f'<g style="animation-delay: {self.time:.1f}s">')
        for line in lines:
            for part in wrapped(line):
                self.y += LINE
                self.one.text(picture.MARGIN, self.y - 8, part, kind)
        self.one.add("</g>")
        self.time += seconds


def draw(recorded):
    screen = Screen()
    for command, lines in recorded:
        screen.show(("$ " + command).split("\n"), "mono title", TYPED)
        if lines:
            screen.show(lines, "mono", READ)
        screen.y += 6
    text = screen.one
    text.about = " ".join(" ".join([command, *lines])
                          for command, lines in recorded)
    return text.svg(screen.y + 2)


def main():
    build = os.path.abspath(sys.argv[-1])
    recorded = list(record(build))
    shown = [line for _, lines in recorded for line in lines]
    assert "HTTP/1.1 101 Switching Protocols" in shown, recorded
    assert any(line.startswith("REFUSED") for line in shown), recorded
    return picture.main({"tests/pictures/terminal.svg": draw(recorded)})


sys.exit(main())
