# SPDX-License-Identifier: MIT
"""How much stack a library takes: its largest frame and its deepest path.

usage: stack.py --max OCTETS FILE.ci...

The files are what gcc -fstack-usage -fcallgraph-info=su writes.  Fails where
the deepest path takes more than OCTETS, where a frame has no fixed size (VLA,
alloca) and where a function can reach itself (recursion).  What is outside of
the files (memcpy, the application's callback) counts as nothing.  Calls by
pointer are not in the graph, so those to the judges of field lines are added.
"""
import re
import sys

NODE = re.compile(r'node: \{ title: "([^"]*)" label: "([^"]*)"')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)"')
JUDGES_CALLER = "upshake_judge_known"
JUDGE = re.compile(r"(offer\.c:|^upshake_)judge_(host|length|coding|key|version|"
                   r"subprotocol|extensions|connection|upgrade|expect|"
                   r"origin_line|settings|content_type)$")
FRAME = re.compile(r"\\n(\d+) bytes \(([^)]*)\)")


def read(paths):
    """Return {function: octets}, {function: callees}, names without size."""
    frames, calls, unbounded = {}, {}, []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for title, label in NODE.findall(text):
            frame = FRAME.search(label)
            if frame:
                frames[title] = int(frame.group(1))
                if frame.group(2) not in ("static", "dynamic,bounded"):
                    unbounded.append(title)
        for caller, callee in EDGE.findall(text):
            calls.setdefault(caller, set()).add(callee)
    if "__indirect_call" in calls.get(JUDGES_CALLER, ()):
        calls[JUDGES_CALLER] |= {name for name in frames if JUDGE.search(name)}
    return frames, calls, unbounded


def deepest(name, frames, calls, known, above=()):
    """Return (octets, path) of the deepest path that begins at name."""
    if name in above:
        sys.exit("FAIL recursion: " + " > ".join(above + (name,)))
    if name not in known:
        below = [deepest(callee, frames, calls, known, above + (name,))
                 for callee in sorted(calls.get(name, ()))
                 if callee in frames]
        octets, path = max(below, default=(0, ()))
        known[name] = frames[name] + octets, (name,) + path
    return known[name]


def main(flag, limit, *paths):
    if flag != "--max" or not paths:
        sys.exit(__doc__)
    frames, calls, unbounded = read(paths)
    known = {}
    octets, path = max(deepest(name, frames, calls, known) for name in frames)
    largest = max(frames, key=frames.get)
    print(f"stack: {len(frames)} functions; largest frame {frames[largest]} "
          f"({largest}); deepest path {octets} of {limit}:")
    for name in path:
        print(f"  {frames[name]:4} {name}")
    if unbounded:
        sys.exit("FAIL frames without a fixed size: " + " ".join(unbounded))
    if octets > int(limit):
        sys.exit("FAIL too deep")


main(*sys.argv[1:])
