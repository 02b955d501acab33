# SPDX-License-Identifier: MIT
"""The library's side: run.c as a child process."""
import subprocess
import threading


class Case:
    """What is put to the library and to the judge.

    kind is "request", "response" or "write"; `asked` is the request that the
    client sent before the response.
    """

    def __init__(self, kind, settings, data=b"", asked=b"", asks=(), piece=0):
        self.kind, self.settings, self.data = kind, list(settings), data
        self.asked, self.asks, self.piece = asked, list(asks), piece

    def encode(self):
        items = [("new", b"")] + self.settings
        if self.piece:
            items.append(("piece", b"%d" % self.piece))
        if self.kind == "response":
            items.append(("asked", self.asked))
        shared = ("subprotocol", "field")
        items += [(name if name in shared else "ask-" + name, value)
                  for name, value in self.asks]
        items.append((self.kind, self.data))
        return b"".join(b"%s %d\n%s\n" % (name.encode(), len(value), value)
                        for name, value in items)


def _value(text):
    return None if text == "-" else text


def parse(line):
    return {name: _value(value) for name, _, value in
            (item.partition("=") for item in line.split(" "))}


def run(program, cases):
    """The library's answers to these cases, in their order."""
    with subprocess.Popen([program], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as child:
        def feed():
            try:
                for case in cases:
                    child.stdin.write(case.encode())
            except BrokenPipeError:
                pass  # it says why it ended
            try:
                child.stdin.close()
            except BrokenPipeError:
                pass
        writer = threading.Thread(target=feed, daemon=True)
        writer.start()
        answers = [parse(line.decode("ascii").rstrip("\n"))
                   for line in child.stdout]
        writer.join()
    if child.returncode != 0 or len(answers) != len(cases):
        case = cases[min(len(answers), len(cases) - 1)]
        raise SystemExit(
            "judge: %s ended with %s at case %d: %s %s" % (
                program, child.returncode, len(answers), case.settings,
                case.data))
    return answers
