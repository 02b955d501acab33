# SPDX-License-Identifier: MIT
"""The library's side: run.c as a child process."""
import subprocess
import threading


class Case:
    """What is put to the library and to the judge.

    kind is "request", "response" or "write"; `asked` is the request that the
    client sent before the response.  Of what another parser has found, kind
    is "found", "stream" or "answered"; `pairs` are its fields [(name, value)],
    and `parts` the rest of it {name: value}.
    """

    def __init__(self, kind, settings, data=b"", asked=b"", asks=(), piece=0,
                 pairs=(), parts=None):
        self.kind, self.settings, self.data = kind, list(settings), data
        self.asked, self.asks, self.piece = asked, list(asks), piece
        self.pairs, self.parts = list(pairs), dict(parts or {})

    @property
    def size(self):
        return len(self.data) + sum(len(name) + len(value) + 4
                                    for name, value in self.pairs)

    def but(self, **changed):
        """A copy with other members."""
        new = Case(self.kind, self.settings, self.data, self.asked, self.asks,
                   self.piece, self.pairs, self.parts)
        new.__dict__.update(changed)
        return new

    def encode(self):
        items = [_item("new", b"")]
        items += [_item(name, value) for name, value in self.settings]
        if self.piece:
            items.append(_item("piece", b"%d" % self.piece))
        if self.kind in ("response", "answered"):
            items.append(_item("asked", self.asked))
        shared = ("subprotocol", "field")
        items += [_item(name if name in shared else "ask-" + name, value)
                  for name, value in self.asks]
        for name, value in self.parts.items():
            items.append(_item(
                name, value if isinstance(value, bytes) else b"%d" % value))
        items += [b"pair-name %d\n%s\npair-value %d\n%s\n" % (
            len(name), name, len(value), value) for name, value in self.pairs]
        items.append(_item(self.kind, self.data))
        return b"".join(items)


def _item(name, value):
    return b"%s %d\n%s\n" % (name.encode(), len(value), value)


def parse(line):
    """{name: value}; "-" is an absent one."""
    return dict(item.split("=", 1) for item in line.split(" "))


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
                case.data or (case.parts, case.pairs)))
    return answers
